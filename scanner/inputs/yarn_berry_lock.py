"""yarn.lock of yarn 2 and later ("berry"), ``__metadata`` versions 1 to 10.

Format: the words lockfile, descriptor, locator and reference of yarn's own lexicon; berry documents no schema,
so what is read here is what yarn itself writes. The lock holds the workspaces with what they ask for, production and
development together: so it tells what is direct, but not the scopes. ``checksum`` is that of yarn's own cache archive,
no hash of what the registry serves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused, shown
from assay.scanner.inputs.npm_lock import NpmLock
from assay.scanner.inputs.npm_specifier import anchored, specifier, split_descriptor, stated_by
from assay.scanner.inputs.yaml_text import YamlMap, load_yaml
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.inputs.parsed import Parsed

VERSIONS = frozenset(str(number) for number in range(1, 11))
"""``__metadata.version`` from yarn 2 (4) to yarn 4 (8 to 10); 1 to 3 were written before its release."""

_WORKSPACE = "workspace:"
_UNKNOWN_VERSION = "0.0.0-use.local"  # what yarn writes for folders that it only links to


@dataclass(frozen=True, slots=True)
class _Package:
    """One entry: its keys (``name@range``), where a gap about it points, and its workspace's folder if it is one."""

    place: str
    keys: tuple[str, ...]
    entry: dict[str, Any]
    purl: str | None
    workspace: str | None


def parse(data: bytes, path: str) -> Parsed:
    """Read a ``yarn.lock`` of yarn 2 or later."""
    try:
        loaded = load_yaml(data)
        document = loaded.value
        metadata = document.get("__metadata") if isinstance(document, dict) else None
        if not isinstance(document, YamlMap) or not isinstance(metadata, dict):
            raise ParseError("wrong-type", "not an object with __metadata")
        if str(metadata.get("version")) not in VERSIONS:
            raise ParseError("unknown-version", "__metadata.version is none of 1 to 10")
    except ParseError as error:
        return refused("lockfile", path, error)
    reading = _Reading(path)
    reading.read(document)
    return reading.lock.parsed("lockfile", notes=loaded.gaps(path))


class _Reading:
    """The packages of one lock by each of their keys; ``listed`` are all names in these."""

    def __init__(self, path: str) -> None:
        self.lock = NpmLock(path)
        self.purls: dict[str, str] = {}
        self.names: dict[str, set[str]] = {}
        self.listed: set[str] = set()

    def read(self, document: YamlMap) -> None:
        """Take every entry, then connect each with what it depends on."""
        packages = []
        for key, entry in document.items():
            if key == "__metadata":
                continue
            if not isinstance(entry, dict):
                self.lock.wrong_type("", key, "an object")
                continue
            package = self._take(key, entry, document.lines[key])
            packages.append(package)
            if package.purl is not None:
                for descriptor in package.keys:
                    self.purls[descriptor] = package.purl
                    self.names.setdefault(split_descriptor(descriptor)[0], set()).add(package.purl)
        for package in packages:
            self._connect(package)

    def _take(self, key: str, entry: dict[str, Any], line: int) -> _Package:
        place = shown(key)
        keys = tuple(sorted(_without_parameters(part) for part in key.split(", ")))
        self.listed.update(split_descriptor(descriptor)[0] for descriptor in keys)
        name, reference = split_descriptor(self.lock.text(entry, "resolution", place) or keys[0])
        reference, _, parameters = _devirtualised(reference).partition("::")
        version = self.lock.text(entry, "version", place)
        version = None if version == _UNKNOWN_VERSION else version
        if reference.startswith(_WORKSPACE):
            folder = reference.removeprefix(_WORKSPACE)
            purl = None if folder == "." else self._take_workspace(place, name, folder, line)
            return _Package(place, keys, entry, purl, folder)
        purl = self._take_package(place, name, version, reference, parameters, line)
        if purl is not None:
            for descriptor in keys:
                self.lock.mention(purl, split_descriptor(descriptor)[0])
        return _Package(place, keys, entry, purl, None)

    def _take_workspace(self, place: str, name: str, folder: str, line: int) -> str | None:
        return self.lock.take_member(place, name, None, folder, line)

    def _take_package(
        self, place: str, name: str, version: str | None, reference: str, parameters: str, line: int
    ) -> str | None:
        settings = dict(part.partition("=")[::2] for part in parameters.split("&"))
        meant = specifier(name, reference, self._folder_of(settings))
        real, where, resolved = meant.name, meant.where, None
        version = version and (meant.pinned or version)  # the resolution decides what is fetched
        if meant.source is Source.REGISTRY and "__archiveUrl" in settings:
            resolved = unquote(settings["__archiveUrl"])
        elif meant.source is Source.URL:
            resolved = where = reference.partition("#")[0]
            real = (stated_by(resolved) or (real,))[0]
        elif meant.source is Source.GIT:
            resolved = reference
        elif where is not None:
            where = where.partition("#")[0]
        return self.lock.take(
            place, real, version, source=meant.source, where=where, line=line, resolved=resolved, alias=name
        )

    def _folder_of(self, settings: dict[str, str]) -> str:
        """Return the folder of the workspace whose manifest names a path (``locator=name%40workspace%3Afolder``)."""
        workspace = unquote(settings.get("locator", "")).partition(f"@{_WORKSPACE}")[2]
        return anchored(self.lock.folder, workspace)

    # --- the graph ---------------------------------------------------------------------------------------------

    def _connect(self, package: _Package) -> None:
        needs = list(self._needs(package))
        if package.purl is not None:
            self.lock.connect(package.purl, needs)
        if package.workspace is None:
            return
        importer = "" if package.workspace == "." else package.workspace
        optional = self.lock.mapping(package.entry, "dependenciesMeta", package.place)
        for name, purl in needs:
            meta = optional.get(name)
            is_optional = isinstance(meta, dict) and meta.get("optional") is True
            self.lock.ask_for(purl, (Scope.OPTIONAL,) if is_optional else ())
            self.lock.bind(importer, name, purl)

    def _needs(self, package: _Package) -> Iterator[tuple[str, str]]:
        """Yield (name, purl) of each dependency. Yarn 2 and 3 leave out ``npm:`` there but not in the keys."""
        for name, wanted in self.lock.wanted(package.entry, "dependencies", package.place).items():
            descriptor = _without_parameters(f"{name}@{wanted}")
            found = self.purls.get(descriptor) or self.purls.get(f"{name}@npm:{wanted}")
            others = self.names.get(name, set())
            if found is None and len(others) == 1:
                found = next(iter(others))
            elif found is None and name not in self.listed:
                found = self.lock.lack(package.place, name, wanted)
            if found is not None:
                yield name, found


def _without_parameters(descriptor: str) -> str:
    return descriptor.partition("::")[0]


def _devirtualised(reference: str) -> str:
    """Return what ``virtual:hash#reference`` stands for: the same package, seen with other peers."""
    return reference.partition("#")[2] if reference.startswith("virtual:") else reference
