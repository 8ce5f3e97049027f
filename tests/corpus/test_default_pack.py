"""The pack that ships with assay: signed, complete, and the same again when it is rebuilt."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from assay.corpus import pack, trust
from assay.corpus.build import build_pack
from assay.corpus.contents import verify_pack
from assay.corpus.pack import FileBytes, MemoryBytes
from assay.corpus.shipped import default_pack_path, load_trust
from assay.corpus.view import PackView, open_view
from assay.scanner.errors import CorpusError
from assay.scanner.knowledge import AdvisoryKind
from assay.scanner.models import Severity

PATH = default_pack_path()
ROOT = load_trust()
SPEC = Path(PATH).with_name("default.spec.json")
SOURCES = Path(__file__).resolve().parents[3] / "shared" / "corpus-sources"


@pytest.fixture(scope="module")
def view() -> PackView:
    return open_view([PATH], ROOT)


def test_every_byte_is_verified() -> None:
    file = FileBytes(PATH)
    verified = verify_pack(file, ROOT)
    file.close()
    assert verified.channel.name == "default"
    assert (verified.manifest.epoch, verified.manifest.seq) == trust.RELEASE_FLOOR["default"]


def test_it_is_complete_and_small() -> None:
    manifest = verify_pack(Path(PATH).read_bytes(), ROOT).manifest
    assert os.path.getsize(PATH) < 8 * 1024 * 1024
    assert manifest.stats["records"] == 39_257
    assert manifest.stats["withdrawn"] == 325
    assert manifest.stats["advisories"] == 39_257 - 325
    assert manifest.stats["indicators"] == 5_779
    assert {each.id: (each.records_in, each.records_used) for each in manifest.sources} == {
        "openssf-malicious-packages": (31_504, 31_448),
        "retirejs": (208, 208),
        "nodejs-security-wg": (465, 465),
        "pypa-advisory-database": (7_080, 6_811),
        "npm-by-downloads": (13_628, 13_628),
        "npm-by-dependents": (4_687, 4_681),
        "top-pypi-packages": (15_000, 15_000),
        "shai-hulud-detect": (5_779, 5_779),
    }
    assert {each.licence for each in manifest.sources} == {"Apache-2.0", "MIT", "CC-BY-4.0"}
    assert manifest.built_at == max(each.date for each in manifest.sources) + "T00:00:00Z"


def test_popular_names(view: PackView) -> None:
    npm, pypi = view.popular("npm"), view.popular("pypi")
    assert (len(npm), len(pypi)) == (15_113, 15_000)
    assert [name for name, rank in npm.items() if rank == 1] == ["semver", "typescript"]
    assert [name for name, rank in pypi.items() if rank <= 3] == ["boto3", "packaging", "setuptools"]
    assert "JSONStream" in npm


@pytest.mark.parametrize(
    ("package", "version", "expected"),
    [
        ("flatmap-stream", "0.1.1", {"NSWG-ECO-477": None}),
        ("express-exp", "1.0.1", {"MAL-2025-3238": None}),
        ("express-exp", "7.7.7", {"MAL-2025-3238": None}),
        ("fsevents", "1.2.10", {"MAL-2023-462": "1.2.11"}),
        ("fsevents", "1.2.11", {}),
        ("@solana/web3.js", "1.95.7", {"MAL-2024-11183": "1.95.8"}),
        ("@solana/web3.js", "1.95.8", {}),
        ("lodash", "4.17.4", {"NSWG-ECO-368": "4.17.5", "NSWG-ECO-493": "4.17.11"}),
        ("--no-audit", "1.0.0", None),
        ("pattern.json", "1.0.0", {}),
    ],
)
def test_npm_advisories(view: PackView, package: str, version: str, expected: dict[str, str | None] | None) -> None:
    found = {match.advisory.id: match.fixed for match in view.advisories("npm", package, version)}
    assert found == expected if expected is not None else found


@pytest.mark.parametrize(
    ("package", "version", "id_", "state"),
    [
        ("wagtail", "2.10", "PYSEC-2021-114", "affected"),
        ("wagtail", "2.11.6", "PYSEC-2021-114", "affected"),
        ("wagtail", "2.11.7", "PYSEC-2021-114", None),
        ("torch", "2.6.0+cu124", "PYSEC-2025-192", "affected"),
        ("torch", "2.6.1", "PYSEC-2025-192", None),
        ("keras", "3.11.3", "PYSEC-2025-75", "undetermined"),
        ("keras", "3.11.3", "PYSEC-2025-123", None),
        ("keras", "3.11.2", "PYSEC-2025-123", "affected"),
        ("neutron", "7.2.0", "PYSEC-2026-686", "undetermined"),
        ("durabletask", "1.4.2", "PYSEC-2026-207", "affected"),
        ("durabletask", "1.4.0", "PYSEC-2026-207", None),
        ("django", "4.2rc1", "PYSEC-2023-61", "affected"),
    ],
)
def test_pypi_advisories(view: PackView, package: str, version: str, id_: str, state: str | None) -> None:
    found = {match.advisory.id: match.state for match in view.advisories("pypi", package, version)}
    assert found.get(id_) == state


def test_what_an_advisory_says(view: PackView) -> None:
    (match,) = view.advisories("npm", "flatmap-stream", "0.1.1")
    assert match.advisory.severity is Severity.CRITICAL
    assert match.advisory.cvss is not None
    by_id = {each.advisory.id: each.advisory for each in view.advisories("pypi", "durabletask", "1.4.2")}
    assert by_id["PYSEC-2026-207"].kind is AdvisoryKind.MALWARE
    assert view.advisories("npm", "fsevents", None) == ()
    assert [each.advisory.whole_package for each in view.advisories("npm", "express-exp", None)] == [True]


@pytest.mark.parametrize(
    ("package", "hijacked", "good"),
    [("chalk", ["5.6.1"], ["5.6.0", "5.6.2"]), ("debug", ["4.4.2"], ["4.4.1", "4.4.3"])],
)
def test_hijacked_versions_of_good_packages(view: PackView, package: str, hijacked: list[str], good: list[str]) -> None:
    assert all(view.indicators("npm", package, version) for version in hijacked)
    assert not any(view.indicators("npm", package, version) for version in good)


def test_a_changed_byte_anywhere_is_refused() -> None:
    data = Path(PATH).read_bytes()
    chance = random.Random(1)
    head = pack.read_container(MemoryBytes(data)).body_offset
    for place in [*chance.sample(range(head), 25), head, len(data) - 1, *chance.sample(range(head, len(data)), 3)]:
        with pytest.raises(CorpusError):
            verify_pack(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :], ROOT)


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the public data that the pack is built from is not at hand")
def test_a_rebuild_is_the_same_pack() -> None:
    built = build_pack(str(SPEC), str(SOURCES))
    assert built.digest == verify_pack(Path(PATH).read_bytes(), ROOT).digest
    body = pack.read_container(MemoryBytes(built.data)).body_offset
    shipped = Path(PATH).read_bytes()
    assert built.data[body:] == shipped[pack.read_container(MemoryBytes(shipped)).body_offset :]
