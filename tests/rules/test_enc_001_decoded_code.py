"""ENC-001: decoded code that is run."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import lzma
import marshal
import zlib

import pytest
from cryptography.fernet import Fernet

from assay.rules.enc_001_decoded_code import RULE
from tests.behaviour import at, findings, worst

CODE = b"import os\nprint('inert')\n"
B64 = base64.b64encode(CODE).decode()
TWICE = base64.b64encode(f"import base64\nexec(base64.b64decode('{B64}'))".encode()).decode()
NUMBERS = list(CODE)
KEY = base64.urlsafe_b64encode(bytes(range(32)))
TOKEN = Fernet(KEY)._encrypt_from_parts(CODE, 0, bytes(16))  # a fixed time and vector: the same bytes always
COMPILED = marshal.dumps("import os; exec('inert')")
BLANKS = "".join(" " if bit == "0" else "\t" for byte in CODE for bit in f"{byte:08b}")
HEAD = "import base64, binascii, bz2, codecs, gzip, lzma, marshal, os, pickle, subprocess, types, zlib\n"

RUN = [
    f"exec(base64.b64decode('{B64}'))",
    f"exec(base64.b64decode('{B64}').decode('utf-8'))",
    f"exec(base64.b32decode({base64.b32encode(CODE)!r}))",
    f"exec(base64.b85decode({base64.b85encode(CODE)!r}))",
    f"exec(bytes.fromhex('{CODE.hex()}'))",
    f"exec(binascii.unhexlify('{CODE.hex()}'))",
    f"exec(zlib.decompress({zlib.compress(CODE)!r}))",
    f"exec(gzip.decompress({gzip.compress(CODE, mtime=0)!r}))",
    f"exec(bz2.decompress({bz2.compress(CODE)!r}))",
    f"exec(lzma.decompress({lzma.compress(CODE)!r}))",
    f"exec(codecs.decode({codecs.encode(CODE.decode(), 'rot13')!r}, 'rot13'))",
    f"exec(marshal.loads({COMPILED!r}))",
    f"exec(zlib.decompress(base64.b64decode({base64.b64encode(zlib.compress(CODE))[::-1]!r}[::-1])))",
    f"exec({CODE.decode()[::-1]!r}[::-1])",
    f"exec(''.join(map(chr, {NUMBERS})))",
    f"exec(''.join(chr(n ^ 7) for n in {[n ^ 7 for n in NUMBERS]}))",
    f"exec(bytes(n - 3 for n in {[n + 3 for n in NUMBERS]}).decode())",
    f"from cryptography.fernet import Fernet\nexec(Fernet({KEY!r}).decrypt({TOKEN!r}))",
    f"from fernet import Fernet\nexec(Fernet({KEY!r}).decrypt({TOKEN!r}))",
    f"from Crypto.Cipher import AES\nexec(AES.new(key, AES.MODE_CBC).decrypt(base64.b64decode('{B64}')))",
    f"s = {BLANKS!r}\nb = ''.join('0' if c == ' ' else '1' for c in s)\nexec(''.join(chr(int(b[i:i + 8], 2)) for i in range(0, len(b), 8)))",
    # mutations of the first: renamed, split, aliased, compiled, hidden
    f"q = base64.b64decode\nw = exec\nw(q('{B64}'))",
    f"from base64 import b64decode as q\na = '{B64[:9]}'\nb = '{B64[9:]}'\nc = q(a + b)\nexec(c)",
    f"def get(s):\n    return base64.b64decode(s)\ndef run(c):\n    exec(c)\nrun(get('{B64}'))",
    f"eval(compile(base64.b64decode('{B64}'), '<string>', 'exec'))",
    f"__import__('builtins').exec(__import__('base64').b64decode('{B64}'))",
    f"getattr(__builtins__, 'ex' + 'ec')(getattr(base64, 'b64' + 'decode')('{B64}'))",
    f"(lambda d: exec(zlib.decompress(base64.b64decode(d[::-1]))))({base64.b64encode(zlib.compress(CODE))[::-1]!r})",
    f"f = types.FunctionType(compile(base64.b64decode('{B64}'), 'x', 'exec'), globals())\nf()",
    f"love = 'rot13'\ngod = {codecs.encode(B64, 'rot13')!r}\neval(compile(base64.b64decode(eval('codecs.decode(god, love)')), 'x', 'exec'))",
    f"os.system(base64.b64decode('{base64.b64encode(b'echo inert').decode()}').decode())",
    f"subprocess.Popen(bytes.fromhex('{b'echo inert'.hex()}').decode(), shell=True)",
    f"subprocess.run(['python', '-c', base64.b64decode('{B64}').decode()])",
    f"os.system('python -c \"import base64; exec(base64.b64decode(\\'{B64}\\'))\"')",
]  # fmt: skip

INNOCENT = [
    "exec('a = 1')",
    "exec(open('demo/version.py').read())",
    "import textwrap\nexec(textwrap.dedent('''\n    a = 1\n'''))",
    "exec('\\n'.join(['a = 1', 'b = 2']))",
    "exec('class {0}: pass'.format('A'))",
    "exec('%s = %d' % ('a', 1))",
    "exec('a = 1'.replace('1', '2').strip())",
    "exec(compile('a = 1', 'demo', 'exec'))",
    "code = compile(source, filename, 'exec')\nexec(code, {})",
    "with open(cached, 'rb') as file:\n    exec(marshal.load(file))",
    "with open(cached, 'rb') as file:\n    exec(marshal.loads(file.read()))",
    f"icon = base64.b64decode('{B64}')",
    f"open('icon.png', 'wb').write(base64.b64decode('{base64.b64encode(b'PNG').decode()}'))",
    "data = zlib.decompress(given)\nprint(data)",
    "import json\nprint(json.loads(base64.b64decode('eyJhIjogMX0=')))",
    "value = pickle.loads(cache.get('key'))",
    "eval('1 + 1')",
    "subprocess.run(['git', 'describe'])",
    f"subprocess.run(['cat'], input=base64.b64decode('{B64}'))",
    "import importlib\nimportlib.import_module('demo.' + name)",
]


@pytest.mark.parametrize("source", RUN)
@pytest.mark.parametrize(
    ("trigger", "severity"),
    [("install", "critical"), ("startup", "critical"), ("import", "high"), ("test", "low"), ("call", "high")],
)
def test_decoded_code_that_is_run(source: str, trigger: str, severity: str) -> None:
    found = worst(RULE, *at(trigger, HEAD + source + "\n"))
    assert found in {severity, "critical"} if "exec(base64.b64decode(\\'" in source else found == severity


@pytest.mark.parametrize("source", INNOCENT)
@pytest.mark.parametrize("trigger", ["install", "import", "call"])
def test_everyday_code_is_left_alone(source: str, trigger: str) -> None:
    assert worst(RULE, *at(trigger, HEAD + source + "\n")) == "none"


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        (f"exec(base64.b64decode('{TWICE}'))", "critical"),
        ("exec(base64.b64decode(given))", "high"),
        ("import requests\nexec(base64.b64decode(requests.get('http://example.invalid').text))", "high"),
        (f"pickle.loads(base64.b64decode('{B64}'))", "high"),
        (f"open('x.py', 'wb').write(base64.b64decode('{B64}'))", "medium"),
    ],
)
def test_how_bad_it_is_on_import(source: str, severity: str) -> None:
    assert worst(RULE, *at("import", HEAD + source + "\n")) == severity


def test_what_is_decoded_is_shown_with_the_steps() -> None:
    (found,) = findings(RULE, *at("install", HEAD + f"x = '{B64}'\nexec(base64.b64decode(x))\n"))
    assert found.location is not None
    assert (found.location.path, found.location.line) == ("demo-1.0.tar.gz!/demo-1.0/setup.py", 3)
    assert found.trigger == "install"
    assert any("print('inert')" in text for text in found.evidence)
    assert any("base64" in text for text in found.evidence)


def test_one_place_is_told_once() -> None:
    (found,) = findings(RULE, *at("import", HEAD + f"exec(compile(base64.b64decode('{TWICE}'), 'x', 'exec'))\n"))
    assert found.severity.value == "critical"


def test_code_that_is_decoded_in_another_file() -> None:
    files = {
        "demo/__init__.py": "from demo.data import blob\nfrom demo.load import run\nrun(blob)\n",
        "demo/data.py": f"blob = '{B64}'\n",
        "demo/load.py": "import base64\ndef run(given):\n    exec(base64.b64decode(given))\n",
    }
    assert worst(RULE, files) == "high"
