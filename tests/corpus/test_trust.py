from __future__ import annotations

from typing import Any

import pytest

from assay.corpus import canonical, dsse, signing, trust
from assay.corpus.shipped import load_trust
from assay.scanner.errors import CorpusError
from tests.corpus.packs import ROOT, key, key_id, signed_root, trust_root


def test_a_root_comes_back_as_it_was() -> None:
    assert trust.parse_root(signed_root(ROOT, "root-a", "root-c")) == ROOT


def test_a_root_needs_enough_of_its_own_keys() -> None:
    with pytest.raises(CorpusError, match=r"E_THRESHOLD.*1 of 2"):
        trust.parse_root(signed_root(ROOT, "root-a"))
    with pytest.raises(CorpusError, match="E_SIGNATURE"):
        trust.parse_root(signed_root(ROOT, "root-a", "default-a"))


NEXT = trust_root(2, ("root-a", "root-d", "root-e"))


@pytest.mark.parametrize(
    ("successor", "signers", "code"),
    [
        (NEXT, ("root-a", "root-b", "root-d"), None),
        (NEXT, ("root-b", "root-c", "root-d", "root-e"), None),
        (NEXT, ("root-d", "root-e"), "E_ROOT"),
        (NEXT, ("root-a", "root-d"), "E_ROOT"),
        (NEXT, ("root-b", "root-c"), "E_ROOT"),
        (NEXT, ("root-a", "root-b"), "E_ROOT"),
        (NEXT, ("root-a", "root-b", "root-d", "stranger"), "E_SIGNATURE"),
        (NEXT._replace(version=3), ("root-a", "root-b", "root-d"), "E_ROOT"),
        (NEXT._replace(version=1), ("root-a", "root-b", "root-d"), "E_ROOT"),
    ],
)
def test_a_successor_needs_old_and_new_keys(
    successor: trust.TrustRoot, signers: tuple[str, ...], code: str | None
) -> None:
    data = signed_root(successor, *signers)
    if code is None:
        assert trust.update_root(ROOT, data) == successor
        return
    with pytest.raises(CorpusError) as caught:
        trust.update_root(ROOT, data)
    assert caught.value.code == code


def _rename_key(value: dict[str, Any]) -> None:
    value["keys"]["0" * 64] = value["keys"].pop(key_id("org-a"))


@pytest.mark.parametrize(
    "change",
    [
        lambda root: root.update(spec=2),
        lambda root: root.update(spec=True),
        lambda root: root.update(type="assay.manifest"),
        lambda root: root.update(version=0),
        lambda root: root.update(extra=1),
        lambda root: root["root"].update(threshold=0),
        lambda root: root["root"].update(threshold=4),
        lambda root: root["root"].update(threshold=True),
        lambda root: root["root"].update(keyids=["0" * 64]),
        lambda root: root["root"]["keyids"].reverse(),
        lambda root: root["root"]["keyids"].append(root["root"]["keyids"][-1]),
        lambda root: root["keys"][key_id("org-a")].update(scheme="rsa"),
        lambda root: root["keys"][key_id("org-a")].update(public="01" + "0" * 62),
        lambda root: root["keys"][key_id("org-a")].update(public=root["keys"][key_id("root-a")]["public"]),
        _rename_key,
        lambda root: root["channels"]["org"].update(capabilities=["code"]),
        lambda root: root["channels"]["org"].update(threshold=2),
        lambda root: root["channels"].update({"../x": root["channels"]["org"]}),
        lambda root: root["channels"].update({"\x1b[2J": root["channels"]["org"]}),
    ],
)
def test_a_root_that_is_not_well_formed_is_refused(change: Any) -> None:
    value = canonical.load(trust.dump_payload(ROOT), "E_ROOT", "root")
    change(value)
    with pytest.raises(CorpusError, match="E_ROOT") as caught:
        trust.parse_root(
            dsse.encode(signing.sign(dsse.ROOT_TYPE, canonical.dump(value), [key("root-a"), key("root-b")]))
        )
    assert caught.value.detail.isprintable()


def test_a_missing_root_is_said(tmp_path: Any) -> None:
    with pytest.raises(CorpusError, match="E_ROOT"):
        load_trust(str(tmp_path / "none"))


def test_the_shipped_root_is_two_of_three_and_one_of_two() -> None:
    root = load_trust().anchors[0].root
    assert (len(root.role.keyids), root.role.threshold) == (3, 2)
    assert set(root.channels) == {"default"}
    default = root.channels["default"]
    assert (len(default.role.keyids), default.role.threshold) == (2, 1)
    assert not default.role.keyids & root.role.keyids
