"""A source archive: where its metadata are, and what its build files ask for besides. Pure.

Format: https://packaging.python.org/en/latest/specifications/source-distribution-format/ ; ``requires.txt`` as
https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html#requires-txt describes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BUILD_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
_EGG_INFO = ".egg-info"


def root_of(paths: Iterable[str]) -> str:
    """Return the folder that holds everything, with its slash; "" for an archive without one.

    macOS' archiver adds files that begin with ``._`` or a folder of its own; they do not count.
    """
    tops = {path.partition("/")[0] if "/" in path else "" for path in paths if not path.startswith(("._", "__MACOSX/"))}
    return f"{tops.pop()}/" if len(tops) == 1 and "" not in tops else ""


def metadata_paths(paths: Iterable[str], root: str) -> tuple[str, str]:
    """Return the paths of PKG-INFO and of ``requires.txt``, "" for what there is not.

    PKG-INFO stands in the root folder, or, if somebody packed a checkout, in ``*.egg-info`` there or one folder below.
    """
    known = set(paths)
    infos = sorted(
        (path for path in known if path.startswith(root) and path.endswith(f"{_EGG_INFO}/PKG-INFO")),
        key=lambda path: (path.count("/"), path),
    )
    near = [path for path in infos if path[len(root) :].count("/") <= 2]
    own = f"{root}PKG-INFO"
    requires = [path.replace("/PKG-INFO", "/requires.txt") for path in near]
    return (
        own if own in known else next(iter(near), ""),
        next((path for path in requires if path in known), ""),
    )


def egg_requirements(data: bytes) -> Iterator[tuple[str, bool]]:
    """Yield the specifiers of ``requires.txt`` with their marker, and whether only an extra wants them."""
    extra, marker = False, ""
    for line in data.decode("utf-8", "replace").splitlines():
        text = line.strip()
        if text.startswith("[") and text.endswith("]"):
            name, _, marker = text[1:-1].partition(":")
            extra = bool(name.strip())
        elif text and not text.startswith("#"):
            yield (f"{text} ; {marker}" if marker.strip() else text), extra
