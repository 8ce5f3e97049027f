"""Comparison with what a user sees, kept in ``tests/snapshots``; ``UPDATE_SNAPSHOTS=1 pytest`` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "snapshots"


def assert_same_as_snapshot(name: str, text: str) -> None:
    file = FOLDER / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
