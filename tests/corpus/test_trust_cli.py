"""Whom a machine believes, end to end on the command line: first trust, exchange of keys, revocation, recovery."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from tests.command import ROOT
from tests.corpus.ceremony import Desk, at_a_terminal, channel, spec, write_key
from tests.corpus.packs import key_id, small_pack

if TYPE_CHECKING:
    from pathlib import Path

ROOTS = ("root-a", "root-b", "root-c")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def known(desk: Desk) -> Desk:
    """Return a desk whose store trusts ``one.json``: root 1 of acme."""
    desk.make_root("one.json", spec(*ROOTS), "root-a", "root-b")
    desk.trust("one.json")
    return desk


def pack(desk: Desk, name: str, *signers: str, **changes: Any) -> Path:
    """Write a pack of channel acme and sign it on the command line if there are signers."""
    path = desk.folder / name
    path.write_bytes(small_pack([], signers=(), **{"channel": "acme", "stats": {}, **changes}))
    if signers:
        options = [part for signer in signers for part in ("--key", str(write_key(desk.folder, signer)))]
        desk.run("sign", name, *options)
    return path


def anchors(desk: Desk) -> dict[str, Any]:
    return {each["name"]: each for each in json.loads(desk.done("trust", "show", "-f", "json"))["anchors"]}


# --- first trust -----------------------------------------------------------------------------------------------


def test_first_trust_needs_the_right_fingerprint(desk: Desk) -> None:
    desk.make_root("one.json", spec(*ROOTS), "root-a", "root-b")
    mark = desk.fingerprint("one.json")
    assert desk.refused("trust", "add", "one.json") == (
        f"2: assay: one.json: its fingerprint is {mark}; compare it with the one that its owner publishes by another "
        "way than this file came by, and give that one with --fingerprint; nothing was changed\n"
    )
    for wrong in ("", "sha256:", "sha256:" + "0" * 64, mark[:-1], mark.removeprefix("sha256:") + "0"):
        line = desk.refused("trust", "add", "one.json", "--fingerprint", wrong)
        assert line == f"2: assay: the fingerprint of this root is {mark}, not the one given; do not trust it\n"
    assert not desk.store.exists()
    assert list(anchors(desk)) == ["base"]
    told = desk.done("trust", "add", "one.json", "--fingerprint", mark.upper().replace("SHA256", "sha256"))
    assert told == (
        f"trusted as acme, for the channels acme: {mark}\n  channel acme, priority 100, may hold allow, deny, ioc\n"
    )
    assert desk.done("trust", "add", "one.json", "--fingerprint", mark) == f"acme is trusted already, {mark}\n"
    assert desk.refused("trust", "add", "one.json", "--fingerprint", "00").endswith("do not trust it\n")
    assert anchors(desk)["acme"]["fingerprint"] == mark


@pytest.mark.parametrize("name", ["base", "local", "Acme", "a b", "../x", ""])
def test_names_that_no_root_can_have(desk: Desk, name: str) -> None:
    desk.make_root("one.json", spec(*ROOTS), "root-a", "root-b")
    line = desk.refused("trust", "add", "one.json", "--fingerprint", desk.fingerprint("one.json"), "--name", name)
    assert line.startswith("2: assay: --name ")
    assert not desk.store.exists()


def test_a_channel_or_a_name_that_is_taken(known: Desk) -> None:
    known.make_root("other.json", spec("x", "y", "z", acme=channel("pack-x")), "x", "y")
    line = known.refused("trust", "add", "other.json", "--fingerprint", known.fingerprint("other.json"), "--name", "o")
    assert line.startswith("5: assay: E_ROOT: the channel acme belongs to another trust root")
    known.make_root("default.json", spec("x", "y", "z", default=channel("pack-x")), "x", "y")
    line = known.refused("trust", "add", "default.json", "--fingerprint", known.fingerprint("default.json"))
    assert line.startswith("5: assay: E_ROOT: the channel default belongs to another trust root")
    known.make_root("third.json", spec("x", "y", "z", third=channel("pack-x")), "x", "y")
    line = known.refused("trust", "add", "third.json", "--fingerprint", known.fingerprint("third.json"), "--name",
                         "acme")  # fmt: skip
    assert line == "2: assay: acme: another trust root has this name; give one with --name\n"
    assert list(anchors(known)) == ["base", "acme"]


def test_a_root_without_enough_signatures_is_not_trusted_by_any_fingerprint(desk: Desk) -> None:
    desk.make_root("one.json", spec(*ROOTS), "root-a")
    line = desk.refused("trust", "add", "one.json", "--fingerprint", desk.fingerprint("one.json"))
    assert line.startswith("5: assay: E_THRESHOLD: the trust root has 1 of 2 signatures")
    assert desk.done("trust", "show", "one.json").startswith("state        UNVERIFIED, NOT TRUSTED (E_THRESHOLD: ")


def test_a_root_is_trusted_no_longer(known: Desk) -> None:
    pack(known, "a.pack", "pack-a")
    known.done("import", "a.pack")
    for name in ("base", "nobody"):
        assert "no such root was added" in known.refused("trust", "remove", name)
    told = known.done("trust", "remove", "acme")
    assert told == "acme is no longer trusted; scans do without the channels acme\n"
    assert list(anchors(known)) == ["base"]
    assert known.refused("import", "a.pack").startswith("5: assay: E_SIGNATURE: signed by an unknown key")


# --- showing ---------------------------------------------------------------------------------------------------


def test_what_a_root_says_and_whether_to_believe_it(known: Desk) -> None:
    mark = known.fingerprint("one.json")
    assert known.done("trust", "show", "one.json").splitlines()[:2] == [
        "state        TRUSTED as acme",
        f"fingerprint  {mark}",
    ]
    elsewhere = known.done("trust", "show", "one.json", store=known.folder / "elsewhere")
    assert elsewhere.startswith("state        NOT TRUSTED: signed by its own keys only, as anybody can; ")
    content = spec(*ROOTS, acme=channel("pack-a", revoked=["sha256:" + "ab" * 32], priority=50))
    known.make_root("two.json", content, "root-a", "root-b", previous="one.json")
    assert known.done("trust", "show", "two.json").splitlines() == [
        "state        NOT TRUSTED yet: it follows the root of acme; 'assay corpus trust update' takes it",
        f"fingerprint  {known.fingerprint('two.json')}",
        "version      2",
        *(f"signer       {keyid}  acme: root" for keyid in sorted(map(key_id, ("root-a", "root-b")))),
        "root keys    2 of 3 must sign",
        *(_key_line(name) for name in sorted(ROOTS, key=key_id)),
        "channel      acme: 1 of 1 keys must sign",
        _key_line("pack-a"),
        "             epoch 1, least seq 1, priority 50",
        "             may hold allow, deny, ioc",
        f"             revoked sha256:{'ab' * 32}",
    ]
    known.done("trust", "update", "two.json")
    shown = anchors(known)["acme"]
    assert (shown["version"], shown["fingerprint"], shown["origin"]) == (2, mark, "added on this machine")
    assert [each["version"] for each in shown["chain"]] == [1, 2]
    assert shown["channels"]["acme"]["revoked"] == ["sha256:" + "ab" * 32]
    assert known.done("trust", "show", "one.json").startswith("state        TRUSTED as acme, an older version\n")
    assert f"  root 2  {known.fingerprint('two.json')}\n" in known.done("trust", "show")


def _key_line(name: str) -> str:
    return f"  key {key_id(name)}"


@pytest.mark.parametrize("content", [b"", b"{}", b"\x1b[2J", b"\xff" * 100])
def test_what_is_no_root(desk: Desk, content: bytes) -> None:
    (desk.folder / "x.json").write_bytes(content)
    for verb in (("show",), ("add",), ("update",), ("sign", "-k", "gone")):
        assert desk.refused("trust", verb[0], "x.json", *verb[1:]).startswith("5: assay: E_ENVELOPE: ")
    assert desk.refused("trust", "show", "gone.json").startswith("5: assay: E_ROOT: ")


# --- exchanging keys -------------------------------------------------------------------------------------------


def test_one_of_three_root_keys_is_replaced(known: Desk) -> None:
    folder = known.folder
    (folder / "spec.json").write_text(json.dumps(spec("root-a", "root-b", "root-d")), encoding="utf-8")
    made = known.done("trust", "make", "spec.json", "-o", "two.json", "--previous", "one.json", "-k",
                      str(write_key(folder, "root-d")))  # fmt: skip
    assert made.splitlines() == [
        f"trust root 2, {known.fingerprint('two.json')}",
        f"after trust root 1, {known.fingerprint('one.json')}, trusted here as acme",
        f"  + root: key {key_id('root-d')}",
        f"  - root: key {key_id('root-c')}",
        "two.json: signatures: 0 of 2 by trust root 1's root keys, 1 of 2 by its own root keys; needs 2 more",
    ]
    line = known.refused("trust", "update", "two.json")
    assert line.startswith("5: assay: E_ROOT: two.json: a carried trust root is not signed by a key of the root before")
    thief = known.refused("trust", "sign", "two.json", "-k", write_key(folder, "pack-a"), "--append", "--yes")
    assert "is no root key of it or of the root before it" in thief
    # The holder of root-a is asked, and the trusted root is what the change is shown against.
    write_key(folder, "root-a")
    sign = ("corpus", "trust", "sign", "two.json", "--key", "root-a.pem", "--append")
    before = (folder / "two.json").read_bytes()
    assert known.refused("trust", *sign[2:]).startswith("2: assay: corpus trust sign --append: nobody to ask here; ")
    code, screen = at_a_terminal(folder, [("Sign? [y/N]", "")], *sign)
    assert (code, (folder / "two.json").read_bytes()) == (2, before)
    code, screen = at_a_terminal(folder, [("Sign? [y/N]", "y")], *sign)
    assert code == 0
    assert f"  - root: key {key_id('root-c')}\r\n" in screen
    assert screen.endswith("1 of 2 by trust root 1's root keys, 2 of 2 by its own root keys; needs 1 more\r\n")
    line = known.refused("trust", "update", "two.json")
    assert line.startswith("5: assay: E_ROOT: two.json: a carried trust root needs 2 keys of the root before it")
    known.done("trust", "sign", "two.json", "-k", write_key(folder, "root-b"), "--append", "--yes")
    assert known.done("trust", "update", "two.json").startswith("acme has trust root 2 now, sha256:")
    assert known.done("trust", "update", "two.json") == "two.json: known already; acme has trust root 2\n"
    # The replaced key counts no more.
    (folder / "spec.json").write_text(json.dumps(spec(*ROOTS)), encoding="utf-8")
    known.done("trust", "make", "spec.json", "-o", "three.json", "--previous", "two.json", "-k",
               write_key(folder, "root-a"), "-k", write_key(folder, "root-c"))  # fmt: skip
    assert "needs 2 keys of the root before it" in known.refused("trust", "update", "three.json")


def test_several_updates_in_order(known: Desk) -> None:
    known.make_root("two.json", spec(*ROOTS), "root-a", "root-b", previous="one.json")
    known.make_root("three.json", spec(*ROOTS), "root-a", "root-b", previous="two.json")
    assert "three.json: root version 3 cannot follow 1" in known.refused("trust", "update", "three.json", "two.json")
    assert "3 cannot follow 1" in known.refused("trust", "sign", "three.json", "-k", "root-a.pem", "--previous",
                                                "one.json")  # fmt: skip
    told = known.done("trust", "update", "two.json", "three.json")
    assert [line.split(",")[0] for line in told.splitlines()] == [f"acme has trust root {each} now" for each in (2, 3)]


def test_a_co_signer_must_know_the_root_before(desk: Desk) -> None:
    desk.make_root("one.json", spec(*ROOTS), "root-a", "root-b")
    desk.make_root("two.json", spec(*ROOTS), "root-a", previous="one.json")
    sign = ("trust", "sign", "two.json", "-k", write_key(desk.folder, "root-b"), "--append", "--yes")
    assert desk.refused(*sign) == (
        "2: assay: trust root 1, which this one follows, is not known here; name it with --previous\n"
    )
    told = desk.done(*sign, "--previous", "one.json")
    assert f"after trust root 1, {desk.fingerprint('one.json')}, NOT TRUSTED here\n" in told


def test_making_says_what_is_wrong_and_overwrites_nothing_it_reads(known: Desk) -> None:
    path = known.folder / "spec.json"
    path.write_text(json.dumps({**spec(*ROOTS), "version": 3}), encoding="utf-8")
    line = known.refused("trust", "make", "spec.json", "-o", "x.json", "--previous", "one.json")
    assert line == "2: assay: spec.json: version: 3 does not follow 1; write 2, or leave it out\n"
    path.write_text(json.dumps(spec(*ROOTS)), encoding="utf-8")
    for taken in ("spec.json", "./one.json"):
        line = known.refused("trust", "make", "spec.json", "-o", taken, "--previous", "one.json")
        assert line == f"2: assay: {taken}: would be overwritten; choose another --output\n"
    line = known.refused("trust", "make", "spec.json", "-o", "x.json", "-k", write_key(known.folder, "pack-a"))
    assert "is no root key of it; sign with one that is" in line
    path.write_text(json.dumps(spec(*ROOTS, acme=channel("root-a"))), encoding="utf-8")
    result = known.run("trust", "make", "spec.json", "-o", "x.json")
    assert result.returncode == 0
    assert result.stderr.startswith("assay: warning: spec.json: channels.acme.keys: ")
    assert result.stdout.endswith("x.json: signatures: 0 of 2 by its own root keys; needs 2 more\n")


def test_keys_lie_beside_the_specification(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "ceremony").mkdir()
    desk.done("keygen", "-o", "ceremony/r.pem", "--public-out", "ceremony/r.pub")
    content = spec("x")
    content["root"] = {"keys": ["r.pub"], "threshold": 1}
    (tmp_path / "ceremony" / "spec.json").write_text(json.dumps(content), encoding="utf-8")
    told = desk.done("trust", "make", "ceremony/spec.json", "-o", "one.json", "-k", "ceremony/r.pem")
    assert told.endswith("one.json: signatures: 1 of 1 by its own root keys; complete\n")


# --- revocation and recovery -----------------------------------------------------------------------------------


def test_a_pack_carries_the_revocation_of_a_key_and_of_a_pack(known: Desk) -> None:
    pack(known, "bad.pack", "pack-a", seq=5, title="signed by a thief")
    known.done("import", "bad.pack")
    digest = json.loads(known.done("inspect", "bad.pack", "-f", "json"))["digest"]
    content = spec(*ROOTS, acme=channel("pack-b", revoked=[digest]))
    known.make_root("two.json", content, "root-a", "root-b", previous="one.json")
    pack(known, "good.pack", seq=6)
    result = known.run("sign", "good.pack", "-k", write_key(known.folder, "pack-b"))
    assert (
        "is no key of channel acme: every machine with trust root 1 refuses a pack with its signature" in result.stderr
    )
    told = known.done("sign", "good.pack", "-k", "pack-b.pem", "--carry", "two.json")
    assert told.splitlines() == [
        "good.pack: signatures 1 of threshold 1",
        f"  signer {key_id('pack-b')}  acme: channel acme",
        f"  carries trust root 2, {known.fingerprint('two.json')}",
    ]
    shown = known.done("inspect", "good.pack")
    assert shown.startswith("state     VERIFIED by the trust root of acme\n")
    assert f"carries   trust root 2, {known.fingerprint('two.json')}\n" in shown
    known.done("import", "good.pack")
    assert anchors(known)["acme"]["version"] == 2
    assert known.refused("import", "bad.pack").startswith("5: assay: E_SIGNATURE: signed by an unknown key")
    pack(known, "late.pack", seq=7)
    stolen = known.run("sign", "late.pack", "-k", write_key(known.folder, "pack-a"))
    assert stolen.stdout.endswith(f"  signer {key_id('pack-a')}  acme: no longer trusted\n")
    assert known.refused("import", "late.pack").startswith("5: assay: E_SIGNATURE")


def test_a_revoked_digest_stays_revoked_when_its_key_is_still_good(known: Desk) -> None:
    pack(known, "bad.pack", "pack-a", seq=5)
    digest = json.loads(known.done("inspect", "bad.pack", "-f", "json"))["digest"]
    content = spec(*ROOTS, acme=channel("pack-a", revoked=[digest]))
    known.make_root("two.json", content, "root-a", "root-b", previous="one.json")
    known.done("trust", "update", "two.json")
    assert known.refused("import", "bad.pack").startswith("5: assay: E_REVOKED: ")
    result = known.run("sign", "bad.pack", "-k", "pack-a.pem")
    assert result.stderr.startswith("assay: note: bad.pack: this machine refuses the pack: E_REVOKED: ")


def test_a_root_that_comes_before_its_pack_leaves_nothing_to_scan_by(known: Desk) -> None:
    pack(known, "a.pack", "pack-a")
    known.done("import", "a.pack")
    known.make_root("two.json", spec(*ROOTS, acme=channel("pack-b")), "root-a", "root-b", previous="one.json")
    known.done("trust", "update", "two.json")
    result = known.run("list")
    assert result.returncode == 5
    assert result.stderr.startswith("assay: E_SIGNATURE: ")
    pack(known, "b.pack", seq=2)
    known.done("sign", "b.pack", "-k", write_key(known.folder, "pack-b"))
    known.done("import", "b.pack")
    known.done("list")


def test_an_epoch_brings_a_channel_back_from_the_end_of_numbers(known: Desk) -> None:
    pack(known, "thief.pack", "pack-a", seq=2**50)
    known.done("import", "thief.pack")
    pack(known, "next.pack", "pack-a", seq=6)
    assert known.refused("import", "next.pack").startswith(f"5: assay: E_ROLLBACK: 1.6 after 1.{2**50} was accepted")
    content = spec(*ROOTS, acme=channel("pack-b", epoch=2))
    known.make_root("two.json", content, "root-a", "root-b", previous="one.json")
    pack(known, "back.pack", epoch=2, seq=1)
    known.done("sign", "back.pack", "-k", write_key(known.folder, "pack-b"), "--carry", "two.json")
    assert known.done("import", "back.pack").startswith("imported acme epoch 2 seq 1, ")
    assert known.refused("import", "thief.pack").startswith("5: assay: E_SIGNATURE")


def test_roots_that_do_not_follow_are_not_carried(known: Desk) -> None:
    known.make_root("two.json", spec(*ROOTS), "root-a", previous="one.json")
    known.make_root("alien.json", spec("x", "y", "z", other=channel("pack-x")), "x", "y")
    known.make_root("alien2.json", spec("x", "y", "z", other=channel("pack-x")), "x", "y", previous="alien.json")
    path = pack(known, "a.pack")
    before = path.read_bytes()
    write_key(known.folder, "pack-a")
    sign = ("sign", "a.pack", "-k", "pack-a.pem", "--carry")
    assert "E_ROOT: a carried trust root needs 2 keys of the root before it" in known.refused(*sign, "two.json")
    assert "E_ROOT: carries the first trust root" in known.refused(*sign, "one.json")
    assert "E_ROOT: " in known.refused(*sign, "alien2.json", "--carry", "alien.json")
    assert path.read_bytes() == before


def test_a_machine_that_lags_behind_takes_every_carried_root(known: Desk) -> None:
    known.make_root("two.json", spec(*ROOTS), "root-a", "root-b", previous="one.json")
    known.make_root("three.json", spec(*ROOTS, acme=channel("pack-b")), "root-a", "root-b", previous="two.json")
    pack(known, "a.pack", min_root_version=3)
    told = known.done("sign", "a.pack", "-k", write_key(known.folder, "pack-b"), "--carry", "two.json", "--carry",
                      "three.json")  # fmt: skip
    assert told.count("carries trust root") == 2
    other = known.folder / "other"
    known.trust("one.json", store=other)
    known.done("trust", "update", "two.json", store=other)
    for store in (known.store, other):
        known.done("import", "a.pack", store=store)
    pack(known, "b.pack", seq=2, min_root_version=3)
    known.run("sign", "b.pack", "-k", "pack-b.pem")
    fresh = known.folder / "fresh"
    known.trust("one.json", store=fresh)
    assert known.refused("import", "b.pack", store=fresh).startswith("5: assay: E_SIGNATURE")
    pack(known, "c.pack", "pack-a", seq=3, min_root_version=3)
    assert known.refused("import", "c.pack", store=fresh).startswith("5: assay: E_ROOT: needs trust root 3, this is 1")


def test_a_lost_root_is_replaced_by_a_new_first_one(known: Desk) -> None:
    pack(known, "thief.pack", "pack-a", seq=2**50)
    known.done("import", "thief.pack")
    known.done("trust", "remove", "acme")
    known.make_root("new.json", spec("x", "y", "z", acme=channel("pack-x", epoch=2)), "x", "y")
    known.trust("new.json")
    pack(known, "back.pack", "pack-x", epoch=2)
    assert known.done("import", "back.pack").startswith("imported acme epoch 2 seq 1, ")
    known.make_root("low.json", spec("x", "y", "z", acme=channel("pack-x")), "x", "y")
    pack(known, "low.pack", "pack-x", seq=7)
    known.done("trust", "remove", "acme")
    known.trust("low.json")
    assert known.refused("import", "low.pack").startswith("5: assay: E_ROLLBACK"), "the ratchet outlives the root"


def test_the_page_about_trust_holds(desk: Desk) -> None:
    """Run the commands of docs/trust.md in order, with the specification that it shows."""
    page = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    (content,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    (desk.folder / "acme.json").write_text(content, encoding="utf-8")
    commands = [line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    told = ""
    for line in commands:
        words = shlex.split(line.replace(" --passphrase", ""))[2:]
        if "FINGERPRINT" in words:
            words[words.index("FINGERPRINT")] = desk.fingerprint("acme.1.json")
        told += desk.done(*words, *(["--yes"] if "--append" in words else []))
    assert len(commands) == 10
    assert told.count("; complete\n") == 2
    assert "anchor       acme, added on this machine\n" in told
    assert desk.done("trust", "update", "acme.2.json").startswith("acme has trust root 2 now")


def test_nobody_signs_a_second_successor_of_one_root(known: Desk) -> None:
    known.make_root("two.json", spec(*ROOTS), "root-a", "root-b", previous="one.json")
    known.make_root("fork.json", spec(*ROOTS, acme=channel("thief")), "root-c", previous="one.json")
    known.done("trust", "update", "two.json")
    for previous in ((), ("--previous", "one.json")):
        line = known.refused("trust", "sign", "fork.json", "-k", "root-a.pem", "--append", "--yes", *previous)
        assert line.startswith("5: assay: E_ROOT: acme has another trust root 2 already")
    line = known.refused("trust", "make", "spec.json", "-o", "x.json", "--previous", "one.json")
    assert line.startswith("5: assay: E_ROOT: acme has another trust root 2 already")
    assert not (known.folder / "x.json").exists()
