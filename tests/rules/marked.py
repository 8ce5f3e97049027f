"""Packages made of sources, with their marks, as the rules on marks see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.code.marks import marks
from assay.scanner.code.package import Module, PackageCode
from assay.scanner.code.python import lower
from assay.scanner.models import Package
from tests.listed_corpus import ListedCorpus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.scanner.models import Finding, Rule

WHEN = ("install", "startup", "import", "call", "test")


def found(rule: Rule, files: Mapping[str, str], trigger: str = "import") -> list[Finding]:
    """What a rule finds in a package whose Python files all run at the trigger."""
    seen, modules = [], []
    for path, text in sorted(files.items()):
        data, is_code = text.encode(), path.endswith(".py")
        seen.append((path, marks(data, path, lower(data, path) if is_code else None)))
        if is_code:
            modules.append(Module(path.removesuffix(".py").replace("/", "."), path, trigger))
    code = PackageCode(modules=tuple(modules), marks=tuple(seen))
    assert rule.check_package
    return list(rule.check_package(Package("pkg:pypi/demo@1.0", "demo.whl", "wheel", code=code), ListedCorpus()))


def severities(rule: Rule, source: str) -> list[str]:
    """The worst severity at each of ``WHEN``, "" for none."""
    told = []
    for trigger in WHEN:
        ranks = sorted((one.severity.rank, one.severity.value) for one in found(rule, {"demo/a.py": source}, trigger))
        told.append(ranks[0][1] if ranks else "")
    return told
