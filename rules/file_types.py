"""What the type of a file, as its first bytes say it, tells about the package that carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Severity

if TYPE_CHECKING:
    from assay.scanner.models import Package, PackedFile

NATIVE = {"elf": "an ELF", "pe": "a Windows", "mach-o": "a Mach-O"}
"""Native programs and libraries, as a sentence names them."""

_ARCHIVES = frozenset({"zip", "tar", "gzip", "bzip2", "xz", "lzma", "7z", "rar", "zstd", "cab"})
_OF_MEDIA = "png jpg jpeg gif svg ico bmp webp pdf wav mp3 mp4 ttf woff woff2 eot"
_OF_TEXT = "py pyi pyw js cjs mjs jsx ts cts mts tsx txt md rst csv json yaml yml toml cfg ini xml html css map log"
_MEDIA = frozenset(_OF_MEDIA.split())
_DISGUISES = _MEDIA | frozenset(_OF_TEXT.split())
"""Endings under which no build puts a native program."""

_BUILT = lazy(r"(?:^|/)(?:binding\.gyp\Z|prebuilds?/|prebuilt/|build/Release/)")
_CACHED = lazy(r"(.*?)(?:__pycache__/([^/.]+)\.[^/]*|([^/.]+)(?:\.[^/]*)?)\.py[co]\Z")


def is_native(subject: Package) -> bool:
    """Say whether native code is what a package is for: one for some platforms, or one that builds or prebuilds it."""
    if subject.ecosystem == "pypi":
        return not subject.pure
    return bool(subject.platforms) or any(_BUILT.search(file.path) for file in subject.files)


def judged(subject: Package, file: PackedFile, paths: set[str], *, native: bool) -> tuple[str, Severity, str] | None:
    """Say what is out of place about a file whose type is known: kind, severity, and what it is; None if nothing is.

    ``paths`` are those of all files of the package, ``native`` says that native code is what it is for.
    """
    ending = file.path.rpartition("/")[2].rpartition(".")[2].lower() if "." in file.path else ""
    if file.kind in NATIVE:
        if ending in _DISGUISES:
            return "disguised", Severity.HIGH, "a native program under the name of something else"
        return None if native else ("native", Severity.LOW, "native code in a package for every platform")
    if file.kind == "script" and ending in _MEDIA:
        return "disguised", Severity.MEDIUM, "a script under the name of something else"
    if file.kind == "pyc":
        if _sourceless(file.path, paths):
            severity = Severity.LOW if subject.packed == "sdist" else Severity.MEDIUM
            return "sourceless", severity, "compiled Python without its source"
        return None
    if file.kind in _ARCHIVES and "!/" not in file.path:
        return "archive", Severity.INFO, "archives"
    return None


def _sourceless(path: str, paths: set[str]) -> bool:
    """Say whether compiled Python has no source beside it, or above its ``__pycache__``."""
    match = _CACHED.match(path)
    return match is None or f"{match[1]}{match[2] or match[3]}.py" not in paths
