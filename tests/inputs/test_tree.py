"""The reader of the disk: order, links, limits, special files, and targets named one by one."""

from __future__ import annotations

import errno
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from assay.scanner.engine import target_digest
from assay.scanner.errors import UsageError
from assay.scanner.inputs import target as target_module
from assay.scanner.inputs.target import ReadOptions, read_targets
from assay.scanner.inputs.tree import Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from assay.scanner.models import Inventory

PINNED = "left-pad==1.0\n"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def read(*targets: Path, **options: object) -> Inventory:
    return read_targets([str(path) for path in targets], ReadOptions(**options))  # type: ignore[arg-type]


def gaps(inventory: Inventory) -> list[tuple[str, str]]:
    return [(gap.path, gap.reason) for gap in inventory.gaps]


def test_every_file_is_considered_but_history_is_not(tmp_path: Path) -> None:
    names = ["b.txt", "a/z.js", "a/.hidden/x", "node_modules/x/dist/y.js", "build/out.bin", ".github/w.yml"]
    write(tmp_path, dict.fromkeys([*names, ".git/config", "sub/.hg/x", ".svn/entries"], "x"))
    inventory = read(tmp_path)
    assert [file.path for file in inventory.files] == sorted(names)
    assert inventory.not_analysed == (("javascript", 2),)


def test_the_order_of_listing_and_the_number_of_workers_decide_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {f"d{number % 7}/{number}/requirements.txt": f"p{number}==1.{number}\n" for number in range(60)})
    expected = read(tmp_path)
    assert len(expected.components) == 60
    monkeypatch.setattr(target_module, "WORKER_CHUNK", 7)
    for jobs in (1, 2, 3):
        for reverse in (False, True):
            assert read(tmp_path, jobs=jobs, reverse_listing=reverse) == expected


@pytest.mark.parametrize(
    ("link", "points_at", "expected"),
    [
        ("inside.txt", "real.txt", []),
        ("loop", "loop", []),
        ("up", ".", []),
        ("bin/python", "/usr/bin/env", []),
        ("other", "../other", []),
        ("requirements.txt", "../requirements.txt", [("requirements.txt", "link-outside")]),
        ("sub/package-lock.json", "/etc/hosts", [("sub/package-lock.json", "link-outside")]),
        ("node_modules/x", "../../elsewhere", [("node_modules/x", "link-outside")]),
        ("node_modules/@s/x", "/elsewhere", [("node_modules/@s/x", "link-outside")]),
        ("node_modules/x", "../packages/x", []),
    ],
)
def test_links_are_not_followed_and_missing_packages_are_gaps(
    tmp_path: Path, link: str, points_at: str, expected: list[tuple[str, str]]
) -> None:
    root = write(tmp_path / "project", {"real.txt": "x", "package.json": "{}"})
    (tmp_path / "requirements.txt").write_text("secret==1.0\n", encoding="utf-8")
    (root / link).parent.mkdir(parents=True, exist_ok=True)
    (root / link).symlink_to(points_at)
    inventory = read(root)
    assert gaps(inventory) == expected
    assert [file.path for file in inventory.files] == ["package.json", "real.txt"]
    assert not inventory.components


def test_an_absolute_link_into_the_target_is_the_same_wherever_the_target_lies(tmp_path: Path) -> None:
    digests = set()
    for place in ("one", "two/deeper"):
        root = write(tmp_path / place, {"a/real.txt": "x"})
        (root / "link").symlink_to(root / "a" / "real.txt")
        digests.add(target_digest(read(root)))
    assert len(digests) == 1


def test_special_files_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "requirements.txt")
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("sock")
        inventory = read(tmp_path)
    assert gaps(inventory) == [("requirements.txt", "not-a-regular-file")]
    assert inventory.not_analysed == (("special", 2),)


def test_what_may_not_be_read_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(real: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(path: bytes, *rest: Any) -> Any:
            if b"closed" in path:
                raise PermissionError(errno.EACCES, "no")
            return real(path, *rest)

        return guarded

    write(tmp_path, {"closed.txt": "x", "closed/x": "x", "open.txt": "x"})
    monkeypatch.setattr(os, "open", refuse(os.open))
    monkeypatch.setattr(os, "scandir", refuse(os.scandir))
    inventory = read(tmp_path)
    assert gaps(inventory) == [("closed", "unreadable"), ("closed.txt", "unreadable")]
    assert {gap.detail for gap in inventory.gaps} == {"EACCES"}
    assert [file.path for file in inventory.files] == ["open.txt"]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [(Limits(depth=3), "too-deep"), (Limits(files=2), "too-many-files"), (Limits(file_bytes=5), "too-large")],
)
def test_limits_end_in_a_gap(tmp_path: Path, limits: Limits, reason: str) -> None:
    write(tmp_path, {"a/b/c/d/e/requirements.txt": PINNED, "x.txt": "x", "y.txt": "y"})
    assert reason in {gap.reason for gap in read(tmp_path, limits=limits).gaps}


def test_names_that_are_no_utf8_are_written_out(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.txt", "wb"):
        pass
    assert [file.path for file in read(tmp_path).files] == ["caf\\xe9.txt"]


@pytest.mark.parametrize("name", ["missing", "pipe"])
def test_a_target_that_cannot_be_read_is_one_clear_line(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match=f"{name}: "):
        read(tmp_path / name)


def test_a_named_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    write(tmp_path, {"deps.txt": PINNED, "photo.bin": "x", "other.txt": "other==1\n"})
    inventory = read(tmp_path / "deps.txt")
    assert [file.path for file in inventory.files] == ["deps.txt"]
    assert [component.purl for component in inventory.components] == ["pkg:pypi/left-pad@1.0"]
    assert gaps(read(tmp_path / "photo.bin")) == [("photo.bin", "unknown-format")]


def test_several_targets_are_named_from_the_folder_that_holds_them_all(tmp_path: Path) -> None:
    write(tmp_path, {"a/requirements.txt": "one==1\n", "b/requirements.txt": "two==2\n", "c/requirements.txt": "no==3"})
    inventory = read(tmp_path / "b" / "requirements.txt", tmp_path / "a")
    assert [file.path for file in inventory.files] == ["a/requirements.txt", "b/requirements.txt"]
    assert [component.name for component in inventory.components] == ["one", "two"]


class TestIncludes:
    def test_an_included_file_of_any_name_is_read(self, tmp_path: Path) -> None:
        write(tmp_path, {"requirements.txt": "-r deps/base.list\n", "deps/base.list": PINNED})
        assert [component.name for component in read(tmp_path).components] == ["left-pad"]

    def test_so_is_one_beside_a_named_file(self, tmp_path: Path) -> None:
        write(tmp_path, {"requirements.txt": "-r base.list\n", "base.list": PINNED})
        inventory = read(tmp_path / "requirements.txt")
        assert [file.path for file in inventory.files] == ["base.list", "requirements.txt"]

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("-r ../outside.txt", "outside-target"),
            ("-r gone.txt", "missing-include"),
            ("-r /etc/hosts", "outside-target"),
        ],
    )
    def test_what_cannot_be_included_is_a_gap(self, tmp_path: Path, line: str, reason: str) -> None:
        write(tmp_path, {"project/requirements.txt": f"{line}\n{PINNED}", "outside.txt": "x==1\n"})
        inventory = read(tmp_path / "project")
        assert gaps(inventory) == [("requirements.txt", reason)]
        assert [component.name for component in inventory.components] == ["left-pad"]

    def test_a_ring_of_includes_ends(self, tmp_path: Path) -> None:
        write(tmp_path, {"requirements.txt": "-r a.list\n", "a.list": "-r requirements.txt\none==1\n"})
        assert [component.name for component in read(tmp_path).components] == ["one"]

    def test_constraints_ask_for_nothing(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {
                "requirements.txt": "-c constraints.txt\n-c limits.list\n-c requirements-base.txt\none==1\n",
                "constraints.txt": "-r inner.list\ntwo==2\n",
                "inner.list": "three==3\n",
                "limits.list": "four==4\n",
                "requirements-base.txt": "five==5\n",
            },
        )
        assert [component.name for component in read(tmp_path).components] == ["five", "one"]

    def test_constraints_that_are_named_are_asked_about(self, tmp_path: Path) -> None:
        write(tmp_path, {"constraints.txt": "-c limits.list\ntwo==2\n", "limits.list": "four==4\n"})
        assert [component.name for component in read(tmp_path / "constraints.txt").components] == ["two"]
        assert read(tmp_path).components == ()


def test_excluded_paths_are_listed(tmp_path: Path) -> None:
    write(tmp_path, {"a/requirements.txt": PINNED, "b/requirements.txt": "two==2\n", "b/x.py": "x"})
    inventory = read(tmp_path, exclude=("b",))
    assert inventory.excluded == ("b/requirements.txt", "b/x.py")
    assert [component.name for component in inventory.components] == ["left-pad"]


def test_time_that_is_up_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target_module, "WORKER_CHUNK", 1)
    write(tmp_path, {"a/requirements.txt": PINNED, "b/requirements.txt": "two==2\n"})
    assert gaps(read(tmp_path, expired=lambda: True)) == [("", "timeout")]


@pytest.mark.parametrize(
    ("files", "kind", "name"),
    [
        ({"requirements.txt": PINNED}, "project", "."),
        ({"package.json": '{"name": "shop"}'}, "project", "shop"),
        ({"pyproject.toml": '[project]\nname = "Shop"\n', "package.json": '{"name": "x"}'}, "project", "Shop"),
        ({"pyvenv.cfg": ""}, "environment", "."),
        ({"docs/readme.txt": ""}, "directory", "."),
        ({"api/package.json": '{"name": "shop"}'}, "directory", "."),
    ],
)
def test_what_a_target_is(tmp_path: Path, files: dict[str, str], kind: str, name: str) -> None:
    inventory = read(write(tmp_path, files))
    assert (inventory.kind, inventory.name) == (kind, name)


def test_two_names_that_are_written_alike_are_a_gap(tmp_path: Path) -> None:
    for name in (b"\xff", b"\\xff"):
        folder = os.path.join(os.fsencode(tmp_path), name)
        os.mkdir(folder)
        with open(os.path.join(folder, b"requirements.txt"), "w", encoding="utf-8") as file:
            file.write(f"p{len(name)}==1.0\n")
    inventory = read(tmp_path)
    assert gaps(inventory) == [("\\xff/requirements.txt", "same-name")]
    assert len(inventory.components) == 1


@pytest.mark.parametrize("path", ["..", "../", "sub/../.."])
def test_an_include_of_the_folder_above_is_a_gap(tmp_path: Path, path: str) -> None:
    write(tmp_path, {"requirements.txt": f"-r {path}\n"})
    assert gaps(read(tmp_path)) == [("requirements.txt", "outside-target")]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("Package-Lock.json", '{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0"}}}'),
        ("PACKAGE.JSON", '{"dependencies": {"a": "1.0.0"}}'),
        ("pipfile", '[packages]\na = "==1.0.0"\n'),
        ("Dev-Requirements.TXT", "a==1.0.0\n"),
        ("tool.PYW", '# /// script\n# dependencies = ["a==1.0.0"]\n# ///\n'),
    ],
)
def test_no_spelling_of_a_name_hides_a_file(tmp_path: Path, path: str, data: str) -> None:
    inventory = read(write(tmp_path, {path: data}))
    assert [(component.name, component.version) for component in inventory.components] == [("a", "1.0.0")]


def test_what_yarns_pnpm_linker_installs_is_read(tmp_path: Path) -> None:
    store = "node_modules/.store/a-npm-1.0.0-0123456789/package"
    write(tmp_path, {"package.json": '{"dependencies": {"a": "^1"}}'})
    write(tmp_path, {f"{store}/package.json": '{"name": "a", "version": "1.0.0"}'})
    (tmp_path / "node_modules" / "a").symlink_to(f".store/{store.split('/')[2]}/package")
    (found,) = read(tmp_path).components
    assert (found.purl, found.direct) == ("pkg:npm/a@1.0.0", True)


@pytest.mark.parametrize(
    ("manifest", "text"),
    [
        (
            "pyproject.toml",
            '[project]\nname = "x"\n[tool.setuptools.dynamic]\ndependencies = {file = ["needs.list"]}\n',
        ),
        ("setup.cfg", "[options]\ninstall_requires = file: needs.list\n"),
    ],
)
def test_the_file_that_a_manifest_takes_its_dependencies_from_asks_for_them(
    tmp_path: Path, manifest: str, text: str
) -> None:
    inventory = read(write(tmp_path, {manifest: text, "needs.list": PINNED}))
    assert [component.purl for component in inventory.components] == ["pkg:pypi/left-pad@1.0"]
    assert gaps(inventory) == []


def test_an_installed_distribution_without_metadata_is_a_gap(tmp_path: Path) -> None:
    site = "lib/site-packages"
    write(
        tmp_path,
        {
            f"{site}/lost-1.0.dist-info/RECORD": "",
            f"{site}/kept-1.0.dist-info/RECORD": "",
            f"{site}/kept-1.0.dist-info/METADATA": "Name: kept\nVersion: 1.0\n",
            f"{site}/kept/_vendor/inner-1.0.dist-info/RECORD": "",
        },
    )
    assert gaps(read(tmp_path)) == [(f"{site}/lost-1.0.dist-info", "no-metadata")]
