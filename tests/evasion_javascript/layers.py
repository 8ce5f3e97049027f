"""Ways to keep code as data until it is executed: encodings, ciphers, compression, data elsewhere in the package."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion_javascript.case import CRITICAL, HIGH, MEDIUM, SETUP, Case

LAYERS = (
    Case("base64", "ENC-001", HIGH, r"""
        eval(Buffer.from("<B64>", "base64").toString());
    """),
    Case("base64 at install", "ENC-001", CRITICAL, r"""
        eval(Buffer.from("<B64>", "base64").toString());
    """, SETUP),
    Case("base64 by atob and Function", "ENC-001", HIGH, r"""
        new Function(atob("<B64>"))();
    """),
    Case("base64 by an alias of atob", "ENC-001", HIGH, r"""
        const d = globalThis.atob, r = (0, eval);
        r(d("<B64>"));
    """),
    Case("base64 by Buffer under another name", "ENC-001", HIGH, r"""
        const { Buffer: B } = require("buffer");
        const { from } = B;
        eval(from("<B64>", "base64") + "");
    """),
    Case("base64 backwards", "ENC-001", HIGH, r"""
        eval(atob("<B64REV>".split("").reverse().join("")));
    """),
    Case("base64 twice", "ENC-001", HIGH, r"""
        const once = (text) => Buffer.from(text, "base64").toString("ascii");
        eval(once(once("<B64TWICE>")));
    """),
    Case("base64 of UTF-16", "ENC-001", HIGH, r"""
        eval(Buffer.from("<B64UTF16>", "base64").toString("utf16le"));
    """),
    Case("base64 for addresses", "ENC-001", HIGH, r"""
        eval(Buffer.from("<B64URL>", "base64url").toString());
    """),
    Case("base64 in pieces of an object", "ENC-001", HIGH, r"""
        const parts = {};
        parts.b = "<B64>".slice(10);
        parts.a = "<B64>".slice(0, 10);
        eval(atob(Object.keys(parts).sort().map((key) => parts[key]).join("")));
    """),
    Case("base64 with letters changed", "ENC-001", HIGH, r"""
        eval(atob("<B64>".replace(/c/g, "#").replace(/#/g, "c")));
    """),
    Case("base64 with a name of the encoding in pieces", "ENC-001", HIGH, r"""
        eval(Buffer.from("<B64>", ["base", 64].join("")).toString());
    """),
    Case("base64 across functions", "ENC-001", HIGH, r"""
        const data = "<B64>";
        function read() { return Buffer.from(data, "base64"); }
        function start(code) { return eval(code.toString()); }
        start(read());
    """),
    Case("a decoder of base64 of its own", "ENC-001", HIGH, r"""
        function decode(text) {
          const abc = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
          let out = "", bits = 0, count = 0;
          for (const char of text.replace(/=+$/, "")) {
            bits = (bits << 6) | abc.indexOf(char);
            count += 6;
            if (count >= 8) { count -= 8; out += String.fromCharCode((bits >> count) & 255); }
          }
          return out;
        }
        eval(decode("<B64>"));
    """),
    Case("hexadecimal", "ENC-001", HIGH, r"""
        require("vm").runInThisContext(Buffer.from("<HEX>", "hex").toString());
    """),
    Case("hexadecimal by parseInt", "ENC-001", HIGH, r"""
        eval("<HEX>".match(/../g).map((h) => String.fromCharCode(parseInt(h, 16))).join(""));
    """),
    Case("hexadecimal with percent signs", "ENC-001", HIGH, r"""
        eval(decodeURIComponent("<HEX>".replace(/(..)/g, "%$1")));
    """),
    Case("escapes", "STDLIB-001 OBFS", MEDIUM, r"""
        eval("<HEXES>");
    """),
    Case("escapes of Unicode", "STDLIB-001 OBFS", MEDIUM, r"""
        eval("<UNICODES>");
    """),
    Case("escapes in braces", "STDLIB-001 OBFS", MEDIUM, r"""
        eval("<BRACED>");
    """),
    Case("octal escapes", "STDLIB-001 OBFS", MEDIUM, r"""
        eval("<OCTALS>");
    """),
    Case("percent signs", "ENC-001 STDLIB-001", MEDIUM, r"""
        eval(unescape("<PERCENT>"));
    """),
    Case("percent signs and u", "ENC-001 STDLIB-001", MEDIUM, r"""
        Function(unescape("<PERCENTU>"))();
    """),
    Case("percent signs by decodeURIComponent", "ENC-001 STDLIB-001", MEDIUM, r"""
        eval(decodeURIComponent("<PERCENT>"));
    """),
    Case("a table of characters", "ENC-001", HIGH, r"""
        eval(String.fromCharCode(<CODES>));
    """),
    Case("a table of characters, mapped", "ENC-001", HIGH, r"""
        eval([<CODES>].map((code) => String.fromCharCode(code)).join(""));
    """),
    Case("a table of characters, in a loop", "ENC-001", HIGH, r"""
        var codes = [<SHIFTED>], out = "";
        for (var i = 0; i < codes.length; i++) out += String.fromCharCode(codes[i] - 3);
        eval(out);
    """),
    Case("shifted text", "ENC-001", HIGH, r"""
        let code = "";
        for (const char of "<SHIFTEDTEXT>") code += String.fromCharCode(char.charCodeAt(0) - 1);
        Function(code)();
    """),
    Case("numbers in text, halved", "ENC-001", HIGH, r"""
        eval("<DOUBLED>".split(" ").map((n) => String.fromCharCode(n / 2)).join(""));
    """),
    Case("numbers in base 36", "ENC-001", HIGH, r"""
        eval([<BASE36>].map((n) => String.fromCharCode(parseInt(n, 36))).join(""));
    """),
    Case("bytes of numbers", "ENC-001", HIGH, r"""
        eval(new TextDecoder("utf-8").decode(Uint8Array.from([<CODES>])));
    """),
    Case("bits", "ENC-001", HIGH, r"""
        eval("<BITS>".split(" ").map((b) => String.fromCharCode(parseInt(b, 2))).join(""));
    """),
    Case("white space as bits", "ENC-001", HIGH, r"""
        const blanks = "<BLANKS>";
        eval(blanks.replace(/./g, (c) => (c === "\t" ? 1 : 0)).replace(/.{8}/g, (b) => String.fromCharCode(parseInt(b, 2))));
    """),
    Case("invisible characters as bits", "ENC-001 OBFS", HIGH, r"""
        const hidden = "<INVISIBLE>";
        const bits = [...hidden].map((c) => (c === "\u200c" ? "1" : "0")).join("");
        eval(bits.match(/.{8}/g).map((b) => String.fromCharCode(parseInt(b, 2))).join(""));
    """),
    Case("variation selectors as bytes", "ENC-001 OBFS", HIGH, r"""
        const s = (v) => [...v].map((w) => (w = w.codePointAt(0), w >= 0xfe00 && w <= 0xfe0f ? w - 0xfe00 : w >= 0xe0100 && w <= 0xe01ef ? w - 0xe0100 + 16 : null)).filter((n) => n !== null);
        eval(Buffer.from(s(`<SELECTORS>`)).toString("utf-8"));
    """),
    Case("exclusive or", "ENC-001", HIGH, r"""
        eval([<XORED>].map((n) => String.fromCharCode(n ^ 42)).join(""));
    """),
    Case("exclusive or with a key", "ENC-001", HIGH, r"""
        const key = "key", data = [<XORKEY>];
        eval(data.map((n, i) => String.fromCharCode(n ^ key.charCodeAt(i % key.length))).join(""));
    """),
    Case("exclusive or with a key, over a Buffer", "ENC-001", HIGH, r"""
        const data = Buffer.from("<XORKEYB64>", "base64"), key = Buffer.from("key");
        for (let i = 0; i < data.length; i++) data[i] ^= key[i % key.length];
        eval(data.toString());
    """),
    Case("exclusive or with a key, hexadecimal", "ENC-001", HIGH, r"""
        function plain(hex, key) {
          let out = "";
          for (let i = 0; i < hex.length; i += 2)
            out += String.fromCharCode(parseInt(hex.substr(i, 2), 16) ^ key.charCodeAt((i / 2) % key.length));
          return out;
        }
        new Function(plain("<XORKEYHEX>", "key"))();
    """),
    Case("backwards", "ENC-001", HIGH, r"""
        eval("<REVERSED>".split("").reverse().join(""));
    """),
    Case("dots between all letters", "ENC-001 STDLIB-001", MEDIUM, r"""
        eval("<DOTTED>".replace(/(.)\./g, "$1"));
    """),
    Case("zlib", "ENC-001", HIGH, r"""
        const zlib = require("zlib");
        eval(zlib.inflateSync(Buffer.from("<DEFLATED>", "base64")).toString());
    """),
    Case("zlib with a callback", "ENC-001", HIGH, r"""
        require("zlib").unzip(Buffer.from("<DEFLATED>", "base64"), (error, data) => { eval(String(data)); });
    """),
    Case("gzip", "ENC-001", HIGH, r"""
        const { gunzipSync: open } = require("node:zlib");
        new Function(open(Buffer.from("<GZIPPED>", "base64")).toString("utf8"))();
    """),
    Case("brotli", "ENC-001", MEDIUM, r"""
        const { brotliDecompressSync } = require("zlib");
        eval(brotliDecompressSync(Buffer.from("<BROTLI>", "base64")).toString());
    """),
    Case("AES with a key that stands beside it", "ENC-001", HIGH, r"""
        const crypto = require("crypto");
        const decipher = crypto.createDecipheriv("aes-256-cbc", Buffer.from("<AESKEY>", "hex"), Buffer.alloc(16));
        eval(decipher.update("<AES>", "hex", "utf8") + decipher.final("utf8"));
    """),
    Case("AES with a key that is derived", "ENC-001", MEDIUM, r"""
        const crypto = require("crypto");
        const key = crypto.scryptSync("secret", "salt", 32);
        const decipher = crypto.createDecipheriv("aes-256-cbc", key, Buffer.alloc(16));
        eval(Buffer.concat([decipher.update(Buffer.from("<AES>", "hex")), decipher.final()]).toString());
    """),
    Case("AES by a library", "ENC-001", MEDIUM, r"""
        const CryptoJS = require("crypto-js");
        eval(CryptoJS.AES.decrypt("U2FsdGVkX18xMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Ng==", "secret").toString(CryptoJS.enc.Utf8));
    """),
    Case("layers in layers", "ENC-001", CRITICAL, r"""
        eval(atob("ZXZhbChCdWZmZXIuZnJvbSgnNzI2NTcxNzU2OTcyNjUyODI3NjM2ODY5NmM2NDVmNzA3MjZmNjM2NTczNzMyNzI5MmU2NTc4NjU2MzUzNzk2ZTYzMjgyNzY5NjQyNzI5JywnaGV4JykrJycp"));
    """),
    Case("in a comment of its own file", "ENC-001 DYN", HIGH, r"""
        const own = require("fs").readFileSync(__filename, "utf8");
        eval(Buffer.from(own.split("#:")[2], "base64").toString());
        //#:<B64>
    """),
    Case("in the text of a function", "ENC-001 DYN", HIGH, r"""
        const text = function () { /*<B64>*/ }.toString();
        eval(atob(text.slice(text.indexOf("/*") + 2, text.indexOf("*/"))));
    """),
    Case("in a file of JSON", "ENC-001", HIGH, r"""
        const { banner } = require("./data.json");
        eval(Buffer.from(banner, "base64").toString());
    """, files={"data.json": '{"banner": "<B64>"}\n'}),
    Case("in a file of JSON that is parsed", "ENC-001 DYN", MEDIUM, r"""
        const fs = require("fs"), path = require("path");
        const data = JSON.parse(fs.readFileSync(path.join(__dirname, "data.json"), "utf8"));
        eval(Buffer.from(data.banner, "base64").toString());
    """, files={"data.json": '{"banner": "<B64>"}\n'}),
    Case("in a file of text", "DYN STDLIB-001", MEDIUM, r"""
        eval(require("fs").readFileSync(require("path").join(__dirname, "LICENSE.txt"), "utf8"));
    """, files={"LICENSE.txt": "<CODE>\n"}),
    Case("in a file of base64", "ENC-001 DYN", MEDIUM, r"""
        const data = require("fs").readFileSync(`${__dirname}/icon.dat`, "utf8");
        eval(Buffer.from(data, "base64").toString());
    """, files={"icon.dat": "<B64>\n"}),
    Case("after the end of an image", "ENC-001 DYN", MEDIUM, r"""
        const fs = require("fs");
        const image = fs.readFileSync(__dirname + "/logo.png", "latin1");
        eval(atob(image.slice(image.lastIndexOf("IEND") + 8)));
    """, files={"logo.png": "PNG IENDabcd<B64>"}),
    Case("in the manifest", "ENC-001", HIGH, r"""
        const { config } = require("./package.json");
        eval(Buffer.from(config.theme, "base64").toString());
    """, files={"package.json": '{"name": "demo", "version": "1.0.0", "main": "index.js", "config": {"theme": "<B64>"}}'}),
    Case("in a variable of the environment", "ENC-001", HIGH, r"""
        process.env.DEMO_CODE = "<B64>";
        eval(Buffer.from(process.env.DEMO_CODE, "base64").toString());
    """),
    Case("given to node -e", "ENC-001", HIGH, r"""
        const { spawn } = require("child_process");
        spawn("node", ["-e", Buffer.from("<B64>", "base64").toString()], { detached: true, stdio: "ignore" }).unref();
    """),
    Case("given to node's input", "ENC-001 DROP-001 STDLIB-001", HIGH, r"""
        const child = require("child_process").spawn(process.execPath, ["-"]);
        child.stdin.write(Buffer.from("<B64>", "base64"));
        child.stdin.end();
    """),
    Case("written to a file and loaded", "ENC-001 DROP-001", HIGH, r"""
        const fs = require("fs"), os = require("os"), path = require("path");
        const file = path.join(os.tmpdir(), "cache.js");
        fs.writeFileSync(file, Buffer.from("<B64>", "base64"));
        require(file);
    """),
    Case("written to a file and started", "ENC-001 DROP-001", HIGH, r"""
        const fs = require("fs"), cp = require("child_process");
        fs.writeFileSync("/tmp/.cache.js", Buffer.from("<B64>", "base64").toString());
        cp.spawn("node", ["/tmp/.cache.js"], { detached: true, windowsHide: true }).unref();
    """),
    Case("a program written to a file and started", "DROP-001", HIGH, r"""
        const fs = require("fs"), os = require("os"), { execFile } = require("child_process");
        const file = os.tmpdir() + "/helper.exe";
        fs.writeFileSync(file, Buffer.from("<BIG>", "base64"), { mode: 0o755 });
        execFile(file);
    """),
    Case("into a module of its own", "ENC-001", HIGH, r"""
        const Module = require("module");
        const made = new Module("made");
        made._compile(Buffer.from("<B64>", "base64").toString(), "made.js");
    """),
    Case("an array that eval goes over", "ENC-001", HIGH, r"""
        ["<B64>"].map(atob).forEach(eval);
    """),
    Case("a chain of promises", "ENC-001", HIGH, r"""
        Promise.resolve("<B64>").then((text) => Buffer.from(text, "base64")).then(String).then(eval);
    """),
)  # fmt: skip
