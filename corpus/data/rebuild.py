"""Rebuild the trust root or the default pack that ship with assay.

    python corpus/data/rebuild.py root KEYS           root.json from KEYS/root-*.pem (2 of n) and KEYS/corpus-*.pem
    python corpus/data/rebuild.py pack KEYS SOURCES   default.pack from SOURCES by default.spec.json

The pack does not change unless SOURCES, the specification or the code does: Ed25519 signatures are deterministic.
"""

from __future__ import annotations

import sys
from pathlib import Path

from assay.corpus import dsse, signing, trust
from assay.corpus.build import build_pack
from assay.corpus.sections import ADVISORIES, BLOCKS, IOC, NAMES
from assay.corpus.shipped import load_trust

HERE = Path(__file__).resolve().parent


def write_root(keys: Path) -> None:
    """Write the first trust root: root role 2 of n, channel ``default`` 1 of n."""
    root_keys = {path.stem: signing.load_key(path.read_bytes()) for path in sorted(keys.glob("root-*.pem"))}
    pack_keys = {path.stem: signing.load_key(path.read_bytes()) for path in sorted(keys.glob("corpus-*.pem"))}
    public = {name: signing.public_bytes(key) for name, key in {**root_keys, **pack_keys}.items()}
    ids = {name: dsse.key_id(raw) for name, raw in public.items()}
    channel = trust.Channel(
        name="default",
        role=trust.Role(frozenset(ids[name] for name in pack_keys), 1),
        epoch=1,
        capabilities=frozenset({ADVISORIES, BLOCKS, IOC, NAMES}),
        priority=100,
        min_seq=1,
        revoked=frozenset(),
    )
    root = trust.TrustRoot(
        version=1,
        keys={ids[name]: raw for name, raw in public.items()},
        role=trust.Role(frozenset(ids[name] for name in root_keys), 2),
        channels={channel.name: channel},
    )
    envelope = signing.sign(dsse.ROOT_TYPE, trust.dump_payload(root), tuple(root_keys.values())[:2])
    data = dsse.encode(envelope)
    trust.parse_root(data)
    (HERE / "root.json").write_bytes(data)


def write_pack(keys: Path, sources: Path) -> None:
    """Write the default pack, signed with the first pack key."""
    key = signing.load_key((keys / "corpus-a.pem").read_bytes())
    built = build_pack(str(HERE / "default.spec.json"), str(sources), [key], load_trust())
    (HERE / "default.pack").write_bytes(built.data)
    sys.stdout.write(f"sha256:{built.digest} {len(built.data)} bytes {dict(built.manifest.stats)}\n")


def main(arguments: list[str]) -> None:
    """Run one of the two commands."""
    match arguments:
        case ["root", keys]:
            write_root(Path(keys))
        case ["pack", keys, sources]:
            write_pack(Path(keys), Path(sources))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
