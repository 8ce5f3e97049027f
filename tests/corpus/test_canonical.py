from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.corpus import canonical
from assay.scanner.errors import CorpusError


def load(data: bytes) -> Any:
    return canonical.load(data, "E_MANIFEST", "it")


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b'{"a":1,"a":1}', "canonical form"),
        (b'{"b":1,"a":1}', "canonical form"),
        (b'{"a": 1}', "canonical form"),
        (b'{"a":1}\n', "canonical form"),
        (b'"\\u0061"', "canonical form"),
        (b'"\\/"', "canonical form"),
        (b"-0", "canonical form"),
        (b"1.0", "not a whole number"),
        (b"1e3", "not a whole number"),
        (b"NaN", "not a whole number"),
        (b"-Infinity", "not a whole number"),
        (b"9007199254740992", "2^53"),
        (b"9" * 5000, "not JSON"),
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'"\xff"', "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b'"\\ud800"', "not canonical"),
        ('{"ä":1}'.encode(), "not ASCII"),
        ('"e\u0301"'.encode(), "form C"),
        (b"[" * 17 + b"]" * 17, "16 levels"),
        (b"[" * 200_000 + b"]" * 200_000, "16 levels"),
        (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "16 levels"),
    ],
)
def test_refuses_what_is_not_the_one_spelling(data: bytes, detail: str) -> None:
    with pytest.raises(CorpusError, match="E_MANIFEST: it: ") as caught:
        load(data)
    assert detail in caught.value.detail


def test_spells_as_rfc_8785_does() -> None:
    value = {"b": '\u20ac$\u000f\nA\'B"\\\\"/', "a": [None, True, 2**53 - 1, "\x7f\u2028"]}
    assert canonical.dump(value).decode() == (
        '{"a":[null,true,9007199254740991,"\x7f\u2028"],"b":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text('aé\U0001f600\\"\n\x01 '),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('ab"\n', max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_dumped_is_loaded(value: Any) -> None:
    data = canonical.dump(value)
    assert load(data) == value
    assert canonical.dump(load(data)) == data


@given(values, st.integers(0, 200))
def test_another_spelling_is_refused(value: Any, place: int) -> None:
    data = json.dumps(value, indent=1).encode()
    if data != canonical.dump(value):
        with pytest.raises(CorpusError):
            load(data)
    broken = data[:place] + b" " + data[place:]
    try:
        found = load(broken)
    except CorpusError:
        return
    assert found != value  # a space within a string is another value
