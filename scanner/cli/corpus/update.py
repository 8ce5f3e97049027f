"""``assay corpus update``: fetch what changed of the sources, and build, sign and import a pack of them."""

from __future__ import annotations

import datetime
import os
import platform
import sys
import time
import unicodedata
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, NamedTuple

import platformdirs
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from assay.corpus import feeds, fetch, gathering, refresh
from assay.corpus.pack import FileBytes
from assay.corpus.store import Store
from assay.corpus.verify import verify_head
from assay.formatters.escape import visible
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import (
    Keys,
    PassphraseFiles,
    PassphraseVariables,
    load_trust_root,
    note,
    passphrases,
    read_file,
    read_keys,
)
from assay.scanner.cli.emit import write_file, write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import CorpusError, UsageError
from assay.scanner.installation import read_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assay.corpus.anchors import Trust
    from assay.corpus.build import BuiltPack
    from assay.corpus.feeds import SourceCount
    from assay.corpus.gathering import Order

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Spec = Annotated[str, typer.Option("--spec", envvar="ASSAY_SPEC", help="Build specification with URLs, JSON.")]
Mirror = Annotated[
    str | None,
    typer.Option("--mirror", envvar="ASSAY_MIRROR", help="Fetch nothing: read this folder, laid out by 'path'."),
]
Cache = Annotated[
    str | None,
    typer.Option("--cache", envvar="ASSAY_CACHE", help="Mirror and earlier work.", show_default="the user's cache"),
]
PackOutput = Annotated[
    str | None, typer.Option("--output", "-o", envvar="ASSAY_OUTPUT", help="Write the pack here too.")
]
Import = Annotated[bool, typer.Option("--import/--no-import", envvar="ASSAY_IMPORT", help="Take it into the store.")]
Check = Annotated[bool, typer.Option("--check", envvar="ASSAY_CHECK", help="Only say how old each source is.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", envvar="ASSAY_AS_OF", help="Count ages to this day.", show_default="today")
]
MaxAge = Annotated[
    int | None,
    typer.Option("--max-age", min=0, envvar="ASSAY_MAX_AGE", help="With --check: exit 5 if one is more days old."),
]
Only = Annotated[list[str] | None, typer.Option("--only", envvar="ASSAY_ONLY", help="Fetch this source alone.")]
Seq = Annotated[
    int | None,
    typer.Option("--seq", min=1, envvar="ASSAY_SEQ", help="Number of the pack.", show_default="one more than the last"),
]
KeepGoing = Annotated[
    bool, typer.Option("--keep-going", envvar="ASSAY_KEEP_GOING", help="Use the last good copy of what fails.")
]
AllowShrink = Annotated[
    bool,
    typer.Option("--allow-shrink", envvar="ASSAY_ALLOW_SHRINK", help="Accept a source with less than half of before."),
]
CaBundle = Annotated[
    str | None,
    typer.Option("--ca-bundle", envvar="ASSAY_CA_BUNDLE", help="Trust the TLS authorities in this PEM file alone."),
]
SECONDS = "ASSAY_FETCH_TIMEOUT"
"""The environment variable with the seconds after which a server that is silent is given up, 30 by default."""


@app.command()
def update(
    spec: Spec,
    mirror: Mirror = None,
    cache: Cache = None,
    keys: Keys = None,
    variables: PassphraseVariables = None,
    files: PassphraseFiles = None,
    output: PackOutput = None,
    import_: Import = True,
    check: Check = False,
    as_of: AsOf = None,
    max_age: MaxAge = None,
    only: Only = None,
    seq: Seq = None,
    keep_going: KeepGoing = False,
    allow_shrink: AllowShrink = False,
    ca_bundle: CaBundle = None,
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Fetch sources, build a pack of them, sign and import it.

    All or nothing: a source that fails leaves pack, mirror and store as they were. For machines with a network;
    --mirror does the same without.
    """
    plan = feeds.read_plan(read_file(spec))
    order = gathering.Order(
        plan=plan,
        cache=os.path.join(cache or _default_cache(), plan.build.channel),
        today=_today(as_of),
        code=f"{read_tool().ruleset} {platform.python_version()} {unicodedata.unidata_version}",
        mirror=mirror,
        only=refresh.require_sources(plan, given.listed(only)),
        keep_going=keep_going,
        allow_shrink=allow_shrink,
        seq=seq,
    )
    if check:
        _check_ages(order, max_age)
        return
    if max_age is not None:
        raise UsageError("--max-age: give --check too")
    if import_ and not keys:
        raise UsageError("corpus update: an unsigned pack is imported nowhere; give --key, or --no-import and --output")
    if not import_ and output is None:
        raise UsageError("corpus update --no-import: name the file to write with --output")
    order = replace(order, keys=tuple(read_keys(keys, passphrases(variables, files))))
    target = Target(Store(store or default_store()) if import_ else None, load_trust_root(trust_root), output)
    _report(_run(order, target, ca_bundle), output)


class Target(NamedTuple):
    """Where the pack goes: the store, None for none, which believes ``trusted``; and a file, None for none."""

    store: Store | None
    trusted: Trust
    output: str | None

    def channel(self, name: str) -> refresh.Channel:
        """Return what the store has of a channel. Raises CorpusError E_STORE."""
        known = self.store.state().channels.get(name) if self.store else None
        if self.store is None or known is None:
            return refresh.Channel()
        accepted = known.accepted
        sources: dict[str, SourceCount] = {}
        try:
            file = FileBytes(self.store.pack_path(accepted.digest))
            try:
                made = verify_head(file, self.store.trust(self.trusted)).manifest
            finally:
                file.close()
        except CorpusError:
            made = None  # removed or revoked since; the last build is compared with all the same
        for each in made.sources if made else ():
            sources[each.id] = feeds.SourceCount(each.date, each.records_in, each.records_used)
        return refresh.Channel((accepted.epoch, accepted.seq), accepted.digest, sources)

    def needs(self, digest: str) -> bool:
        """Say whether the pack of a digest is missing in the store or as a file."""
        missing = self.store is not None and digest not in self.store.state().packs
        return missing or (self.output is not None and not os.path.exists(self.output))

    def deliver(self, built: BuiltPack, path: str) -> None:
        """Import a pack and write it. Raises CorpusError of every code, UsageError."""
        if self.store is not None:
            self.store.import_pack(path, self.trusted)
        if self.output is not None:
            write_file(self.output, built.data)


def _run(order: Order, target: Target, ca_bundle: str | None) -> refresh.Outcome:
    channel = target.channel(order.plan.build.channel)
    if order.mirror is not None:
        return refresh.update(order, None, channel, target.deliver, note, needed=target.needs)
    try:
        client = fetch.open_client(ca_bundle, read=_read_timeout())
    except OSError as error:
        raise UsageError(f"{ca_bundle or 'TLS authorities'}: no certificates in PEM that can be read") from error
    with client, _progress() as progress:
        surroundings = fetch.Surroundings(time.sleep, time.time, time.monotonic, progress)
        transport = gathering.Transport(client, surroundings)
        return refresh.update(order, transport, channel, target.deliver, note, needed=target.needs)


def _default_cache() -> str:
    return os.path.join(platformdirs.user_cache_dir("assay", appauthor=False), "update")


def _today(as_of: str | None) -> str:
    if as_of is None:
        return datetime.datetime.now(datetime.UTC).date().isoformat()
    try:
        return datetime.date.fromisoformat(as_of).isoformat()
    except ValueError as error:
        raise UsageError(f"--as-of {as_of}: not a date; write it YYYY-MM-DD") from error


def _read_timeout() -> float:
    text = os.environ.get(SECONDS, "30")
    if not text.isdecimal() or not 1 <= int(text) <= 3600:
        raise UsageError(f"{SECONDS}={text}: give seconds from 1 to 3600")
    return float(text)


@contextmanager
def _progress() -> Iterator[Callable[[int, int | None], None]]:
    """Give a function that shows the bytes that came: a bar on a terminal's stderr, nothing in a pipe or in CI."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("CI"):
        yield lambda _done, _total: None
        return
    columns = (TextColumn("fetching"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("fetching", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _check_ages(order: Order, max_age: int | None) -> None:
    ages = refresh.ages(order)
    lines = [f"{each.source}  {each.date or 'never built from'}" for each in ages]
    lines = [
        line if each.days is None else f"{line}  {each.days} day(s) old" for line, each in zip(lines, ages, strict=True)
    ]
    write_stdout("".join(f"{visible(line)}\n" for line in lines))
    old = [each.source for each in ages if max_age is not None and (each.days is None or each.days > max_age)]
    if old:
        raise CorpusError("E_STALE", f"older than {max_age} day(s): {', '.join(old)}", "run 'assay corpus update'")


def _report(outcome: refresh.Outcome, output: str | None) -> None:
    if outcome.built is None:
        write_stdout("nothing changed; no new pack\n")
        return
    made = outcome.built.manifest
    lines = [
        f"{name}  {after.date}  {_counts(outcome.before.get(name), after)}" for name, after in outcome.after.items()
    ]
    gone = sorted(outcome.before.keys() - outcome.after.keys())
    lines += [f"{name}  no longer in the specification" for name in gone]
    lines.append(f"{made.channel} epoch {made.epoch} seq {made.seq}, sha256:{outcome.built.digest}")
    if output is not None:
        lines.append(f"{output}: {len(outcome.built.data):,} bytes")
    write_stdout("".join(f"{visible(line)}\n" for line in lines))


def _counts(before: SourceCount | None, after: SourceCount) -> str:
    read, used = f"{after.records_in:,}", f"{after.records_used:,}"
    if before is not None:
        read, used = f"{before.records_in:,} -> {read}", f"{before.records_used:,} -> {used}"
    return f"{read} records, {used} used"
