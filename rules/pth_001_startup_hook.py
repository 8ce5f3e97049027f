"""A package runs code whenever a Python interpreter starts.

Detects: on PyPI, lines of ``.pth`` files that the site module executes, ``sitecustomize`` and ``usercustomize``, where
    a package puts them beside its modules or a source archive has them: INFO or LOW when they import and call modules.
    In a ``.pth`` line, a process, a connection, native code, or a string that is not known being executed is HIGH, in
    a ``sitecustomize`` MEDIUM, hidden names HIGH; decoded code, downloaded code, and secrets sent away are CRITICAL.
    Also files that write such hooks at install or import: LOW for lines that import and call modules, MEDIUM if the
    lines are not known, HIGH if they do more.
Why: such code runs in every program of the environment, imported or not, and few people know that it is there.
Misses: what the modules that a hook imports do (the rules on behaviour judge it, as run at startup); folders that a
    ``.pth`` file adds; hooks that are written to paths that are not known, or by files that show
    nothing else; on npm everything.
Fix: find out which package needs the hook; remove what it does not say in its documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED, Code, code_of, finding
from assay.rules.chains import listed
from assay.rules.identity import label_of
from assay.rules.startup_files import written
from assay.rules.startup_hooks import Deed, deeds
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import Facts
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each hook that runs code, and one for each file that writes hooks."""
    if subject.code is None:
        return
    code = code_of(subject)
    modules = {module.name: module for module in subject.code.modules}
    hooks = {name: module for name, module in modules.items() if module.trigger == "startup" and not module.trace}
    found: dict[str, list[Deed]] = {}
    for one in deeds(subject.code, hooks) if hooks else ():
        seen = code.seen(one.where) if one.where.module in hooks else None
        if seen and seen.trigger == "startup" and not seen.dead:
            found.setdefault(one.where.module, []).append(one)
    for one in _writing(subject.code.facts):
        seen, module = code.seen(one.where), modules[one.where.module]
        builds = module.trigger == "install" and not module.trace
        if one.where.module not in hooks and (builds or seen.trigger in UNASKED) and not seen.dead:
            found.setdefault(one.where.module, []).append(one)
    for name in sorted(found, key=lambda name: modules[name].path):
        yield _told(code, sorted(found[name], key=_weight), name in hooks)


def _writing(facts: Facts) -> Iterator[Deed]:
    for call in facts.calls:
        file = written(call)
        if file:
            known = Severity.LOW if file.known else Severity.MEDIUM
            yield Deed(Severity.HIGH if file.does_more else known, call.where, f"writes {file.path}")


def _weight(one: Deed) -> tuple[int, int, tuple[int, int], str]:
    return one.severity.rank, one.where.layer, one.where.place, one.what


def _told(code: Code, some: list[Deed], is_hook: bool) -> Finding:
    what = "runs code whenever Python starts" if is_hook else "writes files that run whenever Python starts"
    return finding(
        "PTH-001",
        code.package,
        code.seen(some[0].where),
        some[0].severity,
        f"{label_of(code.package.purl)} {what}",
        listed(one.what for one in some),
        remediation="find out which package needs the hook; remove it if its documentation does not say so",
    )


RULE = Rule(
    id="PTH-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("startup-hook",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
