"""Packs on the command line: a folder that is imported twice, names that could be two things, the page about packs."""

from __future__ import annotations

import re
import shlex
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus import pack
from tests.command import ROOT
from tests.corpus.ceremony import Desk, channel, spec, write_key
from tests.corpus.packs import small_pack

if TYPE_CHECKING:
    from pathlib import Path

HEX_NAME = "799c7d9cdfe2"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk whose store trusts the root of acme, with a folder ``stick``."""
    desk = Desk(tmp_path)
    desk.make_root("one.json", spec("root-a", "root-b"), "root-a", "root-b")
    desk.trust("one.json")
    (tmp_path / "stick").mkdir()
    return desk


def write(desk: Desk, name: str, *, compress: bool = False, **changes: Any) -> str:
    """Write a signed pack of channel acme, and return its digest."""
    path = desk.folder / "written.pack"
    path.write_bytes(small_pack([], ("pack-a",), **{"channel": "acme", "stats": {}, **changes}))
    if compress:
        digest = digest_of(desk, "written.pack")
        desk.done("import", "written.pack", store=desk.folder / "other")
        desk.done("export", digest, name, "--gz", store=desk.folder / "other")
        return digest
    path.rename(desk.folder / name)
    return digest_of(desk, name)


def digest_of(desk: Desk, name: str) -> str:
    (digest,) = re.findall("sha256:([0-9a-f]{64})", desk.done("verify", name).splitlines()[0])
    return str(digest)


def imported(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"^imported acme epoch 1 seq ([0-9]+), ", text, re.MULTILINE)]


# --- a folder --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compressed", [(1,), (2,), (3,), (1, 3), (1, 2, 3), ()])
def test_a_folder_is_imported_by_number_and_once_more(desk: Desk, compressed: tuple[int, ...]) -> None:
    desk.trust("one.json", store=desk.folder / "other")
    for seq, name in ((1, "c"), (2, "a"), (3, "b")):
        gz = seq in compressed
        write(desk, f"stick/{name}.pack{'.gz' if gz else ''}", compress=gz, seq=seq)
    assert imported(desk.done("import", "stick")) == [1, 2, 3]
    again = desk.run("import", "stick")
    assert (again.returncode, imported(again.stdout)) == (0, [3])
    first, second, third = again.stderr.splitlines()
    assert first.startswith("assay: c.pack")
    assert first.endswith(": acme 1.1 is older than what was accepted, 1.3; passed over")
    assert second.endswith(": acme 1.2 is older than what was accepted, 1.3; passed over")
    assert third.endswith(": acme 1.3 is what was accepted before")


def test_a_file_that_is_named_is_not_passed_over(desk: Desk) -> None:
    for seq in (1, 2):
        write(desk, f"stick/{seq}.pack", seq=seq)
    desk.done("import", "stick")
    assert desk.refused("import", "stick/1.pack").startswith("5: assay: E_ROLLBACK: 1.1 after 1.2 was accepted")


@pytest.mark.parametrize("seq", [2, 3])
def test_what_else_is_refused_from_a_folder_stays_refused(desk: Desk, seq: int) -> None:
    write(desk, "stick/a.pack", seq=2)
    desk.done("import", "stick")
    data = small_pack([], ("pack-a",) if seq == 2 else ("thief",), channel="acme", stats={}, seq=seq, title="another")
    (desk.folder / "stick" / "b.pack").write_bytes(data)
    result = desk.run("import", "stick")
    assert result.returncode == 5
    assert f"assay: {'E_EQUIVOCATION' if seq == 2 else 'E_SIGNATURE'}: b.pack: " in result.stderr


def test_the_pack_in_use_from_a_folder_mends_the_store(desk: Desk) -> None:
    digest = write(desk, "stick/a.pack")
    desk.done("import", "stick")
    stored = desk.store / "packs" / f"{digest}.pack"
    stored.unlink()
    assert desk.run("import", "stick").returncode == 0
    assert stored.read_bytes() == (desk.folder / "stick" / "a.pack").read_bytes()


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", b"\x1f\x8bnone", pack.MAGIC, bytes(99)])
def test_what_is_no_pack_does_not_keep_the_others_out(desk: Desk, content: bytes) -> None:
    write(desk, "stick/b.pack")
    (desk.folder / "stick" / "a.pack.gz").write_bytes(content)
    result = desk.run("import", "stick")
    assert (result.returncode, imported(result.stdout)) == (5, [1])
    assert result.stderr.count("\n") == 1
    assert ": a.pack.gz: " in result.stderr


# --- names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (HEX_NAME, f"write ./{HEX_NAME} or sha256:{HEX_NAME}"),
        (HEX_NAME.upper(), f"write ./{HEX_NAME.upper()} or sha256:{HEX_NAME.upper()}"),
        ("a" * 63, "write ./"),
        ("a" * 64, "no such pack"),
        (f"sha256:{HEX_NAME}", "no such pack"),
        (f"./{HEX_NAME}", None),
        ("feed", None),
        ("a" * 65, None),
        ("799c7d9cdfe2.pack", None),
    ],
)
def test_a_digest_is_not_taken_for_a_file(desk: Desk, named: str, words: str | None) -> None:
    write(desk, "new.pack", seq=2)
    old = desk.folder / named
    digest = write(desk, "old.pack")
    shutil.copy(desk.folder / "old.pack", old)
    signer = write_key(desk.folder, "pack-a")
    for arguments in (("diff", named, "new.pack"), ("sign", "new.pack", "-k", signer, "--since", named)):
        result = desk.run(*arguments)
        if words is None:
            assert result.returncode == (1 if arguments[0] == "diff" else 0)
            assert digest[:12] in result.stdout
        else:
            assert (result.returncode, result.stdout) == (2, "")
            assert words in result.stderr


# --- what an import would refuse -------------------------------------------------------------------------------

OLDER = "older than what this store accepted: import would refuse it (E_ROLLBACK); 1.1 after 1.2 was accepted here"
ANOTHER = "not the pack that this store accepted: import would refuse it (E_EQUIVOCATION); another pack 1.2"


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"seq": 1}, OLDER), ({"seq": 2, "title": "another"}, ANOTHER), ({"seq": 2}, None), ({"seq": 3}, None)],
)
def test_what_an_import_would_refuse_is_said(desk: Desk, changes: dict[str, Any], words: str | None) -> None:
    write(desk, "used.pack", seq=2)
    write(desk, "a.pack", **changes)
    assert len(desk.done("verify", "a.pack").splitlines()) == 1
    assert '"remark":null' in desk.done("inspect", "a.pack", "-f", "json").replace(": ", ":")
    desk.done("import", "used.pack")
    first, *remarks = desk.done("verify", "a.pack").splitlines()
    shown = desk.done("inspect", "a.pack").splitlines()
    assert first.startswith("ok  sha256:")
    assert shown[0] == "state     VERIFIED by the trust root of acme"
    if words is None:
        assert not remarks
        assert not shown[1].startswith("remark")
    else:
        (remark,) = remarks
        assert remark.startswith(f"    {words}")
        assert shown[1].startswith(f"remark    {words}")
        assert words in desk.done("inspect", "a.pack", "-f", "json")
        assert desk.refused("import", "a.pack").split(": ")[2] in words


# --- the page --------------------------------------------------------------------------------------------------


def test_the_page_about_packs_holds(tmp_path: Path) -> None:
    """Build, sign, verify and import what docs/corpus.md shows, with the files that it shows."""
    page = (ROOT / "docs" / "corpus.md").read_text(encoding="utf-8")
    (content,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    (tmp_path / "acme.spec.json").write_text(content, encoding="utf-8")
    tables = re.findall(r"```csv\n(.*?)```", page, re.DOTALL)
    (tmp_path / "sources").mkdir()
    for name, table in zip(("ioc", "deny", "allow"), tables, strict=True):
        (tmp_path / "sources" / f"{name}.csv").write_text(table, encoding="utf-8")
    desk = Desk(tmp_path)
    desk.make_root("one.json", spec("root-a", "root-b", acme=channel("publisher")), "root-a", "root-b")
    desk.trust("one.json")
    write_key(tmp_path, "publisher")
    (commands,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    told = [desk.done(*shlex.split(line)[2:]) for line in commands.splitlines()]
    assert told[2].startswith("ok  sha256:")
    assert told[3].startswith("imported acme epoch 1 seq 1, ")
    shown = desk.done("inspect", "acme-1.pack").splitlines()
    counted = shown[shown.index("entries, as counted") + 1 :][:3]
    assert sorted(counted) == ["  allow  1", "  deny  1", "  ioc  2"]
    assert len(commands.splitlines()) == 4


def test_the_sources_of_a_build_are_those_of_its_specification(tmp_path: Path) -> None:
    shown = " ".join(Desk(tmp_path).run("build", "--help").stdout.split())
    assert "Folder with the files that the specification names." in shown
