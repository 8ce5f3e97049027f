"""Scripts that say what they need in a comment block.

Format: https://packaging.python.org/en/latest/specifications/inline-script-metadata/ (PEP 723).
"""

from __future__ import annotations

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import refused
from assay.scanner.inputs.parsed import Parsed
from assay.scanner.inputs.pypi_manifest import PypiManifest
from assay.scanner.inputs.text import decode
from assay.scanner.inputs.toml_lines import TomlLines
from assay.scanner.inputs.toml_text import load_toml
from assay.scanner.models import Gap, Scope

_START = "# /// script"
_END = "# ///"
_START_BYTES = _START.encode()


def parse(data: bytes, path: str) -> Parsed:
    """Read the dependencies of a script; nothing, and fast, if it holds no block."""
    if _START_BYTES not in data:
        return Parsed("manifest")
    lines = [line.removesuffix(b"\r") for line in data.split(b"\n")]
    starts = [index for index, line in enumerate(lines) if line.rstrip() == _START_BYTES]
    if not starts:
        return Parsed("manifest")
    try:
        if len(starts) > 1:
            raise ParseError("syntax", "more than one block of script metadata")
        content, notes = decode(b"\n".join(_block(lines, starts[0])))
        document = load_toml(content.encode())
    except ParseError as error:
        return refused("manifest", path, error)
    found = PypiManifest(path)
    block = TomlLines(content)
    for index, text in enumerate(found.texts(document.value, "dependencies")):
        line = starts[0] + 1 + (block.string(text) or 0)  # that of the block if the text is not written out in it
        found.ask(text, Scope.PROD, line, f"dependencies[{index}]")
    return found.manifest((*document.gaps(path), *(Gap(path, reason, detail) for reason, detail in notes)))


def _block(lines: list[bytes], start: int) -> list[bytes]:
    """Return the TOML of a block: up to the last ``# ///`` of the comment lines that follow.

    Raises:
        ParseError: the block is not closed.
    """
    content: list[bytes] = []
    end = None
    for line in lines[start + 1 :]:
        if line != b"#" and not line.startswith(b"# "):
            break
        if line == _END.encode():
            end = len(content)
        content.append(line[2:])
    if end is None:
        raise ParseError("syntax", "a block of script metadata that is not closed")
    return content[:end]
