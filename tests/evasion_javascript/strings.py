"""Ways to put the name of a member or a module together so that no search finds it."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion_javascript.case import HIGH, MEDIUM, Case

_RULES = "STR-001 DYN-005 DYN-004 STDLIB-001"


def _name(name: str, expression: str, before: str = "", unseen: str = "") -> Case:
    """A case in which ``expression`` makes the word ``execSync``."""
    text = f'{before}\nrequire("child_process")[{expression}]("id");\n'
    return Case(name, _RULES, HIGH, text, unseen=unseen)


STRINGS = (
    _name("concatenation", '"ex" + "ec" + "Sy" + "nc"'),
    _name("concat", '"ex".concat("ec", "Sync")'),
    _name("augmented assignment", "name", 'let name = "exec"; name += "Sync";'),
    _name("a template", "`${a}${b}`", 'const a = "exec", b = "Sync";'),
    _name("a template in a template", "`ex${`ec${`Sy`}`}nc`"),
    _name("String.raw", "String.raw`ex${a}nc`", 'const a = "ecSy";'),
    _name("a tag that joins", "tag`ex${0}ec${0}Sync`", 'const tag = (texts) => texts.join("");'),
    _name("fromCharCode", "String.fromCharCode(101, 120, 101, 99, 83, 121, 110, 99)"),
    _name("fromCharCode by apply", "String.fromCharCode.apply(null, [101, 120, 101, 99, 83, 121, 110, 99])"),
    _name("fromCharCode of a spread", "f(...[101, 120, 101, 99, 83, 121, 110, 99])", 'const f = String["fromCharCode"];'),
    _name("fromCodePoint", "String.fromCodePoint(...codes.map((c) => c - 1))",
          "const codes = [102, 121, 102, 100, 84, 122, 111, 100];"),
    _name("split, reverse, join", '"cnyScexe".split("").reverse().join("")'),
    _name("a spread that is reversed", '[..."cnyScexe"].reverse().join("")'),
    _name("reduceRight", '[..."cnyScexe"].reduceRight((all, one) => all + one, "")'),
    _name("reduce", '["ex", "ec", "Sy", "nc"].reduce((all, one) => all + one)'),
    _name("atob", 'atob("ZXhlY1N5bmM=")'),
    _name("Buffer of base64", 'Buffer.from("ZXhlY1N5bmM=", "base64").toString()'),
    _name("Buffer of base64url", 'new Buffer("ZXhlY1N5bmM", "base64url").toString("utf8")'),
    _name("Buffer of hexadecimal", 'Buffer.from("6578656353796e63", "hex").toString("latin1")'),
    _name("Buffer of numbers", "Buffer.from([101, 120, 101, 99, 83, 121, 110, 99]) + ''"),
    _name("Buffer by write", "b.toString()", 'const b = Buffer.alloc(8); b.write("exec"); b.write("Sync", 4);'),
    _name("TextDecoder", "new TextDecoder().decode(new Uint8Array([101, 120, 101, 99, 83, 121, 110, 99]))"),
    _name("numbers of 32 bits", "b.toString()",
          "const b = Buffer.alloc(8); b.writeUInt32BE(0x65786563, 0); b.writeUInt32BE(0x53796e63, 4);"),
    _name("unescape", 'unescape("%65%78%65%63%53%79%6e%63")'),
    _name("unescape of %u", 'unescape("%u0065%u0078%u0065%u0063Sync")'),
    _name("decodeURIComponent", 'decodeURIComponent("%65xec%53ync")'),
    _name("replace", '"eYxYeYcYSYyYnYcY".replace(/Y/g, "")'),
    _name("a chain of replaces", '"@x@cS#nc".replace("@", "e").replace("@", "e").replace("#", "y")'),
    _name("replaceAll", '"e.x.e.c.S.y.n.c".replaceAll(".", "")'),
    _name("replace by a function", '"1x1cSync".replace(/\\d/g, (d) => String.fromCharCode(100 + +d))'),
    _name("split and join", '"e#x#e#c#S#y#n#c".split("#").join("")'),
    _name("match", '"1e2x3e4c5S6y7n8c".match(/[a-z]/gi).join("")'),
    _name("filter of letters", '[..."e1x2e3c4S5y6n7c8"].filter((c) => isNaN(c)).join("")'),
    _name("slices", '"__exec__".slice(2, -2) + "aSyncb".substring(1, 5)'),
    _name("substr and charAt", '"xxexe".substr(2) + "abc".charAt(2) + "Sync"'),
    _name("at and indexes", 's.at(1) + s[2] + s[1] + s.charAt(0) + s[3] + s[4] + s[5] + s.at(-1)', 'const s = "cexSync";'),
    _name("case", '"EXEC".toLowerCase() + "s".toUpperCase() + "YNC".toLocaleLowerCase()'),
    _name("trim and pad", '"  exec ".trim() + "ync".padStart(4, "S")'),
    _name("charCodeAt and arithmetic",
          '[..."gzgeU{pe"].map((c) => String.fromCharCode(c.charCodeAt(0) - 2)).join("")'),
    _name("exclusive or with a key",
          '[14, 29, 28, 8, 54, 0, 5, 6].map((n, i) => String.fromCharCode(n ^ "keykeyke".charCodeAt(i))).join("")'),
    _name("toString(36)", '(696468).toString(36) + "S" + (44904).toString(36)'),
    _name("parseInt", '["65", "78", "65", "63", "53", "79", "6e", "63"].map((h) => '
          'String.fromCharCode(parseInt(h, 16))).join("")'),
    _name("the source of an expression", '/exec/.source + /S(y)nc/.source.replace(/[()]/g, "")'),
    _name("the keys of an object", 'Object.keys({ exec: 1, Sync: 2 }).join("")'),
    _name("the values of an object", "Object.values(parts).join('')", 'const parts = { a: "ex", b: "ec", c: "Sync" };'),
    _name("a table of letters", 't[0] + t[1] + t[0] + t[2] + t[3] + t[4] + t[5] + t[2]', 'const t = "excSyn".split("");'),
    _name("the name of a function", "exec.name + (class Sync {}).name", "function exec() {}"),
    _name("the text of a function", 'f.toString().split("*")[1]', "function f() { /*execSync*/ }",
          unseen="the source text of a function is not known as a value"),
    _name("escapes", '"\\x65\\x78\\u0065\\u{63}Sync".replace("", "") + ""'),
    _name("JSON.parse", 'JSON.parse(\'{"a":["exec","Sync"]}\').a.join("")'),
    _name("a destructured array", "a + b + c", 'const [a, , b, ...[c]] = ["ex", 0, "ec", "Sync"];'),
    _name("a swap by destructuring", "a + b", 'let [a, b] = ["Sync", "exec"]; [a, b] = [b, a];'),
    _name("a default argument", "f()", 'const f = (a = "exec", { b = "Sync" } = {}) => a + b;'),
    _name("a closure", 'add("Sync")', 'const add = ((first) => (last) => first + last)("exec");'),
    _name("a function called at once", '(function (a) { return a + "Sync"; })("exec")'),
    _name("an accessor", "names.full", 'const names = { get full() { return ["exec", "Sync"].join(""); } };'),
    _name("a static field", "Names.a + new Names().b", 'class Names { static a = "exec"; b = "Sync"; }'),
    _name("a proxy", "p.cnyScexe", 'const p = new Proxy({}, { get: (_, key) => [...key].reverse().join("") });'),
    _name("toString", "name", 'const name = { toString() { return "exec" + "Sync"; } };'),
    _name("Symbol.toPrimitive", "`${name}`", 'const name = { [Symbol.toPrimitive]: () => "exec" + "Sync" };'),
    _name("valueOf", 'part + "Sync"', 'const part = { valueOf() { return "ex" + "ec"; } };'),
    _name("a comma", '("a", "exec") + (1, 2, "Sync")'),
    _name("a generator", '[...parts()].join("")', 'function* parts() { yield "ex"; yield* ["ec", "Sy"]; yield "nc"; }'),
    _name("a loop backwards", "name", 'let name = ""; for (let i = 7; i >= 0; i--) name += "cnyScexe"[i];'),
    _name("a loop with a label", "name", 'let name = "", i = 0; all: while (true) { for (const c of "exec-Sync!") '
          '{ if (c === "!") break all; if (c === "-") continue; name += c; } }',
          unseen="a break with a label ends the innermost loop alone"),
    _name("a switch in a loop", "name", 'let name = "", state = 3; while (state) { switch (state) { case 3: name += "ex"; '
          'state = 1; break; case 1: name += "ec"; state = 2; break; case 2: name += "Sync"; state = 0; } }'),
    _name("for of with entries", "name",
          'let name = ""; for (const [at, part] of ["Sync", "exec"].entries()) name = at < 5 ? part + name : "";'),
    _name("sorted", '[[2, "Sync"], [1, "exec"]].sort((a, b) => a[0] - b[0]).map((p) => p[1]).join("")'),
    _name("flat and at", '[["ex", ["ec"]], "Sync"].flat(Infinity).join("")'),
    _name("a set and a spread", '[...new Set(["exec", "Sync", "exec"])].join("")'),
    _name("a memo in a map", 'map.get(1) + map.get(2)', 'const map = new Map(); map.set(1, "exec").set(2, "Sync");'),
    _name("localeCompare decides", '("a".localeCompare("b") < 0 ? "exec" : "open") + "Sync"'),
    _name("Array.from", 'Array.from({ length: 8 }, (_, i) => "execSync-"[i]).join("")'),
    _name("copyWithin and splice", 'a.join("")', 'const a = [..."exABcSync"]; a.splice(2, 2, "e");'),
    _name("URLSearchParams", 'q.get("a") + q.get("b")', 'const q = new URLSearchParams("a=exec&b=Sync");'),
    Case("the module in pieces", _RULES, HIGH, r"""
        require("child" + "_" + "process").execSync("id");
    """),
    Case("the module in base64", _RULES, HIGH, r"""
        require(Buffer.from("Y2hpbGRfcHJvY2Vzcw==", "base64").toString()).execSync("id");
    """),
    Case("a command in pieces", "STR-002 STDLIB-001", HIGH, r"""
        require("child_process").exec(["pow", "ershell"].join("") + " -w hidden -e " + ["x", "y"].join(""));
    """, unseen="STR-002 takes a shell's name put together at import for an innocent command"),
    Case("an address in pieces", "STDLIB-002 STR-003", MEDIUM, r"""
        fetch(["htt", "ps:/", "/example", ".invalid", "/a"].join(""));
    """),
    Case("an address in base64", "STDLIB-002", HIGH, r"""
        require("https").get(atob("<ADDRESS>"));
    """),
)  # fmt: skip
