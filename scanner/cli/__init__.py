"""The command line: composes the commands, each a module of its own that is loaded only when it is asked for."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import click
import typer

from assay import __version__
from assay.scanner.cli.lazy import lazy_group
from assay.scanner.errors import AssayError, CorpusError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "scan": "scan",
    "check": "check",
    "diff": "diff",
    "rules": "rules",
    "explain": "explain",
    "corpus": "corpus",
    "ioc": "ioc",
    "version": "version",
}
"""Command name to the module below ``assay.scanner.cli`` that holds its ``app``."""

CORPUS_ADVICE = {
    "E_HASH": "the pack is damaged or was tampered with; get it again from its publisher",
    "E_INDEX": "the pack is not well formed; tell its publisher",
    "E_SIGNATURE": "the pack was not signed by a key that you trust; get it from its publisher",
    "E_THRESHOLD": "too few of the keys that you trust have signed; ask its publisher for the missing signature",
    "E_ROLLBACK": "an older pack than one accepted before; get the newest one",
    "E_EQUIVOCATION": "two packs claim to be the same release; ask the publisher which one is genuine",
    "E_REVOKED": "its publisher has withdrawn this pack; get a newer one",
    "E_STALE": "get a newer pack",
    "E_TOO_OLD": "this assay is too old for the pack; upgrade assay",
    "E_ROOT": "its trust root does not follow from those that are known here; ask its publisher for the ones between",
    "E_SOURCE": "mend or name the file",
    "E_STORE": "check the folder given with --store; 'assay corpus doctor' says what is wrong with it",
}
"""What to do about a refused pack, by the code of the refusal."""

EXIT_INTERNAL = 4
EXIT_INTERRUPTED = 130

typer.core.HAS_RICH = False  # with it, typer writes "\\[default: …]" into help that rich does not print


app = typer.Typer(
    cls=lazy_group("assay.scanner.cli", COMMANDS, reporting=("scan", "check")),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        click.echo(f"assay {__version__}")
        raise typer.Exit


@app.callback()
def assay(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version and end.")
    ] = False,
) -> None:
    """Tell whether the npm and PyPI packages that a project is about to trust are safe.

    Works offline from a signed corpus; reads, never runs, what it scans; gives the same bytes on every machine.
    """


def main() -> NoReturn:
    """Run the console script ``assay``.

    The process ends without taking its memory apart object by object, which would cost 5 % of a scan.
    """
    if sys.stderr is None:  # closed by whoever started the process
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
    code = run_command(sys.argv[1:])
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def run_command(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; every error becomes one line on stderr."""
    if sys.flags.optimize >= 2:
        return _fail("needs its own documentation strings; run Python without -OO and PYTHONOPTIMIZE=2", 2)
    try:
        command = typer.main.get_command(app)
        result = command.main(list(arguments), prog_name="assay", standalone_mode=False)
        _flush()
    except AssayError as error:
        return _fail(f"{error}{_advice(error)}", error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        return _fail(_usage(error), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted", EXIT_INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail(f"{error.filename or 'output'}: {error.strerror or error}", 2)
    except Exception as error:
        if os.environ.get("ASSAY_DEBUG"):
            raise
        return _fail(f"internal error: {type(error).__name__}: {error}; set ASSAY_DEBUG=1 for details", EXIT_INTERNAL)
    return result if isinstance(result, int) else 0


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _advice(error: AssayError) -> str:
    if not isinstance(error, CorpusError):
        return ""
    if error.advice:
        return f"; {error.advice}"
    return "; " + CORPUS_ADVICE.get(error.code, "not a pack that this assay accepts; get it again from its publisher")


def _usage(error: click.ClickException) -> str:
    message = error.format_message().replace("\n", " ")
    context: Any = getattr(error, "ctx", None)
    return f"{message} (see '{context.command_path} --help')" if context else message


def _fail(message: str, code: int) -> int:
    line = " ".join("".join(char if char.isprintable() else " " for char in message).split())
    print(f"assay: {line}", file=sys.stderr)  # noqa: T201
    return code
