"""What a target is as a whole, by the files in it: its kind, its name, and whether there is anything to judge. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.inputs.formats import of_installed

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed
    from assay.scanner.inputs.tree import ReadFile
    from assay.scanner.models import TargetKind

_NAMING_MANIFESTS = ("pyproject.toml", "package.json", "setup.cfg")
_ENVIRONMENT_MARKS = ("pyvenv.cfg",)


def is_recognised(file: ReadFile) -> bool:
    """Say whether a file tells what there is to judge; a Python script does only if it says what it needs."""
    if file.package and file.package.code and file.package.code.modules:
        return True
    if file.parsed is None:
        return file.path.rpartition("/")[2] in _ENVIRONMENT_MARKS
    return bool(not file.path.endswith(".py") or file.parsed.declarations)


def kind(files: dict[str, ReadFile], *, single_file: bool) -> TargetKind:
    """Return what a target is, by what lies at its top and by what its files say they are."""
    contents: dict[str, Parsed] = {path: item.parsed for path, item in files.items() if item.parsed}
    kinds = {content.kind for path, content in contents.items() if not of_installed(path)}
    if single_file:
        if kinds == {"artifact"} or not any(
            content.declarations or content.components for content in contents.values()
        ):
            source = any(file.package and file.package.code for file in files.values())
            return "artifact" if source or kinds == {"artifact"} else "sbom" if kinds == {"sbom"} else "lockfile"
        return "sbom" if kinds == {"sbom"} else "lockfile"
    top = {path for path in files if "/" not in path}
    if not top.isdisjoint(_ENVIRONMENT_MARKS):
        return "environment"
    if any(
        path in top and content.kind in ("lockfile", "manifest") and not path.endswith(".py")
        for path, content in contents.items()
    ):
        return "project"
    return "environment" if kinds == {"installed"} else "directory"


def project_name(files: dict[str, ReadFile], *, single_file: bool) -> str:
    """Return the name in the target's own manifest, or "."; the folder's name says nothing and appears nowhere."""
    for name in sorted(files) if single_file else _NAMING_MANIFESTS:
        result = files.get(name)
        if result and result.parsed and result.parsed.project:
            return result.parsed.project
    return "."
