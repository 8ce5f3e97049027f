"""Indicators in files, from the bytes on disk to every format: in installed packages and in the target's own files."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from jsonschema import Draft4Validator, Draft202012Validator

from assay.corpus import indicators, sections
from assay.corpus.indicators import IndicatorEntry, IndicatorTable
from assay.rules.catalogue import ALL
from assay.scanner.engine import scan
from assay.scanner.errors import GuardError
from assay.scanner.guards import Context, enforce
from assay.scanner.knowledge import Indicator, IndicatorKind, Observable
from assay.scanner.models import FileDigest, Finding, Inventory, Report, Severity, Sighting
from assay.scanner.policy import ListedPackage, Policy
from assay.scanner.purl import target_purl
from assay.scanner.requirement import admits
from tests.command import ROOT as REPOSITORY
from tests.command import assay
from tests.corpus.packs import ROOT, contents, signed_root, small_pack
from tests.listed_corpus import PACK, ListedCorpus, component
from tests.test_engine import TOOL

if TYPE_CHECKING:
    from pathlib import Path

PAYLOAD = "fetch(atob('x'))\n"
DIGEST = sha256(PAYLOAD.encode()).hexdigest()
OWN = "pkg:generic/%40corp%2Fapp"
INNER, OUTER = "pkg:npm/inner@1.0.0", "pkg:npm/outer@2.0.0"


# --- the engine ------------------------------------------------------------------------------------------------------

HOST = Observable(IndicatorKind.DOMAIN, "evil.example")
MAIL = Observable(IndicatorKind.EMAIL, "a@evil.example")
CORPUS = ListedCorpus(
    seen=tuple(
        Indicator(kind, value, "", "list", "", "default")
        for kind, value in (HOST, MAIL, (IndicatorKind.FILE, "cd" * 32))
    )
)


def inventory(version: str = "1.0.0") -> Inventory:
    """Return a target with ``outer``, which brings in ``inner``, and files of its own."""
    inner = component(f"npm:inner@{version}")._replace(direct=False)
    outer = component("npm:outer@2.0.0")._replace(requires=(inner.purl,))
    folder = f"node_modules/.pnpm/inner@{version}/node_modules/inner"
    files = {"lock": "00", "own.js": "00", f"{folder}/bad.js": "cd", f"{folder}/x.js": "00"}
    return Inventory(
        "project",
        "@corp/app",
        tuple(FileDigest(path, digest * 32, 1) for path, digest in sorted(files.items())),
        (inner, outer),
        sightings=(
            Sighting(f"{folder}/x.js", 2, 3, HOST),
            Sighting(f"{folder}/x.js", 2, 3, MAIL),
            Sighting("own.js", 1, 1, HOST),
        ),
        owners=((folder, inner.purl), ("node_modules/outer", outer.purl)),
    )


def run(of: Inventory, policy: Policy = Policy()) -> Report:  # noqa: B008 - frozen
    report = scan(of, CORPUS, ALL, tool=TOOL, policy=policy, admits=admits)
    enforce(report, Context(of, (PACK,), ()))
    return report


def told(report: Report) -> list[tuple[str, str, str]]:
    return [(str(each.severity), each.purl, each.location.path if each.location else "") for each in report.findings]


def test_files_are_judged_by_their_owner_with_the_chain_to_it() -> None:
    report = run(inventory())
    folder = "node_modules/.pnpm/inner@1.0.0/node_modules/inner"
    assert told(report) == [
        ("critical", INNER, f"{folder}/bad.js"),
        ("high", INNER, f"{folder}/x.js"),
        ("medium", OWN, "own.js"),
        ("medium", INNER, f"{folder}/x.js"),
    ]
    assert [finding.via for finding in report.findings] == [(OUTER, INNER), (OUTER, INNER), (), (OUTER, INNER)]
    verdicts = [(verdict.purl, verdict.outcome) for verdict in report.verdicts]
    assert verdicts == [(OWN, "WARNED"), (INNER, "BLOCKED")]


def test_fingerprints_survive_a_new_version_and_a_moved_line() -> None:
    before, after = inventory(), inventory("1.0.1")
    moved = tuple(each._replace(line=each.line + 5, column=1) for each in after.sightings)
    old, new = run(before), run(after._replace(sightings=moved))
    assert {each.fingerprint for each in old.findings} == {each.fingerprint for each in new.findings}
    assert len({each.fingerprint for each in old.findings}) == 4


def test_no_allow_entry_sets_an_indicator_aside() -> None:
    allow = (ListedPackage("npm", "inner"), ListedPackage("npm", "@corp/app"))
    report = run(inventory(), Policy(allow=allow))
    assert told(report) == told(run(inventory()))
    assert not report.waived


@pytest.mark.parametrize(
    ("policy", "count"),
    [(Policy(min_severity=Severity.HIGH), 2), (Policy(exclude=()), 4), (Policy(profile="all"), 4)],
)
def test_the_policy_says_what_is_shown(policy: Policy, count: int) -> None:
    assert len(run(inventory(), policy).findings) == count


def test_files_are_not_asked_about_without_a_rule_for_them() -> None:
    of = inventory()
    report = scan(of, CORPUS, [each for each in ALL if each.id != "IOC-001"], tool=TOOL, policy=Policy(), admits=admits)
    assert not report.findings


@pytest.mark.parametrize("purl", ["pkg:generic/.", "pkg:generic/other", "pkg:npm/%40corp/app"])
def test_no_finding_may_be_about_another_target(purl: str) -> None:
    of = inventory()
    report = run(of)
    planted = [each._replace(purl=purl) if each.purl == OWN else each for each in report.findings]
    with pytest.raises(GuardError, match="locations: "):
        enforce(report._replace(findings=tuple(sorted(planted, key=_rank))), Context(of, (PACK,), ()))


def _rank(finding: Finding) -> tuple[int, str]:
    return finding.severity.rank, finding.purl


@pytest.mark.parametrize(
    ("name", "purl"),
    [
        (".", "pkg:generic/."),
        ("app", "pkg:generic/app"),
        ("@corp/app", OWN),
        ("a b@1?x#y", "pkg:generic/a%20b%401%3Fx%23y"),
        ("größe", "pkg:generic/gr%C3%B6%C3%9Fe"),
        ("\udcff", "pkg:generic/%5Cudcff"),
    ],
)
def test_the_purl_of_a_target(name: str, purl: str) -> None:
    assert target_purl(name) == purl


# --- the command -----------------------------------------------------------------------------------------------------

SITE = "venv/lib/python3.11/site-packages"
FILES = {
    "package.json": '{"name": "@corp/app", "version": "1.0.0", "dependencies": {"outer": "2.0.0"}}',
    "NOTES.md": "# Incident\n\nTokens went to a.evil.example.\nThey told thief@mail.example.\n",
    "near.md": "notevil.example, evil.example.org, https://drop.example/pathology\n",
    "node_modules/outer/package.json": '{"name": "outer", "version": "2.0.0", "dependencies": {"inner": "1.0.0"}}',
    "node_modules/outer/index.js": "require('inner')\n",
    "node_modules/inner/package.json": '{"name": "inner", "version": "1.0.0"}',
    "node_modules/inner/bundle.js": PAYLOAD,
    "node_modules/inner/index.js": "// é\nat = ['https://DROP.example/path/1'] // Bow to the worm\n",
    f"{SITE}/lib-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: lib\nVersion: 1.0\n",
    f"{SITE}/lib-1.0.dist-info/RECORD": "odd_name/__init__.py,,\nlib-1.0.dist-info/METADATA,,\n",
    f"{SITE}/odd_name/__init__.py": "HOST = 'evil.example'\n",
}
ENTRIES = (
    IndicatorEntry(IndicatorKind.DOMAIN, "evil.example", reason="where tokens went"),
    IndicatorEntry(IndicatorKind.URL, "https://drop.example/path"),
    IndicatorEntry(IndicatorKind.EMAIL, "thief@mail.example"),
    IndicatorEntry(IndicatorKind.STRING, "Bow to the worm"),
    IndicatorEntry(IndicatorKind.FILE, DIGEST, reason="the stealer's bundle"),
)
EXPECTED = [
    ("critical", INNER, "node_modules/inner/bundle.js", None, None, f"file {DIGEST}"),
    ("high", INNER, "node_modules/inner/index.js", 2, 8, "url hxxps://drop[.]example/path"),
    ("high", INNER, "node_modules/inner/index.js", 2, 41, "string Bow to the worm"),
    ("high", "pkg:pypi/lib@1.0", f"{SITE}/odd_name/__init__.py", 1, 9, "domain evil[.]example"),
    ("medium", OWN, "NOTES.md", 3, 18, "domain evil[.]example"),
    ("low", OWN, "NOTES.md", 4, 11, "email thief[@]mail[.]example"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("files")
    for path, text in FILES.items():
        (root / "project" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "project" / path).write_text(text, encoding="utf-8")
    known = [each for each in contents() if each[1] in (sections.ADVISORIES, sections.BLOCKS)]
    seen = ("seen", sections.IOC, indicators.encode(IndicatorTable(0, {}, ENTRIES)))
    (root / "root.json").write_bytes(signed_root(ROOT, "root-a", "root-b"))
    (root / "seen.pack").write_bytes(small_pack([*known, seen]))
    (root / "none.pack").write_bytes(small_pack(known))
    return root


def scanned(folder: Path, *options: str, pack: str = "seen.pack") -> str:
    run = assay("scan", "project", "--corpus", pack, "--trust-root", "root.json", *options, cwd=folder)
    assert (run.returncode, [line for line in run.stderr.splitlines() if "determinism" not in line]) == (0, [])
    return run.stdout


def test_what_is_found_and_where(folder: Path) -> None:
    report = json.loads(scanned(folder, "-f", "json"))
    found = []
    for each in report["findings"]:
        place = each["location"]
        found.append(
            (each["severity"], each["purl"], place["path"], place.get("line"), place.get("column"), each["evidence"][0])
        )
    assert found == EXPECTED
    assert report["findings"][0]["via"] == [OUTER, INNER]
    assert report["findings"][0]["evidence"] == [f"file {DIGEST}", "listed by tests", "the stealer's bundle"]
    assert {each["rule"] for each in report["findings"]} == {"IOC-001"}
    schema = json.loads((REPOSITORY / "formatters" / "report.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(report)


def test_surroundings_change_no_byte(folder: Path) -> None:
    expected = scanned(folder, "-f", "json")
    assert scanned(folder, "-f", "json", "--verify-determinism") == expected
    assert scanned(folder, "-f", "json", "--jobs", "2", "--reverse-listing") == expected


def test_without_code_only_manifests_and_metadata_are_searched(folder: Path) -> None:
    assert json.loads(scanned(folder, "-f", "json", "--no-code"))["findings"] == []


def test_another_corpus_finds_nothing_and_the_rest_stays(folder: Path) -> None:
    with_, without = (json.loads(scanned(folder, "-f", "json", pack=pack)) for pack in ("seen.pack", "none.pack"))
    assert without["findings"] == []
    for key in ("components", "coverage", "target"):
        assert with_[key] == without[key]


def test_the_table_and_the_gate(folder: Path) -> None:
    text = " ".join(scanned(folder, "-f", "table").split())
    for line in (
        "CRITICAL inner@1.0.0 npm",
        "a file of inner 1.0.0 is listed as compromised",
        "a file of lib 1.0 holds a listed domain",
        "MEDIUM @corp/app the target itself",
        "a file of the target itself holds a listed domain",
        "NOTES.md:3:18",
        "in 2 of 3 components and the target's own files: 2 blocked, 1 warned.",
    ):
        assert line in text
    assert "evil.example" not in text
    gate = assay("check", "project", "--corpus", "seen.pack", "--trust-root", "root.json", cwd=folder)
    assert gate.returncode == 1
    assert "CRITICAL  IOC-001  a file of inner 1.0.0 is listed as compromised (through outer@2.0.0)" in gate.stdout


def test_sarif_and_cyclonedx_fit_their_schemas(folder: Path) -> None:
    sarif: Any = json.loads(scanned(folder, "-f", "sarif"))
    schema = REPOSITORY / "tests" / "schemas" / "sarif-2.1.0-rtm.5.json"
    Draft4Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(sarif)
    own = next(each for each in sarif["runs"][0]["results"] if each["properties"]["purl"] == OWN)
    region = own["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"]) == (3, 18)
    bill = scanned(folder, "-f", "cyclonedx")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    affected = [
        (
            entry["affects"][0]["ref"],
            next(each["value"] for each in entry["properties"] if each["name"] == "assay:file"),
        )
        for entry in json.loads(bill)["vulnerabilities"]
    ]
    places = [":".join(str(part) for part in each[2:5] if part is not None) for each in EXPECTED]
    refs = ["target" if each[1] == OWN else each[1] for each in EXPECTED]
    assert sorted(affected) == sorted(zip(refs, places, strict=True))


def test_reports_with_and_without_indicators_can_be_compared(folder: Path) -> None:
    for pack in ("seen", "none"):
        (folder / f"{pack}.json").write_text(scanned(folder, "-f", "json", pack=f"{pack}.pack"), encoding="utf-8")
    compared = assay("diff", "none.json", "seen.json", cwd=folder)
    assert compared.returncode == 1
    assert "a file of the target itself holds a listed domain" in compared.stdout
