"""A package carries executables or archives where nobody expects them.

Detects: a native executable or library under the name of an image, a text, or a source file (HIGH), a script under
    that of an image, a sound or a font (MEDIUM); native code in a package that says it runs anywhere, on npm in one
    that neither builds any nor names the systems that it is for (LOW); compiled Python without its source (MEDIUM, LOW
    in a source archive); archives within the package (INFO). On npm also a tarball that carries installed packages
    along (INFO; LOW if its manifest says nothing of it). Type is what the first bytes say. Below folders of tests
    everything is two steps lower.
Why: a payload that is carried along is named so that nobody looks: a picture that is a program, bytecode whose source
    was left out. Review tools read sources; what is compiled or packed goes past them. What is carried along is not
    fetched from a registry, whatever the lockfile says.
Misses: payloads that are encoded or encrypted; scripts under other names. That a package for one platform, or for its
    prebuilt folders, has native code is its purpose.
Fix: ask who looks after the package what the file is for; build it from source.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.rules.file_types import NATIVE, is_native, judged
from assay.rules.identity import label_of
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Confidence, Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Package, PackedFile

SHOWN = 4
"""Files of one kind that are named."""

_UNSAID = ", of which its manifest says nothing"
_TEST = lazy(r"(?:^|/)(?:tests?|testing|test[-_]?data|fixtures|examples|samples|benchmarks)/", re.IGNORECASE)
_LOWER = {Severity.HIGH: Severity.LOW, Severity.MEDIUM: Severity.INFO, Severity.LOW: Severity.INFO}


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each kind of content that is out of place, apart for tests."""
    found: dict[tuple[str, Severity, str], list[PackedFile]] = {}
    marked = [file for file in subject.files if file.kind]
    kinds = {file.kind for file in marked}
    native = not kinds.isdisjoint(NATIVE) and is_native(subject)
    paths = {file.path for file in subject.files} if "pyc" in kinds else set()
    for file in marked:
        found_out = judged(subject, file, paths, native=native)
        if found_out:
            kind, severity, what = found_out
            if _TEST.search(file.path):
                severity = _LOWER.get(severity, severity)
            found.setdefault((kind, severity, what), []).append(file)
    for (kind, severity, what), files in found.items():
        shown = [f"{file.path}: {file.kind}, {file.size} bytes" for file in files[:SHOWN]]
        more = [f"and {len(files) - SHOWN} more"] if len(files) > SHOWN else []
        yield Finding(
            rule="BUND-001",
            severity=severity,
            confidence=Confidence.HIGH,
            purl=subject.purl,
            message=f"{label_of(subject.purl)} carries {what}",
            location=subject.place(files[0].path),
            evidence=(kind, *shown, *more),
            remediation="find out what the file is for, or build the package from source",
        )
    if subject.bundles:
        yield _carrying(subject)


def _carrying(subject: Package) -> Finding:
    declared = all(one.kind != "undeclared-bundle" for one in subject.mismatches)
    return Finding(
        rule="BUND-001",
        severity=Severity.INFO if declared else Severity.LOW,
        confidence=Confidence.EXACT,
        purl=subject.purl,
        message=f"{label_of(subject.purl)} carries {len(subject.bundles)} packages along{'' if declared else _UNSAID}",
        location=subject.place(""),
        evidence=("bundled", *subject.bundles[:SHOWN]),
        remediation="look at the versions of what is carried along: no lockfile or update reaches it",
    )


RULE = Rule(
    id="BUND-001",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("content-mismatch",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
