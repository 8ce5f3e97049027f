"""Writing a report: to standard output or, whole or not at all, to a file."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from assay import formatters
from assay.formatters.options import RenderOptions
from assay.scanner.canonical import document, encode
from assay.scanner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.scanner.models import Report
    from assay.scanner.policy import Policy

_WITH_PAGES = frozenset({"sarif"})
"""Formats that hold the pages of the rules."""

PIPE_WIDTH = 100
"""Columns of a table that no terminal shows: the same everywhere."""


def require_format(name: str) -> None:
    """Refuse a format that there is not, before the work is done.

    Raises:
        UsageError: there is no such format.
    """
    if name not in formatters.FORMATS:
        raise UsageError(f"--format {name}: choose one of {', '.join(formatters.FORMATS)}")


def emit(
    report: Report,
    format_name: str,
    output: str | None,
    *,
    run_block: Mapping[str, Any] | None = None,
    verbose: bool = False,
    gate: Policy | None = None,
) -> None:
    """Render a report and write it; for the gate of a policy as the short table that says whether it passes.

    Raises:
        UsageError: there is no such format, a run block was asked for that only JSON can hold, or the file cannot be
            written.
    """
    if run_block is not None:
        if format_name != "json":
            raise UsageError("--with-timing: only --format json can hold it")
        text = encode({**document(report), "run": run_block}) + "\n"
    else:
        options = render_options(output, verbose=verbose)
        if gate is not None:
            options = options._replace(brief=gate.fail_on, allow_incomplete=gate.allow_incomplete)
        rules = importlib.import_module("assay.rules.catalogue").ALL if format_name in _WITH_PAGES else ()
        text = formatters.load(format_name).render(report, options, rules)
    if output is None:
        write_stdout(text)
    else:
        write_file(output, text.encode("utf-8", "backslashreplace"))


def render_options(output: str | None, *, verbose: bool = False) -> RenderOptions:
    """Return how wide and how colourful text may be: as the terminal is, plain and 100 columns everywhere else."""
    if output is not None or sys.stdout is None or not sys.stdout.isatty():
        return RenderOptions(PIPE_WIDTH, colour=False, verbose=verbose)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return RenderOptions(shutil.get_terminal_size((PIPE_WIDTH, 24)).columns, colour, verbose)


def write_stdout(text: str) -> None:
    """Write text as UTF-8, whatever the locale says. A reader that goes away does not change the exit code.

    Raises:
        UsageError: standard output is closed.
    """
    if sys.stdout is None:
        raise UsageError("standard output is closed; name a file with --output")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_file(path: str, data: bytes) -> None:
    """Write a file by way of a neighbour that is then renamed, so that no reader sees half of it.

    The neighbour is always a new file: a link that lies there under its name is removed, not followed.

    Raises:
        UsageError: it cannot be written.
    """
    partial = f"{path}.partial"
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as device:
                device.write(data)
            return
        with suppress(FileNotFoundError):
            os.unlink(partial)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(partial, path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; choose another --output") from error
