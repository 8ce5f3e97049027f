"""A machine on which indicators are registered: a store, a project, and the command line."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from assay.scanner.cli import run_command
from tests.command import FIXTURES, assay

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PROJECT = FIXTURES / "real" / "installed-npm"
DAY = ("--date", "2026-03-01")
"""The day that packs are dated by."""


class Machine:
    """A store of its own, a copy of a project, and the command line."""

    def __init__(self, folder: Path, output: pytest.CaptureFixture[str]) -> None:
        self.store = folder / "store"
        self.project = folder / "project"
        self._output = output
        shutil.copytree(PROJECT, self.project)

    def script(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run the console script with the store."""
        return assay(*arguments, "--store", self.store)

    def ioc(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run ``assay ioc`` with the store, in this process."""
        command = ["ioc", *map(str, arguments), "--store", str(self.store)]
        self._output.readouterr()
        code = run_command(command)
        return subprocess.CompletedProcess(command, code, *self._output.readouterr())

    def done(self, *arguments: str | Path) -> str:
        """Run ``assay ioc``, which must succeed, and return what it printed."""
        result = self.ioc(*arguments)
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout

    def refused(self, *arguments: str | Path, code: int = 2) -> str:
        """Run ``assay ioc``, which must fail, and return its one line."""
        result = self.ioc(*arguments)
        assert (result.returncode, result.stdout) == (code, "")
        assert result.stderr.count("\n") == 1
        return result.stderr

    def register(self, *arguments: str | Path) -> str:
        """Register something and return the last line: which pack holds it."""
        return self.done("register", *arguments, *DAY).splitlines()[-1]

    def report(self, *arguments: str) -> dict[str, Any]:
        """Return the JSON report of a scan."""
        result = self.script("scan", self.project, "--format", "json", *arguments)
        assert (result.returncode, result.stderr) == (0, "")
        report: dict[str, Any] = json.loads(result.stdout)
        return report
