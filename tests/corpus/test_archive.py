"""Members of an export: every way in which an archive can be damaged or strange."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.corpus import archive
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONTENT = {"b.json": b'{"id":"b"}' * 50, "a.json": b"", "c/ä.json": b"x" * 7_000}


def packed(method: int = zipfile.ZIP_DEFLATED, content: dict[str, bytes] = CONTENT) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as made:
        for name, data in content.items():
            made.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return held.getvalue()


def read(folder: Path, data: bytes) -> dict[str, bytes]:
    (folder / "all.zip").write_bytes(data)
    return dict(archive.records(str(folder / "all.zip"), "all.zip"))


EXPECTED = {"a.json": CONTENT["a.json"], "b.json": CONTENT["b.json"], "c/\\xe4.json": CONTENT["c/ä.json"]}


@pytest.mark.parametrize(
    "data",
    [
        packed(),
        packed(zipfile.ZIP_STORED),
        packed(content=dict(reversed(CONTENT.items()))),
        b"something before it" + packed(),
    ],
)
def test_members_come_by_name(tmp_path: Path, data: bytes) -> None:
    found = read(tmp_path, data)
    assert found == EXPECTED
    assert list(found) == sorted(EXPECTED)


def test_no_members(tmp_path: Path) -> None:
    assert read(tmp_path, packed(content={})) == {}


def streamed() -> bytes:
    """Return an archive whose local headers say nothing of sizes, as one that was written to a pipe."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    held = Pipe()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in CONTENT.items():
            made.writestr(name, data)
    return held.getvalue()


def test_a_streamed_archive(tmp_path: Path) -> None:
    assert read(tmp_path, streamed()) == EXPECTED


def flagged(data: bytes) -> bytes:
    """Return the archive with the flag of encryption in its directory."""
    place = data.index(b"PK\x01\x02") + 8
    return data[:place] + bytes([data[place] | 1]) + data[place + 1 :]


def claiming(data: bytes, size: int) -> bytes:
    """Return the archive whose first member in the directory claims another size."""
    place = data.index(b"PK\x01\x02") + 24
    return data[:place] + size.to_bytes(4, "little") + data[place + 4 :]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data.replace(b"xxx", b"yyy"), "is damaged"),
        (lambda data: data.replace(b"PK\x03\x04", b"PK\x03\x05"), "is damaged"),
        (flagged, "is encrypted or packed in an unknown way"),
        (lambda data: claiming(data, 499), "is damaged"),
        (lambda data: claiming(data, 501), "is damaged"),
        (lambda data: claiming(data, archive.MAX_MEMBER + 1), "no record or too large"),
        (lambda data: data.replace(b"a.json", b"a.html"), "no record or too large"),
        (lambda data: data.replace(b"a.json", b"b.json"), "two members of one name"),
    ],
)
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_refused(tmp_path: Path, method: int, change: Callable[[bytes], bytes], reason: str) -> None:
    data = packed(method)
    if change(data) == data:  # nothing of the content is in sight in a compressed archive
        assert method == zipfile.ZIP_DEFLATED
        return
    with pytest.raises(CorpusError, match=reason):
        read(tmp_path, change(data))


def test_a_bomb_is_not_unpacked_beyond_what_it_claims(tmp_path: Path) -> None:
    bomb = packed(content={"b.json": bytes(20_000_000)})
    with pytest.raises(CorpusError, match="damaged"):
        read(tmp_path, claiming(bomb, 1000))


@given(st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_byte_changes_no_content(tmp_path: Path, data: st.DataObject) -> None:
    """A damaged directory may lose members, which zipfile does not count; none may become another."""
    changed = bytearray(packed())
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] ^= data.draw(st.integers(1, 255))
    try:
        found = read(tmp_path, bytes(changed))
    except (CorpusError, zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, OSError):
        return
    assert {*found.values()} <= {*EXPECTED.values()}
