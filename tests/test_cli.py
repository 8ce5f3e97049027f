"""The command line as a user meets it: what is printed, where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from assay.scanner.config import parse_policy
from tests.command import FIXTURES, ROOT, SCRIPT, assay
from tests.formatters.snapshots import assert_same_as_snapshot

if TYPE_CHECKING:
    from pathlib import Path

BAD = FIXTURES / "planted" / "npm-v3" / "bad"
GOOD = FIXTURES / "planted" / "npm-v3" / "good"
SCHEMA = json.loads((ROOT / "formatters" / "report.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("scan", BAD), 0),
        (("scan", GOOD), 0),
        (("scan", BAD, "--exit-code"), 1),
        (("scan", BAD, "--fail-on", "critical"), 1),
        (("scan", BAD, "--fail-on", "LOW"), 1),
        (("scan", GOOD, "--fail-on", "info"), 0),
        (("scan", BAD, "--rules", "DENY-001", "--exit-code"), 0),
        (("scan", BAD, "--rules", "ADV-001,MAL-001", "--exit-code"), 1),
        (("check", BAD), 1),
        (("check", GOOD), 0),
        (("check", BAD, "--fail-on", "critical", "--rules", "TYPO-001"), 0),
        (("version",), 0),
        (("rules",), 0),
        (("explain", "typo-001"), 0),
        (("corpus", "verify"), 0),
        (("corpus", "inspect"), 0),
        (("corpus", "list"), 0),
        (("--help",), 0),
        (("--version",), 0),
        (("scan", "--help"), 0),
        ((), 2),
    ],
)
def test_exit_code(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    result = assay(*arguments, env={"ASSAY_STORE": str(tmp_path)})
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("scan", "nowhere"), 2, "assay: nowhere: no such file or folder; name a project"),
        (("scan", "--format", "yaml"), 2, "assay: --format yaml: choose one of table, json, sarif, cyclonedx"),
        (("scan", "--profile", "loud"), 2, "assay: --profile loud: choose one of default, strict, all"),
        (("scan", "--fail-on", "awful"), 2, "assay: --fail-on awful: choose one of critical, high"),
        (("scan", "--rules", "MAL-999"), 2, "assay: --rules MAL-999: no such rule; 'assay rules' lists them"),
        (("scan", "--config", "gone.yml"), 2, "assay: gone.yml: No such file or directory"),
        (("scan", "--jobs", "many"), 2, "--jobs"),
        (("scan", "--frob"), 2, "No such option: --frob"),
        (("frob",), 2, "No such command 'frob'"),
        (("explain", "MAL-01"), 2, "assay: MAL-01: no such rule; did you mean MAL-001?"),
        (("diff", "gone.json", "gone.json"), 2, "assay: gone.json: No such file or directory"),
        (("scan", "--corpus", "gone.pack"), 5, "assay: E_SOURCE: gone.pack"),
        (("corpus", "verify", "/dev/null"), 5, "assay: E_SOURCE: /dev/null: not a regular file"),
        (("corpus", "import", "gone.pack"), 5, "assay: E_SOURCE: gone.pack"),
        (("corpus", "export", "deadbeefdeadbeef", "x"), 2, "no such pack"),
        (("corpus", "sign", "gone.pack"), 2, "no key; name one with --key"),
        (("scan", "--with-timing"), 2, "assay: --with-timing: only --format json can hold it"),
        (("scan", "--verify-determinism", "--timeout", "9"), 2, "--timeout may stop; leave one of them out"),
    ],
)
def test_every_error_is_one_line(tmp_path: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    result = assay(*arguments, cwd=tmp_path, env={"ASSAY_STORE": str(tmp_path / "store")})
    assert (result.returncode, result.stdout) == (code, "")
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("assay: ")
    assert words in result.stderr


@pytest.mark.parametrize("name", ["bad", "good"])
def test_the_table_in_a_pipe(name: str) -> None:
    text = assay("scan", FIXTURES / "planted" / "npm-v3" / name).stdout
    kept = [line for line in text.splitlines() if not line.startswith("  result ")]
    assert_same_as_snapshot(f"cli-scan-{name}.txt", "\n".join(kept) + "\n")


def test_the_gate_prints_one_line_for_each_reason_to_stop() -> None:
    text = assay("check", "tests/fixtures/planted/npm-v3/bad").stdout
    assert_same_as_snapshot("cli-check-bad.txt", text)
    assert text in (ROOT / "README.md").read_text(encoding="utf-8"), "README.md shows another output"


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.split()) <= 400
    for page in ("README.md", "CONTRIBUTING.md", "docs/corpus.md", "docs/policy.md", "docs/rules-file.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text(encoding="utf-8")):
            assert ((ROOT / page).parent / link).exists(), link


def test_the_policy_page_shows_a_policy_that_is_accepted() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "policy.md").read_text(encoding="utf-8"), re.DOTALL)
    policy = parse_policy(example.encode())
    assert (len(policy.allow), len(policy.deny), len(policy.internal)) == (1, 2, 3)


def test_the_catalogue_and_a_page() -> None:
    assert_same_as_snapshot("cli-rules.txt", assay("rules").stdout)
    assert_same_as_snapshot("cli-explain-MAL-001.txt", assay("explain", "MAL-001").stdout)


def test_the_json_report_fits_its_schema() -> None:
    for target in (BAD, GOOD, FIXTURES / "real" / "uv-fastapi"):
        report = json.loads(assay("scan", target, "-f", "json", "--profile", "all").stdout)
        Draft202012Validator(SCHEMA).validate(report)


def test_the_same_bytes_wherever_and_however_it_is_called(tmp_path: Path) -> None:
    expected = assay("scan", BAD, "-f", "json").stdout
    assert expected == assay("scan", "bad", "-f", "json", cwd=BAD.parent).stdout
    assert expected == assay("scan", "-f", "json", cwd=BAD).stdout
    assert expected == assay("scan", BAD, env={"ASSAY_FORMAT": "json"}).stdout
    assert expected == assay("scan", BAD, "-f", "json", "-j", "3", "-q", "--deterministic-output").stdout
    assay("scan", BAD, "-f", "json", "-o", tmp_path / "report.json")
    assert expected == (tmp_path / "report.json").read_text(encoding="utf-8")
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_link_beside_the_output_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine", encoding="utf-8")
    (tmp_path / "report.json.partial").symlink_to("precious")
    assert assay("scan", GOOD, "-f", "json", "-o", tmp_path / "report.json").returncode == 0
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "mine"
    assert sorted(os.listdir(tmp_path)) == ["precious", "report.json"]


def test_timing_is_not_part_of_the_fingerprint() -> None:
    plain = json.loads(assay("scan", BAD, "-f", "json").stdout)
    timed = json.loads(assay("scan", BAD, "-f", "json", "--with-timing").stdout)
    assert set(timed.pop("run")) == {"seconds", "host", "jobs", "python"}
    assert timed == plain


@pytest.mark.parametrize(
    ("variable", "value", "option"),
    [
        ("ASSAY_FAIL_ON", "low", ("--fail-on", "low")),
        ("ASSAY_PROFILE", "all", ("--profile", "all")),
        ("ASSAY_RULES", "MAL-001", ("--rules", "MAL-001")),
        ("ASSAY_MIN_SEVERITY", "high", ("--min-severity", "high")),
        ("ASSAY_EXCLUDE", "package.json", ("--exclude", "package.json")),
        ("ASSAY_NO_CODE", "1", ("--no-code",)),
    ],
)
def test_an_environment_variable_is_the_option(variable: str, value: str, option: tuple[str, ...]) -> None:
    by_variable = assay("scan", BAD, "-f", "json", env={variable: value})
    by_option = assay("scan", BAD, "-f", "json", *option)
    assert (by_variable.returncode, by_variable.stdout) == (by_option.returncode, by_option.stdout)
    assert by_option.stdout != assay("scan", BAD, "-f", "json").stdout


def denied(text: str) -> list[str]:
    return [finding["purl"] for finding in json.loads(text)["findings"] if finding["rule"] == "DENY-001"]


def test_a_policy_file_of_the_user_counts_and_one_on_the_command_line_beats_it(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "assay"
    folder.mkdir(parents=True)
    (folder / "assay.yml").write_text("deny: [{package: npm:ms, reason: no}]\n", encoding="utf-8")
    (tmp_path / "other.yml").write_text("deny: [{package: npm:through}]\n", encoding="utf-8")
    env = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    assert denied(assay("scan", GOOD, "-f", "json", env=env).stdout) == ["pkg:npm/ms@2.1.3"]
    other = assay("scan", GOOD, "-f", "json", "--config", tmp_path / "other.yml", env=env)
    assert denied(other.stdout) == ["pkg:npm/through@2.3.8"]


@pytest.mark.parametrize(
    ("policy", "arguments", "code"),
    [
        ("profile: default", (), 0),
        ("profile: default", ("--exit-code",), 0),
        ("fail_on: medium", (), 1),
        ("fail_on: medium", ("--exit-code",), 1),
        ("fail_on: medium", ("--fail-on", "high"), 0),
        ("fail_on: critical", ("--fail-on", "medium"), 1),
    ],
)
def test_the_severity_that_fails(tmp_path: Path, policy: str, arguments: tuple[str, ...], code: int) -> None:
    (tmp_path / "assay.yml").write_text(policy, encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("jinja2==2.10\n", encoding="utf-8")
    result = assay("scan", "requirements.txt", "--config", "assay.yml", *arguments, cwd=tmp_path)
    assert result.returncode == code, result.stdout


def test_diff_tells_what_came_and_why(tmp_path: Path) -> None:
    for name in ("good", "bad"):
        assay("scan", FIXTURES / "planted" / "npm-v3" / name, "-f", "json", "-o", tmp_path / f"{name}.json")
    assay("scan", BAD, "-f", "json", "--profile", "strict", "-o", tmp_path / "strict.json")
    same = assay("diff", "bad.json", "bad.json", cwd=tmp_path)
    worse = assay("diff", "good.json", "bad.json", cwd=tmp_path)
    policy = assay("diff", "bad.json", "strict.json", "-f", "json", cwd=tmp_path)
    assert (same.returncode, worse.returncode, policy.returncode) == (0, 1, 1)
    assert "chalk@5.6.1" in worse.stdout
    assert "input" in worse.stdout
    assert [cause["name"] for cause in json.loads(policy.stdout)["causes"]] == ["policy"]


def test_corpus_round_trip(tmp_path: Path) -> None:
    env = {"ASSAY_STORE": str(tmp_path / "store")}
    listed = json.loads(assay("corpus", "list", "-f", "json", env=env).stdout)
    digest = listed[0]["digest"]
    assert assay("corpus", "export", digest, tmp_path / "a.pack.gz", "--gz", env=env).returncode == 0
    assert assay("corpus", "export", digest[:20], tmp_path / "a.pack", env=env).returncode == 0
    assert (tmp_path / "a.pack.gz").stat().st_size < (tmp_path / "a.pack").stat().st_size / 3
    assert assay("corpus", "import", tmp_path / "a.pack.gz", env=env).returncode == 0
    assert assay("corpus", "import", tmp_path / "a.pack", env=env).returncode == 0
    assert [entry["place"] for entry in json.loads(assay("corpus", "list", "-f", "json", env=env).stdout)] == [
        "ships with assay",
        "store",
    ]
    assert assay("corpus", "verify", env=env).stdout.count("ok  ") == 2
    assert assay("corpus", "export", digest, tmp_path / "a.pack", env=env).returncode == 5


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"'{SCRIPT}' scan '{BAD}' -f json 2>&1 | head -c 10"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == ('{"componen', "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(shell: str) -> None:
    result = assay("--show-completion", shell)
    assert result.returncode == 0, result.stderr
    assert "_ASSAY_COMPLETE" in result.stdout
    env = {"_ASSAY_COMPLETE": f"complete_{shell}", "COMP_WORDS": "assay sc", "COMP_CWORD": "1"}
    env |= {"_TYPER_COMPLETE_ARGS": "assay sc", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    assert "scan" in assay(env=env).stdout


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("assay scan --format ", ["table", "json", "sarif", "cyclonedx"]),
        ("assay diff -f ", ["table", "json"]),
        ("assay check --profile s", ["strict"]),
        ("assay scan --fail-on c", ["critical"]),
        ("assay scan --min-severity m", ["medium"]),
        ("assay scan --rules T", ["TYPO-001"]),
        ("assay explain M", ["MAL-001", "MANI-002", "MINE-001"]),
        ("assay corpus in", ["inspect"]),
    ],
)
def test_values_are_completed(words: str, completed: list[str]) -> None:
    env = {"_ASSAY_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    assert assay(env=env).stdout.split() == completed


@pytest.mark.parametrize("arguments", [(), ("scan",), ("check",), ("diff",), ("explain",), ("corpus",), ("version",)])
def test_help_is_plain_text_and_whole(arguments: tuple[str, ...]) -> None:
    text = assay(*arguments, "--help").stdout
    assert text.startswith("Usage: assay")
    assert "\\" not in text
    assert "..." not in text.replace("]...", "").replace("[ARGS]...", "")


@pytest.mark.parametrize(
    ("command", "code", "error"),
    [
        ("{assay} scan {bad} --exit-code | head -c 10 >/dev/null; exit ${{PIPESTATUS[0]}}", 1, ""),
        ("{assay} scan {bad} >&-", 2, "assay: standard output is closed; name a file with --output\n"),
        ("{assay} scan {bad} -o report.txt >&- && test -s report.txt", 0, ""),
        ("{assay} scan {bad} --exit-code >report.txt 2>&-; code=$?; test -s report.txt && exit $code", 1, ""),
        ("{assay} scan nothing 2>&-", 2, ""),
        ("{assay} scan {bad} >/dev/full", 2, "assay: output: No space left on device\n"),
        ("mkdir gone; cd gone; rmdir ../gone; {assay} scan {bad} >/dev/null", 0, ""),
        (
            "mkdir gone; cd gone; rmdir ../gone; {assay} scan .",
            2,
            "assay: .: the current folder is gone; name a full path\n",
        ),
    ],
)
def test_streams_and_folders_that_are_not_there(tmp_path: Path, command: str, code: int, error: str) -> None:
    script = command.format(assay=SCRIPT, bad=BAD)
    result = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (code, "", error)
