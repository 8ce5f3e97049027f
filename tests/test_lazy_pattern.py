"""Patterns that are compiled at their first use: all of them can be, and they do what compiled ones do."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import assay
from assay.scanner.lazy_pattern import LazyPattern, lazy


def patterns() -> list[tuple[str, LazyPattern]]:
    found = []
    for module in pkgutil.walk_packages(assay.__path__, "assay."):
        if not module.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(module.name)).items():
                found += [(f"{module.name}.{name}", one) for one in within(value) if isinstance(one, LazyPattern)]
    return found


def within(value: object, depth: int = 3) -> list[object]:
    """A value, and what is in it if it is a table."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else ()
    return [value, *(other for item in inner for other in within(item, depth - 1))] if depth else [value]


def test_every_pattern_compiles() -> None:
    found = patterns()
    assert len(found) > 20
    for name, pattern in found:
        assert pattern.groups >= 0, name


def test_it_does_what_a_compiled_one_does() -> None:
    pattern = lazy(r"(b)(?P<last>c+)", re.IGNORECASE)
    assert "search" not in vars(pattern)
    found = pattern.search("aBcC")
    assert found
    assert found["last"] == "cC"
    assert "search" in vars(pattern)
    assert pattern.sub("-", "abcbc") == "a--"
    assert [match.span() for match in pattern.finditer("bcbc")] == [(0, 2), (2, 4)]
    assert lazy(rb"\x00+").fullmatch(b"\0\0")


def test_what_a_pattern_has_not() -> None:
    with pytest.raises(AttributeError):
        lazy("a").nothing  # type: ignore[attr-defined]  # noqa: B018


def test_a_mistake_shows_at_the_first_use() -> None:
    with pytest.raises(re.error):
        lazy("(").search("")
