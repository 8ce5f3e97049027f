from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from assay.corpus import entries, stix, stix_pattern
from assay.scanner.errors import UsageError
from tests.corpus.indicator_entries import ENTRIES, indicator_entries
from tests.formatters.snapshots import assert_same_as_snapshot

if TYPE_CHECKING:
    from assay.corpus.indicators import IndicatorEntry

SHA = "ab" * 32
ID = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"


def bundle(*objects: Any) -> bytes:
    return json.dumps({"type": "bundle", "id": "bundle--x", "objects": objects}).encode()


def indicator(pattern: str, **changes: Any) -> dict[str, Any]:
    """Return an indicator; what ``changes`` has as None is left out."""
    made = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": ID,
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
        **changes,
    }
    return {key: value for key, value in made.items() if value is not None}


def read(pattern: str, **changes: Any) -> list[str]:
    """Return ``kind value versions`` of what one indicator becomes."""
    imported = stix.parse(bundle(indicator(pattern, **changes)))
    assert imported.skipped == ()
    return [" ".join(filter(None, (entry.kind, entry.value, entry.versions))) for entry in imported.entries]


def skipped(*objects: Any) -> list[str]:
    """Return why indicators of which nothing can be read are left out."""
    imported = stix.parse(bundle(*objects))
    assert imported.entries == ()
    return [reason for _, reason in imported.skipped]


# --- reading ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (f"[file:hashes.'SHA-256' = '{SHA}']", [f"file {SHA}"]),
        (f"[file:hashes.\"SHA-256\" = '{SHA.upper()}']", [f"file {SHA}"]),
        (f"[ file:hashes.SHA256=='{SHA}' ]", [f"file {SHA}"]),
        (f"[artifact:hashes.'SHA-256' = '{SHA}']", [f"file {SHA}"]),
        ("[domain-name:value = 'Evil.example']", ["domain evil.example"]),
        ("[ipv4-addr:value = '198.51.100.7']", ["domain 198.51.100.7"]),
        ("[url:value = 'https://evil.example/a?b=\\'c\\'']", ["url https://evil.example/a?b='c'"]),
        ("[email-addr:value = 'thief@evil.example']", ["email thief@evil.example"]),
        ("[software:x_purl = 'pkg:npm/%40corp/tool@1.0.0']", ["package npm:@corp/tool 1.0.0"]),
        ("[software:x_purl = 'pkg:pypi/A_b']", ["package pypi:a-b *"]),
        ("[software:x_purl = 'pkg:npm/worm@%5E1.2.0']", ["package npm:worm ^1.2.0"]),
        ("[artifact:payload_bin MATCHES 'eval\\\\(atob\\\\(\\\\x22']", ['string eval(atob("']),
        ("[file:content_ref.payload_bin MATCHES 'the worm \\\\xc3\\\\xa9']", ["string the worm é"]),
        # The hash of the three bytes abc, FIPS 180-2 appendix B.1.
        *(
            (pattern, ["file ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"])
            for pattern in (
                "[artifact:payload_bin = 'abc']",
                "[artifact:payload_bin = b'YWJj']",
                "[artifact:payload_bin = h'616263']",
            )
        ),
        ("[domain-name:value IN ('b.example', 'a.example')]", ["domain a.example", "domain b.example"]),
        (
            "[domain-name:value = 'b.example' OR url:value = 'https://a.example/']",
            ["domain b.example", "url https://a.example/"],
        ),
        (
            "([domain-name:value = 'b.example'] OR [(domain-name:value = 'a.example')])",
            ["domain a.example", "domain b.example"],
        ),
        ("[domain-name:value = 'a.example' OR (domain-name:value = 'a.example')]", ["domain a.example"]),
    ],
)
def test_patterns(pattern: str, expected: list[str]) -> None:
    assert read(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[domain-name:value = 'a.example' AND url:value = 'https://b.example/']", "AND: what must be seen together"),
        ("[domain-name:value = 'a.example'] AND [domain-name:value = 'b.example']", "AND: what must be seen together"),
        ("[url:value = 'https://a.example/'] FOLLOWEDBY [url:value = 'https://b.example/']", "FOLLOWEDBY: "),
        ("[url:value = 'https://a.example/'] WITHIN 5 SECONDS", "WITHIN: "),
        ("[url:value = 'https://a.example/'] REPEATS 5 TIMES", "REPEATS: "),
        ("[EXISTS url:value]", "EXISTS: "),
        ("[url:value LIKE 'https://a.example/%']", "url:value LIKE: only = and IN"),
        ("[url:value MATCHES '^https']", "url:value MATCHES: only = and IN"),
        ("[domain-name:value != 'a.example']", "domain-name:value !=: only = and IN"),
        ("[domain-name:value NOT = 'a.example']", "domain-name:value NOT =: only = and IN"),
        ("[domain-name:value NOT IN ('a.example')]", "domain-name:value NOT =: only = and IN"),
        ("[url:value = 5]", "url:value =: only = and IN with texts"),
        ("[url:value = t'2026-01-01T00:00:00Z']", "url:value =: only = and IN with texts"),
        ("[process:name = 'node']", "process:name: not something that assay looks for"),
        ("[file:name = 'setup.js']", "file:name: not something"),
        (f"[file:hashes.MD5 = '{SHA[:32]}']", "file:hashes.MD5: not something"),
        (f"[file:hashes.'SHA-256' = '{SHA[:32]}']", f"file {SHA[:32]}: not a SHA-256 of 64 hex digits"),
        ("[domain-name:value = 'localhost']", "domain localhost: has no dot"),
        ("[ipv4-addr:value = '198.51.100.0/24']", "ipv4-addr:value 198.51.100.0/24: not one IPv4 address"),
        ("[software:x_purl = 'npm:worm']", "package npm:worm: not a package URL"),
        ("[software:x_purl = 'pkg:gem/worm']", "ecosystem gem"),
        ("[artifact:payload_bin LIKE '%evil%']", "payload_bin LIKE: only = and MATCHES"),
        ("[artifact:payload_bin NOT MATCHES 'evil']", "payload_bin NOT MATCHES: only"),
        ("[artifact:payload_bin MATCHES 'ev.l']", "payload_bin MATCHES: only an expression that is one plain text"),
        ("[artifact:payload_bin MATCHES 'evil\\\\d']", "payload_bin MATCHES: only an expression"),
        ("[artifact:payload_bin MATCHES 'evil$']", "payload_bin MATCHES: only an expression"),
        ("[artifact:payload_bin MATCHES '\\\\xff\\\\xff\\\\xff\\\\xff']", "payload_bin MATCHES: only an expression"),
        ("[artifact:payload_bin MATCHES 'abc']", "string: not 4 to 1000 characters"),
        ("[artifact:payload_bin = b'!']", "not a STIX pattern: a binary constant"),
        ("", "not a STIX pattern: [ is missing"),
        ("domain-name:value = 'a.example'", "not a STIX pattern: [ is missing"),
        ("[domain-name:value = 'a.example'", "not a STIX pattern: ] is missing"),
        ("[domain-name:value = 'a.example']]", "not a STIX pattern: it does not end"),
        ("([domain-name:value = 'a.example']", "not a STIX pattern: it does not end"),
        ("[(domain-name:value = 'a.example']", "not a STIX pattern: ) is missing"),
        ("[domain-name:value IN ()]", "not a STIX pattern: a constant is missing"),
        ("[domain-name:value 'a.example']", "not a STIX pattern: an operator is missing"),
        ("[domain-name:value = 'a.example\\n']", "not a STIX pattern: unexpected text at character 22"),
        ("[domain-name:value = 'a.example' /* x */]", "not a STIX pattern: unexpected text at character 34"),
        ("(" * 100_000, "not a STIX pattern: [ is missing"),
        ("(" * (stix.MAX_PATTERN + 1), "pattern: longer than 1,048,576 characters"),
        ("[" + " OR ".join(["a:b = 'c'"] * 1000) + "]", "a:b: not something that assay looks for"),
    ],
)  # fmt: skip
def test_patterns_that_cannot_be_looked_for(pattern: str, reason: str) -> None:
    (found,) = skipped(indicator(pattern))
    assert found.startswith(reason)
    assert found.isprintable()


def test_part_of_a_pattern_is_left_out_by_name() -> None:
    pattern = f"[file:hashes.MD5 = '{SHA[:32]}' OR file:hashes.'SHA-256' = '{SHA}']"
    imported = stix.parse(bundle(indicator(pattern)))
    assert imported.entries == (entries.indicator("file", SHA),)
    assert imported.skipped == ((ID, "file:hashes.MD5: not something that assay looks for"),)


DOMAIN = "[domain-name:value = 'a.example']"


def test_what_is_said_about_an_indicator() -> None:
    references = [{"source_name": "x"}, {"url": "ftp://a.example/"}, {"url": "https://example.invalid/report"}]
    made = indicator(DOMAIN, name="Worm", description="steals\r\n\tkeys\x1b[2J", external_references=references)
    (entry,) = stix.parse(bundle(made)).entries
    assert entry.reason == "Worm: steals keys\\u001b[2J"
    assert entry.reference == "https://example.invalid/report"
    (entry,) = stix.parse(bundle(indicator(DOMAIN, description="x" * 5000))).entries
    assert len(entry.reason) == 500


@pytest.mark.parametrize(
    ("until", "expires"),
    [
        ("2026-07-01T00:00:00Z", "2026-06-30"),
        ("2026-07-01T00:00:00.000Z", "2026-06-30"),
        ("2026-03-01T00:00:00Z", "2026-02-28"),
        ("2026-07-01T00:00:00.001Z", "2026-07-01"),
        ("2026-07-01T23:59:59Z", "2026-07-01"),
    ],
)
def test_the_day_before_an_indicator_is_no_longer_valid(until: str, expires: str) -> None:
    (entry,) = stix.parse(bundle(indicator(DOMAIN, valid_until=until))).entries
    assert entry.expires == expires


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"revoked": True}, "revoked"),
        ({"indicator_types": ["benign"]}, "it names something benign"),
        ({"pattern_type": "yara"}, "pattern type yara: only stix is read"),
        ({"pattern_type": None}, "pattern type not given"),
        ({"valid_until": "tomorrow"}, "valid_until: not a time"),
        ({"valid_until": 5}, "valid_until: not a time"),
        ({"valid_until": "2026-02-30T00:00:00Z"}, "expires 2026-02-30: not a day"),
        ({"valid_until": "0001-01-01T00:00:00Z"}, "valid_until: before all days"),
    ],
)
def test_indicators_that_do_not_hold(changes: dict[str, Any], reason: str) -> None:
    assert skipped(indicator(DOMAIN, **changes))[0].startswith(reason)


def test_a_pattern_that_is_no_text() -> None:
    assert skipped({**indicator(DOMAIN), "pattern": 5}) == ["pattern: not a text"]


def test_stix_2_0_has_no_pattern_type() -> None:
    assert read(DOMAIN, spec_version=None, pattern_type=None) == ["domain a.example"]


def test_the_newest_version_of_an_indicator_counts() -> None:
    newer = indicator("[domain-name:value = 'b.example']", modified="2026-01-01T00:00:00.5Z")
    imported = stix.parse(bundle(newer, indicator(DOMAIN)))
    assert [entry.value for entry in imported.entries] == ["b.example"]
    assert imported.skipped == ((ID, "there is a later version of it"),)
    assert skipped(indicator(DOMAIN), {**newer, "revoked": True}) == ["there is a later version of it", "revoked"]


def test_what_is_no_indicator() -> None:
    others = [{"type": "malware", "id": "malware--1"}, {"type": "domain-name", "value": "a.example"}]
    assert stix.parse(bundle(*others)) == ((), ())
    assert stix.parse(b'{"type":"bundle","id":"bundle--1"}') == ((), ())
    assert stix.parse(json.dumps({"more": False, "objects": [indicator(DOMAIN)]}).encode()).skipped == ()
    assert stix.parse(bundle(5, "x")).skipped == (("objects[0]", "not an object"), ("objects[1]", "not an object"))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON: not UTF-8"),
        (b"[]", "not a STIX bundle: no array of objects"),
        (b"5", "not a STIX bundle: no array of objects"),
        (b'{"type":"report","objects":[]}', "not a STIX bundle: no array of objects"),
        (b'{"type":"bundle","objects":{}}', "not a STIX bundle: no array of objects"),
        (b'{"type":"bundle","objects":[],"objects":[]}', "not a STIX bundle: an object that has a key twice"),
        (b'{"type":"bundle","objects":[NaN]}', "not JSON: NaN"),
        (b'{"type":"bundle","objects":[-Infinity]}', "not JSON: -Infinity"),
        (b'{"type":"bundle","objects":[' + b"9" * 10_000 + b"]}", "not JSON: a number with too many digits"),
        (b"[" * 100_000, "not a STIX bundle: more than 100 levels"),
        (b'{"type":"bundle","objects":' + b"[" * 100 + b"]" * 100 + b"}", "not a STIX bundle: more than 100 levels"),
        (bytes(stix.MAX_BYTES + 1), "more than 64 MiB"),
        (b"[" + b"[]," * 5_000_000, "not a STIX bundle: it consists of brackets and commas"),
        (b'{"objects":[' + b"5," * stix.MAX_OBJECTS + b"5]}", "more than 500,000 STIX objects"),
    ],
    ids=range(15),
)
def test_hostile_files(data: bytes, error: str) -> None:
    with pytest.raises(UsageError) as caught:
        stix.parse(data)
    assert str(caught.value).startswith(error)
    assert str(caught.value).isprintable()


def test_ninety_nine_levels_are_read() -> None:
    value: Any = []
    for _ in range(96):
        value = [value]
    assert read(DOMAIN, x_deep=value) == ["domain a.example"]


def test_a_hostile_id_is_shown_harmless() -> None:
    (left_out,) = stix.parse(bundle(indicator("", id="indicator--\x1b[2J" + "x" * 500))).skipped
    assert left_out.id.startswith("indicator--\\x1b[2Jx")
    assert len(left_out.id) == 80


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["[", "]", "(", ")", "url:value", "=", "'a'", "OR", "AND", "IN", ",", "NOT"])).map(
        " ".join
    )
)
def test_any_text_is_a_pattern_or_refused_in_one_line(pattern: str) -> None:
    for reason in (each.reason for each in stix.parse(bundle(indicator(pattern))).skipped):
        assert reason.isprintable()


# --- writing ---------------------------------------------------------------------------------------------------


def test_every_kind() -> None:
    text = stix.render(ENTRIES, "2026-07-01").decode()
    assert_same_as_snapshot("stix_every_kind.json", json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n")
    assert stix.parse(text.encode()) == (ENTRIES, ())


def test_the_order_and_the_number_of_times_do_not_count() -> None:
    assert stix.render([*ENTRIES, *ENTRIES[::-1]], "2026-07-01") == stix.render(ENTRIES, "2026-07-01")
    assert stix.render([], "2026-07-01") == stix.render((), "2026-07-01")


SCHEMAS = Path(__file__).parents[1] / "schemas" / "stix-2.1"


def schema_of_an_indicator() -> Draft202012Validator:
    """Return the validator of the official JSON schema; nothing is fetched."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SCHEMAS.glob("*/*.json"))]
    known: Registry[Any] = Registry().with_resources((each["$id"], Resource.from_contents(each)) for each in found)
    (schema,) = (each for each in found if each.get("title") == "indicator")
    return Draft202012Validator(schema, registry=known)


VALIDATOR = schema_of_an_indicator()


@settings(max_examples=40)
@given(st.lists(indicator_entries(), max_size=3))
@example(list(ENTRIES))
def test_the_official_schema(made: list[IndicatorEntry]) -> None:
    content = json.loads(stix.render(made, "2026-07-01"))
    for each in content.get("objects", ()):
        assert [error.message for error in VALIDATOR.iter_errors(each)] == []


def test_the_official_schema_refuses_what_is_wrong() -> None:
    (made,) = json.loads(stix.render(ENTRIES[:1], "2026-07-01"))["objects"]
    assert VALIDATOR.is_valid(made)
    assert not VALIDATOR.is_valid({**made, "valid_from": "2026-07-01"})
    assert not VALIDATOR.is_valid({**made, "id": "indicator--1"})


@given(st.lists(indicator_entries(), max_size=2))
@example(list(ENTRIES))
@settings(max_examples=30, deadline=None)
def test_the_official_library_reads_it_and_writes_the_same(made: list[IndicatorEntry]) -> None:
    stix2 = pytest.importorskip("stix2", "3.0")
    patterns = pytest.importorskip("stix2patterns.validator")
    text = stix.render(made, "2026-07-01")
    content = json.loads(text)
    assert json.loads(stix2.parse(text.decode(), version="2.1").serialize()) == content
    for each in content.get("objects", ()):
        assert patterns.run_validator(each["pattern"], stix_version="2.1") == []


@pytest.mark.parametrize("day", ["", "today", "2026-02-30"])
def test_a_bundle_needs_a_day(day: str) -> None:
    with pytest.raises(UsageError):
        stix.render([], day)


@given(st.lists(indicator_entries(), max_size=6))
@example([entries.indicator("string", "\\x41'\"[]().*+?{}|^$/ \\\\")])
def test_round_trip(made: list[IndicatorEntry]) -> None:
    assert stix.parse(stix.render(made, "2026-07-01")) == (tuple(sorted(set(made))), ())


@given(st.text())
def test_an_expression_that_is_a_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert stix_pattern.plain_text(stix_pattern.plain_expression(text)) == text
