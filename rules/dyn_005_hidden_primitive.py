"""A package reaches for exec, a process or native code by a road that hides it.

Detects: calls that execute, import, start a process or load native code, whose name was not written as a name:
    ``getattr(builtins, ...)``, ``globals()[...]``, ``vars``, ``__dict__``, ``sys.modules[...]``, ``__subclasses__``.
    MEDIUM, HIGH if nobody has to call it, when the name stands nowhere in the code; with a name that stands there INFO,
    MEDIUM if nobody has to call it.
Why: the only purpose of such a road to a function that everybody can name is that readers and tools do not find it.
Misses: names that are not known before the program runs; on npm everything so far.
Fix: do not install the package before you know what is called, and with what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import capability
from assay.rules.execution import HIDDEN, is_put_together, told
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.execution import Run
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Component, Finding, Package


def check(_subject: Component, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield nothing: code is seen in packages."""
    return iter(())


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each line."""
    return told("DYN-005", subject, HIDDEN, "calls something dangerous by a hidden road", _judge)


def _judge(run: Run) -> Severity:
    if is_put_together(run.call):
        return capability(run.seen, run.steps)
    return capability(run.seen)


RULE = Rule(
    id="DYN-005",
    doc=__doc__ or "",
    check=check,
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("dynamic-code",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    of_mentioned=True,
    check_package=check_package,
)
