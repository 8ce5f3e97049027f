from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.corpus import advisories, canonical, indicators, lists, names, ranges, sections
from assay.corpus.advisories import Entry, Record
from assay.corpus.comparison import Change, Comparison, compare
from assay.corpus.concerns import Concern, is_narrowed
from assay.corpus.judge import judge
from assay.corpus.lists import HostEntry, InternalNames, ListEntry
from assay.corpus.names import NameList
from assay.corpus.pack import MemoryBytes
from assay.corpus.ranges import EVERYTHING, End, Interval
from assay.corpus.readable import ReadablePack, read_pack
from assay.corpus.versions import scheme
from assay.formatters.options import RenderOptions
from assay.scanner.canonical import encode
from assay.scanner.cli.corpus.comparison import CAP, json_pieces, render_table
from assay.scanner.errors import CorpusError
from tests.command import assay
from tests.corpus import packs
from tests.corpus.packs import ENTRIES, FREE, ROOT, contents, edited, record, signed_root, small_pack
from tests.formatters.snapshots import assert_same_as_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from tests.corpus.packs import Contents


def read(data: bytes) -> ReadablePack:
    return read_pack(MemoryBytes(data), ROOT, FREE)


def compared(before: bytes, after: bytes) -> Comparison:
    return compare(read(before), read(after))


def with_section(name: str, data: bytes, made: Contents | None = None) -> Contents:
    """Return the contents with another content of one section."""
    return [(each, kind, data if each == name else old) for each, kind, old in made or contents()]


def with_entries(*entries: Entry) -> bytes:
    return small_pack(contents(entries))


def changed() -> Contents:
    """Return contents in which something of every kind differs from those of ``contents``."""
    malware = record("MAL-9", EVERYTHING, kind=advisories.MALWARE, severity=None, summary=None)
    entries = (
        Entry("npm", "good-one", (record("T-2", Interval("1.1.0", "1.2.0"), severity=3),)),
        Entry("npm", "react", (malware,)),
        Entry("npm", "worm", (malware._replace(id="MAL-8"),)),
        Entry("pypi", "a-b", (record("T-1", Interval("0", "2.1"), versions=("3rc1", "strange")),)),
    )
    seen = [each._replace(expires="2026-05-31") if each.kind == "email" else each for each in packs.SEEN]
    denied = [*packs.DENIED[1:], ListEntry("npm", "lodash", "*", "we do not like it")]
    made = contents(entries)
    for name, data in (
        ("seen", indicators.encode(indicators.IndicatorTable(0, {}, tuple(seen[1:])))),
        ("ioc", indicators.encode(indicators.IndicatorTable(0, {("npm", "vue"): ("1.0.0",), ("pypi", "hit"): ("1",)}))),
        ("deny", lists.encode_entries(denied)),
        ("hosts", lists.encode_hosts([*packs.HOSTS, HostEntry("npm", "mirror.example", "")])),
        ("internal", lists.encode_internal(InternalNames(frozenset({("pypi", "our-tool")}), frozenset({"@ours"})))),
        ("names-two", names.encode(NameList("npm", ["left", "loadash"]))),
        ("licences", lists.encode_licences(packs.LICENCES._replace(allow=frozenset({"MIT", "ISC"})))),
    ):
        made = with_section(name, data, made)
    return [*made, ("allow", sections.ALLOW, lists.encode_entries([ListEntry("npm", "core", "1.0.0", "ours")]))]


def later_pack() -> bytes:
    source = packs.SOURCE._replace(date="2026-02-01", records_in=4, records_used=4)
    return small_pack(changed(), seq=2, title="a later pack", sources=(source,))


def nobody(keyid: str) -> None:
    """Know no key."""


def told(changes: list[Change]) -> list[str]:
    return [" ".join(change.key) for change in changes]


# --- what differs ----------------------------------------------------------------------------------------------


def test_the_same_pack() -> None:
    found = compared(small_pack(), small_pack())
    assert found.same
    assert render_table(found, nobody, RenderOptions(80, colour=False)).endswith(f"{found.after.digest[:12]}.\n")


def test_every_kind_of_change_stands_under_its_gravest_concern() -> None:
    found = compared(small_pack(), later_pack())
    assert {concern: told(changes) for concern, changes in found.by_concern().items()} == {
        Concern.MALWARE_REMOVED: ["npm thief MAL-1"],
        Concern.INDICATOR_REMOVED: ["domain evil.example ", "email thief@evil.example ", "package npm:hit 5.6.1"],
        Concern.ALLOWED: ["npm core 1.0.0"],
        Concern.DENIAL_REMOVED: ["npm banned *"],
        Concern.POPULAR_BLOCKED: ["npm react MAL-9", "npm lodash *", "package npm:vue 1.0.0"],
        Concern.HOST_ADDED: ["npm mirror.example "],
        Concern.INTERNAL_REMOVED: ["pypi acme-*"],
        Concern.SEVERITY_LOWERED: ["npm good-one T-2"],
    }
    calm = [change for change in found.changes if not change.concerns]
    assert told(calm) == ["npm worm MAL-8", "pypi a-b T-1", "npm loadash", "npm vue", "allow ISC"]


def test_what_changed_in_a_record_is_named() -> None:
    (change,) = (each for each in compared(small_pack(), later_pack()).changes if each.key[1] == "good-one")
    assert change.fields == ("severity", "affected")
    assert change.concerns == (Concern.SEVERITY_LOWERED, Concern.NARROWED)


def test_counts() -> None:
    counts = compared(small_pack(), later_pack()).counts()
    assert counts["advisories"] == (2, 1, 2)
    assert counts["names"] == (1, 0, 1)
    assert list(counts) == [
        "advisories",
        "ioc",
        "allow",
        "deny",
        "internal-names",
        "names",
        "registry-hosts",
        "licences",
    ]


def test_manifest_sources_signers_and_carried_roots() -> None:
    later = packs.trust_root(2)
    carried = signed_root(later, "root-a", "root-b")
    found = compared(small_pack(), small_pack(signers=("default-a", "default-b"), roots=[carried], seq=7))
    fields = {each.name: (each.before, each.after) for each in found.manifest}
    assert fields["seq"] == (1, 7)
    assert fields["signers"][1] == sorted(map(packs.key_id, ("default-a", "default-b")))
    assert fields["roots"][0] == []
    assert fields["roots"][1][0].startswith("2 sha256:")
    assert found.changes == ()
    assert not found.same


def test_signers_are_named() -> None:
    found = compared(small_pack(), small_pack(signers=("default-a", "default-b")))
    added = packs.key_id("default-b")
    table = render_table(found, {added: "acme: channel default"}.get, RenderOptions(120, colour=False))
    assert f"+ signer {added}, acme: channel default\n" in table
    assert "unknown here" in render_table(found, nobody, RenderOptions(100, colour=False))
    document = json.loads("".join(json_pieces(found, {added: "acme"}.get)))
    assert {"keyid": added, "holder": "acme"} in document["after"]["signers"]


def test_a_list_in_another_order_is_a_difference_though_no_name_came_or_went() -> None:
    other = with_section("names-py", names.encode(NameList("pypi", ["numpy", "left"])))
    swapped = with_section("names-py", names.encode(NameList("pypi", ["left", "numpy"])))
    found = compared(small_pack(other), small_pack(swapped))
    assert found.changes == ()
    assert [each.name for each in found.sections] == ["names-py"]
    assert not found.same


def test_sources_in_another_order_do_not_change_what_records_say() -> None:
    second = packs.SOURCE._replace(id="other")
    moved = tuple(entry._replace(records=tuple(each._replace(source=1) for each in entry.records)) for entry in ENTRIES)
    before = small_pack([each for each in contents() if each[1] != sections.IOC], sources=(packs.SOURCE, second))
    after = small_pack([each for each in contents(moved) if each[1] != sections.IOC], sources=(second, packs.SOURCE))
    assert compared(before, after).changes == ()
    # The same bytes that count into another source say something else, though every hash is equal.
    swapped = small_pack([each for each in contents() if each[1] != sections.IOC], sources=(second, packs.SOURCE))
    assert {change.fields for change in compared(before, swapped).changes} == {("source",)}


def test_entries_in_many_blocks() -> None:
    long = "x" * 3000
    entries = [
        Entry("npm", f"p{number:05}", (record(f"T-{number}", EVERYTHING, summary=long),)) for number in range(90)
    ]
    after = [*entries[:10], *entries[12:60], Entry("npm", "p00059a", entries[0].records), *entries[60:]]
    after[30] = after[30]._replace(records=(after[30].records[0]._replace(cvss="none"),))
    found = compared(with_entries(*entries), with_entries(*after))
    assert found.counts()["advisories"] == (1, 2, 1)
    assert found.before.manifest.sections[1].length > 4 * advisories.BLOCK_FILL
    back = compared(with_entries(*after), with_entries(*entries))
    assert back.counts()["advisories"] == (2, 1, 1)


def test_without_advisories() -> None:
    bare = [each for each in contents() if each[1] not in (sections.ADVISORIES, sections.BLOCKS)]
    assert compared(small_pack(bare), small_pack()).counts()["advisories"] == (3, 0, 0)
    assert compared(small_pack(), small_pack(bare)).counts()["advisories"] == (0, 3, 0)


def test_two_entries_that_differ_in_their_expiry_only() -> None:
    twice = [ListEntry("npm", "a", "*", "why", "2026-01-01"), ListEntry("npm", "a", "*", "why", "2026-02-01")]
    before = small_pack(with_section("deny", lists.encode_entries(twice)))
    after = small_pack(with_section("deny", lists.encode_entries(twice[:1])))
    (change,) = compared(before, after).changes
    assert change.key == ("npm", "a", "*", "#2")
    assert change.concerns == (Concern.DENIAL_REMOVED,)


# --- concerns --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "concern"),
    [
        (record("T", Interval("0", "2.0.0")), record("T", Interval("0", "1.9.0")), True),
        (record("T", Interval("0", "2.0.0")), record("T", Interval("0", "2.0.0", End.LAST_AFFECTED)), False),
        (record("T", Interval("0", "2.0.0", End.LAST_AFFECTED)), record("T", Interval("0", "2.0.0")), True),
        (record("T", Interval("1.0.0", "2.0.0", End.LIMIT)), record("T", Interval("1.0.0", "2.0.0")), False),
        (record("T", Interval("1.0.0"), versions=("0.1.0",)), record("T", Interval("0")), False),
        (record("T", Interval("1.0.0"), versions=("0.1.0",)), record("T", Interval("1.0.0")), True),
        (record("T", versions=("1.0.0",)), record("T", Interval("1.0.0", "1.0.0", End.LAST_AFFECTED)), False),
        (record("T", Interval("1.0.0"), versions=("odd",)), record("T", Interval("0", "5.0.0")), True),
        (record("T", Interval("1.0.0", "3.0.0")), record("T", Interval("1.0.0", "2.0.0"), Interval("2.1.0")), True),
        (record("T", EVERYTHING), record("T", Interval("0.0.1")), True),
        (record("T", Interval("1.0.0")), record("T", EVERYTHING), False),
        (record("T", possible=(EVERYTHING,)), record("T"), False),
    ],
)  # fmt: skip
def test_narrowed(before: Record, after: Record, concern: bool) -> None:
    assert is_narrowed(before, after, "npm") is concern


BOUNDS = st.sampled_from(["1.0.0", "1.5.0", "2.0.0-rc.1", "2.0.0", "3.0.0"])
POINTS = ["0.9.0", "1.0.0", "1.2.0", "1.5.0", "1.7.0", "2.0.0-rc.1", "2.0.0-rc.2", "2.0.0", "2.5.0", "3.0.0", "4.0.0"]


@st.composite
def records(draw: st.DrawFn) -> Record:
    made = draw(
        st.lists(st.builds(Interval, BOUNDS | st.just("0"), BOUNDS | st.none(), st.sampled_from(End)), max_size=3)
    )
    disjoint = ranges.union(made, scheme("npm"))
    return record("T", *disjoint, versions=tuple(draw(st.lists(st.sampled_from(POINTS), max_size=2))))


@given(records(), records())
def test_narrowed_if_a_version_is_lost(before: Record, after: Record) -> None:
    if any(judge(before, "npm", each) and not judge(after, "npm", each) for each in POINTS):
        assert is_narrowed(before, after, "npm")
    assert not is_narrowed(before, before, "npm")


def test_malware_that_is_no_longer_called_so() -> None:
    thief = ENTRIES[1].records[0]
    milder = thief._replace(kind=advisories.VULNERABILITY, severity=0)
    after = with_entries(ENTRIES[0], ENTRIES[1]._replace(records=(milder,)), ENTRIES[2])
    (change,) = compared(small_pack(), after).changes
    assert change.concerns[0] is Concern.MALWARE_REMOVED
    assert change.fields == ("kind", "severity")


def test_popular_names_come_first() -> None:
    malware = record("MAL-1", EVERYTHING, kind=advisories.MALWARE)
    entries = [Entry("npm", name, (malware,)) for name in ("a", "b", "react", "z")]
    assert told(compared(with_entries(*entries), with_entries()).by_concern()[Concern.MALWARE_REMOVED]) == [
        "npm react MAL-1",
        "npm a MAL-1",
        "npm b MAL-1",
        "npm z MAL-1",
    ]


# --- what can be read ------------------------------------------------------------------------------------------


def test_a_pack_that_waits_for_its_second_signature_is_compared() -> None:
    made = [each for each in contents() if each[1] != sections.ALLOW]
    found = compared(small_pack(made), small_pack(made, signers=("vendor-a",), channel="vendor"))
    assert found.before.verified
    assert found.after.refusal is not None
    assert found.after.refusal.code == "E_THRESHOLD"
    text = render_table(found, nobody, RenderOptions(80, colour=False))
    assert "UNVERIFIED (E_THRESHOLD" in text
    assert text.endswith("UNVERIFIED: after.\n")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E_CONTAINER"),
        (small_pack()[:-1], "E_CONTAINER"),
        (small_pack(roots=[b"{}"]), "E_ENVELOPE"),
        (small_pack([("x", "code", b"{}")]), "E_LAYOUT"),
        (small_pack([each for each in contents() if each[1] != sections.BLOCKS]), "E_LAYOUT"),
        (small_pack()[:-2] + b"\0}", "E_HASH"),
        (small_pack(with_section("deny", b'{"entries": []}')), "E_INDEX"),
        (edited(lambda value: value.update(seq=True)), "E_MANIFEST"),
    ],
)
def test_what_is_not_well_formed_is_not_compared(data: bytes, code: str) -> None:
    with pytest.raises(CorpusError) as caught:
        read(data)
    assert caught.value.code == code


SMALL = small_pack()


@given(st.integers(0, len(SMALL) - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_read_but_never_believed(place: int, change: int) -> None:
    data = bytearray(SMALL)
    data[place] ^= change
    try:
        refusal = read(bytes(data)).refusal
    except CorpusError as error:
        refusal = error
    assert refusal is not None
    assert refusal.detail.isprintable()


# --- output ----------------------------------------------------------------------------------------------------


def test_json_is_canonical_and_complete() -> None:
    found = compared(small_pack(), later_pack())
    text = "".join(json_pieces(found, nobody))
    document = json.loads(text)
    assert text == encode(document) + "\n"
    assert len(document["changes"]) == len(found.changes)
    assert document["concerns"]["popular-blocked"] == 3
    assert document["before"]["verified"] is True
    (mirror,) = (each for each in document["changes"] if each["section"] == "registry-hosts")
    assert mirror["key"] == {"ecosystem": "npm", "host": "mirror.example", "scope": ""}
    assert "before" not in mirror


def test_long_groups_are_cut_unless_all_is_asked_for() -> None:
    malware = record("MAL-1", EVERYTHING, kind=advisories.MALWARE)
    found = compared(with_entries(*(Entry("npm", f"n{each:04}", (malware,)) for each in range(1254))), with_entries())
    text = render_table(found, nobody, RenderOptions(80, colour=False))
    assert text.count("- npm n") == CAP
    assert "… and 1,234 more; --all shows them" in text
    assert render_table(found, nobody, RenderOptions(80, colour=False), everything=True).count("- npm n") == 1254


def test_hostile_names_do_not_reach_the_terminal() -> None:
    hostile = record("T-\x1b[2J\u202e", EVERYTHING, kind=advisories.MALWARE, summary="\x1b]0;owned\x07")
    found = compared(with_entries(Entry("npm", "a\x1b[2Jb\nAfter", (hostile,))), with_entries())
    text = render_table(found, nobody, RenderOptions(60, colour=False), everything=True)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "- npm a\\x1b[2Jb\\x0aAfter" in text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "root.json").write_bytes(signed_root(ROOT, "root-a", "root-b"))
    (tmp_path / "a.pack").write_bytes(small_pack())
    (tmp_path / "b.pack").write_bytes(later_pack())
    return tmp_path


@pytest.mark.parametrize(("options", "name"), [((), "summary"), (("--all",), "all")])
def test_the_command(folder: Path, options: tuple[str, ...], name: str) -> None:
    run = assay("corpus", "diff", "a.pack", "b.pack", "--trust-root", "root.json", *options, cwd=folder)
    assert (run.returncode, run.stderr) == (1, "")
    assert_same_as_snapshot(f"cli-corpus-diff-{name}.txt", run.stdout)


def test_exit_codes(folder: Path) -> None:
    same = assay("corpus", "diff", "a.pack", "a.pack", "--trust-root", "root.json", "-f", "json", cwd=folder)
    assert same.returncode == 0
    assert canonical.load(same.stdout.strip().encode(), "E_INDEX", "document")["same"] is True
    (folder / "cut.pack").write_bytes(small_pack()[:-1])
    cut = assay("corpus", "diff", "a.pack", "cut.pack", cwd=folder)
    assert cut.returncode == 5
    assert cut.stdout == ""
    assert cut.stderr.startswith("assay: E_CONTAINER: cut.pack: ")
    assert assay("corpus", "diff", "a.pack", "b.pack", "-f", "html", cwd=folder).returncode == 2
    unknown = assay("corpus", "diff", "0123456789abcdef", "b.pack", cwd=folder)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "no such pack" in unknown.stderr


def test_a_pack_may_be_named_by_its_digest(folder: Path) -> None:
    options = ("--trust-root", folder / "root.json", "--store", folder / "store")
    assert assay("corpus", "import", "b.pack", *options, cwd=folder).returncode == 0
    digest = read(later_pack()).digest
    run = assay("corpus", "diff", "a.pack", digest[:12], *options, cwd=folder)
    assert (run.returncode, run.stderr) == (1, "")
    assert f"sha256:{digest[:12]}: a later pack\n        VERIFIED" in run.stdout
