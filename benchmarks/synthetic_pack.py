"""Make a signed pack of many advisories out of the real records: names mutated, records drawn anew, seeded.

    python benchmarks/synthetic_pack.py SOURCES FOLDER [--advisories 300000] [--seed 1] [--key KEY.pem]

SOURCES is a folder as ``corpus/data/default.spec.json`` expects it. Writes FOLDER/synthetic.pack and prints its size
and the time and memory that building took. Without --key the pack is signed by a key made from the seed and
FOLDER/root.json is the trust root that knows it; with --key (a key of channel ``default``) the shipped root does.
The real records are all in it under their own names, some of which have over 50 advisories.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assay.corpus import dsse, signing, spec, trust
from assay.corpus.build import assemble
from assay.corpus.ingest import OsvRecord, Tables, ingest
from assay.corpus.sections import ADVISORIES, BLOCKS, IOC, NAMES
from assay.corpus.shipped import load_trust

SPEC = Path(__file__).resolve().parent.parent / "corpus" / "data" / "default.spec.json"
CROWDED, CROWD = 25, 120
"""How many made-up names have how many advisories each, over both ecosystems; well over 50 of them on npm."""
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def grow(tables: Tables, wanted: int, seed: int) -> None:
    """Add records about mutated names until ``wanted`` records are in use."""
    chance = random.Random(seed)
    pool = [record for record in tables.records.values() if record.packages]
    number = len(pool)
    while number < wanted:
        original = chance.choice(pool)
        _, name, record = original.packages[0]
        made = number - len(pool)
        if made < CROWDED * CROWD:
            mutated = f"crowd-{made // CROWD}"
        else:
            place = chance.randrange(1, len(name) + 1)
            mutated = name[:place] + "".join(chance.choices(LETTERS, k=chance.randrange(2, 6))) + name[place:]
        id_ = f"{record.id.partition('-')[0]}-{9000 + number % 1000}-{number}"
        package = original.packages[0]._replace(name=mutated, record=record._replace(id=id_, aliases=()))
        tables.records[id_] = OsvRecord(original.modified, original.sha256, original.source, False, (package,))
        number += 1


def make_root(key: Ed25519PrivateKey) -> bytes:
    """Return a trust root in which one key is everything."""
    public = signing.public_bytes(key)
    role = trust.Role(frozenset({dsse.key_id(public)}), 1)
    kinds = frozenset({ADVISORIES, BLOCKS, IOC, NAMES})
    channel = trust.Channel("default", role, 1, kinds, 100, 1, frozenset())
    root = trust.TrustRoot(1, {dsse.key_id(public): public}, role, {"default": channel})
    return dsse.encode(signing.sign(dsse.ROOT_TYPE, trust.dump_payload(root), [key]))


def main() -> None:
    """Make the pack."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--advisories", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--key", type=Path)
    options = parser.parse_args()

    start = time.perf_counter()
    plan = spec.parse(json.dumps({**json.loads(SPEC.read_bytes()), "seq": 1000, "title": "synthetic"}).encode())
    tables = Tables()
    places = {source.id: place for place, source in enumerate(plan.sources)}
    for each in plan.inputs:
        ingest(str(options.sources / each.path), each, places, tables)
    grow(tables, options.advisories, options.seed)
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.key:
        key, root = signing.load_key(options.key.read_bytes()), load_trust()
    else:
        key = Ed25519PrivateKey.from_private_bytes(sha256(b"assay synthetic %d" % options.seed).digest())
        (options.folder / "root.json").write_bytes(make_root(key))
        root = load_trust(str(options.folder / "root.json"))
    built = assemble(plan, tables, [key], root)
    (options.folder / "synthetic.pack").write_bytes(built.data)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    print(f"sha256:{built.digest} {len(built.data)} bytes, {time.perf_counter() - start:.1f} s, {peak:.0f} MB")
    print(json.dumps(dict(built.manifest.stats)))


if __name__ == "__main__":
    main()
