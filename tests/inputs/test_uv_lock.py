"""uv.lock: the graph, directness, scopes and sources as uv means them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assay.scanner.inputs.uv_lock import parse
from assay.scanner.models import Location, Scope, Source
from tests.inputs.told import components, details, graph, reasons

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

HEAD = 'version = 1\nrevision = 3\nrequires-python = ">=3.9"\n\n'
PROJECT = (
    HEAD
    + """\
[[package]]
name = "My.App"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "alpha" },
    { name = "forked", version = "1.0", source = { registry = "https://registry.example/simple" }, marker = "a" },
    { name = "forked", version = "2.0", source = { registry = "https://registry.example/simple" }, marker = "b" },
    { name = "linked" },
    { name = "checkout" },
    { name = "archive" },
]

[package.optional-dependencies]
cli = [{ name = "beta" }]

[package.dev-dependencies]
test = [{ name = "gamma" }, { name = "my-app", extra = ["cli"] }]
"""
)
REST = """
[[package]]
name = "alpha"
version = "1.0"
source = { registry = "https://registry.example/simple" }
dependencies = [{ name = "Deep_Er" }]
sdist = { url = "https://user:secret@registry.example/alpha-1.0.tar.gz", hash = "sha256:AAAAAAAAAAAAAAAAAAAA" }
wheels = [
    { url = "https://registry.example/alpha-1.0-py3-none-any.whl", hash = "sha256:bbbbbbbbbbbbbbbbbbbb" },
]

[package.optional-dependencies]
fast = [{ name = "speed" }]

[[package]]
name = "archive"
version = "4.0"
source = { url = "https://example.invalid/archive-4.0.zip", subdirectory = "src" }

[[package]]
name = "beta"
version = "1.0"
source = { registry = "https://registry.example/simple" }
wheels = [
    { url = "https://registry.example/beta-1.0-cp312.whl", hash = "sha256:cccccccccccccccccccc" },
    { url = "https://registry.example/beta-1.0-cp311.whl", hash = "sha256:dddddddddddddddddddd" },
]

[[package]]
name = "checkout"
version = "3.0"
source = { git = "https://token@git.example/org/checkout?subdirectory=py%2Fsub&rev=main#0123abc" }

[[package]]
name = "deep-er"
version = "1.0"
source = { registry = "https://registry.example/simple" }

[[package]]
name = "forked"
version = "1.0"
source = { registry = "https://registry.example/simple" }

[[package]]
name = "forked"
version = "2.0"
source = { registry = "https://registry.example/simple" }

[[package]]
name = "gamma"
version = "1.0"
source = { registry = "https://registry.example/simple" }
dependencies = [{ name = "deep-er" }]

[[package]]
name = "linked"
version = "0.3"
source = { editable = "../linked" }
dependencies = [{ name = "gamma" }]

[[package]]
name = "speed"
version = "1.0"
source = { registry = "https://registry.example/simple" }
"""


def read(text: str, path: str = "svc/uv.lock") -> Parsed:
    return parse(text.encode(), path)


def test_a_lock_tells_everything() -> None:
    parsed = read(PROJECT + REST)
    assert parsed.gaps == ()
    assert parsed.directness
    assert graph(parsed) == {
        "alpha@1.0": ["deep-er@1.0", "speed@1.0"],
        "archive@4.0?download_url=https://example.invalid/archive-4.0.zip%23subdirectory%3Dsrc": [],
        "beta@1.0": [],
        "checkout@3.0?vcs_url=git%2Bhttps://git.example/org/checkout%400123abc%23subdirectory%3Dpy/sub": [],
        "deep-er@1.0": [],
        "forked@1.0": [],
        "forked@2.0": [],
        "gamma@1.0": ["deep-er@1.0"],
        "linked@0.3?download_url=file:linked": ["gamma@1.0"],
        "speed@1.0": [],
    }


@pytest.mark.parametrize(
    ("name", "direct", "scopes", "source"),
    [
        ("alpha", True, (Scope.PROD,), Source.REGISTRY),
        ("archive", True, (Scope.PROD,), Source.URL),
        ("beta", True, (Scope.OPTIONAL,), Source.REGISTRY),
        ("checkout", True, (Scope.PROD,), Source.GIT),
        ("deep-er", False, (Scope.DEV, Scope.PROD), Source.REGISTRY),
        ("gamma", True, (Scope.DEV, Scope.PROD), Source.REGISTRY),
        ("linked", True, (Scope.PROD,), Source.LINK),
        ("speed", False, (Scope.PROD,), Source.REGISTRY),
    ],
)
def test_directness_scope_and_source(name: str, direct: bool, scopes: tuple[Scope, ...], source: Source) -> None:
    (found,) = [component for component in read(PROJECT + REST).components if component.name == name]
    assert (found.direct, found.scopes, found.source) == (direct, scopes, source)


def test_the_source_archive_stands_for_the_files_and_loses_its_credentials() -> None:
    alpha = components(read(PROJECT + REST))["alpha@1.0"]
    assert alpha.resolved == "https://registry.example/alpha-1.0.tar.gz"
    assert alpha.hashes == ("sha256:aaaaaaaaaaaaaaaaaaaa", "sha256:bbbbbbbbbbbbbbbbbbbb")
    assert alpha.locations == (Location("svc/uv.lock", 24),)


def test_without_a_source_archive_the_first_wheel_does() -> None:
    assert components(read(PROJECT + REST))["beta@1.0"].resolved == "https://registry.example/beta-1.0-cp311.whl"


def test_bindings_answer_each_manifest() -> None:
    bound = {(item.importer, item.descriptor, item.purl.partition("?")[0]) for item in read(PROJECT + REST).bindings}
    assert ("", "forked", "pkg:pypi/forked@1.0") in bound
    assert ("", "forked", "pkg:pypi/forked@2.0") in bound
    assert ("", "gamma", "pkg:pypi/gamma@1.0") in bound
    assert ("../linked", "gamma", "pkg:pypi/gamma@1.0") in bound
    assert not any(name == "deep-er" for _, name, _ in bound)


def test_members_of_a_workspace_are_components_and_ask_for_things_themselves() -> None:
    text = (
        HEAD
        + """\
[manifest]
members = ["gauge", "root"]
requirements = [{ name = "loose" }]

[manifest.dependency-groups]
lint = [{ name = "linter" }]

[[package]]
name = "gauge"
source = { editable = "packages/gauge" }
dependencies = [{ name = "alpha" }]
[package.dev-dependencies]
dev = [{ name = "linter" }]

[[package]]
name = "root"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "gauge" }]

[[package]]
name = "alpha"
version = "1.0"
source = { registry = "https://registry.example/simple" }
[[package]]
name = "linter"
version = "1.0"
source = { registry = "https://registry.example/simple" }
[[package]]
name = "loose"
version = "1.0"
source = { registry = "https://registry.example/simple" }
"""
    )
    parsed = read(text, "uv.lock")
    assert parsed.gaps == ()
    found = components(parsed)
    gauge = found["gauge?download_url=file:packages/gauge"]
    assert (gauge.source, gauge.direct, gauge.requires) == (Source.WORKSPACE, True, ("pkg:pypi/alpha@1.0",))
    assert found["alpha@1.0"].direct
    assert found["linter@1.0"].scopes == (Scope.DEV,)
    assert found["loose@1.0"].direct
    assert {(item.importer, item.descriptor) for item in parsed.bindings} == {
        ("", "gauge"),
        ("", "linter"),
        ("", "loose"),
        ("packages/gauge", "alpha"),
        ("packages/gauge", "linter"),
    }


@pytest.mark.parametrize(
    ("package", "reason", "detail"),
    [
        ("name = 3", "wrong-type", "package[0].name: not a string"),
        ('name = "-bad"\nversion = "1"', "bad-name", "package[0]: no valid package name"),
        ('name = "a\\u0007"\nversion = "1"', "bad-name", "package[0]: no valid package name"),
        ('name = "a"', "no-version", "package[0]: no version"),
        ('name = "a"\nversion = 3', "wrong-type", "package[0].version: not a string"),
        ('name = "a"\nversion = "1 2"', "bad-version", "package[0]: not a version"),
        ('name = "a"\nversion = "1"\nwheels = {}', "wrong-type", "package[0].wheels: not a list"),
        ('name = "a"\nversion = "1"\nwheels = [1]', "wrong-type", "package[0].wheels[0]: not an object"),
        (
            'name = "a"\nversion = "1"\nsdist = {hash = "x"}',
            "bad-hash",
            "package[0]: not a hash of the form algorithm:hex",
        ),
        (
            'name = "a"\nversion = "1"\ndependencies = [{}]',
            "bad-name",
            "package[0].dependencies[0]: no valid package name",
        ),
        (
            'name = "a"\nversion = "1"\ndependencies = [{name = "gone"}]',
            "dangling",
            "package[0].dependencies[0]: names a package that the lockfile does not hold",
        ),
    ],
)
def test_a_bad_entry_is_a_gap_and_the_others_are_read(package: str, reason: str, detail: str) -> None:
    registry = 'source = { registry = "https://registry.example/simple" }\n'
    parsed = read(f'{HEAD}[[package]]\n{registry}{package}\n[[package]]\nname = "ok"\nversion = "1"\n{registry}')
    assert (reason, detail) in [(gap.reason, gap.detail) for gap in parsed.gaps]
    assert "ok@1" in components(parsed)


def test_an_unknown_source_is_a_gap() -> None:
    parsed = read(HEAD + '[[package]]\nname = "a"\nversion = "1"\nsource = { teapot = "x" }\n')
    assert (parsed.components, reasons(parsed)) == ((), ["unknown-source"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unknown-version"),
        ("version = 2\n", "unknown-version"),
        ("version = true\n", "unknown-version"),
        ('version = "1"\n', "unknown-version"),
        ("version = 1\n[[package]\n", "syntax"),
        ("version = 1\nversion = 1\n", "syntax"),
        ("version = 1\nx = " + "[" * 100_000, "too-deep"),
        ("version = 1\n" + "a." * 100_000 + "b = 1\n", "too-deep"),
        ("<<<<<<< a\nversion = 1\n=======\nversion = 2\n>>>>>>> b\n", "merge-conflict"),
        ("version = 1\nx = '\x00'\n", "not-utf8"),
    ],
)
def test_what_cannot_be_read_is_one_gap(text: str, reason: str) -> None:
    parsed = read(text)
    assert (parsed.kind, parsed.components, reasons(parsed)) == ("lockfile", (), [reason])


def test_a_byte_order_mark_is_noted_and_the_rest_is_read() -> None:
    parsed = read("\ufeff" + PROJECT + REST)
    assert reasons(parsed) == ["byte-order-mark"]
    assert len(parsed.components) == 10


def test_a_header_inside_a_string_costs_only_the_lines() -> None:
    parsed = read(
        HEAD + 'x = """\n[[package]]\n"""\n[[package]]\nname = "a"\nversion = "1"\nsource = {registry = ""}\n'
    )
    assert details(parsed) == []
    assert parsed.components[0].locations == (Location("svc/uv.lock", None),)
