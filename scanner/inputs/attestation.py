"""Provenance files beside an artifact: what they say was built, and from which repository. Nothing is verified.

Formats: PEP 740 (attestation and provenance objects); the bundle of Sigstore in the JSON form of its messages, alone or
in the answer of npm's registry; in-toto statements v0.1 and v1 (https://github.com/in-toto/attestation); of their
predicates SLSA provenance v0.2 and v1 (https://slsa.dev/spec/v1.0/provenance). Predicates of other types say nothing
here but for their subjects.
"""

from __future__ import annotations

import binascii
import re
from typing import Any

from assay.scanner.errors import ParseError
from assay.scanner.inputs.collect import Collector, refused
from assay.scanner.inputs.parsed import Parsed, Statement, Subject
from assay.scanner.inputs.text import load_json
from assay.scanner.lazy_pattern import lazy

MAX_STATEMENTS = 200
"""Statements of one file; an index has two or three for each artifact."""

MAX_SUBJECTS = 2_000
"""Subjects of one statement; the services that sign them take up to 1,024."""

_LONGEST = 1_024
"""Characters of a name or an address."""

_STATEMENTS = ("https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1")
_PAYLOAD = "application/vnd.in-toto+json"
_SLSA = "https://slsa.dev/provenance/"
_PUBLISHERS = {"GitHub": "https://github.com/", "GitLab": "https://gitlab.com/"}
_HEX = {"sha256": re.compile(r"[0-9a-f]{64}"), "sha512": re.compile(r"[0-9a-f]{128}")}
_MESSAGE_DIGESTS = {"SHA2_256": "sha256", "SHA2_512": "sha512"}
_BASE64 = lazy(r"[A-Za-z0-9+/_-]*={0,2}")
_STANDARD = str.maketrans("-_", "+/")


def parse(data: bytes, path: str) -> Parsed:
    """Read the statements of a provenance file; what cannot be read of it is a gap, and the others still count."""
    try:
        document = load_json(data)
    except ParseError as error:
        return refused("provenance", path, error)
    reading = _Reading(path)
    reading.take(document.value)
    gaps = document.gaps(path) + reading.found.gaps()
    return Parsed("provenance", statements=tuple(reading.statements), gaps=gaps)


class _Reading:
    """The statements of one file and what was wrong, in the order in which they stand; ``where`` is a key's path."""

    def __init__(self, path: str) -> None:
        self.found = Collector("npm", path)
        self.statements: list[Statement] = []
        self._path = path
        self._count = 0

    def take(self, value: Any) -> None:
        if not isinstance(value, dict):
            self.found.gap("wrong-type", "not an object")
        elif "attestation_bundles" in value:
            self._provenance(value)
        elif "attestations" in value:
            for where, one in self._objects(value, "attestations", ""):
                self._bundle(self.found.mapping(one, "bundle", where), f"{where}.bundle")
        elif "envelope" in value:
            self._attestation(value, "", "")
        else:
            self._bundle(value, "")

    def _provenance(self, value: dict[str, Any]) -> None:
        """Take the provenance object of an index: attestations by their publisher (PEP 740, "Provenance objects")."""
        if not self._is_known(value, ""):
            return
        for where, bundle in self._objects(value, "attestation_bundles", ""):
            publisher = self.found.mapping(bundle, "publisher", where)
            host = _PUBLISHERS.get(str(publisher.get("kind")))
            name = self.found.text(publisher, "repository", f"{where}.publisher") if host else None
            for place, one in self._objects(bundle, "attestations", where):
                self._attestation(one, place, f"{host}{name}" if name else "")

    def _attestation(self, value: dict[str, Any], where: str, publisher: str) -> None:
        if self._is_known(value, where):
            envelope = self.found.mapping(value, "envelope", where)
            self._statement(envelope, "statement", _within(where, "envelope"), publisher)

    def _is_known(self, value: dict[str, Any], where: str) -> bool:
        known = value.get("version") == 1
        if not known:
            self.found.gap("unknown-version", f"{_within(where, 'version')}: not 1, the only version of PEP 740")
        return known

    def _bundle(self, value: dict[str, Any], where: str) -> None:
        """Take a bundle of Sigstore: a statement in an envelope, or the signed digest of a file alone."""
        if "dsseEnvelope" in value:
            envelope = self.found.mapping(value, "dsseEnvelope", where)
            place = _within(where, "dsseEnvelope")
            if envelope.get("payloadType") == _PAYLOAD:
                self._statement(envelope, "payload", place, "")
            else:
                self.found.gap("unsupported", f"{place}.payloadType: not {_PAYLOAD}")
        elif "messageSignature" in value:
            self._message(self.found.mapping(value, "messageSignature", where), _within(where, "messageSignature"))
        else:
            self.found.gap("unknown-format", f"{where or 'the file'}: neither an attestation nor a bundle")

    def _message(self, value: dict[str, Any], where: str) -> None:
        where = f"{where}.messageDigest"
        digest = self.found.mapping(value, "messageDigest")
        algorithm = _MESSAGE_DIGESTS.get(str(digest.get("algorithm")))
        found = self._decoded(digest, "digest", where)
        if algorithm is None:
            self.found.gap("unsupported", f"{where}.algorithm: neither SHA2_256 nor SHA2_512")
        elif found is not None and (text := self._digest(algorithm, found.hex(), where)):
            self._add(Statement("", (Subject("", (text,)),)))

    def _statement(self, envelope: dict[str, Any], key: str, where: str, publisher: str) -> None:
        encoded = self._decoded(envelope, key, where)
        if encoded is None:
            return
        where = f"{where}.{key}"
        try:
            document = load_json(encoded)
        except ParseError as error:
            self.found.gap(error.reason, f"{where}: {error.detail}")
            return
        for note in document.gaps(self._path):
            self.found.gap(note.reason, f"{where}: {note.detail}")
        value = document.value
        if not isinstance(value, dict) or value.get("_type") not in _STATEMENTS:
            self.found.gap("unknown-version", f"{where}: not an in-toto statement v0.1 or v1")
            return
        subjects = tuple(self._subject(one, place) for place, one in self._objects(value, "subject", where))
        if not any(subject.digests for subject in subjects):
            self.found.gap("no-digest", f"{where}.subject: nothing with a SHA-256 or SHA-512")
        predicate = value.get("predicateType")
        built = _built_from(value) if isinstance(predicate, str) and predicate.startswith(_SLSA) else ""
        repositories = sorted({text for text in (built, publisher) if 0 < len(text) <= _LONGEST})
        self._add(Statement(predicate if isinstance(predicate, str) else "", subjects, tuple(repositories)))

    def _subject(self, value: dict[str, Any], where: str) -> Subject:
        name = self.found.text(value, "name", where) or ""
        given = self.found.mapping(value, "digest", where)
        digests = [
            text
            for algorithm in _HEX
            if algorithm in given and (text := self._digest(algorithm, given[algorithm], f"{where}.digest"))
        ]
        return Subject(name if len(name) <= _LONGEST else "", tuple(digests))

    def _digest(self, algorithm: str, value: Any, where: str) -> str:
        """Return ``algorithm:hex``, "" if the value is no such digest."""
        text = value.lower() if isinstance(value, str) and value.isascii() else ""
        if _HEX[algorithm].fullmatch(text):
            return f"{algorithm}:{text}"
        self.found.gap("bad-hash", f"{where}: not a {algorithm}")
        return ""

    def _decoded(self, container: dict[str, Any], key: str, where: str) -> bytes | None:
        """Return the bytes under ``key``, in either alphabet of base64, padded or not; None, and a gap, if not so."""
        text = container.get(key)
        body = text.rstrip("=") if isinstance(text, str) and _BASE64.fullmatch(text) else ""
        if not body or len(body) % 4 == 1:
            self.found.gap("not-base64", f"{where}.{key}: not base64")
            return None
        return binascii.a2b_base64(body.translate(_STANDARD) + "=" * (-len(body) % 4))

    def _objects(self, container: dict[str, Any], key: str, where: str) -> list[tuple[str, dict[str, Any]]]:
        """Return the objects of a list, each with its place; there must be one, and there may not be too many."""
        some = self.found.sequence(container, key, where)
        place = _within(where, key)
        most = MAX_SUBJECTS if key == "subject" else MAX_STATEMENTS
        if not some:
            self.found.gap("empty", f"{place}: nothing in it")
        if len(some) > most:
            self.found.gap("too-large", f"{place}: more than {most}; the rest was not read")
        result = []
        for number, one in enumerate(some[:most]):
            if isinstance(one, dict):
                result.append((f"{place}[{number}]", one))
            else:
                self.found.gap("wrong-type", f"{place}[{number}]: not an object")
        return result

    def _add(self, statement: Statement) -> None:
        self._count += 1
        if self._count <= MAX_STATEMENTS:
            self.statements.append(statement)
        else:
            self.found.gap("too-large", f"more than {MAX_STATEMENTS} statements; the rest was not read")


def _within(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


_BUILT_FROM = (
    ("predicate", "buildDefinition", "externalParameters", "workflow", "repository"),
    ("predicate", "invocation", "configSource", "uri"),
)
"""Where SLSA provenance v1, as pipelines write it, and v0.2 name the repository whose pipeline built the artifact."""


def _built_from(statement: dict[str, Any]) -> str:
    for path in _BUILT_FROM:
        value: Any = statement
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str):
            return value
    return ""
