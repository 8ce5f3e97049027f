"""The rows of an organisation's tables, from what a person, a CSV file or another tool wrote.

One pure function for each kind of row. It returns the row in the spelling in which it is stored, so that giving a
stored row to it again gives the same row: by that a table is checked when a pack is imported. Every one raises
``UsageError`` with one line that names what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from assay.corpus import shapes
from assay.corpus.indicators import IndicatorEntry
from assay.corpus.lists import HostEntry, ListEntry
from assay.corpus.shapes import shown
from assay.scanner.errors import UsageError
from assay.scanner.knowledge import IndicatorKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.models import Ecosystem

SHORTEST_STRING, LONGEST_STRING = 4, 1000
_HEX = frozenset("0123456789abcdef")
_DIGEST_NAMES = {32: "an MD5", 40: "a SHA-1", 96: "a SHA-384", 128: "a SHA-512"}
_SHORTEST_PREFIX = 2


def indicator(
    kind: str, value: str, versions: str = "", reason: str = "", reference: str = "", expires: str = ""
) -> IndicatorEntry:
    """Return an indicator of compromise.

    ``kind`` is one of ``IndicatorKind``. ``value`` of a package is ``npm:NAME``, ``npm:NAME@VERSIONS`` or a package URL
    ``pkg:npm/NAME@VERSION`` (likewise pypi); without versions, here or there, it stands for the whole package. Of a
    file it is a SHA-256, of the other kinds what ``Indicator`` says; addresses may be defanged. ``reference`` is an
    http(s) URL or "", ``expires`` the last day that counts, YYYY-MM-DD, or "".

    Raises:
        UsageError: one of them is not of its shape.
    """
    try:
        known = IndicatorKind(kind.strip().lower())
    except ValueError:
        kinds = ", ".join(IndicatorKind)
        raise UsageError(f"indicator kind {shown(kind)}: choose one of {kinds}") from None
    if known is IndicatorKind.PACKAGE:
        value, versions = _package(value, versions)
    elif versions.strip():
        raise UsageError(f"versions: a {known} has none")
    else:
        value, versions = _NORMAL[known](value), ""
    return IndicatorEntry(
        known,
        value,
        versions,
        shapes.line(reason, "reason", shapes.LONGEST_REASON),
        shapes.url(reference, "reference", shapes.WEB) if reference.strip() else "",
        shapes.day(expires),
    )


def _package(value: str, versions: str) -> tuple[str, str]:
    """Return ``ecosystem:name`` and versions; both places may name the versions if they say the same."""
    ecosystem, name, named = _of_purl(value.strip()) if value.strip().startswith("pkg:") else _of_label(value.strip())
    name = shapes.package_name(ecosystem, name)
    wanted = {shapes.versions(ecosystem, text) for text in (named, versions) if text.strip()}
    if len(wanted) > 1:
        raise UsageError(f"package {shown(value)}: two different versions are given")
    return f"{ecosystem}:{name}", wanted.pop() if wanted else shapes.EVERY_VERSION


def _of_label(value: str) -> tuple[Ecosystem, str, str]:
    """Read ``npm:@scope/name@range``; the @ of a scope is the first character of the name."""
    prefix, colon, rest = value.partition(":")
    if not colon:
        raise UsageError(f"package {shown(value)}: not npm:NAME or pypi:NAME")
    return shapes.ecosystem(prefix), *_split(rest)


def _of_purl(value: str) -> tuple[Ecosystem, str, str]:
    """Read ``pkg:npm/%40scope/name@1.0.0`` (https://github.com/package-url/purl-spec)."""
    type_, slash, rest = value.removeprefix("pkg:").strip("/").partition("/")
    if not slash or "?" in rest or "#" in rest:
        raise UsageError(f"package {shown(value)}: not pkg:npm/NAME@VERSION or pkg:pypi/NAME@VERSION")
    name, version = _split(rest)
    return shapes.ecosystem(type_.lower()), unquote(name), unquote(version)


def _split(text: str) -> tuple[str, str]:
    """Return name and versions; an @ at the start belongs to a scope."""
    at = text.rfind("@")
    return (text[:at], text[at + 1 :]) if at > 0 else (text, "")


def _file(value: str) -> str:
    digest = value.strip().lower().removeprefix("sha256:")
    if not _HEX.issuperset(digest) or len(digest) != 64:
        other = _DIGEST_NAMES.get(len(digest), "")
        hint = f" (this looks like {other})" if other and _HEX.issuperset(digest) else ""
        raise UsageError(f"file {shown(digest)}: not a SHA-256 of 64 hex digits{hint}")
    return digest


def _string(value: str) -> str:
    return shapes.verbatim(value, "string", SHORTEST_STRING, LONGEST_STRING)


_NORMAL: dict[IndicatorKind, Callable[[str], str]] = {
    IndicatorKind.FILE: _file,
    IndicatorKind.DOMAIN: shapes.domain,
    IndicatorKind.URL: shapes.url,
    IndicatorKind.EMAIL: shapes.email,
    IndicatorKind.STRING: _string,
}


def list_entry(ecosystem: str, name: str, versions: str, reason: str, expires: str = "") -> ListEntry:
    """Return an entry of a deny or allow list. ``versions`` is never left out: "*" stands for all.

    Raises:
        UsageError: one of them is not of its shape.
    """
    where = shapes.ecosystem(ecosystem)
    return ListEntry(
        where,
        shapes.package_name(where, name),
        shapes.versions(where, versions),
        shapes.line(reason, "reason", shapes.LONGEST_REASON),
        shapes.day(expires),
    )


def internal_name(text: str) -> tuple[Ecosystem, str]:
    """Return ecosystem and name of ``npm:NAME``, ``npm:@scope/*``, ``npm:prefix-*``, ``pypi:NAME``, ``pypi:prefix-*``.

    A name that ends in ``*`` stands for all names that start so.

    Raises:
        UsageError: none of these, or a prefix so short that it says nothing.
    """
    prefix, colon, name = text.strip().partition(":")
    if not colon:
        raise UsageError(f"internal name {shown(text.strip())}: not npm:NAME or pypi:NAME")
    where = shapes.ecosystem(prefix)
    if not name.endswith("*"):
        return where, shapes.package_name(where, name)
    start = name[:-1]
    scope, slash, bare = start.rpartition("/")
    if slash and not bare and shapes.package_name(where, f"{scope}/x"):
        return where, f"{scope}/*"
    # With a letter after it the prefix must be a name; so "acme-" is a good one, "@acme" and "*" are none.
    whole = shapes.package_name(where, start + "x")
    if len(bare) < _SHORTEST_PREFIX:
        raise UsageError(f"internal name {shown(name)}: a prefix of fewer than {_SHORTEST_PREFIX} characters")
    return where, f"{whole[:-1]}*"


def scope_of(name: str) -> str | None:
    """Return the npm scope ("@corp") that a name of ``internal_name`` stands for in whole, None for any other."""
    scope, slash, rest = name.rpartition("/")
    return scope if slash and rest == "*" else None


def npm_scope(text: str) -> str:
    """Return an npm scope with its "@".

    Raises:
        UsageError: not a scope.
    """
    scope = text.strip()
    if not scope.startswith("@") or "/" in scope:
        raise UsageError(f"scope {shown(scope)}: not an npm scope such as @corp")
    return shapes.package_name("npm", f"{scope}/x").removesuffix("/x")


def registry_host(ecosystem: str, host: str, scope: str = "") -> HostEntry:
    """Return a host that packages of an ecosystem may come from: all, or those of one npm scope.

    Raises:
        UsageError: one of them is not of its shape.
    """
    where = shapes.ecosystem(ecosystem)
    if scope.strip() and where != "npm":
        raise UsageError(f"scope {shown(scope.strip())}: only npm has scopes")
    return HostEntry(where, shapes.host(host), npm_scope(scope) if scope.strip() else "")
