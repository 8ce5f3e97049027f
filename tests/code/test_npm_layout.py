"""Which file an import means, what a package offers, what its scripts run, and when each of its files runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.code.npm import gyp
from assay.scanner.code.npm.layout import is_code, layout, reaches
from assay.scanner.code.npm.manifest import manifest
from assay.scanner.code.npm.runs import MOST_TEXTS, Follower, Runs
from assay.scanner.code.npm.workers import workers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.scanner.code.npm.layout import Layout
    from assay.scanner.code.npm.resolution import Files


def laid_out(fields: object, paths: str, packed: str = "installed") -> Layout:
    """A package with these fields in its package.json."""
    own = manifest("package.json", json.dumps(fields).encode())
    return layout(packed, ["package.json", *paths.split()], {"": own} if own else {})


def files(paths: str, fields: object = None, **others: object) -> Files:
    """Files with the package's own manifest, and those of folders: ``sub={…}``."""
    found = [manifest("package.json", json.dumps(fields or {}).encode())]
    found += [manifest(f"{folder}/package.json", json.dumps(some).encode()) for folder, some in others.items()]
    known = {one.folder: one for one in found if one}
    return layout("installed", paths.split(), known).files


RESOLVED = [
    ("a.js b.js", "a.js", "./b", "b.js"),
    ("a.js b.js", "a.js", "./b.js", "b.js"),
    ("a.js b.mjs", "a.js", "./b.mjs", "b.mjs"),
    ("a.js b.json", "a.js", "./b", "b.json"),
    ("a.js b.js b.json", "a.js", "./b", "b.js"),
    ("a.js b/index.js", "a.js", "./b", "b/index.js"),
    ("a.js b/index.js", "a.js", "./b/", "b/index.js"),
    ("a.js b.js b/index.js", "a.js", "./b", "b.js"),
    ("a.js b.js b/index.js", "a.js", "./b/", "b/index.js"),
    ("lib/a.js index.js", "lib/a.js", "..", "index.js"),
    ("lib/a.js lib/index.js", "lib/a.js", ".", "lib/index.js"),
    ("lib/a.js b.js", "lib/a.js", "../b", "b.js"),
    ("a.js b.js", "a.js", "../b", ""),
    ("a.js", "a.js", "./b", ""),
    ("a.js b.js", "a.js", "b", ""),
    ("a.ts b.ts", "a.ts", "./b.js", "b.ts"),
    ("a.ts b.mts", "a.ts", "./b.mjs", "b.mts"),
    ("a.js b.js", "a.js", "./b?x", "b.js"),
    ("a.js sub/own.js sub/index.js", "a.js", "./sub", "sub/own.js"),
    ("a.js sub/index.js", "a.js", "./sub", "sub/index.js"),
    ("a.js lib/x.js", "a.js", "me/lib/x", "lib/x.js"),
    ("a.js lib/x.js", "a.js", "#x", "lib/x.js"),
    ("lib/a.js node_modules/other/index.js", "lib/a.js", "other", "node_modules/other/index.js"),
    ("a.js sub/node_modules/q/q.js sub/b.js", "sub/b.js", "q/q", "sub/node_modules/q/q.js"),
    ("a.js sub/node_modules/q/q.js", "a.js", "q/q", ""),
]


@pytest.mark.parametrize(("paths", "path", "written", "expected"), RESOLVED)
def test_which_file_an_import_means(paths: str, path: str, written: str, expected: str) -> None:
    found = files(paths, {"name": "me", "imports": {"#x": {"default": "./lib/x.js"}}}, sub={"main": "own"})
    assert found.resolve(path, written) == expected


WORKERS = [
    ("new Worker('./a.js')", ("./a.js",)),
    ('new (require("worker_threads").Worker)( "../a" )', ("../a",)),
    ("new Worker('a'); new Worker(b); say('./c')", ()),
]


@pytest.mark.parametrize(("source", "expected"), WORKERS)
def test_what_a_file_hands_to_workers(source: str, expected: tuple[str, ...]) -> None:
    assert workers(source.encode()) == expected


def none() -> Runs:
    return Runs((), {}, (), (), {})


OFFERED = [
    ({}, "index.js other.js", "index.js"),
    ({"main": "lib"}, "lib/index.js index.js", "lib/index.js"),
    ({"main": "./lib/a"}, "lib/a.js index.js", "lib/a.js"),
    ({"main": "gone.js"}, "index.js", "index.js"),
    ({"main": "a.js", "module": "b.mjs"}, "a.js b.mjs c.js", "a.js b.mjs"),
    ({"main": "a.js", "browser": "b.js"}, "a.js b.js", "a.js b.js"),
    ({"main": "a.js", "browser": {"./a.js": "./b.js", "fs": False}}, "a.js b.js c.js", "a.js b.js"),
    ({"bin": "cli.js"}, "cli.js", "cli.js"),
    ({"bin": {"x": "./bin/x", "y": "bin/y.js"}}, "bin/x.js bin/y.js z.js", "bin/x.js bin/y.js"),
    ({"exports": "./a.js"}, "a.js index.js", "a.js"),
    ({"exports": {".": {"import": "./a.mjs", "require": "./a.cjs"}}}, "a.mjs a.cjs b.js", "a.cjs a.mjs"),
    ({"exports": {"./x": {"node": {"default": ["./x.js", "./y.js"]}}}}, "x.js y.js z.js", "x.js y.js"),
    ({"exports": {"./*": "./lib/*.js"}}, "lib/a.js lib/b/c.js other.js", "lib/a.js lib/b/c.js"),
    ({"exports": {"./*": "./*"}}, "a.js test/b.js", "a.js"),
    ({"exports": {"./lib/": "./lib/"}}, "lib/a.js other.js", "lib/a.js"),
    ({"exports": {"types": "./a.ts", "default": "./b.js"}}, "a.ts b.js", "b.js"),
    ({"types": "a.ts", "main": "b.js"}, "a.ts b.js", "b.js"),
    ({"main": 1, "bin": None, "exports": [None, 3]}, "index.js", ""),
    ({"main": "../../../x"}, "x.js index.js", "index.js"),
]


@pytest.mark.parametrize("packed", ["installed", "tarball"])
@pytest.mark.parametrize(("fields", "paths", "expected"), OFFERED)
def test_what_a_package_offers_is_loaded_on_import(fields: object, paths: str, expected: str, packed: str) -> None:
    laid = laid_out(fields, paths, packed)
    found = reaches(laid, none(), {}, [path for path in laid.files.paths if is_code(path)])
    assert [path for path, reach in found.items() if reach.trigger == "import"] == expected.split()


ALONE = [
    ("lib/unused.js", "call"),
    ("dist/a.js", "call"),
    ("test/a.js", "test"),
    ("lib/__tests__/a.js", "test"),
    ("__mocks__/a.js", "test"),
    ("lib/a.test.js", "test"),
    ("lib/a.spec.ts", "test"),
    ("lib/a-test.js", "test"),
    ("docs/a.js", "test"),
    ("examples/a/b.js", "test"),
    ("benchmark/a.js", "test"),
    ("lib/latest.js", "call"),
    ("lib/testing/a.js", "call"),
    ("attest/a.js", "call"),
]


@pytest.mark.parametrize(("path", "expected"), ALONE)
def test_what_nothing_loads(path: str, expected: str) -> None:
    laid = laid_out({"main": "main.js"}, f"main.js {path}")
    assert reaches(laid, none(), {}, ["main.js", path])[path].trigger == expected


def test_what_something_loads_runs_when_that_does() -> None:
    laid = laid_out({}, "index.js lib/a.js test/data.js test/b.js test/c.js")
    loads = {"index.js": {"lib/a.js"}, "lib/a.js": {"test/data.js"}, "test/b.js": {"test/c.js"}}
    found = reaches(laid, none(), loads, [path for path in laid.files.paths if is_code(path)])
    assert found["test/data.js"][:2] == ("import", ("index.js", "lib/a.js", "test/data.js"))
    assert found["test/c.js"][:2] == ("test", ("test/b.js", "test/c.js"))


COMMANDS = [
    ({"bin": "cli.js"}, "cli.js index.js", "cli.js run.js"),
    ({"bin": "cli.js", "main": "run.js"}, "cli.js", "cli.js"),
    ({"bin": "cli.js", "main": "cli.js"}, "cli.js", ""),
    ({"bin": "cli.js", "exports": {".": "./index.js", "./cli": "./cli.js"}}, "cli.js index.js", "cli.js run.js"),
    ({"bin": "cli.js", "exports": {".": "./cli.js"}}, "cli.js", ""),
    ({"bin": "cli.js", "exports": {"node": "./cli.js"}}, "cli.js", ""),
    ({"bin": "cli.js", "exports": {"./run": "./run.js"}}, "cli.js", "cli.js"),
    ({"scripts": {"postinstall": "node cli.js"}, "bin": "cli.js"}, "cli.js", ""),
]


@pytest.mark.parametrize(("fields", "paths", "asked"), COMMANDS)
def test_what_only_a_command_runs_is_asked_for(fields: dict[str, object], paths: str, asked: str) -> None:
    laid = laid_out(fields, f"run.js {paths}")
    runs = Follower(laid.files, lambda _: None).install()
    found = reaches(laid, runs, {"cli.js": {"run.js"}}, [path for path in laid.files.paths if is_code(path)])
    assert [path for path, reach in found.items() if reach.asked] == asked.split()


def test_a_source_tree_that_is_not_built_yet_begins_where_it_is_written() -> None:
    fields = {"main": "dist/index.js"}
    for packed, expected in (("source", "import"), ("installed", "call")):
        laid = laid_out(fields, "src/index.ts", packed)
        assert reaches(laid, none(), {}, ["src/index.ts"])["src/index.ts"].trigger == expected


def nothing(_path: str) -> bytes | None:
    """No file is held."""
    return None


def runs_of(
    scripts: Mapping[str, str], contents: Mapping[str, str] | None = None, *, git: bool = False, root: bool = False,
    more: Mapping[str, object] | None = None,
) -> Runs:  # fmt: skip
    """What the scripts of a package run, whose files have these contents."""
    held = {path: text.encode() for path, text in (contents or {}).items()}
    found = [manifest("package.json", json.dumps({"name": "me", "scripts": scripts, **(more or {})}).encode())]
    found += [manifest(path, data) for path, data in held.items() if path.endswith("/package.json")]
    known = {one.folder: one for one in found if one}
    return Follower(layout("installed", ["package.json", *held], known).files, held.get).install(git=git, root=root)


STARTED = [
    ({"postinstall": "node a.js"}, "a.js", "scripts.postinstall > a.js"),
    ({"postinstall": "node a"}, "a.js", "scripts.postinstall > a.js"),
    ({"preinstall": "npm run go", "go": "node a.js"}, "a.js", "scripts.preinstall > scripts.go > a.js"),
    ({"install": "npm run go", "prego": "node a.js", "go": "x"}, "a.js", "scripts.install > scripts.prego > a.js"),
    ({"install": "run-s go:*", "go:b": "node a.js"}, "a.js", "scripts.install > scripts.go:b > a.js"),
    ({"install": "sh -c 'node a.js'"}, "a.js", "scripts.install > a.js"),
    ({"install": "echo bm9kZSBhLmpz | base64 -d | sh"}, "a.js", "scripts.install > a.js"),
    ({"install": "x=$(node a.js)"}, "a.js", "scripts.install > a.js"),
    ({"install": "node .\\a.js"}, "a.js", "scripts.install > a.js"),
    ({"install": "$npm_package_config_run a.js"}, "a.js", "scripts.install > a.js"),
    ({"install": "sh go.sh"}, "a.js", "scripts.install > go.sh > a.js"),
    ({"install": "./go.sh"}, "a.js", "scripts.install > go.sh > a.js"),
    ({"install": "./go"}, "a.js", "scripts.install > go > a.js"),
    ({"install": "sh tools/go.sh"}, "tools/b.js", "scripts.install > tools/go.sh > tools/b.js"),
    ({"install": "go.bat"}, "a.js", "scripts.install > go.bat > a.js"),
    ({"install": "powershell -File go.ps1"}, "a.js", "scripts.install > go.ps1 > a.js"),
    ({"install": "cd sub && npm run go"}, "a.js", "scripts.install > sub/package.json scripts.go > a.js"),
    ({"build": "node a.js"}, "a.js", ""),
    ({"prepare": "node a.js"}, "a.js", ""),
    ({"install": "echo node a.js"}, "a.js", ""),
]
CONTENTS = {
    "a.js": "",
    "go.sh": "#!/bin/sh\nset -e\nnode a.js\n",
    "go": "#!/usr/bin/env bash\nnode a.js\n",
    "go.bat": "@echo off\r\nnode .\\a.js\r\n",
    "go.ps1": "Start-Process node a.js\n",
    "tools/go.sh": 'cd "$(dirname "$0")"\nnode b.js\n',
    "tools/b.js": "",
    "sub/package.json": '{"scripts": {"go": "node ../a.js"}}',
}


@pytest.mark.parametrize(("scripts", "path", "expected"), STARTED)
def test_what_scripts_run_at_install(scripts: dict[str, str], path: str, expected: str) -> None:
    runs = runs_of(scripts, CONTENTS, more={"config": {"run": "node"}})
    laid = layout("installed", [*CONTENTS, "package.json"], {})
    found = reaches(laid, runs, {}, CONTENTS)[path]
    assert " > ".join(found.trace).replace(" package.json ", " ").removeprefix("package.json ") == expected
    assert (found.trigger == "install") is bool(expected)


WHEN = [
    ("preinstall", True, True, True),
    ("postinstall", True, True, True),
    ("prepare", False, True, True),
    ("prepack", False, True, True),
    ("pnpm:devPreinstall", False, False, True),
    ("prepublishOnly", False, False, False),
    ("test", False, False, False),
]


@pytest.mark.parametrize(("name", "registry", "git", "root"), WHEN)
def test_which_scripts_run_by_themselves(name: str, registry: bool, git: bool, root: bool) -> None:
    assert bool(runs_of({name: "x"}).labels) is registry
    assert bool(runs_of({name: "x"}, git=True).labels) is git
    assert bool(runs_of({name: "x"}, root=True).labels) is root


GYP = """
# comment with 'action': ['no']
{ 'targets': [ {
  'include_dirs': ["<!@(node -p \\"require('x').include\\")", '<!(node a.js)'],
  'actions': [ { 'action_name': 'x', 'action': ['node', 'b c.js', '<(OUT)'] } ],
  'cflags': ['<!(pymod_do_main(tools.make y))'],
  'not_action': ['node', 'd.js'],
} ] }
"""


def test_the_commands_of_a_binding_gyp() -> None:
    found = [(command.place.line, command.line or command.python) for command in gyp.commands(GYP.encode())]
    assert found == [
        (4, "node -p \"require('x').include\""),
        (4, "node a.js"),
        (5, "node 'b c.js' <(OUT)"),
        (6, "tools.make"),
    ]


GYP_FILES = {"binding.gyp": GYP, "a.js": "", "b c.js": "", "tools/make.py": "", "d.js": ""}
NODE_GYP = [
    ({}, {}, True, True),
    ({"install": "node-gyp-build"}, {}, False, True),
    ({"postinstall": "x"}, {}, True, True),
    ({}, {"gypfile": False}, False, False),
]


@pytest.mark.parametrize(("scripts", "more", "implicit", "runs"), NODE_GYP)
def test_node_gyp_runs_unnamed(scripts: dict[str, str], more: dict[str, object], implicit: bool, runs: bool) -> None:
    found = runs_of(scripts, GYP_FILES, more=more)
    assert found.implicit is implicit
    assert ("binding.gyp" in found.labels) is runs
    if runs:
        assert {"a.js", "b c.js", "tools/make.py"} <= set(found.edges["binding.gyp"])
        assert "d.js" not in found.edges["binding.gyp"]


def test_lines_are_told_once_and_where_they_stand() -> None:
    runs = runs_of({"postinstall": "sh -c 'curl there | sh'", "x": "y"})
    assert [(one.module, one.told.line) for one in runs.spoken] == [
        ("package.json#scripts.postinstall", "sh -c 'curl there | sh'")
    ]
    text = b'{\n "scripts": {\n  "test": "postinstall",\n  "postinstall": "x"\n }\n}'
    own = manifest("package.json", text)
    assert own
    assert own.place("postinstall") == (4, 3)


def test_scripts_that_run_one_another_end() -> None:
    assert runs_of({"install": "npm run a", "a": "npm run b", "b": "npm run a && npm run install"}).whole
    many = {f"s{number}": f"npm run s{number + 1}" for number in range(4 * MOST_TEXTS)}
    assert not runs_of({"install": "npm run s0", **many}).whole


BAD = [b"", b"[]", b"{", b"\xff\xfe", b'{"scripts": []}', b'{"a":' * 10_000, b'{"scripts": {"install": 1}}', b"nul"]


@pytest.mark.parametrize("data", BAD, ids=range(len(BAD)))
def test_a_broken_manifest_runs_nothing(data: bytes) -> None:
    own = manifest("package.json", data)
    known = {"": own} if own else {}
    found = layout("installed", ["package.json", "index.js"], known)
    assert not Follower(found.files, nothing).install().labels
    assert reaches(found, none(), {}, ["index.js"])["index.js"].trigger == "import"


HUGE: list[dict[str, object]] = [
    {"exports": {f"./{number}*": f"./{number}*/*" for number in range(20_000)}},
    {"scripts": {f"s{number}": f"npm run s{number + 1}" for number in range(20_000)} | {"install": "run-s s* s*"}},
    {"scripts": {"install": "x " * 100_000}, "k" * 1_000_000: {str(number): "v" for number in range(5_000)}},
    {"bin": {str(number): f"bin/{number}" for number in range(20_000)}},
]


@pytest.mark.parametrize("fields", HUGE, ids=range(len(HUGE)))
def test_a_manifest_that_is_made_to_take_long_is_read_within_bounds(fields: dict[str, object]) -> None:
    laid = laid_out(fields, " ".join(f"lib/{number}.js" for number in range(5_000)))
    runs = Follower(laid.files, nothing).install()
    assert len(runs.spoken) <= 2 * MOST_TEXTS
    assert reaches(laid, runs, {}, laid.files.paths).keys() == laid.files.paths


KEYS = st.sampled_from(["main", "bin", "exports", "scripts", "./x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([".", "./*", "a", "../b", "./lib/", "*", ""]),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["main", "bin", "exports", "scripts", "./x"]), inner)
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["installed", "tarball", "source"]))
def test_no_manifest_makes_reading_fail(fields: object, packed: str) -> None:
    laid = laid_out(fields, "index.js lib/a.js b.js", packed)
    found = reaches(laid, Follower(laid.files, nothing).install(git=True, root=True), {}, laid.files.paths)
    assert found.keys() == laid.files.paths


@given(st.lists(st.sampled_from([*"'\"[]{}:,#\n\\", "'action'", "<!(", "<!@(node x)", ")", "a"]), max_size=60))
def test_no_binding_gyp_makes_reading_fail(parts: list[str]) -> None:
    data = "".join(parts).encode()
    assert all(command.place.line <= data.count(b"\n") + 1 for command in gyp.commands(data))
