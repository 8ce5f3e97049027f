"""Idioms of good libraries and programs that look like bad ones: none may be HIGH or worse, most not even MEDIUM."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion.case import HIGH, MEDIUM, Case

CODE = (
    Case("a template engine compiles", MEDIUM, """
        class Template:
            def __init__(self, source):
                self.source = source
            def _generate(self):
                lines = ["def root(context):", "    out = []"]
                for part in self.source.split("{{"):
                    lines.append("    out.append(%r)" % part)
                lines.append("    return ''.join(out)")
                return "\\n".join(lines)
            def render(self, **context):
                namespace = {}
                exec(compile(self._generate(), "<template>", "exec"), namespace)
                return namespace["root"](context)
    """),
    Case("a template engine, compiled at import", HIGH, """
        _SOURCE = "def show(value):\\n    return '<b>' + value + '</b>'\\n"
        _names = {}
        exec(compile(_SOURCE, "<template>", "exec"), _names)
        show = _names["show"]
    """),
    Case("a compiler of schemas that follows references", HIGH, """
        import contextlib, json
        from urllib.request import urlopen
        class Resolver:
            @contextlib.contextmanager
            def resolving(self, uri):
                yield json.loads(urlopen(uri).read())
        class Generator:
            def __init__(self, schema, resolver):
                self.lines, self.schema, self.resolver = [], schema, resolver
            def write(self, schema):
                for name in schema:
                    self.lines.append("    if {!r} not in data: raise KeyError".format(name))
                if "$ref" in schema:
                    with self.resolver.resolving(schema["$ref"]) as found:
                        self.write(found)
            def code(self):
                self.write(self.schema)
                return "\\n".join(["def validate(data):", *self.lines])
        def compile_schema(schema):
            names = {}
            exec(Generator(schema, Resolver()).code(), names)
            return names["validate"]
    """),
    Case("a factory of named tuples", MEDIUM, """
        _TEMPLATE = "class {name}(tuple):\\n    __slots__ = ()\\n    def __new__(cls, {args}):\\n        return tuple.__new__(cls, ({args}))\\n"
        def factory(name, fields):
            namespace = {"__name__": f"factory_{name}"}
            exec(_TEMPLATE.format(name=name, args=", ".join(fields)), namespace)
            return namespace[name]
    """),
    Case("a factory used at import", HIGH, """
        def _make_init(fields):
            body = "\\n".join(f"    self.{f} = {f}" for f in fields)
            text = f"def __init__(self, {', '.join(fields)}):\\n{body}"
            namespace = {}
            exec(text, {}, namespace)
            return namespace["__init__"]
        class Point:
            __init__ = _make_init(("x", "y"))
    """),
    Case("an enumeration of functions made by exec", HIGH, """
        for _op in ("add", "sub", "mul"):
            exec("def %s(a, b):\\n    return a.__%s__(b)\\n" % (_op, _op))
    """),
    Case("a decorator that keeps a signature", MEDIUM, """
        def decorate(function, caller):
            text = "def %s(%s):\\n    return _call_(_func_, %s)" % (function.__name__, "*a, **k", "*a, **k")
            scope = {"_call_": caller, "_func_": function}
            exec(compile(text, "<decorator>", "exec"), scope)
            return scope[function.__name__]
    """),
    Case("a calculator", MEDIUM, """
        import math
        def calculate(text):
            return eval(text, {"__builtins__": {}}, {"sqrt": math.sqrt, "pi": math.pi})
    """),
    Case("a REPL", MEDIUM, """
        import code, sys
        def main():
            names = {}
            while True:
                line = input(">>> ")
                try:
                    print(eval(line, names))
                except SyntaxError:
                    exec(line, names)
    """),
    Case("a console in a library", MEDIUM, """
        import code
        def shell(local=None):
            code.InteractiveConsole(local or {}).interact("demo shell")
    """),
    Case("a generator of code that writes files", MEDIUM, """
        def generate(path, names):
            with open(path, "w") as out:
                out.write("import os\\nimport sys\\n\\n")
                for name in names:
                    out.write(f"def {name}():\\n    return eval('{name}')\\n")
    """),
    Case("icons in base64", MEDIUM, """
        import base64
        ICON = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        ICON_BYTES = base64.b64decode(ICON)
        def icon():
            return ICON_BYTES
    """),
    Case("tables in gzip", MEDIUM, """
        import base64, gzip, json
        _DATA = "<BIG>"
        def table():
            return json.loads(gzip.decompress(base64.b64decode(_DATA)))
    """),
    Case("tables in zlib at import", MEDIUM, """
        import base64, struct, zlib
        _RAW = zlib.decompress(base64.b85decode("c$@)~K~"))
        TABLE = struct.unpack("<%dH" % (len(_RAW) // 2), _RAW)
    """),
    Case("a cache in pickle", MEDIUM, """
        import os, pickle
        _CACHE = os.path.join(os.path.expanduser("~"), ".cache", "demo", "grammar.pickle")
        def load():
            with open(_CACHE, "rb") as f:
                return pickle.load(f)
        def save(value):
            with open(_CACHE, "wb") as f:
                pickle.dump(value, f)
    """),
    Case("a table of the package in pickle at import", HIGH, """
        import os, pickle
        with open(os.path.join(os.path.dirname(__file__), "tables.pickle"), "rb") as f:
            TABLES = pickle.load(f)
    """),
    Case("a client with a key of the environment", MEDIUM, """
        import os, requests
        class Client:
            def __init__(self, key=None, base="https://api.example.invalid/v1"):
                self.key = key or os.environ.get("DEMO_API_KEY")
                self.base = base
                self.session = requests.Session()
                self.session.headers["Authorization"] = f"Bearer {self.key}"
            def items(self, **query):
                return self.session.get(f"{self.base}/items", params=query, timeout=10).json()
            def create(self, name):
                return requests.post(self.base + "/items", json={"name": name}, headers={"X-Api-Key": self.key}).json()
    """),
    Case("a client that signs in with user and password", MEDIUM, """
        import requests
        def login(user, password):
            answer = requests.post("https://api.example.invalid/login", data={"user": user, "password": password})
            answer.raise_for_status()
            return answer.json()["token"]
    """),
    Case("the platform in the User-Agent", MEDIUM, """
        import platform, sys
        import httpx
        AGENT = f"demo/1.0 ({platform.system()} {platform.release()}; Python {sys.version.split()[0]})"
        def get(url):
            return httpx.get(url, headers={"User-Agent": AGENT})
    """),
    Case("telemetry that one has to switch on", MEDIUM, """
        import os, platform, requests, uuid
        def send(event):
            if os.environ.get("DEMO_TELEMETRY") != "1":
                return
            requests.post("https://telemetry.example.invalid/v1", json={
                "event": event, "os": platform.system(), "python": platform.python_version(), "session": str(uuid.uuid4())})
    """),
    Case("a crash reporter", HIGH, """
        import platform, sys, traceback, urllib.request
        def report(kind, value, tb):
            text = "".join(traceback.format_exception(kind, value, tb)) + platform.platform()
            urllib.request.urlopen("https://crash.example.invalid/", data=text.encode())
        def install():
            sys.excepthook = report
    """),
    Case("a search for updates", MEDIUM, """
        import json, urllib.request
        def newest():
            with urllib.request.urlopen("https://pypi.example.invalid/pypi/demo/json", timeout=3) as answer:
                return json.load(answer)["info"]["version"]
    """),
    Case("credentials of a cloud as a library reads them", HIGH, """
        import configparser, os
        def credentials(profile="default"):
            key = os.environ.get("AWS_ACCESS_KEY_ID")
            if key:
                return key, os.environ["AWS_SECRET_ACCESS_KEY"]
            config = configparser.RawConfigParser()
            config.read(os.path.expanduser("~/.aws/credentials"))
            return config.get(profile, "aws_access_key_id"), config.get(profile, "aws_secret_access_key")
    """),
    Case("a client of SSH reads its settings", HIGH, """
        import os, socket
        def connect(host, port=22, key=None):
            path = key or os.path.expanduser("~/.ssh/id_rsa")
            config = os.path.expanduser("~/.ssh/config")
            if os.path.exists(config):
                with open(config) as f:
                    lines = [line.strip() for line in f]
            with open(path) as f:
                material = f.read()
            sock = socket.create_connection((host, port))
            sock.sendall(b"SSH-2.0-demo\\r\\n")
            return sock, material
    """),
    Case("netrc", MEDIUM, """
        import netrc
        from urllib.parse import urlparse
        def auth_of(url):
            found = netrc.netrc().authenticators(urlparse(url).hostname)
            return found and (found[0], found[2])
    """),
    Case("a page is opened in the browser", MEDIUM, """
        import webbrowser
        def docs():
            webbrowser.open("https://docs.example.invalid/")
    """),
)  # fmt: skip
