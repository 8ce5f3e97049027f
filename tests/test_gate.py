"""What stops a build and what does not: freshness by a named day, severities that would be hidden, variables."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import click
import pytest
import typer

from assay.corpus import dsse, lists, manifest, sections
from assay.corpus.lists import ListEntry
from assay.corpus.pack import FileBytes, read_container
from assay.corpus.shipped import default_pack_path
from assay.scanner.canonical import write
from assay.scanner.cli import app
from assay.scanner.cli.run import Settings, effective_policy
from assay.scanner.errors import UsageError
from tests.command import FIXTURES, assay
from tests.corpus.packs import signed_root, small_pack, trust_root
from tests.formatters.reports import BUSY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BAD = FIXTURES / "planted" / "npm-v3" / "bad"
GOOD = FIXTURES / "planted" / "npm-v3" / "good"


BUILT = manifest.parse(
    dsse.parse(read_container(FileBytes(default_pack_path())).envelope, dsse.MANIFEST_TYPE).payload
).built_at[:10]
"""The day of the pack that ships, which is fresh on it."""

DAY_AFTER = (datetime.date.fromisoformat(BUILT) + datetime.timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("command", "options", "env", "said"),
    [
        ("scan", (), {"ASSAY_AS_OF": ""}, {"status": "not evaluated"}),
        ("scan", ("--as-of", BUILT), {"ASSAY_AS_OF": "9999-12-31"}, {"status": "fresh", "as_of": BUILT}),
        (
            "check",
            ("--as-of", BUILT, "--max-age", "0"),
            {},
            {"status": "fresh", "as_of": BUILT, "max_age_days": 0},
        ),
        (
            "check",
            (),
            {"ASSAY_AS_OF": BUILT, "ASSAY_MAX_AGE": "9"},
            {"status": "fresh", "as_of": BUILT, "max_age_days": 9},
        ),
    ],
)
def test_fresh(command: str, options: tuple[str, ...], env: dict[str, str], said: dict[str, Any]) -> None:
    result = assay(command, GOOD, "-f", "json", *options, env=env)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["freshness"] == said


@pytest.mark.parametrize(
    ("command", "options", "code", "words"),
    [
        ("scan", ("--as-of", "9999-12-31"), 5, "judged as of 9999-12-31; get a newer pack"),
        ("check", ("--as-of", "9999-12-31"), 5, "E_STALE: "),
        ("scan", ("--max-age", "30"), 2, '--max-age 30: no day to count from; write --as-of "$(date +%F)"'),
        ("check", ("--as-of", BUILT, "--max-age", "-1"), 2, "--max-age"),
        ("check", ("--as-of", BUILT, "--max-age", "36501"), 2, "--max-age"),
        ("check", ("--as-of", BUILT, "--max-age", "soon"), 2, "--max-age"),
    ],
)
def test_stale_or_asked_wrongly(command: str, options: tuple[str, ...], code: int, words: str) -> None:
    result = assay(command, GOOD, *options)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (code, "", 1)
    assert words in result.stderr


@pytest.mark.parametrize(
    ("policy", "options", "expected"),
    [
        ("", {}, (None, None)),
        ("as_of: 2026-11-21", {}, ("2026-11-21", None)),
        ("as_of: 2026-11-21\nmax_age: 0", {}, ("2026-11-21", 0)),
        ("as_of: 2026-11-21\nmax_age: 7", {"as_of": "2026-11-22", "max_age": 0}, ("2026-11-22", 0)),
        ("max_age: 30", {"as_of": "2026-11-21"}, ("2026-11-21", 30)),
        ("", {"as_of": "2024-02-29", "max_age": 30}, ("2024-02-29", 30)),
        ("max_age: 30", {}, 'max_age 30: no day to count from; write --as-of "$(date +%F)"'),
        ("", {"max_age": 30}, '--max-age 30: no day to count from; write --as-of "$(date +%F)"'),
        (
            "",
            {"as_of": "2026-02-29"},
            '--as-of 2026-02-29: no day of the calendar; write YYYY-MM-DD, for today --as-of "$(date +%F)"',
        ),
        (
            "as_of: 2026-11-21",
            {"as_of": ""},
            '--as-of : no day of the calendar; write YYYY-MM-DD, for today --as-of "$(date +%F)"',
        ),
    ],
)
def test_the_command_line_beats_the_policy_file(
    tmp_path: Path, policy: str, options: dict[str, Any], expected: tuple[str | None, int | None] | str
) -> None:
    (tmp_path / "policy.yml").write_text(policy, encoding="utf-8")
    settings = Settings(targets=(), config=str(tmp_path / "policy.yml"), **options)
    if isinstance(expected, str):
        with pytest.raises(UsageError) as refused:
            effective_policy(settings)
        assert str(refused.value) == expected
    else:
        found = effective_policy(settings)
        assert (found.as_of, found.max_age) == expected


def test_a_pack_that_is_too_old_is_named_with_its_age() -> None:
    result = assay("check", GOOD, "--as-of", DAY_AFTER, "--max-age", "0")
    assert (result.returncode, result.stdout) == (5, "")
    assert f"channel default: built {BUILT}, 1 days old as of {DAY_AFTER}, at most 0" in result.stderr


YEARS: dict[str, Any] = {"built_at": "2026-01-01T00:00:00Z", "fresh_until": "2029-01-01T00:00:00Z"}
ALLOWED = [
    ListEntry("npm", "good-one", "^1", "behind a proxy", "2026-06-30"),
    ListEntry("npm", "thief", "*", "we know him"),
]


@pytest.mark.parametrize(
    ("options", "code", "findings", "waived"),
    [
        ((), 1, ["MAL-001"], [{"source": "org: allow", "reason": "behind a proxy", "expires": "2026-06-30"}]),
        (
            ("--as-of", "2026-06-30"),
            1,
            ["MAL-001"],
            [{"source": "org: allow", "reason": "behind a proxy", "expires": "2026-06-30"}],
        ),
        (("--as-of", "2026-07-01"), 1, ["MAL-001", "ADV-001"], []),
        (("--as-of", "2026-06-30", "--max-age", "180"), 1, ["MAL-001"], [{}]),
        (("--as-of", "2026-06-30", "--max-age", "179"), 5, [], []),
        (("--as-of", "2029-01-02"), 5, [], []),
    ],
)
def test_an_allow_list_of_a_pack_holds_until_its_day(
    tmp_path: Path, options: tuple[str, ...], code: int, findings: list[str], waived: list[dict[str, str]]
) -> None:
    (tmp_path / "root.json").write_bytes(signed_root(trust_root(), "root-a", "root-b"))
    (tmp_path / "default.pack").write_bytes(small_pack(**YEARS))
    allow = [("allow", sections.ALLOW, lists.encode_entries(ALLOWED))]
    (tmp_path / "org.pack").write_bytes(small_pack(allow, ["org-a"], channel="org", stats={"allow": 2}, **YEARS))
    (tmp_path / "bom.cdx.json").write_text(
        json.dumps(
            {
                "bomFormat": "CycloneDX",
                "specVersion": "1.6",
                "components": [
                    {"type": "library", "name": "x", "purl": f"pkg:npm/{name}@1.1.0"} for name in ("good-one", "thief")
                ],
            }
        ),
        encoding="utf-8",
    )
    packs = ("--corpus", "default.pack,org.pack", "--trust-root", "root.json", "--store", "store")
    result = assay("check", "bom.cdx.json", "-f", "json", *packs, *options, cwd=tmp_path)
    assert result.returncode == code, result.stderr
    if code == 5:
        assert "E_STALE" in result.stderr
        return
    report = json.loads(result.stdout)
    assert [finding["rule"] for finding in report["findings"]] == findings
    assert len(report["waived"]) == len(waived)
    assert all(said.items() <= each["waiver"].items() for each, said in zip(report["waived"], waived, strict=True))


def test_the_day_holds_in_every_run_of_verify_determinism() -> None:
    result = assay("scan", GOOD, "--as-of", BUILT, "--max-age", "0", "--verify-determinism", "-f", "json")
    assert result.returncode == 0, result.stderr
    assert len(result.stderr.splitlines()) == 3


@pytest.mark.parametrize(
    ("policy", "options", "hidden"),
    [
        ("", {"fail_on": "medium", "min_severity": "critical"}, ("critical", "medium")),
        ("fail_on: low", {"min_severity": "medium"}, ("medium", "low")),
        ("", {"default_fail_on": "high", "min_severity": "critical"}, ("critical", "high")),
        ("", {"fail_on": "medium", "min_severity": "medium"}, None),
        ("", {"fail_on": "medium", "min_severity": "low"}, None),
        ("fail_on: low", {"fail_on": "high", "min_severity": "medium"}, None),
        ("", {"min_severity": "critical"}, None),
    ],
)
def test_what_fails_is_never_hidden(
    tmp_path: Path, policy: str, options: dict[str, Any], hidden: tuple[str, str] | None
) -> None:
    (tmp_path / "policy.yml").write_text(policy, encoding="utf-8")
    settings = Settings(targets=(), config=str(tmp_path / "policy.yml"), **options)
    if hidden is None:
        effective_policy(settings)
        return
    with pytest.raises(UsageError) as refused:
        effective_policy(settings)
    shown, fails = hidden
    assert str(refused.value) == (
        f"--min-severity {shown}: would hide findings that fail, which is from {fails} on; "
        f"give --min-severity {fails} or --fail-on {shown}"
    )


def test_the_limit_of_a_gate_is_refused_at_the_command_line() -> None:
    result = assay("scan", BAD, "--exit-code", "--min-severity", "critical")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize(
    ("command", "options"),
    [("rules", ()), ("corpus list", ()), ("diff", ("a.json", "a.json"))],
)
def test_the_variables_of_reports_are_nothing_to_other_commands(
    tmp_path: Path, command: str, options: tuple[str, ...]
) -> None:
    (tmp_path / "a.json").write_text(write(BUSY), encoding="utf-8")
    env = {"ASSAY_STORE": "store", "ASSAY_FORMAT": "sarif", "ASSAY_OUTPUT": "report.sarif"}
    plain = assay(*command.split(), *options, cwd=tmp_path, env=env)
    assert (plain.returncode, plain.stderr) == (0, "")
    own = f"ASSAY_{command.upper().replace(' ', '_')}_FORMAT"
    asked = assay(*command.split(), *options, cwd=tmp_path, env=env | {own: "json"})
    assert asked.stdout != plain.stdout
    assert json.loads(asked.stdout)
    assert not (tmp_path / "report.sarif").exists()


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(group, click.Group):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from commands(command, (*path, name))


def test_only_reports_go_where_the_variables_of_reports_say() -> None:
    found = {" ".join(path): command for path, command in commands(typer.main.get_command(app))}
    obeying = {
        (path, parameter.envvar)
        for path, command in found.items()
        for parameter in command.params
        if parameter.envvar in ("ASSAY_FORMAT", "ASSAY_OUTPUT")
    }
    assert obeying == {(path, name) for path in ("scan", "check") for name in ("ASSAY_FORMAT", "ASSAY_OUTPUT")}
    (output,) = [parameter for parameter in found["corpus build"].params if parameter.name == "output"]
    assert output.envvar == "ASSAY_CORPUS_BUILD_OUTPUT"
