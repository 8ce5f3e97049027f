"""What bundlers, compilers and build scripts make or do: nothing in it may be MEDIUM or worse."""

# ruff: noqa: E501 - an idiom reads as the file that it is

from tests.evasion_javascript.case import HIGH, Idiom

BUILDS = (
    Idiom("a bundle by webpack", r"""
        (()=>{var e={418:(e,t,n)=>{"use strict";Object.defineProperty(t,"__esModule",{value:!0});const r=n(97);t.default=r.map((e=>e*2))},97:e=>{e.exports=[1,2,3]}},t={};function n(r){var o=t[r];if(void 0!==o)return o.exports;var i=t[r]={exports:{}};return e[r](i,i.exports,n),i.exports}n.g=function(){if("object"==typeof globalThis)return globalThis;try{return this||new Function("return this")()}catch(e){if("object"==typeof window)return window}}();var r=n(418);module.exports=r})();
    """),
    Idiom("a bundle by webpack with eval for development", r"""
        /******/ (() => { // webpackBootstrap
        /******/ 	var __webpack_modules__ = ({
        /***/ "./src/index.js":
        /***/ ((module, __unused_webpack_exports, __webpack_require__) => {
        eval("const sum = __webpack_require__(/*! ./sum */ \"./src/sum.js\");\nmodule.exports = sum(1, 2);\n\n//# sourceURL=webpack://demo/./src/index.js?");
        /***/ }),
        /***/ "./src/sum.js":
        /***/ ((module) => {
        eval("module.exports = (a, b) => a + b;\n\n//# sourceURL=webpack://demo/./src/sum.js?");
        /***/ })
        /******/ 	});
        /******/ 	var __webpack_module_cache__ = {};
        /******/ 	function __webpack_require__(moduleId) {
        /******/ 		var cached = __webpack_module_cache__[moduleId];
        /******/ 		if (cached !== undefined) return cached.exports;
        /******/ 		var module = __webpack_module_cache__[moduleId] = { exports: {} };
        /******/ 		__webpack_modules__[moduleId](module, module.exports, __webpack_require__);
        /******/ 		return module.exports;
        /******/ 	}
        /******/ 	var __webpack_exports__ = __webpack_require__("./src/index.js");
        /******/ 	module.exports = __webpack_exports__;
        /******/ })();
    """),
    Idiom("a bundle by webpack that keeps Node's modules outside", r"""
        module.exports=(()=>{"use strict";var e={129:e=>{e.exports=require("child_process")},747:e=>{e.exports=require("fs")},622:e=>{e.exports=require("path")},10:(e,t,n)=>{const r=n(129),o=n(747);t.run=(e,t)=>new Promise(((n,s)=>{const i=r.spawn(e,t,{stdio:"inherit"});i.on("close",n),i.on("error",s)})),t.read=e=>o.readFileSync(e,"utf8")}},t={};return function n(r){if(t[r])return t[r].exports;var o=t[r]={exports:{}};return e[r](o,o.exports,n),o.exports}(10)})();
    """),
    Idiom("parts that webpack loads later", r"""
        (self["webpackChunkdemo"] = self["webpackChunkdemo"] || []).push([[179], { 3: (e, t, n) => { t.a = n(4); }, 4: (e) => { e.exports = 1; } }]);
        var l = (url, done) => { var s = document.createElement("script"); s.charset = "utf-8"; s.timeout = 120; s.src = url; s.onload = done; document.head.appendChild(s); };
        export const load = (id) => new Promise((done) => l(__webpack_public_path__ + id + ".js", done));
    """),
    Idiom("a bundle by rollup", r"""
        'use strict';
        Object.defineProperty(exports, '__esModule', { value: true });
        function _interopDefault (ex) { return (ex && (typeof ex === 'object') && 'default' in ex) ? ex['default'] : ex; }
        var fs = _interopDefault(require('fs'));
        var path = require('path');
        var commonjsGlobal = typeof globalThis !== 'undefined' ? globalThis : typeof window !== 'undefined' ? window : typeof global !== 'undefined' ? global : {};
        function commonjsRequire (path) { throw new Error('Could not dynamically require "' + path + '".'); }
        function createCommonjsModule(fn, module) { return module = { exports: {} }, fn(module, module.exports), module.exports; }
        var demo = createCommonjsModule(function (module) { module.exports = { read: (name) => fs.readFileSync(path.join(__dirname, name), 'utf8') }; });
        exports.read = demo.read;
    """),
    Idiom("a bundle by esbuild", r"""
        "use strict";
        var __create = Object.create, __defProp = Object.defineProperty, __getOwnPropNames = Object.getOwnPropertyNames;
        var __getProtoOf = Object.getPrototypeOf, __hasOwnProp = Object.prototype.hasOwnProperty;
        var __require = /* @__PURE__ */ ((x) => typeof require !== "undefined" ? require : typeof Proxy !== "undefined" ? new Proxy(x, { get: (a, b) => (typeof require !== "undefined" ? require : a)[b] }) : x)(function(x) { if (typeof require !== "undefined") return require.apply(this, arguments); throw Error('Dynamic require of "' + x + '" is not supported'); });
        var __commonJS = (cb, mod) => function __init() { return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports; };
        var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, mod);
        var require_tool = __commonJS({ "tool.js"(exports2, module2) { var cp = __require("child_process"); module2.exports = (line) => cp.execSync(line); } });
        module.exports = __toESM(require_tool());
    """),
    Idiom("a bundle by browserify", r"""
        (function(){function r(e,n,t){function o(i,f){if(!n[i]){if(!e[i]){var c="function"==typeof require&&require;if(!f&&c)return c(i,!0);if(u)return u(i,!0);var a=new Error("Cannot find module '"+i+"'");throw a.code="MODULE_NOT_FOUND",a}var p=n[i]={exports:{}};e[i][0].call(p.exports,function(r){var n=e[i][1][r];return o(n||r)},p,p.exports,r,e,n,t)}return n[i].exports}for(var u="function"==typeof require&&require,i=0;i<t.length;i++)o(t[i]);return o}return r})()({1:[function(require,module,exports){module.exports=require("./b")+1},{"./b":2}],2:[function(require,module,exports){module.exports=1},{}]},{},[1]);
    """),
    Idiom("a bundle by Parcel", r"""
        var $parcel$global = typeof globalThis !== "undefined" ? globalThis : typeof self !== "undefined" ? self : typeof window !== "undefined" ? window : typeof global !== "undefined" ? global : {};
        var parcelRequire = $parcel$global["parcelRequire94c2"];
        if (parcelRequire == null) {
          var modules = {}, inits = {};
          parcelRequire = function (id) { if (id in modules) return modules[id].exports; if (id in inits) { var init = inits[id]; delete inits[id]; var module = { id: id, exports: {} }; modules[id] = module; init.call(module.exports, module, module.exports); return module.exports; } throw new Error("Cannot find module '" + id + "'"); };
          parcelRequire.register = function register(id, init) { inits[id] = init; };
          $parcel$global["parcelRequire94c2"] = parcelRequire;
        }
    """),
    Idiom("a wrapper for all systems of modules", r"""
        (function (global, factory) {
          typeof exports === 'object' && typeof module !== 'undefined' ? factory(exports, require('./dep')) :
          typeof define === 'function' && define.amd ? define(['exports', './dep'], factory) :
          (global = typeof globalThis !== 'undefined' ? globalThis : global || self, factory(global.demo = {}, global.dep));
        }(this, (function (exports, dep) { 'use strict'; exports.go = function () { return dep.value; }; })));
    """, files={"dep.js": "exports.value = 1;\n"}),
    Idiom("a module of AMD and its loader", r"""
        define("demo", ["require", "exports", "./dep"], function (require, exports, dep) { exports.value = dep.value; });
        var loader = { load: function (name, req, onload, config) {
          var xhr = new XMLHttpRequest();
          xhr.open("GET", req.toUrl(name), true);
          xhr.onreadystatechange = function () { if (xhr.readyState === 4) onload.fromText(xhr.responseText); };
          xhr.send(null);
        } };
    """),
    Idiom("helpers of TypeScript", r"""
        "use strict";
        var __createBinding = (this && this.__createBinding) || (Object.create ? (function (o, m, k, k2) { if (k2 === undefined) k2 = k; Object.defineProperty(o, k2, { enumerable: true, get: function () { return m[k]; } }); }) : (function (o, m, k, k2) { o[k2 === undefined ? k : k2] = m[k]; }));
        var __importStar = (this && this.__importStar) || function (mod) { if (mod && mod.__esModule) return mod; var result = {}; if (mod != null) for (var k in mod) if (k !== "default" && Object.prototype.hasOwnProperty.call(mod, k)) __createBinding(result, mod, k); return result; };
        var __awaiter = (this && this.__awaiter) || function (thisArg, _arguments, P, generator) { return new (P || (P = Promise))(function (resolve, reject) { function step(result) { result.done ? resolve(result.value) : new P(function (r) { r(result.value); }).then(function (v) { step(generator.next(v)); }, reject); } step((generator = generator.apply(thisArg, _arguments || [])).next()); }); };
        Object.defineProperty(exports, "__esModule", { value: true });
        const cp = __importStar(require("child_process"));
        exports.run = (line) => __awaiter(void 0, void 0, void 0, function* () { return yield new Promise((done) => cp.exec(line, done)); });
    """),
    Idiom("an import() that a compiler hides from another", r"""
        const dynamicImport = new Function("specifier", "return import(specifier)");
        exports.loadConfig = async (path) => (await dynamicImport(require("url").pathToFileURL(path).href)).default;
    """),
    Idiom("a runtime of generators", r"""
        var runtime = (function (exports) {
          "use strict";
          var Op = Object.prototype, hasOwn = Op.hasOwnProperty;
          exports.wrap = function (innerFn, outerFn) { return Object.create((outerFn || function () {}).prototype); };
          return exports;
        }(typeof module === "object" ? module.exports : {}));
        try {
          regeneratorRuntime = runtime;
        } catch (accidentalStrictMode) {
          if (typeof globalThis === "object") { globalThis.regeneratorRuntime = runtime; } else { Function("r", "regeneratorRuntime = r")(runtime); }
        }
    """),
    Idiom("a polyfill that looks for the global object", r"""
        'use strict';
        var check = function (it) { return it && it.Math === Math && it; };
        module.exports =
          check(typeof globalThis == 'object' && globalThis) || check(typeof window == 'object' && window) ||
          check(typeof self == 'object' && self) || check(typeof global == 'object' && global) ||
          (function () { return this; })() || Function('return this')();
    """),
    Idiom("a polyfill that asks for features by Function", r"""
        function test(code) { try { Function("", code)(); return true; } catch (e) { return false; }}
        exports.arrows = test("return (() => 1)()");
        exports.classes = test("'use strict'; class A {} return new A()");
        exports.generators = test("return (function*(){}).constructor");
        try { eval("async () => {}"); exports.async = true; } catch (e) { exports.async = false; }
        var getEvalled = function (source) { try { return Function('"use strict"; return (' + source + ').constructor;')(); } catch (e) {} };
        exports.AsyncFunction = getEvalled('async function () {}');
    """),
    Idiom("a polyfill of timers", r"""
        var nativeTimeout = globalThis.setTimeout;
        exports.setTimeout = function (handler, timeout) {
          var rest = Array.prototype.slice.call(arguments, 2);
          return nativeTimeout(typeof handler === "function" ? function () { handler.apply(this, rest); } : Function(handler), timeout);
        };
    """),
    Idiom("a source map", r"""
        export const a = 1;
        //# sourceMappingURL=data:application/json;charset=utf-8;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbImEudHMiXSwibmFtZXMiOltdLCJtYXBwaW5ncyI6IkFBQUEifQ==
    """, "index.mjs"),
    Idiom("a loader of WebAssembly in base64", r"""
        const bytes = Buffer.from("AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags=", "base64");
        let instance;
        exports.add = (a, b) => {
          instance = instance || new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
          return instance.exports.add(a, b);
        };
    """),
    Idiom("a loader of WebAssembly made by a compiler", r"""
        var Module = typeof Module !== "undefined" ? Module : {};
        var ENVIRONMENT_IS_NODE = typeof process === "object" && typeof require === "function";
        var wasmBinaryFile = "data:application/octet-stream;base64,AGFzbQEAAAA=";
        function intArrayFromBase64(s) { if (ENVIRONMENT_IS_NODE) { var buf = Buffer.from(s, "base64"); return new Uint8Array(buf.buffer, buf.byteOffset, buf.byteLength); } var decoded = atob(s); var bytes = new Uint8Array(decoded.length); for (var i = 0; i < decoded.length; ++i) bytes[i] = decoded.charCodeAt(i); return bytes; }
        function getBinary(file) { return file.startsWith("data:") ? intArrayFromBase64(file.split(",")[1]) : require("fs").readFileSync(file); }
        function instantiate(imports) { return WebAssembly.instantiate(getBinary(wasmBinaryFile), imports); }
        if (ENVIRONMENT_IS_NODE) { var fs = require("fs"); var scriptDirectory = __dirname + "/"; process["on"]("uncaughtException", function (ex) { throw ex; }); }
        module["exports"] = function (given) { Module = given || {}; return instantiate({ env: { emscripten_run_script: function (text) { eval(text); } } }); };
    """),
    Idiom("WebAssembly that is fetched when asked for", r"""
        exports.load = async (url, imports) => {
          if (typeof WebAssembly.instantiateStreaming === "function") return WebAssembly.instantiateStreaming(fetch(url), imports);
          return WebAssembly.instantiate(await (await fetch(url)).arrayBuffer(), imports);
        };
    """),
    Idiom("a program that loads a native module for its platform", r"""
        const { existsSync } = require("fs"), { join } = require("path");
        const { platform, arch } = process;
        let nativeBinding = null;
        switch (platform) {
          case "linux": nativeBinding = existsSync(join(__dirname, "demo.linux-x64-gnu.node")) ? require("./demo.linux-x64-gnu.node") : require("@demo/linux-" + arch); break;
          case "darwin": nativeBinding = require(`@demo/darwin-${arch}`); break;
          default: throw new Error(`Unsupported platform: ${platform}`);
        }
        module.exports = nativeBinding;
    """),
    Idiom("a loader of prebuilt modules", r"""
        var fs = require('fs'), path = require('path'), os = require('os');
        var runtimeRequire = typeof __webpack_require__ === 'function' ? __non_webpack_require__ : require;
        var vars = (process.config && process.config.variables) || {};
        var abi = process.versions.modules, runtime = process.versions.electron ? 'electron' : 'node';
        var arch = process.env.npm_config_arch || os.arch(), platform = process.env.npm_config_platform || os.platform();
        module.exports = load;
        function load (dir) { return runtimeRequire(load.resolve(dir)); }
        load.resolve = function (dir) {
          dir = path.resolve(dir || '.');
          var release = fs.readdirSync(path.join(dir, 'build/Release')).filter(function (name) { return /\.node$/.test(name); })[0];
          return release ? path.join(dir, 'build/Release', release) : path.join(dir, 'prebuilds', platform + '-' + arch, runtime + abi + '.node');
        };
    """),
    Idiom("bindings of a native module", r"""
        const binding = require("bindings")("demo.node");
        module.exports = (...given) => binding.hash(...given);
    """, files={"binding.gyp": "{'targets': [{'target_name': 'demo', 'sources': ['a.cc'], 'include_dirs': [\"<!(node -p \\\"require('node-addon-api').include\\\")\"]}]}\n"}),
    Idiom("an installer of the package for the platform", r"""
        const { execFileSync, execSync } = require("child_process"), fs = require("fs"), https = require("https"), path = require("path"), zlib = require("zlib");
        const version = require("./package.json").version;
        const name = `@demo/${process.platform}-${process.arch}`, bin = path.join(__dirname, "bin", "demo");
        function fetchPackage(url) {
          return new Promise((resolve, reject) => {
            https.get(url, (answer) => {
              if (answer.statusCode === 301 || answer.statusCode === 302) return fetchPackage(answer.headers.location).then(resolve, reject);
              if (answer.statusCode !== 200) return reject(new Error(`Server responded with ${answer.statusCode}`));
              const chunks = [];
              answer.on("data", (chunk) => chunks.push(chunk));
              answer.on("end", () => resolve(Buffer.concat(chunks)));
            }).on("error", reject);
          });
        }
        function check() {
          const found = execFileSync(bin, ["--version"], { stdio: "pipe" }).toString().trim();
          if (found !== version) throw new Error(`Expected ${version} but got ${found}`);
        }
        (async () => {
          try { fs.copyFileSync(require.resolve(`${name}/bin/demo`), bin); } catch (error) {
            const data = zlib.gunzipSync(await fetchPackage(`https://registry.example/${name}/-/${process.platform}-${process.arch}-${version}.tgz`));
            fs.writeFileSync(bin, data.subarray(512), { mode: 0o755 });
          }
          check();
        })();
    """, "install.js", script="node install.js", below=HIGH),
    Idiom("an installer that only tells of a missing build", r"""
        const { existsSync } = require("fs"), { join } = require("path"), { spawnSync } = require("child_process");
        if (!existsSync(join(__dirname, "build", "Release", "demo.node"))) {
          const done = spawnSync("node-gyp", ["rebuild"], { stdio: "inherit", shell: process.platform === "win32" });
          process.exit(done.status || 0);
        }
    """, "install.js", script="node install.js"),
    Idiom("a banner after the install", r"""
        var ADBLOCK = /^(1|true)$/.test(process.env.ADBLOCK), CI = process.env.CI || process.env.CONTINUOUS_INTEGRATION;
        var BANNER = "\u001B[96mThank you for using demo\u001B[94m (https://example.invalid/)\u001B[96m!\u001B[0m";
        var fs = require("fs"), os = require("os"), path = require("path");
        function shown() { try { var file = path.join(os.tmpdir(), "demo-banners"); var now = Date.now(); if (fs.existsSync(file) && now - fs.statSync(file).mtime < 6e4) return true; fs.writeFileSync(file, "[]", "utf8"); } catch (error) {} return false; }
        if (!ADBLOCK && !CI && !shown()) console.log(BANNER);
    """, "postinstall.js", script="node -e \"try{require('./postinstall')}catch(e){}\""),
    Idiom("an installer of hooks", r"""
        const cp = require("child_process"), fs = require("fs"), p = require("path");
        const git = (args) => cp.spawnSync("git", args, { stdio: "inherit" });
        exports.install = function install(dir = ".husky") {
          if (process.env.HUSKY === "0") return;
          if (git(["rev-parse"]).status !== 0) return;
          if (!p.resolve(process.cwd(), dir).startsWith(process.cwd())) throw new Error(".. not allowed");
          fs.mkdirSync(p.join(dir, "_"), { recursive: true });
          fs.writeFileSync(p.join(dir, "_/.gitignore"), "*");
          const { error } = git(["config", "core.hooksPath", dir]);
          if (error) throw error;
        };
    """),
    Idiom("a script of a build that removes folders", r"""
        const { rimrafSync } = require("rimraf"), glob = require("glob"), fs = require("fs"), path = require("path");
        rimrafSync(path.join(__dirname, "dist"));
        fs.rmSync("build", { recursive: true, force: true });
        for (const file of glob.sync("src/**/*.d.ts")) fs.copyFileSync(file, file.replace("src", "dist"));
    """, "scripts/clean.js"),
    Idiom("the version by git", r"""
        const { execSync } = require("child_process");
        let commit = "unknown";
        try { commit = execSync("git describe --tags --always --dirty", { encoding: "utf8" }).trim(); } catch {}
        module.exports = { commit, branch: execSync("git rev-parse --abbrev-ref HEAD").toString().trim() };
    """),
    Idiom("settings of a build", r"""
        const path = require("path");
        module.exports = (env = {}) => ({
          mode: process.env.NODE_ENV || "production",
          entry: path.resolve(__dirname, "src/index.js"),
          devtool: "eval-source-map",
          plugins: [{ apply(compiler) { compiler.hooks.done.tap("demo", () => require("child_process").execSync("npm run types", { stdio: "inherit" })); } }],
        });
    """, "webpack.config.js"),
    Idiom("a task runner", r"""
        const gulp = require("gulp"), { spawn } = require("child_process");
        gulp.task("serve", (done) => { spawn(process.execPath, ["server.js"], { stdio: "inherit" }).on("close", done); });
        gulp.task("build", gulp.series(() => gulp.src("src/**/*.js").pipe(gulp.dest("dist"))));
    """, "gulpfile.js"),
    Idiom("a plug-in of a compiler", r"""
        module.exports = function ({ types: t, template }) {
          const build = template("require(NAME)");
          return { visitor: { CallExpression(path) { if (path.node.callee.name === "eval") path.replaceWith(t.callExpression(t.identifier("eval"), path.node.arguments)); if (t.isImport(path.node.callee)) path.replaceWith(build({ NAME: path.node.arguments[0] })); } } };
        };
    """),
)  # fmt: skip
