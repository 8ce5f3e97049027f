"""``--verify-determinism``: the same scan in other surroundings must give the same bytes.

Each run is a process of its own that differs in hash seed, time zone, locale, current folder, umask, number of
workers, the order in which folders are listed, whether anything is remembered, and in where the target lies.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.scanner.canonical import write
from assay.scanner.errors import GuardError
from assay.scanner.inputs.target import folder_of_all

if TYPE_CHECKING:
    from assay.scanner.cli.run import Scanned, Settings
    from assay.scanner.models import Inventory
    from assay.scanner.policy import Policy

_CONTEXT = 40
_HISTORY = frozenset({".git", ".hg", ".svn"})


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """How one run differs. ``moved`` scans a copy of the target at another path."""

    hash_seed: int
    time_zone: str
    locale: str
    umask: int
    jobs: int
    reverse_listing: bool
    moved: bool
    cache: bool


_RUNS = (
    _Surroundings(1, "Pacific/Kiritimati", "C", 0o077, 1, reverse_listing=True, moved=False, cache=False),
    _Surroundings(4242, "America/St_Johns", "tr_TR.UTF-8", 0o002, 3, reverse_listing=False, moved=True, cache=True),
    _Surroundings(0, "UTC", "C.UTF-8", 0o022, 2, reverse_listing=True, moved=True, cache=True),
)


def verify(scanned: Scanned, settings: Settings, *, quiet: bool = False) -> None:
    """Scan again in each of the surroundings and compare SHA-256 of the JSON report; print the digests to stderr.

    Raises:
        GuardError: two runs differ; the message has both digests and the first difference.
    """
    expected = write(scanned.report)
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        for number, surroundings in enumerate(_RUNS, 1):
            targets = [os.path.realpath(target) for target in settings.targets]
            if surroundings.moved:
                targets = _copies(targets, os.path.join(folder, f"elsewhere-{number}"), scanned.inventory)
            actual = _run(_options(settings, scanned.policy), surroundings, targets, folder)
            if not quiet:
                print(f"determinism run {number}: {_digest(expected)} {_digest(actual)}", file=sys.stderr)  # noqa: T201
            if actual != expected:
                raise GuardError(
                    f"determinism: run {number} differs: {_digest(expected)} and {_digest(actual)}; "
                    f"{_first_difference(expected, actual)}"
                )


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _copies(targets: list[str], folder: str, inventory: Inventory) -> list[str]:
    """Copy the targets below another folder, side by side as they are, links as links.

    Of a target that is a single file, what it includes is copied along, not all that lies beside it.
    """
    root = os.fsdecode(folder_of_all([os.fsencode(target) for target in targets]))
    copies = []
    for target in targets:
        place = os.path.normpath(os.path.join(folder, os.path.relpath(target, root)))
        copies.append(place)
        if os.path.isdir(target):
            _copy_folder(target, place)
    named = [os.path.relpath(target, root) for target in targets if not os.path.isdir(target)]
    for path in (*named, *(file.path for file in inventory.files)):
        source, place = os.path.join(root, path), os.path.join(folder, path)
        if os.path.exists(source) and not os.path.lexists(place):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            _copy_file(source, place)
    return copies


def _copy_folder(root: str, place: str) -> None:
    """Copy a folder so that a scan meets in the copy what it met in the original.

    A link into the folder points into the copy. Whatever is no regular file becomes a pipe, which no scan opens
    either; what may not be read becomes something empty that may not be read.
    """
    pending = [(root, place)]
    while pending:
        source, copy = pending.pop()
        os.makedirs(copy, exist_ok=True)
        try:
            with os.scandir(source) as listing:
                entries = list(listing)
        except PermissionError:
            os.chmod(copy, 0)
            continue
        for entry in entries:
            name = os.path.join(copy, entry.name)
            if entry.is_dir(follow_symlinks=False):
                pending += [(entry.path, name)] if entry.name not in _HISTORY else []
            elif not os.path.lexists(name):
                _copy_entry(entry, name, root, place)


def _copy_entry(entry: os.DirEntry[str], name: str, root: str, place: str) -> None:
    if entry.is_symlink():
        points_at = os.readlink(entry.path)
        inside = points_at == root or points_at.startswith(root + "/")
        os.symlink(place + points_at[len(root) :] if inside else points_at, name)
    elif not entry.is_file(follow_symlinks=False):
        os.mkfifo(name)
    else:
        _copy_file(entry.path, name)


def _copy_file(source: str, place: str) -> None:
    try:
        shutil.copyfile(source, place)
    except PermissionError:
        os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0))


def _run(options: list[str], surroundings: _Surroundings, targets: list[str], folder: str) -> str:
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("ASSAY_")},
        "PYTHONHASHSEED": str(surroundings.hash_seed),
        "TZ": surroundings.time_zone,
        "LC_ALL": surroundings.locale,
        "LANG": surroundings.locale,
    }
    command = [
        sys.executable,
        "-P",
        "-m",
        "assay",
        "scan",
        *targets,
        *options,
        "--jobs",
        str(surroundings.jobs),
    ]
    if surroundings.reverse_listing:
        command.append("--reverse-listing")
    if not surroundings.cache:
        command.append("--no-cache")
    result = subprocess.run(  # noqa: S603 - assay itself, by the interpreter that runs it
        command,
        env=environment,
        cwd=folder if surroundings.moved else "/",
        umask=surroundings.umask,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if not result.stdout:
        message = result.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise GuardError(f"determinism: a run ended with exit code {result.returncode}: {message}")
    return result.stdout.decode("utf-8")


def _options(settings: Settings, policy: Policy) -> list[str]:
    """Return the settings that decide the result, as options; paths made absolute, for the runs start elsewhere."""
    options = ["--format", "json", "--quiet"]
    for name, value in (
        ("--config", settings.config and os.path.abspath(settings.config)),
        ("--rules-file", settings.rules_file and os.path.abspath(settings.rules_file)),
        ("--profile", settings.profile),
        ("--fail-on", policy.fail_on),
        ("--min-severity", settings.min_severity),
        ("--store", settings.store and os.path.abspath(settings.store)),
        ("--trust-root", settings.trust_root and os.path.abspath(settings.trust_root)),
        ("--corpus-lock", settings.corpus_lock and os.path.abspath(settings.corpus_lock)),
        ("--as-of", settings.as_of),
        ("--max-age", None if settings.max_age is None else str(settings.max_age)),
        ("--rules", ",".join(settings.rules)),
        ("--exclude", ",".join(settings.exclude)),
        ("--corpus", ",".join(os.path.abspath(path) for path in settings.corpus)),
    ):
        if value:
            options += [name, value]
    for name, chosen in (("--no-code", not settings.with_code), ("--allow-incomplete", settings.allow_incomplete)):
        if chosen:
            options.append(name)
    return options


def _first_difference(expected: str, actual: str) -> str:
    place = next(
        (number for number, (left, right) in enumerate(zip(expected, actual, strict=False)) if left != right),
        min(len(expected), len(actual)),
    )
    start = max(0, place - _CONTEXT)
    return (
        f"first at character {place}: {expected[start : place + _CONTEXT]!r} and {actual[start : place + _CONTEXT]!r}"
    )
