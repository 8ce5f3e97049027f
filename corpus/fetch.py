"""Fetching files over HTTP for ``assay corpus update``: whole or not at all, and nothing but what was asked for.

RFC 9110 is the standard meant by §. TLS is always verified and plain HTTP is for this machine alone. A request is
conditional (§13) when an earlier copy is at hand; a cut download goes on by ``Range`` with ``If-Range`` if its ETag is
strong (§13.1.5, §14), else from the start. Sizes are capped as declared and as counted. What a failure prints has
neither user, password nor query of a URL. Sleep and clocks are the caller's.
"""

from __future__ import annotations

import os
import re
import ssl
import zlib
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from assay.corpus.partial import Partial
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_REDIRECTS = 5
ATTEMPTS = 5
LONGEST_WAIT = 120.0
"""Seconds between two attempts at most, whatever Retry-After asks."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")
_LENGTH = re.compile(r"[0-9]{1,18}")
_HOST = re.compile(rb"[0-9A-Za-z](?:[0-9A-Za-z._-]*[0-9A-Za-z.])?|[0-9A-Fa-f:.]{2,45}")
_CHUNK = 1024 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_CONDITIONAL = ("if-none-match", "if-modified-since", "if-range", "range", "authorization")
"""Headers that stay with the origin that the specification names."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file: its URL, the validators of the copy at hand ("" for none), and how many bytes it may have at most."""

    url: str
    limit: int
    etag: str = ""
    last_modified: str = ""


class Fetched(NamedTuple):
    """A file that came whole. The validators are "" unless the origin itself gave them."""

    sha256: str
    size: int
    etag: str
    last_modified: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the command line lends: sleeping, seconds since 1970, seconds that only go forward, and a progress bar.

    ``progress`` is told (bytes so far, bytes in all or None). A download slower than ``slowest`` bytes per second is
    given up after ``patience`` seconds, however steadily it trickles.
    """

    sleep: Callable[[float], None]
    wall_clock: Callable[[], float]
    stopwatch: Callable[[], float]
    progress: Callable[[int, int | None], None] = lambda _done, _total: None
    patience: float = 60.0
    slowest: float = 1024.0


def open_client(ca_bundle: str | None = None, *, connect: float = 10.0, read: float = 30.0) -> httpx.Client:
    """Return a client that verifies TLS by the public authorities, or by those in ``ca_bundle`` alone.

    Proxies are those of the environment.

    Raises:
        OSError: the bundle cannot be read (``ssl.SSLError`` if it holds no certificate).
    """
    verify = ssl.create_default_context(cafile=ca_bundle) if ca_bundle else True
    # One request per connection: what comes after the announced end then shows.
    headers = {"accept-encoding": "identity", "connection": "close", "user-agent": "assay"}
    timeout = httpx.Timeout(read, connect=connect)
    return httpx.Client(verify=verify, timeout=timeout, headers=headers, follow_redirects=False)


def shown(url: str | httpx.URL) -> str:
    """Return a URL as it may be printed and kept: without user, password, query and fragment."""
    try:
        return str(httpx.URL(url).copy_with(userinfo=b"", query=None, fragment=None))
    except httpx.InvalidURL:
        return "a URL that is none"


def check_url(url: str) -> None:
    """Check that a URL may be fetched: ``https``, or ``http`` to this machine.

    Raises:
        CorpusError: E_SOURCE.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise _failure(url, "not a URL") from error
    local = parsed.scheme == "http" and parsed.host in _LOOPBACK
    if not _HOST.fullmatch(parsed.raw_host) or not (parsed.scheme == "https" or local):
        raise _failure(url, "neither https:// nor http:// to this machine")


def fetch(client: httpx.Client, wanted: Wanted, path: str, given: Surroundings) -> Fetched | None:
    """Fetch a file to ``path``, where a part of it may lie from before; return None if the copy at hand is current.

    The file is on the disk (fsync) when this returns. What a failure leaves at ``path`` is only good to go on from.

    Raises:
        CorpusError: E_SOURCE: refused, not there, too large, cut off too often, not to be trusted.
        OSError: the file cannot be written.
    """
    check_url(wanted.url)
    reason = ""
    for attempt in range(ATTEMPTS):
        try:
            return _Attempt(client, wanted, Partial(path, wanted.url), given).run()
        except _AgainError as again:
            reason = str(again)
            if attempt + 1 < ATTEMPTS:
                given.sleep(min(max(2.0**attempt, again.after), LONGEST_WAIT))
        except httpx.TransportError as error:
            if _has_cause(error, ssl.SSLCertVerificationError):
                raise _failure(wanted.url, "its TLS certificate is not trusted", _TRUST) from error
            reason = _reason(error)
            if attempt + 1 < ATTEMPTS:
                given.sleep(2.0**attempt)
    raise _failure(wanted.url, f"{reason}, {ATTEMPTS} times", "try again later, or give --keep-going")


_TRUST = "name the authority's certificate with --ca-bundle"


class _AgainError(Exception):
    """This attempt failed in a way that another may not; ``after`` seconds are what the server asks for."""

    def __init__(self, reason: str, after: float = 0.0) -> None:
        super().__init__(reason)
        self.after = after


def _failure(url: str | httpx.URL, reason: str, advice: str = "correct the URL in the specification") -> CorpusError:
    return CorpusError("E_SOURCE", f"{shown(url)}: {reason}", advice)


def _reason(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.ProtocolError):
        return "cut off, or not HTTP"
    return "no connection" if isinstance(error, httpx.ConnectError | httpx.ProxyError) else "the connection broke"


def _has_cause(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error is not None


class _Attempt:
    """One request and its answer, by way of its redirects."""

    def __init__(self, client: httpx.Client, wanted: Wanted, partial: Partial, given: Surroundings) -> None:
        self._client, self._wanted, self._partial, self._given = client, wanted, partial, given
        self._start = given.stopwatch()

    def run(self) -> Fetched | None:
        """Return what came, None if nothing changed. Raises _AgainError, httpx.TransportError, CorpusError."""
        headers = self._conditions()
        with self._answered(headers) as (response, own):
            status = response.status_code
            if status == 304 and own and "range" not in headers and ("if-none-match" in headers or _DATED in headers):
                return None
            if status in _TRY_AGAIN:
                raise _AgainError(f"answered {status}", self._retry_after(response))
            if status == 416:
                self._partial.discard()
                raise _AgainError("has less than came before")
            if status == 206 and own and "range" in headers:
                return self._continue(response)
            if status != 200:
                raise _failure(response.url, f"answered {status}")
            return self._begin(response, own=own)

    def _conditions(self) -> dict[str, str]:
        resumed = self._partial.validator()
        if resumed:
            return {"range": f"bytes={self._partial.size}-", "if-range": resumed}
        given = {"if-none-match": self._wanted.etag, _DATED: self._wanted.last_modified}
        return {name: value for name, value in given.items() if value}

    @contextmanager
    def _answered(self, headers: dict[str, str]) -> Iterator[tuple[httpx.Response, bool]]:
        """Give the answer behind all redirects, and whether it is still the origin that was asked first."""
        first = httpx.URL(self._wanted.url)
        url = first.copy_with(userinfo=b"")
        auth = httpx.BasicAuth(first.username, first.password) if first.userinfo else None
        for _ in range(MOST_REDIRECTS + 1):
            own = _origin(url) == _origin(first)
            sent = headers if own else {name: headers[name] for name in headers if name not in _CONDITIONAL}
            request = self._client.build_request("GET", url, headers=sent)
            with closing(self._client.send(request, stream=True, auth=auth if own else None)) as response:
                if response.status_code not in _REDIRECTS:
                    yield response, own
                    return
                url = redirected(url, response.headers.get("location"))
        raise _failure(first, f"more than {MOST_REDIRECTS} redirects")

    def _retry_after(self, response: httpx.Response) -> float:
        """Return the seconds that Retry-After asks for (§10.2.3): a number, or a date."""
        text = response.headers.get("retry-after", "").strip()
        if _LENGTH.fullmatch(text):
            return float(text)
        try:
            return max(0.0, parsedate_to_datetime(text).timestamp() - self._given.wall_clock())
        except (ValueError, TypeError, OverflowError):
            return 0.0

    def _begin(self, response: httpx.Response, *, own: bool) -> Fetched:
        etag = response.headers.get("etag", "") if own else ""
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity", "gzip"):
            raise _failure(response.url, "encoded in a way that was not asked for")
        packed = encoding == "gzip"
        declared = self._declared(response)
        self._cap(0 if declared is None else declared)
        with self._partial.begin("" if packed else etag) as file:
            hashed = sha256()
            size = self._receive(response, file, hashed, 0, declared, packed=packed)
        modified = response.headers.get("last-modified", "") if own else ""
        return Fetched(hashed.hexdigest(), size, _kept(etag), _kept(modified))

    def _continue(self, response: httpx.Response) -> Fetched:
        """Go on behind the part that is there, if what comes is the rest of the same file (§15.3.7)."""
        start, etag = self._partial.size, self._partial.validator()
        declared = self._declared(response)
        match = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
        first, last, total = map(int, match.groups()) if match else (-1, -1, -1)
        whole = first == start and last == total - 1 and declared in (None, total - start)
        if not whole or response.headers.get("etag") != etag or "content-encoding" in response.headers:
            self._partial.discard()
            raise _AgainError("the rest does not belong to what came before")
        self._cap(total)
        with self._partial.resume(etag) as (file, hashed):
            size = self._receive(response, file, hashed, start, total - start, packed=False)
        return Fetched(hashed.hexdigest(), size, _kept(etag), _kept(response.headers.get("last-modified", "")))

    def _declared(self, response: httpx.Response) -> int | None:
        """Return Content-Length, None for a chunked body; without either, whole and cut could not be told apart."""
        if response.headers.get("transfer-encoding", "").lower() == "chunked":
            return None
        text = response.headers.get("content-length", "")
        if not _LENGTH.fullmatch(text):
            raise _failure(response.url, "does not say how long it is")
        return int(text)

    def _cap(self, size: int) -> None:
        if size > self._wanted.limit:
            self._partial.discard()
            raise _failure(self._wanted.url, f"larger than {self._wanted.limit:,} bytes")

    def _receive(
        self, response: httpx.Response, file: Any, hashed: Any, size: int, declared: int | None, *, packed: bool
    ) -> int:
        """Write and hash what comes behind the ``size`` bytes that are there; return the size of the whole."""
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS) if packed else None
        total = None if packed or declared is None else size + declared
        came = 0
        for raw in response.stream:  # type: ignore[union-attr] # the client is no asynchronous one
            came += len(raw)
            for part in self._unpacked(unpacker, raw) if unpacker else (raw,):
                size += len(part)
                self._cap(size)
                hashed.update(part)
                file.write(part)
            self._given.progress(size, total)
            self._hurry(came)
        if unpacker and not unpacker.eof:
            raise _AgainError("cut off")
        if declared is not None and (came != declared or _goes_on(response)):
            self._partial.discard()
            raise _failure(response.url, "longer or shorter than it says")
        file.flush()
        os.fsync(file.fileno())
        return size

    def _unpacked(self, unpacker: Any, raw: bytes) -> Iterator[bytes]:
        try:
            while raw and not unpacker.eof:
                yield unpacker.decompress(raw, _CHUNK)
                raw = unpacker.unconsumed_tail
        except zlib.error as error:
            raise _failure(self._wanted.url, "gzip that cannot be unpacked") from error
        if raw or unpacker.unused_data:
            raise _failure(self._wanted.url, "gzip with something after its end")

    def _hurry(self, came: int) -> None:
        seconds = self._given.stopwatch() - self._start
        if seconds > self._given.patience and came < seconds * self._given.slowest:
            raise _AgainError("too slow")


_DATED = "if-modified-since"


def redirected(url: httpx.URL, location: str | None) -> httpx.URL:
    """Return where a redirect leads, without credentials. ``url`` is where it comes from.

    Raises:
        CorpusError: E_SOURCE: nowhere, to another scheme than https, or to plain HTTP on another machine.
    """
    try:
        target = url.join(location or "").copy_with(userinfo=b"", fragment=None)
    except httpx.InvalidURL as error:
        raise _failure(url, "redirects to what is no URL") from error
    if not location or not _HOST.fullmatch(target.raw_host):
        raise _failure(url, "redirects to nowhere")
    if target.scheme != "https" and (target.scheme, url.scheme) != ("http", "http"):
        raise _failure(url, "redirects from https to something else")
    check_url(str(target))
    return target


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _kept(value: str) -> str:
    """Return a header's value if it can be sent again as it is."""
    return value if len(value) <= 200 and value.isascii() and value.isprintable() else ""


def _goes_on(response: httpx.Response) -> bool:
    """Say whether there is something behind the announced end: read already, or still to come before the end.

    The connection is for this request alone. What was read is only in h11's ``trailing_data``, to which httpx has no
    public way; a test holds that this one leads there.
    """
    inner: Any = response.stream
    for name in ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state"):
        inner = getattr(inner, name, None)
    if inner is not None and inner.trailing_data[0]:
        return True
    stream = response.extensions.get("network_stream")
    connection = stream.get_extra_info("socket") if stream is not None else None
    if connection is None:
        return False
    try:
        connection.settimeout(1.0)
        return bool(connection.recv(1))
    except OSError:
        return False
