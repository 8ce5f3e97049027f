"""Indicators of every kind, a few with traps in them, and as many more as a test asks for."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from hypothesis import assume
from hypothesis import strategies as st

from assay.corpus import entries
from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from assay.corpus.indicators import IndicatorEntry

ENTRIES = tuple(
    sorted(
        [
            entries.indicator("domain", "evil.example", "", "exfiltration, mostly", "https://example.invalid/report"),
            entries.indicator("domain", "198.51.100.7"),
            entries.indicator("email", "thief@evil.example", expires="2026-06-30"),
            entries.indicator("file", "ab" * 32, "", "dropper"),
            entries.indicator("package", "npm:@corp/tool"),
            entries.indicator("package", "npm:worm", ">=1.2.0 <2.0.0", "worm", "", "2026-06-30"),
            entries.indicator("package", "pypi:hit", "1.0"),
            entries.indicator("string", "it's (a.b) worm\\ é 100%"),
            entries.indicator("url", "https://evil.example/drop?a='b'", "", "=cmd|' /C calc'!A0"),
        ]
    )
)

_VALUES = st.one_of(
    st.tuples(st.just("string"), st.text(min_size=4, max_size=20), st.just("")),
    st.tuples(st.just("url"), st.text(max_size=12).map(lambda path: f"https://evil.example/{path}"), st.just("")),
    st.tuples(st.just("domain"), st.sampled_from(["a.example", "203.0.113.9", "xn--e1afmkfd.example"]), st.just("")),
    st.tuples(st.just("email"), st.sampled_from(["o'neil@a.example", "+x=y@a.example"]), st.just("")),
    st.tuples(st.just("file"), st.binary(min_size=32, max_size=32).map(bytes.hex), st.just("")),
    st.tuples(
        st.just("package"),
        st.sampled_from(["npm:left-pad", "npm:@a/b", "npm:JSONStream", "npm:we?ird#'name%41"]),
        st.sampled_from(["*", "1.0.0", "^1.2.0 || ~2.0.0", "=1.0.0", "1.0.0-rc.1", "1.x"]),
    ),
    st.tuples(st.just("package"), st.just("pypi:a-b"), st.sampled_from(["*", "1.0+cu118", "==1.*", ">=2,<3", "1!2.0"])),
)
_DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(9999, 12, 31)).map(datetime.date.isoformat)


@st.composite
def indicator_entries(draw: st.DrawFn) -> IndicatorEntry:
    """Return any indicator that there may be."""
    kind, value, versions = draw(_VALUES)
    reason = draw(st.just("") | st.text("=+-@'\"\\,; abcé", max_size=12) | st.text(max_size=12))
    reference = draw(st.sampled_from(["", "https://example.invalid/a?b='c'"]))
    try:
        return entries.indicator(kind, value, versions, reason, reference, draw(st.just("") | _DAYS))
    except UsageError:
        assume(False)
        raise
