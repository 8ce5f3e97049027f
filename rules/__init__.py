"""The catalogue: every rule, in the order in which ``assay rules`` lists them. Nothing registers itself."""

from assay.rules import (
    adv_001_advisory,
    bund_001_bundled_content,
    deny_001_deny_list,
    ioc_001_indicator,
    mal_001_malware,
    mani_002_content_mismatch,
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
)
