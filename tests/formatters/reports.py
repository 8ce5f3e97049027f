"""Reports made by hand for the formatters' tests; the engine is not involved."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from assay.scanner.canonical import fingerprint_report
from assay.scanner.knowledge import Freshness, PackInfo
from assay.scanner.models import (
    Component,
    Confidence,
    Coverage,
    Finding,
    Gap,
    Location,
    Report,
    Scope,
    Severity,
    Source,
    Tool,
)
from assay.scanner.rulings import (
    Adjustment,
    EntryName,
    Note,
    RulesUse,
    SuppressedFinding,
    Verdict,
    WaivedFinding,
    Waiver,
)

SHA512 = "sha512:" + "5a" * 64


def digest(letter: str) -> str:
    return "sha256:" + letter * 64


def component(purl: str, **fields: Any) -> Component:
    ecosystem, _, rest = purl.removeprefix("pkg:").partition("/")
    name, _, version = rest.partition("?")[0].replace("%40", "@").rpartition("@")
    if not name:
        name, version = version, ""
    values: dict[str, Any] = {"ecosystem": ecosystem, "name": name, "version": version or None}
    return Component(purl=purl, **(values | fields))


def fingerprint_of(*parts: str) -> str:
    return "sha256:" + sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def finding(rule: str, severity: Severity, purl: str, message: str, **fields: Any) -> Finding:
    values: dict[str, Any] = {"confidence": Confidence.EXACT, "fingerprint": fingerprint_of(rule, purl, message)}
    return Finding(rule=rule, severity=severity, purl=purl, message=message, **(values | fields))


PACK = PackInfo("osv", 1, 12, digest("c"), "2026-01-02T03:04:05Z", 39257)


def report(**fields: Any) -> Report:
    components: tuple[Component, ...] = fields.get("components", ())
    gaps: tuple[Gap, ...] = fields.pop("gaps", ())
    coverage = Coverage(
        files=fields.pop("files", 1),
        bytes=4096,
        components=len(components),
        packages=0,
        not_analysed=fields.pop("not_analysed", ()),
        unresolved=fields.pop("unresolved", ()),
        excluded=fields.pop("excluded", ()),
        gaps=gaps,
    )
    values: dict[str, Any] = {
        "tool": Tool("0.1.0", digest("a")),
        "corpus": (PACK,),
        "target_kind": "lockfile",
        "target_name": "shop",
        "target_digest": digest("d"),
        "policy": digest("e"),
        "coverage": coverage,
        "components": (),
        "verdicts": (),
        "findings": (),
        "waived": (),
    }
    return fingerprint_report(Report(**(values | fields)))


LODASH = component(
    "pkg:npm/lodash@4.17.4",
    direct=True,
    scopes=(Scope.PROD,),
    hashes=(SHA512,),
    resolved="https://registry.example/lodash/-/lodash-4.17.4.tgz",
    licences=("MIT",),
    locations=(Location("package-lock.json", 88), Location("web/yarn.lock", 10)),
)
FLATMAP = component(
    "pkg:npm/flatmap-stream@0.1.1",
    scopes=(Scope.DEV,),
    locations=(Location("package-lock.json", 120, 5),),
)
EVENTS = component(
    "pkg:npm/event-stream@3.3.6",
    direct=True,
    scopes=(Scope.DEV, Scope.OPTIONAL),
    requires=("pkg:npm/flatmap-stream@0.1.1",),
    licences=("(MIT OR Apache-2.0)",),
    locations=(Location("package-lock.json", 100),),
)
JSONSTREAM = component(
    "pkg:npm/JSONStream@1.3.5",
    direct=True,
    scopes=(Scope.PROD,),
    hashes=("blake2b-224:" + "0a" * 28, "sha1:" + "3b" * 20),
    licences=("Custom, see LICENSE", "MIT"),
    aliases=("json-stream",),
    locations=(Location("package-lock.json", 70),),
)
SCOPED = component(
    "pkg:npm/%40types/node@20.1.0",
    name="@types/node",
    scopes=(Scope.DEV,),
    requires=("pkg:npm/lodash@4.17.4",),
    locations=(Location("package-lock.json", 140),),
)
FLASK = component(
    "pkg:pypi/flask",
    direct=True,
    scopes=(Scope.PROD,),
    requirement=">=2,<4",
    locations=(Location("requirements.txt", 1),),
)
FORK = component(
    "pkg:npm/fork@1.0.0?vcs_url=git%2Bhttps://host.example/fork.git%23abc",
    source=Source.GIT,
    direct=True,
    resolved="git+https://host.example/fork.git#abc",
    locations=(Location("package-lock.json", 150),),
)

MALWARE = finding(
    "MAL-001",
    Severity.CRITICAL,
    FLATMAP.purl,
    "flatmap-stream 0.1.1 is recorded as malware (MAL-2025-20690); single versions are malicious",
    location=Location("package-lock.json", 120, 5),
    evidence=("MAL-2025-20690", "Malicious code in flatmap-stream (npm)"),
    via=(EVENTS.purl, FLATMAP.purl),
    remediation="install a version that the record does not name; treat machines that installed it as compromised",
    references=("https://advisories.example/MAL-2025-20690",),
)
PROTOTYPE = finding(
    "ADV-001",
    Severity.CRITICAL,
    LODASH.purl,
    "lodash 4.17.4 has a known vulnerability (GHSA-jf85-cpcp-j695, also CVE-2019-10744)",
    location=Location("package-lock.json", 88),
    evidence=("GHSA-jf85-cpcp-j695", "Prototype Pollution in lodash"),
    via=(LODASH.purl,),
    remediation="upgrade to 4.17.12 or later",
    references=("https://advisories.example/GHSA-jf85-cpcp-j695",),
)
REGEX = finding(
    "ADV-001",
    Severity.MEDIUM,
    LODASH.purl,
    "lodash 4.17.4 has a known vulnerability (GHSA-29mw-wpgm-hmr9)",
    confidence=Confidence.MEDIUM,
    location=Location("package-lock.json", 88),
    evidence=("GHSA-29mw-wpgm-hmr9",),
    via=(LODASH.purl,),
    remediation="upgrade to 4.17.21 or later",
)
WAIVED = WaivedFinding(
    finding("TYPO-001", Severity.LOW, FLASK.purl, "flask is one letter from flusk", evidence=("flusk",)),
    Waiver("allow", "reviewed by the platform team"),
)

CLEAN = report(components=(LODASH,), target_name="shop")
NOTHING = report(target_kind="directory", target_name=".", files=0, corpus=())
BUSY = report(
    components=tuple(sorted((LODASH, FLATMAP, EVENTS, JSONSTREAM, SCOPED, FLASK, FORK), key=lambda item: item.purl)),
    findings=(MALWARE, PROTOTYPE, REGEX),
    waived=(WAIVED,),
    verdicts=(Verdict(FLATMAP.purl, 0.9, "BLOCKED"), Verdict(LODASH.purl, 0.9, "BLOCKED")),
    gaps=(
        Gap("", "budget", "the walk ended at 100,000 files"),
        Gap("web/yarn.lock", "syntax", "not valid YAML near line 3"),
    ),
    unresolved=(FLASK.purl,),
    not_analysed=(("javascript", 1200), ("python", 3)),
    excluded=("vendor",),
    files=3,
)
EVIL = "\x1b[31mred\x1b[0m\r\n::error::\u202egnp.exe\u200b[link](http://host.example) [bold]x[/bold] \x9b2J 日本語"
HOSTILE = report(
    components=(component("pkg:npm/evil@1.0.0", name=EVIL, locations=(Location(f"a/{EVIL}/package.json", 1),)),),
    findings=(
        finding(
            "MAL-001",
            Severity.HIGH,
            "pkg:npm/evil@1.0.0",
            EVIL,
            location=Location(f"a/{EVIL}/package.json", 1),
            evidence=(EVIL,),
            remediation=EVIL,
            references=(EVIL,),
            via=("pkg:npm/evil@1.0.0",),
        ),
    ),
    gaps=(Gap(EVIL, EVIL, EVIL),),
    target_name=EVIL,
    excluded=(EVIL,),
    corpus=(PACK._replace(pinned=EVIL),),
)
DATED = report(
    components=(LODASH, FLASK),
    waived=(WaivedFinding(REGEX, Waiver("acme: allow", "behind a proxy", "2027-01-31")),),
    corpus=(
        PACK._replace(channel="default", pinned="1.13 calls our own package malware"),
        PACK._replace(channel="acme", seq=2, digest=digest("b")),
        PACK._replace(channel="local", seq=7, digest=digest("f"), records=1, pinned=""),
    ),
    freshness=Freshness("2026-01-20", 30),
)
RULED = report(
    components=(LODASH, FLASK),
    findings=(
        REGEX._replace(adjusted=Adjustment(Severity.HIGH, EntryName("rules[1]", "calm", "behind a proxy"))),
        PROTOTYPE._replace(severity=Severity.LOW, note=Note("see the wiki", EntryName("rules[4]"))),
    ),
    suppressed=(SuppressedFinding(WAIVED.finding, EntryName("rules[0]", reason="reviewed")),),
    user_rules=RulesUse(5, (EntryName("rules[2]"),), (EntryName("rules[3]", "blanket", "noise"),)),
    verdicts=(Verdict(LODASH.purl, 0.5, "WARNED"),),
)
REPORTS = {"clean": CLEAN, "nothing": NOTHING, "busy": BUSY, "hostile": HOSTILE, "dated": DATED, "ruled": RULED}
