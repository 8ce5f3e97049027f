"""What a pipeline prints, where that stands in its own text: ``echo``, ``printf`` and the decoders after them."""

from __future__ import annotations

import binascii
import codecs
import zlib
from base64 import b32decode, b64decode
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Sequence

_ESCAPE = lazy(r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3})|([\s\S]))")
_NAMED_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}
_CONVERSION = lazy(r"%(?:[-0-9.]{0,8}[sbdiqc]|%)")
_NOT_BASE64 = lazy(r"[^A-Za-z0-9+/]+")
_LARGEST = 1 << 20
_ROT13 = "A-Za-z"
_ASKED = frozenset({"-v", "-V", "-p", "-a"})


class Printed(NamedTuple):
    """A text that a command prints, and the hiding steps that it took."""

    text: str
    steps: tuple[str, ...] = ()


def unescaped(text: str) -> str:
    """Return a text with the backslash escapes of ``$'…'`` and ``printf`` undone."""
    return _ESCAPE.sub(_undone, text)


def _undone(found: re.Match[str]) -> str:
    code, point, octal, other = found.groups()
    if other is not None:
        return _NAMED_ESCAPES.get(other, str(other))
    return chr(int(code or point, 16) if code or point else int(octal, 8))


def printed(pipeline: Sequence[list[str]], given: str | None = None) -> Printed | None:
    """Return what a pipeline of simple commands, as words, prints; None if that is not known.

    ``given`` is the text that its first command reads, from a here-document or a here-string.
    """
    text, steps = given, []
    for words in pipeline:
        name = words[0].rpartition("/")[2].lower() if words else ""
        source = _SOURCES.get(name)
        decoder = _decoder(name, words[1:])
        if source:
            text = source(words[1:])
        elif decoder and text is not None:
            text = _decoded(decoder, text)
            steps.append(decoder)
        elif name != "cat" or len(words) > 1:
            return None
        if text is None:
            return None
    return None if text is None else Printed(text, tuple(steps))


def _echoed(words: list[str]) -> str | None:
    flags = [word for word in words if word in ("-n", "-e", "-E", "-ne", "-en")]
    text = " ".join(words[len(flags) :])
    return unescaped(text) if any("e" in flag for flag in flags) else text


def _formatted(words: list[str]) -> str | None:
    if not words:
        return None
    values = iter(words[1:])
    return _CONVERSION.sub(lambda found: "%" if found[0] == "%%" else next(values, ""), unescaped(words[0]))


def _asked_for(words: list[str]) -> str | None:
    """What ``which x`` and ``command -v x`` find is the program itself."""
    names = [word for word in words if word not in _ASKED]
    return names[0] if len(names) == 1 and len(words) > len(names) - (words == names) else None


def _located(words: list[str]) -> str | None:
    return words[0] if len(words) == 1 else None


def _own_folder(words: list[str]) -> str | None:
    """The folder of a script that asks where it lies; it is taken for the one that it is run in."""
    return "." if not words or words[0].strip("\"'") in ("$0", "${0}", "$BASH_SOURCE") else None


_SOURCES: dict[str, Callable[[list[str]], str | None]] = {
    "echo": _echoed,
    "printf": _formatted,
    "command": _asked_for,
    "which": _located,
    "pwd": lambda words: None if words else ".",
    "dirname": _own_folder,
}


def _decoder(name: str, options: list[str]) -> str:
    """The hiding step that a filter undoes, "" for none."""
    given = frozenset(options)
    if name == "rev":
        return "reverse"
    if name == "tr":
        return "rot13" if options[:1] == [_ROT13] and options[1:2] in (["N-ZA-Mn-za-m"], ["n-za-mN-ZA-M"]) else ""
    if name in ("base64", "base32"):
        return name if given & {"-d", "-D", "--decode", "-di", "-id"} else ""
    if name == "openssl":
        return "base64" if given & {"base64", "-base64", "-a"} and "-d" in given else ""
    if name == "xxd":
        return "hex" if "-r" in given or "-rp" in given or "-p" in given else ""
    return "gzip" if name in ("gunzip", "zcat") or (name == "gzip" and given & {"-d", "-dc", "-cd"}) else ""


def _decoded(step: str, text: str) -> str | None:
    try:
        if step == "reverse":
            return "\n".join(line[::-1] for line in text.split("\n"))
        if step == "rot13":
            return codecs.encode(text, "rot13")
        if step == "base64":
            clean = _NOT_BASE64.sub("", text)
            return b64decode(clean + "=" * (-len(clean) % 4)).decode("latin-1")
        if step == "base32":
            return b32decode("".join(text.split())).decode("latin-1")
        if step == "hex":
            return bytes.fromhex(text).decode("latin-1")
        return zlib.decompressobj(31).decompress(text.encode("latin-1"), _LARGEST).decode("latin-1")
    except (ValueError, binascii.Error, zlib.error):
        return None
