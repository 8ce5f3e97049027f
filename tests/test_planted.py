"""Malware, advisories and hijacked versions as transitive entries: found in every format, with the chain to them.

The projects below fixtures/planted are made from one table; the ``bad`` variant of each format holds what the table
plants, the ``good`` one only clean versions, among them the neighbours of the hijacked ones.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from tests.command import FIXTURES, assay
from tests.fixtures.planted import make
from tests.fixtures.planted.table import NPM_BAD, NPM_FOUND, NPM_GOOD, PYPI_BAD, PYPI_FOUND, PYPI_GOOD, Planted

PLANTED = FIXTURES / "planted"
FORMATS = sorted({name.partition("/")[0] for name in make.fixtures()})
NPM = {form for form in FORMATS if (PLANTED / form / "bad" / "package.json").is_file() or form.startswith("npm-")}

WITHOUT_GRAPH = {"pipenv"}
"""Pipfile.lock does not say who requires what: the chain is the package alone."""


@cache
def scanned(form: str, variant: str) -> Any:
    done = assay("scan", PLANTED / form / variant, "--format", "json", "--exit-code")
    assert done.stderr == ""
    assert done.returncode == (1 if variant == "bad" else 0)
    return json.loads(done.stdout)


def purl(form: str, package: str) -> str:
    return f"pkg:{'npm' if form in NPM else 'pypi'}/{package.replace('@', '%40', package.count('@') - 1)}"


def expected(form: str, planted: Planted) -> tuple[str, str, tuple[str, ...]]:
    chain = planted.chain[-1:] if form in WITHOUT_GRAPH else planted.chain
    return planted.rule, purl(form, planted.purl), tuple(purl(form, package) for package in chain)


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_planted_is_found_with_the_chain_that_brings_it_in(form: str) -> None:
    report = scanned(form, "bad")
    found = {(item["rule"], item["purl"], tuple(item["via"])) for item in report["findings"]}
    assert found == {expected(form, planted) for planted in (NPM_FOUND if form in NPM else PYPI_FOUND)}


@pytest.mark.parametrize("form", FORMATS)
def test_clean_versions_give_no_finding(form: str) -> None:
    assert scanned(form, "good")["findings"] == []


@pytest.mark.parametrize("variant", ["bad", "good"])
@pytest.mark.parametrize("form", FORMATS)
def test_all_components_and_nothing_else_are_listed_without_a_gap(form: str, variant: str) -> None:
    report = scanned(form, variant)
    projects = {"bad": (NPM_BAD, PYPI_BAD), "good": (NPM_GOOD, PYPI_GOOD)}[variant]
    packages = projects[form not in NPM].packages
    assert {item["purl"] for item in report["components"]} == {purl(form, "@".join(package)) for package in packages}
    assert report["coverage"]["gaps"] == []
    assert report["coverage"]["unresolved"] == []


@pytest.mark.parametrize("form", sorted(NPM))
def test_the_neighbours_of_hijacked_versions_are_listed_and_silent(form: str) -> None:
    report = scanned(form, "bad")
    neighbours = {f"pkg:npm/{package}" for package in ("chalk@5.6.0", "chalk@5.6.2", "debug@4.4.1", "debug@4.4.3")}
    assert neighbours <= {item["purl"] for item in report["components"]}
    assert neighbours.isdisjoint(item["purl"] for item in report["findings"])


def test_the_fixtures_are_what_the_table_makes() -> None:
    written = {
        path.relative_to(PLANTED).as_posix(): path.read_text(encoding="utf-8")
        for path in PLANTED.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert written == make.fixtures()
