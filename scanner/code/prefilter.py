"""Which files of a package are parsed: one pass of yara-x over the bytes, and the imports, decide.

Reading a file as code costs twenty times what looking for words in it costs, and more. A file is left out if it can
take no part in a finding of MEDIUM or above, but for the three cases at the end. The reasoning:

1. Every such finding needs a *sink*: code, a process, native code, the network, an autostart, a deletion of what is the
   user's. To reach one, a file either holds its name (a built-in, a word that is told from innocent ones), imports the
   module that has it, gets at it by a hidden road (``__builtins__``, ``__subclasses__``, an attribute of a module by
   computed name, …), or takes it from another file of the package that does one of these. Files of the first three
   sorts are always parsed (``DECISIVE``).
2. Of a chain, the source is data that stands in the same file, or comes from one that holds a source (``SUPPLIES``):
   such a file counts if it and a sink that makes a chain of it meet: one imports the other, or a third imports both.
3. The third, a file that only passes on, has no word of its own: it is parsed if it imports the source and the sink,
   each directly or as an ``__init__`` passes it on, and no more than ``HUB`` files import the one or the other.
   What may call a sink of another file on import: an ``__init__`` that imports such a file is parsed.
4. Files that run unasked at installation or start-up are parsed, and so is all that lies on a way of imports from one
   of them to a sink. In a package of no more than ``SMALL`` bytes all that hangs together with a sink is parsed.
5. What only tests, documents and examples run counts two steps less: a file of these is parsed if it may run what it
   decodes, the one thing that is worse than that.

What this leaves out, all of it in packages of more than ``SMALL`` bytes: a chain through two or more files in a row
that hold neither source nor sink, one that such a file makes of what more than ``HUB`` files import, and a call at
import, from a file that is no ``__init__`` and has no word of its own, of a sink in another file.
"""

from __future__ import annotations

from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import yara_x

from assay.scanner.code.import_graph import ImportGraph
from assay.scanner.code.literals_python import MODULES, REFINED, SENSITIVE, VALUES, WORDS
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    Suspicious = Callable[[bytes], bool]
    """Says of a file's bytes whether their shape alone is worth a look."""

DECISIVE = frozenset({"CODE", "PROCESS", "NETWORK", "NATIVE", "PERSIST", "HIDDEN", "SHAPE", "WIPE", "PRIVATE"})
"""Categories for which a file is parsed whatever its package holds."""

RUNS = frozenset({"CODE", "PROCESS", "NATIVE", "HIDDEN", "SHAPE"})
"""Categories of files that may run what they are given."""

SUPPLIES: dict[str, frozenset[str]] = {
    "SOURCE": frozenset({"NETWORK"}),
    "FILES": frozenset({"NETWORK"}),
    "SPY": frozenset({"NETWORK"}),
    "SENSITIVE": frozenset({"NETWORK"}) | RUNS,
    "LOADS": RUNS,
    "DECODE": RUNS,
    "ESCAPES": RUNS,
    "NETWORK": RUNS,
}
"""What a file of a category can supply to files of which others: secrets to the network, payloads to what runs them."""

_DECODERS = frozenset({"DECODE", "ESCAPES", "LOADS"})

SMALL = 64 << 10
"""Bytes of Python up to which a package is parsed as a whole where it has a sink."""

HUB = 8
"""Importers of a file from which it is one that everybody uses, which links nothing with anything."""

_NAME = rb"[\w.\x80-\xff]+"
_GAP = rb"(?:[ \t\f]|\\\r?\n)"
_IMPORT = lazy(
    rb"import(?<![\w.]import)(?!\w)" + _GAP + rb"*(\((?:[^)#]{1,4000}|#[^\n]*)*+|(?:[^\r\n;#\\]{1,4000}|\\\r?\n)*+)"
)
_FROM = lazy(rb"from" + _GAP + rb"*((?:\." + _GAP + rb"*)*+(?:" + _NAME + rb")?+)" + _GAP + rb"*")
_LONGEST_MODULE = 400
"""Bytes between ``from`` and ``import``."""

_COMMENT = lazy(rb"#[^\n]*")
_HEAD = 4096
"""Bytes in which the first two lines, and with them the name of an encoding, are looked for."""

_COOKIE = lazy(rb"coding[:=][ \t]*([-\w.]+)")
_PLAIN_CODECS = lazy(rb"(?i)utf-?8(?:-sig)?|u8|(?:us-)?ascii|latin-?1|iso-?8859-\d+|cp125\d|koi8-?[ru]|windows-125\d")
_LETTERS = lazy(
    rb"\xc2[\xaa\xba]|\xc5\xbf|\xca[\xb0-\xbf]|\xcb[\xb0-\xbf]|\xe1[\xb4-\xb6]|\xe2(?:[\x81\x82]|\x84|\x85|\xb1\xbc)"
    rb"|\xef(?:\xac[\x80-\x86]|\xbc[\xa1-\xbf]|\xbd[\x81-\x9a])|\xf0\x9d[\x90-\x9f]"
)
"""Characters that Python reads as ASCII letters in a name (NFKC, PEP 3131)."""

_HOME = lazy(rb"expanduser|\.home\(|USERPROFILE|APPDATA|HOMEPATH|environ|[\"']/[\"']|[\"'][A-Za-z]:[\\/]|getlogin")
_ESCAPE = rb"\\(?:x[0-9a-fA-F]{2}|[0-7]{3}|u[0-9a-fA-F]{4})"
_ESCAPED = lazy(_ESCAPE + rb"(?:" + _ESCAPE + rb"){3}")
_PROGRAM = lazy(rb"\.(?:pyw?|pth|exe|bat|cmd|vbs|ps1|sh|so|dll)[\"']")
_REVERSED = lazy(rb":[ \t]*-[ \t]*1[ \t]*\](?<=[\"']\[::-1\])")


class Scanned(NamedTuple):
    """What the prefilter has seen in a file: categories hit, names imported, bytes.

    ``imports`` are as written, dots of relative imports before: ``import a.b`` gives ``a.b``, ``from .a import b, c``
    gives ``.a.b`` and ``.a.c``, ``from a import *`` gives ``a.*``.
    """

    hot: frozenset[str]
    imports: tuple[str, ...]
    size: int = 0


class Prefilter:
    """The compiled literals."""

    def __init__(self, compiled: yara_x.Scanner, suspicious: Suspicious | None) -> None:
        self._scanner = compiled
        self._suspicious = suspicious

    def scan(self, data: bytes, path: str) -> Scanned:  # noqa: ARG002 - other languages tell by the path
        """Return what is seen in a file's bytes; never raises."""
        found = {
            pattern.identifier[2:]
            for rule in self._scanner.scan(data).matching_rules
            for pattern in rule.patterns
            if pattern.matches
        }
        words = {_LITERALS[int(number)] for number in found}
        hot = {WORDS[word] for word in words if word in WORDS}
        if words & _SENSITIVE:
            hot.add("SENSITIVE")
        imports = tuple(dict.fromkeys(_imports(data))) if "import" in words else ()
        hot.update(_by_module(imports))
        for category, (some, patterns) in _REFINED.items():
            if category not in hot and words & some and any(pattern.search(data) for pattern in patterns):
                hot.add(category)
        hot.update(_combined(data, hot, words))
        if self._suspicious is not None and self._suspicious(data):
            hot.add("SHAPE")
        return Scanned(frozenset(hot), imports, len(data))


@lru_cache(maxsize=2)
def scanner(suspicious: Suspicious | None = None) -> Prefilter:
    """Return the prefilter; a process compiles its literals once."""
    return Prefilter(_compiled(), suspicious)


def candidates(
    files: Mapping[str, Scanned], names: Mapping[str, str], always: Collection[str], tests: Collection[str] = ()
) -> frozenset[str]:
    """Return the paths that have to be parsed.

    ``names`` are the dotted names of the files that can be imported, by path; ``always`` are files that run unasked,
    ``tests`` those that nothing but tests reach.
    """
    hot = {path for path, file in files.items() if file.hot & DECISIVE}
    chosen = hot | (set(always) & set(files))
    if not hot:
        return frozenset(chosen)
    graph = ImportGraph({path: file.imports for path, file in files.items()}, names)
    if sum(file.size for file in files.values()) <= SMALL:
        return frozenset(chosen | graph.connected(hot))
    chosen |= graph.between(set(always) & set(files), hot)
    users = Counter(other for uses in graph.uses.values() for other in uses)
    chosen |= _linked(files, graph, hot, users)
    return frozenset(path for path in chosen if path not in tests or _decodes(files[path].hot))


def _decodes(hot: frozenset[str]) -> bool:
    """Whether a file may run what it decodes."""
    return "SHAPE" in hot or not (hot.isdisjoint(RUNS) or hot.isdisjoint(_DECODERS))


def _linked(files: Mapping[str, Scanned], graph: ImportGraph, hot: set[str], users: Mapping[str, int]) -> set[str]:
    """The files that supply a sink that they import or that imports them, and those that pass on between others."""
    chosen: set[str] = set()
    for path, uses in graph.uses.items():
        own = files[path].hot
        if path.endswith("__init__.py") and not hot.isdisjoint(uses):
            chosen.add(path)
        for other in uses:
            if _supplies(own, files[other].hot):
                chosen.add(path)
            if _supplies(files[other].hot, own):
                chosen.add(other)
        near = [other for other in uses if users[other] <= HUB]
        if any(_supplies(files[a].hot, files[b].hot) for a in near for b in near if a != b):
            chosen |= {path, *(a for a in near if files[a].hot & _SUPPLY)}
    return chosen


@cache
def _supplies(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether what a file of categories ``one`` gives makes a chain with what one of ``other`` does."""
    return any(not SUPPLIES[category].isdisjoint(other) for category in one & _SUPPLY)


def _imports(data: bytes) -> Iterator[str]:
    """The names that a file imports, wherever an import statement seems to stand."""
    for match in _IMPORT.finditer(data):
        start = match.start()
        module = b""
        before = data.rfind(b"from", max(0, start - _LONGEST_MODULE), start)
        if before >= 0:
            head = _FROM.fullmatch(data, before, start)
            module = head[1] if head else b""
        prefix = b"".join(module.replace(b"\\", b"").split()).decode("utf-8", "replace")
        if prefix and not prefix.endswith("."):
            prefix += "."
        names = match[1]
        if b"#" in names:
            names = _COMMENT.sub(b"", names)
        for part in names.strip(b"()").replace(b"\\", b" ").split(b","):
            words = part.split(None, 1)
            if words:
                yield prefix + words[0].decode("utf-8", "replace")


def _by_module(imports: tuple[str, ...]) -> Iterator[str]:
    """Categories of the modules imported; what another file of the package has of this name counts as well."""
    for name in imports:
        parts = name.lstrip(".").split(".")
        if name.startswith("."):
            parts = parts[-1:]
        for length in range(1, len(parts) + 1):
            category = MODULES.get(".".join(parts[:length]))
            if category is not None:
                yield category


def _combined(data: bytes, hot: set[str], words: set[str]) -> Iterator[str]:
    """Categories that take more than a word."""
    if (
        (not data.isascii() and _LETTERS.search(data))
        or is_encoded(data)
        or ("HIDDEN" not in hot and "DYNAMIC" in hot and _is_value(data))
    ):
        yield "HIDDEN"
    if "ESCAPES" not in hot and ((b"\\" in data and _ESCAPED.search(data)) or _REVERSED.search(data)):
        yield "ESCAPES"
    if "SENSITIVE" in hot and hot & {"WRITE", "DELETE", "FILES"}:
        yield "PRIVATE"
    if "DELETE" in hot and _HOME.search(data):
        yield "WIPE"
    if "DECODE" in hot and ("LOADS" in hot or (hot & {"FILES", "WRITE"} and _PROGRAM.search(data))):
        yield "SHAPE"


def is_encoded(data: bytes) -> bool:
    """Whether the bytes are not what they look like: UTF-16, or a cookie names an encoding in which words differ."""
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"coding" in head and not all(map(_PLAIN_CODECS.fullmatch, _COOKIE.findall(head)))


def _is_value(data: bytes) -> bool:
    """Whether a module that has sinks is taken as a value, in a line that does not import it."""
    return any(
        b"import" not in data[data.rfind(b"\n", 0, match.start()) + 1 : match.start()]
        for pattern in VALUES
        for match in pattern.finditer(data)
    )


def _compiled() -> yara_x.Scanner:
    """The literals, each in one pattern of one rule."""
    lines = ["rule literals { strings:"]
    for number, literal in enumerate(_LITERALS):
        digits = "".join(f"\\x{byte:02x}" for byte in literal.encode())
        lines.append(f'$t{number} = "{digits}" {"nocase" if literal in _SENSITIVE else "fullword"}')
    compiler = yara_x.Compiler()
    compiler.add_source(" ".join([*lines, "condition: any of them }"]))
    made = yara_x.Scanner(compiler.build())
    made.max_matches_per_pattern(1)
    return made


_SUPPLY = frozenset(SUPPLIES)
_REFINED = {category: (frozenset(words.split()), patterns) for category, (words, patterns) in REFINED.items()}
_SENSITIVE = frozenset(SENSITIVE)
_LITERALS = sorted({*WORDS, *SENSITIVE, "import", *(word for some, _ in _REFINED.values() for word in some)})
