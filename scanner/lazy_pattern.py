"""Regular expressions that are compiled when they are first used.

A scan uses a few of the patterns that rules and readers of code have; compiling all of them takes as long as reading a
small package. ``tests/test_lazy_pattern.py`` compiles every one: no mistake waits for the first use.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, AnyStr, cast

if TYPE_CHECKING:
    from typing import Any

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split", "pattern", "flags", "groups")


class LazyPattern:
    """Stands for a compiled pattern; its methods are those of the pattern from the first use on."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Compile the pattern; attributes that are there are not asked for here."""
        if name not in _METHODS:
            raise AttributeError(name)
        compiled: re.Pattern[Any] = re.compile(self._text, self._flags)
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        return getattr(compiled, name)


def lazy(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a pattern as ``re.compile`` does, compiled at its first use."""
    return cast("re.Pattern[AnyStr]", LazyPattern(text, flags))
