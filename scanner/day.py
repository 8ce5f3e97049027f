"""Days as people write them to assay: ``YYYY-MM-DD``. They are given, never asked of a clock."""

from __future__ import annotations

import re
from datetime import date

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_day(text: str) -> bool:
    """Say whether a text is a day of the calendar written ``YYYY-MM-DD``; such texts sort as the days do."""
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def days_between(earlier: str, later: str) -> int:
    """Return how many days lie between two days, negative if ``later`` comes first.

    Raises:
        ValueError: one of them is no day.
    """
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days
