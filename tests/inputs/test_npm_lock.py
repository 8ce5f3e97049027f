"""Scopes are handed on along the graph as npm does it."""

from __future__ import annotations

import pytest

from assay.scanner.inputs.npm_lock import scopes_along
from assay.scanner.models import Scope

PROD, DEV, OPTIONAL, PEER = Scope.PROD, Scope.DEV, Scope.OPTIONAL, Scope.PEER


@pytest.mark.parametrize(
    ("roots", "edges", "expected"),
    [
        ([("a", PROD)], {"a": [("x", PROD)]}, (PROD,)),
        ([("a", DEV)], {"a": [("x", PROD)]}, (DEV,)),
        ([("a", PROD)], {"a": [("x", OPTIONAL)]}, (OPTIONAL,)),
        ([("a", DEV)], {"a": [("x", OPTIONAL)]}, (DEV, OPTIONAL)),
        ([("a", PROD)], {"a": [("b", PEER)], "b": [("x", PROD)]}, (PEER,)),
        ([("a", PROD), ("b", DEV)], {"a": [("x", PROD)], "b": [("x", PROD)]}, (PROD,)),
        ([("a", OPTIONAL), ("b", DEV)], {"a": [("x", PROD)], "b": [("x", PROD)]}, (DEV, OPTIONAL)),
        ([("a", DEV)], {"a": [("x", PROD), ("x", OPTIONAL)]}, (DEV,)),
        ([("a", DEV)], {"a": [("b", PROD)], "b": [("a", PROD), ("x", PROD)]}, (DEV,)),
    ],
)
def test_scopes(roots: list[tuple[str, Scope]], edges: dict[str, list[tuple[str, Scope]]], expected: object) -> None:
    assert scopes_along(roots, edges)["x"] == expected


def test_what_cannot_be_reached_has_no_scope() -> None:
    assert scopes_along([("a", PROD)], {"x": [("a", DEV)]}) == {"a": (PROD,)}
