"""Python's decoders by qualified name: what they give for constants, and the hiding step that each undoes."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING

from assay.scanner.code.assemble import concat
from assay.scanner.code.binary_python import BINARY_BUILTINS
from assay.scanner.code.budget import CONSTANT
from assay.scanner.code.decode import DECODERS, ENCODERS, TEXT_DECODERS, decode_bytes, encode_text, inflate
from assay.scanner.code.operators import fold, path_text
from assay.scanner.code.values import (
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
    blob,
    choose,
    integer,
    merge,
    options,
    taints_of,
    text,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from assay.scanner.code.ir import Scalar
    from assay.scanner.code.machine import Builtin, Machine
    from assay.scanner.code.scope import Frame

_NAMES = {
    "base64": "base64.b64decode base64.standard_b64decode base64.decodebytes base64.decodestring binascii.a2b_base64",
    "base64url": "base64.urlsafe_b64decode",
    "base32": "base64.b32decode",
    "base32hex": "base64.b32hexdecode",
    "base16": "base64.b16decode",
    "base85": "base64.b85decode",
    "ascii85": "base64.a85decode",
    "hex": "binascii.unhexlify binascii.a2b_hex builtins.bytes.fromhex builtins.bytearray.fromhex",
    "uu": "binascii.a2b_uu",
    "quopri": "binascii.a2b_qp quopri.decodestring",
    "gzip": "gzip.decompress",
    "bz2": "bz2.decompress bz2.BZ2Decompressor().decompress",
    "lzma": "lzma.decompress lzma.LZMADecompressor().decompress",
}
_ENCODER_NAMES = {
    "base64": "base64.b64encode base64.standard_b64encode",
    "base64url": "base64.urlsafe_b64encode",
    "base32": "base64.b32encode",
    "base16": "base64.b16encode",
    "base85": "base64.b85encode",
    "hex": "binascii.hexlify binascii.b2a_hex",
}
_TEXT_NAMES = {
    "unquote": "urllib.parse.unquote urllib.parse.unquote_to_bytes",
    "unquote_plus": "urllib.parse.unquote_plus",
    "dedent": "textwrap.dedent",
    "unescape": "html.unescape html.parser.HTMLParser().unescape xml.sax.saxutils.unescape",
}
_OPAQUE = {
    "pickle": "pickle.loads dill.loads cloudpickle.loads _pickle.loads shelve.open jsonpickle.decode",
    "decrypt": "cryptography.fernet.Fernet().decrypt cryptography.fernet.MultiFernet().decrypt "
    "Crypto.Cipher.AES.new().decrypt Cryptodome.Cipher.AES.new().decrypt Crypto.Cipher.ARC4.new().decrypt "
    "Crypto.Cipher.DES.new().decrypt Crypto.Cipher.DES3.new().decrypt Crypto.Cipher.Blowfish.new().decrypt "
    "Crypto.Cipher.ChaCha20.new().decrypt Crypto.Cipher.XOR.new().decrypt Crypto.Cipher.PKCS1_OAEP.new().decrypt "
    "Crypto.Cipher.AES.new().decrypt_and_verify pyaes.AESModeOfOperationCTR().decrypt "
    "pyaes.AESModeOfOperationCBC().decrypt pyaes.AESModeOfOperationGCM().decrypt nacl.secret.SecretBox().decrypt "
    "cryptography.hazmat.primitives.ciphers.Cipher().decryptor().update rsa.decrypt "
    "cryptography.hazmat.primitives.ciphers.aead.AESGCM().decrypt "
    "cryptography.hazmat.primitives.ciphers.aead.ChaCha20Poly1305().decrypt",
}


def _result(machine: Machine, frame: Frame, found: bytes | str, given: Value, step: str) -> Value | None:
    """A decoded constant: it is a blob that stood in the code."""
    if not machine.budget.room(len(found)):
        return None
    taints = union((given.taints, machine.source(frame, "blob", step)))
    return Constant(found, taints, merge((given,), step))


def _lost(values: tuple[Value, ...], step: str) -> Value:
    """What is decoded is not known; what flowed in and how it was hidden is."""
    return Unknown(taints_of(values), merge(values, step))


def _decoder(name: str) -> Builtin:
    step, decoder = DECODERS[name]

    def run(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        given = arguments.get(0)
        data = blob(given)
        if given is None:
            return None
        found = decoder(data) if data is not None and len(data) <= CONSTANT else None
        return _lost(arguments.values, step) if found is None else _result(machine, frame, found, given, step)

    return run


def _inflate(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``zlib.decompress(data, wbits)``; an object of ``decompressobj`` has the bits of its own call."""
    given, bits = arguments.get(0), arguments.get(1, "wbits")
    if isinstance(callee, Reference) and callee.origin is not None and bits is None:
        bits = callee.origin.get(0, "wbits")
    data = blob(given)
    wbits = 15 if bits is None else integer(bits)
    if given is None:
        return None
    found = inflate(data, wbits) if data is not None and wbits is not None else None
    return _lost(arguments.values, "zlib") if found is None else _result(machine, frame, found, given, "zlib")


def _encoder(function: Callable[[bytes], bytes], step: str) -> Builtin:
    def run(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        given = arguments.get(0)
        data = blob(given)
        if data is None or given is None or not machine.budget.room(2 * len(data)):
            return None
        return Constant(function(data), given.taints, merge((given,), step))

    return run


def _text_decoder(name: str) -> Builtin:
    step, decoder = TEXT_DECODERS[name]

    def run(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        given = arguments.get(0)
        if isinstance(given, Choice):
            made = [run(machine, frame, Arguments((option,)), callee) for option in given.options]
            return choose([one if one is not None else Unknown(given.taints, given.steps) for one in made])
        if isinstance(given, Partial) and not step:
            return given
        written = text(given)
        if written is None or given is None or not machine.budget.room(len(written)):
            return None
        found = decoder(written)
        return given if found == written else Constant(found, given.taints, merge((given,), step))

    return run


def _opaque(step: str) -> Builtin:
    def run(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        values = arguments.values
        held = callee.origin.values if isinstance(callee, Reference) and callee.origin is not None else ()
        known = blob(arguments.get(0)) is not None
        taints = union([taints_of((*values, *held)), machine.source(frame, "blob", step) if known else frozenset()])
        return Unknown(taints, merge(values, step))

    return run


def _fernet(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``Fernet(key).decrypt(token)`` of constants."""
    token = blob(arguments.get(0))
    key = blob(callee.origin.get(0)) if isinstance(callee, Reference) and callee.origin is not None else None
    given = arguments.get(0)
    if token is None or key is None or given is None or len(key) > 256:
        return _opaque("decrypt")(machine, frame, arguments, callee)
    module: ModuleType = importlib.import_module("assay.scanner.code.fernet")
    found: bytes | None = module.decrypt(key, token)
    if found is None:
        return _lost(arguments.values, "decrypt")
    return _result(machine, frame, found, given, "decrypt")


def _codecs_decode(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``codecs.decode(data, encoding)``."""
    given, encoding = arguments.get(0), arguments.get(1, "encoding")
    data, name = blob(given), text(encoding) if encoding is not None else "utf-8"
    if given is None:
        return None
    found = decode_bytes(data, name) if data is not None and name is not None else None
    if found is None:
        return _lost(arguments.values, "codecs")
    return (
        _result(machine, frame, found[0], given, found[1])
        if found[1]
        else Constant(found[0], given.taints, given.steps)
    )


def _codecs_encode(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``codecs.encode(text, encoding)``: rot13 is its own inverse."""
    given, name = arguments.get(0), text(arguments.get(1, "encoding") or Constant("utf-8"))
    written = text(given)
    found = encode_text(written, name) if written is not None and name is not None else None
    if found is None or given is None:
        return None
    return Constant(found[0], given.taints, merge((given,), found[1]))


def _marshal(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``marshal.loads(data)``: nothing is loaded; the data goes on, and is known to be marshalled."""
    given = arguments.get(0)
    if not isinstance(given, Constant):
        return _lost(arguments.values, "marshal")
    return given._replace(
        steps=merge((given,), "marshal"), taints=union((given.taints, machine.source(frame, "blob", "marshal")))
    )


def _compile(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``compile(source, …)``: the source goes on."""
    given = arguments.get(0, "source")
    if isinstance(given, Constant | Partial):
        return given._replace(steps=merge((given,), "compile"))
    return None if given is None else _lost((given,), "compile")


def _json(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``json.loads(text)`` of a constant, nested at most 50 deep."""
    given = arguments.get(0)
    data = blob(given)
    if data is None or given is None or len(data) > 1 << 20 or max(data.count(b"["), 0) + data.count(b"{") > 5000:
        return None
    depth = deepest = 0
    for byte in data:
        depth += (byte in b"[{") - (byte in b"]}")
        deepest = max(deepest, depth)
    if deepest > 50:
        return None
    try:
        found = json.loads(data, parse_int=_bounded_int)
    except ValueError:
        return None
    return _lifted(found, given)


def _bounded_int(digits: str) -> int:
    return int(digits[:4000])


def _lifted(found: object, given: Value) -> Value:
    """What json gave, as a value."""
    if isinstance(found, dict):
        return Mapping({str(key): _lifted(value, given) for key, value in found.items()}, merge((given,), "json"))
    if isinstance(found, list):
        return Items("list", [_lifted(value, given) for value in found], merge((given,), "json"))
    scalar: Scalar = found if isinstance(found, str | int | float | bool) else None
    return Constant(scalar, given.taints, merge((given,), "json"))


def _from_bytes(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``int.from_bytes(data, order)``."""
    given, order = arguments.get(0), text(arguments.get(1, "byteorder") or Constant("big"))
    data = blob(given)
    if data is None or given is None or len(data) > 8192 or order not in {"big", "little"}:
        return None
    return Constant(int.from_bytes(data, "big" if order == "big" else "little"), given.taints, given.steps)


_MOST_NAMES = 4
"""Names that a path may end in, of which each is told."""


def _join_path(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
    """``os.path.join(…)`` with slashes; of several possible names several paths."""
    given = arguments.positional
    at = next((at for at, value in enumerate(given) if isinstance(value, Choice)), -1)
    if at >= 0 and sum(isinstance(value, Choice) for value in given) == 1:
        each = options(given[at])[:_MOST_NAMES]
        return choose([_joined(machine, (*given[:at], one, *given[at + 1 :])) or UNKNOWN for one in each])
    return _joined(machine, given)


def _joined(machine: Machine, given: tuple[Value, ...]) -> Value | None:
    parts: list[Value] = []
    for value in given:
        if parts:
            parts.append(Constant("/"))
        parts.append(path_text(value))
    if not parts:
        return None
    made = concat(parts, machine.budget)
    steps = merge(given)
    return made._replace(steps=steps) if isinstance(made, Constant | Partial | Unknown) else made


def _operator(symbol: str) -> Builtin:
    def run(machine: Machine, frame: Frame, arguments: Arguments, callee: Value) -> Value | None:
        return fold(symbol, arguments.positional, machine.budget) if len(arguments.positional) == 2 else None

    return run


def _table() -> dict[str, Builtin]:
    made: dict[str, Builtin] = {}
    for kind, names in _NAMES.items():
        made |= {name: _decoder(kind) for name in names.split()}
    for kind, names in _ENCODER_NAMES.items():
        made |= {name: _encoder(ENCODERS[kind], DECODERS[kind][0]) for name in names.split()}
    for kind, names in _TEXT_NAMES.items():
        made |= {name: _text_decoder(kind) for name in names.split()}
    for step, names in _OPAQUE.items():
        made |= {name: _opaque(step) for name in names.split()}
    symbols = {"add": "+", "concat": "+", "sub": "-", "mul": "*", "xor": "^", "and_": "&", "or_": "|", "mod": "%",
               "lshift": "<<", "rshift": ">>", "floordiv": "//", "pow": "**", "eq": "==", "__xor__": "^"}  # fmt: skip
    made |= {f"operator.{name}": _operator(symbol) for name, symbol in symbols.items()}
    return made


DECODER_BUILTINS: dict[str, Builtin] = _table() | {
    "zlib.decompress": _inflate, "zlib.decompressobj().decompress": _inflate, "codecs.decode": _codecs_decode,
    "codecs.encode": _codecs_encode, "marshal.loads": _marshal, "builtins.compile": _compile, "json.loads": _json,
    "cryptography.fernet.Fernet().decrypt": _fernet, "builtins.int.from_bytes": _from_bytes,
    "os.path.join": _join_path, "ntpath.join": _join_path, "posixpath.join": _join_path,
    "builtins.pow": _operator("**"), **BINARY_BUILTINS,
}  # fmt: skip

__all__ = ["DECODER_BUILTINS", "UNKNOWN"]
