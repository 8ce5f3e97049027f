"""Which scripts of a package are parsed: one pass of yara-x over the bytes, and who loads whom, decide.

Innocent packages are full of files that can start processes and use the network when they are called, which is INFO. A
file is left out if it can take no part in a finding of MEDIUM or above. Such a finding needs one of:

1. a word that innocent files hardly have (``DECISIVE``): places where anybody picks up data, stores of what is private,
   autostarts, wallets, hidden roads to what runs code, the shapes of obfuscators;
2. two things that make a chain and stand together (``CHAINS``): text that is decoded or fetched and what runs it, what
   is private and the network, commands and processes. In files of more than ``SMALL`` bytes they stand together if no
   more than ``NEAR`` bytes lie between them, in smaller ones anywhere;
3. a name that is put together of pieces where names are looked up (``GLUE``);
4. code, a process or the network that is used without being asked: where the file is loaded when the package is. In a
   small file that is believed of whatever names one, under any alias; in larger ones calls are looked for. Of files
   that are read for this alone what nothing calls is not evaluated: it could add INFO only.

What of a chain stands in several files is parsed if one of them loads the other, or a third file loads both. Files
that run at install are always parsed, with all that they load. In packages of no more than ``WHOLE_PACKAGE`` bytes all
that hangs together with a source or sink is parsed, if it has both; in those of no more than ``LITTLE_PACKAGE`` all
that is loaded with what may do something unasked.

On an install of 500 packages with nothing bad in it (9,660 scripts, 133 MB) 5.4 % of the files and 2.1 % of the bytes
are parsed; half of the time goes to the patterns, a third to what stands around hits and to what runs unasked, the
rest to imports and shapes (benchmarks/javascript_prefilter.py).

What this leaves out: a name put together in one file and used in another that holds no sink; a chain through two files
or more that pass on, in packages of more than ``LARGE_PACKAGE`` bytes through one; the whole environment that one file
hands to the network of another, unless it is listed or written as JSON; in files of more than ``SMALL`` bytes a source
and a sink that stand further apart than ``NEAR``, and what only uses the network or runs text unasked; in files above
``_ALIASED`` the use under another name of what is unhidden, which is MEDIUM.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import yara_x

from assay.scanner.code.javascript_shape import is_glued, shapes
from assay.scanner.code.javascript_unasked import KINDS, called_unasked, started_unasked
from assay.scanner.code.javascript_windows import PLAIN
from assay.scanner.code.literals_javascript import INNOCENT, MODULES, PATTERNS
from assay.scanner.code.reach import connected, reached
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

SMALL = 64 << 10
NEAR = 16 << 10
CLOSE = 1 << 10
"""Bytes between what makes a chain only where it stands close together, in files of more than ``SMALL``."""

WHOLE_PACKAGE = 64 << 10
"""Bytes of scripts up to which a package with a source and a sink is parsed as a whole."""

LITTLE_PACKAGE = 32 << 10
"""Bytes of scripts up to which all is parsed that is loaded with what may do something unasked."""

LARGE_PACKAGE = 1 << 20
"""Bytes of scripts from which on files that only pass on between two others are not looked for."""

MANY = 64
"""Places of one pattern that are told in the first pass; a large file with as many of one is searched again."""

HUB = 8
"""Files that load a file, from which on it is one that everybody uses, which links nothing with anything."""

_NUMBERED = 5
"""Different names that are numbers, from which on a file is obfuscated."""

DECISIVE = frozenset(
    {
        *("HIDDEN", "ESCAPED", "PLACE", "PRIVATE", "PERSIST", "WALLET", "MINE", "OBFUSCATED", "NUMBERED", "PROGRAM"),
        *("UNSEEN", "SHAPE", "CHAIN", "GLUE", "MAIL"),
    }
)
"""Categories for which a file is parsed whatever its package holds."""

CHAINS: dict[str, frozenset[str]] = {
    "CIPHER": frozenset({"RUN", "PROCESS"}),
    "NET": frozenset({"RUN", "PROCESS", "IDENTITY", "ENVIRONMENT", "DUMP", "SECRET", "KEYS"}),
    "SHELL": frozenset({"PROCESS"}),
    "WORM": frozenset({"PROCESS", "NET"}),
    "DELETE": frozenset({"IDENTITY", "FOLDER"}),
}
"""Categories that make a chain with which others, within ``NEAR`` bytes."""

_LOOSE: dict[str, frozenset[str]] = {
    "DECODE": frozenset({"RUN", "PROCESS"}),
    "CODED": frozenset({"ROAD", "MAKER"}),
    "DELETE": frozenset({"HERE"}),
    "CIPHER": frozenset({"ROAD", "GLOBAL"}),
    "SPY": frozenset({"NET"}),
    "REQUEST": frozenset({"PROCESS"}),
    "WALK": frozenset({"NET"}),
}
"""The same of what innocent files have at every turn, within ``CLOSE`` bytes."""

SUPPLIES: dict[str, frozenset[str]] = {
    **dict.fromkeys(("IDENTITY", "DUMP", "SECRET", "KEYS"), frozenset({"NET"})),
    **dict.fromkeys(("PLACE", "PRIVATE", "PROGRAM"), frozenset({"NET", "PROCESS", "RUN"})),
    **dict.fromkeys(("PERSIST", "WORM"), frozenset({"PROCESS", "RUN"})),
    "SHELL": frozenset({"PROCESS"}),
    **dict.fromkeys(("CIPHER", "ESCAPED", "OBFUSCATED", "SHAPE", "UNSEEN"), frozenset({"RUN", "PROCESS"})),
}
"""What a file of a category can supply to files of which others."""

UNCLEAR = frozenset({"ESCAPED", "OBFUSCATED", "NUMBERED", "SHAPE", "UNSEEN", "PROGRAM"})
"""Categories of files whose parts say nothing without the others."""

_SINKS = frozenset({"RUN", "PROCESS", "NET", "HIDDEN"})
_GLUED = frozenset({"ROAD", "GLOBAL", "RUN", "PROCESS"})
_LITTLE = 2 << 10
_ALIASED = {"PROCESS": SMALL} | dict.fromkeys(("NET", "RUN", "ROAD", "GLOBAL", "FAR", "START"), 4 << 10)
"""Bytes up to which a file that is loaded when its package is can do what a category says under any name."""

_ENDS_TOLD = 4
"""Places of a category that are told as ends of chains."""

_FIRST = lazy(rb"[\w$\\]")
"""What a file must not begin with: patterns of many a word want to see what stands before it."""

_COMMENT = lazy(rb"[ \t]{0,80}//[^\r\n\xe2]*\Z")
"""What stands before a place in a comment; nothing in it ends a line, as U+2028 does."""

_LINE = 400
"""Bytes before a place in which its line is looked for."""

_NUMBER = lazy(rb"_0x[0-9a-f]{2,8}\b")


class Scanned(NamedTuple):
    """What the prefilter has seen in a script: categories, what it loads as written, bytes, and where hits stand.

    ``hits`` are those that make it a candidate, for ``javascript_windows``, ``ends`` those that may make a chain with
    other files; none for a file of up to ``PLAIN`` bytes.
    """

    hot: frozenset[str]
    imports: tuple[str, ...] = ()
    size: int = 0
    hits: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


class Prefilter:
    """The compiled patterns."""

    def __init__(self, patterns: yara_x.Rules, loads: yara_x.Rules) -> None:
        self._first = yara_x.Scanner(patterns)
        self._first.max_matches_per_pattern(MANY)
        self._every = yara_x.Scanner(patterns)
        self._every.max_matches_per_pattern(_MOST)
        self._loads = yara_x.Scanner(loads)
        self._loads.max_matches_per_pattern(_MOST_LOADS)

    def scan(self, data: bytes, path: str) -> Scanned:
        """Return what is seen in a file's bytes; never raises. ``path`` tells JavaScript from TypeScript."""
        size = len(data)
        if _FIRST.match(data):
            data = b"\n" + data
        imports, modules = self._imported(data)
        found, is_cut = _places(self._first, data)
        if is_cut and size > SMALL and _may_count(found.keys() | modules.keys()):
            found, _ = _places(self._every, data)
        for category, places in modules.items():
            found[category] = sorted(found.get(category, []) + places)
        shaped = shapes(data)
        if not found and not shaped:
            return Scanned(frozenset(), imports, size)
        hot, hits = _judged(data, path, found)
        if shaped:
            hot.add("SHAPE")
            hits += shaped
        if size <= PLAIN:
            return Scanned(frozenset(hot), imports, size)
        ends = [at for category in sorted(_ENDS & found.keys()) for at in found[category][:_ENDS_TOLD]]
        return Scanned(frozenset(hot), imports, size, tuple(sorted(set(hits))), tuple(ends))

    def met(self, data: bytes) -> set[str]:
        """Return the categories of which a file's bytes have a pattern, whatever stands around it."""
        return {rule.identifier for rule in self._first.scan(data).matching_rules}

    def _imported(self, data: bytes) -> tuple[tuple[str, ...], dict[str, list[int]]]:
        """What a file loads, as written, and the places where it loads what is a category."""
        names: dict[str, None] = {}
        modules: dict[str, list[int]] = defaultdict(list)
        for rule in self._loads.scan(data).matching_rules:
            for pattern in rule.patterns:
                for match in pattern.matches:
                    written = _LOADED.search(data, match.offset, match.offset + match.length)
                    if written is None:
                        continue
                    name = written[1].decode("utf-8", "replace")
                    names[name] = None
                    for category in _BY_MODULE.get(name.removeprefix("node:"), ()):
                        modules[category].append(match.offset)
        return tuple(names), modules


@lru_cache(maxsize=1)
def scanner() -> Prefilter:
    """Return the prefilter; a process compiles its patterns once."""
    return Prefilter(yara_x.compile(_source()), yara_x.compile(_LOADS))


def settled(
    files: Mapping[str, Scanned], unasked: Collection[str], read: Callable[[str], bytes | None]
) -> dict[str, Scanned]:
    """Return the files with ``UNASKED`` said of those that may do something worth a finding when they are loaded.

    ``unasked`` are those that are loaded when the package is; only of these it is asked. ``read`` gives their bytes.
    Small files are taken to do what they name, since names have aliases; in larger ones calls are looked for.
    """
    found = dict(files)
    for path in unasked:
        file = files.get(path)
        if file is None or file.size > SMALL or file.hot & DECISIVE:
            continue
        places: list[int] = []
        if not any(file.size <= _ALIASED.get(category, _LITTLE) for category in file.hot):
            data = read(path) if not file.hot.isdisjoint(KINDS) else None
            places = called_unasked(data, path, file.hot) if data else []
            if not places:
                continue
        hits = tuple(places) if file.size > PLAIN else ()
        found[path] = file._replace(hot=file.hot | {"UNASKED"}, hits=hits)
    return found


def candidates(
    files: Mapping[str, Scanned],
    loads: Mapping[str, Collection[str]],
    unasked: Collection[str],
    always: Collection[str],
) -> frozenset[str]:
    """Return the paths that have to be parsed.

    ``files`` are settled (see ``settled``). ``loads`` are, by path, the files of the package that each loads;
    ``unasked`` are files that are loaded when the package is, ``always`` those that run at install.
    """
    uses = {path: frozenset(targets) & files.keys() for path, targets in loads.items() if path in files}
    chosen = {path for path, file in files.items() if _is_hot(file, path in unasked)}
    chosen |= reached(uses, set(always) & files.keys())
    size = sum(file.size for file in files.values())
    if size <= LITTLE_PACKAGE:
        loaded = files.keys() & unasked
        chosen |= connected(uses, {path for path in loaded if "UNASKED" in files[path].hot}) & loaded
    near = set().union(*(file.hot for file in files.values())) if files else set()
    if not near & _SINKS:
        return frozenset(chosen)
    if size <= WHOLE_PACKAGE:
        if any(_supplies(file.hot, other.hot) for file in files.values() for other in files.values()):
            chosen |= connected(uses, {path for path, file in files.items() if file.hot & (_SINKS | SUPPLIES.keys())})
        return frozenset(chosen)
    return frozenset(chosen | _linked(files, uses))


def _is_hot(file: Scanned, is_unasked: bool) -> bool:
    return bool(file.hot & DECISIVE) or (is_unasked and "UNASKED" in file.hot)


def _linked(files: Mapping[str, Scanned], uses: Mapping[str, Collection[str]]) -> set[str]:
    """The files that supply what they load or are loaded by, and those that pass on between two that they load."""
    is_large = sum(file.size for file in files.values()) > LARGE_PACKAGE
    users = Counter(other for targets in uses.values() for other in targets)
    chosen: set[str] = set()
    for path, targets in uses.items():
        own = files[path].hot
        near = [other for other in targets if users[other] <= HUB]
        for other in near:
            if _supplies(own, files[other].hot) or _supplies(files[other].hot, own):
                chosen |= {path, other}
        if is_large:
            continue
        supplying = [other for other in near if files[other].hot & SUPPLIES.keys()]
        for one in supplying:
            for other in near:
                if one != other and _supplies(files[one].hot, files[other].hot):
                    chosen |= {path, one, other}
    return chosen


@cache
def _supplies(one: frozenset[str], other: frozenset[str]) -> bool:
    return any(not SUPPLIES[category].isdisjoint(other) for category in one & SUPPLIES.keys())


def _may_count(met: Collection[str]) -> bool:
    """Whether the places of some categories matter: one is decisive, makes a chain, or tells what runs unasked."""
    return not _COUNTING.isdisjoint(met) or ("DELETE" in met and not CHAINS["DELETE"].isdisjoint(met))


def _places(scanner: yara_x.Scanner, data: bytes) -> tuple[dict[str, list[int]], bool]:
    """Where each category is hit, in order, and whether a pattern that counts may have more places than were told."""
    found: dict[str, list[int]] = {}
    is_cut = False
    for rule in scanner.scan(data).matching_rules:
        category = rule.identifier
        innocent = INNOCENT.get(category)
        places: list[int] = []
        for pattern in rule.patterns:
            matches = pattern.matches
            is_cut = is_cut or (len(matches) >= MANY and category != "DECODE")
            places += [match.offset for match in matches]
        if innocent is not None:
            places = [at for at in places if not innocent.match(data, at)]
        if places:
            places.sort()
            found[category] = places
    return found, is_cut


def _judged(data: bytes, path: str, found: dict[str, list[int]]) -> tuple[set[str], list[int]]:
    """The categories of a file, with those that take more than one hit, and the hits that make it a candidate."""
    if "NUMBERED" in found and len(set(_NUMBER.findall(data))) < _NUMBERED:
        del found["NUMBERED"]
    hot = set(found)
    hits = [at for category in hot & DECISIVE for at in found[category]]
    told = {category: _told(data, found[category]) for category in hot & _CHAINED}
    for partners, distance in ((CHAINS, NEAR), (_LOOSE, CLOSE)):
        for one, others in partners.items():
            for other in sorted(others & hot) if one in hot else ():
                hits_of_both = _together(told[one], told[other], distance if len(data) > SMALL else len(data))
                if hits_of_both:
                    hot.add("CHAIN")
                    hits += hits_of_both
    glued = [at for category in sorted(_GLUED & hot) for at in found[category]]
    if glued:
        places = is_glued(data, glued, SMALL)
        if places:
            hot.add("GLUE")
            hits += places
    if not hot & DECISIVE and len(data) > SMALL:
        unasked = started_unasked(data, path, found.get("PROCESS", []))
        if unasked:
            hot.add("UNASKED")
            hits += unasked
    return hot, hits


def _told(data: bytes, places: list[int]) -> list[int]:
    """The places that do not stand in a line that is a comment from its beginning."""
    return [at for at in places if not _COMMENT.match(data, data.rfind(b"\n", max(0, at - _LINE), at) + 1, at)]


def _together(some: list[int], others: list[int], distance: int) -> list[int]:
    """The places of both that have one of the other within a distance; both are sorted."""
    found: list[int] = []
    for one in some:
        at = bisect_left(others, one - distance)
        last = bisect_left(others, one + distance + 1)
        if last > at:
            found += (one, *others[at:last])
    return found


_ENDS = _SINKS | SUPPLIES.keys() | frozenset().union(*SUPPLIES.values())
_CHAINED = frozenset().union(*(others | {one} for pairs in (CHAINS, _LOOSE) for one, others in pairs.items()))
_COUNTING = DECISIVE | _GLUED | {"NET"}
_BY_MODULE: dict[str, tuple[str, ...]] = {
    name: tuple(category for category, names in MODULES.items() if name in names)
    for name in frozenset().union(*MODULES.values())
}
_MOST = 100_000
_MOST_LOADS = 4096
_LOADS = r"""rule loads { strings: $a = /(require\s{0,4}\(|from|import\s{0,4}\(?)\s{0,4}["'`][^"'`\n\r]{1,160}["'`]/
condition: $a }"""
_LOADED = lazy(rb"[\"'`]([^\"'`\n\r]{1,160})[\"'`]\Z")


def _source() -> str:
    """The patterns, those of each category in one rule."""
    rules = []
    for category, patterns in PATTERNS.items():
        lines = [f"rule {category} {{ strings:"]
        for case, texts in (("", patterns.plain), (" nocase", patterns.any_case)):
            for text in texts:
                digits = "".join(f"\\x{byte:02x}" for byte in text.encode())
                lines.append(f'$t{len(lines)} = "{digits}"{case}')
        lines += [f"$t{number} = /{text}/" for number, text in enumerate(patterns.expressions, len(lines))]
        rules.append(" ".join([*lines, "condition: any of them }"]))
    return "\n".join(rules)
