"""What comes along in the code of a package and is written to files: decoded data, source code, scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.fetching_commands import fetching
from assay.rules.hiding import encodings
from assay.rules.stages import Written, file_name, path_of, written_to
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Code
    from assay.scanner.code.facts import CallFact

_ACTS = frozenset({"network", "download", "process", "code", "native", "persist", "listen-keys", "dns"})
SCRIPTS = (".bat", ".cmd", ".vbs", ".vbe", ".ps1", ".hta", ".wsf", ".js", ".jse", ".lnk", ".sh", ".command", ".scpt")
"""Endings of scripts that a system starts by themselves, or shells."""

_OF_WINDOWS = (".bat", ".cmd", ".vbs", ".vbe", ".ps1", ".hta", ".wsf", ".lnk")
_ACTING = lazy(r"\burlretrieve\b|\burlopen\b|\brequests\.\w+\(|\bsubprocess\.\w|\bos\.(?:system|popen)\b|\bsocket\.\w")
_CODE = "source code"
_SCRIPT = "a script"
DATA = "decoded data"
"""What is written after it was decoded."""


def carried(code: Code) -> Iterator[tuple[Written, bool]]:
    """Yield what comes along in the code and is written, and whether it is known to do more than compute."""
    facts = code.facts
    if facts is None:
        return
    busy = {call.where.layer for call in facts.calls if call.where.layer and not _ACTS.isdisjoint(call.kinds)}
    for flow in facts.flows:
        if flow.source == "blob" and flow.sink == "write" and flow.role == "data":
            yield Written(flow.where, path_of(flow.target), DATA, flow.steps), True
    paths = {(call.where.module, call.where.place): call for call in code.calls("write")}
    for layer in facts.layers:
        call = paths.get((layer.where.module, layer.where.place))
        if layer.sink == "write" and call is not None:
            origin = DATA if encodings(layer.encodings) else _CODE
            acts = layer.number in busy or fetching(layer.excerpt) is not None
            yield Written(layer.where, written_to(call), origin, layer.encodings), acts
    yield from _line_by_line(code)
    for call in code.calls("write"):
        path = written_to(call)
        name = file_name(path)
        text = "\n".join(text for one in call.arguments for text in one.value.strings)
        if text and (name.endswith(SCRIPTS) or fetching(text)):
            yield Written(call.where, path, _SCRIPT), name.endswith(_OF_WINDOWS) or fetching(text) is not None


def _line_by_line(code: Code) -> Iterator[tuple[Written, bool]]:
    """Yield source code that is put into one file by several calls and starts programs or uses the network."""
    files: dict[tuple[str, int, str, str], list[CallFact]] = {}
    for call in code.calls("write"):
        path = written_to(call)
        if file_name(path).endswith((".py", ".pyw")):
            files.setdefault((*call.where.spot, path), []).append(call)
    for (*_, path), calls in files.items():
        texts = (text for call in calls for one in call.arguments[:1] for text in one.value.strings)
        if len(calls) > 1 and _ACTING.search("\n".join(texts)):
            yield Written(calls[0].where, path, _CODE), True
