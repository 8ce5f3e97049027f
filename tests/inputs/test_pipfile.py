"""Pipfile: categories, ranges and sources."""

from __future__ import annotations

from assay.scanner.inputs.pipfile import parse
from assay.scanner.models import Scope, Source
from tests.inputs.told import declared, details, reasons

PIPFILE = """\
[[source]]
url = "https://registry.example/simple"
name = "main"

[packages]
Requests = {version = ">=2.28", extras = ["socks"]}
six = "==1.17.0"
star = "*"
checkout = {git = "https://git.example/checkout.git", ref = "v1", editable = true}
folder = {path = "./folder", editable = true}
archive = {file = "https://example.invalid/archive-1.0-py3-none-any.whl"}

[dev-packages]
iniconfig = "*"

[docs]
sphinx = "*"

[requires]
python_version = "3.11"
"""


def test_every_category_is_read() -> None:
    parsed = parse(PIPFILE.encode(), "Pipfile")
    assert parsed.gaps == ()
    assert declared(parsed) == [
        ("requests", ">=2.28", None),
        ("six", "==1.17.0", "1.17.0"),
        ("star", "", None),
        ("checkout", "", None),
        ("folder", "", None),
        ("archive", "", "1.0"),
        ("iniconfig", "", None),
        ("sphinx", "", None),
    ]
    assert [item.scopes[0] for item in parsed.declarations] == [Scope.PROD] * 6 + [Scope.DEV] * 2
    assert [item.location.line for item in parsed.declarations] == [6, 7, 8, 9, 10, 11, 14, 17]
    found = {item.name: item for item in parsed.declarations}
    assert found["checkout"].where == "git+https://git.example/checkout.git@v1"
    assert (found["folder"].source, found["folder"].where) == (Source.LINK, "folder")
    assert found["archive"].source is Source.URL


def test_a_bad_entry_is_a_gap_and_the_others_are_read() -> None:
    parsed = parse(b"packages = {a = 1, ok = '*', b = {version = 2}}\ndev-packages = []\n", "Pipfile")
    assert [name for name, _, _ in declared(parsed)] == ["ok", "b"]
    assert details(parsed) == [
        "packages.a: not a string or an object",
        "packages.b.version: not a string",
        "dev-packages: not an object",
    ]


def test_what_is_not_toml_is_one_gap() -> None:
    assert reasons(parse(b"[packages", "Pipfile")) == ["syntax"]
