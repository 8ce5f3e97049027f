"""assay.yml: what it says is done, and what it says wrongly is one line that names the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema
import pytest

from assay.scanner.config import load_policy, load_schema, parse_policy
from assay.scanner.errors import ParseError, UsageError
from assay.scanner.models import Severity
from assay.scanner.policy import ListedPackage, Policy

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = b"""
profile: strict
fail_on: medium
as_of: 2026-11-21
max_age: 30
allow:
  - package: npm:@acme/tool
    versions: ">=1 <2 || 3.x"
    reason: we read it
    expires: 2026-12-31
deny:
  - package: pypi:Left_Pad
  - package: npm:left-pad
    versions: "1.x"
internal:
  npm: ["@acme/*", acme-site]
  pypi: [Acme_*, acme.core]
"""


def test_everything_that_can_be_said() -> None:
    assert parse_policy(EVERYTHING) == Policy(
        profile="strict",
        fail_on=Severity.MEDIUM,
        as_of="2026-11-21",
        max_age=30,
        allow=(ListedPackage("npm", "@acme/tool", ">=1 <2 || 3.x", "we read it", "2026-12-31"),),
        deny=(ListedPackage("npm", "left-pad", "1.x"), ListedPackage("pypi", "left-pad")),
        internal=(("npm", "@acme/*"), ("npm", "acme-site"), ("pypi", "acme-*"), ("pypi", "acme-core")),
    )


@pytest.mark.parametrize("data", [b"", b"# nothing yet\n", b"{}\n", b"profile: default\n"])
def test_nothing_said_is_the_default(data: bytes) -> None:
    assert parse_policy(data) == Policy()


def test_the_order_of_lists_does_not_change_the_digest() -> None:
    one = parse_policy(b"deny: [{package: npm:a}, {package: npm:b}]\ninternal: {npm: [x, y]}")
    two = parse_policy(b"internal: {npm: [y, x, x]}\ndeny: [{package: npm:b}, {package: npm:a}]")
    assert one.digest() == two.digest()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"profil: strict", "the file: unknown key 'profil'; did you mean 'profile'?"),
        (
            b"xyzzy: 1",
            "the file: unknown key 'xyzzy'; known are allow, as_of, deny, fail_on, internal, max_age, profile",
        ),
        (b"profile: loud", "profile: 'loud' is none of default, strict, all"),
        (b"fail_on: HIGH", "fail_on: 'HIGH' is none of critical, high, medium, low, info; did you mean 'high'?"),
        (b"deny: [left-pad]", "deny[0]: not object"),
        (b"deny: [{package: left-pad}]", "deny[0].package: 'left-pad' is not of the form npm:NAME or pypi:NAME"),
        (b"deny: [{packages: npm:x}]", "deny[0]: unknown key 'packages'; did you mean 'package'?"),
        (b"deny: [{versions: '*'}]", "deny[0]: 'package' is missing"),
        (b"deny: [{package: npm:x, versions: banana}]", "deny[0].versions: 'banana' is no version range of npm"),
        (b"deny: [{package: pypi:x, versions: ^1}]", "deny[0].versions: '^1' is no version range of pypi"),
        (b"as_of: 2026-02-29", "as_of: '2026-02-29' is no day of the calendar; write YYYY-MM-DD"),
        (b"as_of: 20261121", "as_of: '20261121' is no day of the calendar; write YYYY-MM-DD"),
        (b"as_of: today", "as_of: 'today' is no day of the calendar; write YYYY-MM-DD"),
        (b"as_of: [2026]", "as_of: not string"),
        (b"max_age: 36501", "max_age: '36501' is no number of days from 0 to 36500"),
        (b"max_age: -1", "max_age: '-1' is no number of days from 0 to 36500"),
        (b"max_age: 1.5", "max_age: '1.5' is no number of days from 0 to 36500"),
        (b"max_age: 30 days", "max_age: '30 days' is no number of days from 0 to 36500"),
        (
            b"deny: [{package: npm:x, expires: 2026-13-01}]",
            "deny[0].expires: '2026-13-01' is no day of the calendar; write YYYY-MM-DD",
        ),
        (b"internal: {gems: [x]}", "internal: unknown key 'gems'; known are npm, pypi"),
        (b"- a list", "the file: not object"),
        (b"profile: all\nprofile: strict", "the key 'profile' stands twice"),
    ],
)
def test_what_is_wrong_is_named(data: bytes, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_policy(data)
    assert str(refused.value) == message


@pytest.mark.parametrize("data", [b"a: [", b"a: !!python/object:x {}", b"\xff\xfea", b"[" * 100_000])
def test_what_is_no_yaml_is_refused(data: bytes) -> None:
    with pytest.raises(ParseError):
        parse_policy(data)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.yml: No such file"):
        load_policy(str(tmp_path / "gone.yml"))


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(load_schema())
