"""Whether a place in a script may run without anybody calling it, told from the syntax tree alone, before evaluation.

Wider than the evaluator, narrower than the file: a function runs if it is called where it stands, is handed to a call,
is a module of a bundle, or if its name is called or handed on at a place that runs. Names are not told apart by scope,
so short names run sooner than they should; a call of another file's function by this file is not seen here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import tree_sitter

from assay.scanner.code.javascript.grammar import grammar_of
from assay.scanner.code.javascript_windows import windows
from assay.scanner.code.literals_javascript import CALLS
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tree_sitter import Node

KINDS = ("PROCESS", "NET", "RUN")
"""Categories of which it is asked whether code does what they say unasked."""

_WINDOWED = 4
"""Windows of a large file in which it is asked."""

_IDLE = lazy(
    rb"[ \t]{0,80}(?://|/?\*|(?:(?:async|static|export|function|public|private|declare)\s{1,4})*[\w$#]{1,60}\s?\([^()\n]{0,300}\)\s{0,4}(?::[^{}\n]{0,200})?\{\s{0,4}\n)"
)
"""Beginnings of lines that are comments, or that declare a function."""

_MENTIONS = 24
"""Places at which a name is looked at."""

_DEPTH = 24
"""Functions that are followed from one call to the next."""

_FUNCTIONS = frozenset(
    {
        *("function_declaration", "function_expression", "arrow_function", "generator_function"),
        *("generator_function_declaration", "method_definition", "function"),
    }
)
_CALLS = frozenset({"call_expression", "new_expression"})
_RUN_TEXT = (b"eval", b"Function", b"Timeout", b"Interval")
_WRAPPERS = frozenset({"parenthesized_expression", "unary_expression", "await_expression", "sequence_expression"})
_NAMED = {"variable_declarator": "name", "assignment_expression": "left", "pair": "key", "field_definition": "property"}
_CALLED = re.compile(rb"(?:[\"'`]\])?\s{0,8}(?:\?\.|\.(?:call|apply|bind)\s{0,4})?[(`]")
_HANDED = re.compile(rb"\s{0,8}[),]")
_MODULE = re.compile(rb"[\"']?(?:\d+|[\"'][^\"']*[./][^\"']*[\"']|[\"'][\w+/=-]{4,8}[\"'])[\"']?\Z")
"""What webpack, browserify and the like call the modules of a bundle: numbers, paths, hashes."""


def called_unasked(data: bytes, path: str, met: Collection[str]) -> list[int]:
    """Return the places of a script at which it uses a process, the network, or text as code, if one may run unasked.

    ``met`` are the categories of which it has a hit.
    """
    calls = _calls(data, KINDS, met)
    return calls if calls and Tree(data, path).runs(calls) else []


def started_unasked(data: bytes, path: str, places: Sequence[int]) -> list[int]:
    """Return the first places at which a large script names processes, if around one it may start one unasked."""
    first = list(places[:_WINDOWED])
    for window in windows(data, first) if first else ():
        calls = _calls(window.data, ("PROCESS",), ("PROCESS",))
        if calls and Tree(window.data, path).runs(calls):
            return first
    return []


def _calls(data: bytes, kinds: Iterable[str], met: Collection[str]) -> list[int]:
    """The places of calls of some kinds, of which the file has a hit, but for lines of comments and declarations."""
    return sorted(
        match.start(1)
        for kind in kinds
        if kind in met
        for match in CALLS[kind].finditer(data)
        if not _IDLE.match(data, data.rfind(b"\n", 0, match.start()) + 1)
    )


class Tree:
    """The syntax tree of a script, or of a window of one; ``path`` tells the language."""

    def __init__(self, data: bytes, path: str) -> None:
        self._data = data
        self._root = tree_sitter.Parser(grammar_of(path).language).parse(data).root_node
        self._known: dict[int, bool] = {}

    def runs(self, offsets: Iterable[int]) -> bool:
        """Say whether one of some places may run unasked."""
        return any(self._is_call(offset) and self._runs(offset, _DEPTH) for offset in offsets)

    def _is_call(self, offset: int) -> bool:
        """Whether something is called there, with more than text that is known."""
        node = self._root.descendant_for_byte_range(offset, offset)
        while node is not None and node.type not in _CALLS:
            if node.type in _FUNCTIONS or node.type in ("comment", "string", "template_string", "regex", "program"):
                return False
            node = node.parent
        if node is None or node.type == "new_expression":
            return node is not None
        given = node.child_by_field_name("arguments")
        plain = given is not None and given.named_child_count > 0
        called = node.child_by_field_name("function")
        runs_text = called is not None and _text(called).endswith(_RUN_TEXT)
        return not (
            plain and runs_text and all(child.type == "string" for child in (given.named_children if given else ()))
        )

    def _runs(self, offset: int, depth: int, without: int = -1) -> bool:
        node = self._root.descendant_for_byte_range(offset, offset)
        return node is not None and self._reached(node, depth, without)

    def _reached(self, node: Node, depth: int, without: int = -1) -> bool:
        """Whether the function around a node runs; not for the node itself, nor from within function ``without``."""
        last, around = node, node.parent
        while around is not None:
            if around.type in _FUNCTIONS:
                named = around.child_by_field_name("name")
                is_name = named is not None and named.id == last.id
                return around.id != without and not is_name and self._is_run(around, depth)
            last, around = around, around.parent
        return True

    def _is_run(self, function: Node, depth: int) -> bool:
        known = self._known.get(function.id)
        if known is None:
            self._known[function.id] = False
            known = depth > 0 and self._find(function, depth)
            self._known[function.id] = known
        return known

    def _find(self, function: Node, depth: int) -> bool:
        name = function.child_by_field_name("name")
        if function.type in ("function_declaration", "generator_function_declaration", "method_definition"):
            return name is not None and self._is_called(_text(name), function, depth)
        parent = function.parent
        while parent is not None and parent.type in _WRAPPERS:
            parent = parent.parent
        if parent is None:
            return False
        if parent.type in (
            "arguments",
            "call_expression",
            "new_expression",
            "member_expression",
            "template_substitution",
        ):
            return self._reached(parent, depth - 1)
        field = _NAMED.get(parent.type)
        target = parent.child_by_field_name(field) if field else None
        if target is None:
            return False
        text = _text(target)
        if parent.type == "pair" and _MODULE.match(text):
            return self._reached(parent, depth - 1)
        return self._is_called(text, function, depth)

    def _is_called(self, written: bytes, function: Node, depth: int) -> bool:
        """Whether something of this name is called or handed to a call at a place that runs."""
        name = re.split(rb"[^\w$\x80-\xff]+", written.strip(b"\"'`[]"))[-1]
        if not name:
            return False
        wanted, is_new = (b"new", True) if name == b"constructor" else (name, False)
        seen, at = 0, self._data.find(wanted)
        while at >= 0 and seen < _MENTIONS:
            end = at + len(wanted)
            if _is_mention(self._data, at, end, is_new=is_new):
                seen += 1
                if self._runs(at, depth - 1, function.id):
                    return True
            at = self._data.find(wanted, end)
        return seen >= _MENTIONS


def _is_mention(data: bytes, start: int, end: int, *, is_new: bool) -> bool:
    """Whether a name is called there, or handed to a call."""
    before = data[start - 1 : start] if start else b""
    if before.isalnum() or before in (b"_", b"$"):
        return False
    if is_new:
        return data[end : end + 1].isspace()
    if _CALLED.match(data, end):
        return True
    return _HANDED.match(data, end) is not None and data[max(0, start - 8) : start].rstrip().endswith((b"(", b","))


def _text(node: Node) -> bytes:
    return node.text or b""
