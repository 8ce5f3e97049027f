"""Installed distributions: ``*.dist-info`` and ``*.egg-info`` by their METADATA, PKG-INFO, direct_url.json, REQUESTED.

Formats: https://packaging.python.org/en/latest/specifications/core-metadata/,
https://packaging.python.org/en/latest/specifications/recording-installed-packages/ and
https://packaging.python.org/en/latest/specifications/direct-url/ (PEP 610). The headers are read here rather than by
the email package: only a few are wanted, and its answers differ between Python versions.
"""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING, Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import Collector, refused
from assay.scanner.inputs.parsed import Hint, Installed, Parsed
from assay.scanner.inputs.pypi import identify, is_address, is_printable, is_version, leading_name, version_control
from assay.scanner.inputs.text import MAX_BYTES, load_json
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Component, Gap, Location, Scope, Source
from assay.scanner.purl import purl_from, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_LICENCE = 100
"""Characters of a License field that is taken for a licence's name; longer ones are its text."""

_WANTED = frozenset(
    {"name", "version", "license", "license-expression", "classifier", "requires-dist", "root-is-purelib", "tag",
     "author", "author-email", "maintainer", "maintainer-email", "home-page", "project-url"}
)  # fmt: skip
"""Headers of METADATA, PKG-INFO and WHEEL that are kept, in lower case."""
_BLANK_LINE = lazy(rb"(?:\A|\r?\n)\r?\n")
_EXTRA = lazy(r"\bextra\b")
_IN_SITE_PACKAGES = lazy(r"(?:^|/)(?:site|dist)-packages/")
_LICENCE_CLASSIFIER = "License :: "
_BARE_CLASSIFIERS = frozenset({"OSI Approved", "Freely Distributable", "Other/Proprietary License"})

Headers = dict[str, list[str]]
"""Header values by lower-case name, in order."""


def parse(data: bytes, path: str) -> Parsed:
    """Read one metadata file of an installed distribution: a package, or a hint at how it came here."""
    name = path.rpartition("/")[2]
    if name == "direct_url.json":
        return _direct_url(data, path)
    if name == "REQUESTED":
        return Parsed("installed", hints=(Hint(dirname(path), direct=True),))
    return _metadata(data, path)


def _metadata(data: bytes, path: str) -> Parsed:
    found = Collector("pypi", path)
    headers = read_headers(data, found)
    root = path if path.endswith(".egg-info") else dirname(path)
    name = identify(first(headers, "name"))
    version = first(headers, "version")
    if name is None or not is_version(version):
        missing = "Name" if name is None else "Version"
        found.gap("no-version" if name else "bad-name", f"no valid {missing}")
        return Parsed("installed", gaps=found.gaps())
    own = root.endswith(".egg-info") and not _IN_SITE_PACKAGES.search(path)
    source, where = (Source.WORKSPACE, dirname(root) or ".") if own else (Source.REGISTRY, None)
    component = Component(
        purl=purl_from("pypi", name, version, source, where),
        ecosystem="pypi",
        name=name,
        version=version,
        source=source,
        licences=licences_of(headers),
        locations=(Location(path),),
    )
    needs = {needed for text in headers.get("requires-dist", ()) if (needed := _need(text, found))}
    installed = Installed(root, component, tuple((needed, Scope.PROD) for needed in sorted(needs)))
    return Parsed("installed", installed=(installed,), gaps=found.gaps())


def read_headers(data: bytes, found: Collector) -> Headers:
    """Read ``Key: value`` lines up to the first blank one; a line that begins with a blank continues the last value."""
    end = _BLANK_LINE.search(data, 0, MAX_BYTES)
    if end is None and len(data) > MAX_BYTES:
        found.gap("too-large", f"headers of more than {MAX_BYTES} bytes")
    head = data[: end.start() if end else MAX_BYTES].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    headers: Headers = {}
    current: list[str] | None = None
    for line in head.replace("\r\n", "\n").split("\n"):
        if line[:1] in (" ", "\t"):
            if current and len(current[-1]) <= MAX_LICENCE:
                current[-1] += "\n" + line.strip()
            continue
        key, colon, value = line.partition(":")
        lowered = key.strip().lower()
        current = headers.setdefault(lowered, []) if colon and lowered in _WANTED else None
        if current is not None:
            current.append(value.strip())
    return headers


def first(headers: Headers, name: str) -> str:
    """Return the first value of a header, "" if it is not there."""
    return next(iter(headers.get(name, ())), "")


def _need(text: str, found: Collector) -> str | None:
    """Return the name of a Requires-Dist, None if only an extra wants it."""
    specifier, _, marker = text.partition(";")
    if _EXTRA.search(marker):
        return None
    name = leading_name(specifier)
    if name is None:
        found.gap("bad-name", "a Requires-Dist without a valid name")
    return name


def licences_of(headers: Headers) -> tuple[str, ...]:
    """Return what the metadata says of licences: the expression, else a short License, else the classifiers."""
    for key in ("license-expression", "license"):
        text = first(headers, key)
        if text and text.upper() != "UNKNOWN" and len(text) <= MAX_LICENCE and is_printable(text):
            return (text,)
    return tuple(sorted(set(_classified(headers.get("classifier", ())))))


def _classified(classifiers: Iterable[str]) -> Iterable[str]:
    for text in classifiers:
        name = text.rpartition(" :: ")[2]
        known = text.startswith(_LICENCE_CLASSIFIER) and name not in _BARE_CLASSIFIERS
        if known and len(name) <= MAX_LICENCE and is_printable(name):
            yield name


def _direct_url(data: bytes, path: str) -> Parsed:
    try:
        document = load_json(data)
        if not isinstance(document.value, dict):
            raise ParseError("wrong-type", "not an object")
    except ParseError as error:
        return refused("installed", path, error)
    found = Collector("pypi", path)
    origin = _origin(document.value, found)
    hints = (Hint(dirname(path), source=origin[0], where=origin[1]),) if origin else ()
    notes: tuple[Gap, ...] = document.gaps(path)
    return Parsed("installed", hints=hints, gaps=notes + found.gaps())


def _origin(document: dict[str, Any], found: Collector) -> tuple[Source, str] | None:
    """Return where PEP 610 says that a distribution was installed from."""
    url = found.text(document, "url")
    if url is None or not is_address(url) or not is_printable(url):
        found.gap("bad-address", "url: not an address")
        return None
    url = without_credentials(url)
    subdirectory = found.text(document, "subdirectory")
    if subdirectory is not None and not is_printable(subdirectory):
        found.gap("bad-address", "subdirectory: with control characters")
        subdirectory = None
    vcs = found.mapping(document, "vcs_info")
    if vcs:
        commit = found.text(vcs, "commit_id", "vcs_info")
        kind = found.text(vcs, "vcs", "vcs_info")
        kind = kind if kind in ("git", "hg", "svn", "bzr") else "git"
        if commit is not None and not is_version(commit):
            found.gap("bad-address", "vcs_info.commit_id: not a commit")
            commit = None
        return Source.GIT, version_control(f"{kind}+{url}", commit, subdirectory)
    where = url + (f"#subdirectory={subdirectory}" if subdirectory else "")
    if not url.lower().startswith("file:"):
        return Source.URL, where
    editable = found.mapping(document, "dir_info").get("editable") is True
    return (Source.LINK if editable else Source.FILE), where


def people_of(headers: Headers) -> tuple[str, ...]:
    """Return the authors and maintainers, each by its address or, without one, by name; sorted, in lower case."""
    addresses = {
        one.lower() for key in ("author-email", "maintainer-email") for one in _addresses(headers.get(key, []))
    }
    names = {
        " ".join(one.split()).lower()
        for key in ("author", "maintainer")
        for text in headers.get(key, [])
        for one in text[:MAX_PEOPLE].split(",")
        if one.strip()
    }
    return tuple(sorted(addresses or names))


def _addresses(texts: list[str]) -> Iterable[str]:
    return (match[0] for text in texts for match in _ADDRESS.finditer(text[:MAX_PEOPLE]))


MAX_PEOPLE = 4_000
"""Characters of a field of authors that are read."""

_ADDRESS = lazy(r"[^\s<>,;\"'()]{1,100}@[^\s<>,;\"'()]{1,200}")

MAX_PLACES = 100
"""Addresses of one distribution that are read; real ones name up to about 20."""


def places_of(headers: Headers) -> tuple[str, ...]:
    """Return the addresses of a project: its home page and those under a label (``Source, https://…``); sorted."""
    texts = [text.partition(",")[2].strip() for text in headers.get("project-url", [])[:MAX_PLACES]]
    return tuple(sorted({text for text in (first(headers, "home-page"), *texts) if text}))
