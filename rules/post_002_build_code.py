"""A package runs code when it is built or installed.

Detects: on PyPI, what setup.py, the commands that it gives to setup() and a build backend in the tree do, and the
    modules that they import. What builds really do is INFO: compilers, questions to git and the system, a version file
    that is executed, files that are written in the tree. Other programs, the network, packages that are installed,
    native libraries and files elsewhere: MEDIUM; hidden by even one step, or the network from a program that another
    interpreter is given as text: HIGH. Decoded, fetched or received code that is run, private data that is sent, a
    second stage: CRITICAL.
Why: pip runs all of this with the rights of whoever installs, before anybody has looked at the package.
Misses: what a Makefile, a CMakeLists.txt or a compiler plugin of the package does; backends that are installed.
Fix: install from a wheel, or build where nothing of value can be reached; find out why a build needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import code_of, finding
from assay.rules.chains import listed
from assay.rules.identity import label_of
from assay.rules.install_deeds import deeds
from assay.rules.lifecycle import script_of
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.install_deeds import Deed
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file that does something at install."""
    code = code_of(subject)
    if code.facts is None or "install" not in code.triggers:
        return
    found: dict[str, list[Deed]] = {}
    for deed in deeds(code, code.facts):
        seen = code.seen(deed.where)
        if seen.trigger == "install" and not seen.dead and not script_of(seen):
            found.setdefault(seen.path, []).append(deed)
    for some in found.values():
        ranked = sorted(some, key=lambda deed: (deed.severity.rank, deed.where.layer, deed.where.place))
        worst = ranked[0]
        seen, message = code.seen(worst.where), f"{label_of(subject.purl)} runs code when it is built or installed"
        fix = "find out why a build needs this; install from a wheel"
        said = listed(deed.what for deed in ranked)
        yield finding("POST-002", subject, seen, worst.severity, message, said, steps=worst.steps, remediation=fix)


RULE = Rule(
    id="POST-002",
    doc=__doc__ or "",
    severities=tuple(Severity),
    vectors=("install-script",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
