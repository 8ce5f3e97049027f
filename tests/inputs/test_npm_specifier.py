"""What a dependency's range or address means, in every notation of npm, yarn, pnpm and bun."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.inputs.npm_fields import is_name, is_version, licences_of
from assay.scanner.inputs.npm_specifier import (
    Specifier,
    anchored,
    exact,
    repository_of,
    specifier,
    split_descriptor,
    stated_by,
)
from assay.scanner.models import Source

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = f"git+https://github.com/owner/repo.git#{COMMIT}"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("^1.2.3", Specifier("x")),
        ("", Specifier("x")),
        ("latest", Specifier("x")),
        ("1.x || >=2.5.0 <3", Specifier("x")),
        ("1.2.3", Specifier("x", pinned="1.2.3")),
        (" =v1.2.3-rc.1+build ", Specifier("x", pinned="1.2.3-rc.1+build")),
        ("npm:real@^1.0.0", Specifier("real")),
        ("npm:@scope/real@1.0.0", Specifier("@scope/real", pinned="1.0.0")),
        ("npm:@scope/real", Specifier("@scope/real")),
        ("npm:real", Specifier("real")),
        ("npm:^1.0.0", Specifier("x")),
        ("npm:1.0.0", Specifier("x", pinned="1.0.0")),
        ("npm:latest", Specifier("x")),
        ("jsr:^1.0.0", Specifier("@jsr/x")),
        ("jsr:@std/path@1.0.0", Specifier("@jsr/std__path", pinned="1.0.0")),
        ("catalog:", Specifier("x")),
        ("catalog:react18", Specifier("x")),
        ("patch:x@npm%3A1.2.3#~/.yarn/patches/x.patch", Specifier("x", pinned="1.2.3")),
        ("patch:x@^1.0.0#./x.patch", Specifier("x")),
        ("owner/repo", Specifier("x", Source.GIT, "git+https://github.com/owner/repo.git")),
        (f"owner/repo#{COMMIT}", Specifier("x", Source.GIT, REPOSITORY)),
        (f"github:owner/repo#{COMMIT}", Specifier("x", Source.GIT, REPOSITORY)),
        (f"git+ssh://git@github.com/owner/repo.git#{COMMIT}", Specifier("x", Source.GIT, REPOSITORY)),
        (f"git@github.com:owner/repo.git#{COMMIT}", Specifier("x", Source.GIT, REPOSITORY)),
        (f"https://github.com/owner/repo#commit={COMMIT}", Specifier("x", Source.GIT, REPOSITORY)),
        ("gist:11081aaa281", Specifier("x", Source.GIT, "git+https://gist.github.com/11081aaa281.git")),
        ("gitlab:owner/repo", Specifier("x", Source.GIT, "git+https://gitlab.com/owner/repo.git")),
        ("git+https://example.invalid/r.git#v1", Specifier("x", Source.GIT, "git+https://example.invalid/r.git#v1")),
        ("https://example.invalid/r.git", Specifier("x", Source.GIT, "https://example.invalid/r.git")),
        ("git://example.invalid/r", Specifier("x", Source.GIT, "git://example.invalid/r")),
        ("https://example.invalid/x.tgz", Specifier("x", Source.URL, "https://example.invalid/x.tgz")),
        (
            "https://registry.example/@s/bad/-/bad-6.6.6.tgz",
            Specifier("@s/bad", Source.URL, "https://registry.example/@s/bad/-/bad-6.6.6.tgz", "6.6.6"),
        ),
        (
            "https://github.com/o/r/archive/v1.tar.gz",
            Specifier("x", Source.URL, "https://github.com/o/r/archive/v1.tar.gz"),
        ),
        ("file:../lib", Specifier("x", Source.FILE, "lib")),
        ("./lib", Specifier("x", Source.FILE, "app/lib")),
        ("file:x-1.0.0.tgz", Specifier("x", Source.FILE, "app/x-1.0.0.tgz")),
        ("link:..\\lib", Specifier("x", Source.LINK, "lib")),
        ("portal:/srv/lib", Specifier("x", Source.LINK, "/srv/lib")),
        ("workspace:^", Specifier("x", Source.WORKSPACE)),
        ("workspace:../lib", Specifier("x", Source.WORKSPACE, "lib")),
    ],
)
def test_a_dependency_means_what_its_manager_takes_it_for(wanted: str, expected: Specifier) -> None:
    assert specifier("x", wanted, "app") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"https://codeload.github.com/owner/repo/tar.gz/{COMMIT}", REPOSITORY),
        ("https://registry.example/x/-/x-1.0.0.tgz", None),
        ("https://example.invalid/github.com/owner/repo", None),
        ("^1.0.0", None),
        ("@scope/name", None),
        ("./folder/file", None),
    ],
)
def test_a_repository_is_told_from_everything_else(text: str, expected: str | None) -> None:
    assert repository_of(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://registry.example/left-pad/-/left-pad-1.3.0.tgz", ("left-pad", "1.3.0")),
        ("https://registry.example/@s/x/-/x-1.0.0-rc.1.tgz?a=b", ("@s/x", "1.0.0-rc.1")),
        ("https://registry.example/@s%2fx/-/x-1.0.0.tgz", ("@s/x", "1.0.0")),
        ("https://example.invalid/left-pad-1.3.0.tgz", None),
        ("https://registry.example/one/-/other-1.0.0.tgz", None),
    ],
)
def test_a_registry_address_states_name_and_version(url: str, expected: tuple[str, str] | None) -> None:
    assert stated_by(url) == expected


@pytest.mark.parametrize(
    "wanted", ["1.2", "1", "1.2.x", "^1.2.3", ">=1.2.3", "1.2.3 - 1.2.3", "1.2.3 || 1.2.4", "latest"]
)
def test_a_range_is_not_exact(wanted: str) -> None:
    assert exact(wanted) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@^1", ("a", "^1")),
        ("@s/a@npm:b@1", ("@s/a", "npm:b@1")),
        ("a", ("a", "")),
        ("@s/a", ("@s/a", "")),
        ("", ("", "")),
    ],
)
def test_a_descriptor_is_split_behind_the_scope(text: str, expected: tuple[str, str]) -> None:
    assert split_descriptor(text) == expected


@given(st.text(), st.text())
def test_any_text_means_something(name: str, wanted: str) -> None:
    specifier(name, wanted, "folder")


def test_nested_patches_end() -> None:
    wanted = "x@1.0.0"
    for _ in range(60):
        wanted = "patch:x@" + wanted.replace("%", "%25").replace(":", "%3A") + "#"
    assert specifier("x", wanted * 50).source is Source.REGISTRY


@pytest.mark.parametrize(
    ("where", "expected"), [("../x", "x"), ("../../x", "../x"), ("/x", "/x"), ("~/x", "~/x"), ("./x::hash=1", "app/x")]
)
def test_a_path_is_told_relative_to_the_target(where: str, expected: str) -> None:
    assert anchored("app", where) == expected


@pytest.mark.parametrize("name", ["lodash", "@types/node", "JSONStream", "underscore.string", "~x", "a" * 214, "@s/-"])
def test_names_that_the_registry_knows(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a b",
        "a\n",
        "a\x00",
        ".bin",
        "_x",
        "__proto__",
        "../x",
        "a/b",
        "@/x",
        "@s/",
        "@s/a/b",
        "a" * 215,
        "é",
        "a%2fb",
    ],
)
def test_names_that_no_registry_could_hold(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize(
    ("text", "expected"), [("1.0.0", True), ("1 0", False), ("", False), ("1" * 257, False), ("1\n", False)]
)
def test_versions(text: str, expected: bool) -> None:
    assert is_version(text) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("MIT", ("MIT",)),
        ("", ()),
        ("MIT\nor so", ("MIT or so",)),
        ({"type": "BSD", "url": "x"}, ("BSD",)),
        ([{"type": "MIT"}, "ISC"], ("ISC", "MIT")),
        ([], ()),
        (7, None),
        ({"type": 7}, None),
        ([7], None),
        ([["MIT"]], ()),
    ],
)
def test_licences_in_every_form(value: object, expected: tuple[str, ...] | None) -> None:
    assert licences_of(value) == expected
