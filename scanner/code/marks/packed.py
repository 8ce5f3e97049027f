"""Files that are a blob and what unpacks it, and blobs that stand in code.

A blob is a long constant without the look of text: hardly a blank, and the characters of an encoding or of nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from math import log2
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.ir import Attribute, Call, Const, Index, Name, Sequence, Store
from assay.scanner.code.marks.mark import Mark, shown
from assay.scanner.code.marks.outline import callee, references

if TYPE_CHECKING:
    from assay.scanner.code.ir import Code, Place, Ref
    from assay.scanner.code.marks.outline import Outline

RUNS = frozenset({"exec", "eval", "execfile", "compile", "run_code", "FunctionType", "LambdaType", "CodeType"})
"""Last names of calls that make code of what they are given."""

_OWNERS = frozenset({"builtins", "__builtins__", "__builtin__", "types"})
"""Modules that hold what ``RUNS`` names; ``compile`` of others makes regular expressions and the like."""

SMALL, LARGE, HUGE = 400, 1_000, 4_000
"""Characters of a blob: beside a loader, alone in a file, and worth a word by itself."""

LITTLE = 160
"""Operations, constants apart, of a file that does nothing but unpack."""

_SAMPLE = 65_536
_SPACE = re.compile(r"[ \n\t]")
_PROGRAMS = ("TVqQ", "TVpQ", "TVro", "f0VMR", "4d5a9000", "7f454c46", "MZ\x90\0", "\x7fELF")
_KNOWN = re.compile(
    r"(?:data:|iVBOR|R0lGOD|/9j/|AAABAA|d09GR|AAEAAA|PHN2Zy|T1RUT|MII[A-Za-z]|JVBER|UklGR|SUkq|TU0A|Qk[012]|<svg|-----BEGIN"
    r"|\x89PNG|GIF8|\xff\xd8\xff|\x00\x00\x01\x00)"
)
"""How pictures, fonts, documents and certificates begin, as they are and in base64."""


class Blob(NamedTuple):
    """A long constant that is no text."""

    code: int
    ref: Ref
    place: Place
    size: int
    start: str


def blobs(outline: Outline) -> list[Blob]:
    """Return the blobs of a file, largest first."""
    found = []
    for long in outline.long:
        if len(long.value) >= SMALL and _is_blob(long.value):
            found.append(Blob(long.code, long.ref, long.place, len(long.value), long.value[:80]))
    for number, code in enumerate(outline.codes):
        for ref, op in enumerate(code.ops):
            if isinstance(op, Sequence) and len(op.items) >= SMALL and _is_table(code, op):
                found.append(Blob(number, ref, op.place, 4 * len(op.items), ""))
    return sorted(found, key=lambda blob: (-blob.size, blob.place))


def _is_blob(value: str) -> bool:
    """Say whether a text is encoded or random rather than written: few blanks, even use of its characters."""
    part = value[:_SAMPLE]
    if len(_SPACE.findall(part)) > 0.04 * len(part) or _KNOWN.match(part.lstrip()):
        return False
    return entropy(part) >= 3.6


def _is_table(code: Code, sequence: Sequence) -> bool:
    """Say whether a display holds whole numbers such as characters have, and nothing else."""
    return all(
        isinstance(item, Const) and isinstance(item.value, int) and 0 <= item.value < 0x11_0000
        for item in (code.ops[ref] for ref in sequence.items)
    )


def entropy(text: str) -> float:
    """Return the bits that a character of a text carries, by how often each occurs."""
    counts = Counter(text).values()
    total = len(text)
    return -sum(count / total * log2(count / total) for count in counts)


def packed(outline: Outline, size: int) -> list[Mark]:
    """Return what says that a file of ``size`` characters, or a part of it, only unpacks what it holds."""
    found = blobs(outline)
    marks = [_program(blob) for blob in found if blob.start.startswith(_PROGRAMS)][:4]
    if found:
        fed = _fed(outline, {(blob.code, blob.ref) for blob in found})
        total = sum(blob.size for blob in found)
        alone = 2 * total >= size and total >= LARGE and outline.weight <= LITTLE
        if fed:
            kind = "packed:whole" if alone else "packed:part"
            marks.append(Mark(kind, fed[0], f"{fed[1]}(...) over {total} characters: {shown(found[0].start)}", total))
        elif alone and _hands_over(outline, found[0]):
            marks.append(Mark("packed:stub", found[0].place, f"{total} characters: {shown(found[0].start)}", total))
        elif found[0].size >= HUGE:
            marks.append(Mark("packed:blob", found[0].place, f"{total} characters: {shown(found[0].start)}", total))
    return marks


def _program(blob: Blob) -> Mark:
    return Mark("packed:program", blob.place, f"{blob.size} characters that begin as a program does", blob.size)


def _fed(outline: Outline, found: set[tuple[int, Ref]]) -> tuple[Place, str] | None:
    """Return the first call that makes code of a blob: its place and name."""
    holders: set[str] = set()
    for number, code in enumerate(outline.codes):
        tainted = _tainted(code, {ref for of, ref in found if of == number}, holders)
        for ref, op in enumerate(code.ops):
            if isinstance(op, Store) and op.value in tainted:
                holders.add(op.name)
            if isinstance(op, Call) and ref in tainted and _runs(code, op):
                return op.place, callee(code, op)
    return None


def _runs(code: Code, call: Call) -> bool:
    """Say whether a call makes code: a built-in by its name, of the built-ins' module, or of what a call gives."""
    if callee(code, call) not in RUNS:
        return False
    function = code.ops[call.function]
    if isinstance(function, Name):
        return True
    owner = code.ops[function.object] if isinstance(function, Attribute) else function
    if isinstance(owner, Name):
        return owner.name in _OWNERS
    return isinstance(owner, Call | Index)


def _tainted(code: Code, seeds: set[Ref], holders: set[str]) -> set[Ref]:
    """Return the operations that use a blob, straight or through variables."""
    tainted = set(seeds)
    held = set(holders)
    for ref, op in enumerate(code.ops):
        if isinstance(op, Name):
            if op.name in held:
                tainted.add(ref)
        elif not isinstance(op, Const) and not tainted.isdisjoint(references(op)):
            tainted.add(ref)
            if isinstance(op, Store):
                held.add(op.name)
    return tainted


def _hands_over(outline: Outline, blob: Blob) -> bool:
    """Say whether the largest blob is an argument of a call that stands as a statement at the top of the file."""
    if blob.code:
        return False
    module = outline.codes[0]
    used = {ref for op in module.ops for ref in references(op)}
    return any(
        isinstance(op, Call) and blob.ref in references(op) and ref not in used for ref, op in enumerate(module.ops)
    )
