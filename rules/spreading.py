"""How a package spreads: what it publishes, the tokens it uses, and the packages and workflows that it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.rules.autostart import autostart_of, workflow_uploaded
from assay.rules.behaviour import UNASKED, Code, Seen
from assay.rules.command_lines import command_of
from assay.rules.file_calls import paths_written
from assay.rules.stores import store_of
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.code.facts import Where

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


class Spread(NamedTuple):
    """One way in which it spreads; ``kind`` is publish, token, package or workflow."""

    seen: Seen
    kind: str
    what: str
    steps: tuple[str, ...]
    module: str


def spread_by(code: Code) -> Iterator[Spread]:
    """Yield each way in which the code of a package spreads."""
    yield from _commands(code)
    yield from _tokens(code)
    yield from _files(code)


def is_token(source: str, detail: str) -> bool:
    """Say whether what is read is the token of a registry or repository, by its source and its place."""
    store = store_of(detail) if source == "credential" else None
    return store is not None and store.kind == _TOKENS


def _commands(code: Code) -> Iterator[Spread]:
    for call in code.calls("process"):
        command = command_of(call)
        if _PUBLISHES.search(command.line.lower()):
            yield Spread(
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


def _tokens(code: Code) -> Iterator[Spread]:
    for flow in code.facts.flows if code.facts else ():
        used = flow.sink == "network" and flow.role not in _ADDRESS and is_token(flow.source, flow.detail)
        if used and _REGISTRY.search(flow.target.lower()):
            what = f"{flow.detail} is used for {flow.target}"
            yield Spread(code.seen(flow.where), "token", what, flow.steps, flow.where.module)


def _files(code: Code) -> Iterator[Spread]:
    """Files of other packages, and workflows, that are written."""
    flows = code.facts.flows if code.facts else ()
    within = {_at(flow.where) for flow in flows if flow.source == "folder" and flow.detail in _FOLDERS}
    pushing = {call.where.module for call in code.calls("process") if _PUSHES.search(command_of(call).line.lower())}
    for call in code.facts.calls if code.facts else ():
        for path in paths_written(call):
            text = path.replace("\\", "/").lower()
            starts = autostart_of(path)
            if _INSTALLED.search(text) or (_at(call.where) in within and text.endswith(".py")):
                yield Spread(code.seen(call.where), "package", f"writes {path}", call.steps, call.where.module)
            elif starts and starts[0] == "a workflow" and call.where.module in pushing:
                yield Spread(
                    code.seen(call.where), "workflow", f"writes {path} and pushes", call.steps, call.where.module
                )
        uploaded = workflow_uploaded(call)
        if uploaded:
            yield Spread(code.seen(call.where), "workflow", f"uploads {uploaded}", call.steps, call.where.module)


def _at(where: Where) -> tuple[str, int, object]:
    return where.module, where.layer, where.place
