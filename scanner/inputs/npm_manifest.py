"""What a package.json says of the package's own content: what is started, what it is for, what it carries along.

Format: npm's documentation, page package-json; https://nodejs.org/api/packages.html for ``exports``. Values of another
type than they should have are left out, as npm and Node do.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 1_000
"""Commands, targets or names of one manifest that are looked at; real ones have up to about 300."""

_LONGEST = 1_024
"""Characters of a path; longer ones cannot be files."""


class NpmManifest(NamedTuple):
    """``bins`` are (command, path) and ``exports`` paths, both as written; ``bundled`` the names of what it carries.

    ``platforms`` are what ``os``, ``cpu`` and ``libc`` confine it to. ``name`` and ``version`` are "" if there is none.
    ``people`` are its author, maintainers and contributors, ``lifecycle`` the scripts that run when it is installed.
    ``repository`` is where its source is, "" if it does not say so.
    """

    name: str
    version: str
    main: str = ""
    bins: tuple[tuple[str, str], ...] = ()
    exports: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    bundled: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    lifecycle: tuple[tuple[str, str], ...] = ()
    repository: str = ""


def read_manifest(manifest: dict[str, Any]) -> NpmManifest:
    """Return what an object says; nothing is too odd to be read."""
    name = _text(manifest, "name")
    return NpmManifest(
        name,
        _text(manifest, "version"),
        _text(manifest, "main"),
        tuple(sorted(set(islice(_bins(manifest, name), MOST)))) if "bin" in manifest else (),
        tuple(sorted(set(islice(_targets(manifest["exports"]), MOST)))) if "exports" in manifest else (),
        tuple(sorted({one for key in ("cpu", "libc", "os") if key in manifest for one in _texts(manifest[key])})),
        _bundled(manifest),
        _people(manifest),
        _lifecycle(manifest),
        _repository(manifest),
    )


def _text(manifest: dict[str, Any], key: str) -> str:
    value = manifest.get(key)
    return value if isinstance(value, str) and len(value) <= _LONGEST else ""


def _texts(value: Any) -> Iterator[str]:
    """Yield the strings of a list, or a string alone."""
    some = value if isinstance(value, list) else [value]
    return islice((one for one in some if isinstance(one, str) and len(one) <= _LONGEST), MOST)


def _bins(manifest: dict[str, Any], name: str) -> Iterator[tuple[str, str]]:
    """Yield each command with its file; a string alone is the command of the package's own name."""
    value = manifest.get("bin")
    if isinstance(value, str):
        value = {name.rpartition("/")[2]: value}
    if isinstance(value, dict):
        for command, target in value.items():
            if isinstance(target, str) and max(len(target), len(command)) <= _LONGEST:
                yield command, target


def _targets(value: Any) -> Iterator[str]:
    """Yield the paths of ``exports``, whatever the conditions."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            if len(one) <= _LONGEST:
                yield one
        elif isinstance(one, dict):
            pending += one.values()
        elif isinstance(one, list):
            pending += one


def _bundled(manifest: dict[str, Any]) -> tuple[str, ...]:
    """Return what npm packs along: a list of names, or ``true`` for all that is depended on."""
    value = manifest.get("bundleDependencies", manifest.get("bundledDependencies"))
    if value is True:
        value = list(needed) if isinstance(needed := manifest.get("dependencies"), dict) else []
    return tuple(sorted(set(_texts(value)))) if isinstance(value, list) else ()


def _people(manifest: dict[str, Any]) -> tuple[str, ...]:
    """Return those whom the manifest names, each by its address, account or name, in lower case.

    Forms: npm's documentation, page package-json, "people fields": an object, or ``Name <address> (site)``.
    """
    found = set()
    for key in ("author", "maintainers", "contributors", "_npmUser"):
        value = manifest.get(key)
        for one in islice(value if isinstance(value, list) else [value], MOST):
            text = _person(one)
            address = text.partition("<")[2].partition(">")[0]
            found.add((address or text.partition("(")[0]).strip().lower())
    return tuple(sorted(found - {""}))


def _person(value: Any) -> str:
    parts = [value.get(key) for key in ("email", "username", "name")] if isinstance(value, dict) else [value]
    return next((part[:_LONGEST] for part in parts if isinstance(part, str)), "")


LIFECYCLE = ("preinstall", "install", "postinstall")
"""Scripts that npm runs when it installs a package from a registry."""


def _lifecycle(manifest: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    scripts = manifest.get("scripts")
    given = scripts if isinstance(scripts, dict) else {}
    return tuple((name, line[:_LONGEST]) for name in LIFECYCLE if isinstance(line := given.get(name), str) and line)


def _repository(manifest: dict[str, Any]) -> str:
    value = manifest.get("repository")
    return _text(value, "url") if isinstance(value, dict) else _text(manifest, "repository")
