"""``assay corpus trust show``: whom this machine believes, or what a trust root says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assay.corpus import anchors, succession
from assay.corpus.holders import BASE, named_trust
from assay.corpus.shipped import read_root
from assay.formatters.escape import visible
from assay.scanner.canonical import encode
from assay.scanner.cli import options as given
from assay.scanner.cli.corpus.arguments import load_trust_root
from assay.scanner.cli.emit import write_stdout
from assay.scanner.cli.run import default_store
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.corpus.anchors import Anchor
    from assay.corpus.holders import NamedTrust
    from assay.corpus.trust import Role, TrustRoot

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def show(
    path: Annotated[
        str | None, typer.Argument(metavar="[ROOT]", help="A trust root.", show_default="those trusted")
    ] = None,
    format_name: given.TableOrJson = "table",
    store: given.StoreFolder = None,
    trust_root: given.TrustRootFile = None,
) -> None:
    """Show whom this machine believes, or what a trust root says.

    What is not trusted is said to be so first.
    """
    if format_name not in ("table", "json"):
        raise UsageError(f"--format {format_name}: choose table or json")
    known = named_trust(store or default_store(), load_trust_root(trust_root))
    base = "ships with assay" if trust_root is None else "named with --trust-root"
    if path is None:
        content: dict[str, Any] = {"anchors": [_anchor_document(anchor, known, base) for anchor in known.trust.anchors]}
        lines = "\n\n".join("\n".join(_anchor_lines(each)) for each in content["anchors"])
    else:
        content = _file_document(read_root(path), known)
        lines = "\n".join(_file_lines(content))
    write_stdout((encode(content) if format_name == "json" else "\n".join(map(visible, lines.split("\n")))) + "\n")


# --- documents -------------------------------------------------------------------------------------------------


def _anchor_document(anchor: Anchor, known: NamedTrust, base: str) -> dict[str, Any]:
    name = known.name(anchor)
    return {
        "name": name,
        "origin": base if name == BASE else "added on this machine",
        "fingerprint": f"sha256:{anchor.id}",
        "chain": [{"version": each.root.version, "fingerprint": f"sha256:{each.fingerprint}"} for each in anchor.known],
        **_root_document(anchor.root),
    }


def _file_document(data: bytes, known: NamedTrust) -> dict[str, Any]:
    envelope, root = succession.read(data)
    mark = anchors.fingerprint(data)
    return {
        "state": _state(data, mark, known),
        "trusted": any(mark == each.fingerprint for anchor in known.trust.anchors for each in anchor.known),
        "fingerprint": f"sha256:{mark}",
        "signers": [{"keyid": each.keyid, "holder": known.holder(each.keyid)} for each in envelope.signatures],
        **_root_document(root),
    }


def _state(data: bytes, mark: str, known: NamedTrust) -> str:
    """Say whether a root is trusted, and if not, what to do about it."""
    for anchor in known.trust.anchors:
        for each in anchor.known:
            if each.fingerprint == mark:
                return f"TRUSTED as {known.name(anchor)}" + ("" if each.root is anchor.root else ", an older version")
    try:
        follows = anchors.choose_for_root(known.trust, data)
        anchors.extend(follows, data)
    except CorpusError:
        pass
    else:
        return f"NOT TRUSTED yet: it follows the root of {known.name(follows)}; 'assay corpus trust update' takes it"
    try:
        anchors.first(data)
    except CorpusError as refusal:
        return f"UNVERIFIED, NOT TRUSTED ({refusal}): believe nothing below"
    return "NOT TRUSTED: signed by its own keys only, as anybody can; compare the fingerprint with its owner's"


def _root_document(root: TrustRoot) -> dict[str, Any]:
    return {
        "version": root.version,
        "root": _role_document(root.role, root),
        "channels": {
            name: {
                **_role_document(channel.role, root),
                "epoch": channel.epoch,
                "min_seq": channel.min_seq,
                "priority": channel.priority,
                "capabilities": sorted(channel.capabilities),
                "revoked": [f"sha256:{each}" for each in sorted(channel.revoked)],
            }
            for name, channel in sorted(root.channels.items())
        },
    }


def _role_document(role: Role, root: TrustRoot) -> dict[str, Any]:
    keys = [{"keyid": keyid, "public": root.keys[keyid].hex()} for keyid in sorted(role.keyids)]
    return {"keys": keys, "threshold": role.threshold}


# --- table -----------------------------------------------------------------------------------------------------


def _anchor_lines(content: dict[str, Any]) -> Iterator[str]:
    yield f"anchor       {content['name']}, {content['origin']}"
    yield f"fingerprint  {content['fingerprint']}"
    yield f"version      {content['version']}"
    if len(content["chain"]) > 1:
        for each in content["chain"]:
            yield f"  root {each['version']}  {each['fingerprint']}"
    yield from _root_lines(content)


def _file_lines(content: dict[str, Any]) -> Iterator[str]:
    yield f"state        {content['state']}"
    yield f"fingerprint  {content['fingerprint']}"
    yield f"version      {content['version']}"
    for each in content["signers"]:
        yield f"signer       {each['keyid']}  {each['holder'] or 'unknown here'}"
    yield from _root_lines(content)


def _root_lines(content: dict[str, Any]) -> Iterator[str]:
    yield f"root keys    {content['root']['threshold']} of {len(content['root']['keys'])} must sign"
    yield from _key_lines(content["root"])
    for name, channel in content["channels"].items():
        yield f"channel      {name}: {channel['threshold']} of {len(channel['keys'])} keys must sign"
        yield from _key_lines(channel)
        yield (f"             epoch {channel['epoch']}, least seq {channel['min_seq']}, priority {channel['priority']}")
        yield f"             may hold {', '.join(channel['capabilities']) or 'nothing'}"
        for digest in channel["revoked"]:
            yield f"             revoked {digest}"


def _key_lines(role: dict[str, Any]) -> Iterator[str]:
    for key in role["keys"]:
        yield f"  key {key['keyid']}"
