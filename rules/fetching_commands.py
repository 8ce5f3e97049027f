"""Command lines that fetch something and run it: by PowerShell, by a shell, by programs of the system, by pip."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, NamedTuple

from assay.rules.command_lines import is_python, parts_of, program
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.rules.command_lines import Command

LONGEST = 4_096
"""Characters of a command that are read; what fetches stands at its beginning."""

_POWERSHELL = lazy(r"\b(?:powershell|pwsh)(?:\.exe)?\b", re.IGNORECASE)
_ENCODED = lazy(r"\s-e(?:n?c?|nco\w*)\s+[\"']?([a-z0-9+/=]{24,})", re.IGNORECASE)
_ASKS = lazy(
    r"\(?Get-(?:ItemProperty|ItemPropertyValue|CimInstance|Command|Culture|WinUserLanguageList)\b[^;|&(){}$`\n]*\)?(?:\.\w+)?"
)
"""A command that asks for one setting, and starts nothing else."""
_HIDDEN = lazy(r"\s-w(?:i\w*)?\s+[\"']?(?:hidden|1)\b", re.IGNORECASE)
_DOWNLOADS = lazy(
    r"downloadstring|downloadfile|downloaddata|invoke-webrequest|invoke-restmethod|\biwr\b|\birm\b|start-bitstransfer"
    r"|net\.webclient|\b(?:curl|wget)\b",
    re.IGNORECASE,
)
_EXECUTES = lazy(r"\biex\b|invoke-expression|start-process|invoke-item|frombase64string|\bsaps\b", re.IGNORECASE)
_STARTS = lazy(r"\b(?:start-process|saps)\b", re.IGNORECASE)
_PIPED = lazy(
    r"\b(?:curl|wget|fetch)\b[^|;&]{0,800}\|\s*(?:sudo\s+)?(?:/\S*/)?(?:(?:ba|z|da|k|a)?sh|python[\d.]*|perl|node|php|ruby)\b"
    r"|\b(?:sh|bash|zsh|python[\d.]*|eval|node|bun|perl|ruby|php)\b[^|;&]{0,800}[<$`]\(?\s*(?:curl|wget)\b",
    re.IGNORECASE,
)
_DECODED = lazy(
    r"\b(?:base64\s+(?:-d|--decode|-di)|xxd\s+-r\s+-p|openssl\s+(?:enc\s+)?-?base64\s+-d)\b[^|;&]{0,200}\|\s*(?:sudo\s+)?"
    r"(?:/\S*/)?(?:(?:ba|z|da|k|a)?sh|python[\d.]*|perl|node|php|ruby)\b",
    re.IGNORECASE,
)
_THEN_RUN = lazy(
    r"\b(?:curl|wget|certutil|bitsadmin)\b.{0,2000}?(?:&&|;|&|\n)\s*(?:sudo\s+)?"
    r"(?:chmod\b|(?:ba|z)?sh\s|\./|start\s|python[\w.]*\s|nohup\s|/tmp/|%temp%|cmd\s|rundll32)",
    re.IGNORECASE | re.DOTALL,
)
_SYSTEM = lazy(
    r"\bmshta(?:\.exe)?\s+[\"']?(?:https?:|vbscript:|javascript:)|\bcertutil(?:\.exe)?\b.{0,800}-urlcache"
    r"|\bbitsadmin(?:\.exe)?\b.{0,800}/transfer|\bregsvr32(?:\.exe)?\b.{0,800}/i:https?|\brundll32(?:\.exe)?\s+[\"']?javascript:"
    r"|\bmsiexec(?:\.exe)?\b.{0,800}/i\s+[\"']?https?:|\b[cw]script(?:\.exe)?\s.{0,800}https?:|\bwmic\b.{0,800}process\s+call\s+create",
    re.IGNORECASE,
)
_PROGRAM = lazy(r"\.(?:exe|scr|bat|cmd|ps1|vbs|hta|msi|dll|sh|elf|jar|py|pyw)(?:[?#]|$)", re.IGNORECASE)
_ADDRESS = lazy(r"https?://[^\s\"'),;|&]+", re.IGNORECASE)
_INTO = lazy(
    r"(?:\s-o|\s--output(?:-document)?|\s-outfile|\s-destination)[\s=]{1,8}(?:[\"'](?P<quoted>[^\"']+)|(?P<plain>[^\s\"';|&]+))"
    r"|https?://[^\s\"',]+[\"']?[\s,]+[\"']?(?P<last>[^\s\"';|&,-][^\s\"';|&,]*)",
    re.IGNORECASE,
)
_SAVES = lazy(r"\bcertutil\b|\bbitsadmin\b", re.IGNORECASE)
_FETCHES = lazy(r"\b(?:curl|wget)\b", re.IGNORECASE)
_TO_FILE = lazy(r"(?:\s-\w{0,8}[oO]|\s--output(?:-document)?|>)[\s=]{0,4}([^\s;|&>]{1,200})")
_INTERPRETED = lazy(
    r"(?:&&|\|\||[;&\n(])\s{0,20}(?:sudo\s{1,4})?(?:node|bun|deno\s{1,4}run|python[\d.]{0,6}|perl|ruby|php|(?:ba|z|da)?sh)"
    r"\s{1,20}(?:-\S{1,40}\s{1,4})?([^\s;|&>]{1,200})"
)
"""Where a command puts what it fetches, and the file that an interpreter is given."""

_FETCHERS = frozenset({"curl", "wget"})
_INSTALLERS = frozenset({"pip", "pip3", "pipx", "easy_install", "uv", "conda", "npm", "npx", "pnpm", "yarn"})
_ADDS = frozenset({"install", "add", "i"})
_REMOTE = lazy(r"^(?:git\+|hg\+|https?://|\w+ ?@ ?(?:git\+|https?://))|[\s@](?:git\+|https?://)")
_INDEX = frozenset({"-i", "--index-url", "--extra-index-url", "--trusted-host", "-f", "--find-links"})
_LOCAL = lazy(r"^(?:\.|/|-|….*\.(?:whl|txt)|.*\.txt$|.*requirements)")


class Fetching(NamedTuple):
    """How a command fetches: ``runs`` if it runs what it fetches, ``hides`` if it keeps out of sight."""

    runs: bool
    hides: bool
    what: str


class Installing(NamedTuple):
    """Packages that a command installs: those named, and whether they come from an address instead of the registry."""

    names: tuple[str, ...]
    remote: bool


def fetching(line: str) -> Fetching | None:
    """Return how a command line fetches something, None if it does not. Read are its first ``LONGEST`` characters."""
    line = line[:LONGEST]
    if _POWERSHELL.search(line):
        hides, encoded = bool(_HIDDEN.search(_itself(line))), _is_encoded(line)
        downloads, executes = bool(_DOWNLOADS.search(line)), bool(_EXECUTES.search(line))
        if encoded:
            return Fetching(True, True, "an encoded PowerShell command")
        if downloads or (executes and hides):
            return Fetching(executes or hides, hides, "PowerShell")
    if _PIPED.search(line):
        return Fetching(True, False, "a download that is piped to an interpreter")
    if _DECODED.search(line):
        return Fetching(True, True, "encoded text that is piped to an interpreter")
    if _SYSTEM.search(line):
        return Fetching(True, False, "a program of the system that fetches and runs")
    if _THEN_RUN.search(line) or _is_run(line):
        return Fetching(True, False, "a download that is run")
    words = line.split()
    if words and program(words[0]) in _FETCHERS and ("://" in line or "…" in line):
        return Fetching(False, False, "a download")
    return None


def _is_encoded(line: str) -> bool:
    """Say whether PowerShell is given an encoded command, other than one that can be read and asks for settings."""
    found = _ENCODED.search(line)
    return found is not None and _ASKS.fullmatch(_read(found[1])) is None


def _read(text: str) -> str:
    """Return an encoded command of PowerShell as text, "" if it is none or cut."""
    try:
        return base64.b64decode(text, validate=True).decode("utf-16-le")
    except ValueError:
        return ""


def _itself(line: str) -> str:
    """Return the part of a line that sets up PowerShell itself, without what it says of a program that it starts."""
    started = _STARTS.search(line)
    return line[: started.start()] if started and not _DOWNLOADS.search(line) else line


def _is_run(line: str) -> bool:
    """Say whether an interpreter is given the file that a command before it has fetched, by its name."""
    if not _FETCHES.search(line):
        return False
    saved = {_name(found[1]) for found in _TO_FILE.finditer(line)}
    saved |= {_name(found.rstrip("/")) for found in _ADDRESS.findall(line)}
    return any(_name(found[1]) in saved for found in _INTERPRETED.finditer(line))


def _name(path: str) -> str:
    return path.strip("\"'").rpartition("/")[2] or path


def saved_by(line: str) -> tuple[str, str] | None:
    """Return the address and the file of a command that fetches one into the other, None if it does not."""
    line = line[:LONGEST]
    address, file = _ADDRESS.search(line), _INTO.search(line)
    if address is None or file is None or not (_DOWNLOADS.search(line) or _SAVES.search(line)):
        return None
    return address[0], (file["quoted"] or file["plain"] or file["last"] or "").rstrip(")")


def is_program(url: str) -> bool:
    """Say whether an address is that of a program or script, by its ending."""
    return url.lower().startswith(("http:", "https:", "ftp:")) and bool(_PROGRAM.search(url))


def installing(command: Command) -> Installing | None:
    """Return what a command installs, None if it installs nothing by name: requirements and the project itself."""
    for words in parts_of(command):
        rest = words
        if is_python(words[0]) or words[0] == "…":
            rest = words[words.index("-m") + 1 :] if "-m" in words else []
        if not rest or program(rest[0]) not in _INSTALLERS:
            continue
        at = next((place for place, word in enumerate(rest) if word in _ADDS), 0)
        if not at:
            continue
        given = rest[at + 1 :]
        names = [word for word in given if not word.startswith("-") and not _LOCAL.match(word)]
        remote = bool(_INDEX.intersection(given)) or any(_REMOTE.search(word) for word in given)
        if names:
            return Installing(tuple(names), remote)
    return None
