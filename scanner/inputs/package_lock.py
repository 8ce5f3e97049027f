"""package-lock.json and npm-shrinkwrap.json, lockfileVersion 1, 2 and 3.

Format: npm's documentation, page package-lock-json. Versions 2 and 3 list every folder under
``packages``, which says all there is. Version 1 nests ``dependencies``, and version 2 keeps them for old clients: what
such a client would install but ``packages`` does not list is a component too, for a lockfile may not say two things.
Whatever the version claims, npm 7 and later read ``packages`` if it is there, older ones ``dependencies``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused
from assay.scanner.inputs.json_lines import key_lines, member_lines
from assay.scanner.inputs.npm_fields import GROUPS
from assay.scanner.inputs.npm_lock import NpmLock
from assay.scanner.inputs.npm_specifier import anchored, repository_of, specifier
from assay.scanner.inputs.package_lock_nested import MAX_LOCATION, differing, flattened, nested_lines
from assay.scanner.inputs.text import load_json
from assay.scanner.models import Scope, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assay.scanner.inputs.parsed import Parsed

_INSTALLED = ("dependencies", "optionalDependencies", "peerDependencies")
_EVERY_GROUP = tuple(group for group, _ in GROUPS)
_ADDRESSES = ("http", "file:", "link:", ".", "/", "~/")
_PROD = (Scope.PROD,)
_FLAGS = {
    "dev": (Scope.DEV,),
    "optional": (Scope.OPTIONAL,),
    "devOptional": (Scope.DEV, Scope.OPTIONAL),
    "peer": (Scope.PEER,),
}


def parse(data: bytes, path: str) -> Parsed:
    """Read a lockfile of npm. Version 1 does not say what the project itself asks for; later ones do."""
    try:
        loaded = load_json(data)
        document = loaded.value
        version = _version_of(document, path)
    except ParseError as error:
        return refused("lockfile", path, error)
    lock = NpmLock(path)
    nested = flattened(lock, document)
    is_nested = version == 1 and "packages" not in document
    if is_nested:
        tree = _Tree(lock, nested, nested_lines(data))
        tree.read()
        tree.bind_top()
    else:
        packages = lock.mapping(document, "packages")
        if "packages" not in document:
            lock.gap("no-packages", "packages: missing, though this lockfileVersion has it")
        _Tree(lock, packages, _lines(data, packages), is_complete=True).read()
        stray = differing(nested, packages)
        if stray:
            _Tree(lock, stray, nested_lines(data)).read()
    return lock.parsed("lockfile", directness=not is_nested, notes=loaded.gaps(path))


def _version_of(document: Any, path: str) -> int:
    """Return 1, 2 or 3.

    Shrinkwraps of npm 4 and older state no version and are read as version 1, of which they are a subset.

    Raises:
        ParseError: not an object, or another version.
    """
    if not isinstance(document, dict):
        raise ParseError("wrong-type", "not an object")
    version = document.get("lockfileVersion", 1 if path.endswith("npm-shrinkwrap.json") else None)
    if type(version) is not int or version not in (1, 2, 3):
        raise ParseError("unknown-version", "lockfileVersion is none of 1, 2 and 3")
    return version


def _lines(data: bytes, packages: Mapping[str, Any]) -> dict[str, int]:
    """Return the line of each entry of ``packages``."""
    lines = member_lines(data, b"packages")
    if packages.keys() <= lines.keys():
        return lines
    return {path[1]: line for path, line in key_lines(data, 2).items() if len(path) == 2 and path[0] == "packages"}


class _Tree:
    """The folders of a lockfile: location (``node_modules/a/node_modules/b``) to entry, ``""`` for the project.

    ``is_complete`` says that every dependency which is not optional must be among them, but for those of folders
    outside the project, which npm leaves to these.
    """

    def __init__(
        self, lock: NpmLock, entries: Mapping[str, Any], lines: Mapping[str, int], *, is_complete: bool = False
    ) -> None:
        self.lock = lock
        self.is_complete = is_complete
        self.lines = lines
        self.entries: dict[str, dict[str, Any]] = {}
        for location, entry in entries.items():
            if type(entry) is not dict:
                lock.wrong_type("packages", location, "an object")
            elif len(location) > MAX_LOCATION:
                lock.gap("bad-location", f"packages: a location of more than {MAX_LOCATION} characters")
            else:
                self.entries[location] = entry
        self.own = {location for location in self.entries if not _is_installed(location)}
        self.has_members = "workspaces" in self.entries.get("", ())
        split = [location.rpartition("node_modules/") for location in self.entries]
        self.shelves = {above + mark for above, mark, _ in split}
        self.names = {name for _, _, name in split}
        self.above: dict[str, tuple[str, ...]] = {}
        self.by_url: set[str] = set()
        self.by_path: set[str] = set()
        self.purls: dict[str, str] = {}

    def read(self) -> None:
        """Take every entry, then connect each with what it depends on."""
        needs = {location: self._needs(location, entry) for location, entry in self.entries.items()}
        links = {location: self._target(location) for location in self.entries if self._is_link(location)}
        installed_as = {target: location for location, target in links.items()}
        for location, entry in self.entries.items():
            if location and location not in links:
                self._take(location, entry, installed_as.get(location, location) if location in self.own else location)
        for location, target in links.items():
            self._take_link(location, target)
        for location, wanted in needs.items():
            self._connect(location, wanted)

    def bind_top(self) -> None:
        """Let the manifest mean what lies at the top by its name, for a lockfile that does not hold the project."""
        for location, purl in self.purls.items():
            name = location.removeprefix("node_modules/")
            if "/node_modules/" not in name:
                self.lock.bind("", name, purl)

    # --- entries -----------------------------------------------------------------------------------------------

    def _take(self, location: str, entry: dict[str, Any], installed_as: str) -> None:
        place = f"packages.{location}"
        alias = self._name_at(installed_as)
        name, version, resolved = entry.get("name", alias), entry.get("version"), entry.get("resolved")
        if type(name) is not str:
            self.lock.wrong_type(place, "name", "a string")
            return
        if type(version) is not str and "version" in entry:
            self.lock.wrong_type(place, "version", "a string")
            return
        if type(resolved) is not str and resolved:
            self.lock.wrong_type(place, "resolved", "a string")
            resolved = None
        source, where = self._origin(location, version, resolved or "")
        purl = self.lock.take(
            place,
            name,
            version,
            source=source,
            where=where,
            line=self.lines.get(location),
            scopes=_scopes(entry),
            integrity=entry.get("integrity"),
            resolved=resolved or None,
            licence=entry.get("license"),
            alias=alias,
        )
        if purl is not None:
            self.purls[location] = purl
            if source is Source.WORKSPACE:
                self.lock.ask_for(purl)

    def _origin(self, location: str, version: str | None, resolved: str) -> tuple[Source, str | None]:
        """Say where an entry comes from and its address. What depends on it by URL decides that it comes by URL."""
        if location in self.own:
            return self._outside(location)
        if location in self.by_url:
            return Source.URL, resolved
        if not resolved or ("/-/" in resolved and resolved.startswith("http") and version):
            return Source.REGISTRY, None
        if resolved.startswith("file:"):
            return Source.FILE, anchored(self.lock.folder, resolved.removeprefix("file:"))
        repository = repository_of(resolved)
        if repository:
            return Source.GIT, repository
        return (Source.REGISTRY, None) if version else (Source.URL, resolved)

    def _name_at(self, location: str) -> str:
        """Return the name that a location installs; for a folder outside of node_modules its last part."""
        return location.rpartition("/" if location in self.own else "node_modules/")[2]

    def _outside(self, folder: str) -> tuple[Source, str]:
        """Say what a folder outside of node_modules is: a member of the project, or only linked to."""
        member = self.has_members and not folder.startswith("..") and folder not in self.by_path
        return Source.WORKSPACE if member else Source.LINK, anchored(self.lock.folder, folder)

    def _is_link(self, location: str) -> bool:
        return self.entries[location].get("link") is True

    def _target(self, location: str) -> str:
        return self.lock.text(self.entries[location], "resolved", f"packages.{location}") or ""

    def _take_link(self, location: str, target: str) -> None:
        """A link is another name of its target; one to a folder that is not listed stands for itself."""
        name, line = self._name_at(location), self.lines.get(location)
        purl = self.purls.get(target)
        if purl is not None:
            self.lock.mention(purl, name, line)
        elif target and target not in self.entries:
            source, where = self._outside(target)
            purl = self.lock.take(f"packages.{location}", name, None, source=source, where=where, line=line)
        if purl is not None:
            self.purls[location] = purl

    # --- the graph ---------------------------------------------------------------------------------------------

    def _needs(self, location: str, entry: dict[str, Any]) -> list[tuple[str, str]]:
        """Return (name, location) of each dependency that is there, and note those that are asked for by address.

        A name is resolved as Node does: in node_modules of the folder, then of each folder above it.
        """
        needs = []
        for group in _EVERY_GROUP if location in self.own else _INSTALLED:
            if group not in entry:
                continue
            shelves = self._shelves(location)
            for name, spec in self.lock.wanted(entry, group, f"packages.{location}").items():
                for shelf in shelves if name in self.names else ():
                    found = shelf + name
                    if found in self.entries:
                        needs.append((name, found))
                        if spec.startswith(_ADDRESSES):
                            self._note_address(name, spec, found)
                        break
                else:
                    if self.is_complete and group == "dependencies" and not location.startswith(".."):
                        needs.append((name, self._lacking(location, name, spec)))
        return needs

    def _lacking(self, location: str, name: str, spec: str) -> str:
        """Note a dependency that is nowhere to be found, and return a location that stands for it."""
        stands_for = f"{name}@{spec}"
        purl = self.lock.lack(f"packages.{location}", name, spec, self.lines.get(location))
        if purl is not None:
            self.purls[stands_for] = purl
        return stands_for

    def _note_address(self, name: str, spec: str, found: str) -> None:
        source = specifier(name, spec).source
        if source is Source.URL:
            self.by_url.add(found)
        elif source in (Source.FILE, Source.LINK) and self._is_link(found):
            self.by_path.add(self._target(found))

    def _shelves(self, location: str) -> tuple[str, ...]:
        """Return the node_modules that hold something and are seen from a location, the nearest first."""
        if not location:
            return ("node_modules/",)
        own = f"{location}/node_modules/"
        above = location[: location.rfind("/") + 1]
        known = self.above.get(above)
        if known is None:
            known = self.above[above] = tuple(self._shelves_above(above.rstrip("/")))
        return (own, *known) if own in self.shelves else known

    def _shelves_above(self, folder: str) -> Iterator[str]:
        while folder != "..":
            shelf = f"{folder}/node_modules/" if folder else "node_modules/"
            if shelf in self.shelves:
                yield shelf
            if not folder:
                return
            folder = folder.rpartition("/")[0]

    def _connect(self, location: str, needs: list[tuple[str, str]]) -> None:
        if not needs:
            return
        known = [(name, self.purls[found]) for name, found in needs if found in self.purls]
        if location in self.purls:
            self.lock.connect(self.purls[location], known)
        if location not in self.own:
            return
        asked_for = not location or self._outside(location)[0] is Source.WORKSPACE
        for name, purl in known:
            self.lock.bind(location, name, purl)
            if asked_for:
                self.lock.ask_for(purl)


def _is_installed(location: str) -> bool:
    """Say whether a location lies below node_modules; else it is the project itself or a folder that is linked to."""
    return location.startswith("node_modules/") or "/node_modules/" in location


def _scopes(entry: dict[str, Any]) -> tuple[Scope, ...]:
    if entry.keys().isdisjoint(_FLAGS):
        return _PROD
    return tuple(scope for flag, scopes in _FLAGS.items() if entry.get(flag) is True for scope in scopes) or _PROD
