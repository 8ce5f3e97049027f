"""Fetching from a server that does everything that servers do: cuts, lies, redirects, stalls, floods."""

from __future__ import annotations

import datetime
import gzip
import ipaddress
import ssl
import time
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from assay.corpus import fetch
from assay.corpus.fetch import Fetched, Surroundings, Wanted
from assay.corpus.partial import is_strong
from assay.scanner.errors import CorpusError
from tests.corpus.served import Answer, Asked, Part, Served, content, file, head, serving, status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BODY = bytes(range(256)) * 400
OTHER = BODY[::-1]
ETAG, WEAK = '"one"', 'W/"one"'
NOW = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""


class Place:
    """A server, a client, and a path to fetch to."""

    def __init__(self, served: Served, path: Path, client: httpx.Client) -> None:
        self.served, self.path, self.client, self.slept = served, path, client, list[float]()
        self.progress: list[tuple[int, int | None]] = []

    def fetch(self, answer: Answer | None = None, *more: Answer, url: str = "", **changes: Any) -> Fetched | None:
        if answer is not None:
            self.served.says("/file", answer, *more)
        given = Surroundings(
            self.slept.append, lambda: NOW, changes.pop("stopwatch", time.monotonic),
            lambda done, total: self.progress.append((done, total)),
        )  # fmt: skip
        wanted = Wanted(**{"url": url or self.served.url("/file"), "limit": 1_000_000, **changes})
        return fetch.fetch(self.client, wanted, str(self.path), given)

    def refused(self, *answers: Answer, **changes: Any) -> str:
        with pytest.raises(CorpusError) as caught:
            self.fetch(*answers, **changes)
        assert caught.value.code == "E_SOURCE"
        assert caught.value.advice
        assert "\n" not in str(caught.value)
        return caught.value.detail

    def ranges(self) -> list[str | None]:
        """Return the Range header of every request."""
        return [asked.headers.get("range") for asked in self.served.asked]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with pytest.MonkeyPatch.context() as changed:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            changed.delenv(name, raising=False)
        with fetch.open_client(connect=2, read=0.3) as made:
            yield made


@pytest.fixture
def place(tmp_path: Path, client: httpx.Client) -> Iterator[Place]:
    with serving() as served:
        yield Place(served, tmp_path / "part", client)


def whole(body: bytes = BODY, etag: str = "", modified: str = "") -> Fetched:
    return Fetched(sha256(body).hexdigest(), len(body), etag, modified)


def chunked(*parts: bytes, end: bool = True) -> Answer:
    sent = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + (b"0\r\n\r\n" if end else b"")
    return lambda asked: [head(200, {"Transfer-Encoding": "chunked"}), sent]


# --- whole files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (content(BODY), whole()),
        (content(b""), whole(b"")),
        (file(BODY, ETAG, "Thu, 01 Jan 2026 00:00:00 GMT"), whole(BODY, ETAG, "Thu, 01 Jan 2026 00:00:00 GMT")),
        (file(BODY, WEAK), whole(BODY, WEAK)),
        (chunked(BODY[:1000], BODY[1000:]), whole()),
        (content(gzip.compress(BODY), Content_Encoding="gzip"), whole()),
        (content(BODY, ETag='"' + "x" * 300 + '"'), whole()),
        (content(BODY, Content_Encoding="identity"), whole()),
    ],
)
def test_whole(place: Place, answer: Answer, expected: Fetched) -> None:
    assert place.fetch(answer) == expected
    assert sha256(place.path.read_bytes()).hexdigest() == expected.sha256
    assert place.slept == []
    assert place.served.asked[0].headers["accept-encoding"] == "identity"


def test_progress_ends_with_the_whole(place: Place) -> None:
    place.fetch(content(BODY))
    assert place.progress[-1] == (len(BODY), len(BODY))


# --- nothing changed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("etag", [ETAG, WEAK])
def test_not_modified_by_etag(place: Place, etag: str) -> None:
    assert place.fetch(file(BODY, etag), etag=etag) is None


def test_not_modified_by_date(place: Place) -> None:
    day = "Thu, 01 Jan 2026 00:00:00 GMT"
    assert place.fetch(file(BODY, modified=day), last_modified=day) is None


def test_another_etag_is_another_file(place: Place) -> None:
    assert place.fetch(file(BODY, '"two"'), etag=ETAG) == whole(BODY, '"two"')


def test_not_modified_without_a_question_is_refused(place: Place) -> None:
    assert place.refused(status(304)).endswith("/file: answered 304")


# --- cut downloads ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 1000, len(BODY) - 1])
def test_a_cut_download_goes_on(place: Place, cut: int) -> None:
    assert place.fetch(file(BODY, ETAG, cut=cut), file(BODY, ETAG)) == whole(BODY, ETAG)
    assert place.path.read_bytes() == BODY
    assert place.ranges() == [None, f"bytes={cut}-"]
    assert place.served.asked[1].headers["if-range"] == ETAG
    assert place.slept == [1.0]


@pytest.mark.parametrize("etag", ["", WEAK, "unquoted"])
def test_without_a_strong_etag_it_starts_over(place: Place, etag: str) -> None:
    assert place.fetch(file(BODY, etag, cut=1000), file(BODY, etag)) == whole(BODY, etag)
    assert place.path.read_bytes() == BODY
    assert place.ranges() == [None, None]


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: [],
        lambda asked: [None],
        lambda asked: [b"HTTP/1.1 200"],
        lambda asked: [head(200, {"Content-Length": "9"})[:-2]],
        lambda asked: [head(200, {"Content-Length": "9"})],
        lambda asked: [b"SSH-2.0-nothing like HTTP\r\n"],
        content(BODY, cut=500, reset=True),
        chunked(BODY[:1000], end=False),
        lambda asked: [head(200, {"Content-Length": "9"}), b"a", 0.6],
        lambda asked: [0.6],
        content(BODY, length=len(BODY) + 1),
        content(gzip.compress(BODY)[:-9], Content_Encoding="gzip"),
    ],
    ids=["empty", "reset", "status line", "head", "no body", "not HTTP", "reset in body", "chunks", "stalled", "silent",
         "Content-Length too long", "gzip"],
)  # fmt: skip
def test_cut_at_every_phase(place: Place, answer: Answer) -> None:
    assert place.fetch(answer, content(BODY)) == whole()
    assert place.path.read_bytes() == BODY


def test_a_part_of_an_earlier_run_goes_on(place: Place) -> None:
    place.refused(file(BODY, ETAG, cut=1000), status(503))
    assert place.fetch(file(BODY, ETAG)) == whole(BODY, ETAG)
    assert place.ranges()[-1] == "bytes=1000-"


def test_a_part_of_another_url_does_not(place: Place) -> None:
    place.refused(file(BODY, ETAG, cut=1000), status(503))
    place.served.says("/other", file(OTHER, ETAG))
    assert place.fetch(url=place.served.url("/other")) == whole(OTHER, ETAG)
    assert place.ranges()[-1] is None


def test_a_body_that_changes_between_parts_starts_over(place: Place) -> None:
    assert place.fetch(file(BODY, ETAG, cut=1000), file(OTHER, '"two"')) == whole(OTHER, '"two"')
    assert place.path.read_bytes() == OTHER
    assert place.ranges() == [None, "bytes=1000-"]


def rest(first: int, last: int, total: int | str, etag: str = ETAG, body: bytes = OTHER) -> Answer:
    said = {"Content-Range": f"bytes {first}-{last}/{total}", "ETag": etag}
    sent = body[first : last + 1]
    return lambda asked: [head(206, {**said, "Content-Length": str(len(sent))}), sent]


@pytest.mark.parametrize(
    "answer",
    [
        rest(1000, len(BODY) - 1, len(BODY), '"two"'),
        rest(1000, len(BODY) - 1, len(BODY), ""),
        rest(999, len(BODY) - 1, len(BODY)),
        rest(1000, len(BODY) - 2, len(BODY)),
        rest(1000, len(BODY) - 1, len(BODY) + 1),
        rest(1000, len(BODY) - 1, "*"),
        status(206),
        status(416),
    ],
    ids=["etag", "no etag", "start", "end", "total", "unknown total", "no range", "416"],
)
def test_a_rest_that_does_not_fit_starts_over(place: Place, answer: Answer) -> None:
    assert place.fetch(file(BODY, ETAG, cut=1000), answer, file(BODY, ETAG)) == whole(BODY, ETAG)
    assert place.path.read_bytes() == BODY
    assert place.ranges() == [None, "bytes=1000-", None]


def test_a_partial_answer_to_a_whole_question_is_refused(place: Place) -> None:
    assert "answered 206" in place.refused(rest(1000, len(BODY) - 1, len(BODY)))


# --- lies and floods -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (content(BODY, length=1000), "longer or shorter than it says"),
        (lambda asked: [head(200, {"Content-Length": "3"}), b"abc", 0.1, b"more"], "longer or shorter than it says"),
        (lambda asked: [head(200, {}), BODY], "does not say how long it is"),
        (content(BODY, length=1_000_001), "larger than 1,000,000 bytes"),
        (chunked(*[b"x" * 100_000] * 11), "larger than 1,000,000 bytes"),
        (content(gzip.compress(bytes(200_000_000), 1), Content_Encoding="gzip"), "larger than 1,000,000 bytes"),
        (content(gzip.compress(BODY) + b"more", Content_Encoding="gzip"), "gzip with something after its end"),
        (content(b"no gzip at all", Content_Encoding="gzip"), "gzip that cannot be unpacked"),
        (content(BODY, Content_Encoding="br"), "encoded in a way that was not asked for"),
        (status(404), "answered 404"),
        (status(401), "answered 401"),
        (status(204), "answered 204"),
    ],
)
def test_refused_at_once(place: Place, answer: Answer, reason: str) -> None:
    assert place.refused(answer) == f"{place.served.url('/file')}: {reason}"
    assert len(place.served.asked) == 1


def test_a_rest_larger_than_allowed_is_refused(place: Place) -> None:
    total = 2_000_000
    answer = rest(1000, total - 1, total, body=bytes(total))
    assert "larger than 1,000,000 bytes" in place.refused(file(BODY, ETAG, cut=1000), answer)


def test_a_huge_head_is_cut_off(place: Place) -> None:
    assert "cut off, or not HTTP, 5 times" in place.refused(content(BODY, X="y" * 1_000_000))


def test_a_trickle_is_given_up(place: Place) -> None:
    ticks = iter(range(0, 10_000, 40))
    trickle: list[Part] = [b"x", 0.01]
    slow: list[Part] = [head(200, {"Content-Length": "100"}), *trickle * 30]
    assert "too slow, 5 times" in place.refused(lambda asked: slow, stopwatch=lambda: float(next(ticks)))


# --- trying again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_fault_that_passes(place: Place, code: int) -> None:
    assert place.fetch(status(code), status(code), content(BODY)) == whole()
    assert place.slept == [1.0, 2.0]


@pytest.mark.parametrize(
    ("after", "slept"),
    [
        ("7", 7.0),
        ("0", 1.0),
        ("86400", fetch.LONGEST_WAIT),
        ("9" * 400, 1.0),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2099 00:00:00 GMT", fetch.LONGEST_WAIT),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 1.0),
        ("soon", 1.0),
        ("-5", 1.0),
    ],
)
@pytest.mark.parametrize("code", [429, 503])
def test_retry_after(place: Place, code: int, after: str, slept: float) -> None:
    assert place.fetch(status(code, Retry_After=after), content(BODY)) == whole()
    assert place.slept == [slept]


def test_a_fault_that_stays(place: Place) -> None:
    assert place.refused(status(503)) == f"{place.served.url('/file')}: answered 503, 5 times"
    assert place.slept == [1.0, 2.0, 4.0, 8.0]


def test_nobody_there(place: Place) -> None:
    assert place.refused(url="http://127.0.0.1:9/file") == "http://127.0.0.1:9/file: no connection, 5 times"


# --- redirects -------------------------------------------------------------------------------------------------


def to(target: str, code: int = 302) -> Answer:
    return status(code, Location=target)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirect(place: Place, code: int) -> None:
    place.served.says("/there", file(BODY, ETAG))
    assert place.fetch(to("/there", code)) == whole(BODY, ETAG)


def test_redirects_keep_the_question_on_the_same_origin(place: Place) -> None:
    place.served.says("/there", file(BODY, ETAG))
    assert place.fetch(to("/there"), etag=ETAG) is None


@pytest.mark.parametrize(("hops", "fine"), [(5, True), (6, False)])
def test_most_redirects(place: Place, hops: int, fine: bool) -> None:
    for hop in range(1, hops):
        place.served.says(f"/{hop}", to(f"/{hop + 1}"))
    place.served.says(f"/{hops}", content(BODY))
    if fine:
        assert place.fetch(to("/1")) == whole()
    else:
        assert "more than 5 redirects" in place.refused(to("/1"))


def test_a_loop_of_redirects(place: Place) -> None:
    assert "more than 5 redirects" in place.refused(to("/file"))
    assert len(place.served.asked) == 6


def test_another_host_gets_neither_conditions_nor_credentials(place: Place) -> None:
    with serving() as elsewhere:
        elsewhere.says("/there", file(BODY, '"elsewhere"', "Thu, 01 Jan 2026 00:00:00 GMT"))
        place.served.says("/file", to(elsewhere.url("/there").replace("://", "://evil:twin@")))
        url = place.served.url("/file").replace("://", "://user:secret@")
        assert place.fetch(url=url, etag=ETAG, last_modified="x") == whole()
        assert place.served.asked[0].headers["authorization"] == "Basic dXNlcjpzZWNyZXQ="
        assert place.served.asked[0].headers["if-none-match"] == ETAG
        for name in ("authorization", "if-none-match", "if-modified-since", "range", "cookie"):
            assert name not in elsewhere.asked[0].headers


def test_a_rest_is_not_asked_of_another_host(place: Place) -> None:
    with serving() as elsewhere:
        elsewhere.says("/there", file(OTHER, ETAG))
        place.refused(file(BODY, ETAG, cut=1000), status(503))
        assert place.fetch(to(elsewhere.url("/there"))) == whole(OTHER)
        assert "range" not in elsewhere.asked[0].headers


@pytest.mark.parametrize(
    ("start", "location", "target"),
    [
        ("https://one.example/a", "/b", "https://one.example/b"),
        ("https://one.example/a", "https://user:pw@two.example/b#c", "https://two.example/b"),
        ("http://127.0.0.1/a", "https://two.example/b", "https://two.example/b"),
        ("http://127.0.0.1/a", "http://127.0.0.1:81/b", "http://127.0.0.1:81/b"),
        ("https://one.example/a", "http://one.example/b", None),
        ("https://one.example/a", "http://127.0.0.1/b", None),
        ("http://127.0.0.1/a", "http://two.example/b", None),
        ("https://one.example/a", "ftp://one.example/b", None),
        ("https://one.example/a", "file:///etc/passwd", None),
        ("https://one.example/a", "https://[", None),
        ("https://one.example/a", "", None),
        ("https://one.example/a", None, None),
    ],
)
def test_where_redirects_may_lead(start: str, location: str | None, target: str | None) -> None:
    if target is not None:
        assert str(fetch.redirected(httpx.URL(start), location)) == target
        return
    with pytest.raises(CorpusError, match=r"redirects|neither https"):
        fetch.redirected(httpx.URL(start), location)


# --- URLs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://osv.example/npm/all.zip", True),
        ("http://127.0.0.1:8000/all.zip", True),
        ("http://localhost/all.zip", True),
        ("http://[::1]/all.zip", True),
        ("http://osv.example/npm/all.zip", False),
        ("http://127.0.0.1.example/all.zip", False),
        ("ftp://osv.example/all.zip", False),
        ("file:///etc/passwd", False),
        ("osv.example/all.zip", False),
        ("https://", False),
        ("https://[", False),
        ("https://osv.example/\x1b[2J", False),
        ("", False),
    ],
)
def test_which_urls_may_be_fetched(url: str, fine: bool) -> None:
    if fine:
        fetch.check_url(url)
        return
    with pytest.raises(CorpusError):
        fetch.check_url(url)


def test_credentials_are_never_shown(place: Place) -> None:
    url = place.served.url("/file?token=secret#secret").replace("://", "://secret:secret@")
    place.served.says("/file?token=secret", status(404))
    assert place.refused(url=url) == f"{place.served.url('/file')}: answered 404"
    for answer in (status(503), to("ftp://secret:secret@other.example/?secret"), content(b"x" * 2_000_000)):
        place.served.says("/file?token=secret", answer)
        assert "secret" not in place.refused(url=url)
    assert "secret" not in "".join(each.read_text("latin-1") for each in place.path.parent.iterdir())


@given(st.text(max_size=40))
def test_any_text_is_shown_or_refused(text: str) -> None:
    assert isinstance(fetch.shown(text), str)
    with suppress(CorpusError):
        fetch.check_url(text)


@given(st.text(max_size=20))
def test_strong_etags_are_safe_headers(text: str) -> None:
    if is_strong(text):
        assert text.isascii()
        assert text.isprintable()
        assert not text.startswith("W/")


# --- TLS -------------------------------------------------------------------------------------------------------


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


def test_tls_is_verified(place: Place, tmp_path: Path) -> None:
    certificate, context = self_signed(tmp_path)
    given = Surroundings(place.slept.append, lambda: NOW, time.monotonic)
    with serving(context) as served:
        served.says("/file", file(BODY, ETAG))
        wanted = Wanted(served.url("/file"), 1_000_000)
        with fetch.open_client() as client, pytest.raises(CorpusError) as caught:
            fetch.fetch(client, wanted, str(place.path), given)
        assert caught.value.detail.endswith("its TLS certificate is not trusted")
        assert "--ca-bundle" in caught.value.advice
        assert (served.asked, place.slept) == ([], [])
        with fetch.open_client(str(certificate)) as client:
            assert fetch.fetch(client, wanted, str(place.path), given) == whole(BODY, ETAG)
        served.says("/file", content(BODY, length=1000))
        with fetch.open_client(str(certificate)) as client, pytest.raises(CorpusError, match="longer or shorter"):
            fetch.fetch(client, wanted, str(place.path), given)


def test_the_certificate_must_be_of_the_host(place: Place, tmp_path: Path) -> None:
    certificate, context = self_signed(tmp_path)
    given = Surroundings(place.slept.append, lambda: NOW, time.monotonic)
    with serving(context) as served, fetch.open_client(str(certificate)) as client:
        wanted = Wanted(served.url("/file").replace("127.0.0.1", "localhost"), 1000)
        with pytest.raises(CorpusError, match="TLS certificate is not trusted"):
            fetch.fetch(client, wanted, str(place.path), given)


def test_a_proxy_of_the_environment_is_used(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as proxy:
        monkeypatch.setenv("https_proxy", proxy.base)
        proxy.says("osv.example:443", status(403))
        with fetch.open_client() as place.client:
            assert "no connection" in place.refused(url="https://osv.example/all.zip")
        assert proxy.asked[0].path == "osv.example:443"


def test_the_part_is_no_way_out_through_a_link(place: Place, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    place.path.symlink_to(victim)
    assert place.fetch(content(BODY)) == whole()
    assert victim.read_bytes() == b"mine"


def test_asked_holds_headers_by_lower_case_name(place: Place) -> None:
    place.fetch(content(BODY))
    assert isinstance(place.served.asked[0], Asked)
    assert place.served.asked[0].headers["user-agent"] == "assay"
