"""A package compiles text and executes it.

Detects: ``exec`` and ``eval`` of what ``compile`` made. INFO in a function, of text that is known at least in part and
    of a file; MEDIUM where nobody has to call it and the text is not known; in decoded code one step more.
Why: compiling first lets code run under another file's name, and parts the text from what runs it.
Misses: code objects from elsewhere; ``compile`` alone; text from the network (FETCH-001) and decoded text (ENC-001); on
    npm everything so far.
Fix: read where the text comes from; import what is to be run instead of executing it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.execution import COMPILED, as_capability, told
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each line."""
    return told("DYN-006", subject, COMPILED, "compiles text and executes it", as_capability)


RULE = Rule(
    id="DYN-006",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("dynamic-code",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
