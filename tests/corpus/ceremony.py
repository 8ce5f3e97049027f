"""Key files, specifications of trust roots, and the command line that makes and signs with them.

The keys are those that ``packs.key`` derives from names, so that ids and fingerprints are the same in every run.
"""

from __future__ import annotations

import io
import json
import os
import select
import subprocess
import sys
from contextlib import chdir
from typing import TYPE_CHECKING, Any
from unittest import mock

from assay.corpus import keys
from assay.scanner.cli import run_command
from tests.command import SCRIPT
from tests.corpus.packs import key, public

if TYPE_CHECKING:
    from pathlib import Path


def write_key(folder: Path, name: str, passphrase: bytes | None = None) -> Path:
    """Write the private key of a name as NAME.pem and return its path."""
    path = folder / f"{name}.pem"
    path.write_bytes(keys.encode_private(key(name), passphrase))
    path.chmod(0o600)
    return path


def channel(*names: str, **changes: Any) -> dict[str, Any]:
    """Return a channel of a specification: 1 of the keys of these names, all that an organisation lists."""
    made = {"keys": [public(name).hex() for name in names], "threshold": 1}
    return {**made, "capabilities": ["allow", "deny", "ioc"], **changes}


def spec(*root_names: str, **channels: dict[str, Any]) -> dict[str, Any]:
    """Return a specification with 2 of the root keys of these names, and the channel ``acme`` of key ``pack-a``."""
    return {
        "type": "assay.root-spec",
        "spec": 1,
        "root": {"keys": [public(name).hex() for name in root_names], "threshold": 2},
        "channels": channels or {"acme": channel("pack-a")},
    }


class Desk:
    """A folder with keys and a store, and the command line at work in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"

    def run(self, *arguments: str | Path, store: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run ``assay corpus …`` as the console script does, but within this process, which takes a tenth of the time.

        HOME and the store lie in the folder, which is the current one; nobody is at a terminal.
        """
        command = ["corpus", *map(str, arguments)]
        env = {name: value for name, value in os.environ.items() if not name.startswith(("ASSAY_", "XDG_"))}
        env |= {"HOME": str(self.folder), "ASSAY_STORE": str(store or self.store)}
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with (
            chdir(self.folder),
            mock.patch.dict(os.environ, env, clear=True),
            mock.patch.object(sys, "stdin", None),
            mock.patch.object(sys, "stdout", out),
            mock.patch.object(sys, "stderr", err),
        ):
            code = run_command(command)
        printed = (stream.buffer.getvalue().decode("utf-8") for stream in (out, err))
        return subprocess.CompletedProcess(command, code, *printed)

    def done(self, *arguments: str | Path, store: Path | None = None) -> str:
        """Run ``assay corpus …``, which must succeed without a note, and return what it printed."""
        result = self.run(*arguments, store=store)
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout

    def refused(self, *arguments: str | Path, store: Path | None = None) -> str:
        """Run ``assay corpus …``, which must fail with one line, and return ``exit code: line``."""
        result = self.run(*arguments, store=store)
        assert result.returncode
        assert result.stderr.count("\n") == 1
        return f"{result.returncode}: {result.stderr}"

    def make_root(self, name: str, content: dict[str, Any], *signers: str, previous: str | None = None) -> None:
        """Make a root by its specification, the first signer with ``make``, each other one with ``sign``."""
        (self.folder / "spec.json").write_text(json.dumps(content), encoding="utf-8")
        first, *others = (write_key(self.folder, signer) for signer in signers)
        before = ("--previous", previous) if previous is not None else ()
        self.done("trust", "make", "spec.json", "-o", name, "--key", first, *before)
        for other in others:
            self.done("trust", "sign", name, "--key", other, "--append", "--yes", *before)

    def fingerprint(self, name: str) -> str:
        shown = json.loads(self.done("trust", "show", name, "-f", "json"))
        return str(shown["fingerprint"])

    def trust(self, name: str, *arguments: str, store: Path | None = None) -> str:
        """Trust the root of a file by its own fingerprint."""
        return self.done("trust", "add", name, "--fingerprint", self.fingerprint(name), *arguments, store=store)


def at_a_terminal(folder: Path, answers: list[tuple[str, str]], *arguments: str | Path) -> tuple[int, str]:
    """Run ``assay`` at a terminal, answer each question once it was asked; return exit code and screen."""
    outer, inner = os.openpty()
    env = {name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")}
    env |= {"HOME": str(folder), "ASSAY_STORE": str(folder / "store"), "TERM": "dumb", "COLUMNS": "100"}
    command = [str(SCRIPT), *map(str, arguments)]
    with subprocess.Popen(
        command, cwd=folder, env=env, stdin=inner, stdout=inner, stderr=inner, start_new_session=True
    ) as process:
        os.close(inner)
        screen, waiting = "", list(answers)
        while True:
            if not select.select([outer], [], [], 20)[0]:
                process.kill()
                raise AssertionError(f"still waiting after: {screen}")
            try:
                part = os.read(outer, 4096)
            except OSError:  # the terminal is closed when the last process at it ends (Linux: EIO)
                break
            if not part:
                break
            screen += part.decode("utf-8", "replace")
            if waiting and screen.endswith(f"{waiting[0][0]}: "):  # what is typed before the space may be discarded
                os.write(outer, waiting.pop(0)[1].encode() + b"\n")
        code = process.wait()
    os.close(outer)
    assert not waiting, f"never asked: {waiting}"
    return code, screen
