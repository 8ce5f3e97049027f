"""Packages from source text, read as a scan reads them, and what a rule finds in them: for tests of behaviour rules."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from assay.scanner.code.reading import Sources
from assay.scanner.models import EntryPoint, Package, PackedFile
from tests.listed_corpus import ListedCorpus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.scanner.models import Finding, Packing, Rule

Content = str | bytes


def package(
    files: Mapping[str, Content], packed: Packing = "wheel", points: Mapping[str, str] | None = None
) -> Package:
    """Return a package with what its code does, the prefilter included.

    ``files`` are by their path within the package; text is dedented. Those of an "sdist" are put into one folder, as
    the format asks for. ``points`` are entry points: "console_scripts demo" to "demo.cli:main".
    """
    root = "demo-1.0/" if packed == "sdist" else ""
    contents = {
        root + path: data if isinstance(data, bytes) else textwrap.dedent(data).encode() for path, data in files.items()
    }
    sources = Sources()
    for path, data in contents.items():
        sources.take(path, data)
    parted = ((key.partition(" "), target) for key, target in sorted((points or {}).items()))
    entries = tuple(EntryPoint(group, name, target) for (group, _, name), target in parted)
    return Package(
        purl="pkg:pypi/demo@1.0",
        path="demo-1.0-py3-none-any.whl" if packed == "wheel" else "demo-1.0.tar.gz",
        packed=packed,
        files=tuple(PackedFile(path, "0" * 64, len(data)) for path, data in sorted(contents.items())),
        entry_points=entries,
        code=sources.finish(packed, sorted(contents), entries).code,
    )


def findings(
    rule: Rule, files: Mapping[str, Content], packed: Packing = "wheel", points: Mapping[str, str] | None = None
) -> list[Finding]:
    """Return what a rule finds in a package."""
    assert rule.check_package is not None
    return list(rule.check_package(package(files, packed, points), ListedCorpus()))


def worst(rule: Rule, files: Mapping[str, Content], packed: Packing = "wheel") -> str:
    """Return the worst severity that a rule finds in a package, "none" if it finds nothing."""
    found = findings(rule, files, packed)
    return str(min((one.severity for one in found), key=lambda severity: severity.rank)) if found else "none"


def at(trigger: str, source: Content) -> tuple[dict[str, Content], Packing]:
    """Return a package whose code runs at "install", "startup" or "import", or when it is called, or in a "test"."""
    if trigger == "install":
        return {"setup.py": source}, "sdist"
    paths = {
        "startup": "sitecustomize.py",
        "import": "demo/__init__.py",
        "call": "demo/__init__.py",
        "test": "tests/test_demo.py",
    }
    text = source if isinstance(source, bytes) else textwrap.dedent(source)
    if trigger == "call" and isinstance(text, str):
        text = "def use(given):\n" + textwrap.indent(text, "    ")
    return {paths[trigger]: text}, "sdist" if trigger == "test" else "wheel"
