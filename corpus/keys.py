"""Making key files: Ed25519 as PKCS 8 PEM (RFC 8410, RFC 5958) and its public half as SubjectPublicKeyInfo PEM.

The key itself is made by the caller, who has the randomness. A passphrase encrypts with what ``cryptography`` takes
for the best form of PKCS 8: PBES2 with AES-256-CBC and PBKDF2 of 2,048 rounds (RFC 8018), so that the passphrase
must be one that cannot be guessed.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

from assay.corpus import dsse, signing
from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PRIVATE_MODE = 0o600
PUBLIC_MODE = 0o644

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_HEX_KEY = re.compile(r"[0-9a-fA-F]{64}")


def encode_private(key: Ed25519PrivateKey, passphrase: bytes | None = None) -> bytes:
    """Return a private key as PKCS 8 PEM, encrypted if there is a passphrase.

    Raises:
        UsageError: the passphrase is empty, or longer than the format takes (1,023 bytes).
    """
    encryption: KeySerializationEncryption = NoEncryption()
    if passphrase is not None:
        if not 0 < len(passphrase) < 1024:
            raise UsageError("a passphrase has 1 to 1,023 bytes")
        encryption = BestAvailableEncryption(passphrase)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def encode_public(key: Ed25519PrivateKey) -> bytes:
    """Return the public half of a key as SubjectPublicKeyInfo PEM."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def write_new(path: str, content: bytes, mode: int = PRIVATE_MODE) -> None:
    """Write a file that does not exist yet; it has ``mode`` (and no more under the umask) from its first byte on.

    Raises:
        UsageError: something, even a link, lies there already, or the file cannot be written.
    """
    try:
        handle = os.open(path, _NEW, mode)
    except FileExistsError as error:
        raise UsageError(f"{path}: exists already, and a key is never overwritten; choose another name") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; choose another name") from error
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        with suppress(OSError):
            os.unlink(path)  # made above; half a key is of no use
        raise UsageError(f"{path}: {error.strerror}; choose another name") from error


def write_pair(private: tuple[str, bytes], public: tuple[str, bytes] | None) -> None:
    """Write the private key and, if it is wanted, the public one: (path, content) each; both files or neither.

    Raises:
        UsageError: as ``write_new``.
    """
    if public is not None:
        write_new(*public, PUBLIC_MODE)
    try:
        write_new(*private)
    except UsageError:
        if public is not None:
            with suppress(OSError):
                os.unlink(public[0])
        raise


def is_public_hex(text: str) -> bool:
    """Say whether a text is a raw public key in hex: 64 digits."""
    return _HEX_KEY.fullmatch(text) is not None


def parse_public(pem: bytes) -> bytes:
    """Return the raw public key (32 bytes) of a PEM file that holds it or its private key, which is not encrypted.

    Raises:
        UsageError: no such key, or a private key that is encrypted.
    """
    if signing.is_encrypted(pem):
        raise UsageError("an encrypted private key; name the file of its public key, or the 64 hex digits")
    if signing.is_private(pem):
        return signing.public_bytes(signing.load_key(pem))
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError("neither 64 hex digits nor a PEM file with an Ed25519 key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError("a key of another kind than Ed25519")
    return key.public_bytes_raw()


def require_sound(public: bytes) -> None:
    """Refuse a raw public key that no pack or trust root may be signed with. Raises UsageError."""
    defect = dsse.check_public_key(public)
    if defect is not None:
        raise UsageError(defect)
