"""A package puts a command together that its code does not show.

Detects: commands such as ``powershell``, ``cmd /c`` or ``curl`` that stand in no text of the code and exist only after
    text was joined, cut, reversed, replaced, mapped, decoded or made from numbers. INFO as such. MEDIUM where it could
    not be read before and nobody has to call the code, HIGH if it is then started.
Why: a shell is hidden only from those who look for it.
Misses: commands that are built from what is not known before the program runs.
Fix: do not install the package before you know what it starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.assembled import told
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each line on which one is put together."""
    return told("STR-002", subject, "puts a command together that its code does not show", "command")


RULE = Rule(
    id="STR-002",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("obfuscation",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
