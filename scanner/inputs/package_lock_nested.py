"""The nested ``dependencies`` of package-lock versions 1 and 2, laid flat into the shape of ``packages``.

Format: npm's documentation, page package-lock-json.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner.inputs.collect import shown
from assay.scanner.inputs.json_lines import key_lines
from assay.scanner.inputs.npm_fields import is_name
from assay.scanner.inputs.npm_specifier import is_archive, specifier
from assay.scanner.inputs.text import MAX_DEPTH
from assay.scanner.models import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.scanner.inputs.npm_lock import NpmLock

MAX_LOCATION = 2048
"""Characters of a folder below the project; the deepest trees of npm 2, which nested everything, had about 1,000."""

_AS_THEY_ARE = ("integrity", "dev", "optional", "peer", "license")


def flattened(lock: NpmLock, document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return location (``node_modules/a/node_modules/b``) to entry as ``packages`` of version 3 would have it."""
    result: dict[str, dict[str, Any]] = {}
    pending = [("", document)]
    while pending:
        above, holder = pending.pop()
        for name, entry in lock.mapping(holder, "dependencies", above).items():
            location = f"{above}/node_modules/{name}" if above else f"node_modules/{name}"
            if not is_name(name):
                lock.gap("bad-name", f"{shown(f'{above}.dependencies.{name}')}: not the name of an npm package")
            elif not isinstance(entry, dict):
                lock.wrong_type(f"{above}.dependencies", name, "an object")
            elif len(location) > MAX_LOCATION:
                lock.gap("bad-location", f"dependencies: nested to more than {MAX_LOCATION} characters of folders")
            else:
                result[location] = _as_package(lock, location, name, entry)
                pending.append((location, entry))
    return result


def _as_package(lock: NpmLock, location: str, name: str, entry: dict[str, Any]) -> dict[str, Any]:
    package = {key: entry[key] for key in _AS_THEY_ARE if key in entry}
    if not isinstance(entry.get("requires"), bool):
        package["dependencies"] = lock.mapping(entry, "requires", location)
    if "resolved" in entry:
        package["resolved"] = entry["resolved"]
    version = entry.get("version")
    if not isinstance(version, str) or (version[:1].isdecimal() and "/" not in version):
        return package | {"version": version} if "version" in entry else package
    meant = specifier(name, version)
    if meant.source is Source.REGISTRY:
        return package | {"name": meant.name, "version": meant.pinned or version}
    if meant.source is Source.FILE and not is_archive(version):
        return package | {"link": True, "resolved": version.removeprefix("file:")}
    return package | {"resolved": version}


def nested_lines(data: bytes) -> dict[str, int]:
    """Return the line of each entry by its location."""
    return {
        "node_modules/" + "/node_modules/".join(path[1::2]): line
        for path, line in key_lines(data, MAX_DEPTH).items()
        if len(path) % 2 == 0 and set(path[::2]) == {"dependencies"}
    }


def differing(nested: Mapping[str, dict[str, Any]], packages: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the nested entries that ``packages`` does not list as the same package in the same place."""
    places: dict[str, str] = {}
    result = {}
    for location, entry in nested.items():
        above, _, name = location.rpartition("node_modules/")
        place = f"{places[above[:-1]]}/node_modules/{name}" if above else location
        listed = packages.get(place)
        if isinstance(listed, dict) and listed.get("link") is True:
            place = str(listed.get("resolved"))
        places[location] = place
        if not isinstance(listed, dict) or not _is_same(name, entry, listed):
            result[location] = entry
    return result


def _is_same(name: str, entry: Mapping[str, Any], listed: Mapping[str, Any]) -> bool:
    """Compare by name and version, what has none by its address, for version 1 does not tell the rest."""
    if "version" in entry:
        return bool(entry["version"] == listed.get("version") and entry.get("name", name) == listed.get("name", name))
    return bool(listed.get("link") is True or entry.get("resolved") == listed.get("resolved"))
