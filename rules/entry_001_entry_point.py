"""A command takes a well-known name, or a plugin does harm when its tool loads it.

Detects: on PyPI, commands (entry points, ``.data/scripts``) with the name of an interpreter, a shell, a package manager
    or a program that credentials go through (MEDIUM), or of another utility that systems come with (LOW); HIGH if the
    module behind it runs what it fetched or decoded, or sends away what is private. Such a chain that is reached when
    pytest, flake8, setuptools and others load the package as their plugin is HIGH too.
Why: the folder of an environment stands first on the command path, so ``git`` or ``sudo`` is then the package's; and a
    plugin is imported in every run of its tool, though nothing in the project names it.
Misses: commands that differ in a letter (gti); scripts that setup.py installs; plugins of other tools; a command that
    does harm without a chain; on npm everything so far (``bin``).
Fix: remove the package, or call the real command by its full path; for a plugin, keep it from being loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED, Code, code_of, finding
from assay.rules.chains import is_chain, listed
from assay.rules.commands import COMMON, PLUGINS, TRUSTED, command, is_own
from assay.rules.identity import label_of
from assay.rules.installed_commands import installed, module_of
from assay.scanner.models import Confidence, Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.installed_commands import Command
    from assay.scanner.code.facts import FlowFact
    from assay.scanner.code.package import Module
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import EntryPoint, Package

_FIX = "remove the package, or call what it stands for by its full path"


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each command that has a well-known name and for each plugin with a chain."""
    code = code_of(subject)
    chains: dict[str, list[FlowFact]] = {}
    for flow in code.facts.flows if code.facts else ():
        if is_chain(flow) and not code.seen(flow.where).dead:
            chains.setdefault(flow.where.module, []).append(flow)
    modules = {module.name.replace("~", "", 1): module for module in (subject.code.modules if subject.code else ())}
    for one in installed(subject, modules):
        yield from _shadowing(code, one, chains.get(one.module.name, []) if one.module else [])
    for point in subject.entry_points:
        if point.group in PLUGINS and chains:
            yield from _plugin(code, point, modules, chains)


def _shadowing(code: Code, one: Command, chains: list[FlowFact]) -> Iterator[Finding]:
    name = command(one.name)
    if (name not in TRUSTED and name not in COMMON) or (not chains and is_own(one.name, code.package.purl)):
        return
    message = f"{label_of(code.package.purl)} installs a command under the name of a well-known one"
    said = [f"{one.name} = {one.target}"]
    if chains:
        said += [f"{flow.source} reaches {flow.name} ({flow.role})" for flow in chains]
        seen = code.seen(chains[0].where)
        yield finding("ENTRY-001", code.package, seen, Severity.HIGH, message, listed(said), remediation=_FIX)
        return
    yield Finding(
        rule="ENTRY-001",
        severity=Severity.MEDIUM if name in TRUSTED else Severity.LOW,
        confidence=Confidence.HIGH,
        purl=code.package.purl,
        message=message,
        location=code.package.place(one.path),
        evidence=listed(said),
        remediation=_FIX,
    )


def _plugin(
    code: Code, point: EntryPoint, modules: dict[str, Module], chains: dict[str, list[FlowFact]]
) -> Iterator[Finding]:
    """A chain that runs when the plugin is loaded: in its module, the packages around it, and what those import."""
    parts = module_of(point).split(".")
    around = [modules.get(".".join(parts[:length])) for length in range(1, len(parts) + 1)]
    paths = {module.path for module in around if module}
    loaded = [module for module in modules.values() if module.path in paths or not paths.isdisjoint(module.trace)]
    flows = [flow for module in loaded for flow in chains.get(module.name, [])]
    flows = [flow for flow in flows if code.seen(flow.where).trigger in UNASKED or _is_hook(flow)]
    if flows:
        said = [f"{point.group}: {point.name} = {point.target}"]
        said += [f"{flow.source} reaches {flow.name} ({flow.role})" for flow in flows]
        message = f"{label_of(code.package.purl)} does harm whenever {PLUGINS[point.group]} loads it as a plugin"
        seen = code.seen(flows[0].where)
        yield finding("ENTRY-001", code.package, seen, Severity.HIGH, message, listed(said), remediation=_FIX)


def _is_hook(flow: FlowFact) -> bool:
    """Say whether a flow stands in a function that pytest calls by its name. Reporters send what they are told to."""
    return flow.where.function.startswith("pytest_") and flow.source not in ("environment", "file", "identity")


RULE = Rule(
    id="ENTRY-001",
    doc=__doc__ or "",
    severities=(Severity.HIGH, Severity.MEDIUM, Severity.LOW),
    vectors=("hijacked-command",),
    quiet=frozenset({Severity.LOW}),
    check_package=check_package,
)
