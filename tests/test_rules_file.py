"""Rules files as the invoker writes them: what they say is read, what they say wrongly is one line."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import jsonschema
import pytest

from assay.rules.catalogue import ALL
from assay.scanner.errors import ParseError, UsageError
from assay.scanner.models import Confidence, Severity
from assay.scanner.rules_file import LOADERS, load_rules, load_schema, parse_rules
from assay.scanner.user_rules import UserRule, When
from tests.command import FIXTURES, ROOT, assay

if TYPE_CHECKING:
    from pathlib import Path

BAD = FIXTURES / "planted" / "npm-v3" / "bad"
PAGE = (ROOT / "docs" / "rules-file.md").read_text(encoding="utf-8")
KNOWN = ("MAL-001", "ADV-001", "STDLIB-001", "STDLIB-002")

EVERYTHING = UserRule(
    When(
        rules=("STDLIB-*", "ADV-001"),
        severities=(Severity.LOW, Severity.INFO),
        confidences=(Confidence.EXACT,),
        triggers=("import",),
        paths=("**/a.py",),
        packages=(("npm", "@acme/*"), ("npm", "left")),
        versions="^1.2 || 3.x",
        messages=("starts",),
        evidence=("one", "two"),
        in_archive=True,
    ),
    severity=Severity.HIGH,
    name="strict",
    reason="we said so",
)
TOML = b"""
[[rules]]
name = "strict"
severity = "HIGH"
reason = "we said so"
[rules.when]
rule = ["STDLIB-*", "ADV-001"]
severity = ["LOW", "info"]
confidence = "EXACT"
trigger = "import"
path = "**/a.py"
package = ["npm:@acme/*", "npm:left"]
versions = "^1.2 || 3.x"
message = "starts"
evidence = ["one", "two"]
in_archive = true
[[rules]]
when = { package = "pypi:Left_Pad*" }
suppress = true
reason = "ours"
[[rules]]
when = { in_archive = false }
describe = "a remark"
"""
YAML = b"""
rules:
  - name: strict
    severity: HIGH
    reason: we said so
    when:
      rule: [STDLIB-*, ADV-001]
      severity: [LOW, info]
      confidence: EXACT
      trigger: import
      path: "**/a.py"
      package: ["npm:@acme/*", "npm:left"]
      versions: ^1.2 || 3.x
      message: starts
      evidence: [one, two]
      in_archive: true
  - {when: {package: pypi:Left_Pad*}, suppress: true, reason: ours}
  - {when: {in_archive: false}, describe: a remark}
"""


@pytest.mark.parametrize(("ending", "data"), [(".toml", TOML), (".yml", YAML), (".yaml", YAML)])
def test_everything_that_can_be_said(ending: str, data: bytes) -> None:
    assert parse_rules(data, LOADERS[ending], KNOWN) == (
        EVERYTHING,
        UserRule(When(packages=(("pypi", "left-pad*"),)), suppress=True, reason="ours"),
        UserRule(When(in_archive=False), describe="a remark"),
    )


def yaml_of(entry: str) -> bytes:
    """Return a file whose second entry is the one given."""
    return f"rules: [{{when: {{rule: '*'}}, describe: x}}, {entry}]".encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file: 'rules' is missing"),
        (b"[]", "the file: not object"),
        (b"rule: []", "the file: unknown key 'rule'; did you mean 'rules'?"),
        (b"rules: {}", "rules: not array"),
        (b"rules: []\nrules: []", "the key 'rules' stands twice"),
        (yaml_of("x"), "rules[1]: not object"),
        (yaml_of("{suppress: true, reason: x}"), "rules[1]: 'when' is missing"),
        (yaml_of("{when: {rule: '*'}, supress: true}"), "rules[1]: unknown key 'supress'; did you mean 'suppress'?"),
        (yaml_of("{when: {rule: '*'}}"), "rules[1]: needs exactly one of severity, suppress and describe"),
        (
            yaml_of("{when: {rule: '*'}, suppress: true, describe: x, reason: x}"),
            "rules[1]: needs exactly one of severity, suppress and describe",
        ),
        (yaml_of("{when: {rule: '*'}, suppress: true}"), "rules[1]: 'reason' is missing"),
        (yaml_of("{when: {rule: '*'}, severity: low}"), "rules[1]: 'reason' is missing"),
        (yaml_of("{when: {rule: '*'}, severity: low, reason: ' '}"), "rules[1].reason: ' ' says nothing"),
        (yaml_of("{when: {rule: '*'}, severity: low, reason: [x]}"), "rules[1].reason: not string"),
        (yaml_of("{when: {rule: '*'}, describe: ''}"), "rules[1].describe: '' says nothing"),
        (
            yaml_of("{when: {rule: '*'}, suppress: false, reason: x}"),
            "rules[1].suppress: False can only be true; remove the entry instead",
        ),
        (yaml_of("{when: {rule: '*'}, suppress: 'true', reason: x}"), "rules[1].suppress: not boolean"),
        (
            yaml_of("{when: {rule: '*'}, severity: hihg, reason: x}"),
            "rules[1].severity: 'hihg' is none of critical, high, medium, low, info; did you mean 'high'?",
        ),
        (
            yaml_of("{when: {}, describe: x}"),
            'rules[1].when: is empty and would mean every finding; say at least rule: "*"',
        ),
        (
            yaml_of("{when: {triger: call}, describe: x}"),
            "rules[1].when: unknown key 'triger'; did you mean 'trigger'?",
        ),
        (
            yaml_of("{when: {trigger: imports}, describe: x}"),
            "rules[1].when.trigger: 'imports' is none of install, startup, import, call, test; did you mean 'import'?",
        ),
        (
            yaml_of("{when: {trigger: [call, 7]}, describe: x}"),
            "rules[1].when.trigger[1]: '7' is none of install, startup, import, call, test",
        ),
        (yaml_of("{when: {trigger: []}, describe: x}"), "rules[1].when.trigger: is an empty list"),
        (yaml_of("{when: {rule: []}, describe: x}"), "rules[1].when.rule: is an empty list"),
        (yaml_of("{when: {message: ''}, describe: x}"), "rules[1].when.message: '' says nothing"),
        (yaml_of("{when: {evidence: [x, '']}, describe: x}"), "rules[1].when.evidence[1]: '' says nothing"),
        (
            yaml_of("{when: {confidence: [exactly]}, describe: x}"),
            "rules[1].when.confidence[0]: 'exactly' is none of exact, high, medium, low; did you mean 'exact'?",
        ),
        (yaml_of("{when: {in_archive: maybe}, describe: x}"), "rules[1].when.in_archive: not boolean"),
        (yaml_of("{when: {path: /tmp/x}, describe: x}"), "rules[1].when.path: '/tmp/x' is not relative to the target"),
        (
            yaml_of("{when: {package: left-pad}, describe: x}"),
            "rules[1].when.package: 'left-pad' is not of the form npm:NAME or pypi:NAME",
        ),
        (yaml_of("{when: {versions: '1'}, describe: x}"), "rules[1].when: 'package' is missing"),
        (
            yaml_of("{when: {package: npm:x, versions: banana}, describe: x}"),
            "rules[1].when.versions: 'banana' is no version range of npm",
        ),
        (
            yaml_of("{when: {package: [npm:x, pypi:x], versions: ^1}, describe: x}"),
            "rules[1].when.versions: '^1' is no version range of pypi",
        ),
        (
            yaml_of("{when: {rule: STDLB-001}, describe: x}"),
            "rules[1].when.rule: 'STDLB-001' is no rule's id; did you mean 'STDLIB-001'?",
        ),
        (
            yaml_of("{when: {rule: [ADV-001, STDLB-*]}, describe: x}"),
            "rules[1].when.rule[1]: 'STDLB-*' is no rule's id; did you mean 'STDLIB-*'?",
        ),
        (
            yaml_of("{when: {rule: mal-001}, describe: x}"),
            "rules[1].when.rule: 'mal-001' is no rule's id; did you mean 'MAL-001'?",
        ),
        (
            yaml_of("{when: {rule: xyzzy}, describe: x}"),
            "rules[1].when.rule: 'xyzzy' is no rule's id; 'assay rules' lists them",
        ),
    ],
)
def test_what_is_wrong_is_named(data: bytes, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_rules(data, LOADERS[".yml"], KNOWN)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[[rules]]\nwhen = { trigger = 1 }\ndescribe = 'x'", "rules[0].when.trigger: 1 is none of install,"),
        (b"[[rules]]\nwhen = { path = 2026-01-01 }\ndescribe = 'x'", "rules[0].when.path: not string"),
        (b"[[rules]]\nwhen = { rule = '*' }\nsuppress = 1\nreason = 'x'", "rules[0].suppress: not boolean"),
        (b"[rules]\nwhen = { rule = '*' }", "rules: not array"),
    ],
)
def test_what_toml_can_say_wrongly(data: bytes, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_rules(data, LOADERS[".toml"], KNOWN)
    assert str(refused.value).startswith(message)


def test_the_first_place_that_is_wrong_is_named() -> None:
    entries = ", ".join(["{when: {rule: '*'}, describe: x}"] * 2 + ["{when: {rule: '*'}}"] * 9)
    with pytest.raises(UsageError, match=r"^rules\[2\]: "):
        parse_rules(f"rules: [{entries}]".encode(), LOADERS[".yml"], KNOWN)


@pytest.mark.parametrize(
    ("ending", "data"),
    [
        (".yml", b"rules: ["),
        (".yml", b"rules: !!python/object:x {}"),
        (".yml", b"[" * 100_000),
        (".yml", b"\xff"),
        (".toml", b"rules: []"),
        (".toml", b"rules = []\nrules = []"),
        (".toml", b"a = " + b"[" * 100_000),
        (".toml", b"\xff"),
    ],
)
def test_what_is_no_toml_or_yaml_is_refused(ending: str, data: bytes) -> None:
    with pytest.raises(ParseError):
        parse_rules(data, LOADERS[ending], KNOWN)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.toml", "gone.toml: No such file or directory; name a readable file with --rules-file"),
        ("rules.json", "rules.json: a rules file ends in .toml, .yml, .yaml"),
        ("rules", "rules: a rules file ends in .toml, .yml, .yaml"),
        ("broken.yml", "broken.yml: not valid YAML near line 3"),
        ("wrong.YAML", "wrong.YAML: rules[0].when.rule: 'ADV-002' is no rule's id; did you mean 'ADV-001'?"),
        ("folder.yml", "folder.yml: Is a directory; name a readable file with --rules-file"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "rules.json").write_text("{}", encoding="utf-8")
    (tmp_path / "broken.yml").write_text("rules:\n  - [", encoding="utf-8")
    (tmp_path / "wrong.YAML").write_text("rules: [{when: {rule: ADV-002}, describe: x}]", encoding="utf-8")
    (tmp_path / "folder.yml").mkdir()
    with pytest.raises(UsageError) as refused:
        load_rules(str(tmp_path / name), KNOWN)
    assert str(refused.value) == f"{tmp_path}/{message}"


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(load_schema())


def example(language: str) -> str:
    (text,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(text)


def test_the_page_shows_what_happens(tmp_path: Path) -> None:
    known = [rule.id for rule in ALL]
    yaml, toml = (
        parse_rules(example(language).encode(), LOADERS[f".{language}"], known) for language in ("yaml", "toml")
    )
    assert len(yaml) == 3
    assert yaml == toml
    (shown,) = re.findall(r"```\n\$ assay (.*?)\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "rules.yml").write_text(example("yaml"), encoding="utf-8")
    shutil.copytree(BAD, tmp_path / "tests/fixtures/planted/npm-v3/bad")
    result = assay(*shown[0].split(), cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, shown[1]), result.stderr


def test_the_page_names_every_key_of_the_schema() -> None:
    entry = load_schema()["$defs"]
    named = set(re.findall(r"`([a-z_]+)(?:: true)?`", PAGE))
    assert named.issuperset(entry["when"]["properties"])
    assert {"severity", "suppress", "describe", "reason"} <= named
