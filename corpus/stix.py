"""Indicators as a STIX 2.1 bundle, for exchange with other tools.

STIX 2.1: https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html (§4.7 Indicator, §9 patterns). Each kind of
indicator has one spelling, which ``render`` writes and ``parse`` reads:

=========  ======================================================================================================
package    ``[software:x_purl = 'pkg:npm/name@1.0.0']``: STIX has no object for packages, so this is a custom property
           (§11.2) of Software that holds a package URL; without a version it stands for the whole package. A range
           stands, percent-encoded, where the version would
file       ``[file:hashes.'SHA-256' = '…']``
domain     ``[domain-name:value = '…']``, of an IPv4 address ``[ipv4-addr:value = '…']``
url        ``[url:value = '…']``
email      ``[email-addr:value = '…']``
string     ``[artifact:payload_bin MATCHES '…']`` with a regular expression that is the text, escaped: other operators
           would speak of the whole content
=========  ======================================================================================================

``parse`` takes as well: several of these joined by OR, ``IN`` with a list, ``file:content_ref.payload_bin``, hashes of
an artifact, and content that is given whole (``payload_bin = b'…'``), which becomes the hash of a file. All else is
named in ``Imported.skipped``. Objects that are no indicators say nothing that could be looked for.
"""

from __future__ import annotations

import datetime
import json
import re
import uuid
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from assay.corpus import canonical, entries, shapes, stix_pattern
from assay.corpus.fields import CONTROL, printable
from assay.corpus.shapes import shown
from assay.scanner.errors import UsageError
from assay.scanner.knowledge import IndicatorKind
from assay.scanner.purl import purl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.corpus.indicators import IndicatorEntry
    from assay.corpus.stix_pattern import Comparison

MAX_BYTES = 64 * 1024 * 1024
MAX_OBJECTS = 500_000
MAX_PATTERN = 1024 * 1024
"""Characters of one pattern; 15,000 hashes take so many."""

MAX_VALUES = 8_000_000
"""Brackets and commas of a file: what is made of each takes memory. 64 MiB of indicators have 2.5 million."""

MAX_DEPTH = 100
"""Levels of nesting; a bundle of indicators has five."""

NAMESPACE: Final = uuid.UUID("6fb36d56-2cb0-5d17-9d8c-1c5a9c1e6a52")
"""Of the UUIDs (version 5) of what assay exports; §2.9 keeps its own namespace for cyber-observables."""

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(?:\.([0-9]+))?Z", re.ASCII
)
_SPACES = re.compile(r"[\t\n\v\f\r]+")
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}", re.ASCII)
_LAST_MOMENT = "T23:59:59Z"


class Skipped(NamedTuple):
    """An indicator, or a part of one, that assay cannot look for: its id and why, each one printable line."""

    id: str
    reason: str


class Imported(NamedTuple):
    """What a bundle holds: the indicators, ascending, none twice, and what was left out, in the bundle's order."""

    entries: tuple[IndicatorEntry, ...]
    skipped: tuple[Skipped, ...]


# --- reading ---------------------------------------------------------------------------------------------------


def parse(data: bytes) -> Imported:
    """Return the indicators of a bundle, or of the envelope of a TAXII server, which holds ``objects`` likewise.

    Raises:
        UsageError: more than the limits above, not JSON in UTF-8, a key twice in one object, NaN, or without objects.
    """
    value = _load(data)
    objects = value.get("objects", [] if value.get("type") == "bundle" else None) if isinstance(value, dict) else None
    if not isinstance(objects, list) or value.get("type", "bundle") != "bundle":
        raise UsageError("not a STIX bundle: no array of objects")
    if len(objects) > MAX_OBJECTS:
        raise UsageError(f"more than {MAX_OBJECTS:,} STIX objects; split the bundle")
    newest = _newest(objects)
    found: set[IndicatorEntry] = set()
    skipped: list[Skipped] = []
    for place, each in enumerate(objects):
        if isinstance(each, dict) and each.get("type") != "indicator":
            continue
        name = _id(each, place)
        try:
            made, left_out = _read(each, newest)
        except (UsageError, stix_pattern.UnreadableError) as error:
            skipped.append(Skipped(name, str(error)))
            continue
        found.update(made)
        skipped += (Skipped(name, reason) for reason in left_out)
    return Imported(tuple(sorted(found)), tuple(skipped))


def _load(data: bytes) -> Any:
    if len(data) > MAX_BYTES:
        raise UsageError(f"more than {MAX_BYTES // 2**20} MiB of STIX; split the bundle")
    if sum(map(data.count, (b"{", b"[", b","))) > MAX_VALUES:
        raise UsageError("not a STIX bundle: it consists of brackets and commas")
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise UsageError("not JSON: not UTF-8") from error
    except RecursionError as error:
        raise UsageError(_TOO_DEEP) from error
    except json.JSONDecodeError as error:
        raise UsageError(f"not JSON: {error.msg}, line {error.lineno}") from error
    except ValueError as error:
        raise UsageError("not JSON: a number with too many digits") from error
    _require_shallow(value)
    return value


_TOO_DEEP = f"not a STIX bundle: more than {MAX_DEPTH} levels of nesting"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise UsageError("not a STIX bundle: an object that has a key twice")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise UsageError(f"not JSON: {name}")


def _require_shallow(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    if any(isinstance(each, dict | list) for each in level):
        raise UsageError(_TOO_DEEP)


def _id(value: Any, place: int) -> str:
    name = value.get("id") if isinstance(value, dict) else None
    return shown(name) if isinstance(name, str) and name else f"objects[{place}]"


def _newest(objects: list[Any]) -> dict[str, tuple[str, str]]:
    """Return when the newest version of each indicator that has several was modified (§3.6)."""
    newest: dict[str, tuple[str, str]] = {}
    for each in objects:
        if isinstance(each, dict) and isinstance(each.get("id"), str):
            newest[each["id"]] = max(newest.get(each["id"], ("", "")), _modified(each))
    return newest


def _modified(value: dict[str, Any]) -> tuple[str, str]:
    modified = value.get("modified")
    match = _TIME.fullmatch(modified) if isinstance(modified, str) else None
    return (match.group()[:19], (match[5] or "").rstrip("0")) if match else ("", "")


def _read(value: Any, newest: dict[str, tuple[str, str]]) -> tuple[list[IndicatorEntry], list[str]]:
    """Return the indicators of an object, and why parts of it are none.

    Raises:
        UsageError, UnreadableError: nothing of it is one.
    """
    if not isinstance(value, dict):
        raise UsageError("not an object")
    if value.get("revoked") is True:
        raise UsageError("revoked")
    if isinstance(value.get("id"), str) and _modified(value) < newest[value["id"]]:
        raise UsageError("there is a later version of it")
    types = value.get("indicator_types")
    if isinstance(types, list) and "benign" in types:
        raise UsageError("it names something benign")
    # A STIX 2.0 indicator has no pattern_type and no spec_version: its pattern is always one of STIX.
    language = value.get("pattern_type", "stix" if "spec_version" not in value else None)
    if language != "stix":
        what = shown(language) if isinstance(language, str) else "not given"
        raise UsageError(f"pattern type {what}: only stix is read")
    pattern = value.get("pattern")
    if not isinstance(pattern, str):
        raise UsageError("pattern: not a text")
    if len(pattern) > MAX_PATTERN:
        raise UsageError(f"pattern: longer than {MAX_PATTERN:,} characters")
    facts = _reason(value), _reference(value), _expires(value)
    made: list[IndicatorEntry] = []
    left_out: list[str] = []
    for comparison in stix_pattern.read(pattern):
        try:
            kind, text = _meaning(comparison)
            made.append(entries.indicator(kind, text, "", *facts))
        except UsageError as error:
            left_out.append(str(error))
    return made, list(dict.fromkeys(left_out))


def _meaning(comparison: Comparison) -> tuple[IndicatorKind, str]:
    """Return kind and value of the indicator that a comparison stands for.

    Raises:
        UsageError: assay cannot look for it.
    """
    path, operator, value = comparison
    if path in _CONTENTS:
        return _content(operator, value)
    kind = _KINDS.get(_HASH.sub("hashes.SHA-256", path))
    if kind is None:
        raise UsageError(f"{shown(path)}: not something that assay looks for")
    if operator != "=" or not isinstance(value, str):
        raise UsageError(f"{shown(path)} {operator}: only = and IN with texts are read")
    if kind is IndicatorKind.PACKAGE and not value.startswith("pkg:"):
        raise UsageError(f"package {shown(value)}: not a package URL")
    if kind is IndicatorKind.DOMAIN and path.startswith("ipv4") and not _IPV4.fullmatch(value):
        raise UsageError(f"{shown(path)} {shown(value)}: not one IPv4 address")
    return kind, value


_KINDS = {
    "software:x_purl": IndicatorKind.PACKAGE,
    "file:hashes.SHA-256": IndicatorKind.FILE,
    "artifact:hashes.SHA-256": IndicatorKind.FILE,
    "file:content_ref.hashes.SHA-256": IndicatorKind.FILE,
    "domain-name:value": IndicatorKind.DOMAIN,
    "ipv4-addr:value": IndicatorKind.DOMAIN,
    "url:value": IndicatorKind.URL,
    "email-addr:value": IndicatorKind.EMAIL,
}
_CONTENTS = frozenset({"artifact:payload_bin", "file:content_ref.payload_bin"})
_HASH = re.compile(r"hashes\.sha[-_]?256\Z", re.IGNORECASE | re.ASCII)
"""Also as others write it; §10.7 has SHA-256."""


def _content(operator: str, value: str | bytes | None) -> tuple[IndicatorKind, str]:
    """Return the text that a file must hold, or the hash of the content that it must have.

    Raises:
        UsageError: neither.
    """
    if operator == "MATCHES" and isinstance(value, str):
        text = stix_pattern.plain_text(value)
        if text is not None:
            return IndicatorKind.STRING, text
        raise UsageError("payload_bin MATCHES: only an expression that is one plain text is read")
    if operator != "=" or value is None:
        raise UsageError(f"payload_bin {operator}: only = and MATCHES are read")
    if isinstance(value, str):
        try:
            value = value.encode("latin-1")  # §9.1: of a string each character is a byte
        except UnicodeEncodeError as error:
            raise UsageError("payload_bin =: a text with characters that are no bytes") from error
    return IndicatorKind.FILE, sha256(value).hexdigest()


# --- what is said about an indicator ---------------------------------------------------------------------------


def _reason(value: dict[str, Any]) -> str:
    """Return name and description as one line, cut if they are longer than a reason may be."""
    texts = [text for text in (value.get("name"), value.get("description")) if isinstance(text, str) and text.strip()]
    line = ": ".join(dict.fromkeys(texts))
    if CONTROL.search(line):
        line = printable(_SPACES.sub(" ", line))
    line = shapes.line(line, "reason", len(line) * 4)
    return line if len(line) <= shapes.LONGEST_REASON else line[: shapes.LONGEST_REASON - 1].rstrip() + "…"


def _reference(value: dict[str, Any]) -> str:
    """Return the first URL of the external references that is one of the web."""
    references = value.get("external_references")
    for each in references if isinstance(references, list) else ():
        url = each.get("url") if isinstance(each, dict) else None
        if isinstance(url, str):
            try:
                return shapes.url(url, "reference", shapes.WEB)
            except UsageError:
                continue
    return ""


def _expires(value: dict[str, Any]) -> str:
    """Return the day of the last moment at which an indicator is valid: ``valid_until`` is the first at which not.

    Raises:
        UsageError: it is no time.
    """
    until = value.get("valid_until")
    if until is None:
        return ""
    match = _TIME.fullmatch(until) if isinstance(until, str) else None
    if match is None:
        raise UsageError("valid_until: not a time written YYYY-MM-DDTHH:MM:SSZ")
    day = shapes.day(match[1])
    if (match[2], match[3], match[4]) != ("00", "00", "00") or (match[5] or "").strip("0"):
        return day
    try:
        return (datetime.date.fromisoformat(day) - datetime.timedelta(days=1)).isoformat()
    except OverflowError as error:
        raise UsageError("valid_until: before all days") from error


# --- writing ---------------------------------------------------------------------------------------------------


def render(indicators: Iterable[IndicatorEntry], day: str) -> bytes:
    """Return a bundle, canonical JSON and a newline, of which ``parse`` makes the same indicators.

    ``day`` (YYYY-MM-DD) is when the objects are said to be made. Their ids follow from what they say.

    Raises:
        UsageError: ``day`` is none.
    """
    made = shapes.day(day)
    if not made:
        raise UsageError("a bundle needs the day on which it is made")
    objects = sorted((_indicator(entry, made) for entry in set(indicators)), key=lambda each: str(each["id"]))
    content = {
        "type": "bundle",
        "id": f"bundle--{uuid.uuid5(NAMESPACE, canonical.dump(objects).decode())}",
        "objects": objects,
    }
    if not objects:
        del content["objects"]  # §2.3: no list is empty
    return canonical.dump(content) + b"\n"


def _indicator(entry: IndicatorEntry, day: str) -> dict[str, Any]:
    created = f"{day}T00:00:00.000Z"
    result: dict[str, Any] = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.uuid5(NAMESPACE, canonical.dump(list(entry)).decode())}",
        "created": created,
        "modified": created,
        "indicator_types": ["malicious-activity"],
        "pattern": f"[{_pattern(entry)}]",
        "pattern_type": "stix",
        "pattern_version": "2.1",
        "valid_from": f"{day}T00:00:00Z",
    }
    if entry.reason:
        result["name"] = entry.reason
    if entry.reference:
        result["external_references"] = [{"source_name": "reference", "url": entry.reference}]
    if entry.expires:
        # §4.7: valid_until is later than valid_from.
        result["valid_from"] = f"{min(day, entry.expires)}T00:00:00Z"
        result["valid_until"] = f"{entry.expires}{_LAST_MOMENT}"
    return result


def _pattern(entry: IndicatorEntry) -> str:
    quote = stix_pattern.quote
    if entry.kind is IndicatorKind.PACKAGE:
        ecosystem, name = entry.package
        version = None if entry.versions == shapes.EVERY_VERSION else entry.versions
        return f"software:x_purl = {quote(purl(ecosystem, name, version))}"  # type: ignore[arg-type]
    if entry.kind is IndicatorKind.STRING:
        return f"artifact:payload_bin MATCHES {quote(stix_pattern.plain_expression(entry.value))}"
    if entry.kind is IndicatorKind.DOMAIN and _IPV4.fullmatch(entry.value):
        return f"ipv4-addr:value = {quote(entry.value)}"
    return f"{_PATHS[entry.kind]} = {quote(entry.value)}"


_PATHS = {
    IndicatorKind.FILE: "file:hashes.'SHA-256'",
    IndicatorKind.DOMAIN: "domain-name:value",
    IndicatorKind.URL: "url:value",
    IndicatorKind.EMAIL: "email-addr:value",
}
