"""Where a payload may lie in an innocent package: entries, submodules, behind re-exports, in large bundles."""

# ruff: noqa: E501 - a table reads best with one file in a line

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

Files = dict[str, str]
_LEAST = 1_100_000
"""Characters of a bundle."""


class Place(NamedTuple):
    """A way to put the text of a payload into a package: its files, package.json as its fields; by name."""

    name: str
    planted: Callable[[str], Files]
    modules: bool = False
    """Whether the payload may be a module with imports and exports of its own."""


def _entry(name: str) -> str:
    return f'"main": "{name}"'


_INNOCENT = """
            "use strict";
            exports.join = (left, right) => [left, right].filter(Boolean).join(" ");
            exports.times = function times(count, of) { return Array.from({ length: count }, (_, at) => of(at)); };
"""


def _module(number: int) -> str:
    """One module of a bundle, without its braces; its text depends on the number alone."""
    return (
        f'"use strict";exports.a{number}=function(e,t){{var n=e.length;for(var r=0;r<n;r++)'
        f't.push(e[r]*{number}+r);return t.join("-")}};exports.b{number}=class{{constructor(e){{this.value=e}}'
        f'render(){{return"item {number}: "+this.value}}}};exports.c{number}={{name:"c{number}",size:{number % 97}}};'
    )


@cache
def _modules() -> tuple[str, ...]:
    texts: list[str] = []
    size = 0
    while size < _LEAST:
        texts.append(_module(len(texts) + 2))
        size += len(texts[-1])
    return tuple(texts)


def _bundle(payload: str, at: float) -> str:
    """A bundle as webpack writes it, in whose module at a share of its length the payload stands."""
    modules = list(_modules())
    modules.insert(int(len(modules) * at), f"\n{payload}\n")
    listed = ",\n".join(
        f"{number}:((module,exports,__webpack_require__)=>{{{text}}})" for number, text in enumerate(modules)
    )
    calls = "".join(f"__webpack_require__({number});" for number in (0, int(len(_modules()) * at), len(modules) - 1))
    return (
        f"(()=>{{var __webpack_modules__=({{\n{listed}\n}});var cache={{}};function __webpack_require__(id){{"
        "if(cache[id])return cache[id].exports;var made=cache[id]={exports:{}};"
        f"__webpack_modules__[id](made,made.exports,__webpack_require__);return made.exports}}{calls}}})();\n"
    )


def _minified(payload: str, at: float) -> str:
    """A file of one long line of functions, with the payload on lines of its own."""
    texts = [f"!function(exports){{{text}}}(module.exports);" for text in _modules()]
    cut = int(len(texts) * at)
    return "".join(texts[:cut]) + f"\n{payload}\n" + "".join(texts[cut:])


def _indented(payload: str) -> str:
    return "\n".join("  " + line for line in payload.splitlines())


def _within(head: str, tail: str) -> Callable[[str], Files]:
    return lambda payload: {
        "package.json": _entry("index.js"),
        "index.js": f"{_INNOCENT}\n{head}\n{_indented(payload)}\n{tail}\n",
    }


def _alone(path: str, fields: str, **others: str) -> Callable[[str], Files]:
    return lambda payload: {
        "package.json": fields, path: payload, **{name.replace("__", "/") + ".js": text for name, text in others.items()},
    }  # fmt: skip


PLACES = (
    Place("the entry in dist", _alone("dist/index.js", _entry("dist/index.js")), modules=True),
    Place("the entry, after innocent code", lambda payload: {
        "package.json": _entry("index.js"), "index.js": f"{_INNOCENT}\n{payload}\n",
    }),
    Place("a folder as the entry", _alone("lib/index.js", _entry("lib")), modules=True),
    Place("no entry is named", _alone("index.js", '"description": "demo"'), modules=True),
    Place("a submodule that is required", _alone(
        "lib/internal/text.js", _entry("index.js"), index='const text = require("./lib/internal/text");\nexports.text = text;',
    )),
    Place("four folders deep, behind three requires", _alone(
        "src/a/b/c/d.js", _entry("index.js"), index='require("./src");', src__index='require("./a/one");',
        src__a__one='require("./b/c/d.js");',
    )),
    Place("behind a re-export", _alone(
        "lib/impl.js", _entry("index.js"), index='module.exports = require("./lib/reexport");',
        lib__reexport='Object.assign(exports, require("./impl"));',
    )),
    Place("behind export * of an ES module", lambda payload: {
        "package.json": '"main": "index.mjs"', "index.mjs": 'export * from "./lib/all.mjs";\nexport const level = 1;',
        "lib/all.mjs": 'export { default } from "./impl.cjs";', "lib/impl.cjs": payload,
    }),
    Place("for one condition of exports", _alone(
        "dist/node.cjs", '"exports": {".": {"browser": "./dist/page.js", "node": {"require": "./dist/node.cjs"}}}',
        dist__page="export const page = true;",
    )),
    Place("a file of a pattern of exports", _alone(
        "dist/features/text.js", '"exports": {".": "./index.js", "./features/*": "./dist/features/*.js"}', index=_INNOCENT,
    )),
    Place("a command", lambda payload: {
        "package.json": '"bin": {"demo": "bin/run"}, "main": "index.js"', "index.js": _INNOCENT,
        "bin/run": f"#!/usr/bin/env node\n{payload}",
    }),
    Place("a hidden folder", _alone(".cache/setup.js", _entry("index.js"), index='require("./.cache/setup.js");')),
    Place("what a test folder loads for it", _alone("test/data.js", _entry("index.js"), index='require("./test/data");')),
    Place("inside of a function that is called", _within("(function () {", "})();")),
    Place("inside of a try", _within("try {", "} catch (error) {}")),
    Place("after a second", _within("setTimeout(() => {", "}, 1000);")),
    Place("inside of an asynchronous function", _within("(async () => {", "})();")),
    Place("a bundle over a megabyte, first of its modules", lambda payload: {
        "package.json": _entry("dist/bundle.js"), "dist/bundle.js": _bundle(payload, 0),
    }),
    Place("a bundle over a megabyte, amid its modules", lambda payload: {
        "package.json": _entry("dist/bundle.js"), "dist/bundle.js": _bundle(payload, 0.5),
    }),
    Place("at the end of a long line of a megabyte", lambda payload: {
        "package.json": _entry("dist/app.min.js"), "dist/app.min.js": _minified(payload, 1),
    }),
)  # fmt: skip
