"""The same bytes from every interpreter: ``nox`` scans the fixtures with each Python found and compares the reports."""

from __future__ import annotations

import hashlib
from pathlib import Path

import nox

PYTHONS = ("3.11", "3.12", "3.13")
REPORTS = Path(".nox") / "reports"

nox.options.sessions = ["scan", "compare"]
nox.options.error_on_missing_interpreters = False


@nox.session(python=PYTHONS)
def scan(session: nox.Session) -> None:
    """Install the locked dependencies and write the report on the fixtures."""
    session.install("-q", "--require-hashes", "-r", "requirements.lock")
    session.install("-q", "--no-deps", ".")
    REPORTS.mkdir(parents=True, exist_ok=True)
    for name in ("real", "planted"):
        report = REPORTS / f"{name}-{session.python}.json"
        session.run(
            "assay", "scan", f"tests/fixtures/{name}", "-q", "-f", "json", "-o", str(report), success_codes=[0, 3]
        )


@nox.session(python=False)
def compare(session: nox.Session) -> None:
    """Fail unless all reports on one target are equal, and at least two interpreters made one."""
    for name in ("real", "planted"):
        digests = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(REPORTS.glob(f"{name}-*"))
        }
        for report, digest in digests.items():
            session.log(f"{report} sha256:{digest}")
        if len(set(digests.values())) != 1:
            session.error(f"{name}: the interpreters disagree")
        if len(digests) < 2:
            session.warn(f"{name}: only one interpreter was found")
