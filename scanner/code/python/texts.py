"""String and number literals, f-strings, and implicit concatenation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import Const, Format, Opaque, Place, Ref
from assay.scanner.code.python import literals
from assay.scanner.code.python.grammar import field, kind

if TYPE_CHECKING:
    from tree_sitter import Node

    from assay.scanner.code.python.writer import Writer
    from assay.scanner.code.writer import Steps

_INTERPOLATION = kind("interpolation")
_STRING = kind("string")
_EQUALS = kind("=", False)
_EXPRESSION = field("expression")
_CONVERSION = field("type_conversion")
_SPECIFIER = field("format_specifier")
_NAMED = kind("named_expression")
_NAME = field("name")
_NESTED = kind("format_expression")


def string(writer: Writer, node: Node) -> Ref | None:
    """Lower a literal without replacement fields; None for an f-string."""
    written = writer.text[node.start_byte : node.end_byte]
    prefix, quotes = literals.split(written)
    if "f" in prefix or "t" in prefix:
        return None
    value = literals.value(literals.content(written, prefix, quotes), prefix)
    return writer.emit(Const(writer.place(node), value))


def integer(writer: Writer, node: Node) -> Ref:
    """Lower an integer; a complex number becomes ``Opaque`` of its imaginary part."""
    written = writer.written(node)
    if written[-1:] in ("j", "J"):
        return _imaginary(writer, node, written)
    value = literals.integer(written)
    if value is None:
        return writer.emit(Opaque(writer.place(node), "integer", ()))
    return writer.emit(Const(writer.place(node), value))


def float_(writer: Writer, node: Node) -> Ref:
    """Lower a number with a point or an exponent."""
    written = writer.written(node)
    if written[-1:] in ("j", "J"):
        return _imaginary(writer, node, written)
    value = literals.number(written)
    if value is None:
        return writer.emit(Opaque(writer.place(node), "float", ()))
    return writer.emit(Const(writer.place(node), value))


def _imaginary(writer: Writer, node: Node, written: str) -> Ref:
    part = writer.emit(Const(writer.place(node), literals.number(written[:-1])))
    return writer.emit(Opaque(writer.place(node), "complex", (part,)))


def format_string(writer: Writer, node: Node) -> Steps:
    """Lower one f-string or t-string."""
    template = _Template(writer, writer.place(node))
    yield from _fields(writer, node, template)
    return template.finish()


def concatenated(writer: Writer, node: Node) -> Steps:
    """Lower adjacent literals: one constant if all are, else one ``Format``; bytes beside text are ``Opaque``."""
    place = writer.place(node)
    strings = [child for child in node.children if child.kind_id == _STRING]
    values: list[str | bytes] = []
    for child in strings:
        written = writer.written(child)
        prefix, quotes = literals.split(written)
        if "f" in prefix or "t" in prefix:
            break
        values.append(literals.value(literals.content(written, prefix, quotes), prefix))
    if len(values) == len(strings):
        texts = [value for value in values if isinstance(value, str)]
        raw = [value for value in values if isinstance(value, bytes)]
        if not raw or not texts:
            return writer.emit(Const(place, b"".join(raw) if raw else "".join(texts)))
        return writer.emit(Opaque(place, "concatenated_string", tuple(writer.emit(Const(place, v)) for v in values)))
    template = _Template(writer, place)
    for child in strings:
        yield from _fields(writer, child, template)
    return template.finish()


class _Template:
    """The parts of an f-string: texts that touch are one constant."""

    def __init__(self, writer: Writer, place: Place) -> None:
        self.writer = writer
        self.place = place
        self.texts: list[str] = []
        self.parts: list[Ref] = []
        self.conversions: list[str] = []

    def add(self, value: Ref, conversion: str) -> None:
        """Add a replacement field."""
        self._flush()
        self.parts.append(value)
        self.conversions.append(conversion)

    def finish(self) -> Ref:
        """Emit the operation: ``Format``, or a constant if no field was met."""
        if not self.parts:
            return self.writer.emit(Const(self.place, "".join(self.texts)))
        self._flush()
        return self.writer.emit(Format(self.place, tuple(self.parts), tuple(self.conversions)))

    def _flush(self) -> None:
        text = "".join(self.texts)
        self.texts = []
        if text:
            self.parts.append(self.writer.emit(Const(self.place, text)))
            self.conversions.append("")


def _fields(writer: Writer, node: Node, template: _Template) -> Steps:
    """Add the texts and replacement fields of one literal."""
    written = writer.written(node)
    prefix, quotes = literals.split(written)
    start = node.start_byte
    position = start + len(prefix) + len(quotes)
    if "f" in prefix or "t" in prefix:
        for child in node.children:
            if child.kind_id == _INTERPOLATION:
                template.texts.append(literals.text_between(writer.text[position : child.start_byte], prefix))
                yield from _field(writer, child, template)
                position = child.end_byte
        rest = literals.content(quotes + writer.text[position : node.end_byte], "", quotes)
        template.texts.append(literals.text_between(rest, prefix))
    else:
        value = literals.value(literals.content(written, prefix, quotes), prefix)
        template.texts.append(value if isinstance(value, str) else value.decode("latin-1"))
    return -1


def _field(writer: Writer, node: Node, template: _Template) -> Steps:
    """Add ``{expression=!conversion:specification}``; expressions within the specification are lowered as well."""
    expression = node.child_by_field_id(_EXPRESSION)
    conversion = node.child_by_field_id(_CONVERSION)
    specifier = node.child_by_field_id(_SPECIFIER)
    shown = writer.written(conversion) if conversion else ""
    for child in node.children:
        if child.kind_id == _EQUALS:
            end = next((other for other in (conversion, specifier) if other), None)
            stop = end.start_byte if end else node.end_byte - 1
            template.texts.append(writer.text[node.start_byte + 1 : stop])
            shown = shown or ("" if specifier else "!r")
    given = writer.written(specifier) if specifier else ""
    if expression is not None and expression.kind_id == _NAMED:  # ``{x:=10}`` is x, padded: no assignment
        target = expression.child_by_field_id(_NAME)
        if target is not None:
            given = writer.text[target.end_byte : node.end_byte - 1].lstrip()
            expression = target
    value = yield expression
    template.add(value, shown + given)
    if specifier:
        for child in specifier.children:
            if child.kind_id == _NESTED:
                yield child.child_by_field_id(_EXPRESSION)
    return value
