"""What counts as a sighting of a domain, URL, address or text, at whatever place of a file and however it is read."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.inputs import target as target_module
from assay.scanner.inputs import tree
from assay.scanner.inputs.sightings import Searcher, searcher
from assay.scanner.inputs.target import ReadOptions, read_targets
from assay.scanner.knowledge import IndicatorKind, Observable
from assay.scanner.models import Sighting
from tests.command import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HOST = Observable(IndicatorKind.DOMAIN, "evil.example")
PAGE = Observable(IndicatorKind.URL, "https://evil.example/path")
SITE = Observable(IndicatorKind.URL, "http://site.example/")
QUERY = Observable(IndicatorKind.URL, "https://q.example/?id=")
BARE = Observable(IndicatorKind.URL, "https://bare.example")
MAIL = Observable(IndicatorKind.EMAIL, "thief@mail.example")
TEXT = Observable(IndicatorKind.STRING, "Größe: X\n9")
IPV4 = Observable(IndicatorKind.DOMAIN, "192.0.2.7")
EVERY = (HOST, IPV4, PAGE, SITE, QUERY, BARE, MAIL, TEXT)
SEARCHER = Searcher(EVERY)

SEEN = [
    (HOST, "evil.example"),
    (HOST, "https://evil.example/x"),
    (HOST, "a.evil.example"),
    (HOST, "so it was evil.example."),
    (HOST, "EVIL.Example:8080"),
    (HOST, "who@evil.example"),
    (HOST, '"evil.example"'),
    (HOST, "evil.example./x"),
    (HOST, "https%3A%2F%2Fevil.example%2Fx"),
    (HOST, r'"\nevil.example\n"'),
    (HOST, "访问evil.example吧"),
    (HOST, "notevil.example, but evil.example too"),
    (IPV4, "192.0.2.7"),
    (IPV4, "http://192.0.2.7:8080/x"),
    (IPV4, "ping 192.0.2.7."),
    (PAGE, "https://evil.example/path"),
    (PAGE, "HTTPS://Evil.Example/path"),
    (PAGE, "git+https://evil.example/path/to?x#y"),
    (PAGE, "(https://evil.example/path?x=1)"),
    (PAGE, "https://evil.example/path#x"),
    (PAGE, "'https://evil.example/path'"),
    (PAGE, "see https://evil.example/path. Or not"),
    (PAGE, "`https://evil.example/path${id}`"),
    (SITE, "http://site.example/"),
    (SITE, "http://site.example"),
    (SITE, "http://SITE.example/any/thing"),
    (SITE, "http://site.example?x"),
    (QUERY, "https://q.example/?id=17"),
    (BARE, "https://bare.example/x"),
    (BARE, "https://bare.example:8443/x"),
    (MAIL, "Thief@Mail.example"),
    (MAIL, "<thief@mail.example>"),
    (MAIL, "mailto:thief@mail.example?subject=x"),
    (MAIL, "write to thief@mail.example."),
    (TEXT, "aGröße: X\n9b"),
]
NEAR = [
    (HOST, "notevil.example"),
    (HOST, "not-evil.example"),
    (HOST, "_evil.example"),
    (HOST, "evil.example.org"),
    (HOST, "evil.example-x"),
    (HOST, "evil.examples"),
    (HOST, "evil.example_"),
    (HOST, "evil example"),
    (HOST, "evilXexample"),
    (HOST, "evil[.]example"),
    (HOST, "%41evil.example"),
    (IPV4, "1.192.0.2.7"),
    (IPV4, "192.0.2.70"),
    (IPV4, "192.0.2.7.1"),
    (IPV4, "5192.0.2.7"),
    (IPV4, "192.0.217"),
    (PAGE, "https://evil.example/pathology"),
    (PAGE, "https://evil.example/path-2"),
    (PAGE, "https://evil.example/path.js"),
    (PAGE, "https://evil.example/path%20x"),
    (PAGE, "https://evil.example/Path"),
    (PAGE, "http://evil.example/path"),
    (PAGE, "xhttps://evil.example/path"),
    (PAGE, "https://evil.example"),
    (PAGE, "hxxps://evil.example/path"),
    (SITE, "http://site.example.org/"),
    (SITE, "http://site.examples/"),
    (SITE, "https://site.example/"),
    (QUERY, "https://q.example/?ID=17"),
    (BARE, "https://bare.example-x/"),
    (BARE, "https://not.bare.example/"),
    (MAIL, "petty.thief@mail.example"),
    (MAIL, "petty-thief@mail.example"),
    (MAIL, "apettythief@mail.example"),
    (MAIL, "thief@mail.example.org"),
    (MAIL, "thief@mail.example-x"),
    (TEXT, "größe: X\n9"),
    (TEXT, "Größe: x\n9"),
    (TEXT, "Größe: X\r\n9"),
]


def search(pieces: Iterable[bytes], made: Searcher = SEARCHER) -> dict[Observable, tuple[int, int]]:
    """Return (line, column) of each observable in a file that is read in these pieces."""
    found = made.begin()
    for piece in pieces:
        found.feed(piece)
    return {each.observable: (each.line, each.column) for each in found.finish("file")}


def cut(data: bytes, size: int, first: int = 4) -> list[bytes]:
    """Cut a file into pieces of a size; the first is as long as ``Search.feed`` asks for."""
    start = max(size, first)
    return [data[:start], *(data[place : place + size] for place in range(start, len(data), size))]


@pytest.mark.parametrize(("observable", "text"), SEEN)
def test_it_is_seen(observable: Observable, text: str) -> None:
    assert observable in search([text.encode()])


@pytest.mark.parametrize(("observable", "text"), NEAR)
def test_it_is_a_near_miss(observable: Observable, text: str) -> None:
    assert observable not in search([text.encode()])


@pytest.mark.parametrize("size", [1, 2, 3, 5, 17])
def test_no_border_between_pieces_changes_what_is_seen(size: int) -> None:
    for observable, text in (*SEEN, *NEAR):
        for lead in range(40):
            data = (" " * lead + text + " end").encode()
            assert search(cut(data, size)) == search([data]), (observable, text, lead)


TEXTS = st.text(st.sampled_from("ab.é€\n\r 😀"), max_size=120)


@settings(deadline=None)
@given(TEXTS, st.sampled_from([case for case in SEEN if "too" not in case[1]]), TEXTS, st.integers(1, 60))
def test_the_first_place_is_found_at_any_offset(
    before: str, case: tuple[Observable, str], after: str, size: int
) -> None:
    observable, text = case
    alone = search([text.encode()])[observable]
    whole = f"{before}\n{text}\n{after}\n{text}"
    lines = before.count("\n") + 1
    places = search(cut(whole.encode(), size))
    assert places[observable] == (alone[0] + lines, alone[1])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("evil.example", (1, 1)),
        ("\nevil.example", (2, 1)),
        ("\r\n\r\n  evil.example", (3, 3)),
        ("é€😀 evil.example", (1, 5)),
        ("a\n\n\n\té evil.example\nevil.example", (4, 4)),
        ("x\revil.example", (1, 3)),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-be-mark"])
def test_lines_and_columns_count_characters_in_any_unicode(text: str, place: tuple[int, int], encoding: str) -> None:
    data = b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-mark" else text.encode(encoding)
    assert search([data]) == {HOST: place}
    assert search(cut(data, 5)) == {HOST: place}


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_a_mark_does_not_count_however_the_file_is_cut(size: int) -> None:
    data = (" " * 90 + "evil.example").encode("utf-8-sig")
    assert search(cut(data, size)) == {HOST: (1, 91)}


def test_what_is_no_unicode_is_searched_as_it_is() -> None:
    assert search([b"\xff\xfe\x00\xd8 evil.example \x80\xff"]) == {HOST: (1, 6)}
    assert search([b"\x7fELF\x00\x00evil.example\x00"]) == {HOST: (1, 7)}


def test_a_thousand_near_misses_hide_nothing() -> None:
    data = b"notevil.example " * 5000 + b"evil.example"
    assert search([data]) == search(cut(data, 1000)) == {HOST: (1, 5000 * 16 + 1)}


def test_observables_that_are_parts_of_each_other_are_all_seen() -> None:
    names = ["e.example", "evil.e.example", "very.evil.e.example"]
    domains = [Observable(IndicatorKind.DOMAIN, name) for name in names]
    text = Observable(IndicatorKind.STRING, "evil.e.example")
    found = search([b"x very.evil.e.example y"], Searcher([*domains, text]))
    assert found == dict(zip([*domains, text], [(1, 13), (1, 8), (1, 3), (1, 8)], strict=True))


def test_ten_thousand_observables_are_each_seen_alone() -> None:
    made = [Observable(IndicatorKind.DOMAIN, f"n{number}.example") for number in range(10_000)]
    many = Searcher(made)
    for number in (0, 499, 500, 9_999):
        assert search([f"x n{number}.example".encode()], many) == {made[number]: (1, 3)}
    assert search([b"n10000.example n.example"], many) == {}


class TestReading:
    def make(self, root: Path) -> Path:
        for number in range(40):
            folder = root / f"d{number % 5}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"f{number}.js").write_text(f"{'x' * number}\n{SEEN[number % len(SEEN)][1]}", encoding="utf-8")
        (root / "big.bin").write_bytes(b"\n" + b"." * (tree._CHUNK - 7) + b"evil.example" + b"." * tree._CHUNK)
        return root

    def read(self, root: Path, observables: tuple[Observable, ...], **options: object) -> tuple[Sighting, ...]:
        made = ReadOptions(observables=observables, **options)  # type: ignore[arg-type]
        return read_targets([str(root)], made).sightings

    def test_neither_workers_nor_listing_nor_pieces_decide(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = self.make(tmp_path)
        observables = tuple(sorted(EVERY))
        expected = self.read(root, observables)
        assert len(expected) >= 40
        assert [each.path for each in expected] == sorted(each.path for each in expected)
        assert Sighting("big.bin", 2, tree._CHUNK - 6, HOST) in expected
        monkeypatch.setattr(target_module, "WORKER_CHUNK", 7)
        for jobs in (1, 3):
            assert self.read(root, observables, jobs=jobs, reverse_listing=True) == expected
        monkeypatch.setattr(tree, "_CHUNK", 11)
        assert self.read(root, observables, jobs=2) == expected

    def test_a_worker_can_make_another_searcher_than_its_parent(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = self.make(tmp_path)
        searcher((MAIL,))
        monkeypatch.setattr(target_module, "WORKER_CHUNK", 7)
        assert {each.observable for each in self.read(root, (HOST,), jobs=2)} == {HOST}

    def test_without_code_only_what_is_read_is_searched(self, tmp_path: Path) -> None:
        (tmp_path / "requirements.txt").write_text("# evil.example\n", encoding="utf-8")
        (tmp_path / "x.js").write_text("// evil.example\n", encoding="utf-8")
        paths = [[each.path for each in self.read(tmp_path, (HOST,), with_code=code)] for code in (True, False)]
        assert paths == [["requirements.txt", "x.js"], ["requirements.txt"]]

    def test_a_named_file_and_what_it_includes_are_searched(self, tmp_path: Path) -> None:
        (tmp_path / "asked.txt").write_text("-r other.txt\n# evil.example\n", encoding="utf-8")
        (tmp_path / "other.txt").write_text("# a.evil.example\n", encoding="utf-8")
        named = self.read(tmp_path / "asked.txt", (HOST,))
        assert [(each.path, each.line, each.column) for each in named] == [("asked.txt", 2, 3), ("other.txt", 1, 5)]


def test_nothing_is_loaded_when_there_is_nothing_to_look_for(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("evil.example", encoding="utf-8")
    code = (
        "import sys; from assay.scanner.inputs.target import ReadOptions, read_targets; "
        "from assay.scanner.knowledge import IndicatorKind, Observable; "
        f"read_targets([{str(tmp_path)!r}], ReadOptions(SOUGHT)); print('yara_x' in sys.modules)"
    )
    for sought, loaded in (("", False), ("observables=(Observable(IndicatorKind.DOMAIN, 'a.example'),)", True)):
        command = [sys.executable, "-c", code.replace("SOUGHT", sought)]
        result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
        assert result.stdout == f"{loaded}\n"
