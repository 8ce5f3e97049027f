"""A package is not what its metadata say.

Detects: on PyPI, a wheel or source archive whose file name and metadata name another package or version; files that
    RECORD does not list, lists with another hash or size, or lists although they are not there; no RECORD; names that
    lead out of the archive; two members of one name with different content; links and special files that an unpacker
    might follow; requirements that ``requires.txt`` has and PKG-INFO, which lists some, has not. Of an installed
    distribution: files that are others than its RECORD lists (MEDIUM; LOW for tests and scripts), that come before
    listed ones when they are imported (MEDIUM), that are missing, or lie unlisted among its modules (LOW). One finding
    for each kind and package, with the first places.
Why: neither pip nor the index compares RECORD with the content, so what is put into a wheel after it was built stays.
    Reviewers and tools that read only what is listed do not see it. Two members of one name show one content to a
    reviewer and another to the installer. What was changed after it was installed came from no registry.
Misses: a wheel that was made anew with its RECORD; what is wrong in both; on npm everything so far. In source archives
    only names, links and requirements are compared. In an environment: who changes RECORD too; ``__pycache__``; what
    has no RECORD. What conda or a system's packager installed is told as a whole, INFO; a file listed twice is LOW.
Fix: compare with the source repository; install the version before, or the source archive; install anew what changed.
"""

from __future__ import annotations

import re
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from assay.rules.identity import label_of
from assay.scanner.models import Confidence, Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Mismatch, Package

SHOWN = 4  # places of one kind that are named

_KINDS = {
    "unsafe-name": (Severity.HIGH, "has a member whose name is dangerous to unpack"),
    "duplicate-name": (Severity.MEDIUM, "has two members of one name with different content"),
    "other-name": (Severity.MEDIUM, "is named as another package than its metadata say"),
    "other-version": (Severity.MEDIUM, "is named as another version than its metadata say"),
    "special-member": (Severity.MEDIUM, "has a member that is neither file, folder nor link"),
    "link-outside": (Severity.MEDIUM, "has a link that leads out of it"),
    "several-dist-info": (Severity.MEDIUM, "has more than one set of metadata"),
    "wrong-hash": (Severity.MEDIUM, "has a file that is not the one that its RECORD lists"),
    "unlisted": (Severity.MEDIUM, "has a file that its RECORD does not list"),
    "shadowing": (Severity.MEDIUM, "has a file beside it that is imported in place of one that its RECORD lists"),
    "wrong-size": (Severity.LOW, "has a file of another size than its RECORD lists"),
    "missing": (Severity.LOW, "lacks a file that its RECORD lists"),
    "added": (Severity.LOW, "has a file among its modules that its RECORD does not list"),
    "altered-beside": (Severity.LOW, "has a script or a test that is not the one that its RECORD lists"),
    "overwritten": (Severity.LOW, "has a file that another distribution replaced"),
    "no-record": (Severity.LOW, "has no RECORD"),
    "no-hash": (Severity.LOW, "has a RECORD that lists files without a hash"),
    "weak-hash": (Severity.LOW, "has a RECORD with hashes that the format does not allow"),
    "bad-record": (Severity.LOW, "has a RECORD that is not well formed"),
    "colliding-names": (Severity.LOW, "has names that some file systems do not tell apart"),
    "hidden-requirement": (Severity.LOW, "asks for packages that its metadata do not list"),
    "link": (Severity.LOW, "is a zip with a symbolic link"),
    "file-name": (Severity.INFO, "is not named after what it holds"),
    "repackaged": (Severity.INFO, "has files that are not those of the RECORD that it was packed with"),
    "other-hash": (Severity.INFO, "has a RECORD with hashes that were not compared"),
    "no-metadata": (Severity.INFO, "has no metadata; its name is that of its file"),
    "no-root": (Severity.INFO, "has no folder that holds everything"),
}
"""Severity and message by kind of mismatch. Only what never happens by mistake is HIGH."""

_RUNS = (".py", ".pth", ".so", ".pyd", ".dll", ".exe", ".pyc")
"""Endings of files that do something when they are there although nothing lists them; others are left behind."""

_FIXES = {True: "install it anew", False: "compare the package with its source repository before it is installed"}


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each kind of mismatch."""
    for kind, some in groupby(subject.mismatches, attrgetter("kind")):
        if kind in _KINDS:
            yield _finding(subject, kind, sorted(some, key=_weight))


def _weight(one: Mismatch) -> tuple[bool, str, str]:
    return not one.path.lower().endswith(_RUNS), one.path, one.detail


def _finding(subject: Package, kind: str, some: list[Mismatch]) -> Finding:
    severity, what = _KINDS[kind]
    if kind == "unlisted" and not some[0].path.lower().endswith(_RUNS):
        severity = Severity.LOW
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
