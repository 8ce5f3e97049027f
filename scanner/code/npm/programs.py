"""What programs that run programs are given: interpreters, shells and what starts several scripts.

Taken from the documentation of each: node, deno, bun, sh, cmd.exe, PowerShell, python, npm-run-all, concurrently.
"""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

from assay.scanner.code.npm.effects import (
    Effect,
    Fed,
    File,
    Inline,
    Line,
    Script,
    below,
    is_file,
    is_path,
    language_of,
    program,
)
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Handler = Callable[[str, list[str], str, Fed], Iterator[Effect]]

_NODE = (
    "node nodejs ts-node ts-node-esm tsx esno esr babel-node electron coffee zx jiti vite-node swc-node nodemon "
    "node-dev ts-node-dev wscript cscript qjs bun deno"
)
_CODE = frozenset({"-e", "--eval", "-p", "--print", "-pe", "-ep"})
_PRELOAD = frozenset({"-r", "--require", "--import", "--loader", "--experimental-loader", "--preload"})
_WITH_VALUE = frozenset(
    "-C --conditions --input-type --env-file --stack-trace-limit --title -O --compiler-options -P --project --tsconfig "  # noqa: SIM905
    "--config -c --import-map --cwd --exec --watch -w --ext --ignore -u -g -n -f".split()
)
_SETS = lazy(r"[-+]\w*[oO]\Z")
"""Options of shells that are followed by the name of a setting."""

_PYTHON = lazy(r"(?:python|pythonw|py|pypy)[\d.]*\Z")


def reads_programs(word: str) -> bool:
    """Say whether a program runs what it reads from its input if it is given nothing else."""
    name = program(word)
    return _HANDLERS.get(name) in (_node, _shell) or bool(_PYTHON.match(name)) or name in ("npm", "pnpm", "yarn")


def run_by(words: list[str], folder: str, fed: Fed) -> Iterator[Effect]:
    """Yield what a program runs; ``words`` begin with it."""
    name = program(words[0])
    handler = _python if _PYTHON.match(name) else _HANDLERS.get(name)
    if handler:
        yield from handler(name, words[1:], folder, fed)
    elif is_path(words[0]):
        yield File(below(folder, words[0]), language_of(words[0]))


def _node(name: str, words: list[str], folder: str, fed: Fed) -> Iterator[Effect]:
    """Node and its like: preloaded files, text, then the script."""
    if name == "deno" and words[:1] == ["eval"]:
        yield from (Inline(word, "javascript") for word in words[1:] if not word.startswith("-"))
        return
    found, rest = _node_options(words[words[:1] in (["run"], ["watch"]) :], folder)
    yield from found
    if any(isinstance(one, Inline | Script) for one in found):
        return
    if len(rest) > 1 and rest[0].isdigit():  # the value of an option that is not known
        rest = rest[1:]
    if rest and rest[0] != "-":
        path = rest[0].removeprefix("file://")
        if is_file(path):
            yield File(below(folder, path), "javascript")
    elif fed.text is not None:
        yield Inline(fed.text.text, "javascript", fed.text.steps)
    elif fed.path:
        yield File(fed.path, "javascript")


def preloaded(options: str, folder: str) -> Iterator[Effect]:
    """Yield what the variable NODE_OPTIONS has every node load first."""
    yield from _node_options(options.split(), folder)[0]


def _node_options(words: list[str], folder: str) -> tuple[list[Effect], list[str]]:
    """What options run, and the words from the first that is none."""
    found: list[Effect] = []
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "-":
        word, equals, value = words[at].partition("=")
        following = value if equals else words[at + 1] if at + 1 < len(words) else ""
        if word in _CODE:
            found.append(Inline(following, "javascript"))
        elif word == "--run":
            found.append(Script(following, folder))
        elif word.startswith(("-r.", "-r/")):
            found.append(File(below(folder, word[2:]), "javascript"))
        elif word in _PRELOAD and (following.startswith(".") or is_path(following)):
            found.append(File(below(folder, following), "javascript"))
        takes = word in _CODE or word in _PRELOAD or word in _WITH_VALUE
        at += 2 if takes and not equals else 1
    return found, words[at:]


def _shell(_name: str, words: list[str], folder: str, fed: Fed) -> Iterator[Effect]:
    for at, word in enumerate(words):
        if word.startswith(("-", "+")):
            if "c" in word and not word.startswith("--") and at + 1 < len(words):
                yield Line(words[at + 1], "sh")
                return
            continue
        if is_file(word) and not (at and _SETS.match(words[at - 1])):
            yield File(below(folder, word), "sh")
            return
    if fed.text is not None:
        yield Line(fed.text.text, "sh", fed.text.steps)
    elif fed.path:
        yield File(fed.path, "sh")


def _powershell(_name: str, words: list[str], folder: str, _fed: Fed) -> Iterator[Effect]:
    for at, word in enumerate(words):
        lower = word.lower().replace("/", "-", 1)
        rest = words[at + 1 :]
        if lower in ("-f", "-file") and rest:
            yield File(below(folder, rest[0]), "powershell")
            return
        if lower.startswith("-e") and not lower.startswith("-ex") and rest:
            decoded = _decoded(rest[0])
            yield from [Line(decoded, "powershell", ("base64",))] if decoded else []
            return
        if lower in ("-c", "-command", "-com") and rest:
            yield Line(" ".join(rest), "powershell")
            return
        if lower in ("-ep", "-exec", "-executionpolicy", "-ex", "-w", "-windowstyle", "-version", "-outputformat"):
            words[at + 1 : at + 2] = ["-"] if rest else []
        elif not word.startswith(("-", "/")):
            named = language_of(word) == "powershell"
            yield File(below(folder, word), "powershell") if named else Line(" ".join(words[at:]), "powershell")
            return


def _decoded(text: str) -> str:
    """The command in ``-EncodedCommand``: base64 of UTF-16."""
    try:
        return b64decode(text + "=" * (-len(text) % 4)).decode("utf-16-le", "replace")
    except ValueError:
        return ""


def _python(_name: str, words: list[str], folder: str, fed: Fed) -> Iterator[Effect]:
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if word.startswith("-") and word != "-":
            if word.endswith("c") and not word.startswith("--"):
                yield Inline(following, "python")
                return
            if word == "-m":
                yield File(below(folder, following.replace(".", "/") + ".py"), "python")
                return
            continue
        if word != "-" and is_file(word):
            yield File(below(folder, word), "python")
            return
    if fed.text is not None:
        yield Inline(fed.text.text, "python", fed.text.steps)
    elif fed.path:
        yield File(fed.path, "python")


def _cmd(_name: str, words: list[str], _folder: str, _fed: Fed) -> Iterator[Effect]:
    at = next((at for at, word in enumerate(words) if word.lower() in ("/c", "/k", "/r")), len(words))
    if words[at + 1 :]:
        yield Line(" ".join(words[at + 1 :]), "cmd")


def _eval(_name: str, words: list[str], _folder: str, _fed: Fed) -> Iterator[Effect]:
    yield Line(" ".join(words), "sh")


def _source(_name: str, words: list[str], folder: str, _fed: Fed) -> Iterator[Effect]:
    if words:
        yield File(below(folder, words[0]), "sh")


def _in_turn(_name: str, words: list[str], folder: str, _fed: Fed) -> Iterator[Effect]:
    yield from (Script(word, folder) for word in words if not word.startswith("-"))


def _late(_name: str, words: list[str], _folder: str, _fed: Fed) -> Iterator[Effect]:
    """A line that runs in the end, or again and again: one word, or all of them."""
    start = next((at for at, word in enumerate(words) if not word.startswith("-")), len(words))
    for word in words[start : start + 1]:
        yield Line(word if " " in word else " ".join(words[start:]), "sh")


def _lines(_name: str, words: list[str], _folder: str, _fed: Fed) -> Iterator[Effect]:
    yield from (Line(word, "sh") for word in words if not word.startswith("-"))


_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(_NODE.split(), _node),
    **dict.fromkeys(("sh", "bash", "zsh", "dash", "ksh", "ash"), _shell),
    **dict.fromkeys(("powershell", "pwsh"), _powershell),
    **dict.fromkeys(("npm-run-all", "npm-run-all2", "run-s", "run-p"), _in_turn),
    "cmd": _cmd,
    "su": _shell,
    "trap": _late,
    "watch": _late,
    "eval": _eval,
    ".": _source,
    "source": _source,
    "concurrently": _lines,
}
