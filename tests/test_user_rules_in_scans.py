"""A whole scan with entries of a rules file: what counts, what is shown, the exit code, the digest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from assay.rules.catalogue import ALL
from assay.scanner.engine import order, scan
from assay.scanner.guards import Context, enforce
from assay.scanner.knowledge import AdvisoryKind
from assay.scanner.models import FileDigest, Inventory, Report, Severity, Tool
from assay.scanner.policy import ListedPackage, Policy, exit_code
from assay.scanner.requirement import admits
from tests.listed_corpus import ListedCorpus, advisory, component, match
from tests.test_user_rules import hide, put, remark

if TYPE_CHECKING:
    from assay.scanner.models import Component
    from assay.scanner.user_rules import UserRule

EVIL = match(advisory("MAL-2026-1", kind=AdvisoryKind.MALWARE, whole=True))
CORPUS = ListedCorpus(
    matches={
        ("npm", "evil", "1.0.0"): (EVIL,),
        ("npm", "holey", "1.0.0"): (
            match(advisory("GHSA-high", severity=Severity.HIGH)),
            match(advisory("GHSA-low", severity=Severity.LOW)),
        ),
    },
    ranks={"npm": {"lodash": 1}, "pypi": {"requests": 1}},
)
SCANNED = ("npm:evil@1.0.0", "npm:holey@1.0.0", "pypi:request@1")


def run(*entries: UserRule, names: tuple[str, ...] = SCANNED, with_file: bool = True, **policy: Any) -> Report:
    components: list[Component] = sorted((component(name) for name in names), key=lambda item: item.purl)
    inventory = Inventory("lockfile", ".", (FileDigest("lock", "ab" * 32, 10),), tuple(components))
    used = Policy(user_rules=entries if with_file else None, **policy)
    report = scan(inventory, CORPUS, ALL, tool=Tool("0", "sha256:0"), policy=used, admits=admits)
    enforce(report, Context(inventory, CORPUS.packs(), ()))
    return report


def said(report: Report) -> list[tuple[str, str]]:
    return [(finding.severity.value, finding.evidence[0]) for finding in report.findings]


PLAIN = [("critical", "MAL-2026-1"), ("high", "GHSA-high"), ("medium", "request ~ requests"), ("low", "GHSA-low")]


@pytest.mark.parametrize(
    ("entries", "policy", "findings", "suppressed"),
    [
        ((), {}, PLAIN, 0),
        ((hide(rules=("ADV-001",)),), {}, [PLAIN[0], PLAIN[2]], 2),
        ((hide(),), {}, [PLAIN[0]], 3),
        ((hide(evidence=("MAL-2026-1",)),), {}, PLAIN[1:], 1),
        (
            (put(Severity.INFO, evidence=("GHSA-high",)), put(Severity.CRITICAL, evidence=("GHSA-low",))),
            {},
            [("critical", "GHSA-low"), PLAIN[0], PLAIN[2], ("info", "GHSA-high")],
            0,
        ),
        ((), {"min_severity": Severity.HIGH}, PLAIN[:2], 0),
        (
            (put(Severity.LOW, evidence=("GHSA-high",)),),
            {"min_severity": Severity.HIGH},
            [PLAIN[0], ("low", "GHSA-high")],
            0,
        ),
        (
            (put(Severity.HIGH, evidence=("GHSA-low",)),),
            {"min_severity": Severity.HIGH},
            [PLAIN[0], PLAIN[1], ("high", "GHSA-low")],
            0,
        ),
        ((put(Severity.MEDIUM, evidence=("GHSA-low",)),), {"min_severity": Severity.HIGH}, PLAIN[:2], 0),
        ((hide(evidence=("GHSA-low",)),), {"min_severity": Severity.HIGH}, PLAIN[:2], 0),
        ((hide(),), {"deny": (ListedPackage("npm", "holey"),)}, [("critical", "npm:holey *"), PLAIN[0]], 3),
        ((hide(rules=("ADV-001",)),), {"allow": (ListedPackage("npm", "holey"),)}, [PLAIN[0], PLAIN[2]], 0),
    ],
)
def test_a_scan_with_a_rules_file(
    entries: tuple[UserRule, ...], policy: dict[str, Any], findings: list[tuple[str, str]], suppressed: int
) -> None:
    report = run(*entries, **policy)
    assert said(report) == findings
    assert len(report.suppressed) == suppressed
    assert list(report.findings) == sorted(report.findings, key=order)
    assert {verdict.purl for verdict in report.verdicts} == {finding.purl for finding in report.findings}


@pytest.mark.parametrize(
    ("name", "entries", "policy", "findings"),
    [
        ("npm:lodahs@1.0.0", (), {}, []),
        ("npm:lodahs@1.0.0", (put(Severity.HIGH, rules=("TYPO-*",)),), {}, [("high", "lodahs ~ lodash")]),
        ("npm:lodahs@1.0.0", (put(Severity.HIGH, severities=(Severity.MEDIUM,)),), {}, []),
        ("npm:lodahs@1.0.0", (put(Severity.HIGH, rules=("ADV-*",)),), {}, []),
        ("npm:lodahs@1.0.0", (put(Severity.HIGH, packages=(("npm", "other"),)),), {}, []),
        ("npm:lodahs@1.0.0", (put(Severity.LOW), put(Severity.HIGH)), {}, []),
        ("npm:lodahs@1.0.0", (put(Severity.HIGH, severities=(Severity.LOW,)),), {}, [("high", "lodahs ~ lodash")]),
        ("npm:lodahs@1.0.0", (hide(rules=("TYPO-*",)),), {}, []),
        ("npm:lodahs@1.0.0", (put(Severity.MEDIUM),), {"min_severity": Severity.HIGH}, []),
    ],
)
def test_what_the_profile_leaves_out_can_be_raised(
    name: str, entries: tuple[UserRule, ...], policy: dict[str, Any], findings: list[tuple[str, str]]
) -> None:
    report = run(*entries, names=(name,), **policy)
    assert said(report) == findings
    assert report.suppressed == ()


def test_the_exit_code_follows_what_counts() -> None:
    policy = Policy(fail_on=Severity.HIGH)
    holey = ("npm:holey@1.0.0",)
    assert exit_code(run(names=holey), policy) == 1
    assert exit_code(run(hide(evidence=("GHSA-high",)), names=holey), policy) == 0
    assert exit_code(run(put(Severity.MEDIUM, evidence=("GHSA-high",)), names=holey), policy) == 0
    assert exit_code(run(put(Severity.HIGH, evidence=("GHSA-low",)), names=holey), policy) == 1


def test_without_a_file_nothing_is_said_of_one() -> None:
    assert run(with_file=False).user_rules is None
    use = run().user_rules
    assert use is not None
    assert use.entries == 0


def test_fingerprints_of_findings_stay_and_the_policy_digest_changes() -> None:
    plain, changed = run(), run(put(Severity.LOW, evidence=("GHSA-high",)), remark("x", rules=("ADV-001",)))
    assert {each.fingerprint for each in plain.findings} == {each.fingerprint for each in changed.findings}
    entries = [
        (),
        (hide(),),
        (hide(), hide()),
        (remark("x"),),
        (remark("y"),),
        (put(Severity.LOW),),
        (put(Severity.HIGH),),
        (put(Severity.HIGH)._replace(reason="other"),),
        (put(Severity.HIGH)._replace(name="named"),),
        (remark("x", paths=("a",)),),
        (remark("x", messages=("a",)),),
    ]
    assert len({Policy(user_rules=some).digest() for some in (None, *entries)}) == len(entries) + 1
