"""One publicly described attack as an inert package, beside the same package without what makes it bad."""

from __future__ import annotations

import base64
import re
import textwrap
from typing import TYPE_CHECKING, NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MANIFEST = "package.json"
KEY, VECTOR = b"0123456789abcdef0123456789abcdef", b"fedcba9876543210"
"""With which ``«aes:…»`` is encrypted: AES-256 in CBC mode."""

_WRITTEN = re.compile(r"«(?P<how>\w+):(?P<what>.*?)»", re.DOTALL)


class Attack(NamedTuple):
    """A package under the name by which the attack is known.

    ``files`` and ``innocent`` map paths to texts, which are dedented; the text of package.json are its fields beyond
    name and version, without the outer braces. ``innocent`` is laid over ``files``: an empty text takes a file away.
    ``rule`` must be among the rules that say HIGH or CRITICAL, and with ``trigger``. ``unseen`` says what is not seen
    yet. In texts, ``«how:what»`` stands for ``what`` encoded, as ``HOWS`` says.
    """

    name: str
    rule: str
    trigger: str
    files: Mapping[str, str]
    innocent: Mapping[str, str]
    unseen: str = ""


def _encrypted(text: str) -> str:
    data = text.encode()
    fill = 16 - len(data) % 16
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(VECTOR)).encryptor()
    return (encryptor.update(data + bytes([fill]) * fill) + encryptor.finalize()).hex()


HOWS: dict[str, Callable[[str], str]] = {
    "aes": _encrypted,
    "b64": lambda text: base64.b64encode(text.encode()).decode(),
    "codes": lambda text: ", ".join(str(ord(character)) for character in text),
    "hex": lambda text: text.encode().hex(),
    "invisible": lambda text: "".join(chr(byte + (0xE00F0 if byte > 15 else 0xFE00)) for byte in text.encode()),
    "private": lambda text: "".join(chr(0xE0000 + byte) for byte in text.encode()),
    "reversed": lambda text: base64.b64encode(text.encode()).decode()[::-1],
    "utf16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "blanks": lambda text: " " * int(text),
    "lines": lambda text: "\n" * int(text),
}  # fmt: skip
"""Encodings: AES with ``KEY``, base64, character codes, hexadecimal, variation selectors, UTF-16 as PowerShell asks for
it; and that many blanks or empty lines."""


def written(text: str) -> str:
    """Return a text as it stands in its file."""
    return _WRITTEN.sub(lambda found: HOWS[found["how"]](found["what"]), textwrap.dedent(text).lstrip("\n"))


def package_files(files: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files of a package as bytes by path, package.json with name and version."""
    fields = written(files.get(MANIFEST, "")).strip()
    whole = {path: written(text) for path, text in files.items() if text and path != MANIFEST}
    whole[MANIFEST] = f'{{"name": "demo", "version": "1.0.0"{", " if fields else ""}{fields}}}\n'
    return {path: text.encode() for path, text in whole.items()}


def bad_files(attack: Attack) -> dict[str, bytes]:
    """Return the files of the attack."""
    return package_files(attack.files)


def good_files(attack: Attack) -> dict[str, bytes]:
    """Return the files of the near miss."""
    return package_files({**attack.files, **attack.innocent})
