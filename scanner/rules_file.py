"""The invoker's rules file: TOML or YAML, checked against its JSON Schema, and turned into ``UserRule`` entries.

Only a file that the invoker names is ever read. One that lies in the target is not looked for, but may be named.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from assay.scanner import settings_file
from assay.scanner.errors import UsageError
from assay.scanner.inputs.toml_text import load_toml
from assay.scanner.inputs.yaml_text import load_yaml
from assay.scanner.models import Confidence, Severity
from assay.scanner.purl import normalise_name
from assay.scanner.requirement import is_range
from assay.scanner.user_rules import ANY_VERSION, UserRule, When, name_matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from assay.scanner.inputs.text import Loaded
    from assay.scanner.models import Ecosystem

SCHEMA_FILE = "rules_file.schema.json"

LOADERS: dict[str, Callable[[bytes], Loaded]] = {".toml": load_toml, ".yml": load_yaml, ".yaml": load_yaml}
"""What reads a file, by the ending of its name in lower case."""


def load_schema() -> dict[str, Any]:
    """Return the JSON Schema of a rules file (2020-12)."""
    return settings_file.load_schema(SCHEMA_FILE)


def load_rules(path: str, known: Sequence[str]) -> tuple[UserRule, ...]:
    """Return the entries of the file at ``path``; ``known`` are the ids of all rules.

    Raises:
        UsageError: its name has another ending, it cannot be read, is not TOML or YAML, or does not say what an entry
            may say; one line with file and key.
    """
    ending = os.path.splitext(path)[1].lower()
    if ending not in LOADERS:
        raise UsageError(f"{path}: a rules file ends in {', '.join(LOADERS)}")
    parse = partial(parse_rules, load=LOADERS[ending], known=known)
    return settings_file.read(path, parse, "name a readable file with --rules-file")


def parse_rules(data: bytes, load: Callable[[bytes], Loaded], known: Sequence[str]) -> tuple[UserRule, ...]:
    """Return the entries that bytes describe; ``load`` is one of ``LOADERS``.

    Raises:
        ParseError: not TOML or YAML.
        UsageError: not what the schema asks for, a rule that there is not, or no version range.
    """
    content = settings_file.check(load(data), load_schema())
    return tuple(_entry(entry, f"rules[{number}]", known) for number, entry in enumerate(content["rules"]))


def _entry(entry: dict[str, Any], place: str, known: Sequence[str]) -> UserRule:
    return UserRule(
        when=_when(entry["when"], f"{place}.when", known),
        severity=Severity(entry["severity"].lower()) if "severity" in entry else None,
        suppress=entry.get("suppress", False),
        describe=entry.get("describe", ""),
        name=entry.get("name", ""),
        reason=entry.get("reason", ""),
    )


def _when(when: dict[str, Any], place: str, known: Sequence[str]) -> When:
    packages = tuple(_package(text) for text in _several(when, "package"))
    versions = when.get("versions", ANY_VERSION)
    for ecosystem, _ in packages:
        if not is_range(ecosystem, versions):
            raise UsageError(f"{place}.versions: {versions!r} is no version range of {ecosystem}")
    return When(
        rules=_rules(when, place, known),
        severities=tuple(Severity(word.lower()) for word in _several(when, "severity")),
        confidences=tuple(Confidence(word.lower()) for word in _several(when, "confidence")),
        triggers=_several(when, "trigger"),
        paths=_several(when, "path"),
        packages=packages,
        versions=versions,
        messages=_several(when, "message"),
        evidence=_several(when, "evidence"),
        in_archive=when.get("in_archive"),
    )


def _several(when: dict[str, Any], key: str) -> tuple[str, ...]:
    """Return the values of a key that may hold one or a list, none if it is not there."""
    value = when.get(key, [])
    return tuple(value) if isinstance(value, list) else (value,)


def _rules(when: dict[str, Any], place: str, known: Sequence[str]) -> tuple[str, ...]:
    globs = _several(when, "rule")
    for number, glob in enumerate(globs):
        if not any(name_matches(glob, rule) for rule in known):
            where = f"{place}.rule[{number}]" if isinstance(when["rule"], list) else f"{place}.rule"
            hint = settings_file.suggestion(glob, _ids_and_families(known), "'assay rules' lists them")
            raise UsageError(f"{where}: {glob!r} is no rule's id; {hint}")
    return globs


def _ids_and_families(known: Iterable[str]) -> list[str]:
    return [word for rule in known for word in (rule, rule.partition("-")[0] + "-*")]


def _package(text: str) -> tuple[Ecosystem, str]:
    prefix, _, name = text.partition(":")
    ecosystem: Ecosystem = "npm" if prefix == "npm" else "pypi"
    return ecosystem, normalise_name(ecosystem, name)
