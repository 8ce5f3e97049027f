"""What a rules file did, as the reports, the gate, a comparison and standard error tell it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tests.command import FIXTURES, ROOT, assay

if TYPE_CHECKING:
    from pathlib import Path

BAD = FIXTURES / "planted" / "npm-v3" / "bad"
SCHEMA = json.loads((ROOT / "formatters" / "report.schema.json").read_text(encoding="utf-8"))
REFUSED = "malware not named in when.evidence, or a denied package, is not hidden or lowered by"
WRITTEN = {
    "yml": "# a comment\nrules: [{when: {rule: ADV-*}, severity: LOW, reason: x}]",
    "toml": "[[rules]]\nwhen = { rule = 'ADV-*' }\nseverity = 'low'\nreason = 'x'",
}
RULES = """
rules:
  - {name: low ones, when: {package: npm:lodash, severity: low}, suppress: true, reason: known}
  - {when: {rule: IOC-001, package: npm:chalk}, severity: low, reason: a clean copy}
  - {when: {rule: ADV-001, package: npm:lodash}, describe: see the wiki}
  - {name: blanket, when: {rule: MAL-*}, suppress: true, reason: noise}
  - {name: idle, when: {trigger: startup}, describe: never}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yml"
    path.write_text(RULES, encoding="utf-8")
    return path


def report_of(*arguments: str | Path, **surroundings: Any) -> dict[str, Any]:
    result = assay("scan", *arguments, "-f", "json", **surroundings)
    assert result.returncode == 0, result.stderr
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def test_the_json_report_tells_what_was_done(rules: Path) -> None:
    plain, report = report_of(BAD), report_of(BAD, "--rules-file", rules)
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    (hidden,) = report["suppressed"]
    assert hidden["suppression"] == {"entry": "rules[0]", "name": "low ones", "reason": "known"}
    assert (hidden["rule"], hidden["severity"], hidden["purl"]) == ("ADV-001", "low", "pkg:npm/lodash@4.17.4")
    (lowered,) = [finding for finding in report["findings"] if "adjusted" in finding]
    assert lowered["adjusted"] == {"severity": "critical", "entry": "rules[1]", "reason": "a clean copy"}
    assert (lowered["severity"], lowered["purl"]) == ("low", "pkg:npm/chalk@5.6.1")
    (noted,) = [finding for finding in report["findings"] if "note" in finding]
    assert noted["note"] == {"text": "see the wiki", "entry": "rules[2]"}
    assert report["user_rules"] == {
        "entries": 5,
        "suppressed": 1,
        "adjusted": 1,
        "noted": 1,
        "unused": [{"entry": "rules[4]", "name": "idle"}],
        "refused": [{"entry": "rules[3]", "name": "blanket", "reason": "noise"}],
    }
    assert sum(plain["summary"].values()) == sum(report["summary"].values()) + 1
    assert plain["policy"] != report["policy"]
    assert (plain["suppressed"], "user_rules" in plain) == ([], False)


def test_the_table_tells_what_was_done(rules: Path) -> None:
    result = assay("scan", BAD, "--verbose", env={"ASSAY_RULES_FILE": str(rules)})
    for line in (
        "  adjusted  critical before rules[1]: a clean copy",
        "  note      see the wiki (rules[2])",
        "Suppressed: 1 finding",
        "- low ADV-001 lodash@4.17.4: known (rules[0] (low ones))",
    ):
        assert line in result.stdout.splitlines()
    assert [line for line in result.stderr.splitlines() if "rules.yml" in line] == [
        f"{rules}: no finding met rules[4] (idle)",
        f"{rules}: {REFUSED} rules[3] (blanket)",
    ]
    assert "rules.yml" not in assay("scan", BAD, "--rules-file", rules).stderr


def test_sarif_and_cyclonedx_tell_what_was_done(rules: Path) -> None:
    (run,) = json.loads(assay("scan", BAD, "--rules-file", rules, "-f", "sarif").stdout)["runs"]
    (hidden,) = [result for result in run["results"] if "suppressions" in result]
    assert hidden["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "rules[0] (low ones): known"}
    ]
    assert run["properties"]["suppressed"] == 1
    said = [result["properties"] for result in run["results"]]
    assert [each["adjusted"] for each in said if "adjusted" in each] == ["critical before rules[1]: a clean copy"]
    assert {each["note"] for each in said if "note" in each} == {"rules[2]: see the wiki"}
    bom = json.loads(assay("scan", BAD, "--rules-file", rules, "-f", "cyclonedx").stdout)
    details = [each["analysis"].get("detail") for each in bom["vulnerabilities"]]
    assert [detail for detail in details if detail] == ["suppressed by rules[0] (low ones): known"]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("{when: {rule: '*'}, describe: x}", 1),
        ("{when: {rule: '*'}, suppress: true, reason: x}", 1),
        ("{when: {rule: '*', evidence: [MAL-2022-1036, '']}, suppress: true, reason: x}", 2),
        ("{when: {evidence: MAL-2022-1036}, suppress: true, reason: x}", 1),
    ],
)
def test_the_gate_with_one_entry(tmp_path: Path, entry: str, code: int) -> None:
    (tmp_path / "rules.yml").write_text(f"rules: [{entry}]", encoding="utf-8")
    assert assay("check", BAD, "--rules-file", tmp_path / "rules.yml").returncode == code


def test_the_gate_passes_once_all_is_suppressed_by_name(tmp_path: Path) -> None:
    entries = (
        "{when: {rule: '*'}, suppress: true, reason: x}, {when: {evidence: MAL-2022-1036}, suppress: true, reason: y}"
    )
    (tmp_path / "rules.yml").write_text(f"rules: [{entries}]", encoding="utf-8")
    result = assay("check", BAD, "--rules-file", tmp_path / "rules.yml")
    assert (result.returncode, result.stdout.splitlines()[-1]) == (
        0,
        "Passed: nothing at or above high in 19 components from 2 files; 6 suppressed.",
    )


@pytest.mark.parametrize("command", ["scan", "check"])
def test_a_bad_file_is_one_line_and_no_report(tmp_path: Path, command: str) -> None:
    (tmp_path / "rules.yml").write_text("rules: [{when: {triger: call}, describe: x}]", encoding="utf-8")
    result = assay(command, BAD, "--rules-file", "rules.yml", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "assay: rules.yml: rules[0].when: unknown key 'triger'; did you mean 'trigger'?\n"


def test_a_file_in_the_target_counts_only_if_it_is_named(tmp_path: Path, rules: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(BAD, project)
    for name in ("rules.yml", "rules.toml", "assay-rules.yml", ".assay/rules.yml"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(RULES, encoding="utf-8")
    assert report_of(".", cwd=project)["policy"] == report_of(BAD)["policy"]
    inside = report_of(".", "--rules-file", "rules.yml", cwd=project)
    outside = report_of(".", "--rules-file", rules, cwd=project)
    assert inside == outside
    assert len(inside["suppressed"]) == 1


def test_the_same_entries_are_the_same_policy_in_either_language(tmp_path: Path) -> None:
    digests = set()
    for ending, text in WRITTEN.items():
        path = tmp_path / f"rules.{ending}"
        path.write_text(text, encoding="utf-8")
        digests.add(report_of(BAD, "--rules-file", path)["policy"])
    assert len(digests) == 1


def test_determinism_holds_with_a_rules_file(rules: Path) -> None:
    result = assay("scan", BAD, "--rules-file", "rules.yml", "--verify-determinism", "-f", "json", cwd=rules.parent)
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)["suppressed"]) == 1
    digests = {word for line in result.stderr.splitlines() for word in line.split() if word.startswith("sha256:")}
    assert len(digests) == 1


def test_a_comparison_tells_of_suppression(tmp_path: Path, rules: Path) -> None:
    for name, options in (("a.json", ()), ("b.json", ("--rules-file", rules))):
        assert assay("scan", BAD, "-f", "json", "-o", tmp_path / name, *options).returncode == 0
    result = assay("diff", "a.json", "b.json", cwd=tmp_path)
    assert result.returncode == 1
    assert "~ LOW ADV-001 lodash@4.17.4 (suppressed)" in result.stdout
    assert "severity critical -> low" in result.stdout
    old = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    del old["suppressed"]
    (tmp_path / "old.json").write_text(json.dumps(old), encoding="utf-8")
    assert assay("diff", "old.json", "b.json", cwd=tmp_path).returncode == 1
    (tmp_path / "old.json").write_text(json.dumps(old | {"suppressed": [1]}), encoding="utf-8")
    assert assay("diff", "old.json", "b.json", cwd=tmp_path).returncode == 2
