"""Constructs of the language and of the library that run things on the side."""

from tests.evasion.case import HIGH, MEDIUM, Case

CONSTRUCTS = (
    Case("eval as a decorator", HIGH, """
        @eval
        @lambda _: "__import__('o' + 's').system('id')"
        class A: pass
    """),
    Case("os.system as a decorator", MEDIUM, """
        import os
        @os.system
        @lambda _: "id"
        def f(): pass
    """),
    Case("a subclass is made", MEDIUM, """
        import os
        class Base:
            def __init_subclass__(cls, **kwargs):
                os.system("id")
        class Child(Base): pass
    """),
    Case("an attribute is named", MEDIUM, """
        import os
        class Field:
            def __set_name__(self, owner, name):
                os.system("id")
        class Model:
            field = Field()
    """),
    Case("a metaclass", MEDIUM, """
        import os
        class Meta(type):
            def __new__(mcs, name, bases, names):
                os.system("id")
                return super().__new__(mcs, name, bases, names)
        class Model(metaclass=Meta): pass
    """),
    Case("__prepare__", MEDIUM, """
        import os
        class Meta(type):
            @classmethod
            def __prepare__(mcs, name, bases):
                os.system("id")
                return {}
        class Model(metaclass=Meta): pass
    """),
    Case("__class_getitem__", MEDIUM, """
        import os
        class Kind:
            def __class_getitem__(cls, item):
                os.system(item)
        Kind["id"]
    """),
    Case("__getitem__", MEDIUM, """
        import os
        class Kind:
            def __getitem__(self, item):
                os.system(item)
        Kind()["id"]
    """),
    Case("an operator", MEDIUM, """
        import os
        class Kind:
            def __or__(self, other):
                os.system(other)
        Kind() | "id"
    """),
    Case("a comparison", MEDIUM, """
        import os
        class Kind:
            def __eq__(self, other):
                os.system(other)
        Kind() == "id"
    """),
    Case("a property", MEDIUM, """
        import os
        class Kind:
            @property
            def version(self):
                return os.system("id")
        Kind().version
    """),
    Case("a descriptor", MEDIUM, """
        import os
        class Field:
            def __get__(self, instance, owner):
                return os.system("id")
        class Kind:
            version = Field()
        Kind.version
    """),
    Case("a context manager", MEDIUM, """
        import os
        class Run:
            def __enter__(self): return self
            def __exit__(self, *args): os.system("id")
        with Run(): pass
    """),
    Case("a context manager of contextlib", MEDIUM, """
        import contextlib, os
        @contextlib.contextmanager
        def run():
            yield os.system("id")
        with run(): pass
    """),
    Case("a generator", MEDIUM, """
        import os
        def run():
            yield os.system("id")
        list(run())
    """),
    Case("iteration", MEDIUM, """
        import os
        class Run:
            def __iter__(self): return self
            def __next__(self):
                os.system("id")
                raise StopIteration
        for _ in Run(): pass
    """),
    Case("a destructor", MEDIUM, """
        import os
        class Run:
            def __del__(self): os.system("id")
        Run()
    """),
    Case("text of an object", MEDIUM, """
        import os
        class Run:
            def __repr__(self):
                os.system("id")
                return ""
        print(Run())
    """),
    Case("a comprehension", MEDIUM, """
        import os
        [os.system(command) for command in ["id"]]
    """),
    Case("any of a generator", MEDIUM, """
        import os
        any(os.system(command) for command in ("id",))
    """),
    Case("map", MEDIUM, """
        import os
        list(map(os.system, ["id"]))
    """),
    Case("filter", MEDIUM, """
        import os
        list(filter(os.system, ["id"]))
    """),
    Case("sorted by os.system", MEDIUM, """
        import os
        sorted(["id"], key=os.system)
    """),
    Case("max by os.system", MEDIUM, """
        import os
        max(["id"], key=os.system)
    """),
    Case("re.sub calls", MEDIUM, """
        import os, re
        re.sub("a", lambda m: os.system("id"), "a")
    """),
    Case("iter with a sentinel", MEDIUM, """
        import os
        for _ in iter(lambda: os.system("id"), 0): pass
    """),
    Case("defaultdict", MEDIUM, """
        import collections, os
        collections.defaultdict(lambda: os.system("id"))["a"]
    """),
    Case("an except handler", MEDIUM, """
        import os
        try:
            1 / 0
        except ZeroDivisionError:
            os.system("id")
    """),
    Case("finally", MEDIUM, """
        import os
        try:
            pass
        finally:
            os.system("id")
    """),
    Case("an assertion", MEDIUM, """
        import os
        assert os.system("id") == 0, "no"
    """),
    Case("match", MEDIUM, """
        import os
        match os.name:
            case "nt": os.system("ver")
            case _: os.system("id")
    """),
    Case("a default argument is evaluated", MEDIUM, """
        import os
        def f(a=os.system("id")): pass
    """),
    Case("an annotation is evaluated", MEDIUM, """
        import os
        def f(a: os.system("id")): pass
    """),
    Case("a base class is evaluated", MEDIUM, """
        import os
        class A(os.system("id") and object or object): pass
    """),
    Case("an f-string is evaluated", MEDIUM, """
        import os
        f"{os.system('id')}"
    """),
    Case("asyncio", MEDIUM, """
        import asyncio
        async def main():
            await asyncio.create_subprocess_shell("id")
        asyncio.run(main())
    """),
    Case("an event loop", MEDIUM, """
        import asyncio
        async def main():
            await asyncio.create_subprocess_shell("id")
        asyncio.get_event_loop().run_until_complete(main())
    """),
    Case("a timer", MEDIUM, """
        import os, threading
        threading.Timer(1, os.system, ["id"]).start()
    """),
    Case("a thread", MEDIUM, """
        import os, threading
        threading.Thread(target=lambda: os.system("id"), daemon=True).start()
    """),
    Case("a thread by subclass", MEDIUM, """
        import os, threading
        class Run(threading.Thread):
            def run(self):
                os.system("id")
        Run().start()
    """),
    Case("a process", MEDIUM, """
        import multiprocessing, os
        multiprocessing.Process(target=os.system, args=("id",)).start()
    """),
    Case("a pool", MEDIUM, """
        import os
        from concurrent.futures import ThreadPoolExecutor
        ThreadPoolExecutor().submit(os.system, "id")
    """),
    Case("a pool that maps", MEDIUM, """
        import os
        from multiprocessing import Pool
        Pool().map(os.system, ["id"])
    """),
    Case("atexit", MEDIUM, """
        import atexit, os
        atexit.register(os.system, "id")
    """),
    Case("atexit as a decorator", MEDIUM, """
        import atexit, os
        @atexit.register
        def bye():
            os.system("id")
    """),
    Case("a signal", MEDIUM, """
        import os, signal
        signal.signal(signal.SIGALRM, lambda *a: os.system("id"))
        signal.alarm(1)
    """),
    Case("weakref.finalize", MEDIUM, """
        import os, weakref
        class A: pass
        weakref.finalize(A(), os.system, "id")
    """),
    Case("sys.settrace", MEDIUM, """
        import os, sys
        sys.settrace(lambda *a: os.system("id"))
    """),
    Case("sys.excepthook", MEDIUM, """
        import os, sys
        def hook(*args):
            os.system("id")
        sys.excepthook = hook
        raise ValueError
    """),
    Case("an audit hook", MEDIUM, """
        import os, sys
        sys.addaudithook(lambda *a: os.system("id"))
    """),
    Case("sched", MEDIUM, """
        import os, sched
        s = sched.scheduler()
        s.enter(1, 1, os.system, ("id",))
        s.run()
    """),
    Case("a hook of imports", MEDIUM, """
        import os, sys
        class Finder:
            def find_spec(self, name, path=None, target=None):
                os.system("id")
        sys.meta_path.insert(0, Finder())
    """),
    Case("a module's own __getattr__", MEDIUM, """
        import os, sys
        def __getattr__(name):
            os.system("id")
        sys.modules[__name__].anything
    """),
    Case("a module is its own class", MEDIUM, """
        import os, sys, types
        class Own(types.ModuleType):
            @property
            def version(self):
                return os.system("id")
        sys.modules[__name__].__class__ = Own
        sys.modules[__name__].version
    """,
         unseen="the class of a module is not followed when it is replaced"),
    Case("a function of another library is replaced", MEDIUM, """
        import json, os
        def loads(text, old=json.loads):
            os.system("id")
            return old(text)
        json.loads = loads
        json.loads("1")
    """,
         unseen="functions that are put into other libraries are not followed"),
    Case("__build_class__ and print replaced", MEDIUM, """
        import builtins, os
        def noisy(*args):
            os.system("id")
        builtins.print = noisy
        print("a")
    """),
)  # fmt: skip
