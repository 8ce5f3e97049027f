"""``assay ioc register``: look for something from now on."""

from __future__ import annotations

from hashlib import file_digest
from typing import TYPE_CHECKING, Annotated

import typer

from assay.corpus import local
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import note
from assay.scanner.cli.ioc import arguments, values
from assay.scanner.cli.run import default_store
from assay.scanner.errors import UsageError
from assay.scanner.knowledge import IndicatorKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assay.corpus.indicators import IndicatorEntry

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def register(
    texts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VALUE]...", help="npm:NAME@VERSION, pypi:NAME, SHA-256, host, URL, address.", show_default=False
        ),
    ] = None,
    kind: arguments.Kind = None,
    versions: Annotated[
        str, typer.Option("--versions", envvar="ASSAY_VERSIONS", help="Versions of a package, e.g. '>=1.2.0 <1.3.0'.")
    ] = "",
    files: Annotated[
        list[str] | None, typer.Option("--file", envvar="ASSAY_FILE", help="Register the SHA-256 of this file.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", envvar="ASSAY_REASON", help="Reports say it.")] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", envvar="ASSAY_REFERENCE", help="A page about it, http(s).")
    ] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", envvar="ASSAY_EXPIRES", help="Last day that it counts, YYYY-MM-DD.")
    ] = None,
    day: arguments.Day = None,
    store: given.StoreFolder = None,
) -> None:
    """Let every scan look for something.

    For packages, files, hosts, URLs, e-mail addresses or texts. Defanged values (hxxp, [.]) are taken. What was
    registered before gets the new reason, reference or last day.
    """
    asked = arguments.checked_kind(kind)
    facts = {"reason": reason, "reference": reference, "expires": expires}
    stated = {name: value for name, value in facts.items() if value is not None}
    wanted = [values.indicator(text, asked, versions, **stated) for text in texts or ()]
    wanted += [values.indicator(_digest(path), IndicatorKind.FILE, **stated) for path in files or ()]
    if not wanted:
        raise UsageError("ioc register: nothing to register; give a VALUE or --file PATH")
    when = arguments.day_or_today(day)
    if wanted[0].expires and wanted[0].expires < when:
        note(f"warning: --expires {wanted[0].expires}: this day is over; as of later days it does not count")

    def edit(known: tuple[IndicatorEntry, ...]) -> Iterable[IndicatorEntry]:
        found = local.by_key(known)
        for entry in wanted:
            old = found.get(local.key_of(entry), entry)
            found[local.key_of(entry)] = old._replace(**{name: getattr(entry, name) for name in stated})
        return found.values()

    made = arguments.change(store or default_store(), edit, when)
    before = local.by_key(made.before.entries)
    after = local.by_key(made.after.entries)
    for key in dict.fromkeys(map(local.key_of, wanted)):
        verb = "registered" if key not in before else "updated" if before[key] != after[key] else "already registered:"
        arguments.say(f"{verb} {values.named(after[key])}")
    arguments.say_state(made)


def _digest(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise UsageError(f"--file {path}: {reason}; name a readable file") from error
