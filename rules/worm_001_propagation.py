"""A package spreads: it publishes packages, uses tokens of registries, changes other packages, plants workflows.

Detects: commands that publish (``twine upload``, ``setup.py upload``, ``npm publish``, …), tokens of registries and
    repositories that reach the network at an address of a registry's own interface, files of installed packages that
    are written, and workflows written beside a push or by the interface of a forge. At install or startup CRITICAL, on
    import HIGH; when called HIGH if tokens are read from their files in the same module, else INFO (LOW for workflows):
    release scripts do that.
Why: a worm turns every machine of a developer into the next package that is bad.
Misses: clients of registries that are not known; tokens that come from elsewhere.
Fix: revoke the tokens of whoever ran it, and look at what was published with them since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.autostart import autostart_of, workflow_uploaded
from assay.rules.behaviour import UNASKED, Code, Seen, chain, code_of, finding, lowered
from assay.rules.chains import listed
from assay.rules.command_lines import command_of
from assay.rules.file_calls import paths_written
from assay.rules.identity import label_of
from assay.rules.stores import store_of
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import Where
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_PUBLISHES = lazy(
    r"\btwine\s+upload\b|setup\.py\b.*\bupload\b|\b(?:npm|pnpm|yarn(?:\s+npm)?|poetry|flit|hatch|uv|pdm|cargo)\s+publish\b"
)
_PUSHES = lazy(r"\bgit\b.*\bpush\b|\bgh\s+(?:api|repo|workflow)\b")
_REGISTRY = lazy(
    r"/-/(?:whoami|npm/v1/|user/)|/-/v1/search\?text=maintainer|/legacy/?(?:$|\s)|/user/repos|/actions/secrets"
)
_INSTALLED = lazy(
    r"(?:site|dist)-packages/[^/…]+/.*\.py$|(?:site|dist)-packages/[^/…]+\.py$"
    r"|(?:^|/)node_modules/(?:@[^/…]+/)?[^/….@][^/…]*/(?:.*/)?[^/…]+\.(?:[cm]?jsx?|node)$"
)
_FOLDERS = frozenset({"site.getsitepackages", "site.getusersitepackages", "sysconfig.get_path", "sysconfig.get_paths",
                      "distutils.sysconfig.get_python_lib"})  # fmt: skip
_ADDRESS = frozenset({"url", "host"})
"""What tells where to connect: settings beside a token name the registry that it is for."""

_TOKENS = "registry and repository tokens"


class _Spread(NamedTuple):
    """One way in which it spreads; ``kind`` is publish, token, package or workflow."""

    seen: Seen
    kind: str
    what: str
    steps: tuple[str, ...]
    module: str


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file and trigger that spreads."""
    code = code_of(subject)
    if code.facts is None:
        return
    holding = {flow.where.module for flow in code.facts.flows if _is_token(flow.source, flow.detail)}
    groups: dict[tuple[str, str], list[_Spread]] = {}
    for one in (*_commands(code), *_tokens(code), *_files(code)):
        groups.setdefault((one.seen.path, one.seen.trigger), []).append(one)
    for _, some in sorted(groups.items()):
        first = min(some, key=lambda one: (_severity(one, holding).rank, one.seen.place))
        yield finding(
            "WORM-001",
            subject,
            first.seen,
            _severity(first, holding),
            f"{label_of(subject.purl)} publishes or changes other packages",
            listed(one.what for one in some),
            steps=first.steps,
            remediation="revoke the tokens of whoever ran it, and look at what was published with them",
        )


def _is_token(source: str, detail: str) -> bool:
    store = store_of(detail) if source == "credential" else None
    return store is not None and store.kind == _TOKENS


def _commands(code: Code) -> Iterator[_Spread]:
    for call in code.calls("process"):
        command = command_of(call)
        if _PUBLISHES.search(command.line.lower()):
            yield _Spread(
                _asked(code.seen(call.where), call.where),
                "publish",
                command.line,
                tuple(step for value in command.values for step in value.steps),
                call.where.module,
            )


def _asked(seen: Seen, where: Where) -> Seen:
    """What is published when a word of the command line asks for it, as ``setup.py publish``, takes a call."""
    asked = any(condition.startswith("argument:") for condition in where.conditions)
    return seen._replace(trigger="call") if asked and seen.trigger in UNASKED else seen


def _tokens(code: Code) -> Iterator[_Spread]:
    for flow in code.facts.flows if code.facts else ():
        used = flow.sink == "network" and flow.role not in _ADDRESS and _is_token(flow.source, flow.detail)
        if used and _REGISTRY.search(flow.target.lower()):
            what = f"{flow.detail} is used for {flow.target}"
            yield _Spread(code.seen(flow.where), "token", what, flow.steps, flow.where.module)


def _files(code: Code) -> Iterator[_Spread]:
    """Files of other packages, and workflows, that are written."""
    flows = code.facts.flows if code.facts else ()
    within = {_at(flow.where) for flow in flows if flow.source == "folder" and flow.detail in _FOLDERS}
    pushing = {call.where.module for call in code.calls("process") if _PUSHES.search(command_of(call).line.lower())}
    for call in code.facts.calls if code.facts else ():
        for path in paths_written(call):
            text = path.replace("\\", "/").lower()
            starts = autostart_of(path)
            if _INSTALLED.search(text) or (_at(call.where) in within and text.endswith(".py")):
                yield _Spread(code.seen(call.where), "package", f"writes {path}", call.steps, call.where.module)
            elif starts and starts[0] == "a workflow" and call.where.module in pushing:
                yield _Spread(
                    code.seen(call.where), "workflow", f"writes {path} and pushes", call.steps, call.where.module
                )
        uploaded = workflow_uploaded(call)
        if uploaded:
            yield _Spread(code.seen(call.where), "workflow", f"uploads {uploaded}", call.steps, call.where.module)


def _at(where: Where) -> tuple[str, int, object]:
    return where.module, where.layer, where.place


def _severity(one: _Spread, holding: set[str]) -> Severity:
    if one.seen.decoded or one.seen.trigger in UNASKED or one.kind == "token" or one.module in holding:
        return chain(one.seen)
    return lowered(Severity.LOW if one.kind == "workflow" else Severity.INFO, one.seen)


RULE = Rule(
    id="WORM-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("self-propagation",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
