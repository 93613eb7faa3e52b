"""Asking the Hub: one request and its answer, both bounded, and redirects followed by hand.

The token goes to the endpoint's own scheme, host and port, and nowhere else.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

import httpx2

from data_bank_api.hub.located import Rest
from data_bank_api.hub.pace import Pace
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_api.hub.refusals import refusal
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.network.connection_trouble import words
from data_bank_client.errors import ExternalServiceError, PayloadTooLargeError

Bucket = Literal["api", "resolvers"]
Method = Literal["GET", "HEAD"]

HOPS = 5
_MOVED = {301, 302, 303, 307, 308}
_MOVED_BYTES = 64 * 1024  # the text beside a redirect, which is read over
# A connection that was kept may be at its end: the request never arrived.
_LOST = (httpx2.NetworkError, httpx2.RemoteProtocolError)


@dataclass(frozen=True, slots=True)
class Question:
    """`repo`: None if it is about no single one. `most`: the bytes that an answer may have.

    `rest`: how its turn is waited for, if it is.
    """

    repo: RepoName | None
    bucket: Bucket
    most: int
    method: Method = "GET"
    rest: Rest | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """200, or a redirect with a `location`."""

    url: httpx2.URL = field(repr=False)
    status: int
    headers: httpx2.Headers = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def location(self) -> str | None:
        return self.headers.get("location", "") if self.status in _MOVED else None


@dataclass(frozen=True, slots=True)
class Exchange:
    """Several threads may use it. `seconds`: how long an answer's body may take."""

    policy: RedirectPolicy
    token: str | None = field(repr=False)
    http: httpx2.Client
    pace: Pace
    seconds: float
    clock: Callable[[], float] = time.monotonic

    def fetch(self, url: httpx2.URL, question: Question) -> Answer:
        """The answer to which all redirects lead. Raises as `ask` does, and ForbiddenError."""
        for _ in range(HOPS + 1):
            answer = self.ask(url, question)
            if answer.location is None:
                return answer
            url = self.policy.follow(answer.url, answer.location)
        raise ExternalServiceError(f"the Hub redirects more than {HOPS} times")

    def ask(self, url: httpx2.URL, question: Question) -> Answer:
        """One answer.

        Raises the error of a refusal; ExternalServiceError where none comes, or none that can be
        read; PayloadTooLargeError for more bytes than may be.
        """
        try:
            return self._ask_twice(url, question)
        except httpx2.TransportError as error:
            raise ExternalServiceError(f"{url.host} cannot be asked: {words(error)}") from error

    def credentials(self, url: httpx2.URL) -> Mapping[str, str]:
        """The headers by which the Hub knows us: none for another host."""
        if self.token is None or not self.policy.endpoint.is_own(url):
            return {}
        return {"Authorization": f"Bearer {self.token}"}

    def _ask_twice(self, url: httpx2.URL, question: Question) -> Answer:
        try:
            return self._ask(url, question)
        except _LOST:
            return self._ask(url, question)

    def _ask(self, url: httpx2.URL, question: Question) -> Answer:
        is_own = self.policy.endpoint.is_own(url)
        if is_own:
            self.pace.wait(question.bucket, question.rest)
        headers = {"Accept-Encoding": "identity", **self.credentials(url)}
        with self.http.stream(
            question.method, url, headers=headers, follow_redirects=False
        ) as response:
            if is_own:
                self.pace.note(question.bucket, response.headers.get("ratelimit", ""))
            if response.status_code not in {HTTPStatus.OK, *_MOVED}:
                raise refusal(
                    response.status_code,
                    response.headers,
                    question.repo,
                    url.host,
                    is_own=is_own,
                    has_token=self.token is not None,
                )
            most = question.most if response.status_code == HTTPStatus.OK else _MOVED_BYTES
            body = self._read(response, most)
            return Answer(url, response.status_code, response.headers, body)

    def _read(self, response: httpx2.Response, most: int) -> bytes:
        """The body, as long as it is neither encoded nor too long nor too slow."""
        host, until = response.request.url.host, self.clock() + self.seconds
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise ExternalServiceError(f"{host} answered in an encoding that was not asked for")
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > most:
                raise PayloadTooLargeError(f"{host} answered with more than {most} bytes")
            if self.clock() > until:
                raise ExternalServiceError(f"{host} answers too slowly")
        return bytes(body)
