"""A package runs code that it decodes first.

Detects: text or bytes that were decoded, decompressed, decrypted, unmarshalled or put together from numbers, and then
    are executed, compiled or given to a shell: in one expression or across variables, functions and files.
    CRITICAL at install or startup, and wherever a decoded layer decodes another one; else HIGH. What is decoded is
    scanned like the rest of the code and shown in the evidence. MEDIUM, HIGH if nobody has to call it, when what is
    decoded and run is not known, or is a pickle that stands in the code; HIGH when it comes from the network or
    with a request, or out of a picture, a sound or a font. Decoded source code that is written to a file is MEDIUM.
Why: an encoding between a text and ``exec`` serves to keep people and tools from reading what runs. Programs that need
    to run text have it as text.
Misses: what is decoded by native code or by a decoder that is not known; keys that are fetched or asked for; code that
    decodes a file which comes with the package, beyond that it does so.
Fix: do not install the package; read what the decoded layer does before you decide what it may have touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import code_of, finding
from assay.rules.chains import listed
from assay.rules.decoded_runs import decoded_runs
from assay.rules.identity import label_of
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.decoded_runs import DecodedRun
    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each place at which something decoded is run."""
    code = code_of(subject)
    found: dict[tuple[str, int], list[DecodedRun]] = {}
    for run in decoded_runs(code):
        found.setdefault((run.seen.path, run.seen.place.line), []).append(run)
    for _, runs in sorted(found.items()):
        runs.sort(key=lambda run: (run.severity.rank, run.seen.decoded, -len(run.steps), run.what))
        worst = runs[0]
        yield finding(
            "ENC-001",
            subject,
            worst.seen,
            worst.severity,
            f"{label_of(subject.purl)} runs code that it decodes first",
            listed(run.what for run in runs),
            steps=[step for run in runs for step in run.steps],
            remediation="do not run it before you have read what it decodes to",
        )


RULE = Rule(
    id="ENC-001",
    doc=__doc__ or "",
    severities=(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO),
    vectors=("obfuscation", "malicious-code"),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
