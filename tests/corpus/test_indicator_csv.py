from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assay.corpus import entries, indicator_csv
from assay.scanner.errors import UsageError
from tests.corpus.indicator_entries import ENTRIES, indicator_entries

if TYPE_CHECKING:
    from assay.corpus.indicators import IndicatorEntry

HEADER = "kind,value,versions,reason,reference,expires\r\n"


def parse(text: str) -> tuple[IndicatorEntry, ...]:
    return indicator_csv.parse(text.encode())


def test_every_kind() -> None:
    text = indicator_csv.render(ENTRIES).decode()
    assert text == (
        HEADER + "domain,198.51.100.7,,,,\r\n"
        'domain,evil.example,,"exfiltration, mostly",https://example.invalid/report,\r\n'
        "email,thief@evil.example,,,,2026-06-30\r\n"
        f"file,{'ab' * 32},,dropper,,\r\n"
        "package,npm:@corp/tool,*,,,\r\n"
        "package,npm:worm,>=1.2.0 <2.0.0,worm,,2026-06-30\r\n"
        "package,pypi:hit,1.0,,,\r\n"
        "string,it's (a.b) worm\\ é 100%,,,,\r\n"
        "url,https://evil.example/drop?a='b',,'=cmd|' /C calc'!A0,,\r\n"
    )
    assert indicator_csv.parse(text.encode()) == ENTRIES


@pytest.mark.parametrize("text", ["domain,evil.example,,,,\n", 'domain,"evil.example","",,"",\r\n\r\n , \r\n'])
def test_what_people_write(text: str) -> None:
    expected = (entries.indicator("domain", "evil.example"),)
    assert parse(HEADER + text) == expected
    assert indicator_csv.parse(b"\xef\xbb\xbf" + (HEADER + text).encode()) == expected


def test_the_short_form() -> None:
    found = parse("ecosystem,name,version\nnpm,@corp/tool,1.0.0\npypi,A_b,*\nnpm,@corp/tool,1.0.0\n")
    assert found == (
        entries.indicator("package", "npm:@corp/tool", "1.0.0"),
        entries.indicator("package", "pypi:a-b", "*"),
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "line 1: the header is neither"),
        ("kind,value\n", "line 1: the header is neither"),
        (HEADER + "domain,evil.example\n", "line 2: 2 cells where the header has 6"),
        (HEADER + "\n\nhost,evil.example,,,,\n", "line 4: indicator kind host"),
        (HEADER + 'string,"two\nlines",,,,\nhost,x,,,,\n', "line 2: string: holds control"),
        (HEADER + 'domain,a.example,,"a\n b",,\n', "line 2: reason: holds control"),
        (HEADER + "file,abc,,,,\n", "line 2: file abc: not a SHA-256"),
        (HEADER + "domain,a.example,,,,2026-02-30\n", "line 2: expires 2026-02-30: not a day"),
        (HEADER + "string,\x1b[2Jxxxx,,,,\n", "line 2: string: holds control"),
        (HEADER + 'domain,"a.example" x,,,,\n', "line 2: not CSV"),
        (HEADER + 'domain,"a.example\n', "line 2: not CSV"),
        (HEADER + f"string,{'x' * 200_000},,,,\n", "line 2: not CSV"),
        ("ecosystem,name,version\nnpm,left,\n", "line 2: the version is missing"),
        ("ecosystem,name,version\ngem,left,1\n", "line 2: ecosystem gem"),
    ],
)
def test_a_bad_line_is_named(text: str, error: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert str(caught.value).startswith(error)
    assert str(caught.value).isprintable()


def test_what_is_no_utf_8_and_what_is_too_much() -> None:
    with pytest.raises(UsageError, match="line 2: not UTF-8"):
        indicator_csv.parse(HEADER.encode() + b"string,\xff\xff\xff\xff,,,,\n")
    with pytest.raises(UsageError, match="more than 64 MiB"):
        indicator_csv.parse(bytes(indicator_csv.MAX_BYTES + 1))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "'=1", "''-x", "\uff1d1"])
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    made = entries.indicator("domain", "a.example", reason=cell)
    (_, row) = csv.reader(io.StringIO(indicator_csv.render([made]).decode(), newline=""))
    assert row[3] == "'" + cell
    assert indicator_csv.parse(indicator_csv.render([made])) == (made,)


@given(st.lists(indicator_entries(), max_size=6))
@example([entries.indicator("domain", "a.example", reason="'quoted'")])
def test_round_trip(made: list[IndicatorEntry]) -> None:
    text = indicator_csv.render(made)
    assert indicator_csv.parse(text) == tuple(sorted(set(made)))
    assert indicator_csv.parse(text.replace(b"\r\n", b"\n")) == tuple(sorted(set(made)))
    for row in csv.reader(io.StringIO(text.decode(), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: (HEADER + text).encode("utf-8", "replace")))
def test_whatever_the_bytes_it_is_a_table_or_one_line(data: bytes) -> None:
    refusal = ""
    try:
        indicator_csv.parse(data)
    except UsageError as error:
        refusal = str(error)
    assert refusal.isprintable()
