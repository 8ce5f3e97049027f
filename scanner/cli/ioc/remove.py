"""``assay ioc remove``: no longer look for something."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated

import typer

from assay.corpus import local
from assay.corpus.shapes import shown
from assay.corpus.shipped import load_trust
from assay.scanner.cli import options as given
from assay.scanner.cli.ioc import arguments, values
from assay.scanner.cli.run import default_store
from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assay.corpus.indicators import IndicatorEntry
    from assay.corpus.local import IndicatorKey

_NAMED = 3
"""Indicators that an error message names."""

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def remove(
    texts: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VALUE]...", help="As 'assay ioc list' shows it.", show_default=False),
    ] = None,
    kind: arguments.Kind = None,
    versions: Annotated[
        str, typer.Option("--versions", envvar="ASSAY_VERSIONS", help="Versions of a package, as registered.")
    ] = "",
    day: arguments.Day = None,
    store: given.StoreFolder = None,
) -> None:
    """Remove what you registered.

    Single values, or with --kind alone all of a kind. All of them or none: exit 2 if one is not registered.
    """
    asked = arguments.checked_kind(kind)
    if not texts and asked is None:
        raise UsageError("ioc remove: nothing to remove; give a VALUE, or --kind for all of a kind")
    folder = store or default_store()
    # First without the lock: where nothing was ever registered, nothing is made.
    _chosen(texts or (), asked, versions, local.read(folder, load_trust()).entries)

    def edit(known: tuple[IndicatorEntry, ...]) -> Iterable[IndicatorEntry]:
        gone = _chosen(texts or (), asked, versions, known)
        return [entry for entry in known if local.key_of(entry) not in gone]

    made = arguments.change(folder, edit, day)
    kept = set(made.after.entries)
    for entry in made.before.entries:
        if entry not in kept:
            arguments.say(f"removed {values.named(entry)}")
    arguments.say_state(made)


def _chosen(
    texts: Sequence[str], kind: str | None, versions: str, known: Sequence[IndicatorEntry]
) -> frozenset[IndicatorKey]:
    """Return what the values name among what is registered.

    Raises:
        UsageError: one of them names nothing, or several things.
    """
    if not known:
        raise UsageError(f"{shown((*texts, f'--kind {kind}')[0])}: nothing is registered, so nothing was removed")
    if not texts:
        if versions:
            raise UsageError("--versions: say of which package; give a VALUE")
        found = frozenset(local.key_of(entry) for entry in known if entry.kind == kind)
        if not found:
            raise UsageError(f"--kind {kind}: nothing of this kind is registered; 'assay ioc list' shows what is")
        return found
    keys = frozenset(map(local.key_of, known))
    return frozenset(_named(text, kind, versions, keys, known) for text in texts)


def _named(
    text: str, kind: str | None, versions: str, keys: frozenset[IndicatorKey], known: Sequence[IndicatorEntry]
) -> IndicatorKey:
    if kind is None and not versions:
        literal = [entry for entry in known if values.label(entry) == text]
        if len(literal) > 1:
            kinds = " or ".join(entry.kind for entry in literal)
            raise UsageError(f"{shown(text)}: registered more than once; say --kind {kinds}")
        if literal:
            return local.key_of(literal[0])
    try:
        key = local.key_of(values.indicator(text, kind, versions))
    except UsageError as error:
        raise UsageError(f"{error}{_suggestion(text, known)}") from error
    if key not in keys:
        raise UsageError(
            f"{shown(text)}: not registered{_suggestion(text, known, key[1])}; 'assay ioc list' shows what is"
        )
    return key


def _suggestion(text: str, known: Sequence[IndicatorEntry], value: str | None = None) -> str:
    """Return what may have been meant: the same package in other versions, else what is spelled almost so."""
    labels = [values.label(entry) for entry in known if entry.value == value]
    labels = labels or difflib.get_close_matches(text, list(dict.fromkeys(map(values.label, known))), n=_NAMED)
    return f"; did you mean {' or '.join(map(shown, labels[:_NAMED]))}?" if labels else ""
