"""Templates, with and without a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import Argument, Const, Format, Ref, Sequence
from assay.scanner.code.javascript import literals
from assay.scanner.code.javascript.grammar import first

if TYPE_CHECKING:
    from collections.abc import Generator

    from tree_sitter import Node

    from assay.scanner.code.javascript.writer import Writer
    from assay.scanner.code.writer import Steps

_SUBSTITUTION = "template_substitution"


def _split(writer: Writer, node: Node) -> tuple[list[str], list[Node]]:
    """Return the texts of a template, cooked, and the substitutions between them."""
    substitutions = [child for child in node.children if child.type == _SUBSTITUTION]
    texts: list[str] = []
    start = node.start_byte + 1
    for child in substitutions:
        texts.append(literals.text(writer.text[start : child.start_byte]))
        start = child.end_byte
    closed = node.end_byte > start and writer.text[node.end_byte - 1] == "`"
    texts.append(literals.text(writer.text[start : node.end_byte - closed]))
    return texts, substitutions


def template(writer: Writer, node: Node) -> Steps:
    """Lower a template: a constant if nothing is put in, else ``Format``."""
    place = writer.place(node)
    texts, substitutions = _split(writer, node)
    if not substitutions:
        return writer.emit(Const(place, texts[0]))
    refs: list[Ref] = []
    for number, text in enumerate(texts):
        if text:
            refs.append(writer.emit(Const(place, text)))
        if number < len(substitutions):
            refs.append((yield first(substitutions[number])))
    return writer.emit(Format(place, tuple(refs), ("",) * len(refs)))


def template_parts(writer: Writer, node: Node) -> Generator[Node | None, Ref, list[Argument]]:
    """Lower a template with a tag: the arguments that its function gets."""
    place = writer.place(node)
    texts, substitutions = _split(writer, node)
    refs = tuple(writer.emit(Const(place, text)) for text in texts)
    arguments = [Argument(writer.emit(Sequence(place, "list", refs)))]
    for child in substitutions:
        arguments.append(Argument((yield first(child))))  # noqa: PERF401  # a comprehension cannot yield
    return arguments
