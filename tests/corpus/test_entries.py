"""Rows of an organisation's tables: what is taken, in which spelling, and what is refused with which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.corpus import entries, indicators, lists, shapes
from assay.corpus.indicators import IndicatorEntry, IndicatorTable
from assay.corpus.lists import HostEntry, ListEntry
from assay.scanner.errors import UsageError
from assay.scanner.knowledge import IndicatorKind

if TYPE_CHECKING:
    from collections.abc import Callable

SHA = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("kind", "value", "versions", "expected"),
    [
        ("package", "npm:chalk@5.6.1", "", ("npm:chalk", "5.6.1")),
        ("package", "npm:chalk", "v5.6.1", ("npm:chalk", "5.6.1")),
        ("package", "npm:chalk@5.6.1", "=5.6.1", ("npm:chalk", "5.6.1")),
        ("package", "npm:chalk", "", ("npm:chalk", "*")),
        ("package", "npm:chalk@^5.6.1 || 6.x", "", ("npm:chalk", "^5.6.1 || 6.x")),
        ("package", "npm:@scope/name", "", ("npm:@scope/name", "*")),
        ("package", "npm:@scope/name@1.x", "", ("npm:@scope/name", "1.x")),
        ("package", "npm:JSONStream", "", ("npm:JSONStream", "*")),
        ("package", "pypi:Flask_Thing@>=1,<2", "", ("pypi:flask-thing", ">=1,<2")),
        ("package", "pypi:a", "1.0+cpu", ("pypi:a", "1.0")),
        ("package", "pkg:npm/%40scope/name@1.0.0", "", ("npm:@scope/name", "1.0.0")),
        ("package", "pkg:npm/@scope/name", "", ("npm:@scope/name", "*")),
        ("package", "pkg:pypi/Django@3.0", "", ("pypi:django", "3.0")),
        (" Package ", " npm:a ", " ", ("npm:a", "*")),
        ("file", SHA.upper(), "", (SHA, "")),
        ("file", f" sha256:{SHA}", "", (SHA, "")),
        ("domain", "Evil[.]Example.", "", ("evil.example", "")),
        ("domain", "evil(dot)example", "", ("evil.example", "")),
        ("domain", "xn--bcher-kva.example", "", ("xn--bcher-kva.example", "")),
        ("domain", "127.0.0.1", "", ("127.0.0.1", "")),
        ("url", "hxxps://Evil[.]example/Path?q=1#x", "", ("https://evil.example/Path?q=1#x", "")),
        ("url", "HXXP[://]evil.example:8080", "", ("http://evil.example:8080", "")),
        ("url", "https://evil.example/?to=hxxp://x", "", ("https://evil.example/?to=hxxp://x", "")),
        ("url", "ftp://127.0.0.1/a", "", ("ftp://127.0.0.1/a", "")),
        ("url", "http://[::1]:81/", "", ("http://[::1]:81/", "")),
        ("url", "http://localhost/x", "", ("http://localhost/x", "")),
        ("email", "Thief[at]Evil[.]Example", "", ("Thief@evil.example", "")),
        ("email", "mailto:a.b+c@evil.example", "", ("a.b+c@evil.example", "")),
        ("string", "  rm -rf ", "", ("  rm -rf ", "")),
        ("string", "hxxp://evil[.]example", "", ("hxxp://evil[.]example", "")),
        ("string", "Größe", "", ("Größe", "")),
        ("string", "x" * 1000, "", ("x" * 1000, "")),
    ],
)
def test_an_indicator(kind: str, value: str, versions: str, expected: tuple[str, str]) -> None:
    entry = entries.indicator(kind, value, versions)
    assert (entry.value, entry.versions) == expected
    assert entries.indicator(*entry) == entry


@pytest.mark.parametrize(
    ("kind", "value", "versions", "words"),
    [
        ("hash", SHA, "", "indicator kind hash: choose one of package, file, domain"),
        ("package", "chalk", "", "not npm:NAME"),
        ("package", "cargo:chalk", "", "neither npm nor pypi"),
        ("package", "npm:", "", "not a package name"),
        ("package", "npm:a b", "", "not a package name"),
        ("package", "npm:a*", "", "not a package name"),
        ("package", "npm:@scope", "", "not a package name"),
        ("package", "npm:a/b/c", "", "not a package name"),
        ("package", "npm:" + "x" * 215, "", "not a package name"),
        ("package", "npm:a\u202eb", "", "control, invisible"),
        ("package", "npm:e\u0301", "", "not a package name"),
        ("package", "pypi:-a", "", "not a package name"),
        ("package", "pypi:ä", "", "not a package name"),
        ("package", "npm:a@latest", "", "neither a version nor a range of npm"),
        ("package", "npm:a@>=1,<2", "", "neither a version nor a range of npm"),
        ("package", "pypi:a@^1", "", "neither a version nor a range of pypi"),
        ("package", "pypi:a", "1.0-weird-thing", "neither a version nor a range of pypi"),
        ("package", "npm:a", "1" * 257, "neither a version nor a range"),
        ("package", "npm:a", ">=1\x1b[2J", "neither a version nor a range"),
        ("package", "npm:a@1.0.0", "2.0.0", "two different versions"),
        ("package", "pkg:npm/a@1.0.0?vcs_url=x", "", "not pkg:npm/NAME@VERSION"),
        ("package", "pkg:npm", "", "not pkg:npm/NAME@VERSION"),
        ("package", "pkg:golang/a@1.0.0", "", "neither npm nor pypi"),
        ("file", SHA[:-1], "", "not a SHA-256 of 64 hex digits"),
        ("file", "g" * 64, "", "not a SHA-256"),
        ("file", "a" * 40, "", "looks like a SHA-1"),
        ("file", "a" * 32, "", "looks like an MD5"),
        ("file", SHA, "1.0.0", "versions: a file has none"),
        ("domain", "localhost", "", "has no dot"),
        ("domain", "1.2.3", "", "not a host name"),
        ("domain", "256.1.1.1", "", "not a host name"),
        ("domain", "*.evil.example", "", "leave the *. out"),
        ("domain", "https://evil.example", "", "a host alone is wanted"),
        ("domain", "evil.example/x", "", "a host alone is wanted"),
        ("domain", "evil.example:80", "", "a host alone is wanted"),
        ("domain", "büch.example", "", "xn--"),
        ("domain", "-evil.example", "", "not a host name"),
        ("domain", "evil..example", "", "not a host name"),
        ("domain", "under_score.example", "", "not a host name"),
        ("domain", "x" * 64 + ".example", "", "not a host name"),
        ("domain", ".".join(["abcd"] * 51), "", "not a host name"),
        ("domain", "", "", "not a host name"),
        ("url", "evil.example/x", "", "://"),
        ("url", "javascript:alert(1)", "", "://"),
        ("url", "file:///etc/passwd", "", "://"),
        ("url", "https://", "", "not a host name"),
        ("url", "https:///path", "", "not a host name"),
        ("url", "https://user:secret@evil.example/", "", "leave user name and password out"),
        ("url", "https://evil.example:0/", "", "no port"),
        ("url", "https://evil.example:65536/", "", "no port"),
        ("url", "https://evil.example:/", "", "no port"),
        ("url", "https://evil.example:\u0661/", "", "no port"),
        ("url", "https://[::1/", "", "no address"),
        ("url", "https://evil.example/a b", "", "white space"),
        ("url", "https://evil.example/" + "x" * 500, "", "longer than 500"),
        ("url", "https://evil.example/\x1b", "", "control"),
        ("email", "evil.example", "", "not NAME@HOST"),
        ("email", "@evil.example", "", "not NAME@HOST"),
        ("email", "a..b@evil.example", "", "not NAME@HOST"),
        ("email", "a@b@evil.example", "", "not NAME@HOST"),
        ("email", "a@localhost", "", "has no dot"),
        ("email", "x" * 65 + "@evil.example", "", "not NAME@HOST"),
        ("string", "abc", "", "not 4 to 1000 characters"),
        ("string", "abc ", "", "not 4 to 1000 characters"),
        ("string", "x" * 1001, "", "not 4 to 1000 characters"),
        ("string", "tab\tinside", "", "control"),
        ("string", "e\u0301toile", "", "normalisation form C"),
        ("string", "zero\u200bwidth", "", "control"),
    ],
)
def test_what_is_no_indicator(kind: str, value: str, versions: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        entries.indicator(kind, value, versions)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("reason", "reference", "expires", "expected"),
    [
        (" because ", "", "", ("because", "", "")),
        ("e\u0301", "https://Example.invalid/R", "2024-02-29", ("é", "https://example.invalid/R", "2024-02-29")),
        ("two\nlines", "", "", "reason: holds control"),
        ("x" * 501, "", "", "reason: longer than 500"),
        ("", "ftp://example.invalid/", "", "reference"),
        ("", "example.invalid", "", "reference"),
        ("", "", "2023-02-29", "expires 2023-02-29: not a day"),
        ("", "", "20240101", "not a day written YYYY-MM-DD"),
        ("", "", "2024-W01-1", "not a day"),
        ("", "", "tomorrow", "not a day"),
    ],
)
def test_what_stands_beside_an_indicator(
    reason: str, reference: str, expires: str, expected: tuple[str, str, str] | str
) -> None:
    if isinstance(expected, str):
        with pytest.raises(UsageError) as caught:
            entries.indicator("domain", "evil.example", "", reason, reference, expires)
        assert expected in str(caught.value)
    else:
        entry = entries.indicator("domain", "evil.example", "", reason, reference, expires)
        assert (entry.reason, entry.reference, entry.expires) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("npm", "left-pad", "*", "why"), ListEntry("npm", "left-pad", "*", "why", "")),
        (("pypi", "A_b", ">=1,<2", "", "2026-01-31"), ListEntry("pypi", "a-b", ">=1,<2", "", "2026-01-31")),
        (("npm", "a", "1.0.0", ""), ListEntry("npm", "a", "1.0.0", "", "")),
        (("npm", "a", "", "why"), "versions: missing; * stands for all"),
        (("npm", "a", "nonsense", "why"), "neither a version nor a range"),
        (("npm", "a", "*", "why", "never"), "not a day"),
        (("go", "a", "*", "why"), "neither npm nor pypi"),
        (("npm", "", "*", "why"), "not a package name"),
        (("npm", "a-*", "*", "why"), "not a package name"),
    ],
)
def test_a_list_entry(cells: tuple[str, ...], expected: ListEntry | str) -> None:
    _either(entries.list_entry, cells, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("npm:our-tool", ("npm", "our-tool")),
        ("npm:@corp/*", ("npm", "@corp/*")),
        ("npm:@corp/tool", ("npm", "@corp/tool")),
        ("npm:@corp/ui-*", ("npm", "@corp/ui-*")),
        ("npm:acme-*", ("npm", "acme-*")),
        ("pypi:Our_Tool", ("pypi", "our-tool")),
        ("pypi:Acme_*", ("pypi", "acme-*")),
        ("our-tool", "not npm:NAME or pypi:NAME"),
        ("npm:*", "fewer than 2 characters"),
        ("npm:a*", "fewer than 2 characters"),
        ("npm:@corp*", "not a package name"),
        ("npm:@*", "not a package name"),
        ("npm:@*/x", "not a package name"),
        ("npm:a*b", "not a package name"),
        ("npm:a**", "not a package name"),
        ("npm:corp/*", "not a package name"),
        ("npm:@corp/u*", "fewer than 2 characters"),
        ("pypi:@corp/*", "not a package name"),
        ("pypi:*", "fewer than 2 characters"),
        ("pypi:-*", "not a package name"),
        ("cargo:a", "neither npm nor pypi"),
    ],
)
def test_an_internal_name(text: str, expected: tuple[str, str] | str) -> None:
    _either(entries.internal_name, (text,), expected)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("npm", "Registry.example."), HostEntry("npm", "registry.example", "")),
        (("npm", "npm.example", "@corp"), HostEntry("npm", "npm.example", "@corp")),
        (("pypi", "nexus"), HostEntry("pypi", "nexus", "")),
        (("pypi", "127.0.0.1", " "), HostEntry("pypi", "127.0.0.1", "")),
        (("pypi", "nexus", "@corp"), "only npm has scopes"),
        (("npm", "npm.example", "corp"), "not an npm scope"),
        (("npm", "npm.example", "@corp/x"), "not an npm scope"),
        (("npm", "npm.example", "@"), "not a package name"),
        (("npm", "https://npm.example/"), "a host alone is wanted"),
        (("npm", "npm.example:8443"), "a host alone is wanted"),
        (("npm", ""), "not a host name"),
        (("go", "npm.example"), "neither npm nor pypi"),
    ],
)
def test_a_registry_host(cells: tuple[str, ...], expected: HostEntry | str) -> None:
    _either(entries.registry_host, cells, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MIT", "MIT"),
        (" GPL-2.0+ ", "GPL-2.0+"),
        ("LicenseRef-corp.1", "LicenseRef-corp.1"),
        ("DocumentRef-x:LicenseRef-y", "DocumentRef-x:LicenseRef-y"),
        ("", "not one SPDX id"),
        ("MIT OR ISC", "not one SPDX id"),
        ("MIT*", "not one SPDX id"),
        ("-MIT", "not one SPDX id"),
        ("x" * 101, "not one SPDX id"),
    ],
)
def test_a_licence(text: str, expected: str) -> None:
    if expected.startswith("not "):
        with pytest.raises(UsageError, match=expected):
            shapes.spdx_id(text)
    else:
        assert shapes.spdx_id(text) == expected


def _either(make: Callable[..., object], cells: tuple[str, ...], expected: object) -> None:
    """Check that a row is made of the cells, or that they are refused with these words."""
    if isinstance(expected, str):
        with pytest.raises(UsageError) as caught:
            make(*cells)
        assert expected in str(caught.value)
        assert str(caught.value).isprintable()
    else:
        assert make(*cells) == expected


# --- any text --------------------------------------------------------------------------------------------------

TEXTS = st.text(max_size=40) | st.from_regex(r"[a-zA-Z0-9@:/.*\[\]()<>=^~ ,_-]{0,40}", fullmatch=True)
PARTS = st.sampled_from(
    ["npm:", "pypi:", "pkg:npm/", "@", "/", "[.]", "hxxp://", "example", "*", "1.0", "%40", "^", ">="]
)
MIXED = TEXTS | st.lists(PARTS | st.text(max_size=3), max_size=8).map("".join)


@given(st.sampled_from(sorted(IndicatorKind)), MIXED, st.just("") | MIXED, TEXTS)
def test_any_indicator_is_taken_as_it_will_be_stored_or_refused(
    kind: str, value: str, versions: str, reason: str
) -> None:
    try:
        entry = entries.indicator(kind, value, versions, reason)
    except UsageError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right
        return
    assert entries.indicator(*entry) == entry
    table = IndicatorTable(0, {}, (entry,))
    assert indicators.decode(indicators.encode(table)) == table


@given(st.sampled_from(["npm", "pypi"]), MIXED, MIXED, TEXTS)
def test_any_row_of_a_list(ecosystem: str, name: str, versions: str, reason: str) -> None:
    made: tuple[tuple[Callable[..., object], tuple[str, ...]], ...] = (
        (entries.list_entry, (ecosystem, name, versions, reason)),
        (entries.internal_name, (f"{ecosystem}:{name}",)),
        (entries.registry_host, (ecosystem, name, versions)),
    )
    for make, cells in made:
        try:
            row = make(*cells)
        except UsageError as error:
            assert str(error).isprintable()  # noqa: PT017 - either outcome is right
            continue
        again = (":".join(row),) if make is entries.internal_name else row  # type: ignore[arg-type]
        assert make(*again) == row  # type: ignore[misc]


VERSIONS = st.sampled_from(["*", "1.0.0", "^1.2.0", ">=1.0.0 <2.0.0", "2.x"])
DAYS = st.dates().map(str) | st.just("")
LIST_ENTRIES = st.builds(
    entries.list_entry, st.just("npm"), st.from_regex(r"[a-z]{1,8}", fullmatch=True), VERSIONS, st.just("why"), DAYS
)


@given(st.sets(LIST_ENTRIES, max_size=20))
def test_lists_come_back_sorted(listed: set[ListEntry]) -> None:
    assert lists.decode_entries(lists.encode_entries([*listed, *listed])) == tuple(sorted(listed))


@given(st.sets(st.builds(IndicatorEntry, st.just(IndicatorKind.STRING), st.text("abcd", min_size=4)), max_size=20))
def test_indicators_come_back_sorted(found: set[IndicatorEntry]) -> None:
    table = IndicatorTable(3, {}, tuple(found))
    assert indicators.decode(indicators.encode(table)) == table._replace(entries=tuple(sorted(found)))
