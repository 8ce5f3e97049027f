"""Trust roots from the files that people write: what is taken, and the one line that says what is wrong."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.corpus import keys, root_spec, trust
from assay.corpus.trust import Role
from assay.scanner.errors import UsageError
from tests.corpus.ceremony import channel, spec
from tests.corpus.packs import key, key_id, public

if TYPE_CHECKING:
    from collections.abc import Callable

ROOTS = ("root-a", "root-b", "root-c")
FILES = {
    "a.pub": keys.encode_public(key("root-a")),
    "b.pem": keys.encode_private(key("root-b")),
    "locked.pem": keys.encode_private(key("root-c"), b"secret"),
    "rubbish": b"rubbish",
}


def read(name: str) -> bytes:
    if name not in FILES:
        raise UsageError("No such file or directory; name a readable file")
    return FILES[name]


def parse(content: Any, previous: trust.TrustRoot | None = None) -> root_spec.RootSpec:
    return root_spec.parse(json.dumps(content).encode(), read, previous)


def test_a_root_with_everything_stated_and_with_everything_left_out() -> None:
    full = spec(*ROOTS, acme=channel("pack-a", epoch=2, priority=50, min_seq=7, revoked=["sha256:" + "ab" * 32]))
    root, warnings = parse({**full, "version": 1})
    acme = root.channels["acme"]
    assert (root.version, warnings, root.role) == (1, (), Role(frozenset(map(key_id, ROOTS)), 2))
    assert (acme.epoch, acme.priority, acme.min_seq, acme.revoked) == (2, 50, 7, frozenset({"ab" * 32}))
    assert acme.capabilities == {"allow", "deny", "ioc"}
    assert trust.parse_payload(trust.dump_payload(root)) == root
    acme = parse(spec(*ROOTS)).root.channels["acme"]
    assert (acme.epoch, acme.priority, acme.min_seq, acme.revoked) == (1, 100, 1, frozenset())


def test_keys_by_digits_and_by_files() -> None:
    content = spec(*ROOTS)
    content["root"]["keys"] = ["a.pub", "b.pem", public("root-c").hex().upper()]
    assert parse(content).root == parse(spec(*ROOTS)).root


def test_the_successor_takes_the_next_version() -> None:
    first = parse(spec(*ROOTS)).root
    assert parse(spec(*ROOTS), first).root.version == 2
    assert parse({**spec(*ROOTS), "version": 2}, first).root.version == 2
    with pytest.raises(UsageError, match=r"^version: 3 does not follow 1; write 2, or leave it out$"):
        parse({**spec(*ROOTS), "version": 3}, first)
    with pytest.raises(UsageError, match=r"^version: 2 follows an older root; name that with --previous$"):
        parse({**spec(*ROOTS), "version": 2})


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"epoch": 2}, {"epoch": 1}, r"^channels\.acme\.epoch: 1, but trust root 1 has 2; an epoch never goes back$"),
        ({"min_seq": 9}, {"min_seq": 8}, r"^channels\.acme\.min_seq: 8, but trust root 1 has 9"),
        ({"min_seq": 9}, {"min_seq": 9}, None),
        ({"min_seq": 9}, {"epoch": 2, "min_seq": 1}, None),
    ],
)
def test_a_channel_does_not_go_back(before: dict[str, int], after: dict[str, int], words: str | None) -> None:
    first = parse(spec(*ROOTS, acme=channel("pack-a", **before))).root
    content = spec(*ROOTS, acme=channel("pack-a", **after))
    if words is None:
        assert parse(content, first).root.version == 2
    else:
        with pytest.raises(UsageError, match=words):
            parse(content, first)


def test_what_is_unwise_is_warned_of() -> None:
    (warning,) = parse(spec(*ROOTS, acme=channel("pack-a", "root-b"))).warnings
    assert warning.startswith(f"channels.acme.keys: {key_id('root-b')[:16]} is a root key too; keep root keys apart")
    (warning,) = parse({**spec(*ROOTS), "channels": {}}).warnings
    assert warning.startswith("channels: none")


def changed(*path: Any, to: Any = None, drop: bool = False) -> Callable[[dict[str, Any]], None]:
    """Return what changes one value of a specification, or drops it."""

    def change(content: dict[str, Any]) -> None:
        place: Any = content
        for part in path[:-1]:
            place = place[part]
        if drop:
            del place[path[-1]]
        else:
            place[path[-1]] = to

    return change


ACME = ("channels", "acme")
LOW_ORDER = "01" + "00" * 31


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (changed("type", to="assay.root"), 'type: must be "assay.root-spec"'),
        (changed("spec", to=True), "spec: must be 1"),
        (changed("spec", to=2), "spec: must be 1"),
        (changed("version", to=0), "version: not a whole number from 1 to 9007199254740991"),
        (changed("version", to=True), "version: not a whole number"),
        (changed("chanels", to={}), "chanels: no such key here; did you mean channels?"),
        (changed("zzz", to={}), "zzz: no such key here; choose from channels, root, spec, type, version"),
        (changed("root", drop=True), "root: is missing"),
        (changed("root", to=[]), "root: not an object in braces"),
        (changed("root", "treshold", to=1), "root.treshold: no such key here; did you mean threshold?"),
        (changed("root", "threshold", drop=True), "root.threshold: is missing"),
        (changed("root", "threshold", to=4), "root.threshold: 4 of 3 keys can never sign"),
        (changed("root", "threshold", to=0), "root.threshold: not a whole number from 1 to 64"),
        (changed("root", "threshold", to="2"), "root.threshold: not a whole number"),
        (changed("root", "keys", to=[]), "root.keys: none; name at least one"),
        (changed("root", "keys", to="a.pub"), "root.keys: not a list of strings"),
        (changed("root", "keys", 1, to=7), "root.keys: not a list of strings"),
        (changed("root", "keys", 1, to="gone.pem"), "root.keys[1]: 'gone.pem': No such file or directory"),
        (changed("root", "keys", 1, to="ab" * 31), f"root.keys[1]: '{'ab' * 31}': No such file"),
        (changed("root", "keys", 1, to="rubbish"), "root.keys[1]: 'rubbish': neither 64 hex digits nor a PEM file"),
        (changed("root", "keys", 2, to="locked.pem"), "root.keys[2]: 'locked.pem': an encrypted private key"),
        (changed("root", "keys", 0, to=LOW_ORDER), f"root.keys[0]: '{LOW_ORDER}': a public key of low order"),
        (changed("root", "keys", 2, to="a.pub"), "root.keys[2]: the same key as keys[0]; one key signs once"),
        (changed("root", "keys", 2, to="a\x00b"), "root.keys[2]: holds control"),
        (changed("root", "keys", 2, to="\ud800"), "root.keys[2]: holds control"),
        (changed("channels", to=[]), "channels: not an object with at most 64 channels by name"),
        (changed("channels", "Acme", to={}), "channels.Acme: a name is of a-z, 0-9, dots and hyphens"),
        (changed("channels", "\x1b[2J", to={}), "channels.\\u001b[2J: a name is of a-z"),
        (changed("channels", "local", to={}), "channels.local: this channel is for what is registered on one machine"),
        (changed(*ACME, "capabilities", drop=True), "channels.acme.capabilities: is missing"),
        (changed(*ACME, "capabilities", to=[]), "channels.acme.capabilities: none; choose from advisories, allow"),
        (changed(*ACME, "capabilities", 0, to="alow"), "capabilities[0]: 'alow' is no kind of section; did you mean"),
        (changed(*ACME, "capabilities", 0, to="code"), "channels.acme.capabilities[0]: 'code' is no kind of section;"),
        (changed(*ACME, "capabilities", 0, to="blocks"), "capabilities: advisories and blocks belong together"),
        (changed(*ACME, "epoch", to=2**53), "channels.acme.epoch: not a whole number from 1 to 9007199254740991"),
        (changed(*ACME, "epoch", to=1.5), "1.5: not a whole number"),
        (changed(*ACME, "priority", to=1001), "channels.acme.priority: not a whole number from 0 to 1000"),
        (changed(*ACME, "revoked", to=["sha256:12"]), "channels.acme.revoked[0]: 'sha256:12' is no digest"),
        (changed(*ACME, "threshold", to=2), "channels.acme.threshold: 2 of 1 keys can never sign"),
    ],
)
def test_every_mistake_is_one_line_with_its_key(change: Callable[[dict[str, Any]], None], words: str) -> None:
    content = spec(*ROOTS)
    change(content)
    with pytest.raises(UsageError) as caught:
        parse(content)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "line 1, column 1: not JSON"),
        (b'{"type": "assay.root-spec",\n "spec": 1,}', "line 2, column 12: not JSON"),
        (b"[]", "the specification: not an object in braces"),
        (b'{"type": 1, "type": 2}', "type: this key stands twice in one object"),
        (b"\xff", "not UTF-8"),
        (b"[" * 100_000, "not JSON that can be read"),
        (b'{"spec": ' + b"9" * 5000 + b"}", "not JSON that can be read"),
        (b'{"type": "assay.root-spec", "spec": NaN, "root": {}, "channels": {}}', "spec: must be 1"),
    ],
)
def test_what_is_no_json(data: bytes, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        root_spec.parse(data, read)
    assert words in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from([*FILES, "allow"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["keys", "threshold", "acme", "epoch", "capabilities", "revoked"]), inner)
    ),
    max_leaves=8,
)


@given(st.sampled_from([("root",), ("channels",), ACME, ("root", "keys"), (*ACME, "capabilities")]), JSON)
def test_whatever_stands_there_is_a_root_or_a_usage_error(path: tuple[str, ...], value: Any) -> None:
    content = spec(*ROOTS)
    changed(*path, to=value)(content)
    with suppress(UsageError):
        made = parse(content).root
        assert trust.parse_payload(trust.dump_payload(made)) == made
