"""Text that means something in code that hides it: names, commands, addresses, and paths of private data."""

from __future__ import annotations

from assay.scanner.lazy_pattern import lazy

_WORDS = {
    "code": "exec eval compile __import__ execfile __builtins__ builtins __globals__ __subclasses__ __getattribute__ "
    "getattr globals fromcharcode exec( eval( importlib import_module loads b64decode decompress marshal zlib base64 "
    "fernet lambda urlopen urlretrieve urllib requests httpx",
    "module": "subprocess socket ctypes winreg pickle os.system os.popen popen system check_output check_call shutil "
    "pty spawn startfile getenv environ",
    "command": "powershell powershell.exe cmd cmd.exe /bin/sh /bin/bash bash mshta certutil bitsadmin rundll32 "
    "regsvr32 wscript cscript schtasks crontab launchctl curl wget nohup pythonw pythonw.exe",
}

SENSITIVE: dict[str, str] = {word: kind for kind, words in _WORDS.items() for word in words.split()}
"""Whole texts, lower case."""

PATTERNS = lazy(
    r"(?P<url>(?:https?|ftp|wss?)://(?!(?:www\.)?w3\.org/|schemas\.(?:openxmlformats|microsoft|xmlsoap|android)\.|ns\.adobe\.com/)[a-z0-9._-]{3,})"
    r"|(?P<command>powershell(?:\.exe)?\s|-encodedcommand|cmd(?:\.exe)?\s+/c|/bin/(?:ba|z)?sh\b|/dev/tcp/|\|\s*(?:ba)?sh\b"
    r"|curl\s+-|wget\s+http|schtasks\s+/|reg\s+add|chmod\s\+x|-windowstyle\s|nc\s+-e|mshta\s|certutil\s+-)"
    r"|(?P<code>\b(?:exec|eval|compile|__import__)\s*\(|import\s+(?:os|subprocess|socket|requests|base64|urllib)\b"
    r"|os\.system|subprocess\.|__builtins__|__globals__|b64decode)"
    r"|(?P<path>\.ssh/|/etc/(?:passwd|shadow|cron)|\.aws/|\.npmrc|\.pypirc|currentversion\\run|login data|local state"
    r"|wallet\.dat|leveldb|\.bashrc|launchagents|start menu\\programs\\startup)"
    r"|(?P<host>discord(?:app)?\.com/api|api\.telegram\.org|pastebin\.com|transfer\.sh|ngrok|hooks\.slack\.com)"
)
"""Text that counts wherever it stands, in lower case; the group is its kind."""

CREDENTIALS = lazy(
    r"\.ssh(?:/|$)|id_(?:rsa|dsa|ecdsa|ed25519)|known_hosts|\.aws(?:/|$)|\.azure(?:/|$)|\.config/gcloud|\.kube/config"
    r"|\.docker/config|\.netrc|_netrc|\.pypirc|\.npmrc|\.yarnrc|\.git-credentials|\.gitconfig|\.config/gh/|\.gnupg"
    r"|/etc/(?:passwd|shadow|sudoers)|/proc/(?:self|\d+)/environ|(?:^|/)\.env(?:$|\.)|\.bash_history|\.zsh_history"
    r"|login data|web data|cookies(?:\.sqlite)?$|/cookies|local state|logins\.json|key[34]\.db|places\.sqlite|leveldb"
    r"|user data/|/(?:google/)?chrome/"
    r"|bravesoftware|opera software|firefox/profiles|microsoft/edge|vivaldi|yandexbrowser"
    r"|wallet|exodus|electrum|metamask|atomic/local|keystore|/ethereum|coinomi|\.bitcoin|\.solana/id\.json|keychains?/"
    r"|telegram desktop/tdata|/tdata|discord/local storage|/discord(?:canary|ptb)?(?:/|$)|filezilla|recentservers\.xml"
    r"|winscp\.ini|\.vault-token|terraform\.tfstate|credentials(?:\.json|\.db)?$|secrets?\.(?:ya?ml|json|toml)"
    r"|steam/config|ssfn|\.minecraft/launcher|serviceaccount/token|\.password-store|\.databrickscfg|\.s3cfg|\.boto$"
)
"""Paths with forward slashes, lower case."""

FOLDERS = frozenset(
    [
        "HOME",
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
        "PROGRAMDATA",
        "PROGRAMFILES",
        "TEMP",
        "TMP",
        "TMPDIR",
        "SYSTEMROOT",
        "WINDIR",
        "HOMEDRIVE",
        "HOMEPATH",
        "PATH",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
        "PUBLIC",
        "SYSTEMDRIVE",
        "VIRTUAL_ENV",
        "PWD",
        "PROGRAMFILES(X86)",
        "PYTHONPATH",
    ]
)
"""Environment variables that name a folder."""
