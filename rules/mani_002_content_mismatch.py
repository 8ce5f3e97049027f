"""A package is not what its metadata say.

Detects: on PyPI, a wheel or source archive whose file name and metadata name another package or version; files that
    RECORD does not list, lists with another hash or size, or lists although they are not there; no RECORD; names that
    lead out of the archive (MEDIUM in one that it holds); two members of one name with different content; links and
    special files that an unpacker might follow; requirements that ``requires.txt`` has and PKG-INFO, which lists some,
    has not. Of an installed
    distribution: files that are others than its RECORD lists (MEDIUM; LOW for tests and scripts), that come before
    listed ones when they are imported (MEDIUM), that are missing, or lie unlisted among its modules (LOW). On npm, a
    tarball or an installed package whose manifest bears another name or version than its file, its folder or its
    lockfile; ``bin``, ``main`` and ``exports`` that lead out of the package (MEDIUM) or to no file (LOW, INFO);
    commands under the names of well-known ones (MEDIUM for what is trusted, else LOW; LOW for a package of that very
    name). One finding for each kind and package, with the first places.
Why: neither pip nor the index compares RECORD with the content, so what is put into a wheel after it was built stays.
    Reviewers and tools that read only what is listed do not see it. Two members of one name show one content to a
    reviewer and another to the installer. What was changed after it was installed came from no registry. Scripts of a
    project find the commands of its packages before those of the system.
Misses: a wheel that was made anew with its RECORD; what is wrong in both. In source archives only names, links and
    requirements are compared. In an environment: who changes RECORD too; ``__pycache__``; what has no RECORD. What
    conda or a system's packager installed is told as a whole, INFO; a file listed twice is LOW. On npm nothing lists
    the files, and without a lockfile nothing tells an alias from a false name.
Fix: compare with the source repository; install the version before, or the source archive; install anew what changed.
"""

from __future__ import annotations

import re
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from assay.rules.commands import COMMON, TRUSTED, command
from assay.rules.identity import label_of
from assay.rules.mismatches import KINDS
from assay.scanner.models import Confidence, Finding, Mismatch, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Package

SHOWN = 4  # places of one kind that are named

_RUNS = (".py", ".pth", ".so", ".pyd", ".dll", ".exe", ".pyc")
"""Endings of files that do something when they are there although nothing lists them; others are left behind."""

_WITHIN = "!/"
"""Stands behind an archive that a package holds, before its member: no installer unpacks that."""

_BESIDES = {"bunx": "bun", "npx": "npm"}
"""Commands of a package that bears another name."""

_FIXES = {True: "install it anew", False: "compare the package with its source repository before it is installed"}


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each kind of mismatch."""
    for kind, some in groupby(subject.mismatches, attrgetter("kind")):
        if kind in KINDS:
            severity, what = KINDS[kind]
            yield _finding(subject, kind, severity, what, sorted(some, key=_weight))
    if subject.ecosystem == "npm" and subject.purl:
        yield from _commands(subject)


def _commands(subject: Package) -> Iterator[Finding]:
    """Yield one finding for the commands that are called instead of trusted ones, and one for all others."""
    own = label_of(subject.purl).partition(" ")[0].rpartition("/")[2]
    found: dict[Severity, list[Mismatch]] = {}
    for point in subject.entry_points:
        name = command(point.name) if point.group == "bin" else ""
        if name in TRUSTED or name in COMMON:
            trusted = name in TRUSTED and _BESIDES.get(name, name) != own
            severity = Severity.MEDIUM if trusted else Severity.LOW
            found.setdefault(severity, []).append(Mismatch("command", "package.json", f"{point.name}: {point.target}"))
    for severity, some in found.items():
        yield _finding(subject, "command", severity, "installs a command under the name of a well-known one", some)


def _weight(one: Mismatch) -> tuple[bool, str, str]:
    return not one.path.lower().endswith(_RUNS), one.path, one.detail


def _finding(subject: Package, kind: str, severity: Severity, what: str, some: list[Mismatch]) -> Finding:
    if kind == "unlisted" and not some[0].path.lower().endswith(_RUNS):
        severity = Severity.LOW
    if kind == "unsafe-name" and all(_WITHIN in one.path for one in some if one.path):
        severity = Severity.MEDIUM
    known = {file.path for file in subject.files}
    records = sorted(path for path in known if subject.folder and re.fullmatch(r"[^/]+\.dist-info/RECORD", path))
    place = next((path for path in (*(one.path for one in some), *records) if path in known), "")
    shown = [f"{one.path}: {one.detail}" if one.path else one.detail for one in some[:SHOWN]]
    more = [f"and {len(some) - SHOWN} more"] if len(some) > SHOWN else []
    return Finding(
        rule="MANI-002",
        severity=severity,
        confidence=Confidence.EXACT,
        purl=subject.purl,
        message=f"{label_of(subject.purl)} {what}",
        location=subject.place(place),
        evidence=(kind, *shown, *more),
        remediation=_FIXES[subject.packed == "installed"],
    )


RULE = Rule(
    id="MANI-002",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("content-mismatch",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
