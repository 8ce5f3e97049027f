"""Whose a file is: in node_modules by folder, in site-packages by RECORD, else the target's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assay.scanner.inputs.record import parse
from assay.scanner.inputs.target import ReadOptions, read_targets

if TYPE_CHECKING:
    from pathlib import Path

SITE = "lib/python3.11/site-packages"
WHEELS = {
    "yaml-lib": ["yaml/__init__.py", "yaml/deep/x.py", "_yaml.py", "../../../bin/yamlize"],
    "ns-one": ["ns/one/__init__.py", "ns/one/x.py", "ns/shared.py", "both.py"],
    "ns-two": ["ns/two.py", "ns/two/x.py", "both.py"],
    "liar": ["/etc/passwd", "../../../../outside", "missing/x.py", '"odd, name.py"', "liar.py"],
}
UNLISTED = ["dropped.pth", "yaml/late.pyc", "ns/late.py"]


def files() -> dict[str, str]:
    made = {
        "package.json": '{"name": "app"}',
        "src/index.js": "",
        "node_modules/a/package.json": '{"name": "a", "version": "1.0.0"}',
        "node_modules/a/dist/x.js": "",
        "node_modules/a/node_modules/b/package.json": '{"name": "b", "version": "2.0.0"}',
        "node_modules/a/node_modules/b/y.js": "",
        "node_modules/.bin/tool": "",
        "node_modules/.pnpm/@s+c@3.0.0/node_modules/@s/c/package.json": '{"name": "@s/c", "version": "3.0.0"}',
        "node_modules/.pnpm/@s+c@3.0.0/node_modules/@s/c/z.js": "",
    }
    for name, listed in WHEELS.items():
        info = f"{SITE}/{name.replace('-', '_')}-1.0.dist-info"
        made[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        made[f"{info}/RECORD"] = "".join(f"{path},sha256=x,1\n" for path in listed)
        for path in listed:
            if "missing" not in path and not path.startswith(("/", "../../../../")):
                made["bin/yamlize" if "bin/" in path else f"{SITE}/" + path.strip('"')] = ""
    return made | {f"{SITE}/{path}": "" for path in UNLISTED}


@pytest.fixture(scope="module")
def owners(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root = tmp_path_factory.mktemp("target")
    for path, text in files().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    inventory = read_targets([str(root)], ReadOptions(owners=True))
    assert not inventory.gaps
    assert list(inventory.owners) == sorted(inventory.owners)
    assert {purl for _, purl in inventory.owners} <= {component.purl for component in inventory.components}
    return dict(inventory.owners)


def owner(path: str, owners: dict[str, str]) -> str:
    """Return the purl of the deepest entry that holds a path, without its version, "" for the target's own."""
    holding = [folder for folder in owners if path == folder or path.startswith(f"{folder}/")]
    return owners[max(holding, key=len)].partition("/")[2].rpartition("@")[0] if holding else ""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("package.json", ""),
        ("src/index.js", ""),
        ("node_modules/a/dist/x.js", "a"),
        ("node_modules/a/package.json", "a"),
        ("node_modules/a/node_modules/b/y.js", "b"),
        ("node_modules/.bin/tool", ""),
        ("node_modules/.pnpm/@s+c@3.0.0/node_modules/@s/c/z.js", "%40s/c"),
        (f"{SITE}/yaml/__init__.py", "yaml-lib"),
        (f"{SITE}/yaml/deep/x.py", "yaml-lib"),
        (f"{SITE}/yaml/late.pyc", "yaml-lib"),
        (f"{SITE}/_yaml.py", "yaml-lib"),
        ("bin/yamlize", "yaml-lib"),
        (f"{SITE}/yaml_lib-1.0.dist-info/METADATA", "yaml-lib"),
        (f"{SITE}/ns/one/x.py", "ns-one"),
        (f"{SITE}/ns/shared.py", "ns-one"),
        (f"{SITE}/ns/two.py", "ns-two"),
        (f"{SITE}/ns/two/x.py", "ns-two"),
        (f"{SITE}/ns/late.py", ""),
        (f"{SITE}/both.py", "ns-one"),
        (f"{SITE}/liar.py", "liar"),
        (f"{SITE}/odd, name.py", "liar"),
        (f"{SITE}/dropped.pth", ""),
    ],
)
def test_owner(path: str, expected: str, owners: dict[str, str]) -> None:
    assert owner(path, owners) == expected


def test_what_is_not_there_belongs_to_nobody(owners: dict[str, str]) -> None:
    assert not any("missing" in path or "passwd" in path or "outside" in path for path in owners)


def test_owners_are_worked_out_only_when_files_are_asked_about(tmp_path: Path) -> None:
    for path, text in files().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    plain = read_targets([str(tmp_path)], ReadOptions())
    asked = read_targets([str(tmp_path)], ReadOptions(owners=True))
    assert plain.owners == ()
    assert asked.owners
    assert (plain.files, plain.components, plain.kind, plain.packages) == (
        (asked.files, asked.components, asked.kind, asked.packages)
    )


@pytest.mark.parametrize(
    ("data", "claims"),
    [
        (b"", ()),
        (b"a.py,sha256=x,1\r\nb/c.py,,\r\n", ("s/a.py", "s/b/c.py")),
        (b'"a,b.py",,\n\n./c.py\n', ("s/a,b.py", "s/c.py")),
        (b"../bin/x,,\n../../up,,\n/abs,,\n..,,\n", ("bin/x",)),
        (b"\xff\x00.py,,\n", ("s/\\xff.py",)),
        (b"a.py,,\n" + b'"' + b"x" * 200_000, ("s/a.py",)),
    ],
)
def test_record(data: bytes, claims: tuple[str, ...]) -> None:
    parsed = parse(data, "s/x-1.dist-info/RECORD")
    assert (parsed.claims, parsed.gaps) == (claims, ())
