"""Shell commands that send away what other commands tell, or files."""

from __future__ import annotations

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


def sends(command: str) -> bool:
    """Say whether a command line sends who its user is, what programs print or files that are private."""
    return _SENDS.search(command.lower()) is not None
