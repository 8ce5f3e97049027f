"""Pipfile.lock: categories become scopes, sources are told apart."""

from __future__ import annotations

import json

import pytest

from assay.scanner.inputs.pipfile_lock import parse
from assay.scanner.models import Location, Scope, Source
from tests.inputs.told import components, details, reasons

HASH = "sha256:" + "ab" * 32


def lock(**categories: object) -> bytes:
    document = {"_meta": {"hash": {"sha256": "x"}, "pipfile-spec": 6, "requires": {}, "sources": []}, **categories}
    return json.dumps(document, indent=4).encode()


def test_categories_are_scopes_and_lines_are_told() -> None:
    parsed = parse(
        lock(
            default={"Six": {"version": "==1.17.0", "hashes": [HASH], "index": "pypi"}, "idna": {"version": "==3.1"}},
            develop={"idna": {"version": "==3.1"}},
            docs={"sphinx": {"version": "==8.0"}},
        ),
        "Pipfile.lock",
    )
    assert parsed.gaps == ()
    assert not parsed.directness
    found = components(parsed)
    assert {purl: component.scopes for purl, component in found.items()} == {
        "idna@3.1": (Scope.DEV, Scope.PROD),
        "six@1.17.0": (Scope.PROD,),
        "sphinx@8.0": (Scope.DEV,),
    }
    assert found["six@1.17.0"].hashes == (HASH,)
    assert found["idna@3.1"].locations == (Location("Pipfile.lock", 18), Location("Pipfile.lock", 23))
    assert [(item.importer, item.descriptor) for item in parsed.bindings] == [("", "idna"), ("", "six"), ("", "sphinx")]


@pytest.mark.parametrize(
    ("entry", "kind", "purl"),
    [
        (
            {"git": "https://user:pw@git.example/a.git", "ref": "0123", "editable": True},
            Source.GIT,
            "a?vcs_url=git%2Bhttps://git.example/a.git%400123",
        ),
        ({"path": "../a", "editable": True}, Source.LINK, "a?download_url=file:a"),
        ({"path": "./a"}, Source.FILE, "a?download_url=file:svc/a"),
        (
            {"file": "https://example.invalid/a-1.0-py3-none-any.whl"},
            Source.URL,
            "a@1.0?download_url=https://example.invalid/a-1.0-py3-none-any.whl",
        ),
    ],
)
def test_sources_are_told_apart(entry: dict[str, object], kind: Source, purl: str) -> None:
    parsed = parse(lock(default={"a": entry}), "svc/Pipfile.lock")
    assert parsed.gaps == ()
    assert [component.source for component in parsed.components] == [kind]
    assert list(components(parsed)) == [purl]


@pytest.mark.parametrize(
    ("categories", "detail"),
    [
        ({"default": []}, "default: not an object"),
        ({"default": {"a": "==1"}}, "default.a: not an object"),
        ({"default": {"a": {"version": 1}}}, "default.a.version: not a string"),
        ({"default": {"a": {"version": ">=1"}}}, "default.a.version: not a version"),
        (
            {"default": {"a": {"version": "==1", "hashes": ["x"]}}},
            "default.a.hashes: not a hash of the form algorithm:hex",
        ),
        ({"default": {"-a": {"version": "==1"}}}, "default.-a: no valid package name"),
        ({"default": {"a": {"path": "x\ny"}}}, "default.a: an address with control characters"),
    ],
)
def test_a_bad_entry_is_a_gap_and_the_others_are_read(categories: dict[str, object], detail: str) -> None:
    parsed = parse(lock(**categories, develop={"ok": {"version": "==1"}}), "Pipfile.lock")
    assert detail in details(parsed)
    assert "ok@1" in components(parsed)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[]", "wrong-type"),
        (b"{}", "unknown-version"),
        (b'{"_meta": {"pipfile-spec": 7}}', "unknown-version"),
        (b'{"_meta": {"pipfile-spec": NaN}}', "syntax"),
        (b'{"_meta": {"pipfile-spec": 6}, "default": {', "truncated"),
        (b"[" * 100_000, "too-deep"),
        (b"\xff\xfe{\x00}\x00", "not-utf8"),
    ],
)
def test_what_cannot_be_read_is_a_gap(data: bytes, reason: str) -> None:
    assert reasons(parse(data, "Pipfile.lock")) == [reason]


def test_a_key_that_stands_twice_is_a_gap() -> None:
    data = b'{"_meta": {"pipfile-spec": 6}, "default": {"a": {"version": "==1"}, "a": {"version": "==2"}}}'
    parsed = parse(data, "Pipfile.lock")
    assert (list(components(parsed)), reasons(parsed)) == (["a@2"], ["duplicate-key"])
