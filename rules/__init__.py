"""The catalogue: every rule, in the order in which ``assay rules`` lists them. Nothing registers itself."""

from assay.rules import (
    adv_001_advisory,
    bund_001_bundled_content,
    deny_001_deny_list,
    entry_001_entry_point,
    ioc_001_indicator,
    mal_001_malware,
    mani_002_content_mismatch,
    pth_001_startup_hook,
    stdlib_001_process,
    stdlib_002_network,
    stdlib_003_native,
    typo_001_look_alike,
)

ALL = (
    mal_001_malware.RULE,
    adv_001_advisory.RULE,
    ioc_001_indicator.RULE,
    typo_001_look_alike.RULE,
    deny_001_deny_list.RULE,
    mani_002_content_mismatch.RULE,
    bund_001_bundled_content.RULE,
    pth_001_startup_hook.RULE,
    entry_001_entry_point.RULE,
    stdlib_001_process.RULE,
    stdlib_002_network.RULE,
    stdlib_003_native.RULE,
)
