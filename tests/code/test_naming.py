"""What a callee is, by whatever road it was reached; and names that only look like one."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import pytest

from tests.code.evaluation import facts_of, package


@pytest.mark.parametrize(
    ("source", "name", "road", "steps"),
    [
        ("exec(a)", "builtins.exec", "direct", ""),
        ("e = exec\ne(a)", "builtins.exec", "alias", ""),
        ("[exec][0](a)", "builtins.exec", "computed", "index"),
        ("{'k': exec}['k'](a)", "builtins.exec", "computed", "lookup"),
        ("(lambda: exec)()(a)", "builtins.exec", "computed", ""),
        ("(lambda f: f(a))(exec)", "builtins.exec", "alias", ""),
        ("def f(c, e=exec):\n    e(c)\nf(a)", "builtins.exec", "alias", ""),
        ("@exec\ndef f():\n    pass", "builtins.exec", "direct", ""),
        ("list(map(exec, [a]))", "builtins.exec", "direct", ""),
        ("import builtins\nbuiltins.exec(a)", "builtins.exec", "direct", ""),
        ("__builtins__.exec(a)", "builtins.exec", "direct", ""),
        ("__builtins__['exec'](a)", "builtins.exec", "computed", "dict"),
        ("__builtins__.__dict__['ex' + 'ec'](a)", "builtins.exec", "computed", "concat dict"),
        ("getattr(__builtins__, 'exec')(a)", "builtins.exec", "computed", "getattr"),
        ("def f[T: int](x: T):\n    exec(x)", "builtins.exec", "direct", ""),
        ("class A[*Ts, **P]:\n    exec(a)", "builtins.exec", "direct", ""),
        ("type A[T] = list[T]\nexec(a)", "builtins.exec", "direct", ""),
        ("eval('exec')(a)", "builtins.exec", "computed", "eval"),
        ("e = eval('\\x65xec')\ne(a)", "builtins.exec", "alias", "eval"),
        ("eval('__import__')('os').system(a)", "builtins.__import__", "computed", "eval"),
        ("globals()['exec'](a)", "builtins.exec", "computed", "globals"),
        ("globals()['__builtins__'].exec(a)", "builtins.exec", "direct", "globals"),
        ("vars(__builtins__)['exec'](a)", "builtins.exec", "computed", "dict"),
        ("print.__self__.exec(a)", "builtins.exec", "direct", "introspection"),
        ("from builtins import exec as q\nq(a)", "builtins.exec", "alias", ""),
        ("import functools\nfunctools.partial(exec, a)()", "builtins.exec", "direct", "partial"),
        ("from os import system as s\ns(a)", "os.system", "alias", ""),
        ("import os as p\np.system(a)", "os.system", "direct", ""),
        ("import os.path\nos.system(a)", "os.system", "direct", ""),
        ("__import__('os').system(a)", "os.system", "direct", "import-name"),
        ("import importlib\nimportlib.import_module('so'[::-1]).system(a)", "os.system", "direct", "reverse import-name"),
        ("import sys\nsys.modules['os'].system(a)", "os.system", "direct", "sys.modules"),
        ("import sys\nsys.modules.get('os').system(a)", "os.system", "direct", "sys.modules"),
        ("import os\nos.__dict__['system'](a)", "os.system", "computed", "dict"),
        ("import operator, os\noperator.attrgetter('system')(os)(a)", "os.system", "computed", "attrgetter"),
        ("import posix\nposix.system(a)", "os.system", "direct", ""),
        ("import os\nclass A:\n    run = os.system\nA.run(a)", "os.system", "alias", ""),
        ("import os\nclass A:\n    def __init__(self):\n        self.r = os.system\nA().r(a)", "os.system", "alias", ""),
        ("from subprocess import *\nPopen(a)", "subprocess.Popen", "direct", ""),
        ("import os\nf = os.system if a else os.popen\nf(b)", "os.system", "alias", ""),
        ("import os\nfor f in (os.system,):\n    f(a)", "os.system", "alias", ""),
        ("def f():\n    global e\n    e = exec\nf()\ne(a)", "builtins.exec", "alias", ""),
        ("import requests\nwith requests.Session() as s:\n    s.post(a)", "requests.Session().post", "direct", ""),
        ("import types\ntypes.FunctionType(compile(a, '', 'exec'), {})()", "builtins.exec", "direct", "function-type"),
        ("def f(): pass\ntype(f)(compile(a, '', 'exec'), {})()", "builtins.exec", "direct", "function-type"),
        ("import threading, os\nthreading.Thread(target=os.system, args=(a,)).start()", "os.system", "direct", ""),
    ],
)  # fmt: skip
def test_the_callee_is_resolved(source: str, name: str, road: str, steps: str) -> None:
    found = {(fact.name, fact.road, fact.steps) for fact in facts_of(source).calls}
    assert (name, road, tuple(steps.split())) in found


@pytest.mark.parametrize(
    "source",
    [
        "def exec(c):\n    pass\nexec(a)",
        "from m2 import exec\nexec(a)",
        "exec = print\nexec(a)",
        "def f(exec):\n    exec(a)",
        "class A:\n    def exec(self, c):\n        pass\nA().exec(a)",
        "import sqlite\ncursor.exec(a)",
        "x = 'exec(a)'",
        "exec",
        "e = exec\ndef f(e):\n    e(a)\nf(print)",
        "getattr(obj, 'exec')(a)",
        "{'exec': print}['exec'](a)",
    ],
)
def test_a_name_that_is_bound_to_something_else_is_not_the_built_in(source: str) -> None:
    assert "builtins.exec" not in {fact.name for fact in facts_of(source).calls}


@pytest.mark.parametrize(
    "sources",
    [
        {"p": "", "p__a": "from os import system", "p__b": "from .a import system\nsystem(c)"},
        {"p": "from .a import *", "p__a": "from os import system", "p__b": "from p import system\nsystem(c)"},
        {"p": "from . import a", "p__a": "import os", "p__b": "import p\np.a.os.system(c)"},
        {"p": "", "p__a": "import os as q", "p__b": "import p.a\np.a.q.system(c)"},
        {
            "p": "from .a import run",
            "p__a": "import os\ndef run(c):\n    os.system(c)",
            "q": "from p import run\nrun(c)",
        },
        {"p": "", "p__q": "", "p__q__a": "from ..z import s\ns(c)", "p__z": "from os import system as s"},
        {"a": "import b\nfrom os import system", "b": "import a\ndef f(c):\n    a.system(c)"},
    ],
)
def test_names_are_followed_through_the_modules_of_a_package(sources: dict[str, str]) -> None:
    assert "os.system" in {fact.name for fact in package(**sources).calls}


def test_what_runs_when_the_module_is_loaded_is_told_from_what_is_called() -> None:
    source = """
        import os
        def at_once(): os.system('a')
        def later(): os.system('b')
        class Install:
            def run(self): os.system('c')
            os.system('d')
        at_once()
    """
    found = {fact.arguments[0].value.value: fact.where for fact in facts_of(source).calls if fact.name == "os.system"}
    assert {key: where.at_import for key, where in found.items()} == {"a": True, "b": False, "c": False, "d": True}
    assert found["c"].function == "Install.run"


@pytest.mark.parametrize(
    ("condition", "conditions"),
    [
        ("sys.platform == 'win32'", ("platform:sys.platform",)),
        ("platform.system() == 'Windows'", ("platform:platform.system",)),
        ("os.environ.get('CI')", ("environment:CI",)),
        ("len(sys.argv) > 1", ()),
        ("sys.argv[1] == 'install'", ("argument:sys.argv",)),
        ("1 == 2", ("never",)),
        ("1 == 1", ()),
    ],
)
def test_conditions_around_a_call_are_kept(condition: str, conditions: tuple[str, ...]) -> None:
    source = f"import os, sys, platform\nif {condition}:\n    os.system('a')"
    (fact,) = (fact for fact in facts_of(source).calls if fact.name == "os.system")
    assert fact.where.conditions == conditions
