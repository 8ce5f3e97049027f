"""The engine on inventories made by hand: chains, fingerprints, order, policy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from assay.rules.catalogue import ALL
from assay.scanner.engine import scan, shortest_chains, target_digest
from assay.scanner.knowledge import AdvisoryKind, Denial, Freshness, Indicator, IndicatorKind
from assay.scanner.models import (
    Component,
    FileDigest,
    Gap,
    Inventory,
    Location,
    Report,
    Severity,
    Source,
    Tool,
)
from assay.scanner.policy import ListedPackage, Policy, exit_code
from assay.scanner.requirement import admits
from assay.scanner.rulings import Waiver
from tests.listed_corpus import ListedCorpus, advisory, component, match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Ecosystem, Finding

DEFAULT = Policy()
TOOL = Tool("0", "sha256:0")
LOCK = FileDigest("lock", "ab" * 32, 10)
EVIL = match(advisory("MAL-1", kind=AdvisoryKind.MALWARE, whole=True))
HIGH = match(advisory("GHSA-high", severity=Severity.HIGH), fixed="2.0.0")
LOW = match(advisory("GHSA-low", severity=Severity.LOW))
CORPUS = ListedCorpus(
    matches={
        ("npm", "evil", "1.0.0"): (EVIL,),
        ("npm", "evil", None): (EVIL,),
        ("npm", "holey", "1.0.0"): (HIGH, LOW),
        ("npm", "holey", "1.1.0"): (HIGH, LOW),
        ("npm", "b", "1.0.0"): (HIGH,),
    },
    listed={
        ("npm", "hijacked", "1.0.0"): (
            Indicator(IndicatorKind.PACKAGE, "npm:hijacked", "1.0.0", "list", "", "default"),
        )
    },
    ranks={"pypi": {"requests": 1, "jellyfish": 2_000}},
)


def inventory(*components: Component, gaps: tuple[Gap, ...] = ()) -> Inventory:
    return Inventory("lockfile", ".", (LOCK,), tuple(sorted(components, key=lambda item: item.purl)), gaps=gaps)


def run(*components: Component, policy: Policy = DEFAULT, gaps: tuple[Gap, ...] = ()) -> Report:
    return scan(inventory(*components, gaps=gaps), CORPUS, ALL, tool=TOOL, policy=policy, admits=admits)


def graph(*edges: str, direct: tuple[str, ...] = ("a",)) -> list[Component]:
    """``a>b`` says that a requires b."""
    names = sorted({name for edge in edges for name in edge.split(">")})
    purls = {name: component(f"npm:{name}@1.0.0").purl for name in names}
    return [
        component(
            f"npm:{name}@1.0.0",
            direct=name in direct,
            requires=tuple(sorted(purls[edge.split(">")[1]] for edge in edges if edge.startswith(f"{name}>"))),
        )
        for name in names
    ]


@pytest.mark.parametrize(
    ("edges", "direct", "chain"),
    [
        (("a>b",), ("a",), "a b"),
        (("a>b",), ("b",), "b"),
        (("a>c", "c>b", "a>d", "d>e", "e>b"), ("a",), "a c b"),
        (("a>d", "d>b", "a>c", "c>b"), ("a",), "a c b"),
        (("a>c", "c>a", "c>b", "b>c"), ("a",), "a c b"),
        (("a>b", "z>b"), ("a", "z"), "a b"),
        (("z>y", "y>b", "a>x", "x>w", "w>b"), ("a", "z"), "z y b"),
        (("c>b", "b>c"), (), "b"),
    ],
)
def test_the_shortest_chain(edges: tuple[str, ...], direct: tuple[str, ...], chain: str) -> None:
    report = run(*graph(*edges, direct=direct))
    (finding,) = report.findings
    assert [purl.removeprefix("pkg:npm/").removesuffix("@1.0.0") for purl in finding.via] == chain.split()


def test_a_chain_of_ten_thousand_is_no_recursion() -> None:
    end = "pkg:npm/z@1.0.0"
    purls = [f"pkg:npm/n{number:05}@1.0.0" for number in range(10_000)]
    after = [*purls[1:], end]
    line = [
        component("npm:n@1.0.0")._replace(purl=purls[n], requires=(after[n],), direct=n == 0) for n in range(10_000)
    ]
    chains = shortest_chains([*line, component("npm:z@1.0.0", direct=False)], [end])
    assert chains == {end: (*purls, end)}


def test_findings_stand_worst_first() -> None:
    report = run(component("npm:holey@1.0.0"), component("npm:evil@1.0.0"), component("pypi:request@1"))
    assert [(finding.severity, finding.rule) for finding in report.findings] == [
        ("critical", "MAL-001"),
        ("high", "ADV-001"),
        ("medium", "TYPO-001"),
        ("low", "ADV-001"),
    ]
    assert [(verdict.purl, verdict.score, verdict.outcome) for verdict in report.verdicts] == [
        ("pkg:npm/evil@1.0.0", 0.9, "BLOCKED"),
        ("pkg:npm/holey@1.0.0", 0.7, "BLOCKED"),
        ("pkg:pypi/request@1", 0.5, "WARNED"),
    ]


class TestFindingFingerprint:
    def test_survives_a_version_bump_and_a_moved_line(self) -> None:
        before = component("npm:holey@1.0.0")
        after = component("npm:holey@1.1.0")._replace(locations=(Location("lock", 99),))
        assert fingerprints(run(before)) == fingerprints(run(after))

    def test_survives_a_versioned_folder(self) -> None:
        before = component("npm:holey@1.0.0")._replace(locations=(Location("node_modules/.pnpm/holey@1.0.0/x", 1),))
        after = component("npm:holey@1.1.0")._replace(locations=(Location("node_modules/.pnpm/holey@1.1.0/x", 1),))
        assert fingerprints(run(before)) == fingerprints(run(after))

    def test_does_not_ask_the_interpreter_which_characters_are_letters(self) -> None:
        before, after = (
            component(f"npm:holey@{version}")._replace(
                locations=(Location(f"node_modules/\U0001e030{version}/x", 1),)
            )  # a letter since Unicode 15, which Python 3.11 does not know
            for version in ("1.0.0", "1.1.0")
        )
        assert fingerprints(run(before)) == fingerprints(run(after))

    def test_tells_two_defects_two_versions_and_two_packages_apart(self) -> None:
        report = run(component("npm:holey@1.0.0"), component("npm:holey@1.1.0"), component("npm:b@1.0.0"))
        assert len(fingerprints(report)) == len(report.findings) == 5


def fingerprints(report: Report) -> set[str]:
    return {finding.fingerprint for finding in report.findings}


@pytest.mark.parametrize(
    ("policy", "text", "severities"),
    [
        (Policy(), "pypi:jellyfishh@1", []),
        (Policy(profile="strict"), "pypi:jellyfishh@1", ["low"]),
        (Policy(profile="all"), "pypi:jellyfishh@1", ["low"]),
        (Policy(profile="all", min_severity=Severity.MEDIUM), "pypi:jellyfishh@1", []),
        (Policy(min_severity=Severity.HIGH), "npm:holey@1.0.0", ["high"]),
        (Policy(internal=(("pypi", "request"),)), "pypi:request@1", []),
        (Policy(internal=(("pypi", "req*"),)), "pypi:request@1", []),
        (Policy(internal=(("npm", "req*"),)), "pypi:request@1", ["medium"]),
        (Policy(deny=(ListedPackage("npm", "ok"),)), "npm:ok@1.0.0", ["critical"]),
        (Policy(deny=(ListedPackage("npm", "ok", "<1"),)), "npm:ok@1.0.0", []),
        (Policy(deny=(ListedPackage("npm", "ok", "<2"),)), "npm:ok@2.0.0-rc.1", []),
        (Policy(deny=(ListedPackage("npm", "ok", "^1"),)), "npm:ok@1.5.0-rc.1", ["critical"]),
        (Policy(deny=(ListedPackage("npm", "ok", "<1"),)), "npm:ok@nonsense", ["critical"]),
        (Policy(deny=(ListedPackage("pypi", "ok", "<2"),)), "pypi:ok@2.0rc1", []),
        (Policy(deny=(ListedPackage("pypi", "ok", ">=2"),)), "pypi:ok", []),
        (Policy(deny=(ListedPackage("pypi", "ok"),)), "pypi:ok", ["critical"]),
        (Policy(deny=(ListedPackage("npm", "ok"),), allow=(ListedPackage("npm", "ok"),)), "npm:ok@1.0.0", ["critical"]),
    ],
)
def test_policy(policy: Policy, text: str, severities: list[str]) -> None:
    assert [finding.severity for finding in run(component(text), policy=policy).findings] == severities


@pytest.mark.parametrize(
    ("text", "versions", "waived"),
    [
        ("npm:holey@1.0.0", "*", 2),
        ("npm:holey@1.0.0", "^1", 2),
        ("npm:holey@1.0.0", ">=2", 0),
        ("npm:evil@1.0.0", "*", 0),
        ("npm:hijacked@1.0.0", "*", 0),
    ],
)
def test_allow_sets_aside_but_never_malware_or_indicators(text: str, versions: str, waived: int) -> None:
    name = component(text).name
    report = run(component(text), policy=Policy(allow=(ListedPackage("npm", name, versions, "we looked"),)))
    assert len(report.waived) == waived
    assert not (waived and report.findings)
    assert all(item.waiver.reason == "we looked" for item in report.waived)


def test_an_allow_entry_does_not_cover_a_version_that_it_cannot_be_compared_with() -> None:
    corpus = ListedCorpus({("npm", "holey", "odd"): (HIGH,)})
    policy = Policy(allow=(ListedPackage("npm", "holey", "^1"),))
    report = scan(inventory(component("npm:holey@odd")), corpus, ALL, tool=TOOL, policy=policy, admits=admits)
    assert len(report.findings) == 1


@pytest.mark.parametrize(
    ("as_of", "expires", "counts"),
    [
        (None, "", True),
        (None, "2020-01-01", True),
        ("2026-11-21", "", True),
        ("2026-11-21", "2026-11-22", True),
        ("2026-11-21", "2026-11-21", True),
        ("2026-11-21", "2026-11-20", False),
        ("2026-11-21", "2025-12-31", False),
    ],
)
def test_an_entry_counts_until_its_last_day(as_of: str | None, expires: str, counts: bool) -> None:
    entry = ListedPackage("npm", "holey", reason="we looked", expires=expires)
    report = run(component("npm:holey@1.0.0"), policy=Policy(as_of=as_of, allow=(entry,)))
    assert [item.waiver for item in report.waived] == [Waiver("policy: allow", "we looked", expires)] * 2 * counts
    denied = run(component("npm:holey@1.0.0"), policy=Policy(as_of=as_of, deny=(entry,)))
    assert ("DENY-001" in {finding.rule for finding in denied.findings}) == counts


def allowing(*allowances: Denial, denials: tuple[Denial, ...] = ()) -> ListedCorpus:
    """Return the corpus in which packs allow and deny holey, evil and hijacked."""
    names: tuple[tuple[Ecosystem, str], ...] = (("npm", "holey"), ("npm", "evil"), ("npm", "hijacked"))
    return replace(CORPUS, allowances=dict.fromkeys(names, allowances), denials=dict.fromkeys(names, denials))


ACME = Denial("npm:holey", "*", "behind a proxy", "acme", "2027-01-31")
TEAM = Denial("npm:holey", "^1", "reviewed", "team")
OURS = ListedPackage("npm", "holey", reason="we looked")


@pytest.mark.parametrize(
    ("text", "corpus", "policy", "findings", "waivers"),
    [
        pytest.param("npm:holey@1.0.0", allowing(), Policy(), 2, [], id="no list"),
        pytest.param(
            "npm:holey@1.0.0",
            allowing(ACME),
            Policy(),
            0,
            [Waiver("acme: allow", "behind a proxy", "2027-01-31")] * 2,
            id="a pack's list, with its channel and end",
        ),
        pytest.param(
            "npm:holey@1.0.0",
            allowing(TEAM, ACME),
            Policy(),
            0,
            [Waiver("team: allow", "reviewed")] * 2,
            id="the first",
        ),
        pytest.param(
            "npm:holey@1.0.0",
            allowing(ACME),
            Policy(allow=(OURS,)),
            0,
            [Waiver("policy: allow", "we looked")] * 2,
            id="the policy's own before a pack's",
        ),
        pytest.param(
            "npm:holey@1.0.0", allowing(ACME), Policy(deny=(OURS,)), 3, [], id="a policy's deny beats a pack's allow"
        ),
        pytest.param(
            "npm:holey@1.0.0",
            allowing(denials=(ACME._replace(source="vendor"),)),
            Policy(allow=(OURS,)),
            3,
            [],
            id="a pack's deny beats the policy's allow",
        ),
        pytest.param(
            "npm:holey@1.0.0", allowing(ACME, denials=(TEAM,)), Policy(), 3, [], id="deny beats allow in packs"
        ),
        pytest.param("npm:evil@1.0.0", allowing(ACME), Policy(), 1, [], id="never malware"),
        pytest.param("npm:hijacked@1.0.0", allowing(ACME), Policy(), 1, [], id="never an indicator"),
    ],
)
def test_allow_lists_of_packs(
    text: str, corpus: ListedCorpus, policy: Policy, findings: int, waivers: list[Waiver]
) -> None:
    report = scan(inventory(component(text)), corpus, ALL, tool=TOOL, policy=policy, admits=admits)
    assert len(report.findings) == findings
    assert [item.waiver for item in report.waived] == waivers


@pytest.mark.parametrize(
    ("policy", "freshness"),
    [
        (Policy(), Freshness()),
        (Policy(as_of="2026-11-21"), Freshness("2026-11-21")),
        (Policy(as_of="2026-11-21", max_age=0), Freshness("2026-11-21", 0)),
    ],
)
def test_the_report_says_by_which_day_the_corpus_was_judged(policy: Policy, freshness: Freshness) -> None:
    report = run(component("npm:ok@1.0.0"), policy=policy)
    assert report.freshness == freshness


@pytest.mark.parametrize(
    ("texts", "gaps", "policy", "code"),
    [
        (["npm:ok@1.0.0"], 0, Policy(), 0),
        (["npm:ok@1.0.0"], 1, Policy(), 3),
        (["npm:ok@1.0.0"], 1, Policy(allow_incomplete=True), 0),
        (["npm:evil@1.0.0"], 0, Policy(), 0),
        (["npm:evil@1.0.0"], 0, Policy(fail_on=Severity.HIGH), 1),
        (["npm:evil@1.0.0"], 1, Policy(fail_on=Severity.HIGH), 1),
        (["npm:holey@1.0.0"], 0, Policy(fail_on=Severity.CRITICAL), 0),
        (["npm:holey@1.0.0"], 1, Policy(fail_on=Severity.CRITICAL), 3),
        (["npm:ok"], 0, Policy(), 0),
        (["npm:ok"], 0, Policy(profile="strict"), 3),
    ],
)
def test_exit_code(texts: list[str], gaps: int, policy: Policy, code: int) -> None:
    missing = (Gap("lock", "syntax", "not valid JSON"),) * gaps
    assert exit_code(run(*map(component, texts), policy=policy, gaps=missing), policy) == code


def test_a_rule_that_could_only_say_what_is_left_out_is_not_asked() -> None:
    def refuse(subject: Component, corpus: CorpusView) -> Iterator[Finding]:
        raise AssertionError(subject)

    rules = [rule._replace(check=refuse) if rule.id == "TYPO-001" else rule for rule in ALL]
    npm = inventory(component("npm:lodahs@1.0.0"))
    scan(npm, CORPUS, rules, tool=TOOL, policy=Policy(), admits=admits)
    with pytest.raises(AssertionError):
        scan(npm, CORPUS, rules, tool=TOOL, policy=Policy(profile="all"), admits=admits)
    with pytest.raises(AssertionError):
        scan(inventory(component("pypi:request")), CORPUS, rules, tool=TOOL, policy=Policy(), admits=admits)


def test_unresolved_declarations_are_listed_and_matched_by_name() -> None:
    report = run(component("npm:evil"), component("npm:fine"))
    assert report.coverage.unresolved == ("pkg:npm/evil", "pkg:npm/fine")
    assert [finding.purl for finding in report.findings] == ["pkg:npm/evil"]


def test_every_option_is_in_the_policy_digest() -> None:
    changes = [
        Policy(profile="all"),
        Policy(fail_on=Severity.LOW),
        Policy(min_severity=Severity.LOW),
        Policy(allow_incomplete=True),
        Policy(block_at=0.5),
        Policy(warn_at=0.1),
        Policy(rules=("MAL-001",)),
        Policy(with_code=False),
        Policy(exclude=("x",)),
        Policy(allow=(ListedPackage("npm", "a"),)),
        Policy(deny=(ListedPackage("npm", "a"),)),
        Policy(internal=(("npm", "a"),)),
        Policy(as_of="2026-11-21"),
        Policy(max_age=30),
        Policy(user_rules=()),
    ]
    assert len(changes) == len(Policy._fields)
    changes += [Policy(allow=(ListedPackage("npm", "a", expires="2026-11-21"),)), Policy(max_age=0)]
    assert len({policy.digest() for policy in [Policy(), *changes]}) == len(changes) + 1


def test_the_target_digest_covers_paths_contents_and_links() -> None:
    base = inventory()
    variants = [
        base,
        base._replace(files=(LOCK._replace(path="other"),)),
        base._replace(files=(LOCK._replace(sha256="cd" * 32),)),
        base._replace(links=(("a", "b"),)),
        base._replace(links=(("a", "c"),)),
        base._replace(files=()),
    ]
    assert len({target_digest(variant) for variant in variants}) == len(variants)


def test_the_same_name_in_a_folder_of_the_project_is_no_finding() -> None:
    assert not run(component("npm:evil@1.0.0", source=Source.WORKSPACE)).findings
