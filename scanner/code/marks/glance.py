"""What a file that the sift did not let through is looked at for: the names it binds, and whether it holds a blob."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.ir import Const, Import, Sequence, Store
from assay.scanner.code.marks.outline import LONG, written
from assay.scanner.code.marks.packed import is_blob

if TYPE_CHECKING:
    from assay.scanner.code.ir import Code, Place, Unit


def glance(unit: Unit) -> tuple[dict[str, Place], bool]:
    """Return the names that a unit binds, each with its first place, and whether a constant or display may be one."""
    names: dict[str, Place] = {}
    heavy = False
    codes: list[Code] = [unit.module]
    for code in codes:
        codes.extend(code.children)
        for parameter in code.parameters:
            names.setdefault(parameter.name, code.place)
        for op in code.ops:
            kind = type(op)
            if kind is Const and isinstance(op, Const):
                text = "" if heavy else written(op.value)
                heavy = heavy or (len(text) >= LONG and is_blob(text))
            elif kind is Store and isinstance(op, Store):
                if not isinstance(code.ops[op.value], Import):
                    names.setdefault(op.name, op.place)
            elif kind is Sequence and isinstance(op, Sequence):
                heavy = heavy or len(op.items) >= LONG
    return names, heavy
