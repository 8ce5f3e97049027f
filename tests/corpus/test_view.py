"""The view over packs: what it answers, that it answers as the records do, and that it reads nothing else."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from assay.corpus import advisories, pack, sections
from assay.corpus.advisories import Entry
from assay.corpus.judge import judge
from assay.corpus.pack import FileBytes, MemoryBytes
from assay.corpus.ranges import EVERYTHING, Interval
from assay.corpus.verify import verify_head
from assay.corpus.view import PackView, open_view
from assay.scanner.errors import CorpusError
from assay.scanner.knowledge import AdvisoryKind
from assay.scanner.models import Severity
from tests.corpus.packs import FREE, ROOT, contents, record, small_pack, trust_root

if TYPE_CHECKING:
    from pathlib import Path

    from assay.corpus.manifest import Section
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Ecosystem


def view_of(*packs: bytes) -> PackView:
    return PackView(verify_head(MemoryBytes(data), ROOT, FREE) for data in packs)


def test_advisories() -> None:
    view: CorpusView = view_of(small_pack())
    (match,) = view.advisories("npm", "good-one", "1.1.0")
    assert (match.state, match.fixed) == ("affected", "1.2.0")
    assert (match.advisory.id, match.advisory.kind) == ("T-2", AdvisoryKind.VULNERABILITY)
    assert (match.advisory.severity, match.advisory.summary) == (Severity.MEDIUM, "a defect")
    assert (match.advisory.channel, match.advisory.references) == ("default", ("https://osv.dev/vulnerability/T-2",))
    assert not match.advisory.whole_package
    assert view.advisories("npm", "good-one", "1.2.0") == ()
    assert view.advisories("npm", "good-one", None) == ()
    assert [found.fixed for found in view.advisories("npm", "good-one", "2.0.3")] == [None]
    assert [found.state for found in view.advisories("npm", "good-one", "latest")] == ["undetermined"]


def test_malware_of_a_whole_package() -> None:
    view = view_of(small_pack())
    for version in ("1.0.0", "anything", None):
        (match,) = view.advisories("npm", "thief", version)
        assert match.advisory.kind is AdvisoryKind.MALWARE
        assert match.advisory.whole_package
        assert match.advisory.severity is None
        assert match.advisory.summary == "Malicious code in thief (npm)"
    assert view.advisories("npm", "Thief", "1.0.0") == ()
    assert view.advisories("pypi", "thief", "1.0.0") == ()


@pytest.mark.parametrize(
    ("ecosystem", "name", "version", "named"),
    [
        ("npm", "hit", "5.6.1", True),
        ("npm", "hit", "v5.6.1", True),
        ("npm", "hit", "5.6.1+build", True),
        ("npm", "hit", "5.6.0", False),
        ("npm", "hit", "5.6.2", False),
        ("npm", "hit", "latest", False),
        ("npm", "Hit", "5.6.1", False),
        ("pypi", "hit", "1.0.0", True),
        ("pypi", "hit", "1.0+cpu", True),
        ("pypi", "hit", "1.0.1", False),
    ],
)
def test_indicators(ecosystem: Ecosystem, name: str, version: str, named: bool) -> None:
    found = view_of(small_pack()).indicators(ecosystem, name, version)
    assert [(each.versions, each.source, each.reference) for each in found] == (
        [(version, "tests", "https://example.invalid/")] if named else []
    )


def test_popular_names_have_their_best_rank() -> None:
    view = view_of(small_pack())
    assert view.popular("npm") == {"react": 1, "lodash": 2, "vue": 1, "left": 2}
    assert view.popular("pypi") == {"numpy": 1}


def test_lists_of_an_organisation() -> None:
    view = view_of(small_pack())
    assert [denial.reason for denial in view.denied("npm", "banned", "9.9.9")] == ["because"]
    assert [denial.versions for denial in view.denied("npm", "banned", None)] == ["*"]
    assert [denial.versions for denial in view.denied("npm", "half", "v1.0.0")] == ["1.0.0"]
    assert view.denied("npm", "half", "1.0.1") == ()
    assert view.denied("npm", "half", None) == ()
    assert view.denied("pypi", "banned", "1.0") == ()
    assert view.internal("pypi", "our-tool")
    assert view.internal("npm", "@ours/anything")
    assert not view.internal("npm", "our-tool")
    assert not view.internal("npm", "@ours-not/x")
    assert not view.internal("pypi", "@ours/anything")


def test_several_packs_unite_with_their_origin() -> None:
    more = contents([Entry("npm", "good-one", (record("T-3", EVERYTHING), record("T-2", Interval("9.0.0"))))])
    view = view_of(small_pack(more, ("org-a",), channel="org"), small_pack())
    assert [info.channel for info in view.packs()] == ["default", "org"]
    found = view.advisories("npm", "good-one", "1.1.0")
    assert [(match.advisory.id, match.advisory.channel) for match in found] == [("T-2", "default"), ("T-3", "org")]
    assert [each.advisory.channel for each in view.advisories("npm", "good-one", "9.0.0")] == ["org", "org"]
    first = trust_root(org={"priority": 1})
    by_priority = PackView(
        verify_head(MemoryBytes(each), first, FREE)
        for each in (small_pack(), small_pack(more, ("org-a",), channel="org"))
    )
    assert [info.channel for info in by_priority.packs()] == ["org", "default"]


def test_an_empty_pack_answers_nothing() -> None:
    view = view_of(small_pack([]))
    assert view.advisories("npm", "thief", "1.0.0") == ()
    assert view.indicators("npm", "hit", "5.6.1") == ()
    assert view.popular("npm") == {}
    assert view.denied("npm", "banned", "1.0.0") == ()
    assert not view.internal("pypi", "our-tool")


def many_entries(count: int) -> list[Entry]:
    """Return packages with up to 60 records of every shape, drawn with a seed."""
    chance = random.Random(1)
    found = {}
    for number in range(count):
        ecosystem = chance.choice(["npm", "pypi"])
        shapes = [(EVERYTHING,), (Interval("0", "1.0.0"),), (Interval("1.0.0", "1.5.0"), Interval("2.0.0")), ()]
        size = 60 if number % 100 == 0 else chance.randrange(1, 4)
        records = tuple(
            record(
                f"T-{number}-{each:02}", *chance.choice(shapes), versions=("0.1" if ecosystem == "pypi" else "0.1.0",)
            )
            for each in range(size)
        )
        found[ecosystem, f"name-{number}"] = Entry(ecosystem, f"name-{number}", records)
    return [found[package] for package in sorted(found)]


def test_the_view_answers_as_the_records_do() -> None:
    entries = many_entries(3000)
    table = {(entry.ecosystem, entry.name): entry.records for entry in entries}
    data = small_pack(contents(entries))
    blocks = next(section for section in view_manifest(data) if section.kind == sections.BLOCKS)
    assert blocks.length > 5 * advisories.BLOCK_FILL
    view = view_of(data)
    chance = random.Random(2)
    for _ in range(2000):
        ecosystem: Ecosystem = chance.choice(["npm", "pypi"])
        name, version = f"name-{chance.randrange(3300)}", chance.choice(["0.1.0", "1.0.0", "1.7.0", "2.0.0"])
        judged = ((each.id, judge(each, ecosystem, version)) for each in table.get((ecosystem, name), ()))
        expected = [(id_, found.state, found.fixed) for id_, found in judged if found is not None]
        matches = view.advisories(ecosystem, name, version)
        assert [(match.advisory.id, match.state, match.fixed) for match in matches] == expected


def view_manifest(data: bytes) -> tuple[Section, ...]:
    return verify_head(MemoryBytes(data), ROOT, FREE).manifest.sections


@pytest.mark.parametrize(
    ("section", "question"),
    [
        ("advisories", lambda view: view.advisories("npm", "thief", "1.0.0")),
        ("blocks", lambda view: view.advisories("npm", "thief", "1.0.0")),
        ("ioc", lambda view: view.indicators("npm", "hit", "5.6.1")),
        ("names-two", lambda view: view.popular("npm")),
        ("deny", lambda view: view.denied("npm", "banned", None)),
        ("internal", lambda view: view.internal("npm", "x")),
    ],
)
def test_a_changed_section_is_refused_when_it_is_touched(tmp_path: Path, section: str, question: object) -> None:
    data = bytearray(small_pack())
    place = next(each for each in view_manifest(bytes(data)) if each.name == section)
    data[pack.read_container(MemoryBytes(bytes(data))).body_offset + place.offset + place.length // 2] ^= 1
    path = tmp_path / "a.pack"
    path.write_bytes(data)
    with open_view([str(path)], ROOT, FREE) as view, pytest.raises(CorpusError, match="E_HASH"):
        question(view)  # type: ignore[operator]


def test_only_the_block_that_is_touched_is_refused() -> None:
    entries = many_entries(2000)
    data = bytearray(small_pack(contents(entries)))
    place = next(each for each in view_manifest(bytes(data)) if each.kind == sections.BLOCKS)
    data[pack.read_container(MemoryBytes(bytes(data))).body_offset + place.offset] ^= 1
    view = view_of(bytes(data))
    first, last = entries[0], entries[-1]
    assert view.advisories(last.ecosystem, last.name, "1.0.0") is not None  # type: ignore[arg-type]
    with pytest.raises(CorpusError, match="E_HASH"):
        view.advisories(first.ecosystem, first.name, "1.0.0")  # type: ignore[arg-type]


def test_a_pack_that_is_cut_off_under_an_open_view(tmp_path: Path) -> None:
    path = tmp_path / "a.pack"
    path.write_bytes(small_pack())
    with open_view([str(path)], ROOT, FREE) as view:
        path.write_bytes(small_pack()[:200])
        with pytest.raises(CorpusError, match="E_CONTAINER"):
            view.advisories("npm", "thief", None)


def test_opening_refuses_and_closes(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.pack", tmp_path / "bad.pack"
    good.write_bytes(small_pack())
    bad.write_bytes(small_pack()[:-1])
    with pytest.raises(CorpusError, match="E_CONTAINER"):
        open_view([str(good), str(bad)], ROOT, FREE)
    with pytest.raises(CorpusError, match="E_SOURCE"):
        open_view([], ROOT)
    file = FileBytes(str(good))
    file.close()
    file.close()
    with pytest.raises(CorpusError, match="E_SOURCE"):
        file.read(0, 1)


LAWS = """
import sys
from assay.corpus import trust
from assay.corpus.selection import open_corpus
from assay.corpus.shipped import load_trust
from assay.corpus.store import Store
view = open_corpus(Store("/nowhere"), load_trust())
loaded = [name for name in sys.argv[1].split() if name in sys.modules]
assert not loaded, loaded
view.prepare(["npm", "pypi"])
view.packs()
events = []
sys.addaudithook(lambda event, arguments: events.append((event, str(arguments)[:80])))
view.advisories("npm", "lodash", "4.17.4"), view.advisories("pypi", "django", "3.0")
view.indicators("npm", "chalk", "5.6.1")
view.popular("npm"), view.popular("pypi"), view.denied("npm", "a", None), view.internal("npm", "a")
events = [event for event in events if event[0] != "object.__getattr__"]
assert not events, events
"""

HEAVY = "pydantic packaging yaml cvss zipfile platformdirs tempfile importlib.resources csv socket subprocess"


def test_a_scan_loads_little_and_questions_open_nothing() -> None:
    done = subprocess.run([sys.executable, "-I", "-c", LAWS, HEAVY], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
