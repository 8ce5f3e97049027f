from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.formatters.escape import cells, split_at, visible
from assay.formatters.layout import package_label, wrap


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, 100 %", "plain text, 100 %"),
        ("naïve café, Größe, 日本語, Ελληνικά, עברית", "naïve café, Größe, 日本語, Ελληνικά, עברית"),
        (r"C:\temp\x1b", r"C:\temp\x1b"),
        ("a\nb\r\tc", r"a\x0ab\x0d\x09c"),
        ("\x1b[2J\x9b2J\x07\x7f", r"\x1b[2J\x9b2J\x07\x7f"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
        ("a\u200bb\u2060c\ufeffd", r"a\u200bb\u2060c\ufeffd"),
        ("line\u2028line", r"line\u2028line"),
        ("no\xa0break", r"no\xa0break"),
        ("H\u0335\u0336a", r"H\u0335\u0336a"),
        ("tag \U000e0041", r"tag \U000e0041"),
        ("bad byte \udc80", r"bad byte \udc80"),
    ],
)
def test_what_moves_hides_or_reorders_text_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters()))
def test_nothing_escaped_is_left_to_escape(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    shown.encode()


def test_every_control_that_this_interpreter_knows_is_escaped() -> None:
    unsafe = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    characters = map(chr, range(0x110000))
    assert [c for c in characters if unicodedata.category(c) in unsafe and visible(c) == c] == []


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("日本", 4), ("\uff46\uff55\uff4c\uff4c", 8), ("é", 1), ("🎉", 2), ("한", 2)]
)
def test_wide_characters_take_two_columns(text: str, width: int) -> None:
    assert cells(text) == width


def test_width_agrees_with_this_interpreter_on_letters_and_ideographs() -> None:
    for character in map(chr, range(0x20, 0x30000)):
        if unicodedata.category(character) in {"Lo", "Lu", "Ll"} and visible(character) == character:
            wide = unicodedata.east_asian_width(character) in "WF"
            assert cells(character) == (2 if wide else 1), hex(ord(character))


@given(st.text(st.characters(exclude_categories=["Cs"])).map(visible), st.integers(4, 40))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_cut_takes_at_least_one_character() -> None:
    assert split_at("日本", 1) == ("日", "本")


@pytest.mark.parametrize(
    ("purl", "label"),
    [
        ("pkg:npm/lodash@4.17.4", "lodash@4.17.4"),
        ("pkg:npm/%40types/node@20.1.0", "@types/node@20.1.0"),
        ("pkg:pypi/flask", "flask"),
        ("pkg:npm/fork@1.0.0?vcs_url=git%2Bhttps://host.example/x.git", "fork@1.0.0 (vcs)"),
        ("pkg:pypi/x@1?download_url=https://host.example/x.whl", "x@1 (download)"),
    ],
)
def test_a_purl_is_shown_as_name_and_version(purl: str, label: str) -> None:
    assert package_label(purl) == label
