"""The kinds of section that a pack may hold (pack format 1, "Section kinds"). An unknown kind is refused."""

from __future__ import annotations

from typing import Final

NAMES: Final = "names"
ADVISORIES: Final = "advisories"
BLOCKS: Final = "blocks"
IOC: Final = "ioc"
ALLOW: Final = "allow"
DENY: Final = "deny"
INTERNAL_NAMES: Final = "internal-names"
REGISTRY_HOSTS: Final = "registry-hosts"
LICENCES: Final = "licences"

KINDS: Final = frozenset({NAMES, ADVISORIES, BLOCKS, IOC, ALLOW, DENY, INTERNAL_NAMES, REGISTRY_HOSTS, LICENCES})
"""Tables only: none holds code or an unbounded regular expression."""

ORGANISATION: Final = frozenset({ALLOW, DENY, INTERNAL_NAMES, REGISTRY_HOSTS, LICENCES})
"""What an organisation lists of its own; the manifest's statistics count each by the name of its kind."""
