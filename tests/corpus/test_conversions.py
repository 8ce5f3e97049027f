"""The conversions of an earlier build: they save time and change nothing, whoever wrote the file."""

from __future__ import annotations

import zipfile
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.corpus import canonical, conversions, spec
from assay.corpus.build import assemble
from assay.corpus.conversions import Conversion, Conversions, derive_secret
from assay.corpus.ingest import Tables, ingest
from assay.scanner.errors import CorpusError
from tests.corpus.packs import key
from tests.corpus.test_build import SPEC, write_zip
from tests.corpus.test_osv import ALL, V3, npm, osv_record, pypi

if TYPE_CHECKING:
    from pathlib import Path

SECRET = derive_secret(key("default-a"))
BOTH = osv_record("GHSA-7", "one", ranges=ALL)
BOTH["affected"] += osv_record(name="two", ecosystem="PyPI", ranges=ALL)["affected"]
RECORDS = [
    osv_record("MAL-1", "thief", ranges=ALL, summary="Malicious code in thief (npm)", aliases=["GHSA-1"]),
    osv_record("MAL-2", "hijacked", versions=["1.2.3", "1.2.4", "no version"]),
    npm(("introduced", "1.0.0"), ("fixed", "1.2.0"), ("introduced", "2.0.0"), ("last_affected", "2.3.0"), id_="GHSA-1",
        severity=[V3]),
    npm(("introduced", "0"), ("limit", "3.0.0"), id_="GHSA-2", summary="Ångström \u2028 \U0001f600 line\nbreak"),
    pypi(("introduced", "7.2.0-12.1"), id_="PYSEC-3", aliases=["CVE-3"]),
    osv_record("GHSA-4", "back", ranges=ALL, withdrawn="2026-01-01T00:00:00Z"),
    osv_record("GHSA-5", "elsewhere", "Maven", ranges=ALL),
    osv_record("GHSA-6", "says-nothing"),
    BOTH,
]  # fmt: skip


def built(folder: Path, cache: str | None = None, code: str = "this", secret: bytes = SECRET) -> tuple[str, int]:
    """Return the digest of the pack of the folder's records, and how many were not converted anew."""
    inputs = [{"kind": "osv", "path": "all.zip", "sources": {"": "advisories", "MAL-": "malware"}}]
    plan = spec.parse(canonical.dump({**SPEC, "inputs": inputs}))
    tables = Tables()
    places = {each.id: place for place, each in enumerate(plan.sources)}
    if cache is None:
        ingest(str(folder / "all.zip"), plan.inputs[0], places, tables)
        return assemble(plan, tables).digest, 0
    with Conversions(str(folder / cache), code, secret) as known:
        tables.conversions["all.zip"] = known
        ingest(str(folder / "all.zip"), plan.inputs[0], places, tables)
    return assemble(plan, tables).digest, known.recalled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_zip(tmp_path / "all.zip", RECORDS)
    return tmp_path


def test_nothing_depends_on_it(folder: Path) -> None:
    digest, _ = built(folder)
    assert built(folder, "cache") == (digest, 0)
    assert built(folder, "cache") == (digest, len(RECORDS))
    assert built(folder, "cache") == (digest, len(RECORDS))


def test_only_what_changed_is_converted(folder: Path) -> None:
    built(folder, "cache")
    write_zip(folder / "all.zip", [{**RECORDS[0], "summary": "another"}, *RECORDS[1:-1]])
    digest, _ = built(folder)
    assert built(folder, "cache") == (digest, len(RECORDS) - 2)
    assert built(folder, "cache") == (digest, len(RECORDS) - 1)


def test_what_is_gone_is_not_kept(folder: Path) -> None:
    built(folder, "cache")
    before = (folder / "cache").stat().st_size
    write_zip(folder / "all.zip", RECORDS[:2])
    built(folder, "cache")
    assert (folder / "cache").stat().st_size < before


@pytest.mark.parametrize("changed", [{"code": "another"}, {"secret": derive_secret(key("default-b"))}])
def test_another_code_or_key_begins_anew(folder: Path, changed: dict[str, object]) -> None:
    digest, _ = built(folder, "cache")
    assert built(folder, "cache", **changed) == (digest, 0)  # type: ignore[arg-type]
    assert built(folder, "cache", **changed) == (digest, len(RECORDS))  # type: ignore[arg-type]


def test_a_source_at_another_place_is_converted_anew(folder: Path) -> None:
    made = Conversion("GHSA-1", "2026-01-01T00:00:00Z", False, ())
    with Conversions(str(folder / "cache"), "this", SECRET) as first:
        first.keep(b"\0" * 32, 3, made)
    with Conversions(str(folder / "cache"), "this", SECRET) as second:
        assert second.recall(b"\0" * 32, 4) is None
        assert second.recall(b"\0" * 32, 3) == made
        assert second.recall(b"\1" * 32, 3) is None


def test_a_build_that_fails_keeps_what_was_there(folder: Path) -> None:
    built(folder, "cache")
    before = (folder / "cache").read_bytes()
    write_zip(folder / "all.zip", [{**RECORDS[0], "summary": "another"}, {**RECORDS[1], "affected": 7}])
    with pytest.raises(CorpusError):
        built(folder, "cache")
    assert (folder / "cache").read_bytes() == before
    assert not (folder / "cache.new").exists()


def frames(data: bytes) -> list[bytes]:
    """Return the frames of a cache file behind its head of 40 bytes."""
    found, place = [], 40
    while place < len(data):
        length = 52 + int.from_bytes(data[place + 48 : place + 52], "little")
        found.append(data[place : place + length])
        place += length
    return found


def forged(data: bytes) -> bytes:
    """Return a file whose records say something else, under MACs that need no secret."""
    made = []
    for frame in frames(data):
        payload = frame[52:].replace(b"thief", b"saint")
        mac = blake2b(frame[:32] + payload, key=blake2b(data[:40]).digest(), digest_size=16).digest()
        made.append(frame[:32] + mac + len(payload).to_bytes(4, "little") + payload)
    return data[:40] + b"".join(made)


def swapped(data: bytes) -> bytes:
    """Return a file in which each record has what belongs to the one before it."""
    every = frames(data)
    return data[:40] + b"".join(
        frame[:32] + before[32:] for frame, before in zip(every, [every[-1], *every], strict=False)
    )


@pytest.mark.parametrize(
    "tamper",
    [
        lambda data: b"",
        lambda data: data[:39],
        lambda data: data[:-1],
        lambda data: data[:60],
        lambda data: b"X" + data[1:],
        lambda data: data[:40] + b"\xff" * 500,
        lambda data: data[:40] + bytes(10_000),
        lambda data: data.replace(b"thief", b"saint"),
        lambda data: data.replace(b'["0"]', b'["9"]'),
        lambda data: data + data[40:200],
        lambda data: data[:40] + b"".join(reversed(frames(data))),
        swapped,
        forged,
    ],
)
def test_a_file_that_was_tampered_with(folder: Path, tamper: object) -> None:
    digest, _ = built(folder, "cache")
    data = (folder / "cache").read_bytes()
    (folder / "cache").write_bytes(tamper(data))  # type: ignore[operator]
    assert built(folder, "cache")[0] == digest
    assert built(folder, "cache") == (digest, len(RECORDS))


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_single_byte_counts(folder: Path, data: st.DataObject) -> None:
    if not (folder / "good").exists():
        built(folder, "good")
    changed = bytearray((folder / "good").read_bytes())
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] ^= data.draw(st.integers(1, 255))
    (folder / "cache").write_bytes(changed)
    assert built(folder, "cache")[0] == built(folder)[0]


def test_a_link_is_not_followed(folder: Path) -> None:
    digest, _ = built(folder, "good")
    (folder / "cache").symlink_to(folder / "good")
    assert built(folder, "cache") == (digest, 0)


def test_the_secret_is_of_the_key_and_signs_nothing() -> None:
    assert derive_secret(key("default-a")) == SECRET != derive_secret(key("default-b"))
    assert not conversions._CONTEXT.startswith(b"DSSE")
    assert len(SECRET) == sha256().digest_size


def test_half_a_character_is_converted_every_time(folder: Path) -> None:
    odd = Conversion("GHSA-\ud800", "2026-01-01T00:00:00Z", False, ())
    with Conversions(str(folder / "cache"), "this", SECRET) as cache:
        cache.keep(b"\0" * 32, 0, odd)
    assert not (folder / "cache").exists()


def test_an_archive_without_records(folder: Path) -> None:
    with zipfile.ZipFile(folder / "all.zip", "w"):
        pass
    assert built(folder, "cache") == built(folder)
