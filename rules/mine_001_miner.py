"""A package mines coins.

Detects: programs that mine being started or fetched, pools of the stratum protocol being addressed, and options that
    only miners have, in commands, addresses and texts that are written: CRITICAL at install, startup and in decoded
    code, else HIGH. A pool that a text merely names is MEDIUM.
Why: mining takes the machine's time and money for somebody else, and goes on until somebody sees it.
Misses: miners of their own writing; native code.
Fix: remove the package; look for the miner on machines that have run it, it often starts with them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.rules.behaviour import Code, chain, code_of, lowered
from assay.rules.capabilities import Use, findings_of, hidden
from assay.scanner.lazy_pattern import lazy
from assay.scanner.models import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.scanner.knowledge import CorpusView
    from assay.scanner.models import Finding, Package

_POOL = lazy(r"\bstratum\d?\+(?:tcp|tls|ssl|udp)://", re.IGNORECASE)
_MINER = lazy(
    r"(?:^|[\s/\\\"'=;&|])(?:xmrig|xmr-stak|xmrminer|minerd|cpuminer|ccminer|cgminer|bfgminer|ethminer|phoenixminer"
    r"|teamredminer|lolminer|nbminer|t-rex-miner|gminer|nanominer|claymore|srbminer|nheqminer|sgminer|xmrigcc)"
    r"(?:-[\w.]+)*(?:\.exe|\.zip|\.tar\.gz|\.sh)?(?=$|[\s/\\\"';&|])",
    re.IGNORECASE,
)
_OPTIONS = lazy(r"--(?:donate-level|rig-id|randomx-\w+|cpu-max-threads-hint|nicehash|coin[= ]monero)\b|\brandomx\b")
_SORTS = {"miner": "starts a program that mines coins", "pool": "names a pool for mining coins"}
_FIX = "remove the package, and look for the miner on machines that have run it"
_KINDS = ("process", "download", "network", "write", "persist")
_ROLES = frozenset({"", "url", "args", "cmd", "command", "data", "json", "filename", "address", "host"})


def check_package(subject: Package, _corpus: CorpusView) -> Iterator[Finding]:
    """Yield one finding for each file and sort."""
    code = code_of(subject)
    if code.facts:
        yield from findings_of(subject, "MINE-001", _uses(code), _SORTS, _FIX)


def _uses(code: Code) -> Iterator[Use]:
    for call in code.calls(*_KINDS):
        texts = [text for one in call.arguments if one.name in _ROLES for text in one.value.strings]
        line = " ".join(texts)[:65_536]
        found = _POOL.search(line) or _OPTIONS.search(line) or _MINER.search(line)
        if not found:
            continue
        seen = code.seen(call.where)
        certain = not _MINER.search(line) or _POOL.search(line) or _OPTIONS.search(line)
        acts = "write" not in call.kinds or bool(_POOL.search(line))
        severity = chain(seen) if acts and (certain or "process" in call.kinds) else lowered(Severity.MEDIUM, seen)
        steps = hidden(call, (one.value for one in call.arguments))
        yield Use(seen, severity, "miner" if acts else "pool", f"{call.name}: {found[0].strip()}", steps)


RULE = Rule(
    id="MINE-001",
    doc=__doc__ or "",
    severities=tuple(Severity),
    vectors=("mining",),
    quiet=frozenset({Severity.LOW, Severity.INFO}),
    check_package=check_package,
)
