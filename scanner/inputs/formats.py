"""Which file is read as which format, decided by its path alone; parsers are loaded only when a file asks for one."""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Callable

    from assay.scanner.inputs.parsed import Parsed

    Parse = Callable[[bytes, str], Parsed]


class Format(NamedTuple):
    """A file format: its name, and the module below ``assay.scanner.inputs`` that parses it."""

    name: str
    module: str

    def parser(self) -> Parse:
        """Return the module's ``parse(data, path) -> Parsed``."""
        return _load(self.module)


@cache
def _load(module: str) -> Parse:
    parse: Parse = importlib.import_module(f"assay.scanner.inputs.{module}").parse
    return parse


PACKAGE_JSON = Format("package.json", "package_json")
REQUIREMENTS = Format("requirements", "requirements")
DIST_INFO = Format("dist-info", "dist_info")
RECORD = Format("RECORD", "record")
ENTRY_POINTS = Format("entry_points.txt", "entry_points")
INSTALLER = Format("INSTALLER", "installer")
PTH = Format("path configuration", "path_file")
ATTESTATION = Format("provenance", "attestation")
PEP_723 = Format("PEP 723 script", "script_metadata")

_BY_NAME = {
    "package.json": PACKAGE_JSON,
    "package-lock.json": Format("package-lock", "package_lock"),
    "npm-shrinkwrap.json": Format("npm-shrinkwrap", "package_lock"),
    "yarn.lock": Format("yarn.lock", "yarn_lock"),
    "pnpm-lock.yaml": Format("pnpm-lock", "pnpm_lock"),
    "bun.lock": Format("bun.lock", "bun_lock"),
    "bun.lockb": Format("bun.lockb", "bun_lock"),
    "Pipfile": Format("Pipfile", "pipfile"),
    "Pipfile.lock": Format("Pipfile.lock", "pipfile_lock"),
    "poetry.lock": Format("poetry.lock", "poetry_lock"),
    "uv.lock": Format("uv.lock", "uv_lock"),
    "pdm.lock": Format("pdm.lock", "pdm_lock"),
    "pyproject.toml": Format("pyproject", "pyproject"),
    "setup.cfg": Format("setup.cfg", "setup_cfg"),
}
_BY_LOWER_NAME = {name.lower(): form for name, form in _BY_NAME.items()}
_CYCLONEDX = Format("CycloneDX", "cyclonedx_json")
_SPDX = Format("SPDX", "spdx_json")
_PYLOCK = Format("pylock", "pylock")

_INSTALLED_NPM = lazy(r"(?:^|/)node_modules/(?:(?:@[^/]+/)?[^/@][^/]*|\.store/[^/]+/package)/package\.json\Z")
_ANY_CASE = re.ASCII | re.IGNORECASE
_SITE_PACKAGES = frozenset({"site-packages", "dist-packages"})
_METADATA = r"[^/]+\.(?:dist-info/(?:METADATA|direct_url\.json|REQUESTED)|egg-info/PKG-INFO|egg-info)\Z"
_IN_SITE_PACKAGES = lazy(rf"(?:^|/)(?:site|dist)-packages/{_METADATA}")
_ANYWHERE = lazy(rf"(?:^|/){_METADATA}")
_SITE = r"(?:|(?:.*/)?(?:site|dist)-packages/)"
"""Folders that distributions are installed into: those named so, and the target itself."""

_BESIDES = lazy(rf"{_SITE}(?:[^/]+\.dist-info/(?:RECORD|INSTALLER|entry_points\.txt)|[^/]+\.pth)\Z", re.DOTALL)
_BESIDES_METADATA = {"RECORD": RECORD, "INSTALLER": INSTALLER, "entry_points.txt": ENTRY_POINTS}
_CONSTRAINTS = lazy(
    r"(?:^|/)(?:[^/]*[-_.])?constraints(?:[-_.][^/]*)?\.(?:txt|in|pip)\Z|(?:^|/)constraints/[^/]+\Z", _ANY_CASE
)
_SDIST_STEM = r"[A-Za-z0-9][A-Za-z0-9._-]*-[0-9][A-Za-z0-9._+!-]*"
_NPM_CACHED = lazy(r"(?:^|/)\.yarn/cache/[^/]+\.zip\Z|-npm-[^/]+\.zip\Z")
_ALWAYS = (".whl", ".egg", ".conda", ".tgz")
_SDIST_ENDINGS = (".tar.gz", ".zip", ".tar.bz2", ".tar.xz")
_ARTIFACT_ENDINGS = (*_ALWAYS, *_SDIST_ENDINGS)
_INSTALLED_FOLDERS = frozenset({"node_modules", "site-packages", "dist-packages"})
_TEST_FOLDERS = frozenset(
    {
        "test",
        "tests",
        "testing",
        "testdata",
        "test-data",
        "test_data",
        "testcases",
        "fixtures",
        "examples",
        "samples",
        "benchmarks",
    }
)
_DOCS_FOLDERS = frozenset({"doc", "docs", "documentation"})
_SNIFF_BYTES = 65_536
PROVENANCE_ENDINGS = (".attestation", ".provenance", ".attestations.json", ".sigstore.json", ".sigstore")
"""Endings of files that speak of the artifact beside them; the first two follow on its whole name (PEP 740)."""

LANGUAGES = {
    ".py": "python",
    ".pyw": "python",
    ".pth": "python",
    ".js": "javascript",
    ".cjs": "javascript",
    ".mjs": "javascript",
    ".jsx": "javascript",
    ".ts": "typescript",
    ".tsx": "typescript",
    ".cts": "typescript",
    ".mts": "typescript",
    ".sh": "shell",
    ".ps1": "powershell",
    ".bat": "batch",
    ".cmd": "batch",
    ".node": "native",
    ".so": "native",
    ".dylib": "native",
    ".pyd": "native",
    ".dll": "native",
    ".exe": "native",
    ".wasm": "wasm",
    ".whl": "archive",
    ".tgz": "archive",
    ".egg": "archive",
    ".zip": "archive",
    ".gz": "archive",
    ".bz2": "archive",
    ".xz": "archive",
}
"""Ending of a file name to the language that a front end would have to read."""

_DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
"""Endings of what holds types alone: nothing of it runs, so there is nothing for a front end to read."""


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Format], ...]:
    """Return the formats that are known by a pattern; compiled only when a file has no name that is known at once."""
    return (
        (re.compile(r"(?:^|/)[^/]*requirements[^/]*\.(?:txt|in|pip|lock)\Z", _ANY_CASE), REQUIREMENTS),
        (re.compile(r"(?:^|/)(?:[^/]*[-_.])?constraints(?:[-_.][^/]*)?\.(?:txt|in|pip)\Z", _ANY_CASE), REQUIREMENTS),
        (re.compile(r"(?:^|/)(?:requirements|constraints)/[^/]+\.(?:txt|in|pip)\Z", _ANY_CASE), REQUIREMENTS),
        (re.compile(r"(?:^|/)pylock(?:\.[^/.]+)?\.toml\Z", _ANY_CASE), _PYLOCK),
        (re.compile(r"(?:^|/)(?:[^/]+\.cdx|bom|[^/]+\.bom)\.json\Z", _ANY_CASE), _CYCLONEDX),
        (re.compile(r"(?:^|/)[^/]+\.spdx\.json\Z", _ANY_CASE), _SPDX),
        (_ANYWHERE, DIST_INFO),
        (re.compile(r"\.pyw?\Z", _ANY_CASE), PEP_723),
        (re.compile(r"\.pyw?\.lock\Z", _ANY_CASE), _BY_NAME["uv.lock"]),
    )


def format_of(path: str) -> Format | None:
    """Return the format that the file at ``path`` (relative, POSIX) is read as, or None.

    Inside an installed package only its own metadata counts: a lockfile or a manifest that an author happened to
    publish installs nothing. Elsewhere ``Package-Lock.json`` is one too: file systems that do not tell case give
    it to npm.
    """
    if "/node_modules/" in path or path.startswith("node_modules/"):
        return PACKAGE_JSON if path.endswith("/package.json") and _INSTALLED_NPM.search(path) else None
    if "-packages/" in path and not _SITE_PACKAGES.isdisjoint(path.split("/")[:-1]):
        return DIST_INFO if _IN_SITE_PACKAGES.search(path) else None
    name = path.rpartition("/")[2]
    known = _BY_NAME.get(name) or (_BY_LOWER_NAME.get(name.lower()) if name.isascii() else None)
    if known:
        return known
    if name.endswith(PROVENANCE_ENDINGS):
        return ATTESTATION if is_provenance(path) else None
    form = next((form for pattern, form in _patterns() if pattern.search(path)), None)
    return None if form is REQUIREMENTS and is_constraints(path) and _is_aside(path) else form


def _is_aside(path: str) -> bool:
    """Say whether a file lies among documents or tests, where no constraints apply unless another file names them."""
    return is_test(path) or not _DOCS_FOLDERS.isdisjoint(path.lower().split("/")[:-1])


def is_record(path: str) -> bool:
    """Say whether the file is the list of what belongs to an installed distribution."""
    return path.endswith(".dist-info/RECORD") and _BESIDES.match(path) is not None


def of_installed(path: str) -> Format | None:
    """Return as what a file beside installed distributions is read that names no package itself.

    It must be known only when files are asked about: whose they are, and what runs in them.
    """
    if not path.endswith((".pth", ".txt", "/RECORD", "/INSTALLER")) or not _BESIDES.match(path):
        return None
    return _BESIDES_METADATA.get(path.rpartition("/")[2], PTH)


def is_test(path: str) -> bool:
    """Say whether a file lies in a folder of tests or examples, where archives may be broken on purpose."""
    return not _TEST_FOLDERS.isdisjoint(path.lower().replace("!/", "/").split("/")[:-1])


def is_artifact(path: str) -> bool:
    """Say whether a file in a folder is by its name a package that is packed: a wheel, a source archive, a tarball.

    What lies in an installed package, or in a folder of tests, is data: hashed, but nobody's dependency.
    """
    if not path.endswith(_ARTIFACT_ENDINGS):
        return False
    name = path.rpartition("/")[2]
    if not name.endswith(_ALWAYS) and not is_cached(path):
        ending = next(ending for ending in _SDIST_ENDINGS if name.endswith(ending))
        if not re.fullmatch(_SDIST_STEM, name[: -len(ending)]):
            return False
    folders = path.split("/")[:-1]
    return _INSTALLED_FOLDERS.isdisjoint(folders) and not is_test(path)


def is_provenance(path: str) -> bool:
    """Say whether a file is by its name the provenance of an artifact; among tests some are broken on purpose."""
    name = path.rpartition("/")[2]
    stem = name.removesuffix(".attestation").removesuffix(".provenance")
    whole = stem == name or any(f"{ending}." in f"{stem}." for ending in _ARTIFACT_ENDINGS)
    return whole and name.endswith(PROVENANCE_ENDINGS) and not is_test(path)


def is_cached(path: str) -> bool:
    """Say whether an archive is by its name a package as yarn keeps it."""
    return path.endswith(".zip") and _NPM_CACHED.search(path) is not None


def is_constraints(path: str) -> bool:
    """Say whether a requirements file is by its name one that only narrows what others ask for."""
    return _CONSTRAINTS.search(path) is not None


def sniff(data: bytes, path: str) -> Format | None:
    """Return the format of a file that the invoker named although its name is none that ``format_of`` knows."""
    head = data[:_SNIFF_BYTES]
    ending = path.rpartition(".")[2]
    if ending == "json":
        for mark, form in (
            (b'"bomFormat"', _CYCLONEDX),
            (b'"spdxVersion"', _SPDX),
            (b'"lockfileVersion"', _BY_NAME["package-lock.json"]),
            (b'"_meta"', _BY_NAME["Pipfile.lock"]),
        ):
            if mark in head:
                return form
        return PACKAGE_JSON if b'"dependencies"' in data else None
    if ending == "toml":
        return _PYLOCK if b"lock-version" in head else _BY_NAME["pyproject.toml"]
    return REQUIREMENTS if ending in ("txt", "in", "pip") else None


def language_of(path: str) -> str | None:
    """Return the language of a file by its ending, or None if no front end will ever read it."""
    dot = path.rfind(".")
    if dot <= path.rfind("/") + 1:
        return None
    language = LANGUAGES.get(path[dot:].lower())
    return None if language == "typescript" and path.lower().endswith(_DECLARATIONS) else language
