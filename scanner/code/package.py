"""What the code of one package does: the nouns that rules read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.code.facts import Facts

if TYPE_CHECKING:
    from assay.scanner.code.mark import Mark

_NO_FACTS = Facts()


class Module(NamedTuple):
    """One source file that was evaluated.

    ``name`` is the dotted name under which facts speak of it, ``path`` its path within the package. ``trigger`` says
    when its top level runs (``reach.TRIGGERS``) and ``trace`` by which files, () if by itself. ``asked`` says that it
    runs for nobody but who starts a command of the package by its name.
    """

    name: str
    path: str
    trigger: str
    trace: tuple[str, ...] = ()
    asked: bool = False


class PackageCode(NamedTuple):
    """All that reading the code of a package gave: its modules and its marks, both by path and sorted, and the facts.

    ``modules`` are all files with code, those too that the prefilter left out and that no fact speaks of.
    """

    modules: tuple[Module, ...] = ()
    facts: Facts = _NO_FACTS
    marks: tuple[tuple[str, tuple[Mark, ...]], ...] = ()


class Unread(NamedTuple):
    """Code that was not looked at, or not to its end: ``reason`` and ``detail`` are those of a Gap."""

    path: str
    reason: str
    detail: str
