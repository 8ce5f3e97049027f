"""Packs from tables that a person keeps: every kind from file to answer, and one line for the first row that is bad."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus.build import BuiltPack, build_pack
from assay.corpus.pack import MemoryBytes
from assay.corpus.verify import verify_head
from assay.corpus.view import PackView
from assay.scanner.errors import CorpusError
from assay.scanner.knowledge import Denial, IndicatorKind, LicenceList, RegistryHost
from tests.corpus.packs import FREE, ROOT, key

if TYPE_CHECKING:
    from pathlib import Path

SHA = "ab" * 32
FILES = {
    "ioc": f"""kind,value,versions,reason,reference,expires
package,npm:chalk,>=5.6.1 <5.6.3,"worm, first wave",https://example.invalid/r,2026-06-30
package,pkg:pypi/Left_Pad@1.0,,,,
file,sha256:{SHA.upper()},,dropper,,

domain,Evil[.]example,,,,
url,hxxps://evil[.]example/x,,,,
email,thief@Evil.example,,,,
string, the worm ,,,,
string, the worm ,,,,
""",
    "deny": 'ecosystem,name,versions,reason,expires\nnpm,left-pad,*,we pad,\npypi,A_b,">=1,<2",,2026-12-31\n',
    "allow": "ecosystem,name,versions,reason,expires\nnpm,core-js,^3.0.0,reviewed,\n",
    "internal-names": (
        "# ours\nnpm:our-tool\n\n  npm:@corp/*  # a scope\nnpm:acme-*\npypi:Our_Tool\npypi:acme_*\nnpm:our-tool\n"
    ),
    "registry-hosts": "ecosystem,host,scope\nnpm,registry.example,\nnpm,npm.corp.example,@corp\npypi,127.0.0.1,\n",
    "licences": "list,licence\nallow,MIT\nallow,Apache-2.0\ndeny,AGPL-3.0-only\n",
}
VERSIONS = "ecosystem,name,version\nnpm,hit,v5.6.1\nnpm,hit,strange\n"

SPEC: dict[str, Any] = {
    "type": "assay.build", "spec": 1, "channel": "org", "epoch": 1, "seq": 1, "title": "ours", "builder": "tests",
    "min_root_version": 1, "min_tool": "0.1.0", "fresh_days": 90, "supersedes": "",
    "sources": [{"id": "corp", "url": "", "date": "2026-02-28", "licence": "MIT", "attribution": "nobody"}],
    "inputs": [{"kind": kind, "path": f"{kind}.csv", "source": "corp"} for kind in FILES],
}  # fmt: skip


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for kind, content in FILES.items():
        (tmp_path / f"{kind}.csv").write_text(content, encoding="utf-8")
    (tmp_path / "versions.csv").write_text(VERSIONS)
    return tmp_path


def build(sources: Path, *inputs: dict[str, str]) -> BuiltPack:
    spec = {**SPEC, "inputs": inputs} if inputs else SPEC
    (sources / "spec.json").write_text(json.dumps(spec))
    return build_pack(str(sources / "spec.json"), str(sources), [key("org-a")], ROOT)


def view_of(built: BuiltPack) -> PackView:
    return PackView([verify_head(MemoryBytes(built.data), ROOT, FREE)])


def test_every_table_from_file_to_answer(sources: Path) -> None:
    built = build(sources)
    view = view_of(built)
    (worm,) = view.indicators("npm", "chalk", "5.6.2")
    assert (worm.versions, worm.reason, worm.source, worm.channel) == (
        ">=5.6.1 <5.6.3", "worm, first wave", "corp", "org",
    )  # fmt: skip
    assert (worm.reference, worm.expires) == ("https://example.invalid/r", "2026-06-30")
    assert view.indicators("npm", "chalk", "5.6.3") == ()
    assert [each.versions for each in view.indicators("pypi", "left-pad", "1.0.0")] == ["1.0"]
    assert view.listed_files() == {SHA}
    assert [(each.kind, each.value) for each in view.observables()] == [
        (IndicatorKind.DOMAIN, "evil.example"),
        (IndicatorKind.EMAIL, "thief@evil.example"),
        (IndicatorKind.STRING, " the worm "),
        (IndicatorKind.URL, "https://evil.example/x"),
    ]
    assert view.denied("npm", "left-pad", None) == (Denial("npm:left-pad", "*", "we pad", "org"),)
    assert view.denied("pypi", "a-b", "1.5") == (Denial("pypi:a-b", ">=1,<2", "", "org", "2026-12-31"),)
    assert view.allowed("npm", "core-js", "3.9.0") == (Denial("npm:core-js", "^3.0.0", "reviewed", "org"),)
    assert view.allowed("npm", "core-js", "4.0.0") == ()
    assert view.registry_hosts("npm") == (
        RegistryHost("npm", "npm.corp.example", "@corp", "org"),
        RegistryHost("npm", "registry.example", "", "org"),
    )
    assert view.licences() == (LicenceList(("Apache-2.0", "MIT"), ("AGPL-3.0-only",), "org"),)
    own = [("npm", "our-tool"), ("npm", "@corp/x"), ("npm", "acme-x"), ("pypi", "our-tool"), ("pypi", "acme-x")]
    assert all(view.internal(ecosystem, name) for ecosystem, name in own)  # type: ignore[arg-type]
    assert not view.internal("npm", "our-tools")


def test_the_manifest_counts_what_is_there(sources: Path) -> None:
    built = build(sources)
    assert dict(built.manifest.stats) == {
        "indicators": 7, "deny": 2, "allow": 1, "internal-names": 5, "registry-hosts": 3, "licences": 3,
    }  # fmt: skip
    (source,) = built.manifest.sources
    assert (source.records_in, source.records_used) == (8 + 2 + 1 + 6 + 3 + 3, 21)
    (info,) = view_of(built).packs()
    assert info.records == 21
    assert not view_of(built).has_advisories


def test_the_order_of_rows_and_inputs_does_not_count(sources: Path) -> None:
    inputs = [{"kind": kind, "path": f"{kind}.csv", "source": "corp"} for kind in sorted(FILES)]
    sections = build(sources, *inputs).manifest.sections
    header, *rows = FILES["deny"].splitlines()
    (sources / "deny.csv").write_text("\n".join([header, *reversed(rows)]))
    assert build(sources, *reversed(inputs)).manifest.sections == sections


def test_a_byte_order_mark_and_windows_lines(sources: Path) -> None:
    plain = build(sources).manifest.sections
    for kind, content in FILES.items():
        (sources / f"{kind}.csv").write_bytes(content.replace("\n", "\r\n").encode("utf-8-sig"))
    assert build(sources).manifest.sections == plain


def test_both_forms_of_indicators_and_several_files_of_one_source(sources: Path) -> None:
    (sources / "more.csv").write_text("ecosystem,name,version\nnpm,hit,5.6.2\nnpm,other,1.0.0\n")
    (sources / "seen.csv").write_text(FILES["ioc"].partition("\n")[0] + "\npackage,npm:hit,^6.0.0,,,\n")
    paths = ("versions.csv", "seen.csv", "more.csv", "ioc.csv")
    built = build(sources, *({"kind": "ioc", "path": path, "source": "corp"} for path in paths))
    assert [section.name for section in built.manifest.sections] == ["ioc-corp", "indicators-corp"]
    assert built.manifest.stats["indicators"] == 4 + 8
    view = view_of(built)
    for version in ("5.6.1", "strange", "5.6.2", "6.9.0"):
        assert len(view.indicators("npm", "hit", version)) == 1 + (version == "strange"), version
    assert view.indicators("npm", "hit", "5.6.3") == ()


def test_a_table_may_be_empty(sources: Path) -> None:
    (sources / "deny.csv").write_text("ecosystem,name,versions,reason,expires\n")
    (sources / "internal-names.csv").write_text("# nothing yet\n")
    inputs = [{"kind": kind, "path": f"{kind}.csv", "source": "corp"} for kind in ("deny", "internal-names")]
    built = build(sources, *inputs)
    assert built.manifest.sections == ()
    assert view_of(built).denied("npm", "left-pad", None) == ()


IOC = "kind,value,versions,reason,reference,expires\n"
LIST = "ecosystem,name,versions,reason,expires\n"
HOSTS = "ecosystem,host,scope\n"


@pytest.mark.parametrize(
    ("kind", "content", "detail"),
    [
        ("ioc", "", ":1: does not start with ecosystem,name,version or kind,value,versions"),
        ("ioc", "kind,value\n", ":1: does not start with"),
        ("ioc", "ecosystem,name,version\nnpm,a,1.0.0\ncargo,a,1.0.0\n", ":3: not an indicator: cargo,a,1.0.0"),
        ("ioc", "ecosystem,name,version\nnpm,a\n", ":2: 2 cells, not 3"),
        ("ioc", IOC + "domain,evil.example,,,,\nip,127.0.0.1,,,,\n", ":3: indicator kind ip: choose one of"),
        ("ioc", IOC + "domain,evil.example\n", ":2: 2 cells, not 6"),
        ("ioc", IOC + "\n\nfile,123,,,,\n", ":4: file 123: not a SHA-256"),
        ("ioc", IOC + "package,npm:a,nonsense,,,\n", ":2: versions nonsense: neither"),
        ("ioc", IOC + "domain,evil.example,,,,31.12.2026\n", ":2: expires 31.12.2026: not a day"),
        ("ioc", IOC + 'domain,evil.example,,"two\nlines",,\n', ":3: holds control"),
        ("ioc", IOC + 'domain,"evil.example,,,,\n', "not CSV"),
        ("ioc", IOC + "string,\x1b[2J now,,,,\n", ":2: holds control"),
        ("ioc", IOC.encode() + b"string,abcd,,,,\nstring,\xff\xfe,,,,\n", ":3: not UTF-8"),
        ("deny", "ecosystem,name,version,reason\nnpm,a,*,why\n", ":1: does not start with ecosystem,name,versions"),
        ("deny", LIST + "npm,a,,why,\n", ":2: versions: missing; * stands for all"),
        ("deny", LIST + "npm,a,*,why,\ngo,a,*,why,\n", ":3: ecosystem go: neither npm nor pypi"),
        ("deny", LIST + "pypi,a,>=1,<2,why,\n", ":2: 6 cells, not 5"),
        ("allow", LIST + "npm,a,latest,why,\n", ":2: versions latest: neither"),
        ("internal-names", "npm:a\nour-tool\n", ":2: internal name our-tool: not npm:NAME"),
        ("internal-names", "npm:*\n", ":1: internal name *: a prefix of fewer"),
        ("internal-names", "npm:@corp\n", ":1: npm package @corp: not a package name"),
        ("internal-names", "npm:\x00x\n", ":1: "),
        (
            "registry-hosts",
            HOSTS + "npm,https://registry.example/,\n",
            ":2: host https://registry.example/: a host alone",
        ),
        ("registry-hosts", HOSTS + "pypi,registry.example,@corp\n", ":2: scope @corp: only npm has scopes"),
        ("licences", "licence\nMIT\n", ":1: does not start with list,licence"),
        ("licences", "list,licence\nmaybe,MIT\n", ":2: list maybe: neither allow nor deny"),
        ("licences", "list,licence\nallow,MIT OR ISC\n", ":2: licence MIT OR ISC: not one SPDX id"),
        ("licences", "list,licence\nallow,MIT\ndeny,ISC\ndeny,mit\n", ":4: a licence is both allowed and denied"),
    ],
)
def test_the_first_row_that_is_bad(sources: Path, kind: str, content: str | bytes, detail: str) -> None:
    (sources / f"{kind}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CorpusError) as caught:
        build(sources, {"kind": kind, "path": f"{kind}.csv", "source": "corp"})
    assert caught.value.code == "E_SOURCE"
    assert caught.value.detail.startswith(f"{kind}.csv")
    assert detail in caught.value.detail
    assert caught.value.detail.isprintable()


@pytest.mark.parametrize("kind", FILES)
def test_what_the_specification_must_say(sources: Path, kind: str) -> None:
    for wrong, detail in (
        ({"kind": kind, "path": f"{kind}.csv"}, "missing or unknown key: source"),
        ({"kind": kind, "path": f"{kind}.csv", "source": "other"}, "not among the sources"),
        ({"kind": kind, "path": "missing.csv", "source": "corp"}, f"missing.csv: cannot be read as {kind}"),
        ({"kind": kind, "path": f"{kind}.csv", "source": "corp", "ecosystem": "npm"}, "unknown key: ecosystem"),
    ):
        with pytest.raises(CorpusError) as caught:
            build(sources, wrong)
        assert caught.value.code == "E_SOURCE"
        assert detail in caught.value.detail
