"""``assay corpus update`` as a user runs it, against a web server on this machine."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from assay.corpus.pack import FileBytes
from assay.corpus.store import Store
from tests.corpus.served import Answer, content, file, status
from tests.corpus.test_osv import ALL, osv_record
from tests.corpus.updating import DAY, NAMES, RECORDS, SPEC, Ran, Site, a_site, zipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with a_site(tmp_path, capfd, monkeypatch) as made:
        yield made


# --- what becomes of it ----------------------------------------------------------------------------------------


def test_the_first_update(site: Site) -> None:
    ran = site.run("--output", str(site.folder / "out.pack"))
    made = site.accepted()
    assert ran == Ran(
        0,
        "malware  2026-01-20  8 records, 8 used\n"
        "list  2026-01-15  2 records, 2 used\n"
        "seen  2025-06-07  1 records, 1 used\n"
        f"default epoch 1 seq 3, sha256:{made.digest}\n"
        f"{site.folder / 'out.pack'}: {(site.folder / 'out.pack').stat().st_size:,} bytes\n",
        "",
    )
    assert made.manifest.built_at == "2026-01-20T00:00:00Z"
    assert (site.mirror / "osv/npm/all.zip").read_bytes() == zipped(RECORDS)
    state = json.loads((site.mirror / "assay-mirror.json").read_bytes())
    (names,) = (each for each in state["files"] if each["path"] == "names.txt")
    assert (names["url"], names["size"], names["fetched"]) == (site.served.url("/names.txt"), 10, "2026-02-01")
    assert (names["last_modified"], names["etag"]) == (DAY, f'"{hash(NAMES)}"')


def test_nothing_changed(site: Site) -> None:
    site.updated()
    before = site.kept()
    assert site.run(day="2026-02-02") == Ran(0, "nothing changed; no new pack\n", "")
    assert site.kept() == before
    assert len(site.asked()) == 6


def test_the_same_bytes_under_another_etag_are_no_change(site: Site) -> None:
    site.updated()
    site.says(file(zipped(RECORDS), '"another"', "Sat, 31 Jan 2026 00:00:00 GMT"))
    assert site.run().out == "nothing changed; no new pack\n"


def test_an_archive_that_was_packed_anew_is_no_change(site: Site) -> None:
    digest = site.updated().digest
    site.says(zipped(RECORDS[::-1], packed=2021))
    assert site.run() == Ran(0, "nothing changed; no new pack\n", "")
    assert site.accepted().digest == digest
    assert (site.mirror / "osv/npm/all.zip").read_bytes() == zipped(RECORDS[::-1], packed=2021)
    site.asked()
    assert site.run() == Ran(0, "nothing changed; no new pack\n", "")


def test_a_change_gives_the_next_pack(site: Site) -> None:
    first = site.updated()
    site.says(zipped([*RECORDS, osv_record("MAL-9", "new-thief", ranges=ALL, modified="2026-01-25T00:00:00Z")]))
    ran = site.run()
    second = site.accepted()
    assert ran.out.splitlines()[:2] == [
        "malware  2026-01-25  8 -> 9 records, 8 -> 9 used",
        "list  2026-01-15  2 -> 2 records, 2 -> 2 used",
    ]
    assert (first.manifest.seq, second.manifest.seq) == (3, 4)
    assert site.run().out == "nothing changed; no new pack\n"


def test_another_specification_gives_another_pack_of_the_same_files(site: Site) -> None:
    site.updated()
    site.write_spec({**SPEC, "title": "another"})
    assert site.updated().manifest.title == "another"


def test_another_key_gives_another_pack_of_the_same_files(site: Site) -> None:
    site.updated()
    assert site.updated(keys=("default-a", "default-b")).manifest.seq == 4


def test_a_store_that_was_lost_gets_the_same_pack_again(site: Site) -> None:
    first = site.updated()
    shutil.rmtree(site.folder / "store")
    assert site.updated().digest == first.digest
    assert site.run("--output", str(site.folder / "out.pack")).code == 0
    assert (site.folder / "out.pack").exists()
    assert site.accepted().digest == first.digest


def test_numbers_go_on_from_the_store_and_from_this_cache(site: Site) -> None:
    site.updated("--seq", "10")
    shutil.rmtree(site.folder / "cache")
    site.says(zipped([*RECORDS, osv_record("MAL-9", "new-thief", ranges=ALL)]))
    assert site.updated().manifest.seq == 11
    site.says(zipped([*RECORDS, osv_record("MAL-10", "new-thief", ranges=ALL)]))
    out = ["--no-import", "--output", str(site.folder / "out.pack")]
    assert "epoch 1 seq 12," in site.run(*out).out
    site.says(zipped(RECORDS))
    assert "epoch 1 seq 13," in site.run(*out).out
    assert site.accepted().manifest.seq == 11


def test_without_a_key_the_pack_is_for_a_file_only(site: Site) -> None:
    assert site.run("--no-import", "--output", str(site.folder / "out.pack"), keys=()).code == 0
    signed = site.updated("--seq", "3")
    assert not (site.folder / "cache/default/conversions/none").exists()
    assert (
        FileBytes(str(site.folder / "out.pack")).size
        < FileBytes(Store(str(site.folder / "store")).pack_path(signed.digest)).size
    )


def test_a_channel_has_a_cache_of_its_own(site: Site) -> None:
    site.updated()
    site.write_spec({**SPEC, "channel": "org"})
    ran = site.run(keys=("org-a",))
    assert (ran.code, "org epoch 1 seq 3" in ran.out) == (0, True)
    assert (site.folder / "cache/org/mirror/names.txt").exists()


# --- all or nothing --------------------------------------------------------------------------------------------

BAD: dict[str, Answer] = {
    "gone": status(404),
    "down": status(503),
    "cut off": content(zipped(RECORDS), cut=100),
    "a page that says no": content(b"<html>log in</html>"),
    "half an archive": content(zipped(RECORDS)[:500]),
    "no record": content(zipped([{"id": "MAL-1"}]).replace(b"MAL-1.json", b"MAL-1.html")),
    "emptied": content(zipped([])),
    "nearly emptied": content(zipped(RECORDS[:3])),
    "taken back": content(zipped([{**each, "withdrawn": "2026-01-01T00:00:00Z"} for each in RECORDS])),
    "from the future": content(zipped([*RECORDS, osv_record("MAL-9", modified="2026-02-03T00:00:00Z")])),
}


@pytest.mark.parametrize("answer", BAD.values(), ids=BAD)
def test_one_bad_source_leaves_everything_as_it_was(site: Site, answer: Answer) -> None:
    site.updated()
    before = site.kept()
    site.says(answer, b"react\nvue\nsvelte\n")
    ran = site.run("--output", str(site.folder / "out.pack"))
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith("assay: E_SOURCE: ")
    assert ran.err.count("\n") == 1
    assert site.kept() == before
    assert not (site.folder / "out.pack").exists()
    site.says(zipped(RECORDS), b"react\nvue\nsvelte\n")
    assert site.updated().manifest.seq == 4


@pytest.mark.parametrize("name", ["gone", "down", "cut off", "a page that says no", "half an archive"])
def test_keep_going_uses_the_last_good_copy(site: Site, name: str) -> None:
    site.updated()
    site.says(BAD[name], b"react\nvue\nsvelte\n")
    ran = site.run("--keep-going", day="2026-02-08")
    assert (ran.code, ran.err.count("\n")) == (0, 1)
    assert ran.err.endswith("; using the copy of 2026-02-01, 7 days old\n")
    assert "malware  2026-01-20  8 -> 8 records" in ran.out
    assert "list  2026-01-15  2 -> 3 records" in ran.out
    assert (site.mirror / "osv/npm/all.zip").read_bytes() == zipped(RECORDS)
    site.says(zipped(RECORDS), b"react\nvue\nsvelte\n")
    assert site.run() == Ran(0, "nothing changed; no new pack\n", "")


def test_keep_going_needs_a_good_copy(site: Site) -> None:
    site.says(status(404))
    assert site.run("--keep-going").code == 5


@pytest.mark.parametrize("name", ["emptied", "nearly emptied", "taken back"])
def test_allow_shrink(site: Site, name: str) -> None:
    site.updated()
    site.says(BAD[name])
    refused = site.run()
    assert "source malware: shrank from 8 of 8 to " in refused.err
    assert "--allow-shrink" in refused.err
    assert site.run("--allow-shrink").code == 0


def test_half_is_enough(site: Site) -> None:
    site.updated()
    site.says(zipped(RECORDS[:4]))
    assert "malware  2026-01-20  8 -> 4 records, 8 -> 4 used\n" in site.run().out


def test_the_pack_in_the_store_is_compared_with_too(site: Site) -> None:
    site.updated()
    shutil.rmtree(site.folder / "cache")
    site.says(zipped(RECORDS[:3]))
    assert "shrank" in site.run().err


def test_a_pack_that_is_not_accepted_leaves_the_mirror_as_it_was(site: Site) -> None:
    site.updated()
    before = site.kept()
    site.says(zipped(RECORDS[:6]))
    assert "E_SIGNATURE" in site.run(keys=("org-a",)).err
    assert "E_ROLLBACK" in site.run("--seq", "2").err
    assert site.kept() == before


def test_a_file_of_the_mirror_that_was_changed_is_fetched_again(site: Site) -> None:
    site.updated()
    (site.mirror / "names.txt").write_bytes(b"evil\n")
    assert site.run() == Ran(0, "nothing changed; no new pack\n", "")
    site.says(zipped(RECORDS), NAMES + b"svelte\n")
    site.updated()
    assert (site.mirror / "names.txt").read_bytes() == NAMES + b"svelte\n"


@pytest.mark.parametrize("name", ["last.json", "mirror/assay-mirror.json"])
def test_a_state_that_is_none_is_not_believed(site: Site, name: str) -> None:
    site.updated()
    (site.mirror.parent / name).write_text('{"type":"something else"}')
    ran = site.run()
    assert ran.code == 5
    assert name in ran.err
    assert "remove this file" in ran.err
