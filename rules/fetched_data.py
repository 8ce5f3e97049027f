"""Code that comes from the network by a side road: printed by a program that fetches, or out of a pickle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.command_lines import command_of
from assay.rules.fetching_commands import fetching

if TYPE_CHECKING:
    from assay.rules.behaviour import Code
    from assay.scanner.code.facts import FlowFact, Where

_UNPICKLES = ("pickle.", "_pickle.", "dill.", "cloudpickle.", "jsonpickle.", "marshal.")
"""Formats that run what they read, or are code; others are told to be safe by how they are loaded."""

Function = tuple[str, int, str]
"""Module, layer and name."""


def fetched_by_commands(code: Code) -> dict[Function, str]:
    """Return the commands that fetch, by the functions that start them."""
    lines = ((call.where, command_of(call).line) for call in code.calls("process"))
    return {_function(where): line for where, line in lines if fetching(line)}


def comes_from(flow: FlowFact, commands: dict[Function, str]) -> str:
    """Return where code that runs has come from by a side road, "" if it has not, or not from the network."""
    if flow.sink == "deserialise" and flow.source == "remote" and flow.name.startswith(_UNPICKLES):
        return flow.detail or "the network"
    if flow.sink == "code" and flow.role == "code" and flow.source == "process":
        return commands.get(_function(flow.where), "")
    return ""


def _function(where: Where) -> Function:
    return where.module, where.layer, where.function
