"""Every rule is registered, named, documented, mapped in SCAAT.md and tested."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assay.rules.catalogue import ALL
from tests.scaat import PAGE, generate

if TYPE_CHECKING:
    from assay.scanner.models import Rule

ROOT = Path(__file__).parent.parent
RULE_FILES = sorted(path.stem for path in (ROOT / "rules").glob("*_[0-9][0-9][0-9]_*.py"))


def stem_of(rule: Rule) -> str:
    check = rule.check or rule.check_package or rule.check_change
    assert check
    return check.__module__.rpartition(".")[2]


def test_every_rule_file_is_registered() -> None:
    assert sorted(stem_of(rule) for rule in ALL) == RULE_FILES


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
class TestRule:
    def test_file_bears_the_id(self, rule: Rule) -> None:
        stem = stem_of(rule)
        assert re.fullmatch(r"[A-Z]+-\d{3}", rule.id)
        assert stem.startswith(rule.id.lower().replace("-", "_") + "_")

    def test_page_has_every_section(self, rule: Rule) -> None:
        assert re.findall(r"^(\w+):", rule.doc, re.MULTILINE) == ["Detects", "Why", "Misses", "Fix"]
        assert rule.title
        assert not rule.title.endswith(".")

    def test_says_its_severities_worst_first(self, rule: Rule) -> None:
        assert list(rule.severities) == sorted(rule.severities, key=lambda severity: severity.rank)
        assert rule.quiet <= set(rule.severities)
        assert all(set(rule.severities).issuperset(some) for _, some in rule.of_ecosystem)

    def test_has_a_test_of_the_same_stem(self, rule: Rule) -> None:
        stem = stem_of(rule)
        assert (ROOT / "tests" / "rules" / f"test_{stem}.py").is_file()

    def test_is_at_most_120_lines_of_code(self, rule: Rule) -> None:
        stem = stem_of(rule)
        text = (ROOT / "rules" / f"{stem}.py").read_text(encoding="utf-8").replace(rule.doc, "")
        assert len([line for line in text.splitlines() if line.strip()]) <= 120


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in ALL}) == len(ALL)


def test_scaat_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert generate(page) == page, "run: python -m tests.scaat --write"
