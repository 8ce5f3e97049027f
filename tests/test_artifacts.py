"""Wheels, source archives and folders of them, from bytes on disk to the report."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from assay.rules.catalogue import ALL
from assay.scanner.code.reading import Sources as PythonSources
from assay.scanner.engine import scan
from assay.scanner.guards import Context, enforce
from assay.scanner.inputs.archive.budget import Limits
from assay.scanner.inputs.formats import is_artifact
from assay.scanner.inputs.target import ReadOptions, read_targets
from assay.scanner.knowledge import AdvisoryKind, Indicator, IndicatorKind
from assay.scanner.models import EntryPoint, Report, Severity
from assay.scanner.policy import ListedPackage, Policy
from assay.scanner.requirement import admits
from tests.archives import PACK, contents, opened, reasons, sdist, tarred, wheel, zip_of_zeros, zipped
from tests.command import assay
from tests.listed_corpus import PACK as SIGNED
from tests.listed_corpus import ListedCorpus, advisory, match
from tests.test_engine import TOOL

if TYPE_CHECKING:
    from pathlib import Path

WHEEL, SDIST = "demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"
PURL = "pkg:pypi/demo@1.0"
PAYLOAD = b"fetch('https://evil.example/x')\n"
POINTS = b"[console_scripts]\ndemo = demo.main:run\n\n# more\n[pytest11]\nplug=demo.plug\n"


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder


def judged(*targets: Path, corpus: ListedCorpus | None = None, policy: Policy | None = None) -> Report:
    known = corpus or ListedCorpus()
    options = ReadOptions(observables=known.observables(), owners=bool(known.listed_files()))
    inventory = read_targets([str(target) for target in targets], options)
    report = scan(inventory, known, ALL, tool=TOOL, policy=policy or Policy(profile="all"), admits=admits)
    enforce(report, Context(inventory, (SIGNED,), ()))
    return report


def told(report: Report) -> list[tuple[str, str, str, str]]:
    return [
        (one.rule, one.severity.value, one.purl, one.location.path if one.location else "") for one in report.findings
    ]


# --- what a package says ---------------------------------------------------------------------------------------------


def test_the_facts_of_a_wheel() -> None:
    info = "demo-1.0.dist-info"
    files = {
        "demo/__init__.py": b"",
        "single.py": b"",
        "_native.cpython-311-x86_64-linux-gnu.so": b"\x7fELF",
        "data/readme.txt": b"",
        "boot.pth": b"import demo",
        "demo-1.0.data/scripts/tool": b"#!python\n",
        "demo-1.0.data/purelib/more.pth": b"",
        "demo-1.0.data/purelib/sitecustomize.py": b"",
        f"{info}/entry_points.txt": POINTS,
    }
    package = opened(wheel(files), "demo-1.0-cp311.cp312-abi3-linux_x86_64.whl").package
    assert package
    assert (package.purl, package.packed, package.pure) == (PURL, "wheel", False)
    assert package.tags == ("cp311-abi3-linux_x86_64", "cp312-abi3-linux_x86_64")
    assert package.modules == ("_native", "demo", "single")
    assert package.scripts == ("demo", "tool")
    assert package.data == ("demo-1.0.data",)
    assert package.startup == ("boot.pth", "demo-1.0.data/purelib/more.pth", "demo-1.0.data/purelib/sitecustomize.py")
    assert package.entry_points == (
        EntryPoint("console_scripts", "demo", "demo.main:run"),
        EntryPoint("pytest11", "plug", "demo.plug"),
    )
    assert len(package.declared) == len(package.files) == len(files) + 3
    assert package.build_files == ()


@pytest.mark.parametrize("root", ["demo-1.0/", ""])
def test_the_facts_of_a_source_archive(root: str) -> None:
    files = [
        "PKG-INFO",
        "setup.py",
        "setup.cfg",
        "pyproject.toml",
        "src/demo/__init__.py",
        "tests/test_demo.py",
        "x.pth",
    ]
    info = b"Name: demo\nVersion: 1.0\n"
    data = tarred([(root + name, info if name == "PKG-INFO" else b"") for name in files], packed="bz2")
    package = opened(data, "demo-1.0.tar.bz2").package
    assert package
    assert (package.purl, package.packed, package.pure) == (PURL, "sdist", False)
    assert package.build_files == tuple(root + name for name in ("pyproject.toml", "setup.cfg", "setup.py"))
    assert package.startup == (f"{root}x.pth",)
    assert "demo" in package.modules
    assert [one.path for one in package.files] == sorted(root + name for name in files)


def test_who_it_is_when_the_metadata_do_not_say() -> None:
    assert opened(tarred([("demo-1.0/setup.py", b"")], packed="gz"), SDIST).parsed.project == "demo"
    read = opened(wheel(name="demo", version="\n"), WHEEL)
    assert read.parsed.installed[0].component.purl == PURL
    nobody = opened(zipped([("x.dist-info/METADATA", b"Name: -\n")]), "x.whl")
    assert nobody.package is None
    assert reasons(nobody) == ["no-metadata"]


def test_the_other_name_is_an_alias(tmp_path: Path) -> None:
    report = judged(written(tmp_path, {"evil-1.0-py3-none-any.whl": wheel()}) / "evil-1.0-py3-none-any.whl")
    assert [(one.purl, one.aliases) for one in report.components] == [(PURL, ("evil",))]


@pytest.mark.parametrize(
    ("requirement", "needed"),
    [
        ("x", True),
        ("x>=1; python_version < '4'", True),
        ("x; extra == 'dev'", False),
        ("x ; (python_version < '4' or os_name == 'nt') and extra == 'dev'", False),
        ("x; (extra == 'a' or extra == 'b') and python_version < '4'", False),
        ("x; extra == 'a' or python_version >= '2'", True),
        ("x; (extra == 'a') or (python_version >= '2')", True),
    ],
)
def test_what_an_extra_alone_asks_for_is_not_needed(requirement: str, needed: bool) -> None:
    read = opened(wheel(requires=[requirement]), WHEEL)
    assert [one.name for one in read.parsed.declarations] == ["x"] * needed
    assert not read.gaps


# --- the report ------------------------------------------------------------------------------------------------------


def scanned(target: Path, *options: str) -> dict[str, Any]:
    result = assay("scan", target, "-f", "json", *options)
    assert result.returncode == 0, result.stderr or result.stdout
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def test_a_wheel_is_a_target_of_its_own(tmp_path: Path) -> None:
    data = wheel(requires=["requests>=2", "rich; extra == 'colour'", "demo"])
    written(tmp_path, {f"here/{WHEEL}": data, f"there/{WHEEL}": data})
    report = scanned(tmp_path / "here" / WHEEL)
    again = scanned(tmp_path / "there" / WHEEL)
    assert all(report[key] == again[key] for key in ("target", "coverage", "components", "findings"))
    assert report["target"]["kind"] == "artifact"
    assert report["target"]["name"] == "demo"
    assert report["coverage"]["files"] == 5
    assert report["coverage"]["packages"] == 1
    assert report["coverage"]["not_analysed"] == {}
    assert report["coverage"]["unresolved"] == ["pkg:pypi/requests"]
    by_purl = {one["purl"]: one for one in report["components"]}
    assert by_purl[PURL]["hashes"] == ["sha256:" + hashlib.sha256(data).hexdigest()]
    assert by_purl[PURL]["requires"] == ["pkg:pypi/requests"]
    assert by_purl[PURL]["direct"]
    assert not by_purl["pkg:pypi/requests"]["direct"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted(["here", "there", WHEEL, WHEEL])


def test_the_digest_is_that_of_the_archive_however_it_was_read(tmp_path: Path) -> None:
    written(tmp_path, {WHEEL: wheel()})
    plain = read_targets([str(tmp_path / WHEEL)], ReadOptions())
    searched = judged(tmp_path / WHEEL, corpus=ListedCorpus(seen=(indicator(IndicatorKind.DOMAIN, "evil.example"),)))
    line = f"{WHEEL}\0file\0{hashlib.sha256((tmp_path / WHEEL).read_bytes()).hexdigest()}\n"
    assert searched.target_digest == "sha256:" + hashlib.sha256(line.encode()).hexdigest()
    assert sum(file.inside for file in plain.files) == 4


def test_a_folder_of_them_is_judged_one_by_one_by_any_number_of_workers(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            WHEEL: wheel(requires=["other>=1", "absent"]),
            SDIST: sdist(),
            "other-2.0-py3-none-any.whl": wheel(name="other", version="2.0"),
            "notes.txt": b"",
            "requirements.txt": b"demo\n",
        },
    )
    one, three = (
        read_targets([str(tmp_path)], ReadOptions(jobs=jobs, code="assay.scanner.code.reading")) for jobs in (1, 3)
    )
    assert one == three
    assert [package.path for package in one.contents] == [WHEEL, SDIST, "other-2.0-py3-none-any.whl"]
    assert {part.purl: part.requires for part in one.components} == {
        PURL: ("pkg:pypi/absent", "pkg:pypi/other@2.0"),
        "pkg:pypi/absent": (),
        "pkg:pypi/other@2.0": (),
    }
    assert {part.purl: len(part.hashes) for part in one.components if part.hashes} == {PURL: 2, "pkg:pypi/other@2.0": 1}
    code = one.contents[0].code
    assert code
    assert [(module.name, module.trigger) for module in code.modules] == [("demo", "import")]


def test_determinism_holds(tmp_path: Path) -> None:
    broken = zipped([("a", b"x")])[:-30]
    written(tmp_path, {WHEEL: wheel(), SDIST: sdist(), "x-1-py3-none-any.whl": broken, f"d/{WHEEL}": wheel()})
    result = assay("scan", tmp_path, "--verify-determinism", "-q", "-f", "json")
    assert result.returncode == 3, result.stderr


# --- the rules -------------------------------------------------------------------------------------------------------


def indicator(kind: IndicatorKind, value: str) -> Indicator:
    return Indicator(kind, value, "", "list", "", "default")


def test_every_rule_of_identity_asks_about_artifacts(tmp_path: Path) -> None:
    purl, path = "pkg:pypi/reqests@1.0", "reqests-1.0-py3-none-any.whl"
    target = written(tmp_path, {path: wheel({"x.py": PAYLOAD}, name="reqests")})
    corpus = ListedCorpus(
        matches={
            ("pypi", "reqests", "1.0"): (
                match(advisory("MAL-1", kind=AdvisoryKind.MALWARE, whole=True)),
                match(advisory("PYSEC-1", severity=Severity.HIGH)),
            )
        },
        listed={("pypi", "reqests", "1.0"): (Indicator(IndicatorKind.PACKAGE, "pypi:reqests", "1.0", "l", "", "d"),)},
        ranks={"pypi": {"requests": 1}},
        seen=(
            indicator(IndicatorKind.DOMAIN, "evil.example"),
            indicator(IndicatorKind.FILE, hashlib.sha256(PAYLOAD).hexdigest()),
            indicator(
                IndicatorKind.FILE, hashlib.sha256((target / "reqests-1.0-py3-none-any.whl").read_bytes()).hexdigest()
            ),
        ),
    )
    policy = Policy(profile="all", deny=(ListedPackage("pypi", "reqests"),))
    assert told(judged(target / path, corpus=corpus, policy=policy)) == [
        ("DENY-001", "critical", purl, path),
        ("IOC-001", "critical", purl, path),
        ("IOC-001", "critical", purl, path),
        ("IOC-001", "critical", purl, f"{path}!/x.py"),
        ("MAL-001", "critical", purl, path),
        ("ADV-001", "high", purl, path),
        ("IOC-001", "high", purl, f"{path}!/x.py"),
        ("TYPO-001", "medium", purl, path),
        ("PROV-001", "info", "pkg:generic/reqests", path),
    ]


@pytest.mark.parametrize(
    "data",
    [
        sdist({"demo/x.py": PAYLOAD}),
        sdist({"demo/x.zip": zipped([("a/x.tar.gz", tarred([("x.py", PAYLOAD)], packed="gz"))])}),
        sdist({"demo/x.py.xz": PACK["xz"](PAYLOAD)}),
        sdist({"demo/x.py": b" " * 3_000_000 + PAYLOAD}),
    ],
    ids=["plain", "nested", "compressed", "far in"],
)
def test_a_listed_text_is_found_however_deep_it_lies(data: bytes, tmp_path: Path) -> None:
    corpus = ListedCorpus(seen=(indicator(IndicatorKind.DOMAIN, "evil.example"),))
    (found,) = judged(written(tmp_path, {SDIST: data}) / SDIST, corpus=corpus).findings[:1]
    assert (found.rule, found.severity, found.purl) == ("IOC-001", "high", PURL)


def test_a_finding_is_the_same_in_the_next_version_and_on_another_platform(tmp_path: Path) -> None:
    fingerprints = set()
    for name, version in (
        ("demo-1.0-cp311-cp311-linux_x86_64.whl", "1.0"),
        ("demo-1.0-cp311-cp311-win32.whl", "1.0"),
        ("demo-2.0-cp312-cp312-win32.whl", "2.0"),
    ):
        report = judged(written(tmp_path, {name: wheel(version=version, extra=[("demo/late.py", b"")])}) / name)
        fingerprints |= {finding.fingerprint for finding in report.findings if finding.purl.startswith("pkg:pypi/")}
    assert len(fingerprints) == 1


# --- what is no package ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        (WHEEL, b"print('no wheel')\n", "not-an-archive"),
        (WHEEL, b"", "not-an-archive"),
        (WHEEL, sdist(), "not-a-wheel"),
        (WHEEL, zipped([("demo-1.0.dist-info/WHEEL", b"")]), "no-metadata"),
        ("demo-1.0-py3.11.egg", zipped([("EGG-INFO/PKG-INFO", b"Name: demo\nVersion: 1\n")]), "unsupported"),
        ("demo-1.0-py_0.conda", zipped([("pkg-demo.tar.zst", b"\x28\xb5\x2f\xfd" + bytes(20))]), "unsupported"),
        ("demo-1.0.7z", b"7z\xbc\xaf\x27\x1c" + bytes(99), "unsupported"),
        (WHEEL, wheel().replace(b"\x14\0\0\0", b"\x14\0\1\0"), "encrypted"),
        (WHEEL, zip_of_zeros(40 << 20), "decompression-bomb"),
        (SDIST, PACK["gz"](tarred([("demo-1.0/a", bytes(1000))])[:700]), "truncated"),
    ],
)
def test_what_cannot_be_read_is_a_gap(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    result = assay("scan", written(tmp_path, {name: data}) / name, "-f", "json")
    assert result.returncode == 3, result.stdout
    assert reason in {gap["reason"] for gap in json.loads(result.stdout)["coverage"]["gaps"]}


@pytest.mark.parametrize(
    ("name", "data"), [("a.bin", zipped([("x.py", b"")])), ("renamed.txt", sdist()), ("noname", sdist())]
)
def test_a_container_is_known_by_its_bytes(tmp_path: Path, name: str, data: bytes) -> None:
    report = scanned(written(tmp_path, {name: data}) / name)
    assert report["target"]["kind"] == "artifact"
    assert report["coverage"]["files"] > 1


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (WHEEL, True),
        (f"dist/{SDIST}", True),
        ("wheels/demo-1.0.zip", True),
        ("a/demo-1.0-py3.11.egg", True),
        ("release.tar.gz", False),
        ("demo-latest.zip", False),
        ("demo-1.0.tgz", True),
        (".yarn/cache/@a-b-npm-1.0.0-0123456789-0.zip", True),
        ("node_modules/x/y-1.0.0.tgz", False),
        (f"tests/data/{WHEEL}", False),
        (f"node_modules/x/{WHEEL}", False),
        (f"lib/site-packages/virtualenv/{WHEEL}", False),
        ("demo-1.0.txt", False),
    ],
)
def test_which_files_of_a_folder_are_judged_as_packages(path: str, expected: bool) -> None:
    assert is_artifact(path) is expected


def test_broken_test_data_of_a_project_are_no_gap(tmp_path: Path) -> None:
    broken = zipped([("a", b"x" * 99)])[:-30]
    written(tmp_path, {f"tests/data/{WHEEL}": broken, "pyproject.toml": b"[project]\nname = 'demo'\nversion = '1'\n"})
    assert scanned(tmp_path)["coverage"]["status"] == "complete"
    inner = opened(sdist({"tests/data/broken.zip": broken, "demo/sound.zip": zipped([("a", b"")])}), SDIST)
    assert not inner.gaps
    assert reasons(opened(sdist({"demo/broken.zip": broken}), SDIST)) == ["not-an-archive"]


def test_a_bomb_within_is_a_gap_and_among_test_data_not_analysed() -> None:
    """Source archives hold matrices of zeros; that they were not unpacked is said, and nothing else is."""
    bomb = zip_of_zeros(40 << 20)
    assert reasons(opened(sdist({"demo/bomb.zip": bomb}), SDIST)) == ["decompression-bomb"]
    read = opened(sdist({"benchmarks/matrix.npz": bomb}), SDIST)
    assert not read.gaps
    assert dict(read.languages)["archive"] == 1


@pytest.mark.parametrize(
    ("head", "expected"),
    [(b"\x7fELF", []), (b"MZ" + b"\0" * 58 + b"@\0\0\0PE\0\0", []), (b"#!/bin/sh\n", ["too-large"])],
)
def test_a_large_program_is_no_code_that_was_not_read(head: bytes, expected: list[str]) -> None:
    data = wheel({"demo-1.0.data/scripts/demo": head + b"x" * 5_000})
    assert reasons(opened(data, WHEEL, Limits(held=4_096), PythonSources())) == expected


def test_a_folder_that_bears_the_name_of_what_lies_in_an_archive(tmp_path: Path) -> None:
    written(tmp_path, {WHEEL: wheel(), f"{WHEEL}!/demo/__init__.py": b"other"})
    report = judged(tmp_path)
    assert report.coverage.files == 5


def test_names_within_that_look_like_nested_ones_stand_once() -> None:
    inner = zipped([("b", b"nested")])
    read = opened(zipped([("a.zip", inner), ("a.zip!/b", b"plain")]))
    assert sorted(contents(read)) == ["a.zip", "a.zip!/b", "a.zip!/b#2"]


def test_a_hostile_archive_stops_nothing_else(tmp_path: Path) -> None:
    bad = {"bomb-1.0-py3-none-any.whl": zip_of_zeros(40 << 20), SDIST: sdist()[:-20]}
    written(tmp_path, {WHEEL: wheel(extra=[("demo/late.py", b"")]), **bad})
    report = judged(tmp_path)
    assert [(finding.rule, finding.purl) for finding in report.findings if finding.severity == "medium"] == [
        ("MANI-002", PURL)
    ]
    assert {gap.reason for gap in report.coverage.gaps} >= {"decompression-bomb", "truncated"}
