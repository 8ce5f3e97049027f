"""CRED-001: credentials by their form, and what only looks like one. Every value is made up from a hash."""

from __future__ import annotations

import base64

import pytest

from assay.rules.cred_001_literal_credential import RULE
from tests.code.test_marks import noise
from tests.rules.marked import found, severities

TEXT = base64.b64encode(noise(900, 5)).decode().replace("+", "x").replace("/", "y")
UPPER = base64.b32encode(noise(60, 6)).decode()
KEY = f"-----BEGIN RSA PRIVATE KEY-----\\n{TEXT[:400]}\\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("demo/a.py", f"KEY = 'AKIA{UPPER[:16]}'"),
        ("demo/a.py", f"TOKEN = 'ghp_{TEXT[:36]}'"),
        ("demo/a.py", f"TOKEN = 'github_pat_{TEXT[:22]}_{TEXT[30:89]}'"),
        ("demo/a.py", f"TOKEN = 'glpat-{TEXT[:20]}'"),
        ("demo/a.py", f"TOKEN = 'npm_{TEXT[:36]}'"),
        ("demo/a.py", f"TOKEN = 'pypi-AgE{TEXT[:120]}'"),
        ("demo/a.py", f"KEY = 'AIza{TEXT[:35]}'"),
        ("demo/a.py", f"KEY = 'sk_live_{TEXT[:24]}'"),
        ("demo/a.py", f"HOOK = 'https://discord.com/api/webhooks/827364519283746152/{TEXT[:68]}'"),
        ("demo/a.py", f"BOT = '928374651:AA{TEXT[:33]}'"),
        ("demo/a.py", f"KEY = '{KEY}'"),
        ("demo/a.py", f"DB = 'postgres://app:{TEXT[:16]}@db.internal.net/app'"),
        (".npmrc", f"//npm.intern.net/:_authToken={TEXT[:36]}"),
        (".pypirc", f"[pypi]\nusername = me\npassword = {TEXT[:20]}"),
    ],
)
def test_seen_and_redacted(path: str, text: str) -> None:
    (finding,) = found(RULE, {path: text})
    assert finding.severity == "medium"
    assert not any(TEXT[start : start + 8] in " ".join(finding.evidence) for start in range(120))


def test_a_key_and_its_secret() -> None:
    both = found(RULE, {"demo/a.py": f"KEY = 'AKIA{UPPER[:16]}'\nSECRET = '{TEXT[:40]}'"})
    assert [finding.evidence[0] for finding in both] == ["credential:aws-key", "credential:aws-secret"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("demo/a.py", "KEY = 'AKIAIOSFODNN7EXAMPLE'"),
        ("demo/a.py", "TOKEN = 'ghp_" + "x" * 36 + "'"),
        ("demo/a.py", f"TOKEN = 'ghp_{TEXT[:20]}'"),
        ("demo/a.py", f"# for example ghp_{TEXT[:36]}"),
        ("demo/a.py", "DB = 'postgres://scott:tiger@localhost/test'"),
        ("demo/a.py", "DB = 'postgres://user:${PASSWORD_1}@db.internal.net'"),
        ("demo/a.py", "DB = 'https://user:passwordpassword@db.internal.net'"),
        ("demo/a.py", "DB = 'https://user:not-re%40l7@db.internal.net'"),
        ("demo/a.py", "KEY = '-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----'"),
        (".npmrc", "//npm.intern.net/:_authToken=${NPM_TOKEN}"),
        ("demo/a.py", f"SHA = '{noise(20).hex()}'"),
    ],
)
def test_left_alone(path: str, text: str) -> None:
    assert found(RULE, {path: text}) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("t/unit/keys.py", "low"),
        ("dummyserver/certs/server.key", "low"),
        ("demo/greentest/cert.pem", "low"),
        ("demo/_tests/keys.py", "low"),
        ("demo/server/server.pem", "medium"),
        ("demo/attach/keys.py", "medium"),
    ],
)
def test_keys_of_servers_for_tests_are_low(path: str, expected: str) -> None:
    text = KEY.replace("\\n", "\n") if not path.endswith(".py") else f"KEY = '{KEY}'"
    assert [finding.severity.value for finding in found(RULE, {path: text})] == [expected]


def test_in_tests_it_is_low() -> None:
    assert severities(RULE, f"TOKEN = 'npm_{TEXT[:36]}'") == ["medium"] * 4 + ["low"]
