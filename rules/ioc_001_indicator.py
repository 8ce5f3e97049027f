"""A package version is an indicator of compromise.

Detects: a component whose exact name and version the corpus or the invoker lists as hijacked or planted.
Why: when a maintainer's account is taken over, good packages get bad versions for some hours. Lists of these versions
    are out before any advisory is.
Misses: compromised versions that no list names; dependencies that no lockfile pins to a version; packages that do not
    come from a registry.
Fix: install another version, treat every machine that installed this one as compromised, and rotate its secrets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.identity import is_public, label
from assay.scanner.models import Confidence, Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Component


def check(subject: Component, corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each indicator that names the component's version."""
    if subject.version is None or not is_public(subject):
        return
    for indicator in corpus.indicators(subject.ecosystem, subject.name, subject.version):
        yield Finding(
            rule="IOC-001",
            severity=Severity.CRITICAL,
            confidence=Confidence.EXACT,
            purl=subject.purl,
            message=f"{label(subject)} is listed as compromised",
            evidence=(indicator.value, f"listed by {indicator.source}"),
            remediation="install another version; treat machines that installed it as compromised and rotate secrets",
            references=(indicator.reference,) if indicator.reference else (),
        )


RULE = Rule(
    id="IOC-001",
    doc=__doc__ or "",
    check=check,
    severities=(Severity.CRITICAL,),
    vectors=("hijacked-release",),
    of_mentioned=True,
)
