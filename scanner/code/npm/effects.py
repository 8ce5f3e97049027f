"""What comes of a command: files of the package that run, text in some language, other lines, other scripts."""

from __future__ import annotations

from posixpath import join, normpath
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.npm.shell_output import Printed

LANGUAGES = {
    **dict.fromkeys(("js", "cjs", "mjs", "jsx", "ts", "tsx", "mts", "cts"), "javascript"),
    **dict.fromkeys(("py", "pyw"), "python"),
    **dict.fromkeys(("sh", "bash", "zsh", "ksh", "command"), "sh"),
    **dict.fromkeys(("bat", "cmd"), "cmd"),
    "ps1": "powershell",
}
"""Language of a file by its ending."""

_PLAIN = lazy(r"[\w@%+=:,./<>()…-]+\Z")
_LONGEST_NAME = 1_000
_OWN_FOLDERS = (
    "$INIT_CWD/",
    "$PWD/",
    "${PWD}/",
    "${INIT_CWD}/",
    "%~dp0/",
    "%~dp0",
    "%CD%/",
    "%INIT_CWD%/",
    "$npm_package_json/../",
)
"""Variables that name the folder of the package, or of the file that is read."""


class File(NamedTuple):
    """A file that is run: path below the package as far as it is known, and its language, "" for a program."""

    path: str
    language: str


class Inline(NamedTuple):
    """Program text on the line itself; ``steps`` are those by which it was hidden."""

    text: str
    language: str
    steps: tuple[str, ...] = ()


class Line(NamedTuple):
    """Another line that a shell is given; ``dialect`` is sh, cmd or powershell."""

    text: str
    dialect: str
    steps: tuple[str, ...] = ()


class Script(NamedTuple):
    """Another script of a package.json: its name, which may hold ``*``, and the folder of the package.json."""

    name: str
    folder: str


class Fed(NamedTuple):
    """What a command reads: a text, or a file (path below the package)."""

    text: Printed | None = None
    path: str = ""


Effect = File | Inline | Line | Script


def below(folder: str, path: str) -> str:
    """Return a path as seen from a folder, "" for the package itself; ``../`` in front where it leads out."""
    clean = path.replace("\\", "/")
    own = next((prefix for prefix in _OWN_FOLDERS if clean.startswith(prefix)), "")
    found = normpath(join(folder, clean[len(own) :]))[:_LONGEST_NAME] if clean or folder else ""
    return "" if found == "." else found


def program(word: str) -> str:
    """Return the name of a program: without its folder and Windows' ending, lower case."""
    name = word.replace("\\", "/").rpartition("/")[2].lower().removeprefix("@")
    for ending in (".exe", ".cmd", ".com"):
        name = name.removesuffix(ending)
    return name[:1] + name[1:].partition("@")[0] if name else word


def language_of(path: str) -> str:
    """Return the language of a file by its ending, "" if that says nothing."""
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    return LANGUAGES.get(name.rpartition(".")[2], "") if "." in name else ""


def is_path(word: str) -> bool:
    """Say whether the program of a command is a file: a name with a folder, or with the ending of a script."""
    return is_file(word) and ("/" in word or "\\" in word or bool(language_of(word)))


def is_file(word: str) -> bool:
    """Say whether a word can be the name of a file of the package: no option, address, variable or absolute path."""
    if word.startswith(_OWN_FOLDERS):
        return True
    return bool(word) and word[0] not in "-/$%…<>~|" and ":" not in word


def quoted(word: str) -> str:
    """Return a word as it is written in a line of shell."""
    return word if _PLAIN.match(word) else "'" + word.replace("'", "'\\''") + "'"
