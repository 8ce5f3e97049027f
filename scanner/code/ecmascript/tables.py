"""The table of JavaScript's functions that are folded, by the names of the vocabulary."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING

from assay.scanner.code.decode import gunzip, inflate
from assay.scanner.code.ecmascript import buffers, escapes, platform, reflection
from assay.scanner.code.ecmascript import builtins as plain
from assay.scanner.code.ecmascript import bytes as data

if TYPE_CHECKING:
    from assay.scanner.code.machine import Builtin

_TYPED = (
    "Uint8Array Int8Array Uint8ClampedArray Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array "
    "ArrayBuffer SharedArrayBuffer"
)
_CIPHERS = "crypto-js.AES crypto-js.DES crypto-js.TripleDES crypto-js.RC4 crypto-js.Rabbit aes-js sjcl CryptoJS.AES"
_ENCODED = "~()*!.'-_"
_URI = _ENCODED + ";/?:@&=+$,#"


def _raw(given: bytes) -> bytes | None:
    return inflate(given, -zlib.MAX_WBITS)


def _unknown(given: bytes) -> bytes | None:
    return None


JAVASCRIPT_BUILTINS: dict[str, Builtin] = {
    "String": plain.string, "String.fromCharCode": plain.from_char_code, "String.fromCodePoint": plain.from_char_code,
    "String.raw": platform.raw, "parseInt": plain.parse_int, "Number.parseInt": plain.parse_int,
    "parseFloat": plain.parse_float, "Number.parseFloat": plain.parse_float, "Number": plain.number,
    "BigInt": plain.number, "Boolean": plain.boolean, "isNaN": plain.is_nan, "Number.isNaN": plain.is_nan,
    "Math.floor": plain.rounded(math.floor), "Math.ceil": plain.rounded(math.ceil),
    "Math.round": plain.rounded(lambda one: math.floor(one + 0.5)), "Math.trunc": plain.rounded(math.trunc),
    "Math.abs": plain.rounded(abs), "Math.sqrt": plain.rounded(math.sqrt), "Math.sin": plain.rounded(math.sin),
    "Math.log2": plain.rounded(math.log2), "Math.log": plain.rounded(math.log),
    "Math.sign": plain.rounded(lambda one: (one > 0) - (one < 0)), "Math.max": plain.extreme(max, -math.inf),
    "Math.min": plain.extreme(min, math.inf), "Math.imul": plain.imul, "Math.pow": plain.power,
    "JSON.parse": plain.json_parse, "JSON.stringify": plain.json_stringify,
    "Object": reflection.object_, "Object.keys": reflection.keys("keys"), "Object.values": reflection.keys("values"),
    "Object.entries": reflection.keys("entries"), "Object.getOwnPropertyNames": reflection.keys("keys"),
    "Reflect.ownKeys": reflection.keys("keys"), "Object.assign": reflection.assign,
    "Object.fromEntries": reflection.from_entries, "Object.create": reflection.create,
    "Object.defineProperty": reflection.define, "Reflect.defineProperty": reflection.define,
    "Object.defineProperties": reflection.define_all,
    "Object.getPrototypeOf": reflection.prototype_of, "Reflect.getPrototypeOf": reflection.prototype_of,
    "vm.createContext": reflection.itself, "Object.freeze": reflection.itself,
    "Object.seal": reflection.itself, "structuredClone": reflection.itself,
    "Object.setPrototypeOf": reflection.inherits, "util.inherits": reflection.inherits, "inherits": reflection.inherits,
    "Object.getOwnPropertyDescriptor": reflection.get_descriptor, "Array.from": reflection.array_from,
    "Array": reflection.array, "Array.of": reflection.array, "Array.isArray": reflection.is_array,
    "Set": reflection.set_of, "WeakSet": reflection.set_of, "Map": reflection.from_entries,
    "WeakMap": reflection.from_entries, "Reflect.get": reflection.reflect_get, "Reflect.set": reflection.reflect_set,
    "Reflect.apply": reflection.reflect_apply, "Reflect.construct": reflection.reflect_construct,
    "Promise": reflection.promise, "Promise().resolve": reflection.settle, "Promise.resolve": reflection.itself,
    "Promise.all": reflection.itself, "Promise.race": reflection.first_of, "Promise.any": reflection.first_of,
    "Promise.allSettled": reflection.settled, "util.promisify": reflection.itself, "Proxy": reflection.proxy,
    "Buffer": data.buffer_from, "Buffer.from": data.buffer_from, "Buffer.concat": data.buffer_concat,
    "Buffer.alloc": data.typed_array, "Buffer.allocUnsafe": data.typed_array, "atob": data.atob, "btoa": data.btoa,
    "unescape": escapes.text_changed(escapes.unescape, "unescape"), "escape": escapes.text_changed(escapes.escape,
    "escape"),
    "querystring.unescape": escapes.text_changed(escapes.decode_uri, "unquote"),
    "decodeURIComponent": escapes.text_changed(escapes.decode_uri, "unquote"),
    "decodeURI": escapes.text_changed(escapes.decode_uri, "unquote"),
    "encodeURIComponent": escapes.text_changed(escapes.encode_uri(_ENCODED), "quote"),
    "encodeURI": escapes.text_changed(escapes.encode_uri(_URI), "quote"), "TextDecoder().decode": data.text_decode,
    "TextEncoder().encode": data.text_encode, "zlib.inflateSync": data.unpacked(inflate, "zlib"),
    "zlib.inflateRawSync": data.unpacked(_raw, "zlib"), "zlib.gunzipSync": data.unpacked(gunzip, "gzip"),
    "zlib.unzipSync": data.unpacked(data.inflated, "zlib"), "zlib.deflateSync": data.packed,
    "zlib.brotliDecompressSync": data.unpacked(_unknown, "brotli"),
    "pako.inflate": data.unpacked(inflate, "zlib"),
    "pako.ungzip": data.unpacked(gunzip, "gzip"), "pako.inflateRaw": data.unpacked(_raw, "zlib"),
    "zlib.inflate": platform.called_with(data.unpacked(inflate, "zlib")),
    "zlib.gunzip": platform.called_with(data.unpacked(gunzip, "gzip")),
    "zlib.unzip": platform.called_with(data.unpacked(data.inflated, "zlib")),
    "zlib.brotliDecompress": platform.called_with(data.unpacked(_unknown, "brotli")),
    "crypto.createDecipheriv().update": data.deciphered, "crypto.createDecipher().update": data.deciphered,
    "crypto.createDecipheriv().final": data.cipher_final, "crypto.createDecipher().final": data.cipher_final,
    "require": platform.require_, "import": platform.import_, "require.resolve": platform.resolved,
    "module.createRequire": platform.create_require, "setTimeout": platform.timer, "setInterval": platform.timer,
    "setImmediate": platform.timer, "path.join": platform.path_join, "path.resolve": platform.path_join,
    "path.normalize": platform.path_join, "path.dirname": platform.path_part("dirname"),
    "path.basename": platform.path_part("basename"), "path.extname": platform.path_part("extname"),
    "url.fileURLToPath": platform.file_path, "url.pathToFileURL": reflection.itself, "os.homedir": platform.home,
    "os.tmpdir": platform.temporary, "RegExp": platform.pattern, "RegExp().test": platform.pattern_test,
    **dict.fromkeys(("stream.pipeline", "stream/promises.pipeline", "stream.promises.pipeline"), platform.pipeline),
    "RegExp().exec": platform.pattern_exec, "URL": platform.address, "util.format": platform.formatted,
    "Blob": buffers.blob, "URL.createObjectURL": buffers.object_url, "URLSearchParams().get": buffers.query_get,
    "URL().searchParams.set": escapes.query_put, "URL().searchParams.append": escapes.query_put,
    **{f"{one}.decrypt": buffers.decrypted for one in _CIPHERS.split()},
    "Worker": platform.worker, "worker_threads.Worker": platform.worker, "fs.readFileSync": platform.read_own,
    "events().on": platform.listen, "events().once": platform.listen, "events().addListener": platform.listen,
    "events().emit": platform.emit, "Symbol": platform.symbol, "util.inspect": platform.inspected,
    **{name: data.typed_array for one in _TYPED.split() for name in (one, f"{one}.from", f"{one}.of")},
}  # fmt: skip
