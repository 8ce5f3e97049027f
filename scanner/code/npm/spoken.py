"""Lines of shell as facts: a process that is started with a known command, and layers for what was decoded first."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from assay.scanner.code.facts import Argument, CallFact, Facts, Folded, LayerFact, Where

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.code.npm.runs import Spoken

COMMAND = "npm.run"
"""The qualified name under which facts speak of the shell that npm gives a line to."""

_EXCERPT = 1_000


def facts_of(lines: Iterable[Spoken]) -> Facts:
    """Return the facts of lines, in order."""
    calls: list[CallFact] = []
    layers: list[LayerFact] = []
    for line in lines:
        where = Where(line.module, 0, line.place, "", True, ())
        text = line.told.line
        if line.decoded:
            data = text.encode("utf-8", "surrogatepass")
            digest = hashlib.sha256(data).hexdigest()
            number = len(layers) + 1
            known = (digest, len(data), line.decoded, True, text[:_EXCERPT], ())
            layers.append(LayerFact(where, number, "process", *known))
            where = where._replace(layer=number)
        folded = Folded("constant", text, (text,), (), (), line.told.steps)
        argument = Argument(0, "", folded)
        calls.append(CallFact(where, COMMAND, ("process",), (argument,), (), "direct", line.told.steps))
    return Facts(calls=tuple(calls), layers=tuple(layers))
