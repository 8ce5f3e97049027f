"""Code that is loaded from places in which everybody can leave files: folders for temporary and public ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.rules.behaviour import capability, finding
from assay.rules.capabilities import shown
from assay.rules.identity import label_of
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.rules.behaviour import Code
    from assay.scanner.models import Finding, Package

_LOADERS = {
    "runpy.run_path": 0, "builtins.execfile": 0, "zipimport.zipimporter": 0, "sys.path.insert": 1, "sys.path.append": 0,
    "importlib.util.spec_from_file_location": 1, "importlib.machinery.SourceFileLoader": 1, "imp.load_source": 1,
}  # fmt: skip
"""What loads code from a path, or looks for modules there; and at which position it is given the path."""

_OPEN = lazy(
    r"(?:/private)?(?:/var)?/tmp(?:/|$)|/dev/shm(?:/|$)|[a-z]:/(?:windows/)?te?mp(?:/|$)|[a-z]:/users/public(?:/|$)"
)


def loaded_from_open_places(code: Code, package: Package, rule: str) -> Iterator[Finding]:
    """Yield one finding for each call that loads code from such a place."""
    for call in code.calls("import", "code", "control"):
        position = _LOADERS.get(call.name)
        given = [one.value for one in call.arguments if one.position == position]
        texts = [text for value in given for text in value.strings if _OPEN.match(text.replace("\\", "/").lower())]
        if texts:
            seen = code.seen(call.where)
            message = f"{label_of(package.purl)} loads code from a place where everybody can leave files"
            yield finding(rule, package, seen, capability(seen), message, [shown(call, texts[0])])
