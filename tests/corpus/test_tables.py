"""The tables of an organisation at import: what was signed must be what would be found."""

from __future__ import annotations

import pytest

from assay.corpus import canonical, indicators, lists, sections
from tests.corpus.packs import DENIED, HOSTS, LICENCES, SEEN, accepted, refused, small_pack

SHA = "ab" * 32
ENTRY = ["domain", "evil.example", "", "", "", ""]
DENY = ["npm", "a", "*", "why", ""]


def org(kind: str, content: bytes) -> bytes:
    return small_pack([("table", kind, content)], ("org-a",), channel="org")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (sections.IOC, indicators.encode(indicators.IndicatorTable(0, {}, SEEN))),
        (sections.IOC, indicators.encode(indicators.IndicatorTable(0, {}, ()))),
        (sections.DENY, lists.encode_entries(DENIED)),
        (sections.ALLOW, lists.encode_entries(DENIED)),
        (sections.ALLOW, lists.encode_entries([])),
        (sections.INTERNAL_NAMES, b'{"names":[["npm","@corp/ui-*"],["npm","acme-*"],["pypi","a-b"]],"scopes":["@c"]}'),
        (sections.REGISTRY_HOSTS, lists.encode_hosts(HOSTS)),
        (sections.LICENCES, lists.encode_licences(LICENCES)),
    ],
)
def test_a_table_that_is_well_formed(kind: str, content: bytes) -> None:
    accepted(org(kind, content))


@pytest.mark.parametrize(
    ("rows", "detail"),
    [
        ([], "not in ascending order"),
        ({}, "not an array"),
        ([ENTRY, ENTRY], "stands twice"),
        ([["string", "abcd", "", "", "", ""], ENTRY], "not in ascending order"),
        ([ENTRY[:5]], "a row is not"),
        ([[*ENTRY, ""]], "a row is not"),
        ([["domain", "evil.example", None, "", "", ""]], "a row is not"),
        ([["ip", "127.0.0.1", "", "", "", ""]], "unknown kind"),
        ([["package", "cargo:a", "*", "", "", ""]], "unknown ecosystem"),
        ([["package", "a", "*", "", "", ""]], "unknown ecosystem"),
        ([["package", "npm:a", "", "", "", ""]], "not in the spelling"),
        ([["package", "npm:a@1.0.0", "", "", "", ""]], "not in the spelling"),
        ([["package", "npm:a", "v1.0.0", "", "", ""]], "not in the spelling"),
        ([["package", "npm:a", "nonsense", "", "", ""]], "neither a version nor a range"),
        ([["package", "pypi:A_b", "*", "", "", ""]], "not in the spelling"),
        ([["file", SHA.upper(), "", "", "", ""]], "not in the spelling"),
        ([["file", SHA[:-2], "", "", "", ""]], "SHA-256"),
        ([["domain", "Evil.example", "", "", "", ""]], "not in the spelling"),
        ([["domain", "evil[.]example", "", "", "", ""]], "not in the spelling"),
        ([["domain", "evil", "", "", "", ""]], "has no dot"),
        ([["domain", "evil.example", "*", "", "", ""]], "has none"),
        ([["url", "hxxp://evil.example/", "", "", "", ""]], "not in the spelling"),
        ([["url", "javascript:x", "", "", "", ""]], "://"),
        ([["email", "a@Evil.example", "", "", "", ""]], "not in the spelling"),
        ([["email", "a", "", "", "", ""]], "not NAME@HOST"),
        ([["string", "abc", "", "", "", ""]], "4 to 1000"),
        ([["string", "ab\u001bcd", "", "", "", ""]], "control"),
        ([["domain", "evil.example", "", " x", "", ""]], "not in the spelling"),
        ([["domain", "evil.example", "", "", "nowhere", ""]], "reference"),
        ([["domain", "evil.example", "", "", "", "2026-02-30"]], "not a day"),
    ],
)
def test_indicators_that_are_not_well_formed(rows: object, detail: str) -> None:
    refused(org(sections.IOC, canonical.dump({"source": 0, "entries": rows})), "E_INDEX", detail)


@pytest.mark.parametrize(
    "content",
    [
        {"entries": [ENTRY]},
        {"source": 0},
        {"source": 0, "entries": [ENTRY], "versions": []},
        {"source": 1, "entries": [ENTRY]},
        {"source": True, "entries": [ENTRY]},
        {"source": "0", "entries": [ENTRY]},
    ],
)
def test_indicators_of_no_known_form(content: object) -> None:
    refused(org(sections.IOC, canonical.dump(content)), "E_INDEX")


@pytest.mark.parametrize("kind", [sections.DENY, sections.ALLOW])
@pytest.mark.parametrize(
    ("rows", "detail"),
    [
        ({}, "not an array"),
        ([["npm", "a", "*", "why"]], "not 5 strings"),
        ([["npm", "a", 1, "why", ""]], "not 5 strings"),
        ([["cargo", "a", "*", "why", ""]], "unknown ecosystem"),
        ([DENY, DENY], "stands twice"),
        ([["npm", "b", "*", "", ""], DENY], "not in ascending order"),
        ([["pypi", "A", "*", "", ""]], "not in the spelling"),
        ([["npm", "a", "", "", ""]], "versions: missing"),
        ([["npm", "a", "latest", "", ""]], "neither a version nor a range"),
        ([["pypi", "a", "^1", "", ""]], "neither a version nor a range"),
        ([["npm", "a", " ^1", "", ""]], "not in the spelling"),
        ([["npm", "a", "*", "", "2026-1-1"]], "not a day"),
        ([["npm", "a", "*", "x" * 501, ""]], "longer than 500"),
    ],
)
def test_lists_that_are_not_well_formed(kind: str, rows: object, detail: str) -> None:
    refused(org(kind, canonical.dump({"entries": rows})), "E_INDEX", detail)


@pytest.mark.parametrize(
    ("kind", "content", "detail"),
    [
        (sections.INTERNAL_NAMES, {"names": [["npm", "a"]], "scopes": ["corp"]}, "start with @"),
        (sections.INTERNAL_NAMES, {"names": [["npm", "b"], ["npm", "a"]], "scopes": []}, "ascending"),
        (sections.INTERNAL_NAMES, {"names": [], "scopes": "@corp"}, "array of strings"),
        (sections.INTERNAL_NAMES, {"names": [], "scopes": ["@corp", "@corp"]}, "stands twice"),
        (sections.INTERNAL_NAMES, {"names": [], "scopes": ["@corp/x"]}, "not an npm scope"),
        (sections.INTERNAL_NAMES, {"names": [["npm", "@corp/*"]], "scopes": []}, "a scope stands among the names"),
        (sections.INTERNAL_NAMES, {"names": [["npm", "*"]], "scopes": []}, "fewer than 2"),
        (sections.INTERNAL_NAMES, {"names": [["pypi", "A_*"]], "scopes": []}, "not in the spelling"),
        (sections.INTERNAL_NAMES, {"names": [["go", "a"]], "scopes": []}, "unknown ecosystem"),
        (sections.REGISTRY_HOSTS, {"npm": ["registry.example"]}, "not an object with hosts"),
        (sections.REGISTRY_HOSTS, {"hosts": [["npm", "a.example"]]}, "not 3 strings"),
        (sections.REGISTRY_HOSTS, {"hosts": [["npm", "A.example", ""]]}, "not in the spelling"),
        (sections.REGISTRY_HOSTS, {"hosts": [["npm", "a.example/", ""]]}, "a host alone"),
        (sections.REGISTRY_HOSTS, {"hosts": [["pypi", "a.example", "@c"]]}, "only npm has scopes"),
        (sections.REGISTRY_HOSTS, {"hosts": [["npm", "b.example", ""], ["npm", "a.example", ""]]}, "ascending"),
        (sections.LICENCES, {}, "not an object with allow, deny"),
        (sections.LICENCES, {"allow": [1], "deny": []}, "array of strings"),
        (sections.LICENCES, {"allow": {"MIT": 1}, "deny": []}, "array of strings"),
        (sections.LICENCES, {"allow": ["MIT", "ISC"], "deny": []}, "ascending"),
        (sections.LICENCES, {"allow": ["MIT OR ISC"], "deny": []}, "not one SPDX id"),
        (sections.LICENCES, {"allow": ["MIT"], "deny": ["mit"]}, "both allowed and denied"),
    ],
)
def test_other_tables_that_are_not_well_formed(kind: str, content: object, detail: str) -> None:
    refused(org(kind, canonical.dump(content)), "E_INDEX", detail)


def test_rows_in_another_json_spelling() -> None:
    for name, kind, content in (("d", sections.DENY, b'{"entries": []}'), ("r", sections.REGISTRY_HOSTS, b"[]")):
        refused(small_pack([(name, kind, content)]), "E_INDEX")
