"""The provenance of an artifact speaks of something else.

Detects: files beside an artifact that say who built it (PEP 740: ``X.publish.attestation``, ``X.provenance``; npm and
    Sigstore: ``NAME-VERSION.attestations.json``, ``*.sigstore``, ``*.sigstore.json``) whose subject has another SHA-256
    or SHA-512 than the artifact (HIGH), or is another package or version (HIGH); provenance from another repository
    than those that the package's metadata name on a code host (MEDIUM). Artifacts beside which no provenance lies:
    once for the whole target (INFO). A provenance file that cannot be read is a gap.
Why: what was exchanged after it was built no longer has the digest that the builder signed. Provenance of another
    package, or of a copy of the repository under another owner, is genuine and still says nothing of this one.
Misses: signatures are NOT verified, for no trust root of Sigstore is at hand. Who writes an artifact writes a matching
    file beside it: one that matches proves nothing, and nothing is trusted more for having it. Statements about several
    artifacts under a name of their own; files that are not in the target: name them, or their folder; installed
    packages, which are no longer the artifact. A repository that was renamed is told as another one.
Fix: fetch artifact and provenance anew from the registry, and verify the signatures where there is a network
    (``npm audit signatures``, ``pypi-attestations verify``, ``gh attestation verify``).
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from assay.rules.identity import label_of
from assay.scanner.models import Confidence, Finding, Location, Rule, Severity
from assay.scanner.purl import target_purl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Inventory, Mismatch, Package

SHOWN = 4
"""Contradictions of one kind, or artifacts, that are named."""

_KINDS = {
    "attested-digest": (Severity.HIGH, "is not the file that the provenance beside it speaks of"),
    "attested-name": (Severity.HIGH, "lies beside the provenance of another package or version"),
    "attested-repository": (Severity.MEDIUM, "was built from another repository than its metadata name"),
}
_FIX = "fetch the artifact and its provenance anew from the registry, and verify the signatures"


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each kind of contradiction between a package and the provenance beside it."""
    for kind, some in groupby(subject.mismatches, attrgetter("kind")):
        if kind in _KINDS:
            yield _contradicted(subject, kind, list(some))


def _contradicted(subject: Package, kind: str, some: list[Mismatch]) -> Finding:
    severity, what = _KINDS[kind]
    return Finding(
        rule="PROV-001",
        severity=severity,
        confidence=Confidence.HIGH,
        purl=subject.purl,
        message=f"{label_of(subject.purl)} {what}",
        location=Location(some[0].path),
        evidence=(kind, *_shown([f"{one.path.rpartition('/')[2]}: {one.detail}" for one in some])),
        remediation=_FIX,
    )


def check_target(subject: Inventory, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for all artifacts without provenance."""
    if subject.unattested:
        yield Finding(
            rule="PROV-001",
            severity=Severity.INFO,
            confidence=Confidence.EXACT,
            purl=target_purl(subject.name),
            message="no provenance lies beside the artifacts, so nothing tells who built them",
            location=Location(subject.unattested[0]),
            evidence=("unattested", *_shown(list(subject.unattested))),
            remediation="keep the provenance that the registry offers beside its artifact",
        )


def _shown(some: list[str]) -> list[str]:
    return some[:SHOWN] + ([f"and {len(some) - SHOWN} more"] if len(some) > SHOWN else [])


RULE = Rule(
    id="PROV-001",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.INFO),
    vectors=("false-provenance",),
    quiet=frozenset({Severity.INFO}),
    check_package=check_package,
    check_target=check_target,
)
