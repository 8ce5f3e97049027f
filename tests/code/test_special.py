"""What the language calls by itself on classes and objects of the package: seen where it runs, as far as it runs."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import pytest

from tests.code.evaluation import facts_of, shown, value_of

_HEAD = "import os\n"


@pytest.mark.parametrize(
    "source",
    [
        "class A:\n    def __enter__(self): os.system('id')\nwith A(): pass",
        "class A:\n    def __exit__(self, *a): os.system('id')\nwith A() as a: pass",
        "class A:\n    def __getitem__(self, key): os.system(key)\nA()['id']",
        "class A:\n    def __setitem__(self, key, value): os.system(key)\nA()['id'] = 1",
        "class A:\n    def __class_getitem__(cls, key): os.system(key)\nA['id']",
        "class A:\n    def __or__(self, other): os.system(other)\nA() | 'id'",
        "class A:\n    def __ror__(self, other): os.system(other)\n'id' | A()",
        "class A:\n    def __eq__(self, other): os.system(other)\nA() == 'id'",
        "class A:\n    def __contains__(self, other): os.system(other)\n'id' in A()",
        "class A:\n    def __iter__(self): return self\n    def __next__(self): os.system('id')\nfor _ in A(): pass",
        "class A:\n    def __neg__(self): os.system('id')\n-A()",
        "class A:\n    def __getattr__(self, name): os.system(name)\nA().id",
        "class A:\n    def __get__(self, instance, owner): os.system('id')\nclass B:\n    a = A()\nB.a",
        "class A:\n    def __set_name__(self, owner, name): os.system('id')\nclass B:\n    a = A()",
        "class A:\n    def __init_subclass__(cls): os.system('id')\nclass B(A): pass",
        "class A(type):\n    def __new__(mcs, name, bases, names): os.system('id')\nclass B(metaclass=A): pass",
        "class A(type):\n    def __new__(mcs, name, bases, names): os.system('id')\nclass B(metaclass=A): pass\nclass C(B): pass",
        "class A(type):\n    def __prepare__(name, bases): os.system('id')\nclass B(metaclass=A): pass",
        "class A:\n    def __format__(self, rule): os.system(rule)\nf'{A():id}'",
        "class A:\n    def __str__(self): os.system('id')\nprint(A())",
        "class A:\n    def __repr__(self): os.system('id')\nstr(A())",
        "class A:\n    def __len__(self): os.system('id')\nlen(A())",
        "class A:\n    def __del__(self): os.system('id')\nA()",
        "import threading\nclass A(threading.Thread):\n    def run(self): os.system('id')\nA().start()",
    ],
)
def test_it_runs_where_the_language_calls_it(source: str) -> None:
    assert [
        fact.arguments[0].value.value
        for fact in facts_of(_HEAD + source).calls
        if fact.name == "os.system" and fact.where.at_import
    ] == ["id"]


@pytest.mark.parametrize(
    "source",
    [
        "class A:\n    def __enter__(self): os.system('id')\na = A()",
        "class A:\n    def __getattr__(self, name): os.system(name)\n    def f(self): pass\nA().f()",
        "class A:\n    def __init_subclass__(cls): os.system('id')",
        "class A:\n    def __del__(self): os.system('id')",
        "class A:\n    def __str__(self): os.system('id')\na = A()",
    ],
)
def test_it_does_not_run_where_nothing_calls_it(source: str) -> None:
    assert not any(fact.where.at_import for fact in facts_of(_HEAD + source).calls if fact.name == "os.system")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("class A:\n    def __enter__(self): return 'a'\nwith A() as x: pass", "a"),
        ("import contextlib\n@contextlib.contextmanager\ndef f(): yield 'a'\nwith f() as x: pass", "a"),
        ("class A:\n    def __getattr__(self, name): return name[::-1]\nx = A().ba", "ab"),
        ("class A:\n    def __add__(self, other): return 'a' + other\nx = A() + 'b'", "ab"),
        ("class A:\n    def __format__(self, rule): return rule\nx = f'{A():ab}'", "ab"),
        ("class A:\n    def __str__(self): return 'ab'\nx = str(A())", "ab"),
        ("class A:\n    def __str__(self): return 'ab'\nx = f'{A()}'", "ab"),
    ],
)
def test_what_it_gives_is_known(source: str, value: object) -> None:
    assert shown(value_of(source)) == value


@pytest.mark.parametrize(
    "source",
    [
        "import threading\nthreading.Timer(1, os.system, ['id']).start()",
        "import threading\nthreading.Thread(target=os.system, args=('id',)).start()",
        "import atexit\natexit.register(os.system, 'id')",
        "from concurrent.futures import ThreadPoolExecutor as T\nT().submit(os.system, 'id')",
        "from concurrent.futures import ThreadPoolExecutor as T\nT().map(os.system, ['id'])",
        "from multiprocessing import Pool\nPool().map(os.system, ['id'])",
        "from multiprocessing import Pool\nPool().apply_async(os.system, ('id',))",
        "import weakref\nweakref.finalize(a, os.system, 'id')",
        "import sched\ns = sched.scheduler()\ns.enter(1, 1, os.system, ('id',))",
        "import sys\nsys.addaudithook(lambda *a: os.system('id'))",
        "import sys\ndef f(*a): os.system('id')\nsys.excepthook = f",
        "import builtins\ndef f(*a): os.system('id')\nbuiltins.print = f",
        "import sys\nclass A:\n    def find_spec(self, *a): os.system('id')\nsys.meta_path.insert(0, A())",
        "import re\nre.sub('a', lambda m: os.system('id'), 'a')",
        "sorted(['id'], key=os.system)",
        "max(['id'], key=os.system)",
        "['id'].sort(key=os.system)",
        "list(iter(lambda: os.system('id'), 0))",
        "import collections\ncollections.defaultdict(lambda: os.system('id'))['a']",
        "import sys\ndef __getattr__(name): os.system(name)\nsys.modules[__name__].id",
        "import importlib.util as u\nclass A:\n    def exec_module(self, m): os.system('id')\ns = u.spec_from_loader('m', A())\ns.loader.exec_module(u.module_from_spec(s))",
    ],
)
def test_what_is_called_back_runs_where_it_is_given(source: str) -> None:
    assert [
        fact.arguments[0].value.value
        for fact in facts_of(_HEAD + source).calls
        if fact.name == "os.system" and fact.where.at_import
    ] == ["id"]


@pytest.mark.parametrize(
    ("source", "name", "step"),
    [
        ("import sys\nsys._getframe().f_builtins['exec']('a()')", "builtins.exec", "introspection"),
        ("import inspect\ninspect.currentframe().f_globals['os'].system('id')", "os.system", "introspection"),
        ("import json\njson.__builtins__['exec']('a()')", "builtins.exec", "introspection"),
        ("[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'a'][0].__init__.__globals__['system']('id')", "os.system", "introspection"),
        ("for c in ''.__class__.__mro__[-1].__subclasses__():\n    c()._module.__builtins__['exec']('a()')", "builtins.exec", "introspection"),
        ("__loader__.load_module('os').system('id')", "os.system", "import-name"),
        ("__spec__.loader.load_module('os').system('id')", "os.system", "import-name"),
        ("os.__getattribute__('system')('id')", "os.system", "getattr"),
        ("object.__getattribute__(os, 'system')('id')", "os.system", "getattr"),
        ("for n in dir(os):\n    if n.startswith('syst'):\n        getattr(os, n)('id')", "os.system", "getattr"),
        ("def f(): pass\nf.__code__ = compile('a()', '', 'exec')", "builtins.exec", "function-type"),
        ("import glob\nglob.os.system('id')", "os.system", ""),
        ("class A: pass\nsetattr(A, 'go', staticmethod(os.system))\nA.go('id')", "os.system", ""),
        ("globals().update(go=os.system)\ngo('id')", "os.system", ""),
        ("import sys\nsetattr(sys.modules[__name__], 'go', os.system)\ngo('id')", "os.system", ""),
    ],
)  # fmt: skip
def test_roads_of_introspection(source: str, name: str, step: str) -> None:
    (fact,) = (fact for fact in facts_of(_HEAD + source).calls if fact.name == name)
    assert not step or step in fact.steps


@pytest.mark.parametrize(
    "source",
    [
        "import socket\ns = socket.socket()",
        "import asyncio\nasyncio.subprocess.Process('id')",
        "f.__globals__['name']('id')",
        "dir(a)[0]('id')",
    ],
)
def test_roads_that_lead_nowhere(source: str) -> None:
    assert facts_of(source).calls == ()
