"""A package puts the name of a function or module together.

Detects: names such as ``exec``, ``__import__``, ``subprocess`` or ``os.system`` that stand in no text of the code and
    exist only after text was joined, cut, reversed, replaced, mapped, decoded or made from numbers. INFO as such.
    MEDIUM where it could not be read before and nobody has to call the code, HIGH if it is then called or imported.
Why: a name is put together from pieces so that who searches for it does not find it.
Misses: names that depend on what is not known before the program runs; names that are not known to do harm; on npm
    everything so far.
Fix: do not install the package before you know what the name is used for.
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
    return told("STR-001", subject, "puts the name of a function or module together", "code", "module")


RULE = Rule(
    id="STR-001",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("obfuscation",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
