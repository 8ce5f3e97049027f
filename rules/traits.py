"""What a version of a package has that the next may not have had: what runs by itself, what it can do, whom it names.

A trait is known by its kind and by what it is of, neither of which changes when lines move or a version is bumped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assay.rules.behaviour import UNASKED, code_of
from assay.rules.lifecycle import COMMAND
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import CallFact
    from assay.scanner.models import Location, Package

CAPABILITIES = {
    "process": "starts processes", "install": "installs packages", "network": "uses the network",
    "download": "uses the network", "dns": "asks the name service", "listen": "opens a port",
    "native": "loads native code", "code": "executes text as code", "compile": "executes text as code",
    "persist": "has itself started again", "deserialise": "makes objects of foreign bytes",
    "environment": "reads the environment", "credential": "reads credentials", "clipboard": "reads the clipboard",
    "keys": "listens to keys", "screen": "takes pictures of the screen", "identity": "asks who and where the user is",
}  # fmt: skip
"""What a call can do, by the vocabulary's kind of sink or source."""

OBFUSCATION = frozenset({"names", "packed", "off-screen", "unicode", "blanks"})
"""Families of marks that say that code is not meant to be read."""

_BINARY = frozenset({"elf", "pe", "mach-o", "dos", "java-class", "pyc", "wasm"})
_NATIVE = lazy(r"\.(?:node|so(?:\.\d+)*|dll|dylib|pyd|exe|com|scr|msi|wasm|pyc|jar|class|bin|o|a|lib)\Z", re.IGNORECASE)
_HOST = lazy(
    r"(?:https?|wss?|ftp)://(?:[^/@\s\"']*@)?([A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,24}|\d{1,3}(?:\.\d{1,3}){3})"
)
_EXAMPLE = lazy(r"(?:^|\.)(?:example|invalid|localhost|test|local)(?:\.(?:com|org|net))?\Z|^127\.|^0\.0\.0\.0")
_SCHEMA = lazy(r"(?:^|\.)(?:w3\.org|json-schema\.org|schema\.org)\Z")


class Trait(NamedTuple):
    """Something that a package has: its kind, what it is of, and where it shows and when that runs."""

    kind: str
    name: str
    location: Location
    trigger: str = ""
    shown: str = ""


def traits(package: Package) -> dict[tuple[str, str, bool], Trait]:
    """Return what a package has by kind, name, and whether it runs unasked; the first place of each counts."""
    found: dict[tuple[str, str, bool], Trait] = {}
    for trait in _all(package):
        found.setdefault((trait.kind, trait.name, trait.trigger in UNASKED), trait)
    return found


def _all(package: Package) -> Iterator[Trait]:
    manifest = package.place("package.json" if package.ecosystem == "npm" else "")
    yield from _scripts(package)
    for path in package.startup:
        yield Trait("startup", path.rpartition("/")[2], package.place(path), "startup", path)
    for point in package.entry_points:
        if point.group in ("bin", "console_scripts", "gui_scripts"):
            yield Trait("command", point.name, manifest)
    for person in package.people:
        yield Trait("person", person, manifest)
    for file in package.files:
        if file.kind in _BINARY or _NATIVE.search(file.path):
            yield Trait("binary", file.path, package.place(file.path), shown=file.kind)
    yield from _marks(package)
    yield from _of_code(package)


def _scripts(package: Package) -> Iterator[Trait]:
    """Yield what npm runs; a build file without a script means one (npm's documentation, page scripts)."""
    manifest = package.place("package.json")
    for name, line in package.lifecycle:
        yield Trait("script", f"{name}: {line}", manifest, "install", line)
    if package.ecosystem == "npm" and {name for name, _ in package.lifecycle}.isdisjoint(("install", "preinstall")):
        for file in package.files:
            if file.path == "binding.gyp":
                yield Trait("script", "install: node-gyp rebuild", package.place(file.path), "install", "binding.gyp")


def _marks(package: Package) -> Iterator[Trait]:
    modules = {module.path: module for module in package.code.modules} if package.code else {}
    for path, marks in package.code.marks if package.code else ():
        trigger = modules[path].trigger if path in modules else "call"
        for mark in marks:
            family = mark.kind.partition(":")[0]
            if family in OBFUSCATION and trigger != "test":
                place = package.place(path)._replace(line=mark.place.line, column=mark.place.column)
                yield Trait("obfuscation", family, place, trigger, mark.detail)


def _of_code(package: Package) -> Iterator[Trait]:
    code = code_of(package)
    for call in code.facts.calls if code.facts else ():
        seen = code.seen(call.where)
        if seen.trigger == "test" or seen.dead:
            continue
        place = package.place(seen.path)._replace(line=seen.place.line, column=seen.place.column)
        for kind in call.kinds:
            if kind in CAPABILITIES and call.name != COMMAND:
                yield Trait("capability", CAPABILITIES[kind], place, seen.trigger, call.name)
        for host in _hosts(call):
            yield Trait("host", host, place, seen.trigger, call.name)


def _hosts(call: CallFact) -> Iterator[str]:
    for argument in (*call.arguments, *call.receiver):
        for text in argument.value.strings:
            for match in _HOST.finditer(text):
                host = match[1].lower().rstrip(".")
                if not _EXAMPLE.search(host) and not _SCHEMA.search(host):
                    yield host
