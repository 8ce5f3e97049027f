"""The parts of a large script that are parsed: what is planted there always lies in one of them, whole."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from assay.scanner.code.javascript import lower
from assay.scanner.code.javascript_windows import AROUND, MODULE, excerpt, windows

_PAYLOAD = b'(function(){const k=require("child_process");k.exec("id > /tmp/{}\\"}")})();'


def _module(drawn: random.Random, key: str, size: int) -> str:
    body: list[str] = []
    while len(body) * 120 < size:
        name = f"f{drawn.randrange(10_000)}"
        body.append(
            f'function {name}(e,t){{if(e>t){{return t/2/e}}var r=/["}}{{]/.test(e)?`{{${{e}}`:"}}\\"";'
            '/*{*/return r+"a;b"}'
        )
    return f'{key}:function(e,t,n){{"use strict";{"".join(body)}e.exports=f}}'


def _bundle(kind: str, size: int) -> bytes:
    drawn = random.Random(kind)
    parts: list[str] = []
    while sum(map(len, parts)) < size:
        key = str(len(parts)) if kind != "browserify" else f'"./lib/m{len(parts)}.js"'
        parts.append(_module(drawn, key, drawn.choice((300, 6_000, 40_000))))
    if kind == "rollup":
        return "\n".join(f"const v{at} = {{{part}}};" for at, part in enumerate(parts)).encode()
    joined = (",\n" if kind == "browserify" else ",").join(parts)
    return f"!function(e){{var t={{}};return e}}({{{joined}}});".encode()


_BUNDLES = {kind: _bundle(kind, (1 << 20) + 50_000) for kind in ("webpack", "browserify", "rollup")}


@pytest.mark.parametrize("kind", _BUNDLES)
def test_a_planted_payload_lies_whole_in_one_window(kind: str) -> None:
    drawn = random.Random(7)
    data = _BUNDLES[kind]
    for _ in range(12):
        at = data.index(b"function f", drawn.randrange(len(data) - 50_000))
        planted = data[:at] + _PAYLOAD + data[at:]
        some = windows(planted, [at + 30])
        assert len(some) == 1
        assert _PAYLOAD in some[0].data
        assert some[0].start <= at < at + len(_PAYLOAD) <= some[0].end
        assert some[0].end - some[0].start <= MODULE + 2 * AROUND
        assert some[0].line == planted.count(b"\n", 0, some[0].start)


@pytest.mark.parametrize("kind", _BUNDLES)
def test_a_hit_at_any_byte_lies_in_a_window(kind: str) -> None:
    data = _BUNDLES[kind]
    drawn = random.Random(8)
    hits = sorted(drawn.randrange(len(data)) for _ in range(40))
    some = windows(data, hits)
    assert all(any(one.start <= hit < one.end for one in some) for hit in hits)
    assert all(one.end <= other.start for one, other in pairwise(some))


def test_a_module_of_a_bundle_is_whole_and_called() -> None:
    data = _BUNDLES["webpack"]
    at = data.index(b"function f", len(data) // 2)
    planted = data[:at] + _PAYLOAD + data[at:]
    window = windows(planted, [at + 5])[0]
    assert window.data.startswith(b"(function(e,t,n){")
    assert window.data.endswith(b"e.exports=f})(module,exports,require)")
    assert not lower(window.data, "a.js").defects


def test_what_a_loader_gives_for_a_module_of_node_is_loaded_by_name() -> None:
    outside = b'900:e=>{"use strict";e.exports=require("child_process")},'
    data = _BUNDLES["webpack"]
    start = data.index(b"0:function(")
    at = data.index(b"function f", len(data) // 2)
    planted = data[:start] + outside + data[start:at] + b'n(900).exec("id");' + data[at:]
    assert b'require("child_process").exec("id");' in windows(planted, [at + len(outside) + 3])[0].data


def test_an_excerpt_keeps_lines_and_imports() -> None:
    lines = [b'const cp = require("child_process");', b'import {get as g} from "https";']
    lines += [b"function a%d(x) { return x + %d; }" % (n, n) for n in range(30_000)]
    lines[20_000] = b'cp.exec("id");'
    data = b"\n".join(lines)
    read = excerpt(data, [data.index(b"cp.exec")])
    assert len(read) < len(data) // 8
    unit = lower(read, "a.js")
    assert not [defect for defect in unit.defects if defect.reason]
    assert read.split(b"\n")[20_000] == lines[20_000]
    assert b'var cp=require("child_process");' in read.split(b"\n")[0]
    assert b'import {get as g} from "https";' in read.split(b"\n")[1]


def test_nothing_is_read_of_a_file_without_hits() -> None:
    assert windows(b"a" * 100, []) == ()
    assert windows(b"", [3]) == ()
    assert excerpt(b"a" * 100, []) == b""


@pytest.mark.parametrize(
    "text",
    [
        b"{" * 1_000_000,
        b"}" * 1_000_000,
        b"=/[" * 100_000,
        b'"\\' * 500_000,
        b"`${" * 300_000,
        b"/*" * 500_000,
        b"function(" * 100_000,
        b"a=>{" * 200_000,
        b"x" * 1_000_000,
        b"'\n" * 500_000,
        b"1:function(e,t,n){" * 50_000,
    ],
)
def test_hostile_text_is_cut_all_the_same(text: bytes) -> None:
    data = text + _PAYLOAD + text
    some = windows(data, [len(text) + 40, 5, len(data) - 1])
    assert any(_PAYLOAD in one.data for one in some)
    assert sum(one.end - one.start for one in some) < 4 * (MODULE + 2 * AROUND)
