"""MANI-002: a package that disagrees with its metadata, and packages that only look as if they did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from assay.rules.mani_002_content_mismatch import RULE
from assay.scanner.models import Finding, Severity
from tests.archives import END, PACK, digest, header, kinds, opened, padded, sdist, tarball, tarred, wheel, zipped
from tests.listed_corpus import ListedCorpus

if TYPE_CHECKING:
    from assay.scanner.inputs.artifact import Opened

WHEEL = "demo-1.0-py3-none-any.whl"
SDIST = "demo-1.0.tar.gz"
METADATA = b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
ABOUT = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
HASH = digest(b"X = 1\n")
CODE = "demo/__init__.py,sha256={},{}\n"
RECORD = CODE.format(HASH, 6) + "".join(
    f"demo-1.0.dist-info/{name}\n"
    for name in (
        f"METADATA,sha256={digest(METADATA)},{len(METADATA)}",
        f"WHEEL,sha256={digest(ABOUT)},{len(ABOUT)}",
        "RECORD,,",
    )
)


def found(read: Opened) -> list[Finding]:
    assert read.package
    assert RULE.check_package
    return list(RULE.check_package(read.package, ListedCorpus()))


def told(read: Opened) -> list[tuple[str, str]]:
    return sorted((finding.evidence[0], finding.severity.value) for finding in found(read))


MANY_BAD = zipped([(f"/bin/{number}", b"payload") for number in range(60)])
"""More members with bad names than are told one by one."""


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (wheel(), "other-1.0-py3-none-any.whl", [("other-name", "medium")]),
        (wheel(), "demo-1.1-py3-none-any.whl", [("other-version", "medium")]),
        (wheel(), "demo.whl", [("file-name", "info")]),
        (wheel(extra=[("demo/late.py", b"payload")]), WHEEL, [("unlisted", "medium")]),
        (wheel(extra=[("demo.pth", b"import demo")]), WHEEL, [("unlisted", "medium")]),
        (wheel(extra=[("NOTES.txt", b"forgotten")]), WHEEL, [("unlisted", "low")]),
        (wheel(extra=[("NOTES.txt", b"forgotten"), ("z.py", b"payload")]), WHEEL, [("unlisted", "medium")]),
        (wheel({"demo/__init__.py": b"X = 2\n"}, record=RECORD), WHEEL, [("wrong-hash", "medium")]),
        (wheel({"demo/__init__.py": b"X = 10\n"}, record=RECORD), WHEEL,
         [("wrong-hash", "medium"), ("wrong-size", "low")]),
        (wheel({}, record=RECORD), WHEEL, [("missing", "low")]),
        (wheel(record=RECORD.replace("sha256=", "md5=", 1)), WHEEL, [("weak-hash", "low")]),
        (wheel(record=RECORD.replace(f"sha256={HASH}", "")), WHEEL, [("no-hash", "low")]),
        (wheel(record=RECORD.replace("sha256=", "sha512=", 1)), WHEEL, [("other-hash", "info")]),
        (wheel(record=RECORD + "one field\n"), WHEEL, [("bad-record", "low")]),
        (wheel(extra=[("evil-2.dist-info/METADATA", b"")]), WHEEL,
         [("several-dist-info", "medium"), ("unlisted", "low")]),
        (wheel(extra=[("../../bin/sh", b"payload")]), WHEEL, [("unlisted", "low"), ("unsafe-name", "high")]),
        (wheel(extra=[("demo/a.zip", zipped([("/bin/sh", b"payload")]))]), WHEEL,
         [("unlisted", "low"), ("unsafe-name", "medium")]),
        (wheel(extra=[("demo/a.zip", MANY_BAD)]), WHEEL, [("unlisted", "low"), ("unsafe-name", "medium")]),
        (wheel(extra=[("demo/a.zip", MANY_BAD), ("../../bin/sh", b"payload")]), WHEEL,
         [("unlisted", "low"), ("unsafe-name", "high")]),
        (wheel(extra=[("demo/__INIT__.py", b"")]), WHEEL, [("colliding-names", "low"), ("unlisted", "medium")]),
        (sdist(name="other"), SDIST, [("other-name", "medium")]),
        (sdist(version="1.0.1"), SDIST, [("other-version", "medium")]),
        (tarred([("demo-1.0/setup.py", b"")], packed="gz"), SDIST, [("no-metadata", "info")]),
        (tarred([("setup.py", b""), ("PKG-INFO", b"Name: demo\nVersion: 1.0\n")]), SDIST, [("no-root", "info")]),
        (PACK["gz"](header(b"demo-1.0/setup.py") + header(b"demo-1.0/x", 0, b"2", b"/etc/passwd") + END), SDIST,
         [("link-outside", "medium"), ("no-metadata", "info")]),
        (PACK["gz"](header(b"demo-1.0/setup.py") + header(b"demo-1.0/x", 0, b"6") + END), SDIST,
         [("no-metadata", "info"), ("special-member", "medium")]),
        (PACK["gz"]((header(b"d/setup.py", 1) + padded(b"#") + header(b"d/setup.py", 1) + padded(b"!")) + END), SDIST,
         [("duplicate-name", "medium"), ("no-metadata", "info")]),
    ],
)  # fmt: skip
def test_a_mismatch_is_found(data: bytes, name: str, expected: list[tuple[str, str]]) -> None:
    assert told(opened(data, name)) == expected


def test_a_requirement_that_only_the_build_files_name() -> None:
    info = {"PKG-INFO": b"Name: demo\nVersion: 1.0\nRequires-Dist: requests\n"}
    requires = {
        "demo.egg-info/PKG-INFO": info["PKG-INFO"],
        "demo.egg-info/requires.txt": b"requests\nevil>1\n\n[x]\nmore\n",
    }
    read = opened(sdist({**info, **requires}), SDIST)
    assert told(read) == [("hidden-requirement", "low")]
    assert [(one.name, one.scopes) for one in read.parsed.declarations] == [
        ("requests", ("prod",)),
        ("evil", ("prod",)),
    ]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (wheel(), WHEEL),
        (wheel(record=RECORD), WHEEL),
        (wheel(record=RECORD.replace("\n", "\r\n")), WHEEL),
        (wheel(record=f'"{RECORD[:16]}"{RECORD[16:]}'), WHEEL),
        (wheel(record=RECORD.replace("demo-1.0.dist-info/RECORD,,\n", "")), WHEEL),
        (wheel(extra=[("demo-1.0.dist-info/RECORD.jws", b"{}"), ("demo-1.0.dist-info/RECORD.p7s", b"")]), WHEEL),
        (wheel(extra=[("demo/", b"")]), WHEEL),
        (wheel(name="My.Demo"), "my_demo-1.0-py3-none-any.whl"),
        (wheel(version="1.0+cpu"), "demo-1.0+cpu-py3-none-any.whl"),
        (wheel(version="1.0+cpu"), "demo-1.0_cpu-py3-none-any.whl"),
        (wheel(version="1.0.0"), "demo-1.0-1build-py3-none-any.whl"),
        (wheel(version="1.0rc1"), "demo-1.0.rc1-py2.py3-none-any.whl"),
        (sdist(), SDIST),
        (sdist(name="my-demo"), "my_demo-1.0.tar.gz"),
        (sdist(), "demo-1.0.0.zip"),
        (sdist({"PKG-INFO": b"Name: demo\nVersion: 1.0\n", "demo.egg-info/PKG-INFO": b"Name: demo\nVersion: 1.0\n",
                "demo.egg-info/requires.txt": b"old-style\n"}), SDIST),
        (sdist({"Makefile": b"", "makefile.in": b""}), SDIST),
    ],
)  # fmt: skip
def test_what_is_right_is_left_alone(data: bytes, name: str) -> None:
    read = opened(data, name)
    assert told(read) == []
    assert not read.gaps


def test_one_finding_for_each_kind_names_the_worst_first() -> None:
    extra = [(f"a{number}.txt", b"") for number in range(9)] + [("z.py", b"")]
    (finding,) = found(opened(wheel(extra=extra), WHEEL))
    assert finding.severity is Severity.MEDIUM
    assert finding.purl == "pkg:pypi/demo@1.0"
    assert finding.location
    assert finding.location.path == f"{WHEEL}!/z.py"
    assert finding.evidence == (
        "unlisted",
        "z.py: a file that RECORD does not list",
        "a0.txt: a file that RECORD does not list",
        "a1.txt: a file that RECORD does not list",
        "a2.txt: a file that RECORD does not list",
        "and 6 more",
    )


def test_a_wheel_without_record() -> None:
    read = opened(zipped([("demo-1.0.dist-info/METADATA", b"Name: demo\nVersion: 1.0\n")]), WHEEL)
    assert told(read) == [("no-record", "low")]


def test_every_kind_that_the_reader_notes_is_weighed() -> None:
    read = opened(wheel(extra=[("x\\y", b"")]), WHEEL)
    assert kinds(read) == ["unlisted", "unsafe-name"]


def test_a_component_alone_says_nothing() -> None:
    assert RULE.check is None


# --- npm -------------------------------------------------------------------------------------------------------------


def told_of_npm(name: str, files: dict[str, bytes], /, **manifest: Any) -> list[tuple[str, str]]:
    read = opened(tarball(files, **manifest), name)
    assert RULE.check_package
    found = [finding for package in read.others for finding in RULE.check_package(package, ListedCorpus())]
    places = {file.path for file in read.members} | {name}
    assert all(finding.location and finding.location.path in places for finding in found)
    return sorted((finding.evidence[0], finding.severity.value) for finding in found)


NPM = "demo-1.0.0.tgz"
X = {"x.js": b"exports.x = 1;\n"}


@pytest.mark.parametrize(
    ("name", "manifest", "expected"),
    [
        ("other-1.0.0.tgz", {}, [("other-name", "medium")]),
        ("demo-1.0.1.tgz", {}, [("other-version", "medium")]),
        ("x.tgz", {}, [("file-name", "info")]),
        (NPM, {"main": "../../x.js"}, [("entry-outside", "medium")]),
        (NPM, {"bin": {"a": "..\\..\\x.js"}}, [("entry-outside", "medium")]),
        (NPM, {"exports": {"./a": {"node": "./../../x.js"}}}, [("entry-outside", "medium")]),
        (NPM, {"main": "y.js", "bin": "z.js"}, [("missing-entry", "low")]),
        (NPM, {"exports": {".": "./y.js"}}, [("missing-export", "info")]),
        (NPM, {"bin": {"git": "x.js"}}, [("command", "medium")]),
        (NPM, {"bin": {"Python3": "x.js"}}, [("command", "medium")]),
        (NPM, {"bin": {"npm.cmd": "x.js", "which": "x.js"}}, [("command", "low"), ("command", "medium")]),
        (NPM, {"bin": {"sudo": "../x.js"}}, [("command", "medium"), ("entry-outside", "medium")]),
        ("sudo-1.0.0.tgz", {"name": "sudo", "bin": "x.js"}, [("command", "low")]),
        ("npm-1.0.0.tgz", {"name": "npm", "bin": {"npm": "x.js", "npx": "x.js"}}, [("command", "low")]),
        ("s-demo-1.0.0.tgz", {"name": "@s/demo", "bin": {"npx": "x.js"}}, [("command", "medium")]),
    ],
)
def test_what_contradicts_itself_on_npm(name: str, manifest: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert told_of_npm(name, X, **manifest) == expected


@pytest.mark.parametrize(
    ("files", "manifest"),
    [
        (X, {"main": "x", "bin": {"demo": "./x.js"}, "exports": {".": "./x.js", "./*": "./lib/*.js", "./y/": "./y/"}}),
        (X, {"main": "/x.js", "bin": "/x.js", "exports": None}),
        ({"index.d.ts": b""}, {"main": "", "types": "index.d.ts"}),
        ({"index.js": b"", "lib/index.js": b""}, {"main": "./dist/index.js", "exports": {"./lib": "./lib/index.js"}}),
        ({"lib/index.json": b"{}", "lib/y.js": b""}, {"main": "lib", "bin": {"gitk": "lib/y.js", "pythonic": "lib/y"}}),
        ({"build/x.node": b""}, {"main": "./build/x", "name": "@s/demo"}),
    ],
)
def test_what_agrees_on_npm(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    assert told_of_npm(NPM, files, **manifest) == []
