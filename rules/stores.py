"""Where programs keep what is private: browsers, wallets, messengers, keys, credentials of clouds and of tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assay.scanner.lazy_pattern import lazy

if TYPE_CHECKING:
    from assay.scanner.code.facts import CallFact

BROWSER, WALLET, MESSENGER = "browser data", "wallets", "messengers"
PERSONAL = frozenset({BROWSER, WALLET, MESSENGER, "password safes"})
"""Stores that no other program has any business with."""

_STORES = {
    WALLET: (
        r"wallet\.dat|/exodus|electrum|metamask|nkbihfbeogaeaoehlefnkodbefgpgknn|atomic/local|/ethereum/keystore"
        r"|coinomi"
        r"|/(?:\.?bitcoin|litecoin|dogecoin|dash|zcash|armory|bytecoin|monero)(?:/|$)|jaxx|guarda|ledger live|trezor"
        r"|\.solana/id\.json|solana/id\.json|bfnaelmomeimhlpmgjnjophhpkkoljpa|wasabi|\.wallet(?:$|/)"
    ),
    MESSENGER: (
        r"discord(?:canary|ptb|development)?/local s|/discord(?:canary|ptb)?(?:/|$)|lightcord|telegram desktop|/tdata"
        r"|/skype|/signal/(?:sql|config)|whatsapp|slack/(?:local|storage|cookies)|pidgin|/\.purple"
    ),
    "password safes": (
        r"keychains?(?:/|$)|keepass|\.kdbx|bitwarden|1password|lastpass|\.password-store|/keyrings/"
        r"|\.gnupg"
    ),
    BROWSER: (
        r"login data|web data|local state|logins\.json|key[34]\.db|places\.sqlite|cookies\.sqlite|formhistory\.sqlite"
        r"|user data(?:/|$)|/cookies$|mozilla/firefox|firefox/profiles|/(?:google/)?chrome(?: sxs)?/|chromium/"
        r"|microsoft/edge"
        r"|bravesoftware|opera software|vivaldi|yandexbrowser|waterfox|leveldb"
    ),
    "SSH keys": r"\.ssh(?:/(?!known_hosts|config)|$)|id_(?:rsa|dsa|ecdsa|ed25519)(?!\.pub)",
    "cloud credentials": (
        r"\.aws(?:/credentials|/?$)|\.azure(?:/|$)|gcloud(?:/|$)|\.kube/config|\.docker/config|serviceaccount/token"
        r"|application_default_credentials|\.vault-token|terraform\.tfstate|\.databrickscfg|\.s3cfg|\.boto$|\.oci/"
    ),
    "registry and repository tokens": (
        r"\.pypirc|\.npmrc|\.yarnrc|\.git-credentials|\.netrc|_netrc|/gh/hosts"
        r"|\.cargo/credentials"
    ),
    "game accounts": (
        r"steam/config|ssfn|\.minecraft|launcher_profiles|riot games|epicgames|/roblox|growtopia"
        r"|lunarclient"
    ),
    "secrets of the system": r"/etc/(?:shadow|sudoers)|/proc/(?:self|\d+)/environ|(?:^|/)\.env$|/sam$|/ntds",
    "shell histories": r"\.(?:bash|zsh|python|mysql|psql)_history",
    "file servers": r"filezilla|recentservers\.xml|sitemanager\.xml|winscp",
}
_KINDS = {kind: lazy(pattern) for kind, pattern in _STORES.items()}
_PRODUCT = lazy(
    r"chrome sxs|chromium|chrome|edge|brave|opera gx|opera neon|opera|vivaldi|yandex|firefox|7star|amigo|torch"
    r"|kometa|orbitum"
    r"|centbrowser|sputnik|epic privacy|uran|iridium|waterfox|exodus|electrum|metamask|atomic|coinomi|ethereum"
    r"|bitcoin"
    r"|litecoin|zcash|armory|guarda|phantom|solana|discordcanary|discordptb|discord|lightcord|telegram|signal"
    r"|skype|steam"
    r"|minecraft|filezilla|winscp"
)
_READS = frozenset({"file", "open", "credential"})


class Store(NamedTuple):
    """A store: its kind, whose it is (a product, else the path), and the path as far as it is known."""

    kind: str
    product: str
    path: str


def store_of(path: str) -> Store | None:
    """Return the store that a path lies in, None if it is none."""
    text = path.replace("\\", "/").replace("//", "/").lower()
    for kind, pattern in _KINDS.items():
        if pattern.search(text):
            product = _PRODUCT.search(text)
            return Store(kind, product[0] if product else text, path)
    return None


def stores_read(call: CallFact) -> tuple[Store, ...]:
    """Return the stores that a call reads or copies, by the paths that it is given."""
    if not _READS.intersection(call.kinds) and call.name.rpartition(".")[0] not in ("shutil", "os"):
        return ()
    if "delete" in call.kinds or _writes(call):
        return ()
    given = [*call.receiver[:1], *call.arguments[:1]]
    texts = [text for one in given for text in one.value.strings]
    return tuple(dict.fromkeys(store for text in texts if (store := store_of(text[:400])) is not None))


def _writes(call: CallFact) -> bool:
    """Whether a file is opened to be written alone."""
    modes = [one.value.value for one in call.arguments if one.position == 1 or one.name == "mode"]
    return "open" in call.kinds and any(isinstance(mode, str) and mode[:1] in ("w", "a", "x") for mode in modes)
