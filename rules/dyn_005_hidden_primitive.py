"""A package reaches for exec, a process or native code by a road that hides it.

Detects: calls that execute, import, start a process or load native code, whose name was not written as a name:
    ``getattr(builtins, ...)``, ``globals()[...]``, ``__dict__``, ``sys.modules[...]``, ``__subclasses__``, ``eval``.
    MEDIUM, HIGH if nobody has to call it, when the name stands nowhere in the code. With a name that stands there INFO;
    if nobody has to call it MEDIUM, and HIGH for ``exec``, ``eval`` and processes by another road than ``getattr``.
Why: the only purpose of such a road to a function that everybody can name is that readers and tools do not find it.
Misses: names that are not known before the program runs.
Fix: do not install the package before you know what is called, and with what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED, capability
from assay.rules.execution import HIDDEN, is_crooked, is_put_together, told
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.execution import Run
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each line."""
    return told("DYN-005", subject, HIDDEN, "calls something dangerous by a hidden road", _judge)


def _judge(run: Run) -> Severity:
    crooked = is_crooked(run) and run.seen.trigger in UNASKED
    return capability(run.seen, run.steps if is_put_together(run.call) or crooked else ())


RULE = Rule(
    id="DYN-005",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("dynamic-code",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
