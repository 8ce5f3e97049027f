"""A store that is changed by a process that is killed on the way, or whose disk fails.

``python -m tests.corpus.crashing`` prints one JSON array: for every trial how the store was left, and what is wrong
with that. It runs as a user without privileges, since root may write everywhere; each trial is a process of its own.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import stat
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from assay.corpus import anchors, decisions, doctor, selection, trust
from assay.corpus.anchors import Trust
from assay.corpus.selection import Request
from assay.corpus.store import RETAINED, Store
from assay.scanner.errors import CorpusError
from tests.corpus.packs import FREE, ROOT, key_id, public, signed_root, small_pack, trust_root

if TYPE_CHECKING:
    from collections.abc import Callable

BASE = Trust((anchors.first(signed_root(ROOT, "root-a", "root-b")),))
UPDATE = signed_root(trust_root(2), "root-a", "root-b")
NOBODY = 65534
COUNTED: Final = ("fsync", "replace", "rename", "unlink", "open", "chmod", "mkdir")
"""What changes the disk, or waits for it; ``open`` counts for writing alone."""


def publisher() -> bytes:
    """Return the first root of another publisher."""
    role = trust.Role(frozenset({key_id("acme")}), 1)
    channel = ROOT.channels["org"]._replace(name="acme", role=role)
    return signed_root(trust.TrustRoot(1, {key_id("acme"): public("acme")}, role, {"acme": channel}), "acme")


ACME = publisher()


class Place(NamedTuple):
    """A folder with a store and the packs that trials import, by number."""

    folder: Path

    @property
    def store(self) -> Store:
        """The store as a new process opens it."""
        return Store(str(self.folder / "store"))

    def pack(self, seq: int) -> str:
        """Return the path of a pack to import."""
        return str(self.folder / f"{seq}.pack")

    def digest(self, seq: int) -> str:
        """Return the digest of a pack of the store."""
        return next(digest for digest, each in self.store.state().packs.items() if each.seq == seq)

    def state(self) -> bytes:
        """Return the state as it is on the disk."""
        return (self.folder / "store" / "state.json").read_bytes()


def import_with_root(place: Place) -> None:
    """Import a pack that carries a root update; the oldest pack of the channel goes."""
    place.store.import_pack(place.pack(RETAINED + 1), BASE, FREE)


ACTIONS: Final[dict[str, Callable[[Place], object]]] = {
    "import": import_with_root,
    "rollback": lambda place: decisions.rollback(place.store, "default", place.digest(3), "too new", BASE, FREE),
    "use": lambda place: decisions.use(place.store, "org"),
    "switch off": lambda place: decisions.switch_off(place.store, "org"),
    "remove": lambda place: decisions.remove(place.store, place.digest(2)),
    "trust add": lambda place: decisions.add_anchor(place.store, ACME, "acme", anchors.fingerprint(ACME), BASE),
    "trust update": lambda place: decisions.update_anchor(place.store, UPDATE, BASE),
    "trust remove": lambda place: decisions.remove_anchor(place.store, "acme"),
}
BEFORE: Final[dict[str, str]] = {"use": "switch off", "trust remove": "trust add"}
"""What must have been done before an action is worth a change."""


def prepare(folder: Path, action: str) -> Place:
    """Make the store that an action is done to: as many packs as are kept, of two channels."""
    place = Place(folder)
    for seq in range(1, RETAINED + 1):
        Path(place.pack(seq)).write_bytes(small_pack(seq=seq))
        place.store.import_pack(place.pack(seq), BASE, FREE)
    Path(place.pack(RETAINED + 1)).write_bytes(small_pack(seq=RETAINED + 1, roots=(UPDATE,), min_root_version=2))
    Path(place.pack(RETAINED + 2)).write_bytes(small_pack(seq=RETAINED + 2))
    Path(place.pack(100)).write_bytes(small_pack(channel="org", signers=("org-a",), seq=100))
    place.store.import_pack(place.pack(100), BASE, FREE)
    if action in BEFORE:
        ACTIONS[BEFORE[action]](place)
    return place


# --- dying -----------------------------------------------------------------------------------------------------


def at_call(fatal: int, then: Callable[..., None], names: tuple[str, ...] = COUNTED) -> None:
    """Let ``then`` be called with the arguments of the n-th of the calls that change the disk, before it is done."""
    count = 0

    def counting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            if name != "open" or arguments[1] & (os.O_WRONLY | os.O_RDWR):
                count += 1
                if count == fatal:
                    then(*arguments)
            return real(*arguments, **named)

        return call

    for name in names:
        setattr(os, name, counting(name, getattr(os, name)))


def die(*_: object) -> None:
    """End this process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def tear(handle: int) -> None:
    """Leave half of a file, those bytes that were on the disk when the power went, and end this process."""
    if stat.S_ISREG(os.fstat(handle).st_mode):
        os.ftruncate(handle, os.fstat(handle).st_size // 2)
    die()


def fail_at(fatal: int, number: int) -> None:
    """Let the n-th call that changes the disk fail with an error of the system."""

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    at_call(fatal, fail)


def child(work: Callable[[], object]) -> int:
    """Run ``work`` in a process of its own; return 0, the number of the signal that killed it, or -1 if it failed."""
    process = os.fork()
    if not process:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - what ends the child must be seen
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(process, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)


# --- looking ---------------------------------------------------------------------------------------------------


def wrong_with(place: Place, states: dict[bytes, str]) -> list[str]:
    """Return what is wrong with a store after a crash; it is used, repaired and used again."""
    found = [] if place.state() in states else ["the state is neither the old nor the new one"]
    try:
        scan(place)
        other = Place(place.folder.with_name(place.folder.name + "-copy"))
        shutil.copytree(place.folder, other.folder)
        other.store.import_pack(other.pack(RETAINED + 2), BASE, FREE)
        scan(other)
        before = place.state()
        doctor.repair(str(place.folder / "store"), BASE, FREE)
        if place.state() != before:
            found.append("repair changed the state")
        found += leftovers(place)
        found += [f"{each.what}: {each.wrong}" for each in examined(place) if each.wrong]
        place.store.import_pack(place.pack(RETAINED + 2), BASE, FREE)
        found += leftovers(place)
    except (CorpusError, OSError) as error:
        found.append(repr(error))
    return found


def scan(place: Place) -> None:
    """Open what a scan would use and read of it."""
    with selection.open_corpus(place.store, BASE, request(place)) as view:
        if not view.advisories("npm", "thief", None) or not view.popular("npm"):
            raise CorpusError("E_INDEX", "the corpus does not answer")


def request(place: Place) -> Request:
    """Return what a scan asks for; a pack that lies beside the store is the one that ships."""
    return Request(expectations=FREE, shipped=place.pack(1))


def examined(place: Place) -> list[doctor.Symptom]:
    """Return what the doctor finds."""
    return list(doctor.examine(str(place.folder / "store"), BASE, request(place)))


def leftovers(place: Place) -> list[str]:
    """Return the files of a store that its state does not speak of, and those that are missing."""
    state = place.store.state()
    expected = {"lock", "state.json", *(f"packs/{digest}.pack" for digest in state.packs)}
    for identity, known in state.anchors.items():
        first = known.first if known.added else known.first + 1
        expected |= {f"roots/{identity}/{version}.json" for version in range(first, known.version + 1)}
    folder = place.folder / "store"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
    may = {f"roots/{identity}/1.json" for identity in state.anchors}  # the first root may lie beside its successors
    return [f"left behind or missing: {name}" for name in sorted((found ^ expected) - may)]


# --- trials ----------------------------------------------------------------------------------------------------


def killed(folder: Path, action: str, *, torn: bool) -> list[dict[str, Any]]:
    """Kill a process at every point of an action, and return how each left the store."""
    start = prepare(made(folder / "start"), action)
    whole = Place(folder / "whole")
    shutil.copytree(start.folder, whole.folder)
    ACTIONS[action](whole)
    states = {start.state(): "old", whole.state(): "new"}
    trials: list[dict[str, Any]] = []
    ended = signal.SIGKILL.value
    while ended == signal.SIGKILL:
        place = Place(folder / f"{len(trials)}")
        shutil.copytree(start.folder, place.folder)

        def act(place: Place = place, fatal: int = len(trials) + 1) -> None:
            if torn:
                at_call(fatal, tear, ("fsync",))
            else:
                at_call(fatal, die)
            ACTIONS[action](place)

        ended = child(act)
        state = states.get(place.state(), "other")
        wrong = wrong_with(place, states) if ended in (0, signal.SIGKILL) else [f"ended with {ended}"]
        trials.append({"killed": ended == signal.SIGKILL, "state": state, "wrong": wrong})
    return trials


def refused(place: Place, before: Callable[[], None]) -> dict[str, Any]:
    """Import under conditions that ``before`` sets, in a process of its own, and return how that ended."""
    state = place.state()

    def act() -> None:
        before()
        try:
            import_with_root(place)
        except CorpusError as refusal:
            os._exit(2 if refusal.code == "E_STORE" and refusal.detail.isprintable() else 3)

    code = {0: "accepted", -2: "E_STORE"}.get(child(act), "another end")
    changed = place.state() != state
    if changed:  # what failed was the last: the oldest pack may still be there
        doctor.repair(str(place.folder / "store"), BASE, FREE)
    return {"code": code, "state": "new" if changed else "old", "wrong": scanned(place)}


def scanned(place: Place) -> list[str]:
    """Return what is wrong with a scan, and what is left behind of an import that was refused."""
    try:
        scan(place)
    except CorpusError as refusal:
        return [str(refusal)]
    return leftovers(place)


def failing(folder: Path, number: str) -> list[dict[str, Any]]:
    """Let the n-th call that changes the disk fail, for every n, and return how the import was refused."""
    start = prepare(made(folder / "start"), "import")
    trials: list[dict[str, Any]] = []
    while not trials or trials[-1]["code"] != "accepted" or len(trials) < 30:
        place = Place(folder / f"{len(trials)}")
        shutil.copytree(start.folder, place.folder)
        trials.append(refused(place, partial(fail_at, len(trials) + 1, int(number))))
    return trials


def limited(folder: Path) -> list[dict[str, Any]]:
    """Import while no file may be longer than a number of bytes, as on a disk that is full after them."""
    start = prepare(made(folder / "start"), "import")
    trials = []
    longest = os.stat(start.pack(RETAINED + 1)).st_size
    for limit in (0, 1, 100, len(start.state()) - 1, len(UPDATE) - 1, longest // 2, longest - 1, longest):
        place = Place(folder / f"{limit}")
        shutil.copytree(start.folder, place.folder)
        trial = refused(place, partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit)))
        trials.append({"limit": limit, "enough": limit >= longest, **trial})
    return trials


def full(folder: Path) -> list[dict[str, Any]]:
    """Import into a store on a disk of its own, given as ``folder``, that other files fill up to some bytes."""
    start = prepare(made(folder / "start"), "import")
    trials = []
    for free in (0, 1, 2, 3, 5, 10, 20):
        ballast = folder / "ballast"
        with open(ballast, "wb", buffering=0) as file:
            left = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize - free * 4096
            while left > 0:
                left -= file.write(bytes(min(left, 4096)))
        trials.append({"free": free, **refused(start, lambda: None)})
        ballast.unlink()
    return trials


def read_only(folder: Path) -> list[dict[str, Any]]:
    """Import into a store whose folders may not be written."""
    place = prepare(made(folder / "start"), "import")
    folders = [place.folder / "store", place.folder / "store" / "packs"]
    for each in folders:
        each.chmod(0o555)
    trial = refused(place, lambda: None)
    told = [each.what for each in examined(place) if each.wrong]
    for each in folders:
        each.chmod(0o755)
    return [{**trial, "doctor": told}]


def made(folder: Path) -> Path:
    """Make a folder and return it."""
    folder.mkdir()
    return folder


def main(what: str, argument: str = "") -> None:
    """Do the trials that the command line names."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # where waiting for the disk takes no time
    with tempfile.TemporaryDirectory(dir=memory) as folder:  # loads all that is loaded on demand
        place = prepare(Path(folder), "rollback")
        ACTIONS["rollback"](place)
        examined(place)
        scan(place)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    trials: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
        "kill": lambda folder: killed(folder, argument, torn=False),
        "tear": lambda folder: killed(folder, argument, torn=True),
        "fail": lambda folder: failing(folder, argument),
        "limit": limited,
        "full": lambda _: full(Path(argument)),
        "read-only": read_only,
    }
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        sys.stdout.write(json.dumps(trials[what](Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
