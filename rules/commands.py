"""Commands that people type and scripts call without a thought, and entry points that a tool loads by itself."""

from __future__ import annotations

from assay.scanner.lazy_pattern import lazy

_TRUSTED = (
    "ash bash chsh csh dash fish ksh login passwd powershell pwsh sh su sudo doas zsh "  # shells, and who one is
    "bun bunx cargo deno easy_install gem go java javac lua make node npm npx perl php pip pipx pnpm python "
    "pythonw pypy ruby rustc yarn "  # interpreters, builds and what installs packages
    "curl docker ftp gh git gpg kubectl nc netcat openssl podman rsync scp sftp ssh ssh-add ssh-agent ssh-keygen "
    "telnet wget "  # what credentials go through
)
"""Interpreters, shells, package managers and what holds credentials: whoever answers to these names is trusted."""

_COMMON = (
    "apt apt-get awk brew cat cd chmod chown clear cmp code comm cp crontab cut date dd df diff dir dnf du echo ed env "
    "expr false file find fold fuser gcc getconf grep groups gunzip gzip head hostname id ifconfig ip jq kill less ln "
    "locate ls lsof man md5sum mkdir more mount mv nano nice nohup nslookup od paste patch ping pkill printenv printf "
    "ps pwd realpath rm rmdir sed service sha256sum sleep snap sort split stat strings stty systemctl tail tar tee "
    "test time tmux top touch tr true tty umask uname uniq unzip uptime vi vim wc where which who whoami xargs yum zip"
)
"""The utilities of POSIX.1-2017 (XCU 4) that are typed by hand, and others that systems come with."""

TRUSTED = frozenset(_TRUSTED.split())
COMMON = frozenset(_COMMON.split())

_VERSION = lazy(r"[0-9.]+$")
_ENDING = lazy(r"\.(?:bat|cmd|exe|ps1|py|pyw|sh)$")


def command(name: str) -> str:
    """Return the command that a script's name stands for: ``pip`` for ``pip3.12``, ``git`` for ``git.exe``."""
    return _VERSION.sub("", _ENDING.sub("", name.lower()))


PLUGINS = {
    "airflow.plugins": "Airflow",
    "datasette": "Datasette",
    "distutils.setup_keywords": "setuptools",
    "egg_info.writers": "setuptools",
    "flake8.extension": "flake8",
    "flake8.report": "flake8",
    "hatch": "Hatch",
    "hypothesis": "Hypothesis",
    "jax_plugins": "JAX",
    "keyring.backends": "keyring",
    "llm": "llm",
    "numba_extensions": "Numba",
    "pdm": "PDM",
    "poetry.application.plugin": "Poetry",
    "poetry.plugin": "Poetry",
    "pytest11": "pytest",
    "setuptools.file_finders": "setuptools",
    "setuptools.finalize_distribution_options": "setuptools",
    "torch.backends": "PyTorch",
    "tox": "tox",
    "xarray.backends": "xarray",
}
"""Groups of entry points whose modules a tool loads whenever it starts, by what their documentation says."""


def is_own(name: str, purl: str) -> bool:
    """Say whether a command is named as the package is, as ``pip3`` is: whoever installs that asks for it."""
    package = purl.rpartition("/")[2].partition("@")[0].lower()
    return bool(package) and name.lower().replace("_", "-").rstrip(".0123456789") == package.rstrip(".0123456789")
