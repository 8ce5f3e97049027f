"""Decoders on constants: bytes in, bytes out, bounded, and nothing of what they read is run.

Every decoder returns None where the input is not what it reads. Decompression stops at the budget's largest constant,
and what was decompressed until then counts: a bomb cannot hide what stands at its beginning.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import codecs
import html
import lzma
import quopri
import zlib
from collections.abc import Callable
from typing import Protocol
from urllib.parse import unquote, unquote_plus

from assay.scanner.code.budget import CONSTANT

Decoder = Callable[[bytes], bytes | None]

_TEXT_ENCODINGS = frozenset(
    [
        "utf_8",
        "utf_8_sig",
        "ascii",
        "latin_1",
        "iso8859_1",
        "utf_16",
        "utf_16_le",
        "utf_16_be",
        "utf_32",
        "utf_32_le",
        "utf_32_be",
        "utf_7",
        "cp1252",
        "cp437",
        "cp037",
        "cp500",
        "cp1251",
        "koi8_r",
        "gbk",
        "gb2312",
        "big5",
        "shift_jis",
        "unicode_escape",
        "raw_unicode_escape",
        "punycode",
    ]
)
_STEPPED_ENCODINGS = {"unicode_escape": "escape", "raw_unicode_escape": "escape", "utf_7": "utf-7", "cp037": "ebcdic"}
_ALIASES = {
    "u8": "utf_8", "utf8": "utf_8", "utf": "utf_8", "us_ascii": "ascii", "latin1": "latin_1", "latin": "latin_1",
    "l1": "latin_1", "iso_8859_1": "latin_1", "iso8859_1": "latin_1", "utf16": "utf_16", "utf32": "utf_32",
    "utf_16le": "utf_16_le", "utf_16be": "utf_16_be", "utf7": "utf_7", "windows_1252": "cp1252",
    "hex_codec": "hex", "base64_codec": "base64", "base_64": "base64", "zlib_codec": "zlib", "zip": "zlib",
    "bz2_codec": "bz2", "rot_13": "rot13", "uu_codec": "uu", "quopri_codec": "quopri", "quoted_printable": "quopri",
}  # fmt: skip


def encoding_name(name: str) -> str:
    """The one name of an encoding that has several."""
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    return _ALIASES.get(plain, plain)


class _Decompressor(Protocol):
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def _bounded(made: _Decompressor, data: bytes) -> bytes | None:
    """What a decompressor gives, up to the largest constant."""
    try:
        return made.decompress(data, CONSTANT)
    except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError, MemoryError):
        return None


def inflate(data: bytes, wbits: int = 15) -> bytes | None:
    """zlib, or raw deflate with negative ``wbits``; a truncated stream gives what it holds."""
    if not (-15 <= wbits <= -8 or 8 <= wbits <= 15 or 24 <= wbits <= 31 or 40 <= wbits <= 47 or wbits == 0):
        return None
    return _bounded(zlib.decompressobj(wbits), data)


def gunzip(data: bytes) -> bytes | None:
    """gzip: the first member."""
    return _bounded(zlib.decompressobj(31), data)


def bunzip(data: bytes) -> bytes | None:
    """bzip2: the first stream."""
    return _bounded(bz2.BZ2Decompressor(), data)


def unxz(data: bytes) -> bytes | None:
    """xz or lzma, with a memory limit of 64 MB."""
    return _bounded(lzma.LZMADecompressor(memlimit=64 << 20), data)


def _guarded(function: Callable[[bytes], bytes]) -> Decoder:
    """A decoder of the standard library that answers None where it would raise."""

    def decode(data: bytes) -> bytes | None:
        try:
            return function(data)
        except (ValueError, binascii.Error, TypeError, OverflowError):
            return None

    return decode


def _base64(data: bytes) -> bytes:
    """Base64 as the language reads it: foreign characters are dropped, and missing padding is forgiven."""
    kept = data.rstrip(b"= \r\n")
    try:
        return base64.b64decode(data)
    except binascii.Error:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))


def _urlsafe(data: bytes) -> bytes:
    return _base64(data.translate(bytes.maketrans(b"-_", b"+/")))


def _uu(data: bytes) -> bytes:
    """uuencoded lines, with or without begin and end."""
    lines = [line for line in data.splitlines() if line and not line.startswith((b"begin ", b"end"))]
    return b"".join(binascii.a2b_uu(line) for line in lines)


def _hex(data: bytes) -> bytes:
    return binascii.unhexlify(b"".join(data.split()))


def _rot13(data: bytes) -> bytes:
    return codecs.encode(data.decode("latin-1"), "rot13").encode("latin-1")


DECODERS: dict[str, tuple[str, Decoder]] = {
    "base64": ("base64", _guarded(_base64)),
    "base64url": ("base64", _guarded(_urlsafe)),
    "base32": ("base32", _guarded(base64.b32decode)),
    "base32hex": ("base32", _guarded(base64.b32hexdecode)),
    "base16": ("base16", _guarded(lambda data: base64.b16decode(data, casefold=True))),
    "base85": ("base85", _guarded(base64.b85decode)),
    "ascii85": ("base85", _guarded(base64.a85decode)),
    "hex": ("hex", _guarded(_hex)),
    "uu": ("uu", _guarded(_uu)),
    "quopri": ("quopri", _guarded(quopri.decodestring)),
    "zlib": ("zlib", inflate),
    "gzip": ("gzip", gunzip),
    "bz2": ("bz2", bunzip),
    "lzma": ("lzma", unxz),
    "rot13": ("rot13", _guarded(_rot13)),
}
"""Decoders by the name of what they read: the hiding step that each undoes, and the decoder."""


def decode_bytes(data: bytes, encoding: str) -> tuple[str | bytes, str] | None:
    """``data.decode(encoding)`` or ``codecs.decode``: the result and the hiding step ("" for plain text encodings)."""
    name = encoding_name(encoding)
    if name in DECODERS:
        step, decoder = DECODERS[name]
        found = decoder(data)
        if found is None:
            return None
        return (found.decode("latin-1"), step) if name == "rot13" else (found, step)
    if name not in _TEXT_ENCODINGS:
        return None
    try:
        return data.decode(name, "replace"), _STEPPED_ENCODINGS.get(name, "")
    except (ValueError, LookupError):
        return None


def encode_text(data: str, encoding: str) -> tuple[bytes | str, str] | None:
    """``data.encode(encoding)`` or ``codecs.encode``: the result and the hiding step."""
    name = encoding_name(encoding)
    if name == "rot13":
        return codecs.encode(data, "rot13"), "rot13"
    if name not in _TEXT_ENCODINGS:
        return None
    try:
        return data.encode(name), _STEPPED_ENCODINGS.get(name, "")
    except (ValueError, LookupError):
        return None


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.b64encode,
    "base64url": base64.urlsafe_b64encode,
    "base32": base64.b32encode,
    "base16": base64.b16encode,
    "base85": base64.b85encode,
    "hex": binascii.hexlify,
}


def dedent(text: str) -> str:
    """``textwrap.dedent``, which is not the same in all versions of Python."""
    lines = [line if line.strip(" \t") else "" for line in text.split("\n")]
    filled = [line for line in lines if line]
    shortest, longest = min(filled, default=""), max(filled, default="")
    margin = 0
    while margin < len(shortest) and shortest[margin] == longest[margin] and shortest[margin] in " \t":
        margin += 1
    return "\n".join(line[margin:] for line in lines)


TEXT_DECODERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "unquote": ("unquote", unquote),
    "unquote_plus": ("unquote", unquote_plus),
    "unescape": ("unescape", html.unescape),
    "dedent": ("", dedent),
}
"""Decoders of text to text; those without a step hide nothing."""
