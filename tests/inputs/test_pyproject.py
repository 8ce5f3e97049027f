"""pyproject.toml: the standard tables, and those of Poetry, PDM, uv and setuptools."""

from __future__ import annotations

import pytest

from assay.scanner.inputs.pyproject import parse
from assay.scanner.models import Scope, Source
from tests.inputs.told import declared, details, reasons

STANDARD = """\
[build-system]
requires = ["hatchling==1.2"]

[project]
name = "My.App"
dynamic = ["version"]
dependencies = [
    "Flask>=2 ; python_version > '3'",
    "six @ https://example.invalid/six-1.0-py3-none-any.whl",
]

[project.optional-dependencies]
cli = ["click==8.1", "my-app[other]"]

[dependency-groups]
lint = ["mccabe"]
dev = [{include-group = "lint"}, "iniconfig"]

[tool.pdm.dev-dependencies]
test = ["pytest", "-e file:///${PROJECT_ROOT}/lib#egg=my-lib"]

[tool.uv]
dev-dependencies = ["ruff"]
constraint-dependencies = ["idna<4"]
"""


def test_standard_tables_have_scopes_and_lines() -> None:
    parsed = parse(STANDARD.encode(), "svc/pyproject.toml")
    assert parsed.gaps == ()
    assert (parsed.kind, parsed.project) == ("manifest", "My.App")
    assert [(item.name, item.scopes[0], item.location.line) for item in parsed.declarations] == [
        ("flask", Scope.PROD, 8),
        ("six", Scope.PROD, 9),
        ("click", Scope.OPTIONAL, 13),
        ("mccabe", Scope.DEV, 16),
        ("iniconfig", Scope.DEV, 17),
        ("hatchling", Scope.DEV, 2),
        ("ruff", Scope.DEV, 23),
        ("idna", Scope.PROD, 24),
        ("pytest", Scope.DEV, 20),
        ("my-lib", Scope.DEV, 20),
    ]
    found = {item.name: item for item in parsed.declarations}
    assert (found["hatchling"].pinned, found["flask"].requirement) == ("1.2", ">=2")
    assert (found["six"].source, found["six"].pinned) == (Source.URL, "1.0")
    assert (found["my-lib"].source, found["my-lib"].where) == (Source.LINK, "svc/lib")
    assert [item.name for item in parsed.declarations if item.constraint] == ["idna"]


POETRY = """\
[tool.poetry]
name = "My.App"

[tool.poetry.dependencies]
python = "^3.9"
Requests = "^2.28"
exact = "1.2.3"
equal = "==1.2"
star = "*"
extra = {version = "~1.2", optional = true}
many = [{version = "<2", python = "<3.8"}, {version = ">=2"}]
checkout = {git = "https://token@git.example/checkout.git", tag = "v1", subdirectory = "py"}
folder = {path = "../folder", develop = true}
archive = {url = "https://example.invalid/archive-2.0.tar.gz"}

[tool.poetry.dev-dependencies]
old = "1.*"

[tool.poetry.group.docs.dependencies.sphinx]
version = "^7"
"""


def test_poetry_tables() -> None:
    parsed = parse(POETRY.encode(), "svc/pyproject.toml")
    assert parsed.gaps == ()
    assert parsed.project == "My.App"
    assert declared(parsed) == [
        ("requests", "^2.28", None),
        ("exact", "1.2.3", "1.2.3"),
        ("equal", "==1.2", "1.2"),
        ("star", "", None),
        ("extra", "~1.2", None),
        ("many", "<2", None),
        ("many", ">=2", None),
        ("checkout", "", None),
        ("folder", "", None),
        ("archive", "", "2.0"),
        ("old", "1.*", None),
        ("sphinx", "^7", None),
    ]
    found = {item.name: item for item in parsed.declarations}
    assert found["extra"].scopes == (Scope.OPTIONAL,)
    assert found["old"].scopes == found["sphinx"].scopes == (Scope.DEV,)
    assert (found["requests"].location.line, found["sphinx"].location.line) == (6, 19)
    assert found["checkout"].where == "git+https://git.example/checkout.git@v1#subdirectory=py"
    assert (found["folder"].source, found["folder"].where) == (Source.LINK, "folder")
    assert found["archive"].source is Source.URL


@pytest.mark.parametrize(
    ("entry", "origins"),
    [
        ('{ git = "https://git.example/lib", rev = "0123" }', [(Source.GIT, "git+https://git.example/lib@0123")]),
        ('{ path = "../lib" }', [(Source.FILE, "lib")]),
        ('{ path = "lib", editable = true }', [(Source.LINK, "svc/lib")]),
        ('{ url = "https://example.invalid/lib.zip" }', [(Source.URL, "https://example.invalid/lib.zip")]),
        ("{ workspace = true }", [(Source.WORKSPACE, "lib")]),
        ('{ index = "internal" }', [(Source.REGISTRY, None)]),
        ('[{ path = "a", marker = "x" }, { index = "i" }]', [(Source.FILE, "svc/a"), (Source.REGISTRY, None)]),
    ],
)
def test_sources_of_uv_say_where_a_name_comes_from(entry: str, origins: list[tuple[Source, str | None]]) -> None:
    text = f'[project]\ndependencies = ["Lib>=1", "other"]\n[tool.uv.sources]\nlib = {entry}\n'
    parsed = parse(text.encode(), "svc/pyproject.toml")
    assert parsed.gaps == ()
    assert [(item.source, item.where) for item in parsed.declarations if item.name == "lib"] == origins
    assert {item.source for item in parsed.declarations if item.name == "other"} == {Source.REGISTRY}


def test_poetry_2_enriches_the_standard_table() -> None:
    text = '[project]\ndependencies = ["lib"]\n[tool.poetry.dependencies]\nlib = {git = "https://git.example/lib"}\n'
    parsed = parse(text.encode(), "pyproject.toml")
    assert [(item.name, item.source) for item in parsed.declarations] == [("lib", Source.GIT)]


def test_dynamic_dependencies_of_setuptools_are_includes() -> None:
    text = """\
[tool.setuptools.dynamic]
dependencies = {file = ["requirements.txt", "more.txt"]}
optional-dependencies.dev = {file = "dev.txt"}
version = {attr = "x.y"}
"""
    parsed = parse(text.encode(), "pyproject.toml")
    assert parsed.gaps == ()
    assert [(item.path, item.constraint, item.location.line) for item in parsed.includes] == [
        ("requirements.txt", False, 2),
        ("more.txt", False, 2),
        ("dev.txt", False, 3),
    ]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("project = 1", "project: not an object"),
        ("[project]\ndependencies = 'x'", "project.dependencies: not a list"),
        ("[project]\ndependencies = [1]", "project.dependencies[0]: not a string"),
        ("[project]\ndependencies = ['a=1']", "project.dependencies[0]: not a valid requirement"),
        ("[project]\ndependencies = [{include-group = 'x'}]", "project.dependencies[0]: not a string"),
        ("[project]\nname = 3", "project.name: not a string"),
        ("[dependency-groups]\nx = [{include = 1}]", "dependency-groups.x[0]: not a string"),
        ("[tool.poetry.dependencies]\na = 1", "tool.poetry.dependencies.a: not a string or an object"),
        ("[tool.poetry.dependencies]\n-a = '1'", "tool.poetry.dependencies.-a: no valid package name"),
        (
            '[tool.poetry.dependencies]\na = {git = "x\\ny"}',
            "tool.poetry.dependencies.a: an address with control characters",
        ),
        ("[tool.uv.sources]\na = 1", "tool.uv.sources.a: not an object"),
        ("[build-system]\nrequires = 'x'", "build-system.requires: not a list"),
    ],
)
def test_what_is_wrong_is_a_gap_that_names_the_key(text: str, detail: str) -> None:
    parsed = parse(f"{text}\n[tool.uv]\ndev-dependencies = ['ok']\n".encode(), "pyproject.toml")
    assert details(parsed) == [detail]
    assert [name for name, _, _ in declared(parsed)] == ["ok"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("[project", "syntax"), ("a = 1\na = 2", "syntax"), ("x = " + "[" * 100_000, "too-deep"), ("\x00", "not-utf8")],
)
def test_what_cannot_be_read_is_one_gap(text: str, reason: str) -> None:
    assert reasons(parse(text.encode(), "pyproject.toml")) == [reason]


def test_a_manifest_of_tools_alone_declares_nothing() -> None:
    parsed = parse(b"[tool.ruff]\nline-length = 100\n", "pyproject.toml")
    assert (parsed.declarations, parsed.gaps, parsed.project) == ((), (), None)
