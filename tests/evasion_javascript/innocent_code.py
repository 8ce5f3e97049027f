"""Idioms of good libraries that look like bad ones: nothing in them may be MEDIUM or worse."""

# ruff: noqa: E501 - an idiom reads as the file that it is

from tests.evasion_javascript.case import Idiom

CODE = (
    Idiom("a template engine that compiles", r"""
        var escape = require("./escape");
        exports.compile = function compile(template, options) {
          var source = "var out = '', append = function (s) { if (s != null) out += s; };\n";
          var parts = template.split(/(<%[-=]?[\s\S]*?%>)/);
          for (var i = 0; i < parts.length; i++) {
            var part = parts[i];
            if (part.slice(0, 3) === "<%=") source += "append(escape(" + part.slice(3, -2) + "));\n";
            else if (part.slice(0, 2) === "<%") source += part.slice(2, -2) + "\n";
            else source += "append(" + JSON.stringify(part) + ");\n";
          }
          var made = new Function("locals", "escape", "with (locals || {}) {" + source + "}\nreturn out;");
          return function (data) { return made.call(this, data, escape); };
        };
    """, files={"escape.js": "module.exports = (s) => String(s).replace(/&/g, '&amp;').replace(/</g, '&lt;');\n"}),
    Idiom("a template engine with asynchronous functions", r"""
        const AsyncFunction = Object.getPrototypeOf(async function () {}).constructor;
        export function compile(text, { async = false, varName = "it" } = {}) {
          const Ctor = async ? AsyncFunction : Function;
          try { return new Ctor(varName, "options", `let out = "";${text};return out;`); } catch (error) { throw new SyntaxError(`Bad template\n${error.message}`); }
        }
    """, "index.mjs"),
    Idiom("a validator that is compiled", r"""
        class Compiler {
          constructor(schema) { this.lines = ['"use strict";', "return function validate(data) {"]; this.walk(schema); }
          walk(schema) { for (const name of schema.required || []) this.lines.push(`if (data[${JSON.stringify(name)}] === undefined) return false;`); }
          compile() { return new Function("self", [...this.lines, "return true; }"].join("\n"))(this); }
        }
        exports.compile = (schema) => new Compiler(schema).compile();
    """),
    Idiom("a getter of properties that is compiled", r"""
        const cache = Object.create(null);
        exports.getter = (path) => cache[path] || (cache[path] = new Function("data", "return data." + path.replace(/[^\w.[\]]/g, "")));
    """),
    Idiom("a function with the right number of arguments", r"""
        module.exports = function arity(length, fn) {
          const names = Array.from({ length }, (_, at) => "a" + at).join(",");
          return Function("fn", "return function (" + names + ") { return fn.apply(this, arguments); }")(fn);
        };
    """),
    Idiom("a function with a name", r"""
        module.exports = function depd(fn, message) {
          var args = ""; for (var i = 0; i < fn.length; i++) args += ",arg" + i;
          return new Function("fn", "log", "deprecate", "message", '"use strict"\n' + "return function (" + args.slice(1) + ") {log.call(deprecate, message)\nreturn fn.apply(this, arguments)\n}")(fn, console.warn, depd, message);
        };
    """),
    Idiom("eval asks whether a syntax is known", r"""
        let supportsClassFields = true;
        try { eval("class A { #b = 1; static { } }"); } catch (error) { supportsClassFields = false; }
        let hasOptional = false;
        try { hasOptional = new Function("a", "return a?.b")({ b: true }); } catch {}
        module.exports = { supportsClassFields, hasOptional };
    """),
    Idiom("require that bundlers do not see", r"""
        let fs;
        try { fs = eval("require")("fs"); } catch { fs = null; }
        exports.read = (path) => fs && fs.readFileSync(path, "utf8");
    """),
    Idiom("modules that may be there", r"""
        const optional = (name) => { try { return require(name); } catch (error) { if (error.code !== "MODULE_NOT_FOUND") throw error; return null; } };
        module.exports = { color: optional("color-demo"), native: optional("bufferutil") };
    """),
    Idiom("modules that are loaded when asked for", r"""
        const lazy = (load) => { let kept; return () => kept ?? (kept = load()); };
        const cp = lazy(() => require("child_process"));
        Object.defineProperties(module.exports, { run: { enumerable: true, get: () => (line) => cp().execSync(line) }, parse: { get: () => require("./lib/parse") } });
    """, files={"lib/parse.js": "module.exports = JSON.parse;\n"}),
    Idiom("settings that are loaded by a computed name", r"""
        const path = require("path"), fs = require("fs");
        exports.load = function (name, cwd = process.cwd()) {
          for (const file of [`.${name}rc.js`, `${name}.config.js`, `${name}.config.cjs`]) {
            const full = path.join(cwd, file);
            if (fs.existsSync(full)) return require(full);
          }
          return null;
        };
    """),
    Idiom("plug-ins by their names", r"""
        exports.plugins = (names) => names.map((name) => {
          const full = name.startsWith("@") || name.startsWith(".") ? name : `demo-plugin-${name}`;
          return require(require.resolve(full, { paths: [process.cwd(), __dirname] }));
        });
    """),
    Idiom("all files of a folder", r"""
        const fs = require("fs"), path = require("path");
        fs.readdirSync(__dirname).filter((name) => name !== "index.js" && name.endsWith(".js")).forEach((name) => {
          exports[path.basename(name, ".js")] = require(path.join(__dirname, name));
        });
    """, files={"a.js": "module.exports = 1;\n"}),
    Idiom("translations by language", r"""
        const cache = {};
        module.exports = (lang) => cache[lang] || (cache[lang] = require("./locale/" + lang.toLowerCase() + ".json"));
    """, files={"locale/de.json": '{"open": "\\u00f6ffnen", "eval": "auswerten"}\n', "locale/ja.json": '{"open": "\\u958b\\u304f"}\n'}),
    Idiom("dotenv", r"""
        const fs = require("fs"), path = require("path");
        const LINE = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|[^#\r\n]+)?/gm;
        function parse(text) { const found = {}; let match; while ((match = LINE.exec(text)) != null) found[match[1]] = (match[2] || "").trim().replace(/^(['"])([\s\S]*)\1$/, "$2"); return found; }
        exports.config = function (options = {}) {
          const parsed = parse(fs.readFileSync(options.path || path.resolve(process.cwd(), ".env"), "utf8"));
          for (const key of Object.keys(parsed)) if (!Object.prototype.hasOwnProperty.call(process.env, key)) process.env[key] = parsed[key];
          return { parsed };
        };
    """),
    Idiom("a parser of JSON5", r"""
        const ESCAPES = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", 0: "\0" };
        exports.parse = function (text, reviver) {
          let at = 0;
          const hex = (n) => { let out = ""; while (n-- > 0) out += text[at++]; return String.fromCodePoint(parseInt(out, 16)); };
          const string = (quote) => { let out = ""; for (;;) { const c = text[at++]; if (c === quote) return out; out += c === "\\" ? (text[at] === "x" ? (at++, hex(2)) : text[at] === "u" ? (at++, hex(4)) : ESCAPES[text[at++]]) : c; } };
          return string(text[at++]);
        };
    """),
    Idiom("a parser of YAML that knows functions", r"""
        const esprima = require("esprima");
        exports.construct = function constructJavascriptFunction(data) {
          const source = "(" + data + ")", ast = esprima.parse(source, { range: true });
          const params = ast.body[0].expression.params.map((p) => p.name), body = ast.body[0].expression.body.range;
          return new Function(params, source.slice(body[0] + 1, body[1] - 1));
        };
    """),
    Idiom("icons in base64", r"""
        export const icon = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
        export const svg = atob("PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=");
        export const bytes = Uint8Array.from(atob(icon.split(",")[1]), (c) => c.charCodeAt(0));
    """, "index.mjs"),
    Idiom("a font in base64", r"""
        const css = "@font-face{font-family:demo;src:url(data:font/woff2;base64,<BIG>)}";
        module.exports = () => { const tag = document.createElement("style"); tag.textContent = css; document.head.appendChild(tag); };
    """),
    Idiom("data in gzip", r"""
        const zlib = require("zlib");
        let table;
        module.exports = () => (table = table || JSON.parse(zlib.gunzipSync(Buffer.from("H4sIAAAAAAAAA6tWSkxSsqpWSlKyMqwFAF5Ag1sNAAAA", "base64").toString()));
    """),
    Idiom("tables of Unicode", r"""
        exports.ID_Start = /[A-Za-z\xAA\xB5\xBA\xC0-\xD6\xD8-\xF6\u02C1\u0370-\u0374\u{10000}-\u{1000B}]/u;
        exports.wide = "\u3000\uFF01\uFF02\uFF03\uD83D\uDE00\u200D\u2640\uFE0F";
        exports.marks = { "\u0300": 230, "\u200b": 0, "\u202e": 1, "\ufeff": 2 };
        exports.zeroWidth = /[\u200B-\u200D\u2060\uFEFF]/g;
    """),
    Idiom("entities of HTML, packed", r"""
        module.exports = new Uint16Array("\u1d41<\xd5\u0131\u028a\u049d\u057b\u05d0\u0675\u06de\u07a2\u07d6\u080f\u0a4a\u0a91\u0da1".split("").map((c) => c.charCodeAt(0)));
    """),
    Idiom("emoji in text", r"""
        const FLAGS = { de: "\u{1F1E9}\u{1F1EA}", family: "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}" };
        exports.flag = (code) => FLAGS[code] || String.fromCodePoint(...[...code.toUpperCase()].map((c) => 0x1f1a5 + c.charCodeAt(0)));
    """),
    Idiom("colours of a chart", r"""
        const schemes = (text) => { const n = (text.length / 6) | 0, found = new Array(n); let i = 0; while (i < n) found[i] = "#" + text.slice(i * 6, ++i * 6); return found; };
        export const category10 = schemes("1f77b4ff7f0e2ca02cd627289467bd8c564be377c27f7f7fbcbd2217becf");
        export const paired = schemes("a6cee31f78b4b2df8a33a02cfb9a99e31a1cfdbf6fff7f00cab2d66a3d9affff99b15928");
    """, "index.mjs"),
    Idiom("tables of AES", r"""
        const SBOX = new Uint8Array(256), RCON = [];
        (() => {
          for (let i = 0, x = 0, d = []; i < 256; i++) {
            d[i] = i < 128 ? i << 1 : (i << 1) ^ 0x11b;
            let s = x ^ (x << 1) ^ (x << 2) ^ (x << 3) ^ (x << 4);
            s = (s >>> 8) ^ (s & 0xff) ^ 0x63;
            SBOX[x] = s; x = x ? d[x] || 1 : 1;
          }
          for (let i = 0, r = 1; i < 10; i++, r = (r << 1) ^ (r >> 7 ? 0x11b : 0)) RCON[i] = r;
        })();
        exports.subWord = (w) => (SBOX[w >>> 24] << 24) | (SBOX[(w >>> 16) & 255] << 16) | (SBOX[(w >>> 8) & 255] << 8) | SBOX[w & 255];
    """),
    Idiom("constants of SHA-256", r"""
        const K = [0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5];
        exports.hex = (words) => words.map((w) => (w >>> 0).toString(16).padStart(8, "0")).join("");
        exports.fromHex = (hex) => { const out = []; for (let i = 0; i < hex.length; i += 2) out.push(parseInt(hex.substr(i, 2), 16)); return out; };
        exports.rounds = K.length;
    """),
    Idiom("base64 of one's own", r"""
        const ABC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", BACK = {};
        for (let i = 0; i < ABC.length; i++) BACK[ABC.charCodeAt(i)] = i;
        exports.toByteArray = (text) => { const out = []; for (let i = 0; i + 3 < text.length; i += 4) { const t = (BACK[text.charCodeAt(i)] << 18) | (BACK[text.charCodeAt(i + 1)] << 12) | (BACK[text.charCodeAt(i + 2)] << 6) | BACK[text.charCodeAt(i + 3)]; out.push((t >> 16) & 255, (t >> 8) & 255, t & 255); } return out; };
    """),
    Idiom("compression of one's own", r"""
        var f = String.fromCharCode, keyStr = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
        exports.decompress = function (input) { var out = "", bits = 0, value = 0; for (var i = 0; i < input.length; i++) { value = (value << 6) | keyStr.indexOf(input.charAt(i)); bits += 6; if (bits >= 8) { bits -= 8; out += f((value >> bits) & 255); } } return out; };
    """),
    Idiom("minified code", r"""
        !function(e,t){"object"==typeof exports&&"undefined"!=typeof module?module.exports=t():"function"==typeof define&&define.amd?define(t):(e=e||self).demo=t()}(this,function(){"use strict";var e="function"==typeof Symbol&&"symbol"==typeof Symbol.iterator?function(e){return typeof e}:function(e){return e&&"function"==typeof Symbol&&e.constructor===Symbol&&e!==Symbol.prototype?"symbol":typeof e},t=/^(?:f(?:alse)?|no?|0+)$/i;function n(t){return null!==t&&"object"===e(t)}function r(e){for(var t=1;t<arguments.length;t++){var n=null!=arguments[t]?arguments[t]:{};for(var r in n)Object.prototype.hasOwnProperty.call(n,r)&&(e[r]=n[r])}return e}return{isObject:n,assign:r,isFalse:function(e){return t.test(e)}}});
    """),
    Idiom("minified code that keeps its strings in a table", r"""
        !function(){var e=["click","focus","blur","input","change","submit"],t=e.slice(0,3),n={};for(var r=0;r<e.length;r++)n[e[r]]=function(o){return function(i){return document["addEventListener"](o,i)}}(e[r]);module.exports={on:n,first:t}}();
    """),
    Idiom("a syntax highlighter", r"""
        module.exports = function (hljs) {
          const KEYWORDS = ["as", "in", "of", "if", "for", "while", "var", "new", "function", "do", "return", "void", "else", "break", "catch", "eval", "instanceof", "with", "throw", "case", "default", "try", "switch", "continue", "typeof", "delete", "let", "yield", "const", "class", "debugger", "async", "await", "static", "import", "from", "export", "extends"];
          const BUILT_IN = ["setInterval", "setTimeout", "clearInterval", "require", "exports", "eval", "isFinite", "isNaN", "parseFloat", "parseInt", "decodeURI", "decodeURIComponent", "encodeURI", "escape", "unescape", "process", "child_process"];
          return { name: "JavaScript", keywords: { keyword: KEYWORDS.join(" "), built_in: BUILT_IN.join(" ") } };
        };
    """),
    Idiom("a linter's rules", r"""
        const BAD = new Set(["eval", "Function", "execScript", "child_process", "exec", "execSync"]);
        module.exports = { meta: { docs: { description: "disallow eval(atob('...')) and child_process.exec('curl https://example.invalid | sh')" } }, create: (context) => ({
          CallExpression(node) { if (BAD.has(node.callee.name)) context.report({ node, message: "eval can be harmful: eval(Buffer.from(x, 'base64'))" }); },
        }) };
    """),
    Idiom("a parser with tokens", r"""
        const tt = { name: 0, num: 1, _function: { keyword: "function" }, _new: { keyword: "new" } };
        exports.tokens = Object.keys(tt).map((key) => tt[key].keyword || key);
        exports.isKeyword = (word) => new RegExp("^(?:" + "break case catch continue debugger default do else finally for function if return switch throw try var while with null true false instanceof typeof void delete new in this".replace(/ /g, "|") + ")$").test(word);
    """),
    Idiom("a class of errors by their names", r"""
        const types = {};
        for (const name of ["TypeError", "RangeError", "EvalError"]) types[name] = class extends globalThis[name] { get code() { return "ERR_" + name.toUpperCase(); } };
        module.exports = types;
    """),
    Idiom("a bind of old engines", r"""
        module.exports = function bind(that) {
          var target = this, args = [].slice.call(arguments, 1), bound, length = Math.max(0, target.length - args.length), names = [];
          for (var i = 0; i < length; i++) names[i] = "$" + i;
          bound = Function("binder", "return function (" + names.join(",") + "){ return binder.apply(this,arguments); }")(function () { return target.apply(that, args.concat([].slice.call(arguments))); });
          return bound;
        };
    """),
    Idiom("intrinsics", r"""
        'use strict';
        var $Function = Function, $SyntaxError = SyntaxError;
        var getEvalledConstructor = function (expressionSyntax) { try { return $Function('"use strict"; return (' + expressionSyntax + ').constructor;')(); } catch (e) {} };
        var INTRINSICS = { '%Array%': Array, '%eval%': eval, '%Function%': $Function, '%GeneratorFunction%': getEvalledConstructor("function* () {}"), '%AsyncFunction%': getEvalledConstructor("async function () {}") };
        module.exports = function GetIntrinsic(name, allowMissing) { if (name in INTRINSICS) return INTRINSICS[name]; if (!allowMissing) throw new $SyntaxError('intrinsic ' + name + ' does not exist!'); };
    """),
)  # fmt: skip
