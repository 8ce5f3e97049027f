"""A package version, or something in a file, is an indicator of compromise.

Detects: a component whose name and version the corpus or the invoker lists as hijacked or planted: one version, a
    range, or all; a version that cannot be compared with a range counts. A file whose SHA-256 is listed. A file in
    which a listed domain (or a host below it), URL, e-mail address or text stands; the first place of each is reported.
    What stands in the target's own files weighs one step less than in an installed package: those who look after a
    project also write about attacks.
Why: when a maintainer's account is taken over, good packages get bad versions for some hours. Lists of these versions,
    and of the servers and files that they use, are out before any advisory is; an organisation has lists of its own.
Misses: what no list names; dependencies that no lockfile pins to a version; packages that do not come from a registry.
    In files: what is not there to the letter (encoded, escaped, split, put together when it runs, defanged, packed into
    an archive); text in UTF-16 without a byte order mark; with --no-code all but manifests, lockfiles and metadata.
Fix: install another version, or remove the package that the file belongs to; treat every machine that installed it as
    compromised, and rotate its secrets. If a file of the project only speaks of an attack, leave it out of the scan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.defanged import defanged
from assay.rules.identity import is_public, label, label_of
from assay.scanner.knowledge import IndicatorKind
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Confidence, Finding, Location, Rule, Severity
from assay.scanner.purl import is_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView, Indicator
    from assay.scanner.models import Component, SourceFile

_WEIGHTS = {
    IndicatorKind.FILE: (Severity.CRITICAL, Severity.HIGH, Confidence.EXACT),
    IndicatorKind.DOMAIN: (Severity.HIGH, Severity.MEDIUM, Confidence.HIGH),
    IndicatorKind.URL: (Severity.HIGH, Severity.MEDIUM, Confidence.HIGH),
    IndicatorKind.STRING: (Severity.HIGH, Severity.MEDIUM, Confidence.MEDIUM),
    IndicatorKind.EMAIL: (Severity.MEDIUM, Severity.LOW, Confidence.MEDIUM),
}
"""Severity in an installed package and in the target's own files, and confidence."""

_NOUNS = {
    IndicatorKind.DOMAIN: "domain",
    IndicatorKind.URL: "URL",
    IndicatorKind.EMAIL: "e-mail address",
    IndicatorKind.STRING: "text",
}
_INSTALLED = lazy(r"(?:^|/)(?:node_modules|site-packages|dist-packages)/")
"""A file below one of these folders was installed, even if no package admits that it is its own."""


def check(subject: Component, corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each indicator that names the component's version."""
    if subject.version is None or not is_public(subject):
        return
    for indicator in corpus.indicators(subject.ecosystem, subject.name, subject.version):
        extent = "" if indicator.versions in ("", subject.version) else indicator.versions
        listed = "all versions" if extent == "*" else f"versions {extent}"
        yield Finding(
            rule="IOC-001",
            severity=Severity.CRITICAL,
            confidence=Confidence.EXACT,
            purl=subject.purl,
            message=f"{label(subject)} is listed as compromised" + (f" ({listed})" if extent else ""),
            evidence=(indicator.value, *([listed] if extent else ()), *_sources((indicator,))),
            remediation="install another version; treat machines that installed it as compromised and rotate secrets",
            references=(indicator.reference,) if indicator.reference else (),
        )


def check_file(subject: SourceFile, corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for the file if its hash is listed, and one for each listed text that was sighted in it."""
    if indicators := corpus.indicators_of(IndicatorKind.FILE, subject.sha256):
        yield _in_file(subject, indicators, Location(subject.path), "is listed as compromised")
    for sighting in subject.sightings:
        if indicators := corpus.indicators_of(*sighting.observable):
            place = Location(sighting.path, sighting.line, sighting.column)
            yield _in_file(subject, indicators, place, f"holds a listed {_NOUNS[sighting.observable.kind]}")


def _in_file(subject: SourceFile, indicators: tuple[Indicator, ...], place: Location, what: str) -> Finding:
    kind, value = indicators[0].kind, indicators[0].value
    own = is_target(subject.owner)
    installed, elsewhere, confidence = _WEIGHTS[kind]
    return Finding(
        rule="IOC-001",
        severity=elsewhere if own and not _INSTALLED.search(subject.path) else installed,
        confidence=confidence,
        purl=subject.owner,
        message=f"a file of {'the target itself' if own else label_of(subject.owner)} {what}",
        location=place,
        evidence=(f"{kind} {defanged(kind, value)}", *_sources(indicators)),
        remediation="find out how the file came here; treat machines that ran it as compromised and rotate secrets"
        if own
        else "remove the package; treat machines that installed it as compromised and rotate secrets",
        references=tuple(dict.fromkeys(indicator.reference for indicator in indicators if indicator.reference)),
    )


def _sources(indicators: tuple[Indicator, ...]) -> Iterator[str]:
    for indicator in indicators:
        yield f"listed by {indicator.source}"
        if indicator.reason:
            yield indicator.reason


RULE = Rule(
    id="IOC-001",
    doc=__doc__ or "",
    check=check,
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW),
    vectors=("hijacked-release",),
    of_mentioned=True,
    check_file=check_file,
)
