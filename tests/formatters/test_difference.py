from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from assay.formatters.difference import render_json, render_table
from assay.formatters.escape import cells, visible
from assay.formatters.options import RenderOptions
from assay.scanner.canonical import document, encode, fingerprint_report
from assay.scanner.difference import Difference, compare
from assay.scanner.errors import UsageError
from assay.scanner.inputs.report_json import read
from assay.scanner.knowledge import Freshness
from assay.scanner.models import Component, Gap, Report, Severity, Tool
from assay.scanner.rulings import WaivedFinding, Waiver
from tests.formatters.reports import (
    BUSY,
    CLEAN,
    FLATMAP,
    JSONSTREAM,
    LODASH,
    MALWARE,
    PROTOTYPE,
    REGEX,
    SHA512,
    component,
    digest,
    finding,
    report,
)
from tests.formatters.snapshots import assert_same_as_snapshot
from tests.formatters.texts import reports

if TYPE_CHECKING:
    from collections.abc import Callable

OPTIONS = RenderOptions(80)
CHALK = component("pkg:npm/chalk@5.6.1")
COMPROMISED = finding("IOC-001", Severity.CRITICAL, CHALK.purl, "chalk 5.6.1 is listed as compromised")
NEXT_CORPUS = (BUSY.corpus[0]._replace(seq=13, digest=digest("9")),)


def written(shown: Report) -> dict[str, Any]:
    return read((encode(document(shown)) + "\n").encode(), "report.json")


def difference(before: Report, after: Report) -> Difference:
    return compare(written(before), written(after))


def changed(**fields: Any) -> Report:
    return fingerprint_report(BUSY._replace(**fields))


def without(*gone: Component) -> tuple[Component, ...]:
    return tuple(item for item in BUSY.components if item not in gone)


def in_order(*items: Component) -> tuple[Component, ...]:
    return tuple(sorted(items, key=lambda item: item.purl))


AFTER = changed(
    corpus=NEXT_CORPUS,
    target_digest=digest("1"),
    components=in_order(*without(JSONSTREAM, LODASH), CHALK, component("pkg:npm/lodash@4.17.21")),
    findings=(MALWARE._replace(severity=Severity.HIGH), COMPROMISED),
    waived=(),
    coverage=BUSY.coverage._replace(gaps=(Gap("bun.lockb", "binary", "a binary lockfile"),)),
)


def test_what_a_user_sees() -> None:
    assert_same_as_snapshot("diff_busy.txt", render_table(difference(BUSY, AFTER), OPTIONS))


def test_what_a_machine_reads() -> None:
    content = json.loads(render_json(difference(BUSY, AFTER)))
    assert_same_as_snapshot("diff_busy.json", json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def test_a_report_is_the_same_as_itself() -> None:
    same = difference(BUSY, BUSY)
    assert same.same
    assert (same.causes, same.findings, same.packages, same.alterations) == ((), (), (), ())
    assert render_table(same, OPTIONS).startswith("The same result, sha256:")


def test_annotations_and_timing_make_no_difference() -> None:
    assert compare(written(BUSY), written(BUSY) | {"run": {"seconds": 2}, "annotations": []}).same


def test_an_altered_report_is_not_the_same_although_it_bears_the_old_fingerprint() -> None:
    forged = written(BUSY) | {"findings": []}
    assert not compare(written(BUSY), forged).same


@pytest.mark.parametrize(
    ("fields", "causes"),
    [
        ({"target_digest": digest("1")}, [("input", "target sha256:dddddddddddd -> sha256:111111111111")]),
        ({"corpus": NEXT_CORPUS}, [("corpus", "osv 1.12 (sha256:cccccccccccc) -> 1.13 (sha256:999999999999)")]),
        ({"corpus": ()}, [("corpus", "osv 1.12 (sha256:cccccccccccc) -> none")]),
        (
            {"corpus": (BUSY.corpus[0]._replace(pinned="1.13 is wrong"),)},
            [("corpus", "osv 1.12 (sha256:cccccccccccc) -> 1.12 (sha256:cccccccccccc, pinned: 1.13 is wrong)")],
        ),
        (
            {"policy": digest("2"), "freshness": Freshness("2026-01-20")},
            [
                ("policy", "policy sha256:eeeeeeeeeeee -> sha256:222222222222"),
                ("policy", "corpus freshness not evaluated -> fresh as of 2026-01-20"),
            ],
        ),
        (
            {"freshness": Freshness("2026-01-20", 30)},
            [("policy", "corpus freshness not evaluated -> fresh as of 2026-01-20, at most 30 days old")],
        ),
        (
            {"corpus": (*BUSY.corpus, NEXT_CORPUS[0]._replace(channel="own", epoch=2, seq=1))},
            [("corpus", "own none -> 2.1 (sha256:999999999999)")],
        ),
        ({"policy": digest("2")}, [("policy", "policy sha256:eeeeeeeeeeee -> sha256:222222222222")]),
        (
            {"tool": Tool("0.2.0", digest("3"))},
            [("ruleset", "rules sha256:aaaaaaaaaaaa -> sha256:333333333333"), ("tool", "assay 0.1.0 -> 0.2.0")],
        ),
    ],
)
def test_each_input_of_the_result_is_named_when_it_changed(
    fields: dict[str, Any], causes: list[tuple[str, str]]
) -> None:
    found = difference(BUSY, changed(**fields))
    assert [(cause.name, cause.detail) for cause in found.causes] == causes
    assert not found.same


def test_the_order_of_channels_counts() -> None:
    packs = (*BUSY.corpus, BUSY.corpus[0]._replace(channel="own"))
    found = difference(changed(corpus=packs), changed(corpus=packs[::-1]))
    assert [cause.name for cause in found.causes] == ["corpus"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            {"corpus": NEXT_CORPUS, "findings": (PROTOTYPE, REGEX)}, [("went", "MAL-001", ("corpus",))], id="corpus"
        ),
        pytest.param(
            {
                "target_digest": digest("1"),
                "corpus": NEXT_CORPUS,
                "components": without(FLATMAP),
                "findings": (PROTOTYPE, REGEX),
            },
            [("went", "MAL-001", ("input",))],
            id="component went",
        ),
        pytest.param(
            {
                "target_digest": digest("1"),
                "corpus": NEXT_CORPUS,
                "components": in_order(*BUSY.components, CHALK),
                "findings": (MALWARE, PROTOTYPE, COMPROMISED, REGEX),
            },
            [("came", "IOC-001", ("input",))],
            id="component came",
        ),
        pytest.param(
            {"target_digest": digest("1"), "corpus": NEXT_CORPUS, "findings": (PROTOTYPE, REGEX)},
            [("went", "MAL-001", ("corpus",))],
            id="component stayed although the target changed",
        ),
        pytest.param(
            {"policy": digest("2"), "tool": Tool("0.1.0", digest("3")), "findings": (PROTOTYPE, REGEX)},
            [("went", "MAL-001", ("ruleset", "policy"))],
            id="two candidates",
        ),
        pytest.param(
            {
                "policy": digest("2"),
                "findings": (PROTOTYPE, REGEX),
                "waived": (*BUSY.waived, WaivedFinding(MALWARE, Waiver("allow", "ok"))),
            },
            [("changed", "MAL-001", ("policy",))],
            id="waived",
        ),
        pytest.param(
            {"corpus": NEXT_CORPUS, "findings": (MALWARE._replace(severity=Severity.LOW), PROTOTYPE, REGEX)},
            [("changed", "MAL-001", ("corpus",))],
            id="severity",
        ),
    ],
)
def test_a_finding_is_put_down_to_what_can_explain_it(
    fields: dict[str, Any], expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    found = []
    for change in difference(BUSY, changed(**fields)).findings:
        item = change.after or change.before or {}
        kind = "changed" if change.before and change.after else "came" if change.after else "went"
        found.append((kind, item["rule"], change.causes))
    assert found == expected


def test_a_finding_that_survives_a_version_bump_is_changed_and_not_new() -> None:
    newer = component("pkg:npm/lodash@4.17.5")
    bumped = PROTOTYPE._replace(purl=newer.purl, message="lodash 4.17.5 has a known vulnerability")
    found = difference(
        report(components=(LODASH,), findings=(PROTOTYPE,)),
        report(components=(newer,), findings=(bumped,), target_digest=digest("1")),
    )
    (change,) = found.findings
    assert change.fields == ("purl", "message")
    assert change.causes == ("input",)
    (package,) = found.packages
    assert (package.package, package.before, package.after) == ("pkg:npm/lodash", (LODASH.purl,), (newer.purl,))


def test_a_new_hash_of_an_old_version_is_told() -> None:
    swapped = LODASH._replace(hashes=("sha512:" + "00" * 64,))
    assert LODASH.hashes == (SHA512,)
    (found,) = difference(report(components=(LODASH,)), report(components=(swapped,))).alterations
    assert (found.purl, found.fields) == (LODASH.purl, ("hashes",))


@pytest.mark.parametrize(
    ("before", "after", "package"),
    [
        (("pkg:npm/%40a/b@1", "pkg:npm/%40a/b@2"), ("pkg:npm/%40a/b@3",), "pkg:npm/%40a/b"),
        (("pkg:pypi/x",), ("pkg:pypi/x@1.0",), "pkg:pypi/x"),
        (("pkg:npm/x@1?vcs_url=git%2Bssh://git@host.example/x",), ("pkg:npm/x@1",), "pkg:npm/x"),
    ],
)
def test_versions_of_one_package_are_paired(before: tuple[str, ...], after: tuple[str, ...], package: str) -> None:
    old, new = (report(components=tuple(map(component, purls))) for purls in (before, after))
    (found,) = difference(old, new).packages
    assert (found.package, found.before, found.after) == (package, before, after)


def test_gaps_come_and_go() -> None:
    found = difference(BUSY, AFTER)
    assert [gap["path"] for gap in found.gaps_came] == ["bun.lockb"]
    assert sorted(gap["path"] for gap in found.gaps_went) == ["", "web/yarn.lock"]


@settings(deadline=None)
@given(reports(), reports())
def test_any_two_reports_compare_without_harm(before: Report, after: Report) -> None:
    found = difference(before, after)
    lines = render_table(found, RenderOptions(60)).removesuffix("\n").split("\n")
    assert all(visible(line) == line and cells(line) <= 60 for line in lines)
    json.loads(render_json(found))
    back = difference(after, before)
    assert len(back.findings) == len(found.findings)
    assert back.same == found.same == (before == after)


def broken(change: Callable[[dict[str, Any]], object]) -> bytes:
    content = document(BUSY)
    change(content)
    return encode(content).encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.json: not a report: empty, not JSON"),
        (b"{", "a.json: not a report: not valid JSON: cut off, or with something after its end"),
        (b"[" * 1000 + b"]" * 1000, "a.json: not a report: more than 200 levels of nesting"),
        (b"[]", "a.json: not a report of the schema assay.report/1; make one with --format json"),
        (
            b'{"schema":"assay.report/2"}',
            "a.json: not a report of the schema assay.report/1; make one with --format json",
        ),
        (broken(lambda content: content.pop("findings")), "findings is missing or malformed"),
        (broken(lambda content: content.update(components=[5])), "components is missing or malformed"),
        (broken(lambda content: content.update(target=None)), "target.digest is missing or malformed"),
        (broken(lambda content: content["findings"][0].pop("purl")), "findings is missing or malformed"),
        (broken(lambda content: content.update(freshness=[])), "freshness is malformed"),
        (broken(lambda content: content.update(freshness={"status": 1})), "freshness is malformed"),
        (broken(lambda content: content["corpus"][0].update(digest=1)), "corpus is missing or malformed"),
    ],
)
def test_what_is_no_report_is_told_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(UsageError) as error:
        read(data, "a.json")
    assert str(error.value).endswith(message)
    assert "\n" not in str(error.value)


def test_a_report_that_does_not_speak_of_freshness_was_not_judged() -> None:
    older = written(BUSY)
    del older["freshness"]
    assert not compare(read(encode(older).encode(), "older.json"), written(BUSY)).causes


def test_a_report_read_back_equals_what_was_written() -> None:
    content = written(CLEAN)
    assert content["components"] == json.loads(encode(document(CLEAN)))["components"]
