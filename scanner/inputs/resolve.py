"""From what single files say to the components of the whole target. Pure.

A manifest asks, a lockfile answers, an installed tree shows what is there. Each declaration is answered by the nearest
lockfile of its ecosystem in the same folder or one above, else by what is installed, else by its own exact version or
the one that a constraint pins; what is left is unresolved: a component without a version.
"""

from __future__ import annotations

from collections import defaultdict
from fnmatch import fnmatchcase
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from assay.scanner.models import Component, Location, Scope, Source
from assay.scanner.purl import local_path, purl_from, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assay.scanner.inputs.parsed import Declaration, Installed, Parsed


_LOCKED_MANIFESTS = frozenset({"package.json", "pyproject.toml", "Pipfile"})
"""Manifests that a lockfile beside or above them decides for, overrides and all; others are installed without it."""

MAX_PINS = 50
"""Versions that constraints may pin of one name, by platform and Python version; with more it stays unresolved."""

_ON_DISK = frozenset({Source.FILE, Source.LINK, Source.WORKSPACE})


class _Facts:
    """A component while it is being put together from several places."""

    def __init__(self, component: Component) -> None:
        self.component = component
        self.direct = False
        self.scopes: set[Scope] = set()
        self.requires: set[str] = set()
        self.hashes: set[str] = set()
        self.licences: set[str] = set()
        self.aliases: set[str] = set()
        self.locations: set[Location] = set()
        self.resolved: set[str] = set()

    def add(self, component: Component) -> None:
        self.direct |= component.direct
        self.scopes.update(component.scopes)
        self.requires.update(component.requires)
        self.hashes.update(component.hashes)
        self.licences.update(component.licences)
        self.aliases.update(component.aliases)
        self.locations.update(component.locations)
        if component.resolved:
            self.resolved.add(component.resolved)

    def freeze(self) -> Component:
        return self.component._replace(
            direct=self.direct,
            scopes=tuple(sorted(self.scopes)),
            requires=tuple(sorted(self.requires)),
            hashes=tuple(sorted(self.hashes)),
            licences=tuple(sorted(self.licences)),
            aliases=tuple(sorted(self.aliases)),
            locations=tuple(sorted(self.locations, key=_place)),
            resolved=min(self.resolved, default=None),
        )


def _place(location: Location) -> tuple[str, int, int]:
    return location.path, location.line or 0, location.column or 0


def resolve(parsed: Iterable[tuple[str, Parsed]], links: Mapping[str, str]) -> tuple[Component, ...]:
    """Return every component of the target, sorted by purl.

    ``parsed`` is what each file said, with its path relative to the target; ``links`` maps the path of each link to
    the path that it points at, both relative to the target.
    """
    files = sorted(parsed, key=lambda item: item[0])
    if len(files) == 1 and _stands_alone(files[0][1]):
        return tuple(sorted(files[0][1].components, key=lambda component: component.purl))
    target = _Target(links, _pins(files))
    for path, content in files:
        target.add_components(path, content)
    target.add_installed([content for _, content in files])
    target.add_members(files)
    for path, content in files:
        target.answer(path, content)
    return target.freeze()


def _stands_alone(content: Parsed) -> bool:
    """One lockfile that says everything itself has nothing to be resolved against."""
    return content.directness and not (content.declarations or content.installed or content.hints)


def _pins(files: list[tuple[str, Parsed]]) -> dict[str, dict[str, set[str]]]:
    """Return for each file of PyPI the versions by name that constraints pin in the files that one run of pip reads.

    These are the files that includes bring together, whichever of them the run starts from.
    """
    together = {path: [path] for path, content in files if content.declarations or content.includes}
    for path, content in files:
        for include in content.includes:
            other = normpath(join(dirname(path), include.path))
            fewer, more = sorted((together[path], together.setdefault(other, [other])), key=len)
            if fewer is not more:
                more += fewer
                together.update(dict.fromkeys(fewer, more))
    pinned: dict[str, dict[str, set[str]]] = {}
    contents = dict(files)
    for group in {id(group): group for group in together.values()}.values():
        versions: defaultdict[str, set[str]] = defaultdict(set)
        for one in (one for path in group if path in contents for one in contents[path].declarations):
            if one.constraint and one.pinned and one.ecosystem == "pypi":
                versions[one.name].add(one.pinned)
        pinned |= dict.fromkeys(group, versions) if versions else {}
    return pinned


class _Target:
    """All components of a target while manifests, lockfiles and installed packages are brought together."""

    def __init__(self, links: Mapping[str, str], pins: Mapping[str, Mapping[str, set[str]]]) -> None:
        self.links = links
        self.pins = pins
        self.facts: dict[str, _Facts] = {}
        self.lockfiles: dict[tuple[str, str], list[tuple[str, dict[tuple[str, str], list[str]]]]] = defaultdict(list)
        self.vendored: set[tuple[str, str]] = set()
        self.silent: list[set[str]] = []
        self.answered: set[str] = set()
        self.packages: dict[str, str] = {}
        self.placed: dict[str, str] = {}
        self.distributions: dict[tuple[str, str], str] = {}
        self.members: dict[tuple[str, str], str] = {}
        self.twins: dict[tuple[str, str, str | None], list[str]] = defaultdict(list)

    def add(self, component: Component) -> _Facts:
        facts = self.facts.get(component.purl)
        if facts is None:
            facts = self.facts[component.purl] = _Facts(component)
        facts.add(component)
        return facts

    def add_components(self, path: str, content: Parsed) -> None:
        for component in content.components:
            self.add(component)
        if content.kind != "lockfile" or not content.components:
            return
        bindings: dict[tuple[str, str], list[str]] = defaultdict(list)
        for binding in content.bindings:
            bindings[binding.importer, binding.descriptor].append(binding.purl)
        ecosystem = content.components[0].ecosystem
        self.lockfiles[ecosystem, dirname(path)].append((dirname(path), bindings))
        folders = {local_path(component.purl) for component in content.components if component.source in _ON_DISK}
        self.vendored.update((dirname(path), folder) for folder in folders if folder)
        if not content.directness:
            self.silent.append({component.purl for component in content.components})

    def add_members(self, files: list[tuple[str, Parsed]]) -> None:
        """Note the members of npm workspaces: (folder of the root manifest, name) to the member's folder."""
        projects = {dirname(path): content.project for path, content in files if content.project}
        for path, content in files:
            root = dirname(path)
            for folder, name in projects.items() if content.workspaces else ():
                below = folder[len(root) + 1 :] if root else folder
                if folder != root and folder.startswith(root) and _is_member(below, content.workspaces):
                    self.members[root, name] = folder

    # --- installed packages ------------------------------------------------------------------------------------

    def add_installed(self, contents: list[Parsed]) -> None:
        """Place what is installed, then resolve what each package needs by where things lie."""
        for purl, facts in self.facts.items():
            self.twins[facts.component.ecosystem, facts.component.name, facts.component.version].append(purl)
        hints = defaultdict(list)
        for content in contents:
            for hint in content.hints:
                hints[hint.root].append(hint)
        placed: list[tuple[Installed, str]] = []
        for content in contents:
            for package in content.installed:
                component = package.component
                for hint in hints[package.root]:
                    component = component._replace(direct=component.direct or hint.direct)
                    if hint.source:
                        moved = purl_from(
                            component.ecosystem, component.name, component.version, hint.source, hint.where
                        )
                        component = component._replace(source=hint.source, purl=moved, resolved=hint.where)
                purl = self._locked_twin(component)
                self.add(component._replace(purl=purl))
                placed.append((package, purl))
                self.placed[package.root] = purl
                self._index(package, purl)
        for package, purl in placed:
            needed = (self._installed_need(package, name) for name, _ in package.needs)
            self.facts[purl].requires.update(other for other in needed if other and other != purl)

    def _locked_twin(self, component: Component) -> str:
        """Return the purl of the locked component that this installed one must be: same name and version."""
        if component.purl in self.facts or component.source is not Source.REGISTRY:
            return component.purl
        twins = self.twins.get((component.ecosystem, component.name, component.version), ())
        return twins[0] if len(twins) == 1 else component.purl

    def _index(self, package: Installed, purl: str) -> None:
        if package.component.ecosystem == "npm":
            self.packages[package.root] = purl
        else:
            self.distributions.setdefault((dirname(package.root), package.component.name), purl)

    def _installed_need(self, package: Installed, name: str) -> str | None:
        if package.component.ecosystem == "npm":
            return self._from_node_modules(package.root, name)
        return self.distributions.get((dirname(package.root), name))

    def _from_node_modules(self, folder: str, name: str) -> str | None:
        """Resolve ``name`` as Node does: in node_modules of the folder, then of each folder above it."""
        while True:
            if not folder.endswith("node_modules"):
                place = f"{folder}/node_modules/{name}" if folder else f"node_modules/{name}"
                purl = self.packages.get(self.links.get(place, place))
                if purl:
                    return purl
            if not folder:
                return None
            folder = dirname(folder)

    # --- declarations ------------------------------------------------------------------------------------------

    def answer(self, path: str, content: Parsed) -> None:
        """Find out which component each declaration means, and mark it as asked for.

        What a manifest asks for is direct; what a wheel or a source archive asks for, it requires.
        """
        whole = content.installed[0].root if content.kind == "artifact" and content.project else None
        artifact = self.placed.get(whole) if whole else None
        for wanted in content.declarations:
            if wanted.constraint:
                continue
            purls = self._from_lockfiles(path, wanted)
            for meant in () if purls else self._narrowed(path, wanted):
                found = self._as_pinned(meant, self._from_installed(path, meant))
                purls = purls + (found or [self.add(_declared(self._as_member(path, meant))).component.purl])
            for purl in purls:
                self._answered(purl, wanted, artifact)

    def _answered(self, purl: str, wanted: Declaration, artifact: str | None) -> None:
        """Note that a declaration means a component: one that the project asks for, or that an artifact requires."""
        facts = self.facts[purl]
        if artifact is None:
            facts.direct = True
            self.answered.add(purl)
        elif purl != artifact:
            self.facts[artifact].requires.add(purl)
        if artifact is None or not facts.component.locations:
            facts.locations.add(wanted.location)
        if artifact is None or facts.component.version is None:
            facts.scopes.update(wanted.scopes)

    def _narrowed(self, path: str, wanted: Declaration) -> list[Declaration]:
        """Return what a declaration means with the constraints on it: one for each version that they pin."""
        versions = self.pins.get(path, {}).get(wanted.name, ()) if _is_open(wanted) else ()
        if not 1 <= len(versions) <= MAX_PINS:
            return [wanted]
        return [wanted._replace(pinned=version) for version in sorted(versions)]

    def _from_lockfiles(self, path: str, wanted: Declaration) -> list[str]:
        name = wanted.alias or wanted.name
        descriptors = (f"{name}@{wanted.requirement}", name)
        folder = manifest = dirname(path)
        manifest_name = path.rpartition("/")[2]
        while True:
            for place, bindings in self.lockfiles.get((wanted.ecosystem, folder), ()):
                importer = manifest[len(place) + 1 :] if place else manifest
                importers = (importer, "*", "") if (place, manifest) in self.vendored else (importer, "*")
                if folder == manifest:
                    importers = (manifest_name, *importers)
                for key in ((who, what) for who in importers for what in descriptors):
                    if found := [purl for purl in bindings.get(key, ()) if self._is_meant(wanted, purl)]:
                        return found if manifest_name in _LOCKED_MANIFESTS else self._as_pinned(wanted, found)
            if not folder:
                return []
            folder = dirname(folder)

    def _is_meant(self, wanted: Declaration, purl: str) -> bool:
        """Say whether a component can be what is wanted: of an alias (``npm:real@1``) only what bears the real name."""
        facts = self.facts.get(purl)
        return facts is not None and (wanted.alias is None or facts.component.name == wanted.name)

    def _as_member(self, path: str, wanted: Declaration) -> Declaration:
        """Return what a declaration means if a workspace above it has a member of that name, else itself."""
        folder = dirname(path)
        while wanted.ecosystem == "npm" and wanted.source is Source.REGISTRY:
            if (folder, wanted.name) in self.members:
                where = self.members[folder, wanted.name]
                return wanted._replace(source=Source.WORKSPACE, where=where, pinned=None)
            if not folder:
                break
            folder = dirname(folder)
        return wanted

    def _as_pinned(self, wanted: Declaration, purls: list[str]) -> list[str]:
        """Leave out what does not have the version that is pinned: an install from this manifest brings another."""
        return [purl for purl in purls if wanted.pinned in (None, self.facts[purl].component.version)]

    def _from_installed(self, path: str, wanted: Declaration) -> list[str]:
        if wanted.ecosystem == "npm":
            found = self._from_node_modules(dirname(path), wanted.alias or wanted.name)
            return [found] if found and self._is_meant(wanted, found) else []
        return sorted({purl for (_, name), purl in self.distributions.items() if name == wanted.name})

    # --- the end -----------------------------------------------------------------------------------------------

    def freeze(self) -> tuple[Component, ...]:
        self._mark_roots()
        self._spread_scopes()
        return tuple(self.facts[purl].freeze() for purl in sorted(self.facts))

    def _mark_roots(self) -> None:
        """Without a manifest, what nothing else in a lockfile requires is what the project asked for."""
        for purls in self.silent:
            if self.answered.isdisjoint(purls):
                required = {other for purl in purls for other in self.facts[purl].requires if other != purl}
                for purl in purls - required:
                    self.facts[purl].direct = True

    def _spread_scopes(self) -> None:
        """Give components whose input names no scope the scopes of those that bring them in."""
        silent = {purl for purl, facts in self.facts.items() if not facts.scopes}
        for scope in Scope:
            pending = [purl for purl, facts in self.facts.items() if purl not in silent and scope in facts.scopes]
            seen = set(pending)
            while pending:
                for other in self.facts[pending.pop()].requires:
                    if other in silent and other not in seen:
                        seen.add(other)
                        pending.append(other)
            for purl in seen & silent:
                self.facts[purl].scopes.add(scope)


def _is_open(wanted: Declaration) -> bool:
    return wanted.ecosystem == "pypi" and wanted.source is Source.REGISTRY and wanted.pinned is None


def _is_member(folder: str, patterns: Iterable[str]) -> bool:
    """Say whether npm's ``workspaces`` patterns take a folder in; the last pattern that matches it decides."""
    taken = False
    for pattern in patterns:
        plain = pattern.removeprefix("!").removeprefix("./").rstrip("/")
        if fnmatchcase(folder, plain) and ("**" in plain or plain.count("/") == folder.count("/")):
            taken = not pattern.startswith("!")
    return taken


def _declared(wanted: Declaration) -> Component:
    """Return the component of a declaration that nothing answers: exact if it is pinned, else without a version."""
    return Component(
        purl=purl_from(wanted.ecosystem, wanted.name, wanted.pinned, wanted.source, wanted.where),
        ecosystem=wanted.ecosystem,
        name=wanted.name,
        version=wanted.pinned,
        source=wanted.source,
        hashes=wanted.hashes,
        resolved=without_credentials(wanted.where) if wanted.where else None,
        aliases=(wanted.alias,) if wanted.alias else (),
        requirement=None if wanted.pinned else without_credentials(wanted.requirement),
    )
