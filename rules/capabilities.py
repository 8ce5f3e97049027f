"""What the rules on capabilities share: uses of one sort in one file become one finding, as bad as the worst."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.behaviour import Seen, finding
from assay.rules.chains import listed
from assay.rules.hiding import DECODERS, SCRAMBLING
from assay.rules.identity import label_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.scanner.code.facts import Argument, CallFact, Folded
    from assay.scanner.models import Finding, Package, Severity

_SHOWN = 120
_LATE = frozenset({"import-name", "sys.modules"})


class Use(NamedTuple):
    """One use of a capability: when and where, how bad, its sort, what is shown of it, and the steps that hid it."""

    seen: Seen
    severity: Severity
    sort: str
    shown: str
    steps: tuple[str, ...] = ()


def hidden(call: CallFact, values: Iterable[Folded] = ()) -> tuple[str, ...]:
    """Return the steps that hide what a call calls, and those before which ``values`` could not be read.

    Of a text that is not known only decoders count: numbers are shifted and lists reversed everywhere.
    """
    found = [*call.steps]
    for value in values:
        hiding = SCRAMBLING if value.kind in ("constant", "partial") else DECODERS
        found += [step for step in value.steps if step in hiding]
    return tuple(dict.fromkeys(found))


def is_late(seen: Seen, steps: tuple[str, ...]) -> bool:
    """Say whether all that hides a call is that its module is loaded by name when it is needed, as many programs do."""
    return seen.trigger == "call" and not seen.decoded and _LATE.issuperset(steps)


def argument_of(call: CallFact, position: int, *names: str) -> Argument | None:
    """Return the argument at a position or under one of these names."""
    return next((one for one in call.arguments if one.position == position or one.name in names), None)


def shown(call: CallFact, text: str) -> str:
    """Return a call as evidence: its name, and what is known of the argument that matters."""
    return f"{call.name}({text[:_SHOWN]!r})" if text else f"{call.name}(…)"


def findings_of(package: Package, rule: str, uses: Iterable[Use], what: dict[str, str], fix: str) -> Iterator[Finding]:
    """Yield one finding for each file and sort of use; ``what`` says in words what each sort does."""
    groups: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        groups.setdefault((use.seen.path, use.sort), []).append(use)
    for (_, sort), group in groups.items():
        worst = min(group, key=lambda use: (use.severity.rank, use.seen.place))
        ranked = sorted(group, key=lambda use: (use.severity.rank, use.seen.place))
        places = len({(use.seen.place, use.shown) for use in group})
        said = [f"{places} places"] if places > 1 else []
        yield finding(
            rule,
            package,
            worst.seen,
            worst.severity,
            f"{label_of(package.purl)} {what[sort]}",
            (*said, *listed(use.shown for use in ranked)),
            steps=worst.steps,
            remediation=fix,
        )
