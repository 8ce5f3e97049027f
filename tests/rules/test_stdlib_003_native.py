"""STDLIB-003: native code that a package loads by itself."""

from __future__ import annotations

import pytest

from assay.rules.stdlib_003_native import RULE
from tests.behaviour import at, worst

SHELLCODE = """
    import ctypes
    k = ctypes.windll.kernel32
    at = k.VirtualAlloc(0, 100, 0x3000, 0x40)
    k.RtlMoveMemory(at, b'inert', 5)
    k.CreateThread(0, 0, at, 0, 0, 0)
"""


@pytest.mark.parametrize(
    ("trigger", "severity"),
    [("install", "medium"), ("startup", "medium"), ("import", "medium"), ("call", "info"), ("test", "info")],
)
def test_when_a_library_from_elsewhere_is_loaded(trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, "import ctypes\nctypes.CDLL('/tmp/x.so')")) == severity


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("import ctypes, os\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'libx.so'))", "low"),
        ("import ctypes.util\nctypes.CDLL(ctypes.util.find_library('c'))", "low"),
        ("import ctypes\nctypes.CDLL(None)", "low"),
        ("import ctypes\nctypes.CDLL('libc.so.6')", "low"),
        ("import ctypes\nctypes.WinDLL('kernel32')", "low"),
        ("import ctypes, os\nctypes.CDLL(os.path.expanduser('~/AppData/Local/x.dll'))", "medium"),
        ("import ctypes\nctypes.CDLL('C:/x/y.dll')", "medium"),
        ("import ctypes, tempfile\nctypes.CDLL(tempfile.gettempdir() + '/tmp/y.so')", "medium"),
        ("import ctypes, base64\nctypes.CDLL(base64.b64decode('eC5zbw==').decode())", "high"),
        ("import ctypes\ngetattr(ctypes, 'CD' + 'LL')('x.so')", "high"),
        ("import ctypes\nctypes.create_string_buffer(10)", "none"),
        ("from ctypes.util import find_library\nfind_library('m')", "none"),
        ("def CDLL(a): return a\nCDLL('/tmp/x.so')", "none"),
    ],
)
def test_libraries_on_import(source: str, severity: str) -> None:
    assert worst(RULE, *at("import", source)) == severity


@pytest.mark.parametrize(
    ("trigger", "severity"), [("install", "high"), ("import", "high"), ("call", "medium"), ("test", "info")]
)
def test_machine_code_in_memory(trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, SHELLCODE)) == severity


@pytest.mark.parametrize("leave_out", ["VirtualAlloc", "CreateThread"])
def test_half_of_it_is_no_machine_code_in_memory(leave_out: str) -> None:
    source = "\n".join(line for line in SHELLCODE.splitlines() if leave_out not in line)
    assert worst(RULE, *at("import", source)) == "none"
