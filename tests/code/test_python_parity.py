"""The standard library's own parser as oracle: what it sees in real files is what lowering keeps.

Known differences, each kept out of the comparison: a name that is annotated and not assigned is not stored; ``print
>>file`` is Python 2's statement; the place of ``*f(x)`` in a display is that of the star; the texts of an empty
f-string; negative and complex numbers in patterns are not operations.
"""

from __future__ import annotations

import ast
import sys
import sysconfig
import warnings
from collections import Counter
from pathlib import Path

import pytest

from assay.scanner.code import ir
from assay.scanner.code.python import lower

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
SOME = ("argparse", "ast", "dataclasses", "enum", "inspect", "subprocess", "tarfile", "typing", "zipfile", "locale")
KNOWN = {"test_patma.py", "test_print.py", "test_compile.py", "badsyntax_future8.py", "test_fstring.py"}

Seen = dict[str, Counter[object]]


def lowered(data: bytes) -> tuple[Seen, ir.Unit]:
    """Return what is counted in the intermediate form."""
    unit = lower(data, "a.py")
    seen: Seen = {name: Counter() for name in ("calls", "texts", "stores", "attributes", "imports")}
    todo = [unit.module]
    while todo:
        code = todo.pop()
        todo += code.children
        for op in code.ops:
            if isinstance(op, ir.Call):
                seen["calls"][(op.place.line, len(op.arguments))] += 1
            elif isinstance(op, ir.Const) and isinstance(op.value, str | bytes) and op.value:
                seen["texts"][op.value] += 1
            elif isinstance(op, ir.Store):
                seen["stores"][op.name.partition("@")[0]] += 1
            elif isinstance(op, ir.Attribute | ir.StoreAttribute):
                seen["attributes"][op.name] += 1
            elif isinstance(op, ir.Import):
                seen["imports"][(op.module, op.level, op.name)] += 1
    return seen, unit


def parsed(data: bytes) -> Seen:
    """Return the same counts from the standard library's tree."""
    seen: Seen = {name: Counter() for name in ("calls", "texts", "stores", "attributes", "imports")}
    todo: list[ast.AST] = [ast.parse(data)]
    while todo:
        node = todo.pop()
        todo += _within(node)
        _count(node, seen)
    return seen


def _within(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.AugAssign) and not isinstance(node.target, ast.Name):
        return [*ast.iter_child_nodes(node), node.target]  # read and stored
    if isinstance(node, ast.AnnAssign) and node.value is None and isinstance(node.target, ast.Name):
        return [node.annotation]
    if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
        return [node.value, *(part for part in node.format_spec.values if isinstance(part, ast.FormattedValue))]
    return list(ast.iter_child_nodes(node))


def _count(node: ast.AST, seen: Seen) -> None:  # noqa: C901  # one case for each kind of node
    match node:
        case ast.Call():
            seen["calls"][(node.lineno, len(node.args) + len(node.keywords))] += 1
        case ast.Constant(value=str() | bytes() as value) if value:
            seen["texts"][value] += 1
        case ast.Name(ctx=ast.Store()):
            seen["stores"][node.id] += 1
        case ast.Attribute(ctx=ast.Store() | ast.Load()):
            seen["attributes"][node.attr] += 1
        case ast.Import() | ast.ImportFrom():
            module = node.module or "" if isinstance(node, ast.ImportFrom) else None
            for alias in node.names:
                level = node.level if isinstance(node, ast.ImportFrom) else 0
                seen["imports"][(alias.name, 0, "") if module is None else (module, level, alias.name)] += 1
                if alias.name != "*":
                    seen["stores"][alias.asname or alias.name.partition(".")[0]] += 1
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            seen["stores"][node.name] += 1
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            seen["stores"][name] += 1
        case ast.MatchMapping(rest=str(name)):
            seen["stores"][name] += 1
        case ast.MatchClass():
            seen["attributes"].update(node.kwd_attrs)


def compare(path: Path) -> None:
    """Compare one file, if the running interpreter can parse it."""
    data = path.read_bytes()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = parsed(data)
    except (SyntaxError, ValueError, RecursionError):
        lower(data, path.name)
        return
    seen, unit = lowered(data)
    assert unit.defects == ()
    for name, counts in expected.items():
        assert seen[name] == counts, name


@pytest.mark.parametrize("name", SOME)
def test_some_modules_agree(name: str) -> None:
    compare(LIBRARY / f"{name}.py")


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="places and texts within f-strings changed")
def test_the_whole_library_agrees() -> None:
    for path in sorted(LIBRARY.rglob("*.py")):
        if "site-packages" not in path.parts and path.name not in KNOWN:
            compare(path)
