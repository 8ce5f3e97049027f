"""pylock.toml (PEP 751): sources, hashes of every file, scopes from markers, edges if they are there."""

from __future__ import annotations

import pytest

from assay.scanner.inputs.pylock import parse
from assay.scanner.models import Scope, Source
from tests.inputs.told import components, details, graph, reasons

HEX = "ab" * 32
HEAD = 'lock-version = "1.0"\ncreated-by = "tool"\n'
LOCK = f'''{HEAD}
extras = ["cli"]
dependency-groups = ["dev", "main"]
default-groups = ["main"]

[[packages]]
name = "Alpha"
version = "1.0"
index = "https://registry.example/simple"
dependencies = [{{name = "beta"}}, {{name = "gamma", version = "2.0"}}]
sdist = {{url = "https://registry.example/alpha-1.0.tar.gz", hashes = {{sha256 = "{HEX}", md5 = "{HEX[:32]}"}}}}
wheels = [{{url = "https://registry.example/alpha-1.0-py3-none-any.whl", hashes = {{sha256 = "{HEX[::-1]}"}}}}]

[[packages]]
name = "beta"
version = "1.0"
marker = "'cli' in extras"

[[packages]]
name = "gamma"
version = "1.0"
marker = "'dev' in dependency_groups and python_version < '3.10'"

[[packages]]
name = "gamma"
version = "2.0"
marker = "'main' in dependency_groups"
'''


def test_a_lock_tells_files_edges_and_scopes() -> None:
    parsed = parse(LOCK.encode(), "pylock.toml")
    assert parsed.gaps == ()
    assert not parsed.directness
    assert graph(parsed) == {
        "alpha@1.0": ["beta@1.0", "gamma@2.0"],
        "beta@1.0": [],
        "gamma@1.0": [],
        "gamma@2.0": [],
    }
    found = components(parsed)
    assert found["alpha@1.0"].hashes == (f"md5:{HEX[:32]}", f"sha256:{HEX}", f"sha256:{HEX[::-1]}")
    assert found["alpha@1.0"].resolved == "https://registry.example/alpha-1.0.tar.gz"
    assert {purl: component.scopes for purl, component in found.items()} == {
        "alpha@1.0": (Scope.PROD,),
        "beta@1.0": (Scope.OPTIONAL,),
        "gamma@1.0": (Scope.DEV,),
        "gamma@2.0": (Scope.PROD,),
    }


def test_a_lock_without_groups_does_not_tell_the_scope() -> None:
    text = f'{HEAD}[[packages]]\nname = "a"\nversion = "1"\n'
    assert parse(text.encode(), "pylock.toml").components[0].scopes == ()


@pytest.mark.parametrize(
    ("keys", "kind", "purl"),
    [
        (
            'vcs = {type = "git", url = "https://git.example/a", requested-revision = "main", commit-id = "0123"}',
            Source.GIT,
            "a?vcs_url=git%2Bhttps://git.example/a%400123",
        ),
        ('directory = {path = "../a", editable = true}', Source.LINK, "a?download_url=file:a"),
        ('directory = {path = "a", subdirectory = "b"}', Source.FILE, "a?download_url=file:svc/a%23subdirectory%3Db"),
        (
            f'archive = {{url = "https://example.invalid/a.zip", hashes = {{sha256 = "{HEX}"}}}}',
            Source.URL,
            "a?download_url=https://example.invalid/a.zip",
        ),
        ('archive = {path = "a.zip"}', Source.FILE, "a?download_url=file:svc/a.zip"),
    ],
)
def test_sources_are_told_apart(keys: str, kind: Source, purl: str) -> None:
    parsed = parse(f'{HEAD}[[packages]]\nname = "a"\n{keys}\n'.encode(), "svc/pylock.dev.toml")
    assert parsed.gaps == ()
    assert [component.source for component in parsed.components] == [kind]
    assert list(components(parsed)) == [purl]


def test_a_registry_package_without_a_version_is_a_gap() -> None:
    parsed = parse(f'{HEAD}[[packages]]\nname = "a"\n'.encode(), "pylock.toml")
    assert (parsed.components, reasons(parsed)) == ((), ["no-version"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "unknown-version"), ('lock-version = "2.0"\n', "unknown-version"), ("lock-version = [\n", "syntax")],
)
def test_what_cannot_be_read_is_a_gap(text: str, reason: str) -> None:
    assert reasons(parse(text.encode(), "pylock.toml")) == [reason]


def test_wrong_types_are_gaps_that_name_the_key() -> None:
    keys = 'vcs = "x"\nwheels = [{hashes = {sha256 = 3}}]\nmarker = 1\n'
    text = f'{HEAD}[[packages]]\nname = "a"\nversion = "1"\n{keys}'
    assert details(parse(text.encode(), "pylock.toml")) == [
        "packages[0].vcs: not an object",
        "packages[0].marker: not a string",
        "packages[0].wheels[0].hashes.sha256: not a string",
    ]
