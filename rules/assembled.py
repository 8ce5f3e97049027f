"""Text that exists only once it was put together, and whether it is then used as what it says: STR-001 to STR-004.

Everyday code puts text together all day long. What tells hiding from it is how (reversed, from numbers, decoded: nobody
writes a name like that who wants it read), and that the result serves as what it says: as the name of what is called
or imported, as a command, an address or a path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.behaviour import UNASKED, Code, capability, code_of, finding, lowered
from assay.rules.chains import listed
from assay.rules.hiding import SCRAMBLING
from assay.rules.identity import label_of
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Seen
    from assay.scanner.code.facts import CallFact, StringFact
    from assay.scanner.models import Finding, Package

_SINKS = frozenset(
    "code compile deserialise dns download import install native network open persist process write".split()  # noqa: SIM905
)


_LONG = 200
"""Characters from which on a text, such as a picture or a document, is no name, command, address or path."""

_ADDRESSES = frozenset({"url", "host"})
_EXECUTES = frozenset({"code", "compile", "deserialise"})


class Assembled(NamedTuple):
    """A sensitive text that was put together. ``call`` uses it as what it says, None if no call is known to do so."""

    fact: StringFact
    seen: Seen
    call: CallFact | None

    @property
    def scrambling(self) -> tuple[str, ...]:
        """The steps before which the text cannot be read."""
        return tuple(step for step in self.fact.steps if step in SCRAMBLING)

    @property
    def is_code(self) -> bool:
        """True for a text that is executed as a whole, which is for ENC-001 to judge."""
        return self.call is not None and not _EXECUTES.isdisjoint(self.call.kinds) and not self.is_callee

    @property
    def is_callee(self) -> bool:
        """True if the text is the name of what is called."""
        return self.call is not None and _names(self.call, self.fact)


def assembled(code: Code, *kinds: str) -> Iterator[Assembled]:
    """Yield the texts of these kinds."""
    if code.facts is None:
        return
    calls: dict[tuple[str, int], list[CallFact]] = {}
    for fact in code.facts.strings:
        if fact.kind in kinds:
            calls.setdefault(fact.where[:2], [])
    for call in code.calls(*_SINKS) if calls else ():
        if call.where[:2] in calls:
            calls[call.where[:2]].append(call)
    for fact in code.facts.strings:
        if fact.kind in kinds:
            user = next((call for call in calls[fact.where[:2]] if _uses(call, fact)), None)
            yield Assembled(fact, code.seen(fact.where), user)


def _uses(call: CallFact, fact: StringFact) -> bool:
    """Say whether a call is of what the text names, or is given the text as it was put together."""
    steps = set(fact.steps)
    return _names(call, fact) or any(
        steps.issubset(one.value.steps) and any(_says(text, fact) for text in one.value.strings)
        for one in call.arguments
    )


def _says(text: str, fact: StringFact) -> bool:
    """Say whether a text is what was put together or has it in it; in a font or a document an address is nothing."""
    lowered_text = text.lower()
    within = fact.kind in _ADDRESSES and len(text) >= _LONG and not lowered_text.lstrip().startswith(fact.text)
    return fact.text in lowered_text and not within


def _names(call: CallFact, fact: StringFact) -> bool:
    return set(fact.steps).issubset(call.steps) and fact.text in call.name.lower()


def told(rule: str, package: Package, message: str, *kinds: str) -> Iterator[Finding]:
    """Yield one finding for each line on which such a text is put together."""
    lines: dict[tuple[str, int], list[Assembled]] = {}
    for one in assembled(code_of(package), *kinds):
        lines.setdefault((one.seen.path, one.seen.place.line), []).append(one)
    for _, some in sorted(lines.items()):
        some.sort(key=lambda one: (judge(one).rank, one.seen.place, one.fact.text))
        yield finding(
            rule,
            package,
            some[0].seen,
            judge(some[0]),
            f"{label_of(package.purl)} {message}",
            listed(describe(one) for one in some),
            steps=some[0].fact.steps,
        )


def judge(one: Assembled) -> Severity:
    """Return how bad it is: hidden where the text was scrambled and is used, MEDIUM where it was scrambled at all."""
    if one.is_code:
        return lowered(Severity.INFO, one.seen)
    if one.scrambling and one.call:
        return capability(one.seen, one.scrambling)
    if one.scrambling and one.seen.trigger in UNASKED and len(one.fact.whole) < _LONG:
        return lowered(Severity.MEDIUM, one.seen)
    return lowered(Severity.INFO, one.seen)


def describe(one: Assembled) -> str:
    """Return the text and what uses it, as evidence."""
    used = f", given to {one.call.name}" if one.call else ""
    return f"{one.fact.text}{used}"
