"""A package executes text under another name for exec.

Detects: ``exec``, ``eval`` and the like called by another name: bound to a variable, kept in a list or a dictionary,
    given as a default argument, imported under another name. INFO in a function and on text that is known, MEDIUM where
    nobody has to call it and the text is not known; in decoded code one step more.
Why: who looks for ``exec(`` in the code does not find it.
Misses: other functions under other names, which are judged by what they do; roads that hide the name (DYN-005); on npm
    everything so far.
Fix: call it by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.execution import ALIASED, as_capability, told
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each line."""
    return told("DYN-007", subject, ALIASED, "executes text under another name", as_capability)


RULE = Rule(
    id="DYN-007",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("dynamic-code",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
