"""YAML by libyaml's event stream: one pass, no recursion, no tags, aliases bounded, every scalar kept as its text.

The usual loaders turn ``1.10`` into a float and crash the process at 100,000 nested brackets. A lockfile needs
neither types nor tags, but it does need the line that a key stands on.
"""

from __future__ import annotations

from typing import Any

import yaml

from assay.scanner.errors import ParseError
from assay.scanner.inputs.text import MAX_DEPTH, Loaded, decode

MAX_NODES = 5_000_000
"""Nodes after aliases are followed; a lockfile of 10 MB has about 500,000."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})


class YamlMap(dict[str, Any]):
    """A mapping that knows on which line (from 1) each of its keys stands."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


def load_yaml(data: bytes) -> Loaded:
    """Read one YAML document: mappings as ``YamlMap``, plain ``null``, ``true`` and ``false`` as such, else text.

    Raises:
        ParseError: as ``text.decode``; also too deep, an alias bomb, an explicit tag, a key that is not a scalar,
            more than one document, or not YAML.
    """
    body, notes = decode(data)
    builder = _Builder()
    try:
        for event in yaml.parse(body, Loader=yaml.CSafeLoader):
            builder.feed(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ParseError("syntax", f"not valid YAML near line {line}") from error
    except yaml.YAMLError as error:
        raise ParseError("syntax", "not valid YAML") from error
    return Loaded(builder.value, notes, tuple(sorted(set(builder.duplicates))))


class _Builder:
    """Puts a value together from events. ``_open`` holds (container, pending key, anchor, nodes so far) per level."""

    def __init__(self) -> None:
        self.value: Any = None
        self.duplicates: list[str] = []
        self._open: list[list[Any]] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._documents = 0

    def feed(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event)
            self._add(_scalar(event), 1, event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._refuse_tag(event)
            if len(self._open) >= MAX_DEPTH:
                raise ParseError("too-deep", f"more than {MAX_DEPTH} levels of nesting")
            container: Any = YamlMap() if isinstance(event, yaml.MappingStartEvent) else []
            self._open.append([container, None, event, 1])
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            container, _, start, nodes = self._open.pop()
            self._add(container, nodes, start)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise ParseError("syntax", "more than one YAML document")

    def _alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self._anchors:
            raise ParseError("alias-bomb", "an alias to nothing, or to what it stands in")
        value, nodes = self._anchors[event.anchor]
        self._add(value, nodes, event)

    def _add(self, value: Any, nodes: int, event: Any) -> None:
        """Put a finished node into the container that is open; ``event`` is the one that began it."""
        if event.anchor is not None and not isinstance(event, yaml.AliasEvent):
            self._anchors[event.anchor] = (value, nodes)
        if not self._open:
            self.value = value
            return
        level = self._open[-1]
        level[3] += nodes
        if level[3] > MAX_NODES:
            raise ParseError("alias-bomb", f"more than {MAX_NODES} nodes once aliases are followed")
        container, key = level[0], level[1]
        if isinstance(container, list):
            container.append(value)
        elif key is None:
            level[1] = (_key(value, event), event.start_mark.line + 1)
        else:
            name, line = key
            if name in container:
                self.duplicates.append(name)
            container[name] = value
            container.lines[name] = line
            level[1] = None

    @staticmethod
    def _refuse_tag(event: yaml.NodeEvent) -> None:
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise ParseError("yaml-tag", "an explicit YAML tag; lockfiles and policies have none")


def _scalar(event: yaml.ScalarEvent) -> Any:
    text: str = event.value
    if event.style:
        return text
    if text in _NULLS:
        return None
    if text in _TRUE:
        return True
    return False if text in _FALSE else text


def _key(value: Any, event: Any) -> str:
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    if isinstance(value, str):
        return value
    raise ParseError("syntax", "a mapping key that is not a scalar")
