"""Program text that stands in a script: its facts are told where the script stands, and as decoded if it was."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from assay.scanner.code.facts import Facts, LayerFact, Where
from assay.scanner.code.gathered import moved

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.code.ir import Place
    from assay.scanner.code.npm.runs import Snippet

_EXCERPT = 1_000


def set_in_place(facts: Facts, snippets: Iterable[Snippet]) -> Facts:
    """Return facts with those of snippets at the places of their scripts, what was decoded in layers of its own."""
    known = {snippet.name: snippet for snippet in snippets}
    if not known:
        return facts
    numbers: dict[str, int] = {}
    added: list[LayerFact] = []
    for snippet in known.values():
        if snippet.steps:
            numbers[snippet.name] = number = len(facts.layers) + len(added) + 1
            data = snippet.text.encode("utf-8", "surrogatepass")
            digest = hashlib.sha256(data).hexdigest()
            where = Where(snippet.name, 0, snippet.place, "", True, ())
            told = (digest, len(data), snippet.steps, True, snippet.text[:_EXCERPT], ())
            added.append(LayerFact(where, number, "code", *told))

    def place(module: str, layer: int, here: Place) -> tuple[str, int, Place]:
        if layer or module not in known:
            return module, layer, here
        return module, numbers.get(module, 0), here if module in numbers else known[module].place

    found = moved(facts, place)
    return found._replace(layers=(*found.layers, *added))
