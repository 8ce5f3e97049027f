"""package.json: the manifest of a project, or of a package that lies in node_modules.

Format: npm's documentation, page package-json, with ``resolutions`` of yarn and ``pnpm.overrides``.
"""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import Collector, refused, shown
from assay.scanner.inputs.integrity import hashes_of
from assay.scanner.inputs.json_lines import key_lines
from assay.scanner.inputs.npm_fields import GROUPS, MAX_NAME, is_name, is_printable, is_version, licences_of
from assay.scanner.inputs.npm_lock import NpmLock
from assay.scanner.inputs.npm_manifest import read_manifest
from assay.scanner.inputs.npm_specifier import anchored, exact, specifier, split_descriptor
from assay.scanner.inputs.parsed import Declaration, Installed, Parsed
from assay.scanner.inputs.text import MAX_DEPTH, load_json
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Component, Location, Scope, Source
from assay.scanner.purl import purl_from, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.inputs.text import Loaded

# The second way is yarn's linker "pnpm", whose folders do not tell the name.
_INSTALLED = lazy(r"(?:^|/)node_modules/(?:((?:@[^/]+/)?[^/@][^/]*)|\.store/[^/]+/package)/package\.json\Z")
_STORED_FOLDER = lazy(
    r"(.*)node_modules/\.pnpm/(?:[^/]*@)?file\+([^/]+)/node_modules/(?:@[^/]+/)?[^/]+/package\.json\Z"
)
_LAST_NAME = lazy(r"(?:@[^/]+/)?[^/]+\Z")
_FETCHED = lazy(r"(?:https?|git(?:\+[a-z]+)?)://")
_READ_KEYS = frozenset({"name", "version", "pnpm", "overrides", "resolutions", *(group for group, _ in GROUPS)})
_NEEDED = (("dependencies", Scope.PROD), ("optionalDependencies", Scope.OPTIONAL), ("peerDependencies", Scope.PEER))


def parse(data: bytes, path: str) -> Parsed:
    """Read a manifest: as an installed package if it lies directly in ``node_modules/<name>``, else as a project's."""
    folder = _INSTALLED.search(path)
    try:
        loaded = load_json(data)
        if not isinstance(loaded.value, dict):
            raise ParseError("wrong-type", "not an object")
    except ParseError as error:
        return refused("installed" if folder else "manifest", path, error)
    if folder:
        return _installed(loaded.value, path, folder[1] or "")
    return _manifest(loaded, data, path)


def parse_packed(data: bytes, path: str, folder: str, archive: str) -> Parsed:
    """Read the manifest of a package that lies in an archive, at ``path`` in the target.

    ``folder`` is the name that it is installed under, "" if nothing says one. With ``archive``, the path of the file
    that is this package as a whole, what it depends on is declared as well.
    """
    try:
        loaded = load_json(data)
        if not isinstance(loaded.value, dict):
            raise ParseError("wrong-type", "not an object")
    except ParseError as error:
        return refused("installed", path, error)
    parsed = _installed(loaded.value, path, folder)
    if not archive or not parsed.installed:
        return parsed
    needed: dict[str, Any] = {key: _readable(loaded.value.get(key)) for key, scope in GROUPS if scope is not Scope.DEV}
    if isinstance(meta := loaded.value.get("peerDependenciesMeta"), dict):
        needed["peerDependenciesMeta"] = meta
    reading = _Manifest(data, archive)
    asked = [one for one in reading.declared(needed) if one.name != parsed.installed[0].component.name]
    carried = parsed.npm.bundled if parsed.npm else ()
    kept = tuple(one._replace(location=Location(archive)) for one in asked if _is_fetched(one, carried))
    return parsed._replace(declarations=kept, gaps=parsed.gaps + reading.lock.gaps())


def _readable(group: Any) -> dict[str, str]:
    """Return what npm can make of a group of dependencies that an author wrote."""
    items = group.items() if isinstance(group, dict) else ()
    return {name: wanted for name, wanted in items if isinstance(wanted, str)}


def _is_fetched(one: Declaration, carried: tuple[str, ...]) -> bool:
    """Say whether an install fetches what is declared: neither carried along nor left to whoever depends on both."""
    optional_peer = Scope.PEER in one.scopes and Scope.OPTIONAL in one.scopes
    return not optional_peer and (one.alias or one.name) not in carried


# --- the manifest of a project ---------------------------------------------------------------------------------


def _manifest(loaded: Loaded, data: bytes, path: str) -> Parsed:
    reading = _Manifest(data, path)
    declarations = [*reading.declared(loaded.value), *reading.constraints(loaded.value)]
    read = _READ_KEYS.union(*((wanted.name, wanted.alias) for wanted in declarations))
    relevant = loaded._replace(duplicates=tuple(key for key in loaded.duplicates if key in read))
    return reading.lock.parsed(
        "manifest",
        declarations=declarations,
        project=reading.project(loaded.value),
        notes=relevant.gaps(path),
    )._replace(workspaces=_workspaces(loaded.value.get("workspaces")), npm=read_manifest(loaded.value))


def _workspaces(value: Any) -> tuple[str, ...]:
    """Return the folder patterns of ``workspaces``: a list, or yarn's object with the list under ``packages``."""
    patterns = value.get("packages") if isinstance(value, dict) else value
    return tuple(pattern for pattern in patterns if isinstance(pattern, str)) if isinstance(patterns, list) else ()


class _Manifest:
    """What a project declares, each with the line that says so."""

    def __init__(self, data: bytes, path: str) -> None:
        self.lock = NpmLock(path)
        self.lines = key_lines(data, MAX_DEPTH)

    def project(self, manifest: dict[str, Any]) -> str | None:
        """Return the project's own name, which need not be one that a registry accepts."""
        name = self.lock.text(manifest, "name")
        if name is not None and (len(name) > MAX_NAME or not is_printable(name)):
            self.lock.gap("bad-name", "name: too long, or with control characters")
            return None
        return name or None

    def declared(self, manifest: dict[str, Any]) -> Iterator[Declaration]:
        """Yield what the groups of dependencies ask for."""
        optional = self.lock.mapping(manifest, "optionalDependencies") if "optionalDependencies" in manifest else {}
        peers = self._optional_peers(manifest)
        for group, scope in GROUPS:
            if group not in manifest:
                continue
            for name, wanted in self.lock.wanted(manifest, group, "").items():
                if group == "dependencies" and name in optional:
                    continue  # npm: "Entries in optionalDependencies will override entries of the same name"
                scopes = (Scope.OPTIONAL, scope) if scope is Scope.PEER and name in peers else (scope,)
                yield from self._declaration((group, name), name, wanted, scopes)

    def _optional_peers(self, manifest: dict[str, Any]) -> set[str]:
        settings = self.lock.mapping(manifest, "peerDependenciesMeta")
        return {name for name, meta in settings.items() if isinstance(meta, dict) and meta.get("optional") is True}

    def constraints(self, manifest: dict[str, Any]) -> Iterator[Declaration]:
        """Yield what the project imposes on the dependencies of others: overrides and resolutions."""
        pnpm = manifest.get("pnpm")
        holders: list[tuple[tuple[str, ...], Any]] = [
            (("overrides",), self.lock.mapping(manifest, "overrides")),
            (("resolutions",), self.lock.mapping(manifest, "resolutions")),
            (("pnpm", "overrides"), self.lock.mapping(pnpm, "overrides", "pnpm") if isinstance(pnpm, dict) else {}),
        ]
        for place, holder in holders:
            for key, wanted in holder.items():
                if isinstance(wanted, dict):
                    holders.append(((*place, key), wanted))
                elif isinstance(wanted, str):
                    name = _overridden(place[-1] if key == "." else key)
                    yield from self._declaration((*place, key), name, wanted, (), constraint=True)
                else:
                    self.lock.wrong_type(".".join(place), key, "a string")

    def _declaration(
        self, place: tuple[str, ...], name: str, wanted: str, scopes: tuple[Scope, ...], *, constraint: bool = False
    ) -> Iterator[Declaration]:
        meant = specifier(name, wanted, self.lock.folder)
        where = shown(".".join(place))
        if not is_name(name) or not is_name(meant.name):
            self.lock.gap("bad-name", f"{where}: not the name of an npm package")
        elif not is_printable(wanted):
            self.lock.gap("bad-address", f"{where}: a range or address with control characters")
        else:
            yield Declaration(
                "npm",
                meant.name,
                wanted,
                Location(self.lock.path, self.lines.get(place)),
                scopes,
                pinned=meant.pinned,
                source=meant.source,
                where=meant.where,
                alias=name if meant.name != name else None,
                constraint=constraint,
            )


def _overridden(key: str) -> str:
    """Return the package that a key of overrides means: the last one of ``a@1>b@2``, ``a/b``, ``**/b``."""
    last = _LAST_NAME.search(key.rpartition(">")[2])
    return split_descriptor(last[0])[0] if last else key


# --- an installed package --------------------------------------------------------------------------------------


def _installed(manifest: dict[str, Any], path: str, folder: str) -> Parsed:
    """Read what a package says of itself. Its identity is its name and version alone, whatever else it claims.

    An author's slips that npm itself puts up with (a licence of an odd shape, ``"dependencies": []``) are no gaps.
    """
    found = Collector("npm", path)
    name, version = _identity(found, manifest, folder)
    if name is None:
        return found.parsed("installed")._replace(npm=read_manifest(manifest))
    source, where = _stored(path)
    component = Component(
        purl=purl_from("npm", name, version, source, where),
        ecosystem="npm",
        name=name,
        version=version,
        source=source,
        hashes=_installed_hashes(manifest),
        resolved=_fetched_from(manifest),
        licences=licences_of(manifest.get("license")) or licences_of(manifest.get("licenses")) or (),
        aliases=(folder,) if folder != name and is_name(folder) else (),
        locations=(Location(path),),
    )
    needs = {(need, scope) for group, scope in _NEEDED for need in _needed(found, manifest, group)}
    installed = Installed(dirname(path), component, tuple(sorted(needs)))
    return found.parsed("installed")._replace(installed=(installed,), npm=read_manifest(manifest))


def _stored(path: str) -> tuple[Source, str | None]:
    """Say where a package comes from by its place in pnpm's store, ``.pnpm/name@file+folder``; its own word is none."""
    stored = _STORED_FOLDER.match(path)
    return (Source.FILE, anchored(stored[1], stored[2].replace("+", "/"))) if stored else (Source.REGISTRY, None)


def _identity(found: Collector, manifest: dict[str, Any], folder: str) -> tuple[str | None, str | None]:
    """Return (name, version): the name of the folder if there is none, no version if there is none."""
    name, version = found.text(manifest, "name") or folder, found.text(manifest, "version")
    if not is_name(name):
        found.gap("bad-name", "name: not the name of an npm package")
        name = folder
    if version is not None:
        version = exact(version) or version.strip()
        if not is_version(version):
            found.gap("bad-version", "version: not a version")
            version = None
    return name if is_name(name) else None, version


def _needed(found: Collector, manifest: dict[str, Any], group: str) -> list[str]:
    wanted = manifest.get(group)
    if not wanted:
        return []
    if not isinstance(wanted, dict):
        found.wrong_type("", group, "an object")
        return []
    return [name for name in wanted if is_name(name)]


def _installed_hashes(manifest: dict[str, Any]) -> tuple[str, ...]:
    """Return the hashes that npm 6 and older noted when they installed the package."""
    integrity = manifest.get("_integrity")
    return tuple(sorted(set(hashes_of(integrity)))) if isinstance(integrity, str) else ()


def _fetched_from(manifest: dict[str, Any]) -> str | None:
    """Return the URL that npm 6 and older noted when they installed the package."""
    address = manifest.get("_resolved")
    if isinstance(address, str) and _FETCHED.match(address) and is_printable(address):
        return without_credentials(address)
    return None
