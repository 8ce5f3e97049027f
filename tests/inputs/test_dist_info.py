"""Installed distributions: their metadata, and the hints that lie beside it."""

from __future__ import annotations

import json

import pytest

from assay.scanner.inputs.dist_info import parse
from assay.scanner.models import Scope, Source
from tests.inputs.told import details, reasons

SITE = "venv/lib/python3.11/site-packages"
FLASK = f"{SITE}/Flask-3.0.dist-info"
METADATA = """\
Metadata-Version: 2.1
Name: Flask_App
Version: 3.0
Summary: Name: not-this
 Version: 9
License: BSD-3-Clause
Classifier: License :: OSI Approved :: MIT License
Requires-Dist: Werkzeug>=3.0.0
requires-dist: importlib_metadata>=3.6 ; python_version < "3.10"
Requires-Dist: asgiref>=3.2 ; extra == 'async'
Requires-Dist: Jinja2 (>=3.1)

Name: body
Requires-Dist: body
"""


def test_metadata_is_an_installed_package() -> None:
    parsed = parse(METADATA.encode(), f"{FLASK}/METADATA")
    assert parsed.gaps == ()
    (installed,) = parsed.installed
    assert installed.root == FLASK
    assert installed.component.purl == "pkg:pypi/flask-app@3.0"
    assert (installed.component.source, installed.component.licences) == (Source.REGISTRY, ("BSD-3-Clause",))
    assert installed.needs == (
        ("importlib-metadata", Scope.PROD),
        ("jinja2", Scope.PROD),
        ("werkzeug", Scope.PROD),
    )


@pytest.mark.parametrize(
    ("path", "root", "purl"),
    [
        (f"{SITE}/a.egg-info/PKG-INFO", f"{SITE}/a.egg-info", "pkg:pypi/a@1"),
        (f"{SITE}/a-1.egg-info", f"{SITE}/a-1.egg-info", "pkg:pypi/a@1"),
        ("usr/lib/python3/dist-packages/a-1.egg-info", "usr/lib/python3/dist-packages/a-1.egg-info", "pkg:pypi/a@1"),
        ("layer/a-1.dist-info/METADATA", "layer/a-1.dist-info", "pkg:pypi/a@1"),
        ("src/a.egg-info/PKG-INFO", "src/a.egg-info", "pkg:pypi/a@1?download_url=file:src"),
        ("a.egg-info/PKG-INFO", "a.egg-info", "pkg:pypi/a@1?download_url=file:."),
    ],
)
def test_where_it_lies_tells_whose_it_is(path: str, root: str, purl: str) -> None:
    (installed,) = parse(b"Name: a\nVersion: 1\n", path).installed
    assert (installed.root, installed.component.purl) == (root, purl)
    assert (installed.component.source is Source.WORKSPACE) == ("download_url" in purl)


@pytest.mark.parametrize(
    ("headers", "licences"),
    [
        ("License-Expression: MIT OR Apache-2.0\nLicense: x", ("MIT OR Apache-2.0",)),
        ("License: MIT", ("MIT",)),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License", ("MIT License",)),
        (f"License: {'x' * 101}\nClassifier: License :: CC0", ("CC0",)),
        ("License: The\n  whole text\nClassifier: License :: OSI Approved", ()),
        ("Classifier: License :: OSI Approved :: B\nClassifier: License :: A\nClassifier: Topic :: C", ("A", "B")),
        ("", ()),
    ],
)
def test_licences(headers: str, licences: tuple[str, ...]) -> None:
    (installed,) = parse(f"Name: a\nVersion: 1\n{headers}\n".encode(), f"{FLASK}/METADATA").installed
    assert installed.component.licences == licences


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "no valid Name"),
        (b"\nName: a\nVersion: 1\n", "no valid Name"),
        (b"Version: 1\n", "no valid Name"),
        (b"Name: a\n", "no valid Version"),
        (b"Name: a b\nVersion: 1\n", "no valid Name"),
        (b"Name: a\nVersion: 1 2\n", "no valid Version"),
        ("Name: a\nVersion: 1\n".encode("utf-16"), "no valid Name"),
    ],
)
def test_metadata_without_name_or_version_is_a_gap(data: bytes, detail: str) -> None:
    parsed = parse(data, f"{FLASK}/METADATA")
    assert (parsed.installed, details(parsed)) == ((), [detail])


@pytest.mark.parametrize("data", [METADATA.encode().replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + METADATA.encode()])
def test_carriage_returns_and_marks_do_no_harm(data: bytes) -> None:
    assert parse(data, f"{FLASK}/METADATA").installed == parse(METADATA.encode(), f"{FLASK}/METADATA").installed


def test_bytes_that_are_not_utf8_are_read_around() -> None:
    (installed,) = parse(b"Name: a\nVersion: 1\nAuthor: \xe9\n\n\xff", f"{FLASK}/METADATA").installed
    assert installed.component.name == "a"


def test_a_bad_need_is_a_gap_and_the_others_are_read() -> None:
    parsed = parse(b"Name: a\nVersion: 1\nRequires-Dist: ???\nRequires-Dist: ok\n", f"{FLASK}/METADATA")
    assert reasons(parsed) == ["bad-name"]
    assert parsed.installed[0].needs == (("ok", Scope.PROD),)


@pytest.mark.parametrize(
    ("document", "source", "where"),
    [
        (
            {"url": "https://user:pw@git.example/a", "vcs_info": {"vcs": "git", "commit_id": "0123"}},
            Source.GIT,
            "git+https://git.example/a@0123",
        ),
        (
            {"url": "https://git.example/a", "vcs_info": {"vcs": "hg", "commit_id": "0"}, "subdirectory": "s"},
            Source.GIT,
            "hg+https://git.example/a@0#subdirectory=s",
        ),
        ({"url": "https://example.invalid/a.whl", "archive_info": {}}, Source.URL, "https://example.invalid/a.whl"),
        ({"url": "file:///srv/a.whl", "archive_info": {}}, Source.FILE, "file:///srv/a.whl"),
        ({"url": "file:///srv/a", "dir_info": {}}, Source.FILE, "file:///srv/a"),
        ({"url": "file:///srv/a", "dir_info": {"editable": True}}, Source.LINK, "file:///srv/a"),
    ],
)
def test_direct_url_is_a_hint(document: dict[str, object], source: Source, where: str) -> None:
    parsed = parse(json.dumps(document).encode(), f"{FLASK}/direct_url.json")
    assert parsed.gaps == ()
    assert [(hint.root, hint.source, hint.where, hint.direct) for hint in parsed.hints] == [
        (FLASK, source, where, False)
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"[]", "wrong-type"),
        (b"{}", "bad-address"),
        (b'{"url": 3}', "wrong-type"),
        (b'{"url": "nowhere"}', "bad-address"),
        (b'{"url": "https://a\\nb"}', "bad-address"),
        (b'{"url": "https://a", ', "truncated"),
    ],
)
def test_a_direct_url_that_cannot_be_read_is_a_gap(data: bytes, reason: str) -> None:
    parsed = parse(data, f"{FLASK}/direct_url.json")
    assert parsed.hints == ()
    assert reason in reasons(parsed)


def test_requested_is_a_hint() -> None:
    (hint,) = parse(b"", f"{FLASK}/REQUESTED").hints
    assert (hint.root, hint.direct, hint.source) == (FLASK, True, None)


@pytest.mark.parametrize("filler", [b" ", b":", b"\n x", b"License: x\n", b"\r", b"\r\n x"])
def test_huge_headers_take_linear_time(filler: bytes) -> None:
    parse(b"Name: a\nVersion: 1\nLicense: " + filler * 1_000_000, f"{FLASK}/METADATA")
