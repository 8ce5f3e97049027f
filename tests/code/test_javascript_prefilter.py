"""Which scripts are parsed: every shape of attack is, in whatever form; plain innocent code is not."""

from __future__ import annotations

import base64
import random
import re

import pytest

from assay.scanner.code.javascript_prefilter import Scanned, candidates, scanner, settled
from assay.scanner.code.javascript_windows import excerpt
from tests.code.javascript_attacks import ATTACKS

_PLAIN_TEXT = re.compile(r'"([\w .:/-]{6,})"')


_MORE = "function merge(a, b) { return { ...a, ...b }; }\n" * 400
"""Innocent code that makes a file too large to be parsed for what it names alone."""


def _settled(data: bytes, path: str, unasked: tuple[str, ...]) -> dict[str, Scanned]:
    return settled({path: scanner().scan(data, path)}, unasked, {path: data}.get)


def _chosen(text: str, path: str = "lib/a.js") -> bool:
    files = _settled(text.encode(), path, (path,))
    return path in candidates(files, {path: ()}, [path], ())


def _bundle(size: int, seed: int) -> list[str]:
    """Modules of an innocent bundle, as webpack writes them."""
    drawn = random.Random(seed)
    words = ("render", "update", "state", "props", "children", "node", "value", "index", "length", "merge", "clone")
    modules: list[str] = []
    total = 0
    while total < size:
        body = "".join(
            f'function {a}{n}(e,t){{var r=e.{b};if(!t)return r.{c}("{a} {b}");for(var i=0;i<r.length;i++)t.{a}(r[i]);'
            f"return{{{b}:r,{c}:/[{{\"']/.test(r)}}}}"
            for n, (a, b, c) in enumerate(drawn.choices([(x, y, z) for x in words for y in words for z in words], k=12))
        )
        modules.append(f'{len(modules)}:function(e,t,n){{"use strict";{body}t.a=merge0}}')
        total += len(modules[-1])
    return modules


_LARGE = _bundle(2 << 20, 1)


def _planted(payload: str, at: int) -> str:
    modules = list(_LARGE)
    head, brace, tail = modules[at].partition("function ")
    modules[at] = head + payload + "\n;" + brace + tail
    return "!function(e){var t={};}({" + ",".join(modules) + "});"


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_read(name: str) -> None:
    assert _chosen(ATTACKS[name])


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_one_line_is_read(name: str) -> None:
    assert _chosen(" ".join(ATTACKS[name].split("\n")))


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_with_its_texts_split_is_read(name: str) -> None:
    def split(match: re.Match[str]) -> str:
        middle = len(match[1]) // 2
        return f'"{match[1][:middle]}" + "{match[1][middle:]}"'

    source = ATTACKS[name]
    assert _chosen(source if "\n" not in source.strip() and "import" in source else _PLAIN_TEXT.sub(split, source))


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_in_a_layer_of_base64_is_read(name: str) -> None:
    layer = base64.b64encode(ATTACKS[name].encode()).decode()
    assert _chosen(f'eval(Buffer.from("{layer}", "base64").toString())')
    assert _chosen(f'const a = "{layer}";\nnew Function("require", atob(a))(require)')


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_in_a_large_bundle_is_read_and_lies_in_a_window(name: str) -> None:
    payload = ATTACKS[name].strip()
    if re.search(r"^(?:import|export) ", payload, re.MULTILINE):
        payload = re.sub(r'import (\w+) from ("\w+");', r"const \1 = require(\2);", payload).replace("export ", "")
    at = random.Random(name).randrange(len(_LARGE))
    data = _planted(payload, at).encode()
    seen = scanner().scan(data, "dist/bundle.js")
    assert "dist/bundle.js" in candidates({"dist/bundle.js": seen}, {}, ["dist/bundle.js"], ())
    read = excerpt(data, seen.hits)
    assert payload.encode() in read
    assert len(read) < len(data) // 4


def test_an_innocent_bundle_is_not_read() -> None:
    text = "!function(e){var t={};}({" + ",".join(_LARGE) + "});"
    assert scanner().scan(text.encode(), "dist/bundle.js") == Scanned(frozenset(), (), len(text.encode()))
    assert not _chosen(text)


@pytest.mark.parametrize(
    "source",
    [
        'const fs = require("fs");\nexports.read = (p) => fs.readFileSync(p);\n',
        'const { exec } = require("child_process");\nexports.run = (c) => exec(c);\n',
        'const https = require("https");\nmodule.exports = function get(u, f) { return https.get(u, f); };\n',
        'var root = typeof window === "object" ? window : Function("return this")();\nmodule.exports = root;\n',
        'module.exports = process.env.NODE_ENV === "production" ? require("./min") : require("./dev");\n',
        'exports.icon = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk";\n',
        'exports.decode = (s) => Buffer.from(s, "base64").toString();\n',
        "exports.compile = (s) => new Function('data', s);\n",
        'exports.table = "\\u00aa\\u00b5\\u00ba\\u00c0-\\u00d6\\u00d8-\\u00f6\\u02c6-\\u02d1";\n',
        'module.exports = { hallo: "\\u4f60\\u597d", welt: "\\u0441\\u0432\\u0435\\u0442" };\n',
        "export default function fetchAll(urls) { return Promise.all(urls.map((u) => fetch(u))); }\n",
        "switch (x) {\n" + "\t" * 12 + "case 1: f();\n" + " " * 80 + "case 2: g();\n}\n",
    ],
)
def test_what_runs_only_when_called_is_not_read(source: str) -> None:
    assert not _chosen(source + _MORE * (4 if "child_process" in source else 1))


@pytest.mark.parametrize("name", ["spawned-on-import"])
def test_what_runs_unasked_is_read_in_larger_files(name: str) -> None:
    assert _chosen(ATTACKS[name] + _MORE)


@pytest.mark.parametrize(
    "source",
    [
        'const { execSync: go } = require("child_process");\ngo("id");\n',
        'import("https://example.invalid/a.mjs").then((made) => made.default());\n',
        'const { Worker } = require("worker_threads");\nnew Worker(where());\n',
        'const load = globalThis[where()];\nload("a");\n',
        'require("https").get(where());\n',
    ],
)
def test_small_files_are_read_for_what_they_name_where_they_are_loaded(source: str) -> None:
    assert _chosen(source)
    seen = {"a.js": scanner().scan(source.encode(), "a.js")}
    assert not candidates(settled(seen, (), {"a.js": source.encode()}.get), {}, (), ())


def test_what_a_package_loads_is_seen_as_written() -> None:
    source = b'const a = require("./a");import b from "../b.mjs";export * from \'./c\';import("d/e");import "x";'
    assert scanner().scan(source, "a.mjs").imports == ("./a", "../b.mjs", "./c", "d/e", "x")


def test_what_is_called_unasked_is_read_only_where_the_file_is_loaded() -> None:
    data = ATTACKS["spawned-on-import"].encode()
    assert candidates(_settled(data, "a.js", ("a.js",)), {}, ["a.js"], ()) == {"a.js"}
    assert candidates(_settled(data, "a.js", ()), {}, [], ()) == frozenset()


def test_of_a_little_package_all_is_read_that_is_loaded_with_what_may_do_something() -> None:
    tools = b'exports.go = require("child_process").execSync;'
    files = {
        "index.js": scanner().scan(b'require("./tools").go("id");', "index.js"),
        "tools.js": scanner().scan(tools, "tools.js"),
        "other.js": Scanned(frozenset(), (), 10),
    }
    loads = {"index.js": ("tools.js",), "tools.js": (), "other.js": ()}
    for size, chosen in ((100, {"index.js", "tools.js"}), (1 << 20, {"tools.js"})):
        of_size = {**files, "far.js": Scanned(frozenset(), (), size)}
        loaded = [path for path in of_size if path != "other.js"]
        assert candidates(settled(of_size, loaded, {"tools.js": tools}.get), loads, loaded, ()) == chosen


def test_what_runs_at_install_is_read_with_all_that_it_loads() -> None:
    files = dict.fromkeys(("setup.js", "lib/a.js", "lib/b.js", "lib/c.js"), Scanned(frozenset(), (), 10))
    loads = {"setup.js": ("lib/a.js",), "lib/a.js": ("lib/b.js", "setup.js")}
    assert candidates(files, loads, (), ("setup.js",)) == {"setup.js", "lib/a.js", "lib/b.js"}


PLACES = ("discord.com/api", "paste.ee", "privatebin.net", "media.discordapp.net", "yip.su", "iplis.ru", "bore.pub")


@pytest.mark.parametrize("place", PLACES)
def test_places_where_anybody_picks_up_data_are_seen(place: str) -> None:
    assert "PLACE" in scanner().scan(f"const to = 'https://{place}/x';".encode(), "a.js").hot


@pytest.mark.parametrize("size", [1_000, 3 << 20])
def test_source_and_sink_in_two_files_are_both_read(size: int) -> None:
    files = {
        "index.js": scanner().scan(b'const c = require("./who"); require("./send")(c());', "index.js"),
        "who.js": scanner().scan(b'const os = require("os"); module.exports = () => os.userInfo();', "who.js"),
        "send.js": scanner().scan(b'const h = require("https"); module.exports = (x) => h.get(x);', "send.js"),
        "far.js": Scanned(frozenset(), (), size),
    }
    loads = {"index.js": ("who.js", "send.js"), "who.js": (), "send.js": (), "far.js": ()}
    chosen = candidates(files, loads, ["index.js"], ())
    assert chosen == ({"index.js", "who.js", "send.js"} if size < (1 << 20) else frozenset())
    assert candidates(files, {**loads, "who.js": ("send.js",)}, (), ()) >= {"who.js", "send.js"}


def test_decoys_do_not_hide_a_payload_in_a_large_file() -> None:
    decoys = 'function a(u){return fetch(u)}function b(s){return Buffer.from(s,"base64")}' * 3_000
    data = (decoys + ATTACKS["environment-posted"] + decoys).encode()
    seen = scanner().scan(data, "a.js")
    assert "CHAIN" in seen.hot
    assert ATTACKS["environment-posted"].strip().encode() in excerpt(data, seen.hits)


@pytest.mark.parametrize(
    "text",
    [
        "eval(x)",
        "Function(x)()",
        "Function.call(null, x)",
        "vm.Script(x)",
        "fetch(x)",
        "unescape(x)",
        'Buffer("aGVsbG8gd29ybGQgaGVsbG8=", "base64")',
        "require(x)",
        'require("child_" + x)',
        "require.call(null, x)",
        "import(x)",
        r"\u0065val(x)",
        r"\x65\x76\x61\x6c",
        "privateKey = x",
        "env.HOME",
        "rmSync(x)",
    ],
)
def test_nothing_needs_to_stand_before_a_word(text: str) -> None:
    assert scanner().scan(text.encode(), "a.js").hot
    assert scanner().scan(text.encode(), "a.js").hot == scanner().scan(b"\n\n" + text.encode(), "a.js").hot
