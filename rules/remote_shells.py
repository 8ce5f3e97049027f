"""Command lines that hand a shell to somebody elsewhere, as they are known from shells and scripting languages."""

from __future__ import annotations

import re

from assay.scanner.lazy_pattern import lazy

_SHELL = r"(?:/\S*/)?(?:ba|z|k|da|a|c)?sh\b|cmd(?:\.exe)?\b|powershell(?:\.exe)?\b"
_NETCAT = r"\b(?:nc|ncat|netcat)(?:\.exe|\.traditional|\.openbsd)?\s"
_FORMS = {
    "a shell over /dev/tcp": r"[<>]&?\s*/dev/(?:tcp|udp)/\S+",
    "a shell over netcat": rf"{_NETCAT}[^|;&\n]{{0,120}}?-(?:\w*[ec]|-exec|-sh-exec)\s+[\"']?(?:{_SHELL})",
    "a shell over a pipe": (
        rf"\bmk(?:fifo|nod)\s\S+[^\n]{{0,80}}(?:{_SHELL})[^\n]{{0,80}}\b(?:nc|ncat|netcat|telnet|openssl)\b"
    ),
    "a shell over telnet": rf"\btelnet\s[^|\n]{{1,80}}\|\s*(?:{_SHELL})\s[^|\n]{{0,20}}\|\s*telnet\b",
    "a shell over socat": rf"\bsocat\b[^\n]{{0,160}}\bexec:[\"']?(?:{_SHELL})",
    "a shell by Python": (
        r"\bpython[\d.]*\s+-c\s[^\n]{0,400}\bsocket\b[^\n]{0,400}\b(?:dup2|pty\.spawn|subprocess\.call)\b"
    ),
    "a shell by Perl": r"\bperl\s[^\n]{0,20}-e\s[^\n]{0,80}\bsocket\b[^\n]{0,400}\bexec\b",
    "a shell by Ruby": r"\bruby\s+-rsocket\s[^\n]{0,160}\b(?:exec|IO\.popen)\b|\bTCPSocket\.\w+[^\n]{0,200}\bexec\b",
    "a shell by PHP": r"\bphp\s+-r\s[^\n]{0,40}fsockopen\([^\n]{0,200}\b(?:exec|passthru|system|proc_open)\b",
    "a shell by PowerShell": r"Net\.Sockets\.TCPClient\([\s\S]{0,400}GetStream\(\)[\s\S]{0,800}(?:\biex\b|Invoke-Ex)",
    "a shell by Java": r"getRuntime\(\)[^\n]{0,20}\.exec\([^\n]{0,80}/dev/tcp/",
    "a shell over OpenSSL": rf"(?:{_SHELL})[^\n|]{{0,20}}\|\s*openssl\s+s_client\b",
    "a shell that a listener feeds": rf"{_NETCAT}[^|;&\n]{{0,80}}\|\s*(?:{_SHELL})(?:\s*$|\s*\||\s+-i)",
}
_PATTERNS = {what: lazy(form, re.IGNORECASE) for what, form in _FORMS.items()}
_QUICK = lazy(
    r"/dev/(?:tcp|udp)/|\b(?:nc|ncat|netcat|socat|telnet|mkfifo|mknod)\b|TCPClient|fsockopen|TCPSocket|-rsocket"
    r"|\bs_client\b|\bsocket\b",
    re.IGNORECASE,
)
_LONGEST = 8_192


def remote_shell(text: str) -> str:
    """Return what sort of remote shell a text starts, "" if none."""
    text = text[:_LONGEST]
    if not _QUICK.search(text):
        return ""
    return next((what for what, pattern in _PATTERNS.items() if pattern.search(text)), "")
