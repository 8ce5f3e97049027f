"""What a call that starts a process runs, as far as it is known, and which of that builds really need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.facts import Argument, CallFact, Folded

_COMMANDS = frozenset({"args", "cmd", "command", "popenargs", "path", "file"})
_SECOND = lazy(r"^os\.spawn")
_ALL_POSITIONAL = lazy(
    r"^os\.(?:execl|spawnl|posix_spawn)|^asyncio\.create_subprocess_exec$|^sys\.path\.|^(?:ctypes\..*|win32api\.)Shell"
)
_OF_A_PROCESS = ("subprocess.Popen().", "paramiko.SSHClient().")
_EXECUTABLE = "sys.executable"
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "cmd", "powershell", "pwsh"})
_LEADING = frozenset({"env", "sudo", "exec", "time", "nice", "start", "call", "command"})
_PYTHON = lazy(r"^(?:python|pythonw|py|pypy)[\d.]*$")
_ASSIGNMENT = lazy(r"^\w+=")
_PARTS = lazy(r"\s*(?:&&|\|\||[;&|\n])\s*")
_LONGEST = 65_536

_COMPILERS = (
    "gcc g++ cc c++ clang clang++ clang-cl cl icc icx icpc icpx nvcc hipcc gfortran flang ifort ifx rustc swiftc javac "
    "ld lld ar ranlib as nm objdump otool strip patchelf install_name_tool lipo dumpbin lib link rc windres dlltool"
)
_BUILDERS = (
    "make gmake nmake mingw32-make ninja ninja-build samu cmake cmake3 ctest cpack meson autoconf automake autoreconf "
    "aclocal autoheader libtoolize glibtoolize configure autogen.sh msbuild vcvarsall.bat vcvars64.bat vswhere bazel "
    "bazelisk scons waf cargo maturin protoc swig cython cython3 cythonize bison yacc flex lex re2c gperf nasm yasm "
    "msgfmt xgettext pybabel sphinx-build doxygen help2man asciidoctor pandoc qmake moc uic rcc pyuic5 pyrcc5 tic"
)
_QUERIES = (
    "pkg-config pkgconf ldconfig ldd getconf uname lsb_release sw_vers xcrun xcode-select sysctl arch nproc lscpu "
    "nvidia-smi rocminfo dpkg-architecture svnversion locale stty tput tty chcp ver which where whereis readlink "
    "fc-list system_profiler sysconf isainfo"
)
_HARMLESS = frozenset("cd echo true false exit set export pwd : mkdir".split())  # noqa: SIM905
_BUILD = frozenset(f"{_COMPILERS} {_BUILDERS} {_QUERIES}".split()) | _HARMLESS
_CONFIG = lazy(r"^[\w.-]+[_-]config(?:-[\d.]+)?$|^(?:x86_64|aarch64|arm|i686|powerpc64le|riscv64)[\w.-]*-\w+$")
_VERSIONED = lazy(r"^(?P<name>[a-z+]+)-?[\d.]+$")
_ASKS_VERSION = frozenset(
    {"--version", "-version", "-V", "-v", "-dumpversion", "-dumpmachine", "--help", "-print-prog-name"}
)
_ASKS_FLAGS = frozenset({"--cflags", "--exists", "--libs", "--modversion"})
"""What pkg-config and its like are asked, whatever they are called."""

_QUESTIONS = {
    "git": "describe rev-parse log status rev-list show tag ls-files ls-tree diff diff-index branch symbolic-ref "
    "submodule config remote show-ref cat-file name-rev for-each-ref archive update-index shortlog",
    "hg": "id identify parents parent log tip status branch tags root files manifest",
    "svn": "info status ls",
    "bzr": "revno version-info log",
    "brew": "--prefix --cellar",
    "npm": "run run-script version",
    "yarn": "run build version",
    "pnpm": "run build",
    "go": "build env version list",
    "conda": "info list",
    "apt": "list",
    "dpkg": "-l -s --print-architecture",
    "rpm": "-q -qa --eval -E",
}
"""Programs that builds ask about the source tree or the system, and what they may be asked."""

_MODULES = (
    "build pip wheel setuptools cython cythonize compileall pybind11 nanobind grpc_tools.protoc numpy.f2py mypy pytest "
    "unittest sphinx venv virtualenv ensurepip sysconfig site platform mypyc babel flit_core hatchling tox nox"
)
"""What builds start with ``python -m``; installing by pip is judged apart."""


class Command(NamedTuple):
    """What a call starts: the command as one line ("…" for what is unknown), its words, and what is known of both."""

    line: str
    words: tuple[str, ...]
    values: tuple[Folded, ...] = ()


def command_of(call: CallFact) -> Command:
    """Return the command that a call of the vocabulary's kind ``process`` or ``install`` starts."""
    first = 1 if _SECOND.match(call.name) else 0
    given = [one for one in call.arguments if one.position >= first or one.name in _COMMANDS]
    positional = [one for one in given if one.position >= 0]
    if not _ALL_POSITIONAL.match(call.name):
        positional = positional[:1] if not first else positional[:2]
    chosen = positional + [one for one in given if one.position < 0]
    words = ["pip"] if "install" in call.kinds else []
    words += [word for one in chosen for word in _words(one)]
    return Command(" ".join(words)[:_LONGEST], tuple(words), tuple(one.value for one in chosen))


def _words(argument: Argument) -> list[str]:
    value = argument.value
    written = value.value
    if isinstance(written, bytes):
        return [written.decode("latin-1")]
    if isinstance(written, str):
        return [written]
    words = list(value.strings)
    return ["python", *words] if _EXECUTABLE in value.names else words


def is_running(call: CallFact) -> bool:
    """Say whether a call is about a process that runs already, or runs elsewhere."""
    return call.name.startswith(_OF_A_PROCESS)


def program(word: str) -> str:
    """Return the name of a program without folder and ending, lower case."""
    name = re.split(r"[/\\]", word.strip().strip("\"'"))[-1].lower()
    for ending in (".exe", ".cmd", ".com"):
        name = name.removesuffix(ending)
    return name


def is_python(word: str) -> bool:
    """Say whether a word of a command is a Python interpreter."""
    return bool(_PYTHON.match(program(word)))


def parts_of(command: Command) -> list[list[str]]:
    """Return the simple commands of a command line, each as its words, without shells and assignments before them."""
    if not command.words:
        return []
    if len(command.words) > 1 and program(command.words[0]) in _SHELLS:
        rest = [word for word in command.words[1:] if not word.startswith(("-", "/"))]
        lines = rest[:1]
    elif len(command.words) > 1:
        words = _stripped(list(command.words))
        return [words] if words else []
    else:
        lines = [command.words[0]]
    found = []
    for line in lines:
        for part in _PARTS.split(line[:4096]):
            words = _stripped(part.split())
            if words:
                found.append(words)
    return found


def _stripped(words: list[str]) -> list[str]:
    """The words without assignments, ``env``, ``sudo`` and shells in front of the program."""
    while words and (_ASSIGNMENT.match(words[0]) or program(words[0]) in _LEADING):
        words = words[1:]
    if words and program(words[0]) in _SHELLS and len(words) > 1:
        rest = [word.strip("\"'") for word in words[1:] if word.lower() not in ("-c", "/c", "/k", "-lc", "/s", "/d")]
        return rest if rest and not rest[0].startswith("-") else words
    return words


def is_build_step(command: Command) -> bool:
    """Say whether all of a command is what builds really run: compilers, questions to git and the system, versions."""
    parts = parts_of(command)
    return bool(parts) and all(_is_build(words) for words in parts)


def _is_build(words: list[str]) -> bool:
    name = program(words[0])
    versioned = _VERSIONED.match(name)
    bare = versioned["name"] if versioned else name
    rest = words[1:]
    if name in _BUILD or bare in _BUILD or _CONFIG.match(name):
        return True
    if rest and _ASKS_VERSION.issuperset(rest):
        return True
    if words[0] in _ASKS_VERSION or (name == "…" and rest and rest[0] in _ASKS_FLAGS):
        return True
    if name in _QUESTIONS:
        asked = next(
            (word for word in rest if not word.startswith(("-C", "-c")) and "/" not in word and "=" not in word), ""
        )
        return asked in _QUESTIONS[name].split() or any(word in _QUESTIONS[name].split() for word in rest[:3])
    return is_python(words[0]) and _is_python_step(rest)


def _is_python_step(rest: list[str]) -> bool:
    if "-m" in rest:
        at = rest.index("-m") + 1
        module = rest[at] if at < len(rest) else ""
        return module in _MODULES.split() and not ("pip" in module and "install" in rest[at + 1 :])
    scripts = [word for word in rest if not word.startswith("-")]
    return bool(scripts) and program(scripts[0]) == "setup.py"


_MANAGERS = frozenset({"npm", "yarn", "pnpm", "bun"})
_MANAGES = frozenset({"install", "i", "add", "view", "info", "config", "ci", "pack"})
_OF_FILES = frozenset({"git", "tar", "unzip"})


def is_about_packages(line: str) -> bool:
    """Say whether a command line only has packages and archives handled, so that what it is given are their names."""
    parts = parts_of(Command(line, (line,)))
    return bool(parts) and all(
        program(words[0]) in _OF_FILES or (program(words[0]) in _MANAGERS and not _MANAGES.isdisjoint(words[1:3]))
        for words in parts
    )
