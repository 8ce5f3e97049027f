"""Which files are worth a closer look: a test at hundreds of megabytes a second, wider than the marks themselves."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import yara_x

from assay.scanner.code.marks.reviewer import ADDRESS, OVERRIDE, VERDICT
from assay.scanner.code.marks.wallets import SHAPES
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    import re

LINE = 1_000
"""Bytes of a line that a person does not write."""

WINDOW = 400
"""Bytes on either side of a word in which the others have to stand."""

ENDINGS = 48
"""Lines that end in blanks, of which few files have so many."""

_FOLDED = bytes.maketrans(b"\t\v\fI1O0", b"   lloo")
"""Blanks of all sorts as one, and letters that look alike as one."""

_BLANKS = b" " * 64
_TABS = b"\t" * 9
_RUNS = (b"l" * 6, b"o" * 6)
_LINES = b"\n" * 150
_ALIKE = lazy(rb"(?<![A-Za-z0-9_])(?:[lI1i]{6,}|[Oo0Q]{6,})(?![A-Za-z0-9_])")
_UNSEEN = lazy(
    rb"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa8]|\xe3\x85\xa4|\xef\xbe\xa0|\xe1\x85[\x9f\xa0]"
)  # patterns that begin with one byte, or one of several, are found five times as fast
_BLANK = rb"(?:\xe2\x80[\x8b-\x8f]|\xe2\x81[\xa0-\xa4]|\xf3\xa0[\x80-\x87][\x80-\xbf]|\xef\xb8[\x80-\x8f])"
_MANY_UNSEEN = lazy(_BLANK + _BLANK + rb"{31}")
_NAMES = lazy(rb"[\xc3-\xf4][\x80-\xbf]{1,3}[A-Za-z0-9_]{0,40}[ \t]{0,4}[=(.]")
_LETTER = rb"[\xce\xcf\xd0\xd1\xd5\xd6][\x80-\xbf]"
_MIXED = lazy(_LETTER + rb"(?:[A-Za-z_]|(?<=[A-Za-z_]" + _LETTER + rb")(?<!\\[A-Za-z_]" + _LETTER + rb"))")
_STYLED = lazy(rb"\xf0\x9d[\x90-\x9f]|\xef\xbc[\xa1-\xba]|\xef\xbd[\x81-\x9a]")

_LITERALS: dict[str, tuple[str, ...]] = {
    "numbered": ("_0x", "p,a,c,k,e"),
    "ending": (" \t\n", "\t \n"),
    "wallet": SHAPES,
    "credential": (
        *("AKIA", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "npm_"),
        *("hooks.slack.com/services/", "pypi-AgE", "AIza", "k_live_", "T3BlbkFJ", "sk-ant-", "hf_", "SG.", ":AA"),
        *("/webhooks/", "_authToken", "PRIVATE KEY-----", "discord", "://"),
    ),
    "verb": ("ignore", "disregard", "forget", "override", "bypass"),
    "which": ("previous", "prior", "above", "earlier", "preceding", "existing", "system"),
    "order": ("instruction", "prompt", "guideline", "directive", "rules", "context"),
    "address": (
        *("language model", "chatgpt", "claude", "copilot", "gemini", "chatbot", "chat bot", "im_start", "[system]"),
        *("[inst]", "<|system", "<system>", "reviewer", "code review", "security review", "security scan"),
        *("malware scan", "analyst", "auditor", "static analy", "gpt", "llm", "llms", "ai", "ais"),
    ),
    "verdict": (
        *("not flag", "n't flag", "never flag", "not report", "n't report", "not alert", "not warn", "not block"),
        *("benign", "harmless", "legitimate", "is trusted", "malicious", "is safe", "as safe", "safe to", "is clean"),
        *("as clean", "no issues", "no threats", "no risks", "no findings", "no security", "skip this", "approve this"),
    ),
}
"""Words that a mark cannot do without, by what they are part of; all but those of the first four in any case."""

_WHOLE = frozenset({"gpt", "llm", "llms", "ai", "ais"})
_AS_WRITTEN = frozenset({"numbered", "ending", "wallet", "credential"})
_SECRETS = {
    literal: lazy(pattern)
    for literal, pattern in {
        "AKIA": rb"AKIA[A-Z2-7]{16}",
        "ghp_": rb"ghp_[A-Za-z0-9]{36}",
        "gho_": rb"gho_[A-Za-z0-9]{36}",
        "ghs_": rb"ghs_[A-Za-z0-9]{36}",
        "npm_": rb"npm_[A-Za-z0-9]{36}",
        "AIza": rb"AIza[A-Za-z0-9_-]{35}",
        "k_live_": rb"k_live_[A-Za-z0-9]{24}",
        "hf_": rb"hf_[A-Za-z]{34}",
        "SG.": rb"SG\.[A-Za-z0-9_-]{22}\.",
        ":AA": rb":AA[A-Za-z0-9_-]{33}",
        "/webhooks/": rb"/webhooks/\d{17}",
        "://": rb"://[\w.%+-]{1,64}:[^\s:@/\"'`<>{}$\\]{10,100}@",
        "discord": rb"(?<![A-Za-z0-9_-])[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}",
    }.items()
}
"""What else must stand there, for literals that innocent files have too."""


@cache
def _scanner() -> yara_x.Scanner:
    """Return the scanner of the words; a process makes it once."""
    rules = []
    for name, literals in _LITERALS.items():
        lines = [f"rule {name} {{ strings:"]
        for number, literal in enumerate(literals):
            digits = "".join(f"\\x{byte:02x}" for byte in literal.encode())
            case = "" if name in _AS_WRITTEN else " nocase"
            lines.append(f'$t{number} = "{digits}"{case}{" fullword" if literal in _WHOLE else ""}')
        rules.append(" ".join([*lines, "condition: any of them }"]))
    made = yara_x.Scanner(yara_x.compile("\n".join(rules)))
    made.max_matches_per_pattern(1)
    return made


def worth_a_look(data: bytes) -> bool:
    """Say whether the bytes of a file may hold a shape or a word that a mark is made of."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _shapes(data) or (not data.isascii() and _characters(data)) or _worded(data)


def _shapes(data: bytes) -> bool:
    if _has_long_line(data):
        return True
    folded = data.translate(_FOLDED)
    if (
        _BLANKS in folded
        or _TABS in data
        or (any(run in folded for run in _RUNS) and len(set(_ALIKE.findall(data))) >= 3)
    ):
        return True
    escapes = data.count(b"\\")
    if escapes >= 64 and 8 * escapes >= len(data):
        return True
    return _LINES in data


def _has_long_line(data: bytes) -> bool:
    start, size = 0, len(data)
    while size - start >= LINE:
        end = data.rfind(b"\n", start, start + LINE)
        if end < 0:
            return True
        start = end + 1
    return False


def _characters(data: bytes) -> bool:
    return (
        any(pattern.search(data) for pattern in (_UNSEEN, _MANY_UNSEEN, _STYLED, _MIXED))
        or len(set(_NAMES.findall(data))) >= 5
    )


def words(data: bytes) -> frozenset[str]:
    """Return what the words of a file may be: "credential", "reviewer", "numbered", "ending", "wallet"."""
    hit = {rule.identifier: rule for rule in _scanner().scan(data).matching_rules}
    found = {name for name in hit if name in ("numbered", "ending", "wallet")}
    if "credential" in hit and any(_may_be_secret(data, pattern) for pattern in hit["credential"].patterns):
        found.add("credential")
    overrides = hit.keys() >= {"verb", "which", "order"} and _near(data, "verb", OVERRIDE)
    if overrides or (hit.keys() >= {"address", "verdict"} and _near(data, "verdict", ADDRESS, VERDICT)):
        found.add("reviewer")
    return frozenset(found)


def _near(data: bytes, kind: str, *patterns: re.Pattern[str]) -> bool:
    """Say whether all patterns match within ``WINDOW`` bytes of one word of a kind; windows hardly overlap."""
    lowered = data.lower()
    for literal in _LITERALS[kind]:
        at = lowered.find(literal.encode())
        while at >= 0:
            window = data[max(0, at - WINDOW) : at + WINDOW].decode("utf-8", "replace")
            if all(pattern.search(window) for pattern in patterns):
                return True
            at = lowered.find(literal.encode(), at + WINDOW // 2)
    return False


def _may_be_secret(data: bytes, pattern: yara_x.Pattern) -> bool:
    if not pattern.matches:
        return False
    more = _SECRETS.get(_LITERALS["credential"][int(pattern.identifier[2:])])
    return more is None or more.search(data) is not None


def _worded(data: bytes) -> bool:
    found = words(data)
    if found & {"credential", "reviewer", "numbered", "wallet"}:
        return True
    return "ending" in found and data.count(b"\t\n") + data.count(b" \n") >= ENDINGS
