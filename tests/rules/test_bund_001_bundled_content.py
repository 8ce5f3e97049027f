"""BUND-001: what a package carries under other names, and what it may well carry."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from assay.rules.bund_001_bundled_content import RULE
from tests.archives import opened, sdist, tarball, tarred, wheel, zipped
from tests.listed_corpus import ListedCorpus

PURE, PLATFORM, SDIST = "demo-1.0-py3-none-any.whl", "demo-1.0-cp311-cp311-linux_x86_64.whl", "demo-1.0.tar.gz"
ELF = b"\x7fELF\x02\x01\x01" + bytes(99)
PE = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(50)
MACH_O = b"\xcf\xfa\xed\xfe" + bytes(99)
FAT = b"\xca\xfe\xba\xbe" + struct.pack(">I", 2) + bytes(99)
JAVA = b"\xca\xfe\xba\xbe" + struct.pack(">HH", 0, 65) + bytes(99)
PYC = b"\xa7\r\r\n" + bytes(60)
PYC_2 = b"\x03\xf3\r\n" + bytes(60)
ZIP = zipped([("x", b"y")])


def told(name: str, files: dict[str, bytes]) -> list[tuple[str, str]]:
    read = opened(sdist(files) if name == SDIST else wheel(files), name)
    assert read.package
    assert RULE.check_package
    found = RULE.check_package(read.package, ListedCorpus())
    return sorted((finding.evidence[0], finding.severity.value) for finding in found)


@pytest.mark.parametrize(
    ("name", "files", "expected"),
    [
        (PURE, {"demo/logo.png": ELF}, [("disguised", "high")]),
        (PLATFORM, {"demo/logo.PNG": PE}, [("disguised", "high")]),
        (SDIST, {"demo/data.json": MACH_O}, [("disguised", "high")]),
        (SDIST, {"demo/__init__.py": FAT}, [("disguised", "high")]),
        (SDIST, {"tests/data/logo.png": ELF}, [("disguised", "low")]),
        (PURE, {"demo/helper": ELF}, [("native", "low")]),
        (PURE, {"demo/a.so": ELF, "demo/b.dll": PE}, [("native", "low")]),
        (PURE, {"demo/core.pyc": PYC}, [("sourceless", "medium")]),
        (PURE, {"demo/core.pyc": PYC_2}, [("sourceless", "medium")]),
        (PURE, {"demo/__pycache__/core.cpython-311.pyc": PYC, "demo/other.py": b""}, [("sourceless", "medium")]),
        (PURE, {"demo/core.bin": PYC}, [("sourceless", "medium")]),
        (SDIST, {"demo/core.pyc": PYC}, [("sourceless", "low")]),
        (SDIST, {"demo/data.zip": ZIP, "x.bin": tarred([("a", b"")], packed="xz")}, [("archive", "info")]),
        (PURE, {"demo/data.zip": zipped([("a/logo.png", ELF)])}, [("archive", "info"), ("disguised", "high")]),
    ],
)
def test_what_is_out_of_place(name: str, files: dict[str, bytes], expected: list[tuple[str, str]]) -> None:
    assert told(name, files) == expected


@pytest.mark.parametrize(
    ("name", "files"),
    [
        (PLATFORM, {"demo/a.so": ELF, "demo.libs/b.so.1": ELF, "demo/bin/tool": ELF}),
        (SDIST, {"vendor/tool.exe": PE}),
        (PURE, {"demo/core.py": b"", "demo/core.pyc": PYC}),
        (PURE, {"demo/core.py": b"", "demo/__pycache__/core.cpython-311.pyc": PYC}),
        (PURE, {"demo/core.py": b"", "demo/__pycache__/core.cpython-311.opt-1.pyc": PYC}),
        (
            PURE,
            {
                "demo/logo.png": b"\x89PNG\r\n\x1a\n" + bytes(99),
                "demo/a.txt": b"MZ is how it begins",
                "b.txt": b"\x7fEL",
            },
        ),
        (PURE, {"demo/x.py": b"#!/usr/bin/env python\n", "demo/A.class": JAVA, "demo/empty.png": b""}),
    ],
)
def test_what_may_well_be_there(name: str, files: dict[str, bytes]) -> None:
    assert told(name, files) == []


def test_where_it_points() -> None:
    read = opened(wheel({"demo/a.txt": b"", "demo/logo.png": ELF}), PURE)
    assert read.package
    assert RULE.check_package
    (finding,) = RULE.check_package(read.package, ListedCorpus())
    assert finding.location
    assert finding.location.path == f"{PURE}!/demo/logo.png"
    assert finding.message == "demo 1.0 carries a native program under the name of something else"
    assert finding.evidence == ("disguised", f"demo/logo.png: elf, {len(ELF)} bytes")


# --- npm -------------------------------------------------------------------------------------------------------------

SCRIPT = b"#!/bin/sh\necho\n"
CARRIED = {"node_modules/b/package.json": b'{"name": "b", "version": "1.0.0"}'}


def told_of_npm(files: dict[str, bytes], **manifest: Any) -> list[tuple[str, str]]:
    read = opened(tarball(files, **manifest), "demo-1.0.0.tgz")
    assert RULE.check_package
    found = [finding for package in read.others for finding in RULE.check_package(package, ListedCorpus())]
    places = {file.path for file in read.members}
    assert all(finding.location and finding.location.path in places for finding in found)
    return sorted((finding.evidence[0], finding.severity.value) for finding in found)


@pytest.mark.parametrize(
    ("files", "manifest", "expected"),
    [
        ({"assets/logo.png": ELF}, {}, [("disguised", "high")]),
        ({"lib/x.mjs": PE}, {}, [("disguised", "high")]),
        ({"dist/x.woff2": MACH_O}, {"os": ["linux"]}, [("disguised", "high")]),
        ({"lib/x.js": ELF, "binding.gyp": b"{}"}, {}, [("disguised", "high")]),
        ({"test/logo.png": ELF}, {}, [("disguised", "low")]),
        ({"assets/logo.png": SCRIPT}, {}, [("disguised", "medium")]),
        ({"bin/helper": ELF}, {}, [("native", "low")]),
        ({"lib/x.node": ELF}, {}, [("native", "low")]),
        ({"vendor/a.tgz": tarred([("a", b"")], packed="gz")}, {}, [("archive", "info")]),
        ({"vendor/a.zip": zipped([("logo.gif", PE)])}, {}, [("archive", "info"), ("disguised", "high")]),
        (CARRIED, {"bundledDependencies": ["b"]}, [("bundled", "info")]),
        (CARRIED, {"bundleDependencies": True, "dependencies": {"b": "*"}}, [("bundled", "info")]),
        (CARRIED, {}, [("bundled", "low")]),
        ({**CARRIED, "node_modules/b/logo.png": ELF}, {"bundledDependencies": ["b"]},
         [("bundled", "info"), ("disguised", "high")]),
    ],
)  # fmt: skip
def test_what_is_out_of_place_on_npm(
    files: dict[str, bytes], manifest: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert told_of_npm(files, **manifest) == expected


@pytest.mark.parametrize(
    ("files", "manifest"),
    [
        ({"bin/esbuild": ELF}, {"os": ["linux"], "cpu": ["x64"]}),
        ({"addon.linux-x64-gnu.node": ELF}, {"os": ["linux"], "cpu": ["x64"], "libc": ["glibc"]}),
        ({"prebuilds/linux-x64/node.napi.node": ELF, "prebuilds/win32-x64/node.napi.node": PE}, {}),
        ({"binding.gyp": b"{}", "build/Release/x.node": ELF, "bin/tool.exe": PE}, {}),
        ({"lib/x.wasm": b"\0asm\1\0\0\0" + bytes(99), "bin/x.js": SCRIPT, "run": SCRIPT}, {}),
        ({"logo.png": b"\x89PNG\r\n\x1a\n" + bytes(99), "x.js": b"MZ = 1", "y.js": b"PK\n"}, {}),
        ({"test/fixtures/node_modules/b/package.json": b"{}"}, {}),
    ],
)
def test_what_may_well_be_there_on_npm(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    assert told_of_npm(files, **manifest) == []


def test_a_component_alone_says_nothing() -> None:
    assert RULE.check is None
