"""What entries of a rules file make of findings: questions with near misses, order, and what may not be done."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.models import Confidence, Finding, Location, Severity
from assay.scanner.requirement import admits
from assay.scanner.rulings import EntryName
from assay.scanner.user_rules import Ruled, UserRule, When, apply, matches, name_matches, path_matches
from tests.listed_corpus import component

LEFT = component("npm:left-pad@1.3.0")
SCOPED = component("npm:@acme/tool@2.0.0")
FLASK = component("pypi:flask@2.2.5")
UNPINNED = component("pypi:unpinned")
ODD = component("npm:odd@not-a-version")
COMPONENTS = {each.purl: each for each in (LEFT, SCOPED, FLASK, UNPINNED, ODD)}

BASE = Finding(
    rule="STDLIB-001",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    purl=LEFT.purl,
    message="left-pad starts a process on import",
    location=Location("dist/left-1.0.whl!/left/sub/run.py", 3, 1),
    trigger="import",
    evidence=("subprocess.run", "git describe"),
    fingerprint="f",
)
MALWARE = BASE._replace(rule="MAL-001", severity=Severity.CRITICAL, evidence=("MAL-2022-1036", "it steals"))
DENIED = BASE._replace(rule="DENY-001", severity=Severity.CRITICAL, evidence=("npm:left-pad",))


def ruled(*entries: UserRule, findings: tuple[Finding, ...] = (BASE,)) -> Ruled:
    return apply(entries, findings, COMPONENTS, admits)


def hide(**when: Any) -> UserRule:
    return UserRule(When(**when), suppress=True, reason="seen")


def put(severity: Severity, **when: Any) -> UserRule:
    return UserRule(When(**when), severity=severity, reason="judged")


def remark(text: str, **when: Any) -> UserRule:
    return UserRule(When(**when), describe=text)


@pytest.mark.parametrize(
    ("when", "finding", "holds"),
    [
        ({"rules": ("STDLIB-001",)}, {}, True),
        ({"rules": ("STDLIB-*",)}, {}, True),
        ({"rules": ("MAL-*", "STDLIB-00?")}, {}, True),
        ({"rules": ("STDLIB",)}, {}, False),
        ({"rules": ("TDLIB-*",)}, {}, False),
        ({"severities": (Severity.MEDIUM,)}, {}, True),
        ({"severities": (Severity.HIGH, Severity.LOW)}, {}, False),
        ({"confidences": (Confidence.HIGH,)}, {}, True),
        ({"confidences": (Confidence.EXACT,)}, {}, False),
        ({"triggers": ("import",)}, {}, True),
        ({"triggers": ("install", "startup", "call", "test")}, {}, False),
        ({"triggers": ("import",)}, {"trigger": None}, False),
        ({"paths": ("**/sub/*.py",)}, {}, True),
        ({"paths": ("*/sub/*.py",)}, {}, False),
        ({"paths": ("dist/*.whl!/**",)}, {}, True),
        ({"paths": ("left/**",)}, {}, False),
        ({"paths": ("**",)}, {"location": None}, True),
        ({"paths": ("?*",)}, {"location": None}, False),
        ({"in_archive": True}, {}, True),
        ({"in_archive": False}, {}, False),
        ({"in_archive": False}, {"location": Location("dist/left.whl")}, True),
        ({"in_archive": True}, {"location": Location("dist/left.whl!")}, False),
        ({"messages": ("starts a process",)}, {}, True),
        ({"messages": ("starts a socket", "Starts a process")}, {}, False),
        ({"evidence": ("git desc",)}, {}, True),
        ({"evidence": ("run; git",)}, {}, False),
        ({"evidence": ("git",)}, {"evidence": ()}, False),
        ({"packages": (("npm", "left-pad"),)}, {}, True),
        ({"packages": (("pypi", "left-pad"),)}, {}, False),
        ({"packages": (("npm", "left"),)}, {}, False),
        ({"packages": (("npm", "@acme/*"),)}, {"purl": SCOPED.purl}, True),
        ({"packages": (("npm", "@acm/*"),)}, {"purl": SCOPED.purl}, False),
        ({"packages": (("npm", "*"),)}, {"purl": "pkg:generic/shop"}, False),
        ({"packages": (("npm", "left-pad"),), "versions": "^1.2"}, {}, True),
        ({"packages": (("npm", "left-pad"),), "versions": "^2"}, {}, False),
        ({"packages": (("pypi", "flask"),), "versions": ">=2,<3"}, {"purl": FLASK.purl}, True),
        ({"packages": (("pypi", "flask"),), "versions": ">=3"}, {"purl": FLASK.purl}, False),
        ({"packages": (("pypi", "unpinned"),), "versions": ">=0"}, {"purl": UNPINNED.purl}, False),
        ({"packages": (("pypi", "unpinned"),)}, {"purl": UNPINNED.purl}, True),
        ({"packages": (("npm", "odd"),), "versions": ">=0"}, {"purl": ODD.purl}, False),
        ({"rules": ("STDLIB-*",), "triggers": ("import",), "paths": ("**/*.py",)}, {}, True),
        ({"rules": ("STDLIB-*",), "triggers": ("call",), "paths": ("**/*.py",)}, {}, False),
    ],
)
def test_when(when: dict[str, Any], finding: dict[str, Any], holds: bool) -> None:
    asked = BASE._replace(**finding)
    assert matches(When(**when), asked, COMPONENTS.get(asked.purl), admits) is holds


@pytest.mark.parametrize(
    ("glob", "path", "covers"),
    [
        ("setup.py", "setup.py", True),
        ("setup.py", "sub/setup.py", False),
        ("**/setup.py", "setup.py", True),
        ("**/setup.py", "a/b/setup.py", True),
        ("**/setup.py", "a/b/xsetup.py", False),
        ("tests/**", "tests/a/b.py", True),
        ("tests/**", "tests", True),
        ("tests/**", "test/a.py", False),
        ("tests/*", "tests/a/b.py", False),
        ("a/**/b/*.py", "a/b/c.py", True),
        ("a/**/b/*.py", "a/x/y/b/c.py", True),
        ("a/**/b/*.py", "a/x/y/c.py", False),
        ("a/**/**/b", "a/b", True),
        ("**", "", True),
        ("a/?.py", "a/bc.py", False),
        ("a/[b].py", "a/b.py", False),
        ("a/[b].py", "a/[b].py", True),
        ("A/b.py", "a/b.py", False),
        ("a**b", "axxb", True),
        ("a**b", "a/b", False),
    ],
)
def test_paths(glob: str, path: str, covers: bool) -> None:
    assert path_matches(glob, path) is covers


@given(st.text("ab*?-", max_size=8), st.text("ab-", max_size=10))
def test_a_glob_of_names_is_that_of_the_standard_library(glob: str, text: str) -> None:
    assert name_matches(glob, text) is (re.match(fnmatch.translate(glob), text) is not None)


def test_a_hostile_path_takes_no_long_search() -> None:
    assert not name_matches("*a" * 30 + "b", "a" * 5000)
    assert not path_matches("**/a/" * 30 + "b", "a/" * 2000 + "c")


@pytest.mark.parametrize(
    ("entries", "severity", "note", "hidden_by"),
    [
        ((), "medium", "", ""),
        ((put(Severity.LOW), put(Severity.HIGH)), "low", "", ""),
        ((put(Severity.HIGH, rules=("MAL-*",)), put(Severity.INFO)), "info", "", ""),
        ((remark("one"), remark("two")), "medium", "one", ""),
        ((hide(rules=("X-001",)), hide(), hide()), "medium", "", "rules[1]"),
        ((remark("one"), hide(), put(Severity.HIGH)), "high", "one", "rules[1]"),
    ],
)
def test_the_first_entry_of_each_action_wins(
    entries: tuple[UserRule, ...], severity: str, note: str, hidden_by: str
) -> None:
    result = ruled(*entries)
    finding = result.suppressed[0].finding if hidden_by else result.findings[0]
    assert (len(result.findings), len(result.suppressed)) == ((0, 1) if hidden_by else (1, 0))
    assert finding.severity == severity
    assert (finding.note.text if finding.note else "") == note
    if hidden_by:
        assert result.suppressed[0].by == EntryName(hidden_by, "", "seen")


def test_what_the_rule_gave_stays_visible() -> None:
    (finding,) = ruled(remark("x", rules=("NO",)), put(Severity.LOW)._replace(name="calm")).findings
    assert finding.adjusted is not None
    assert (finding.adjusted.severity, finding.adjusted.by) == ("medium", EntryName("rules[1]", "calm", "judged"))
    assert finding.adjusted.by.label == "rules[1] (calm)"
    assert finding._replace(severity=Severity.MEDIUM, adjusted=None) == BASE


def test_the_severity_that_it_has_is_no_change() -> None:
    (finding,) = ruled(put(Severity.MEDIUM), put(Severity.LOW)).findings
    assert finding == BASE


@pytest.mark.parametrize(
    ("finding", "entry", "done"),
    [
        (MALWARE, hide(), False),
        (MALWARE, hide(rules=("MAL-001",)), False),
        (MALWARE, hide(packages=(("npm", "left-pad"),)), False),
        (MALWARE, hide(messages=("left-pad",)), False),
        (MALWARE, hide(evidence=("MAL-",)), False),
        (MALWARE, hide(evidence=("MAL-2022-103",)), False),
        (MALWARE, hide(evidence=("it steals",)), False),
        (MALWARE, hide(evidence=("MAL-", "not MAL-2022-1036")), False),
        (MALWARE, hide(evidence=("MAL-2022-1036",)), True),
        (MALWARE, hide(evidence=("MAL-2021-1", "MAL-2022-1036")), True),
        (MALWARE, put(Severity.HIGH, rules=("MAL-001",)), False),
        (MALWARE, put(Severity.HIGH, evidence=("MAL-2022-1036",)), True),
        (MALWARE._replace(severity=Severity.INFO), put(Severity.HIGH), True),
        (MALWARE._replace(evidence=()), hide(), False),
        (MALWARE, remark("incident 4711"), True),
        (DENIED, hide(), False),
        (DENIED, hide(rules=("DENY-001",), evidence=("npm:left-pad",)), False),
        (DENIED, put(Severity.HIGH), False),
        (DENIED, remark("ask legal"), True),
        (BASE, hide(), True),
    ],
)
def test_malware_is_touched_by_its_name_alone_and_a_denial_never(finding: Finding, entry: UserRule, done: bool) -> None:
    result = ruled(entry, findings=(finding,))
    assert (result.findings != (finding,)) is done
    assert [name.place for name in result.use.refused] == ([] if done else ["rules[0]"])
    assert result.use.unused == ()


def test_an_entry_that_may_not_does_not_stand_before_one_that_may() -> None:
    (hidden,) = ruled(hide(), hide(evidence=("MAL-2022-1036",)), findings=(MALWARE,)).suppressed
    assert hidden.by.place == "rules[1]"


def test_entries_that_no_finding_met_are_told() -> None:
    entries = (hide(rules=("X-001",)), hide(), remark("x", triggers=("call",)), hide(), hide(evidence=("MAL-",)))
    use = ruled(*entries, findings=(BASE, MALWARE)).use
    assert [name.place for name in use.unused] == ["rules[0]", "rules[2]"]
    assert [name.place for name in use.refused] == ["rules[1]", "rules[3]", "rules[4]"]
    assert use.entries == 5


WHENS = st.builds(
    When,
    rules=st.sampled_from([(), ("*",), ("MAL-*",), ("STDLIB-001", "DENY-001")]),
    severities=st.sampled_from([(), (Severity.MEDIUM,), (Severity.CRITICAL, Severity.LOW)]),
    triggers=st.sampled_from([(), ("import",), ("call",)]),
    paths=st.sampled_from([(), ("**/*.py",), ("lock",)]),
    packages=st.sampled_from([(), (("npm", "*"),), (("pypi", "f*"),)]),
    evidence=st.sampled_from([(), ("MAL-2022-1036",), ("git",)]),
    in_archive=st.sampled_from([None, True, False]),
)
ENTRIES = st.one_of(
    st.builds(UserRule, WHENS, severity=st.sampled_from(Severity), reason=st.just("r")),
    st.builds(UserRule, WHENS, suppress=st.just(True), reason=st.just("r")),
    st.builds(UserRule, WHENS, describe=st.just("d")),
)
FINDINGS = st.builds(
    Finding._replace,
    st.sampled_from([BASE, MALWARE, DENIED]),
    severity=st.sampled_from(Severity),
    purl=st.sampled_from([*COMPONENTS, "pkg:generic/shop"]),
    trigger=st.sampled_from([None, "import", "call"]),
    location=st.sampled_from([None, Location("lock", 1), BASE.location]),
    fingerprint=st.text("01", max_size=3),
)


def given_by_rule(finding: Finding) -> Finding:
    """Return a finding as it was before an entry did anything to it."""
    severity = finding.adjusted.severity if finding.adjusted else finding.severity
    return finding._replace(severity=severity, adjusted=None, note=None)


@given(st.lists(ENTRIES, max_size=5), st.lists(FINDINGS, max_size=6))
def test_no_finding_is_ever_lost(entries: list[UserRule], findings: list[Finding]) -> None:
    result = apply(entries, findings, COMPONENTS, admits)
    after = [*result.findings, *(each.finding for each in result.suppressed)]
    assert Counter(map(given_by_rule, after)) == Counter(findings)
    assert all(each.by.reason for each in result.suppressed)
    named = any("MAL-2022-1036" in entry.when.evidence for entry in entries)
    for finding in after:
        before = given_by_rule(finding)
        if before.rule == "DENY-001" or (before.rule == "MAL-001" and not named):
            assert finding in result.findings
            assert finding.severity.at_least(before.severity)
