"""What no pack, no trust root and no repair may weaken: recorded malware, revocations, the channel of the machine."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from assay.corpus import advisories, anchors, decisions, doctor, durable, journey, lists, pack, sections, trust
from assay.corpus.advisories import Entry
from assay.corpus.lists import ListEntry
from assay.corpus.ranges import EVERYTHING
from assay.corpus.store import Store
from assay.corpus.view import open_view
from assay.scanner.cli import run_command
from assay.scanner.errors import CorpusError
from assay.scanner.knowledge import AdvisoryKind
from assay.scanner.models import Severity
from tests.corpus.ceremony import write_key
from tests.corpus.packs import (
    CHANNEL_KEYS,
    FREE,
    ROOT,
    ROOT_KEYS,
    channel,
    contents,
    key_id,
    public,
    record,
    signed_root,
    small_pack,
    trust_root,
)

if TYPE_CHECKING:
    from pathlib import Path

    from assay.corpus.advisories import Record
    from assay.corpus.view import PackView

FIRST = signed_root(ROOT, *ROOT_KEYS[:2])
LESS = trust_root(2, default={"role": trust.Role(frozenset({key_id("default-b")}), 1)})
"""The root that takes the key ``default-a`` away."""

NEWER = small_pack(seq=2, signers=("default-b",), roots=[signed_root(LESS, *ROOT_KEYS[:2])])
LEAKED = small_pack(seq=9)
"""A later pack by the key that was taken away."""


def carried(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "carried.pack"
    path.write_bytes(data)
    return str(path)


def saying(of_default: Record, of_org: Record, tmp_path: Path) -> PackView:
    """Return the view over two packs that speak of one package, that of the channel ``org`` before the default one."""
    root = trust_root(org={"priority": 0})
    paths = []
    for name, said in (("default", of_default), ("org", of_org)):
        made = contents([Entry("npm", "thief", (said,))])
        path = tmp_path / f"{name}.pack"
        path.write_bytes(small_pack(made, (CHANNEL_KEYS[name][0],), channel=name))
        paths.append(str(path))
    return open_view(paths, root, FREE)


def test_the_id_of_a_malware_record_does_not_make_a_vulnerability_of_it(tmp_path: Path) -> None:
    malware = record("MAL-1", EVERYTHING, kind=advisories.MALWARE, severity=None, summary=None)
    with saying(malware, record("MAL-1", EVERYTHING, severity=4), tmp_path) as view:
        assert [each.channel for each in view.packs()] == ["org", "default"]
        for version in ("1.0.0", None):
            kinds = [found.advisory.kind for found in view.advisories("npm", "thief", version)]
            assert kinds == [AdvisoryKind.MALWARE, AdvisoryKind.VULNERABILITY]


@pytest.mark.parametrize(
    ("of_default", "of_org", "expected"),
    [(0, 4, Severity.CRITICAL), (4, 0, Severity.CRITICAL), (None, 4, None), (None, 1, Severity.HIGH), (3, 3, "org")],
)
def test_the_gravest_of_one_id_counts(
    tmp_path: Path, of_default: int | None, of_org: int | None, expected: object
) -> None:
    default, org = (record("T-1", EVERYTHING, severity=severity) for severity in (of_default, of_org))
    with saying(default, org, tmp_path) as view:
        (found,) = view.advisories("npm", "thief", "1.0.0")
    assert (found.advisory.channel if expected == "org" else found.advisory.severity) == expected


def test_an_empty_index_is_no_corpus(tmp_path: Path) -> None:
    index, blocks = advisories.encode([])
    made = [("advisories", sections.ADVISORIES, index), ("blocks", sections.BLOCKS, blocks)]
    with open_view([carried(tmp_path, small_pack(made))], ROOT, FREE) as view:
        assert not view.has_advisories


def test_an_update_cannot_take_the_channel_of_the_machine() -> None:
    channels = {**ROOT.channels, "local": channel("org")._replace(name="local")}
    update = signed_root(ROOT._replace(version=2, channels=channels), *ROOT_KEYS[:2])
    with pytest.raises(CorpusError, match="channel local is for what is registered on this machine") as caught:
        anchors.extend(anchors.first(FIRST), update)
    assert caught.value.code == "E_ROOT"


def test_adding_a_root_again_does_not_bring_a_revoked_key_back(tmp_path: Path) -> None:
    store, base = Store(str(tmp_path / "store")), anchors.Trust((anchors.first(FIRST),))
    identity = base.anchors[0].id
    store.import_pack(carried(tmp_path, NEWER), base, FREE)  # named by --trust-root, and added afterwards
    for _ in range(2):
        decisions.add_anchor(store, FIRST, "acme", identity, anchors.NOBODY)
        with pytest.raises(CorpusError, match="unknown key"):
            store.import_pack(carried(tmp_path, LEAKED), anchors.NOBODY, FREE)
        decisions.remove_anchor(store, "acme")
        assert not store.trust(anchors.NOBODY).anchors


@pytest.mark.parametrize("damaged_root", [False, True])
def test_repair_keeps_the_roots_that_took_keys_away(tmp_path: Path, damaged_root: bool) -> None:
    folder, base = tmp_path / "store", anchors.Trust((anchors.first(FIRST),))
    store = Store(str(folder))
    store.import_pack(carried(tmp_path, NEWER), base, FREE)
    if damaged_root:
        (folder / "roots" / base.anchors[0].id / "2.json").unlink()
    (folder / "state.json").write_text("none")
    doctor.repair(str(folder), base, FREE)
    assert store.trust(base).anchors[0].root.version == (1 if damaged_root else 2)
    assert store.state().accepted()["default"].seq == 2
    if not damaged_root:
        with pytest.raises(CorpusError, match="unknown key"):
            store.import_pack(carried(tmp_path, LEAKED), base, FREE)


def test_a_publisher_with_too_many_channels_does_not_break_the_store(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(trust.MAX_CHANNELS)]
    role = trust.Role(frozenset({key_id("many")}), 1)
    own = {name: channel("org")._replace(name=name, role=role) for name in names}
    many = trust.TrustRoot(1, {key_id("many"): public("many")}, role, own)
    store, base = Store(str(tmp_path / "store")), anchors.Trust((anchors.first(FIRST),))
    store.import_pack(carried(tmp_path, small_pack()), base, FREE)
    anchor = anchors.first(signed_root(many, "many"))
    decisions.add_anchor(store, anchor.known[0].envelope, "many", anchor.id, base)
    with store.writing() as state:
        known = state.channels["default"]
        store.commit(state._replace(channels={"default": known, **dict.fromkeys(names[:-1], known)}))
    with pytest.raises(CorpusError, match=r"state\.channels: more than 64 keys"):
        store.import_pack(carried(tmp_path, small_pack(signers=("many",), channel=names[-1])), base, FREE)
    assert len(store.state().channels) == trust.MAX_CHANNELS
    assert len(store.digests()) == 1


def test_the_name_of_a_file_does_not_write_on_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, path = tmp_path / "root.json", tmp_path / "a\x1b[2K\nok  another.pack"
    root.write_bytes(FIRST)
    path.write_bytes(small_pack())
    monkeypatch.setenv("ASSAY_STORE", str(tmp_path / "store"))
    assert run_command(["corpus", "verify", str(path), "--trust-root", str(root)]) == 0
    out = capfd.readouterr().out
    assert out.count("\n") == 1
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("start", "code", "written"),
    [(bytes(8), "E_CONTAINER", 0), (b"ASSAYPK2", "E_CONTAINER", 0), (pack.MAGIC, "E_SOURCE", 3 * 2**20)],
)
def test_little_of_a_bomb_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: bytes, code: str, written: int
) -> None:
    monkeypatch.setattr(pack, "MAX_BYTES", 3 * 2**20)
    path = tmp_path / "bomb.pack.gz"
    path.write_bytes(gzip.compress(start + bytes(8 * 2**20)))
    out = tmp_path / "out"
    with open(path, "rb") as file, pytest.raises(CorpusError) as caught:
        durable.write_through(str(out), journey.parts(file.fileno()))
    assert (caught.value.code, out.stat().st_size) == (code, written)


def test_an_import_says_what_a_carried_root_changes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root.json"
    root.write_bytes(FIRST)
    monkeypatch.setenv("ASSAY_STORE", str(tmp_path / "store"))
    arguments = ["corpus", "import", carried(tmp_path, NEWER), "--trust-root", str(root)]
    assert run_command(arguments) == 0
    first, *changes = capfd.readouterr().out.splitlines()
    assert first.startswith("imported default epoch 1 seq 2, ")
    assert changes[0] == "trust root 2 now, which the pack brought, after 1:"
    assert f"  - channel default: key {key_id('default-a')}" in changes
    assert run_command(arguments) == 0
    assert len(capfd.readouterr().out.splitlines()) == 1


def test_who_signs_a_first_pack_is_shown_what_it_holds_and_not_what_it_claims(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_STORE", str(tmp_path / "store"))
    allowed = lists.encode_entries([ListEntry("npm", name, "*", "fine") for name in ("a", "b")])
    path = carried(tmp_path, small_pack([("fine", sections.ALLOW, allowed)], stats={"indicators": 3}, channel="org"))
    arguments = ["corpus", "sign", path, "--key", str(write_key(tmp_path, "org-a")), "--append", "--yes"]
    assert run_command(arguments) == 0
    shown = capfd.readouterr().out.splitlines()
    assert "  allow: 2 entries, as counted" in shown
    assert "  it says of itself indicators: 3" in shown


def test_who_signs_for_a_channel_that_is_switched_off_sees_what_changed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_STORE", str(tmp_path / "store"))
    root, store = tmp_path / "root.json", Store(str(tmp_path / "store"))
    root.write_bytes(FIRST)
    store.import_pack(carried(tmp_path, small_pack(signers=("org-a",), channel="org")), ROOT, FREE)
    decisions.switch_off(store, "org")
    path = carried(tmp_path, small_pack(signers=("org-a",), channel="org", seq=2))
    arguments = ["corpus", "sign", path, "--key", str(write_key(tmp_path, "org-a")), "--append", "--yes"]
    assert run_command([*arguments, "--trust-root", str(root)]) == 0
    assert "~ seq: 1 -> 2" in capfd.readouterr().out.splitlines()
