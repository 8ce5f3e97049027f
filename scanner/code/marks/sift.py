"""Which files are worth a closer look: a test at hundreds of megabytes a second, wider than the marks themselves."""

from __future__ import annotations

import re
from functools import cache

import yara_x

LINE = 1_000
"""Bytes of a line that a person does not write."""

ENDINGS = 48
"""Lines that end in blanks, of which few files have so many."""

_FOLDED = bytes.maketrans(b"\t\v\fI1O", b"   llo")
"""Blanks of all sorts as one, and letters that look alike as one."""

_BLANKS = b" " * 64
_RUNS = (b"l" * 6, b"o" * 6)
_LINES = b"\n" * 150
_ALIKE = re.compile(rb"(?<![A-Za-z0-9_])(?:[lI1i]{6,}|[Oo0Q]{6,})(?![A-Za-z0-9_])")
_UNSEEN = re.compile(
    rb"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa8]|\xe3\x85\xa4|\xef\xbe\xa0|\xe1\x85[\x9f\xa0]"
    rb"|(?:\xe2\x80[\x8b-\x8f]|\xe2\x81[\xa0-\xa4]|\xf3\xa0[\x80-\x87][\x80-\xbf]|\xef\xb8[\x80-\x8f]){32}"
)
_NAMES = re.compile(rb"[\xc3-\xf4][\x80-\xbf]{1,3}[A-Za-z0-9_]{0,40}[ \t]{0,4}[=(.]")
_STYLED = re.compile(rb"\xf0\x9d[\x90-\x9f]|\xef\xbc[\xa1-\xba]|\xef\xbd[\x81-\x9a]")

_WORDS = r"""
rule numbered { strings: $a = /_0x[0-9a-f]{4}/  condition: $a }
rule ending { strings: $a = " \t\n"  $b = "\t \n"  condition: any of them }
rule credential { strings:
  $a = "AKIA"  $b = /gh[pos]_[A-Za-z0-9]{36}/  $c = "github_pat_"  $d = "glpat-"  $e = /xox[abprs]-[0-9]{9}/
  $f = "hooks.slack.com/services/"  $g = /npm_[A-Za-z0-9]{36}/  $h = "pypi-AgE"  $i = "AIza"  $j = /[sr]k_live_/
  $k = "T3BlbkFJ"  $l = "sk-ant-"  $m = /hf_[A-Za-z]{34}/  $n = /SG\.[A-Za-z0-9_-]{22}\./
  $o = /[0-9]{8}:AA[A-Za-z0-9_-]{33}/  $p = "/webhooks/"  $q = "_authToken"  $r = "PRIVATE KEY-----"
  $s = /:\/\/[A-Za-z0-9_.%+-]{1,64}:[^ \t\r\n:@\/"'`<>{}$\\]{10,100}@/
  $t = /[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}/
  condition: any of them }
rule override { strings:
  $a = /(ignore|disregard|forget|override|bypass)[ \t\r\n#*]+([a-z]+[ \t\r\n#*]+){0,3}(previous|prior|above|earlier)[ \t\r\n#*]/
    nocase
  $b = /(ignore|disregard|forget|override|bypass)[ \t\r\n#*]+([a-z]+[ \t\r\n#*]+){0,3}(preceding|existing|system)[ \t\r\n#*]/
    nocase
  condition: any of them }
rule address { strings:
  $a = "language model" nocase  $b = /(^|[^A-Za-z0-9_])LLMs?[^A-Za-z0-9_]/  $c = "ChatGPT" nocase  $d = "Claude"
  $e = /(code|security|malware|package|automated|human)[ -](reviewer|scanner|analyst|auditor|analy[sz]er)/ nocase
  $f = /(code|security|malware|package|automated|human)[ -](classifier|detector|review|scanning|analysis)/ nocase
  $g = /(^|[^A-Za-z0-9_])(AIs?|GPT-?[0-9])[^A-Za-z0-9_]/  $h = "im_start"  $i = "[SYSTEM]" nocase  $j = "[INST]" nocase
  $k = "static analy" nocase  $l = "Copilot"  $m = "Gemini"  $n = "<|system" nocase  $o = "chatbot" nocase
  condition: any of them }
rule verdict { strings:
  $a = /(not|n't|never|need to)[ \t]+([a-z]+[ \t]+){0,2}(flag|report|block|warn|alert|analy[sz]e|inspect|quarantine)/ nocase
  $b = /(safe|benign|harmless|legitimate|trusted|not malicious|non-malicious|is clean|as clean)/ nocase
  $c = /(skip|ignore|approve|whitelist|allow-?list)[ \t]+(this|the|it)/ nocase
  condition: any of them }
"""


@cache
def _scanner() -> yara_x.Scanner:
    """Return the scanner of the words; a process makes it once."""
    made = yara_x.Scanner(yara_x.compile(_WORDS))
    made.max_matches_per_pattern(1)
    return made


def worth_a_look(data: bytes) -> bool:
    """Say whether the bytes of a file may hold a shape or a word that a mark is made of."""
    return _shapes(data) or (not data.isascii() and _characters(data)) or _words(data)


def _shapes(data: bytes) -> bool:
    if _has_long_line(data):
        return True
    folded = data.translate(_FOLDED)
    if _BLANKS in folded or (any(run in folded for run in _RUNS) and len(set(_ALIKE.findall(data))) >= 3):
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
    return bool(_UNSEEN.search(data) or _STYLED.search(data)) or len(set(_NAMES.findall(data))) >= 5


def _words(data: bytes) -> bool:
    found = {rule.identifier for rule in _scanner().scan(data).matching_rules}
    if found & {"credential", "override", "numbered"} or found >= {"address", "verdict"}:
        return True
    return "ending" in found and data.count(b"\t\n") + data.count(b" \n") >= ENDINGS
