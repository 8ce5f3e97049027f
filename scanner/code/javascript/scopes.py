"""What the statements of a function declare: found by a walk over statements alone, before any of them is lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.javascript.grammar import each, first, word
from assay.scanner.code.javascript.writer import Scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from assay.scanner.code.javascript.writer import Writer

_BLOCKS = frozenset({"statement_block", "switch_body", "for_statement"})
_HOLDERS = frozenset(
    {
        "ERROR",
        "do_statement",
        "else_clause",
        "finally_clause",
        "if_statement",
        "labeled_statement",
        "switch_case",
        "switch_default",
        "switch_statement",
        "try_statement",
        "while_statement",
        "with_statement",
    }
)
FUNCTIONS = frozenset({"function_declaration", "generator_function_declaration"})
_NAMED = frozenset({"class_declaration", "abstract_class_declaration", "enum_declaration"})
_SHORTHAND = "shorthand_property_identifier_pattern"
_VALUES = {"pair_pattern": "value", "assignment_pattern": "left", "object_assignment_pattern": "left"}
_PARAMETERS = frozenset({"required_parameter", "optional_parameter"})
_PATTERNS = frozenset({"object_pattern", "array_pattern", "rest_pattern", "object", "array", "spread_element"})


def pattern_names(writer: Writer, pattern: Node | None) -> list[str]:
    """Return the names that a pattern binds."""
    if pattern is None:
        return []
    if pattern.type == "identifier":
        return [writer.spelling(pattern)]
    names: list[str] = []
    todo: list[Node | None] = [pattern]
    while todo:
        node = todo.pop()
        if node is None:
            continue
        kind = node.type
        if kind in ("identifier", _SHORTHAND):
            names.append(writer.spelling(node))
        elif kind in _VALUES:
            todo.append(node.child_by_field_name(_VALUES[kind]))
        elif kind in _PARAMETERS:
            todo.append(node.child_by_field_name("pattern"))
        elif kind in _PATTERNS:
            todo += reversed(list(each(node)))
    return names


class Scanner:
    """Walks over the statements of one function or module."""

    def __init__(self, writer: Writer, body: Node) -> None:
        self.writer = writer
        self.body = body.id
        self.scan = Scan()
        self.blocked: set[str] = set()
        self.todo: list[tuple[Iterator[Node], int]] = [(each(body), body.id)]

    def run(self) -> Scan:
        """Return what is declared."""
        todo = self.todo
        while todo:
            statements, owner = todo[-1]
            node = next(statements, None)
            kind = node.type if node is not None else ""
            if node is None:
                todo.pop()
            elif kind == "expression_statement":
                continue
            elif kind in _BLOCKS:
                self._go_into(node, node.id)
            elif kind in _HOLDERS:
                self._go_into(node, owner)
            else:
                self._declaration(node, kind, owner)
        return self.scan

    def _go_into(self, node: Node, owner: int) -> None:
        self.todo.append((each(node), owner))

    def _declaration(self, node: Node, kind: str, owner: int) -> None:
        if kind in FUNCTIONS:
            self._function(node, owner)
        elif kind in _NAMED:
            self._bind(owner, pattern_names_of(self.writer, node))
        elif kind in _DECLARES:
            _DECLARES[kind](self, node, owner)

    def _lexical(self, node: Node, owner: int) -> None:
        for declarator in each(node):
            self._bind(owner, pattern_names(self.writer, declarator.child_by_field_name("name")))

    def _catch(self, node: Node, _owner: int) -> None:
        self._bind(node.id, pattern_names(self.writer, node.child_by_field_name("parameter")))
        self._into_body(node, node.id)

    def _namespace(self, node: Node, owner: int) -> None:
        self._bind(owner, pattern_names_of(self.writer, node))
        self._into_body(node, node.id)

    def _alias(self, node: Node, owner: int) -> None:
        target = first(node)
        self._bind(owner, [self.writer.spelling(target)] if target else [])

    def _variables(self, node: Node, _owner: int) -> None:
        variables = self.scan.variables
        for declarator in each(node):
            target = declarator.child_by_field_name("name")
            if target is not None and target.type == "identifier":
                name = self.writer.spelling(target)
                if name not in variables:
                    variables[name] = declarator.child_by_field_name("value") is None
            else:
                for name in pattern_names(self.writer, target):
                    variables.setdefault(name, False)

    def _function(self, node: Node, owner: int) -> None:
        """A function in a block is bound for the whole function too (ECMA-262, B.3.2), unless that is taken."""
        names = pattern_names_of(self.writer, node)
        self.scan.hoisted.setdefault(owner, []).append(node)
        for name in names:
            if owner != self.body and name in self.blocked:
                self._bind(owner, [name])
            else:
                self.scan.variables[name] = False

    def _for_in(self, node: Node, _owner: int) -> None:
        kind = node.child_by_field_name("kind")
        if kind is not None:
            names = pattern_names(self.writer, node.child_by_field_name("left"))
            if kind.type == "var":
                for name in names:
                    self.scan.variables.setdefault(name, False)
            else:
                self._bind(node.id, names)
        self._into_body(node, node.id)

    def _into_body(self, node: Node, owner: int) -> None:
        body = node.child_by_field_name("body")
        if body is not None:
            self.todo.append((iter([body]), owner))

    def _import(self, node: Node, owner: int) -> None:
        if word(node, "type"):
            return
        self.scan.hoisted.setdefault(owner, []).append(node)
        self._bind(owner, imported_names(self.writer, node))

    def _bind(self, owner: int, names: Iterable[str]) -> None:
        found = list(names)
        self.blocked.update(found)
        self.scan.lexical.setdefault(owner, []).extend(found)


_DECLARES = {
    "variable_declaration": Scanner._variables,
    "lexical_declaration": Scanner._lexical,
    "using_declaration": Scanner._lexical,
    "for_in_statement": Scanner._for_in,
    "catch_clause": Scanner._catch,
    "export_statement": Scanner._go_into,
    "import_statement": Scanner._import,
    "internal_module": Scanner._namespace,
    "module": Scanner._namespace,
    "import_alias": Scanner._alias,
}


def pattern_names_of(writer: Writer, node: Node) -> list[str]:
    """Return the name that a declaration of a function, class, enum or namespace binds."""
    name = node.child_by_field_name("name")
    while name is not None and name.type in ("nested_identifier", "member_expression"):
        name = first(name)
    return [writer.spelling(name)] if name is not None and name.type in ("identifier", "type_identifier") else []


def imported_names(writer: Writer, node: Node) -> list[str]:
    """Return the names that an import binds."""
    names: list[str] = []
    todo = list(each(node))
    while todo:
        child = todo.pop()
        kind = child.type
        if kind == "identifier":
            names.append(writer.spelling(child))
        elif kind == "import_specifier":
            target = child.child_by_field_name("alias") or child.child_by_field_name("name")
            if target is not None:
                names.append(writer.spelling(target))
        elif kind in ("import_clause", "named_imports", "namespace_import", "import_require_clause"):
            todo += list(each(child))
    return names
