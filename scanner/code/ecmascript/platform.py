"""Functions of Node.js and of browsers that make or reach values: modules, paths, timers, patterns, addresses."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from assay.scanner.code.assemble import assemble
from assay.scanner.code.ecmascript.arrays import CALLED
from assay.scanner.code.ecmascript.coerce import text_parts, to_text
from assay.scanner.code.ecmascript.external import run_later
from assay.scanner.code.ecmascript.layers import execute
from assay.scanner.code.ecmascript.modules import load, normal_path, request_of, require, resolve
from assay.scanner.code.ecmascript.patterns import matches, pattern_of
from assay.scanner.code.ecmascript.state import is_dead, realm
from assay.scanner.code.values import (
    NONE,
    UNKNOWN,
    Arguments,
    Choice,
    Constant,
    Items,
    Mapping,
    Partial,
    Reference,
    Unknown,
    Value,
    choose,
    merge,
    options,
    stepped,
    taints_of,
    text,
)

if TYPE_CHECKING:
    from assay.scanner.code.assemble import Part
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame

_MEDIA = re.compile(r"\.(?:png|jpe?g|gif|bmp|webp|ico|tiff?|wav|mp3|ogg|flac|mp4|ttf|otf|eot|woff2?)\Z", re.IGNORECASE)
"""Files that are shown or played, and hold no code."""

_MOST_OPTIONS = 8
_OF_BLOB = "URL.createObjectURL()"
_ADDRESSES = frozenset({_OF_BLOB, "URL()"})


def require_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``require(name)``: a name that was put together is a hidden one."""
    given = arguments.get(0)
    if given is None:
        return None
    found = [_required(machine, frame, option) for option in options(given)[:_MOST_OPTIONS]]
    made = choose(found)
    steps = callee.steps
    for step in steps:
        made = stepped(made, step)
    return made


def _required(machine: Machine, frame: Frame, given: Value) -> Value:
    request = request_of(given)
    if request is None:
        if isinstance(given, Constant):
            return UNKNOWN
        return Reference("?", given.taints, merge((given,), "import-name"))
    if request.startswith("data:"):
        return _data_module(machine, frame, given, request)
    made = require(machine, frame, request)
    if given.steps:
        for step in (*given.steps, "import-name"):
            made = stepped(made, step)
    return made


def _data_module(machine: Machine, frame: Frame, given: Value, request: str) -> Value:
    """``import("data:text/javascript,…")``: the code stands in the name."""
    head, _, body = request.partition(",")
    if head.endswith(";base64"):
        try:
            code = base64.b64decode(unquote(body) + "==").decode("utf-8", "replace")
        except ValueError:
            return UNKNOWN
        execute(machine, frame, Constant(code, given.taints, merge((given,), "base64")), "import", False)
    else:
        execute(machine, frame, Constant(unquote(body), given.taints, given.steps), "import", False)
    return UNKNOWN


def import_(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``import(name)``: as ``require``, and its default is the whole where there is none."""
    made = require_(machine, frame, arguments, callee)
    if isinstance(made, Mapping) and "default" not in made.entries:
        return Mapping({**made.entries, "default": made}, made.steps, made.rest)
    return made


def resolved(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``require.resolve(name)``: the path of a module of the package."""
    request = request_of(arguments.get(0) or UNKNOWN)
    path = resolve(machine.modules, frame.position.module, request) if request is not None else None
    return None if path is None else Partial((None, f"/{path}"))


def create_require(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``createRequire(here)``."""
    return Reference("require", callee.taints, callee.steps)


def timer(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``setTimeout(f or text, time, …)``: text is code."""
    given = arguments.get(0)
    if isinstance(given, Constant | Partial):
        execute(machine, frame, given, "code", False)
    return Reference("setTimeout()")


def worker(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``new Worker(text, {eval: true})``, and of a file of the package."""
    given, settings = arguments.get(0), arguments.get(1)
    flag = settings.entries.get("eval") if isinstance(settings, Mapping) else None
    if given is not None and isinstance(flag, Constant) and flag.value:
        execute(machine, frame, given, "code", False)
        return None
    if isinstance(given, Reference) and given.name in _ADDRESSES and given.origin is not None:
        given = given.origin.get(0)
        if isinstance(given, Constant | Partial) and callee_is(arguments.get(0) or UNKNOWN, _OF_BLOB):
            execute(machine, frame, given, "code", False)
            return None
    request = request_of(given) if given is not None else None
    if given is not None and request is not None and request.startswith("data:"):
        return _data_module(machine, frame, given, request)
    path = resolve(machine.modules, frame.position.module, request) if request else None
    if path is not None:
        load(machine, machine.modules[path])
    return None


def path_join(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``path.join(…)`` and ``path.resolve(…)`` with slashes; of several possible names several paths."""
    chosen = [at for at, value in enumerate(arguments.positional) if isinstance(value, Choice)]
    if len(chosen) == 1:
        before, after = arguments.positional[: chosen[0]], arguments.positional[chosen[0] + 1 :]
        each = options(arguments.positional[chosen[0]])[:_MOST_OPTIONS]
        return choose([_joined(machine, (*before, one, *after), callee) for one in each])
    return _joined(machine, arguments.positional, callee)


def _joined(machine: Machine, values: tuple[Value, ...], callee: Value) -> Value:
    parts: list[Part] = []
    for value in values:
        written = text(value)
        if written is not None and callee_is(callee, "path.resolve") and written.startswith("/"):
            parts = []
        elif parts:
            parts.append("/")
        parts.extend(text_parts(value))
    made = assemble(parts, taints_of(values), merge(values), machine.budget)
    if isinstance(made, Constant) and isinstance(made.value, str):
        return made._replace(value=_shortened(made.value))
    if isinstance(made, Partial) and made.parts[0] is None and len(made.parts) == 2 and isinstance(made.parts[1], str):
        inside = normal_path(made.parts[1])
        return made if inside is None else made._replace(parts=(None, f"/{inside}"))
    return made


def callee_is(callee: Value, name: str) -> bool:
    """Whether a callee has this name."""
    return isinstance(callee, Reference) and callee.name == name


def _shortened(path: str) -> str:
    """A path without ``.``, ``..`` after a name, and doubled slashes."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == ".." and kept and kept[-1] not in {"..", ""}:
            kept.pop()
        elif part not in {"", "."}:
            kept.append(part)
    return ("/" if path.startswith("/") else "") + "/".join(kept)


def path_part(name: str) -> Builtin:
    """``path.dirname``, ``basename`` and ``extname``."""

    def run(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        value = arguments.get(0)
        if isinstance(value, Partial) and isinstance(value.parts[-1], str) and name == "dirname":
            head = value.parts[-1].rstrip("/").rpartition("/")[0]
            return value._replace(parts=(*value.parts[:-1], head or "/"))
        written = text(value)
        if written is None or value is None:
            return None
        head, _, tail = written.rstrip("/").rpartition("/")
        if name == "basename":
            ending = text(arguments.get(1)) or ""
            return Constant(tail.removesuffix(ending), value.taints, value.steps)
        if name == "extname":
            return Constant(tail[tail.rindex(".") :] if "." in tail[1:] else "", value.taints, value.steps)
        return Constant(head or ".", value.taints, value.steps)

    return run


def file_path(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``fileURLToPath(url)``."""
    value = arguments.get(0)
    if isinstance(value, Partial):
        return value._replace(parts=tuple(part for part in value.parts if part != "file://"))
    if isinstance(value, Reference) and value.name == "URL()" and value.origin is not None:
        return value.origin.get(0)
    written = text(value)
    return (
        None
        if written is None or value is None
        else Constant(written.removeprefix("file://"), value.taints, value.steps)
    )


def address(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``new URL(relative, base)``; of the module's own address a path within the package. Always a new object."""
    first, base = text(arguments.get(0)), arguments.get(1)
    if first is not None and isinstance(base, Partial) and isinstance(base.parts[-1], str):
        folder = base.parts[-1].rpartition("/")[0]
        inside = normal_path(f"{folder}/{first}")
        return None if inside is None else Partial((None, f"/{inside}"))
    whole = arguments.get(0)
    if base is None and isinstance(whole, Constant | Partial):
        return whole._replace()
    parts = [part for value in reversed(arguments.positional) for part in text_parts(value)]
    return assemble(parts, taints_of(arguments.values), merge(arguments.values), machine.budget)


def home(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``os.homedir()``: ``~``, wherever that is."""
    return Constant("~", machine.source(frame, "folder", "HOME"))


def temporary(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``os.tmpdir()``."""
    return Constant("/tmp", machine.source(frame, "folder", "TMPDIR"))  # noqa: S108 - what the scanned code asks for


def pattern(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``new RegExp(source, flags)``."""
    source, flags = arguments.get(0), arguments.get(1)
    if isinstance(source, Reference) and source.name == "RegExp()":
        return source
    if source is None:
        return None
    return Reference("RegExp()", source.taints, source.steps, Arguments((source, *([flags] if flags else []))))


def _receiver(callee: Value) -> Reference | None:
    if not isinstance(callee, Reference):
        return None
    return callee._replace(name=callee.name.rpartition(".")[0])


def pattern_test(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``pattern.test(text)``."""
    subject, written = _receiver(callee), to_text(arguments.get(0))
    given = arguments.get(0)
    found = matches(written, subject, False) if written is not None and subject is not None else None
    if found is not None:
        return Constant(bool(found))
    return Unknown(frozenset(), (), given.taints) if given is not None else UNKNOWN


def pattern_exec(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``pattern.exec(text)``."""
    subject, given = _receiver(callee), arguments.get(0)
    written = to_text(given)
    safe = pattern_of(subject) if subject is not None else None
    found = matches(written, subject, False) if written is not None and subject is not None else None
    if found is None or given is None or safe is None or "g" in safe.flags:
        return None
    if not found:
        return NONE
    start, end, groups = found[0]
    steps = merge((given,), "split")
    return Items("list", [Constant(one, given.taints, steps) for one in (str(written)[start:end], *groups)])


def formatted(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``util.format(pattern, …)``."""
    written = text(arguments.get(0))
    if written is None:
        return None
    pieces = written.replace("%j", "%s").replace("%d", "%s").replace("%o", "%s").split("%s")
    parts: list[Part] = []
    for at, piece in enumerate(pieces):
        value = arguments.get(at)
        if at:
            parts.extend(text_parts(value) if value is not None else ("%s",))
        parts.append(piece)
    return assemble(parts, taints_of(arguments.values), merge(arguments.values, "format"), machine.budget)


def inspected(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``util.inspect(x)``: text with its sources."""
    value = arguments.get(0)
    return None if value is None else Unknown(value.taints, value.steps)


def listen(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``emitter.on(event, f)`` of an emitter that the package makes."""
    event, function = to_text(arguments.get(0)), arguments.get(1)
    if isinstance(callee, Reference) and event is not None and isinstance(function, CALLED):
        waiting = realm(machine).listeners.setdefault((id(callee.origin), event), [])
        if len(waiting) < _MOST_OPTIONS:
            waiting.append(function)
            realm(machine).keep(callee.origin)
        for given in realm(machine).emitted.get((id(callee.origin), event), ()):
            run_later(machine, frame, function, given)
    return _receiver(callee)


def emit(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``emitter.emit(event, …)``."""
    event = to_text(arguments.get(0))
    if isinstance(callee, Reference) and event is not None:
        key = (id(callee.origin), event)
        for function in realm(machine).listeners.get(key, ()):
            run_later(machine, frame, function, arguments.positional[1:])
        emitted = realm(machine).emitted.setdefault(key, [])
        if len(emitted) < _MOST_OPTIONS and not is_dead(machine):
            emitted.append(arguments.positional[1:])
            realm(machine).keep(callee.origin)
    return UNKNOWN


def symbol(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Symbol(name)``: nothing that text is made of."""
    return UNKNOWN


def raw(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``String.raw`` of a template."""
    texts = arguments.get(0)
    if not isinstance(texts, Items):
        return None
    parts: list[Part] = []
    for at, piece in enumerate(texts.items):
        value = arguments.get(at) if at else None
        if value is not None:
            parts.extend(text_parts(value))
        parts.extend(text_parts(piece))
    return assemble(parts, taints_of(arguments.values), merge(arguments.values, "format"), machine.budget)


def called_with(function: Builtin) -> Builtin:
    """The asynchronous form of a function: what it gives goes to the callback."""

    def run(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        made = function(machine, frame, arguments, callee)
        for value in arguments.positional[1:3]:
            if isinstance(value, CALLED):
                run_later(machine, frame, value, (UNKNOWN, made or UNKNOWN))
        return made

    return run


def pipeline(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``stream.pipeline(source, …, target, done)``: what comes out of the first is written to the others."""
    given = arguments.positional
    for target in given[1:]:
        if isinstance(target, Reference):
            machine.call(frame, target._replace(name=f"{target.name}.write"), given[0])
        elif isinstance(target, CALLED):
            run_later(machine, frame, target, (UNKNOWN,))
    return NONE


def read_own(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``fs.readFileSync(path)`` of a file of the package that is at hand."""
    value, encoding = arguments.get(0), arguments.get(1)
    own = realm(machine).texts
    request = request_of(value) if isinstance(value, Partial) else None
    path = normal_path(request) if request is not None else None
    if path is None or path not in own or value is None:
        return None
    data = own[path]
    if not machine.budget.room(len(data)):
        return None
    steps = ("file", "media") if _MEDIA.search(path) else ("file",)
    return Constant(data.decode("utf-8", "replace") if encoding is not None else data, value.taints, steps)
