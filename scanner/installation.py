"""What this installation is: its version, and the digest of everything in it that can change a result."""

from __future__ import annotations

import hashlib
import os
import sys

import assay
from assay.scanner.models import Tool

DECIDING_LIBRARIES = (
    "cvss",
    "node-semver",
    "packaging",
    "pyyaml",
    "tree-sitter",
    "tree-sitter-javascript",
    "tree-sitter-python",
    "tree-sitter-typescript",
    "yara-x",
)
"""Libraries that can change a result; pyproject pins each exactly."""

_PARTS = ("scanner", "rules", "corpus", "formatters")
_ENDINGS = (".py", ".json", ".yml")
_DATA = "data"
_LARGEST = 1 << 20


def read_tool() -> Tool:
    """Return the version and ``sha256:…`` over (path, content) of assay's own files and the libraries' versions."""
    package = os.path.dirname(os.path.abspath(assay.__file__))
    digest = hashlib.sha256(f"assay {assay.__version__}\n".encode())
    buffer = memoryview(bytearray(_LARGEST))
    for part in _PARTS:
        for path in _files(f"{package}/{part}", part):
            length = _read(f"{package}/{path}", buffer)
            digest.update(f"{path} {length}\n".encode())
            digest.update(buffer[:length])
    for name, version in _versions():
        digest.update(f"{name} {version}\n".encode())
    return Tool(assay.__version__, f"sha256:{digest.hexdigest()}")


def _read(path: str, buffer: memoryview) -> int:
    """Read a file by three system calls and return its length; several hundred files are read at every scan."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        length = os.readv(handle, [buffer])
        if length == _LARGEST:
            raise OSError(f"{path}: larger than any source file of assay")
        return length
    finally:
        os.close(handle)


def _files(folder: str, relative: str) -> list[str]:
    found = []
    with os.scandir(folder) as listing:
        for item in listing:
            name = item.name
            if name.endswith(_ENDINGS):
                found.append(f"{relative}/{name}")
            elif name not in ("__pycache__", _DATA) and item.is_dir():
                found += _files(item.path, f"{relative}/{name}")
    return sorted(found)


def _versions() -> list[tuple[str, str]]:
    """Read the versions of the deciding libraries off their dist-info folders; importing them would cost more."""
    found: dict[str, str] = {}
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".") if folder else []
        except OSError:
            continue
        for name in names:
            stem, ending = os.path.splitext(name)
            project, _, version = stem.rpartition("-")
            project = project.replace("_", "-").lower()
            if ending == ".dist-info" and project in DECIDING_LIBRARIES:
                found.setdefault(project, version)
    return [(name, found.get(name, "absent")) for name in DECIDING_LIBRARIES]
