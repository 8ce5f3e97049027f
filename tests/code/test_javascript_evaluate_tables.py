"""Tables of strings as obfuscators make them, decoders written in loops, forms without letters: all folded."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.code.ecmascript.streams import rc4
from tests.code.javascript_evaluation import facts_of, text_of

ROTATED = """
const reach = lookUp;
(function (table, wanted) {
    const read = lookUp, all = table();
    while (!![]) {
        try {
            const sum = parseInt(read(0x64)) / 1 + -parseInt(read(0x65)) / 2 * (parseInt(read(0x66)) / 3);
            if (sum === wanted) break;
            else all['push'](all['shift']());
        } catch (e) {
            all['push'](all['shift']());
        }
    }
}(strings, 5 - 4 / 2 * (9 / 3)));
const shell = require(reach(0x67));
shell[reach(0x68)](reach(0x69));
function lookUp(at, key) {
    at = at - 0x64;
    const all = strings();
    let found = all[at];
    DECODE
    return found;
}
function strings() {
    const held = [TABLE];
    strings = function () { return held; };
    return strings();
}
"""

DECODED = """
    if (lookUp['ready'] === undefined) {
        var undo = function (text) {
            const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=';
            let bytes = '', made = '';
            for (let n = 0, sum, char, at = 0; char = text['charAt'](at++);
                ~char && (sum = n % 4 ? sum * 64 + char : char, n++ % 4)
                    ? bytes += String['fromCharCode'](255 & sum >> (-2 * n & 6)) : 0) {
                char = letters['indexOf'](char);
            }
            for (let i = 0, size = bytes['length']; i < size; i++)
                made += '%' + ('00' + bytes['charCodeAt'](i)['toString'](16))['slice'](-2);
            return decodeURIComponent(made);
        };
        lookUp['undo'] = undo, lookUp['cache'] = {}, lookUp['ready'] = !![];
    }
    const first = all[0], known = lookUp['cache'][at + first];
    known === undefined ? (found = lookUp['undo'](found), lookUp['cache'][at + first] = found) : found = known;
"""
WORDS = ["5one", "4two", "9three", "child_process", "exec", "id; whoami"]


def _table(words: list[str]) -> str:
    return ", ".join(repr(word) for word in words)


def _swapped(word: str) -> str:
    return base64.b64encode(word.encode()).decode().swapcase().rstrip("=")


@pytest.mark.parametrize("turns", range(len(WORDS)))
def test_a_table_is_turned_until_its_numbers_fit(turns: int) -> None:
    source = ROTATED.replace("TABLE", _table(WORDS[turns:] + WORDS[:turns])).replace("DECODE", "")
    run = [call for call in facts_of(source).calls if call.name == "child_process.exec"]
    assert [call.arguments[0].value.value for call in run] == ["id; whoami"]
    assert {"index", "import-name", "getattr"} <= set(run[0].steps)


@pytest.mark.parametrize("turns", range(len(WORDS)))
def test_a_table_that_is_encoded_as_well_is_decoded(turns: int) -> None:
    words = [_swapped(word) for word in WORDS[turns:] + WORDS[:turns]]
    source = ROTATED.replace("TABLE", _table(words)).replace("DECODE", DECODED)
    run = [call for call in facts_of(source).calls if call.name == "child_process.exec"]
    assert [call.arguments[0].value.value for call in run] == ["id; whoami"]


CIPHER = """
    if (lookUp['ready'] === undefined) {
        lookUp['undo'] = function (text, key) {
            const box = [];
            let j = 0, swap, made = '';
            text = atob(text);
            let k;
            for (k = 0; k < 256; k++) box[k] = k;
            for (k = 0; k < 256; k++) {
                j = (j + box[k] + key['charCodeAt'](k % key['length'])) % 256;
                swap = box[k], box[k] = box[j], box[j] = swap;
            }
            k = 0, j = 0;
            for (let at = 0; at < text['length']; at++) {
                k = (k + 1) % 256, j = (j + box[k]) % 256;
                swap = box[k], box[k] = box[j], box[j] = swap;
                made += String['fromCharCode'](text['charCodeAt'](at) ^ box[(box[k] + box[j]) % 256]);
            }
            return made;
        }, lookUp['ready'] = !![];
    }
    found = lookUp['undo'](found, key);
"""


@pytest.mark.parametrize("turns", [0, 3, 5])
def test_a_table_under_a_cipher_is_deciphered(turns: int) -> None:
    words = [base64.b64encode(rc4(word, "k3y!").encode("latin-1")).decode() for word in WORDS]
    source = ROTATED.replace("TABLE", _table(words[turns:] + words[:turns])).replace("DECODE", CIPHER)
    for at in range(0x64, 0x6A):
        source = source.replace(f"(0x{at:x})", f"(0x{at:x}, 'k3y!')")
    run = [call for call in facts_of(source).calls if call.name == "child_process.exec"]
    assert [call.arguments[0].value.value for call in run] == ["id; whoami"]
    assert not [fact for fact in facts_of(source).exhausted if fact.kind == "steps"]


def test_the_cipher_is_that_of_rfc_6229() -> None:
    key = "".join(map(chr, range(1, 6)))
    assert rc4("\0" * 8, key).encode("latin-1").hex() == "b2396305f03dc027"


LOOPS = [
    "for (let i = 0; i < d.length; i++) o += String.fromCharCode(d.charCodeAt(i) ^ k.charCodeAt(i % k.length))",
    "let i = 0; while (d[i]) { o += String.fromCharCode(d[i].charCodeAt() ^ k[i % k.length].charCodeAt()); ++i }",
    "o = d.split('').map((c, i) => String.fromCharCode(c.charCodeAt(0) ^ k.charCodeAt(i % k.length))).join('')",
    "o = [...d].reduce((a, c, i) => a + String.fromCodePoint(c.charCodeAt() ^ k.charCodeAt(i % k.length)), '')",
    "[].forEach.call(d, function (c, i) { o += String.fromCharCode(c.charCodeAt(0) ^ k.charCodeAt(i % k.length)) })",
    "var i = 0; do { o += String.fromCharCode(d.charCodeAt(i) ^ k.charCodeAt(i % k.length)) } while (++i < d.length)",
    (
        "const b = Buffer.from(d, 'latin1'); for (let i = 0; i < b.length; i++) b[i] ^= k.charCodeAt(i % k.length);"
        " o = b.toString()"
    ),
    "o = Buffer.from(Array.from(d, (c, i) => c.charCodeAt(0) ^ k.charCodeAt(i % k.length))).toString()",
    "for (const i in d) o += String.fromCharCode(d[i].charCodeAt(0) ^ k.charCodeAt(+i % k.length))",
]


@pytest.mark.parametrize("loop", LOOPS)
def test_loops_of_exclusive_or_are_followed(loop: str) -> None:
    key, plain = "k3y", "require('fs')"
    hidden = "".join(chr(ord(char) ^ ord(key[at % len(key)])) for at, char in enumerate(plain))
    escaped = "".join(f"\\x{ord(char):02x}" for char in hidden)
    assert text_of(f"(function () {{ let o = '', d = '{escaped}', k = '{key}'; {loop}; return o }})()") == plain


WITHOUT_LETTERS = [
    ("(![]+[])[+!+[]]+(![]+[])[!+[]+!+[]]", "al"),
    ("([][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]+(![]+[])[+!+[]]+(!![]+[])[+[]]]+[])[!+[]+!+[]+!+[]]", "c"),
    ("([]+([]+[])['constructor'])['slice'](9, 15)", "String"),
    ("(+[![]]+[])[+[]]", "N"),
    ("([![]]+[][[]])[+!+[]+[+[]]]", "i"),
    ("(+(+!+[]+(!+[]+[])[!+[]+!+[]+!+[]]+[+!+[]]+[+[]]+[+[]]+[+[]])+[])[+[]]", "I"),
    ("[]['flat']['constructor']('return 7')()", "7"),
    ("(+(211))['toString'](31)", "6p"),
    ("$ => 1, (_ => _ + _)('ab')", "abab"),
]


@pytest.mark.parametrize(("expression", "expected"), WITHOUT_LETTERS)
def test_forms_without_letters_are_folded(expression: str, expected: str) -> None:
    assert text_of(expression) == expected


TEXT = st.text(st.characters(max_codepoint=0x2FF, exclude_characters="\\'\n\r\u2028\u2029"), max_size=12)
NUMBER = st.integers(-20, 20)


@settings(max_examples=60, deadline=None)
@given(TEXT, NUMBER, NUMBER)
def test_slices_are_pythons(text: str, start: int, stop: int) -> None:
    assert text_of(f"'{text}'.slice({start}, {stop})") == text[start:stop]


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT.filter(bool))
def test_splitting_and_joining_gives_the_text_back(text: str, separator: str) -> None:
    assert text_of(f"'{text}'.split('{separator}').join('{separator}')") == text
    assert text_of(f"'{text}'.split('{separator}').length") == str(len(text.split(separator)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=24))
def test_bytes_go_through_every_encoding_and_back(data: bytes) -> None:
    for name in ("hex", "base64", "latin1", "base64url"):
        there = f"Buffer.from('{data.hex()}', 'hex').toString('{name}')"
        assert text_of(f"Buffer.from({there}, '{name}').toString('hex')") == data.hex()


@settings(max_examples=80, deadline=None)
@given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1), st.integers(0, 31))
def test_bits_are_those_of_32_bit_integers(left: int, right: int, count: int) -> None:
    def wrapped(number: int) -> str:
        return str((number & 0xFFFFFFFF ^ 0x80000000) - 0x80000000)

    assert text_of(f"({left}) ^ ({right})") == wrapped(left ^ right)
    assert text_of(f"({left}) & ({right})") == wrapped(left & right)
    assert text_of(f"({left}) << {count}") == wrapped(left << count)
    assert text_of(f"({left}) >> {count}") == str(left >> count)
    assert text_of(f"({left}) >>> {count}") == str((left & 0xFFFFFFFF) >> count)
