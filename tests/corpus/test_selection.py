"""Which packs a scan judges by: layers, pins, locks, packs by name, and what a rotated key leaves usable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus import anchors, corpus_lock, decisions, doctor, selection, trust
from assay.corpus.anchors import Trust
from assay.corpus.selection import Request
from assay.corpus.shipped import load_trust
from assay.corpus.store import RETAINED, Store
from assay.scanner.errors import AssayError, CorpusError, UsageError
from tests.corpus.packs import FREE, ROOT, contents, key_id, public, signed_root, small_pack, trust_root

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT_1 = signed_root(ROOT, "root-a", "root-b")


def next_root(**changes: Any) -> bytes:
    """Return the second root, signed by two keys that are root keys before and after."""
    return signed_root(trust_root(2, **changes), "root-a", "root-b")


BASE = Trust((anchors.first(ROOT_1),))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


def pack_file(tmp_path: Path, data: bytes, name: str = "carried.pack") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    return str(path)


def imported(store: Store, tmp_path: Path, **changes: Any) -> str:
    return store.import_pack(pack_file(tmp_path, small_pack(**changes)), BASE, FREE).digest


def shipped(tmp_path: Path, **changes: Any) -> str:
    return pack_file(tmp_path, small_pack(**{"seq": 3, "title": "shipped", **changes}), "shipped.pack")


def used(store: Store, tmp_path: Path, packs: Sequence[str] = (), lock: bytes | None = None) -> list[str]:
    """Return what a scan uses: channel, number and the reason of a pin."""
    held = None if lock is None else corpus_lock.parse(lock)
    request = Request(packs, held, FREE, shipped(tmp_path))
    with selection.open_corpus(store, BASE, request) as view:
        assert view.advisories("npm", "thief", None)
        return [
            f"{info.channel} {info.epoch}.{info.seq}" + (f" ({info.pinned})" if info.pinned else "")
            for info in view.packs()
        ]


def lock_of(store: Store, tmp_path: Path, *, exact: bool = True) -> bytes:
    with selection.open_corpus(store, BASE, Request(expectations=FREE, shipped=shipped(tmp_path))) as view:
        return corpus_lock.dump(view.verified, exact=exact)


def refusal(code: str, call: Any, *arguments: Any) -> str:
    """Return the detail of the refusal that a call must end in."""
    with pytest.raises(CorpusError) as caught:
        call(*arguments)
    assert caught.value.code == code, caught.value
    assert caught.value.detail.isprintable()
    return caught.value.detail


# --- layers ----------------------------------------------------------------------------------------------------


def test_every_channel_in_use_is_a_layer(store: Store, tmp_path: Path) -> None:
    assert used(store, tmp_path) == ["default 1.3"]
    imported(store, tmp_path, channel="org", signers=("org-a",), seq=9)
    assert used(store, tmp_path) == ["default 1.3", "org 1.9"]
    imported(store, tmp_path, seq=4)
    assert used(store, tmp_path) == ["default 1.4", "org 1.9"]
    decisions.switch_off(store, "org")
    assert used(store, tmp_path) == ["default 1.4"]
    decisions.use(store, "org")
    assert used(store, tmp_path) == ["default 1.4", "org 1.9"]


def test_layers_are_ordered_by_priority(tmp_path: Path, store: Store) -> None:
    first = Trust((anchors.first(signed_root(trust_root(org={"priority": 5}), "root-a", "root-b")),))
    store.import_pack(pack_file(tmp_path, small_pack(channel="org", signers=("org-a",))), first, FREE)
    with selection.open_corpus(store, first, Request(expectations=FREE, shipped=shipped(tmp_path))) as view:
        assert [info.channel for info in view.packs()] == ["org", "default"]


def test_the_default_channel_cannot_be_switched_off(store: Store, tmp_path: Path) -> None:
    imported(store, tmp_path, seq=4)
    with pytest.raises(UsageError, match="default"):
        decisions.switch_off(store, "default")
    with pytest.raises(UsageError, match=r"no such channel.*default"):
        decisions.use(store, "\x1b[2Jorg")


def test_packs_by_name_are_used_alone_and_held_to_the_ratchet(store: Store, tmp_path: Path) -> None:
    org = pack_file(tmp_path, small_pack(channel="org", signers=("org-a",)), "org.pack")
    new = pack_file(tmp_path, small_pack(seq=8), "new.pack")
    old = pack_file(tmp_path, small_pack(seq=6), "old.pack")
    imported(store, tmp_path, seq=7)
    assert used(store, tmp_path, [new, org]) == ["default 1.8", "org 1.1"]
    refusal("E_ROLLBACK", used, store, tmp_path, [old])
    with pytest.raises(UsageError, match="two packs of channel default"):
        used(store, tmp_path, [new, new])


def test_packs_without_advisories_are_no_corpus(store: Store, tmp_path: Path) -> None:
    deny = [each for each in contents() if each[1] == "deny"]
    org = pack_file(tmp_path, small_pack(deny, channel="org", signers=("org-a",)), "org.pack")
    assert "default" in refusal("E_SOURCE", used, store, tmp_path, [org])


# --- pins ------------------------------------------------------------------------------------------------------


def test_a_rollback_pins_until_it_is_ended(store: Store, tmp_path: Path) -> None:
    old, new = imported(store, tmp_path, seq=5), imported(store, tmp_path, seq=6)
    decisions.rollback(store, "default", old, "6 has a wrong range", BASE, FREE)
    assert used(store, tmp_path) == ["default 1.5 (6 has a wrong range)"]
    refusal("E_ROLLBACK", imported, store, tmp_path)
    newer = store.import_pack(pack_file(tmp_path, small_pack(seq=7)), BASE, FREE)
    assert newer.pinned == "6 has a wrong range"
    assert used(store, tmp_path) == ["default 1.5 (6 has a wrong range)"]
    assert decisions.use(store, "default") == newer.digest
    assert used(store, tmp_path) == ["default 1.7"]
    assert new in store.state().packs


@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "\x1b[2J", "x" * 201])
def test_a_rollback_needs_a_reason_of_one_line(store: Store, tmp_path: Path, reason: str) -> None:
    old = imported(store, tmp_path, seq=5)
    before = store.state()
    with pytest.raises(UsageError, match="reason"):
        decisions.rollback(store, "default", old, reason, BASE, FREE)
    assert store.state() == before


def test_a_rollback_goes_only_to_what_is_kept_and_still_believed(store: Store, tmp_path: Path) -> None:
    old = imported(store, tmp_path, seq=5, signers=("default-b",))
    imported(store, tmp_path, seq=6)
    with pytest.raises(UsageError, match="no such pack"):
        decisions.rollback(store, "default", "0" * 64, "why not", BASE, FREE)
    with pytest.raises(UsageError, match="no such channel"):
        decisions.rollback(store, "org", old, "why not", BASE, FREE)
    cases = [
        ("E_REVOKED", {"revoked": frozenset({old})}),
        ("E_SIGNATURE", {"role": trust.Role(frozenset({key_id("default-a")}), 1)}),
        ("E_ROLLBACK", {"min_seq": 6}),
        ("E_ROLLBACK", {"epoch": 2}),
    ]
    before = store.state()
    for code, change in cases:
        later = Trust((anchors.walk(BASE.anchors[0], [next_root(default=change)]),))
        refusal(code, decisions.rollback, store, "default", old, "why not", later, FREE)
    assert store.state() == before


def test_removing_never_lowers_the_ratchet(store: Store, tmp_path: Path) -> None:
    old, new = imported(store, tmp_path, seq=5), imported(store, tmp_path, seq=6)
    with pytest.raises(UsageError, match="in use"):
        decisions.remove(store, new)
    decisions.remove(store, old)
    assert not Path(store.pack_path(old)).exists()
    with pytest.raises(UsageError, match="no such pack"):
        decisions.remove(store, old)
    refusal("E_ROLLBACK", imported, store, tmp_path)
    org = imported(store, tmp_path, channel="org", signers=("org-a",), seq=9)
    decisions.switch_off(store, "org")
    decisions.remove(store, org)
    refusal("E_ROLLBACK", lambda: imported(store, tmp_path, channel="org", signers=("org-a",), seq=8))


def test_the_newest_packs_and_the_pinned_one_are_kept(store: Store, tmp_path: Path) -> None:
    first = imported(store, tmp_path, seq=1)
    decisions.rollback(store, "default", first, "hold it", BASE, FREE)
    digests = [imported(store, tmp_path, seq=seq) for seq in range(2, RETAINED + 5)]
    kept = {first, *digests[-RETAINED:]}
    assert set(store.state().packs) == kept == set(store.digests())


# --- trust roots -----------------------------------------------------------------------------------------------


def test_a_carried_root_is_kept_and_what_it_says_holds_from_then_on(store: Store, tmp_path: Path) -> None:
    gone = {"role": trust.Role(frozenset({key_id("default-b")}), 1)}
    successor = next_root(default=gone)
    imported(store, tmp_path, seq=5, signers=("default-a",))
    imported(store, tmp_path, seq=6, signers=("default-b",), roots=(successor,))
    assert store.trust(BASE).anchors[0].root.version == 2
    refusal("E_SIGNATURE", lambda: imported(store, tmp_path, seq=7, signers=("default-a",)))
    imported(store, tmp_path, seq=7, signers=("default-b",))
    imported(store, tmp_path, seq=8, signers=("default-b",), roots=(successor,))
    third = signed_root(trust_root(3, default=gone), "root-a", "root-b")
    imported(store, tmp_path, seq=9, signers=("default-b",), roots=(successor, third))
    assert store.trust(BASE).anchors[0].root.version == 3
    assert used(store, tmp_path) == ["default 1.9"]


def test_another_second_root_is_refused_once_one_is_known(store: Store, tmp_path: Path) -> None:
    imported(store, tmp_path, seq=5, roots=(next_root(),))
    other = next_root(default={"priority": 7})
    refusal("E_ROOT", lambda: imported(store, tmp_path, seq=6, roots=(other,)))
    refusal("E_ROOT", lambda: imported(store, tmp_path, seq=6, roots=(ROOT_1, next_root())))
    mixed = signed_root(trust_root(2), "root-b", "root-c")
    imported(store, tmp_path, seq=6, roots=(mixed,))  # the same root with the signatures of others


def test_the_pack_that_ships_stays_usable_when_its_key_was_exchanged(store: Store, tmp_path: Path) -> None:
    gone = next_root(default={"role": trust.Role(frozenset({key_id("default-b")}), 1)})
    decisions.update_anchor(store, gone, BASE)
    assert used(store, tmp_path) == ["default 1.3"]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"min_seq": 4}, "E_ROLLBACK"), ({"epoch": 2}, "E_ROLLBACK"), ({"revoked": None}, "E_REVOKED")],
)
def test_the_pack_that_ships_is_held_to_the_newest_root(
    store: Store, tmp_path: Path, change: dict[str, Any], code: str
) -> None:
    if "revoked" in change:
        with selection.open_corpus(store, BASE, Request(expectations=FREE, shipped=shipped(tmp_path))) as view:
            change = {"revoked": frozenset(each.digest for each in view.verified)}
    decisions.update_anchor(store, next_root(default=change), BASE)
    refusal(code, used, store, tmp_path)


def test_an_anchor_is_added_by_its_fingerprint_and_owns_its_channels(store: Store, tmp_path: Path) -> None:
    mine = acme_root()
    identity = anchors.fingerprint(mine)
    with pytest.raises(UsageError, match=identity):
        decisions.add_anchor(store, mine, "acme", "0" * 64, BASE)
    refusal("E_ROOT", decisions.add_anchor, store, ROOT_OF_ANOTHER, "other", anchors.fingerprint(ROOT_OF_ANOTHER), BASE)
    pack = pack_file(tmp_path, small_pack(channel="acme", signers=("acme",)))
    refusal("E_SIGNATURE", store.import_pack, pack, BASE, FREE)
    decisions.add_anchor(store, mine, "acme", f"sha256:{identity}", BASE)
    store.import_pack(pack, BASE, FREE)
    assert used(store, tmp_path) == ["acme 1.1", "default 1.3"]
    for channel, signer in (("default", "acme"), ("acme", "default-a"), ("org", "acme"), ("nobody", "acme")):
        forged = pack_file(tmp_path, small_pack(channel=channel, signers=(signer,), seq=9))
        with pytest.raises(CorpusError) as caught:  # neither may sign for the other
            store.import_pack(forged, BASE, FREE)
        assert caught.value.code in ("E_SIGNATURE", "E_MANIFEST")
    assert decisions.remove_anchor(store, "acme") == ("acme",)
    assert used(store, tmp_path) == ["default 1.3"]


def acme_root(version: int = 1, channel: str = "acme") -> bytes:
    """Return the root of a publisher with one key for everything."""
    made = trust.TrustRoot(
        version=version,
        keys={key_id("acme"): public("acme")},
        role=trust.Role(frozenset({key_id("acme")}), 1),
        channels={
            channel: ROOT.channels["org"]._replace(
                name=channel, role=trust.Role(frozenset({key_id("acme")}), 1), priority=10
            )
        },
    )
    return signed_root(made, "acme")


ROOT_OF_ANOTHER = acme_root(channel="default")


# --- locks -----------------------------------------------------------------------------------------------------


def test_a_lock_repeats_what_was_used_then(store: Store, tmp_path: Path) -> None:
    imported(store, tmp_path, seq=5, signers=("default-a",))
    imported(store, tmp_path, channel="org", signers=("org-a",), seq=1)
    lock = lock_of(store, tmp_path)
    gone = next_root(default={"role": trust.Role(frozenset({key_id("default-b")}), 1)})
    imported(store, tmp_path, seq=6, signers=("default-b",), roots=(gone,))
    imported(store, tmp_path, channel="org", signers=("org-a",), seq=2)
    assert used(store, tmp_path) == ["default 1.6", "org 1.2"]
    assert used(store, tmp_path, lock=lock) == ["default 1.5", "org 1.1"]
    assert json.loads(lock)["channels"]["default"]["root"] == 1


def test_a_lock_is_no_way_around_a_revocation(store: Store, tmp_path: Path) -> None:
    digest = imported(store, tmp_path, seq=5)
    lock = lock_of(store, tmp_path)
    imported(store, tmp_path, seq=6, roots=(next_root(default={"revoked": frozenset({digest})}),))
    refusal("E_REVOKED", lambda: used(store, tmp_path, lock=lock))


def test_a_lock_that_cannot_be_kept(store: Store, tmp_path: Path) -> None:
    imported(store, tmp_path, seq=5)
    least = lock_of(store, tmp_path, exact=False)
    elsewhere = Store(str(tmp_path / "wiped"))
    assert "1.5" in refusal("E_ROLLBACK", lambda: used(elsewhere, tmp_path, lock=least))
    assert used(store, tmp_path, lock=least) == ["default 1.5"]
    exact = lock_of(store, tmp_path)
    refusal("E_STORE", lambda: used(elsewhere, tmp_path, lock=exact))
    named = pack_file(tmp_path, small_pack(seq=5), "named.pack")
    assert used(elsewhere, tmp_path, [named], lock=exact) == ["default 1.5"]
    other = pack_file(tmp_path, small_pack(seq=5, title="another"), "other.pack")
    refusal("E_STORE", lambda: used(elsewhere, tmp_path, [other], lock=exact))
    shut = lock_of(elsewhere, tmp_path)
    assert used(store, tmp_path, lock=shut) == ["default 1.3"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "nonsense",
        '{"type":"assay.corpus-lock","spec":1,"channels":{}}',
        '{"type":"assay.corpus-lock","spec":2,"channels":{"default":{"least":"1.1"}}}',
        '{"type":"assay.corpus-lock","spec":1,"channels":{"default":{"least":"1"}}}',
        '{"type":"assay.corpus-lock","spec":1,"channels":{"default":{"least":"0.1"}}}',
        '{"type":"assay.corpus-lock","spec":1,"channels":{"default":{"digest":"sha256:00","root":1}}}',
        '{"type":"assay.corpus-lock","spec":1,"channels":{"default":{"digest":"sha256:%s"}}}' % ("0" * 64),
        '{"type":"assay.corpus-lock","spec":1,"channels":{"default":{"least":"1.1"},"default":{"least":"1.2"}}}',
        '{"type":"assay.corpus-lock","spec":1,"channels":{"../x":{"least":"1.1"}}}',
        "[" * 100_000,
    ],
)
def test_a_lock_that_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="corpus lock") as caught:
        corpus_lock.parse(text.encode())
    assert str(caught.value).isprintable()


# --- the release -----------------------------------------------------------------------------------------------


def test_ones_own_trust_needs_no_pack_that_ships(store: Store, tmp_path: Path) -> None:
    """With a trust root of one's own the store has the default channel, and the release's pack is not believed."""
    with pytest.raises(AssayError, match="E_SIGNATURE"):
        selection.open_corpus(store, BASE, Request(expectations=FREE, own_trust=True))
    imported(store, tmp_path, seq=5)
    with selection.open_corpus(store, BASE, Request(expectations=FREE, own_trust=True)) as view:
        assert [info.seq for info in view.packs()] == [5]


def test_the_release_trusts_its_own_pack(tmp_path: Path) -> None:
    with selection.open_corpus(Store(str(tmp_path)), load_trust()) as view:
        assert [info.channel for info in view.packs()] == ["default"]


def test_a_channel_that_is_switched_off_stays_so_when_a_newer_pack_comes(store: Store, tmp_path: Path) -> None:
    imported(store, tmp_path, channel="org", signers=("org-a",), seq=1)
    decisions.switch_off(store, "org")
    imported(store, tmp_path, channel="org", signers=("org-a",), seq=2)
    assert used(store, tmp_path) == ["default 1.3"]
    decisions.use(store, "org")
    assert used(store, tmp_path) == ["default 1.3", "org 1.2"]


def test_a_key_that_two_publishers_list_signs_for_each_of_them(store: Store, tmp_path: Path) -> None:
    """Whoever lists another's public key as his own cannot make the other's packs be refused."""
    mine = acme_root()
    decisions.add_anchor(store, mine, "acme", anchors.fingerprint(mine), BASE)
    made = trust.parse_root(mine)
    both = trust.TrustRoot(
        version=1,
        keys={**made.keys, key_id("squatter"): public("squatter")},
        role=trust.Role(frozenset({key_id("squatter")}), 1),
        channels={"squat": made.channels["acme"]._replace(name="squat")},
    )
    squatter = signed_root(both, "squatter")
    decisions.add_anchor(store, squatter, "squatter", anchors.fingerprint(squatter), BASE)
    for channel in ("acme", "squat"):
        store.import_pack(pack_file(tmp_path, small_pack(channel=channel, signers=("acme",))), BASE, FREE)
    assert used(store, tmp_path) == ["acme 1.1", "squat 1.1", "default 1.3"]
    old = pack_file(tmp_path, small_pack(channel="acme", signers=("acme",), title="another"))
    refusal("E_EQUIVOCATION", store.import_pack, old, BASE, FREE)


def test_repair_leaves_the_state_of_another_release_alone(store: Store, tmp_path: Path) -> None:
    imported(store, tmp_path, seq=5)
    path = tmp_path / "store" / "state.json"
    later = path.read_bytes().replace(b'"spec":2', b'"spec":3')
    path.write_bytes(later)
    assert "another release" in refusal("E_STORE", doctor.repair, str(tmp_path / "store"), BASE, FREE)
    assert path.read_bytes() == later


def test_a_lock_of_both_forms_takes_each_pack_that_is_named_for_what_it_is(store: Store, tmp_path: Path) -> None:
    """The pack of a digest may be older than one accepted since; the pack of a least number may not."""
    first = pack_file(tmp_path, small_pack(seq=5), "first.pack")
    org = pack_file(tmp_path, small_pack(channel="org", signers=("org-a",), seq=2), "org.pack")
    old = pack_file(tmp_path, small_pack(channel="org", signers=("org-a",), seq=1), "old.pack")
    store.import_pack(first, BASE, FREE)
    exact = json.loads(lock_of(store, tmp_path))
    imported(store, tmp_path, seq=6)
    exact["channels"]["org"] = {"least": "1.2"}
    lock = json.dumps(exact).encode()
    assert used(store, tmp_path, [first, org], lock=lock) == ["default 1.5", "org 1.2"]
    refusal("E_ROLLBACK", lambda: used(store, tmp_path, [first, old], lock=lock))
    refusal("E_STORE", lambda: used(store, tmp_path, [first], lock=lock))
    del exact["channels"]["org"]
    with pytest.raises(UsageError, match="does not name its channel, org"):
        used(store, tmp_path, [first, org], lock=json.dumps(exact).encode())


def test_freshness_is_asked_of_the_packs_that_are_used(store: Store, tmp_path: Path) -> None:
    """The pack that ships grows old; a newer one that was imported takes its place."""
    request = Request(expectations=FREE._replace(as_of="2026-06-01"), shipped=shipped(tmp_path))
    assert "fresh until 2026-04-01" in refusal("E_STALE", selection.open_corpus, store, BASE, request)
    imported(store, tmp_path, seq=4, built_at="2026-05-01T00:00:00Z", fresh_until="2026-08-01T00:00:00Z")
    with selection.open_corpus(store, BASE, request) as view:
        assert [info.seq for info in view.packs()] == [4]
    old = request._replace(expectations=request.expectations._replace(max_age=30))
    assert "31 days old" in refusal("E_STALE", selection.open_corpus, store, BASE, old)
