"""The rules. Those on components stand here; those on the content of packages in ``packages``, all in ``catalogue``.

A scan of a lockfile has no content to judge, and does not load what judges it.
"""

from assay.rules import (
    adv_001_advisory,
    deny_001_deny_list,
    ioc_001_indicator,
    mal_001_malware,
    typo_001_look_alike,
)

COMPONENTS = (
    mal_001_malware.RULE,
    adv_001_advisory.RULE,
    ioc_001_indicator.RULE,
    typo_001_look_alike.RULE,
    deny_001_deny_list.RULE,
)
"""The rules that name, version and signed data are enough for, in the order of the catalogue."""
