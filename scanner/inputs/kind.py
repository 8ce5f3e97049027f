"""What a target is as a whole, by the files in it: its kind, its name, and whether there is anything to judge. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.inputs.formats import format_of, of_installed
from assay.scanner.models import Gap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

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
    if file.parsed.kind == "provenance":
        return False  # it speaks of what lies beside it, and judges nothing by itself
    return bool(not file.path.endswith(".py") or file.parsed.declarations)


def kind(files: dict[str, ReadFile], *, single_file: bool) -> TargetKind:
    """Return what a target is, by what lies at its top and by what its files say they are."""
    contents: dict[str, Parsed] = {path: item.parsed for path, item in files.items() if item.parsed}
    contents = {path: content for path, content in contents.items() if content.kind != "provenance"}
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


def unnamed(files: Collection[str]) -> Iterator[Gap]:
    """Yield a gap for each installed distribution that has lost the file which says its name and version."""
    listed = {path.rpartition("/")[0] for path in files if ".dist-info/" in path}
    for folder in filter(lambda folder: folder.endswith(".dist-info"), listed):
        metadata = f"{folder}/METADATA"
        if metadata not in files and format_of(metadata):
            yield Gap(folder, "no-metadata", "an installed distribution without METADATA")


def unrecognised(targets: Iterable[str], recognised: Iterable[ReadFile], gaps: Collection[Gap]) -> list[Gap]:
    """Return a gap for each named target in which there is nothing to judge, and nothing that tells why."""
    places = [f"{path}/" for path in (*(file.path for file in recognised), *(gap.path for gap in gaps))]
    detail = "no manifest, lockfile, SBOM or installed package that assay reads; name the folder of a project"
    return [
        Gap(target, "nothing-recognised", detail)
        for target in targets
        if not any(place == "/" or place.startswith(f"{target}/" if target else "") for place in places)
    ]
