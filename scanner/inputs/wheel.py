"""A wheel: its metadata, and its RECORD held against what is really in it. Pure.

Formats: https://packaging.python.org/en/latest/specifications/binary-distribution-format/ (cited as "wheel") and
https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file. The version of the
index that pip installs from does not check these hashes, and neither does pip.
"""

from __future__ import annotations

import base64
import binascii
import csv
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.inputs.collect import shown
from assay.scanner.models import DeclaredFile, EntryPoint, Mismatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from assay.scanner.models import PackedFile

UNRECORDED = frozenset({"RECORD", "RECORD.jws", "RECORD.p7s"})
"""Files of ``.dist-info`` that RECORD has no hash of, or does not list at all (wheel, "Signed wheel files")."""

_MOST_LISTED = 200_000


class Layout(NamedTuple):
    """Where the parts of a wheel are: its ``.dist-info`` folder ("" if there is none), ``.data`` folders, and
    ``others``: further ``.dist-info`` folders."""

    dist_info: str
    data: tuple[str, ...]
    others: tuple[str, ...]


def layout_of(paths: Iterable[str], wanted: str) -> Layout:
    """Return the layout of a wheel; of several ``.dist-info`` folders that named ``wanted`` counts, else the first."""
    tops = sorted({path.partition("/")[0] for path in paths if "/" in path})
    infos = [top for top in tops if top.endswith(".dist-info")]
    chosen = wanted if wanted in infos else next(iter(infos), "")
    data = tuple(top for top in tops if top.endswith(".data"))
    return Layout(chosen, data, tuple(info for info in infos if info != chosen))


def entry_points(data: bytes) -> Iterator[EntryPoint]:
    """Yield what ``entry_points.txt`` lists: ``name = module:attribute`` below ``[group]``."""
    group = ""
    for line in data.decode("utf-8", "replace").splitlines():
        text = line.strip()
        if text.startswith("[") and text.endswith("]"):
            group = text[1:-1].strip()
        elif text and text[0] not in "#;" and "=" in text:
            name, _, target = text.partition("=")
            yield EntryPoint(group, name.strip(), target.strip())


def read_record(data: bytes) -> tuple[tuple[DeclaredFile, ...], list[Mismatch]]:
    """Return what RECORD lists, sorted by path, and what in it is not well formed."""
    found: dict[str, DeclaredFile] = {}
    problems: list[Mismatch] = []
    lines = data.decode("utf-8", "backslashreplace").replace("\0", "").splitlines()
    try:
        for row in csv.reader(lines):
            if not row:
                continue
            if len(found) >= _MOST_LISTED or len(row) != 3:
                problems.append(Mismatch("bad-record", row[0], "a line that is not path, hash and size"))
                continue
            path = row[0].removeprefix("./")
            size = int(row[2]) if row[2].isascii() and row[2].isdigit() and len(row[2]) < 18 else None
            found[path] = DeclaredFile(path, _digest(row[1]), size)
    except csv.Error:
        problems.append(Mismatch("bad-record", "", "not well-formed CSV"))
    return tuple(found[path] for path in sorted(found)), problems


def _digest(text: str) -> str:
    """Return ``algorithm:hex`` of RECORD's ``algorithm=urlsafe-base64-nopad``, as it stands if it is not that."""
    algorithm, equals, value = text.partition("=")
    if not equals:
        return text
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return text
    return f"{algorithm.lower()}:{raw.hex()}"


def held_against(
    declared: Sequence[DeclaredFile], files: Mapping[str, PackedFile], exempt: frozenset[str], unread: frozenset[str]
) -> Iterator[Mismatch]:
    """Yield where RECORD and content disagree. ``exempt`` need not be listed, ``unread`` are there but not read."""
    for one in declared:
        file = files.get(one.path)
        if one.path.endswith("/") or one.path in unread:
            continue
        if file is None:
            yield Mismatch("missing", one.path, "RECORD lists a file that is not there")
        elif one.path not in exempt:
            yield from _compared(one, file)
    listed = {one.path for one in declared}
    for path in files:
        if path not in listed and path not in exempt:
            yield Mismatch("unlisted", path, "a file that RECORD does not list")


def _compared(one: DeclaredFile, file: PackedFile) -> Iterator[Mismatch]:
    algorithm, _, value = one.digest.partition(":")
    if algorithm == "sha256":
        if value != file.sha256:
            yield Mismatch("wrong-hash", one.path, "a file with another hash than RECORD lists")
    elif not one.digest:
        yield Mismatch("no-hash", one.path, "RECORD lists a file without a hash")
    elif algorithm in ("sha384", "sha512"):
        yield Mismatch("other-hash", one.path, f"a hash of RECORD that was not compared: {algorithm}")
    else:
        yield Mismatch("weak-hash", one.path, f"a hash of RECORD that the format does not allow: {shown(algorithm)}")
    if one.size is not None and one.size != file.size:
        yield Mismatch("wrong-size", one.path, "a file with another size than RECORD lists")
