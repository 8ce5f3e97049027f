"""One header block of a tar archive: numbers, checksum, PAX records.

Formats: POSIX.1-2024 pax (ustar and pax interchange format), and the GNU additions as GNU tar's manual describes them
(https://www.gnu.org/software/tar/manual/html_node/Standard.html). Read here rather than by tarfile, whose answers to
defective archives differ between Python versions.
"""

from __future__ import annotations

from typing import NamedTuple

from assay.scanner.inputs.archive.budget import BrokenError

BLOCK = 512
_BLANK_SUM = b" " * 8


class Header(NamedTuple):
    """A header as it stands: names as bytes, ``size`` in bytes, ``kind`` the type flag."""

    name: bytes
    size: int
    kind: bytes
    link: bytes


def is_header(block: bytes) -> bool:
    """Say whether a block is a header by its checksum, as readers of archives without a magic number do."""
    return len(block) == BLOCK and any(block[:100]) and _sums(block, _octal(block[148:156]))


def parse_header(block: bytes) -> Header:
    """Return what a header block says.

    Raises:
        BrokenError: its checksum is wrong, or its size is no number.
    """
    if not _sums(block, _octal(block[148:156])):
        raise BrokenError("bad-checksum", "a header without its checksum; the archive cannot be followed any further")
    name = _text(block[:100])
    if block[257:262] == b"ustar" and block[262:263] == b"\0" and block[345]:
        name = _text(block[345:500]) + b"/" + name
    size = _number(block[124:136])
    if size is None:
        raise BrokenError("corrupt", "a size that is no number; the archive cannot be followed any further")
    return Header(name, size, block[156:157], _text(block[157:257]))


def _sums(block: bytes, stated: int | None) -> bool:
    """Compare the checksum with the sum of the bytes, unsigned or, as some old archivers took it, signed."""
    if stated is None:
        return False
    summed = block[:148] + _BLANK_SUM + block[156:]
    unsigned = sum(summed)
    return stated == unsigned or stated == unsigned - 256 * sum(byte > 127 for byte in summed)


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _octal(field: bytes) -> int | None:
    digits = field.partition(b"\0")[0].strip()
    if not digits:
        return 0
    return int(digits, 8) if digits.isdigit() and not digits.strip(b"01234567") else None


def _number(field: bytes) -> int | None:
    """Return octal digits, or GNU's base 256 when the first bit is set; None for anything else, and for negatives."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    return None if field[0] > 0x80 else _octal(field)


def pax_records(data: bytes) -> dict[str, bytes]:
    """Return the records ``LENGTH KEY=VALUE LF`` of an extended header; of a key that stands twice the last counts.

    Raises:
        BrokenError: they are not such records.
    """
    records: dict[str, bytes] = {}
    place = 0
    while place < len(data) and data[place]:
        blank = data.find(b" ", place, place + 20)
        digits = data[place:blank] if blank > 0 else b""
        end = place + int(digits) if digits.isdigit() and len(digits) <= 8 else 0
        key, equals, value = data[blank + 1 : end - 1].partition(b"=")
        if end <= blank or end > len(data) or data[end - 1 : end] != b"\n" or not equals:
            raise BrokenError("corrupt", "an extended header that is not well formed")
        records[key.decode("utf-8", "backslashreplace")] = value
        place = end
    return records
