"""The invoker's ``assay.yml``: read, checked against its JSON Schema, and turned into a Policy.

Only a file that the invoker names, or the one in the user's own configuration folder, is ever read; never one that
lies in the target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner import settings_file
from assay.scanner.day import is_day
from assay.scanner.errors import UsageError
from assay.scanner.inputs.yaml_text import load_yaml
from assay.scanner.models import Severity
from assay.scanner.policy import ANY_VERSION, MAX_AGE, ListedPackage, Policy
from assay.scanner.purl import normalise_name
from assay.scanner.requirement import is_range

if TYPE_CHECKING:
    from assay.scanner.models import Ecosystem

SCHEMA_FILE = "assay.schema.json"


def load_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``assay.yml`` (2020-12)."""
    return settings_file.load_schema(SCHEMA_FILE)


def load_policy(path: str) -> Policy:
    """Return the policy that the file at ``path`` describes.

    Raises:
        UsageError: it cannot be read, is not YAML, or does not fit the schema; one line with the key that is wrong.
    """
    return settings_file.read(path, parse_policy, "name a readable policy file with --config")


def parse_policy(data: bytes) -> Policy:
    """Return the policy that the bytes of an ``assay.yml`` describe; an empty file is the default policy.

    Raises:
        ParseError: not YAML.
        UsageError: not what the schema asks for.
    """
    content = settings_file.check(load_yaml(data), load_schema())
    return Policy(
        profile=content.get("profile", "default"),
        fail_on=Severity(content["fail_on"]) if "fail_on" in content else None,
        as_of=_day(content["as_of"], "as_of") if "as_of" in content else None,
        max_age=_days(content["max_age"]) if "max_age" in content else None,
        allow=_entries(content, "allow"),
        deny=_entries(content, "deny"),
        internal=tuple(
            (ecosystem, pattern)
            for ecosystem in _ECOSYSTEMS
            for pattern in sorted(
                {_pattern(ecosystem, name) for name in content.get("internal", {}).get(ecosystem, ())}
            )
        ),
    )


_ECOSYSTEMS: tuple[Ecosystem, ...] = ("npm", "pypi")


def _day(text: str, place: str) -> str:
    if not is_day(text):
        raise UsageError(f"{place}: {text!r} is no day of the calendar; write YYYY-MM-DD")
    return text


def _days(text: str) -> int:
    days = int(text)
    if days > MAX_AGE:
        raise UsageError(f"max_age: {text!r} is no number of days from 0 to {MAX_AGE}")
    return days


def _pattern(ecosystem: Ecosystem, name: str) -> str:
    """Normalise an internal name; a trailing ``*``, which stands for any ending, stays."""
    if name.endswith("*"):
        return normalise_name(ecosystem, name[:-1]) + "*"
    return normalise_name(ecosystem, name)


def _entries(content: dict[str, Any], key: str) -> tuple[ListedPackage, ...]:
    entries = []
    for number, entry in enumerate(content.get(key, ())):
        prefix, _, name = entry["package"].partition(":")
        ecosystem: Ecosystem = "npm" if prefix == "npm" else "pypi"
        versions = entry.get("versions", ANY_VERSION)
        if not is_range(ecosystem, versions):
            raise UsageError(f"{key}[{number}].versions: {versions!r} is no version range of {ecosystem}")
        expires = _day(entry["expires"], f"{key}[{number}].expires") if "expires" in entry else ""
        reason = entry.get("reason", "")
        entries.append(ListedPackage(ecosystem, normalise_name(ecosystem, name), versions, reason, expires))
    return tuple(sorted(entries))
