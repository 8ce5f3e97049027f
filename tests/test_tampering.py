"""A byte changed anywhere in the default pack: exit 5 at verify, and at the next scan that touches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assay.corpus.inspection import inspect_pack
from assay.corpus.shipped import default_pack_path, load_trust
from assay.scanner.cli import run_command

if TYPE_CHECKING:
    from pathlib import Path

with open(default_pack_path(), "rb") as file:
    PACK = file.read()
SECTIONS = {section.name: section for section in inspect_pack(default_pack_path(), load_trust()).manifest.sections}
BODY = len(PACK) - max(section.offset + section.length for section in SECTIONS.values())
ENVELOPE = int.from_bytes(PACK[8:12], "little")
HEAD = {
    "magic": 3,
    "length of the envelope": 8,
    "number of carried roots": 12,
    "envelope, first byte": 16,
    "envelope, payload": 16 + ENVELOPE // 2,
    "envelope, last byte": 15 + ENVELOPE,
    "signature": 16 + PACK[16:].index(b'"sig"') + 12,
    "key id": 16 + PACK[16:].index(b'"keyid"') + 14,
    "padding": BODY - 1,
}
PLACES = {
    f"{name}, {where}": BODY + section.offset + offset
    for name, section in SECTIONS.items()
    for where, offset in (("first", 0), ("middle", section.length // 2), ("last", section.length - 1))
}
GAPS = {
    f"padding after {name}": BODY + section.offset + section.length
    for name, section in SECTIONS.items()
    if PACK[BODY + section.offset + section.length : BODY + section.offset + section.length + 1] == b"\0"
}
TOUCHED_BY_A_SCAN = [*HEAD, *GAPS]
TOUCHED_BY_A_SCAN += [place for place in PLACES if place.startswith(("advisories", "ioc", "names-top-pypi"))]


def tampered(folder: Path, position: int) -> str:
    path = folder / "tampered.pack"
    path.write_bytes(PACK[:position] + bytes([PACK[position] ^ 0x04]) + PACK[position + 1 :])
    return str(path)


@pytest.mark.parametrize(("place", "position"), [*HEAD.items(), *GAPS.items(), *PLACES.items()])
def test_verify_refuses_it(tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str, position: int) -> None:
    assert run_command(["corpus", "verify", tampered(tmp_path, position)]) == 5
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("assay: E_")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("place", TOUCHED_BY_A_SCAN)
def test_a_scan_that_touches_it_refuses_it(tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    (tmp_path / "requirements.txt").write_text("flask==0.12\nrequest==1.0\n", encoding="utf-8")
    pack = tampered(tmp_path, {**HEAD, **GAPS, **PLACES}[place])
    assert run_command(["scan", str(tmp_path / "requirements.txt"), "-f", "json", "--corpus", pack]) == 5
    assert capsys.readouterr().out == ""


def test_a_scan_that_touches_a_changed_block_refuses_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every block of the pack is changed in turn; the scan of one package must fail for exactly one of them."""
    (tmp_path / "requirements.txt").write_text("flask==0.12\n", encoding="utf-8")
    blocks = SECTIONS["blocks"]
    codes = [
        run_command(
            ["scan", str(tmp_path / "requirements.txt"), "-f", "json", "--corpus", tampered(tmp_path, BODY + position)]
        )
        for position in range(blocks.offset, blocks.offset + blocks.length, 64 * 1024)
    ]
    assert sorted(set(codes)) == [0, 5]
    assert codes.count(5) == 1


@pytest.mark.parametrize("length", [0, 7, 16, 100, len(PACK) // 2, len(PACK) - 1])
def test_a_pack_that_is_cut_off_is_refused(tmp_path: Path, length: int) -> None:
    (tmp_path / "cut.pack").write_bytes(PACK[:length])
    assert run_command(["corpus", "verify", str(tmp_path / "cut.pack")]) == 5


@pytest.mark.parametrize("added", [b"\0", b"PK\5\6" + bytes(18), b"\n"])
def test_a_pack_with_something_after_its_end_is_refused(tmp_path: Path, added: bytes) -> None:
    (tmp_path / "long.pack").write_bytes(PACK + added)
    assert run_command(["corpus", "verify", str(tmp_path / "long.pack")]) == 5
