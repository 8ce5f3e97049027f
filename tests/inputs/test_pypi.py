"""Names, versions, hashes and addresses of PyPI."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from assay.scanner.inputs.pypi import Address, climbs, hash_of, identify, in_target, is_version, read_address
from assay.scanner.models import Source


@pytest.mark.parametrize("name", ["a", "A", "a1", "Zope.Interface", "a__b--c..d", "0x", "a" * 256])
def test_valid_names_are_normalised_as_packaging_does(name: str) -> None:
    assert identify(name) == canonicalize_name(name)


@pytest.mark.parametrize("name", ["", "-a", "a-", ".a", "_", "a b", "a\n", "ä", "a/b", "\u212a", "a" * 257])
def test_invalid_names(name: str) -> None:
    assert identify(name) is None


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("1.0", True),
        ("1!2.0+local.1", True),
        ("odd-one", True),
        ("", False),
        ("1 0", False),
        ("1\u0661", False),
        ("1" * 257, False),
    ],
)
def test_versions(text: str, valid: bool) -> None:
    assert is_version(text) is valid


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("sha256:" + "AB" * 32, "sha256:" + "ab" * 32),
        ("md5:" + "0" * 32, "md5:" + "0" * 32),
        ("sha256:", None),
        ("ab" * 32, None),
        ("sha256:xyz" + "0" * 60, None),
    ],
)
def test_hashes(text: str, known: str | None) -> None:
    assert hash_of(text) == known


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "https://user:pw@example.invalid/A_b-1.0%2Bcpu-py3-none-any.whl#sha256=" + "0" * 64,
            Address(
                Source.URL,
                "https://example.invalid/A_b-1.0%2Bcpu-py3-none-any.whl",
                "a-b",
                "1.0+cpu",
                ("sha256:" + "0" * 64,),
            ),
        ),
        (
            "https://example.invalid/a-b-1.0.tar.gz?x=1",
            Address(Source.URL, "https://example.invalid/a-b-1.0.tar.gz?x=1", "a-b", "1.0"),
        ),
        ("https://example.invalid/archive/main.zip", Address(Source.URL, "https://example.invalid/archive/main.zip")),
        (
            "https://example.invalid/a-1.0-1-py3-none-any.whl.sig",
            Address(Source.URL, "https://example.invalid/a-1.0-1-py3-none-any.whl.sig"),
        ),
        ("GIT+https://git.example/a#egg=-bad", Address(Source.GIT, "GIT+https://git.example/a", "a")),
        ("file:///${PROJECT_ROOT}/lib", Address(Source.FILE, "svc/lib")),
        ("..\\lib", Address(Source.FILE, "lib")),
        ("lib#egg=a", Address(Source.FILE, "svc/lib#egg=a")),
        ("a\nb", None),
        ("https://example.invalid/\x7f", None),
    ],
)
def test_addresses(text: str, address: Address | None) -> None:
    assert read_address(text, "svc") == address


@pytest.mark.parametrize(
    ("path", "outside"),
    [
        ("lib", False),
        ("../lib", False),
        ("../../lib", True),
        ("../..", True),
        ("/opt", True),
        ("C:\\lib", True),
        ("~/lib", False),
    ],
)
def test_paths_that_lead_out_of_the_target(path: str, outside: bool) -> None:
    assert climbs(in_target("svc", path)) is outside
