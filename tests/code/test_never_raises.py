"""Whatever a program says, it is evaluated and judged without an exception: rules never raise, nor what feeds them.

Programs are made from a small grammar in which any value meets any operator, method, builtin and decoder that the
evaluator knows. Most of them would fail when run, which is the point: their text is a stranger's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.rules.catalogue import ALL
from assay.scanner.code.builtins_python import BUILTINS
from assay.scanner.code.callbacks_python import CALLBACKS
from assay.scanner.code.decode import DECODERS, ENCODERS, TEXT_DECODERS
from assay.scanner.code.decoders_python import DECODER_BUILTINS
from assay.scanner.code.methods_python import METHOD_BUILTINS, METHODS
from assay.scanner.code.reading import Sources
from assay.scanner.code.texts_python import TEXT_METHODS, TEXTS
from assay.scanner.models import Package, PackedFile
from tests.listed_corpus import ListedCorpus

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_KNOWN = {name for table in (BUILTINS, CALLBACKS, DECODER_BUILTINS, METHOD_BUILTINS, TEXTS) for name in table}
FUNCTIONS = sorted({name.removeprefix("builtins.") for name in _KNOWN if re.fullmatch(r"[A-Za-z_][\w.]*", name)})
MODULES = sorted({name.partition(".")[0] for name in FUNCTIONS if "." in name} - set(FUNCTIONS))
CODECS = sorted({*DECODERS, *ENCODERS, *TEXT_DECODERS, "utf-8", "idna", "no-such"})
ATOMS = [
    *"xyzfCms",
    *("self", "__name__", "__file__", "__builtins__", "__doc__", "os.environ", "os", "sys.argv", "input()", "exec"),
    *("0", "1", "-1", "2", "255", "0x110000", "10**400", "1 << 70000", "-10**30", "1e999", "-0.5", "1e999 - 1e999"),
    *("1j", "True", "None", "...", "NotImplemented", "''", "'a'", "'\\ud800'", "'\\0'", "'é' * 3", "b''", "b'\\xff'"),
    *("'%s %(a)s %*d %c'", "'{0[1].a!r:>{1}} {} {a}'", "'{' '}}{0'", "'%'", "'{:.{}f}'", "'{!x}'", "'$a ${b} $'"),
    *(
        "'eA=='",
        "b'x\\x9c\\x01'",
        "'aW1wb3J0IG9z'",
        "'print(1)'",
        "'import os; os.system(x)'",
        "'=?utf-8?'",
        "'&#x110000;'",
    ),
    *(
        "'0x_1'",
        "'1_0'",
        "'\\u0663'",
        "'(' * 300",
        "b'\\x63\\0\\0'",
        "b'\\xe3' + b'\\0' * 40",
        "b'\\x80\\x04.'",
        "'%zz%u'",
    ),
    *("[]", "()", "{}", "set()", "[[]]", "{'a': 1, 1: 'b', None: []}", "{1, 'a', b'b'}", "range(9)", "range(10**40)"),
    *(repr(codec) for codec in CODECS),
]
ATTRIBUTES = sorted({*METHODS, *TEXT_METHODS, "append", "extend", "pop", "update", "get", "items", "keys", "values"})
ATTRIBUTES += [
    "insert",
    "setdefault",
    "__class__",
    "__dict__",
    "__globals__",
    "__call__",
    "a",
    "parent",
    "name",
    "fget",
]
OPERATORS = (
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "**",
    "<<",
    ">>",
    "|",
    "&",
    "^",
    "@",
    "and",
    "or",
    "<",
    "==",
    "is not",
    "in",
)
EXPRESSIONS = [
    *(f"(E {operator} E)" for operator in OPERATORS),
    *("(E if E else E)", "(not E)", "(-E)", "(~E)", "(+E)", "E[E]", "E[E:E]", "E[E:E:E]", "E[::-1]", "E[E, E]"),
    *("E(E)", "E()", "E(E, E)", "E(*E, **E)", "E(E, key=E, sep=E)", "getattr(E, E)(E)", "type(E, E, E)", "E.a"),
    *("[E, E]", "(E, *E)", "{E: E, **E}", "{E, *E}", "(x := E)", "(yield E)", "(yield from E)", "(await E)"),
    *("[E for x in E]", "{E for x, y in E if E}", "{E: E for x in E for y in x}", "''.join(E for *x, y in E)"),
    *("(lambda x, *y, z=E, **s: E)", "(lambda: E)()", "f'{E}{E!r:>{E}}'", "f'{E:%x}'", "'%s' % (E, E)", "E % {'a': E}"),
    *("'{} {a}'.format(*E, a=E)", "bytes([E, E])", "chr(E ^ E)", "int(E, E)", "dict(E, a=E)", "max(E, E, key=E)"),
    *("E.decode(E, E)", "E.encode(E)", "codecs.decode(E, E)", "exec(E, E)", "eval(compile(E, E, E))", "zip(E, E)"),
    *(f"E.{attribute}()" for attribute in ATTRIBUTES),
    *(f"E.{attribute}(E)" for attribute in ATTRIBUTES),
    *(f"E.{attribute}(E, E)" for attribute in ATTRIBUTES),
    *(f"{function}(E)" for function in FUNCTIONS),
    *(f"{function}(E, E)" for function in FUNCTIONS),
    *(f"{function}(*E, a=E)" for function in FUNCTIONS),
]
STATEMENTS = [
    *(
        "x = E",
        "y = x = E",
        "x, *y = E",
        "(x, (y, z)) = E",
        "[x, y] = E",
        "x: E = E",
        "x[E] = E",
        "x.a = E",
        "x[E:E] = E",
    ),
    *(f"x {operator}= E" for operator in OPERATORS[:12]),
    *(f"x[E] {operator}= E" for operator in ("+", "*", "|")),
    *(
        "E",
        "E",
        "E",
        "del x",
        "del x[E], y.a",
        "return E",
        "raise E from E",
        "assert E, E",
        "global x",
        "exec(E)",
        "break",
    ),
    *("import os as x, base64", "from m import *", "from . import x", "from base64 import b64decode as f", "pass"),
    *("if E:\n S\nelif E:\n S\nelse:\n S", "while E:\n S\nelse:\n S", "for x in E:\n S", "for x, *y in E:\n S\n break"),
    *("try:\n S\nexcept (E, E) as x:\n S\nelse:\n S\nfinally:\n S", "with E as x, E:\n S", "async def f(x):\n S"),
    *("def f(x, /, y=E, *z, s=E, **m):\n S", "@E\ndef f(x):\n S\n return E", "def f(self):\n yield E\n S", "f(E)"),
    *("class C(E, metaclass=E):\n S", "@E\nclass C:\n x = E\n def f(self, y):\n  return E", "class C(C):\n S"),
    *(f"class C:\n def {name}(self, *x):\n  return E\nx = C(E)" for name in ("__getitem__", "__add__", "__str__")),
    *(f"class C:\n def {name}(self, *x):\n  return E\nx = C()" for name in ("__call__", "__getattr__", "__iter__")),
    *("match E:\n case [x, *y]:\n  S\n case {'a': x, **y}:\n  S\n case C(a=x) | E:\n  S\n case _:\n  S", "nonlocal x"),
    *(
        "open(E, E).write(E)",
        "os.system(E)",
        "subprocess.run(E, shell=E)",
        "requests.post(E, data=E)",
        "socket.socket()",
    ),
    *("urllib.request.urlretrieve(E, E)", "setup(cmdclass=E)", "E.send(E)", "os.environ[E] = E", "sys.modules[E] = E"),
]
IMPORTS = "import " + ", ".join([*MODULES, "os", "sys", "codecs", "subprocess", "requests", "socket", "urllib.request"])
PATHS = ("setup.py", "demo/__init__.py", "demo/tests/test_a.py", "sitecustomize.py")


def filled(template: str, hole: str, inner: SearchStrategy[str]) -> SearchStrategy[str]:
    """Templates whose holes are filled one by one; lines of a statement keep the indentation of their hole."""

    def fill(parts: list[str]) -> str:
        found = template
        for part in parts:
            at = re.search(rf"\b{hole}\b", found)
            assert at
            indent = re.search(r" *\Z", found[: at.start()].rpartition("\n")[2])
            assert indent
            found = found[: at.start()] + part.replace("\n", "\n" + indent[0]) + found[at.end() :]
        return found

    return st.tuples(*[inner] * len(re.findall(rf"\b{hole}\b", template))).map(lambda parts: fill(list(parts)))


expressions = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.sampled_from(EXPRESSIONS).flatmap(lambda template: filled(template, "E", inner)),
    max_leaves=6,
)
simple = st.sampled_from(STATEMENTS).flatmap(lambda template: filled(template, "E", expressions))
statements = simple.flatmap(lambda text: filled(text, "S", simple.filter(lambda inner: "S" not in inner)))
programs = st.lists(statements, min_size=1, max_size=6).map(lambda parts: "\n".join([IMPORTS, *parts]) + "\n")


def judge(program: str, path: str) -> int:
    """Read a package of one file and ask all rules; return how much was seen."""
    data = program.encode("utf-8", "surrogatepass")
    sources = Sources(every=True)
    sources.take(f"demo-1.0/{path}", data)
    packed = PackedFile(f"demo-1.0/{path}", "0" * 64, len(data))
    code = sources.finish("sdist", [packed.path]).code
    package = Package(purl="pkg:pypi/demo@1.0", path="demo.tar.gz", packed="sdist", files=(packed,), code=code)
    found = [each for rule in ALL if rule.check_package for each in rule.check_package(package, ListedCorpus())]
    return len(found) + (len(code.facts.calls) if code else 0)


@settings(max_examples=150)
@given(programs, st.sampled_from(PATHS))
def test_no_program_makes_the_evaluator_or_a_rule_raise(program: str, path: str) -> None:
    assert judge(program, path) >= 0


@pytest.mark.parametrize("first", range(0, len(EXPRESSIONS), 90))
def test_whatever_is_known_takes_anything(first: int) -> None:
    lines = [
        "x = " + re.sub(r"\bE\b", atom.replace("\\", r"\\"), template)
        for number, template in enumerate(EXPRESSIONS[first : first + 90])
        for atom in ATOMS[(first + number) % 8 :: 8]
    ]
    assert judge("\n".join([IMPORTS, *lines, ""]), "setup.py") > 0


def test_the_programs_are_read_and_judged() -> None:
    program = f"{IMPORTS}\nexec(base64.b64decode('cHJpbnQoMSk='))\nos.system(requests.get(x).text)\n"
    assert judge(program, "setup.py") > 2
