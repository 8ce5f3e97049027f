"""A vendor, an air-gapped machine, an organisation and an attacker, by the commands that they would type.

The vendor signs with 2 of 3 keys and exchanges one of them. The attacker owns the medium, the exchanged key, one of the
new keys, every old pack, and the organisation's signing key.
"""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.command import assay
from tests.corpus.ceremony import Desk

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

OSV_SOURCE = {
    "id": "osv",
    "url": "https://osv.example/",
    "date": "2026-09-01",
    "licence": "Apache-2.0",
    "attribution": "nobody",
}


def record(id_: str, package: str) -> dict[str, Any]:
    """Return an OSV record that calls every version of an npm package malware."""
    everything = [{"type": "SEMVER", "events": [{"introduced": "0"}]}]
    return {
        "id": id_,
        "modified": "2026-09-01T00:00:00Z",
        "summary": "it steals",
        "affected": [{"package": {"ecosystem": "npm", "name": package}, "ranges": everything}],
    }


class Place:
    """A machine: a folder of its own, a store, and whom it believes from the start."""

    def __init__(self, folder: Path, trust_root: Path | None = None) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self._env = {"ASSAY_STORE": str(folder / "store")}
        if trust_root is not None:
            self._env["ASSAY_TRUST_ROOT"] = str(trust_root)

    def try_to(self, *arguments: str | Path) -> CompletedProcess[str]:
        return assay(*arguments, cwd=self.folder, env=self._env)

    def does(self, *arguments: str | Path, code: int = 0) -> str:
        """Run a command that ends as expected, and return what it printed."""
        result = self.try_to(*arguments)
        assert result.returncode == code, (arguments, result.stdout, result.stderr)
        return result.stdout

    def is_refused(self, code: str, *arguments: str | Path) -> None:
        """Run an import that ends in exit 5 with a code on one line, and leaves the store to the byte as it was."""
        before = self.contents()
        result = self.try_to("corpus", "import", *arguments)
        assert (result.returncode, result.stdout) == (5, ""), result
        assert result.stderr.startswith(f"assay: {code}: "), result.stderr
        assert result.stderr.count("\n") == 1
        assert self.contents() == before

    def contents(self) -> dict[str, bytes]:
        store = self.folder / "store"
        return {
            str(path.relative_to(store)): path.read_bytes()
            for path in sorted(store.rglob("*"))
            if path.is_file() and path.name != "lock"
        }


class Publisher(Place):
    """Whoever makes packs: keys, a trust root, and a folder of sources. His commands run within this process."""

    def try_to(self, *arguments: str | Path) -> CompletedProcess[str]:
        group, *rest = arguments
        assert group == "corpus"
        return Desk(self.folder).run(*rest)

    def key(self, name: str) -> Path:
        path = self.folder / f"{name}.pem"
        if not path.exists():
            self.does("corpus", "keygen", "-o", path)
        return path

    def root(self, version: int, root_keys: str, channel: str, keys: str, threshold: int, *kinds: str) -> Path:
        """Make a trust root that names keys by single letters, signed by the first two root keys."""
        described = {
            "type": "assay.root-spec",
            "spec": 1,
            "version": version,
            "root": {"keys": [str(self.key(name)) for name in root_keys], "threshold": min(2, len(root_keys))},
            "channels": {
                channel: {
                    "keys": [str(self.key(name)) for name in keys],
                    "threshold": threshold,
                    "capabilities": list(kinds),
                }
            },
        }
        spec, made = self.folder / f"root-{version}.spec.json", self.folder / f"root-{version}.json"
        spec.write_text(json.dumps(described), encoding="utf-8")
        signers = [part for name in root_keys[:2] for part in ("--key", self.key(name))]
        before = ("--previous", self.folder / f"root-{version - 1}.json") if version > 1 else ()
        self.does("corpus", "trust", "make", spec, "-o", made, *before, *signers)
        return made

    def pack(self, name: str, channel: str, seq: int, signers: str, inputs: dict[str, Any], *carried: Path) -> Path:
        """Build a pack and let one key holder after the other sign it."""
        sources = self.folder / f"{name}-sources"
        sources.mkdir()
        listed = []
        for kind, content in inputs.items():
            if kind == "osv":
                with zipfile.ZipFile(sources / "all.zip", "w") as archive:
                    for each in content:
                        archive.writestr(f"{each['id']}.json", json.dumps(each))
                listed.append({"kind": "osv", "path": "all.zip", "sources": {"": "osv"}})
            else:
                (sources / f"{kind}.csv").write_text(content, encoding="utf-8")
                listed.append({"kind": kind, "path": f"{kind}.csv", "source": "osv"})
        spec = {
            "type": "assay.build",
            "spec": 1,
            "channel": channel,
            "epoch": 1,
            "seq": seq,
            "title": name,
            "builder": "tests",
            "min_root_version": 1,
            "min_tool": "0.1.0",
            "fresh_days": 90,
            "supersedes": "",
            "sources": [OSV_SOURCE],
            "inputs": listed,
        }
        (sources / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
        made = self.folder / f"{name}.pack"
        self.does("corpus", "build", "--spec", sources / "spec.json", "--sources", sources, "-o", made)
        carry = [part for root in carried for part in ("--carry", root)]
        own = [part for root in sorted(self.folder.glob("root-[0-9].json"))[:1] for part in ("--trust-root", root)]
        self.does("corpus", "sign", made, "--key", self.key(signers[0]), *carry, *own)
        for signer in signers[1:]:
            self.does("corpus", "sign", made, "--key", self.key(signer), "--append", "--yes", *own)
        return made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project that depends on a thief, and on a good package that the organisation will warn of."""
    folder = tmp_path / "project"
    folder.mkdir()
    packages = {
        "": {"name": "shop", "version": "1.0.0", "dependencies": {"thief": "1.0.0", "helper": "2.1.0"}},
        "node_modules/thief": {"version": "1.0.0", "resolved": "https://registry.example/thief/-/thief-1.0.0.tgz"},
        "node_modules/helper": {"version": "2.1.0", "resolved": "https://registry.example/helper/-/helper-2.1.0.tgz"},
    }
    lock = {"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}
    (folder / "package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return folder


def findings(report: str) -> set[tuple[str, str]]:
    return {(finding["rule"], finding["purl"]) for finding in json.loads(report)["findings"]}


THIEF = ("MAL-001", "pkg:npm/thief@1.0.0")
HELPER = ("IOC-001", "pkg:npm/helper@2.1.0")


def test_the_whole_way(tmp_path: Path, project: Path) -> None:
    vendor = Publisher(tmp_path / "vendor")
    first_root = vendor.root(1, "rst", "default", "abc", 2, "advisories", "blocks", "ioc", "names")
    thief = {"osv": [record("MAL-2026-1", "thief")]}
    september = vendor.pack("september", "default", 1, "ab", thief)

    # An air-gapped machine imports what came on a stick, and scans.
    machine = Place(tmp_path / "machine", first_root)
    half = vendor.pack("half-signed", "default", 1, "a", thief)
    machine.does("corpus", "import", september)
    machine.is_refused("E_THRESHOLD", half)
    back_then = machine.does("scan", project, "-f", "json")
    assert findings(back_then) == {THIEF}
    machine.does("corpus", "lock", "-o", "corpus.lock")

    october = vendor.pack("october", "default", 2, "bc", {"osv": [*thief["osv"], record("MAL-2026-2", "other-thief")]})
    machine.does("corpus", "import", october)

    # The vendor exchanges key a for key d; the new root travels with the next pack.
    second_root = vendor.root(2, "rst", "default", "bcd", 2, "advisories", "blocks", "ioc", "names")
    november = vendor.pack("november", "default", 3, "cd", {"osv": [record("MAL-2026-1", "thief")]}, second_root)
    machine.does("corpus", "import", november)
    assert findings(machine.does("scan", project, "-f", "json")) == {THIEF}

    # The attacker has the old key, one new key, every old pack, and the organisation's key.
    organisation = Publisher(tmp_path / "organisation")
    acme_root = organisation.root(1, "r", "acme", "o", 1, "ioc", "allow", "deny")
    attacker = Publisher(tmp_path / "attacker")
    for name, owner in (("a", vendor), ("d", vendor), ("o", organisation)):
        attacker.key(name).write_bytes(owner.key(name).read_bytes())
    forged = {"osv": [record("MAL-2026-9", "competitor")]}
    machine.is_refused("E_SIGNATURE", attacker.pack("by-the-old-key", "default", 4, "a", forged))
    machine.is_refused("E_SIGNATURE", attacker.pack("by-old-and-new", "default", 4, "ad", forged))
    machine.is_refused("E_THRESHOLD", attacker.pack("by-one-new-key", "default", 4, "d", forged))
    machine.is_refused("E_ROLLBACK", october)
    machine.is_refused("E_SIGNATURE", september)
    (attacker.folder / "root-2.json").write_bytes(second_root.read_bytes())
    stolen_root = attacker.root(3, "xy", "default", "d", 1, "advisories", "blocks")
    machine.is_refused("E_ROOT", attacker.pack("with-a-root-of-his-own", "default", 4, "d", forged, stolen_root))

    # The organisation's root is believed by its fingerprint, its packs for its own channel alone.
    assert machine.try_to("corpus", "trust", "add", acme_root).returncode == 2
    shown = json.loads(organisation.does("corpus", "trust", "show", acme_root, "-f", "json"))
    machine.does("corpus", "trust", "add", acme_root, "--fingerprint", _fingerprint(shown))
    ours = organisation.pack("ours", "acme", 1, "o", {"deny": "ecosystem,name,versions,reason,expires\n"})
    machine.does("corpus", "import", ours)
    relabelled = attacker.pack("relabelled", "default", 4, "o", {"ioc": "ecosystem,name,version\nnpm,react,19.0.0\n"})
    machine.is_refused("E_SIGNATURE", relabelled)
    too_much = attacker.pack("beyond-its-powers", "acme", 2, "o", forged)
    machine.is_refused("E_CAPABILITY", too_much)

    # The organisation adds an indicator; the same scan finds it, and diff tells what changed.
    assert findings(machine.does("scan", project, "-f", "json")) == {THIEF}
    warned = {
        "deny": "ecosystem,name,versions,reason,expires\n",
        "ioc": "kind,value,versions,reason,reference,expires\npackage,npm:helper,>=2.1.0 <2.2.0,seen to phone home,,\n",
    }
    machine.does("corpus", "import", organisation.pack("warned", "acme", 2, "o", warned))
    report = machine.does("scan", project, "-f", "json")
    assert findings(report) == {THIEF, HELPER}
    assert [pack["channel"] for pack in json.loads(report)["corpus"]] == ["acme", "default"]
    changed = machine.does("corpus", "diff", ours, tmp_path / "organisation" / "warned.pack", code=1)
    assert "npm:helper" in changed
    changed = machine.does("corpus", "diff", october, november, code=1)
    assert "MAL-2026-2" in changed
    assert "MAL-2026-1 " not in changed

    # What was scanned in September is scanned again, to the byte, though a key was exchanged and layers were added.
    assert machine.does("scan", project, "-f", "json", "--corpus-lock", "corpus.lock") == back_then
    assert "ok" in machine.does("corpus", "doctor")


def _fingerprint(shown: Any) -> str:
    anchors = shown if isinstance(shown, list) else shown.get("anchors", [shown])
    return str(anchors[0]["fingerprint"])
