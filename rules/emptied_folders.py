"""Folders that lose all that is in them: the one a program was started in, or one above it, file by file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED
from assay.rules.file_calls import texts_written
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Code, Seen
    from assay.scanner.code.facts import CallFact

_WHOLE_FOLDERS = ("rmtree", "rimraf", "rimraf.sync", "fs.remove", "fs.removeSync")
_FOLDER = frozenset({"os.getcwd"})
_ABOVE = lazy(r"(?:\.{1,2}/*)+$|/$")
_IS_FOUND = lazy(r"^[./]*(?:…[/\\]*)+$")
"""A path of which nothing is known but the folder in which it was found."""


def emptied(code: Code) -> Iterator[tuple[Seen, str, tuple[str, ...]]]:
    """Yield when and how files of the current folder, or of one above it, are deleted or overwritten unasked."""
    flows = code.facts.flows if code.facts else ()
    current = {flow.where[:3] for flow in flows if flow.source == "folder" and flow.detail in _FOLDER}
    gone = {call.where[:3] for call in code.calls("write", "delete") if is_fixed(call) or _is_with_all_below(call)}
    for flow in flows:
        seen = code.seen(flow.where)
        if flow.source != "file" or flow.role != "path" or seen.trigger not in UNASKED:
            continue
        here = flow.where[:3] in current or _ABOVE.match(flow.detail)
        if here and flow.sink in ("delete", "write") and flow.where[:3] in gone and _IS_FOUND.search(flow.target):
            did = "deletes" if flow.sink == "delete" else "overwrites"
            yield (seen, f"{did} what it finds in {flow.detail or 'the current folder'}", flow.steps)


def is_fixed(call: CallFact) -> bool:
    """Say whether a file is overwritten with a text that stands in the code."""
    known = any(one.position == 1 and one.value.kind == "constant" for one in call.arguments)
    return known and bool(texts_written(call))


def _is_with_all_below(call: CallFact) -> bool:
    """Whether a folder is deleted with all that is in it, and whatever it is called."""
    asked = any(condition.startswith("file:") for condition in call.where.conditions)
    whole = any("recursive" in one.value.strings for one in call.arguments) or call.name.endswith(_WHOLE_FOLDERS)
    return "delete" in call.kinds and whole and not asked
