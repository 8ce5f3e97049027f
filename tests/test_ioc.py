"""``assay ioc`` as a user meets it: what it takes and refuses, lists, removes, exchanges, and does without a key."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.corpus import keys, signing, stix
from assay.scanner.cli.ioc import exchange, values
from assay.scanner.errors import UsageError
from assay.scanner.knowledge import IndicatorKind
from tests.command import FIXTURES, assay
from tests.corpus.indicator_entries import ENTRIES, indicator_entries
from tests.ioc_machine import DAY, Machine

if TYPE_CHECKING:
    from pathlib import Path

    from assay.corpus.indicators import IndicatorEntry


@pytest.fixture
def machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Machine:
    return Machine(tmp_path, capsys)


# --- kinds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("npm:left-pad", "package"),
        ("npm:@corp/tool@^1.0.0", "package"),
        ("PyPI:Requests@>=1,<2", "package"),
        ("pkg:pypi/requests@1.0", "package"),
        ("AB" * 32, "file"),
        ("sha256:" + "ab" * 32, "file"),
        ("d41d8cd98f00b204e9800998ecf8427e", "file"),
        ("https://evil.example", "url"),
        ("hxxps[:]//evil[.]example/a", "url"),
        ("wss://evil.example:8443/", "url"),
        ("who@evil.example", "email"),
        ("who[at]evil[.]example", "email"),
        ("evil.example", "domain"),
        ("evil[.]sh", "domain"),
        ("198.51.100.7", "domain"),
    ],
)
def test_the_kind_of_a_value(text: str, kind: str) -> None:
    assert values.guess(text) == kind


@pytest.mark.parametrize(
    "text",
    ["", "left-pad", "left-pad@1.3.0", "@corp/tool", "setup.py", "index.js", "two words", "localhost", "*", "1.0"],
)
def test_what_may_be_several_things_is_asked_for(text: str) -> None:
    with pytest.raises(UsageError, match="--kind"):
        values.guess(text)


@given(text=st.text() | st.text("npmyi:@./[]htxps-a1 "))
def test_any_text_has_a_kind_or_is_refused(text: str) -> None:
    with suppress(UsageError):
        assert values.guess(text) in IndicatorKind


@given(entry=indicator_entries())
def test_what_is_listed_can_be_given_back(entry: IndicatorEntry) -> None:
    again = values.indicator(values.label(entry), entry.kind)
    assert (again.kind, again.value, again.versions) == (entry.kind, entry.value, entry.versions)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["left-pad@1.3.0"], "write npm:NAME@VERSION or pypi:NAME@VERSION for a package"),
        (["x" * 10_000], "cannot tell what this is"),
        (["x" * 10_000, "--kind", "string"], "string: not 4 to 1000 characters"),
        (["a\x1b[2Jb\nc", "--kind", "string"], r"control, invisible or direction-changing characters: a\x1b[2Jb\nc"),
        (["d41d8cd98f00b204e9800998ecf8427e"], "this looks like an MD5"),
        (["npm:a@1.0.0", "--versions", "2.0.0"], "two different versions"),
        (["evil.example", "--versions", "2.0.0"], "versions: a domain has none"),
        (["evil.example", "--kind", "host"], "--kind host: choose one of package, file, domain, url, email, string"),
        (["evil.example", "--expires", "2026-02-30"], "not a day written YYYY-MM-DD"),
        (["evil.example", "--date", "yesterday"], "--date yesterday: not a day written YYYY-MM-DD"),
        (["evil.example", "--reason", "a\nb"], "reason: holds control"),
        (["evil.example", "--reference", "javascript://a.example"], "reference"),
        ([], "nothing to register"),
        # All or nothing: the good one is not registered either.
        (["good.example", "bad value"], "cannot tell what this is"),
    ],
)
def test_what_cannot_be_registered_makes_no_store(machine: Machine, arguments: list[str], line: str) -> None:
    refusal = machine.refused("register", *arguments)
    assert line in refusal
    assert len(refusal) < 500
    assert not machine.store.exists()


# --- the list --------------------------------------------------------------------------------------------------


def test_registering_again_updates_what_is_said_and_nothing_else(machine: Machine) -> None:
    machine.register("npm:ms@2.1.2", "--reason", "hijacked", "--reference", "https://example.invalid/1")
    assert "already registered: package npm:ms@2.1.2" in machine.done("register", "npm:ms@2.1.2", *DAY)
    assert machine.register("npm:ms@2.1.2").endswith(": 1 indicator, unchanged")
    said = machine.done("register", "npm:MS@=2.1.2", "npm:ms@2.1.2", "--expires", "2027-01-31", *DAY)
    assert "updated package npm:ms@2.1.2\n" in said
    listed = machine.done("list").splitlines()
    assert "package  npm:ms@2.1.2  until 2027-01-31; hijacked; https://example.invalid/1" in listed
    machine.register("npm:ms@2.1.2", "--expires", "")
    assert "package  npm:ms@2.1.2  hijacked; https://example.invalid/1" in machine.done("list").splitlines()


def test_a_day_that_is_over_is_warned_of(machine: Machine) -> None:
    result = machine.ioc("register", "evil.example", "--expires", "2026-02-28", *DAY)
    assert result.returncode == 0
    assert "warning: --expires 2026-02-28: this day is over" in result.stderr


def test_the_list_in_each_format(machine: Machine) -> None:
    assert machine.done("list") == "nothing is registered\n"
    machine.register("npm:ms", "evil.example", "--reason", "worm")
    assert machine.done("list") == "domain   evil.example  worm\npackage  npm:ms        worm\n"
    assert machine.done("list", "--kind", "domain") == "domain   evil.example  worm\n"
    assert machine.done("list", "--kind", "email") == "nothing is registered\n"
    assert json.loads(machine.done("list", "--kind", "package", "--format", "json")) == [
        {
            "channel": "local",
            "source": "local",
            "kind": "package",
            "value": "npm:ms",
            "versions": "*",
            "reason": "worm",
            "reference": "",
            "expires": "",
        }
    ]
    assert machine.done("list", "-f", "csv").splitlines()[1:] == [
        "domain,evil.example,,worm,,",
        "package,npm:ms,*,worm,,",
    ]
    assert len(stix.parse(machine.done("list", "-f", "stix").encode()).entries) == 2
    assert "choose one of table, json, csv, stix" in machine.refused("list", "-f", "xml")


def test_the_list_of_all_packs_in_use(machine: Machine) -> None:
    machine.register("evil.example")
    lines = machine.done("list", "--all").splitlines()
    assert lines[:2] == ["local: 1", "domain   evil.example"]
    assert lines[2].startswith("default: ")
    assert len(lines) == 24
    assert lines[-1].endswith("more of default; --format json has all")
    listed = json.loads(machine.done("list", "--all", "--format", "json"))
    assert f"default: {len(listed) - 1}" == lines[2]


# --- removing --------------------------------------------------------------------------------------------------


def test_removing_is_exact(machine: Machine) -> None:
    machine.register("npm:ms@2.1.2", "npm:ms@2.0.0", "evil.example", "npm:@corp/tool")
    machine.register("evil.example", "evil.example/x", "--kind", "string")
    assert "did you mean npm:ms@2.0.0 or npm:ms@2.1.2?" in machine.refused("remove", "npm:ms")
    assert "did you mean evil.example or evil.example/x?" in machine.refused("remove", "evill.example")
    assert "not registered; 'assay ioc list' shows" in machine.refused("remove", "https://unlike.invalid/")
    assert "registered more than once; say --kind domain or string" in machine.refused("remove", "evil.example")
    assert "not registered" in machine.refused("remove", "npm:ms@2.0.0", "npm:ms@3.0.0")
    assert "nothing of this kind is registered" in machine.refused("remove", "--kind", "email")
    assert "nothing to remove" in machine.refused("remove")
    assert len(machine.done("list").splitlines()) == 6

    said = machine.done("remove", "evil[.]example", "--kind", "domain", *DAY).splitlines()
    assert said[0] == "removed domain evil.example"
    assert said[1].endswith(": 5 indicators")
    assert machine.done("remove", "pkg:npm/ms@2.0.0", "@corp/tool".join(["npm:", ""])).startswith(
        "removed package npm:@corp/tool (all versions)\nremoved package npm:ms@2.0.0\n"
    )
    assert machine.done("remove", "--kind", "string").startswith(
        "removed string evil.example\nremoved string evil.example/x\n"
    )
    assert machine.done("list") == "package  npm:ms@2.1.2\n"


def test_removing_where_nothing_is_registered(machine: Machine) -> None:
    assert "evil.example: nothing is registered" in machine.refused("remove", "evil.example")
    assert "--kind url: nothing is registered" in machine.refused("remove", "--kind", "url")
    assert not machine.store.exists()


# --- exchange --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_name", ["csv", "stix"])
def test_what_is_exported_is_imported_as_it_was(machine: Machine, tmp_path: Path, format_name: str) -> None:
    path = tmp_path / "indicators"
    path.write_text(exchange.render(ENTRIES, format_name, "2026-03-01"), encoding="utf-8", newline="")
    assert machine.done("import", path, "--dry-run") == (
        f"{len(ENTRIES)} would be added, 0 would be updated, 0 unchanged, 0 skipped\n"
    )
    assert not machine.store.exists()
    said = machine.done("import", path, *DAY)
    assert said.startswith(f"{len(ENTRIES)} added, 0 updated, 0 unchanged, 0 skipped\nlocal 1.1, sha256:")
    out = tmp_path / "out"
    machine.done("export", "-o", out, "--format", format_name)
    assert out.read_bytes() == path.read_bytes()
    assert machine.done("export", "--format", format_name).encode() == path.read_bytes()
    assert f"0 added, 0 updated, {len(ENTRIES)} unchanged" in machine.done("import", out, *DAY)


def test_both_formats_make_the_same_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = set()
    for format_name in ("csv", "stix"):
        machine = Machine(tmp_path / format_name, capsys)
        (tmp_path / format_name / "file").write_text(exchange.render(ENTRIES, format_name, "2026-03-01"))
        said.add(machine.done("import", tmp_path / format_name / "file", *DAY))
    assert len(said) == 1


def test_what_is_left_out_is_said(machine: Machine, tmp_path: Path) -> None:
    pattern = {"type": "indicator", "spec_version": "2.1", "pattern_type": "stix"}
    objects = [
        {**pattern, "id": "indicator--1", "pattern": "[domain-name:value = 'evil.example']"},
        {**pattern, "id": "indicator--\x1b[2J", "pattern": "[process:pid = 1]"},
    ]
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}))
    said = machine.done("import", path, *DAY).splitlines()
    assert said[0] == "1 added, 0 updated, 0 unchanged, 1 skipped"
    assert said[1] == r"skipped indicator--\x1b[2J: process:pid: not something that assay looks for"
    path.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects[1:]}))
    assert "holds nothing that can be looked for" in machine.refused("import", path)


def test_a_malformed_file_changes_nothing(machine: Machine, tmp_path: Path) -> None:
    machine.register("npm:ms")
    before = machine.done("list")
    path = tmp_path / "bad.csv"
    path.write_text("kind,value,versions,reason,reference,expires\ndomain,good.example,,,,\ndomain,bad value,,,,\n")
    assert "line 3: domain bad value" in machine.refused("import", path)
    path.write_text('{"type": "bundle"')
    assert "not JSON" in machine.refused("import", path)
    assert "No such file" in machine.refused("import", tmp_path / "gone")
    assert "Is a directory" in machine.refused("import", tmp_path)
    assert "line 1: the header" in machine.script("ioc", "import", "-").stderr
    assert machine.done("list") == before


def test_a_file_updates_and_of_two_that_differ_the_longer_one_counts(machine: Machine, tmp_path: Path) -> None:
    machine.register("evil.example", "npm:ms@2.0.0")
    path = tmp_path / "list.csv"
    path.write_text(
        "kind,value,versions,reason,reference,expires\n"
        "domain,evil.example,,first,,2026-06-30\ndomain,evil.example,,second,,2026-12-31\npackage,npm:ms,2.0.0,,,\n"
    )
    assert machine.done("import", path, *DAY).splitlines()[:2] == [
        "0 added, 1 updated, 1 unchanged, 1 skipped",
        "skipped evil.example: stands there more than once, with another reason, reference or last day",
    ]
    assert "domain   evil.example  until 2026-12-31; second\n" in machine.done("list")


def test_the_help_is_whole() -> None:
    result = assay("ioc", "--help")
    assert result.returncode == 0
    assert "..." not in result.stdout.replace("[ARGS]...", "")
    for verb in ("register", "list", "remove", "import", "export"):
        page = assay("ioc", verb, "--help").stdout
        assert "ASSAY_STORE" in page
        assert f"Usage: assay ioc {verb} [OPTIONS]" in page


# --- the store -------------------------------------------------------------------------------------------------


def test_a_key_that_others_can_read_is_warned_of(machine: Machine) -> None:
    machine.register("evil.example")
    path = machine.store / "keys" / "local.pem"
    path.chmod(0o644)
    for arguments in (["list"], ["register", "more.example"], ["remove", "evil.example"]):
        result = machine.ioc(*arguments)
        assert result.returncode == 0
        assert result.stderr == (
            f"assay: warning: {path}: others on this machine can read or change this private key; "
            f"run: chmod 600 {path}\n"
        )
    doctor = machine.script("corpus", "doctor")
    assert doctor.returncode == 5
    assert "key local.pem: others may read it" in doctor.stdout


def test_a_lost_key_says_what_to_do(machine: Machine) -> None:
    machine.register("evil.example")
    (machine.store / "keys" / "local.pem").unlink()
    assert "assay corpus trust remove local" in machine.refused("register", "more.example", code=5)
    assert machine.done("list") == "domain   evil.example\n"
    assert machine.script("corpus", "trust", "remove", "local").returncode == 0
    assert machine.register("more.example").startswith("local 1.2, sha256:")
    assert machine.done("list") == "domain   more.example\n"
    assert {pack["channel"] for pack in machine.report()["corpus"]} == {"default", "local"}


def test_what_is_registered_survives_a_damaged_state(machine: Machine) -> None:
    machine.register("evil.example")
    machine.register("npm:ms@2.1.2")
    before = machine.report()
    (machine.store / "state.json").write_bytes(b"{")
    assert "E_STORE" in machine.refused("register", "more.example", code=5)
    assert machine.script("corpus", "doctor", "--repair").returncode == 0
    assert machine.done("list") == "domain   evil.example\npackage  npm:ms@2.1.2\n"
    assert machine.report() == before
    assert machine.register("more.example").startswith("local 1.3, sha256:")


def test_what_was_switched_off_is_said(machine: Machine) -> None:
    machine.register("evil.example")
    assert machine.script("corpus", "use", "local", "--off").returncode == 0
    result = machine.ioc("list")
    assert (result.returncode, result.stdout) == (0, "nothing is registered\n")
    assert "switched off; 'assay corpus use local' brings what is registered back" in result.stderr
    assert "switched off" in machine.refused("register", "more.example")


def test_the_key_signs_nothing_else(machine: Machine, tmp_path: Path) -> None:
    """A pack of the default channel that is signed with the machine's key is refused."""
    machine.register("evil.example")
    key = signing.load_key((machine.store / "keys" / "local.pem").read_bytes())
    assert keys.encode_private(key) == (machine.store / "keys" / "local.pem").read_bytes()
    shipped = FIXTURES.parent.parent / "corpus" / "data" / "default.pack"
    path = tmp_path / "mine.pack"
    path.write_bytes(signing.sign_pack(shipped.read_bytes(), [key]))
    result = machine.script("corpus", "import", path)
    assert result.returncode == 5
    assert "E_SIGNATURE" in result.stderr


def test_a_store_that_cannot_be_written(machine: Machine) -> None:
    machine.store.write_bytes(b"")
    assert "E_STORE" in machine.refused("register", "evil.example", code=5)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_store_that_is_read_only(machine: Machine) -> None:
    machine.register("evil.example")
    machine.store.chmod(0o555)
    try:
        assert "E_STORE" in machine.refused("register", "more.example", code=5)
        assert machine.done("list") == "domain   evil.example\n"
        assert len(machine.report()["corpus"]) == 2
    finally:
        machine.store.chmod(0o755)
