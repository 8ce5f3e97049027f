"""How much work an evaluation may do: counted in steps, bytes, turns and depth, never in seconds."""

from __future__ import annotations

from typing import NamedTuple

STEPS = 1_000_000
"""Operations that one analysis may evaluate beyond looking at every operation once."""

BYTES = 64 << 20
"""Bytes of constants that one analysis may build."""

CONSTANT = 8 << 20
"""Bytes of one constant."""

SMALL = 256
"""Bytes of a constant for which there is room always: names are put together although large texts came before.

What all of them take is bounded by the steps."""

TURNS = 20_000
"""Turns of one loop over a sequence."""

IDLE = 8_000
"""Steps that a loop may take without bringing a fact, or anything for its later turns; then one more turn ends it.

A table of 400 rows looked through with 20 operations each is looked through to its end."""

LONG = 250_000
"""Steps that a loop may take without bringing a fact, whatever it hands on; a quarter where code runs if called."""


class Patience(NamedTuple):
    """Steps that what one module, or one function nobody calls, begins may take without gaining anything.

    ``fruitless`` are steps that bring neither a fact nor text that was put together, ``untold`` those that bring no
    fact; from there on functions that are known are not evaluated again, and long loops end. ``loop`` is for one loop.
    ``trial`` are the steps that one function may take without gaining anything, after which its arguments are no longer
    told apart, and ``alike`` those after which objects of one class of the package are not either.
    """

    fruitless: int
    untold: int
    loop: int
    trial: int
    alike: int


UNASKED = Patience(60_000, STEPS, LONG, 1_500, 60_000)
CALLED = Patience(20_000, 100_000, LONG // 4, 300, 300)
"""For what runs only if somebody calls it."""

ALONE = CALLED._replace(trial=UNASKED.trial, alike=UNASKED.alike)
"""For what runs only if somebody runs the file by itself."""

TEXT_TURNS = 1 << 20
"""Turns of one comprehension over the characters of a constant, most of which are answered from the first ones."""

DOUBTS = 4
"""Undecided branches in a loop without a known end, after which it is not gone round again."""

DEPTH = 12
"""Calls of the package's own functions inside of one another."""

DEFERRED = 64
"""Calls that stand deeper, of those that run unasked, which are evaluated apart."""

LAYERS = 8
"""Decoded layers inside of one another."""

LAYER_BYTES = 4 << 20
"""Bytes of one decoded layer that is read as source code."""

ITEMS = 200_000
"""Elements of one sequence."""

BITS = 1 << 16
"""Bits of one integer."""


class Budget:
    """What is left; ``exhausted`` names each kind that ran out."""

    __slots__ = ("bytes", "exhausted", "steps")

    def __init__(self, steps: int = STEPS, size: int = BYTES) -> None:
        self.steps = steps
        self.bytes = size
        self.exhausted: set[str] = set()

    def spend(self, steps: int) -> bool:
        """Take steps; False once there are none left."""
        self.steps -= steps
        return self.steps >= 0

    def room(self, size: int) -> bool:
        """Take bytes for one constant; False when it is too large or the bytes have run out, but for small ones."""
        if size > CONSTANT or size > max(self.bytes, SMALL):
            self.exhausted.add("bytes")
            return False
        self.bytes -= size
        return True
