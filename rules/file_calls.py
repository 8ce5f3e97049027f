"""Which file a call writes: by the argument that names it, whatever language the call is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.facts import CallFact, Folded

_PATH_FIRST = lazy(
    r"^(?:fs|jsonfile)\.(?:promises\.)?(?:write|append|output)[A-Z]\w*$|^fs\.createWriteStream$|^write-file-atomic(?:\.sync)?$"
    r"|^(?:Bun|Deno)\.write\w*$"
)
_WRITES = frozenset({"write", "download"})
_TO = frozenset({"dst", "filename", "out", "path"})


def path_first(call: CallFact) -> Folded | None:
    """Return the path that a call of Node.js and its like writes to, which it is given first; None for other calls."""
    given = call.arguments[0] if call.arguments else None
    return given.value if given and given.position == 0 and _PATH_FIRST.match(call.name) else None


def paths_written(call: CallFact) -> tuple[str, ...]:
    """Return the paths that a call writes, copies or downloads to, or opens to write."""
    first = path_first(call)
    if first is not None:
        return first.strings
    if _WRITES.intersection(call.kinds):
        if call.receiver:
            return call.receiver[0].value.strings
        return tuple(
            text for one in call.arguments if one.position == 1 or one.name in _TO for text in one.value.strings
        )
    modes = [one.value.value for one in call.arguments if one.position == 1 or one.name == "mode"]
    if "open" in call.kinds and any(isinstance(mode, str) and set(mode) & {"w", "a", "x", "+"} for mode in modes):
        return call.arguments[0].value.strings
    return ()


def texts_written(call: CallFact) -> tuple[str, ...]:
    """Return the texts that a call of the kind ``write`` puts into a file, as far as they are known."""
    if "write" not in call.kinds:
        return ()
    data = call.arguments[1:2] if path_first(call) is not None else call.arguments[:1] if call.receiver else ()
    return tuple(text for one in data for text in one.value.strings)
