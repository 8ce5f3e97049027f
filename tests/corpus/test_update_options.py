"""What a user may choose of ``assay corpus update``, and what is refused before anything is fetched."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus import feeds, fetch, shipped
from assay.scanner.cli.corpus import update as command
from tests.corpus.served import file, status
from tests.corpus.updating import DAY, NAMES, SPEC, Ran, Site, a_site

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.fixture
def site(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with a_site(tmp_path, capfd, monkeypatch) as made:
        yield made


# --- choosing --------------------------------------------------------------------------------------------------


def test_only_one_source_is_fetched(site: Site) -> None:
    assert "no good copy" in site.run("--only", "list").err
    site.updated()
    site.asked()
    site.says(status(503), NAMES + b"svelte\n")
    assert "list  2026-01-15  2 -> 3 records" in site.run("--only", "list").out
    assert site.asked() == ["/names.txt"]


def test_a_mirror_that_was_carried_gives_the_same_pack_without_a_network(site: Site, tmp_path: Path) -> None:
    site.updated("--output", str(tmp_path / "connected.pack"))
    site.asked()
    shutil.copytree(site.mirror, tmp_path / "carried")
    elsewhere = ["--mirror", str(tmp_path / "carried"), "--cache", str(tmp_path / "c"), "--store", str(tmp_path / "s")]
    ran = site.run(*elsewhere, "--output", str(tmp_path / "offline.pack"))
    assert (ran.code, ran.err) == (0, "")
    assert (tmp_path / "offline.pack").read_bytes() == (tmp_path / "connected.pack").read_bytes()
    assert site.run(*elsewhere).out == "nothing changed; no new pack\n"
    assert site.asked() == []
    (tmp_path / "carried/assay-mirror.json").unlink()
    assert "source list: nothing says how old it is; give it a date" in site.run(*elsewhere, "--seq", "9").err
    (tmp_path / "carried/ioc.csv").unlink()
    assert "carried/ioc.csv: No such file" in site.run(*elsewhere).err


def test_ages(site: Site) -> None:
    never = site.run("--check")
    assert (never.code, never.out.splitlines()[0]) == (0, "malware  never built from")
    assert site.run("--check", "--max-age", "9").code == 5
    site.updated()
    site.asked()
    ran = site.run("--check", "--max-age", "238", day="2026-01-31")
    assert ran == Ran(
        0,
        "malware  2026-01-20  11 day(s) old\nlist  2026-01-15  16 day(s) old\nseen  2025-06-07  238 day(s) old\n",
        "",
    )
    late = site.run("--check", "--max-age", "15", day="2026-01-31")
    assert late.code == 5
    assert "E_STALE: older than 15 day(s): list, seen; run 'assay corpus update'" in late.err
    assert site.asked() == []


# --- wrong usage -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "keys", "code", "words"),
    [
        ((), (), 2, "an unsigned pack is imported nowhere"),
        (("--no-import",), ("default-a",), 2, "--output"),
        (("--max-age", "3"), ("default-a",), 2, "--check"),
        (("--ca-bundle", "/nonexistent"), ("default-a",), 2, "no certificates"),
        (("--spec", "/nonexistent"), ("default-a",), 2, "name a readable file"),
        (("--only", "nobody"), ("default-a",), 5, "choose of list, malware, seen"),
        (("--mirror", "/nonexistent"), ("default-a",), 5, "/nonexistent/osv/npm/all.zip"),
    ],
)
def test_wrong_usage(site: Site, options: tuple[str, ...], keys: tuple[str, ...], code: int, words: str) -> None:
    ran = site.run(*options, keys=keys)
    assert (ran.code, ran.out, words in ran.err, ran.err.count("\n")) == (code, "", True, 1)
    assert site.asked() == []


def test_a_day_that_is_none(site: Site) -> None:
    assert site.run(day="yesterday").code == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"path": "../names.txt"}, "no path within a mirror"),
        ({"path": "/etc/names.txt"}, "no path within a mirror"),
        ({"path": "a//names.txt"}, "no path within a mirror"),
        ({"path": "assay-mirror.json"}, "no path within a mirror"),
        ({"path": "ioc.csv"}, "two inputs of path"),
        ({"url": ""}, "has no url"),
        ({"url": "http://names.example/names.txt"}, "neither https://"),
        ({"url": 7}, "not a string"),
        ({"link": "x"}, "unknown key"),
    ],
)
def test_specifications_that_cannot_be_used(site: Site, changed: dict[str, Any], words: str) -> None:
    inputs = [*SPEC["inputs"][:1], {**SPEC["inputs"][1], **changed}, *SPEC["inputs"][2:]]
    site.write_spec({**SPEC, "inputs": inputs})
    ran = site.run()
    assert (ran.code, words in ran.err) == (5, True)
    assert site.asked() == []


def test_credentials_are_neither_printed_nor_kept(site: Site) -> None:
    url = site.served.url("/secret.txt?token=secret").replace("://", "://secret:secret@")
    site.served.says("/secret.txt?token=secret", file(NAMES, '"x"', DAY))
    inputs = [*SPEC["inputs"][:1], {**SPEC["inputs"][1], "url": url}, *SPEC["inputs"][2:]]
    site.write_spec({**SPEC, "inputs": inputs})
    ran = site.run()
    assert (ran.code, "secret:" in ran.out) == (0, False)
    for path in (site.folder / "cache").rglob("*"):
        if path.is_file():
            assert b"secret:" not in path.read_bytes()
            assert b"token=" not in path.read_bytes()


@pytest.mark.parametrize("in_ci", [True, False])
def test_no_bar_in_ci(monkeypatch: pytest.MonkeyPatch, in_ci: bool) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("CI", "1" if in_ci else "")
    with command._progress() as progress:
        progress(500, 1000)
    assert isinstance(sys.stderr, Terminal)
    assert ("fetching" in sys.stderr.getvalue()) is not in_ci


def test_the_specification_of_the_documentation_is_one() -> None:
    text = (DOCS / "update.md").read_text(encoding="utf-8")
    plan = feeds.read_plan(text.split("```json\n")[1].split("```")[0].encode())
    assert plan.undated == {"osv-npm", "osv-pypi"}
    for each in plan.build.inputs:
        fetch.check_url(each.url)


def test_nothing_else_loads_what_fetches() -> None:
    """Every command but this one works where there is no network, and starts without the code for it."""
    others = [f"assay.scanner.cli.corpus.{name}" for name in ("build", "import_", "verify", "list_", "sign")]
    loading = f"import sys, assay.scanner.cli.scan, assay.scanner.cli.check, {', '.join(others)}\n"
    found = "print(sorted({'httpx', 'assay.corpus.fetch', 'assay.corpus.refresh'} & {*sys.modules}))"
    ran = subprocess.run([sys.executable, "-c", loading + found], capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


def test_the_key_that_ships_trusts_nobody_here(site: Site) -> None:
    ran = site.run("--trust-root", f"{shipped._DATA}/root.json")
    assert (ran.code, ran.err[:19]) == (5, "assay: E_SIGNATURE:")
