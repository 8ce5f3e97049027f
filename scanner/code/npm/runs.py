"""What the scripts of an npm package run: their lines, and the files, texts, scripts and shell files behind them.

Which scripts run by themselves when a package is installed: npm's documentation, page scripts, "Life Cycle Operation
Order" and "Notes"; node-gyp runs without being named where a binding.gyp lies and no script says otherwise.
"""

from __future__ import annotations

import fnmatch
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.ir import Place
from assay.scanner.code.npm import gyp
from assay.scanner.code.npm.commands import effects
from assay.scanner.code.npm.effects import File, Inline, Line, Script, below, language_of
from assay.scanner.code.npm.lines import Told, lines_of
from assay.scanner.code.npm.programs import preloaded
from assay.scanner.code.npm.shell import parse
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from assay.scanner.code.npm.effects import Effect
    from assay.scanner.code.npm.manifest import Manifest
    from assay.scanner.code.npm.resolution import Files
    from assay.scanner.code.npm.words import Parsed

LIFECYCLE = ("preinstall", "install", "postinstall")
"""Scripts that run wherever the package is installed."""

OF_SOURCES = ("prepublish", "preprepare", "prepare", "postprepare", "prepack")
"""Scripts that run besides where it comes from git, and in the project itself."""

OF_ROOT = ("pnpm:devPreinstall", "dependencies")
"""Scripts that run besides in the project itself."""

MOST_TEXTS = 256
"""Lines and shell files that are followed for one package."""

MOST_CHARACTERS = 2 << 20
"""Characters of lines and shell files that are read for one package."""

_MOST_FITTING = 64
_WINDOWS = lazy(r"\\[\w.]|%\w+%|\^\w|\bcmd\b|\.(?:bat|cmd|exe|ps1)\b")
_SHEBANG = lazy(rb"#![^\n]{0,200}?\b(node|bun|deno|python|pypy|sh|bash|zsh|dash|ksh)")
_GYP = "binding.gyp"
_SETTINGS = ".npmrc"
_NODE_OPTIONS = lazy(r"\s*node[-_]options\s*=\s*(.{1,4000}?)\s*\Z")
"""Settings of npm that lie in a project or in what comes from git: npm's documentation, pages npmrc and config."""


class Text(NamedTuple):
    """Text of shell that runs: ``node`` is where traces have it, ``module`` the name that facts speak of it by.

    ``path`` is the file that it stands in, ``place`` where; the lines of a ``whole_file`` count from there. ``steps``
    are those by which it was decoded. ``manifest`` is the folder of the package.json whose script runs it, ``within``
    the text that it is a part of. What ``is_told`` already is not told again.
    """

    node: str
    module: str
    path: str
    place: Place
    text: str
    dialect: str
    folder: str
    whole_file: bool = False
    steps: tuple[str, ...] = ()
    manifest: str = ""
    within: str = ""
    is_told: bool = False


class Spoken(NamedTuple):
    """A line of shell as a fact: the module that it stands in, its place, and what is known of it.

    ``decoded`` are the steps by which the text around it was decoded, () if it stands in the file.
    """

    module: str
    place: Place
    told: Told
    decoded: tuple[str, ...] = ()


class Snippet(NamedTuple):
    """Program text in a script: the name of its module, the file and the place that it stands in."""

    name: str
    path: str
    place: Place
    text: str
    language: str
    steps: tuple[str, ...] = ()


class Runs(NamedTuple):
    """What scripts run.

    ``labels`` are the scripts that run by themselves, as traces name them; ``edges`` lead from them to what they run:
    other scripts, files by their paths, and snippets by their names. ``modules`` are the names under which lines stand
    in facts, with their files and their nodes. ``implicit`` says that node-gyp runs unnamed; ``whole`` is False if
    there was too much to follow.
    """

    labels: tuple[str, ...]
    edges: dict[str, tuple[str, ...]]
    spoken: tuple[Spoken, ...]
    snippets: tuple[Snippet, ...]
    modules: dict[str, tuple[str, str]]
    implicit: bool = False
    whole: bool = True


class Follower:
    """What has been found so far, and what is still to be read.

    ``read`` gives the content of a file, None if it is not held.
    """

    def __init__(self, files: Files, read: Callable[[str], bytes | None]) -> None:
        self.files = files
        self.read = read
        self.todo: deque[Text] = deque()
        self.seen: set[tuple[str, str, str]] = set()
        self.room = MOST_CHARACTERS
        self.edges: dict[str, dict[str, None]] = {}
        self.spoken: list[Spoken] = []
        self.snippets: dict[tuple[str, str, str], Snippet] = {}
        self.modules: dict[str, tuple[str, str]] = {}
        self.whole = True
        self.variables: dict[str, dict[str, str]] = {}
        self.labels: list[str] = []
        self.implicit = False
        self.count = 0

    def install(self, *, git: bool = False, root: bool = False) -> Runs:
        """Follow all that runs when the package is installed."""
        own = self.files.manifests.get("")
        names = (*(OF_ROOT if root else ()), *LIFECYCLE, *(OF_SOURCES if git or root else ()))
        self.labels = [label for name in names if own and (label := self._script(own, name))]
        self.implicit = self._gyp(own)
        if _GYP in self.edges:
            self.labels.append(_GYP)
        if (git or root) and _SETTINGS in self.files.paths:
            self._settings()
        return self.runs()

    def _settings(self) -> None:
        """Follow what settings of npm have every node load that a script starts."""
        text = _decoded(self.read(_SETTINGS) or b"")
        for number, line in enumerate(text.splitlines(), 1):
            found = _NODE_OPTIONS.match(line)
            for effect in preloaded(found[1].strip("\"'"), "") if found else ():
                if _SETTINGS not in self.labels:
                    self.labels.append(_SETTINGS)
                    self.modules[_SETTINGS] = (_SETTINGS, _SETTINGS)
                self._follow(Text(_SETTINGS, _SETTINGS, _SETTINGS, Place(number, 1), line, "sh", ""), effect)

    def command(self, module: str, path: str, place: Place, line: str) -> None:
        """Have a command read that code starts: of a file, or of a snippet in one. Its own facts tell the command."""
        self._add(Text(module, module, path, place, line, "sh", "", is_told=True))

    def runs(self) -> Runs:
        """Read what is still to be read, and return all that was found."""
        while self.todo and self.whole:
            text = self.todo.popleft()
            self.room -= len(text.text)
            self.count += 1
            if self.room < 0 or self.count > MOST_TEXTS:
                self.whole = False
                break
            self._read(text)
        edges = {node: tuple(targets) for node, targets in self.edges.items()}
        spoken, snippets = tuple(self.spoken), tuple(self.snippets.values())
        return Runs(tuple(self.labels), edges, spoken, snippets, dict(self.modules), self.implicit, self.whole)

    def _script(self, manifest: Manifest, name: str) -> str:
        """Have a script of a package.json read; return its label, "" if there is none."""
        line = manifest.scripts.get(name, "").strip()
        if not line:
            return ""
        label = f"{manifest.path} scripts.{name}"
        place = manifest.place(name)
        module = f"{manifest.path}#scripts.{name}"
        self._add(Text(label, module, manifest.path, place, line, "sh", manifest.folder, manifest=manifest.folder))
        return label

    def _add(self, text: Text) -> None:
        key = (text.node, text.text, text.dialect)
        if key not in self.seen and len(self.seen) < 4 * MOST_TEXTS:
            self.seen.add(key)
            self.edges.setdefault(text.node, {})
            if not text.is_told:
                self.modules.setdefault(text.module, (text.path, text.node))
            self.todo.append(text)

    def _gyp(self, own: Manifest | None) -> bool:
        """Have the commands of a binding.gyp read; say whether node-gyp runs although no script names it."""
        if _GYP not in self.files.paths:
            return False
        named = own is not None and ("install" in own.scripts or "preinstall" in own.scripts)
        off = own is not None and own.fields.get("gypfile") is False
        if off and not named:
            return False
        self._build_files()
        if not named:
            told = Told(0, "node-gyp rebuild", ("node-gyp", "rebuild"), ())
            self.spoken.append(Spoken(_GYP, Place(1, 1), told))
        return not named

    def _build_files(self) -> None:
        """Have the commands of binding.gyp read, and those of the files that it includes or depends on."""
        todo, seen = deque([(_GYP, "")]), {_GYP}
        while todo:
            path, folder = todo.popleft()
            self.edges.setdefault(path, {})
            self.modules.setdefault(path, (path, path))
            data = self.read(path) or b""
            room = MOST_CHARACTERS
            for number, command in enumerate(gyp.commands(data), 1):
                room -= len(command.line)
                self.whole = self.whole and number < gyp.MOST and room > 0
                if room <= 0:
                    break
                text = Text(path, path, path, command.place, command.line, "sh", folder)
                if command.python:
                    self._file(text, File(below(folder, f"{command.python.replace('.', '/')}.py"), "python"))
                else:
                    self._add(text)
            for name in gyp.build_files(data):
                other = below(path.rpartition("/")[0], name)
                if other in self.files.paths:
                    self._link(path, other)
                    if other not in seen:  # what is included stands where it is included
                        seen.add(other)
                        todo.append((other, folder if other.endswith(".gypi") else other.rpartition("/")[0]))

    def _read(self, text: Text) -> None:
        manifest = self.files.manifests.get(text.manifest) or self.files.manifests.get("")
        folder = manifest.folder if manifest else ""
        variables = self.variables.get(folder)
        if variables is None:
            self.variables[folder] = variables = manifest.variables() if manifest else {}
        dialects = [text.dialect]
        if text.dialect == "sh" and not text.whole_file and _WINDOWS.search(text.text):
            dialects.append("cmd")
        said: set[str] = set()
        for dialect in dialects:
            source = text.text.replace(";", "\n") if dialect == "powershell" else text.text
            parsed = parse(source, "sh" if dialect == "sh" else "cmd", variables)
            for told in () if text.is_told and not text.steps else lines_of(source, parsed.commands):
                if told.line not in said and (text.steps or told.steps or told.line not in text.within):
                    said.add(told.line)
                    place = Place(text.place.line + told.row, 1) if text.whole_file else text.place
                    self.spoken.append(Spoken(text.module, place, told, text.steps))
            self._effects(text, parsed, variables)

    def _effects(self, text: Text, parsed: Parsed, variables: Mapping[str, str]) -> None:
        """Follow what the commands of a text run, then what those in its substitutions do, however deep they stand."""
        todo = deque([parsed])
        while todo:
            parsed = todo.popleft()
            self.whole = self.whole and parsed.whole
            for effect in effects(parsed.commands, text.folder.rstrip("/")):
                self._follow(text, effect)
            for inner in parsed.substitutions:
                self.room -= len(inner)
                self.whole = self.whole and self.room >= 0
                if self.room >= 0:
                    todo.append(parse(inner, "sh", variables))

    def _follow(self, text: Text, effect: Effect) -> None:
        if isinstance(effect, File):
            self._file(text, effect)
        elif isinstance(effect, Inline):
            self._inline(text, effect)
        elif isinstance(effect, Line):
            steps = tuple(dict.fromkeys((*text.steps, *effect.steps)))
            inner = text._replace(text=effect.text, dialect=effect.dialect, steps=steps, whole_file=False)
            self._add(inner._replace(within=text.text, is_told=text.is_told and not effect.steps))
        else:
            self._scripts(text.node, effect)

    def _scripts(self, node: str, effect: Script) -> None:
        folder = f"{effect.folder}/" if effect.folder else ""
        manifest = self.files.manifests.get(folder)
        if manifest is None:
            return
        names = [effect.name]
        if "*" in effect.name:
            names = [name for name in sorted(manifest.scripts) if fnmatch.fnmatchcase(name, effect.name)]
        for name in names:
            for part in (f"pre{name}", name, f"post{name}"):
                label = self._script(manifest, part)
                if label:
                    self._link(node, label)

    def _link(self, node: str, target: str) -> None:
        if node != target:
            self.edges.setdefault(node, {})[target] = None

    def _inline(self, text: Text, effect: Inline) -> None:
        if effect.language not in ("javascript", "python") or not effect.text.strip():
            return
        key = (text.node, effect.language, effect.text)
        if key in self.snippets:
            return
        self.whole = self.whole and len(self.snippets) < MOST_TEXTS
        if len(self.snippets) < MOST_TEXTS:
            number = sum(1 for other in self.snippets.values() if other.name.partition("~")[0] == text.module)
            name = f"{text.module}~{number + 1}"
            steps = tuple(dict.fromkeys((*text.steps, *effect.steps)))
            self.snippets[key] = Snippet(name, text.path, text.place, effect.text, effect.language, steps)
            self._link(text.node, name)

    def _file(self, text: Text, effect: File) -> None:
        """A file that is run: linked, and read if it is shell. A pattern stands for all files that it fits."""
        if "*" in effect.path and effect.path not in self.files.paths:
            fitting = sorted(path for path in self.files.paths if fnmatch.fnmatchcase(path, effect.path))
            for path in fitting[:_MOST_FITTING]:
                self._file(text, effect._replace(path=path))
            return
        path = self._found(effect)
        if not path and text.whole_file:  # most scripts of shell go to their own folder first
            path = self._found(effect._replace(path=below(text.path.rpartition("/")[0], effect.path)))
        if not path:
            return
        language = effect.language or language_of(path) or self._by_shebang(path)
        self._link(text.node, path)
        if language in ("sh", "cmd", "powershell"):
            data = self.read(path)
            if data is not None:
                inner = _decoded(data)
                self._add(Text(path, path, path, Place(1, 1), inner, language, "", whole_file=True))

    def _found(self, effect: File) -> str:
        if effect.language in ("javascript", ""):
            return self.files.module(effect.path or ".")
        return effect.path if effect.path in self.files.paths else ""

    def _by_shebang(self, path: str) -> str:
        data = self.read(path) or b""
        if data and not data.startswith(b"#!") and b"\0" not in data:
            return "sh"  # what a shell starts and the system refuses is read by the shell itself
        found = _SHEBANG.match(data)
        name = found[1].decode() if found else ""
        if name in ("node", "bun", "deno"):
            return "javascript"
        return "python" if name in ("python", "pypy") else "sh" if name else ""


def _decoded(data: bytes) -> str:
    """The text of a script of shell; PowerShell's editor writes UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace").removeprefix("\ufeff")


def nodes(runs: Runs) -> Iterator[str]:
    """Yield all that runs by itself."""
    todo, seen = list(runs.labels), set(runs.labels)
    while todo:
        node = todo.pop()
        yield node
        for target in runs.edges.get(node, ()):
            if target not in seen:
                seen.add(target)
                todo.append(target)
