"""Addresses of repositories: what is written in many ways is one, and what is no repository is none."""

from __future__ import annotations

import pytest

from assay.scanner.inputs.repository import host_of, repository_of

DEMO = "github.com/owner/demo"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://github.com/owner/demo", DEMO),
        ("https://GitHub.com/Owner/Demo/", DEMO),
        ("http://www.github.com/owner/demo.git", DEMO),
        ("git+https://github.com/owner/demo.git", DEMO),
        ("git+https://github.com/owner/demo@refs/heads/main", DEMO),
        ("git://github.com/owner/demo.git#main", DEMO),
        ("git+ssh://git@github.com/owner/demo.git", DEMO),
        ("git+ssh://git@github.com:owner/demo.git", DEMO),
        ("ssh://git@github.com:22/owner/demo", DEMO),
        ("git@github.com:owner/demo.git", DEMO),
        ("https://user:token@github.com/owner/demo", DEMO),
        ("https://github.com/owner/demo/tree/main/packages/x", DEMO),
        ("https://github.com/owner/demo/issues?q=1", DEMO),
        ("https://github.com/owner/demo#readme", DEMO),
        ("github.com/owner/demo", DEMO),
        ("github:owner/demo", DEMO),
        ("owner/demo", DEMO),
        ("owner/demo#main", DEMO),
        ("gitlab:group/demo", "gitlab.com/group/demo"),
        ("https://gitlab.com/group/sub/demo/-/tree/main", "gitlab.com/group/sub/demo"),
        ("https://gitlab.com/group/sub/demo/issues", "gitlab.com/group/sub/demo"),
        ("https://bitbucket.org/owner/demo/src/main", "bitbucket.org/owner/demo"),
        ("https://git.example.invalid/owner/demo", "git.example.invalid/owner/demo"),
        ("https://code.example.invalid/owner/demo", ""),
        ("https://github.com/owner", ""),
        ("https://github.com/sponsors/owner", ""),
        ("https://github.com/owner/.git", ""),
        ("https://demo.readthedocs.io/en/latest", ""),
        ("https://github.com.example.invalid/owner/demo", ""),
        ("https://example.invalid/github.com/owner/demo", ""),
        ("gist:0123456789", ""),
        ("./lib/demo", ""),
        ("a b", ""),
        ("", ""),
        ("https://github.com/owner/" + "d" * 2_000, ""),
    ],
)
def test_one_form_for_all(text: str, expected: str) -> None:
    assert repository_of(text, "git.example.invalid") == expected


def test_the_host_of_an_address() -> None:
    assert host_of("git+https://Git.example.invalid:8443/owner/demo") == "git.example.invalid"
    assert host_of("git@git.example.invalid:owner/demo") == "git.example.invalid"
    assert host_of("owner/demo") == ""
