"""Key files: how they are made, what opens them, and what is said about those that others can read."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from assay.corpus import dsse, keys, signing
from assay.scanner.cli.corpus.arguments import Passphrases, passphrases, read_keys
from assay.scanner.errors import UsageError
from tests.command import assay
from tests.corpus.ceremony import Desk, at_a_terminal, write_key
from tests.corpus.packs import key, public

if TYPE_CHECKING:
    from pathlib import Path

SECRET = b"six words that nobody would guess"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --- keygen ----------------------------------------------------------------------------------------------------


def test_a_new_key_is_its_owners_alone_and_printed_by_id(desk: Desk, tmp_path: Path) -> None:
    result = assay("corpus", "keygen", "-o", "a.pem", "--public-out", "a.pub", cwd=tmp_path,
                   prefix=("sh", "-c", 'umask 0; exec "$@"', "sh"))  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    assert stat.S_IMODE((tmp_path / "a.pem").stat().st_mode) == 0o600
    made = signing.load_key((tmp_path / "a.pem").read_bytes())
    raw = signing.public_bytes(made)
    assert result.stdout == f"key id      {dsse.key_id(raw)}\npublic key  {raw.hex()}\n"
    assert keys.parse_public((tmp_path / "a.pub").read_bytes()) == raw
    assert (tmp_path / "a.pub").read_bytes().startswith(b"-----BEGIN PUBLIC KEY-----\n")
    assert desk.done("keygen", "-o", "b.pem") != result.stdout


@pytest.mark.parametrize("taken", ["file", "link", "dangling link", "folder", "public file", "same name"])
def test_nothing_is_overwritten_and_nothing_is_left(desk: Desk, tmp_path: Path, taken: str) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"kept")
    path = tmp_path / "a.pem"
    if taken == "file":
        path.write_bytes(b"kept")
    elif taken == "folder":
        path.mkdir()
    elif taken.endswith("link"):
        path.symlink_to(other if taken == "link" else tmp_path / "gone")
    public_out = {"public file": "other", "same name": "a.pem"}.get(taken, "a.pub")
    before = {each.name: each.is_symlink() or each.is_dir() or each.read_bytes() for each in tmp_path.iterdir()}
    line = desk.refused("keygen", "-o", "a.pem", "--public-out", public_out)
    assert line.startswith("2: assay: ")
    assert "exists already, and a key is never overwritten; choose another name" in line
    after = {each.name: each.is_symlink() or each.is_dir() or each.read_bytes() for each in tmp_path.iterdir()}
    assert after == before


def test_a_key_that_cannot_be_written_is_one_line(desk: Desk) -> None:
    assert desk.refused("keygen", "-o", "no/a.pem").startswith("2: assay: no/a.pem: No such file or directory")


def test_a_passphrase_from_a_file_or_the_environment(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(SECRET + b"\nnot this line\n")
    (tmp_path / "secret").chmod(0o600)
    desk.done("keygen", "-o", "a.pem", "--passphrase-file", "secret")
    assert signing.is_encrypted((tmp_path / "a.pem").read_bytes())
    env = {"MY_WORDS": SECRET.decode()}
    result = assay("corpus", "keygen", "-o", "b.pem", "--passphrase-env", "MY_WORDS", cwd=tmp_path, env=env)
    assert (result.returncode, result.stderr) == (0, "")
    for name in ("a.pem", "b.pem"):
        signing.load_key((tmp_path / name).read_bytes(), SECRET)
        with pytest.raises(signing.PassphraseError, match="wrong"):
            signing.load_key((tmp_path / name).read_bytes(), SECRET + b"\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--passphrase",), "no terminal to ask; use --passphrase-env or --passphrase-file"),
        (("--passphrase-env", "hunter2"), "no such environment variable; put the passphrase into it"),
        (("--passphrase-env", "EMPTY"), "no such environment variable; put the passphrase into it"),
        (("--passphrase-file", "gone"), "gone: No such file or directory"),
        (("--passphrase-file", "empty"), "empty: its first line is empty"),
        (("--passphrase-file", "empty", "--passphrase"), "several passphrases; give one"),
    ],
)
def test_a_passphrase_that_is_not_there(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "empty").chmod(0o600)
    result = assay("corpus", "keygen", "-o", "a.pem", *arguments, cwd=tmp_path, env={"EMPTY": ""})
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert words in result.stderr
    assert "hunter2" not in result.stderr, "what may be a passphrase must not be repeated"
    assert not (tmp_path / "a.pem").exists()


def test_a_short_passphrase_is_warned_of(tmp_path: Path) -> None:
    result = assay("corpus", "keygen", "-o", "a.pem", "--passphrase-env", "W", cwd=tmp_path, env={"W": "short"})
    assert result.returncode == 0
    assert "a.pem: a passphrase below 20 characters is soon guessed" in result.stderr


def test_a_terminal_is_asked_twice_and_shows_nothing(tmp_path: Path) -> None:
    answers = [("Passphrase", SECRET.decode()), ("Repeat for confirmation", SECRET.decode())]
    code, screen = at_a_terminal(tmp_path, answers, "corpus", "keygen", "-o", "a.pem", "--passphrase")
    assert (code, SECRET.decode() in screen) == (0, False)
    signing.load_key((tmp_path / "a.pem").read_bytes(), SECRET)


# --- opening keys ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "opened"),
    [
        ({}, False),
        ({"ASSAY_KEY_PASSPHRASE": SECRET.decode()}, True),
        ({"ASSAY_KEY_PASSPHRASE": "another one"}, False),
        ({"FIRST": "another one", "SECOND": SECRET.decode()}, True),
        ({"FIRST": "another one", "ASSAY_KEY_PASSPHRASE": SECRET.decode()}, True),
        ({"FIRST": SECRET.decode() + " "}, False),
    ],
)
def test_what_opens_an_encrypted_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], opened: bool
) -> None:
    monkeypatch.delenv("ASSAY_KEY_PASSPHRASE", raising=False)
    monkeypatch.setattr("sys.stdin", None)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    locked, free = write_key(tmp_path, "a", SECRET), write_key(tmp_path, "b")
    named = [name for name in variables if not name.startswith("ASSAY_")]
    secrets = passphrases(named, None)
    if opened:
        found = read_keys([str(locked), str(free)], secrets)
        assert [signing.public_bytes(each) for each in found] == [public("a"), public("b")]
    else:
        with pytest.raises(UsageError, match="passphrase") as caught:
            read_keys([str(free), str(locked)], secrets)
        assert str(caught.value).startswith(str(locked))


def test_a_terminal_is_asked_for_the_passphrase_of_a_key(tmp_path: Path) -> None:
    write_key(tmp_path, "a", SECRET)
    (tmp_path / "x.pack").write_bytes(b"not a pack")
    arguments = ("corpus", "build", "--sources", ".", "--spec", "gone", "-o", "x", "--key", "a.pem")
    code, screen = at_a_terminal(tmp_path, [("Passphrase of a.pem", SECRET.decode())], *arguments)
    assert code == 5
    assert "gone: cannot be read" in screen, "the key was opened, and the next thing failed"
    code, screen = at_a_terminal(tmp_path, [("Passphrase of a.pem", "another one")], *arguments)
    assert code == 2
    assert "a.pem: the passphrase is wrong" in screen


@pytest.mark.parametrize(
    ("mode", "warned"),
    [
        (0o600, False),
        (0o400, False),
        (0o700, False),
        *((0o600 | right << shift, True) for right in (1, 2, 4) for shift in (0, 3)),
    ],
)
def test_a_key_that_others_can_read_is_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: int, warned: bool
) -> None:
    path = write_key(tmp_path, "a")
    path.chmod(mode)
    assert len(read_keys([str(path)], Passphrases())) == 1
    assert ("others on this machine can read or change this private key" in capsys.readouterr().err) is warned


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a private key in PEM"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "not a private key in PEM"),
        (keys.encode_public(key("a")), "not a private key in PEM"),
        (b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "passphrase"),
        (
            X25519PrivateKey.from_private_bytes(bytes(32)).private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            ),
            "not an Ed25519 key",
        ),
    ],
)
def test_what_is_no_private_key(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(UsageError, match=words):
        read_keys([str(path)])


def test_public_keys_are_read_from_public_and_private_files() -> None:
    assert keys.parse_public(keys.encode_public(key("a"))) == public("a")
    assert keys.parse_public(keys.encode_private(key("a"))) == public("a")
    other = X25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    for content, words in (
        (keys.encode_private(key("a"), SECRET), "encrypted private key; name the file of its public key"),
        (other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), "another kind than Ed25519"),
        (b"ssh-ed25519 AAAA", "neither 64 hex digits nor a PEM file"),
    ):
        with pytest.raises(UsageError, match=words):
            keys.parse_public(content)


@pytest.mark.parametrize("passphrase", [b"", b"x" * 1024])
def test_passphrases_that_no_file_can_have(passphrase: bytes) -> None:
    with pytest.raises(UsageError, match="1 to 1,023 bytes"):
        keys.encode_private(key("a"), passphrase)


def test_a_full_disk_leaves_no_half_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UsageError, match="No space left on device"):
        keys.write_new(str(tmp_path / "a.pem"), b"x")
    assert list(tmp_path.iterdir()) == []
