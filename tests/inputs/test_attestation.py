"""Provenance files: every form says the same, and whatever else stands in one is a gap that names its place."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.inputs.attestation import MAX_STATEMENTS, MAX_SUBJECTS, parse
from assay.scanner.inputs.formats import ATTESTATION, format_of
from assay.scanner.inputs.parsed import Statement, Subject
from tests.attestations import (
    NPM_PUBLISH,
    PUBLISH,
    REPOSITORY,
    SLSA_02,
    SLSA_1,
    attestation,
    built,
    built_02,
    bundle,
    bundled,
    encoded,
    provenance,
    published,
    registry,
    signed,
    statement,
    subject,
)

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

PATH = "dist/demo-1.0.tar.gz.provenance"
DATA = b"artifact"
NAMED = subject("demo-1.0.tar.gz", DATA)
SHA256 = f"sha256:{NAMED['digest']['sha256']}"
SAID = Subject("demo-1.0.tar.gz", (SHA256,))


def reasons(read: Parsed) -> list[tuple[str, str]]:
    assert all(gap.path == PATH for gap in read.gaps)
    return [(gap.reason, gap.detail.partition(":")[0]) for gap in read.gaps]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (published(statement(NAMED)), Statement(PUBLISH, (SAID,))),
        (published(built(NAMED)), Statement(SLSA_1, (SAID,), (REPOSITORY,))),
        (published(built_02(NAMED)), Statement(SLSA_02, (SAID,), (f"git+{REPOSITORY}@refs/heads/main",))),
        (bundled(built(NAMED)), Statement(SLSA_1, (SAID,), (REPOSITORY,))),
        (registry(built(NAMED)), Statement(SLSA_1, (SAID,), (REPOSITORY,))),
        (registry(statement(NAMED, predicate=NPM_PUBLISH)), Statement(NPM_PUBLISH, (SAID,))),
        (provenance(statement(NAMED)), Statement(PUBLISH, (SAID,), (REPOSITORY,))),
        (provenance(statement(NAMED), repository="g/s/demo", kind="GitLab"),
         Statement(PUBLISH, (SAID,), ("https://gitlab.com/g/s/demo",))),
        (provenance(statement(NAMED), kind="Google"), Statement(PUBLISH, (SAID,))),
        (provenance(built(NAMED), repository="other/demo"),
         Statement(SLSA_1, (SAID,), (REPOSITORY, "https://github.com/other/demo"))),
        (signed(DATA), Statement("", (Subject("", (SHA256,)),))),
        (bundled(built(NAMED, by=["a"])), Statement(SLSA_1, (SAID,))),
        (bundled(statement(NAMED, predicate="https://example.invalid/other", said={"buildDefinition": 3})),
         Statement("https://example.invalid/other", (SAID,))),
    ],
)  # fmt: skip
def test_a_statement_is_read(data: bytes, expected: Statement) -> None:
    read = parse(data, PATH)
    assert read.statements == (expected,)
    assert read.gaps == ()
    assert read.kind == "provenance"


def test_both_digests_and_every_statement() -> None:
    both = subject("pkg:npm/demo@1.0.0", DATA, "sha512", "sha256", "sha1")
    read = parse(registry(statement(both), built(both)), PATH)
    assert [[one.partition(":")[0] for one in said.subjects[0].digests] for said in read.statements] == [
        ["sha256", "sha512"],
        ["sha256", "sha512"],
    ]


@pytest.mark.parametrize("form", [base64.urlsafe_b64encode, base64.b64encode])
def test_either_alphabet_with_or_without_padding(form: Any) -> None:
    said = statement(subject("d\u00ff\u00fe\u00fb>>>???.tar.gz", DATA))
    for text in (form(said).decode(), form(said).decode().rstrip("=")):
        whole = {"version": 1, "envelope": {"statement": text}}
        assert parse(json.dumps(whole).encode(), PATH).gaps == ()


def broken(**changed: Any) -> bytes:
    whole = json.loads(statement(NAMED))
    return json.dumps({**whole, **changed}).encode()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ("empty", "empty, not JSON")),
        (b"\xff", ("not-utf8", "invalid UTF-8 at byte 0")),
        (b"[]", ("wrong-type", "not an object")),
        (b"{}", ("unknown-format", "the file")),
        (b"[" * 500, ("too-deep", "more than 200 levels of nesting")),
        (b'{"version":2,"attestation_bundles":[]}', ("unknown-version", "version")),
        (b'{"version":1,"attestation_bundles":[]}', ("empty", "attestation_bundles")),
        (b'{"attestations":[]}', ("empty", "attestations")),
        (b'{"attestations":[3]}', ("wrong-type", "attestations[0]")),
        (b'{"attestations":[{"bundle":{}}]}', ("unknown-format", "attestations[0].bundle")),
        (b'{"version":1,"envelope":{}}', ("not-base64", "envelope.statement")),
        (b'{"version":1,"envelope":{"statement":"a"}}', ("not-base64", "envelope.statement")),
        (b'{"version":1,"envelope":{"statement":"\xc3\xa4"}}', ("not-base64", "envelope.statement")),
        (b'{"dsseEnvelope":{"payload":"","payloadType":"text/plain"}}', ("unsupported", "dsseEnvelope.payloadType")),
        (signed(DATA, "SHA3_256"), ("unsupported", "messageSignature.messageDigest.algorithm")),
        (b'{"messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":"AAAA"}}}',
         ("bad-hash", "messageSignature.messageDigest")),
        (published(b"not JSON"), ("truncated", "envelope.statement")),
        (published(b"[" * 500), ("too-deep", "envelope.statement")),
        (published(b"[]"), ("unknown-version", "envelope.statement")),
        (published(broken(_type="https://in-toto.io/Statement/v9")), ("unknown-version", "envelope.statement")),
        (published(broken(subject=[{"name": "x", "digest": {"sha1": "0" * 40}}])),
         ("no-digest", "envelope.statement.subject")),
        (published(broken(subject=[{"name": "x", "digest": {"sha256": "0"}}, NAMED])),
         ("bad-hash", "envelope.statement.subject[0].digest")),
        (published(broken(subject=[NAMED] * (MAX_SUBJECTS + 1))), ("too-large", "envelope.statement.subject")),
        (registry(*[statement(NAMED)] * (MAX_STATEMENTS + 1)), ("too-large", "attestations")),
        (published(statement(NAMED).replace(b'"subject"', b'"subject": [], "subject"')),
         ("duplicate-key", "envelope.statement")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_gap_that_names_its_place(data: bytes, expected: tuple[str, str]) -> None:
    assert expected in reasons(parse(data, PATH))


def test_what_is_broken_hides_no_other_statement() -> None:
    whole = json.loads(registry(statement(NAMED), statement(NAMED)))
    whole["attestations"][0]["bundle"]["dsseEnvelope"]["payload"] = "?"
    read = parse(json.dumps(whole).encode(), PATH)
    assert read.statements == (Statement(PUBLISH, (SAID,)),)
    assert reasons(read) == [("not-base64", "attestations[0].bundle.dsseEnvelope.payload")]


def test_no_more_statements_than_the_limit_in_many_bundles() -> None:
    one = {"publisher": {}, "attestations": [attestation(statement(NAMED))] * 150}
    read = parse(json.dumps({"version": 1, "attestation_bundles": [one] * 3}).encode(), PATH)
    assert len(read.statements) == MAX_STATEMENTS
    assert [reason for reason, _ in reasons(read)] == ["too-large"]


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["", "AAAA", SHA256, REPOSITORY]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FORMS = [
    json.loads(provenance(built(NAMED))),
    json.loads(registry(built_02(NAMED))),
    json.loads(signed(DATA)),
    bundle(statement(NAMED)),
]


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, one in inner for place in places(one, (*at, key)))]


def changed(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    if not at:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = changed(value[at[0]], at[1:], new)
    return copy


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_part_may_be_anything(draw: st.DataObject) -> None:
    form = draw.draw(st.sampled_from(FORMS))
    whole = changed(form, draw.draw(st.sampled_from(places(form))), draw.draw(ODD))
    held_to_the_contract(json.dumps(whole).encode())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_part_of_a_statement_may_be_anything(draw: st.DataObject) -> None:
    said = json.loads(draw.draw(st.sampled_from([built(NAMED), built_02(NAMED)])))
    whole = changed(said, draw.draw(st.sampled_from(places(said))), draw.draw(ODD))
    held_to_the_contract(
        json.dumps({"version": 1, "envelope": {"statement": encoded(json.dumps(whole).encode())}}).encode()
    )


def held_to_the_contract(data: bytes) -> None:
    read = parse(data, PATH)
    assert read.statements or read.gaps
    for gap in read.gaps:
        assert gap.path == PATH
        assert gap.detail.isprintable()
    for said in read.statements:
        assert all(one.partition(":")[0] in ("sha256", "sha512") for part in said.subjects for one in part.digests)


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("dist/demo-1.0-py3-none-any.whl.publish.attestation", True),
        ("demo-1.0.tar.gz.slsa.attestation", True),
        ("demo-1.0.tar.gz.attestation", True),
        ("demo-1.0.zip.provenance", True),
        ("demo-1.0-py3-none-any.whl.provenance", True),
        ("demo-1.0.0.attestations.json", True),
        ("demo-1.0.0.tgz.sigstore", True),
        ("demo-1.0.0.sigstore.json", True),
        ("notes.provenance", False),
        ("medical.attestation", False),
        ("provenance.json", False),
        ("tests/assets/demo-1.0.0.sigstore.json", False),
        ("node_modules/demo/demo.sigstore.json", False),
        ("lib/site-packages/demo-1.0.dist-info/provenance_url.json", False),
        ("node_modules/.package-lock.json", False),
    ],
)
def test_which_files_are_provenance(path: str, known: bool) -> None:
    assert (format_of(path) is ATTESTATION) is known
