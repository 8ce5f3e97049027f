"""The lines and options of pip's requirements files, read as pip reads them.

Format: https://pip.pypa.io/en/stable/reference/requirements-file-format/ and pip's ``_internal/req/req_file.py``.
Wherever a line that a person overlooks would be installed, this reads what pip reads: it too breaks lines at a form
feed or at U+2028, joins before it strips comments, takes abbreviated options, and honours a PEP 263 coding line.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.scanner.errors import ParseError
from assay.scanner.inputs.text import decode
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_OPTIONS = 1_048_576
"""Characters of one line's options; a package with 1,000 files has about 80,000 of hashes."""

_COMMENT = lazy(r"(?:^|\s)#")
_OPTIONS = lazy(r"(?:^| )-")
_CODING = lazy(rb"coding[:=]\s*([-\w.]+)")
_CODECS = {
    "ascii": "ascii",
    "us-ascii": "ascii",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "latin-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso-8859-15",
    "cp1252": "cp1252",
    "windows-1252": "cp1252",
}
_SHORT = {"-i": "--index-url", "-c": "--constraint", "-r": "--requirement", "-e": "--editable"}
_SHORT |= {"-f": "--find-links", "-C": "--config-settings"}
_FLAGS = frozenset({"--no-index", "--prefer-binary", "--require-hashes", "--pre"})
_VALUED = frozenset(
    {
        *("--index-url", "--pypi-url", "--extra-index-url", "--find-links", "--trusted-host", "--use-feature"),
        *("--constraint", "--requirement", "--editable", "--no-binary", "--only-binary", "--all-releases"),
        *("--only-final", "--global-option", "--config-settings", "--config-setting", "--hash"),
    }
)
_LONG = tuple(sorted(_FLAGS | _VALUED))


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line: the number of its first physical line, its text, and the comment at its end.

    ``indented`` says that there is only a comment, and that it does not begin the line.
    """

    number: int
    text: str
    comment: str | None = None
    indented: bool = False


def read_text(data: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the text of a requirements file, and notes as ``text.decode`` gives them.

    Raises:
        ParseError: as ``text.decode``; also a coding line with an encoding other than the usual ones.
    """
    for line in data.split(b"\n", 2)[:2]:
        match = _CODING.search(line[:200]) if line.startswith(b"#") else None
        if match:
            codec = _CODECS.get(match.group(1).decode("ascii", "replace").lower().replace("_", "-"))
            if codec is None:
                raise ParseError("encoding", "a coding line that names an unusual encoding; save it as UTF-8")
            if codec != "utf-8":
                try:
                    data = data.decode(codec).encode("utf-8")
                except UnicodeDecodeError as error:
                    raise ParseError("encoding", "not in the encoding that its coding line names") from error
            break
    return decode(data)


def logical_lines(text: str) -> Iterator[Line]:
    """Yield the lines with continuations joined and comments taken off; empty ones too."""
    first, parts = 0, list[str]()
    for number, physical in enumerate(text.splitlines(), 1):
        is_comment = physical.lstrip().startswith("#")
        if physical.endswith("\\") and not is_comment:
            first = first if parts else number
            parts.append(physical.strip("\\"))
            continue
        parts.append(f" {physical}" if is_comment else physical)
        indented = is_comment and physical[0].isspace()
        yield _line(first if len(parts) > 1 else number, "".join(parts), indented=indented)
        parts = []
    if parts:
        yield _line(first, "".join(parts), indented=False)


def _line(number: int, text: str, *, indented: bool) -> Line:
    match = _COMMENT.search(text)
    if match is None:
        return Line(number, text.strip())
    return Line(number, text[: match.start()].strip(), text[match.end() :].strip(), indented)


def split_at_options(text: str) -> tuple[str, str]:
    """Split a logical line into the requirement and its options, at the first word that begins with a dash."""
    match = _OPTIONS.search(text)
    if match is None:
        return text, ""
    return text[: match.start()].strip(), text[match.end() - 1 :]


def read_options(text: str) -> tuple[tuple[str, str], ...]:
    """Return the options of a line: (long name, value, "" for a flag).

    Raises:
        ParseError: what pip refuses (an unknown or ambiguous option, a missing or unexpected value, a quote that is
            not closed), words after an option, which pip ignores in silence, or too long.
    """
    options: list[tuple[str, str]] = []
    words = iter(_words(text))
    for word in words:
        name, value = _option(word)
        if value is None and name in _VALUED:
            value = next(words, None)
            if value is None:
                raise ParseError("syntax", "an option without its value")
        options.append((name, value or ""))
    return tuple(options)


def _words(text: str) -> list[str]:
    if len(text) > MAX_OPTIONS:
        raise ParseError("too-long", f"options of more than {MAX_OPTIONS} characters")
    if not any(mark in text for mark in "\"'\\"):
        return text.split()
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ParseError("syntax", "a quote that is not closed") from error


def _option(word: str) -> tuple[str, str | None]:
    """Return the long name of an option, and its value if that is part of the word, as optparse reads it."""
    if word.startswith("--"):
        written, equals, value = word.partition("=")
        name = _full_name(written)
        if equals and name in _FLAGS:
            raise ParseError("syntax", "a value for an option that takes none")
        return name, value if equals else None
    if word.startswith("-") and word[:2] in _SHORT:
        return _SHORT[word[:2]], word[2:] or None
    raise ParseError(
        "syntax", "an unknown option" if word.startswith("-") else "words after an option; pip ignores them"
    )


def _full_name(written: str) -> str:
    if written in _FLAGS or written in _VALUED:
        return written
    names = [name for name in _LONG if name.startswith(written)]
    if len(names) != 1 or len(written) < len("--x"):
        raise ParseError("syntax", "an unknown or ambiguous option")
    return names[0]
