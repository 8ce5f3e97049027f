"""Synonyms of names, globals, calls that tell nothing of their arguments, and text that means something in "
"JavaScript."""

from __future__ import annotations

import re

from assay.scanner.code.sensitive_python import PATTERNS, SENSITIVE
from assay.scanner.lazy_pattern import lazy

_SAME = {
    "fs.promises": "fs/promises",
    "fs": "fs-extra graceful-fs original-fs fs-extra/esm memfs.fs",
    "dns.promises": "dns/promises",
    "path": "path/posix path/win32 path.posix path.win32 upath",
    "process": "globalThis.process",
    "events": "events.EventEmitter events.default eventemitter3 eventemitter2 eventemitter3.EventEmitter emittery",
    "require": "module.require process.mainModule.require require.main.require module.constructor._load module._load "
    "module.createRequire() process.mainModule.constructor._load require.main.constructor._load module.Module._load "
    "module.createRequireFromPath() process.getBuiltinModule import-fresh import-lazy require-from-string() "
    "module()._load module().require process.mainModule.constructor.createRequire() require.cache[].require",
    "module": "module.Module module.constructor process.mainModule.constructor require.main.constructor",
    "module.createRequire": "module.Module.createRequire",
    "Buffer": "buffer.Buffer safe-buffer.Buffer safer-buffer.Buffer Buffer.Buffer",
    "Buffer.from": "buffer-from",
    "atob": "buffer.atob abab.atob base-64.decode Base64.atob js-base64.Base64.atob",
    "btoa": "buffer.btoa base-64.encode",
    "setTimeout": "timers.setTimeout",
    "setInterval": "timers.setInterval",
    "setImmediate": "timers.setImmediate",
    "TextDecoder": "util.TextDecoder",
    "TextEncoder": "util.TextEncoder",
    "URL": "url.URL",
    "URLSearchParams": "url.URLSearchParams",
    "eval": "execScript globalThis.eval",
    "crypto": "crypto.webcrypto",
    "child_process": "mz/child_process child-process",
    "child_process.execFileSync": "process.binding().spawnSync",
    "Worker": "web-worker",
    "http": "follow-redirects.http",
    "https": "follow-redirects.https",
    "WebSocket": "undici.WebSocket",
    "node-fetch": "node-fetch-commonjs",
    "XMLHttpRequest": "xmlhttprequest.XMLHttpRequest xmlhttprequest xhr2 xmlhttprequest-ssl",
    "location": "document.location window.location top.location parent.location",
    "String.fromCharCode": "String.fromCharCodes",
    "vm.runInThisContext": "vm2.VM().run vm2.NodeVM().run",
}
CANONICAL: dict[str, str] = {other: name for name, others in _SAME.items() for other in others.split()}
"""Synonyms of whole names and of modules: the one name that is used."""

_GLOBALS_TEXT = (
    "Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean Buffer Bun DataView Date Deno Error "
    "EvalError EventSource File FileReader Float32Array Float64Array FormData Function Headers HTMLImageElement "
    "Image Int16Array Int32Array Int8Array Intl JSON JSX Map Math MutationObserver Notification Number Object "
    "Promise Proxy RTCPeerConnection RangeError ReferenceError Reflect RegExp Request Response Set "
    "SharedArrayBuffer String Symbol SyntaxError TextDecoder TextEncoder TypeError URIError URL URLSearchParams "
    "Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WebSocket "
    "WebTransport Worker XMLHttpRequest Blob addEventListener alert atob browser btoa chrome clearImmediate "
    "clearInterval clearTimeout confirm console crypto decodeURI decodeURIComponent document encodeURI "
    "encodeURIComponent escape ethereum eval execScript fetch history import importScripts indexedDB isFinite "
    "isNaN localStorage location navigator open parseFloat parseInt performance process prompt queueMicrotask "
    "requestAnimationFrame requestIdleCallback screen sessionStorage setImmediate setInterval setTimeout solana "
    "structuredClone tronWeb unescape web3 ActiveXObject WScript jQuery $ AsyncFunction"
)
GLOBALS = frozenset(_GLOBALS_TEXT.split())
"""Names that are bound without being declared."""

_CLEAN_TEXT = (
    "console.log console.error console.warn console.info console.debug console.table console.time console.trace "
    "fs.existsSync fs.exists fs.accessSync fs.access fs.mkdirSync fs.mkdir fs.statSync fs.lstatSync fs.stat "
    "fs.promises.stat fs.promises.mkdir fs.promises.access fs.chmodSync fs.closeSync fs.utimesSync "
    "fs.ensureDirSync fs.ensureDir process.exit process.chdir clearTimeout clearInterval Date.now performance.now "
    "Math.random fs.pathExists fs.pathExistsSync process.on process.once process.emitWarning alert "
    "crypto.randomUUID crypto.randomBytes isFinite Object.is Object.isFrozen path.isAbsolute *.length"
)
CLEAN = frozenset(_CLEAN_TEXT.split())
"""Calls whose result tells nothing of their arguments."""

_WORDS = {
    "code": "eval eval( function fromcharcode constructor require require( import( runinthiscontext runinnewcontext "
    "runincontext createrequire mainmodule process.binding _load atob btoa unescape globalthis inflatesync gunzipsync "
    "brotlidecompresssync createdecipheriv",
    "module": "child_process execsync spawnsync execfile execfilesync spawn exec fork worker_threads process.env env "
    "dgram "
    "vm net tls dns http https node:child_process node:fs readfilesync writefilesync homedir hostname userinfo",
    "command": "bun npx node powershell.exe",
}
_GENERIC_TEXT = "function constructor env exec fork net dns http https vm require node bun spawn tls"
_GENERIC = frozenset(_GENERIC_TEXT.split())
"""Words that folding makes all the time, and that mean nothing alone."""

SENSITIVE_JS: dict[str, str] = SENSITIVE | {
    word: kind for kind, words in _WORDS.items() for word in words.split() if word not in _GENERIC
}
"""Whole texts, lower case."""

patterns = lazy(
    PATTERNS.pattern.replace(
        r"|(?P<code>\b(?:exec|eval|compile|__import__)\s*\(",
        r"|(?P<code>\b(?:eval|function)\s*\(|\brequire\s*\(|child_process|process\.env\b|fromcharcode",
    )
    if isinstance(PATTERNS.pattern, str)
    else "",
    re.NOFLAG,
)
"""Text that counts wherever it stands, in lower case; the group is its kind."""
