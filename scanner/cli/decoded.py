"""What decoding revealed: printed for a person (``--show-decoded``), and as indicators for other tools (``--iocs``).

Loaded only when one of the options asks for it. Nothing here is executed, and no decoded layer is shown whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assay.corpus import entries
from assay.corpus.indicator_csv import render
from assay.formatters.escape import visible
from assay.rules.behaviour import Code
from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assay.corpus.indicators import IndicatorEntry
    from assay.scanner.code.facts import CallFact, Facts, LayerFact
    from assay.scanner.models import Inventory, Location, Package

SHOWN = 800
"""Characters of a layer that are printed, and at most two thirds of it: enough to know it, not to run it."""

_LINE = 100
_URL = re.compile(
    r"(?:https?|ftp|wss?)://[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?(?:/[!#-&*-;=?-Z_a-z~]*)?", re.IGNORECASE
)
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}|\d{1,3}(?:\.\d{1,3}){3}")
_LOCAL = re.compile(r"localhost|127\.|0\.0\.0\.0|\d+\.\d+\Z")
_CONNECTS = frozenset({"network", "dns", "download", "listen"})


class Decoded(NamedTuple):
    """A decoded layer: whose it is, where the code that unpacks it stands, and in how many layers that lies itself."""

    purl: str
    location: Location
    layer: LayerFact
    depth: int


def decoded_layers(inventory: Inventory) -> Iterator[Decoded]:
    """Yield every layer that some step of decoding made, in the order in which they were met."""
    for package in inventory.contents:
        code = Code(package)
        for layer in code.facts.layers if code.facts else ():
            if layer.encodings:
                seen = code.seen(layer.where)
                place = package.place(seen.path)._replace(line=seen.place.line, column=seen.place.column)
                yield Decoded(package.purl, place, layer, len(code.layers(layer.where)))


def shown(inventory: Inventory) -> str:
    """Return the decoded layers as text for a person: place, digest, steps, and the beginning, escaped and cut."""
    lines = []
    for found in decoded_layers(inventory):
        layer = found.layer
        place = f"{visible(found.location.path)}:{found.location.line}"
        within = f", within {found.depth} other{'s' if found.depth > 1 else ''}" if found.depth else ""
        lines.append(f"Decoded at {place}{within}: {layer.size} bytes by {', '.join(layer.encodings)}")
        lines.append(f"  sha256 {layer.sha256}")
        lines += [f"  | {text}" for text in _excerpt(layer)]
        lines.append("")
    count = sum(line.startswith("Decoded at") for line in lines)
    return "\n".join([*lines, f"{count} decoded layer{'' if count == 1 else 's'}", ""])


def _excerpt(layer: LayerFact) -> list[str]:
    """The beginning of a layer, one line of it on a line, with what names a marshalled one holds."""
    most = min(SHOWN, layer.size * 2 // 3)
    text = " ".join(layer.strings) if layer.strings else layer.excerpt
    cut = text[:most].replace("://", "[:]//")
    lines = [visible(line)[:_LINE] for line in cut.splitlines() if line.strip()]
    return [*lines[:20], *(["…"] if len(text) > most or len(lines) > 20 else [])]


def indicators(inventory: Inventory) -> bytes:
    """Return the hashes of decoded layers and the hosts and URLs that decoding revealed, as CSV for ``ioc import``."""
    found: dict[tuple[str, str], IndicatorEntry] = {}
    for decoded in decoded_layers(inventory):
        _note(found, "file", decoded.layer.sha256, f"decoded layer in {_whose(decoded.purl)}")
    for package in inventory.contents:
        if package.code:
            for kind, value in _revealed(package, package.code.facts):
                _note(found, kind, value, f"revealed by decoding in {_whose(package.purl)}")
    return render(found.values())


def _whose(purl: str) -> str:
    return purl or "the target"


def _note(found: dict[tuple[str, str], IndicatorEntry], kind: str, value: str, reason: str) -> None:
    """Take an indicator unless its value is none, as a host that only looks like one."""
    try:
        found.setdefault((kind, value.lower()), entries.indicator(kind, value, reason=reason))
    except UsageError:
        return


def _revealed(package: Package, facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield kind and value of each address that no reader of the files sees."""
    for text in _texts(package, facts):
        for url in _URL.findall(text):
            host = url.partition("://")[2].partition("/")[0].partition(":")[0]
            if not _LOCAL.match(host):
                yield "url", url.rstrip(".,;:")
                yield "domain", host
    for call in _hidden_calls(package, facts):
        if not _CONNECTS.isdisjoint(call.kinds):
            for text in _strings(call):
                if _HOST.fullmatch(text) and not _LOCAL.match(text):
                    yield "domain", text


def _texts(package: Package, facts: Facts) -> Iterator[str]:
    """Yield all text of decoded layers, and what was put together by hiding steps."""
    code = Code(package)
    for layer in facts.layers:
        if layer.encodings or code.seen(layer.where).decoded:
            yield layer.excerpt
            yield from layer.strings
    for string in facts.strings:
        yield string.whole
    for call in _hidden_calls(package, facts):
        yield from _strings(call)


def _hidden_calls(package: Package, facts: Facts) -> Iterator[CallFact]:
    """Yield the calls in decoded layers, and those with an argument that hiding steps put together."""
    code = Code(package)
    for call in facts.calls:
        if any(argument.value.steps for argument in call.arguments) or code.seen(call.where).decoded:
            yield call


def _strings(call: CallFact) -> Iterable[str]:
    return (text for argument in (*call.arguments, *call.receiver) for text in argument.value.strings)
