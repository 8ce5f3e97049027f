"""The part of STIX 2.1 patterns that names single things, read without recursion.

STIX 2.1, §9 (https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_e8slinrhxcc9): one observation
``[PATH = 'constant']`` or several joined by OR; in each, comparisons joined by OR; parentheses around any of these.
What needs more than one thing to be seen at a time (AND, FOLLOWEDBY, qualifiers of time) cannot be looked for in files
one by one, so a pattern that has it is refused as a whole. Which comparisons mean something is the caller's question.
"""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_PART = r"(?:[A-Za-z_][A-Za-z0-9_-]*|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_TOKEN: Final = re.compile(
    rf"""(?P<space>\s+)
    |(?P<path>[A-Za-z][A-Za-z0-9_-]*:{_PART}(?:\.{_PART}|\[(?:[0-9]+|\*)\])*)
    |(?P<constant>[hbt]?'(?:[^'\\]|\\['\\])*')
    |(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?)
    |(?P<operator><=|>=|<>|!=|==|=|<|>)
    |(?P<sign>[\[\](),])
    |(?P<word>[A-Za-z]+)""",
    re.ASCII | re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_OPERATORS = frozenset({"LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET", "IN"})
_JOINED = {
    "AND": "AND: what must be seen together is not looked for",
    "FOLLOWEDBY": "FOLLOWEDBY: what happens in an order is not looked for",
    "WITHIN": "WITHIN: when something happens is not looked for",
    "REPEATS": "REPEATS: how often something happens is not looked for",
    "START": "START: when something happens is not looked for",
    "EXISTS": "EXISTS: that something is there says nothing",
}


class UnreadableError(ValueError):
    """A pattern that is none, or says more than single things; its text is one line."""


class Comparison(NamedTuple):
    """One thing to see: an object path, an operator in capitals ("NOT …" if negated; "=" also for each of IN), a value.

    The value is a text, or bytes for a hex or binary constant, or None for a number, a time or a truth value. In the
    path, a part that was quoted stands without its quotes.
    """

    path: str
    operator: str
    value: str | bytes | None


def read(pattern: str) -> tuple[Comparison, ...]:
    """Return the comparisons of which one is enough for the pattern to match.

    Raises:
        UnreadableError: it is not a pattern, or not such a one.
    """
    return tuple(_Reader(pattern).comparisons())


class _Reader:
    """A pattern as tokens, of which one is looked at."""

    def __init__(self, pattern: str) -> None:
        self._tokens = _tokens(pattern)
        self.kind, self.text = next(self._tokens)

    def _next(self) -> str:
        """Step over the token and return its text."""
        text = self.text
        self.kind, self.text = next(self._tokens)
        return text

    def _take(self, text: str) -> bool:
        if self.text != text or self.kind not in ("sign", "word"):
            return False
        self._next()
        return True

    def _require(self, text: str) -> None:
        if not self._take(text):
            raise self._refusal(f"{text} is missing")

    def _refusal(self, reason: str) -> UnreadableError:
        if self.kind == "word" and self.text in _JOINED:
            return UnreadableError(_JOINED[self.text])
        return UnreadableError(f"not a STIX pattern: {reason}")

    def comparisons(self) -> Iterator[Comparison]:
        """Yield the comparisons of observations joined by OR."""
        depth = 0
        while True:
            while self._take("("):
                depth += 1
            self._require("[")
            yield from self._observation()
            while depth and self._take(")"):
                depth -= 1
            if not self._take("OR"):
                break
        if self.kind != "end" or depth:
            raise self._refusal("it does not end where it should")

    def _observation(self) -> Iterator[Comparison]:
        """Yield the comparisons up to the bracket that ends the observation."""
        depth = 0
        while True:
            while self._take("("):
                depth += 1
            yield from self._comparison()
            while depth and self._take(")"):
                depth -= 1
            if not self._take("OR"):
                break
        if depth:
            raise self._refusal(") is missing")
        self._require("]")

    def _comparison(self) -> Iterator[Comparison]:
        if self.kind != "path":
            raise self._refusal("an object path is missing")
        path = _unquoted_path(self._next())
        negation = "NOT " if self._take("NOT") else ""
        if self.kind != "operator" and self.text not in _OPERATORS:
            raise self._refusal("an operator is missing")
        operator = self._next()
        if operator == "IN":
            self._require("(")
            yield Comparison(path, f"{negation}=", self._constant())
            while self._take(","):
                yield Comparison(path, f"{negation}=", self._constant())
            self._require(")")
        else:
            yield Comparison(path, negation + ("=" if operator == "==" else operator), self._constant())

    def _constant(self) -> str | bytes | None:
        kind, text = self.kind, self.text
        if kind == "number" or (kind == "word" and text in ("true", "false")):
            self._next()
            return None
        if kind != "constant":
            raise self._refusal("a constant is missing")
        self._next()
        return _value(text)


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(pattern):
        match = _TOKEN.match(pattern, position)
        if match is None:
            raise UnreadableError(f"not a STIX pattern: unexpected text at character {position + 1}")
        position = match.end()
        if match.lastgroup != "space":
            yield str(match.lastgroup), match.group()
    while True:
        yield "end", ""


def _unquoted_path(path: str) -> str:
    return re.sub(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", lambda match: match[1] or match[2] or "", path)


def _value(constant: str) -> str | bytes | None:
    """Return the value of a constant: §9.1, escapes of strings are those of ``'`` and of the backslash alone."""
    mark, _, text = constant.partition("'")
    text = _ESCAPE.sub(r"\1", text[:-1])
    try:
        if mark == "h":
            return bytes.fromhex(text)
        if mark == "b":
            return binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except ValueError as error:
        raise UnreadableError("not a STIX pattern: a binary constant that is none") from error
    return None if mark == "t" else text


def quote(text: str) -> str:
    """Return a string constant."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


# --- regular expressions that are plain texts ------------------------------------------------------------------

_PLAIN = re.compile(rb"[A-Za-z0-9_ !\"#%&',/:;<=>@`~-]")
_EXPRESSION = re.compile(
    rb"(?P<plain>[^\\^$.|?*+()\[\]{}\x00-\x1f\x7f-\xff])|\\x(?P<hex>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z0-9\x00-\x1f\x7f-\xff])"
)


def plain_expression(text: str) -> str:
    """Return the regular expression that finds a text in its UTF-8 bytes: nothing but characters and escapes.

    Other bytes than printable ASCII are written ``\\xNN``, which means the same whatever the encoding of a pattern.
    """
    parts = []
    for number in text.encode("utf-8"):
        byte = bytes((number,))
        if _PLAIN.fullmatch(byte):
            parts.append(byte.decode("ascii"))
        else:
            parts.append(f"\\{chr(number)}" if 0x20 < number < 0x7F else f"\\x{number:02x}")
    return "".join(parts)


def plain_text(expression: str) -> str | None:
    """Return the text that a regular expression finds, if it finds one text only, else None."""
    try:
        data = expression.encode("ascii")
        found = bytearray()
        position = 0
        while position < len(data):
            match = _EXPRESSION.match(data, position)
            if match is None:
                return None
            position = match.end()
            found += bytes.fromhex(match["hex"].decode()) if match["hex"] else match["plain"] or match["sign"]
        return found.decode("utf-8")
    except UnicodeError:
        return None
