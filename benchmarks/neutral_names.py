"""Give an archive of Python another identity, in memory: what a rule sees of behaviour must not depend on names.

Changed are the top folder, the names of modules and packages at the top with the import statements that name them,
name, authors, addresses and home pages in PKG-INFO, METADATA, setup.py, setup.cfg and pyproject.toml, and the folders
of metadata. What a module is called stays where its name has a meaning of its own: a module that the evaluator's
vocabulary knows, a folder such as ``src`` or ``tests``, and a name of less than four letters.
"""

from __future__ import annotations

import io
import re
import tarfile
import zipfile
import zlib
from itertools import cycle
from typing import TYPE_CHECKING

from assay.scanner.code.layout import RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Rewrite = Callable[[str, bytes], tuple[str, bytes]]

NAME = b"another-name"
_WORDS = ("kettle", "lantern", "meadow", "harbour", "thicket", "cobble", "saddle", "orchard")
_MEANT = frozenset(
    {"src", "lib", "python", "source", "setup", "conftest", "sitecustomize", "usercustomize", "test", "tests", "docs",
     "testing", "doc", "examples", "example", "samples", "benchmarks", "bench", "scripts", "tools", "build", "dist",
     "bin", "main"}
)  # fmt: skip
_LARGEST = 64 << 20
_METADATA = re.compile(
    rb"(?mi)^((?:author|author-email|maintainer|maintainer-email|home-page|project-url|download-url):[ \t]*)[^\n]*"
)
_NAMED = re.compile(rb"(?mi)^(name:[ \t]*)[^\n]*")
_FIELDS = re.compile(
    rb"(\b(?:author|author_email|maintainer|maintainer_email|url|download_url)[ \t]*=[ \t]*)([\"'])[^\"'\n]*\2"
)
_IMPORTS = re.compile(rb"(?m)^[ \t]*(?:from[ \t]+\S+|import[ \t][^\n]*)")
"""Up to the module: what is taken from it keeps its name, which may be that of a module within."""

_INFO = re.compile(r"(?:^|/)([^/]+?)(?:-[^/-]+)?\.(?:dist|egg)-info/")


def neutral(data: bytes) -> bytes:
    """Return the archive under other names; as it is where it cannot be read to its end."""
    try:
        if zipfile.is_zipfile(io.BytesIO(data)):
            return _zip(data)
        return _tar(data)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        return data
    except NotImplementedError:
        return data


def _zip(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        infos = [info for info in old.infolist() if not info.is_dir()]
        if sum(info.file_size for info in infos) > _LARGEST:
            return data
        rewrite = _rewriter([info.filename for info in infos])
        for info in infos:
            name, content = rewrite(info.filename, old.read(info))
            new.writestr(name, content)
    return out.getvalue()


def _tar(data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as old, tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as new:
        infos = old.getmembers()
        if sum(info.size for info in infos) > _LARGEST:
            return data
        rewrite = _rewriter([info.name for info in infos if info.isfile()])
        for info in infos:
            file = old.extractfile(info) if info.isfile() else None
            info.name, content = rewrite(info.name, file.read() if file else b"")
            info.size = len(content)
            info.pax_headers = {}
            new.addfile(info, io.BytesIO(content) if file else None)
    return out.getvalue()


def _rewriter(paths: list[str]) -> Rewrite:
    """Return what gives a member its new path and content."""
    tops = {path.removeprefix("./").partition("/")[0] for path in paths}
    one = next(iter(tops)) if len(tops) == 1 and all("/" in path.removeprefix("./") for path in paths) else ""
    base = f"{one}/" if one and not one.isidentifier() else ""
    names = sorted({match[1] for path in paths for match in _INFO.finditer(path)} | {re.sub(r"-[\d.].*", "", one)})
    dists = {name.encode() for name in names if len(name) > 3}
    modules = _modules(paths, base)
    new_base = "another_name-7.3/" if base else ""

    def path_of(path: str) -> str:
        path = path.removeprefix("./")
        if base and path.startswith(base):
            return new_base + inner(path[len(base) :])
        return inner(path) if not base else path.replace(one, new_base.rstrip("/"), 1)

    def inner(path: str) -> str:
        lead = "src/" if path.startswith("src/") else ""
        top, slash, rest = path[len(lead) :].partition("/")
        info = re.fullmatch(r"[^/]+?(-[^/-]+)?\.((?:dist|egg)-info|data)", top)
        stem, dot, ending = top.partition(".")
        if info:
            top = f"another_name{'-7.3' if info[1] else ''}.{info[2]}"
        elif stem in modules:
            top = modules[stem] + dot + ending
        return lead + top + slash + rest

    def rewrite(path: str, content: bytes) -> tuple[str, bytes]:
        return path_of(path), _content(path.rpartition("/")[2], content, modules, dists)

    return rewrite


def _modules(paths: Iterable[str], base: str) -> dict[str, str]:
    """Return another name for each module and package at the top that may have one."""
    found = set()
    for path in paths:
        below = path.removeprefix("./").removeprefix(base).removeprefix("src/")
        top = below.partition("/")[0].removesuffix(".py")
        if below.endswith(".py") and top.isidentifier():
            found.add(top)
    renamed = sorted(found - RESERVED - _MEANT)
    words = zip(cycle(_WORDS), range(len(renamed)), strict=False)
    made = (f"{word}{number // len(_WORDS) or ''}" for word, number in words)
    return {old: new for old, new in zip(renamed, made, strict=True) if len(old) > 3 and not old.startswith("__")}


def _content(name: str, data: bytes, modules: dict[str, str], dists: set[bytes]) -> bytes:
    """Return the content of a member with other names."""
    if name in {"PKG-INFO", "METADATA"}:
        return _METADATA.sub(rb"\1another", _NAMED.sub(rb"\1" + NAME, data, count=1))
    told = name in {"setup.py", "setup.cfg", "pyproject.toml", "entry_points.txt", "top_level.txt", "SOURCES.txt"}
    if told:
        data = _FIELDS.sub(rb"\1\2another\2", data)
        for dist in dists:
            data = re.sub(rb"(?<=[\"'])" + re.escape(dist) + rb"(?=[\"'])", NAME, data)
            data = re.sub(rb"(?m)^(name[ \t]*=[ \t]*)" + re.escape(dist) + rb"[ \t]*$", rb"\1" + NAME, data)
    if not told and not name.endswith(".py"):
        return data
    for old, new in modules.items():
        data = _renamed(data, old.encode(), new.encode(), told=told)
    return data


def _renamed(data: bytes, old: bytes, new: bytes, *, told: bool) -> bytes:
    """Return code with another name for a module: where it is imported, used in full, and named to a build."""
    if old not in data:
        return data
    word = re.compile(rb"(?<=[ \t,])" + old + rb"(?!\w)")
    whole = re.search(rb"(?m)^[ \t]*import[^\n]*[ \t,]" + old + rb"(?!\w)", data)
    data = _IMPORTS.sub(lambda match: word.sub(new, match[0]), data)
    if whole:
        data = re.sub(rb"(?<![\w.'\"/:@-])" + old + rb"(?=\.[A-Za-z_])", new, data)
    if told:
        data = re.sub(rb"(?<=[\"'= \n])" + old + rb"(?=[\"'.:/\n])", new, data)
    return data
