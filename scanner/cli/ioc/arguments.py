"""What the commands of ``assay ioc`` have in common: options, the day, the key, and what they say at the end."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assay.corpus import local, shapes
from assay.corpus.shipped import load_trust
from assay.formatters.escape import visible
from assay.scanner.cli.corpus.arguments import note
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.options import completes
from assay.scanner.errors import UsageError
from assay.scanner.knowledge import IndicatorKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from assay.corpus.indicators import IndicatorEntry
    from assay.corpus.local import Change

KINDS = tuple(kind.value for kind in IndicatorKind)

Kind = Annotated[
    str | None,
    typer.Option(
        "--kind",
        envvar="ASSAY_KIND",
        help=f"{', '.join(KINDS[:-1])} or {KINDS[-1]}.",
        show_default=False,
        autocompletion=completes(KINDS),
    ),
]
Day = Annotated[
    str | None,
    typer.Option(
        "--date", envvar="ASSAY_DATE", help="Day that the pack is dated by, YYYY-MM-DD.", show_default="today"
    ),
]


def checked_kind(kind: str | None) -> str | None:
    """Return a kind of indicator in lower case, None if none is given.

    Raises:
        UsageError: there is no such kind.
    """
    if kind is None:
        return None
    if kind.strip().lower() not in KINDS:
        raise UsageError(f"--kind {shapes.shown(kind)}: choose one of {', '.join(KINDS)}")
    return kind.strip().lower()


def day_or_today(day: str | None) -> str:
    """Return a day that is given, else today's by UTC, YYYY-MM-DD.

    Raises:
        UsageError: it is no day.
    """
    if day is None:
        return datetime.datetime.now(datetime.UTC).date().isoformat()
    try:
        found = shapes.day(day)
    except UsageError:
        found = ""
    if not found:
        raise UsageError(f"--date {shapes.shown(day)}: not a day written YYYY-MM-DD")
    return found


def change(
    folder: str, edit: Callable[[tuple[IndicatorEntry, ...]], Iterable[IndicatorEntry]], day: str | None
) -> Change:
    """Change what is registered in a store. Raises as ``local.change``."""
    warn_of_key(folder)
    return local.change(folder, load_trust(), edit, day=day_or_today(day), new_key=Ed25519PrivateKey.generate)


def warn_of_key(folder: str) -> None:
    """Warn on standard error if others may use the key that signs what is registered."""
    if local.is_exposed(folder):
        path = local.key_path(folder)
        note(f"warning: {path}: others on this machine can read or change this private key; run: chmod 600 {path}")


def say_state(made: Change) -> None:
    """Say which pack holds what is registered now."""
    after = made.after
    held = len(after.entries)
    what = f"{held} indicator{'' if held == 1 else 's'}"
    if after is made.before:
        what += ", unchanged"
    if not after.digest:
        write_stdout(f"nothing is registered, {what}\n")
        return
    write_stdout(f"local {local.EPOCH}.{after.seq}, sha256:{after.digest}: {what}\n")


def say(line: str) -> None:
    """Write one line of which parts are somebody else's text."""
    write_stdout(f"{visible(line)}\n")
