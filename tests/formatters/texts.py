"""Hypothesis strategies: reports in which every string that comes from outside is any Unicode text."""

from __future__ import annotations

from hypothesis import strategies as st

from assay.scanner.canonical import fingerprint_report
from assay.scanner.knowledge import Freshness
from assay.scanner.models import Component, Gap, Location, Report, Severity
from assay.scanner.rulings import Adjustment, EntryName, Note, RulesUse, SuppressedFinding, WaivedFinding, Waiver
from tests.formatters.reports import PACK, component, finding, report

# Any code point, surrogates and controls included, and often what terminals and markup give a meaning to.
TEXTS = st.one_of(
    st.text(st.characters(), max_size=20),
    st.lists(
        st.sampled_from(["\x1b[31m", "\r\n", "\u202e", "[bold]", "](http://x)", "\u2028", "\udc80", "中", " "])
    ).map("".join),
)
_NAMES = st.builds(EntryName, st.just("rules[0]"), TEXTS, TEXTS.filter(bool))
_PURLS = st.sampled_from(["pkg:npm/a@1.0.0", "pkg:npm/%40b/C@2.0.0", "pkg:pypi/d@3", "pkg:pypi/e"])


@st.composite
def components(draw: st.DrawFn) -> Component:
    return component(draw(_PURLS))._replace(
        licences=(draw(TEXTS),),
        aliases=(draw(TEXTS),),
        resolved=draw(TEXTS),
        requirement=draw(TEXTS),
        locations=(Location(draw(TEXTS).lstrip("/"), draw(st.none() | st.integers(1, 999))),),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    found = draw(st.lists(components(), max_size=3, unique_by=lambda item: item.purl))
    findings = tuple(
        finding(
            draw(st.sampled_from(["MAL-001", "ADV-001", "TYPO-001"])),
            draw(st.sampled_from(Severity)),
            item.purl,
            draw(TEXTS) or "m",
            location=item.locations[0],
            trace=(draw(TEXTS),),
            trigger="install",
            evidence=(draw(TEXTS), draw(TEXTS)),
            remediation=draw(TEXTS),
            references=(draw(TEXTS),),
            via=(item.purl,),
            fingerprint=f"sha256:{number:064x}",
            adjusted=draw(st.none() | st.builds(Adjustment, st.sampled_from(Severity), _NAMES)),
            note=draw(st.none() | st.builds(Note, TEXTS.filter(bool), _NAMES)),
        )
        for number, item in enumerate(found)
    )
    return fingerprint_report(
        report(
            components=tuple(sorted(found, key=lambda item: item.purl)),
            findings=findings[1:2],
            suppressed=tuple(SuppressedFinding(item, draw(_NAMES)) for item in findings[2:]),
            user_rules=draw(st.none() | st.builds(RulesUse, st.integers(0, 9), st.tuples(_NAMES), st.tuples(_NAMES))),
            waived=tuple(
                WaivedFinding(item, Waiver(draw(TEXTS), draw(TEXTS), draw(st.sampled_from(["", "2027-01-31"]))))
                for item in findings[:1]
            ),
            gaps=tuple(Gap(draw(TEXTS).lstrip("/"), "syntax", draw(TEXTS)) for _ in range(draw(st.integers(0, 2)))),
            excluded=(draw(TEXTS),),
            target_name=draw(TEXTS) or ".",
            corpus=(PACK._replace(pinned=draw(st.none() | TEXTS)),),
            freshness=draw(st.sampled_from([Freshness(), Freshness("2026-01-20"), Freshness("2026-01-20", 0)])),
        )
    )
