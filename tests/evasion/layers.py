"""Ways to keep code as data until it is executed, and language constructs that execute it on the side."""

import base64
import random
import textwrap

from tests.evasion.case import CRITICAL, HIGH, MEDIUM, PAYLOAD, SETUP, Case

_LONG = base64.b64encode(PAYLOAD + b"  # " + base64.b64encode(random.Random(0).randbytes(9_000))).decode()
_KEPT = """
class Shelf:
    def put(name="", value="", into=globals):
        into()[name] = value
        try:
            ((str, int), (list, tuple)) if str is int else (str, int, list) <= tuple
        except OSError:
            (((str, int), list) for _ in (str, int, list))
        except:
            type(8074 * 1117) == float
"""


def _in_pieces(size: int, before: str) -> str:
    """Statements that put the long payload away piece by piece, and one that executes them together."""
    pieces = textwrap.wrap(_LONG, size)
    puts = [f"Shelf.put(name='p{number}', value='{piece}')" for number, piece in enumerate(pieces)]
    last = "exec(base64.b64decode(" + " + ".join(f"globals()['p{at}']" for at in range(len(pieces))) + "))"
    return f"import base64\n{_KEPT}\n{before}\n" + "\n".join(f"    {line}" for line in [*puts, last]) + "\n"


LAYERS = (
    Case("base64", HIGH, """
        import base64
        exec(base64.b64decode("<B64>"))
    """, family="ENC"),
    Case("base64 by from-import under another name", HIGH, """
        from base64 import b64decode as load
        exec(load("<B64>"))
    """, family="ENC"),
    Case("base64 by binascii", HIGH, """
        import binascii
        exec(binascii.a2b_base64("<B64>"))
    """, family="ENC"),
    Case("base64 by codecs", HIGH, """
        import codecs
        exec(codecs.decode(b"<B64>", "base64"))
    """, family="ENC"),
    Case("base64 by a decoder out of a table", HIGH, """
        import base64
        exec({"a": base64.b64decode}["a"]("<B64>"))
    """, family="ENC"),
    Case("base64 backwards", HIGH, """
        import base64
        exec(base64.b64decode("<B64REV>"[::-1]))
    """, family="ENC"),
    Case("base64, zlib, by __import__ in a lambda", HIGH, """
        _ = lambda data: __import__("zlib").decompress(__import__("base64").b64decode(data))
        exec((_)(b"<B64ZLIB>"))
    """, family="ENC"),
    Case("base64 across functions", HIGH, """
        import base64
        DATA = "<B64>"
        def read():
            return base64.b64decode(DATA)
        def start(code):
            exec(code)
        start(read())
    """, family="ENC"),
    Case("base64 in pieces of a dict", HIGH, """
        import base64
        parts = {}
        parts["b"] = "<B64>"[10:]
        parts["a"] = "<B64>"[:10]
        exec(base64.b64decode("".join(parts[k] for k in sorted(parts))))
    """, family="ENC"),
    Case("base64 by the standard alphabet", HIGH, """
        import base64
        exec(base64.standard_b64decode("<B64>"))
    """, family="ENC"),
    Case("base32", HIGH, """
        import base64
        exec(base64.b32decode("<B32>"))
    """, family="ENC"),
    Case("base85", HIGH, """
        import base64
        exec(base64.b85decode(<B85>))
    """, family="ENC"),
    Case("ascii85", HIGH, """
        import base64
        exec(base64.a85decode(<A85>))
    """, family="ENC"),
    Case("hexadecimal", HIGH, """
        exec(bytes.fromhex("<HEX>"))
    """, family="ENC"),
    Case("unhexlify", HIGH, """
        from binascii import unhexlify
        exec(unhexlify("<HEX>"))
    """, family="ENC"),
    Case("bytearray.fromhex", HIGH, """
        exec(bytearray.fromhex("<HEX>").decode())
    """, family="ENC"),
    Case("int of hexadecimal pairs", HIGH, """
        data = "<HEX>"
        exec("".join(chr(int(data[i:i + 2], 16)) for i in range(0, len(data), 2)))
    """, family="ENC"),
    Case("escapes", MEDIUM, """
        exec("<HEXES>")
    """),
    Case("octal escapes", MEDIUM, """
        exec("<OCTALS>")
    """),
    Case("rot13", HIGH, """
        import codecs
        exec(codecs.decode("<ROT13>", "rot_13"))
    """, family="ENC"),
    Case("a table of characters", HIGH, """
        exec("".join(map(chr, <ORDS>)))
    """, family="ENC"),
    Case("shifted characters", HIGH, """
        exec("".join(chr(n - 3) for n in <SHIFTED>))
    """, family="ENC"),
    Case("bytes of numbers", HIGH, """
        exec(bytes(<ORDS>))
    """, family="ENC"),
    Case("one large number", HIGH, """
        exec((<NUMBER>).to_bytes(<LENGTH>, "big"))
    """, family="ENC"),
    Case("bits", HIGH, """
        exec("".join(chr(int(bits, 2)) for bits in "<BITS>".split()))
    """, family="ENC"),
    Case("white space as bits", HIGH, """
        blanks = <BLANKS>
        bits = "".join("1" if c == "\\t" else "0" for c in blanks)
        exec("".join(chr(int(bits[i:i + 8], 2)) for i in range(0, len(bits), 8)))
    """, family="ENC"),
    Case("exclusive or", HIGH, """
        exec(bytes(b ^ 42 for b in <XORED>))
    """, family="ENC"),
    Case("exclusive or with a key", HIGH, """
        key = b"key"
        data = <XORKEY>
        exec(bytes(data[i] ^ key[i % len(key)] for i in range(len(data))))
    """, family="ENC"),
    Case("exclusive or with a key that goes round", HIGH, """
        from itertools import cycle
        exec(bytes(a ^ b for a, b in zip(<XORKEY>, cycle(b"key"))))
    """, family="ENC"),
    Case("exclusive or in a loop over a bytearray", HIGH, """
        data = bytearray(<XORED>)
        for at in range(len(data)):
            data[at] ^= 42
        exec(bytes(data))
    """, family="ENC"),
    Case("exclusive or by operator.xor", HIGH, """
        import operator
        exec(bytes(map(lambda b: operator.xor(b, 42), <XORED>)))
    """, family="ENC"),
    Case("backwards", HIGH, """
        exec(<REVERSED>[::-1])
    """, family="ENC"),
    Case("zlib", HIGH, """
        import zlib
        exec(zlib.decompress(<ZLIB>))
    """, family="ENC"),
    Case("zlib by an object", HIGH, """
        import zlib
        d = zlib.decompressobj()
        exec(d.decompress(<ZLIB>) + d.flush())
    """, family="ENC"),
    Case("gzip", HIGH, """
        import gzip
        exec(gzip.decompress(<GZIP>))
    """, family="ENC"),
    Case("gzip of a file in memory", HIGH, """
        import gzip, io
        exec(gzip.GzipFile(fileobj=io.BytesIO(<GZIP>)).read())
    """, family="ENC"),
    Case("bz2", HIGH, """
        import bz2
        exec(bz2.decompress(<BZ2>))
    """, family="ENC"),
    Case("lzma", HIGH, """
        import lzma
        exec(lzma.decompress(<LZMA>))
    """, family="ENC"),
    Case("uuencode", HIGH, """
        import binascii
        exec(binascii.a2b_uu(<UU>))
    """, family="ENC"),
    Case("percent escapes", HIGH, """
        from urllib.parse import unquote
        exec(unquote("<PERCENT>"))
    """, family="ENC"),
    Case("entities", HIGH, """
        import html
        exec(html.unescape("<ENTITIES>"))
    """, family="ENC"),
    Case("marshal", HIGH, """
        import marshal
        exec(marshal.loads(b"\\xe3" + b"\\x00" * 40))
    """),
    Case("marshal of base64", HIGH, """
        import base64, marshal
        exec(marshal.loads(base64.b64decode("4wAAAAAAAAAAAAAAAAAAAAAAAAAA")))
    """),
    Case("pickle of base64", HIGH, """
        import base64, pickle
        pickle.loads(base64.b64decode("Y3Bvc2l4CnN5c3RlbQooUydpZCcKdFIu"))
    """),
    Case("pickle with __reduce__", HIGH, """
        import os, pickle
        class Run:
            def __reduce__(self):
                return os.system, ("id",)
        pickle.loads(pickle.dumps(Run()))
    """),
    Case("layers in layers", HIGH, """
        import base64
        exec(base64.b64decode(b"<B64>".replace(b"#", b"")), {})
        exec("import base64\\nexec(base64.b64decode('<B64>'))")
    """),
    Case("compile, then exec", HIGH, """
        import base64
        code = compile(base64.b64decode("<B64>"), "<string>", "exec")
        exec(code)
    """, family="ENC"),
    Case("ast, then compile, then exec", HIGH, """
        import ast, base64
        tree = ast.parse(base64.b64decode("<B64>"))
        exec(compile(tree, "", "exec"))
    """, family="ENC"),
    Case("eval of an expression of a decoder", HIGH, """
        eval(compile(__import__("base64").b64decode("<B64>"), "", "exec"))
    """, family="ENC"),
    Case("into a new module", HIGH, """
        import base64, sys, types
        made = types.ModuleType("made")
        exec(base64.b64decode("<B64>"), made.__dict__)
        sys.modules["made"] = made
    """, family="ENC"),
    Case("into a file that is imported", HIGH, """
        import base64
        with open("helper_of_pkg.py", "wb") as out:
            out.write(base64.b64decode("<B64>"))
        import helper_of_pkg
    """),
    Case("into a temporary file that is started", HIGH, """
        import base64, subprocess, sys, tempfile
        with tempfile.NamedTemporaryFile("wb", suffix=".py", delete=False) as out:
            out.write(base64.b64decode("<B64>"))
        subprocess.Popen([sys.executable, out.name])
    """),
    Case("by python -c", HIGH, """
        import base64, subprocess, sys
        subprocess.run([sys.executable, "-c", base64.b64decode("<B64>").decode()])
    """),
    Case("the decoder named by a string", HIGH, """
        import codecs
        how = "".join(["b", "ase", "64"])
        exec(codecs.decode(b"<B64>", how))
    """, family="ENC"),
    Case("a decoder of one's own", HIGH, """
        def plain(text):
            out = []
            for at, char in enumerate(text):
                out.append(chr(ord(char) ^ (at % 1)))
            return "".join(out)
        exec(plain(<REVERSED>)[::-1])
    """, family="ENC"),
    Case("in a class of its own", HIGH, """
        import base64
        class Loader:
            data = "<B64>"
            def __init__(self):
                self.code = base64.b64decode(self.data)
            def __enter__(self):
                return self
            def __exit__(self, *args):
                exec(self.code)
        with Loader():
            pass
    """, family="ENC"),
    Case("in a variable of the environment", HIGH, """
        import base64, os
        os.environ["X_CODE"] = "<B64>"
        exec(base64.b64decode(os.environ["X_CODE"]))
    """),
    Case("read out of its own file", HIGH, """
        import base64
        with open(__file__) as own:
            exec(base64.b64decode(own.read().split("#:")[1]))
        #:<B64>
    """),
    Case("in a file of data of the package", HIGH, """
        import base64, os
        path = os.path.join(os.path.dirname(__file__), "icon.dat")
        exec(base64.b64decode(open(path, "rb").read()))
    """),
    Case("in the docstring", HIGH, '''
        """<B64>"""
        import base64
        exec(base64.b64decode(__doc__))
    ''', family="ENC"),
    Case("in an annotation", HIGH, """
        import base64
        def f(a: "<B64>"): pass
        exec(base64.b64decode(f.__annotations__["a"]))
    """),
    Case("a map of exec over decoded lines", HIGH, """
        import base64
        list(map(exec, [base64.b64decode("<B64>")]))
    """, family="ENC"),
    Case("a callback of exec", HIGH, """
        import base64
        sorted([base64.b64decode("<B64>")], key=exec)
    """, family="ENC"),
    Case("exec as a decorator", HIGH, """
        import base64
        @exec
        @lambda f: base64.b64decode("<B64>")
        def f(): pass
    """, family="ENC"),
    Case("pieces that a method puts away when the build is run", CRITICAL,
         _in_pieces(300, "if __name__ == '__main__':"), SETUP, family="ENC"),
    Case("pieces that a method puts away when called", HIGH, _in_pieces(200, "def start():"), family="ENC"),
    Case("long text that is compiled before it is evaluated for its value", HIGH, f"""
        import base64
        text = eval(compile("str.join('', ['{_LONG}'])", "", "eval"))
        exec(base64.b64decode(text))
    """, family="ENC"),
)  # fmt: skip
