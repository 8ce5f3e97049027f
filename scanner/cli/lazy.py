"""Groups of commands, each command a module of its own that is imported only when it is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

    import click


def lazy_group(package: str, commands: Mapping[str, str]) -> type[TyperGroup]:
    """Return the class of a group whose commands are those of ``commands``: name to the module below ``package``.

    Each module holds a typer application ``app``: one command, or a group again.
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
            return command

    return LazyGroup
