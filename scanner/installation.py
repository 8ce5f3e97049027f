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
    for part in _PARTS:
        for path in _files(os.path.join(package, part), part):
            content = _read(os.path.join(package, path))
            digest.update(f"{path} {len(content)}\n".encode() + content)
    for name, version in _versions():
        digest.update(f"{name} {version}\n".encode())
    return Tool(assay.__version__, f"sha256:{digest.hexdigest()}")


def _read(path: str) -> bytes:
    """Return a file's content by three system calls; the more than a hundred files are read at every scan."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        content = os.read(handle, _LARGEST)
        if len(content) == _LARGEST:
            raise OSError(f"{path}: larger than any source file of assay")
        return content
    finally:
        os.close(handle)


def _files(folder: str, relative: str) -> list[str]:
    found = []
    with os.scandir(folder) as listing:
        for item in listing:
            path = f"{relative}/{item.name}"
            if item.is_dir():
                if item.name not in ("__pycache__", _DATA):
                    found += _files(item.path, path)
            elif item.name.endswith(_ENDINGS):
                found.append(path)
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
