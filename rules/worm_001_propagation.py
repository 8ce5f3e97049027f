"""A package spreads: it publishes packages, uses tokens of registries, changes other packages, plants workflows.

Detects: commands that publish (``twine upload``, ``setup.py upload``, ``npm publish``, …), tokens of registries and
    repositories that reach the network at an address of a registry's own interface, files of installed packages that
    are written, and workflows written beside a push or by the interface of a forge. At install or startup CRITICAL, on
    import HIGH; when called HIGH if tokens are read from their files in the same module, else INFO (LOW for workflows):
    release scripts do that.
Why: a worm turns every machine of a developer into the next package that is bad.
Misses: clients of registries that are not known; tokens that come from elsewhere.
Fix: revoke the tokens of whoever ran it, and look at what was published with them since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import UNASKED, chain, code_of, finding, lowered
from assay.rules.chains import listed
from assay.rules.identity import label_of
from assay.rules.spreading import is_token, spread_by
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.spreading import Spread
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file and trigger that spreads."""
    code = code_of(subject)
    if code.facts is None:
        return
    holding = {flow.where.module for flow in code.facts.flows if is_token(flow.source, flow.detail)}
    groups: dict[tuple[str, str], list[Spread]] = {}
    for one in spread_by(code):
        groups.setdefault((one.seen.path, one.seen.trigger), []).append(one)
    for _, some in sorted(groups.items()):
        first = min(some, key=lambda one: (_severity(one, holding).rank, one.seen.place))
        yield finding(
            "WORM-001",
            subject,
            first.seen,
            _severity(first, holding),
            f"{label_of(subject.purl)} publishes or changes other packages",
            listed(one.what for one in some),
            steps=first.steps,
            remediation="revoke the tokens of whoever ran it, and look at what was published with them",
        )


def _severity(one: Spread, holding: set[str]) -> Severity:
    if one.seen.decoded or one.seen.trigger in UNASKED or one.kind == "token" or one.module in holding:
        return chain(one.seen)
    return lowered(Severity.LOW if one.kind == "workflow" else Severity.INFO, one.seen)


RULE = Rule(
    id="WORM-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("self-propagation",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
