"""PROV-001: provenance that is of something else, and provenance that only looks so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from assay.rules.prov_001_provenance import RULE
from assay.scanner.inputs.target import ReadOptions, read_targets
from assay.scanner.models import Severity
from tests.archives import sdist, tarball, tarred, wheel, zipped
from tests.attestations import (
    REPOSITORY,
    built,
    built_02,
    bundled,
    provenance,
    published,
    registry,
    signed,
    statement,
    subject,
)
from tests.listed_corpus import ListedCorpus

if TYPE_CHECKING:
    from pathlib import Path

    from assay.scanner.models import Finding, Inventory

WHEEL, SDIST, TARBALL = "demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz", "demo-1.0.0.tgz"
OTHER = b"other bytes"
DIGEST, NAME, ELSEWHERE = ("attested-digest", "high"), ("attested-name", "high"), ("attested-repository", "medium")


def inventory(folder: Path, files: dict[str, bytes]) -> Inventory:
    for name, data in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return read_targets([str(folder)], ReadOptions())


def found(read: Inventory) -> list[Finding]:
    assert RULE.check_package
    places = {file.path for file in read.files}
    some = [one for package in read.contents for one in RULE.check_package(package, ListedCorpus())]
    assert all(one.location and one.location.path in places for one in some)
    return some


def told(read: Inventory) -> list[tuple[str, str]]:
    return [(one.evidence[0], one.severity.value) for one in found(read)]


def python(url: str = "", **labelled: str) -> bytes:
    lines = [f"Home-page: {url}"] if url else []
    lines += [f"Project-URL: {label}, {address}" for label, address in labelled.items()]
    head = "\n".join(["Metadata-Version: 2.1", "Name: demo", "Version: 1.0", *lines, ""]).encode()
    return sdist({"PKG-INFO": head})


def node(repository: Any = None, **manifest: Any) -> bytes:
    return tarball(None, **({"repository": repository} if repository else {}), **manifest)


def of(name: str, data: bytes = b"", *algorithms: str) -> dict[str, Any]:
    return subject(name, data, *algorithms)


W, S, T = wheel(), sdist(), tarball()
NODE_SAID = of("pkg:npm/demo@1.0.0", T, "sha512")
SOURCE = python(Source=REPOSITORY)
NODE = node({"type": "git", "url": f"git+{REPOSITORY}.git", "directory": "packages/demo"})
BUILT_HERE = built(of("pkg:npm/demo@1.0.0", NODE, "sha512"))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # Other bytes, by every form and name of file.
        ({WHEEL: W, f"{WHEEL}.publish.attestation": published(statement(of(WHEEL, OTHER)))}, [DIGEST]),
        ({WHEEL: W, f"{WHEEL}.provenance": provenance(statement(of(WHEEL, OTHER)))}, [DIGEST]),
        ({SDIST: S, f"{SDIST}.publish.attestation": published(statement(of(SDIST, OTHER)))}, [DIGEST]),
        ({SDIST: S, f"{SDIST}.slsa.attestation": published(built(of(SDIST, OTHER)))}, [DIGEST]),
        ({SDIST: S, f"{SDIST}.sigstore": signed(OTHER)}, [DIGEST]),
        ({SDIST: S, f"{SDIST}.sigstore.json": signed(OTHER, "SHA2_512")}, [DIGEST]),
        ({TARBALL: T, "demo-1.0.0.attestations.json": registry(statement(of("pkg:npm/demo@1.0.0", OTHER, "sha512")))},
         [DIGEST]),
        ({TARBALL: T, "demo-1.0.0.sigstore": bundled(built_02(of("pkg:npm/demo@1.0.0", OTHER, "sha512")))}, [DIGEST]),
        ({TARBALL: T, f"{TARBALL}.sigstore.json": bundled(built(of("pkg:npm/demo@1.0.0", OTHER, "sha256")))}, [DIGEST]),
        # One of two digests, one of two statements.
        ({SDIST: S, f"{SDIST}.provenance": provenance(statement(
            {"name": SDIST, "digest": {**of(SDIST, S)["digest"], **of(SDIST, OTHER, "sha512")["digest"]}}))}, [DIGEST]),
        ({TARBALL: T, "demo-1.0.0.attestations.json": registry(statement(NODE_SAID), built(of("x", OTHER, "sha512")))},
         [DIGEST]),
        # Another package or version, whose bytes may be these.
        ({TARBALL: T, "demo-1.0.0.sigstore": bundled(statement(of("pkg:npm/other@1.0.0", T, "sha512")))}, [NAME]),
        ({TARBALL: T, "demo-1.0.0.sigstore": bundled(statement(of("pkg:npm/%40s/demo@1.0.0", T, "sha512")))}, [NAME]),
        ({TARBALL: T, "demo-1.0.0.sigstore": bundled(statement(of("pkg:npm/demo@1.0.1", T, "sha512")))}, [NAME]),
        ({TARBALL: T, "demo-1.0.0.sigstore": bundled(statement(of("pkg:pypi/demo@1.0.0", T, "sha512")))}, [NAME]),
        ({TARBALL: T, "demo-1.0.0.sigstore": bundled(statement(of("other-1.0.0.tgz", T)))}, [NAME]),
        ({SDIST: S, f"{SDIST}.provenance": provenance(statement(of("demo-1.0.1.tar.gz", S)))}, [NAME]),
        ({SDIST: S, f"{SDIST}.provenance": provenance(statement(of("pkg:pypi/other@1.0", S)))}, [NAME]),
        ({WHEEL: W, f"{WHEEL}.provenance": provenance(statement(of("demon-1.0-py3-none-any.whl", W)))}, [NAME]),
        ({WHEEL: W, f"{WHEEL}.provenance": provenance(statement(of("demo-2.0-py3-none-any.whl", OTHER)))},
         [DIGEST, NAME]),
        ({TARBALL: T, "demo-1.0.0.sigstore": bundled(statement(of("pkg:npm/other@1.0.0", T),
                                                               of("pkg:npm/demo@1.0.0", OTHER)))}, [NAME]),
        # Another repository.
        ({TARBALL: NODE, "demo-1.0.0.sigstore": bundled(built(of("pkg:npm/demo@1.0.0", NODE, "sha512"),
                                                              by="https://github.com/fork/demo"))}, [ELSEWHERE]),
        ({TARBALL: NODE, "demo-1.0.0.sigstore": bundled(built_02(of("pkg:npm/demo@1.0.0", NODE, "sha512"),
                                                                 by="git+https://gitlab.com/a/demo@refs/heads/x"))},
         [ELSEWHERE]),
        ({SDIST: SOURCE, f"{SDIST}.provenance": provenance(statement(of(SDIST, SOURCE)), repository="fork/demo")},
         [ELSEWHERE]),
        ({SDIST: SOURCE, f"{SDIST}.provenance": provenance(statement(of(SDIST, SOURCE)), kind="GitLab")}, [ELSEWHERE]),
        ({SDIST: python(REPOSITORY), f"{SDIST}.slsa.attestation":
          published(built(of(SDIST, python(REPOSITORY)), by="https://github.com/fork/demo"))}, [ELSEWHERE]),
    ],
)  # fmt: skip
def test_what_contradicts_the_artifact(
    tmp_path: Path, files: dict[str, bytes], expected: list[tuple[str, str]]
) -> None:
    read = inventory(tmp_path, files)
    assert told(read) == expected
    assert read.gaps == ()
    assert read.unattested == ()


SCOPED = node(f"git+{REPOSITORY}.git", name="@scope/demo")
GITLAB = node("https://git.example.invalid/g/s/demo.git")


@pytest.mark.parametrize(
    "files",
    [
        {WHEEL: W, f"{WHEEL}.publish.attestation": published(statement(of(WHEEL, W)))},
        {WHEEL: W, f"{WHEEL}.provenance": provenance(statement(of(WHEEL, W)), built(of(WHEEL, W)))},
        {SDIST: S, f"{SDIST}.sigstore": signed(S), f"{SDIST}.sigstore.json": signed(S, "SHA2_512")},
        {TARBALL: T, "demo-1.0.0.attestations.json": registry(statement(NODE_SAID), built_02(NODE_SAID))},
        {TARBALL: NODE, "demo-1.0.0.sigstore.json": bundled(BUILT_HERE)},
        {"scope-demo-1.0.0.tgz": SCOPED,
         "scope-demo-1.0.0.sigstore": bundled(built(of("pkg:npm/%40scope/demo@1.0.0", SCOPED, "sha512")))},
        {"scope-demo-1.0.0.tgz": SCOPED,
         "scope-demo-1.0.0.sigstore": bundled(built(of("pkg:npm/@scope/demo@1.0.0", SCOPED, "sha512")))},
        # One statement about all that a build made, of which one is this.
        {SDIST: S, f"{SDIST}.sigstore": bundled(built(of(WHEEL, W), of(SDIST, S), of("other-3.tar.gz", OTHER)))},
        {SDIST: S, f"{SDIST}.sigstore": bundled(built(of("other-3.tar.gz", S), of(SDIST, S)))},
        # Its own file name, whatever its metadata say.
        {"a-3d-1.0.tar.gz": S, "a-3d-1.0.tar.gz.provenance": provenance(statement(of("a-3d-1.0.tar.gz", S)))},
        # Names written in another way, and names that tell nothing.
        {SDIST: S, f"{SDIST}.provenance": provenance(statement(of("dist/Demo-1.0.0.tar.gz", S)))},
        {SDIST: S, f"{SDIST}.provenance": provenance(statement(of("pkg:pypi/Demo", S)))},
        {SDIST: S, f"{SDIST}.provenance": provenance(statement(of("release", S)))},
        {SDIST: S, f"{SDIST}.provenance": provenance(statement(of("pkg:generic/release@7", S)))},
        {"a-3d-1.0.tar.gz": sdist(name="a-3d"),
         "a-3d-1.0.tar.gz.provenance": provenance(statement(of("a_3d-1.0.tar.gz", sdist(name="a-3d"))))},
        {TARBALL: T, "demo-1.0.0.sigstore": bundled(statement(of("demo-v1.0.0.tgz", T)))},
        {TARBALL: node(version="v1.0.0+7"),
         "demo-1.0.0.sigstore": bundled(statement(of("pkg:npm/demo@1.0.0", node(version="v1.0.0+7"), "sha512")))},
        # One repository, written in many ways; metadata that name none; one of several.
        {TARBALL: NODE, "demo-1.0.0.sigstore": bundled(built(of("pkg:npm/demo@1.0.0", NODE, "sha512"),
                                                             by="https://GitHub.com/Example-Invalid/demo.git/"))},
        {TARBALL: T, "demo-1.0.0.sigstore": bundled(built(NODE_SAID))},
        {TARBALL: GITLAB, "demo-1.0.0.sigstore": bundled(built(of("pkg:npm/demo@1.0.0", GITLAB, "sha512"),
                                                               by="https://git.example.invalid/g/s/demo"))},
        {TARBALL: NODE, "demo-1.0.0.sigstore": bundled(built(of("pkg:npm/demo@1.0.0", NODE), by="somewhere"))},
        {SDIST: python("https://demo.example.invalid", Funding="https://github.com/sponsors/fork"),
         f"{SDIST}.provenance": provenance(statement(of(SDIST, python(
             "https://demo.example.invalid", Funding="https://github.com/sponsors/fork"))))},
        {SDIST: python("https://github.com/docs/demo", Source=f"{REPOSITORY}/tree/main"),
         f"{SDIST}.provenance": provenance(statement(of(SDIST, python(
             "https://github.com/docs/demo", Source=f"{REPOSITORY}/tree/main"))))},
    ],
)  # fmt: skip
def test_provenance_of_the_artifact_is_left_alone(tmp_path: Path, files: dict[str, bytes]) -> None:
    read = inventory(tmp_path, files)
    assert told(read) == []
    assert read.gaps == ()
    assert read.unattested == ()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # Of another artifact, in another folder, of nothing that is here, and what is none.
        ({SDIST: S, "demo-2.0.tar.gz.provenance": provenance(statement(of("demo-2.0.tar.gz", OTHER)))}, (SDIST,)),
        ({SDIST: S, f"old/{SDIST}.provenance": provenance(statement(of(SDIST, OTHER)))}, (SDIST,)),
        ({SDIST: S, "demo-1.0.sigstore": signed(OTHER)}, (SDIST,)),
        ({SDIST: S, f"{SDIST}.asc": b"-----BEGIN PGP SIGNATURE-----"}, (SDIST,)),
        ({"node_modules/demo/demo-1.0.0.tgz": T, "node_modules/demo/demo-1.0.0.sigstore": signed(OTHER)}, ()),
        ({"tests/demo-1.0.0.tgz": T, "tests/demo-1.0.0.sigstore": signed(OTHER)}, ()),
    ],
)
def test_what_speaks_of_no_artifact_here(tmp_path: Path, files: dict[str, bytes], expected: tuple[str, ...]) -> None:
    read = inventory(tmp_path, files)
    assert told(read) == []
    assert read.unattested == expected


def test_a_gap_where_provenance_cannot_be_read_and_nothing_else(tmp_path: Path) -> None:
    read = inventory(tmp_path, {SDIST: S, f"{SDIST}.provenance": b'{"version": 1, "attestation_bundles": 3}'})
    assert [(gap.path, gap.reason) for gap in read.gaps] == [
        (f"{SDIST}.provenance", "empty"),
        (f"{SDIST}.provenance", "wrong-type"),
    ]
    assert told(read) == []
    assert read.unattested == ()


def test_an_archive_that_is_no_package_is_a_gap(tmp_path: Path) -> None:
    files = {"notes-1.0.tar.gz": tarred([("notes.txt", b"x")], packed="gz"), "notes-1.0.tar.gz.sigstore": signed(OTHER)}
    read = inventory(tmp_path, files)
    assert [(gap.path, gap.reason) for gap in read.gaps] == [("notes-1.0.tar.gz.sigstore", "unsupported")]


def test_manifests_in_two_folders_do_not_escape(tmp_path: Path) -> None:
    said = json.dumps({"name": "demo", "version": "1.0.0"}).encode()
    data = tarred([("a/package.json", said), ("b/package.json", said)], packed="gz")
    assert DIGEST in told(inventory(tmp_path, {TARBALL: data, "demo-1.0.0.sigstore": signed(OTHER, "SHA2_512")}))


def test_what_a_tarball_carries_along_is_not_what_was_built(tmp_path: Path) -> None:
    carried = {"index.js": b"", "node_modules/in/package.json": b'{"name": "in", "version": "2.0.0"}'}
    data = tarball(carried, bundledDependencies=["in"])
    (finding,) = found(inventory(tmp_path, {TARBALL: data, "demo-1.0.0.sigstore": signed(OTHER)}))
    assert finding.purl == "pkg:npm/demo@1.0.0"


def test_a_finding_says_what_was_expected_and_what_is_there(tmp_path: Path) -> None:
    files = {f"{WHEEL}.provenance": provenance(statement(of(WHEEL, OTHER))), WHEEL: W}
    (finding,) = found(inventory(tmp_path, {f"dist/{name}": data for name, data in files.items()}))
    assert finding.severity is Severity.HIGH
    assert finding.message == "demo 1.0 is not the file that the provenance beside it speaks of"
    assert finding.location
    assert finding.location.path == f"dist/{WHEEL}.provenance"
    there, expected = (of("", data)["digest"]["sha256"][:32] for data in (W, OTHER))
    assert finding.evidence == (
        "attested-digest",
        f"{WHEEL}.provenance: sha256 {expected}… of {WHEEL}, here {there}…",
    )


def test_artifacts_without_provenance_are_told_once(tmp_path: Path) -> None:
    assert RULE.check_target
    names = [f"demo-1.{number}.tar.gz" for number in range(6)]
    read = inventory(tmp_path, {name: sdist(version=name[5:-7]) for name in names})
    (finding,) = RULE.check_target(read, ListedCorpus())
    assert finding.severity is Severity.INFO
    assert finding.purl == "pkg:generic/."
    assert finding.evidence == ("unattested", *names[:4], "and 2 more")


def test_nothing_is_told_where_there_is_no_artifact(tmp_path: Path) -> None:
    assert RULE.check_target
    cached = zipped([("node_modules/a/package.json", b'{"name": "a", "version": "1.0.0"}')])
    read = inventory(
        tmp_path,
        {
            "package.json": b'{"name": "x", "version": "1.0.0"}',
            ".yarn/cache/a-npm-1.0.0-0123456789.zip": cached,
            "node_modules/b/b-1.0.0.tgz": T,
        },
    )
    assert "pkg:npm/a@1.0.0" in {package.purl for package in read.contents}
    assert list(RULE.check_target(read, ListedCorpus())) == []


@pytest.mark.parametrize(("later", "reason"), [(b"exchanged", "changed"), (None, "unreadable")])
def test_an_artifact_that_changes_while_it_is_read(tmp_path: Path, later: bytes | None, reason: str) -> None:
    name = "demo-1.0.0.sigstore"
    options = ReadOptions(progress=lambda done, every: exchange(tmp_path / TARBALL, later) if done == every else None)
    (tmp_path / TARBALL).write_bytes(T)
    (tmp_path / name).write_bytes(bundled(built(NODE_SAID)))
    read = read_targets([str(tmp_path)], options)
    assert [(gap.path, gap.reason) for gap in read.gaps] == [(TARBALL, reason)]
    assert told(read) == []


def exchange(place: Path, data: bytes | None) -> None:
    place.unlink(missing_ok=True)
    if data is not None:
        place.write_bytes(data)
