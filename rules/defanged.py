"""Values of indicators as a report shows them."""

from __future__ import annotations

import re

from assay.scanner.knowledge import IndicatorKind
from assay.scanner.lazy_pattern import lazy

_SCHEME = lazy(r"http(?=s?://)", re.IGNORECASE)


def defanged(kind: IndicatorKind, value: str) -> str:
    """Return a value so that nobody follows it by a click: ``hxxps://evil[.]example/x``, ``who[@]evil[.]example``."""
    if kind is IndicatorKind.DOMAIN:
        return value.replace(".", "[.]")
    if kind is IndicatorKind.EMAIL:
        return value.replace("@", "[@]").replace(".", "[.]")
    if kind is IndicatorKind.URL:
        scheme, mark, rest = value.partition("://")
        host, slash, path = rest.partition("/")
        return _SCHEME.sub("hxxp", scheme + mark, count=1) + host.replace(".", "[.]") + slash + path
    return value
