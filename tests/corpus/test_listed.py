"""What packs answer beside advisories: ranges, expiry, near misses, and several channels with their origin kept."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from assay.corpus import indicators, lists, sections
from assay.corpus.indicators import IndicatorEntry, IndicatorTable
from assay.corpus.lists import HostEntry, InternalNames, Licences, ListEntry
from assay.corpus.pack import MemoryBytes
from assay.corpus.verify import verify_head
from assay.corpus.view import PackView
from assay.scanner.knowledge import Denial, Indicator, IndicatorKind, LicenceList, Observable, RegistryHost
from tests.corpus.packs import FREE, ROOT, Contents, small_pack, trust_root

if TYPE_CHECKING:
    from assay.scanner.models import Ecosystem

SHA = "ab" * 32


def view_of(*packs: bytes, as_of: str | None = None) -> PackView:
    return PackView((verify_head(MemoryBytes(data), ROOT, FREE) for data in packs), as_of=as_of)


def ioc(*entries: IndicatorEntry) -> tuple[str, str, bytes]:
    return "seen", sections.IOC, indicators.encode(IndicatorTable(0, {}, entries))


def org(*made: tuple[str, str, bytes]) -> bytes:
    return small_pack(list(made), ("org-a",), channel="org", stats={})


def package(name: str, versions: str, expires: str = "") -> IndicatorEntry:
    return IndicatorEntry(IndicatorKind.PACKAGE, name, versions, "worm", "", expires)


@pytest.mark.parametrize(
    ("ecosystem", "versions", "version", "named"),
    [
        ("npm", "^1.2.0", "1.2.0", True),
        ("npm", "^1.2.0", "1.9.9", True),
        ("npm", "^1.2.0", "1.1.9", False),
        ("npm", "^1.2.0", "2.0.0", False),
        ("npm", ">=1.2.0", "2.0.0-rc.1", True),
        ("npm", "^1.2.0", "latest", True),
        ("npm", "*", "0.0.1", True),
        ("npm", "*", "latest", True),
        ("npm", "1.2.3", "1.2.3", True),
        ("npm", "1.2.3", "v1.2.3+build", True),
        ("npm", "1.2.3", "1.2.4", False),
        ("npm", "1.2.3", "latest", False),
        ("pypi", ">=1,<2", "1.5", True),
        ("pypi", ">=1,<2", "2.0", False),
        ("pypi", ">=1,<2", "weird", True),
        ("pypi", "1.0", "1.0.0", True),
        ("pypi", "1.0", "1.0+cpu", True),
        ("pypi", "1.0", "1.0.1", False),
        ("pypi", "1.0", "weird", False),
    ],
)
def test_a_package_by_its_versions(ecosystem: Ecosystem, versions: str, version: str, named: bool) -> None:
    view = view_of(org(ioc(package(f"{ecosystem}:worm", versions))))
    assert [each.versions for each in view.indicators(ecosystem, "worm", version)] == [versions] * named
    assert view.indicators(ecosystem, "worms", version) == ()
    assert view.indicators("pypi" if ecosystem == "npm" else "npm", "worm", version) == ()
    assert view.mentioned(ecosystem, ["worm", "worms"]) == {"worm"}
    assert view.indicators_of(IndicatorKind.PACKAGE, f"{ecosystem}:worm") == ()


def test_a_scoped_package() -> None:
    view = view_of(org(ioc(package("npm:@scope/worm", "*"))))
    (found,) = view.indicators("npm", "@scope/worm", "1.0.0")
    assert (found.value, found.kind) == ("npm:@scope/worm", IndicatorKind.PACKAGE)


def test_what_is_looked_for_in_files() -> None:
    entries = [
        IndicatorEntry(IndicatorKind.FILE, SHA, "", "dropper", "https://example.invalid/r", "2026-06-30"),
        IndicatorEntry(IndicatorKind.DOMAIN, "evil.example"),
        IndicatorEntry(IndicatorKind.DOMAIN, "evil.example", "", "again"),
        IndicatorEntry(IndicatorKind.STRING, "evil.example"),
        IndicatorEntry(IndicatorKind.URL, "https://evil.example/x"),
        IndicatorEntry(IndicatorKind.EMAIL, "thief@evil.example"),
    ]
    view = view_of(org(ioc(*entries, package("npm:worm", "*"))))
    assert view.listed_files() == {SHA}
    assert view.observables() == (
        Observable(IndicatorKind.DOMAIN, "evil.example"),
        Observable(IndicatorKind.EMAIL, "thief@evil.example"),
        Observable(IndicatorKind.STRING, "evil.example"),
        Observable(IndicatorKind.URL, "https://evil.example/x"),
    )
    (found,) = view.indicators_of(IndicatorKind.FILE, SHA)
    assert found == Indicator(
        IndicatorKind.FILE, SHA, "", "tests", "https://example.invalid/r", "org", "dropper", "2026-06-30"
    )
    assert [each.reason for each in view.indicators_of(IndicatorKind.DOMAIN, "evil.example")] == ["", "again"]
    assert view.indicators_of(IndicatorKind.DOMAIN, "sub.evil.example") == ()
    assert view.indicators_of(IndicatorKind.URL, "evil.example") == ()
    assert view.indicators_of(IndicatorKind.FILE, SHA[:-1] + "0") == ()


@pytest.mark.parametrize(
    ("as_of", "holds"),
    [(None, True), ("2026-06-29", True), ("2026-06-30", True), ("2026-07-01", False), ("2030-01-01", False)],
)
def test_entries_count_to_their_last_day(as_of: str | None, holds: bool) -> None:
    day = "2026-06-30"
    listed = lists.encode_entries([ListEntry("npm", "a", "*", "why", day), ListEntry("npm", "b", "*", "for good")])
    seen = [IndicatorEntry(IndicatorKind.FILE, SHA, expires=day), IndicatorEntry(IndicatorKind.DOMAIN, "e.example")]
    view = view_of(
        org(ioc(*seen, package("npm:worm", "*", day)), ("d", sections.DENY, listed), ("a", sections.ALLOW, listed)),
        as_of=as_of,
    )
    assert bool(view.denied("npm", "a", "1.0.0")) is holds
    assert bool(view.denied("npm", "a", None)) is holds
    assert bool(view.allowed("npm", "a", "1.0.0")) is holds
    assert bool(view.indicators("npm", "worm", "1.0.0")) is holds
    assert bool(view.listed_files()) is holds
    assert bool(view.indicators_of(IndicatorKind.FILE, SHA)) is holds
    assert view.mentioned("npm", ["a", "b", "worm"]) == ({"a", "b", "worm"} if holds else {"b"})
    assert view.denied("npm", "b", None) == (Denial("npm:b", "*", "for good", "org"),)
    assert view.observables() == (Observable(IndicatorKind.DOMAIN, "e.example"),)


@pytest.mark.parametrize(
    ("ecosystem", "versions", "version", "denied", "allowed"),
    [
        ("npm", "*", "1.0.0", True, True),
        ("npm", "*", None, True, True),
        ("npm", "*", "latest", True, True),
        ("npm", ">=2.0.0 <3.0.0", "2.5.0", True, True),
        ("npm", ">=2.0.0 <3.0.0", "3.0.0", False, False),
        ("npm", ">=2.0.0 <3.0.0", None, False, False),
        ("npm", ">=2.0.0 <3.0.0", "latest", True, False),
        ("npm", "1.0.0", "v1.0.0", True, True),
        ("npm", "1.0.0", "1.0.1", False, False),
        ("npm", "1.0.0", None, False, False),
        ("pypi", ">=2,<3", "2.5", True, True),
        ("pypi", ">=2,<3", "1.9", False, False),
        ("pypi", ">=2,<3", "weird", True, False),
        ("pypi", "2", "2.0.0", True, True),
        ("pypi", "2", "2.0.1", False, False),
    ],
)
def test_a_version_that_cannot_be_compared_is_denied_and_not_allowed(
    ecosystem: Ecosystem, versions: str, version: str | None, denied: bool, allowed: bool
) -> None:
    listed = lists.encode_entries([ListEntry(ecosystem, "a", versions, "why")])
    view = view_of(org(("d", sections.DENY, listed), ("a", sections.ALLOW, listed)))
    expected = Denial(f"{ecosystem}:a", versions, "why", "org")
    assert view.denied(ecosystem, "a", version) == (expected,) * denied
    assert view.allowed(ecosystem, "a", version) == (expected,) * allowed
    assert view.denied(ecosystem, "ab", version) == ()
    assert view.allowed(ecosystem, "ab", version) == ()


def test_an_allow_entry_alone_does_not_mention_a_package() -> None:
    listed = lists.encode_entries([ListEntry("npm", "a", "*", "why")])
    assert view_of(org(("a", sections.ALLOW, listed))).mentioned("npm", ["a"]) == frozenset()


@pytest.mark.parametrize(
    ("ecosystem", "name", "internal"),
    [
        ("npm", "acme-ui", True),
        ("npm", "acme-", True),
        ("npm", "acme", False),
        ("npm", "Acme-ui", False),
        ("npm", "not-acme-ui", False),
        ("pypi", "acme-ui", False),
        ("pypi", "our-ui", True),
        ("pypi", "our", False),
        ("npm", "@corp/anything", True),
        ("npm", "@corporate/anything", False),
        ("npm", "@wide/ui-kit", True),
        ("npm", "@wide/kit", False),
        ("npm", "exact", True),
        ("npm", "exactly", False),
    ],
)
def test_internal_names(ecosystem: Ecosystem, name: str, internal: bool) -> None:
    names = frozenset({("npm", "acme-*"), ("pypi", "our-*"), ("npm", "@wide/ui-*"), ("npm", "exact")})
    content = lists.encode_internal(InternalNames(names, frozenset({"@corp"})))
    assert view_of(org(("own", sections.INTERNAL_NAMES, content))).internal(ecosystem, name) is internal


# --- several channels ------------------------------------------------------------------------------------------


def _lists(mark: str, licences: Licences) -> Contents:
    return [
        ioc(package("npm:worm", "*"), IndicatorEntry(IndicatorKind.DOMAIN, "evil.example", "", mark)),
        ("d", sections.DENY, lists.encode_entries([ListEntry("npm", "a", "*", mark)])),
        ("a", sections.ALLOW, lists.encode_entries([ListEntry("npm", "a", "*", mark)])),
        ("h", sections.REGISTRY_HOSTS, lists.encode_hosts([HostEntry("npm", f"{mark}.example", "")])),
        ("l", sections.LICENCES, lists.encode_licences(licences)),
    ]


def test_channels_unite_by_priority_with_their_origin() -> None:
    one = small_pack(_lists("one", Licences(frozenset({"MIT", "ISC"}), frozenset())))
    two = small_pack(_lists("two", Licences(frozenset(), frozenset({"AGPL-3.0-only"}))), ("org-a",), channel="org")
    for priority, order in ((200, ["default", "org"]), (1, ["org", "default"])):
        root = trust_root(org={"priority": priority})
        view = PackView(verify_head(MemoryBytes(each), root, FREE) for each in (two, one))
        marks = ["one", "two"] if order[0] == "default" else ["two", "one"]
        assert [(each.source, each.reason) for each in view.allowed("npm", "a", "1.0.0")] == list(
            zip(order, marks, strict=True)
        )
        assert [each.source for each in view.denied("npm", "a", None)] == order
        assert [each.channel for each in view.indicators("npm", "worm", "1.0.0")] == order
        found = view.indicators_of(IndicatorKind.DOMAIN, "evil.example")
        assert [(each.channel, each.reason) for each in found] == list(zip(order, marks, strict=True))
        assert [each.channel for each in view.registry_hosts("npm")] == order
        assert [each.channel for each in view.licences()] == order
        assert view.observables() == (Observable(IndicatorKind.DOMAIN, "evil.example"),)
        assert view.registry_hosts("pypi") == ()


def test_hosts_and_licences() -> None:
    view = view_of(
        org(
            (
                "h",
                sections.REGISTRY_HOSTS,
                lists.encode_hosts([HostEntry("npm", "b.example", "@c"), HostEntry("pypi", "a.example", "")]),
            ),
            ("l1", sections.LICENCES, lists.encode_licences(Licences(frozenset({"MIT"}), frozenset({"GPL-3.0-only"})))),
            ("l2", sections.LICENCES, lists.encode_licences(Licences(frozenset({"ISC"}), frozenset()))),
        )
    )
    assert view.registry_hosts("npm") == (RegistryHost("npm", "b.example", "@c", "org"),)
    assert view.registry_hosts("pypi") == (RegistryHost("pypi", "a.example", "", "org"),)
    assert view.licences() == (LicenceList(("ISC", "MIT"), ("GPL-3.0-only",), "org"),)


def test_packs_without_lists_say_nothing() -> None:
    view = view_of(org())
    assert (view.observables(), view.listed_files(), view.licences(), view.registry_hosts("npm")) == (
        (), frozenset(), (), (),
    )  # fmt: skip
    assert view.allowed("npm", "a", None) == ()
    assert not view.internal("npm", "a")


def test_what_a_scan_can_use() -> None:
    assert not view_of(org(ioc(package("npm:worm", "*")))).has_advisories
    assert view_of(org(), small_pack()).has_advisories


@pytest.mark.parametrize(
    ("stats", "records"),
    [
        ({"advisories": 3, "indicators": 5, "records": 9}, 3),
        ({"advisories": 0, "indicators": 5, "deny": 2, "internal-names": 1, "records": 0, "packages": 7}, 8),
        ({"names": 4, "allow": 1, "registry-hosts": 1, "licences": 1}, 7),
        ({}, 0),
    ],
)
def test_the_records_of_a_pack(stats: dict[str, int], records: int) -> None:
    assert view_of(small_pack(stats=stats)).packs()[0].records == records


LAWS = """
import sys
from assay.corpus.pack import MemoryBytes
from assay.corpus.verify import verify_head
from assay.corpus.view import PackView
from tests.corpus.packs import FREE, ROOT, contents, small_pack
made = [each for each in contents() if each[0] == sys.argv[1]]
assert "nodesemver" not in sys.modules
view = PackView([verify_head(MemoryBytes(small_pack(made)), ROOT, FREE)])
view.prepare(["npm"])
before = set(sys.modules)
for name in ("worm", "ranged", "half"):
    view.indicators("npm", name, "1.2.3"), view.denied("npm", name, "2.5.0"), view.allowed("npm", name, "1.0.0")
assert set(sys.modules) == before, set(sys.modules) - before
print("nodesemver" in before)
"""


@pytest.mark.parametrize(("section", "loaded"), [("ioc", "False"), ("seen", "True"), ("deny", "True")])
def test_ranges_are_prepared_only_where_there_are_any(section: str, loaded: str) -> None:
    done = subprocess.run([sys.executable, "-c", LAWS, section], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == (loaded, "")
