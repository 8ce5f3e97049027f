"""Provenance files made in memory: the forms of PyPI, npm and Sigstore, with nothing in them that was ever signed."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

SLSA_1 = "https://slsa.dev/provenance/v1"
SLSA_02 = "https://slsa.dev/provenance/v0.2"
PUBLISH = "https://docs.pypi.org/attestations/publish/v1"
NPM_PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1"
REPOSITORY = "https://github.com/example-invalid/demo"


def subject(name: str, data: bytes, *algorithms: str) -> dict[str, Any]:
    """Return a subject with the digests of some bytes, SHA-256 unless others are named."""
    return {"name": name, "digest": {one: hashlib.new(one, data).hexdigest() for one in algorithms or ("sha256",)}}


def statement(*subjects: dict[str, Any], predicate: str = PUBLISH, said: Any = None, form: str = "v1") -> bytes:
    """Return an in-toto statement."""
    whole = {
        "_type": f"https://in-toto.io/Statement/{form}",
        "subject": list(subjects),
        "predicateType": predicate,
        "predicate": said,
    }
    return json.dumps(whole).encode()


def built(*subjects: dict[str, Any], by: Any = REPOSITORY) -> bytes:
    """Return a statement with the provenance of SLSA v1, built by a repository's workflow."""
    workflow = {"ref": "refs/heads/main", "repository": by, "path": ".github/workflows/release.yml"}
    said = {"buildDefinition": {"externalParameters": {"workflow": workflow}}, "runDetails": {}}
    return statement(*subjects, predicate=SLSA_1, said=said)


def built_02(*subjects: dict[str, Any], by: Any = f"git+{REPOSITORY}@refs/heads/main") -> bytes:
    """Return a statement v0.1 with the provenance of SLSA v0.2, as npm writes it."""
    said = {"builder": {"id": "runner"}, "invocation": {"configSource": {"uri": by, "digest": {"sha1": "0" * 40}}}}
    return statement(*subjects, predicate=SLSA_02, said=said, form="v0.1")


def encoded(data: bytes) -> str:
    """Return base64."""
    return base64.b64encode(data).decode()


def attestation(said: bytes) -> dict[str, Any]:
    """Return an attestation object of PEP 740."""
    envelope = {"statement": encoded(said), "signature": encoded(b"nothing")}
    return {
        "version": 1,
        "verification_material": {"certificate": "", "transparency_entries": []},
        "envelope": envelope,
    }


def provenance(*said: bytes, repository: str = "example-invalid/demo", kind: str = "GitHub") -> bytes:
    """Return a provenance object of PEP 740 with one publisher."""
    publisher = {"kind": kind, "claims": None, "repository": repository, "workflow": "release.yml"}
    bundles = [{"publisher": publisher, "attestations": [attestation(one) for one in said]}]
    return json.dumps({"version": 1, "attestation_bundles": bundles}).encode()


def published(said: bytes) -> bytes:
    """Return the file of one attestation of PEP 740."""
    return json.dumps(attestation(said)).encode()


def bundle(said: bytes) -> dict[str, Any]:
    """Return a bundle of Sigstore around a statement."""
    envelope = {"payload": encoded(said), "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": ""}]}
    media = "application/vnd.dev.sigstore.bundle+json;version=0.2"
    return {"mediaType": media, "verificationMaterial": {}, "dsseEnvelope": envelope}


def bundled(said: bytes) -> bytes:
    """Return the file of a bundle."""
    return json.dumps(bundle(said)).encode()


def signed(data: bytes, algorithm: str = "SHA2_256") -> bytes:
    """Return the bundle of a file that was signed alone, without a statement."""
    digest = hashlib.sha512(data) if algorithm == "SHA2_512" else hashlib.sha256(data)
    message = {"messageDigest": {"algorithm": algorithm, "digest": encoded(digest.digest())}, "signature": ""}
    return json.dumps(
        {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "messageSignature": message}
    ).encode()


def registry(*said: bytes) -> bytes:
    """Return what npm's registry answers when it is asked for the attestations of a version."""
    return json.dumps({"attestations": [{"predicateType": "", "bundle": bundle(one)} for one in said]}).encode()
