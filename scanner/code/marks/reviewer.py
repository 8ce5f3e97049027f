"""Words in comments and idle strings that are meant for whoever reviews the code: a person, a scanner, a model.

``reviewer:verdict`` both addresses a reviewer or a model and says what to find; ``reviewer:override`` tells a model to
drop its instructions; ``reviewer:plea`` asks for a verdict, or addresses a model, alone. What is quoted counts for
less: it is talked about, not said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.scanner.code.marks.mark import SHOWN, Mark, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.scanner.code.ir import Place

LONGEST = 4_000
"""Characters of one comment or string that are read."""

_MODEL = (
    r"(?:\b(?:AIs?|A\.I\.|LLMs?|GPT(?:-?\d\w*)?|ChatGPT|Claude|Gemini|Copilot|language models?|AI (?:assistants?|agents?|models?)"
    r"|chat ?bots?)\b)"
)
_REVIEWER = (
    r"(?:\b(?:(?:code|security|malware|package|automated|human|AI|LLM)[ -]{1,2}(?:reviewers?|scanners?|analysts?|auditors?"
    r"|analy[sz]ers?|classifiers?|detectors?|review|scanning tools?|analysis tools?)|static analy[sz]ers?)\b)"
)
_ADDRESS = re.compile(
    rf"(?:\b(?:note|notice|attention|message|instructions?|important|dear|hey|hello|reminder|directive)\b"
    rf"[^.\n]{{0,30}}?(?:to|for|,|:|\s)\s*(?:(?:the|any|all|every|you)\s+)*(?:{_MODEL}|{_REVIEWER})"
    rf"|\bif you(?:'re| are)\s[^.\n]{{0,30}}?(?:{_MODEL}|{_REVIEWER})"
    rf"|\byou are (?:an?|the|now)\s[^.\n]{{0,30}}?(?:{_MODEL}|{_REVIEWER})"
    rf"|\bas an?\s(?:{_MODEL}|{_REVIEWER})"
    rf"|(?:^|[\n#*])\s*@?(?:{_MODEL}|{_REVIEWER})\s?[:,]"
    r"|<\|?(?:system|im_start|assistant)\|?>|\[(?:SYSTEM|INST)\])",
    re.IGNORECASE,
)
_OVERRIDE = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\s(?:\w+\s){0,3}?(?:previous|prior|above|earlier|preceding|existing|system)"
    r"\s(?:\w+\s){0,2}?(?:instructions?|prompts?|rules|directives?|guidelines|context)\b",
    re.IGNORECASE,
)
_SUBJECT = r"(?:this|the|it|its)\b(?:\s(?:following|entire|whole|above|below)\b)?(?:\s(?:file|code|package|module|library|script|function|project|repository|content|block|section)\b)?"
_VERDICT = re.compile(
    r"\b(?:do not|don't|don’t|never|no need to|must not|should not)\s(?:\w+\s){0,2}?(?:flag|report|block|warn|alert|analy[sz]e|inspect|quarantine)\b"
    r"|\b(?:mark|classify|treat|consider|rate|label|report|respond|answer|conclude|say|regard|approve|deem|score)\b[^.\n]{0,60}?"
    r"\b(?:safe|benign|clean|harmless|legitimate|legit|trusted|not malicious|non-malicious|no (?:security )?(?:issues|threats?|risks?|findings))\b"
    rf"|\b(?:skip|ignore|approve|whitelist|allow-?list)\s{_SUBJECT}(?:file|code|package|module|\s|[.,!;]|$)"
    rf"|\b{_SUBJECT}\s(?:is|has been)\s(?:\w+\s){{0,3}}?(?:safe|benign|harmless|not malicious|not malware|verified|trusted|audited|approved)\b",
    re.IGNORECASE,
)
_QUOTE = "\"'`“”‘«*"  # noqa: RUF001
_GAP = re.compile(r"\s*\n[\s#*/]*|\s+")


def addresses_to_reviewer(texts: Iterable[tuple[Place, str]]) -> list[Mark]:
    """Return marks for comments (lines in a row read as one) and strings, each with its place."""
    marks = []
    for place, text in _joined(texts):
        flat = _GAP.sub(" ", text[:LONGEST])
        override = _said(_OVERRIDE, flat)
        address = _said(_ADDRESS, flat)
        verdict = _said(_VERDICT, flat)
        kind = _kind(override, address, verdict)
        if kind:
            seen = override or address or verdict
            start = max(0, seen.start() - 30) if seen else 0
            marks.append(Mark(kind, place, shown(flat[start : start + 180]), len(text)))
        if len(marks) >= SHOWN:
            break
    return marks


def _kind(override: object, address: object, verdict: object) -> str:
    if verdict and (address or override):
        return "reviewer:verdict"
    if override:
        return "reviewer:override"
    return ""


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
