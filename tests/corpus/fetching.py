"""What the tests of fetching have in common: a server, a client that is soon out of patience, and a path."""

from __future__ import annotations

import time
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from assay.corpus import fetch
from assay.corpus.fetch import Fetched, Surroundings, Wanted
from assay.scanner.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from tests.corpus.served import Answer, Served

BODY = bytes(range(256)) * 400
OTHER = BODY[::-1]
ETAG, WEAK = '"one"', 'W/"one"'
NOW = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@contextmanager
def soon_impatient() -> Iterator[httpx.Client]:
    """Give a client that waits 0.3 seconds and uses no proxies."""
    with pytest.MonkeyPatch.context() as changed:
        for name in PROXIES:
            changed.delenv(name, raising=False)
        with fetch.open_client(connect=2, read=0.3) as made:
            yield made


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


def whole(body: bytes = BODY, etag: str = "", modified: str = "") -> Fetched:
    return Fetched(sha256(body).hexdigest(), len(body), etag, modified)
