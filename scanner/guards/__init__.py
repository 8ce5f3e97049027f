"""What must hold before a report may leave. Each guard is one module with one ``check``; all run after every scan."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.errors import GuardError
from assay.scanner.guards import clock, corpus_verified, counts, locations, order, paths, unique

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.scanner.knowledge import PackInfo
    from assay.scanner.models import Inventory, Report

ALL = (order, unique, locations, paths, clock, counts, corpus_verified)


class Context(NamedTuple):
    """What a report is checked against: what was read, the packs whose signatures were checked, private paths.

    ``private`` are absolute paths of this machine (target, current folder, home) that must appear nowhere.
    """

    inventory: Inventory
    verified: tuple[PackInfo, ...]
    private: Sequence[str]


def enforce(report: Report, context: Context) -> None:
    """Run every guard.

    Raises:
        GuardError: one line with the first violation of each guard that fails.
    """
    broken = []
    for guard in ALL:
        violation = next(iter(guard.check(report, context)), None)
        if violation:
            broken.append(f"{guard.__name__.rpartition('.')[2]}: {violation}")
    if broken:
        raise GuardError("the result breaks an invariant and was withheld: " + "; ".join(broken))
