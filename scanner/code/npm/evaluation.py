"""The evaluation of an npm package: what runs unasked first, what that starts after it, each with when it runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.ecmascript.analysis import analyse
from assay.scanner.code.facts import Facts
from assay.scanner.code.gathered import Store, unfinished, united, windows
from assay.scanner.code.javascript import lower
from assay.scanner.code.javascript_prefilter import UNCLEAR, WHOLE_PACKAGE, candidates, scanner, settled
from assay.scanner.code.javascript_windows import WHOLE, excerpt
from assay.scanner.code.marks import marks, suspicious
from assay.scanner.code.npm.effects import language_of
from assay.scanner.code.npm.entries import is_test
from assay.scanner.code.npm.layout import MANIFEST, reaches
from assay.scanner.code.npm.python_scripts import python_facts
from assay.scanner.code.npm.runs import nodes
from assay.scanner.code.npm.snippets import set_in_place
from assay.scanner.code.npm.spoken import facts_of
from assay.scanner.code.npm.started import line_of, started_by
from assay.scanner.code.npm.tests_meant import loads_otherwise, tests_meant
from assay.scanner.code.npm.workers import workers
from assay.scanner.code.package import Module, Unread
from assay.scanner.code.reach import TRIGGERS, Reach
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Set

    from assay.scanner.code.facts import ImportFact
    from assay.scanner.code.ir import Unit
    from assay.scanner.code.javascript_prefilter import Scanned
    from assay.scanner.code.mark import Mark
    from assay.scanner.code.npm.layout import Layout
    from assay.scanner.code.npm.runs import Follower, Snippet

_ROUNDS = 32
"""Times that files are evaluated which others were seen to start."""

_ASSET = lazy(
    r"\.(?:json5?|node|wasm|css|s[ac]ss|less|styl|png|jpe?g|gif|svg|ico|webp|avif|bmp|woff2?|ttf|otf|eot|mp[34]|webm|ogg|wav"
    r"|pdf|map|graphql|gql|html?|md|mdx|vue|svelte|astro|hbs|ejs|pug|ya?ml|glsl|bin|zip|gz)\Z",
    re.IGNORECASE,
)
"""Files that code names and that are no code: data, addons, and what bundlers put in."""

TOO_MUCH = Unread(MANIFEST, "code-budget", "scripts that run too much")


def marked(path: str, data: bytes) -> dict[str, tuple[Mark, ...]]:
    """Return the marks of a file as a text, by its path; nothing if it has none."""
    found = marks(data, path, None) if suspicious(data) else ()
    return {path: found} if found else {}


def _rank(reach: Reach) -> tuple[int, bool, int]:
    return TRIGGERS.index(reach.trigger), reach.asked, len(reach.trace)


class Gathered(NamedTuple):
    """The files of a package: what is held, what the prefilter saw of those with code, texts that code may load.

    ``large`` are files that are too large to be parsed whole unless they run at install; of some the store holds parts.
    """

    store: Store
    scanned: Mapping[str, Scanned]
    data: Mapping[str, bytes]
    large: Mapping[str, bytes]


class Evaluation:
    """What is known of a package while it is evaluated. ``unread`` is what was not looked at."""

    def __init__(self, laid: Layout, follower: Follower, gathered: Gathered) -> None:
        self.laid = laid
        self.follower = follower
        self.runs = follower.runs()
        self.gathered = gathered
        self.unread: list[Unread] = []
        self.marks: dict[str, tuple[Mark, ...]] = {}
        self._every = False
        self._asleep: Set[str] = frozenset()
        """The files that are read for what they do when they are loaded: what only a call runs says nothing new."""

        self._first: set[str] = set()
        self._in_parts: set[str] = set()
        self._beside: list[tuple[str, str]] = []
        """What evaluated files load that is no code by its name: by which, and as written."""

        self._small = sum(file.size for file in gathered.scanned.values()) <= WHOLE_PACKAGE
        self.facts = Facts()
        self.snippets: dict[str, Snippet] = {}
        self.workers: dict[str, set[str]] = {}
        self._reach: dict[str, Reach] | None = None
        self.loads = {path: self._resolved(path, file.imports) for path, file in gathered.scanned.items()}
        self.python: list[str] = []
        self._take_runs()

    def _resolved(self, path: str, names: Iterable[str]) -> set[str]:
        resolve = self.laid.files.resolve
        return {found for name in names if (found := resolve(path, name)) and found != path}

    def _take_runs(self) -> None:
        """Take over what is run by scripts and commands, as far as it is known by now."""
        self.runs = self.follower.runs()
        self._reach = None
        for snippet in self.runs.snippets:
            if snippet.language == "javascript" and snippet.name not in self.snippets:
                self.snippets[snippet.name] = snippet
                imports = scanner().scan(snippet.text.encode("utf-8", "surrogatepass"), snippet.name).imports
                self.loads[snippet.name] = self._resolved(snippet.name, imports)
        store = self.gathered.store
        self.python = [path for path in nodes(self.runs) if language_of(path) == "python" and path in store]

    def _at(self, *triggers: str) -> set[str]:
        """The files and snippets that run at some triggers, as far as that is known by now."""
        known = {**self.gathered.scanned, **self.snippets}
        return {path for path, reach in self._reached().items() if reach.trigger in triggers and path in known}

    def _chosen(self) -> set[str]:
        """The files that the prefilter chooses; large ones in which nothing was met are parsed only at install."""
        store, (installs, unasked) = self.gathered.store, (self._at("install"), self._at("install", "import"))
        scanned = settled(self.gathered.scanned, unasked, store.get)
        self.gathered = self.gathered._replace(scanned=scanned)
        chosen = candidates(scanned, self.loads, unasked, installs)
        self._asleep = chosen - candidates(scanned, self.loads, (), installs)
        return {path for path in chosen if scanned[path].size <= WHOLE or scanned[path].hits}

    def read(self, *, every: bool) -> tuple[tuple[Module, ...], Facts]:
        """Evaluate the files that the prefilter chooses, or every one, and all that runs at install.

        Returns the modules by path, and the facts.
        """
        self._every = every
        chosen = set(self.gathered.scanned) if every else self._chosen()
        loaders = self._loaders(chosen)
        chosen |= loaders
        self._asleep -= loaders
        done: set[str] = set()
        for _ in range(_ROUNDS):
            self._first = first = self._at("install")
            todo = [*self._held(first - done), *self._held(chosen - first - done)]
            if not todo:
                break
            done.update(todo)
            self._evaluate(todo)
            self._take_runs()
        left = sorted(self._at("install") - done)
        self.unread += [
            Unread(path, "code-budget", "runs at install, more than can be held or followed") for path in left
        ]
        parts = sorted(self._at("install") & self._in_parts)
        self.unread += [Unread(path, "code-budget", "runs at install, and was read in parts") for path in parts]
        if not self.runs.whole:
            self.unread.append(TOO_MUCH)
        found, loads, unread = python_facts(
            self.gathered.store, self.python, [one for one in self.runs.snippets if one.language == "python"]
        )
        self.unread += unread
        self.loads.update({path: set(others) for path, others in loads.items()})
        if loads:
            self.python, self._reach = sorted({*self.python, *loads}), None
        self.unread += self._left_out()
        facts = united(united(self.facts, found), facts_of(self.runs.spoken))
        return self._modules(), set_in_place(facts, self.runs.snippets)

    def _loaders(self, chosen: Set[str]) -> set[str]:
        """The files that run unasked and may load what is a test by its name, in a way that only evaluation reads.

        None where no test is chosen: then it makes no difference whether one is loaded.
        """
        if not any(is_test(path) for path in chosen):
            return set()
        unasked = [path for path in self._at("install", "import") if path in self.gathered.store]
        return {path for path in unasked if loads_otherwise(self.gathered.store.get(path) or b"")}

    def _held(self, paths: Iterable[str]) -> list[str]:
        """Those of files and snippets that can be evaluated, sorted."""
        held = self.gathered
        return sorted(
            path
            for path in paths
            if path in held.store or path in self.snippets or (path in self._first and path in held.large)
        )

    def _left_out(self) -> Iterator[Unread]:
        """The files that run and could not be read: their names tell no language, or they are too large.

        What bundlers take for pictures, styles and the like is none of them, unless a script runs it.
        """
        gathered = self.gathered
        known = {*gathered.scanned, *gathered.store.paths(), *gathered.data, *self.snippets, *self.python}
        unasked = self._at("install", "import")
        beside = {path for by, name in self._beside if by in unasked for path in self._resolved(by, (name,))}
        for path in sorted(beside - known):
            if not language_of(path) and not _ASSET.search(path):
                yield Unread(path, "not-code", "loaded when the package is, but not read as code")
        for node in nodes(self.runs):
            if node in self.laid.files.paths and node not in gathered.scanned and node not in gathered.store:
                yield Unread(node, "not-code", "run when the package is installed, but not read as code")

    def _evaluate(self, todo: Iterable[str]) -> None:
        todo = list(todo)
        sizes = {path: len(self.snippets[path].text) for path in todo if path in self.snippets}
        sizes |= {path: self._size(path) for path in todo if path not in sizes}
        for window in windows(todo, sizes, self.unread):
            units = {path: self._lowered(path) for path in window}
            ranks = self._by_trigger(units)
            found = analyse(units, ranks, lower, self.gathered.data, self.laid.files.resolve, self._asleep)
            self.unread += unfinished(found, {path: path for path in units})
            self._follow(found, units)
            self.facts = united(self.facts, found._replace(imports=()))

    def _size(self, path: str) -> int:
        """The bytes of a file that are going to be parsed, before it is cut to what was met in it."""
        whole = self.gathered.large.get(path) if path in self._first else None
        return self.gathered.store.size(path) if whole is None else len(whole)

    def _content(self, path: str) -> tuple[bytes, bytes]:
        """A file as it is held, and what is parsed of it, cut to what was met in it or not; it is held no longer."""
        held = self.gathered.store.pop(path) if path in self.gathered.store else b""
        if path in self._first and path in self.gathered.large:
            return self.gathered.large[path], self.gathered.large[path]
        file = self.gathered.scanned.get(path)
        hits = self._parted(path, len(held))
        if file is not None and (hits or len(held) != file.size):
            self._in_parts.add(path)
        return held, excerpt(held, hits) if hits else held

    def _by_trigger(self, names: Iterable[str]) -> list[str]:
        """What runs sooner and unasked first, then what is nearest: what several call runs when the first does."""
        reached = self._reached()
        unknown = Reach(TRIGGERS[-1])
        ranks = {name: reached.get(name, unknown) for name in names}
        return sorted(ranks, key=lambda name: (*_rank(ranks[name]), name))

    def _parted(self, path: str, size: int) -> tuple[int, ...]:
        """The places around which a file is parsed, () for one that is parsed as it is held."""
        file = self.gathered.scanned.get(path)
        if file is None or file.size != size or self._every or self._small or file.hot & UNCLEAR:
            return ()
        return () if path in self._first else file.hits or file.ends

    def _lowered(self, path: str) -> Unit:
        snippet = self.snippets.get(path)
        if snippet:
            data = parsed = snippet.text.encode("utf-8", "surrogatepass")
        else:
            data, parsed = self._content(path)
        unit = lower(parsed, f"{path}.js" if snippet else path)
        self.workers[path] = {found for name in workers(data) if (found := self.laid.files.resolve(path, name))}
        self.unread += [Unread(path, defect.reason, defect.detail) for defect in unit.defects if defect.reason]
        if not snippet:
            self.marks.update(marked(path, data))
        return unit

    def _follow(self, facts: Facts, units: Mapping[str, Unit]) -> None:
        """Put what evaluated files load and start at their top in the place of what they seemed to load.

        Of a file that is read in windows both count.
        """
        self._reach = None
        for path in units:
            known = self.loads[path] if path in self.gathered.scanned and self.gathered.scanned[path].hits else set()
            self.loads[path] = known | self.workers.pop(path, set())
        for fact in facts.imports:
            if fact.where.at_import:
                found = self._loaded(fact)
                self.loads[fact.where.by or fact.where.module].update(found)
                self._beside += [] if found else [(fact.where.module, fact.name)]
        for call in facts.calls:
            self.loads[call.where.module].update(tests_meant(call, self.laid.files))
            if call.where.at_import:
                self.loads[call.where.by or call.where.module].update(started_by(call, self.laid.files))
                line = line_of(call)
                if line:
                    path = self.snippets[call.where.module].path if call.where.module in self.snippets else ""
                    self.follower.command(call.where.module, path or call.where.module, call.where.place, line)

    def _loaded(self, fact: ImportFact) -> set[str]:
        """The file that an import means; one of another window, or that is not evaluated, is named as written."""
        known = fact.name in self.gathered.scanned
        return {fact.name} if known else self._resolved(fact.where.module, (fact.name,)) & self.gathered.scanned.keys()

    def _reached(self) -> dict[str, Reach]:
        """What reaches each file, by what is known of loads now."""
        if self._reach is None:
            self._reach = self._walked()
        return self._reach

    def _walked(self) -> dict[str, Reach]:
        lines = {node for _, node in self.runs.modules.values()}
        beside = {path for others in self.loads.values() for path in others}
        snippets = {snippet.name for snippet in self.runs.snippets}
        code = {*self.gathered.scanned, *self.snippets, *snippets, *self.python, *lines, *beside, *nodes(self.runs)}
        return reaches(self.laid, self.runs, self.loads, code)

    def _modules(self) -> tuple[Module, ...]:
        reached = self._reached()
        found = {path: self._module(path, path, reach) for path, reach in reached.items()}
        for snippet in self.runs.snippets:
            found[snippet.name] = self._module(snippet.name, snippet.path, reached[snippet.name])
        for name, (path, node) in self.runs.modules.items():
            module = self._module(name, path, reached[node])
            found[name] = module._replace(trace=module.trace or (node,))
        labels = {node for _, node in self.runs.modules.values()} - self.runs.modules.keys()
        return tuple(module for name, module in sorted(found.items()) if name not in labels)

    def _module(self, name: str, path: str, reach: Reach) -> Module:
        return Module(name, path, reach.trigger, self._shown(reach.trace), reach.asked)

    def _shown(self, trace: tuple[str, ...]) -> tuple[str, ...]:
        """A trace without snippets, which stand where their scripts do."""
        names = {snippet.name for snippet in self.runs.snippets}
        return tuple(node for node in trace if node not in names) if names else trace
