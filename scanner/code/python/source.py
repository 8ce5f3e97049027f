"""The text of a Python file as Python reads it: encoding, line ends, and what the grammar is given to parse.

The grammar parses a *projection* of the text: one ASCII byte for each character, so that byte offsets are character
offsets and columns count characters. What the file really says is sliced from the text.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from assay.scanner.code.ir import Defect, Place
from assay.scanner.lazy_pattern import lazy

MAX_BYTES = 16 << 20
"""Bytes of a file that are read. Trees are bounded by steps (see the grammar module), so this bounds text alone."""

_COOKIE = lazy(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = lazy(rb"^[ \t\f]*(?:#|$)")
_LINE = lazy(rb"\r\n|\r|\n")
_SPACES = lazy("[\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]")
_EXEC = lazy(
    r"(?:^|(?<=[\n:;]))([ \t]*)exec(?=[ \t]+(?!(?:in|is|if|or|and|not|else|for|as)\b)[^\W\d]|[ \t]+[\d\"'`\[{]|[\"'])"
)
_TOKENS = lazy(
    r"#[^\n]*"
    r'|"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+(?:''')?"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'(?:[^'\\\n]|\\.)*+'?"
    r"|`([^`\n]*+)`",
    re.DOTALL,
)
_NOT_TYPE = ("type(", "type (")
"""``type(x).name = y`` is an assignment; the grammar takes it for an alias unless the word is another one."""

_TO_Z = bytes.maketrans(b"?", b"Z")

CODECS = frozenset(
    {"utf-8", "utf-8-sig", "ascii", "utf-7", "unicode-escape", "raw-unicode-escape", "rot13"}
    | {f"iso8859-{number}" for number in range(1, 17) if number != 12}
    | {f"cp{number}" for number in (437, 850, 852, 855, 858, 866, 932, 949, 950, 1361, *range(1250, 1259))}
    | {"koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "ptcp154", "tis-620"}
    | {"big5", "big5hkscs", "gb2312", "gbk", "gb18030", "euc-jp", "euc-kr", "shift-jis", "iso2022-jp", "johab", "hz"}
)
"""Codecs of the standard library that a cookie may name. Each maps bytes to text in linear time and nothing else.

UTF-7, the escape codecs and rot13 (Python 2) are here because they hide code from who does not decode them.
"""

_ALIASES = {
    "utf8": "utf-8",
    "u8": "utf-8",
    "utf": "utf-8",
    "cp65001": "utf-8",
    "utf8-sig": "utf-8-sig",
    "us-ascii": "ascii",
    "646": "ascii",
    "latin-1": "iso8859-1",
    "latin1": "iso8859-1",
    "latin": "iso8859-1",
    "l1": "iso8859-1",
    "8859": "iso8859-1",
    "iso8859": "iso8859-1",
    "utf7": "utf-7",
    "u7": "utf-7",
    "rot-13": "rot13",
    "sjis": "shift-jis",
    "shiftjis": "shift-jis",
    "eucjp": "euc-jp",
    "euckr": "euc-kr",
    "koi8r": "koi8-r",
    "windows-1251": "cp1251",
    "windows-1252": "cp1252",
    "macroman": "mac-roman",
    "unicodeescape": "unicode-escape",
}


class Source(NamedTuple):
    """The text with ``\\n`` line ends, its projection (one byte for each character), and what could not be read."""

    text: str
    projection: bytes
    defects: tuple[Defect, ...]


def read(data: bytes) -> Source:
    """Return the text of a file as Python would decode it (PEP 263), or as near as can be, with defects."""
    defects: list[Defect] = []
    if len(data) > MAX_BYTES:
        end = data.rfind(b"\n", MAX_BYTES // 2, MAX_BYTES) + 1 or MAX_BYTES
        defects.append(Defect(Place(1, 1), "too-large", f"{len(data)} bytes; the first {end} were read"))
        data = data[:end]
    text = _decode(data, defects)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    null = text.find("\0")
    if null >= 0:
        line = text.count("\n", 0, null)
        defects.append(Defect(Place(line + 1, null - text.rfind("\n", 0, null)), "", "a null byte"))
    return Source(text, _project(text), tuple(defects))


def _decode(data: bytes, defects: list[Defect]) -> str:
    start = Place(1, 1)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        defects.append(Defect(start, "encoding", "UTF-16, which Python does not run"))
        return data.decode("utf-16", "replace")
    marked = data.startswith(codecs.BOM_UTF8)
    if marked:
        data = data[len(codecs.BOM_UTF8) :]
    written = _cookie(data)
    codec = codec_name(written) if written and not marked else "utf-8"
    if codec is None:
        defects.append(Defect(start, "encoding", f"an encoding that is not read: {written!a}"[:120]))
        codec = "utf-8"
    try:
        if codec == "rot13":
            return codecs.decode(data.decode("latin-1"), "rot13")
        return data.decode(codec)
    except UnicodeError as error:
        detail = error.reason if isinstance(error, UnicodeDecodeError) else "malformed"
        defects.append(Defect(start, "encoding", f"not {codec}: {detail}"))
        return data.decode("latin-1")


def codec_name(written: str) -> str | None:
    """Return the codec that a cookie names, None if it is not one of ``CODECS``."""
    name = written.lower().replace("_", "-")
    if name.endswith(("-unix", "-dos", "-mac")):
        name = name.rpartition("-")[0]
    if name.startswith(("utf-8-", "latin-1-", "iso-8859-1-", "iso-latin-1-")) and name != "utf-8-sig":
        name = "utf-8" if name.startswith("utf") else "latin-1"  # as tokenize.py: what Emacs appends is dropped
    name = _ALIASES.get(name, name)
    for long, short in (("iso-8859-", "iso8859-"), ("iso-2022-", "iso2022-"), ("iso-latin-1", "iso8859-1")):
        name = name.replace(long, short)
    return name if name in CODECS else None


def _cookie(data: bytes) -> str | None:
    """Return the encoding that a comment on the first or second line names; after a line of code there is none."""
    position = 0
    for _ in range(2):
        end = _LINE.search(data, position)
        line = data[position : end.start() if end else len(data)]
        found = _COOKIE.match(line)
        if found:
            return found[1].decode("ascii", "replace")
        if not end or not _BLANK.match(line):
            return None
        position = end.end()
    return None


def _project(text: str) -> bytes:
    """Return one ASCII byte for each character: a letter for what is not ASCII, and Python 2 made Python 3.

    ``exec code in names`` is parsed as ``del  code in names`` and backticks as parentheses; whoever lowers such a
    statement looks at the text. A letter that no keyword holds stands for all others, so that none becomes one.
    """
    shown = text
    for spelling in _NOT_TYPE:
        if spelling in shown:
            shown = shown.replace(spelling, "Z" + spelling[1:])
    if "exec" in shown:
        shown = _EXEC.sub(r"\1del ", shown)
    if "`" in shown:
        shown = _TOKENS.sub(_parenthesise, shown)
    if "\0" in shown:
        shown = shown.replace("\0", "\1")
    if shown.isascii():
        return shown.encode()
    shown = _SPACES.sub(" ", shown).replace("?", "\1")
    return shown.encode("ascii", "replace").translate(_TO_Z)


def _parenthesise(token: re.Match[str]) -> str:
    return token[0] if token[1] is None else f"({token[1]})"
