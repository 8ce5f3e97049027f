"""``assay corpus update`` as a user runs it, against a web server on this machine."""

from __future__ import annotations

import io
import json
import shutil
import sys
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from assay.corpus import shipped
from assay.corpus.pack import FileBytes
from assay.corpus.store import Store
from assay.corpus.verify import VerifiedPack, verify_head
from assay.scanner.cli import run_command
from assay.scanner.cli.corpus import update as command
from tests.corpus.packs import FREE, ROOT, key, signed_root
from tests.corpus.served import Answer, Served, content, file, serving, status
from tests.corpus.test_osv import ALL, osv_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

RECORDS = [osv_record(f"MAL-{n}", f"thief-{n}", ranges=ALL) for n in range(8)]
RECORDS[3]["modified"] = "2026-01-20T11:12:13Z"
DAY = "Thu, 15 Jan 2026 10:00:00 GMT"
SPEC: dict[str, Any] = {
    "type": "assay.build", "spec": 1, "channel": "default", "epoch": 1, "seq": 3, "title": "t", "builder": "tests",
    "min_root_version": 1, "min_tool": "0.1.0", "fresh_days": 90, "supersedes": "",
    "sources": [
        {"id": "malware", "url": "https://osv.example/", "licence": "MIT", "attribution": "nobody"},
        {"id": "list", "url": "https://names.example/", "licence": "MIT", "attribution": "nobody"},
        {"id": "seen", "url": "https://ioc.example/", "date": "2025-06-07", "licence": "MIT", "attribution": "nobody"},
    ],
    "inputs": [
        {"kind": "osv", "path": "osv/npm/all.zip", "sources": {"": "malware"}},
        {"kind": "names", "path": "names.txt", "source": "list", "ecosystem": "npm"},
        {"kind": "ioc", "path": "ioc.csv", "source": "seen"},
    ],
}  # fmt: skip
NAMES = b"react\nvue\n"
ROWS = b"ecosystem,name,version\nnpm,hit,5.6.1\n"


def zipped(records: Sequence[dict[str, Any]], packed: int = 2020) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for each in records:
            archive.writestr(zipfile.ZipInfo(f"{each['id']}.json", (packed, 1, 1, 0, 0, 0)), json.dumps(each))
    return held.getvalue()


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Site:
    """A connected machine: a server of three sources, a folder with specification, key and trust root."""

    def __init__(self, served: Served, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.served, self.folder, self._capfd = served, folder, capfd
        self.mirror = folder / "cache/default/mirror"
        self.says(zipped(RECORDS), NAMES, ROWS)

    def says(self, osv: bytes | Answer, names: bytes | Answer = NAMES, rows: bytes | Answer = ROWS) -> None:
        given = {"/osv/npm/all.zip": osv, "/names.txt": names, "/ioc.csv": rows}
        for path, each in given.items():
            etag = f'"{hash(each)}"'
            self.served.says(path, file(each, etag, DAY) if isinstance(each, bytes) else each)

    def write_spec(self, spec: dict[str, Any]) -> None:
        inputs = [{"url": self.served.url(f"/{each['path']}"), **each} for each in spec["inputs"]]
        (self.folder / "spec.json").write_text(json.dumps({**spec, "inputs": inputs}))

    def run(self, *options: str, keys: Sequence[str] = ("default-a",), day: str = "2026-02-01") -> Ran:
        chosen = ["--as-of", day, *(part for each in keys for part in ("--key", f"{self.folder / each}.pem"))]
        for name, path in (("cache", "cache"), ("store", "store"), ("trust-root", "root.json"), ("spec", "spec.json")):
            if f"--{name}" not in options:
                chosen += [f"--{name}", str(self.folder / path)]
        code = run_command(["corpus", "update", *chosen, *options])
        return Ran(code, *self._capfd.readouterr())

    def updated(self, *options: str, **more: Any) -> VerifiedPack:
        """Run, and return the pack that the store holds then."""
        ran = self.run(*options, **more)
        assert (ran.code, ran.err) == (0, "")
        return self.accepted()

    def accepted(self) -> VerifiedPack:
        store = Store(str(self.folder / "store"))
        handle = FileBytes(store.pack_path(store.state().channels["default"].accepted.digest))
        try:
            return verify_head(handle, ROOT, FREE)
        finally:
            handle.close()

    def kept(self) -> dict[str, bytes]:
        """Return what must not change when an update fails: mirror, last build, store."""
        places = [*self.mirror.rglob("*"), self.mirror.parent / "last.json", *(self.folder / "store").rglob("*")]
        return {str(path): path.read_bytes() for path in places if path.is_file() and path.name != "lock"}

    def asked(self) -> list[str]:
        found = [each.path for each in self.served.asked]
        self.served.asked.clear()
        return found


@pytest.fixture
def site(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("assay.scanner.cli.corpus.update.time.sleep", lambda _seconds: None)
    for name in ("default-a", "default-b", "org-a"):
        pem = key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / f"{name}.pem").write_bytes(pem)
        (tmp_path / f"{name}.pem").chmod(0o600)
    (tmp_path / "root.json").write_bytes(signed_root(ROOT, "root-a", "root-b"))
    with serving() as served:
        made = Site(served, tmp_path, capfd)
        made.write_spec(SPEC)
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


# --- choosing --------------------------------------------------------------------------------------------------


def test_only_one_source_is_fetched(site: Site) -> None:
    assert "no good copy" in site.run("--only", "list").err
    site.updated()
    site.asked()
    site.says(status(503), NAMES + b"svelte\n")
    assert "list  2026-01-15  2 -> 3 records" in site.run("--only", "list").out
    assert site.asked() == ["/names.txt"]


def test_a_mirror_that_was_carried_gives_the_same_pack_without_a_network(site: Site, tmp_path: Path) -> None:
    site.updated("--output", str(tmp_path / "connected.pack"))
    site.asked()
    shutil.copytree(site.mirror, tmp_path / "carried")
    elsewhere = ["--mirror", str(tmp_path / "carried"), "--cache", str(tmp_path / "c"), "--store", str(tmp_path / "s")]
    ran = site.run(*elsewhere, "--output", str(tmp_path / "offline.pack"))
    assert (ran.code, ran.err) == (0, "")
    assert (tmp_path / "offline.pack").read_bytes() == (tmp_path / "connected.pack").read_bytes()
    assert site.run(*elsewhere).out == "nothing changed; no new pack\n"
    assert site.asked() == []
    (tmp_path / "carried/assay-mirror.json").unlink()
    assert "source list: nothing says how old it is; give it a date" in site.run(*elsewhere, "--seq", "9").err
    (tmp_path / "carried/ioc.csv").unlink()
    assert "carried/ioc.csv: No such file" in site.run(*elsewhere).err


def test_ages(site: Site) -> None:
    never = site.run("--check")
    assert (never.code, never.out.splitlines()[0]) == (0, "malware  never built from")
    assert site.run("--check", "--max-age", "9").code == 5
    site.updated()
    site.asked()
    ran = site.run("--check", "--max-age", "238", day="2026-01-31")
    assert ran == Ran(
        0,
        "malware  2026-01-20  11 day(s) old\nlist  2026-01-15  16 day(s) old\nseen  2025-06-07  238 day(s) old\n",
        "",
    )
    late = site.run("--check", "--max-age", "15", day="2026-01-31")
    assert late.code == 5
    assert "E_STALE: older than 15 day(s): list, seen; run 'assay corpus update'" in late.err
    assert site.asked() == []


# --- wrong usage -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "keys", "code", "words"),
    [
        ((), (), 2, "an unsigned pack is imported nowhere"),
        (("--no-import",), ("default-a",), 2, "--output"),
        (("--max-age", "3"), ("default-a",), 2, "--check"),
        (("--ca-bundle", "/nonexistent"), ("default-a",), 2, "no certificates"),
        (("--spec", "/nonexistent"), ("default-a",), 2, "name a readable file"),
        (("--only", "nobody"), ("default-a",), 5, "choose of list, malware, seen"),
        (("--mirror", "/nonexistent"), ("default-a",), 5, "/nonexistent/osv/npm/all.zip"),
    ],
)
def test_wrong_usage(site: Site, options: tuple[str, ...], keys: tuple[str, ...], code: int, words: str) -> None:
    ran = site.run(*options, keys=keys)
    assert (ran.code, ran.out, words in ran.err, ran.err.count("\n")) == (code, "", True, 1)
    assert site.asked() == []


def test_a_day_that_is_none(site: Site) -> None:
    assert site.run(day="yesterday").code == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"path": "../names.txt"}, "no path within a mirror"),
        ({"path": "/etc/names.txt"}, "no path within a mirror"),
        ({"path": "a//names.txt"}, "no path within a mirror"),
        ({"path": "assay-mirror.json"}, "no path within a mirror"),
        ({"path": "ioc.csv"}, "two inputs of path"),
        ({"url": ""}, "has no url"),
        ({"url": "http://names.example/names.txt"}, "neither https://"),
        ({"url": 7}, "not a string"),
        ({"link": "x"}, "unknown key"),
    ],
)
def test_specifications_that_cannot_be_used(site: Site, changed: dict[str, Any], words: str) -> None:
    inputs = [*SPEC["inputs"][:1], {**SPEC["inputs"][1], **changed}, *SPEC["inputs"][2:]]
    site.write_spec({**SPEC, "inputs": inputs})
    ran = site.run()
    assert (ran.code, words in ran.err) == (5, True)
    assert site.asked() == []


def test_credentials_are_neither_printed_nor_kept(site: Site) -> None:
    url = site.served.url("/secret.txt?token=secret").replace("://", "://secret:secret@")
    site.served.says("/secret.txt?token=secret", file(NAMES, '"x"', DAY))
    inputs = [*SPEC["inputs"][:1], {**SPEC["inputs"][1], "url": url}, *SPEC["inputs"][2:]]
    site.write_spec({**SPEC, "inputs": inputs})
    ran = site.run()
    assert (ran.code, "secret:" in ran.out) == (0, False)
    for path in (site.folder / "cache").rglob("*"):
        if path.is_file():
            assert b"secret:" not in path.read_bytes()
            assert b"token=" not in path.read_bytes()


@pytest.mark.parametrize("in_ci", [True, False])
def test_no_bar_in_ci(monkeypatch: pytest.MonkeyPatch, in_ci: bool) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("CI", "1" if in_ci else "")
    with command._progress() as progress:
        progress(500, 1000)
    assert isinstance(sys.stderr, Terminal)
    assert ("fetching" in sys.stderr.getvalue()) is not in_ci


def test_the_key_that_ships_trusts_nobody_here(site: Site) -> None:
    ran = site.run("--trust-root", f"{shipped._DATA}/root.json")
    assert (ran.code, ran.err[:19]) == (5, "assay: E_SIGNATURE:")
