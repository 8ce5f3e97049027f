"""npm runs scripts of a package when it is installed.

Detects: preinstall, install and postinstall, node-gyp where a binding.gyp lies, and prepare of the project itself and
    of what comes from git: each is read as shell, and so are the files that it runs and what these load. Nothing but
    tools, compilers and questions to the system: LOW. Other programs, the network, packages that are installed, native
    code, files elsewhere: MEDIUM; hidden by even one step: HIGH. Decoded, fetched or received code that is run,
    private data that is sent, a second stage: CRITICAL. What is fetched from a registry as packages are, and asked
    for its version, is LOW.
Why: npm runs all of this with the rights of whoever installs, before anybody has looked at the package.
Misses: tools of other packages that a script names; what a Makefile or a compiled program does; scripts that are put
    into a package.json while installing.
Fix: install with --ignore-scripts, and allow the few packages whose scripts are needed; find out why one needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import Code, code_of, finding
from assay.rules.chains import listed
from assay.rules.identity import label_of
from assay.rules.install_deeds import deeds
from assay.rules.lifecycle import is_from_registry, is_temporary, line_of, script_command, script_of
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from assay.rules.install_deeds import Deed
    from assay.scanner.code.ir import Place
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each script that runs by itself, as bad as the worst of what it brings to run."""
    code = code_of(subject)
    if code.facts is None or "install" not in code.triggers:
        return
    found: dict[str, list[Deed]] = {}
    done = list(deeds(code, code.facts, script_command))
    fetches = {deed.where[:3] for deed in done if is_from_registry(deed.what)}
    for deed in done:
        seen = code.seen(deed.where)
        script = script_of(seen)
        if script and seen.trigger == "install" and not seen.dead:
            found.setdefault(script, []).append(_weighed(deed, fetches))
    lines = dict(reversed([*_lines(code)]))
    for script, some in found.items():
        ranked = sorted(some, key=lambda deed: (deed.severity.rank, deed.where.layer, deed.where.place))
        worst = ranked[0]
        line = lines.get(script, "")
        others = [deed.what for deed in ranked if not line or line not in deed.what]
        said = listed([f"{script}: {line}" if line else script, *others])
        yield finding(
            "POST-001",
            subject,
            code.seen(worst.where),
            worst.severity,
            f"{label_of(subject.purl)} has npm run a script when it is installed",
            said,
            steps=worst.steps,
            remediation="install with --ignore-scripts unless it is known why the package needs the script",
        )


def _weighed(deed: Deed, fetches: Collection[tuple[str, int, Place]]) -> Deed:
    """A deed as it counts on npm: a script is a fact worth telling, and packages come from registries.

    ``fetches`` are the places where they do: that a redirection is followed there is a part of it.
    """
    again = deed.where[:3] in fetches and deed.what.startswith("uses the network")
    mild = again or is_from_registry(deed.what) or is_temporary(deed.what)
    if deed.severity is Severity.INFO or (deed.severity is Severity.MEDIUM and mild):
        return deed._replace(severity=Severity.LOW)
    return deed


def _lines(code: Code) -> Iterator[tuple[str, str]]:
    """The scripts that run by themselves and their lines, the first of each last."""
    for call in code.facts.calls if code.facts else ():
        seen = code.seen(call.where)
        line = line_of(call)
        if line and len(seen.trace) == 1:
            yield script_of(seen), line


RULE = Rule(
    id="POST-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW),
    vectors=("install-script",),
    quiet=frozenset({Severity.LOW}),
    check_package=check_package,
)
