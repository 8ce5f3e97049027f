"""Building packs from small sources of every kind: deterministic, complete, refused when something cannot be read."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus import signing
from assay.corpus.build import BuiltPack, build_pack
from assay.corpus.inspection import inspect_pack
from assay.corpus.pack import MemoryBytes
from assay.corpus.verify import verify_head
from assay.corpus.view import PackView
from assay.scanner.errors import CorpusError
from tests.corpus.packs import FREE, ROOT, key, key_id, refused
from tests.corpus.test_osv import ALL, npm, osv_record

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = [
    osv_record("MAL-1", "thief", ranges=ALL, aliases=["GHSA-9"], summary="Malicious code in thief (npm)"),
    osv_record("GHSA-1", "good-one", ranges=npm(("introduced", "0"), ("fixed", "1.2.0"))["affected"][0]["ranges"],
               aliases=["CVE-1"]),
    osv_record("CVE-1", "good-one", ranges=npm(("introduced", "0"), ("fixed", "1.2.0"))["affected"][0]["ranges"]),
    osv_record("GHSA-2", "good-one", ranges=ALL, withdrawn="2026-01-01T00:00:00Z"),
    osv_record("GHSA-3", "elsewhere", "Maven", ranges=ALL),
]  # fmt: skip

SPEC: dict[str, Any] = {
    "type": "assay.build", "spec": 1, "channel": "default", "epoch": 1, "seq": 3, "title": "t", "builder": "tests",
    "min_root_version": 1, "min_tool": "0.1.0", "fresh_days": 90, "supersedes": "",
    "sources": [
        {"id": each, "url": "https://example.invalid/", "date": date, "licence": "MIT", "attribution": "nobody"}
        for each, date in (
            ("malware", "2025-12-31"), ("advisories", "2026-02-28"), ("list", "2026-01-01"), ("ioc", "2020-01-01"),
        )
    ],
    "inputs": [
        {"kind": "osv", "path": "all.zip", "sources": {"": "advisories", "MAL-": "malware"}},
        {"kind": "names", "path": "names.txt", "source": "list", "ecosystem": "npm"},
        {"kind": "ioc", "path": "ioc.csv", "source": "ioc"},
    ],
}  # fmt: skip


def write_zip(path: Path, records: list[dict[str, Any]], compression: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for each in records:
            archive.writestr(f"{each['id']}.json", json.dumps(each))


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    write_zip(tmp_path / "all.zip", RECORDS)
    (tmp_path / "names.txt").write_text("react\nvue\nreact\n\nJSONStream\n")
    (tmp_path / "ioc.csv").write_text("ecosystem,name,version\nnpm,hit,v5.6.1\nnpm,hit,5.6.1\npypi,Hit_It,1.0.0\n")
    (tmp_path / "spec.json").write_text(json.dumps(SPEC))
    return tmp_path


def build(sources: Path, **changes: Any) -> BuiltPack:
    (sources / "spec.json").write_text(json.dumps({**SPEC, **changes}))
    return build_pack(str(sources / "spec.json"), str(sources), [key("default-a")], ROOT)


def test_build(sources: Path) -> None:
    built = build(sources)
    view = PackView([verify_head(MemoryBytes(built.data), ROOT, FREE)])
    assert (built.manifest.built_at, built.manifest.fresh_until) == ("2026-02-28T00:00:00Z", "2026-05-29T00:00:00Z")
    assert [match.advisory.id for match in view.advisories("npm", "thief", None)] == ["MAL-1"]
    assert view.popular("npm") == {"react": 1, "vue": 2, "JSONStream": 3}
    assert view.indicators("npm", "hit", "5.6.1")
    assert view.indicators("pypi", "hit-it", "1.0")
    assert view.packs()[0].records == 3
    assert {each.id: (each.records_in, each.records_used) for each in built.manifest.sources} == {
        "malware": (1, 1), "advisories": (4, 2), "list": (4, 3), "ioc": (3, 2),
    }  # fmt: skip
    assert dict(built.manifest.stats) == {
        "records": 5, "withdrawn": 1, "advisories": 3, "malware": 1, "whole-package": 1, "undetermined": 0,
        "packages": 2, "names": 3, "indicators": 2,
    }  # fmt: skip


def test_aliases_go_both_ways(sources: Path) -> None:
    view = PackView([verify_head(MemoryBytes(build(sources).data), ROOT, FREE)])
    aliases = {match.advisory.id: match.advisory.aliases for match in view.advisories("npm", "good-one", "1.0.0")}
    assert aliases == {"CVE-1": ("GHSA-1",), "GHSA-1": ("CVE-1",)}


def test_order_and_packing_of_the_archive_do_not_count(sources: Path) -> None:
    first = build(sources)
    write_zip(sources / "all.zip", RECORDS[::-1], zipfile.ZIP_STORED)
    assert build(sources).data == first.data


def test_any_change_of_a_source_shows(sources: Path) -> None:
    first = build(sources)
    write_zip(sources / "all.zip", [*RECORDS[:-1], {**RECORDS[-1], "details": "a change that no scan sees"}])
    second = build(sources)
    assert second.digest != first.digest
    assert [a.id for a, b in zip(first.manifest.sources, second.manifest.sources, strict=True) if a != b] == [
        "advisories"
    ]


def test_a_record_of_two_ecosystems_stands_in_both_exports(sources: Path) -> None:
    both = osv_record("GHSA-7", "one", ranges=ALL)
    both["affected"] += osv_record(name="two", ecosystem="PyPI", ranges=ALL)["affected"]
    newer = {**both, "summary": "newer", "modified": "2026-02-01T00:00:00Z"}
    write_zip(sources / "all.zip", [newer])
    write_zip(sources / "pypi.zip", [both])
    inputs = [{"kind": "osv", "path": path, "sources": {"": "advisories"}} for path in ("all.zip", "pypi.zip")]
    built = build(sources, inputs=inputs)
    assert built.data == build(sources, inputs=inputs[::-1]).data
    view = PackView([verify_head(MemoryBytes(built.data), ROOT, FREE)])
    assert [match.advisory.summary for match in view.advisories("npm", "one", None)] == ["newer"]
    assert [match.advisory.summary for match in view.advisories("pypi", "two", None)] == ["newer"]
    assert built.manifest.stats["advisories"] == 1


def test_a_pack_is_signed_afterwards(sources: Path, tmp_path: Path) -> None:
    unsigned = build_pack(str(sources / "spec.json"), str(sources))
    refused(unsigned.data, "E_SIGNATURE", "not signed")
    once = signing.sign_pack(unsigned.data, [key("default-b")])
    assert verify_head(MemoryBytes(once), ROOT, FREE).digest == unsigned.digest
    twice = signing.sign_pack(once, [key("default-a")], append=True)
    path = tmp_path / "twice.pack"
    path.write_bytes(twice)
    found = inspect_pack(str(path), ROOT, FREE)
    assert found.verified
    assert found.digest == unsigned.digest
    assert set(found.signers) == {key_id("default-a"), key_id("default-b")}
    assert signing.sign_pack(twice, [key("default-b")]) == once


def test_inspection_says_what_is_not_verified(sources: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.pack"
    path.write_bytes(signing.sign_pack(build(sources).data, [key("stranger")]))
    found = inspect_pack(str(path), ROOT, FREE)
    assert not found.verified
    assert found.refusal is not None
    assert (found.refusal.code, found.manifest.title) == ("E_SIGNATURE", "t")
    path.write_bytes(b"nonsense")
    with pytest.raises(CorpusError, match="E_CONTAINER"):
        inspect_pack(str(path), ROOT, FREE)


def _spec(**changes: Any) -> bytes:
    return json.dumps({**SPEC, **changes}).encode()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("all.zip", b""),
        ("all.zip", b"PK\x03\x04 cut"),
        ("names.txt", b"\xff"),
        ("ioc.csv", b""),
        ("ioc.csv", b"name,version\n"),
        ("ioc.csv", b"ecosystem,name,version\nnpm,a\n"),
        ("ioc.csv", b"ecosystem,name,version\ncargo,a,1\n"),
        ("ioc.csv", b"ecosystem,name,version\nnpm,,1\n"),
        ("ioc.csv", b"ecosystem,name,version\nnpm,a\x1b[2J,1\n"),
        ("ioc.csv", b'ecosystem,name,version\nnpm,"a,1\n'),
        ("spec.json", b"not JSON"),
        ("spec.json", b"[]"),
        ("spec.json", _spec(extra=1)),
        ("spec.json", _spec(seq=0)),
        ("spec.json", _spec(sources=[])),
        ("spec.json", _spec(sources=SPEC["sources"] * 2)),
        ("spec.json", _spec(sources=[{**SPEC["sources"][0], "date": "2026-02-30"}], inputs=[])),
        ("spec.json", _spec(sources=[{**SPEC["sources"][0], "date": "9999-12-31"}], inputs=[])),
        ("spec.json", _spec(inputs=[1])),
        ("spec.json", _spec(inputs=[{"kind": ["osv"]}])),
        ("spec.json", _spec(inputs=[{"kind": "csv", "path": "a", "source": "ioc"}])),
        ("spec.json", _spec(inputs=[{"kind": "ioc", "path": "missing.csv", "source": "ioc"}])),
        ("spec.json", _spec(inputs=[{"kind": "ioc", "path": "ioc.csv", "source": "unheard-of"}])),
        ("spec.json", _spec(inputs=[{"kind": "ioc", "path": "ioc.csv", "source": "x" * 49}])),
        ("spec.json", _spec(inputs=[SPEC["inputs"][1]] * 2)),
        ("spec.json", _spec(inputs=[{"kind": "osv", "path": "all.zip", "sources": {"": "unheard-of"}}])),
        ("spec.json", _spec(inputs=[{"kind": "osv", "path": "all.zip", "sources": {"MAL-": "malware"}}])),
        ("spec.json", _spec(inputs=[{"kind": "names", "path": "names.txt", "source": "list", "ecosystem": "go"}])),
    ],
)
def test_what_cannot_be_read_refuses_the_build(sources: Path, file: str, content: bytes) -> None:
    (sources / file).write_bytes(content)
    with pytest.raises(CorpusError, match="E_SOURCE") as caught:
        build_pack(str(sources / "spec.json"), str(sources))
    assert caught.value.detail.isprintable()


@pytest.mark.parametrize(
    "members",
    [
        [("T-1.json", b"not JSON")],
        [("T-1.json", b"[]")],
        [("T-1.json", b"[" * 100_000)],
        [("T-1.json", b"{}")],
        [("readme.txt", b"{}")],
        [("T-1.json", json.dumps(RECORDS[0]).encode()), ("T-1.json", json.dumps(RECORDS[1]).encode())],
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_export_that_holds_something_else(sources: Path, members: list[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(sources / "all.zip", "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    with pytest.raises(CorpusError, match="E_SOURCE"):
        build(sources)


def test_a_missing_specification(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="E_SOURCE"):
        build_pack(str(tmp_path / "none.json"), str(tmp_path))
