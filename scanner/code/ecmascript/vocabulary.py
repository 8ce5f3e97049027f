"""What JavaScript's names do: sources, sinks, synonyms. From the documentation of Node.js, of browsers and of clients.

Kinds are those of ``scanner/code/vocabulary_python.py``, so that rules serve both languages. Names: members of modules
as ``child_process.exec`` (``node:`` is left out, ``fs/promises`` is ``fs.promises``), members of packages as
``axios.get``, globals as they are written: ``eval``, ``fetch``,
         ``process.env``. ``x()`` is what a call or ``new`` gives,
``x()[]`` what it hands to a listener, ``x.name=`` an assignment. Options are arguments by name.
"""

from __future__ import annotations

from assay.scanner.code.ecmascript.vocabulary_clients import CLIENTS
from assay.scanner.code.ecmascript.vocabulary_names import CANONICAL, CLEAN, GLOBALS, SENSITIVE_JS, patterns
from assay.scanner.code.sensitive_python import CREDENTIALS, FOLDERS
from assay.scanner.code.vocabulary import Entry, Role, Vocabulary, entries, united

_CODE = (Role("code", 0),)
_COMMAND = (Role("command", 0), Role("environment", -1, "env"), Role("data", -1, "input"))
_PATH = (Role("path", 0),)
_DATA = (Role("data", 0),)
_WRITE = (Role("path", 0), Role("data", 1))
_COPY = (Role("source", 0), Role("path", 1))
_ERROR = (-1, "error")
_ANY = ((0, ""),)
_URL = (
    Role("url", 0),
    Role("url", -1, "url"),
    Role("host", -1, "hostname"),
    Role("host", -1, "host"),
    Role("path", -1, "path"),
    Role("headers", -1, "headers"),
    Role("data", -1, "body"),
    Role("data", -1, "data"),
    Role("data", -1, "auth"),
)
_FS = "{fs,fs.promises}"

_GROUPS = (
    # code
    *entries("eval execScript vm.runInThisContext vm.runInNewContext vm.runInContext", Entry("code", roles=_CODE)),
    *entries("Function AsyncFunction GeneratorFunction vm.compileFunction", Entry("code", roles=_CODE)),
    *entries("vm.Script vm.SourceTextModule", Entry("compile", roles=_CODE)),
    *entries("Worker worker_threads.Worker", Entry("import", roles=_PATH)),
    *entries("module()._compile module.prototype._compile require.extensions[]", Entry("code", roles=_CODE)),
    *entries("require import require.resolve importScripts module.register", Entry("import", roles=(Role("name", 0),))),
    *entries("v8.deserialize node-serialize.unserialize serialize-to-js.deserialize js-yaml.load "
             "funcster.deepDeserialize",
             Entry("deserialise", roles=_DATA)),
    *entries("process.dlopen ffi-napi.Library ffi.Library koffi.load process.binding process._linkedBinding "
             "WebAssembly.{instantiate,compile,instantiateStreaming,compileStreaming,Module,Instance} bindings",
             Entry("native", roles=(Role("path", 0), Role("data", 0)))),
    *entries("setTimeout setInterval setImmediate", Entry("callback", callbacks=_ANY)),
    *entries("process.nextTick queueMicrotask requestAnimationFrame requestIdleCallback process.on process.once "
             "globalThis.addEventListener document.addEventListener addEventListener "
             "chrome.runtime.onInstalled.addListener "
             "async_hooks.createHook util.callbackify", Entry("callback", callbacks=_ANY)),
    # processes
    *entries("child_process.{exec,execFile}", Entry("process", "process", _COMMAND, callbacks=_ANY,
             callback_arguments=_ERROR)),
    *entries("child_process.{execSync,execFileSync,spawn,spawnSync}", Entry("process", "process", roles=_COMMAND)),
    *entries("child_process.fork cluster.fork cluster.setupPrimary", Entry("process", roles=_COMMAND)),
    *entries("child_process.{spawn,exec,execFile,fork}().stdin.{write,end} child_process.{spawn,exec,execFile}().send",
             Entry("process", roles=_DATA)),
    *entries("execa execa.{execa,execaSync,sync,command,commandSync,execaCommand,execaCommandSync,shell,$,node} "
             "cross-spawn cross-spawn.{sync,spawn} shelljs.exec zx.$ sudo-prompt.exec node-cmd.{run,runSync,get} "
             "Bun.{spawn,spawnSync,$} Deno.run Deno.Command tinyexec.{x,exec} nano-spawn "
             "promisify-child-process.{exec,spawn} "
             "child-process-promise.{exec,spawn} node-pty.spawn open opn "
             "process.binding().spawn spawn_sync.spawn", Entry("process", "process", roles=_COMMAND)),
    *entries("npm.commands.install global-npm.install", Entry("install", roles=(Role("command", 0),))),
    *entries("process.{exit,abort,reallyExit,chdir,setuid,setgid}", Entry("control", roles=(Role("path", 0),))),
    *entries("process.kill", Entry("control", roles=(Role("name", 0),))),
    *entries(f"{_FS}.{{chmod}} fs.chmodSync fs.promises.chmod fs.fchmodSync", Entry("control", roles=_PATH)),
    # files
    *entries("fs.{readFile,readdir,opendir,readlink} graceful-fs.readFile",
             Entry("", "file", roles=_PATH, callbacks=_ANY, callback_arguments=_ERROR)),
    *entries("fs.{readFileSync,readdirSync,opendirSync,readlinkSync,openAsBlob} fs.promises.{readFile,readdir,opendir} "
             "fs.{readJson,readJSON,readJsonSync,readJSONSync} jsonfile.{readFile,readFileSync} glob "
             "glob.{sync,glob,globSync} "
             "fast-glob fast-glob.{sync,glob} globby globby.{sync,globby,globbySync} klaw-sync recursive-readdir "
             "readdirp "
             "Bun.file Deno.{readFile,readTextFile,readFileSync,readTextFileSync,readDir,readDirSync} tiny-glob "
             "load-json-file read-pkg walkdir.sync", Entry(source="file", roles=_PATH, callbacks=_ANY,
             callback_arguments=_ERROR)),
    *entries("fs.createReadStream fs.{open,openSync} fs.promises.open",
             Entry("open", "file", roles=(Role("path", 0), Role("mode", 1)))),
    *entries("keytar.{getPassword,findPassword,findCredentials} sqlite3.Database better-sqlite3 "
             "chrome-cookies-secure.getCookies "
             "chrome.cookies.{get,getAll} browser.cookies.getAll chrome.identity.getAuthToken win-dpapi.unprotectData "
             "@primno/dpapi.Dpapi.unprotectData node-dpapi.unprotectData", Entry(source="credential", roles=_PATH,
             callbacks=_ANY)),
    *entries("fs.{writeFile,writeFileSync,appendFile,appendFileSync,outputFile,outputFileSync,writeJson,writeJsonSync,"
             "writeJSONSync,outputJson,outputJsonSync} fs.promises.{writeFile,appendFile} write-file-atomic "
             "write-file-atomic.sync Bun.write Deno.{writeFile,writeTextFile,writeFileSync,writeTextFileSync} "
             "jsonfile.{writeFile,writeFileSync}", Entry("write", roles=_WRITE)),
    *entries("fs.createWriteStream().{write,end} fs.promises.open().{write,writeFile,appendFile}",
             Entry("write", roles=_DATA, receiver="path")),
    *entries("fs.createWriteStream", Entry("open", roles=_PATH)),
    *entries("fs.{write,writeSync}", Entry("write", roles=(Role("data", 1),), receiver="path")),
    *entries("fs.{copyFile,copyFileSync,cp,cpSync,rename,renameSync,symlink,symlinkSync,link,linkSync,copy,copySync,move,"
             "moveSync} fs.promises.{copyFile,cp,rename,symlink,link} tar.{x,extract} adm-zip().extractAllTo "
             "extract-zip decompress unzipper.Extract", Entry("write", roles=_COPY)),
    *entries("fs.{unlink,unlinkSync,rm,rmSync,rmdir,rmdirSync,truncate,truncateSync,remove,removeSync,emptyDir} "
             "fs.emptyDirSync "
             "fs.promises.{unlink,rm,rmdir,truncate} rimraf rimraf.{sync,rimraf,rimrafSync} del del.{sync,deleteAsync} "
             "shelljs.rm trash Deno.{remove,removeSync}", Entry("delete", roles=_PATH)),
    *entries("winreg().{set,create} regedit.{putValue,createKey} auto-launch().enable app.setLoginItemSettings "
             "node-windows.Service().install node-schedule.scheduleJob", Entry("persist", roles=(Role("path", 0),
                      Role("data", 1)))),
    # network
    *entries("http.get https.get http.request https.request http2.connect().request "
             "follow-redirects.{http,https}.{get,request}",
             Entry("network", "remote", roles=_URL, callbacks=_ANY)),
    *entries("{http,https}.{request,get}().{write,end} {http,https}.request().setHeader", Entry("network", roles=_DATA,
             receiver="url")),
    *entries("http.request().write http.request().end https.request().write https.request().end http.get().write "
             "http2.connect().request().write http2.connect().request().end", Entry("network", roles=_DATA,
                      receiver="url")),
    *entries("fetch WebSocket EventSource http2.connect "
             "Deno.connect WebTransport RTCPeerConnection", Entry("network", "remote", roles=_URL)),
    *entries("XMLHttpRequest().open", Entry("network", "remote", roles=(Role("url", 1),))),
    *entries("ethereum.{request,send,sendAsync}= solana.{signTransaction,signAllTransactions,signAndSendTransaction,"
             "signMessage}= fetch= XMLHttpRequest= XMLHttpRequest.prototype.{open,send}= "
             "tronWeb.trx.{sign,sendTransaction}= "
             "navigator.clipboard.{writeText,readText}= WebSocket= WebSocket.prototype.send= require.extensions= "
             "module.prototype.{require,_compile}= module._load=", Entry("hook", roles=_DATA)),
    *entries("navigator.sendBeacon", Entry("network", roles=(Role("url", 0), Role("data", 1)))),
    *entries("XMLHttpRequest().send WebSocket().send", Entry("network", roles=_DATA, receiver="url")),
    *entries("XMLHttpRequest().setRequestHeader", Entry("network", roles=(Role("name", 0), Role("headers", 1)))),
    *entries("Image().src= location.href= location= location.assign location.replace window.open open "
             "document.createElement().src= document.createElement().href= document.createElement().action= "
             "document.location= document.location.href= HTMLImageElement().src=", Entry("network",
                      roles=(Role("url", 0),))),
    *entries("net.{connect,createConnection} tls.connect net.Socket().connect tls.TLSSocket().connect",
             Entry("network", "remote", roles=(Role("host", 1), Role("host", 0), Role("host", -1, "host"),
             Role("path", -1, "path")), callbacks=_ANY)),
    *entries("net.{connect,createConnection}().{write,end} tls.connect().{write,end} net.Socket().{write,end} "
             "net.Socket().connect().{write,end} net.connect()[].{write,end} net.createServer()[].{write,end} "
             "net.createServer().{write,end} tls.connect()[].write",
             Entry("network", roles=_DATA, receiver="host")),
    *entries("net.connect().write net.connect().end net.createConnection().write net.createConnection().end "
             "tls.connect().write net.Socket().write net.createServer().write net.createServer()[].write",
             Entry("network", roles=_DATA, receiver="host")),
    *entries("net.Socket", Entry(source="remote")),
    *entries("dgram.createSocket", Entry(source="remote")),
    *entries("dgram.createSocket().send", Entry("network", roles=(*_DATA, Role("host", 2), Role("host", 4)))),
    *entries("dns.{lookup,resolve,resolve4,resolve6,resolveTxt,resolveAny,resolveCname,resolveMx,resolveSrv,reverse} "
             "dns.promises.{lookup,resolve,resolve4,resolve6,resolveTxt,resolveAny} "
             "dns.Resolver().{resolve,resolve4,resolveTxt}",
             Entry("dns", "remote", roles=(Role("name", 0),), callbacks=_ANY, callback_arguments=_ERROR)),
    *entries("net.createServer http.createServer https.createServer http2.createSecureServer tls.createServer "
             "WebSocketServer ws.Server ws.WebSocketServer", Entry("listen", "remote", roles=(Role("host", 0),),
             callbacks=_ANY)),
    *entries("{net,http,https}.createServer().listen net.createServer().listen http.createServer().listen",
             Entry("listen", roles=(Role("host", 1), Role("host", 0)), callbacks=_ANY)),
    *CLIENTS,
    # sources
    *entries("process.env.toObject Deno.env.get Deno.env.toObject", Entry(source="environment", roles=(Role("name",
             0),))),
    *entries("process.cwd os.tmpdir os.homedir app.getPath app.getAppPath", Entry(source="folder")),
    *entries("os.{hostname,userInfo,networkInterfaces} process.{getuid,geteuid,getgid} username username.sync "
             "node-machine-id.{machineId,machineIdSync} macaddress.{one,all} getmac address.mac "
             "systeminformation.{system,uuid,"
             "networkInterfaces,users,osInfo} public-ip public-ip.{v4,publicIp,publicIpv4} fullname "
             "internal-ip.{v4,v4.sync} "
             "ip.address getos", Entry(source="identity", callbacks=_ANY, callback_arguments=_ERROR)),
    *entries("os.{platform,arch,type,release,version,machine,cpus,totalmem,freemem,uptime,endianness,loadavg} "
             "os-name process.uptime navigator.userAgentData.getHighEntropyValues process.memoryUsage "
             "Intl.DateTimeFormat().resolvedOptions", Entry(source="platform")),
    *entries("clipboardy.{read,readSync} clipboard.{readText,read} copy-paste.paste "
             "navigator.clipboard.{readText,read} "
             "electron.clipboard.{readText,read,readHTML} clipboard-event", Entry(source="clipboard", callbacks=_ANY)),
    *entries("clipboardy.{write,writeSync} clipboard.writeText copy-paste.copy navigator.clipboard.writeText "
             "electron.clipboard.writeText", Entry("clip", roles=_DATA)),
    *entries("iohook.on uiohook-napi.uIOhook.on node-global-key-listener.GlobalKeyboardListener().addListener "
             "gkm.events.on "
             "ioHook.on iohook.start", Entry("listen-keys", "keys", callbacks=_ANY)),
    *entries("screenshot-desktop screenshot-desktop.all desktopCapturer.getSources robotjs.screen.capture "
             "electron.desktopCapturer.getSources navigator.mediaDevices.{getDisplayMedia,getUserMedia} "
             "node-webcam.capture",
             Entry(source="screen", callbacks=_ANY)),
    *entries("readline.createInterface().question readline-sync.question prompt inquirer.prompt prompts "
             "readline-sync.{questionEMail,keyIn}", Entry(source="input", callbacks=_ANY)),
    *entries("localStorage.getItem sessionStorage.getItem chrome.storage.local.get chrome.storage.sync.get "
             "indexedDB.open",
             Entry(source="credential", roles=(Role("path", 0),), callbacks=_ANY)),
    *entries("ethereum.request solana.{connect,signTransaction,signAllTransactions,signAndSendTransaction} "
             "tronWeb.trx.sendTransaction web3.eth.{sendTransaction,getAccounts} ethereum.{send,sendAsync,enable}",
             Entry("wallet", "wallet", roles=(Role("data", 0),))),
    *entries("crypto.createCipheriv().{update,final} crypto.createCipher().update crypto.publicEncrypt "
             "crypto.subtle.encrypt CryptoJS.AES.encrypt crypto-js.AES.encrypt", Entry("cipher", roles=(Role("data", 0),
             Role("data", 1)))),
    *entries("document.write document.writeln document.createElement().innerHTML= document.body.innerHTML= "
             "document.head.appendChild document.body.appendChild", Entry("markup", roles=_DATA)),
)  # fmt: skip

_ATTRIBUTES = {
    "process.env": "environment", "process.platform": "platform", "process.arch": "platform",
    "process.argv": "argument", "process.argv0": "argument", "process.execArgv": "argument",
    "process.version": "platform", "process.versions": "platform", "process.stdin": "input",
    "process.pid": "platform", "process.config": "platform", "navigator.userAgent": "platform",
    "navigator.platform": "platform", "navigator.language": "platform", "document.cookie": "credential",
    "localStorage": "credential", "sessionStorage": "credential", "document.referrer": "platform",
    "XMLHttpRequest().responseText": "remote", "XMLHttpRequest().response": "remote",
    "XMLHttpRequest().responseXML": "remote",
    "Deno.env": "environment", "Bun.env": "environment", "process.title": "platform", "document.forms": "input",
    "document.getElementById().value": "input", "document.querySelector().value": "input",
    "document.querySelectorAll()[].value": "input", "location.search": "argument", "location.hash": "argument",
}  # fmt: skip

_CONSTANTS = {"path.sep": "/", "os.EOL": "\n", "path.delimiter": ":", "os.homedir()": "HOME",
         "process.cwd()": "os.getcwd",
              "path.posix.sep": "/", "path.win32.sep": "\\", "os.tmpdir()": "TMPDIR"}  # fmt: skip

VOCABULARY = Vocabulary(
    builtins=GLOBALS,
    calls=united(_GROUPS),
    attributes=_ATTRIBUTES,
    constants=_CONSTANTS,
    canonical=CANONICAL,
    clean=CLEAN,
    folders=FOLDERS,
    sensitive=SENSITIVE_JS,
    patterns=patterns,
    credentials=CREDENTIALS,
)
