"""What is registered is found, near misses are not, and removing it ends that: by the console script."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from tests.command import assay
from tests.ioc_machine import DAY, Machine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Machine:
    return Machine(tmp_path, capsys)


def test_a_package_before_while_and_after_it_is_registered(machine: Machine) -> None:
    before = machine.report()
    assert before["findings"] == []
    assert [pack["channel"] for pack in before["corpus"]] == ["default"]

    registered = machine.script("ioc", "register", "npm:ms@2.1.2", "--reason", "hijacked", *DAY)
    assert (registered.returncode, registered.stderr) == (0, "")
    said = registered.stdout.splitlines()
    assert said[0] == "registered package npm:ms@2.1.2"
    line, digest = said[1].split(", ")
    assert line == "local 1.1"
    while_ = machine.report()
    local = next(pack for pack in while_["corpus"] if pack["channel"] == "local")
    assert f"{local['digest']}: 1 indicator" == digest
    assert (local["epoch"], local["seq"], local["built_at"][:10], local["records"]) == (1, 1, "2026-03-01", 1)
    (finding,) = while_["findings"]
    assert (finding["rule"], finding["severity"], finding["purl"]) == ("IOC-001", "critical", "pkg:npm/ms@2.1.2")
    assert {"listed by local", "hijacked"} <= set(finding["evidence"])
    assert while_["fingerprint"] != before["fingerprint"]
    assert while_["target"] == before["target"]
    checked = machine.script("check", machine.project)
    assert checked.returncode == 1
    assert "IOC-001" in checked.stdout

    removed = machine.script("ioc", "remove", "npm:ms@2.1.2", *DAY)
    assert removed.stdout.startswith("removed package npm:ms@2.1.2\nlocal 1.2, sha256:")
    after = machine.report()
    assert {**after, "corpus": 0, "fingerprint": 0} == {**before, "corpus": 0, "fingerprint": 0}
    assert [pack["channel"] for pack in after["corpus"]].count("local") == 1
    assert machine.script("check", machine.project).returncode == 0


PACKAGES = {
    "npm:ms@2.1.2": ["pkg:npm/ms@2.1.2"],
    "npm:chalk": ["pkg:npm/chalk@2.4.2", "pkg:npm/chalk@4.1.2"],
    "npm:color-convert@>=2.0.0 <3": ["pkg:npm/color-convert@2.0.1"],
    "pkg:npm/%40types/ms@2.1.0": ["pkg:npm/%40types/ms@2.1.0"],
    # near misses
    "npm:debug@4.3.5": [],
    "npm:color-name@>=1.1.5": [],
    "npm:ansi-regexp@5.0.1": [],
    "npm:@other/has-flag@4.0.0": [],
    "pypi:strip-ansi@6.0.1": [],
}
"""A value, and the packages of the project that it names."""


def test_which_packages_a_value_names(machine: Machine) -> None:
    machine.register(*PACKAGES)
    found = [each["purl"] for each in machine.report()["findings"] if each["rule"] == "IOC-001"]
    assert found == sorted(purl for purls in PACKAGES.values() for purl in purls)


FILES: list[tuple[tuple[str, ...], str, str | None]] = [
    (("a.example",), 'fetch("https://a.example/x")', "high"),
    (("b[.]example",), 'fetch("https://b.example/x")', "high"),
    (("c.example",), 'fetch("https://below.c.example/x")', "high"),
    (("d.example",), 'fetch("https://longer-d.example/x")', None),
    (("e.example",), 'fetch("https://e.example.invalid/x")', None),
    (("hxxps://f[.]example/drop",), "get('https://f.example/drop')", "high"),
    (("hxxps://g[.]example/drop",), "get('https://g.example/dropped')", None),
    (("thief@h.example",), "mail('thief@h.example')", "medium"),
    (("thief@i.example",), "mail('a.thief@i.example')", None),
    (("magic worm", "--kind", "string"), "say('the magic worm')", "high"),
    (("great worm", "--kind", "string"), "say('the Great worm')", None),
    ((sha256(b"bad()").hexdigest(),), "bad()", "critical"),
    ((sha256(b"worse()").hexdigest(),), "worse( )", None),
]
"""What is registered, a file of a package, and how severe the finding in it is, if there is one."""


def test_what_is_found_in_files(machine: Machine) -> None:
    folder = machine.project / "node_modules" / "debug" / "lib"
    folder.mkdir(exist_ok=True)
    for number, (arguments, content, _) in enumerate(FILES):
        (folder / f"{number:02}.js").write_text(content, encoding="utf-8")
        machine.register(*arguments)
    found = {each["location"]["path"]: each for each in machine.report()["findings"]}
    assert {path: each["severity"] for path, each in found.items()} == {
        f"node_modules/debug/lib/{number:02}.js": severity
        for number, (_, _, severity) in enumerate(FILES)
        if severity is not None
    }
    assert {(each["rule"], each["purl"]) for each in found.values()} == {("IOC-001", "pkg:npm/debug@4.3.4")}


def test_a_file_is_registered_by_what_is_in_it(machine: Machine, tmp_path: Path) -> None:
    (machine.project / "drop.js").write_bytes(b"bad()\n")
    (machine.project / "other.js").write_bytes(b"bad()")
    seen = tmp_path / "seen elsewhere"
    seen.write_bytes(b"bad()\n")
    said = machine.done("register", "--file", seen, *DAY)
    assert said.startswith(f"registered file {sha256(seen.read_bytes()).hexdigest()}\n")
    assert [each["location"]["path"] for each in machine.report()["findings"]] == ["drop.js"]
    assert "No such file" in machine.refused("register", "--file", tmp_path / "gone")


def test_determinism_holds_with_a_local_pack(machine: Machine) -> None:
    (machine.project / "sender.js").write_text('fetch("https://evil.example/x")', encoding="utf-8")
    machine.register("npm:ms@2.1.2", "evil.example")
    result = assay(
        *("scan", "project", "--store", "store", "--verify-determinism", "--format", "json"), cwd=machine.project.parent
    )
    assert result.returncode == 0
    assert len(json.loads(result.stdout)["findings"]) == 2
    digests = [line.split()[3:] for line in result.stderr.splitlines()]
    assert len(digests) == 3
    assert len({digest for pair in digests for digest in pair}) == 1


@pytest.mark.slow
def test_determinism_holds_with_a_store_from_the_environment(machine: Machine) -> None:
    """The other runs do not get the environment."""
    machine.register("npm:ms@2.1.2")
    result = assay(
        *("scan", machine.project, "--verify-determinism", "--format", "json"), env={"ASSAY_STORE": str(machine.store)}
    )
    assert result.returncode == 0
    assert len(json.loads(result.stdout)["findings"]) == 1


@pytest.mark.parametrize(("as_of", "count"), [("2026-03-01", 1), ("2026-03-02", 0)])
def test_the_last_day_counts_if_the_scan_is_told_which_day_it_is(machine: Machine, as_of: str, count: int) -> None:
    machine.register("npm:ms@2.1.2", "--expires", "2026-03-01")
    assert len(machine.report("--as-of", as_of)["findings"]) == count
    if not count:
        assert len(machine.report()["findings"]) == 1


def test_a_locked_list_is_judged_by_after_it_changed(machine: Machine, tmp_path: Path) -> None:
    machine.register("npm:ms@2.1.2")
    before = machine.report()
    assert machine.script("corpus", "lock", "-o", tmp_path / "lock").returncode == 0
    machine.done("remove", "npm:ms@2.1.2")
    assert machine.report("--corpus-lock", str(tmp_path / "lock")) == before
