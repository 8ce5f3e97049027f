"""Files that are a blob and what unpacks it, and blobs that stand in code.

A blob is a long constant without the look of text: hardly a blank, and the characters of an encoding or of nothing.
"""

from __future__ import annotations

from collections import Counter
from math import log2
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.ir import Attribute, Call, Const, Index, Name, Sequence, Store
from assay.scanner.code.mark import Mark, shown
from assay.scanner.code.marks.outline import callee, references
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.ir import Code, Place, Ref
    from assay.scanner.code.marks.outline import Outline

RUNS = frozenset({"exec", "eval", "execfile", "compile", "run_code", "FunctionType", "LambdaType", "CodeType"})
"""Last names of calls that make code of what they are given."""

_OWNERS = frozenset({"builtins", "__builtins__", "__builtin__", "types"})
"""Modules that hold what ``RUNS`` names; ``compile`` of others makes regular expressions and the like."""

SMALL, LARGE, HUGE = 256, 1_000, 4_000
"""Characters of a blob: fed to a loader, alone in a file, and worth a word by itself."""

CARRIED = 10_000
"""Characters of blobs that make a file their carrier."""

STUB, LITTLE, LIGHT = 24, 160, 600
"""Operations, constants apart, of a file that makes one call, that does nothing but unpack, that mostly carries."""

_SAMPLE = 65_536
_NUMBERS = lazy(r"[0-9a-fA-FxX \n\t,;|\[\]-]+")
_PROGRAMS = ("TVqQ", "TVpQ", "TVro", "f0VMR", "4d5a9000", "7f454c46", "MZ\x90\0", "\x7fELF")
_KNOWN = lazy(
    r"(?:data:|iVBOR|R0lGOD|/9j/|AAABAA|d09GR|AAEAAA|PHN2Zy|T1RUT|MII[A-Za-z]|JVBER|UklGR|SUkq|TU0A|Qk[012]|<svg|-----BEGIN"
    r"|\x89PNG|GIF8|\xff\xd8\xff|\x00\x00\x01\x00)"
)
"""How pictures, fonts, documents and certificates begin, as they are and in base64."""


class Blob(NamedTuple):
    """A long constant that is no text; ``written`` is its length with what is not printable escaped."""

    code: int
    ref: Ref
    place: Place
    size: int
    written: int
    start: str
    bits: float = 0.0
    foreign: bool = False
    """Whether it is a table of numbers, or of letters beyond Latin-1: data, unless it is run."""


def blobs(outline: Outline) -> list[Blob]:
    """Return the blobs of a file, largest first."""
    found = [
        Blob(
            long.code,
            long.ref,
            long.place,
            len(long.value),
            len(ascii(long.value)),
            long.value[:80],
            bits,
            _foreign(long.value),
        )
        for long in outline.long
        if (bits := _bits(long.value))
    ]
    for number, code in enumerate(outline.codes):
        for ref, op in enumerate(code.ops):
            if isinstance(op, Sequence) and len(op.items) >= SMALL and _is_table(code, op):
                found.append(Blob(number, ref, op.place, len(op.items), 4 * len(op.items), "", foreign=True))
    return sorted(found, key=lambda blob: (-blob.size, blob.place))


def _foreign(value: str) -> bool:
    part = value[:_SAMPLE]
    return not part.isascii() and 8 * sum(letter > "\xff" for letter in part) > len(part)


def _bits(value: str) -> float:
    """Return the bits of a character if a text is encoded or random rather than written, else 0.

    Such a text has hardly a blank, or nothing but numbers between them, and does not use few characters for nearly all.
    """
    part = value[:_SAMPLE]
    if _KNOWN.match(part.lstrip()):
        return 0.0
    blanks = part.count(" ") + part.count("\n") + part.count("\t")
    if blanks > 0.04 * len(part) and not _NUMBERS.fullmatch(part):
        return 0.0
    bits = entropy(part)
    return bits if bits >= 2.5 else 0.0


def is_blob(value: str) -> bool:
    """Say whether a long text is encoded or random rather than written."""
    return _bits(value) > 0


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
    if not found:
        return []
    marks = [_program(blob) for blob in found if blob.start.startswith(_PROGRAMS)][:4]
    total = sum(blob.size for blob in found)
    kind, place, name = _judge(outline, found, size)
    if kind:
        marks.append(Mark(kind, place, f"{name}{total} characters: {shown(found[0].start)}", total))
    return marks


def _judge(outline: Outline, found: list[Blob], size: int) -> tuple[str, Place, str]:
    """Return the kind of mark for blobs, "" for none, its place, and the call that they are fed to."""
    total, written = sum(blob.size for blob in found), sum(blob.written for blob in found)
    largest = found[0]
    alone = 2 * written >= size and total >= LARGE and outline.weight <= LITTLE
    fed = _fed(outline, {(blob.code, blob.ref) for blob in found}) or (_first_run(outline) if alone else None)
    if fed:
        return "packed:whole" if alone else "packed:part", fed[0], f"{fed[1]}(...) over "
    if alone and outline.weight <= STUB and largest.bits >= 5.5 and _hands_over(outline, largest):
        return "packed:stub", largest.place, ""
    carried = [blob for blob in found if not blob.foreign]
    total, written = sum(blob.size for blob in carried), sum(blob.written for blob in carried)
    if 5 * written >= 4 * size and total >= CARRIED and outline.weight <= LIGHT:
        return "packed:carrier", carried[0].place, ""
    return "packed:blob" if total >= HUGE else "", largest.place, ""


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


def _first_run(outline: Outline) -> tuple[Place, str] | None:
    """Return the first call that makes code of anything."""
    for code in outline.codes:
        for op in code.ops:
            if isinstance(op, Call) and _runs(code, op):
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
