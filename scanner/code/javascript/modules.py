"""Imports and exports of ES modules and of TypeScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import Argument, Attribute, Call, Const, Import, Name, Ref, StoreAttribute
from assay.scanner.code.javascript.grammar import each, first, parts, word
from assay.scanner.code.javascript.literals import string
from assay.scanner.code.javascript.scopes import pattern_names, pattern_names_of
from assay.scanner.code.writer import NOTHING
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from tree_sitter import Node

    from assay.scanner.code.javascript.writer import Writer
    from assay.scanner.code.writer import Steps

_VARIABLES = frozenset({"variable_declaration", "lexical_declaration", "using_declaration"})
_REQUIRED = "require"
_DATA = "data:"
_GIVEN = lazy(r"""\s*\(\s*("[^"\n]*"|'[^'\n]*')""")


def _source(writer: Writer, node: Node) -> str | None:
    source = node.child_by_field_name("source")
    return string(writer.written(source)) if source is not None else None


def _word(writer: Writer, node: Node | None) -> str:
    """Return a name of a specifier: an identifier, ``default``, or text."""
    if node is None:
        return ""
    return string(writer.written(node)) if node.type == "string" else writer.spelling(node)


def import_(writer: Writer, node: Node) -> Steps:
    """Lower an import, once; those of types alone do nothing."""
    if node.id in writer.done or word(node, "type"):
        return NOTHING
    writer.done.add(node.id)
    place = writer.place(node)
    module = _source(writer, node)
    clauses: list[Node] = []
    for child in each(node):
        if child.type == "import_clause":
            clauses.append(child)
        elif child.type == "import_require_clause":
            _import_require(writer, child)
        elif child.type == "ERROR":
            yield child
    if module is not None:
        if module.startswith(_DATA):
            _load_data(writer, node, module)
        elif not clauses:
            writer.emit(Import(place, module))
        for child in clauses:
            _import_names(writer, child, module)
    return NOTHING


def _load_data(writer: Writer, node: Node, module: str) -> None:
    """Lower the load of a module whose code stands in its name as the call that it amounts to."""
    place = writer.place(node)
    writer.emit(Call(place, writer.emit(Name(place, "import")), (Argument(writer.emit(Const(place, module))),)))


def _import_names(writer: Writer, node: Node, module: str) -> None:
    for child in each(node):
        kind = child.type
        if kind == "identifier":
            _bind(writer, child, module, "default", child)
        elif kind == "namespace_import":
            _bind(writer, child, module, "", first(child))
        elif kind == "named_imports":
            for specifier in each(child):
                name = specifier.child_by_field_name("name")
                if not word(specifier, "type"):
                    alias = specifier.child_by_field_name("alias") or name
                    _bind(writer, specifier, module, _word(writer, name), alias)


def _bind(writer: Writer, node: Node, module: str, name: str, target: Node | None) -> None:
    place = writer.place(node)
    ref = writer.emit(Import(place, module, name=name))
    if target is not None:
        writer.declare(place, writer.spelling(target), ref)


def _import_require(writer: Writer, node: Node) -> None:
    place = writer.place(node)
    target = first(node)
    function = writer.emit(Name(place, _REQUIRED))
    module = writer.emit(Const(place, _source(writer, node) or ""))
    ref = writer.emit(Call(place, function, (Argument(module),)))
    if target is not None:
        writer.declare(place, writer.spelling(target), ref)


def import_alias(writer: Writer, node: Node) -> Steps:
    """Lower ``import a = b.c``; ``export import a = require("m")`` ends before the parenthesis to the grammar."""
    place = writer.place(node)
    children = parts(node)
    value = yield children[1] if len(children) > 1 else None
    given = _GIVEN.match(writer.text, children[1].end_byte) if len(children) > 1 else None
    if given is not None and writer.written(children[1]) == _REQUIRED:
        module = writer.emit(Const(place, string(given[1])))
        value = writer.emit(Call(place, value, (Argument(module),)))
    return writer.declare(place, writer.spelling(children[0]), value) if children else NOTHING


def nested_identifier(writer: Writer, node: Node) -> Steps:
    """Lower ``a.b`` where it is a name of TypeScript."""
    place = writer.place(node)
    obj = yield node.child_by_field_name("object")
    named = node.child_by_field_name("property")
    return writer.emit(Attribute(place, obj, writer.spelling(named) if named else ""))


def export(writer: Writer, node: Node) -> Steps:
    """Lower an export: what it declares, and a store to what the module exports."""
    declaration = node.child_by_field_name("declaration")
    value = node.child_by_field_name("value")
    if word(node, "type") and declaration is None:
        return NOTHING
    module = _source(writer, node)
    if module is not None and module.startswith(_DATA):
        _load_data(writer, node, module)
    if declaration is not None:
        return (yield from _declared(writer, node, declaration))
    if value is not None:
        ref = yield writer.name(value, "default")
        _store(writer, node, "default", ref)
        return NOTHING
    if word(node, "="):
        place = writer.place(node)
        ref = yield first(node)
        return writer.emit(StoreAttribute(place, writer.emit(Name(place, "module")), "exports", ref))
    return (yield from _listed(writer, node))


def _declared(writer: Writer, node: Node, declaration: Node) -> Steps:
    writer.decorators = list(node.children_by_field_name("decorator"))
    ref = yield declaration
    writer.decorators = []
    if declaration.type in _VARIABLES:
        names: list[str] = []
        for child in each(declaration):
            names += pattern_names(writer, child.child_by_field_name("name"))
    elif declaration.type == "import_alias":
        target = first(declaration)
        names = [writer.spelling(target)] if target is not None else []
    else:
        names = pattern_names_of(writer, declaration) if ref >= 0 or declaration.id in writer.done else []
    place = writer.place(node)
    is_default = word(node, "default")
    for name in names:
        held = writer.emit(Name(place, writer.resolve(name)))
        _store(writer, node, "default" if is_default else name, held)
    if is_default and not names and ref >= 0:
        _store(writer, node, "default", ref)
    return NOTHING


def _listed(writer: Writer, node: Node) -> Steps:
    """Lower ``export {a as b}``, ``export … from "m"``; what a module exports of its own is read when it has run."""
    module = _source(writer, node)
    place = writer.place(node)
    for child in each(node):
        kind = child.type
        if kind == "export_clause":
            if module is None and writer.exports == "exports":
                writer.exported.append(child)
            else:
                clause(writer, child, module)
        elif kind == "namespace_export" and module is not None:
            name = _word(writer, first(child))
            _store(writer, child, name, writer.emit(Import(place, module)))
        elif kind == "ERROR":
            yield child
    if module is not None and word(node, "*"):
        _store(writer, node, "*", writer.emit(Import(place, module)))
    return NOTHING


def clause(writer: Writer, node: Node, module: str | None) -> None:
    """Emit the stores for the names between the braces of an export."""
    for child in each(node):
        if child.type != "export_specifier" or word(child, "type"):
            continue
        named = child.child_by_field_name("name")
        name = _word(writer, named)
        place = writer.place(child)
        if module is None:
            held = writer.emit(Name(place, writer.resolve(name)))
        else:
            held = writer.emit(Import(place, module, name=name))
        _store(writer, child, _word(writer, child.child_by_field_name("alias") or named), held)


def _store(writer: Writer, node: Node, name: str, value: Ref) -> None:
    place = writer.place(node)
    exports = writer.emit(Name(place, writer.exports))
    writer.emit(StoreAttribute(place, exports, name, value))


def program(writer: Writer) -> None:
    """End a module: emit the exports that were listed in it."""
    for node in writer.exported:
        clause(writer, node, None)
