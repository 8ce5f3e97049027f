"""Functions, lambdas, classes and imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import Argument, Class, CodeKind, Function, Import, Name, Parameter, Ref, Return, Store
from assay.scanner.code.python.expressions import argument_list
from assay.scanner.code.python.grammar import each, field, kind, parts
from assay.scanner.code.python.targets import assign
from assay.scanner.code.writer import NOTHING, Draft, Steps, several

if TYPE_CHECKING:
    from tree_sitter import Node

    from assay.scanner.code.python.writer import Writer

_NAME = field("name")
_ALIAS = field("alias")
_VALUE = field("value")
_TYPE = field("type")
_BODY = field("body")
_PARAMETERS = field("parameters")
_TYPE_PARAMETERS = field("type_parameters")
_RETURN_TYPE = field("return_type")
_SUPERCLASSES = field("superclasses")
_DEFINITION = field("definition")
_MODULE_NAME = field("module_name")

_IDENTIFIER = kind("identifier")
_CLASS_DEFINITION = kind("class_definition")
_DECORATOR = kind("decorator")
_ASYNC = kind("async", False)
_ALIASED = kind("aliased_import")
_DOTTED = kind("dotted_name")
_RELATIVE = kind("relative_import")
_PREFIX = kind("import_prefix")
_WILDCARD = kind("wildcard_import")
_TUPLE_PATTERN = kind("tuple_pattern")
_KINDS = {kind("list_splat_pattern"): "*", kind("dictionary_splat_pattern"): "**"}
_WITH_DEFAULT = frozenset({kind("default_parameter"), kind("typed_default_parameter")})
_TYPED = kind("typed_parameter")
_SEPARATORS = frozenset({kind("keyword_separator"), kind("positional_separator")})


class _Signature:
    """The parameters of a function, their defaults, and those of Python 2 that are taken apart."""

    def __init__(self) -> None:
        self.parameters: list[Parameter] = []
        self.defaults: list[tuple[str, Ref]] = []
        self.unpacked: list[tuple[str, Node]] = []

    def add(self, writer: Writer, node: Node | None) -> str:
        """Add a parameter without its default; returns its name. One that is a pattern is called ``.0``, ``.1``…"""
        word = ""
        while node is not None and node.kind_id in _KINDS:
            word = _KINDS[node.kind_id]
            node = next(iter(parts(node)), None)
        name = f".{len(self.parameters)}"
        if node is not None and node.kind_id == _IDENTIFIER:
            name = writer.identifier(node)
        elif node is not None:
            self.unpacked.append((name, node))
        self.parameters.append(Parameter(name, word))
        return name


def _signature(writer: Writer, node: Node | None, found: _Signature) -> Steps:
    """Read the parameters; defaults and annotations are lowered where the function comes into being."""
    for child in each(node) if node is not None else ():
        number = child.kind_id
        if number in _WITH_DEFAULT:
            name = found.add(writer, child.child_by_field_id(_NAME))
            found.defaults.append((name, (yield child.child_by_field_id(_VALUE))))
        elif number == _TYPED:
            found.add(writer, next(iter(parts(child)), None))
        elif number in _KINDS or number in (_IDENTIFIER, _TUPLE_PATTERN):
            found.add(writer, child)
        elif number not in _SEPARATORS:
            yield child
        annotation = child.child_by_field_id(_TYPE)
        if annotation is not None:
            yield annotation
    return NOTHING


def _unpack(writer: Writer, signature: _Signature) -> Steps:
    for name, pattern in signature.unpacked:
        place = writer.place(pattern)
        yield from assign(writer, pattern, writer.emit(Name(place, name)))
    return NOTHING


def lambda_(writer: Writer, node: Node) -> Steps:
    """Lower a lambda: a function without a name that returns its body."""
    place = writer.place(node)
    signature = _Signature()
    yield from _signature(writer, node.child_by_field_id(_PARAMETERS), signature)
    own = [parameter.name for parameter in signature.parameters] if writer.hidden else []
    writer.begin(Draft(CodeKind.FUNCTION, "", place, parameters=tuple(signature.parameters)))
    for name in own:
        writer.hide(name, name)
    yield from _unpack(writer, signature)
    body = node.child_by_field_id(_BODY)
    value = yield body
    writer.emit(Return(writer.place(body or node), value))
    writer.show(own)
    return writer.emit(Function(place, writer.end(), (), tuple(signature.defaults)))


def function(writer: Writer, node: Node, decorators: tuple[Ref, ...] = ()) -> Steps:
    """Lower a function definition and the store of its name."""
    place = writer.place(node)
    name = _name(writer, node)
    yield from _type_parameters(node)
    signature = _Signature()
    yield from _signature(writer, node.child_by_field_id(_PARAMETERS), signature)
    returned = node.child_by_field_id(_RETURN_TYPE)
    if returned is not None:
        yield returned
    is_async = node.child_count > 0 and node.children[0].kind_id == _ASYNC
    draft = Draft(CodeKind.FUNCTION, name, place, parameters=tuple(signature.parameters), is_async=is_async)
    writer.begin(draft)
    yield from _unpack(writer, signature)
    yield node.child_by_field_id(_BODY)
    ref = writer.emit(Function(place, writer.end(), decorators, tuple(signature.defaults)))
    return writer.emit(Store(place, name, ref))


def class_(writer: Writer, node: Node, decorators: tuple[Ref, ...] = ()) -> Steps:
    """Lower a class definition and the store of its name."""
    place = writer.place(node)
    name = _name(writer, node)
    yield from _type_parameters(node)
    given: list[Argument] = []
    superclasses = node.child_by_field_id(_SUPERCLASSES)
    if superclasses is not None:
        yield from argument_list(writer, superclasses, given)
    bases = tuple(argument.value for argument in given if not argument.name and not argument.spread)
    keywords = tuple(argument for argument in given if argument.name or argument.spread)
    writer.begin(Draft(CodeKind.CLASS, name, place))
    yield node.child_by_field_id(_BODY)
    ref = writer.emit(Class(place, writer.end(), bases, keywords, decorators))
    return writer.emit(Store(place, name, ref))


def _name(writer: Writer, node: Node) -> str:
    named = node.child_by_field_id(_NAME)
    return writer.identifier(named) if named is not None else ""


def _type_parameters(node: Node) -> Steps:
    """Lower the type parameters for their bounds; their names are not bound (PEP 695 gives them a scope)."""
    given = node.child_by_field_id(_TYPE_PARAMETERS)
    if given is not None:
        yield from several(parts(given))
    return NOTHING


def decorated(writer: Writer, node: Node) -> Steps:
    """Lower decorators in the order in which they stand, then what they are applied to."""
    decorators: list[Ref] = []
    for child in each(node):
        if child.kind_id == _DECORATOR:
            decorators += yield from several(parts(child)[:1])
    definition = node.child_by_field_id(_DEFINITION)
    if definition is None:
        return NOTHING
    lower = class_ if definition.kind_id == _CLASS_DEFINITION else function
    return (yield from lower(writer, definition, tuple(decorators)))


def import_(writer: Writer, node: Node) -> Ref:
    """Lower ``import a.b`` and ``import a.b as c``."""
    place = writer.place(node)
    for child in each(node):
        if child.kind_id == _ALIASED:
            module, alias = _aliased(writer, child)
            writer.emit(Store(place, alias, writer.emit(Import(place, module))))
        elif child.kind_id == _DOTTED:
            module = _dotted(writer, child)
            ref = writer.emit(Import(place, module, top=True))
            writer.emit(Store(place, module.partition(".")[0], ref))
    return NOTHING


def import_from(writer: Writer, node: Node) -> Ref:
    """Lower ``from ..a import b as c, d`` and ``from a import *``."""
    module, level = "", 0
    source = node.child_by_field_id(_MODULE_NAME)
    if source is not None and source.kind_id == _RELATIVE:
        for child in parts(source):
            if child.kind_id == _PREFIX:
                level = writer.written(child).count(".")
            else:
                module = _dotted(writer, child)
    elif source is not None:
        module = _dotted(writer, source)
    else:
        module = "__future__"
    _import_names(writer, node, source, module, level)
    return NOTHING


def _import_names(writer: Writer, node: Node, source: Node | None, module: str, level: int) -> None:
    place = writer.place(node)
    for child in each(node):
        if source is not None and child.start_byte == source.start_byte:
            continue
        if child.kind_id == _WILDCARD:
            writer.emit(Import(place, module, level, "*"))
        elif child.kind_id == _ALIASED:
            name, alias = _aliased(writer, child)
            writer.emit(Store(place, alias, writer.emit(Import(place, module, level, name))))
        elif child.kind_id == _DOTTED:
            name = _dotted(writer, child)
            writer.emit(Store(place, name, writer.emit(Import(place, module, level, name))))


def _aliased(writer: Writer, node: Node) -> tuple[str, str]:
    named = node.child_by_field_id(_NAME)
    alias = node.child_by_field_id(_ALIAS)
    return (_dotted(writer, named) if named else "", writer.identifier(alias) if alias else "")


def _dotted(writer: Writer, node: Node) -> str:
    return ".".join(writer.identifier(child) for child in parts(node))
