"""Signatures on packs: their order, what they leave alone, and the co-signer's way on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus import anchors, dsse, lists, manifest, pack, sections, signing
from assay.corpus.contents import verify_pack
from assay.corpus.pack import MemoryBytes
from assay.corpus.standing import standing, with_carried
from assay.formatters.escape import visible
from assay.scanner.errors import CorpusError
from tests.corpus.ceremony import Desk, at_a_terminal, channel, spec, write_key
from tests.corpus.packs import DENIED, FREE, ROOT, key, key_id, plan, public, signed_root, small_pack, trust_root
from tests.formatters.snapshots import assert_same_as_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from assay.corpus.lists import ListEntry

ROOTS = ("root-a", "root-b", "root-c")


def signers(data: bytes) -> list[str]:
    envelope = pack.read_container(MemoryBytes(data)).envelope
    return [each.keyid for each in dsse.parse(envelope, dsse.MANIFEST_TYPE).signatures]


def ids(*names: str) -> list[str]:
    return sorted(map(key_id, names))


# --- sign_pack -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "append", "expected"),
    [
        ("", "vendor-a", False, "vendor-a"),
        ("vendor-a", "vendor-b", True, "vendor-a vendor-b"),
        ("vendor-b", "vendor-a", True, "vendor-a vendor-b"),
        ("vendor-a", "vendor-b", False, "vendor-b"),
        ("vendor-a vendor-b", "vendor-a", True, "vendor-a vendor-b"),
        ("", "vendor-b vendor-a vendor-b", False, "vendor-a vendor-b"),
    ],
)
def test_signatures_are_in_the_one_order(first: str, second: str, append: bool, expected: str) -> None:
    data = small_pack([], signers=first.split(), channel="vendor")
    signed = signing.sign_pack(data, [key(name) for name in second.split()], append=append)
    assert signers(signed) == ids(*expected.split())
    assert signed == small_pack([], signers=expected.split(), channel="vendor"), "whoever signs in whatever order"


def test_there_is_an_end_to_signatures_and_to_roots() -> None:
    many = [key(f"key-{number}") for number in range(dsse.MAX_SIGNATURES)]
    data = small_pack([], signers=["default-a"])
    assert len(signers(signing.sign_pack(data, many))) == dsse.MAX_SIGNATURES
    with pytest.raises(CorpusError, match="E_SIGNATURE: an envelope has at most 16 signatures"):
        signing.sign_pack(data, many, append=True)
    with pytest.raises(CorpusError, match="E_ROOT: 65 trust roots to carry, at most 64 may be"):
        signing.sign_pack(data, many[:1], carried=[b"x"] * 65)


def test_carried_roots_stay_or_are_replaced() -> None:
    two = signed_root(trust_root(2), "root-a", "root-b")
    data = small_pack(roots=[two])
    assert pack.read_container(MemoryBytes(signing.sign_pack(data, [key("default-a")]))).roots == (two,)
    assert verify_pack(signing.sign_pack(data, [key("default-a")]), ROOT, FREE).root.version == 2
    bare = signing.sign_pack(data, [key("default-a")], carried=[])
    assert bare == small_pack()


def test_a_signature_of_a_known_key_must_be_valid() -> None:
    envelope = dsse.Envelope(dsse.MANIFEST_TYPE, b"{}", (dsse.Signature(key_id("a"), bytes(64)),))
    signing.require_valid(envelope, {})
    signing.require_valid(envelope, {key_id("b"): public("b")})
    signing.require_valid(signing.sign(dsse.MANIFEST_TYPE, b"{}", [key("a")]), {key_id("a"): public("a")})
    with pytest.raises(CorpusError, match="E_SIGNATURE"):
        signing.require_valid(envelope, {key_id("a"): public("a")})


# --- standing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "by", "expected", "remark"),
    [
        ("vendor", "vendor-a", (1, 2), None),
        ("vendor", "vendor-a vendor-b", (2, 2), None),
        ("vendor", "vendor-a default-a", (1, 2), "is no key of channel vendor: every machine with trust root 1"),
        ("default", "stranger", (0, 1), "is no key of channel default"),
        ("default", "root-a", (0, 1), "is no key of channel default"),
        ("unknown", "stranger", (1, None), "no trusted root has the channel unknown"),
    ],
)
def test_where_a_pack_stands(named: str, by: str, expected: tuple[int, int | None], remark: str | None) -> None:
    data = small_pack([], signers=by.split(), channel=named)
    found = standing(MemoryBytes(data), named, ids(*by.split()), anchors.trusting(ROOT), ())
    assert (found.signatures, found.threshold) == expected
    assert [remark is not None and remark in each for each in found.remarks] == [True] * (remark is not None)


def test_a_pack_that_would_be_refused_for_another_reason() -> None:
    data = small_pack([("allow", sections.ALLOW, lists.encode_entries(()))], ["vendor-a", "vendor-b"], channel="vendor")
    found = standing(MemoryBytes(data), "vendor", ids("vendor-a", "vendor-b"), anchors.trusting(ROOT), ())
    assert found.remarks == ("this machine refuses the pack: E_CAPABILITY: channel vendor may not hold allow",)


def test_roots_of_strangers_must_follow_one_another() -> None:
    trusted = anchors.trusting(ROOT)
    names = ("x", "y", "z")
    alien = [signed_root(trust_root(version, names), "x", "y") for version in (1, 2, 3)]
    assert with_carried(trusted, alien) is trusted
    assert with_carried(trusted, alien[1:]) is trusted
    with pytest.raises(CorpusError, match="E_ROOT: root version 3 cannot follow 1"):
        with_carried(trusted, alien[::2])
    own = signed_root(trust_root(2), "root-a", "root-b")
    assert with_carried(trusted, [own]).anchors[0].root.version == 2
    with pytest.raises(CorpusError, match="E_ROOT"):
        with_carried(trusted, [signed_root(trust_root(2), "root-a")])


# --- the command line ------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk that trusts acme: 2 of 3 keys sign its packs; 1.1 is in use."""
    desk = Desk(tmp_path)
    acme = channel("pack-a", "pack-b", "pack-c", threshold=2)
    desk.make_root("one.json", spec(*ROOTS, acme=acme), "root-a", "root-b")
    desk.trust("one.json")
    write(desk, "one.pack", DENIED, signers=("pack-a", "pack-b"), title="one")
    desk.done("import", "one.pack")
    for name in ("pack-a", "pack-b", "stranger"):
        write_key(tmp_path, name)
    return desk


def write(desk: Desk, name: str, denied: tuple[ListEntry, ...], signers: tuple[str, ...] = (), **changes: Any) -> Path:
    made = [("deny", sections.DENY, lists.encode_entries(denied))]
    path = desk.folder / name
    path.write_bytes(small_pack(made, signers, **{"channel": "acme", "stats": {"deny": len(denied)}, **changes}))
    return path


def test_a_second_holder_sees_what_changed_before_signing(desk: Desk) -> None:
    path = write(desk, "two.pack", DENIED[:2], seq=2, title="two")
    told = desk.done("sign", "two.pack", "--key", "pack-a.pem")
    assert told == (
        f"two.pack: signatures 1 of threshold 2; needs 1 more\n  signer {key_id('pack-a')}  acme: channel acme\n"
    )
    before = path.read_bytes()
    sign = ("sign", "two.pack", "--key", "pack-b.pem", "--append")
    asked = desk.run(*sign)
    assert (asked.returncode, path.read_bytes()) == (2, before)
    assert asked.stderr == (
        "assay: corpus sign --append: nobody to ask here; read what changed, then give --yes to sign\n"
    )
    signed = desk.done(*sign, "--yes", "-o", "signed.pack")
    assert signed.startswith(asked.stdout)
    assert_same_as_snapshot("corpus-sign-append.txt", signed)
    assert path.read_bytes() == before
    assert desk.done("import", "signed.pack").startswith("imported acme epoch 1 seq 2, ")


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 2), ("", 2)])
def test_a_holder_at_a_terminal_is_asked(desk: Desk, answer: str, code: int) -> None:
    path = write(desk, "two.pack", DENIED[:2], ("pack-a",), seq=2)
    before = path.read_bytes()
    arguments = ("corpus", "sign", "two.pack", "--key", "pack-b.pem", "--append")
    found, screen = at_a_terminal(desk.folder, [("Sign? [y/N]", answer)], *arguments)
    assert found == code
    assert "Deny entries removed, or ending earlier (2)" in screen.partition("Sign?")[0]
    assert (path.read_bytes() == before) is (code != 0)
    assert ("corpus sign --append: not signed" in screen) is (code != 0)


def test_what_a_pack_is_compared_with(desk: Desk) -> None:
    write(desk, "two.pack", DENIED[:2], ("pack-a",), seq=2)
    write(desk, "three.pack", DENIED[:1], ("pack-a",), seq=3)
    sign = ("sign", "three.pack", "--key", "pack-b.pem", "--append", "--yes")
    assert "+ npm" not in desk.done(*sign, "--since", "two.pack")
    assert "(1)\n- npm half 1.0.0" in desk.done(*sign, "--since", "two.pack")
    assert "(3)\n- npm half 1.0.0" in desk.done(*sign)
    nothing = desk.run(*sign, store=desk.folder / "nothing").stdout
    assert nothing.startswith("no earlier pack of channel acme is known here: everything in this one is new\n")
    assert "  deny: 1 entries, as counted\n" in nothing
    assert "gone" in desk.refused(*sign, "--since", "gone.pack")


def _flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def tampered(what: str) -> bytes:
    """Return a pack, signed by pack-a, that somebody changed afterwards."""
    made = [("deny", sections.DENY, lists.encode_entries(DENIED))]
    described, body = plan(made, channel="acme", seq=2)
    data = small_pack(made, ("pack-a",), channel="acme", seq=2)
    if what == "section":
        return _flip(data, len(data) - 3)
    if what == "not canonical":
        return small_pack([("deny", sections.DENY, b"[]" + body)], ("pack-a",), channel="acme", seq=2)
    if what == "appended":
        return data + b"\0"
    envelope = signing.sign(dsse.MANIFEST_TYPE, manifest.dump(described), [key("pack-a")])
    later = manifest.dump(described._replace(seq=3))
    return pack.write_container(dsse.encode(envelope._replace(payload=later)), (), body)


@pytest.mark.parametrize(
    ("what", "code"),
    [("section", "E_HASH"), ("not canonical", "E_INDEX"), ("appended", "E_CONTAINER"), ("manifest", "E_SIGNATURE")],
)
@pytest.mark.parametrize("options", [("--append", "--yes"), ()])
def test_nobody_signs_what_was_tampered_with(desk: Desk, what: str, code: str, options: tuple[str, ...]) -> None:
    path = desk.folder / "two.pack"
    path.write_bytes(tampered(what))
    result = desk.run("sign", "two.pack", "--key", "pack-b.pem", *options)
    assert (result.returncode, result.stdout) == (5, ""), "refused before anything of it is shown"
    assert result.stderr.startswith(f"assay: {code}: ")
    assert path.read_bytes() == tampered(what)


def test_a_key_that_will_not_do_is_noted(desk: Desk) -> None:
    write(desk, "two.pack", DENIED, seq=2)
    result = desk.run("sign", "two.pack", "--key", "stranger.pem")
    assert result.returncode == 0
    assert result.stderr == (
        f"assay: note: two.pack: {key_id('stranger')[:16]} is no key of channel acme: every machine with trust root 1 "
        "refuses a pack with its signature\n"
    )
    assert result.stdout.endswith(f"  signer {key_id('stranger')}  unknown here\n")
    write(desk, "other.pack", DENIED, channel="other")
    result = desk.run("sign", "other.pack", "--key", "pack-a.pem")
    assert "no trusted root has the channel other: this machine refuses the pack until one is trusted" in result.stderr
    assert result.stdout.startswith("other.pack: signatures: 1, of how many is not known here\n")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ({"seq": 2, "title": "another"}, "another pack 1.2 of channel acme was accepted here; two of one number"),
        ({"seq": 1, "title": "another"}, "1.1 after 1.2 was accepted here: every machine that has that refuses"),
        ({"seq": 2}, None),
        ({"seq": 3}, None),
    ],
)
def test_a_number_that_machines_will_refuse_is_warned_of(desk: Desk, number: dict[str, Any], words: str | None) -> None:
    write(desk, "two.pack", DENIED, ("pack-a", "pack-b"), seq=2)
    desk.done("import", "two.pack")
    write(desk, "now.pack", DENIED, **number)
    result = desk.run("sign", "now.pack", "--key", "pack-a.pem")
    assert result.returncode == 0
    assert result.stderr == "" if words is None else words in result.stderr


# --- inspecting ------------------------------------------------------------------------------------------------


def test_inspecting_names_the_holders_and_counts_the_entries(desk: Desk) -> None:
    shown = desk.done("inspect", "one.pack").splitlines()
    assert shown[0] == "state     VERIFIED by the trust root of acme"
    assert [line for line in shown if line.startswith("signer")] == [
        f"signer    {keyid}  acme: channel acme" for keyid in ids("pack-a", "pack-b")
    ]
    assert shown[shown.index("entries, as counted") + 1] == "  deny  4"
    elsewhere = desk.done("inspect", "one.pack", "--store", "elsewhere").splitlines()
    assert elsewhere[0].startswith("state     UNVERIFIED (E_SIGNATURE: ")
    assert elsewhere[0].endswith("): believe nothing below")
    assert [line for line in elsewhere if line.startswith("signer")] == [
        f"signer    {keyid}  unknown here" for keyid in ids("pack-a", "pack-b")
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "\x1b[2J\x1b[1;1Hstate     VERIFIED"},
        {"title": "x" * 10_000},
        {"title": "a\nstate     VERIFIED by the trust root of acme"},
        {"title": "\u202eDEIFIREV"},
        {"title": "e" + "\u0301" * 100},
        {"title": "\u3164VERIFIED\ue000\u0488\xa0", "builder": "\u115f"},
        {"builder": "\x9b2J"},
        {"channel": "x" * 10_000},
        {"channel": "\x1b[2J"},
        {"stats": {"n" * 10_000: 1}},
        {"stats": {"\x1b[2J": 1}},
        {"sections": (manifest.Section("n" * 10_000, "deny", 0, 1, "0" * 64),)},
        {"sections": (manifest.Section("advisories", "advisories", 0, 1, "0" * 64),)},
        {"sources": (manifest.Source("x", "\x1b]0;owned\x07", "2026-01-01", "0" * 64, "MIT", "\u2066", 1, 1),)},
    ],
)
def test_a_hostile_pack_breaks_no_terminal(desk: Desk, changes: dict[str, Any]) -> None:
    path = desk.folder / "hostile.pack"
    path.write_bytes(small_pack([], ("pack-a",), **{"channel": "acme", **changes}))
    for verb in (("inspect",), ("sign", "-k", "pack-b.pem", "--append")):
        result = desk.run(verb[0], "hostile.pack", *verb[1:])
        assert all(visible(line) == line for line in (result.stdout + result.stderr).splitlines())
        assert max(map(len, (result.stdout + result.stderr).splitlines())) < 500
        lines = result.stdout.splitlines()
        assert not any(line.startswith("state     VERIFIED") for line in lines)
        assert not lines or verb[0] == "sign" or lines[0].startswith("state     UNVERIFIED (E_")
