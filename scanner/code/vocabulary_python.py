"""What Python's names do: sources, sinks, synonyms. Taken from the documentation of the standard library and clients.

Sink kinds: code, compile, import, native, process, install, open, write, download, delete, network, dns, listen,
listen-keys, deserialise, persist, control, callback, setup, clip, cipher.
Source kinds: environment, folder, file, credential, identity, platform, argument, clipboard, keys, screen, remote,
process, input, parameter, blob, introspection.
"""

from __future__ import annotations

from assay.scanner.code.sensitive_python import CREDENTIALS, FOLDERS, PATTERNS, SENSITIVE
from assay.scanner.code.vocabulary import Entry, Role, Vocabulary, entries, united
from assay.scanner.code.vocabulary_roads_python import ROADS

_CODE = (Role("code", 0, "source"), Role("code", 0, "code"))
_COMMAND = (
    Role("command", 0, "args"),
    Role("command", 0, "cmd"),
    Role("environment", -1, "env"),
    Role("data", -1, "input"),
)
_URL = (Role("url", 0, "url"), Role("data", 1, "data"), Role("data", -1, "params"), Role("data", 2, "json"),
        Role("headers", -1, "headers"), Role("data", -1, "files"), Role("data", -1, "content"), Role("data", -1,
        "cookies"),
        Role("data", -1, "auth"), Role("data", -1, "body"))  # fmt: skip
_REQUEST = (Role("method", 0, "method"), Role("url", 1, "url"), *(role for role in _URL[1:] if role.position < 0),
            Role("data", 2, "data"), Role("data", 2, "body"), Role("data", -1, "json"), Role("data", -1,
                     "fields"))  # fmt: skip
_DATA = (Role("data", 0, "data"),)
_PATH = (Role("path", 0, "path"),)
_VERBS = "{get,post,put,patch,delete,head,options}"

_GROUPS = (
    # code
    *entries("builtins.exec builtins.eval code.InteractiveInterpreter().runsource "
             "code.InteractiveConsole().push code.InteractiveInterpreter().runcode "
             "cProfile.run profile.run pdb.run six.exec_ IPython.get_ipython().run_cell", Entry("code", roles=_CODE)),
    *entries("builtins.compile types.FunctionType types.LambdaType types.CodeType codeop.compile_command ast.parse",
             Entry("compile", roles=_CODE)),
    *entries("runpy.run_path imp.load_source imp.load_compiled "
             "importlib.machinery.SourceFileLoader importlib.util.spec_from_file_location "
             "importlib.machinery.SourcelessFileLoader zipimport.zipimporter imp.load_module",
             Entry("import", roles=(Role("path", 0, "path_name"), Role("path", 1, "location"), Role("path", 1,
                     "path")))),
    *entries("runpy.run_module importlib.import_module builtins.__import__ importlib.__import__ imp.find_module "
             "importlib.reload pkgutil.find_loader", Entry("import", roles=(Role("name", 0, "name"),))),
    *entries("pickle.{loads,load,Unpickler} _pickle.loads dill.{loads,load} cloudpickle.{loads,load} shelve.open "
             "marshal.{loads,load} yaml.{load,unsafe_load,full_load} jsonpickle.decode joblib.load torch.load "
             "numpy.load", Entry("deserialise", roles=_DATA)),
    *entries("ctypes.{CDLL,WinDLL,OleDLL,PyDLL,CFUNCTYPE,WINFUNCTYPE,cast,memmove,string_at} ctypes.cdll.LoadLibrary "
             "ctypes.windll.LoadLibrary ctypes.util.find_library imp.load_dynamic cffi.FFI().dlopen "
             "importlib.machinery.ExtensionFileLoader ctypes.windll.kernel32.{VirtualAlloc,VirtualAllocEx,"
             "RtlMoveMemory,CreateThread,CreateRemoteThread,WriteProcessMemory,VirtualProtect,WaitForSingleObject} "
             "mmap.mmap ctypes.create_string_buffer", Entry("native", roles=(Role("path", 0, "name"), Role("data",
                     1)))),
    # processes
    *entries("subprocess.{Popen,run,call} subprocess.check_call os.{system,startfile,execv,execve,execvp,execvpe,"
             "posix_spawn,posix_spawnp} os.{execl,execle,execlp,execlpe} pty.spawn "
             "asyncio.{create_subprocess_exec,create_subprocess_shell} webbrowser.open "
             "multiprocessing.popen_fork.Popen win32process.CreateProcess "
             "distutils.spawn.spawn "
             "sh.Command plumbum.local pexpect.spawn invoke.run fabric.Connection().run "
             "distutils.core.Command().spawn", Entry("process", roles=_COMMAND)),
    *entries("os.popen subprocess.{check_output,getoutput,getstatusoutput} commands.{getoutput,getstatusoutput} "
             "pexpect.run os.popen2 os.popen3 popen2.popen2", Entry("process", "process", roles=_COMMAND)),
    *entries("os.{spawnl,spawnle,spawnlp,spawnlpe,spawnv,spawnve,spawnvp,spawnvpe}",
             Entry("process", roles=(Role("command", 1, "path"), Role("command", 2, "args")))),
    *entries("subprocess.Popen().communicate subprocess.Popen().stdout.read subprocess.Popen().stdout.readline "
             "paramiko.SSHClient().exec_command", Entry(source="process")),
    *entries("subprocess.Popen().{communicate,stdin.write,stdin.writelines}",
             Entry("process", roles=(Role("data", 0, "input"),))),
    *entries("pip.main pip._internal.main pip._internal.cli.main.main setuptools.command.easy_install.main "
             "ensurepip.bootstrap", Entry("install", roles=(Role("command", 0, "args"),))),
    *entries("os.{chdir,fork,setsid,kill,killpg,dup2,chmod,setuid}", Entry("control", roles=(Role("path", 0),))),
    # files
    *entries("builtins.open codecs.open gzip.open bz2.open lzma.open zipfile.ZipFile tarfile.open os.open os.fdopen "
             "aiofiles.open", Entry("open", "file", roles=(Role("path", 0, "file"), Role("mode", 1, "mode")))),
    *entries("builtins.open().{read,readlines,readline} codecs.open().read gzip.open().read zipfile.ZipFile().read "
             "aiofiles.open().read os.read pathlib.Path().{read_text,read_bytes} builtins.open()[] linecache.getlines "
             "pathlib.Path().open().read mmap.mmap().read zipfile.ZipFile().open().read pkgutil.get_data "
             "importlib.resources.{read_text,read_binary} fileinput.input sqlite3.connect "
             "sqlite3.connect().cursor sqlite3.connect().execute os.listdir os.scandir os.walk glob.glob glob.iglob "
             "pathlib.Path().{glob,rglob,iterdir} configparser.ConfigParser().read json.load plistlib.load "
             "toml.load yaml.safe_load csv.reader pandas.read_csv dotenv.dotenv_values keyring.get_password",
             Entry(source="file", roles=(Role("path", 0, "path"),))),
    *entries("winreg.{QueryValueEx,QueryValue,EnumValue}", Entry(source="file")),
    *entries("keyring.get_password keyring.get_credential netrc.netrc browser_cookie3.{chrome,firefox,edge,load} "
             "win32crypt.CryptUnprotectData boto3.Session().get_credentials pwd.getpwall spwd.getspall "
             "browsercookie.chrome secretstorage.get_default_collection", Entry(source="credential")),
    *entries("builtins.open().{write,writelines} codecs.open().write gzip.open().write "
             "tempfile.NamedTemporaryFile().write tempfile.TemporaryFile().write pathlib.Path().open().write "
             "tempfile.SpooledTemporaryFile().write os.fdopen().write aiofiles.open().write",
             Entry("write", roles=_DATA, receiver="path")),
    *entries("pathlib.Path().{write_text,write_bytes}", Entry("write", roles=_DATA, receiver="path")),
    *entries("shutil.{copy,copy2,copyfile,move,copytree} os.{rename,replace,link,symlink} zipfile.ZipFile().extractall "
             "tarfile.open().extractall shutil.unpack_archive",
             Entry("write", roles=(Role("source", 0, "src"), Role("path", 1, "dst")))),
    *entries("os.{remove,unlink,rmdir,removedirs,truncate} shutil.rmtree pathlib.Path().{unlink,rmdir} "
             "send2trash.send2trash", Entry("delete", roles=_PATH, receiver="path")),
    *entries("winreg.{SetValueEx,CreateKey,CreateKeyEx,OpenKey,SetValue} crontab.CronTab win32com.client.Dispatch",
             Entry("persist", roles=(Role("path", 1), Role("data", 4)))),
    *entries(
        "urllib.request.urlretrieve wget.download urllib.request.URLopener().retrieve",
        Entry("download", "remote", roles=(Role("url", 0, "url"), Role("path", 1, "filename"), Role("path", 1, "out"))),
    ),
    # network
    *entries(f"requests.{_VERBS} requests.Session().{_VERBS} httpx.{_VERBS} httpx.Client().{_VERBS} "
             f"httpx.AsyncClient().{_VERBS} aiohttp.ClientSession().{_VERBS} grequests.{_VERBS} "
             f"requests_html.HTMLSession().{_VERBS} cloudscraper.create_scraper().{_VERBS} "
             f"tls_client.Session().{_VERBS} "
             f"curl_cffi.requests.{_VERBS} niquests.{_VERBS} urllib.request.urlopen urllib.urlopen "
             "urllib.request.build_opener().open urllib.request.URLopener().open "
             "urlgrabber.urlopen urllib3.PoolManager().urlopen httplib2.Http().request "
             "requests_futures.sessions.FuturesSession().get pandas.read_html torch.hub.load_state_dict_from_url "
             "websocket.create_connection websocket.WebSocketApp websockets.connect websockets.sync.client.connect "
             "xmlrpc.client.ServerProxy socketio.Client().connect websocket.WebSocket().connect "
             "discord_webhook.DiscordWebhook discord.SyncWebhook.from_url discord.Webhook.from_url "
             "dhooks.Webhook urllib.request.Request git.Repo.clone_from", Entry("network", "remote", roles=_URL)),
    *entries("requests.request requests.Session().request httpx.request httpx.Client().request httpx.stream "
             "httpx.AsyncClient().request aiohttp.ClientSession().request aiohttp.request urllib3.request "
             "urllib3.PoolManager().{request,request_encode_body} http.client.HTTPSConnection().request "
             "http.client.HTTPConnection().request treq.request", Entry("network", "remote", roles=_REQUEST)),
    *entries("http.client.{HTTPConnection,HTTPSConnection} ftplib.{FTP,FTP_TLS} smtplib.{SMTP,SMTP_SSL} "
             "telnetlib.Telnet paramiko.Transport imaplib.IMAP4_SSL poplib.POP3_SSL asyncio.open_connection "
             "socket.create_connection socks.socksocket().connect "
             "ssl.wrap_socket().connect "
             "socket.socket().connect socket.socket().connect_ex ssl.SSLContext().wrap_socket().connect "
             "asyncssh.connect pymongo.MongoClient redis.Redis paho.mqtt.client.Client().connect",
             Entry("network", roles=(Role("host", 0, "host"), Role("host", 0, "address")))),
    *entries("socket.socket().{send,sendall,sendfile} socket.create_connection().{send,sendall} "
             "socket.{socket,create_connection}().makefile().write "
             "ssl.wrap_socket().{send,sendall} ssl.SSLContext().wrap_socket().{send,sendall} "
             "smtplib.{SMTP,SMTP_SSL}().send_message websocket.WebSocket().send websocket.create_connection().send "
             "discord.SyncWebhook.from_url().send discord.Webhook.from_url().send dhooks.Webhook().send "
             "http.client.HTTPSConnection().send asyncio.open_connection()[].write telnetlib.Telnet().write "
             "websockets.connect().send", Entry("network", roles=(*_DATA, Role("data", 0, "content"), Role("data",
                     -1, "embed")))),
    *entries("socket.socket().sendto", Entry("network", roles=(*_DATA, Role("host", 1)))),
    *entries("smtplib.{SMTP,SMTP_SSL}().sendmail", Entry("network", roles=(Role("url", 1), Role("data", 2)))),
    *entries("ftplib.FTP().{storbinary,storlines} paramiko.SFTPClient.from_transport().put boto3.client().upload_file "
             "boto3.client().put_object pysftp.Connection().put", Entry("network", roles=(Role("data", 1),
                     Role("data", 0), Role("data", -1, "Body")))),
    *entries("telegram.Bot().{send_message,send_document,send_photo} telebot.TeleBot().{send_message,send_document,"
             "send_photo} telepot.Bot().{sendMessage,sendDocument} telethon.TelegramClient().send_message "
             "aiogram.Bot().send_message pyrogram.Client().send_message slack_sdk.WebClient().chat_postMessage "
             "discord.Client().get_channel().send slack_sdk.WebhookClient().send",
             Entry("network", roles=(Role("url", 0, "chat_id"), Role("data", 1, "text"), Role("data", 1, "document")))),
    *entries("pycurl.Curl().setopt", Entry("network", roles=(Role("option", 0), Role("url", 1)))),
    *entries("pycurl.Curl().{perform_rs,perform_rb} http.client.HTTPSConnection().getresponse "
             "http.client.HTTPConnection().getresponse ftplib.FTP().retrbinary", Entry(source="remote")),
    *entries("socket.socket().{recv,recvfrom,recv_into,makefile} socket.create_connection().{recv,makefile} "
             "ssl.wrap_socket().recv socket.socket().accept()[].recv websocket.WebSocket().recv "
             "websocket.create_connection().recv websockets.connect().recv telnetlib.Telnet().read_all "
             "imaplib.IMAP4_SSL().fetch", Entry(source="remote")),
    *entries("socket.{gethostbyname,gethostbyname_ex,getaddrinfo} dns.resolver.{resolve,query} "
             "dns.resolver.Resolver().{resolve,query} aiodns.DNSResolver().query "
             "asyncio.get_event_loop().getaddrinfo", Entry("dns", "remote", roles=(Role("name", 0, "host"),))),
    *entries("socket.socket().{bind,listen} http.server.HTTPServer socketserver.TCPServer asyncio.start_server "
             "http.server.ThreadingHTTPServer xmlrpc.server.SimpleXMLRPCServer", Entry("listen", roles=(Role("host",
                     0),))),
    # sources
    *entries("os.{getenv,environ.get,environ.pop,environ.setdefault,environ.__getitem__,getenvb} "
             "environ.Env().str decouple.config", Entry(source="environment")),
    *entries("os.environ.{copy,items,values,keys}", Entry(source="environment")),
    *entries("os.{getcwd,getcwdb} pathlib.Path.{cwd,home} site.{getsitepackages,getusersitepackages} "
             "sysconfig.{get_path,get_paths} distutils.sysconfig.get_python_lib", Entry(source="folder")),
    *entries("socket.{gethostname,getfqdn} getpass.getuser os.{getlogin,uname,getuid,geteuid} platform.node "
             "uuid.getnode uuid.uuid1 psutil.users pwd.getpwuid psutil.net_if_addrs "
             "wmi.WMI().Win32_ComputerSystemProduct win32api.GetComputerName win32api.GetUserName "
             "ctypes.windll.kernel32.GetVolumeInformationW getmac.get_mac_address psutil.boot_time "
             "psutil.process_iter netifaces.interfaces", Entry(source="identity")),
    *entries("platform.{system,platform,machine,release,version,uname,processor,win32_ver,architecture,mac_ver} "
             "sysconfig.get_platform locale.getdefaultlocale locale.getlocale distutils.util.get_platform "
             "sys.getwindowsversion psutil.cpu_count psutil.virtual_memory psutil.disk_usage "
             "ctypes.windll.kernel32.IsDebuggerPresent sys.gettrace", Entry(source="platform")),
    *entries("pyperclip.{paste,waitForPaste} win32clipboard.GetClipboardData tkinter.Tk().clipboard_get "
             "clipboard.paste PIL.ImageGrab.grabclipboard pandas.read_clipboard", Entry(source="clipboard")),
    *entries("pynput.keyboard.Listener keyboard.{on_press,on_release,record,read_key,read_event,hook} "
             "pynput.mouse.Listener pyHook.HookManager ctypes.windll.user32.GetAsyncKeyState",
             Entry("listen-keys", "keys", callbacks=((0, "on_press"), (1, "on_release"), (0, "callback")))),
    *entries("PIL.ImageGrab.grab pyautogui.screenshot mss.mss().{grab,shot} pyscreenshot.grab cv2.VideoCapture "
             "sounddevice.rec pyscreeze.screenshot cv2.VideoCapture().read pyaudio.PyAudio().open",
             Entry(source="screen")),
    *entries("builtins.input builtins.raw_input getpass.getpass sys.stdin.read sys.stdin.readline tkinter.Entry().get",
             Entry(source="input")),
    *entries("pyperclip.copy win32clipboard.{SetClipboardText,SetClipboardData} clipboard.copy "
             "tkinter.Tk().clipboard_append", Entry("clip", roles=_DATA)),
    *entries("cryptography.fernet.Fernet().encrypt nacl.secret.SecretBox().encrypt "
             "Crypto.Cipher.{AES,ChaCha20,Salsa20,ARC4,DES3,PKCS1_OAEP,Blowfish}.new().encrypt "
             "Crypto.Cipher.AES.new().encrypt_and_digest "
             "cryptography.hazmat.primitives.ciphers.Cipher().encryptor().update "
             "pyAesCrypt.{encryptFile,encryptStream}", Entry("cipher", roles=_DATA)),
    *ROADS,
    *entries("setuptools.setup distutils.core.setup skbuild.setup numpy.distutils.core.setup", Entry("setup")),
    *entries("sys.exit os._exit time.sleep sys.meta_path.insert sys.meta_path.append sys.path.insert sys.path.append",
             Entry("control")),
    *entries("builtins.type.__subclasses__ builtins.object.__subclasses__ sys._getframe inspect.currentframe "
             "gc.get_objects inspect.getsource", Entry(source="introspection")),
)  # fmt: skip

_ATTRIBUTES = {
    "os.environ": "environment", "os.environb": "environment", "sys.platform": "platform", "os.name": "platform",
    "sys.argv": "argument", "sys.version_info": "platform", "sys.maxsize": "platform", "sys.stdin": "input",
    "sys.base_prefix": "platform", "sys.orig_argv": "argument", "sys.version": "platform",
    "subprocess.run().stdout": "process", "subprocess.Popen().stdout": "process",
    "socketserver.StreamRequestHandler().rfile": "remote",
}  # fmt: skip

_CONSTANTS = {
    "string.ascii_lowercase": "abcdefghijklmnopqrstuvwxyz", "string.ascii_uppercase": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "string.ascii_letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "string.digits": "0123456789",
    "string.hexdigits": "0123456789abcdefABCDEF", "string.octdigits": "01234567", "string.whitespace": " \t\n\r\v\f",
    "string.punctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "os.sep": "/", "os.path.sep": "/", "os.linesep": "\n",
    "builtins.exec.__name__": "exec", "builtins.eval.__name__": "eval", "os.__name__": "os",
    "string.printable": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \t\n\r\v\f",
}  # fmt: skip

_CANONICAL = {
    "__builtin__": "builtins", "builtins.__builtins__": "builtins", "posix": "os", "nt": "os", "_io": "io",
    "_socket": "socket", "io.open": "builtins.open", "urllib2": "urllib.request",
    "urllib.urlretrieve": "urllib.request.urlretrieve",
    "urllib.urlopen": "urllib.request.urlopen", "cPickle": "pickle", "_pickle": "pickle", "httplib": "http.client",
    "urllib.unquote": "urllib.parse.unquote", "urlparse.unquote": "urllib.parse.unquote", "posix.system": "os.system",
    "nt.system": "os.system", "io.FileIO": "builtins.open", "builtins.file": "builtins.open",
    "requests.api": "requests", "requests.sessions.Session": "requests.Session", "requests.session": "requests.Session",
    "subprocess.os": "os", "shutil.os": "os", "os.sys": "sys", "tempfile._os": "os", "platform.os": "os",
    "importlib._bootstrap._gcd_import": "importlib.import_module", "importlib.os": "os", "logging.os": "os",
    "tempfile.NamedTemporaryFile().file.write": "tempfile.NamedTemporaryFile().write",
    "_winreg": "winreg", "ConfigParser": "configparser", "xmlrpclib": "xmlrpc.client", "SocketServer": "socketserver",
    "urllib3.PoolManager().request_encode_url": "urllib3.PoolManager().request",
    "base64.binascii": "binascii", "pathlib.PosixPath": "pathlib.Path", "pathlib.WindowsPath": "pathlib.Path",
    "pathlib.PurePath": "pathlib.Path", "six.moves.urllib.request": "urllib.request",
    "_thread.start_new": "_thread.start_new_thread",
    "six.moves.urllib.request.urlopen": "urllib.request.urlopen", "socket.SocketType": "socket.socket",
    "ImageGrab": "PIL.ImageGrab", "functools.reduce": "functools.reduce", "os.path.os": "os",
    "sys.modules.get": "sys.modules.get",
    "concurrent.futures.thread.ThreadPoolExecutor": "concurrent.futures.ThreadPoolExecutor", "thread": "_thread",
    "requests.packages.urllib3": "urllib3", "Crypto.Cipher._mode_cbc": "Crypto.Cipher", "simplejson": "json",
    "binascii.codecs": "codecs", "gzip.zlib": "zlib", "http.client.socket": "socket", "typing.sys": "sys",
    "fernet": "cryptography.fernet",
}  # fmt: skip

_BUILTIN_NAMES = frozenset(
    [
        "__import__",
        "abs",
        "aiter",
        "all",
        "anext",
        "any",
        "ascii",
        "bin",
        "bool",
        "breakpoint",
        "bytearray",
        "bytes",
        "callable",
        "chr",
        "classmethod",
        "compile",
        "complex",
        "copyright",
        "credits",
        "delattr",
        "dict",
        "dir",
        "divmod",
        "enumerate",
        "eval",
        "exec",
        "exit",
        "filter",
        "float",
        "format",
        "frozenset",
        "getattr",
        "globals",
        "hasattr",
        "hash",
        "help",
        "hex",
        "id",
        "input",
        "int",
        "isinstance",
        "issubclass",
        "iter",
        "len",
        "license",
        "list",
        "locals",
        "map",
        "max",
        "memoryview",
        "min",
        "next",
        "object",
        "oct",
        "open",
        "ord",
        "pow",
        "print",
        "property",
        "quit",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "setattr",
        "slice",
        "sorted",
        "staticmethod",
        "str",
        "sum",
        "super",
        "tuple",
        "type",
        "vars",
        "zip",
        "unichr",
        "unicode",
        "xrange",
        "raw_input",
        "execfile",
        "reduce",
        "long",
        "file",
        "BaseException",
        "Exception",
        "ImportError",
        "ModuleNotFoundError",
        "NameError",
        "OSError",
        "IOError",
        "KeyError",
        "ValueError",
        "TypeError",
        "AttributeError",
        "IndexError",
        "RuntimeError",
        "StopIteration",
        "SystemExit",
        "KeyboardInterrupt",
        "NotImplementedError",
        "NotImplemented",
        "Ellipsis",
        "UnicodeDecodeError",
        "FileNotFoundError",
        "PermissionError",
        "AssertionError",
    ]
)

_CLEAN = frozenset(
    [
        "builtins.len",
        "builtins.isinstance",
        "builtins.issubclass",
        "builtins.hash",
        "builtins.id",
        "builtins.callable",
        "builtins.hasattr",
        "builtins.print",
        "builtins.type",
        "builtins.bool",
        "builtins.all",
        "builtins.any",
        "os.path.exists",
        "os.path.isfile",
        "os.path.isdir",
        "time.sleep",
        "os.makedirs",
        "os.mkdir",
        "os.chdir",
        "os.chmod",
        "os.path.getsize",
        "os.access",
        "warnings.warn",
        "random.seed",
        "time.time",
        "os.putenv",
        "os.unsetenv",
        "gc.collect",
    ]
)

VOCABULARY = Vocabulary(
    builtins=_BUILTIN_NAMES,
    calls=united(_GROUPS),
    attributes=_ATTRIBUTES,
    constants=_CONSTANTS,
    canonical=_CANONICAL,
    clean=_CLEAN,
    folders=FOLDERS,
    sensitive=SENSITIVE,
    patterns=PATTERNS,
    credentials=CREDENTIALS,
)
