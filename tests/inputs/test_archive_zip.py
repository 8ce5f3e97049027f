"""Zips: what sound ones give, and what each defect becomes. What is read of a defective one is still read."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.inputs.archive.budget import Limits
from tests.archives import contents, hashed, opened, reasons, zip_of_zeros, zipped

FILES = [("a.txt", b"one\n" * 9), ("b/c.txt", b"two\n" * 99)]
SOUND = zipped(FILES)
END = SOUND.rindex(b"PK\x05\x06")
CENTRAL = SOUND.index(b"PK\x01\x02")
SECOND = SOUND.index(b"PK\x03\x04", 4)


class Unseekable(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


def streamed() -> bytes:
    """Return a zip that was written to a pipe: with data descriptors."""
    buffer = Unseekable()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES:
            archive.writestr(name, data)
    return buffer.getvalue()


def wide() -> bytes:
    """Return a zip with zip64 sizes in its local headers and zip64 end records."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in FILES:
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data)
    return with_end64(buffer.getvalue())


def with_end64(data: bytes, *, size_off: int = 0, blank: bool = True) -> bytes:
    place = data.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack("<10xHII2x", data[place:])
    end64 = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, size + size_off, start)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, place, 1)
    end = data[place:]
    if blank:
        end = end[:8] + b"\xff" * 12 + end[20:]
    return data[:place] + end64 + locator + end


@pytest.mark.parametrize(
    "data",
    [
        SOUND,
        zipped(FILES, zipfile.ZIP_STORED),
        zipped(FILES, zipfile.ZIP_BZIP2),
        zipped([("folder/", b""), *FILES]),
        zipped(FILES, comment=b"made by hand"),
        streamed(),
        wide(),
        with_end64(SOUND, blank=False),
    ],
    ids=["deflated", "stored", "bzip2", "folders", "comment", "descriptors", "zip64", "both end records agree"],
)
def test_sound_archives_are_read_whole(data: bytes) -> None:
    read = opened(data)
    assert contents(read) == hashed(FILES)
    assert not read.gaps


def test_end_records_of_an_archive_within_are_innocent() -> None:
    inner = zipped([("x", b"y")], zipfile.ZIP_STORED)
    data = zipped([*FILES, ("data/inner.zip", inner), ("data/again.zip", inner)], zipfile.ZIP_STORED)
    read = opened(data)
    assert not read.gaps
    assert contents(read)["data/inner.zip!/x"] == hashlib.sha256(b"y").hexdigest()


def test_an_empty_archive_is_one() -> None:
    assert opened(zipped([])) == opened(zipped([]))
    assert not opened(zipped([])).gaps


def patched(place: int, form: str, value: int, data: bytes = SOUND) -> bytes:
    size = struct.calcsize(form)
    return data[:place] + struct.pack(form, value) + data[place + size :]


def both(offset: int, form: str, value: int) -> bytes:
    """Return the archive with a field of the first member changed in both headers; offset is the local header's."""
    return patched(offset, form, value, patched(CENTRAL + offset + 2, form, value))


def without_first() -> bytes:
    """Return the archive with the first member taken from the directory, its content left."""
    length = 46 + len("a.txt")
    data = SOUND[:CENTRAL] + SOUND[CENTRAL + length :]
    place = END - length
    size = struct.unpack_from("<I", SOUND, END + 12)[0] - length
    return patched(place + 8, "<I", 0x00010001, patched(place + 12, "<I", size, data))


def doubled_offset() -> bytes:
    """Return the archive with both members of the directory at one local header."""
    second = CENTRAL + 46 + len("a.txt")
    return patched(second + 42, "<I", 0)


@pytest.mark.parametrize(
    ("data", "reason", "left"),
    [
        pytest.param(b"MZ" + bytes(98) + SOUND, "prefix-data", 2, id="self-extracting"),
        pytest.param(SOUND + SOUND, "prefix-data", 2, id="two archives"),
        pytest.param(SOUND + b"payload", "trailing-data", 2, id="data after the end"),
        pytest.param(SOUND[:END], "not-an-archive", 0, id="no end record"),
        pytest.param(SOUND[: END + 10], "not-an-archive", 0, id="cut in the end record"),
        pytest.param(SOUND[:40] + SOUND[44:], "truncated", 0, id="bytes missing"),
        pytest.param(without_first(), "hidden-data", 1, id="a member the directory does not list"),
        pytest.param(doubled_offset(), "overlapping", 1, id="one local header twice"),
        pytest.param(patched(END + 8, "<I", 0x00070007), "ambiguous", 2, id="the count lies"),
        pytest.param(both(6, "<H", 1), "encrypted", 1, id="encrypted"),
        pytest.param(both(8, "<H", 99), "unsupported", 1, id="unknown method"),
        pytest.param(both(8, "<H", 14), "unsupported", 1, id="lzma"),
        pytest.param(both(22, "<I", 35), "size-mismatch", 1, id="the size lies"),
        pytest.param(both(14, "<I", 1), "bad-checksum", 1, id="the checksum lies"),
        pytest.param(patched(22, "<I", 35), "ambiguous", 2, id="the local header has another size"),
        pytest.param(patched(8, "<H", 0), "ambiguous", 2, id="the local header has another method"),
        pytest.param(SOUND.replace(b"a.txt", b"z.txt", 1), "ambiguous", 2, id="the local header has another name"),
        pytest.param(patched(0, "<I", 0), "corrupt", 1, id="no local header"),
        pytest.param(SOUND[:45] + b"\xff\xff" + SOUND[47:], "corrupt", 1, id="not deflate"),
        pytest.param(with_end64(SOUND, size_off=-1, blank=False), "ambiguous", 0, id="end records disagree"),
        pytest.param(zipped(FILES, comment=SOUND[END:]), "ambiguous", 0, id="an end record in the comment"),
        pytest.param(b"", "not-an-archive", 0, id="empty"),
    ],
)
def test_a_defect_is_a_gap(data: bytes, reason: str, left: int) -> None:
    read = opened(data)
    assert reason in reasons(read)
    assert len(read.members) == left
    assert contents(read).items() <= hashed([*FILES, ("z.txt", FILES[0][1])]).items()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("/etc/cron.d/x", "etc/cron.d/x"),
        ("../x", "../x"),
        ("a/../../x", "a/../../x"),
        ("C:/x", "C:/x"),
        ("C:\\x", "C:\\x"),
        ("\\\\host\\share", "\\\\host\\share"),
        ("a\\..\\b", "a\\..\\b"),
        ("a\nb", "a\\x0ab"),
        ("a\x1b[31m", "a\\x1b[31m"),
        ("x/" * 200 + "y", "x/" * 200 + "y"),
        ("y" * 5000, "y" * 4096),
    ],
)
def test_a_dangerous_name_is_said_and_its_content_read(name: str, shown: str) -> None:
    read = opened(zipped([(name, b"payload"), ("ok", b"fine")]))
    assert reasons(read) == ["unsafe-name"]
    assert contents(read) == hashed([(shown, b"payload"), ("ok", b"fine")])


@pytest.mark.parametrize("name", ["a..b", "...", "a/b", "a b", "ünï/cödé", "c:d"[1:], "-x", "a/./b", "x" * 300])
def test_an_odd_name_is_none(name: str) -> None:
    assert not opened(zipped([(name, b"")])).gaps


def test_a_name_with_nul_is_not_cut() -> None:
    data = zipped([("aXtxt", b"payload")]).replace(b"aXtxt", b"a\0txt")
    read = opened(data)
    assert reasons(read) == ["unsafe-name"]
    assert contents(read) == hashed([("a\\x00txt", b"payload")])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_both_of_two_members_of_one_name_are_read() -> None:
    read = opened(zipped([("a", b"seen"), ("a", b"run"), ("b", b"same"), ("b", b"same")]))
    assert contents(read) == hashed([("a", b"seen"), ("a#2", b"run"), ("b", b"same"), ("b#2", b"same")])
    assert [(gap.reason, gap.path) for gap in read.gaps] == [("duplicate-name", "a.zip!/a")]


def test_the_rest_is_read_when_members_are_too_many() -> None:
    read = opened(zipped([(f"{number}", b"x") for number in range(20)]), limits=Limits(members=12))
    assert len(read.members) == 12
    assert reasons(read) == ["too-many-members"]


def test_a_member_too_large_to_hold_is_hashed() -> None:
    seen = Sources()
    read = opened(SOUND, limits=Limits(held=100), sources=seen)
    assert contents(read) == hashed(FILES)
    assert seen.taken["a.txt"]
    assert None in seen.taken.values()


class Sources:
    """Stands for who reads code: keeps what it was given."""

    unread = ()
    code = None

    def __init__(self) -> None:
        self.taken: dict[str, bytes | None] = {}

    def take(self, path: str, data: bytes | None) -> bool:
        self.taken[path] = data
        return False

    def finish(self, packed: str, files: object, entry_points: object = ()) -> Sources:
        return self


def test_a_bomb_ends_early() -> None:
    read = opened(zip_of_zeros(64 << 20))
    assert reasons(read) == ["decompression-bomb"]
    assert not read.members


def test_what_is_unpacked_in_all_is_bounded() -> None:
    read = opened(zipped([(f"{number}", bytes(1000)) for number in range(10)]), limits=Limits(unpacked=4500))
    assert reasons(read) == ["too-large"]
    assert len(read.members) == 4


def nested(depth: int) -> bytes:
    data = zipped([("payload", b"x")])
    for number in range(depth):
        data = zipped([(f"{number}.zip", data)])
    return data


def test_nesting_is_bounded() -> None:
    assert not opened(nested(3)).gaps
    read = opened(nested(9))
    assert [(gap.reason, gap.path) for gap in read.gaps] == [("too-nested", "a.zip!/8.zip!/7.zip!/6.zip!/5.zip")]


def test_many_bombs_within_draw_on_one_budget() -> None:
    """What 42.zip is: the same archive many times in each of many archives."""
    data = bytes(200_000)
    for _ in range(3):
        data = zipped([(f"{number}.zip", data) for number in range(16)])
    read = opened(data, limits=Limits(unpacked=20_000_000))
    assert reasons(read) == ["too-large"]
    assert sum(file.size for file in read.members) <= 20_000_000


def plain(data: bytes) -> dict[str, str]:
    """Return what zipfile makes of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [info for info in archive.infolist() if not info.is_dir()]
        return {info.filename: hashlib.sha256(archive.read(info)).hexdigest() for info in members}


@given(st.integers(0, len(SOUND) - 1), st.integers(0, 255))
def test_what_is_read_without_a_gap_is_what_zipfile_reads(place: int, value: int) -> None:
    data = SOUND[:place] + bytes([value]) + SOUND[place + 1 :]
    read = opened(data)
    if not read.gaps:
        with suppress(NotImplementedError):  # it refuses what a member says that it needs
            assert contents(read) == plain(data)


@given(st.binary(max_size=400), st.sampled_from([b"", SOUND[:60], SOUND[CENTRAL:], SOUND[END:]]), st.booleans())
def test_anything_ends_without_an_error(data: bytes, known: bytes, first: bool) -> None:
    opened(known + data if first else data + known)


@pytest.mark.parametrize("data", [SOUND[: len(SOUND) // 2], SOUND[10:], SOUND * 3])
def test_a_mutilated_archive_is_never_whole(data: bytes) -> None:
    assert opened(data).gaps
