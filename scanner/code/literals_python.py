"""What the prefilter looks for in Python files: words and modules by category, taken from the vocabulary where it can.

A qualified name of the vocabulary is looked for by the module that a file has to import to reach it, or, where that
module is in every other file (``COMMON``), by its last telling part: ``os.popen`` by ``popen``, ``os.environ.get`` by
``environ``. Names that say nothing alone (``PLAIN``) are never looked for. A word counts wherever it stands, in text
and comments too: reading too many files costs time, reading too few costs findings.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from assay.scanner.code.vocabulary_python import VOCABULARY
from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CATEGORIES = {
    "code": "CODE", "compile": "CODE", "import": "CODE", "process": "PROCESS", "install": "PROCESS",
    "native": "NATIVE", "network": "NETWORK", "dns": "NETWORK", "download": "NETWORK", "listen": "NETWORK",
    "persist": "PERSIST", "listen-keys": "SPY", "keys": "SPY", "clipboard": "SPY", "screen": "SPY",
    "deserialise": "LOADS", "write": "WRITE", "delete": "DELETE", "open": "FILES", "file": "FILES",
    "credential": "SOURCE", "environment": "SOURCE", "identity": "SOURCE", "remote": "NETWORK",
}  # fmt: skip
"""Category by kind of sink, else of source. The other kinds make no finding without one of these."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMON = _words(
    "os sys builtins io types asyncio pathlib shutil json time threading tempfile zipfile tarfile codecs gzip bz2 "
    "lzma platform uuid glob csv numpy pandas torch yaml ast importlib pkgutil sqlite3 configparser six code http "
    "urllib xmlrpc concurrent multiprocessing PIL tkinter inspect gc setuptools distutils toml plistlib environ "
    "aiofiles fileinput"
)
"""Modules whose import tells nothing, because innocent files import them for other things."""

PLAIN = _words(
    "open read write load get put call run send post patch delete options head parse move link rename replace copy "
    "walk connect request query resolve recv bind listen close node main input keys items values pop cursor execute "
    "str source system exec eval compile file push release hook record decode connection Client Session Request "
    "Command Connection Bot str config local view remove unlink truncate reload client fetch stream communicate "
    "stdout readline update setdefault uname Transport Redis Thread option session machine version processor print "
    "shot grab paste iterdir rec repeat name loads cli _internal bootstrap accept download requests resolver retrieve "
    "sync mqtt core command symlink copy2 read_all from_url interfaces __getitem__ Path reader spawn Resolver Http "
    "event on message readlines Env Dispatch process_iter makefile get_data mmap setopt "
    "easy_install chrome firefox edge users cast clone_from WebSocket "
    "SMTP FTP send_message send_document send_photo sendfile AsyncClient Webhook WebhookClient"
)
"""Names that are told by their module, by one of ``REFINED``, or not at all."""

_MORE_MODULES = {
    "NETWORK": "urllib.request urllib2 httplib http.client socket ssl http.server xmlrpc.client xmlrpclib "
    "xmlrpc.server "
    "SocketServer pycurl six.moves.urllib six.moves.http_client twisted tornado.httpclient treq nntplib zmq slack "
    "dns aiodns scapy stem http3 botocore.httpsession discord telegram telepot telebot",
    "PROCESS": "distutils.spawn setuptools.command.easy_install os.system system os.* posix.* nt.* subprocess pty "
    "commands "
    "popen2 _posixsubprocess nt posix ensurepip pip sh plumbum win32process win32api",
    "NATIVE": "ctypes _ctypes cffi _cffi_backend",
    "CODE": "builtins.* timeit pdb profile cProfile builtins.exec builtins.eval builtins.compile builtins.__import__ "
    "runpy imp zipimport marshal __builtin__ _imp sys.modules code.InteractiveInterpreter code.InteractiveConsole "
    "codeop importlib.machinery",
    "WRITE": "shutil",
    "FILES": "sqlite3 glob fileinput plistlib",
    "LOADS": "pickle _pickle cPickle dill cloudpickle shelve",
    "DECODE": "base64 binascii zlib gzip bz2 lzma codecs cryptography Crypto Cryptodome nacl quopri uu pyaes",
    "PERSIST": "winreg _winreg crontab",
    "SOURCE": "getpass netrc keyring secretstorage win32crypt browser_cookie3 browsercookie pwd spwd netifaces "
    "getmac wmi "
    "psutil platform.node platform.uname platform.* os.uname",
}
_MORE_WORDS = {
    "CODE": "__import__ execfile runpy import_module load_module exec_module module_from_spec find_spec "
    "InteractiveInterpreter InteractiveConsole __loader__ marshal",
    "HIDDEN": "__builtins__ __builtin__ __subclasses__ __globals__ f_globals f_builtins func_globals gi_frame co_code",
    "PROCESS": "popen Popen startfile subprocess ShellExecute ShellExecuteW ShellExecuteA CreateProcess posix_spawn "
    "posix_spawnp spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe execl execle execlp execlpe "
    "execv execve execvp execvpe check_output check_call getoutput getstatusoutput create_subprocess_exec "
    "create_subprocess_shell",
    "NETWORK": "urlopen urlretrieve URLopener build_opener HTTPConnection HTTPSConnection create_connection "
    "gethostbyname "
    "getaddrinfo open_connection ServerProxy sendall sendto XMLHttpRequest",
    "NATIVE": "windll CDLL WinDLL LoadLibrary VirtualAlloc",
    "SOURCE": "environ environb getenv getenvb expanduser gethostname getfqdn getuser getlogin getnode uuid1 "
    "private_key "
    "mnemonic seed_phrase secret_key privateKey secretKey keypair Keypair",
    "DECODE": "b64decode urlsafe_b64decode standard_b64decode decodebytes decodestring b32decode b16decode b85decode "
    "a85decode unhexlify a2b_base64 a2b_hex decompress decompressobj fromhex Fernet AES ARC4 rot13 rot_13 "
    "maketrans from_bytes",
    "LOADS": "Unpickler unsafe_load full_load",
    "ESCAPES": "chr unichr",
    "DYNAMIC": "getattr setattr globals locals vars dir __dict__ importlib builtins attrgetter methodcaller "
    "__getattribute__ __code__",
    "WRITE": "extractall unpack_archive write_text write_bytes writelines copyfile copytree NamedTemporaryFile mkstemp",
    "DELETE": "rmtree removedirs send2trash",
}
SENSITIVE = (
    ".ssh", "id_rsa", "id_ed25519", ".aws/", ".aws\\", ".npmrc", ".pypirc", ".netrc", ".git-credentials",
    ".gitconfig", ".kube", ".docker/config", "gcloud", ".gnupg", "/etc/passwd", "/etc/shadow", "bash_history",
    "login data", "web data", "local state", "logins.json", "key4.db", "key3.db", "cookies.sqlite", "leveldb",
    "user data\\", "user data/", "/user data", "bravesoftware", "metamask", "exodus", "electrum", "wallet.dat",
    "wallet", "keystore", "coinomi", "keychain", "/tdata", "\\tdata", "local storage", "filezilla",
    "discord.com/api", "discordapp.com", "api.telegram.org", "hooks.slack.com", "pastebin.com", "transfer.sh",
    "ngrok", "webhook", "powershell", "cmd.exe", "cmd /c", "/bin/sh", "/bin/bash", "/dev/tcp", "mshta", "certutil",
    "bitsadmin", "schtasks", "crontab", "launchctl", "launchagents", "launchdaemons", "systemctl", "/etc/systemd",
    "currentversion\\", "autostart", "start menu", ".bashrc", ".zshrc", "/.profile", ".git/hooks",
    ".github/workflows", ".claude/", ".cursor/", "mcp.json", ".vscode", "stratum+", "xmrig", "minerd", "cryptonight",
    "nicehash", "twine upload", "npm publish", "npm_token", "pypi_token", "uv publish", "rundll32", "regsvr32",
    "wscript", "pythonw", "nohup ", "sitecustomize", "usercustomize", "169.254.169.254", "metadata.google", "rm -rf",
    "mkfs", "format c:", "/dev/sd",
)  # fmt: skip
"""Text in any case: paths of private data, hosts that data is sent to, shells, places that start programs."""


def _called(*names: bytes) -> tuple[re.Pattern[bytes], ...]:
    return tuple(lazy(name + rb"\s*\(") for name in names)


_RUNNERS = rb"(?:exec|eval|compile)"
_OPENED = _words(
    "os sys builtins subprocess importlib io types posix nt shutil pty socket ctypes codecs marshal __import__"
)
_OPENERS = rb"(?:" + b"|".join(sorted(name.encode() for name in _OPENED)) + rb")"
_BEFORE = 4096
"""Bytes before a word in which blanks are left out to see what stands before it; before more, anything may."""

_AFTER_WORD = lazy(rb"\b(?:return|or|and|else|yield|if|in|is|not|await|print)\Z")


class Searched(Protocol):
    """A pattern, or what does its work."""

    def search(self, data: bytes, /) -> object:
        """Return something that is true if the bytes hold what is looked for."""


class _Behind:
    """A pattern that begins with a word, and what must stand before it: a search that finds its start by the word."""

    def __init__(self, pattern: re.Pattern[bytes], is_led: Callable[[bytes, bool], bool]) -> None:
        self._pattern = pattern
        self._is_led = is_led

    def search(self, data: bytes) -> bool:
        """Say whether the pattern matches where what stands before it, without blanks, will do."""
        for match in self._pattern.finditer(data):
            start = match.start()
            before = data[max(0, start - _BEFORE) : start].rstrip()
            if (start and not before) or self._is_led(before, before[-1:] != data[start - 1 : start]):
                return True
        return False


def _is_operand(before: bytes, blanks: bool) -> bool:
    """Whether a value stands behind this, not the name of a function or an attribute."""
    return before.endswith(_LEADS) or (blanks and _AFTER_WORD.search(before[-8:]) is not None)


def _is_of_opener(before: bytes, _blanks: bool) -> bool:
    """Whether a module that opens roads to others is asked for the attribute."""
    return before.endswith(b".") and before[:-1].rstrip().endswith(_MODULES)


_LEADS = tuple(bytes((byte,)) for byte in b"=[({,:@")
_MODULES = tuple(sorted(name.encode() for name in _OPENED))
REFINED: dict[str, tuple[str, tuple[Searched, ...]]] = {
    "CODE": (
        "exec eval compile FunctionType LambdaType CodeType",
        (
            lazy(rb"e(?:xec|val)(?<![.\w]e...)(?:\s*[(\\]|[ \t]+[\w\"'{])"),
            lazy(rb"compile(?<![.\w]compile)\s*[(\\]"),
            *(
                _Behind(lazy(name + rb"\b(?!\s*[.=\w\"'`-])"), _is_operand)
                for name in (rb"exec", rb"eval", rb"compile")
            ),
            lazy(rb"builtins\s*\.\s*" + _RUNNERS + rb"\b"),
            lazy(rb"FunctionType\s*\("),
            lazy(rb"LambdaType\s*\("),
            lazy(rb"CodeType\s*\("),
            lazy(rb"Type(?<=FunctionType|..LambdaType|....CodeType)[ \t]+as\b"),
        ),
    ),
    "PROCESS": (
        "system spawn",
        (
            lazy(rb"spawn(?<=[)f]\.spawn)\s*\("),
            lazy(rb"system(?<=\.system)\s*\(\s*[^)\s]"),
            lazy(rb"system(?<=os\.system)\b"),
            lazy(rb"\.[\s\\]+system\b(?!\s*\(\s*\))"),
        ),
    ),
    "FILES": (
        "open walk read iterdir glob reader",
        tuple(
            lazy(word + rb"\s*\(")
            for word in (rb"open", rb"walk", rb"iterdir", rb"glob", rb"os\.read", rb"csv\.reader")
        ),
    ),
    "WRITE": (
        "write symlink link rename replace",
        tuple(lazy(word + rb"\s*\(") for word in (rb"\.write", rb"symlink", rb"os\.link", rb"os\.re(?:name|place)")),
    ),
    "DELETE": (
        "remove unlink truncate",
        (lazy(rb"os\s*\.\s*(?:remove|truncate)\b"), lazy(rb"unlink\s*\(")),
    ),
    "LOADS": (
        "load",
        (
            lazy(rb"load(?<=yaml\.load|umpy\.load|orch\.load)\s*\("),
            lazy(rb"np\.load(?<!\wnp\.load)\s*\("),
        ),
    ),
    "SOURCE": ("node uname", (lazy(rb"\.node\s*\("), lazy(rb"uname\s*\("))),
    "HIDDEN": (
        "globals locals vars modules getattr setattr dir __dict__ attrgetter methodcaller __getattribute__ __code__",
        (
            lazy(rb"globals\s*\(\s*\)\s*(?:\[|\.\s*(?:get|pop|__getitem__)\b)"),
            lazy(rb"locals\s*\(\s*\)\s*(?:\[|\.\s*(?:get|pop|__getitem__)\b)"),
            lazy(rb"vars\s*\(\s*\)\s*(?:\[|\.\s*(?:get|pop|__getitem__)\b)"),
            lazy(rb"vars\s*\(\s*(?:[\w.]+[._])?" + _OPENERS + rb"\b"),
            lazy(rb"getattr\s*\(\s*(?:[\w.]+[._])?" + _OPENERS + rb"\b"),
            lazy(
                rb"modules(?<=\.modules)\s*"
                rb"(?:\[\s*(?!__name__\b|cls\.__module__)|\.\s*(?:get|pop|__getitem__)\b|[,)\]}]|$)",
                re.MULTILINE,
            ),
            *(_Behind(lazy(name), _is_of_opener) for name in (rb"__dict__", rb"__getattribute__")),
            lazy(rb"__getattribute__\s*\(\s*(?:[\w.]+[._])?" + _OPENERS + rb"\b"),
            lazy(rb"__code__\s*(?:=[^=]|[,)])"),
            *(lazy(name + rb"[ \t]+as[ \t]") for name in (rb"os", rb"builtins", rb"importlib")),
        ),
    ),
}
"""Words of innocent text, by category: the words, and what they look like where they are code."""

VALUES = tuple(
    lazy(name + rb"(?<![\w.\"'`]" + name + rb")(?=[ \t]*(?:[,)\]};#]|$))", re.MULTILINE)
    for name in (rb"os", rb"builtins", rb"importlib")
)
"""A module with sinks that is taken as a value, unless the line imports it: what is done with it needs no name."""


_REFINED_WORDS = frozenset(word for words, _ in REFINED.values() for word in words.split())


WEAK = frozenset({"FILES", "WRITE", "DELETE", "LOADS"})
"""Categories that make nothing alone, of which what is plainly written is enough."""

NOT_ALONE = _words("ast.parse importlib.reload json.load toml.load pkgutil.get_data")
"""Names of the vocabulary that bring nothing about but with others that are looked for."""


def told() -> Iterator[tuple[str, str, str, str]]:
    """Of each name of the vocabulary that matters: itself, its category, "module" or "word", and which tells of it."""
    for name, entry in VOCABULARY.calls.items():
        for category in dict.fromkeys(_CATEGORIES.get(kind, "") for kind in (entry.sink, entry.source)):
            if not category or name in NOT_ALONE:
                continue
            root = name.partition("(")[0].partition(".")[0]
            words = [part for part in re.findall(r"\w+", name)[1:] if part not in PLAIN and part not in COMMON]
            by_module = root not in COMMON and category not in {"FILES", "WRITE"}
            if by_module:
                yield name, category, "module", root
            if words and words[-1] not in _REFINED_WORDS and words[-1] != root:
                yield name, category, "word", words[-1]
            elif not by_module:
                yield name, category, "", ""
    for name, kind in VOCABULARY.attributes.items():
        if kind in _CATEGORIES:
            yield name, _CATEGORIES[kind], "word", name.rpartition(".")[2]


def _table(sort: str, more: dict[str, str]) -> dict[str, str]:
    """Category by module or word; what is written here goes before what is derived."""
    found = {word: category for category, words in more.items() for word in words.split()}
    for _, category, by, word in told():
        if by == sort:
            found.setdefault(word, category)
    return found


MODULES: dict[str, str] = _table("module", _MORE_MODULES)
"""Category of a file that imports the module, by its dotted name."""

WORDS: dict[str, str] = _table("word", _MORE_WORDS)
"""Category of a file that holds the word."""
