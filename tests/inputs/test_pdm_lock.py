"""pdm.lock: extras are one component, groups become scopes, sources are told apart."""

from __future__ import annotations

import pytest

from assay.scanner.inputs.pdm_lock import parse
from assay.scanner.models import Scope, Source
from tests.inputs.told import components, details, graph, reasons

HASH = "sha256:" + "ab" * 32
OTHER = "sha256:" + "cd" * 32
HEAD = '[metadata]\ngroups = ["default", "dev"]\nstrategy = ["inherit_metadata"]\nlock_version = "4.5.0"\n\n'
LOCK = f'''{HEAD}
[[package]]
name = "requests"
version = "2.32.0"
groups = ["default"]
dependencies = [
    "charset-normalizer<4,>=2",
    "idna<4,>=2.5; python_version >= \\"3\\"",
]
files = [
    {{url = "https://registry.example/requests-2.32.0-py3-none-any.whl", hash = "{HASH}"}},
    {{url = "https://registry.example/requests-2.32.0.tar.gz", hash = "{OTHER}"}},
]

[[package]]
name = "requests"
version = "2.32.0"
extras = ["socks"]
groups = ["default"]
dependencies = ["PySocks!=1.5.7,>=1.5.6", "requests==2.32.0"]

[[package]]
name = "charset-normalizer"
version = "3.0"
groups = ["default", "dev"]

[[package]]
name = "idna"
version = "3.1"
groups = ["docs"]

[[package]]
name = "pysocks"
version = "1.7.1"
'''


def test_a_lock_tells_the_graph_but_not_what_is_direct() -> None:
    parsed = parse(LOCK.encode(), "pdm.lock")
    assert parsed.gaps == ()
    assert not parsed.directness
    assert graph(parsed) == {
        "charset-normalizer@3.0": [],
        "idna@3.1": [],
        "pysocks@1.7.1": [],
        "requests@2.32.0": ["charset-normalizer@3.0", "idna@3.1", "pysocks@1.7.1"],
    }
    found = components(parsed)
    assert found["requests@2.32.0"].hashes == (HASH, OTHER)
    assert found["requests@2.32.0"].resolved == "https://registry.example/requests-2.32.0.tar.gz"
    assert [location.line for location in found["requests@2.32.0"].locations] == [7, 20]
    assert found["charset-normalizer@3.0"].scopes == (Scope.DEV, Scope.PROD)
    assert found["idna@3.1"].scopes == ()


@pytest.mark.parametrize(
    ("keys", "kind", "purl"),
    [
        (
            'git = "https://git.example/a"\nref = "main"\nrevision = "0123"',
            Source.GIT,
            "a@1?vcs_url=git%2Bhttps://git.example/a%400123",
        ),
        ('url = "https://example.invalid/a.zip#x=1"', Source.URL, "a@1?download_url=https://example.invalid/a.zip"),
        ('path = "./a"\neditable = true', Source.LINK, "a@1?download_url=file:svc/a"),
        ('path = "./a.whl"', Source.FILE, "a@1?download_url=file:svc/a.whl"),
    ],
)
def test_sources_are_told_apart(keys: str, kind: Source, purl: str) -> None:
    parsed = parse(f'{HEAD}[[package]]\nname = "a"\nversion = "1"\n{keys}\n'.encode(), "svc/pdm.lock")
    assert parsed.gaps == ()
    assert [component.source for component in parsed.components] == [kind]
    assert list(components(parsed)) == [purl]


def test_older_locks_keep_the_hashes_in_the_metadata() -> None:
    metadata = f'[metadata]\nlock_version = "4.1"\n[metadata.files]\n"a 1" = [{{hash = "{HASH}"}}]\n'
    text = f'[[package]]\nname = "a"\nversion = "1"\n{metadata}'
    assert parse(text.encode(), "pdm.lock").components[0].hashes == (HASH,)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unknown-version"),
        (LOCK.replace("4.5.0", "5.0"), "unknown-version"),
        (LOCK.replace('"4.5.0"', "4"), "unknown-version"),
        (LOCK[:300], "syntax"),
    ],
)
def test_what_cannot_be_read_is_a_gap(text: str, reason: str) -> None:
    parsed = parse(text.encode(), "pdm.lock")
    assert parsed.components == ()
    assert reason in reasons(parsed)


def test_wrong_types_are_gaps_that_name_the_key() -> None:
    text = f'{HEAD}[[package]]\nname = "a"\nversion = "1"\ndependencies = [1]\ngroups = "x"\n'
    parsed = parse(text.encode(), "pdm.lock")
    assert details(parsed) == ["package[0].groups: not a list", "package[0].dependencies[0]: not a string"]
    assert len(parsed.components) == 1
