"""The rule column of SCAAT.md, generated from the rules: ``python -m tests.scaat --write``."""

from __future__ import annotations

import sys
from pathlib import Path

from assay.rules.catalogue import ALL

PAGE = Path(__file__).parent.parent / "SCAAT.md"


def generate(page: str) -> str:
    """Return the page with the rule column filled in; rows whose column is prose are left alone."""
    covered: dict[str, list[str]] = {}
    for rule in ALL:
        for vector in rule.vectors:
            covered.setdefault(vector, []).append(rule.id)
    lines = []
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and cells[0] in covered:
            cells[2] = ", ".join(covered.pop(cells[0]))
            lines.append(f"| {' | '.join(cells)} |")
        else:
            lines.append(line)
    if covered:
        raise ValueError(f"no row for {', '.join(sorted(covered))}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    text = generate(PAGE.read_text(encoding="utf-8"))
    if "--write" in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
