"""Real lockfiles and installed trees: what their managers list is found, all of it and nothing else.

Each folder below fixtures/real holds what a package manager wrote and, in expected.json, what it prints of it:
``components`` of a registry, ``direct`` for what the project and its members ask for, ``vendored`` for what only the
manifest of a folder inside the project asks for, ``local`` for what comes from elsewhere (name, version if the
lockfile has one, source), ``unresolved`` and ``unreachable`` names. fixtures/README.md says how each was made.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.inputs.formats import format_of
from assay.scanner.inputs.target import ReadOptions, read_targets
from assay.scanner.models import Component, Inventory, Source

REAL = Path(__file__).parent / "fixtures" / "real"
CASES = sorted(folder.name for folder in REAL.iterdir() if (folder / "expected.json").is_file())

WITHOUT_GRAPH = {"pipenv-flask", "pipenv-sources", "pylock-pip", "pylock-sources", "pylock-uv"}
"""Their formats do not say who requires what."""

_BELOW = "the lockfile above does not answer the manifest of a folder that it holds as an entry"
UNANSWERED = {
    "piptools-sources": _BELOW,
}

Named = tuple[str, str | None]


@cache
def expected(case: str) -> Any:
    return json.loads((REAL / case / "expected.json").read_bytes())


@cache
def scanned(case: str) -> Inventory:
    return read_targets([str(REAL / case)], ReadOptions(exclude=("expected.json",)))


def pairs(case: str, key: str) -> set[Named]:
    return {(name, version) for name, version in expected(case).get(key, [])}


def on_registry(inventory: Inventory) -> list[Component]:
    return [found for found in inventory.components if found.source is Source.REGISTRY]


def elsewhere(inventory: Inventory) -> list[Component]:
    return [found for found in inventory.components if found.source is not Source.REGISTRY]


def from_registry(components: tuple[Component, ...]) -> set[Named]:
    return {(found.name, found.version) for found in components if found.source is Source.REGISTRY and found.version}


def reachable(inventory: Inventory) -> list[Component]:
    """Return what can be reached from what the project asks for, and from its own members."""
    by_purl = {found.purl: found for found in inventory.components}
    pending = [found.purl for found in inventory.components if found.direct or found.source is Source.WORKSPACE]
    seen = set(pending)
    while pending:
        new = set(by_purl[pending.pop()].requires) - seen
        seen |= new
        pending += new
    return [by_purl[purl] for purl in seen]


LOCKFILES = [(case, name) for case in CASES for name in expected(case)["lockfiles"] if not name.endswith(".txt")]


@pytest.mark.parametrize(("case", "name"), LOCKFILES)
def test_the_lockfile_alone_names_every_component(case: str, name: str) -> None:
    form = format_of(name)
    assert form is not None
    parsed = form.parser()((REAL / case / name).read_bytes(), name)
    assert parsed.gaps == ()
    assert from_registry(parsed.components) == pairs(case, "components")
    if parsed.directness:
        asked = tuple(found for found in parsed.components if found.direct)
        assert from_registry(asked) == pairs(case, "direct")


@pytest.mark.parametrize("case", CASES)
def test_every_component_is_found_and_none_invented(case: str) -> None:
    inventory = scanned(case)
    assert inventory.gaps == ()
    assert from_registry(inventory.components) == pairs(case, "components")


@pytest.mark.parametrize("case", CASES)
def test_what_is_not_from_a_registry_is_told_apart(case: str) -> None:
    told = {(found.name, found.version, found.source.value) for found in elsewhere(scanned(case))}
    assert told == {tuple(entry) for entry in expected(case).get("local", [])}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=pytest.mark.xfail(reason=UNANSWERED[case], strict=True))
        if case in UNANSWERED
        else case
        for case in CASES
    ],
)
def test_only_what_no_lockfile_answers_is_unresolved(case: str) -> None:
    unresolved = [found.name for found in on_registry(scanned(case)) if found.version is None]
    assert unresolved == expected(case).get("unresolved", [])


@pytest.mark.parametrize("case", CASES)
def test_direct_is_what_the_project_and_its_folders_ask_for(case: str) -> None:
    asked = tuple(found for found in scanned(case).components if found.direct)
    assert from_registry(asked) == pairs(case, "direct") | pairs(case, "vendored")


@pytest.mark.parametrize("case", [case for case in CASES if case not in WITHOUT_GRAPH])
def test_everything_is_reachable_from_what_is_direct(case: str) -> None:
    inventory = scanned(case)
    lost = {found.name for found in inventory.components} - {found.name for found in reachable(inventory)}
    assert lost == set(expected(case).get("unreachable", []))


@pytest.mark.parametrize("case", CASES)
def test_what_is_required_is_there(case: str) -> None:
    inventory = scanned(case)
    known = {found.purl for found in inventory.components}
    assert {purl for found in inventory.components for purl in found.requires} <= known


def test_no_fixture_names_a_real_registry_or_a_place_on_a_machine() -> None:
    hosts = [host.replace(b"|", b"") for host in (b"npm|js.", b"yarn|pkg.com", b"python|hosted", b"pypi|.org")]
    forbidden = (*hosts, b"/tmp/", b"/root/", b"/home/", b"_authToken")
    for path in sorted(REAL.rglob("*")):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            assert not [mark for mark in forbidden if mark in content], path
