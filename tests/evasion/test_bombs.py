"""Files made to exhaust whoever reads them: a scan ends, keeps its memory, and says what it did not look at."""

# ruff: noqa: E501 - a case reads as the file that it is

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.command import SCRIPT

if TYPE_CHECKING:
    from pathlib import Path

MEMORY = 300 << 20
"""Bytes that a scan may hold at its peak; Python with the grammars and the default corpus takes about 60 MB of it."""

ADDRESS_SPACE = 3 << 30
LAST = b"\nimport os\ngetattr(os, 'sys' + 'tem')('id')\n"
"""What stands after a bomb, to see whether it is looked at."""


class Scanned(NamedTuple):
    """A scan of one folder: exit code, peak of its memory in bytes, reasons of gaps by path, files with HIGH findings."""

    code: int
    peak: int
    gaps: dict[str, str]
    places: set[str]
    errors: str


RUNNER = """
import os, sys
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(process, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Starts the scan from a small process: a child's peak counts what its parent had when it was born."""


def scan(target: Path) -> Scanned:
    """Scan in a process of its own, whose memory is measured and bounded."""
    output = target.with_name("report.json")
    limited = ("sh", "-c", f'ulimit -v {ADDRESS_SPACE >> 10}; exec "$0" "$@"')
    asked = ("scan", str(target), "-f", "json", "-o", str(output), "--profile", "all", "-j", "1")
    process = subprocess.run(
        [*limited, sys.executable, "-c", RUNNER, str(SCRIPT), *asked],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": "/nonexistent"},
        check=False,
    )
    report = json.loads(output.read_text())
    return Scanned(
        process.returncode,
        int(process.stdout) << 10,
        {gap["path"]: gap["reason"] for gap in report["coverage"]["gaps"]},
        {found["location"]["path"] for found in report["findings"] if found["severity"] in ("high", "critical")},
        process.stderr,
    )


BOMBS = {
    "a sum of 10,000 terms": b"x = " + b" + ".join([b"'a'"] * 10_000),
    "a sum of 10,000 calls": b"x = " + b" + ".join([b"f()"] * 10_000),
    "5,000 branches": b"if a == 0: x = 0\n" + b"".join(b"elif a == %d: x = '%d'\n" % (i, i) for i in range(5000)),
    "100,000 parentheses": b"x = " + b"(" * 100_000 + b"1" + b")" * 100_000,
    "1,000 indents": b"".join(b" " * i + b"if a:\n" for i in range(1000)) + b" " * 1000 + b"pass\n",
    "a comprehension": b"x = [a for a in range(9999) for b in range(9999) for c in range(9999)]\n",
    "a string that doubles": b"a = 'a'\n" + b"a += a\n" * 60,
    "a list that doubles": b"a = [1]\n" + b"a += a\n" * 60,
    "a list in a list": b"a = [1]\n" + b"a = [a, a]\n" * 60 + b"print(a)\n",
    "huge numbers": b"x = 9 ** 9 ** 9 ** 9\ny = 1 << 10 ** 12\nz = 10 ** 10 ** 6\nw = str(7 ** 99999)\n",
    "a huge literal number": b"x = " + b"9" * 200_000,
    "a wide format": b"x = '%999999999d' % 1\ny = f'{1:>999999999}'\nz = '{:>999999999}'.format(1)\n",
    "repeated text": b"x = 'a' * 10 ** 12\ny = b'a' * 10 ** 10\nz = [0] * 10 ** 10\n",
    "a regular expression": b"import re\nx = re.sub('(a+)+$', '', 'a' * 40 + 'b')\n",
    "a simple expression, long text": b"import re\nx = re.findall('[a-z]+', 'a' * 10 ** 7)\n",
    "functions that call one another": b"def f(x):\n    f(x + 'a'); f(x + 'b'); f(x + 'c')\nf('')\n",
    "lambdas that double": b"f = lambda x: x\n" + b"f = (lambda g: lambda x: g(g(x)))(f)\n" * 40 + b"f('a')\n",
    "special methods that call themselves": b"class A:\n    def __getattr__(self, n): return self.x\n"
    b"    def __add__(self, o): return self + o\n    def __str__(self): return str(self)\nprint(A().a + A())\n",
    "a metaclass of itself": b"class A(type):\n    def __new__(m, *a):\n        class B(metaclass=A): pass\nclass C(metaclass=A): pass\n",
    "1,000 decorators": b"def d(f): return f\n" + b"@d\n" * 1000 + b"def g(): pass\n",
    "10,000 functions": b"".join(b"def f%d(a): return f%d(a)\n" % (i, i + 1) for i in range(10_000)),
    "a bytearray": b"d = bytearray(10 ** 6)\nfor i in range(10 ** 6):\n    d[i] ^= 1\n",
}
"""Files of which each is followed by ``LAST``, which has to be seen."""

GAPS = {"a comprehension", "a string that doubles", "repeated text"}
"""Those of which a scan says that it did not follow them to their end."""


def folder(path: Path) -> Path:
    made = path / "target"
    made.mkdir()
    return made


def test_files_that_exhaust_their_reader(tmp_path: Path) -> None:
    target = folder(tmp_path)
    for number, data in enumerate(BOMBS.values()):
        package = target / f"p{number}"
        package.mkdir()
        (package / "pyproject.toml").write_bytes(b"")
        (package / "bomb.py").write_bytes(data + LAST)
    found = scan(target)
    assert found.code == 3, found.errors
    assert found.peak < MEMORY
    names = list(BOMBS)
    seen = {names[int(path.partition("/")[0][1:])] for path in found.places}
    assert seen == set(BOMBS)
    assert {names[int(path.partition("/")[0][1:])] for path in found.gaps} >= GAPS
    assert set(found.gaps.values()) == {"code-budget"}


def test_layers_in_layers(tmp_path: Path) -> None:
    target = folder(tmp_path)
    code = b"import os; os.system('id')"
    for _ in range(24):
        code = b"import base64; exec(base64.b64decode('" + base64.b64encode(code) + b"'))"
    (target / "bomb.py").write_bytes(code)
    found = scan(target)
    assert (found.code, found.gaps) == (3, {"bomb.py": "code-budget"})
    assert found.peak < MEMORY
    assert "bomb.py" in found.places


def test_a_zip_bomb_with_code(tmp_path: Path) -> None:
    target = folder(tmp_path)
    with zipfile.ZipFile(target / "demo-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("demo/__init__.py", LAST)
        with archive.open("demo/bomb.py", "w", force_zip64=True) as out:
            for _ in range(256):
                out.write(b"x = 1\n" * (1 << 18))
    found = scan(target)
    assert found.code == 3, found.errors
    assert found.peak < MEMORY
    assert any("bomb.py" in path or path.endswith(".whl") for path in found.gaps)


@pytest.mark.slow
def test_a_file_of_one_line_of_20_megabytes(tmp_path: Path) -> None:
    target = folder(tmp_path)
    (target / "bomb.py").write_bytes(b"x = '" + b"a" * (20 << 20) + b"'" + LAST)
    found = scan(target)
    assert found.peak < MEMORY
    assert "bomb.py" in found.places or "bomb.py" in found.gaps


@pytest.mark.slow
def test_an_archive_of_a_million_members(tmp_path: Path) -> None:
    target = folder(tmp_path)
    head = tarfile.TarInfo("demo-1.0/000000.py")
    with gzip.open(target / "demo-1.0.tar.gz", "wb", compresslevel=1) as out:
        for number in range(1_000_000):
            head.name = f"demo-1.0/{number:06}.py"
            out.write(head.tobuf(tarfile.USTAR_FORMAT))
        out.write(bytes(1024))
    found = scan(target)
    assert found.code == 3, found.errors
    assert found.peak < MEMORY
    assert found.gaps
