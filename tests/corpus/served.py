"""A web server on this machine whose answers are scripted, byte for byte: per path a list, of which the last one stays.

An answer is a function of what was asked that returns the parts to send; None for a part cuts the connection with a
reset, a number sleeps so many seconds.
"""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from pathlib import Path

Part = bytes | float | None


class Asked(NamedTuple):
    """A request: its target, and its headers by lower-case name."""

    path: str
    headers: dict[str, str]


Answer = Callable[[Asked], Sequence[Part]]


class Served:
    """What the server says, and what it was asked."""

    def __init__(self, port: int, scheme: str) -> None:
        self.base = f"{scheme}://127.0.0.1:{port}"
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[Asked] = []

    def url(self, path: str) -> str:
        return self.base + path

    def says(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    def handle(self, connection: socket.socket) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            more = connection.recv(65536)
            if not more:
                return
            received += more
        first, *lines = received.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        asked = Asked(first.split(" ")[1], headers)
        self.asked.append(asked)
        waiting = self.answers.get(asked.path, [status(404)])
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        for part in answer(asked):
            if part is None:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            if isinstance(part, bytes):
                connection.sendall(part)
            else:
                time.sleep(part)


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Served]:
    """Give a server, over TLS with a context."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = Served(listener.getsockname()[1], "https" if context else "http")

        def run() -> None:
            while True:
                try:
                    plain, _ = listener.accept()
                except OSError:
                    return
                try:
                    plain.settimeout(10)
                    with context.wrap_socket(plain, server_side=True) if context else plain as connection:
                        served.handle(connection)
                except OSError:
                    continue

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield served
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def head(code: int, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {code} Scripted\r\n{lines}\r\n".encode("latin-1")


def status(code: int, **headers: str) -> Answer:
    """Answer with a status and no body; ``Retry_After="3"`` is a header."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda asked: [head(code, {"Content-Length": "0", **given})]


def content(
    body: bytes, *, cut: int | None = None, length: int | None = None, reset: bool = False, **headers: str
) -> Answer:
    """Answer 200 with a body, of which only ``cut`` bytes come, and a Content-Length that may lie."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    said = {"Content-Length": str(len(body) if length is None else length), **given}
    sent: list[Part] = [head(200, said), body[:cut]]
    return lambda asked: [*sent, 0.02, None] if reset else sent


def file(body: bytes, etag: str = "", modified: str = "", *, cut: int | None = None) -> Answer:
    """Answer as a good server does: validators, 304, ranges with If-Range. ``cut`` ends the body early."""
    known = {name: value for name, value in (("ETag", etag), ("Last-Modified", modified)) if value}

    def answer(asked: Asked) -> list[Part]:
        if etag and asked.headers.get("if-none-match") == etag:
            return [head(304, known)]
        if modified and "if-none-match" not in asked.headers and asked.headers.get("if-modified-since") == modified:
            return [head(304, known)]
        wanted = asked.headers.get("range")
        if wanted and etag and asked.headers.get("if-range") == etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                return [head(416, {"Content-Length": "0", "Content-Range": f"bytes */{len(body)}"})]
            said = {"Content-Length": str(len(body) - start), **known}
            said["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return [head(206, said), body[start:cut]]
        return [head(200, {"Content-Length": str(len(body)), **known}), body[:cut]]

    return answer


def self_signed(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Return the certificate of 127.0.0.1, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "private.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return certificate, context
