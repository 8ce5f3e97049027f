"""setup.cfg: what setuptools takes from it without running anything."""

from __future__ import annotations

import pytest

from assay.scanner.inputs.setup_cfg import parse
from assay.scanner.models import Scope
from tests.inputs.told import declared, details, reasons

SETUP = """\
[metadata]
name = My.App
version = attr: app.version

[options]
packages = find:
install-requires =
    # a comment
    Flask>=2 ; python_version > "3"

    six==1.0  # why
setup_requires = wheel; setuptools>=40
tests_require: pytest

[options.extras_require]
cli =
    click
docs = file: docs/requirements.txt, more.txt

[flake8]
max-line-length = 100
"""


def test_static_options_are_declarations() -> None:
    parsed = parse(SETUP.encode(), "setup.cfg")
    assert parsed.gaps == ()
    assert parsed.project == "My.App"
    assert [(item.name, item.requirement, item.scopes[0], item.location.line) for item in parsed.declarations] == [
        ("flask", ">=2", Scope.PROD, 9),
        ("six", "==1.0", Scope.PROD, 11),
        ("wheel", "", Scope.DEV, 12),
        ("setuptools", ">=40", Scope.DEV, 12),
        ("pytest", "", Scope.DEV, 13),
        ("click", "", Scope.OPTIONAL, 17),
    ]
    assert [(item.path, item.constraint, item.location.line) for item in parsed.includes] == [
        ("docs/requirements.txt", False, 18),
        ("more.txt", False, 18),
    ]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("stray", "line 1: neither a section nor an option of one"),
        ("a = 1", "line 1: neither a section nor an option of one"),
        ("[open", "line 1: a section header that is not closed"),
        ("[options]\ninstall_requires = a=1", "line 2: not a valid requirement"),
        ("[options]\ninstall_requires = a\ninstall_requires = b", "line 3: an option that stands twice"),
    ],
)
def test_what_is_wrong_is_a_gap_and_the_rest_is_read(text: str, detail: str) -> None:
    parsed = parse(f"{text}\n[options.extras_require]\nx = ok\n".encode(), "setup.cfg")
    assert details(parsed) == [detail]
    assert "ok" in [name for name, _, _ in declared(parsed)]


def test_carriage_returns_are_no_part_of_a_name() -> None:
    parsed = parse(SETUP.replace("\n", "\r\n").encode(), "setup.cfg")
    assert (parsed.gaps, len(parsed.declarations)) == ((), 6)


@pytest.mark.parametrize("filler", [" ", "=", "[", "a", "\n ", ";"])
def test_a_huge_line_takes_linear_time(filler: str) -> None:
    parse(b"[options]\ninstall_requires = a " + filler.encode() * 1_000_000, "setup.cfg")


def test_what_is_not_text_is_one_gap() -> None:
    assert reasons(parse(b"\xff\xfe", "setup.cfg")) == ["not-utf8"]
