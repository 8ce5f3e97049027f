"""Artifacts held against the provenance that lies beside them: digests, names, repositories. Signatures are not read.

Which provenance speaks of which artifact its name says: the artifact's whole name with an ending, or the name of an
npm tarball without ``.tgz``. Its statements must be about the very bytes that are there.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from itertools import product
from posixpath import basename
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from assay.scanner.inputs.collect import shown
from assay.scanner.inputs.file_name import SDIST_ENDINGS, same_version, sdist_name, wheel_name
from assay.scanner.inputs.formats import PROVENANCE_ENDINGS, is_cached
from assay.scanner.inputs.npm_manifest import NpmManifest
from assay.scanner.inputs.npm_package import against_file_name
from assay.scanner.inputs.repository import host_of, repository_of
from assay.scanner.inputs.tree import describe, read_bytes
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Gap, Mismatch
from assay.scanner.purl import normalise_name, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assay.scanner.inputs.parsed import Parsed, Statement, Subject
    from assay.scanner.inputs.tree import Entry, ReadFile
    from assay.scanner.models import Component, FileDigest, Package

_MARKS = ("", ".publish", ".slsa")
"""What stands between the name of an artifact and ``.attestation``: the type of the statement (PEP 740)."""


_BETWEEN = lazy(r"[-_.@/]+")


class Attested(NamedTuple):
    """The packages with what their provenance contradicts, the artifacts that have none, and gaps."""

    packages: tuple[Package, ...]
    unattested: tuple[str, ...]
    gaps: tuple[Gap, ...]


class _Artifact(NamedTuple):
    """An artifact: its file's name, its digests by algorithm, who it is (None if nothing says so), where its source is.

    ``repositories`` are as its metadata write them.
    """

    name: str
    digests: Mapping[str, str]
    component: Component | None
    repositories: tuple[str, ...]


def attested(
    files: Mapping[str, ReadFile], packages: tuple[Package, ...], root: bytes, entries: Sequence[Entry]
) -> Attested:
    """Hold each artifact against the provenance beside it.

    An artifact is read once more, from its place in ``entries`` below ``root``, if a statement gives its SHA-512.
    """
    artifacts = {path: file for path, file in files.items() if _is_artifact(file)}
    beside = _beside(files, artifacts)
    places = {entry.path: entry.raw for entry in entries} if beside else {}
    found: dict[str, list[Mismatch]] = {}
    gaps: list[Gap] = []
    for path, sayings in beside.items():
        file = artifacts[path]
        digests = {"sha256": file.digest.sha256} if file.digest else {}
        if file.digest and any(_asks_more(said) for _, said in sayings):
            more = _sha512(os.path.join(root, places[path]), file.digest)
            if isinstance(more, Gap):
                gaps.append(more)
            else:
                digests["sha512"] = more
        said = file.parsed
        component = said.installed[0].component if said and said.project and said.installed else None
        artifact = _Artifact(basename(path), digests, component, said.repositories if said else ())
        found[path] = sorted({one for place, told in sayings for one in _contradictions(artifact, place, told)})
    held = tuple(_with(package, found) for package in packages) if found else packages
    whose = {_archive_of(package, found) for package in packages} if found else set()
    gaps += [
        Gap(place, "unsupported", "it speaks of an archive that is no package")
        for path in found
        if path not in whose
        for place, _ in beside[path]
    ]
    without = (path for path, file in artifacts.items() if file.parsed and file.parsed.project and path not in beside)
    return Attested(held, tuple(sorted(path for path in without if not is_cached(path))), tuple(gaps))


def _is_artifact(file: ReadFile) -> bool:
    return file.digest is not None and file.parsed is not None and file.parsed.kind == "artifact"


def _beside(files: Mapping[str, ReadFile], artifacts: Mapping[str, ReadFile]) -> dict[str, list[tuple[str, Parsed]]]:
    """Return by the path of each artifact that has any the provenance files beside it, each with its path."""
    found: defaultdict[str, list[tuple[str, Parsed]]] = defaultdict(list)
    for path in sorted(files):
        said = files[path].parsed
        if said and said.kind == "provenance":
            ending = next(ending for ending in PROVENANCE_ENDINGS if path.endswith(ending))
            stem = path.removesuffix(ending)
            meant = (stem.removesuffix(mark) + tail for mark, tail in product(_MARKS, ("", ".tgz")))
            artifact = next((one for one in meant if one in artifacts), None)
            if artifact:
                found[artifact].append((path, said))
    return dict(found)


def _asks_more(said: Parsed) -> bool:
    some = (subject for statement in said.statements for subject in statement.subjects)
    return any(digest.startswith("sha512:") for subject in some for digest in subject.digests)


def _sha512(place: bytes, digest: FileDigest) -> str | Gap:
    """Return the SHA-512 (hex) of the file that was read before, a gap if it is no longer that."""
    more = hashlib.sha512()
    try:
        read = read_bytes(place, 0, more.update)
    except OSError as error:
        return Gap(digest.path, "unreadable", describe(error))
    if read.sha256 != digest.sha256:
        return Gap(digest.path, "changed", "the file was changed while it was read")
    return more.hexdigest()


def _with(package: Package, found: Mapping[str, list[Mismatch]]) -> Package:
    more = () if package.bundled else found.get(_archive_of(package, found), ())
    return package._replace(mismatches=tuple(sorted({*package.mismatches, *more}))) if more else package


def _archive_of(package: Package, found: Mapping[str, object]) -> str:
    """Return which one of some archives a package is, or lies in: ``x.whl``, ``x.tgz!/package``; "" for none."""
    path = package.path
    ends = (at for at, character in enumerate(path) if character == "!")
    return next((path[:end] for end in (len(path), *ends) if path[:end] in found), "")


# --- what a provenance says, and what is there -----------------------------------------------------------------------


def _contradictions(artifact: _Artifact, place: str, said: Parsed) -> Iterator[Mismatch]:
    for statement in said.statements:
        told = [subject for subject in statement.subjects if _is_comparable(subject, artifact)]
        held = [subject for subject in told if _is_of(subject, artifact)]
        if told and not held:
            yield Mismatch("attested-digest", place, _digests(told, artifact))
        if artifact.component:
            yield from _of_another(artifact.name, artifact.component, place, held or statement.subjects)
            yield from _from_elsewhere(artifact, place, statement)


def _is_comparable(subject: Subject, artifact: _Artifact) -> bool:
    return any(digest.partition(":")[0] in artifact.digests for digest in subject.digests)


def _is_of(subject: Subject, artifact: _Artifact) -> bool:
    """Say whether a subject has every digest of the artifact that it names and that is known."""
    some = (digest.partition(":") for digest in subject.digests)
    return all(artifact.digests.get(algorithm, value) == value for algorithm, _, value in some)


def _digests(told: Sequence[Subject], artifact: _Artifact) -> str:
    """Return the first subject's digest and the artifact's own; of several, one that bears the artifact's name."""
    component = artifact.component
    own = (one for one in told if component and _other(one.name, artifact.name, component) == "")
    subject = next(own, told[0])
    for digest in subject.digests:
        algorithm, _, value = digest.partition(":")
        here = artifact.digests.get(algorithm, value)
        if here != value:
            return f"{algorithm} {value[:32]}… of {shown(subject.name) or 'a file'}, here {here[:32]}…"
    return ""


def _of_another(file: str, component: Component, place: str, subjects: Sequence[Subject]) -> Iterator[Mismatch]:
    """Yield a mismatch if every subject bears a name that can be told apart from the artifact's, and none is its."""
    others = [_other(subject.name, file, component) for subject in subjects]
    if others and all(others):
        yield Mismatch("attested-name", place, f"it speaks of {others[0]}, not of {component.name} {component.version}")


def _other(name: str, file: str, component: Component) -> str | None:
    """Return the package that a subject's name means if it is another than the artifact's, "" if it is that.

    None if the name is none by which packages are told apart.
    """
    if name.startswith("pkg:"):
        told = _of_purl(name)
    else:
        name = name.rpartition("/")[2]
        if _key(name) in (_key(file), _key(f"{component.name}-{component.version}")):
            return ""
        if component.ecosystem == "npm":
            return _of_tarball(name, component)
        parts = wheel_name(name) or sdist_name(name)
        told = ("pypi", parts.name, parts.version) if parts else None
    if told is None:
        return None
    ecosystem, package, version = told
    same = ecosystem == component.ecosystem and package in (component.name, *component.aliases)
    if same and (not version or _is_version(version, component)):
        return ""
    return shown(f"{package} {version}".rstrip())


def _key(name: str) -> str:
    """Return a file's name, without the ending of a source archive, as one has it that is written in another way."""
    ending = next((ending for ending in SDIST_ENDINGS if name.endswith(ending)), "")
    return _BETWEEN.sub("-", name.removesuffix(ending)).lower()


def _of_purl(text: str) -> tuple[str, str, str] | None:
    """Return ecosystem, name and version ("" for none) of a purl of npm or PyPI, None for any other."""
    ecosystem, _, rest = text.removeprefix("pkg:").partition("?")[0].partition("#")[0].partition("/")
    name, _, version = rest.rpartition("@")
    if not name or "/" in version:
        name, version = rest, ""
    if ecosystem == "pypi":
        return "pypi", normalise_name("pypi", unquote(name)), unquote(version)
    return ("npm", unquote(name), unquote(version)) if ecosystem == "npm" else None


def _of_tarball(name: str, component: Component) -> str | None:
    if not name.endswith((".tgz", ".tar.gz")):
        return None
    kinds = {one.kind for one in against_file_name(name, NpmManifest(component.name, component.version or ""))}
    if not kinds:
        return ""
    return shown(name) if kinds & {"other-name", "other-version"} else None


def _is_version(version: str, component: Component) -> bool:
    own = component.version or ""
    if component.ecosystem == "pypi":
        return same_version(version, own)
    plain, bare = (text.lstrip("=vV ").partition("+")[0] for text in (version, own))
    return plain == bare


def _from_elsewhere(artifact: _Artifact, place: str, statement: Statement) -> Iterator[Mismatch]:
    """Yield a mismatch for each repository of a statement that the metadata, which name some, do not name."""
    for text in statement.repositories:
        host = host_of(text)
        built = repository_of(text, host)
        named = sorted({one for given in artifact.repositories if (one := repository_of(given, host))})
        if built and named and built not in named:
            said = ", ".join(shown(without_credentials(one)) for one in named[:3])
            yield Mismatch("attested-repository", place, f"built from {shown(built)}, the metadata name {said}")
