"""Decryption of constants under constant keys. Loaded by name, since the library behind it is slow to load."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16


def decrypt(name: str, key: bytes, iv: bytes, data: bytes) -> bytes | None:
    """What AES in the mode that ``name`` says (``aes-256-cbc``) makes of data, without padding; None if nothing fits.

    The tag of GCM is not checked: what would be refused is shown all the same.
    """
    mode = name.rpartition("-")[2]
    made: modes.Mode
    try:
        if mode == "cbc":
            made = modes.CBC(iv)
        elif mode == "ctr":
            made = modes.CTR(iv)
        elif mode == "ecb":
            made = modes.ECB()  # noqa: S305 - the code that is read chose it
        elif mode == "gcm":
            made = modes.CTR(iv + b"\0\0\0\2")
        else:
            return None
        whole = data[: len(data) // _BLOCK * _BLOCK] if mode in {"cbc", "ecb"} else data
        decryptor = Cipher(algorithms.AES(key), made).decryptor()
        found = decryptor.update(whole) + decryptor.finalize()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return _unpadded(found) if mode in {"cbc", "ecb"} else found


def _unpadded(data: bytes) -> bytes:
    """Data without the padding of PKCS 7, if it has one."""
    count = data[-1] if data else 0
    return data[:-count] if 0 < count <= _BLOCK and data.endswith(bytes([count]) * count) else data
