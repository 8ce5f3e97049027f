"""PEP 723: the block is found as the specification finds it."""

from __future__ import annotations

import pytest

from assay.scanner.inputs.script_metadata import parse
from tests.inputs.told import declared, details, reasons

BLOCK = """\
#!/usr/bin/env python
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "requests<3",
#
#   "rich==13.0",
# ]
# ///
import requests
"""


@pytest.mark.parametrize("text", [BLOCK, BLOCK.replace("\n", "\r\n")])
def test_a_block_declares(text: str) -> None:
    parsed = parse(text.encode(), "tool.py")
    assert parsed.gaps == ()
    assert declared(parsed) == [("requests", "<3", None), ("rich", "==13.0", "13.0")]
    assert [item.location.line for item in parsed.declarations] == [5, 7]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"import os\n" * 1000,
        b"x = '# /// script'\n",
        b"    # /// script\n    # dependencies = ['a']\n    # ///\n",
        b"# /// other\n# dependencies = ['a']\n# ///\n",
        b"# /// script\n# requires-python = '>=3.11'\n# ///\n",
        b"\xff\xfe not text at all",
    ],
)
def test_a_file_without_a_block_says_nothing(data: bytes) -> None:
    parsed = parse(data, "tool.py")
    assert (parsed.declarations, parsed.gaps) == ((), ())


def test_the_last_closing_line_of_the_comment_counts() -> None:
    text = "# /// script\n# x = '''\n# ///\n# '''\n# dependencies = ['a']\n# ///\n"
    assert declared(parse(text.encode(), "tool.py")) == [("a", "", None)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# /// script\n# dependencies = ['a']\n", "syntax"),
        ("# /// script\n# dependencies = ['a']\nimport os\n# ///\n", "syntax"),
        ("# /// script\n# dependencies = [\n# ///\n", "syntax"),
        (BLOCK + BLOCK, "syntax"),
        ("# /// script\n# x = '\xff'\n# ///\n", "not-utf8"),
    ],
)
def test_a_malformed_block_is_a_gap(text: str, reason: str) -> None:
    parsed = parse(text.encode("latin-1"), "tool.py")
    assert (parsed.declarations, reasons(parsed)) == ((), [reason])


def test_a_bad_dependency_is_a_gap_and_the_others_are_read() -> None:
    parsed = parse(b"# /// script\n# dependencies = ['a=1', 3, 'ok']\n# ///\n", "tool.py")
    assert [name for name, _, _ in declared(parsed)] == ["ok"]
    assert details(parsed) == ["dependencies[1]: not a string", "dependencies[0]: not a valid requirement"]
