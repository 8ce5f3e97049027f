"""Roads by which code reaches what it could have named outright."""

from tests.evasion.case import HIGH, MEDIUM, Case

NAMES = (
    Case("exec by another name", MEDIUM, """
        run = exec
        run("import os; os.system('id')")
    """),
    Case("exec out of a list", MEDIUM, """
        [exec][0]("import os; os.system('id')")
    """),
    Case("exec out of a dict", MEDIUM, """
        {"a": print, "b": exec}["b"]("import os; os.system('id')")
    """),
    Case("exec given by a lambda", MEDIUM, """
        (lambda: exec)()("import os; os.system('id')")
    """),
    Case("exec as a default argument", MEDIUM, """
        def show(text, to=exec):
            to(text)
        show("import os; os.system('id')")
    """),
    Case("exec kept in a class", MEDIUM, """
        class Kept:
            run = exec
        Kept.run("import os; os.system('id')")
    """),
    Case("exec chosen by a condition", MEDIUM, """
        import time
        run = exec if time.time() > 5 else eval
        run("__import__('os').system('id')")
    """),
    Case("builtins as a dict", HIGH, """
        __builtins__["exec"]("import os; os.system('id')")
    """),
    Case("builtins as a module", HIGH, """
        __builtins__.__dict__["exec"]("import os; os.system('id')")
    """),
    Case("vars of builtins", HIGH, """
        vars(__builtins__)["ex" + "ec"]("import os; os.system('id')")
    """),
    Case("getattr on builtins", MEDIUM, """
        getattr(__builtins__, "exec")("import os; os.system('id')")
    """),
    Case("builtins imported, its dict", HIGH, """
        import builtins
        builtins.__dict__["ev" + "al"]("__import__('os').system('id')")
    """),
    Case("builtins by __import__", HIGH, """
        __import__("builtins").exec("import os; os.system('id')")
    """),
    Case("builtins by globals", HIGH, """
        globals()["__builtins__"]["exec"]("import os; os.system('id')")
    """),
    Case("builtins by globals, then an attribute", HIGH, """
        b = globals().get("__builtins__")
        getattr(b, "exec")("import os; os.system('id')")
    """),
    Case("builtins by sys.modules", HIGH, """
        import sys
        sys.modules["builtins"].exec("import os; os.system('id')")
    """),
    Case("builtins by the self of a built-in", HIGH, """
        print.__self__.exec("import os; os.system('id')")
    """),
    Case("builtins by the globals of a function", HIGH, """
        def nothing(): pass
        nothing.__globals__["__builtins__"]["exec"]("import os; os.system('id')")
    """),
    Case("builtins by a frame", HIGH, """
        import sys
        sys._getframe().f_builtins["exec"]("import os; os.system('id')")
    """),
    Case("globals by a frame", HIGH, """
        import inspect, os
        inspect.currentframe().f_globals["os"].system("id")
    """),
    Case("os by sys.modules", HIGH, """
        import sys
        sys.modules["os"].system("id")
    """),
    Case("os by sys.modules.get", HIGH, """
        import sys
        sys.modules.get("o" + "s").system("id")
    """),
    Case("os by __import__", HIGH, """
        __import__("os").system("id")
    """),
    Case("os by importlib with a name in pieces", HIGH, """
        import importlib
        importlib.import_module("".join(["o", "s"])).system("id")
    """),
    Case("os by importlib by __import__", HIGH, """
        __import__("importlib").import_module("os").system("id")
    """),
    Case("os through another module", MEDIUM, """
        import shutil
        shutil.os.system("id")
    """),
    Case("os through a module of which few know that it has it", MEDIUM, """
        import glob
        glob.os.system("id")
    """),
    Case("posix itself", MEDIUM, """
        import posix
        posix.system("id")
    """),
    Case("system by its dict", HIGH, """
        import os
        os.__dict__["system"]("id")
    """),
    Case("system by vars", HIGH, """
        import os
        vars(os)["sys" "tem"]("id")
    """),
    Case("system by getattr and a name in pieces", HIGH, """
        import os
        getattr(os, "sys" + "tem")("id")
    """),
    Case("system by getattr under another name", HIGH, """
        import os
        look = getattr
        look(os, "metsys"[::-1])("id")
    """),
    Case("system by __getattribute__", HIGH, """
        import os
        os.__getattribute__("system")("id")
    """),
    Case("system by object.__getattribute__", HIGH, """
        import os
        object.__getattribute__(os, "sys" + "tem")("id")
    """),
    Case("system by attrgetter", HIGH, """
        import operator, os
        operator.attrgetter("system")(os)("id")
    """),
    Case("system by methodcaller", HIGH, """
        import operator, os
        operator.methodcaller("system", "id")(os)
    """),
    Case("exec by itemgetter", HIGH, """
        import builtins
        from operator import itemgetter
        itemgetter("exec")(vars(builtins))("import os; os.system('id')")
    """),
    Case("system looked for in dir", HIGH, """
        import os
        for name in dir(os):
            if name.startswith("syst"):
                getattr(os, name)("id")
    """),
    Case("subclasses of object", HIGH, """
        for found in ().__class__.__base__.__subclasses__():
            if found.__name__ == "catch_warnings":
                found()._module.__builtins__["__import__"]("os").system("id")
    """),
    Case("a class of os by its name, and its globals", HIGH, """
        [c for c in object.__subclasses__() if c.__name__ == "_wrap_close"][0].__init__.__globals__["system"]("id")
    """),
    Case("the loader of this module", HIGH, """
        __loader__.load_module("os").system("id")
    """),
    Case("the loader of the specification", HIGH, """
        __spec__.loader.load_module("os").system("id")
    """),
    Case("a function made of compiled code", MEDIUM, """
        import types
        types.FunctionType(compile("import os; os.system('id')", "", "exec"), {})()
    """),
    Case("a function made by the type of a lambda", MEDIUM, """
        type(lambda: 0)(compile("import os; os.system('id')", "", "exec"), {})()
    """),
    Case("compiled code put into a function", MEDIUM, """
        def quiet(): pass
        quiet.__code__ = compile("import os; os.system('id')", "", "exec")
        quiet()
    """),
    Case("everything that os has", MEDIUM, """
        from os import *
        system("id")
    """),
    Case("two names away", MEDIUM, """
        from os import system as a
        b = a
        c = b
        c("id")
    """),
    Case("walrus", MEDIUM, """
        import os
        (s := os.system) and s("id")
    """),
    Case("partial", MEDIUM, """
        import functools, os
        functools.partial(os.system, "id")()
    """),
    Case("reduce with getattr", HIGH, """
        import os
        from functools import reduce
        reduce(getattr, ["system"], os)("id")
    """),
    Case("setattr and then a method", MEDIUM, """
        import os
        class A: pass
        setattr(A, "go", staticmethod(os.system))
        A.go("id")
    """),
    Case("the globals changed", MEDIUM, """
        import os
        globals()["helper"] = os.system
        helper("id")
    """),
    Case("the globals updated", MEDIUM, """
        import os
        globals().update(helper=os.system)
        helper("id")
    """),
    Case("__import__ out of the globals of a module", HIGH, """
        import json
        json.__builtins__["__import__"]("os").system("id")
    """),
    Case("a name of the module changed by sys.modules", MEDIUM, """
        import os, sys
        setattr(sys.modules[__name__], "helper", os.system)
        helper("id")
    """),
    Case("import by eval", HIGH, """
        eval("__imp" + "ort__('o' + 's')").system("id")
    """),
    Case("python's C API", MEDIUM, """
        import ctypes
        ctypes.pythonapi.PyRun_SimpleString(b"import os; os.system('id')")
    """),
    Case("a second interpreter in this one", MEDIUM, """
        import code
        code.InteractiveInterpreter().runsource("import os; os.system('id')")
    """),
    Case("timeit", MEDIUM, """
        import timeit
        timeit.timeit("os.system('id')", "import os", number=1)
    """),
    Case("pdb", MEDIUM, """
        import pdb
        pdb.run("import os; os.system('id')")
    """),
    Case("profile", MEDIUM, """
        import cProfile
        cProfile.run("import os; os.system('id')")
    """),
    Case("trace", MEDIUM, """
        import trace
        trace.Trace(count=0, trace=0).run("import os; os.system('id')")
    """),
)  # fmt: skip
