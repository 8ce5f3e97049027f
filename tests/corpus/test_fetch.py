"""Fetching from a server that cuts, lies, stalls and floods."""

from __future__ import annotations

import gzip
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from assay.corpus import fetch
from tests.corpus.fetching import BODY, ETAG, OTHER, WEAK, Place, soon_impatient, whole
from tests.corpus.served import Answer, Part, content, file, head, serving, status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from assay.corpus.fetch import Fetched


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with soon_impatient() as made:
        yield made


@pytest.fixture
def place(tmp_path: Path, client: httpx.Client) -> Iterator[Place]:
    with serving() as served:
        yield Place(served, tmp_path / "part", client)


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


def test_what_a_crash_left_does_not(place: Place) -> None:
    place.refused(file(BODY, ETAG, cut=1000), status(503))
    place.path.write_bytes(BODY[:900] + bytes(300))
    assert place.fetch(file(BODY, ETAG)) == whole(BODY, ETAG)
    assert place.ranges()[-1] is None


def test_what_came_whole_does_not(place: Place) -> None:
    place.fetch(file(BODY, ETAG, cut=1000), file(BODY, ETAG))
    assert place.fetch(file(OTHER, ETAG)) == whole(OTHER, ETAG)
    assert place.ranges()[-1] is None


def test_it_goes_on_more_than_once(place: Place) -> None:
    cuts = (file(BODY, ETAG, cut=1000), file(BODY, ETAG, cut=5000), file(BODY, ETAG))
    assert place.fetch(*cuts) == whole(BODY, ETAG)
    assert place.path.read_bytes() == BODY
    assert place.ranges() == [None, "bytes=1000-", "bytes=5000-"]


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
