"""What the prefilter looks for in scripts: patterns by category, and what must stand around some of them.

A pattern is text as it stands in the file, in any case where systems do not tell its case, or a regular expression of
yara-x with a fixed part that is rare. Words that innocent files have at every turn (``require``, ``fs``,
``process.env.X``) are not looked for: what they bring alone is INFO. Measured on 133 MB of JavaScript that an install
of 500 packages brings, on one core: one pattern runs at 8,000 MB/s, 32 at 1,400, 256 of letters at random at 1,150; the
table here, whose words are made of what code is made of, at 200 to 250. Longer words, rarer parts of them and leaving
out cases (1.3 times as fast) change little, expressions with a fixed part cost what words cost, and those without
(``"a" + "b"``) five times as much as all others together: they are searched for around other hits alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    import re


class Patterns(NamedTuple):
    """Patterns of a category: ``plain`` text, text in ``any_case``, ``expressions`` of yara-x."""

    plain: tuple[str, ...] = ()
    any_case: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _parted(text: str) -> tuple[str, ...]:
    """Parted by bars; a blank at the end of a word is part of it."""
    return tuple(word.lstrip() for line in text.strip().splitlines() for word in line.split("|") if word.strip())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


PATTERNS: dict[str, Patterns] = {
    "RUN": Patterns(
        _words("runInNewContext runInThisContext runInContext ._compile( compileFunction execScript"),
        expressions=_lines(r"""
            [^.\w$]eval\s{0,8}\(
            eval\s{0,4}(\/\*|\?\.)
            [=(:\[|&?{]\s{0,4}eval\s{0,4}[;,)\]|&}]
            ,\s{0,4}eval\s{0,4}[)\]}]
            (globalThis|window|global|self|top|parent|frames)\s{0,4}(\?\.|\.)\s{0,4}(eval|Function)\b
            [^.\w$]Function\s{0,8}\(\s{0,8}[^"'`\s)]
            [^.\w$]Function\s{0,8}\(\s{0,8}["'`]([^r]|r[^e]|re[^t])
            [^.\w$]Function\s{0,8}\(\s{0,8}["'`]return ([^t]|t[^h]|th[^i]|this[^"'`;)])
            [^.\w$]Function\s{0,4}(\/\*|\?\.|\.(call|apply|bind|constructor)[\s)]{0,4}\()
            [=(:\[]\s{0,4}Function\s{0,4}[;,\]}]
            [^\w$]vm\s{0,4}\.\s{0,4}(Script|SourceTextModule|createScript)
            set(Timeout|Interval|Immediate)\s{0,4}\(\s{0,8}["'`]
            import\(\s{0,8}["'`]data:
            eval\s{0,4}:\s{0,4}(true|!0|1)
            getPrototypeOf\s{0,4}\(\s{0,4}\(?\s{0,4}async
            \}\s{0,4}\)\s{0,4}\.\s{0,4}constructor\b
        """),
    ),
    "PROCESS": Patterns(_words("child_process Bun.spawn Deno.Command Deno.run Bun.$`")),
    "NET": Patterns(
        _words("sendBeacon( Bun.connect Deno.connect"),
        expressions=_lines(r"""
            [^.\w$#]fetch\s{0,8}\(
            (globalThis|window|global|self)\s{0,4}(\?\.|\.)\s{0,4}fetch\b
            new (WebSocket|EventSource|XMLHttpRequest|RTCPeerConnection)\b
            \$\.(ajax|post|getJSON)\(
            new Image(\(\))?\)?\.src
        """),
    ),
    "FAR": Patterns(
        _words("importScripts("),
        expressions=_lines(r"""
            [^.\w$]import\s{0,4}\(\s{0,8}["'`]https?:
            createElement\(\s{0,4}["'`]script["'`]
        """),
    ),
    "IDENTITY": Patterns(
        _words("userInfo networkInterfaces"),
        expressions=_lines(r"""
            \bhostname\s{0,4}\(\s{0,4}\)\s{0,4}[^{\s]
            \bhomedir\s{0,4}\(\s{0,4}\)\s{0,4}[^{\s]
        """),
    ),
    "ENVIRONMENT": Patterns(
        expressions=_lines(r"""
            process\.env\s{0,4}[^.\[\w\s$?!='"`]
            process\.env\s{0,4}\n
            \benv\s{0,4}(:\s{0,4}\w{1,20}\s{0,4})?\}\s{0,4}=\s{0,4}(globalThis\.)?process\b
            process\s{0,2}\[\s{0,2}["'`]env
            (Bun|Deno)\.env\b
        """)
    ),
    "DUMP": Patterns(
        expressions=_lines(r"""
            (stringify|keys|entries|values)\s{0,4}\(\s{0,4}(globalThis\.)?process\s{0,4}\.\s{0,4}env\s{0,4}[,)]
        """)
    ),
    "SECRET": Patterns(
        expressions=_lines(r"""
            [A-Z0-9_]{0,24}(NPM|NODE_AUTH|GITHUB|GH|GITLAB|SLACK|VAULT|PYPI)_(API_)?TOKEN\b
            AWS_(SECRET|ACCESS|SESSION)
            [A-Z0-9_]{0,24}(SECRET_KEY|SECRET_ACCESS|PASSWORD|PRIVATE_KEY|_API_KEY|MNEMONIC)\b
        """)
    ),
    "DECODE": Patterns(
        _words("fromCharCode fromCodePoint inflateSync inflateRawSync gunzipSync unzipSync brotliDecompressSync"),
        expressions=_lines(r"""
            ["'`](base64|base64url|hex|rot13|binary|latin1|utf16le)["'`]
            \batob\b
            [^.\w]unescape\s{0,4}\(
            decodeURIComponent\s{0,4}\(
        """),
    ),
    "CODED": Patterns(
        expressions=_lines(r"""
            ["'`](hex|base64)["'`]\s{0,4}\)\s{0,4}\.\s{0,4}toString\s{0,4}\(
            fromCharCode\s{0,4}(\(\s{0,4}\.\.\.|\.apply\b)
        """)
    ),
    "CIPHER": Patterns(
        _words("AES.decrypt"),
        expressions=_lines(r"""
            (Buffer\.from|[^\w$]Buffer)\s{0,4}\(\s{0,4}["'`][\w+\/=\-]{16}
            (Buffer\.from|[^\w$]Buffer)\s{0,4}\(\s{0,4}["'`][^"'`\n]{0,300}["'`]\s{0,4},\s{0,4}["'`](base64|hex)
            \batob\s{0,4}\(\s{0,4}["'`]
            createDecipher(iv)?\s{0,4}\(
            fromCharCode\(\s{0,4}(0x)?[0-9a-fA-F]{1,4}\s{0,4},\s{0,4}(0x)?[0-9a-fA-F]{1,4}\s{0,4},\s{0,4}(0x)?[0-9a-f]
            fromCharCode\s{0,4}(\.apply\s{0,4}\(\s{0,4}\w{1,8}\s{0,4},|\(\s{0,4}\.\.\.)\s{0,4}\[
            fromCharCode\([^()\n]{0,40}\^
            fromCharCode\(127\)
            split\(\s{0,2}["'`]{2}\s{0,2}\)\s{0,4}\.\s{0,4}reverse\(\)
            \]\s{0,4}\.\s{0,4}reverse\(\)\s{0,4}\.\s{0,4}join\(
        """),
    ),
    "ROAD": Patterns(
        _words("createRequire"),
        expressions=_lines(r"""
            [^.\w$]require\s{0,8}\(\s{0,8}[^"'`\s)]
            [^.\w$]require\s{0,8}\(\s{0,8}["'`][^"'`\n]{0,80}["'`]\s{0,4}[+.]
            [^.\w$]require\s{0,4}(\/\*|\?\.|\.(call|apply|bind)\b|`)
            [=(,:\[|]\s{0,4}require\s{0,4}[;,\])}]
            [^.\w$]import\s{0,4}\(\s{0,8}[^"'`\s)]
            [^.\w$]import\s{0,4}\(\s{0,8}["'`][^"'`\n]{0,80}["'`]\s{0,4}[+.]
            module\s{0,4}\.\s{0,4}require\b
        """),
    ),
    "GLOBAL": Patterns(
        expressions=_lines(r"""
            \b(globalThis|global|window|process|require|module)\s{0,4}(\?\.)?\[
            \b(this|self)\s{0,4}\[\s{0,4}["'`]
        """)
    ),
    "HIDDEN": Patterns(
        _words("_linkedBinding constructor.constructor process.dlopen Module._load ._load( spawn_sync process_wrap"),
        expressions=_lines(r"""
            process\s{0,4}\.\s{0,4}binding\s{0,4}\(
            (import|from)\s{0,8}["']data:(text|application)\/(java|ecma|type)script
            process\s{0,4}\.\s{0,4}mainModule\b
            \.\s{0,4}mainModule\s{0,4}\.\s{0,4}require
            module\s{0,4}\.\s{0,4}constructor\s{0,4}[.\[]
            child_process["'`]\s{0,4}\)\s{0,4}(as any\)\s{0,4})?(\?\.)?\[
            \[\s{0,4}["'`]constructor["'`]\s{0,4}\]\s{0,4}[\[(]
            \)\s{0,4}\.\s{0,4}constructor\s{0,4}\(\s{0,4}["'`]
            getBuiltinModule\s{0,4}\(\s{0,4}[^"'`\s)]
            Reflect\s{0,4}\.\s{0,4}(get|apply|construct)\s{0,4}\(\s{0,4}(globalThis|global|window)\b
            Reflect\s{0,4}\.\s{0,4}(get|apply|construct)\s{0,4}\(\s{0,4}(process|require|module|eval|Function)\b
        """),
    ),
    "ESCAPED": Patterns(
        expressions=_lines(r"""
            [^\\](\\x([46][1-9a-fA-F]|[57][0-9aA])){3}
            [^\\](\\x[2-7][0-9a-fA-F]){6}
            [^\\](\\u00([46][1-9a-fA-F]|[57][0-9aA])){3}
            (\\u\{0{0,4}([46][1-9a-fA-F]|[57][0-9aA])\}){2}
            (\\1[0-7][0-7]){4}
            [\w$]\\u00([46][1-9a-fA-F]|[57][0-9aA])\w
            [^\w\\"'`\-\/\[\]]\\u00([46][1-9a-fA-F]|[57][0-9aA])[\w$]{2}
        """)
    ),
    "PLACE": Patterns(
        any_case=_words(
            "discord.com/ discordapp.com hooks.slack.com api.telegram.org maker.ifttt. open.feishu.cn "
            "dingtalk.com/robot qyapi.weixin webhook.office. pastebin. paste.ee/ hastebin. ghostbin. rentry.co dpaste. "
            "controlc.com privatebin.net media.discordapp.net yip.su iplis.ru "
            "termbin. ix.io/ sprunge.us transfer.sh //file.io gofile.io anonfiles. bayfiles. //0x0.st catbox.moe "
            "bashupload. //temp.sh oshi.at/ uguu.se pixeldrain. tmpfiles.org anonymfile. iplogger. grabify. 2no.co "
            "ipgrabber. ngrok trycloudflare. loca.lt localtunnel serveo.net localhost.run lhr.life pagekite. playit.gg "
            "portmap.io portmap.host telebit. bore.pub pinggy. devtunnels.ms duckdns. no-ip.org ddns.net hopto.org "
            "zapto.org requestbin.net requestbin.com pipedream.net webhook.site webhooks.site requestcatcher. "
            "beeceptor. hookbin. postb.in hookdeck. typedwebhook. requestrepo. mocky.io requestinspector. "
            "webhook-test. burpcollaborator. oastify. interact.sh .oast. dnslog. ceye.io canarytokens. eyes.sh xss.ht "
            "bxss.me 169.254.169.254 169.254.170.2 metadata.google. ipify.org ip-api.com ipinfo.io ipapi.co "
            "icanhazip. ifconfig.me ipgeolocation.io checkip. api.myip"
        ),
        expressions=_lines(r"""
            \w{2,5}:\/\/[1-9][0-9]{0,2}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}
        """),
    ),
    "PRIVATE": Patterns(
        any_case=_parted(r"""
            .ssh/|.ssh"|.ssh'|id_rsa|id_ed25519|.aws/|.aws"|.aws'|.npmrc|.pypirc|.netrc|.git-credentials|.kube/|.kube"
            .kube'|.docker/|.gnupg|/etc/passwd|/etc/shadow|bash_history|zsh_history|login data|web data|local state
            logins.json|key4.db|cookies.sqlite|leveldb|user data|bravesoftware|metamask|exodus|electrum|wallet.dat
            /tdata|local extension settings|keychains|login.keychain|find-generic-password
            nkbihfbeogaeaoehlefnkodbefgpgknn|bfnaelmomeimhlpmgjnjophhpkkoljpa|config/gcloud|default_credentials|.azure
            .vault-token|.solana|.config/gh|_authtoken|gh auth token|secretmanager|/keystore|.ethereum/|firefox/profiles
            .config/solana|/proc/self/environ|filezilla|.minecraft|1password|lastpass|bitwarden
        """),
    ),
    "SHELL": Patterns(
        any_case=_parted(r"""
            powershell|cmd.exe|cmd /c|/bin/sh|/bin/bash|/dev/tcp|mshta|certutil|bitsadmin|schtasks|crontab|launchctl
            systemctl|nohup |rundll32|regsvr32|wscript.exe|wscript /|wscript "|cscript.exe|cscript /|osascript
            curl |curl.exe|wget |invoke-webrequest|rm -rf|rm -fr|rmdir /s|del /f|mkfs.|cipher /w|reg add|chmod +x
            chmod 755|chmod 777|xattr -|base64 -d|base64 --d|npm install|netcat|nc -e|sudo |sudoers|docker run|useradd
        """)
    ),
    "PERSIST": Patterns(
        any_case=_parted(r"""
            launchagents|launchdaemons|/etc/systemd|systemd/user|currentversion\\run|currentversion\run
            .config/autostart|start menu|.bashrc|.zshrc|.bash_profile|/.profile|.git/hooks|core.hookspath
            .github/workflows|.claude/|.claude"|.claude'|.claude.json|.cursor/|.cursorrules|mcp.json|mcpservers
            'systemd'|"systemd"|.vscode/|.vscode"|.vscode'|claude_desktop_config|.gemini/|.codex/|authorized_keys|powershell_profile|runonce
        """)
    ),
    "WORM": Patterns(
        any_case=_parted(r"""
            npm publish|"publish"|'publish'|/-/whoami|/-/npm/v1|/-/user/|-/v1/search|npm_token|npm whoami|trufflehog
            actions/secrets|/user/repos|/git/refs|gitleaks|registration-token|actions-runner|bypass_2fa
        """)
    ),
    "WALLET": Patterns(
        _words("eth_sendTransaction eth_requestAccounts signTransaction XMLHttpRequest.prototype HJ-NP-Z tronWeb"),
        _words("window.ethereum .ethereum. bitcoincash: seedphrase seed_phrase mnemonic"),
        _lines(r"""
            ["'`]0x[0-9a-fA-F]{40}["'`]
            ["'`]bc1[a-z0-9]{25,60}["'`]
            0x\[[\w\-\\]{3,12}\]\{40\}
        """),
    ),
    "KEYS": Patterns(
        expressions=_lines(r"""
            [^#\w$"'`](privateKey|private_key|secretKey|secret_key|seedPhrase|secretPhrase|keypair|keyPair)\b
            \b(fromSecretKey|fromMnemonic|fromPhrase|fromWIF|privateKeyToAccount|mnemonicTo(Seed|Account)|Wallet)\w{0,8}\(
        """)
    ),
    "REQUEST": Patterns(
        expressions=_lines(r"""
            \breq\.(headers|query|body|cookies|params)\b
        """)
    ),
    "SPY": Patterns(
        _words(
            "node-global-key-listener screenshot-desktop clipboardy iohook pbpaste getDisplayMedia navigator.clipboard "
            "document.cookie xclip get-clipboard"
        ),
        expressions=_lines(r"""
            addEventListener\s{0,4}\(\s{0,4}["'`](key(down|press|up)|input|submit|paste)["'`]
            \.onkey(down|press|up)\s{0,4}=
        """),
    ),
    "FOLDER": Patterns(
        expressions=_lines(r"""
            [^\w]env(\.|\[["'`])(HOME|USERPROFILE|APPDATA|LOCALAPPDATA|HOMEPATH)\b
        """)
    ),
    "MAIL": Patterns(
        expressions=_lines(r"""
            \b[bB]cc["'`]?\s{0,4}:\s{0,4}\[?\s{0,4}["'`][^"'`\s]{1,64}@
        """)
    ),
    "MINE": Patterns(any_case=_words("stratum+ xmrig minerd cryptonight nicehash coinhive randomx")),
    "WALK": Patterns(
        expressions=_lines(r"""
            \breaddir(Sync)?\s{0,4}\(
        """)
    ),
    "HERE": Patterns(_words("process.cwd()")),
    "MAKER": Patterns(
        expressions=_lines(r"""
            [\w\])]\.constructor\s{0,4}\(\s{0,4}[^)\s]
        """)
    ),
    "DELETE": Patterns(
        _words("rmdirSync removeSync emptyDirSync rimraf fs.rm( .unlinkSync"),
        expressions=_lines(r"""
            [^\w]rmSync\b
            promises\.(rm|unlink)\(
        """),
    ),
    "OBFUSCATED": Patterns(
        (
            "(![]+[])", "(!![]+[])", "[+!+[]]", "[!+[]+!+[]", "(function(p,a,c,k,e,", "$=~[];", "\uff9f\u0414\uff9f",
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=", "['push'](", '["push"](',
        ),
        expressions=_lines(r"""
            while\s{0,4}\(\s{0,4}!!\s{0,4}\[\s{0,4}\]\s{0,4}\)
            _\$_[0-9a-f]{4}
            parseInt\([^()\n]{1,40}\([^()\n]{1,20}\)\)\s{0,4}\/\s{0,4}(0x)?[0-9a-f]{1,6}\s{0,4}[*+\-]
            \[["']\\x[4-7]
            \[\]\s{0,4}\[\s{0,4}["'`(!]
        """),
    ),
    "NUMBERED": Patterns(expressions=_lines(r"""_0x[0-9a-f]{2,8}\b""")),
    "PROGRAM": Patterns(
        expressions=_lines(r"""
            ["'`](TVqQAAM|TVpQAAI|f0VMRgEB|f0VMRgIB|4d5a9000|4D5A9000|7f454c46|7F454C46)
        """)
    ),
    "UNSEEN": Patterns(
        expressions=_lines(r"""
            \xe2\x80[\xaa-\xae]
            \xe2\x81[\xa6-\xa9]
            \xe3\x85\xa4
            \xef\xbe\xa0
            \xe1\x85[\x9f\xa0]
            (\xef\xb8[\x80-\x8f]){4}
            (\xf3\xa0[\x80-\x87][\x80-\xbf]){8}
            (\xe2\x80[\x8b-\x8f]){16}
            (\xe2\x81[\xa0-\xa4]){8}
        """)
    ),
}  # fmt: skip
"""Categories, and what is looked for of each."""

MODULES: dict[str, frozenset[str]] = {
    "PROCESS": frozenset(_words("child_process execa cross-spawn shelljs node-pty zx cluster sudo-prompt pty.js bun")),
    "RUN": frozenset(_words("vm vm2 isolated-vm repl eval require-from-string")),
    "NET": frozenset(
        _words(
            "http https net dns tls dgram http2 dns/promises undici axios got request node-fetch needle superagent ws "
            "phin bent ky cross-fetch isomorphic-fetch request-promise request-promise-native nodemailer centra "
            "socket.io-client ssh2 ftp basic-ftp follow-redirects urllib make-fetch-happen unirest @hapi/wreck "
            "popsicle discord.js node-telegram-bot-api telegraf whatwg-fetch isomorphic-unfetch unfetch sync-fetch "
            "sync-request then-request download node-downloader-helper websocket faye-websocket octokit @octokit/rest "
            "@octokit/core @octokit/request"
        )
    ),
    "IDENTITY": frozenset(
        _words("node-machine-id machine-uuid systeminformation macaddress getmac public-ip internal-ip geoip-lite")
    ),
    "SPY": frozenset(_words("clipboardy copy-paste screenshot-desktop iohook uiohook-napi robotjs keytar")),
    "DELETE": frozenset(_words("rimraf del trash fs-extra")),
    "CIPHER": frozenset(_words("crypto-js")),
    "START": frozenset(_words("worker_threads cluster")),
}
"""Modules that say of a file what their category says, where it imports them by name."""

INNOCENT: dict[str, re.Pattern[bytes]] = {
    "PLACE": lazy(
        rb"\w{2,5}://(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|255\.|(?:1\.1\.1\.1|8\.8\.[48]\.[48])(?![\d.]))"
    ),
    "NET": lazy(rb".fetch\s{0,4}\([^()]{0,200}\)\s{0,4}(?::[^{}\n]{0,80})?\{"),
    "DECODE": lazy(rb"(?:(?<=toString\()|(?<=digest\())[\"'`](?:hex|base64|base64url)[\"'`]"),
    "ENVIRONMENT": lazy(rb"process\.env\s{0,4}&&\s{0,4}(?:globalThis\.)?process\.env\.\w"),
    "SPY": lazy(rb"document\.cookie\s{0,4}(?:=(?!=)|\.(?:indexOf|includes)\()"),
    "RUN": lazy(
        rb"[^.\w$]eval\s{0,4}\(\s{0,4}\)|.\s{0,4}eval\s{0,4}\)\s{0,4}\(\s{0,4}[\"'](?:null|this)[\"']"
        rb"|(?<![.\w$])runInContext\s{0,4}(?:\?\?|\))"
    ),
    "HIDDEN": lazy(
        rb"process\s{0,4}\.\s{0,4}binding\s{0,4}\(\s{0,4}[\"'](?:tty_wrap|buffer|natives|config|util|constants|uv)[\"']\s{0,4}\)"
        rb"|process\s{0,4}\.\s{0,4}mainModule\s{0,4}(?:[;,)]|[!=]==?|\.(?:filename|paths|exports)\b)"
        rb"|module\s{0,4}\.\s{0,4}constructor\.name\b"
        rb"|Reflect\s{0,4}\.\s{0,4}apply\s{0,4}\(\s{0,4}process\.std(?:in|out|err)\b"
    ),
}
"""What stands at a hit of a category where it says nothing, matched at its first byte."""

CALLS: dict[str, re.Pattern[bytes]] = {
    "PROCESS": lazy(rb"\b((?:exec|spawn)(?:File)?(?:Sync)?|fork|execa\w{0,16}|[Rr]un|sh|[Ss]hell)\b[\s)]{0,4}[(`]"),
    "NET": lazy(
        rb"\b((?<![.#])fetch|request|sendBeacon|new\s{1,4}(?:XMLHttpRequest|WebSocket|EventSource)"
        rb"|(?:https?|axios|got|needle|superagent|undici|request|net|tls|dns|dgram)\w{0,16}[\s)]{0,4}\.\s{0,4}\w{1,24}"
        rb"|axios|got|needle|\w{1,3}\.(?:request|createConnection|get(?=\(\s{0,4}[\"'`]https?:)))\b[\s)]{0,4}\("
    ),
    "RUN": lazy(
        rb"\b(eval|Function|AsyncFunction|runIn\w{3,16}|_compile|compileFunction|Script"
        rb"|set(?:Timeout|Interval)(?=\s{0,4}\(\s{0,4}[\"'`])|import(?=\s{0,4}\(\s{0,4}[\"'`]data:))[\s)]{0,4}\("
    ),
}
"""Calls that do what a category says, in files that hold it, whose place tells when it happens."""
