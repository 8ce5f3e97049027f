"""Something is set up to start by itself: with the machine, a login, a shell, an editor, a pipeline.

Detects: files written to start-up folders, launch agents, systemd units, cron tables, files that shells run, authorized
    keys, programs that are installed, git hooks, editor tasks, settings of agents and workflows; Run keys of the
    Windows registry, and keys by which programs with higher rights start others; commands such as
    ``schtasks /create``, ``crontab``, ``net user /add``. At install or startup CRITICAL, on import HIGH, for files of
    tools MEDIUM unless they lie in a home; when called MEDIUM, for files of tools LOW, but HIGH if the code hides its
    steps or gains higher rights, or if what is started fetches something and runs it, was downloaded, decoded or is a
    copy of the running program in the same function, or a fixed key is authorized.
Why: what starts by itself survives the removal of the package that brought it.
Misses: registrations by libraries that are not known; paths that come from elsewhere.
Fix: look at what was registered and remove it before you remove the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.autostart import TOOL, brings, is_of_home
from assay.rules.behaviour import UNASKED, Seen, chain, code_of, finding, lowered
from assay.rules.chains import listed
from assay.rules.file_calls import texts_written
from assay.rules.identity import label_of
from assay.rules.registrations import HIJACKED, payloads, registrations
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_HIDES = frozenset("base64 hex rot13 xor reverse zlib chr getattr globals import-name fernet marshal translate".split())  # noqa: SIM905


class _Registered(NamedTuple):
    """Something that is set up: what, whose (``SYSTEM`` or ``TOOL``), by which call; ``brought`` if its payload is."""

    seen: Seen
    kind: str
    whose: str
    detail: str
    brought: bool
    steps: tuple[str, ...]


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file and trigger that sets up a start."""
    code = code_of(subject)
    if code.facts is None:
        return
    groups: dict[tuple[str, str], list[_Registered]] = {}
    brought = set(payloads(code))
    for call, kind, whose, detail in registrations(code):
        steps = (
            *call.steps,
            *(step for one in (*call.receiver, *call.arguments[:1]) for step in one.value.steps if step in _HIDES),
        )
        carried = call.where.spot in brought or any(map(brings, texts_written(call)))
        one = _Registered(code.seen(call.where), kind, whose, detail, carried, steps)
        groups.setdefault((one.seen.path, one.seen.trigger), []).append(one)
    for _, some in sorted(groups.items()):
        first = min(some, key=lambda one: (_severity(one).rank, one.seen.place))
        yield finding(
            "PERSIST-001",
            subject,
            first.seen,
            _severity(first),
            f"{label_of(subject.purl)} sets something up to start by itself",
            listed(f"{one.kind}: {one.detail}" for one in some),
            steps=first.steps,
            remediation="look at what was registered and remove it before the package",
        )


def _severity(one: _Registered) -> Severity:
    if one.seen.decoded or one.kind == HIJACKED:
        return chain(one.seen)
    if one.seen.trigger in UNASKED:
        asked = one.whose == TOOL and not (one.steps or one.brought or is_of_home(one.detail))
        return lowered(Severity.MEDIUM, one.seen) if asked else chain(one.seen)
    if one.brought or one.steps:
        return lowered(Severity.HIGH, one.seen)
    return lowered(Severity.LOW if one.whose == TOOL else Severity.MEDIUM, one.seen)


RULE = Rule(
    id="PERSIST-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("persistence",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
