"""What evaluation and data flow have seen in the code of a package: all that rules read.

Every fact says where it was seen: ``module`` (the name under which the unit was given), ``layer`` (0 for the file
itself, else the number of the decoded layer, an index + 1 into ``Facts.layers``) and ``place`` in that text. When a
fact stands in a layer, the layer's own fact says where the code that unpacks it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from assay.scanner.code.ir import Place, Scalar


Spot = tuple[str, int, str]
"""Module, layer and name of a function."""


class Where(NamedTuple):
    """A place in the code of the package."""

    module: str
    layer: int
    place: Place
    function: str
    """Qualified name of the function or class that it stands in, as ``Install.run``; "" at the top of the module."""
    at_import: bool
    """Whether it is reached when the module is loaded: at its top, in a class body, or by calls from there."""
    conditions: tuple[str, ...]
    """What the branches around it ask, as ``platform:sys.platform``; "never" for a branch that cannot be taken."""
    by: str = ""
    """The other module of JavaScript whose top level calls it at import, "" if its own does."""

    @property
    def spot(self) -> Spot:
        """The function that it stands in."""
        return self.module, self.layer, self.function


class Folded(NamedTuple):
    """What is known of an argument."""

    kind: str
    """constant, partial, sequence, mapping, reference, function, class, unknown."""
    value: Scalar
    """The constant; for partial text its known parts, put together with ``…`` between; else None."""
    strings: tuple[str, ...]
    """All text inside, that of sequences, mappings and alternatives too, keys before values; bytes as latin-1."""
    names: tuple[str, ...]
    """Qualified names of what it refers to: ``builtins.exec``, ``Install`` for the package's own."""
    sources: tuple[str, ...]
    """Kinds of the sources that flowed in, sorted."""
    steps: tuple[str, ...]
    """The hiding steps by which it was assembled."""


class Argument(NamedTuple):
    """One argument of a call; ``position`` is -1 for a keyword, ``name`` "" for a positional one."""

    position: int
    name: str
    value: Folded


class ImportFact(NamedTuple):
    """A module is loaded by an import statement. ``name`` is qualified: ``os.path``, ``subprocess.Popen``."""

    where: Where
    name: str


class CallFact(NamedTuple):
    """A call of something that the vocabulary knows.

    ``road`` says how the callee was reached: "direct" for its own name, "alias" when it was bound to another name,
    "computed" when it came out of a call or an index; ``steps`` are the hiding steps of the callee (getattr,
    globals, import-name, …), those of the arguments are with each argument.
    """

    where: Where
    name: str
    kinds: tuple[str, ...]
    """What the vocabulary says of it: its sink and source kinds."""
    arguments: tuple[Argument, ...]
    receiver: tuple[Argument, ...]
    """The arguments of the call that made the receiver: of ``open`` for ``open(path).write(data)``."""
    road: str
    steps: tuple[str, ...]


class LayerFact(NamedTuple):
    """Bytes or text that reach a sink for code: executed, compiled, imported, or written and started.

    A layer with no ``encodings`` is a literal in the file. ``parsed`` says whether it was read as source code; then
    its facts carry ``number`` as their layer.
    """

    where: Where
    number: int
    sink: str
    sha256: str
    size: int
    encodings: tuple[str, ...]
    """Hiding steps in the order in which they were undone."""
    parsed: bool
    excerpt: str
    """The first 1,000 characters, not escaped."""
    strings: tuple[str, ...]
    """Names and strings that a reader of marshalled code found; empty for others."""


class FlowFact(NamedTuple):
    """A source reached a sink. ``chain``: place of the source, calls it went through, place of the sink."""

    where: Where
    source: str
    detail: str
    sink: str
    role: str
    """Which argument of the sink: code, command, url, data, headers, path, name, …"""
    name: str
    """Qualified name of the sink."""
    target: str
    """Host, URL, path or command as far as it is known, else ""."""
    chain: tuple[tuple[str, int, Place], ...]
    """(module, layer, place) of each station."""
    steps: tuple[str, ...]


class StringFact(NamedTuple):
    """A sensitive text that stands in no literal and exists only after folding; ``kind`` is the vocabulary's."""

    where: Where
    kind: str
    text: str
    """The sensitive part."""
    whole: str
    """The text around it, at most 200 characters."""
    steps: tuple[str, ...]


class ExhaustedFact(NamedTuple):
    """A budget ran out: what followed was looked at with less care. ``kind``: steps, bytes, loop, depth, layers.

    "loop" alone means that a long loop was not run to its end, which is common in innocent tables of numbers.
    """

    where: Where
    kind: str


class Facts(NamedTuple):
    """All facts of a package, each kind in the order of (module, layer, place)."""

    imports: tuple[ImportFact, ...] = ()
    calls: tuple[CallFact, ...] = ()
    layers: tuple[LayerFact, ...] = ()
    flows: tuple[FlowFact, ...] = ()
    strings: tuple[StringFact, ...] = ()
    exhausted: tuple[ExhaustedFact, ...] = ()
