"""Whatever stands in a file: every parser says what it could read, names what it could not, and takes little time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from assay.scanner.errors import ParseError
from assay.scanner.inputs.formats import format_of
from assay.scanner.inputs.resolve import resolve
from assay.scanner.inputs.text import _JSON_STRING, MAX_BYTES, MAX_DEPTH, check_depth
from tests.command import FIXTURES

if TYPE_CHECKING:
    from assay.scanner.inputs.parsed import Parsed

MILLION = 1_000_000


def parse(path: str, data: bytes) -> Parsed:
    """Parse a file and hold against the contract whatever comes out."""
    form = format_of(path)
    assert form is not None
    parsed = form.parser()(data, path)
    for gap in parsed.gaps:
        assert gap.path == path
        assert gap.reason
        assert gap.detail.splitlines() == [gap.detail]
        assert not any(character < " " for character in gap.detail)
    components = resolve([(path, parsed)], {})
    purls = [component.purl for component in components]
    assert purls == sorted(set(purls))
    for component in components:
        assert component.purl.isascii()
        assert {location.path for location in component.locations} == {path}
    return parsed


@pytest.mark.parametrize(
    ("path", "data"),
    [
        pytest.param("package.json", b"<<<<<<< a\n" * 300_000, id="the first mark of a merge conflict"),
        pytest.param("package.json", b"<<<<<<< a\n=======\n" * 200_000, id="two marks of a merge conflict"),
        pytest.param("package.json", b'{"name": "' + b'\\"' * MILLION + b'"}', id="escaped quotes"),
        pytest.param("package.json", b'"' * 3 * MILLION, id="quotes alone"),
        pytest.param("pyproject.toml", b'"""' + b'a"" ' * MILLION, id="an open TOML string"),
        pytest.param("pyproject.toml", b"a=[" + b"'''" * MILLION, id="many TOML strings"),
        pytest.param("pyproject.toml", b"a = " + b"9" * 100_000, id="a number of many digits"),
        pytest.param("requirements.txt", b"a" + b" " * MILLION + b"b\n", id="spaces"),
        pytest.param("requirements.txt", b"\\\n" * MILLION + b"a==1\n", id="continued lines"),
        pytest.param("requirements.txt", b"a; " + b"(" * MILLION, id="open parentheses"),
        pytest.param(
            "pnpm-lock.yaml", b"lockfileVersion: '9.0'\nx: &x [y]\nz: [" + b"*x," * MILLION + b"]\n", id="aliases"
        ),
        pytest.param("s.py", b"# /// script\n" * 300_000, id="opened script blocks"),
    ],
)
def test_what_repeats_takes_time_in_proportion(path: str, data: bytes) -> None:
    assert len(data) <= MAX_BYTES
    parse(path, data)


def test_a_script_with_thousands_of_dependencies_is_read_in_one_pass() -> None:
    names = [f"name{number}" for number in range(20_000)]
    text = "# /// script\n# dependencies = [\n" + "".join(f'#   "{name}",\n' for name in names) + "# ]\n# ///\n"
    found = parse("s.py", text.encode()).declarations
    assert [(item.name, item.location.line) for item in found] == [
        (name, number) for number, name in enumerate(names, 3)
    ]


# A string may end in four or five quotes, of which one or two are its own: what follows is no string.
@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_quotes_at_the_end_of_a_toml_string_hide_no_nesting(quotes: str) -> None:
    text = f"a = [{quotes}x{quotes}{quotes[0]}, {'[' * 400}{']' * 400}, {quotes[0]}y{quotes[0]}]\n"
    assert [gap.reason for gap in parse("pyproject.toml", text.encode()).gaps] == ["too-deep"]


MARKS = (
    *(b'"', b"'", b"{", b"}", b"[", b"]", b":", b",", b"\n", b"\r", b"\x00", b"\xff", b"\\", b"@", b"/", b"..", b"#"),
    *(b"?", b"%", b"=", b" ", b"\t", b"*", b"&", b"!", b"|", b">", b"\x1b[31m", b"\n::error::x", b"1e999", b"NaN"),
    *(b"null", b"true", b"{}", b"[]", b"__proto__", b"npm:", b"file:", b"link:", b"git+https://u:p@h.example/r#c"),
    *(b"workspace:*", "\u202e".encode(), "\u0661".encode(), b"http://[::1", b"\\ud800", b"\\u0000", b"0" * 5000),
)


def fixtures(most_bytes: int) -> list[tuple[str, bytes]]:
    """Return (path, content) of the files of the fixtures that are read as a format and are not too large."""
    found = []
    for path in sorted(FIXTURES.rglob("*")):
        name = path.relative_to(FIXTURES).as_posix()
        if path.is_file() and format_of(name) and path.suffix != ".py" and path.stat().st_size <= most_bytes:
            found.append((name, path.read_bytes()))
    return found


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return the bytes with up to eight changes: a byte, a mark, a hole, a repeated piece, two lines swapped."""
    body = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        place = chance.randrange(len(body) + 1)
        kind = chance.randrange(5)
        if kind == 0:
            body[place : place + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            body[place:place] = chance.choice(MARKS)
        elif kind == 2:
            del body[place : place + chance.choice((1, 5, 50))]
        elif kind == 3:
            start = chance.randrange(len(body) + 1)
            body[place:place] = body[start : start + chance.choice((3, 10, 80))]
        else:
            lines = bytes(body).split(b"\n")
            first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
            lines[first], lines[second] = lines[second], lines[first]
            body = bytearray(b"\n".join(lines))
    return bytes(body)


def test_mutated_files_end_in_components_and_gaps() -> None:
    chance = random.Random(1)
    for path, data in fixtures(most_bytes=8_192):
        for _ in range(4):
            parse(path, mutated(data, chance))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_mutated_files_end_in_components_and_gaps_at_length(seed: int) -> None:
    chance = random.Random(seed)
    for path, data in fixtures(most_bytes=131_072):
        for _ in range(max(4, 60_000 // (len(data) + 1))):
            parse(path, mutated(data, chance))


CUT_OFF = ("package-lock.json", "npm-shrinkwrap.json", "bun.lock", "Pipfile.lock", "bom.json", "package.json")


@pytest.mark.parametrize("name", CUT_OFF)
def test_cut_off_json_is_never_an_empty_list(name: str) -> None:
    for path, data in fixtures(most_bytes=65_536):
        if path.endswith(f"/{name}"):
            for part in range(1, 50):
                assert parse(path, data[: len(data) * part // 50]).gaps


def test_the_depth_of_json_is_counted_exactly() -> None:
    chance = random.Random(3)
    inside = [b"", b'""', b"[]", b"{}", b'"["', b'"]]"', b'"a","{"', b'"",""', b'"\\"["']
    for levels in [1, 20, 21, 40, 41, *range(195, 206), 300] * 20:
        kinds = [chance.choice([b"[]", b"{}"]) for _ in range(levels)]
        head = b"".join(kind[:1] + (chance.choice(inside) if chance.random() < 0.3 else b"") for kind in kinds)
        body = head + b"".join(kind[1:] for kind in reversed(kinds)) + b"," + b"[]" * 201
        deepest = levels + head.endswith((b"[]", b"{}"))
        refused = False
        try:
            check_depth(body, _JSON_STRING)
        except ParseError:
            refused = True
        assert refused == (deepest > MAX_DEPTH), (levels, head[-10:])
