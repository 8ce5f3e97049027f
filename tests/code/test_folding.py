"""Text, bytes and numbers that code puts together from constants, and the hiding steps by which it does so."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import lzma
import zlib

import pytest
from cryptography.fernet import Fernet

from assay.scanner.code import marshalled
from tests.code.evaluation import facts_of, shown, value_of

_KEY = base64.urlsafe_b64encode(bytes(range(32)))
_TOKEN = Fernet(_KEY)._encrypt_from_parts(
    b"hidden text", 0, bytes(16)
)  # a fixed time and vector: the same bytes always
_BLANKS = "".join(" " if bit == "0" else "\t" for char in "exec" for bit in f"{ord(char):08b}")


@pytest.mark.parametrize(
    ("source", "value", "steps"),
    [
        ("x = 'ex' + 'ec'", "exec", "concat"),
        ("x = 'e' 'x' 'ec'", "exec", ""),
        ("x = 'ex%s' % 'ec'", "exec", "format"),
        ("x = '%s%s' % ('ex', 'ec')", "exec", "format"),
        ("x = '%(a)s%(b)s' % {'a': 'ex', 'b': 'ec'}", "exec", "format"),
        ("x = '%c%c' % (101, 120)", "ex", "format chr"),
        ("x = '{}{}'.format('ex', 'ec')", "exec", "format"),
        ("x = '{1}{0}'.format('ec', 'ex')", "exec", "format"),
        ("x = '{a}ec'.format(a='ex')", "exec", "format"),
        ("a = 'ex'\nx = f'{a}ec'", "exec", "format"),
        ("x = f'{255:02x}'", "ff", "format"),
        ("x = ''.join(['e', 'x', 'e', 'c'])", "exec", "join"),
        ("x = ''.join(c for c in ('e', 'xec'))", "exec", "join"),
        ("x = ''.join(map(chr, [101, 120, 101, 99]))", "exec", "chr join"),
        ("x = ''.join(map(lambda n: chr(n - 1), [102, 121, 102, 100]))", "exec", "chr join"),
        ("x = ''.join([chr(n) for n in (101, 120, 101, 99)])", "exec", "chr join"),
        ("x = ''.join(reversed('cexe'))", "exec", "reverse join"),
        ("x = 'cexe'[::-1]", "exec", "reverse"),
        ("x = 'e-x-e-c'[::2]", "exec", "slice"),
        ("x = 'zzexec'[2:]", "exec", "slice"),
        ("x = 'eXXec'.replace('XX', 'x')", "exec", "replace"),
        ("x = 'EXEC'.lower()", "exec", "case"),
        ("x = '..exec..'.strip('.')", "exec", "strip"),
        ("x = 'a exec b'.split()[1]", "exec", "split index"),
        ("x = 'a,exec'.partition(',')[2]", "exec", "split index"),
        ("x = 'fyfd'.translate(str.maketrans('fyd', 'exc'))", "exec", "translate"),
        ("x = 'fyfd'.translate({102: 101, 121: 'x', 100: 99})", "exec", "translate"),
        ("x = chr(101) + chr(120)", "ex", "chr concat"),
        ("x = chr(0x50 ^ 0x35)", "e", "xor chr"),
        ("x = chr(202 >> 1)", "e", "shift chr"),
        ("x = bytes([101, 120]).decode()", "ex", "chr"),
        ("x = bytearray([101, 120]).decode('ascii')", "ex", "chr"),
        ("x = bytes.fromhex('65 78').decode()", "ex", "hex"),
        ("x = (25976).to_bytes(2, 'big').decode()", "ex", "arithmetic"),
        ("x = hex(255)[2:]", "ff", "hex slice"),
        ("x = '\\x65\\x78'", "ex", ""),
        ("import struct\nx = struct.pack('<2H', 30821, 25445)", b"exec", "chr"),
        ("import struct\nx = struct.pack('!I', 0x65786563)", b"exec", "chr"),
        ("import array\nx = array.array('B', [101, 120]).tobytes()", b"ex", "chr"),
        ("import socket\nx = socket.inet_aton('101.120.101.99')", b"exec", "chr"),
        ("import codecs\nx = codecs.getdecoder('hex')('6578')[0]", b"ex", "hex index"),
        ("import codecs\nx = codecs.lookup('rot13').decode('rkrp')[0]", "exec", "rot13 index"),
        ("import binascii\nx = binascii.unhexlify('6578')", b"ex", "hex"),
        ("import base64\nx = base64.b64decode('ZXhlYw==')", b"exec", "base64"),
        ("import base64\nx = base64.b64decode('ZXhlYw')", b"exec", "base64"),
        ("import base64\nx = base64.urlsafe_b64decode(b'ZXhlYw==').decode('utf-8')", "exec", "base64"),
        ("import base64\nx = base64.b32decode('MV4GKYY=')", b"exec", "base32"),
        ("import base64\nx = base64.b16decode('65786563')", b"exec", "base16"),
        (f"import base64\nx = base64.b85decode({base64.b85encode(b'exec')!r})", b"exec", "base85"),
        (f"import base64\nx = base64.a85decode({base64.a85encode(b'exec')!r})", b"exec", "base85"),
        ("import codecs\nx = codecs.decode('rkrp', 'rot13')", "exec", "rot13"),
        ("import codecs\nx = codecs.encode('rkrp', 'rot_13')", "exec", "rot13"),
        ("import codecs\nx = codecs.decode('65786563', 'hex')", b"exec", "hex"),
        ("x = '65786563'.decode('hex')", b"exec", "hex"),
        (f"import zlib\nx = zlib.decompress({zlib.compress(b'exec')!r})", b"exec", "zlib"),
        (f"import zlib\nx = zlib.decompress({zlib.compress(b'exec')[2:-4]!r}, -15)", b"exec", "zlib"),
        (f"import gzip\nx = gzip.decompress({gzip.compress(b'exec', mtime=0)!r})", b"exec", "gzip"),
        (f"import bz2\nx = bz2.decompress({bz2.compress(b'exec')!r})", b"exec", "bz2"),
        (f"import lzma\nx = lzma.decompress({lzma.compress(b'exec')!r})", b"exec", "lzma"),
        (f"import codecs\nx = codecs.decode({codecs.encode(b'exec', 'bz2')!r}, 'bz2')", b"exec", "bz2"),
        ("from urllib.parse import unquote\nx = unquote('%65xec')", "exec", "unquote"),
        ("import textwrap\nx = textwrap.dedent('  a\\n  b')", "a\nb", ""),
        ("import textwrap\nx = textwrap.dedent('\\ta\\n\\n\\t  b')", "a\n\n  b", ""),
        ("import html\nx = html.unescape('&#101;xec')", "exec", "unescape"),
        ("import json\nx = json.loads('{\"a\": [\"exec\"]}')['a'][0]", "exec", "json index"),
        (f"from cryptography.fernet import Fernet\nx = Fernet({_KEY!r}).decrypt({_TOKEN!r})", b"hidden text", "decrypt"),
        (f"from fernet import Fernet\nx = Fernet({_KEY!r}).decrypt({_TOKEN!r})", b"hidden text", "decrypt"),
        ("x = bytes(c ^ 1 for c in b'dydb')", b"exec", "xor chr"),
        ("x = ''.join(chr(c ^ b'ab'[i % 2]) for i, c in enumerate(b'\\x04\\x1a\\x04\\x01'))", "exec", "index xor chr join"),
        ("x = ''\nfor n in [101, 120]:\n    x += chr(n)", "ex", "chr concat"),
        ("x, i = '', 0\nwhile i < 4:\n    x += 'cexe'[3 - i]\n    i += 1", "exec", "index concat"),
        ("x = ''\nfor c in 'a1b2':\n    if c.isdigit():\n        continue\n    x += c", "ab", "concat"),
        ("x = ''\nfor c in 'ab.c':\n    if c == '.':\n        break\n    x += c", "ab", "concat"),
        ("x = ''.join(chr((ord(c) - 97 + 13) % 26 + 97) if c.isalpha() else c for c in 'rk.rp')", "ex.ec", "chr join"),
        ((f"s = {_BLANKS!r}\nb = ''.join('0' if c == ' ' else '1' for c in s)\n"
         "x = ''.join(chr(int(b[i:i + 8], 2)) for i in range(0, len(b), 8))"), "exec", "join slice chr"),
        ("d = {'a': 'exec'}\nx = d['a']", "exec", "lookup"),
        ("d = dict(a='exec')\nx = d.get('a')", "exec", "lookup"),
        ("a, (b, *c) = 'e', ['x', 'e', 'c']\nx = a + b + c[0] + c[1]", "exec", "index concat"),
        ("x = 'ex'\nx += 'ec'", "exec", "concat"),
        ("def f(a, b='ec'):\n    return a + b\nx = f('ex')", "exec", "concat"),
        ("def f(n):\n    return '' if n == 0 else f(n - 1) + 'a'\nx = f(3)", "aaa", "concat"),
        ("def f():\n    yield 'ex'\n    yield 'ec'\nx = ''.join(f())", "exec", "join"),
        ("x = (lambda s: s[::-1])('cexe')", "exec", "reverse"),
        ("class A:\n    p = 'ex'\n    def q(self):\n        return self.p + 'ec'\nx = A().q()", "exec", "concat"),
        ("from functools import reduce\nx = reduce(lambda a, b: a + b, ['ex', 'ec'])", "exec", "concat"),
        ("x = str.join('', ['ex', 'ec'])", "exec", "join"),
        ("a = 'ex'\nx = eval('\\x61') + eval('a')", "exex", "concat"),
        ("c = eval('compile')\ndef f(k):\n    r = ''\n    for i in range(eval('2')):\n        r += eval(c('chr(ord(k[i]) - 1)', '', eval.__name__))\n    return r\nx = f('fy')", "ex", "index chr concat"),
        ("import codecs\na, b = 'rkrp', 'rot13'\nx = eval('codecs.decode(a, b)')", "exec", "rot13"),
        ("import string\nx = string.ascii_lowercase[4] + 'xec'", "exec", "index concat"),
        ("import os.path\nx = os.path.join('~', '.ssh', 'id_rsa')", "~/.ssh/id_rsa", ""),
        ("import re\nx = re.sub('zz', '', 'ezzxezzc')", "exec", "replace"),
        ("import re\nx = re.sub('[0-9]', '', 'e1x2ec')", "exec", "replace"),
        ("import re\nx = ''.join(re.findall(r'[a-z]', 'e1x2ec'))", "exec", "split join"),
        ("from string import Template\nx = Template('${a}ec').substitute(a='ex')", "exec", "format"),
        ("x = '{0[1]}{0[0]}'.format(['ec', 'ex'])", "exec", "format"),
        ("import io\no = io.StringIO()\no.write('ex')\no.write('ec')\nx = o.getvalue()", "exec", "join"),
        (f"import gzip, io\nx = gzip.GzipFile(fileobj=io.BytesIO({gzip.compress(b'exec', mtime=0)!r})).read()", b"exec", "gzip"),
        ("import ast\nx = ast.literal_eval('[\"exec\"]')[0]", "exec", "index"),
        ("import itertools\nx = list(itertools.accumulate('exec'))[-1]", "exec", "concat index"),
        ("x = ''.join(c for _, c in sorted([(2, 'ec'), (1, 'ex')]))", "exec", "join"),
        ("x = ''.join(sorted('cexe', key=lambda c: 'cexe'[::-1].index(c)))", "eexc", "join"),
        ("d = bytearray(b'dydb')\nfor i in range(len(d)):\n    d[i] ^= 1\nx = d.decode()", "exec", "index xor"),
        ("d = bytearray(b'dydb')\nfor i in range(len(d)):\n    d[i] ^= 1\nx = bytes(d)", b"exec", "index xor chr"),
        ("from collections import namedtuple\nP = namedtuple('P', 'a b')\np = P('ex', b='ec')\nx = p.a + p.b", "exec", "concat"),
        ("from enum import Enum\nclass P(Enum):\n    A = 'ex'\nx = P.A.value + 'ec'", "exec", "concat"),
        ("x = sum.__name__[:1] + max.__name__[0]", "sm", "introspection slice index concat"),
        ("\"ex\"\nx = __doc__ + 'ec'", "exec", "concat"),
        ("x = 'https://' + unknown + '/api'", "https://…/api", "concat"),
        ("x = f'https://{unknown}/api'", "https://…/api", "format"),
        ("x = 'a%sb' % unknown", "a…b", "format"),
        ("x = ('b' + unknown + 'a')[::-1]", "a…b", "concat reverse"),
        ("x = ('A' + unknown).lower()", "a…", "concat case"),
    ],
)  # fmt: skip
def test_what_is_put_together_is_known(source: str, value: object, steps: str) -> None:
    found = value_of(source)
    assert shown(found) == value
    assert found.steps == tuple(steps.split())


@pytest.mark.parametrize(
    "source",
    [
        "x = 'ex' + unknown()",
        "def chr(n):\n    return unknown\nx = chr(101)",
        "import base64\nx = base64.b64decode(unknown)",
        "x = ''.join(unknown)",
        "x = 'a'[5]",
        "x = 1 / 0",
        "import struct\nx = struct.pack('B', 256)",
        "import struct\nx = struct.pack('999999999B', 1)",
        "import socket\nx = socket.inet_aton('1.2.3.999')",
        "x = int('z')",
        "x = '%d' % 'a'",
        "import zlib\nx = zlib.decompress(b'no stream')",
        "import re\nx = re.sub('(a+)+$', '', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')",
        "x = '{0.__class__}'.format('a')",
        "import re\nx = re.sub('[0-9]+[a-z]+', '', 'a1a')",
        "import ast\nx = ast.literal_eval('f()')",
    ],
)
def test_what_is_not_known_is_not_guessed(source: str) -> None:
    assert not isinstance(shown(value_of(source)), bytes | int | float)
    assert shown(value_of(source)) in {"Unknown", "Reference", "ex…"}


def test_both_values_of_a_branch_are_kept() -> None:
    found = value_of("x = 'ex'\nif unknown:\n    x = 'ev'\ny = x + 'al'", "y")
    assert {shown(option) for option in getattr(found, "options", ())} == {"exal", "eval"}


@pytest.mark.parametrize(
    ("source", "kind", "text"),
    [
        ("x = 'subpro' + 'cess'", "module", "subprocess"),
        ("x = ''.join(map(chr, [101, 118, 97, 108]))", "code", "eval"),
        ("x = 'power' + 'shell -w hidden'", "command", "powershell "),
        ("x = 'ptth'[::-1] + '://example.invalid/a'", "url", "http://example.invalid"),
        ("x = base + '/.s' + 'sh/id'", "path", ".ssh/"),
    ],
)
def test_a_sensitive_text_that_stands_in_no_literal_is_a_fact(source: str, kind: str, text: str) -> None:
    (fact,) = facts_of(source).strings
    assert (fact.kind, fact.text) == (kind, text)


@pytest.mark.parametrize(
    "source",
    [
        "x = 'subprocess' + '.'",
        "x = 'import ' + name",
        "x = 'exec'",
        "x = 'http://example.invalid/' + path",
        "x = 'hello ' + 'world'",
    ],
)
def test_a_text_that_stands_in_a_literal_is_not_hidden(source: str) -> None:
    assert facts_of(source).strings == ()


def test_marshalled_names_are_read_and_never_loaded() -> None:
    data = bytes.fromhex("e3") + bytes(20) + b"s\x02\x00\x00\x00d\x00" + b")\x01\xda\x04exec" + b")\x01\xda\x02os"
    assert {"exec", "os"} <= set(marshalled.strings(data))


@pytest.mark.parametrize("data", [b"", b"\xe3", b"(\xff\xff\xff\x7f", b"[\x00\x00\x00\x00" * 50, b"\xa9\x00" * 90])
def test_broken_marshalled_data_ends(data: bytes) -> None:
    assert isinstance(marshalled.strings(data), tuple)
