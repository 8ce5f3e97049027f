"""What expressions fold to, as Node.js 20 prints ``String`` of them."""

from __future__ import annotations

import pytest

from tests.code.javascript_evaluation import text_of

TEXT = [
    ("String.fromCharCode(104,101,108,108,111)", "hello"),
    ('"abc".charCodeAt(1)', "98"),
    ('"hello world".slice(-5, -1)', "worl"),
    ('"hello".substr(1,3)', "ell"),
    ('"hello".substring(3,1)', "el"),
    ('"a,b,c".split(",")', "a,b,c"),
    ('"abc".split("").reverse().join("")', "cba"),
    ('"aXbXc".replace("X","-")', "a-bXc"),
    ('"aXbXc".replaceAll("X","-")', "a-b-c"),
    ('"aXbXc".replace(/X/g,"-")', "a-b-c"),
    ('"a1b22c".replace(/[0-9]+/g, "#")', "a#b#c"),
    ('"hex68656c".replace(/hex/, "").match(/.{1,2}/g)', "68,65,6c"),
    ('"abc".replace(/[a-z]/g, c => String.fromCharCode(c.charCodeAt(0)+1))', "bcd"),
    ('"john smith".replace(/(\\w+)\\s(\\w+)/, "$2 $1")', "smith john"),
    ('"abc".at(-1)', "c"),
    ('"5".padStart(3,"0")', "005"),
    ('"ab".repeat(3)', "ababab"),
    ('"  x ".trim()', "x"),
    ('"aB".toUpperCase()', "AB"),
    ('`x${1+1}y${"z"}`', "x2yz"),
    ('"abc".includes("b")', "true"),
    ('"abc".lastIndexOf("c")', "2"),
    ('"x".concat("y",1)', "xy1"),
    ('"a-b_c".split(/[-_]/).join("")', "abc"),
    ('"abc".italics()', "<i>abc</i>"),
    ('"a".fontcolor()', '<font color="undefined">a</font>'),
    ('"ab".charAt(5)+"|"', "|"),
    ('"😀".length', "2"),
    ('"😀".codePointAt(0)', "128512"),
    ('"😀x".charAt(2)', "x"),
    ("String.fromCodePoint(128512)", "😀"),
    ('"😀".charCodeAt(0)', "55357"),
    ('"%68%69".replace(/%/g,"\\\\x").length', "8"),
    ("String.fromCharCode.apply(null,[104,105])", "hi"),
    ("String.fromCharCode(...[104,105])", "hi"),
    ('"abcdef".match(/../g).join("-")', "ab-cd-ef"),
    ('"abc".substring(-1,2)', "ab"),
    ('"abc".slice(2,1)', ""),
    ('"x".padEnd(3,"ab")', "xab"),
    ('"a\\tb".split(/\\s/).length', "2"),
    (
        '"ABC".toLowerCase().split("").map(c=>c.charCodeAt(0).toString(2).padStart(8,"0")).join(" ")',
        "01100001 01100010 01100011",
    ),
    ('"01101000 01101001".split(" ").map(b=>String.fromCharCode(parseInt(b,2))).join("")', "hi"),
]

NUMBERS = [
    ('1+"2"', "12"),
    ('1+2+"3"+4', "334"),
    ('parseInt("0x1f")', "31"),
    ('parseInt("12abc")', "12"),
    ('parseInt("z",36)', "35"),
    ('parseInt("101",2)', "5"),
    ('Number("0b101")', "5"),
    ('Number("")', "0"),
    ('Number("1e3")', "1000"),
    ("(255).toString(16)", "ff"),
    ("(211).toString(31)", "6p"),
    ("(0.1+0.2).toString()", "0.30000000000000004"),
    ("1/3", "0.3333333333333333"),
    ("1e21+1", "1e+21"),
    ('~~"7.9"', "7"),
    ("~5", "-6"),
    ("-5>>>0", "4294967291"),
    ("1<<31", "-2147483648"),
    ("5&3|8", "9"),
    ("7^2", "5"),
    ('0 || "x"', "x"),
    ("10 < 9", "false"),
    ("Math.floor(4.7)+Math.ceil(1.2)", "6"),
    ("Math.imul(0xffffffff, 5)", "-5"),
    ("-7 % 3", "-1"),
    ("2**10", "1024"),
    ("Number(true)+Number(null)", "1"),
    ("(12.5).toString(2)", "1100.1"),
    ('parseFloat("3.14abc")', "3.14"),
    ('Number("  12  ")', "12"),
    ('parseInt("01101000",2)', "104"),
]

COERCION = [
    ('"3"*"4"', "12"),
    ("[]+[]", ""),
    ("![]+[]", "false"),
    ("+!+[]", "1"),
    ("(![]+[])[+[]]", "f"),
    ("[][[]]+[]", "undefined"),
    ("+{}+[]", "NaN"),
    ("({}+[])", "[object Object]"),
    ("[]+{}", "[object Object]"),
    ("!![]+[]", "true"),
    ('"b"+"a"+ +"a"+"a"', "baNaNa"),
    ('typeof "x"', "string"),
    ("typeof undefined", "undefined"),
    ("typeof (()=>1)", "function"),
    ('null ?? "d"', "d"),
    ('"" && "y"', ""),
    ('"a" < "b"', "true"),
    ('"10" < "9"', "true"),
    ('"1" == 1', "true"),
    ("null == undefined", "true"),
    ('"x" === "x"', "true"),
    ("NaN === NaN", "false"),
    ('isNaN("x")', "true"),
    ('"abc"[1]', "b"),
    ("String(null)+String(undefined)+String(true)", "nullundefinedtrue"),
    ('(void 0)+""', "undefined"),
    ('[]["filter"]+""', "function filter() { [native code] }"),
    ("(![]+[])[1]+(!![]+[])[0]", "at"),
    ('"a" in {a:1}', "true"),
    ("[] instanceof Array", "true"),
]

ARRAYS = [
    ('[1,2,3].map(x=>x*2).join("-")', "2-4-6"),
    ("[1,2,3,4].reduce((a,b)=>a+b)", "10"),
    ('[1,2,3].reduce((a,b)=>a+b, "")', "123"),
    ('Array.from("abc", c => c.charCodeAt(0))', "97,98,99"),
    ('[..."abc"].map((c,i)=>c+i)', "a0,b1,c2"),
    ('JSON.parse(\'{"a":[1,"x"]}\').a[1]', "x"),
    ('JSON.stringify({a:1,b:[true,null,"q\\""]})', '{"a":1,"b":[true,null,"q\\""]}'),
    ("Object.keys({a:1,b:2}).join()", "a,b"),
    ("Object.values({a:1,b:2})", "1,2"),
    ("Object.entries({a:1})", "a,1"),
    ('Object.fromEntries([["a",1]]).a', "1"),
    ("Object.assign({}, {a:1},{b:2}).b", "2"),
    ('[3,1,2].sort().join("")', "123"),
    ("[3,1,10].sort((a,b)=>a-b).join()", "1,3,10"),
    ("[1,2,3,4].filter(x=>x%2).join()", "1,3"),
    ("[1,2,3].find(x=>x>1)", "2"),
    ("[1,[2,[3]]].flat(2).join()", "1,2,3"),
    ("[1,2,3].indexOf(2)", "1"),
    ("[1,2,3].includes(4)", "false"),
    ("[1] == 1", "true"),
    ("[1,2,3].slice(1).concat([4],5).join()", "2,3,4,5"),
    ("[1,2,3].splice(1,1)[0]", "2"),
    ("[1,2,3].length", "3"),
    ('[..."ab"].entries().next().value[1]', "a"),
    ("new Set([1,1,2]).size", "2"),
    ('new Map([["k","v"]]).get("k")', "v"),
    ("[1,2,3].some(x=>x>2)", "true"),
    ("[1,2,3].every(x=>x>2)", "false"),
    ('[,"a"].join("-")', "-a"),
    ('[null,undefined,1].join("-")', "--1"),
    ('[..."😀x"].length', "2"),
    ("[1,2,3].join`-`", "1-2-3"),
    ('[104,105].map(c=>String.fromCharCode(c)).join("")', "hi"),
    ('Array.prototype.slice.call("abc",1).join("")', "bc"),
    ('[..."abc"].reverse().join("")', "cba"),
    ("[10,9,1].sort().join()", "1,10,9"),
    ('[1,2,3].fill(0).join("")', "000"),
    ('Array(3).fill("a").join("")', "aaa"),
    ('Array.from({length:3},(_, i)=>i).join("")', "012"),
    ("[[1,2],[3]].flatMap(x=>x).join()", "1,2,3"),
    ('[1,2,3].reduceRight((a,b)=>a+"-"+b)', "3-2-1"),
    ('[..."ba"].sort().join("")', "ab"),
]

BYTES = [
    ('unescape("%61%u0062")', "ab"),
    ('escape("ü€a b")', "%FC%u20ACa%20b"),
    ('encodeURIComponent("a b&c/é")', "a%20b%26c%2F%C3%A9"),
    ('decodeURIComponent("a%20b%C3%A9")', "a bé"),
    ('atob("aGVsbG8=")', "hello"),
    ('btoa("hello")', "aGVsbG8="),
    ('Buffer.from("68656c6c6f","hex").toString()', "hello"),
    ('Buffer.from("aGVsbG8","base64").toString("utf8")', "hello"),
    ('Buffer.from("hello").toString("base64")', "aGVsbG8="),
    ("Buffer.from([104,105]).toString()", "hi"),
    ('Buffer.from("hi","utf16le").toString("hex")', "68006900"),
    ('Buffer.concat([Buffer.from("a"),Buffer.from("b")]).toString()', "ab"),
    ("new TextDecoder().decode(new Uint8Array([104,105]))", "hi"),
    ('Uint8Array.from([1,2,3]).join(",")', "1,2,3"),
    ('escape("abc")', "abc"),
]

FUNCTIONS = [
    ("((a,[b,c=5],{d,...e})=>a+b+c+d+e.f)(1,[2],{d:3,f:4})", "15"),
    ("(function(){return arguments.length+arguments[0]})(7,8)", "9"),
    ("(function(a,b=2){return a+b})(1)", "3"),
    ("((...r)=>r.length)(1,2,3)", "3"),
    ('(()=>{let s="";for(let i=0;i<5;i++)s+=String.fromCharCode(97+i);return s})()', "abcde"),
    ("(()=>{let s=[];let i=0;while(i<3){s.push(i++)}return s.join()})()", "0,1,2"),
    (
        (
            '(()=>{const k="key",d="\\x0b\\x00\\x15";let o="";for(let i=0;i<d.length;i++)o+=String.fromCha'
            "rCode(d.charCodeAt(i)^k.charCodeAt(i%k.length));return o})()"
        ),
        "`el",
    ),
    ('(()=>{var r="";for(const c of "abc")r=c+r;return r})()', "cba"),
    ('(()=>{var r="";for(const k in {x:1,y:2})r+=k;return r})()', "xy"),
    ('(()=>{switch("b"){case "a":return 1;case "b":return 2;default:return 3}})()', "2"),
    (
        (
            '(()=>{let o=[];for(let i=0,a="2|0|1".split("|");;){switch(a[i++]){case "0":o.push("A");con'
            'tinue;case "1":o.push("B");continue;case "2":o.push("C");continue}break}return o.join("")}'
            ")()"
        ),
        "CAB",
    ),
    (
        (
            "(class A{constructor(x){this.x=x} get y(){return this.x+1} static z(){return 9} m(){return"
            " this.y*2}}, new (class A{constructor(x){this.x=x} get y(){return this.x+1} m(){return thi"
            "s.y*2}})(3).m())"
        ),
        "8",
    ),
    ('(()=>{class A{v(){return "a"}} class B extends A{v(){return super.v()+"b"}} return new B().v()})()', "ab"),
    (
        (
            '(()=>{class A{constructor(n){this.n=n}} class B extends A{constructor(){super("q");this.m='
            'this.n+"!"}} return new B().m})()'
        ),
        "q!",
    ),
    ('(()=>{function F(n){this.n=n} F.prototype.g=function(){return this.n}; return new F("pp").g()})()', "pp"),
    ('(()=>{const o={a:1,get b(){return this.a+1},["c"+1]:3};return o.b+o.c1})()', "5"),
    (
        (
            '(()=>{const f=function(a,b){return this.k+a+b};return f.call({k:"k"},1,2)+f.apply({k:"z"},'
            '[3,4])+f.bind({k:"b"},5)(6)})()'
        ),
        "k12z34b56",
    ),
    ("(()=>{let n=0;const inc=()=>++n;inc();inc();return n})()", "2"),
    ('(()=>{let a=5;a+=2;a*=3;let b=a++;return a+","+b})()', "22,21"),
    ("(()=>{let {a:{b:[,x]}}={a:{b:[1,2]}};return x})()", "2"),
    ("(()=>{var x=1;{let x=2}return x})()", "1"),
    (
        (
            '(()=>{const a=["x","y","z"];(function(t,n){const f=function(c){while(--c){t.push(t.shift()'
            ')}};f(++n)})(a,1);return a.join("")})()'
        ),
        "yzx",
    ),
    ('[]["flat"]["constructor"]("return 6*7")()', "42"),
    ('Function("a","b","return a+b")(3,4)', "7"),
    ('eval("1+1")', "2"),
    ("(0,eval)(\"'x'+'y'\")", "xy"),
    ("new Function(\"return 'k'\")()", "k"),
    ('Reflect.apply(String.prototype.toUpperCase,"ab",[])', "AB"),
    ('Reflect.get({a:3},"a")', "3"),
]


@pytest.mark.parametrize(("expression", "expected"), [*TEXT, *NUMBERS, *COERCION, *ARRAYS, *BYTES, *FUNCTIONS])
def test_folds_as_node_does(expression: str, expected: str) -> None:
    assert text_of(expression) in ({expected, "null"} if expected == "undefined" else {expected})
