"""Which file is read as what, by its path; and files that are none of an installed package's metadata."""

from __future__ import annotations

import pytest

from assay.scanner.inputs.formats import format_of, is_constraints, language_of, sniff


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("package.json", "package_json"),
        ("web/Package-Lock.json", "package_lock"),
        ("npm-shrinkwrap.json", "package_lock"),
        ("bun.lockb", "bun_lock"),
        ("requirements.txt", "requirements"),
        ("requirements.lock", "requirements"),
        ("requirements-dev.lock", "requirements"),
        ("requirements3.txt", "requirements"),
        ("test_requirements.in", "requirements"),
        ("requirements/base.txt", "requirements"),
        ("upper-constraints.txt", "requirements"),
        ("constraints.in", "requirements"),
        ("tools/build.py", "script_metadata"),
        ("tools/build.py.lock", "uv_lock"),
        ("pylock.toml", "pylock"),
        ("pylock.dev.toml", "pylock"),
        ("sbom.cdx.json", "cyclonedx_json"),
        ("bom.json", "cyclonedx_json"),
        ("x.spdx.json", "spdx_json"),
        ("node_modules/x/package.json", "package_json"),
        ("node_modules/@s/x/package.json", "package_json"),
        ("lib/site-packages/x-1.dist-info/METADATA", "dist_info"),
        ("x.egg-info/PKG-INFO", "dist_info"),
        ("node_modules/x/package-lock.json", None),
        ("node_modules/x/lib/package.json", None),
        ("node_modules/x/requirements.txt", None),
        ("lib/site-packages/x/pyproject.toml", None),
        ("lib/site-packages/x/METADATA", None),
        ("requirements.md", None),
        ("requirements/README", None),
        ("docs/constraintsolver.txt", None),
        ("docs/ref/constraints.txt", None),
        ("tests/constraints.txt", None),
        ("docs/requirements.txt", "requirements"),
        ("pylock.a.b.toml", None),
        ("random.lock", None),
        ("package.json.bak", None),
    ],
)
def test_the_path_alone_decides(path: str, module: str | None) -> None:
    form = format_of(path)
    assert (form and form.module) == module


@pytest.mark.parametrize(
    ("path", "narrows"),
    [
        ("constraints.txt", True),
        ("upper-constraints.txt", True),
        ("constraints/py311", True),
        ("requirements.txt", False),
        ("constraints.md", False),
    ],
)
def test_constraints_are_told_by_their_name(path: str, narrows: bool) -> None:
    assert is_constraints(path) is narrows


@pytest.mark.parametrize(
    ("data", "path", "module"),
    [
        (b'{"bomFormat": "CycloneDX"}', "x.json", "cyclonedx_json"),
        (b'{"spdxVersion": "SPDX-2.3"}', "x.json", "spdx_json"),
        (b'{"lockfileVersion": 3}', "x.json", "package_lock"),
        (b'{"_meta": {}}', "x.json", "pipfile_lock"),
        (b'{"dependencies": {}}', "x.json", "package_json"),
        (b'lock-version = "1.0"', "x.toml", "pylock"),
        (b"[project]", "x.toml", "pyproject"),
        (b"x==1", "x.txt", "requirements"),
        (b"{}", "x.json", None),
        (b"x==1", "x.whl", None),
    ],
)
def test_a_named_file_of_another_name_is_known_by_its_content(data: bytes, path: str, module: str | None) -> None:
    form = sniff(data, path)
    assert (form and form.module) == module


@pytest.mark.parametrize(
    ("path", "language"),
    [
        *(("a/x.PY", "python"), ("x.mjs", "javascript"), ("x.ts", "typescript"), (".py", None), ("x", None)),
        *(("x.d.ts", None), ("a/X.D.MTS", None), ("x.d.cts", None), ("d.ts", "typescript"), ("x.d.tsx", "typescript")),
    ],
)
def test_languages(path: str, language: str | None) -> None:
    assert language_of(path) == language
