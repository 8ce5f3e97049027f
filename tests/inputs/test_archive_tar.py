"""Tar archives: ustar, PAX, GNU; what each defect becomes; and compressed ones."""

from __future__ import annotations

import hashlib
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.inputs.archive.budget import Limits
from tests.archives import END, PACK, contents, hashed, header, opened, padded, pax, reasons, tarred

FILES = [("a/one.txt", b"one\n" * 9), ("a/two.txt", b"two\n" * 999)]
LONG = [("x" * 90 + "/" + "y" * 90 + "/ünï", b"1"), ("z" * 300, b"2")]
SOUND = tarred(FILES)
A = [("a", b"one")]
ONE = header(b"a", 3) + padded(b"one")


@pytest.mark.parametrize("packed", ["", *PACK])
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_sound_archives_are_read_whole(form: int, packed: str) -> None:
    files = FILES if form == tarfile.USTAR_FORMAT else FILES + LONG
    read = opened(tarred(files, form, packed))
    assert contents(read) == hashed(files)
    assert not read.gaps


@pytest.mark.parametrize(
    ("data", "files"),
    [
        pytest.param(header(b"a", 3, b"\0", magic=b"") + padded(b"one") + END, A, id="before POSIX"),
        pytest.param(header(b"a", 3, b"7") + padded(b"one") + END, A, id="contiguous"),
        pytest.param(header(b"./a/./b", 3) + padded(b"one") + END, [("a/b", b"one")], id="dots"),
        pytest.param(header(b"a", b"\x80" + bytes(10) + b"\x03") + padded(b"one") + END, A, id="base 256"),
        pytest.param(header(b"a", b"         3 \0") + padded(b"one") + END, A, id="blanks in numbers"),
        pytest.param(
            pax(path="other", size="3") + header(b"a", 0) + padded(b"one") + END, [("other", b"one")], id="PAX"
        ),
        pytest.param(pax(mtime="1.5") + ONE + END, A, id="PAX time"),
        pytest.param(header(b"d/", 0, b"5") + header(b"e/", 0, b"\0", magic=b"") + END, [], id="folders"),
        pytest.param(header(b"a/l", 0, b"2", b"../b") + header(b"h", 0, b"1", b"a") + END, [], id="links within"),
        pytest.param(ONE + END + bytes(512 * 200), A, id="padding"),
        pytest.param(ONE + bytes(512), A, id="one empty block at the end"),
    ],
)
def test_what_archivers_write_is_no_gap(data: bytes, files: list[tuple[str, bytes]]) -> None:
    read = opened(data, "a.tar")
    assert contents(read) == hashed(files)
    assert not read.gaps


@pytest.mark.parametrize(
    ("data", "reason", "left"),
    [
        pytest.param(ONE, "truncated", 1, id="no end mark"),
        pytest.param(ONE + header(b"b", 999) + b"few", "truncated", 1, id="content cut off"),
        pytest.param(ONE + header(b"b", 3)[:300], "truncated", 1, id="header cut off"),
        pytest.param(ONE + b"X" + header(b"b", 3)[1:] + END, "bad-checksum", 1, id="checksum"),
        pytest.param(ONE + header(b"b", b"0000000009x\0") + END, "corrupt", 1, id="size no number"),
        pytest.param(ONE + header(b"b", b"\xff" * 12) + END, "corrupt", 1, id="negative size"),
        pytest.param(ONE + header(b"b", b"\x80" + b"\xff" * 11) + END, "truncated", 1, id="a huge size"),
        pytest.param(ONE + header(b"s", 512, b"S") + padded(b"s") + END, "unsupported", 1, id="sparse, GNU"),
        pytest.param(ONE + pax(GNU__sparse__major="1") + ONE + END, "unsupported", 1, id="sparse, PAX"),
        pytest.param(pax(size="1024") + header(b"a", 3) + padded(b"x" * 1024) + END, "ambiguous", 1, id="two sizes"),
        pytest.param(header(b"l", 512, b"2", b"x") + ONE + END, "ambiguous", 1, id="a link with a size"),
        pytest.param(header(b"d", 512, b"5") + ONE + END, "ambiguous", 1, id="a folder with a size"),
        pytest.param(header(b"g", 13, b"g") + padded(b"13 path=evil\n") + ONE + END, "ambiguous", 1, id="global"),
        pytest.param(header(b"x", 4, b"x") + padded(b"99 a") + ONE + END, "corrupt", 0, id="PAX not well formed"),
        pytest.param(header(b"x", 1 << 22, b"x") + bytes(1 << 22) + END, "too-large", 0, id="PAX too long"),
        pytest.param(header(b"L", 1 << 22, b"L") + bytes(1 << 22) + END, "too-large", 0, id="a name too long"),
        pytest.param(ONE + END + ONE + END, "trailing-data", 1, id="an archive after the end"),
        pytest.param(ONE + END + bytes(512 * 99) + b"payload", "trailing-data", 1, id="data far after the end"),
        pytest.param(header(b"/etc/x", 0) + END, "unsafe-name", 1, id="absolute"),
        pytest.param(header(b"../x", 0) + END, "unsafe-name", 1, id="leads out"),
        pytest.param(pax(path="../../x") + header(b"a", 0) + END, "unsafe-name", 1, id="leads out by PAX"),
        pytest.param(header(b"a/l", 0, b"2", b"../../etc") + END, "link-outside", 0, id="link leads out"),
        pytest.param(header(b"l", 0, b"2", b"/etc") + END, "link-outside", 0, id="link to the root"),
        pytest.param(header(b"l", 0, b"1", b"../x") + END, "link-outside", 0, id="hard link leads out"),
        pytest.param(pax(linkpath="../x") + header(b"l", 0, b"2", b"x") + END, "link-outside", 0, id="PAX link"),
        pytest.param(header(b"d", 0, b"3") + END, "special-member", 0, id="device"),
        pytest.param(header(b"d", 0, b"4") + END, "special-member", 0, id="block device"),
        pytest.param(header(b"d", 0, b"6") + END, "special-member", 0, id="pipe"),
        pytest.param(header(b"d", 3, b"Z") + padded(b"one") + END, "special-member", 1, id="unknown"),
        pytest.param(ONE + header(b"a", 3) + padded(b"two") + END, "duplicate-name", 2, id="one name twice"),
    ],
)
def test_a_defect_is_a_gap(data: bytes, reason: str, left: int) -> None:
    read = opened(data, "a.tar")
    assert reasons(read) == [reason] or (reason in reasons(read) and reason == "unsupported")
    assert len(read.members) == left


@pytest.mark.parametrize("cut", [5, 40, 200])
@pytest.mark.parametrize("packed", PACK)
def test_a_compressed_archive_that_is_cut_is_no_whole_one(packed: str, cut: int) -> None:
    data = tarred([(str(number), hashlib.sha256(bytes([number])).digest() * 40) for number in range(99)], packed=packed)
    read = opened(data[:-cut])
    assert "truncated" in reasons(read)
    assert contents(read).items() <= contents(opened(data)).items()


@pytest.mark.parametrize("packed", PACK)
def test_streams_one_after_the_other_and_what_follows_them(packed: str) -> None:
    half = len(SOUND) // 2
    pack = PACK[packed]
    assert contents(opened(pack(SOUND[:half]) + pack(SOUND[half:]))) == hashed(FILES)
    assert not opened(pack(SOUND) + bytes(4096)).gaps
    assert reasons(opened(pack(SOUND) + b"payload" * 99)) == ["trailing-data"]
    assert reasons(opened(pack(SOUND) + pack(b"payload" * 99))) == ["trailing-data"]


@pytest.mark.parametrize("packed", PACK)
def test_a_compressed_file_is_an_archive_of_one(packed: str) -> None:
    read = opened(PACK[packed](b"print(1)\n"), f"x.py.{packed}")
    assert contents(read) == hashed([("x.py", b"print(1)\n")])
    assert read.languages == (("python", 1),)
    assert not read.gaps


@pytest.mark.parametrize("packed", PACK)
def test_ten_gigabytes_of_zeros_end_early(packed: str) -> None:
    """What comes out is bounded by what goes in, before the content is judged at all."""
    piece = PACK[packed](bytes(64 << 20))
    read = opened(piece * 160)
    assert "decompression-bomb" in reasons(read)


def test_members_are_bounded() -> None:
    read = opened(b"".join(header(b"%d" % number, 0) for number in range(50)) + END, "a.tar", Limits(members=20))
    assert reasons(read) == ["too-many-members"]
    assert len(read.members) == 20


@pytest.mark.slow
def test_a_million_members_are_bounded() -> None:
    data = PACK["gz"](header(b"same", 0) * 1_000_000 + END)
    read = opened(data)
    assert reasons(read) == ["too-many-members"]
    assert len(read.members) == 100_000


def test_headers_that_carry_no_member_count_as_well() -> None:
    read = opened(pax(mtime="1") * 50 + ONE + END, "a.tar", Limits(members=20))
    assert reasons(read) == ["too-many-members"]


def plain(data: bytes) -> dict[str, str]:
    """Return what tarfile makes of an archive."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        found = {member.name: archive.extractfile(member) for member in archive if member.isreg()}
        return {name: hashlib.sha256(file.read()).hexdigest() for name, file in found.items() if file}


@given(st.integers(0, 2 * 1536 - 1), st.integers(0, 255))
def test_what_is_read_without_a_gap_is_what_tarfile_reads(place: int, value: int) -> None:
    data = SOUND[:place] + bytes([value]) + SOUND[place + 1 :]
    read = opened(data)
    if not read.gaps:
        assert contents(read) == plain(data)


@given(st.binary(max_size=600), st.sampled_from([b"", SOUND[:512], SOUND[:600], ONE, tarred(FILES, packed="gz")[:50]]))
def test_anything_ends_without_an_error(data: bytes, known: bytes) -> None:
    opened(known + data)
    opened(data + known)


def test_names_are_bounded_in_all() -> None:
    read = opened(b"".join(pax(path=f"{number}" + "n" * 999_000) + header() for number in range(40)), "a.tar")
    assert reasons(read) == ["too-large", "unsafe-name"]
    assert len(read.members) == 33


def test_many_of_one_name_take_time_in_proportion() -> None:
    taken = [(f"a#{number}", b"") for number in range(2, 3000)]
    read = opened(tarred(taken + [("a", b"")] * 3000), "a.tar")
    assert len(read.members) == 2998 + 3000
