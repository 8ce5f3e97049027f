"""What starts by itself: files that systems, shells and tools run, and commands that register something to be run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.fetching_commands import fetching
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Code
    from assay.scanner.code.facts import CallFact

SYSTEM, TOOL = "of the system", "of a tool"
"""Started with the machine or a login; or by a tool: an editor, git, an agent, a pipeline."""

_FILES = {
    "a start-up folder": (
        SYSTEM,
        r"start menu/programs/startup|/\.config/autostart/|/startup/[^/]+\.(?:lnk|bat|cmd|vbs|pyw?|exe)$",
    ),
    "a launch agent": (SYSTEM, r"/launch(?:agents|daemons)/"),
    "a systemd unit": (SYSTEM, r"/systemd/(?:system|user)/[^/]+\.(?:service|timer|socket)$"),
    "a cron table": (SYSTEM, r"/etc/cron|/var/spool/cron|/etc/anacrontab"),
    "a start-up script": (SYSTEM, r"/etc/(?:rc\.local|init\.d/|profile|profile\.d/|bash\.bashrc|ld\.so\.preload)"),
    "a file that shells run": (
        SYSTEM,
        (
            r"\.(?:bashrc|bash_profile|bash_login|zshrc|zshenv|zprofile|profile)$|fish/config\.fish"
            r"|powershell_profile\.ps1|/profile\.ps1$"
        ),
    ),
    "authorized keys": (SYSTEM, r"\.ssh/authorized_keys"),
    "a program that is installed": (
        SYSTEM,
        (
            r"/applications/[^/]+\.app/contents/|/appdata/local/(?:programs/)?[^/]+/(?:app-[^/]+/)?resources/"
            r"|/app-[^/]+/modules/|/resources/app(?:\.asar$|/(?:out|extensions)/)"
        ),
    ),
    "a git hook": (TOOL, r"\.git/hooks/|/git/hooks/"),
    "a task of an editor": (
        TOOL,
        r"\.vscode/(?:tasks|launch|settings)\.json|/\.vim(?:rc|/plugin)|\.emacs(?:\.d|$)|/nvim/init",
    ),
    "settings of an agent": (
        TOOL,
        (
            r"\.cursor/(?:mcp\.json|rules|hooks)|\.claude(?:\.json|/(?:settings|hooks|commands|agents|skills))"
            r"|/(?:claude|agents|gemini|copilot-instructions)\.md$|claude_desktop_config"
            r"|mcp_settings\.json|/\.?mcp\.json|\.gemini/settings|\.codex/config|mcp_config\.json"
            r"|/\.(?:cursor|windsurf|cline)rules$"
        ),
    ),
    "a workflow": (TOOL, r"\.github/workflows/|\.gitlab-ci\.yml"),
}
_KINDS = {kind: (whose, lazy(pattern)) for kind, (whose, pattern) in _FILES.items()}
_KEYS = lazy(
    r"currentversion/run(?:once|services)?(?:/|\b)|currentversion/winlogon|/policies/explorer/run"
    r"|image file execution options"
)
_HOME = lazy(r"~/|/(?:home|users)/[^/]+/|/root/|[a-z]:/users/|%(?:userprofile|appdata|localappdata)%")
_HIJACKED = lazy(r"software/classes/(?:ms-settings|mscfile|appx\w+)/shell/(?:runas/|open/)?command")
"""Keys that programs of Windows with higher rights ask what to start."""


_COMMANDS = lazy(
    r"\bschtasks(?:\.exe)?\s.*/create|register-scheduledtask|\breg(?:\.exe)?\s+add\b.*(?:currentversion\\+run"
    r"|winlogon)"
    r"|crontab\s+(?!-[lr]\b)\S|\|\s*crontab\b|launchctl\s+(?:load|bootstrap|submit)|systemctl\s+(?:--user\s+)?enable"
    r"|\bsc(?:\.exe)?\s+create\b|new-service\b|>>?\s*\S*(?:\.bashrc|\.zshrc|\.profile|\.bash_profile"
    r"|/etc/rc\.local|/etc/cron\S*|authorized_keys)"
    r"|\bnet1?(?:\.exe)?\s+(?:user|localgroup)\s.*/add\b|\buseradd\s|\badduser\s|new-localuser\b"
    r"|new-itemproperty\b.*currentversion\\+run|update-rc\.d\s|wmic\s.*startup"
    r"|\bgit\s+config\s+(?:--global|--system)\s+(?:core\.hookspath|init\.templatedir)\s"
)


def autostart_of(path: str) -> tuple[str, str] | None:
    """Return what starts a file at this path, and whether a system does or a tool; None for others."""
    text = _slashed(path).replace("…", "/")
    for kind, (whose, pattern) in _KINDS.items():
        if pattern.search(text):
            return kind, whose
    return None


def is_run_key(text: str) -> bool:
    """Say whether a key of the registry is one whose values Windows starts."""
    return _KEYS.search(_slashed(text)) is not None


def is_hijacked_key(text: str) -> bool:
    """Say whether a key of the registry is one by which a program with higher rights is made to start another."""
    return _HIJACKED.search(_slashed(text)) is not None


def is_of_home(path: str) -> bool:
    """Say whether a path lies in the home of a user, as far as it is known."""
    return _HOME.match(_slashed(path)) is not None


def _slashed(text: str) -> str:
    return text.replace("\\", "/").replace("//", "/").lower()


def registers(command: str) -> bool:
    """Say whether a command line has something started later, or at each login."""
    return _COMMANDS.search(command.lower()) is not None


_PUBLIC_KEY = lazy(r"(?:^|\s)(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d{3}|sk-\S{1,40}) AAAA[\w+/]{16}")


def brings(text: str) -> bool:
    """Say whether a text holds a command that fetches something and runs it, or a public key of somebody."""
    found = fetching(text)
    return (found is not None and found.runs) or _PUBLIC_KEY.search(text) is not None


def replaced(code: Code) -> Iterator[tuple[CallFact, str, str, str]]:
    """Yield the calls that write files which were looked for where programs start from: what starts them, whose."""
    places = {
        (flow.where, flow.name): flow.detail
        for flow in (code.facts.flows if code.facts else ())
        if flow.sink == "write" and flow.role == "path" and flow.source in ("file", "credential")
    }
    for call in code.calls("write") if places else ():
        path = places.get((call.where, call.name), "")
        found = autostart_of(path)
        if found:
            yield call, *found, path


def workflow_uploaded(call: CallFact) -> str:
    """Return the path of a workflow that a request is about, as interfaces of forges take it; "" if there is none."""
    texts = [text for one in call.arguments for text in one.value.strings] if "network" in call.kinds else []
    return next((text for text in texts if len(text) < _LONGEST and _UPLOADED.search(text)), "")


_LONGEST = 1_000
_UPLOADED = lazy(r"(?i)(?:^|/)\.github/workflows/[^/]+\.ya?ml$")
