"""A package imports modules by names that it computes.

Detects: ``__import__``, ``import_module`` and ``runpy`` with a name that is not written down. INFO: plug-ins and lazy
    imports work like that. MEDIUM, HIGH if nobody has to call it, when the name of a module was scrambled: reversed,
    put together from numbers, decoded.
Why: tools that list what a package imports do not see such a module.
Misses: names that come from a configuration, an environment variable or a caller; ``import`` statements, which need no
    rule.
Fix: import the module by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import capability, lowered
from assay.rules.execution import COMPUTED_IMPORT, is_scrambled, told
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.execution import Run
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each line."""
    return told("DYN-004", subject, COMPUTED_IMPORT, "imports a module by a computed name", _judge)


def _judge(run: Run) -> Severity:
    return capability(run.seen, run.steps) if is_scrambled(run) else lowered(Severity.INFO, run.seen)


RULE = Rule(
    id="DYN-004",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("dynamic-code",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
