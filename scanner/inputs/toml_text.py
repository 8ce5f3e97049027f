"""TOML, read as ``text`` reads JSON; a module of its own because tomllib costs start-up that JSON does not need."""

from __future__ import annotations

import re
import tomllib

from assay.scanner.errors import ParseError
from assay.scanner.inputs.text import MAX_DEPTH, Loaded, check_depth, not_valid, readable
from assay.scanner.lazy_pattern import lazy

_QUIET = lazy(
    rb'''"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"{3,5}|"(?:[^"\\\n]|\\.)*+"'''
    rb"""|'''(?:[^']|'{1,2}(?!'))*+'{3,5}|'[^'\n]*+'|#[^\n]*+""",
    re.DOTALL,
)
_LONG_NUMBER = lazy(rb"[0-9_]{640}")  # the fewest digits that an interpreter can be set to refuse
_DOTTED = lazy(rb"(?<![\w.\-])(?:[\w\-]++[ \t]*+\.[ \t]*+){%d}" % MAX_DEPTH)


def load_toml(data: bytes) -> Loaded:
    """Read one TOML document. Floats come back as their text.

    Raises:
        ParseError: as ``decode``; also too deep, or not TOML (a key that stands twice is not).
    """
    body, notes = readable(data)
    check_depth(body, _QUIET)
    bare = _QUIET.sub(b"s", body)
    if _LONG_NUMBER.search(bare):
        raise ParseError("syntax", "not valid TOML")
    if _DOTTED.search(bare):
        raise ParseError("too-deep", f"a dotted key of more than {MAX_DEPTH} parts")
    try:
        value = tomllib.loads(body.decode("utf-8"), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise not_valid(body, "TOML") from error
    return Loaded(value, notes)
