"""Where a fetch may lead, and to whom it speaks: redirects, URLs, TLS, proxies."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.corpus import fetch
from assay.corpus.fetch import Surroundings, Wanted
from assay.corpus.partial import is_strong
from assay.scanner.errors import CorpusError
from tests.corpus.fetching import BODY, ETAG, NOW, OTHER, Place, soon_impatient, whole
from tests.corpus.served import Answer, Asked, content, file, self_signed, serving, status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with soon_impatient() as made:
        yield made


@pytest.fixture
def place(tmp_path: Path, client: httpx.Client) -> Iterator[Place]:
    with serving() as served:
        yield Place(served, tmp_path / "part", client)


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
