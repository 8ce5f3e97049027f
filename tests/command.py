"""Running the installed console script as a user does: another process, any folder, any environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "tests" / "fixtures"
SCRIPT = Path(sys.executable).with_name("assay")
"""The console script beside the interpreter that runs the tests."""


def assay(
    *arguments: str | Path, cwd: Path | str = ROOT, env: dict[str, str] | None = None, prefix: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run ``assay`` and return what it printed; ASSAY_* of the surroundings are left out, ``env`` is added."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("ASSAY_", "XDG_"))}
    return subprocess.run(
        [*prefix, str(SCRIPT), *map(str, arguments)],
        cwd=cwd,
        env={**clean, "HOME": "/nonexistent", **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
