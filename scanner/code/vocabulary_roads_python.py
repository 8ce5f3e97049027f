"""What calls back in Python's library, and roads to processes and to code that few people take."""

from __future__ import annotations

from assay.scanner.code.vocabulary import AFTER_THE_CALLBACK, Entry, Role, entries

_COMMAND = (Role("command", 0, "args"), Role("command", 0, "cmd"))
_CODE = (Role("code", 0, "stmt"), Role("code", 0, "cmd"), Role("code", 0, "source"), Role("setup", 1, "setup"))
_REST = (AFTER_THE_CALLBACK, "")

ROADS = (
    # what calls back
    *entries("threading.Thread multiprocessing.Process",
             Entry("callback", callbacks=((-1, "target"), (1, "target")), callback_arguments=(-1, "args"))),
    *entries("threading.Timer", Entry("callback", callbacks=((1, "function"),), callback_arguments=(2, "args"))),
    *entries("atexit.register concurrent.futures.ThreadPoolExecutor().submit "
             "concurrent.futures.ProcessPoolExecutor().submit contextlib.ExitStack().callback "
             "asyncio.get_event_loop().call_soon asyncio.new_event_loop().call_soon",
             Entry("callback", callbacks=((0, "func"), (0, "callback")), callback_arguments=_REST)),
    *entries("weakref.finalize asyncio.get_event_loop().{call_later,call_at,run_in_executor} tkinter.Tk().after",
             Entry("callback", callbacks=((1, "func"), (1, "callback")), callback_arguments=_REST)),
    *entries("sched.scheduler().{enter,enterabs}",
             Entry("callback", callbacks=((2, "action"),), callback_arguments=(3, "argument"))),
    *entries("multiprocessing.Pool().{apply,apply_async} multiprocessing.pool.ThreadPool().{apply,apply_async} "
             "_thread.start_new_thread",
             Entry("callback", callbacks=((0, "func"), (0, "function")), callback_arguments=(1, "args"))),
    *entries("signal.signal", Entry("callback", callbacks=((1, "handler"),))),
    *entries("asyncio.run asyncio.create_task sys.setprofile sys.settrace threading.settrace threading.setprofile "
             "sys.addaudithook codecs.register gc.callbacks.append sys.path_hooks.append sys.path_hooks.insert "
             "schedule.every().seconds.do weakref.ref", Entry("callback", callbacks=((0, "func"), (1, "handler")))),
    # processes
    *entries("platform.popen ctypes.CDLL().{system,popen,execv,execve,execvp,execl,posix_spawn} "
             "ctypes.PyDLL().system ctypes.cdll.LoadLibrary().system ctypes.cdll.msvcrt.{system,_popen,_wsystem} "
             "ctypes.windll.msvcrt.system ctypes.windll.kernel32.{WinExec,CreateProcessA,CreateProcessW} "
             "ctypes.WinDLL().{WinExec,ShellExecuteA,ShellExecuteW,CreateProcessA,CreateProcessW} "
             "cffi.FFI().dlopen().system webbrowser.{GenericBrowser,BackgroundBrowser} _posixsubprocess.fork_exec "
             "_winapi.CreateProcess", Entry("process", roles=_COMMAND)),
    # code
    *entries("timeit.timeit timeit.repeat timeit.Timer trace.Trace().run trace.Trace().runctx bdb.Bdb().run "
             "pdb.Pdb().run cProfile.Profile().run profile.Profile().run "
             "ctypes.pythonapi.{PyRun_SimpleString,PyRun_SimpleStringFlags,PyRun_String,Py_CompileString}",
             Entry("code", roles=_CODE)),
    *entries("builtins.execfile", Entry("import", roles=(Role("path", 0),))),
)  # fmt: skip
