"""Literal credentials in a text: by the form that their issuer gives them, with what is no secret left out.

Forms are those that the issuers document, and GitHub's list of secret scanning patterns. A value counts only if it is
as long as issued ones, looks drawn at random, and neither it nor what stands around it says that it is an example.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from assay.scanner.code.mark import SHOWN, Mark, Page
from assay.scanner.code.marks.packed import entropy
from assay.scanner.lazy_pattern import lazy


class _Form(NamedTuple):
    """How one issuer's secrets look: ``hint`` is a literal of all of them; group 1 of ``pattern`` is the secret."""

    kind: str
    hint: str
    pattern: re.Pattern[str]
    bits: float = 3.2


_BEFORE = r"(?<![A-Za-z0-9_-])"
_AFTER = r"(?![A-Za-z0-9_-])"


def _token(kind: str, hint: str, pattern: str, bits: float = 3.2) -> _Form:
    return _Form(kind, hint, lazy(f"{_BEFORE}({pattern}){_AFTER}"), bits)


_FORMS = (
    _token("aws-key", "AKIA", r"AKIA[A-Z2-7]{16}", 2.8),
    _token("github", "ghp_", r"ghp_[A-Za-z0-9]{36}"),
    _token("github", "gho_", r"gho_[A-Za-z0-9]{36}"),
    _token("github", "ghs_", r"ghs_[A-Za-z0-9]{36}"),
    _token("github", "github_pat_", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    _token("gitlab", "glpat-", r"glpat-[A-Za-z0-9_-]{20}"),
    _token("slack", "xox", r"xox[abprs]-\d{9,14}-\d{9,14}-[A-Za-z0-9-]{20,80}"),
    _token("slack-webhook", "hooks.slack.com/services/", r"T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{24}"),
    _token("npm", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _token("pypi", "pypi-AgE", r"pypi-AgE[A-Za-z0-9_-]{80,300}", 3.5),
    _token("google", "AIza", r"AIza[A-Za-z0-9_-]{35}"),
    _token("stripe", "_live_", r"[sr]k_live_[A-Za-z0-9]{24,120}"),
    _token("openai", "sk-", r"sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,80}T3BlbkFJ[A-Za-z0-9_-]{20,80}"),
    _token("anthropic", "sk-ant-", r"sk-ant-[a-z]{3,5}\d\d-[A-Za-z0-9_-]{80,120}"),
    _token("huggingface", "hf_", r"hf_[A-Za-z]{34}"),
    _token("sendgrid", "SG.", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    _token("discord-bot", "discord", r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}", 4.0),
    _token("telegram-bot", ":AA", r"\d{8,10}:AA[A-Za-z0-9_-]{33}"),
    _Form(
        "discord-webhook",
        "/webhooks/",
        lazy(r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{17,20}/([A-Za-z0-9_-]{60,80})"),
    ),
    _Form("npm-auth", "_authToken", lazy(r":_authToken[ \t]*=[ \t]*[\"']?([A-Za-z0-9_=-]{24,100})(?![\w=-])")),
    _Form(
        "npm-auth",
        "_auth",
        lazy(r"(?:^|:)_(?:auth|password)[ \t]*=[ \t]*[\"']?([A-Za-z0-9+/]{16,200}={0,2})", re.MULTILINE),
    ),
    _Form(
        "url",
        "://",
        lazy(r"\b[a-z][a-z0-9+]{1,20}://[\w.%+-]{1,64}:([^\s:@/\"'`<>{}$\\]{10,100})@[\w-]+\.[\w.-]+"),
    ),
)
_AWS_SECRET = lazy(r"(?i:secret)[^\n]{0,40}?[\"'=:\s]([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])")
_PYPIRC = lazy(r"^[ \t]*password[ \t]*[=:][ \t]*(\S{8,100})[ \t]*$", re.MULTILINE)
_KEY = lazy(
    r"-----BEGIN ((?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY)-----"
    r"((?:[A-Za-z0-9+/=\s]|\\n|[\"',](?=[\s\"'])){100,20000}?)-----END "
)
_HEADERS = lazy(r"\\n|[^A-Za-z0-9+/]")
_EXAMPLE = lazy(
    r"example|sample|dummy|fake|xxxx|placeholder|your[_-]|changeme|redacted|notreal|1234567|abcdef|00000|test|secret"
    r"|password|\bnot[_-]|\.\.\.|(.)\1{5}",
    re.IGNORECASE,
)
_AROUND = lazy(
    r"\b(?:example|dummy|fake|sample|placeholder|not a real|invalid|revoked)\b"
    r"|example\.(?:com|org|net|invalid)",
    re.IGNORECASE,
)
_LOCAL = lazy(r"@(?:localhost|127\.|[\w.-]*\.(?:example|test|local|invalid|localhost)\b|example\.|host\b|server\b)")


def credentials(page: Page, path: str) -> list[Mark]:
    """Return the credentials that stand in a text, at most ``SHOWN``, each once."""
    text = page.text
    found: dict[str, Mark] = {}
    for form in _FORMS:
        if form.hint in text:
            for match in form.pattern.finditer(text):
                if _is_secret(match, form):
                    _add(found, form.kind, match[1], page, match.start(1))
    _secrets(found, page)
    _keys(found, page)
    if path.rpartition("/")[2].lower() in (".pypirc", "pypirc"):
        _passwords(found, page)
    return sorted(found.values(), key=lambda mark: (mark.place, mark.kind))[:SHOWN]


def _is_secret(match: re.Match[str], form: _Form) -> bool:
    secret, text = match[1], match.string
    body = secret.rpartition("_")[2] if form.kind in ("github", "npm", "stripe") else secret
    if entropy(body) < form.bits or _EXAMPLE.search(secret):
        return False
    if form.kind in ("url", "npm-auth") and not _mixed(secret):
        return False
    around = text[max(0, match.start() - 60) : match.end() + 20]
    return not _AROUND.search(around) and not (form.kind == "url" and _LOCAL.search(match[0] + around[-20:]))


def _mixed(secret: str) -> bool:
    """Say whether letters of one case at least stand among digits, as words and paths do not."""
    return any(c.isdigit() for c in secret) and any(c.isalpha() for c in secret)


def _secrets(found: dict[str, Mark], page: Page) -> None:
    """Add secrets of AWS: they have no form but their length, and are of no use without the key."""
    if "AKIA" not in page.text:
        return
    for match in _AWS_SECRET.finditer(page.text):
        secret = match[1]
        if entropy(secret) >= 4.2 and _mixed(secret) and not secret.islower() and not _EXAMPLE.search(secret):
            _add(found, "aws-secret", secret, page, match.start(1))


def _passwords(found: dict[str, Mark], page: Page) -> None:
    for match in _PYPIRC.finditer(page.text):
        if not _EXAMPLE.search(match[1]) and "$" not in match[1] and "%" not in match[1]:
            _add(found, "pypirc", match[1], page, match.start(1))


def _keys(found: dict[str, Mark], page: Page) -> None:
    for match in _KEY.finditer(page.text) if "PRIVATE KEY-----" in page.text else ():
        body = _HEADERS.sub("", match[2])
        if len(body) >= 60 and entropy(body) >= 4.5 and not _EXAMPLE.search(match[2][:200]):
            _add(found, "private-key", body, page, match.start(), match[1])


def _add(found: dict[str, Mark], kind: str, secret: str, page: Page, offset: int, what: str = "") -> None:
    detail = f"{what or secret[:4]}{'...' if not what else ','} {len(secret)} characters"
    if secret not in found:
        found[secret] = Mark(f"credential:{kind}", page.place(offset), detail, len(secret))
