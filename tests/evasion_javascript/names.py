"""Roads to ``require`` and to what starts processes: aliases, destructuring, other loaders, other spellings."""

from tests.evasion_javascript.case import HIGH, MEDIUM, Case

NAMES = (
    Case("destructured", "STDLIB-001", MEDIUM, r"""
        const { execSync } = require("child_process");
        execSync("id");
    """),
    Case("destructured under another name", "STDLIB-001", MEDIUM, r"""
        const { execSync: go } = require("child_process");
        go("id");
    """),
    Case("destructured out of an object", "STDLIB-001", MEDIUM, r"""
        const { a: { b: { execSync: go } } } = { a: { b: require("child_process") } };
        go("id");
    """),
    Case("destructured out of an array", "STDLIB-001", MEDIUM, r"""
        const [, [go]] = [0, [require("child_process").execSync]];
        go("id");
    """),
    Case("a default when destructured", "STDLIB-001", MEDIUM, r"""
        const { go = require("child_process").execSync } = {};
        go("id");
    """),
    Case("the rest when destructured", "STDLIB-001", MEDIUM, r"""
        const { exec, ...rest } = require("child_process");
        rest.execSync("id");
    """),
    Case("a parameter that is destructured", "STDLIB-001", MEDIUM, r"""
        (function ({ execSync: go }) { go("id"); })(require("child_process"));
    """),
    Case("a computed key when destructured", "STR-001 DYN-005", HIGH, r"""
        const { ["exec" + "Sync"]: go } = require("child_process");
        go("id");
    """),
    Case("require by another name", "STDLIB-001", MEDIUM, r"""
        const load = require;
        load("child_process").execSync("id");
    """),
    Case("require out of an array", "STDLIB-001", MEDIUM, r"""
        [require][0]("child_process").execSync("id");
    """),
    Case("require out of an object", "STDLIB-001", MEDIUM, r"""
        const tools = { print: console.log, load: require };
        tools.load("child_process").execSync("id");
    """),
    Case("require out of a map", "STDLIB-001", MEDIUM, r"""
        const tools = new Map([["a", console.log], ["b", require]]);
        tools.get("b")("child_process").execSync("id");
    """),
    Case("require as a default argument", "STDLIB-001", MEDIUM, r"""
        function load(name, by = require) { return by(name); }
        load("child_process").execSync("id");
    """),
    Case("require kept in a class", "STDLIB-001", MEDIUM, r"""
        class Kept { static load = require; }
        Kept.load("child_process").execSync("id");
    """),
    Case("require by call", "STDLIB-001", MEDIUM, r"""
        require.call(null, "child_process").execSync.call(null, "id");
    """),
    Case("require by apply", "STDLIB-001", MEDIUM, r"""
        const cp = require.apply(this, ["child_process"]);
        cp.execSync.apply(cp, ["id"]);
    """),
    Case("require by bind", "STDLIB-001", MEDIUM, r"""
        const load = require.bind(null, "child_process");
        load().execSync.bind(null, "id")();
    """),
    Case("require by Reflect.apply", "STDLIB-001", MEDIUM, r"""
        const cp = Reflect.apply(require, null, ["child_process"]);
        Reflect.apply(cp.execSync, cp, ["id"]);
    """),
    Case("members by Reflect.get", "STDLIB-001 DYN-005", MEDIUM, r"""
        Reflect.get(require("child_process"), "execSync")("id");
    """),
    Case("require behind a proxy", "STDLIB-001", MEDIUM, r"""
        new Proxy(require, {})("child_process").execSync("id");
    """),
    Case("require as an argument of the module", "STDLIB-001", MEDIUM, r"""
        arguments[1]("child_process").execSync("id");
    """),
    Case("require put on the global object", "STDLIB-001", MEDIUM, r"""
        global.load = require;
        load("child_process").execSync("id");
    """),
    Case("module.require", "STDLIB-001", MEDIUM, r"""
        module.require("child_process").execSync("id");
    """),
    Case("process.mainModule.require", "STDLIB-001", MEDIUM, r"""
        process.mainModule.require("child_process").execSync("id");
    """),
    Case("require.main.require", "STDLIB-001", MEDIUM, r"""
        require.main.require("child_process").execSync("id");
    """),
    Case("module.constructor._load", "STDLIB-001 DYN-005", MEDIUM, r"""
        module.constructor._load("child_process").execSync("id");
    """),
    Case("Module._load", "STDLIB-001 DYN-005", MEDIUM, r"""
        const Module = require("module");
        Module._load("child_process", module, false).execSync("id");
    """),
    Case("createRequire", "STDLIB-001", MEDIUM, r"""
        const { createRequire: made } = require("node:module");
        made(__filename)("child_process").execSync("id");
    """),
    Case("createRequire in an ES module", "STDLIB-001", MEDIUM, r"""
        import { createRequire } from "module";
        const require = createRequire(import.meta.url);
        require("child_process").execSync("id");
    """, "index.mjs"),
    Case("process.getBuiltinModule", "STDLIB-001", MEDIUM, r"""
        process.getBuiltinModule("child_process").execSync("id");
    """),
    Case("process.getBuiltinModule of the global object", "STDLIB-001 DYN-005", HIGH, r"""
        globalThis["pro" + "cess"].getBuiltinModule("child_" + "process").execSync("id");
    """),
    Case("process.binding", "STDLIB-001 DYN-005 STDLIB-003", MEDIUM, r"""
        const { spawn } = process.binding("spawn_sync");
        spawn({ file: "/bin/sh", args: ["sh", "-c", "id"], stdio: [] });
    """),
    Case("a module with node: before its name", "STDLIB-001", MEDIUM, r"""
        require("node:child_process").execSync("id");
    """),
    Case("imported under another name", "STDLIB-001", MEDIUM, r"""
        import { execSync as go } from "node:child_process";
        go("id");
    """, "index.mjs"),
    Case("a namespace that is imported", "STDLIB-001", MEDIUM, r"""
        import * as cp from "child_process";
        cp["execSync"]("id");
    """, "index.mjs"),
    Case("the default that is imported", "STDLIB-001", MEDIUM, r"""
        import cp, { spawnSync } from "child_process";
        cp.execSync("id"), spawnSync("id");
    """, "index.mjs"),
    Case("import() and then", "STDLIB-001", MEDIUM, r"""
        import("child_process").then(({ execSync: go }) => go("id"));
    """),
    Case("import() awaited", "STDLIB-001", MEDIUM, r"""
        const cp = await import("node:child_process");
        cp.default.execSync("id");
    """, "index.mjs"),
    Case("import() of a name in pieces", "STR-001 DYN-004 DYN-005", HIGH, r"""
        const name = ["child", "process"].join("_");
        import(name).then((cp) => cp.execSync("id"));
    """),
    Case("import() of an address that holds code", "STDLIB-001 DYN ENC", MEDIUM, r"""
        import("data:text/javascript,import { execSync } from 'child_process'; execSync('id')");
    """),
    Case("import() of an address that holds base64", "ENC-001 STDLIB-001", HIGH, r"""
        import("data:text/javascript;base64,aW1wb3J0IHsgZXhlY1N5bmMgfSBmcm9tICdjaGlsZF9wcm9jZXNzJzsgZXhlY1N5bmMoJ2lkJyk=");
    """),
    Case("passed on by another file", "STDLIB-001", MEDIUM, r"""
        require("./lib/tools").go("id");
    """, files={"lib/tools.js": 'exports.go = require("child_process").execSync;\n'}),
    Case("members copied to another object", "STDLIB-001", MEDIUM, r"""
        const own = Object.assign({}, require("child_process"));
        const also = { ...own };
        also.execSync("id");
    """),
    Case("members found by Object.entries", "STDLIB-001 DYN-005", MEDIUM, r"""
        const found = Object.entries(require("child_process")).find(([name]) => name === "execSync");
        found[1]("id");
    """),
    Case("a member found by its letters", "STDLIB-001 DYN-005", MEDIUM, r"""
        const cp = require("child_process");
        for (const name in cp) if (/^ex.{2}S/.test(name)) cp[name]("id");
    """),
    Case("with", "STDLIB-001", MEDIUM, r"""
        with (require("child_process")) execSync("id");
    """, unseen="names within `with` are not looked up in its object"),
    Case("a getter that loads it", "STDLIB-001", MEDIUM, r"""
        const lazy = {};
        Object.defineProperty(lazy, "cp", { get() { return require("child_process"); } });
        lazy.cp.execSync("id");
    """),
    Case("promisified", "STDLIB-001", MEDIUM, r"""
        const { promisify } = require("util");
        promisify(require("child_process").exec)("id").then(console.log);
    """),
    Case("optional calls", "STDLIB-001", MEDIUM, r"""
        require?.("child_process")?.["execSync"]?.("id");
    """),
    Case("chosen by a condition", "STDLIB-001", MEDIUM, r"""
        const cp = require("child_process");
        (Date.now() > 5 ? cp.execSync : console.log)("id");
    """),
    Case("after a comma", "STDLIB-001", MEDIUM, r"""
        (0, require("child_process").execSync)("id");
    """),
    Case("assigned in a condition", "STDLIB-001", MEDIUM, r"""
        let go;
        if ((go = require("child_process").execSync) && typeof go === "function") go("id");
    """),
    Case("a tagged template", "STDLIB-001", MEDIUM, r"""
        const { execSync } = require("child_process");
        const run = (texts) => execSync(texts[0]);
        run`id`;
    """),
)  # fmt: skip
