"""Requirements files: every line as pip reads it, compiled files as lockfiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.inputs.requirements import parse
from assay.scanner.models import Location, Scope, Source
from tests.inputs.told import components, declared, details, graph, reasons

HASH = "a" * 64
OTHER = "b" * 64


@pytest.mark.parametrize(
    ("line", "name", "requirement", "pinned"),
    [
        ("flask", "flask", "", None),
        ("Flask_SQL.Alchemy>=1,<2", "flask-sql-alchemy", ">=1,<2", None),
        ("flask==2.0", "flask", "==2.0", "2.0"),
        ("flask == 2.0 ; python_version < '3.8'  # why", "flask", "== 2.0", "2.0"),
        ("flask[async,dotenv]==2.0", "flask", "==2.0", "2.0"),
        ("flask (==2.0)", "flask", "==2.0", "2.0"),
        ("flask===2.0-odd", "flask", "===2.0-odd", "2.0-odd"),
        ("flask==2.0,>=1", "flask", "==2.0,>=1", "2.0"),
        ("flask==2.0,>=3", "flask", "==2.0,>=3", None),
        ("flask==2.0,==2.0.0", "flask", "==2.0,==2.0.0", "2.0"),
        ("flask==2.0,==2.1", "flask", "==2.0,==2.1", None),
        ("flask==2.*,==2.1", "flask", "==2.*,==2.1", "2.1"),
        ("flask==2.0.*", "flask", "==2.0.*", None),
        ("flask~=2.0", "flask", "~=2.0", None),
        ("flask==${VERSION}", "flask", "==${VERSION}", None),
        ("flask===${VERSION}", "flask", "===${VERSION}", None),
        ("\tflask\t==\t2.0", "flask", "== 2.0", "2.0"),
    ],
)
def test_a_named_line(line: str, name: str, requirement: str, pinned: str | None) -> None:
    parsed = parse(line.encode(), "requirements.txt")
    assert parsed.gaps == ()
    assert declared(parsed) == [(name, requirement, pinned)]
    assert parsed.declarations[0].location == Location("requirements.txt", 1)
    assert parsed.declarations[0].scopes == (Scope.PROD,)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            "a @ https://user:${TOKEN}@example.invalid/a-1.0-py3-none-any.whl",
            ("a", "1.0", Source.URL, "https://example.invalid/a-1.0-py3-none-any.whl"),
        ),
        ("a @ git+https://git.example/a@main", ("a", None, Source.GIT, "git+https://git.example/a@main")),
        ("a @ file:///opt/a", ("a", None, Source.FILE, "file:///opt/a")),
        (
            "https://example.invalid/A_b-1.0.tar.gz",
            ("a-b", "1.0", Source.URL, "https://example.invalid/A_b-1.0.tar.gz"),
        ),
        (
            "git+ssh://git@git.example/a.git@v1#egg=A_b[x]&subdirectory=s ; python_version > '3'",
            ("a-b", None, Source.GIT, "git+ssh://git@git.example/a.git@v1#subdirectory=s"),
        ),
        ("./wheels/a-1.0-py3-none-any.whl", ("a", "1.0", Source.FILE, "svc/wheels/a-1.0-py3-none-any.whl")),
        ("a-1.0.zip", ("a", "1.0", Source.FILE, "svc/a-1.0.zip")),
        ("./a-${VERSION}-py3-none-any.whl", ("a", None, Source.FILE, "svc/a-${VERSION}-py3-none-any.whl")),
        ("git+https://git.example/o/A_b.git@x/y", ("a-b", None, Source.GIT, "git+https://git.example/o/A_b.git@x/y")),
        ("-e git+https://git.example/a#egg=a", ("a", None, Source.GIT, "git+https://git.example/a")),
        ("--editable=file:///opt/a#egg=a", ("a", None, Source.LINK, "file:///opt/a")),
        ("-ea@file:///opt/a", ("a", None, Source.LINK, "file:///opt/a")),
    ],
)
def test_a_line_with_an_address(line: str, wanted: tuple[str, str | None, Source, str]) -> None:
    parsed = parse(line.encode(), "svc/requirements.txt")
    assert parsed.gaps == ()
    assert [(item.name, item.pinned, item.source, item.where) for item in parsed.declarations] == [wanted]


@pytest.mark.parametrize(
    "line", [".", "-e .", "-e .[dev,test]", "./lib", "../lib", "-e lib", "lib/", "", "# only a comment"]
)
def test_a_folder_of_the_target_needs_no_declaration(line: str) -> None:
    parsed = parse(line.encode(), "svc/requirements.txt")
    assert (parsed.declarations, parsed.gaps) == ((), ())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("flask=1", "syntax"),
        ("flask>=1.*", "syntax"),
        ("flask 1.0", "syntax"),
        ("flask; python_version <", "syntax"),
        ("flask; python_version < '\\d'", "syntax"),
        ("flask==1\x07", "syntax"),
        ("-xflask", "syntax"),
        ("--frobnicate", "syntax"),
        ("--re x.txt", "syntax"),
        ("--pre=1", "syntax"),
        ("-r", "syntax"),
        ("-r ''", "syntax"),
        ("--hash='", "syntax"),
        ("flask==1 --hash=sha256:xyz", "bad-hash"),
        ("flask==1 --pre later==2", "syntax"),
        ("${NAME}==1", "variable"),
        ("-r ${HOME}/r.txt", "variable"),
        ("-r https://example.invalid/r.txt", "outside-target"),
        ("git+https://git.example/", "unnamed"),
        ("https://example.invalid/v1.zip", "unnamed"),
        ("../../up", "unnamed"),
        ("/opt/a", "unnamed"),
        ("./odd name", "syntax"),
        ("./a.whl", "unnamed"),
        ("flask; " + "(" * 201 + "python_version<'3'" + ")" * 201, "too-deep"),
        ("flask==" + "1" * 300, "syntax"),
        ("flask>=1" + ",>=1" * 20_000, "too-long"),
        ("flask " + " " * 1_000_000 + "x", "too-long"),
        ("--hash " + "x" * 1_100_000, "too-long"),
    ],
)
def test_a_line_that_pip_refuses_is_a_gap_and_the_rest_is_read(line: str, reason: str) -> None:
    parsed = parse(f"first==1\n{line}\nlast==2\n".encode(), "svc/requirements.txt")
    assert reasons(parsed) == [reason]
    assert details(parsed)[0].startswith("line 2: ")
    names = [name for name, _, _ in declared(parsed)]
    assert names[0] == "first"
    assert names[-1] == "last"


@pytest.mark.parametrize(
    ("line", "path", "constraint"),
    [
        ("-r base.txt", "base.txt", False),
        ("-rbase.txt", "base.txt", False),
        ("--requirement base.txt", "base.txt", False),
        ("--requirement='my base.txt'", "my base.txt", False),
        ("--requirem=base.txt", "base.txt", False),
        ("-c ../c.txt # why", "../c.txt", True),
        ("--constraint=../c.txt", "../c.txt", True),
    ],
)
def test_includes(line: str, path: str, constraint: bool) -> None:
    parsed = parse(line.encode(), "requirements.txt")
    assert [(item.path, item.constraint) for item in parsed.includes] == [(path, constraint)]
    assert parsed.gaps == ()


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://user:secret@registry.example/simple",
        "-i https://registry.example/simple --extra-index-url https://registry.example/other",
        "--find-links ./wheels",
        "--no-binary :all: --only-binary=a,b --prefer-binary --pre --require-hashes --no-index",
        "--trusted-host registry.example --use-feature fast-deps",
    ],
)
def test_global_options_declare_nothing(line: str) -> None:
    parsed = parse(line.encode(), "requirements.txt")
    assert (parsed.declarations, parsed.includes, parsed.gaps) == ((), (), ())


def test_hashes_and_continued_lines() -> None:
    text = f"a==1 \\\n    --hash=sha256:{HASH} \\\n    --hash sha256:{OTHER.upper()}\nb==\\\n2 \\\n"
    parsed = parse(text.encode(), "requirements.txt")
    assert parsed.gaps == ()
    assert declared(parsed) == [("a", "==1", "1"), ("b", "==2", "2")]
    assert parsed.declarations[0].hashes == (f"sha256:{HASH}", f"sha256:{OTHER}")
    assert [item.location.line for item in parsed.declarations] == [1, 4]


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\r", "\f", "\x1c", "\u2028", "\u0085"])
def test_a_line_ends_wherever_pip_lets_it_end(separator: str) -> None:
    parsed = parse(f"a==1  # harmless{separator}b==2".encode(), "requirements.txt")
    assert [name for name, _, _ in declared(parsed)] == ["a", "b"]


def test_a_hash_sign_inside_a_url_is_no_comment() -> None:
    parsed = parse(b"git+https://git.example/a#egg=a #comment", "requirements.txt")
    assert [name for name, _, _ in declared(parsed)] == ["a"]


PIP_COMPILED = f"""\
#
# This file is autogenerated by pip-compile with Python 3.11
#
certifi==2024.1 \\
    --hash=sha256:{HASH}
    # via requests
click==8.1
    # via my-app (pyproject.toml)
idna==3.6
    # via
    #   -r requirements.in
    #   requests
requests[socks]==2.31
    # via -r requirements/base.in
six @ https://example.invalid/six-1.0-py3-none-any.whl
    # via
    #   -c constraints.txt
    #   requests
urllib3==2.0
    # via local-thing
"""


def test_a_compiled_file_is_a_lockfile() -> None:
    parsed = parse(PIP_COMPILED.encode(), "requirements.txt")
    assert parsed.gaps == ()
    assert (parsed.kind, parsed.directness, parsed.declarations) == ("lockfile", True, ())
    six = "six@1.0?download_url=https://example.invalid/six-1.0-py3-none-any.whl"
    assert graph(parsed) == {
        "certifi@2024.1": [],
        "click@8.1": [],
        "idna@3.6": [],
        "requests@2.31": ["certifi@2024.1", "idna@3.6", six],
        six: [],
        "urllib3@2.0": [],
    }
    found = components(parsed)
    assert {purl for purl, component in found.items() if component.direct} == {
        "click@8.1",
        "idna@3.6",
        "requests@2.31",
        "urllib3@2.0",
    }
    assert found["certifi@2024.1"].hashes == (f"sha256:{HASH}",)
    assert found["certifi@2024.1"].locations == (Location("requirements.txt", 4),)
    assert {item.importer for item in parsed.bindings} == {"", "requirements"}


def test_annotations_at_the_end_of_the_line() -> None:
    text = "click==8.1   # via -r in.txt, flask\nflask==2.0  # via -r in.txt\nitsdangerous==1.0 # via flask\nold==1\n"
    parsed = parse(text.encode(), "requirements.txt")
    assert graph(parsed)["flask@2.0"] == ["click@8.1", "itsdangerous@1.0"]
    assert {purl for purl, component in components(parsed).items() if component.direct} == {
        "click@8.1",
        "flask@2.0",
        "old@1",
    }


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a==1\nb==2\n", "requirements.txt"),
        ("a==1  # via b\nb>=2\n", "requirements.txt"),
        ("a==1  # via b\n-r other.txt\n", "requirements.txt"),
        ("a==1  # via b\nb==2\n", "constraints.txt"),
    ],
)
def test_any_other_file_is_a_manifest(text: str, path: str) -> None:
    assert parse(text.encode(), path).kind == "manifest"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("a==1 # \xe9".encode("latin-1"), "not-utf8"),
        ("a==1".encode("utf-16"), "not-utf8"),
        (b"# coding: utf-7\na==1", "encoding"),
        (b"# coding: ascii\na==1 # \xe9", "encoding"),
        (b"<<<<<<< a\na==1\n=======\na==2\n>>>>>>> b\n", "merge-conflict"),
        (b"a==1\n" * 7_000_000, "too-large"),
    ],
)
def test_what_cannot_be_read_is_one_gap(data: bytes, reason: str) -> None:
    parsed = parse(data, "requirements.txt")
    assert (parsed.declarations, reasons(parsed)) == ((), [reason])


@pytest.mark.parametrize(
    ("data", "gaps"),
    [
        (b"# -*- coding: latin-1 -*-\na==1 # \xe9", []),
        ("\ufeffa==1".encode(), ["byte-order-mark"]),
    ],
)
def test_other_encodings_that_pip_reads(data: bytes, gaps: list[str]) -> None:
    parsed = parse(data, "requirements.txt")
    assert declared(parsed) == [("a", "==1", "1")]
    assert reasons(parsed) == gaps


@pytest.mark.parametrize("filler", [" ", "#", "-", "\\", "a", "[", "(", "'", ";", "@", ".", "/", " #", " -", "\\\n"])
def test_a_huge_line_takes_linear_time(filler: str) -> None:
    parse(b"a==1 " + filler.encode() * 2_000_000, "requirements.txt")


@given(st.text(alphabet="ab=<>[]();,#-\\ \n\t'\"./:@${}X1e", max_size=80))
def test_nothing_makes_it_raise(text: str) -> None:
    parsed = parse(text.encode(), "requirements.txt")
    assert parse(text.encode(), "requirements.txt") == parsed
