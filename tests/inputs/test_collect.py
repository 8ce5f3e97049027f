"""A collector merges what a file says of one purl, in whatever order it says so."""

from __future__ import annotations

from itertools import permutations

import pytest

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import MAX_GAPS, Collector, refused, shown
from assay.scanner.models import Component, Gap, Location, Scope, Source


def test_entries_of_one_purl_are_merged_and_sorted_in_any_order() -> None:
    entries = [
        {"line": 9, "scopes": (Scope.PROD,), "hashes": ("sha1:bb",), "alias": "z"},
        {"line": 2, "scopes": (Scope.DEV, Scope.PROD), "hashes": ("sha1:aa",), "licences": ("MIT",), "direct": True},
        {"line": 9, "resolved": "https://u:p@registry.example/x.tgz", "alias": "x", "licences": ("ISC",)},
    ]
    for order in permutations(entries):
        found = Collector("npm", "lock")
        for entry in order:
            purl = found.add("x", "1.0.0", **entry)  # type: ignore[arg-type]
        found.require(purl, ["pkg:npm/b@1", purl, "pkg:npm/a@1"])
        assert found.components() == (
            Component(
                purl="pkg:npm/x@1.0.0",
                ecosystem="npm",
                name="x",
                version="1.0.0",
                direct=True,
                scopes=(Scope.DEV, Scope.PROD),
                requires=("pkg:npm/a@1", "pkg:npm/b@1"),
                hashes=("sha1:aa", "sha1:bb"),
                resolved="https://registry.example/x.tgz",
                licences=("ISC", "MIT"),
                aliases=("z",),
                locations=(Location("lock", 2), Location("lock", 9)),
            ),
        )


def test_another_source_is_another_component() -> None:
    found = Collector("npm", "lock")
    found.add("x", "1.0.0")
    found.add("x", "1.0.0", source=Source.FILE, where="x")
    assert [item.purl for item in found.components()] == ["pkg:npm/x@1.0.0", "pkg:npm/x@1.0.0?download_url=file:x"]


@pytest.mark.parametrize("value", [None, 1, "text", [], {}, True])
def test_values_of_any_type(value: object) -> None:
    found = Collector("npm", "lock")
    document = {"key": value}
    assert found.mapping(document, "key", "a") == {}
    assert found.sequence(document, "key", "a") == []
    assert found.text(document, "key", "a") == (value if isinstance(value, str) else None)
    assert (found.mapping({}, "key"), found.sequence({}, "key"), found.text({}, "key")) == ({}, [], None)
    expected = {dict: "an object", list: "a list", str: "a string"}
    assert {gap.detail for gap in found.gaps()} == {
        f"a.key: not {word}" for kind, word in expected.items() if not isinstance(value, kind)
    }


def test_gaps_are_told_once_and_counted_beyond_the_limit() -> None:
    found = Collector("npm", "lock")
    for index in range(MAX_GAPS + 5):
        for _ in range(2):
            found.gap("x", str(index))
    assert len(found.gaps()) == MAX_GAPS + 1
    assert found.gaps()[0] == Gap("lock", "x", "0")
    assert found.gaps()[-1].reason == "too-many-gaps"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b[0]", "a.b[0]"),
        ("a b", '"a b"'),
        ("\x1b[2J\n", '"\\u001b[2J\\n"'),
        ("x" * 500, f'"{"x" * 120}\\u2026"'),
        ("", ""),
    ],
)
def test_text_of_a_file_stands_in_one_line(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_a_file_that_cannot_be_read_is_one_gap() -> None:
    parsed = refused("lockfile", "a/lock", ParseError("syntax", "not valid JSON"))
    assert parsed.gaps == (Gap("a/lock", "syntax", "not valid JSON"),)
    assert parsed.components == ()
