"""Groups of commands, each command a module of its own that is imported only when it is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import click


_OF_REPORTS = ("ASSAY_FORMAT", "ASSAY_OUTPUT")
"""Variables that say how and where a report is written; what else a command writes must not land there."""

_TOP = "assay.scanner.cli"


def lazy_group(package: str, commands: Mapping[str, str], reporting: Collection[str] = ()) -> type[TyperGroup]:
    """Return the class of a group whose commands are those of ``commands``: name to the module below ``package``.

    Each module holds a typer application ``app``: one command, or a group again. Of all commands only those that are
    ``reporting`` obey ASSAY_FORMAT and ASSAY_OUTPUT. In the others the same options have variables of their own, such
    as ASSAY_CORPUS_LIST_FORMAT: a sarif that is meant for reports would make them fail, and a signed pack would end up
    in the file that is meant for a report.
    """

    class LazyGroup(TyperGroup):
        def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
            return list(commands)

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
            if cmd_name not in commands:
                return None
            module = importlib.import_module(f"{package}.{commands[cmd_name]}")
            command = typer.main.get_command(module.app)
            command.name = cmd_name
            if cmd_name not in reporting:
                _rename_variables(command, (*package.removeprefix(_TOP).split(".")[1:], cmd_name))
            return command

    return LazyGroup


def _rename_variables(command: click.Command, path: tuple[str, ...]) -> None:
    own = "_".join(part.upper().replace("-", "_") for part in path)
    for parameter in command.params:
        if parameter.envvar in _OF_REPORTS:
            parameter.envvar = str(parameter.envvar).replace("ASSAY", f"ASSAY_{own}", 1)
