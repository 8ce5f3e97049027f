"""A connected machine for the tests of ``assay corpus update``: a server of three sources, and what the user keeps."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from assay.corpus.pack import FileBytes
from assay.corpus.store import Store
from assay.corpus.verify import VerifiedPack, verify_head
from assay.scanner.cli import run_command
from tests.corpus.packs import FREE, ROOT, key, signed_root
from tests.corpus.served import Answer, Served, file, self_signed, serving
from tests.corpus.test_osv import ALL, osv_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pytest

RECORDS = [osv_record(f"MAL-{n}", f"thief-{n}", ranges=ALL) for n in range(8)]
RECORDS[3]["modified"] = "2026-01-20T11:12:13Z"
DAY = "Thu, 15 Jan 2026 10:00:00 GMT"
SPEC: dict[str, Any] = {
    "type": "assay.build", "spec": 1, "channel": "default", "epoch": 1, "seq": 3, "title": "t", "builder": "tests",
    "min_root_version": 1, "min_tool": "0.1.0", "fresh_days": 90, "supersedes": "",
    "sources": [
        {"id": "malware", "url": "https://osv.example/", "licence": "MIT", "attribution": "nobody"},
        {"id": "list", "url": "https://names.example/", "licence": "MIT", "attribution": "nobody"},
        {"id": "seen", "url": "https://ioc.example/", "date": "2025-06-07", "licence": "MIT", "attribution": "nobody"},
    ],
    "inputs": [
        {"kind": "osv", "path": "osv/npm/all.zip", "sources": {"": "malware"}},
        {"kind": "names", "path": "names.txt", "source": "list", "ecosystem": "npm"},
        {"kind": "ioc", "path": "ioc.csv", "source": "seen"},
    ],
}  # fmt: skip
NAMES = b"react\nvue\n"
ROWS = b"ecosystem,name,version\nnpm,hit,5.6.1\n"


def zipped(records: Sequence[dict[str, Any]], packed: int = 2020) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for each in records:
            archive.writestr(zipfile.ZipInfo(f"{each['id']}.json", (packed, 1, 1, 0, 0, 0)), json.dumps(each))
    return held.getvalue()


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Site:
    """A connected machine: a server of three sources, a folder with specification, key and trust root."""

    def __init__(self, served: Served, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.served, self.folder, self._capfd = served, folder, capfd
        self.mirror = folder / "cache/default/mirror"
        self.says(zipped(RECORDS), NAMES, ROWS)

    def says(self, osv: bytes | Answer, names: bytes | Answer = NAMES, rows: bytes | Answer = ROWS) -> None:
        given = {"/osv/npm/all.zip": osv, "/names.txt": names, "/ioc.csv": rows}
        for path, each in given.items():
            etag = f'"{hash(each)}"'
            self.served.says(path, file(each, etag, DAY) if isinstance(each, bytes) else each)

    def write_spec(self, spec: dict[str, Any]) -> None:
        inputs = [{"url": self.served.url(f"/{each['path']}"), **each} for each in spec["inputs"]]
        (self.folder / "spec.json").write_text(json.dumps({**spec, "inputs": inputs}))

    def run(self, *options: str, keys: Sequence[str] = ("default-a",), day: str = "2026-02-01") -> Ran:
        chosen = ["--as-of", day, *(part for each in keys for part in ("--key", f"{self.folder / each}.pem"))]
        for name, path in (("cache", "cache"), ("store", "store"), ("trust-root", "root.json"), ("spec", "spec.json")):
            if f"--{name}" not in options:
                chosen += [f"--{name}", str(self.folder / path)]
        code = run_command(["corpus", "update", *chosen, *options])
        return Ran(code, *self._capfd.readouterr())

    def updated(self, *options: str, **more: Any) -> VerifiedPack:
        """Run, and return the pack that the store holds then."""
        ran = self.run(*options, **more)
        assert (ran.code, ran.err) == (0, "")
        return self.accepted()

    def accepted(self) -> VerifiedPack:
        store = Store(str(self.folder / "store"))
        handle = FileBytes(store.pack_path(store.state().channels["default"].accepted.digest))
        try:
            return verify_head(handle, ROOT, FREE)
        finally:
            handle.close()

    def kept(self) -> dict[str, bytes]:
        """Return what must not change when an update fails: mirror, last build, store."""
        places = [*self.mirror.rglob("*"), self.mirror.parent / "last.json", *(self.folder / "store").rglob("*")]
        return {str(path): path.read_bytes() for path in places if path.is_file() and path.name != "lock"}

    def asked(self) -> list[str]:
        found = [each.path for each in self.served.asked]
        self.served.asked.clear()
        return found


@contextmanager
def a_site(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Give a machine without proxies, whose waiting takes no time, and whose TLS authorities are soon read."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    certificate, _ = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr("assay.scanner.cli.corpus.update.time.sleep", lambda _seconds: None)
    for name in ("default-a", "default-b", "org-a"):
        pem = key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / f"{name}.pem").write_bytes(pem)
        (tmp_path / f"{name}.pem").chmod(0o600)
    (tmp_path / "root.json").write_bytes(signed_root(ROOT, "root-a", "root-b"))
    with serving() as served:
        made = Site(served, tmp_path, capfd)
        made.write_spec(SPEC)
        yield made
