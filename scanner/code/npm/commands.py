"""What the commands of a line run, seen through the programs that only start others: npx, cross-env, npm run."""

from __future__ import annotations

from posixpath import basename, splitext
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
from assay.scanner.code.npm.programs import preloaded, reads_programs, run_by
from assay.scanner.code.npm.shell_output import Printed, printed
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assay.scanner.code.npm.words import Simple

_MANAGERS = frozenset({"npm", "yarn", "pnpm", "bun", "cnpm", "tyarn"})
_RUN = frozenset({"run", "run-script", "rum", "urn"})
_EXECUTE = frozenset({"exec", "x", "dlx"})
_OWN_SCRIPTS = frozenset({"start", "test", "stop", "restart", "t", "tst"})
_INSTALL = frozenset({"install", "i", "ci", "add", "rebuild", "rb", "link"})
_AT_INSTALL = ("preinstall", "install", "postinstall", "prepare")
_MANAGE = frozenset(
    "add audit bin cache ci config create dedupe help i import info init install link list ls outdated owner pack "  # noqa: SIM905
    "patch prune publish rebuild remove root set store uninstall unlink up update upgrade version versions why "
    "workspace workspaces pm login whoami token exec x dlx".split()
)
_FOLDER_OPTIONS = ("--prefix", "-C", "--dir", "--cwd")
_OTHER_OPTIONS = ("-w", "--workspace", "-F", "--filter")
_WRAPPERS: dict[str, frozenset[str]] = {
    name: frozenset(values.split())
    for name, values in {
        "cross-env": "", "cross-env-shell": "", "env": "-u -C", "sudo": "-u -g", "doas": "-u", "nohup": "", "time": "",
        "exec": "-a", "command": "", "nice": "-n", "ionice": "-c -n", "timeout": "-s -k", "setsid": "", "busybox": "",
        "npx": "-p --package", "bunx": "-p --package", "pnpx": "", "call": "", "start": "/d", "xargs": "-n -I -P -L",
        "dotenv": "-e -c -v", "env-cmd": "-f -e", "corepack": "", "winpty": "", "wsl": "", "stdbuf": "", "builtin": "",
        "caffeinate": "", "unbuffer": "", "start-process": "", "saps": "", "arch": "-arch",
    }.items()
}  # fmt: skip
"""Programs that start the program named after their options, and which of the options take a value."""

_TEXTS = {"npx": ("-c", "--call"), "env": ("-S", "--split-string")}
"""Options whose value is a line of shell."""

_NODE_OPTIONS = "NODE_OPTIONS"
_COPIERS = frozenset({"cp", "mv", "ln", "copy", "move", "ren", "rename", "install"})
_SETTING = lazy(r"\w+=|\d+[smhd]?\Z")
_LONGEST_PIPE = 16
_MOST_HANDED = 64
_EXECUTED = ("-exec", "-execdir", "-ok", "-okdir")


def effects(commands: Sequence[Simple], folder: str = "") -> Iterator[Effect]:
    """Yield what commands run, in order. ``folder`` is where they start, below the package ("" for its own)."""
    around: list[tuple[int, str]] = []
    copies: dict[str, str] = {}
    for at, command in enumerate(commands):
        while around and around[-1][0] > command.depth:
            folder = around.pop()[1]
        words = command.texts
        if words[:1] in (["cd"], ["pushd"], ["chdir"]) and len(words) > 1 and command.joined not in ("|", "||"):
            around.append((command.depth, folder))
            folder = below(folder, words[-1])
            continue
        for options in _options_of_node(command):
            yield from preloaded(options, folder)
        for started in _started(commands, at, folder):
            words = [copies.get(_copied(folder, word), word) for word in started]
            copies.update(_copies(words, command, folder))
            run = _managed if program(words[0]) in _MANAGERS else run_by
            fed = _fed(commands, at, folder) if reads_programs(words[0]) else Fed()
            yield from _with_steps(command, run(words, folder, fed))


def _started(commands: Sequence[Simple], at: int, folder: str) -> Iterator[list[str]]:
    """What a command starts, as words from the program on: nothing, one program, or what xargs starts in turn."""
    given = commands[at].texts
    words = unwrapped(given)
    handed = _handed(commands, at, folder)
    if not words or not handed:
        yield from [words] if words else []
        return
    start = next((word[2:] or "{}" for word in given if word.startswith(("-I", "-i"))), "")
    mark = given[given.index("-I") + 1] if "-I" in given[:-1] else start
    in_turn = any(word.startswith(("-n", "-L", "-I", "-i")) for word in given)
    for some in [[word] for word in handed] if in_turn else [handed]:
        if mark and any(mark in word for word in words):
            yield [word.replace(mark, some[0]) for word in words]
        else:
            yield [*words, *some]


def _handed(commands: Sequence[Simple], at: int, folder: str) -> list[str]:
    """The words that xargs adds to a command: what is printed, or the files that are looked for, as patterns."""
    command = commands[at]
    if command.joined not in ("|", "|&") or "xargs" not in map(program, command.texts):
        return []
    before = commands[at - 1].texts
    if before[:1] == ["find"]:
        return [_sought(before)]
    if before[:1] == ["ls"]:
        return [word for word in before[1:] if not word.startswith("-")]
    text = _fed(commands, at, folder).text
    return text.text.split()[:_MOST_HANDED] if text else []


def _sought(words: list[str]) -> str:
    """The files that ``find`` looks for, as a pattern: its first folder, and a name if it says one."""
    place = words[1].rstrip("/") if len(words) > 1 and not words[1].startswith("-") else "."
    named = next((words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-name", "-iname", "-path")), "*")
    return f"{place}/{named}" if "*" in named else f"{place}/*{named}"


def _options_of_node(command: Simple) -> Iterator[str]:
    """What a command sets NODE_OPTIONS to: before it, or as an argument of what sets variables."""
    settings = [*command.assignments, *(tuple(word.split("=", 1)) for word in command.texts if "=" in word)]
    yield from (value for name, value in settings if name == _NODE_OPTIONS)


def _copies(words: list[str], command: Simple, folder: str) -> Iterator[tuple[str, str]]:
    """What a command makes of a file: the places where it can be found from now on, each with the file's own."""
    named = [word for word in words[1:] if not word.startswith("-")]
    into = [one.target for one in command.redirections if one.operator.strip("&|") in (">", ">>")]
    if program(words[0]) in ("cat", "type") and into:
        named += into[:1]
    elif program(words[0]) not in _COPIERS:
        return
    if len(named) == 2:
        source = named[0] if "/" in named[0] else f"./{named[0]}"
        for name in (named[1], f"{named[1]}/{basename(source)}"):
            yield _copied(folder, name), source
            yield _copied(folder, splitext(name)[0]), source


def _copied(folder: str, word: str) -> str:
    return word if word.startswith(("/", "$", "~", "%")) else below(folder, word)


def _with_steps(command: Simple, found: Iterator[Effect]) -> Iterator[Effect]:
    """What a command runs, with how its words were hidden."""
    steps = tuple(dict.fromkeys(step for word in command.words for step in word.steps))
    for effect in found:
        if steps and isinstance(effect, Inline | Line):
            yield effect._replace(steps=tuple(dict.fromkeys((*effect.steps, *steps))))
        else:
            yield effect


def unwrapped(words: list[str]) -> list[str]:
    """Return the words from the program on that those before it start: ``cross-env A=b npx x`` starts x.

    What ``find`` starts is given the files that it looks for as a pattern.
    """
    at = 0
    if words[:1] == ["find"]:
        start = next((start + 1 for start, word in enumerate(words) if word in _EXECUTED), 0)
        end = next((end for end, word in enumerate(words) if end > start and word in (";", "+")), len(words))
        words = [_sought(words) if word == "{}" else word for word in words[start:end]] if start else words
    while at < len(words):
        name = program(words[at])
        values = _WRAPPERS.get(name)
        if values is None:
            break
        at += 1
        while at < len(words):
            word = words[at]
            if word in _TEXTS.get(name, ()):
                return ["sh", "-c", *words[at + 1 : at + 2]]
            option = word in ("", "--") or word.startswith("-") or (name == "start" and word.startswith("/"))
            if not option and not _SETTING.match(word):
                break
            at += 2 if word in values else 1
    return words[at:]


def _fed(commands: Sequence[Simple], at: int, folder: str) -> Fed:
    command = commands[at]
    if command.given is not None:
        return Fed(Printed(command.given))
    file = next((one.target for one in command.redirections if one.operator == "<"), "")
    if file:
        return Fed(None, below(folder, file))
    first = at
    while first > 0 and commands[first].joined in ("|", "|&") and at - first < _LONGEST_PIPE:
        first -= 1
    before = commands[first:at]
    if not before:
        return Fed()
    if len(before) == 1 and before[0].texts[:1] in (["cat"], ["type"]) and len(before[0].words) == 2:
        return Fed(None, below(folder, before[0].texts[1]))
    text = printed([one.texts for one in before], before[0].given)
    named = [word for word in before[0].texts[1:] if is_file(word)]
    named += [one.target for one in before[0].redirections if one.operator == "<"]
    return Fed(text, below(folder, named[-1]) if text is None and named else "")


def _managed(words: list[str], folder: str, fed: Fed) -> Iterator[Effect]:
    """What a package manager runs: scripts of a package.json, files, or a program."""
    name = program(words[0])
    if name == "bun" and (len(words) == 1 or words[1].startswith("-")):
        yield from run_by(words, folder, fed)
        return
    given, folder = _asked(words[1:], folder)
    verb, rest = (given[0] if given else ""), given[1:]
    if verb in _RUN and rest:
        is_own = name == "bun" and is_path(rest[0])
        yield File(below(folder, rest[0]), "javascript") if is_own else Script(rest[0], folder)
    elif verb in _EXECUTE:
        is_text = not {*_TEXTS["npx"]}.isdisjoint(words)
        inner = unwrapped(["npx", *words[2:]] if is_text else [word for word in rest if word != "--"])
        yield from run_by(inner, folder, fed) if inner else ()
    elif verb in _OWN_SCRIPTS:
        yield Script("test" if verb in ("t", "tst") else verb, folder)
    elif verb in _INSTALL:
        folders = [folder, *(below(folder, word) for word in rest if is_path(word) and not language_of(word))]
        yield from (Script(script, one) for one in folders if one for script in _AT_INSTALL)
    elif name == "bun" and is_path(verb):
        yield from run_by(words, folder, fed)
    elif verb and name not in ("npm", "cnpm") and verb not in _MANAGE:
        yield Script(verb, folder)


def _asked(words: list[str], folder: str) -> tuple[list[str], str]:
    """The words that are no options, all from the second such word on, and the folder that options name."""
    given: list[str] = []
    at = 0
    while at < len(words):
        word, equals, value = words[at].partition("=")
        if word in _FOLDER_OPTIONS and (len(given) < 2 or (given[0] in _RUN and "--" not in given)):
            value = value if equals else words[at + 1] if at + 1 < len(words) else ""
            folder = below(folder, value)
            at += 0 if equals else 1
        elif word in _OTHER_OPTIONS and len(given) < 2:
            at += 0 if equals else 1
        elif not word.startswith("-") or len(given) > 1:
            given.append(words[at])
        at += 1
    return given, folder
