"""What bills of materials share: purls as the reference implementation reads them, and digests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from assay.scanner.inputs.bill import digest_of, ecosystem_of, read_purl

_NAMES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,10}[a-z0-9]", fullmatch=True)


@given(_NAMES, _NAMES, st.from_regex(r"[0-9][0-9a-z.+!-]{0,10}", fullmatch=True))
def test_purls_are_read_as_the_reference_implementation_does(scope: str, name: str, version: str) -> None:
    for purl in (
        PackageURL("npm", f"@{scope}", name, version),
        PackageURL("npm", None, name, version),
        PackageURL("pypi", None, name, version, {"download_url": "https://host.example/a?b=c&d"}),
    ):
        package = read_purl(str(purl))
        assert package is not None
        expected = "/".join(filter(None, (purl.namespace, purl.name)))
        if purl.type == "npm":
            assert package.name == expected
        assert (package.ecosystem, package.version, package.qualifiers) == (purl.type, version, purl.qualifiers)


@given(st.text())
def test_no_text_breaks_the_reading_of_purls(text: str) -> None:
    for candidate in (text, f"pkg:{text}", f"pkg:npm/{text}", f"pkg:pypi/{text}"):
        ecosystem_of(candidate)
        package = read_purl(candidate)
        assert package is None or package.name.isprintable()


@pytest.mark.parametrize(
    ("algorithm", "value", "digest"),
    [
        ("SHA-256", "AB" * 32, "sha256:" + "ab" * 32),
        ("SHA256", "ab" * 32, "sha256:" + "ab" * 32),
        ("SHA3-256", "ab" * 32, "sha3-256:" + "ab" * 32),
        ("BLAKE2b-512", "ab" * 64, "blake2b-512:" + "ab" * 64),
        ("MD5", "ab" * 16, "md5:" + "ab" * 16),
        ("SHA-256", "", None),
        ("", "ab" * 32, None),
        ("SHA 256", "ab" * 32, None),
    ],
)
def test_digests(algorithm: str, value: str, digest: str | None) -> None:
    assert digest_of(algorithm, value) == digest
