"""Freshness by the day that the invoker names: what is stale, what is said of it, and what is never judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.corpus.freshness import require_fresh
from assay.scanner.day import days_between, is_day
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    import datetime

DEFAULT = ("default", "2026-08-22T00:00:00Z", "2026-11-20T00:00:00Z")
ACME = ("acme", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
LOCAL = ("local", "2001-01-01T00:00:00Z", "2001-01-02T00:00:00Z")


@pytest.mark.parametrize(
    ("packs", "as_of", "max_age"),
    [
        pytest.param([DEFAULT], None, None, id="nobody asks"),
        pytest.param([LOCAL], "2026-11-21", 0, id="the invoker's own entries do not go stale"),
        pytest.param([DEFAULT], "2026-11-20", None, id="the last day"),
        pytest.param([DEFAULT], "2026-08-22", 0, id="built that day"),
        pytest.param([DEFAULT], "2026-08-25", 3, id="as old as may be"),
        pytest.param([DEFAULT], "2020-01-01", 0, id="a day before it was built"),
        pytest.param([DEFAULT, ACME, LOCAL], "2026-11-20", 323, id="several"),
        pytest.param([], "2026-11-21", 0, id="no pack"),
    ],
)
def test_fresh(packs: list[tuple[str, str, str]], as_of: str | None, max_age: int | None) -> None:
    require_fresh(packs, as_of, max_age)


@pytest.mark.parametrize(
    ("packs", "as_of", "max_age", "detail"),
    [
        (
            [DEFAULT],
            "2026-11-21",
            None,
            "E_STALE: channel default: built 2026-08-22, fresh until 2026-11-20, judged as of 2026-11-21",
        ),
        (
            [DEFAULT],
            "2026-08-26",
            3,
            "E_STALE: channel default: built 2026-08-22, 4 days old as of 2026-08-26, at most 3 were asked for",
        ),
        (
            [DEFAULT],
            "2026-11-21",
            36500,
            "E_STALE: channel default: built 2026-08-22, fresh until 2026-11-20, judged as of 2026-11-21",
        ),
        (
            [DEFAULT, LOCAL, ACME],
            "2026-11-20",
            322,
            "E_STALE: channel acme: built 2026-01-01, 323 days old as of 2026-11-20, at most 322 were asked for",
        ),
        (
            [("default", "2026-02-30", "2026-11-20")],
            "2026-03-01",
            None,
            "E_MANIFEST: channel default: 2026-02-30 is no",
        ),
        ([("default", "", "2026-11-20")], "2026-03-01", 3, "E_MANIFEST: channel default:  is no day of the calendar"),
    ],
)
def test_stale(packs: list[tuple[str, str, str]], as_of: str, max_age: int | None, detail: str) -> None:
    with pytest.raises(CorpusError) as refused:
        require_fresh(packs, as_of, max_age)
    assert str(refused.value).startswith(detail)
    assert refused.value.exit_code == 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21", True),
        ("2024-02-29", True),
        ("2026-02-29", False),
        ("2026-13-01", False),
        ("0000-01-01", False),
        ("20261121", False),
        ("2026-W47-6", False),
        ("2026-11-21T00:00:00Z", False),
        ("2026-11-21\n", False),
        ("\uff12026-11-21", False),
        ("today", False),
        ("", False),
    ],
)
def test_what_is_a_day(text: str, expected: bool) -> None:
    assert is_day(text) == expected


@given(st.dates(), st.dates())
def test_days_sort_as_their_text_and_are_counted(one: datetime.date, other: datetime.date) -> None:
    earlier, later = sorted((one, other))
    assert is_day(earlier.isoformat())
    assert earlier.isoformat() <= later.isoformat()
    assert days_between(earlier.isoformat(), later.isoformat()) == (later - earlier).days
