"""Ranges as people write them: what they admit, what they do not, and what cannot be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assay.scanner.requirement import admits, is_range

if TYPE_CHECKING:
    from assay.scanner.models import Ecosystem


@pytest.mark.parametrize(
    ("ecosystem", "text", "expected"),
    [
        ("npm", "*", True),
        ("npm", "^1.2 || 2.x", True),
        ("npm", "1.0.0 - 2", True),
        ("npm", "latest", False),
        ("npm", "file:../x", False),
        ("pypi", "*", True),
        ("pypi", ">=1,<2", True),
        ("pypi", "==1.*", True),
        ("pypi", "1.0", False),
        ("pypi", "^1.0", False),
    ],
)
def test_what_is_a_range(ecosystem: Ecosystem, text: str, expected: bool) -> None:
    assert is_range(ecosystem, text) is expected


@pytest.mark.parametrize(
    ("ecosystem", "text", "version", "expected"),
    [
        ("npm", "^1.2.0", "1.9.0", True),
        ("npm", "^1.2.0", "2.0.0", False),
        ("npm", ">=1.0.0", "2.0.0-rc.1", True),
        ("npm", "^1.2.0", "latest", None),
        ("npm", "^1.2.0", "", None),
        ("npm", "*", "latest", True),
        ("pypi", ">=1,<2", "1.9", True),
        ("pypi", ">=1,<2", "2.0", False),
        ("pypi", ">=1", "2.0rc1", True),
        ("pypi", ">=1", "weird", None),
        ("pypi", ">=1", "", None),
        ("pypi", "==1.0", "1.0+cpu", True),
        ("pypi", "*", "weird", True),
    ],
)
def test_what_a_range_admits(ecosystem: Ecosystem, text: str, version: str, expected: bool | None) -> None:
    assert admits(ecosystem, text, version) is expected
