"""Calls of what stands outside of the package: what is folded, sources, sinks, callbacks, streams and events."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.scanner.code import ir
from assay.scanner.code.assemble import concat
from assay.scanner.code.carriers import keep
from assay.scanner.code.ecmascript.coerce import to_text
from assay.scanner.code.ecmascript.layers import command, execute, function_of, written
from assay.scanner.code.ecmascript.sources import WALKED, is_brought, sources_of
from assay.scanner.code.ecmascript.state import escaped
from assay.scanner.code.ecmascript.writing import mark, renew
from assay.scanner.code.flow import known_text
from assay.scanner.code.sealing import left_by
from assay.scanner.code.values import (
    MAX_NAME,
    UNKNOWN,
    Applied,
    Arguments,
    Bound,
    Choice,
    Constant,
    Function,
    Items,
    Mapping,
    Method,
    Partial,
    Reference,
    Taints,
    Unknown,
    Value,
    merge,
    options,
    tainted,
    union,
)
from assay.scanner.code.vocabulary import Entry, Role

if TYPE_CHECKING:
    from assay.scanner.code.machine import Machine
    from assay.scanner.code.scope import Frame

_CALLED = Function | Bound | Applied
_OPTIONS = frozenset({"network", "process", "listen", "download", "install", "dns", "callback"})
"""Kinds of calls whose options count: an object among their arguments is read as arguments by name."""

ARGV = frozenset("spawn spawnSync execFile execFileSync fork execa execaSync sync async $".split())  # noqa: SIM905
"""Last names of calls that take a program and then a list of its arguments."""

_FUNCTIONS = frozenset({"Function", "AsyncFunction", "GeneratorFunction"})
_COMPILED = frozenset({"vm.Script"})
_IN_CONTEXT = frozenset({"vm.runInNewContext", "vm.runInContext"})
_GIVES = frozenset({"eval", "vm.runInThisContext", "vm.runInNewContext", "vm.runInContext"})
_DIRECT = "eval"
_FILLS = frozenset({"append", "set", "push", "add", "write", "update", "file", "field", "attach", "addFile", "send"})
_MOST_PATHS = 4
"""Paths of which one is read, as far as they are told apart."""

_CHAINED = frozenset({"setEncoding", "setHeader", "resume", "pause", "unref", "ref", "setTimeout", "setKeepAlive"})
_COPIES = frozenset({"copyFile", "copyFileSync", "cp", "cpSync", "rename", "renameSync", "copy", "copySync", "move"})
_MOST_OPTIONS = 24
TIMERS = frozenset({"setTimeout", "setInterval", "setImmediate"})
_DELAYS = {"setTimeout": 2, "setInterval": 2, "setImmediate": 1, "process.nextTick": 1, "queueMicrotask": 1}
"""What calls a function later: where the arguments begin that it calls it with."""

_TIMED = Entry("code", roles=(Role("code", 0),))
_IMPORTS = frozenset({"import", "importScripts"})
_FAR = Entry("network", "remote", roles=(Role("url", 0),))
_FOREIGN = frozenset({"remote", "blob"})
_OPENED = frozenset({"XMLHttpRequest().open", "net.Socket().connect", "tls.TLSSocket().connect"})
"""Calls that say for later ones whom an object talks to."""

_KEYS = frozenset({"keydown", "keypress", "keyup"})
_LISTENS = ("addEventListener", "document.addEventListener", "globalThis.addEventListener")


def call_reference(
    machine: Machine,
    frame: Frame,
    callee: Reference,
    arguments: Arguments,
    op: ir.Op | None = None,
    this: Value | None = None,
) -> Value:
    """The value of a call of something outside of the package; writes down what the vocabulary knows of it."""
    name = callee.name
    _, prototype, last = name.rpartition(".prototype.")
    if prototype and this is not None and "." not in last:
        return machine.language.call(machine, frame, Method(this, last), arguments)
    entry = _entry(machine, name, arguments)
    given = _given(machine, name, entry, arguments) if entry is not None else arguments
    noted = entry is not None and entry.sink != "callback" and not _is_plain_import(entry, given)
    if noted or name.endswith(".?"):
        machine.recorder.called(machine, frame, callee, entry, given, _road(callee, op))
    handler = machine.language.builtins.get(name)
    made = handler(machine, frame, given, callee) if handler is not None else None
    if entry is not None:
        ran = _act(machine, frame, callee, entry, given)
        made = ran if made is None else made
    elif handler is None:
        escaped(arguments.positional)
    made = _flowing(machine, frame, callee, given, this) if made is None else made
    if made is None:
        made = _result(machine, callee, entry, given)
    elif isinstance(made, Constant | Partial) and made.steps:
        machine.recorder.assembled(machine, frame, made, arguments.values)
    if entry is not None and entry.source and not isinstance(made, Constant):
        made = tainted(made, source(machine, frame, callee, entry, given))
    return made


def _entry(machine: Machine, name: str, arguments: Arguments) -> Entry | None:
    """What the vocabulary says of a call; a timer that is given text executes it, modules may come from elsewhere."""
    if name in _IMPORTS and arguments.positional and _is_far(arguments.positional[0]):
        return _FAR
    if name in TIMERS and arguments.positional:
        first = arguments.positional[0]
        is_text = isinstance(first, Constant | Partial) or any(taint.kind in _FOREIGN for taint in first.taints)
        return _TIMED if is_text else machine.vocabulary.calls.get(name)
    return machine.vocabulary.calls.get(name)


def _is_far(value: Value) -> bool:
    """Whether a module is loaded from an address."""
    return bool(re.match(r"https?://|//", known_text(value) or ""))


def _is_plain_import(entry: Entry, arguments: Arguments) -> bool:
    """Whether a module is loaded by a name that stands there, as every file does."""
    if entry.sink != "import" or not arguments.positional:
        return False
    first = arguments.positional[0]
    is_path = isinstance(first, Constant) and str(first.value).startswith("/")
    return isinstance(first, Constant) and not is_path and not first.steps and not first.taints


def _road(callee: Reference, op: ir.Op | None) -> str:
    """How a callee was reached: "direct", "alias" or "computed"."""
    last = callee.name.rpartition(".")[2].rpartition("/")[2]
    if isinstance(op, ir.Name):
        return "direct" if op.name.partition("#")[0] in {last, last.removesuffix("()")} else "alias"
    if isinstance(op, ir.Attribute):
        return "direct" if op.name == last else "alias"
    return "computed" if op is not None and callee.steps else "direct"


def _given(machine: Machine, name: str, entry: Entry, arguments: Arguments) -> Arguments:
    """The arguments as rules see them: options by name, an address as text, a command as one list of words."""
    positional = list(arguments.positional)
    if name in _FUNCTIONS and positional:
        return arguments._replace(positional=(positional[-1], *positional[:-1]))
    if entry.sink not in _OPTIONS:
        return arguments
    keywords: list[tuple[str, Value]] = []
    for value in positional[:3]:
        if isinstance(value, Mapping) and entry.sink != "install":
            for key, held in list(value.entries.items())[:_MOST_OPTIONS]:
                if isinstance(key, str):
                    keywords.append((key, held))
    if entry.sink == "network" and positional and isinstance(positional[0], Mapping):
        address = _address(machine, positional[0], name)
        if address is not None:
            positional[0] = address
    last = name.rpartition(".")[2]
    if entry.sink == "process" and last in ARGV and len(positional) > 1 and isinstance(positional[1], Items):
        words = positional[1]
        positional[0:2] = [Items("list", [positional[0], *words.items], words.steps, words.rest)]
    return Arguments(tuple(positional), tuple(keywords), arguments.rest)


def _address(machine: Machine, options: Mapping, name: str) -> Value | None:
    """The address that the options of a request say: ``{protocol, hostname, port, path}`` or ``{url}``."""
    entries = options.entries
    for key in ("url", "uri", "href"):
        if key in entries:
            return entries[key]
    host = entries.get("hostname", entries.get("host"))
    if host is None:
        return None
    if name.partition(".")[0] in {"net", "tls", "dgram"}:
        return host
    parts: list[Value] = [entries.get("protocol") or Constant("https:" if name.startswith("https") else "http:")]
    parts += [Constant("//"), host]
    port = to_text(entries["port"]) if "port" in entries else None
    if port not in {None, "80", "443", "undefined"}:
        parts.append(Constant(f":{port}"))
    parts.append(entries.get("path") or entries.get("pathname") or Constant("/"))
    made = concat(parts, machine.budget)
    steps = merge(parts)
    return made._replace(steps=steps) if isinstance(made, Constant | Partial | Unknown) else made


def _result(machine: Machine, callee: Reference, entry: Entry | None, arguments: Arguments) -> Value:
    """What a call gives that is not folded: a path from the callee, with the sources of all that went in."""
    name = callee.name
    last = name.rpartition(".")[2]
    if name in machine.vocabulary.clean or f"*.{last}" in machine.vocabulary.clean:
        return UNKNOWN
    if last in _CHAINED and "(" in name:
        return callee._replace(name=name.rpartition(".")[0])
    taints = sources_of((callee, *arguments.values)) if arguments.positional or arguments.keywords else callee.taints
    taints = left_by(last, taints)
    if entry is not None and entry.source:
        taints = frozenset(taint for taint in taints if taint.kind != entry.source)
    if len(name) > MAX_NAME - 2:
        return Unknown(taints, callee.steps)
    origin = arguments if arguments.positional or arguments.keywords else callee.origin
    return Reference(f"{name}()", taints, callee.steps, origin or arguments)


def source(machine: Machine, frame: Frame, callee: Reference, entry: Entry, arguments: Arguments) -> Taints:
    """The source that a call is: of a file, with its path; one of credentials where the path says so."""
    given = arguments.get(entry.roles[0].position, entry.roles[0].keyword) if entry.roles else None
    if given is None and callee.origin is not None and callee.origin.positional:
        given = callee.origin.positional[0]
    texts = [_said(one) for one in options(given)[:_MOST_PATHS]] if given is not None else [""]
    return union(_source_of(machine, frame, callee, entry.source, text) for text in texts)


def _source_of(machine: Machine, frame: Frame, callee: Reference, kind: str, detail: str) -> Taints:
    filled: Taints = frozenset()
    if kind == "file":
        detail = machine.copied.get(detail, detail)
        filled = machine.filled.get(detail, filled)
        if detail and machine.vocabulary.credentials.search(detail.replace("\\", "/").lower()):
            kind = "credential"
    if kind == "folder":
        detail = machine.vocabulary.constants.get(f"{callee.name}()", callee.name)
    return machine.source(frame, kind, detail or callee.name) | filled


def _said(value: Value) -> str:
    """The text of a path, address or command as far as it is known."""
    if isinstance(value, Items):
        return " ".join(known_text(item) or "…" for item in value.items[:16])
    return known_text(value) or ""


def _act(machine: Machine, frame: Frame, callee: Reference, entry: Entry, arguments: Arguments) -> Value | None:
    """What a sink does with its arguments: code is read, commands are looked into, callbacks are called."""
    made: Value | None = None
    if entry.sink in {"code", "compile"}:
        made = _run(machine, frame, callee, entry, arguments)
    elif entry.sink == "process":
        value = arguments.get(entry.roles[0].position, entry.roles[0].keyword) if entry.roles else None
        if value is not None:
            command(machine, frame, value)
    elif entry.sink == "write":
        _write(machine, frame, callee, entry, arguments)
    if entry.callbacks:
        call_back(machine, frame, callee, entry, arguments)
    return made


def _run(machine: Machine, frame: Frame, callee: Reference, entry: Entry, arguments: Arguments) -> Value | None:
    """Code is read; what ``eval`` gives, and the function that ``Function`` makes."""
    given = [arguments.get(role.position, role.keyword) for role in entry.roles if role.role == "code"]
    value = next((value for value in given if value is not None), None)
    if value is None or isinstance(value, _CALLED):
        return None
    if callee.name in _FUNCTIONS:
        names = [to_text(one) or "" for one in arguments.positional[1:]]
        return function_of(machine, frame, names, value, entry.sink)
    if callee.name == "vm.compileFunction":
        named = arguments.get(1)
        names = [to_text(one) or "" for one in named.items] if isinstance(named, Items) else []
        return function_of(machine, frame, names, value, entry.sink)
    if callee.name in _COMPILED or entry.sink == "compile":
        made = function_of(machine, frame, [], value, entry.sink)
        return Mapping(dict.fromkeys(("runInThisContext", "runInNewContext", "runInContext"), made))
    result = execute(machine, frame, value, entry.sink, callee.name == _DIRECT, _context(callee, arguments))
    return result if callee.name in _GIVES else None


def _context(callee: Reference, arguments: Arguments) -> Mapping | None:
    """The object whose properties are the variables of code that is executed in it."""
    held = arguments.get(1)
    return held if callee.name in _IN_CONTEXT and isinstance(held, Mapping) else None


def _write(machine: Machine, frame: Frame, callee: Reference, entry: Entry, arguments: Arguments) -> None:
    """Content goes into a file whose path is known or not."""
    last = callee.name.rpartition(".")[2]
    if last in _COPIES:
        from_path, to_path = arguments.get(0), arguments.get(1)
        if from_path is not None and to_path is not None and _said(from_path) and _said(to_path):
            machine.copied.setdefault(_said(to_path), machine.copied.get(_said(from_path), _said(from_path)))
        return
    path = ""
    for role in entry.roles:
        value = arguments.get(role.position, role.keyword)
        if role.role == "path" and value is not None:
            path = _said(value)
    if not path and callee.origin is not None and callee.origin.positional:
        path = _said(callee.origin.positional[0])
    for role in entry.roles:
        value = arguments.get(role.position, role.keyword)
        if role.role == "data" and value is not None:
            keep(machine, path, sources_of((value,)))
            written(machine, frame, value, path)


def call_back(machine: Machine, frame: Frame, callee: Reference, entry: Entry, arguments: Arguments) -> None:
    """A function is given to something that calls it, with what it has heard; errors come first where they do."""
    if callee.name in _DELAYS:
        _delay(machine, frame, callee, arguments)
        return
    found = [value for value in arguments.positional if isinstance(value, _CALLED | Choice)]
    found += [value for _, value in arguments.keywords if isinstance(value, _CALLED)]
    if not found:
        return
    heard: Value = UNKNOWN
    if callee.name in _LISTENS and to_text(arguments.get(0)) in _KEYS:
        heard = Unknown(machine.source(frame, "keys", to_text(arguments.get(0)) or ""))
    elif entry.source:
        taints = union((source(machine, frame, callee, entry, arguments), callee.taints))
        heard = Reference(f"{callee.name}()"[:MAX_NAME], taints, (), arguments)
    _bind_ahead(machine, frame, callee, entry, arguments)
    given = (UNKNOWN, heard, heard) if entry.callback_arguments[1] == "error" else (heard, heard)
    for value in found[:4]:
        run_later(machine, frame, value, given)


def _bind_ahead(machine: Machine, frame: Frame, callee: Reference, entry: Entry, arguments: Arguments) -> None:
    """A function that is called later finds the variable bound that what the call gives is put into."""
    following = frame.ops[frame.at + 1] if frame.at + 1 < len(frame.ops) else None
    if not isinstance(following, ir.Store) or following.value != frame.at or following.name in frame.outer:
        return
    names = frame.scope.names
    bound = names.get(following.name)
    if bound is None or (isinstance(bound, Constant) and bound.value is None):
        made = _result(machine, callee, entry, arguments)
        names[following.name] = (
            tainted(made, source(machine, frame, callee, entry, arguments)) if entry.source else made
        )


def _delay(machine: Machine, frame: Frame, callee: Reference, arguments: Arguments) -> None:
    """A function is called later with what is given along with it."""
    function = arguments.get(0)
    if isinstance(function, _CALLED | Choice | Reference):
        run_later(machine, frame, function, arguments.positional[_DELAYS[callee.name] :])


def run_later(machine: Machine, frame: Frame, function: Value, given: tuple[Value, ...]) -> Value:
    """Call a function that something else calls, any number of times; what it gives."""
    machine.repeats += 1
    made = machine.language.call(machine, frame, function, Arguments(given))
    machine.repeats -= 1
    return made


def _flowing(
    machine: Machine, frame: Frame, callee: Reference, arguments: Arguments, this: Value | None
) -> Value | None:
    """Streams, events and containers outside: what is heard is handed on, what is put in stays in."""
    base, _, last = callee.name.rpartition(".")
    if last in WALKED and base and is_brought(callee.taints):
        return machine.language.methods[last](machine, frame, arguments, callee._replace(name=base))
    if last == "pipe" and arguments.positional:
        return _pipe(machine, frame, callee._replace(name=base), arguments.positional[0])
    if last in {"on", "once", "addListener", "prependListener", "addEventListener"} and len(arguments.positional) > 1:
        _listen(machine, frame, callee._replace(name=base), arguments)
        return callee._replace(name=base)
    if callee.name in _OPENED and isinstance(this, Reference):
        renew(frame, this, this._replace(origin=_whom(arguments)))
    if last in _FILLS and this is not None:
        for value in arguments.positional[:3]:
            mark(frame, this, value)
    return None


def _whom(arguments: Arguments) -> Arguments:
    """The arguments of a connection with the address first."""
    texts = [value for value in arguments.positional if isinstance(value, Constant | Partial)]
    address = [value for value in texts[1:2] if not isinstance(value, Constant) or isinstance(value.value, str)]
    return Arguments((*address, *arguments.positional))


def _pipe(machine: Machine, frame: Frame, stream: Reference, target: Value) -> Value:
    """``stream.pipe(target)``: what comes out of one is written to the other."""
    if isinstance(target, Reference):
        machine.call(frame, target._replace(name=f"{target.name}.write"), stream)
    return tainted(target, stream.taints) if isinstance(target, Reference | Unknown) else target


def _listen(machine: Machine, frame: Frame, emitter: Reference, arguments: Arguments) -> None:
    """``emitter.on(event, f)``: f is called with what the emitter brings, if that is known to bring anything."""
    made = f"{emitter.name.partition('()')[0]}" if "()" in emitter.name else ""
    known = made in machine.vocabulary.calls or is_brought(emitter.taints)
    if known and isinstance(arguments.positional[1], _CALLED | Choice):
        name = f"{emitter.name}[]" if not emitter.name.endswith("[]") else emitter.name
        heard = emitter._replace(name=name[:MAX_NAME])
        run_later(machine, frame, arguments.positional[1], (heard, heard))
