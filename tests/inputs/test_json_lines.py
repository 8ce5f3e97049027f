"""Keys of a JSON document are found on their lines, however it is laid out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.inputs.json_lines import key_lines, member_lines

TREE = st.recursive(
    st.text(max_size=6) | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)


def test_every_key_stands_on_its_line() -> None:
    text = b'{\n "a": {"b": 1,\n  "c": [{"d": 2}]},\n\n "e": "x\\"y", "a\\n": {}\n}'
    assert key_lines(text, 9) == {("a",): 2, ("a", "b"): 2, ("a", "c"): 3, ("a", "c", "d"): 3, ("e",): 5, ("a\n",): 5}


def test_deeper_keys_are_left_out() -> None:
    assert key_lines(b'{"a": {"b": {"c": 1}}, "d": 2}', 2) == {("a",): 1, ("a", "b"): 1, ("d",): 1}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("indent", [1, 2, 4, "\t"])
def test_members_of_a_lockfile_are_found_fast(indent: int | str, line_end: str) -> None:
    document = {
        "name": "x",
        "packages": {"": {}, "node_modules/a": {"bin": {"b": 1}}, "node_modules/b": {}},
        "z": {"q": 1},
    }
    text = json.dumps(document, indent=indent).replace("\n", line_end).encode()
    slow = {path[1]: line for path, line in key_lines(text, 2).items() if len(path) == 2 and path[0] == "packages"}
    assert member_lines(text, b"packages") == slow
    assert len(slow) == 3


@given(st.dictionaries(st.text(max_size=6), TREE, max_size=6), st.sampled_from([None, 1, 2]))
def test_what_the_fast_way_finds_is_what_the_slow_way_finds(packages: dict[str, object], indent: int | None) -> None:
    text = json.dumps({"packages": packages}, indent=indent).encode()
    slow = {path[1]: line for path, line in key_lines(text, 2).items() if len(path) == 2}
    fast = member_lines(text, b"packages")
    assert fast.items() <= slow.items()
    assert slow.keys() == packages.keys()


@given(TREE)
def test_no_document_is_too_odd(value: object) -> None:
    key_lines(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"), 3)
