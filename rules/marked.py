"""What the rules on marks share: marks of one sort in a package become one finding, as bad as where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.behaviour import AT_ONCE, UNASKED, Seen, finding, lowered
from assay.rules.identity import label_of
from assay.scanner.models import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from assay.scanner.code.mark import Mark
    from assay.scanner.models import Finding, Package

SHOWN = 4
"""Marks of one sort that are shown."""

_LONGEST = 200
_RARELY_RUN = "call"
_TESTS = frozenset(
    {
        *("test", "tests", "testing", "test_data", "testdata", "fixtures"),
        *("example", "examples", "sample", "samples", "doc", "docs", "benchmark", "benchmarks"),
    }
)
"""Folders whose files are tests or documents, of files that are no modules."""


class Grade(NamedTuple):
    """How bad a sort of mark is, and what a finding says of it.

    ``unasked`` counts where the file runs at install, startup or on import and the mark is of ``least`` size or more;
    ``at_once``, if given, at install or startup; else ``called``. In tests it is two steps lower than ``unasked``, or
    ``tests``.
    """

    what: str
    unasked: Severity
    called: Severity
    at_once: Severity | None = None
    tests: Severity | None = None
    least: int = 0
    confidence: Confidence = Confidence.HIGH


def findings_of(
    package: Package,
    rule: str,
    grades: Mapping[str, Grade],
    remediation: str,
    is_aside: Callable[[str], bool] = lambda _path: False,
) -> Iterator[Finding]:
    """Yield one finding for each sort of mark and severity, the first place first.

    ``is_aside`` says by a file's path that its marks count as those of tests, whenever it runs.
    """
    found: dict[tuple[str, Severity, str], list[tuple[Seen, Mark]]] = {}
    for found_at, mark in _marks(package):
        seen = found_at._replace(trigger="test") if is_aside(found_at.path) else found_at
        grade = grades.get(mark.kind)
        if grade:
            severity = _severity(grade, seen, mark.size)
            found.setdefault((mark.kind, severity, seen.trigger), []).append((seen, mark))
    for (kind, severity, _), places in found.items():
        grade = grades[kind]
        shown = [f"{seen.path}:{seen.place.line}: {mark.detail}"[:_LONGEST] for seen, mark in places[:SHOWN]]
        more = [f"and {len(places) - SHOWN} more"] if len(places) > SHOWN else []
        message = f"{label_of(package.purl)} {grade.what}"
        told = finding(rule, package, places[0][0], severity, message, (kind, *shown, *more), remediation=remediation)
        yield told._replace(confidence=grade.confidence)


def _severity(grade: Grade, seen: Seen, size: int) -> Severity:
    if seen.trigger == "test":
        return grade.tests or lowered(grade.unasked, seen)
    if seen.trigger in AT_ONCE and grade.at_once:
        return grade.at_once
    return grade.unasked if seen.trigger in UNASKED and size >= grade.least else grade.called


def _marks(package: Package) -> Iterator[tuple[Seen, Mark]]:
    """Yield the marks of a package in the order of paths, each with when its file runs."""
    code = package.code
    if code is None:
        return
    modules = {module.path: module for module in code.modules}
    for path, marks in code.marks:
        module = modules.get(path)
        folders = path.lower().replace("!/", "/").split("/")[:-1]
        trigger = module.trigger if module else "test" if _TESTS.intersection(folders) else _RARELY_RUN
        for mark in marks:
            yield Seen(trigger, module.trace if module else (), path, mark.place), mark
