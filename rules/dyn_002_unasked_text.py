"""A package executes text that is not known as soon as it is installed or imported.

Detects: ``exec``, ``eval`` and the like on text that is made or read while the program runs, where nobody has to call
    it: at install, at startup or on import. MEDIUM, in decoded code HIGH; INFO when the text comes from a file, as the
    version file that a build reads, or when parts of it stand in the code, as in a template. Code that is loaded from
    folders for temporary or public files counts as well, INFO when called.
Why: what runs is not what was published and reviewed, and whoever provides the text decides what it does.
Misses: where the text comes from, beyond its kind: text from the network is FETCH-001, decoded text ENC-001; text that
    runs when somebody calls it (DYN-003).
Fix: read where the text comes from; import what is to be run instead of executing it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import code_of
from assay.rules.execution import UNASKED_TEXT, as_capability, told
from assay.rules.open_places import loaded_from_open_places
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each line."""
    message = "executes text that is not known without being asked"
    yield from told("DYN-002", subject, UNASKED_TEXT, message, as_capability)
    yield from loaded_from_open_places(code_of(subject), subject, "DYN-002")


RULE = Rule(
    id="DYN-002",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("dynamic-code",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
