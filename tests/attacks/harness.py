"""Read npm packages as a scan reads them, and ask the rules on behaviour, and no others, what they make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.catalogue import ALL
from assay.scanner.code.npm.reading import Sources
from assay.scanner.models import Package, PackedFile
from tests.listed_corpus import ListedCorpus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.scanner.models import Finding, Packing, Severity

_NOT_BEHAVIOUR = frozenset({"MAL", "ADV", "IOC", "TYPO", "DEPC", "DENY", "LOCK", "MANI", "BUND"})


def package_of(files: Mapping[str, bytes], packed: Packing = "tarball", *, every: bool = False) -> Package:
    """Return a package with what its code does. ``every`` reads it without the prefilter."""
    sources = Sources(every=every)
    for path, data in sorted(files.items()):
        sources.take(path, data)
    reading = sources.finish(packed, sorted(files))
    return Package(
        purl="pkg:npm/demo@1.0.0",
        path="demo-1.0.0.tgz!/package" if packed == "tarball" else "node_modules/demo",
        packed=packed,
        files=tuple(PackedFile(path, "0" * 64, len(data)) for path, data in sorted(files.items())),
        code=reading.code,
        ecosystem="npm",
    )


def findings(package: Package) -> list[Finding]:
    """Return what the rules on behaviour say of a package, the worst first."""
    corpus = ListedCorpus()
    checks = [rule.check_package for rule in ALL if rule.id.partition("-")[0] not in _NOT_BEHAVIOUR]
    found = [one for check in checks if check for one in check(package, corpus)]
    return sorted(found, key=lambda one: (one.severity.rank, one.rule))


def worst(found: list[Finding]) -> Severity | None:
    """Return the worst severity among findings, None if there are none."""
    return min((one.severity for one in found), key=lambda severity: severity.rank, default=None)


def told(found: list[Finding]) -> str:
    """Return findings as a person reads them when a case fails."""
    lines = [f"{one.rule} {one.severity} {one.trigger} {one.message} {one.evidence}" for one in found]
    return "; ".join(lines) or "nothing"
