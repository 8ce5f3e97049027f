"""npm packages from source text, read as a scan reads them, and what a rule finds in them: for tests of rules."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

from assay.scanner.code.npm.reading import Sources
from assay.scanner.models import Package, PackedFile
from tests.listed_corpus import ListedCorpus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.scanner.models import Finding, Packing, Rule

Content = str | bytes


def npm_package(
    files: Mapping[str, Content],
    fields: Mapping[str, object] | None = None,
    packed: Packing = "tarball",
    *,
    git: bool = False,
    root: bool = False,
) -> Package:
    """Return a package with what its code does.

    ``files`` are by their path within the package; text is dedented. ``fields`` are those of its package.json besides
    name and version, which is made unless ``files`` has one.
    """
    manifest = json.dumps({"name": "demo", "version": "1.0.0", **(fields or {})}, indent=2)
    contents = {
        path: data if isinstance(data, bytes) else textwrap.dedent(data).encode()
        for path, data in {"package.json": manifest, **files}.items()
    }
    sources = Sources()
    for path, data in sorted(contents.items()):
        sources.take(path, data)
    return Package(
        purl="pkg:npm/demo@1.0.0",
        path="demo-1.0.0.tgz!/package" if packed == "tarball" else "node_modules/demo" if packed == "installed" else "",
        packed=packed,
        files=tuple(PackedFile(path, "0" * 64, len(data)) for path, data in sorted(contents.items())),
        code=sources.finish(packed, sorted(contents), git=git, root=root).code,
    )


def npm_findings(rule: Rule, package: Package) -> list[Finding]:
    """Return what a rule finds in a package."""
    assert rule.check_package is not None
    return list(rule.check_package(package, ListedCorpus()))


def npm_worst(rule: Rule, package: Package) -> str:
    """Return the worst severity that a rule finds in a package, "none" if it finds nothing."""
    found = npm_findings(rule, package)
    return str(min((one.severity for one in found), key=lambda severity: severity.rank)) if found else "none"
