"""Marks on values of which more could be known: a budget ran out before they were worked out."""

from __future__ import annotations

from assay.scanner.code.ir import Place
from assay.scanner.code.values import Taint, Taints

CUT = "cut"
"""The kind of source of what was not worked out because a budget ran out. The recorder turns it into a gap."""

OVERFLOWN: Taints = frozenset((Taint(CUT, "bytes", "", Place(0, 0)),))
UNFINISHED: Taints = frozenset((Taint(CUT, "steps", "", Place(0, 0)),))
