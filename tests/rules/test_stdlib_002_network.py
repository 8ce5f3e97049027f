"""STDLIB-002: use of the network, by when and how openly."""

from __future__ import annotations

import zlib

import pytest

from assay.rules.stdlib_002_network import RULE
from tests.behaviour import at, findings, worst

PACKED = zlib.compress(b"import requests\nrequests.get('https://example.invalid')")
OPENER = "from urllib.request import urlopen\ndef read(p):\n    return urlopen(p) if '://' in p else open(p)\n"
GET = "import requests\nrequests.get('https://example.invalid/x')"


@pytest.mark.parametrize(
    ("trigger", "severity"),
    [("install", "medium"), ("startup", "medium"), ("import", "medium"), ("call", "info"), ("test", "info")],
)
def test_when_it_runs_says_how_bad_it_is(trigger: str, severity: str) -> None:
    assert worst(RULE, *at(trigger, GET)) == severity


@pytest.mark.parametrize(
    "source",
    [
        "from urllib.request import urlopen as u\nu('http://example.invalid')",
        "import urllib.request\nurllib.request.urlretrieve('http://example.invalid/x', 'x')",
        "import httpx\nhttpx.Client().post('https://example.invalid', json={})",
        "import aiohttp\nasync def f():\n    await aiohttp.ClientSession().get('https://example.invalid')\nf()",
        "import http.client as c\nk = c.HTTPSConnection('example.invalid')\nk.request('GET', '/')",
        "import socket\ns = socket.socket()\ns.connect(('example.invalid', 1))",
        "import socket\nsocket.create_connection(('example.invalid', 1))",
        "import socket\nsocket.gethostbyname('example.invalid')",
        "import socket\ns = socket.socket()\ns.bind(('0.0.0.0', 1))\ns.listen(1)",
        "import requests\ns = requests.Session()\ns.get(unknown)",
    ],
)
def test_the_network_is_used_on_import(source: str) -> None:
    assert worst(RULE, *at("import", source)) == "medium"


@pytest.mark.parametrize(
    "source",
    [
        "import requests\ngetattr(requests, 'po' + 'st')('https://example.invalid')",
        "import requests\nrequests.get('dilavni.elpmaxe//:sptth'[::-1])",
        "__import__('url' + 'lib.request', fromlist=['a']).urlopen('http://example.invalid')",
        f"import zlib\nexec(zlib.decompress({PACKED!r}))",
    ],
)
def test_what_is_hidden_is_worse(source: str) -> None:
    assert worst(RULE, *at("import", source)) == "high"
    assert worst(RULE, *at("call", source)) == "medium"


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("import requests\nrequests.get('http://127.0.0.1:8000/x')", "info"),
        ("import urllib.request\nurllib.request.urlopen('http://localhost/x')", "info"),
        ("import urllib.request\nr = urllib.request.Request('https://example.invalid')", "info"),
        ("import requests\nURL = 'https://example.invalid'\ns = requests.Session()", "none"),
        ("import socket\ns = socket.socket()", "none"),
        ("import socket\nsocket.getaddrinfo('localhost.', 1)", "info"),
        ("import socket\nsocket.getaddrinfo('localhost.example.invalid', 1)", "medium"),
        (OPENER + "read('demorc')", "info"),
        (OPENER + "read('http://example.invalid/demorc')", "medium"),
        ("def get(url): return url\nget('https://example.invalid')", "none"),
        ("class R:\n    def get(self, u): return u\nrequests = R()\nrequests.get('https://example.invalid')", "none"),
        ("import requests\nrequests.get('http://127.0.0.1.example.invalid/x')", "medium"),
    ],
)  # fmt: skip
def test_near_misses(source: str, severity: str) -> None:
    assert worst(RULE, *at("import", source)) == severity


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("a = base64.b64decode('aHR0cHM6Ly9leGFtcGxlLmludmFsaWQ=').decode()\nrequests.get(a)", "high"),
        ("h = base64.b64decode('ZXhhbXBsZS5pbnZhbGlk').decode()\nhttp.client.HTTPSConnection(h)", "high"),
        ("u = given or base64.b64decode('aHR0cHM6Ly9leGFtcGxlLmludmFsaWQ=').decode()\nrequests.get(u)", "high"),
        ("requests.get(base64.b64decode(given).decode())", "medium"),
        ("requests.get('https://example.invalid/' + base64.b64encode(given).decode())", "info"),
        ("requests.get('https://example.invalid', data=base64.b64decode('aHR0cHM6Ly9leGFtcGxlLmludmFsaWQ='))", "info"),
        ("requests.get('https://example.invalid/' + binascii.hexlify(given).decode())", "info"),
    ],
)
def test_an_address_that_is_decoded_when_it_is_called(source: str, severity: str) -> None:
    code = f"import base64, binascii, http.client, requests\n{source}"
    assert worst(RULE, *at("call", code)) == severity
    assert severity != "high" or worst(RULE, *at("import", code.replace("given", "unknown"))) == "high"


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("getattr(requests.Session(), 'GET'.lower())(given)", "info"),
        ("getattr(requests.Session(), 'g' + 'et')(given)", "medium"),
        ("kept = {'s': requests.Session()}\nkept['s'].get(given)", "info"),
        ("getattr(requests, 'GET'.lower())(given)", "medium"),
        ("kept = {'s': requests.get}\nkept['s'](given)", "medium"),
    ],
)
def test_a_client_that_is_asked_for_a_method_by_its_name(source: str, severity: str) -> None:
    assert worst(RULE, *at("call", f"import requests\n{source}")) == severity


def test_one_finding_for_a_file_and_sort() -> None:
    source = """
        import requests, socket
        requests.get('https://a.example.invalid')
        requests.post('https://b.example.invalid')
        socket.gethostbyname('c.example.invalid')
    """
    found = findings(RULE, {"demo/__init__.py": source})
    assert [(one.message, one.location and one.location.line) for one in found] == [
        ("demo 1.0 uses the network", 3),
        ("demo 1.0 asks the name service", 5),
    ]
    assert found[0].evidence[1:] == (
        "requests.get('https://a.example.invalid')",
        "requests.post('https://b.example.invalid')",
    )
