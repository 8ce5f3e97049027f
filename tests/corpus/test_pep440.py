from __future__ import annotations

from itertools import pairwise

import pytest

from assay.corpus import pep440


@pytest.mark.parametrize(
    ("text", "canonical", "normal"),
    [
        ("1.0", "1", "1.0"),
        ("1.0.0", "1", "1.0.0"),
        ("1", "1", "1"),
        ("0", "0", "0"),
        ("0.0", "0", "0.0"),
        ("10.0", "10", "10.0"),
        ("1.10", "1.10", "1.10"),
        ("v1.0RC1", "1rc1", "1.0rc1"),
        ("1.0-1", "1.post1", "1.0.post1"),
        ("1.0.0.dev3", "1.dev3", "1.0.0.dev3"),
        ("1!2.0", "1!2", "1!2.0"),
        ("1.0+cu118", "1", "1.0"),
        ("2.6.0+cu124.with.dots", "2.6", "2.6.0"),
    ],
)
def test_spellings(text: str, canonical: str, normal: str) -> None:
    assert pep440.canonical(text) == canonical
    assert pep440.normal(text) == normal
    assert pep440.key(text) == pep440.key(canonical) == pep440.key(normal)


@pytest.mark.parametrize(
    "text", ["", "strange", "0.1-bulbasaur", "1.0.x", ">=1.0", "1..0", "\u0661.0", "1" * 5000, "+local"]
)
def test_what_is_no_version(text: str) -> None:
    assert pep440.key(text) is None
    assert pep440.canonical(text) is None
    assert pep440.normal(text) is None


def test_order_is_plain() -> None:
    """OSV wants the order of versions, not that of ``SpecifierSet``, which leaves pre-releases out of ``<2.0``."""
    ascending = ["1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0.post1", "1.1", "2.0.dev0", "2.0rc1", "2.0", "1!0.1"]
    keys = [pep440.key(text) for text in ascending]
    assert all(left < right for left, right in pairwise(keys) if left and right)
    assert None not in keys
