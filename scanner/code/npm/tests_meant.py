"""Tests that a package loads: what bears the name of one is judged mildly only where nothing that runs may mean it."""

from __future__ import annotations

from itertools import islice
from posixpath import join, normpath
from typing import TYPE_CHECKING

from assay.scanner.code.npm.entries import is_test
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import CallFact
    from assay.scanner.code.npm.resolution import Files

_MOST = 64
_LONGEST = 1_024
_UNKNOWN = "…"
_OTHERWISE = lazy(
    rb"\brequire\b(?!\s{0,4}\(\s{0,4}([\"'`])[^\"'`\\$\n]{1,160}\1\s{0,4}[),])"
    rb"|\bimport\s{0,4}\((?!\s{0,4}([\"'`])[^\"'`\\$\n]{1,160}\2\s{0,4}[),])"
    rb"|\b(?:createRequire|import\.meta|_load|Worker)\b"
)
"""Loads that are written in another way than with the name between quotes."""


def loads_otherwise(data: bytes) -> bool:
    """Say whether a file may load others by names that only its evaluation tells."""
    return _OTHERWISE.search(data) is not None


def tests_meant(call: CallFact, files: Files) -> Iterator[str]:
    """Yield the tests of the package that a load may mean of whose name a part is known: its end, or its folder."""
    if "import" not in call.kinds or not call.arguments:
        return
    text = call.arguments[0].value.value
    if not isinstance(text, str) or _UNKNOWN not in text or len(text) > _LONGEST:
        return
    head, _, tail = text.partition(_UNKNOWN)
    if tail and _UNKNOWN not in tail:
        parts = [part for part in normpath(tail).split("/") if part not in ("", ".", "..")]
        ends = ("/".join(parts[at:]) for at in range(len(parts)))
        found = next((path for end in ends if (path := files.module(end))), "")
        if found and is_test(found):
            yield found
    elif head.startswith(".") and "/" in head:
        start = normpath(join(call.where.module.rpartition("/")[0], head.rpartition("/")[0])) + "/"
        if is_test(start):
            yield from islice(sorted(path for path in files.paths if path.startswith(start)), _MOST)
