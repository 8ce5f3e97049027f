"""A trust root that is being made: what its holders are shown before they sign, and what is still missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.corpus import anchors, dsse, succession
from assay.corpus.shipped import read_root
from assay.formatters.escape import visible
from assay.scanner.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from assay.corpus.holders import NamedTrust
    from assay.corpus.succession import Proposal
    from assay.corpus.trust import TrustRoot


def read_previous(path: str) -> bytes:
    """Return the root before, in its envelope, of which only the form is checked.

    Raises:
        CorpusError: E_ROOT, E_ENVELOPE: it is none.
    """
    data = read_root(path)
    try:
        succession.read(data)
    except CorpusError as refusal:
        raise CorpusError(refusal.code, f"{path}: {refusal.detail}") from refusal
    return data


def trusted_previous(root: TrustRoot, known: NamedTrust) -> bytes | None:
    """Return the trusted root that a root would follow, in its envelope; None for a first root.

    Raises:
        UsageError: no trusted root, or more than one, has the version before and shares keys or channels with it.
    """
    if root.version == 1:
        return None
    found = [
        each.envelope
        for anchor in known.trust.anchors
        for each in anchor.known
        if each.root.version == root.version - 1
        and (each.root.role.keyids & root.role.keyids or each.root.channels.keys() & root.channels.keys())
    ]
    if len(found) != 1:
        raise UsageError(
            f"trust root {root.version - 1}, which this one follows, is not known here; name it with --previous"
        )
    return found[0]


def require_no_fork(proposal: Proposal, previous: bytes | None, known: NamedTrust) -> None:
    """Refuse a root in whose place another one is trusted already: two successors of one root divide the machines.

    Raises:
        CorpusError: E_ROOT.
    """
    if previous is None:
        return
    before, mark = anchors.fingerprint(previous), anchors.fingerprint(dsse.encode(proposal.envelope))
    for anchor in known.trust.anchors:
        marks = {each.fingerprint: each.root.version for each in anchor.known}
        if before in marks and mark not in marks and proposal.root.version in marks.values():
            raise CorpusError("E_ROOT", f"{known.name(anchor)} has another trust root {proposal.root.version} already")


def describe(proposal: Proposal, previous: bytes | None, known: NamedTrust) -> str:
    """Return what a root changes against the one before it, and whether that is trusted here, as text."""
    mark = anchors.fingerprint(dsse.encode(proposal.envelope))
    lines = [f"trust root {proposal.root.version}, sha256:{mark}"]
    if previous is None or proposal.previous is None:
        lines.append("a FIRST root: it follows none, and everything in it is new")
    else:
        before = anchors.fingerprint(previous)
        lines.append(f"after trust root {proposal.previous.version}, sha256:{before}, {_standing(before, known)}")
    lines += [f"  {line}" for line in succession.changes(proposal.previous, proposal.root)] or ["  nothing changes"]
    return "".join(f"{visible(line)}\n" for line in lines)


def _standing(mark: str, known: NamedTrust) -> str:
    for anchor in known.trust.anchors:
        if any(each.fingerprint == mark for each in anchor.known):
            return f"trusted here as {known.name(anchor)}"
    return "NOT TRUSTED here"


def status(path: str, proposal: Proposal) -> str:
    """Return how many signatures a root has, and how many it still needs, as one line."""
    parts = [
        f"{len(role.keyids & proposal.signers)} of {role.threshold} by {what} root keys"
        for what, role in proposal.roles()
    ]
    missing = proposal.missing()
    more = f"needs {missing} more" if missing else "complete"
    return f"{visible(path)}: signatures: {', '.join(parts)}; {more}\n"
