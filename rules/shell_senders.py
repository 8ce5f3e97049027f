"""Shell commands that send away what other commands tell, or files."""

from __future__ import annotations

import re

from assay.scanner.lazy_pattern import lazy

_SENDER = r"\b(?:curl|wget|nc|ncat|netcat|nslookup|dig|host|ping|invoke-webrequest|invoke-restmethod|iwr|irm)\b"
_TELLS = r"(?:whoami|hostname|id|uname|env|printenv|ifconfig|ipconfig|ls|pwd|cat|systeminfo|base64|xxd)\b"
_PRIVATE = (
    r"(?:/etc/(?:passwd|shadow)|\.ssh/|id_rsa|id_ed25519|\.aws/|\.kube/"
    r"|\.npmrc|\.pypirc|\.git-credentials|/flag|/proc/self/environ|\.env\b)"
)
_SENDS = lazy(
    rf"{_SENDER}[^\n;|&]*(?:\$\(|`)\s*{_TELLS}"
    rf"|{_SENDER}[^\n;|&]*(?:\$\{{?(?:user|hostname|logname|home)\b"
    r"|%(?:username|computername|userdomain)%|\$env:(?:username|computername))"
    rf"|(?:^|[;&|(]\s*)(?:(?:env|printenv|whoami|hostname|id|uname -a|set)\b|cat [^\n|;&]*{_PRIVATE})[^\n;&]*\|"
    r"[^\n;&]*\b(?:curl|nc|ncat|wget)\b"
    rf"|\bcurl\b[^\n;|&]*(?:\s-(?:d|f|t)|--data\S*|--form|--upload-file)[ =]?[\"']?\S*@?\S*{_PRIVATE}"
)

_WHO = r"\b(?:whoami|hostname|env|printenv|ifconfig|ipconfig|systeminfo|cat\s+/etc/\w+)\b"
_SENDS_KEPT = lazy(
    rf"{_WHO}.*\bwhile\s+(?:ifs=\S*\s+)?read\s+(?:-\w+\s+)*(?P<line>\w+)\s*;?\s*do\b[^\n]{{0,400}}?"
    rf"{_SENDER}[^\n;|&]*\$\{{?(?P=line)\b"
    rf"|\b(?P<held>\w+)=[\"']?(?:\$\(|`)[^\n`]{{0,200}}?{_WHO}.{{0,400}}?{_SENDER}[^\n;|&]*\$\{{?(?P=held)\b",
    re.DOTALL,
)
"""What was told is kept in a variable first, or read line by line."""

_ASKS = lazy(rf"{_SENDER}|\b(?:requests\.(?:get|post|put|request)|urlopen|urllib\.request|http\.client)\b")
_ADDRESS = lazy(r"https?://[^\s\"'`,;|&<>()\\]+")
_HOSTS = lazy(
    r"^(?:(?:ba|da|z|k|a)?sh\s+-\w*c\s+[\"']?)?(?:curl|wget|nslookup|dig|host|ping|nc|ncat)\s(?:.{0,200}?\s)?[\"']?(?P<host>(?:[\w…-]+\.)+[a-z]{2,})\b"
)
_READ = 4_096


def told_to(command: str) -> tuple[str, ...]:
    """Return the addresses that a command line has a program of the system, or Python, talk to."""
    text = command[:_READ].lower()
    if not _ASKS.search(text):
        return ()
    host = _HOSTS.search(text)
    return (*_ADDRESS.findall(text), *([host["host"]] if host else ()))


def sends(command: str) -> bool:
    """Say whether a command line sends who its user is, what programs print or files that are private."""
    text = command.lower()
    return _SENDS.search(text) is not None or _SENDS_KEPT.search(text[:_READ]) is not None
