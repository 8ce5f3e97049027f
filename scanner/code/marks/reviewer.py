"""Words in comments and idle strings that are meant for whoever reviews the code: a person, a scanner, a model.

``reviewer:verdict`` both addresses a reviewer or a model and says what to find; ``reviewer:override`` tells a model to
drop its instructions. What stands behind a quotation mark does not count: it is talked about, not said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.scanner.code.mark import SHOWN, Mark, shown
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.code.ir import Place

LONGEST = 4_000
"""Characters of one comment or string that are read."""

_MODEL = (
    r"(?:\b(?:AIs?|A\.I\.|LLMs?|GPT(?:-?\d\w*)?|ChatGPT|Claude|Gemini|Copilot|language models?"
    r"|AI (?:assistants?|agents?|models?)|chat ?bots?)\b)"
)
_REVIEWER = (
    r"(?:\b(?:(?:code|security|malware|package|automated|human|AI|LLM)[ -]{1,2}"
    r"(?:reviewers?|scanners?|analysts?|auditors?|analy[sz]ers?|classifiers?|detectors?|review"
    r"|(?:scanning|analysis) tools?)|static analy[sz]ers?)\b)"
)
_EITHER = f"(?:{_MODEL}|{_REVIEWER})"
ADDRESS = lazy(
    r"\b(?:note|notice|attention|message|instructions?|important|dear|hey|hello|reminder|directive)\b[^.\n]{0,30}?"
    rf"(?:to|for|,|:|\s)\s*(?:(?:the|any|all|every|you)\s+)*{_EITHER}"
    rf"|\b(?:if you(?:'re| are)|you are (?:an?|the|now))\s[^.\n]{{0,30}}?{_EITHER}"
    rf"|\bas an?\s{_EITHER}"
    rf"|(?:^|[\n#*/-])\s*@?{_EITHER}\s?[:,]"
    r"|<\|?(?:system|im_start|assistant)\|?>|\[(?:SYSTEM|INST)\]",
    re.IGNORECASE,
)
_BEFORE_THIS = r"\s(?:\w+\s){0,3}?(?:previous|prior|above|earlier|preceding|existing|system)\s(?:\w+\s){0,2}?"
OVERRIDE = lazy(
    rf"\b(?:ignore|disregard|forget){_BEFORE_THIS}(?:instructions?|prompts?|rules|directives?|guidelines|context)\b"
    rf"|\b(?:override|bypass){_BEFORE_THIS}(?:instructions?|prompts?|guidelines)\b",
    re.IGNORECASE,
)
_THING = r"(?:file|code|package|module|library|script|function|project|repository|content|block|section)\b"
_THIS = rf"(?:this|the|it|its)\b(?:\s(?:following|entire|whole|above|below)\b)?(?:\s{_THING})?"
_GOOD = r"(?:safe|benign|clean|harmless|legitimate|legit|trusted|not malicious|non-malicious)"
VERDICT = lazy(
    r"\b(?:do not|don['\u2019]t|never|no need to|must not|should not)\s(?:\w+\s){0,2}?"
    r"(?:flag|report|block|warn|alert|analy[sz]e|inspect|quarantine)\b"
    r"|\b(?:mark|classify|treat|consider|rate|label|report|respond|answer|conclude|say|regard|approve|deem|score)\b"
    rf"[^.\n]{{0,60}}?\b(?:{_GOOD}|no (?:security )?(?:issues|threats?|risks?|findings))\b"
    rf"|\b(?:skip|ignore|approve|whitelist|allow-?list)\s{_THIS}(?:\s|[.,!;]|$)"
    rf"|\b{_THIS}\s(?:is|has been)\s(?:\w+\s){{0,3}}?(?:{_GOOD}|not malware|verified|audited|approved)\b",
    re.IGNORECASE,
)
_QUOTE = "\"'`“”‘«*"  # noqa: RUF001
_GAP = lazy(r"\s*\n[\s#*/]*|\s+")


def addresses_to_reviewer(texts: Iterable[tuple[Place, str]], verdict: str = "reviewer:verdict") -> list[Mark]:
    """Return marks for comments (lines in a row read as one) and strings, each with its place.

    ``verdict`` is the kind of those that say what to find.
    """
    marks = []
    for place, text in _joined(texts):
        flat = _GAP.sub(" ", text[:LONGEST])
        override = _said(OVERRIDE, flat)
        address = override or _said(ADDRESS, flat)
        kind = verdict if address and _said(VERDICT, flat) else "reviewer:override" if override else ""
        if kind and address:
            start = max(0, address.start() - 30)
            marks.append(Mark(kind, place, shown(flat[start : start + 180]), len(text)))
        if len(marks) >= SHOWN:
            break
    return marks


def _said(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return the first match that does not stand right behind a quotation mark."""
    for match in pattern.finditer(text):
        before = text[max(0, match.start() - 1) : match.start()]
        if not before or before not in _QUOTE:
            return match
    return None


def _joined(texts: Iterable[tuple[Place, str]]) -> list[tuple[Place, str]]:
    """Return texts with comments of adjacent lines put together."""
    joined: list[tuple[Place, str]] = []
    last = -1
    for place, text in texts:
        if text.startswith("#") and place.line == last + 1 and joined and len(joined[-1][1]) < LONGEST:
            first, above = joined.pop()
            joined.append((first, f"{above}\n{text.lstrip('#')}"))
        else:
            joined.append((place, text.lstrip("#")))
        last = place.line if text.startswith("#") else -1
    return joined
