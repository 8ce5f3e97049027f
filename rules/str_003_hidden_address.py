"""A package puts a network address together that its code does not show.

Detects: URLs and hosts that stand in no text of the code and exist only after text was joined, cut, reversed, replaced,
    mapped, decoded or made from numbers. INFO as such. MEDIUM where it could not be read before and nobody has to call
    the code, HIGH if something is then fetched from there or sent there.
Why: an address is what block lists and people look for first.
Misses: addresses that are fetched or computed from what is not known before the program runs.
Fix: look at what the package sends or fetches; block the address.
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
    return told("STR-003", subject, "puts a network address together that its code does not show", "url", "host")


RULE = Rule(
    id="STR-003",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("obfuscation",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
