"""What a formatter may know of where its text goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from assay.scanner.models import Severity


class RenderOptions(NamedTuple):
    """What a formatter may know of where its text goes: columns, and whether colour and styles are wanted.

    With ``brief`` a table has one line for each finding of at least that severity, leaves out what is not a finding or
    a gap, and ends by saying whether that lets the gate pass; ``allow_incomplete`` says that gaps do not stop it.
    """

    width: int = 100
    colour: bool = False
    verbose: bool = False
    brief: Severity | None = None
    allow_incomplete: bool = False
