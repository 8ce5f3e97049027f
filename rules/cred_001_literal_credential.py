"""A credential stands in a shipped file.

Detects: keys and tokens by the form of their issuers: AWS, GitHub, GitLab, Slack, npm, PyPI, Google, Stripe, OpenAI,
    Anthropic, Hugging Face, SendGrid, Discord and Telegram bots, Discord and Slack webhooks; private keys with a body;
    `_authToken` and passwords of registries; passwords in URLs: MEDIUM, in tests and documents LOW.
Why: whoever installs the package can use it: to publish in the author's name, or at the author's cost. In malware it
    is the address to which the loot goes.
Misses: passwords and tokens without a form of their own, JSON Web Tokens, encoded credentials; whether a credential is
    still valid. Examples are left alone: few different characters, the words of placeholders, variables.
Fix: revoke the credential, then remove it from the package; a new version does not take it out of the old one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.rules.marked import Grade, findings_of
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Confidence, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_MEDIUM = Severity.MEDIUM
_SORTS = {
    "aws-key": "a key of Amazon Web Services",
    "aws-secret": "a secret of Amazon Web Services",
    "github": "a token of GitHub",
    "gitlab": "a token of GitLab",
    "slack": "a token of Slack",
    "slack-webhook": "a webhook of Slack",
    "npm": "a token of npm",
    "npm-auth": "a login of a package registry",
    "pypi": "a token of PyPI",
    "pypirc": "a password of a package registry",
    "google": "a key of Google",
    "stripe": "a live key of Stripe",
    "openai": "a key of OpenAI",
    "anthropic": "a key of Anthropic",
    "huggingface": "a token of Hugging Face",
    "sendgrid": "a key of SendGrid",
    "discord-bot": "a token of a Discord bot",
    "discord-webhook": "a webhook of Discord",
    "telegram-bot": "a token of a Telegram bot",
    "private-key": "a private key",
    "url": "a password in a URL",
}
_ASIDE = lazy(r"t|spec|.*(?:test|dummy|mock|fake).*", re.IGNORECASE)
"""Folders of what tests use, whatever loads it: nobody draws a real key for a server of tests."""

_GRADES = {
    f"credential:{kind}": Grade(
        f"ships {what}", Severity.MEDIUM, Severity.MEDIUM, tests=Severity.LOW, confidence=Confidence.MEDIUM
    )
    for kind, what in _SORTS.items()
}


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each sort of mark."""
    fix = "revoke it, and publish a version without it"
    yield from findings_of(subject, "CRED-001", _GRADES, fix, lambda path: _is_aside(path, subject))


def _is_aside(path: str, package: Package) -> bool:
    """Whether a file lies in a folder of what tests use; what the package itself is called says nothing."""
    folders = path.split("/")[1 if package.packed == "sdist" else 0 : -1]
    own = package.purl.rpartition("/")[2].partition("@")[0].lower()
    return any(_ASIDE.fullmatch(name) and name.lower().replace("_", "-") != own for name in folders)


RULE = Rule(
    id="CRED-001",
    doc=__doc__ or "",
    severities=(Severity.MEDIUM, Severity.LOW),
    vectors=("leaked-credential",),
    quiet=frozenset({Severity.LOW}),
    check_package=check_package,
)
