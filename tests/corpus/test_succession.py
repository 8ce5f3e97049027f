"""One trust root and the next: whose signatures are missing, and what a holder is shown."""

from __future__ import annotations

import pytest

from assay.corpus import dsse, sections, succession, trust
from assay.corpus.succession import Proposal
from assay.corpus.trust import Role, TrustRoot
from assay.scanner.errors import CorpusError, UsageError
from tests.corpus.packs import channel, key, key_id, public, trust_root


def root(version: int, names: str, threshold: int) -> TrustRoot:
    """Return a root without channels; each letter of ``names`` is a root key."""
    keys = {key_id(name): public(name) for name in names}
    return TrustRoot(version, keys, Role(frozenset(keys), threshold), {})


def proposal(new: TrustRoot, old: TrustRoot | None = None) -> Proposal:
    return Proposal(dsse.Envelope(dsse.ROOT_TYPE, trust.dump_payload(new), ()), new, old)


@pytest.mark.parametrize(
    ("old", "new", "signers", "missing"),
    [
        (None, ("abc", 2), "", 2),
        (None, ("abc", 2), "a", 1),
        (None, ("abc", 2), "ab", 0),
        (None, ("abc", 2), "abc", 0),
        (("abc", 2), ("abd", 2), "", 2),  # a and b count for both
        (("abc", 2), ("abd", 2), "d", 2),  # one of a and b counts for both, and one old key more
        (("abc", 2), ("abd", 2), "ac", 1),
        (("abc", 2), ("abd", 2), "ab", 0),
        (("abc", 2), ("def", 2), "", 4),
        (("abc", 2), ("def", 2), "ad", 2),
        (("abc", 2), ("def", 2), "abde", 0),
        (("abc", 1), ("abc", 3), "a", 2),
    ],
)
def test_how_many_are_missing(old: tuple[str, int] | None, new: tuple[str, int], signers: str, missing: int) -> None:
    made = proposal(root(2 if old else 1, *new), root(1, *old) if old else None)
    signed = succession.sign(made, [key(name) for name in signers], append=True) if signers else made
    assert signed.missing() == missing
    data = dsse.encode(signed.envelope)
    if missing:
        with pytest.raises(CorpusError):
            _verified(data, made.previous)
    else:
        assert _verified(data, made.previous) == made.root


def _verified(data: bytes, old: TrustRoot | None) -> TrustRoot:
    return trust.parse_root(data) if old is None else trust.update_root(old, data)


def test_only_root_keys_of_the_two_roots_sign() -> None:
    made = proposal(root(2, "abd", 2), root(1, "abc", 2))
    with pytest.raises(UsageError, match="is no root key of it or of the root before it; sign with one that is"):
        succession.sign(made, [key("x")], append=False)
    with pytest.raises(UsageError, match="is no root key of it; sign"):
        succession.sign(proposal(root(1, "abc", 2)), [key("d")], append=False)


def test_a_signature_that_stays_must_be_valid() -> None:
    made = proposal(root(1, "abc", 2))
    forged = dsse.Signature(key_id("b"), bytes(64))
    broken = made._replace(envelope=made.envelope._replace(signatures=(forged,)))
    with pytest.raises(CorpusError, match="E_SIGNATURE"):
        succession.sign(broken, [key("a")], append=True)
    assert succession.sign(broken, [key("a")], append=False).signers == {key_id("a")}


def test_every_change_is_a_line() -> None:
    old = trust_root(org={"revoked": frozenset({"cd" * 32})})
    roles = {"role": Role(frozenset({key_id("default-a"), key_id("new")}), 2)}
    new = trust_root(2, ("root-a", "root-b", "root-d"), default=roles, org={"epoch": 2, "min_seq": 5, "priority": 7})
    channels = {name: each for name, each in new.channels.items() if name != "vendor"}
    channels["extra"] = channel("org", capabilities=frozenset({sections.DENY}))._replace(name="extra")
    assert succession.changes(old, new._replace(channels=channels)) == (
        f"+ root: key {key_id('root-d')}",
        f"- root: key {key_id('root-c')}",
        f"+ channel default: key {key_id('new')}",
        f"- channel default: key {key_id('default-b')}",
        "~ channel default: 2 of 2 keys must sign, was 1 of 2",
        "+ channel extra",
        f"+ channel extra: key {key_id('org-a')}",
        "~ channel extra: 1 of 1 keys must sign",
        "+ channel extra: may hold deny",
        "~ channel extra: epoch 1",
        "~ channel extra: min_seq 1",
        "~ channel extra: priority 100",
        "~ channel org: epoch 2, was 1",
        "~ channel org: min_seq 5, was 1",
        "~ channel org: priority 7, was 100",
        f"- channel org: revoked sha256:{'cd' * 32}: this pack is believed AGAIN",
        "- channel vendor: its packs are no longer believed",
    )
    assert succession.changes(old, old) == ()
    lost = trust_root(2, org={"capabilities": frozenset(), "revoked": frozenset({"ab" * 32, "cd" * 32})})
    assert [line for line in succession.changes(old, lost) if "allow" in line or "revoked" in line] == [
        "- channel org: may hold allow",
        f"+ channel org: revoked sha256:{'ab' * 32}",
    ]
