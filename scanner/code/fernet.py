"""Decryption of constants under constant keys. Loaded by name, since the library behind it is slow to load."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken


def decrypt(key: bytes, token: bytes) -> bytes | None:
    """What a Fernet token holds (no expiry is judged, so no clock is read), None when the key does not fit."""
    try:
        return Fernet(key).decrypt(token)
    except (InvalidToken, ValueError, TypeError):
        return None
