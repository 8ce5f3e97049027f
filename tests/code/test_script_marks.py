"""What the text of a script says of it, and what bundles, tables and translations are left alone with."""

from __future__ import annotations

import pytest

from assay.scanner.code.marks import marks, suspicious

_SIGNED = "[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]]" * 40 + "()"
_PACKED = (
    "eval(function(p,a,c,k,e,d){while(c--){if(k[c]){p=p.replace(new RegExp('x'+c,'g'),k[c])}}return p}"
    "('0(1)',2,2,'alert|one'.split('|'),0,{}))"
)


def kinds(source: str, path: str = "lib/a.js") -> list[str]:
    return [mark.kind for mark in marks(source.encode(), path, None)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (_SIGNED, "packed:whole"),
        ("function add(a, b) { return a + b; }\n" * 400 + _SIGNED, "packed:part"),
        (_PACKED, "packed:whole"),
        ("function add(a, b) { return a + b; }\n" * 400 + _PACKED, "packed:part"),
        ("module.exports = agents;" + " " * 150 + 'require("child_process").exec("id");\n', "off-screen:runner"),
        ("const a = 1;" + "\t" * 30 + "eval(a);\n", "off-screen:runner"),
        ("// \u202e } if (admin) { \u2066\nf();\n", "unicode:turned-code"),
        ("function r\u0435quire(x) { return x; }\n", "unicode:posing-name"),
        ("const p\u0430th = 1;\n", "unicode:mixed-name"),
        ("const s = '" + "\U000e0101" * 300 + "';\n", "unicode:unseen-data"),
        ("".join(f"var _0x{n:04x}=1;" for n in range(4_096, 4_130)), "names:numbered"),
    ],
)
def test_what_is_marked(source: str, expected: str) -> None:
    assert kinds(source) == [expected]
    assert suspicious(source.encode(), "lib/a.js")


@pytest.mark.parametrize(
    "source",
    [
        "!function(e,t){var n=[[1,2],[3,4]];e(!0,!1,[],[])}(this,function(){return[]});" * 200,
        "const table = [\n" + "".join(f"  {n},{' ' * 130}{n + 1},\n" for n in range(40)) + "];\n",
        "f(a);" + " " * 200 + "// a remark that mentions require(x)\n",
        "  " * 80 + "require('./deep');\n",
        "exports.hello = '\u0437\u0434\u0440\u0430\u0432\u0441\u0442\u0432';\n// \u043f\u0440\u043e process\n",
        "const имя = 1, 名前 = 2, größe = 3;\n",
        "exports.flag = '\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f';\n",
        "exports.mark = '\\u202e';\nexports.icon = 'data:image/png;base64," + "iVBORw0KGgoAAA" * 400 + "';\n",
        "//# sourceMappingURL=data:application/json;base64," + "eyJ2ZXJzaW9uIjozLCJ" * 400 + "\n",
        "exports.wasm = 'AGFzbQEAAAAB" + "BgFgAX8BfwMCAQAHCAEE" * 400 + "';\n",
        "function unpack(p, a, c, k, e) { return p.split('|'); }\n",
    ],
)
def test_what_is_left_alone(source: str) -> None:
    assert kinds(source) == []
