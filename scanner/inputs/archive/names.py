"""Names of members: as text, and what is wrong with them."""

from __future__ import annotations

import unicodedata

from assay.scanner.inputs.archive.budget import MAX_DEPTH, MAX_NAME
from assay.scanner.lazy_pattern import lazy

_DRIVE = lazy(r"[A-Za-z]:")
_CONTROL = lazy(r"[\x00-\x1f\x7f]")


def fault(name: str) -> str | None:
    """Return what makes a name dangerous to unpack, None if nothing does.

    Judged as the worst of the systems that it may be unpacked on: a backslash separates folders on one of them.
    """
    if len(name) > MAX_NAME:
        return f"a name of more than {MAX_NAME} characters"
    if name.count("/") > MAX_DEPTH:
        return f"a name of more than {MAX_DEPTH} folders"
    if not name:
        return "an empty name"
    if "\\" in name:
        return "a name with a backslash"
    if name.startswith("/"):
        return "an absolute name"
    if _DRIVE.match(name):
        return "a name with a drive"
    if ".." in name.split("/"):
        return "a name that leads out of the archive"
    return "a name with control characters" if _CONTROL.search(name) else None


def tidy(name: str) -> str:
    """Return a name without "." and empty segments and with control characters escaped, never absolute.

    It is what the member is called in the report; no file is ever opened under it.
    """
    parts = [part for part in name[:MAX_NAME].split("/") if part not in ("", ".")]
    text = "/".join(parts) or "unnamed"
    return _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", text)


def folded(name: str) -> str:
    """Return what a file system that tells neither case nor Unicode forms apart makes of a name."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
