from __future__ import annotations

import json
import shutil
import subprocess
from functools import cmp_to_key
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.corpus import semver

# Semantic Versioning 2.0.0 §11.2 and §11.4, in ascending order.
ASCENDING = [
    "0.0.0-0", "0.0.0", "0.0.1-alpha", "0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
    "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0-1", "2.0.0-1.0", "2.0.0--", "2.0.0-1a", "2.0.0-A",
    "2.0.0-a", "2.0.0-a-b", "2.0.0", "2.1.0", "2.1.1", "2.10.0", "10.0.0",
]  # fmt: skip


def test_order() -> None:
    keys = [semver.key(text) for text in ASCENDING]
    assert None not in keys
    assert all(left < right for left, right in pairwise(keys) if left and right)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("v1.2.3", "1.2.3"),
        ("=1.2.3", "1.2.3"),
        ("=v1.2.3", "1.2.3"),
        (" 1.2.3 ", "1.2.3"),
        ("1.2.3+build.5", "1.2.3"),
        ("1.2.3-rc.1+build", "1.2.3-rc.1"),
        ("1.2.3--.-", "1.2.3--.-"),
        ("9007199254740991.0.0", "9007199254740991.0.0"),
    ],
)
def test_one_spelling_for_equal_versions(text: str, same: str) -> None:
    assert semver.canonical(text) == same
    assert semver.key(text) == semver.key(same)


@pytest.mark.parametrize(
    "text",
    [
        "", "1", "1.2", "1.2.3.4", "01.2.3", "1.02.3", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+", "latest", "^1.2.3",
        "1.x", "1.2.3 || 2.0.0", "\u0661.\u0662.\u0663", "1.2.3-é", "1.2.3\n4", "9007199254740992.0.0",
        "1.2." + "3" * 300,        "https://example.invalid/a.tgz",
    ],
)  # fmt: skip
def test_what_is_no_version(text: str) -> None:
    assert semver.key(text) is None
    assert semver.canonical(text) is None


identifiers = st.from_regex(r"\A(?:0|[1-9][0-9]{0,2}|[0-9]{0,2}[a-cA-C-][0-9a-c-]{0,2})\Z")
versions = st.builds(
    lambda numbers, pre, build: ".".join(map(str, numbers)) + ("-" + ".".join(pre) if pre else "") + build,
    st.tuples(*[st.integers(0, 3)] * 3),
    st.lists(identifiers, max_size=3),
    st.sampled_from(["", "+1", "+a.b"]),
)


def compare(left: str, right: str) -> int:
    """Compare as §11 says, step by step."""
    (left_core, _, left_pre), (right_core, _, right_pre) = (
        each.partition("+")[0].partition("-") for each in (left, right)
    )
    for a, b in zip(left_core.split("."), right_core.split("."), strict=True):
        if a != b:
            return 1 if int(a) > int(b) else -1
    if not left_pre or not right_pre:
        return bool(right_pre) - bool(left_pre)
    for a, b in zip(left_pre.split("."), right_pre.split("."), strict=False):
        if a == b:
            continue
        if a.isdigit() and b.isdigit():
            return 1 if int(a) > int(b) else -1
        if a.isdigit() or b.isdigit():
            return -1 if a.isdigit() else 1
        return 1 if a > b else -1
    return (left_pre.count(".") > right_pre.count(".")) - (left_pre.count(".") < right_pre.count("."))


@given(versions, versions)
def test_order_is_that_of_the_specification(left: str, right: str) -> None:
    a, b = semver.key(left), semver.key(right)
    assert a is not None
    assert b is not None
    assert (a > b) - (a < b) == compare(left, right)
    assert (semver.canonical(left) == semver.canonical(right)) == (compare(left, right) == 0)


NODE = shutil.which("node")
NPM = shutil.which("npm")
SEMVER = Path(NPM).resolve().parent.parent / "node_modules" / "semver" if NPM else Path("missing")


@pytest.mark.skipif(NODE is None or not SEMVER.is_dir(), reason="needs node and the semver that npm brings along")
def test_order_is_that_of_node() -> None:
    tails = [
        "",
        "-0",
        "-1",
        "-10",
        "-a",
        "-A",
        "-a.1",
        "-a.b",
        "-a.b.c",
        "--",
        "-1a",
        "-a-b",
        "-rc.1",
        "-rc.10",
        "+x",
        "-a+x",
    ]
    texts = sorted({f"{core}{tail}" for core in ("0.0.1", "1.0.0", "1.0.10", "2.0.0") for tail in tails})
    script = f"const s=require({json.dumps(str(SEMVER))});const t={json.dumps(texts)};"
    script += "console.log(JSON.stringify(t.map(a=>t.map(b=>s.compare(a,b)))))"
    found = subprocess.run([NODE or "", "-e", script], capture_output=True, text=True, check=True)
    for text, row in zip(texts, json.loads(found.stdout), strict=True):
        for other, expected in zip(texts, row, strict=True):
            assert compare(text, other) == expected
            left, right = semver.key(text), semver.key(other)
            assert left is not None
            assert right is not None
            assert (left > right) - (left < right) == expected


def test_the_reference_sorts_as_listed() -> None:
    assert sorted(sorted(ASCENDING), key=cmp_to_key(compare)) == ASCENDING
