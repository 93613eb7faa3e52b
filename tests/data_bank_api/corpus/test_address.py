"""A file at an https address comes into the bank whole, or not at all."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest

from data_bank_api.corpus.address import Web, ingest_address
from data_bank_api.corpus.allowed_hosts import LONGEST_ADDRESS, AllowedHosts
from data_bank_api.corpus.ingested import Ingested
from data_bank_api.corpus.wanted_file import WantedFile
from data_bank_api.corpus.web_files import WebFiles
from data_bank_api.network.https_address import read_https_address
from data_bank_client.errors import (
    DataBankClientError,
    DigestMismatchError,
    ExternalServiceError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    PayloadTooLargeError,
    RateLimitError,
)
from data_bank_client.wire.digest import Digest
from tests.fakes.hub.content import Content
from tests.fakes.hub.messages import Answer, Request, Slice, whole
from tests.fakes.hub_in_memory import Told
from tests.fakes.web_server import NAME, OTHER, Served, WebServer

LARGE = bytes(range(256)) * 12_000  # 3 MB: by ranges
SMALL = b"a,b\n1,2\n"


@dataclass
class Ingest:
    """Has a file of the server ingested; `web` is what it is done with."""

    server: WebServer
    web: Web
    told: Told

    def __call__(self, path: str = "/data.csv", **said: str) -> Ingested:
        digest = Digest(said.pop("sha256")) if "sha256" in said else None
        url = read_https_address(self.server.url(path), LONGEST_ADDRESS)
        wanted = WantedFile(url, digest, said.get("content_type"), said.get("name"))
        return ingest_address(self.web, wanted, self.told)

    def stored(self, ingested: Ingested) -> bytes:
        blob = self.web.store.open(ingested.result.digest)
        try:
            return blob.read(0, blob.info.size)
        finally:
            blob.close()


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
def ingest(server: WebServer, tmp_path: Path) -> Iterator[Ingest]:
    with ExitStack() as opened:
        web = server.web(tmp_path, server.entry(), server.entry(OTHER), max_bytes=5_000_000)
        yield Ingest(server, opened.enter_context(web), Told())


def leftovers(tmp_path: Path) -> list[Path]:
    root = tmp_path / "files"
    return [
        each
        for folder in ("tmp", "spool")
        if (root / folder).is_dir()
        for each in (root / folder).iterdir()
    ]


def files_in(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "files").glob("??/??/*.bin"))


def test_a_small_file_comes_with_the_type_that_its_answer_says(ingest: Ingest) -> None:
    ingest.server.files["/data.csv"] = Served(SMALL, headers={"Content-Type": "text/x-rows"})
    ingested = ingest()
    assert ingest.stored(ingested) == SMALL
    assert ingested.result.content_type == "text/x-rows"
    assert ingested.tell() == {
        "content_type": "text/x-rows",
        "files": 1,
        "bytes": 8,
        "bytes_moved": 8,
        "first": [{"path": "data.csv", "file_id": Digest.of(SMALL).hex, "size": 8}],
    }
    assert ingest.server.asked == [("/data.csv", None)]


def test_no_credentials_are_sent(ingest: Ingest) -> None:
    ingest.server.files["/data.csv"] = Served(SMALL, headers={"Set-Cookie": "a=b; Path=/"})
    ingest()
    ingest()
    for request in ingest.server.requests:
        assert not {"authorization", "cookie", "referer"} & set(request.headers)


def test_a_large_file_with_a_strong_etag_comes_by_ranges_of_that_state(ingest: Ingest) -> None:
    ingest.server.files["/data.csv"] = Served(LARGE, '"v1"')
    ingested = ingest()
    assert ingest.stored(ingested) == LARGE
    ranged = [each for each in ingest.server.requests if each.range is not None]
    assert len(ranged) == 31
    assert {each.headers["if-range"] for each in ranged} == {'"v1"'}
    whole_asked = [each for each in ingest.server.requests if each.range is None]
    assert not any("if-range" in each.headers for each in whole_asked)
    assert ingest.told.payload is not None
    assert ingest.told.payload["bytes"] == ingest.told.payload["bytes_total"] == len(LARGE)
    assert ingest.told.percents[-1] == 100


def test_a_lost_connection_costs_what_was_on_its_way(ingest: Ingest) -> None:
    served, dropped = Served(LARGE, '"v1"'), list[str]()

    def respond(request: Request) -> Answer:
        answer = served(request)
        if request.range is None or len(dropped) == 10:
            return answer
        dropped.append(request.range)
        return Answer(206, answer.headers, answer.body, drop_after=70_000)

    ingest.server.files["/data.csv"] = respond
    ingested = ingest()
    assert ingest.stored(ingested) == LARGE
    assert ingested.moved == len(LARGE)


def test_a_file_is_gone_on_with_by_the_next_try(ingest: Ingest, tmp_path: Path) -> None:
    served = Served(LARGE, '"v1"')
    there = len(LARGE) // 2

    def first_half(request: Request) -> Answer:
        answer = served(request)
        is_first = request.range is None or answer.body.start + answer.body.count <= there
        return answer if is_first else Answer(503)

    ingest.server.files["/data.csv"] = first_half
    with pytest.raises(ExternalServiceError, match="503"):
        ingest()
    assert files_in(tmp_path) == []
    ingest.server.files["/data.csv"] = served
    ingested = ingest()
    assert ingest.stored(ingested) == LARGE
    assert ingested.moved < len(LARGE)
    assert leftovers(tmp_path) == []


def test_two_states_of_a_file_are_never_put_together(ingest: Ingest) -> None:
    old, new = Served(LARGE, '"v1"'), Served(LARGE[::-1], '"v2"')
    count = 0

    def respond(request: Request) -> Answer:
        nonlocal count
        count += 1
        return (old if count < 12 else new)(request)

    ingest.server.files["/data.csv"] = respond
    assert ingest.stored(ingest()) == LARGE[::-1]


def test_a_server_that_heeds_no_if_range_is_known_by_its_etags(ingest: Ingest) -> None:
    old, new = Served(LARGE, '"v1"'), Served(LARGE[::-1], '"v2"')
    count = 0

    def respond(request: Request) -> Answer:
        nonlocal count
        count += 1
        return (old if count < 12 else new)(request.without("if-range"))

    ingest.server.files["/data.csv"] = respond
    assert ingest.stored(ingest()) == LARGE[::-1]


def test_a_server_without_ranges_gives_the_whole(ingest: Ingest) -> None:
    def respond(request: Request) -> Answer:
        return Answer(200, {"ETag": '"v1"'}, whole(LARGE))

    ingest.server.files["/data.csv"] = respond
    assert ingest.stored(ingest()) == LARGE
    assert "if-range" not in ingest.server.requests[-1].headers


@pytest.mark.parametrize("etag", [None, 'W/"weak"', '"'])
def test_without_a_strong_etag_it_comes_by_one_request(ingest: Ingest, etag: str | None) -> None:
    ingest.server.files["/data.csv"] = Served(LARGE, None, {} if etag is None else {"ETag": etag})
    ingested = ingest()
    assert ingest.stored(ingested) == LARGE
    assert ingest.server.asked == [("/data.csv", None)]
    assert ingest.told.payload is not None
    assert ingest.told.payload["bytes"] == len(LARGE)


def test_a_file_without_a_length_comes_in_chunks(ingest: Ingest) -> None:
    ingest.server.files["/data.csv"] = lambda _: Answer(200, {}, whole(SMALL), is_chunked=True)
    assert ingest.stored(ingest()) == SMALL
    assert ingest.told.payload is not None
    assert ingest.told.payload["bytes_total"] is None


def test_an_empty_file_is_a_file(ingest: Ingest) -> None:
    ingest.server.files["/data.csv"] = Served(b"", '"v1"')
    assert ingest().result.size == 0


def test_what_is_declared_and_in_the_bank_is_not_asked_for(ingest: Ingest) -> None:
    ingest.server.files["/data.csv"] = Served(SMALL)
    digest = ingest().result.digest.hex
    ingest.server.requests.clear()
    again = ingest("/other.csv", sha256=digest)
    assert (again.moved, again.result.digest.hex) == (0, digest)
    assert ingest.server.requests == []


@pytest.mark.parametrize(
    "served",
    [Served(SMALL), Served(LARGE), Served(LARGE, '"v1"')],
    ids=["small", "large", "by-ranges"],
)
def test_other_bytes_than_declared_are_not_stored(
    ingest: Ingest, served: Served, tmp_path: Path
) -> None:
    ingest.server.files["/data.csv"] = served
    with pytest.raises(DigestMismatchError):
        ingest(sha256="0" * 64)
    assert (files_in(tmp_path), leftovers(tmp_path)) == ([], [])
    assert ingest(sha256=Digest.of(served.data).hex).result.size == len(served.data)


def test_a_declared_file_comes_also_where_each_answer_has_another_etag(ingest: Ingest) -> None:
    def respond(request: Request) -> Answer:
        served = Served(LARGE, f'"{len(ingest.server.requests)}"')
        return served(request.without("if-range"))

    ingest.server.files["/data.csv"] = respond
    assert ingest(sha256=Digest.of(LARGE).hex).result.size == len(LARGE)


def ingest_unframed(folder: Path, digest: Digest | None) -> Ingested:
    """A body that ends with its connection, as HTTP/1.0 has it."""
    answer = httpx2.Response(200, stream=httpx2.ByteStream(SMALL))
    http = httpx2.Client(transport=httpx2.MockTransport(lambda _: answer))
    with WebServer() as server, server.web(folder, NAME) as web:
        unframed = replace(web, files=WebFiles(AllowedHosts.parse([NAME]), http))
        wanted = WantedFile(httpx2.URL(f"https://{NAME}/data.csv"), digest)
        return ingest_address(unframed, wanted, Told())


def test_a_file_that_ends_with_its_connection_needs_a_digest(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="where the file ends: give its sha256"):
        ingest_unframed(tmp_path, None)
    assert files_in(tmp_path) == []
    assert ingest_unframed(tmp_path, Digest.of(SMALL)).result.size == len(SMALL)


def test_a_file_that_has_another_size_by_and_by_is_told_as_changing(ingest: Ingest) -> None:
    def respond(request: Request) -> Answer:
        served = Served(LARGE + bytes(len(ingest.server.requests)), '"v1"')
        return served(request) if request.range is None else Answer(403)

    ingest.server.files["/data.csv"] = respond
    with pytest.raises(ExternalServiceError, match="changed while it was fetched"):
        ingest()


@pytest.mark.parametrize(
    ("said", "type_", "name", "expected"),
    [
        ("text/csv; charset=utf-8", None, None, "text/csv; charset=utf-8"),
        ("text/csv", "text/x-own", None, "text/x-own"),
        ("application/octet-stream", None, "a.parquet", "application/vnd.apache.parquet"),
        ("none", None, None, "text/csv"),
        (None, None, "a.txt", "text/plain"),
        (f"text/{'x' * 300}", None, None, "text/csv"),
    ],
)
def test_the_content_type_is_as_given_or_as_answered_or_as_the_name_says(
    ingest: Ingest, said: str | None, type_: str | None, name: str | None, expected: str
) -> None:
    headers = {} if said is None else {"Content-Type": said}
    ingest.server.files["/data.csv"] = Served(SMALL, headers=headers)
    given = {"content_type": type_, "name": name}
    ingested = ingest(**{key: value for key, value in given.items() if value is not None})
    assert ingested.result.content_type == expected
    assert ingested.first[0].path == (name or "data.csv")


@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        (404, NotFoundError, "has no such file"),
        (410, NotFoundError, "no more"),
        (401, ForbiddenError, "none are sent"),
        (403, ForbiddenError, "does not allow"),
        (418, InvalidInputError, "answered 418"),
        (206, InvalidInputError, "answered 206"),
        (500, ExternalServiceError, "answered 500"),
    ],
)
def test_a_refusal_is_told_as_what_it_is(
    ingest: Ingest, status: int, kind: type[DataBankClientError], says: str
) -> None:
    ingest.server.files["/data.csv"] = lambda _: Answer(status)
    with pytest.raises(kind, match=f"{NAME} .*{says}"):
        ingest()


def test_a_busy_host_says_when_to_come_again(ingest: Ingest) -> None:
    ingest.server.files["/data.csv"] = lambda _: Answer(429, {"Retry-After": "7"})
    with pytest.raises(RateLimitError) as caught:
        ingest()
    assert caught.value.retry_after == 7


# Answers that are hostile, broken, or lie.


def test_a_body_that_ends_early_is_never_stored(ingest: Ingest, tmp_path: Path) -> None:
    ingest.server.files["/data.csv"] = lambda _: Answer(200, {}, whole(LARGE), drop_after=2_000_000)
    with pytest.raises(ExternalServiceError, match=f"{NAME} cannot be asked"):
        ingest()
    assert (files_in(tmp_path), leftovers(tmp_path)) == ([], [])


def test_chunks_that_end_early_are_never_stored(ingest: Ingest, tmp_path: Path) -> None:
    ingest.server.files["/data.csv"] = lambda _: Answer(
        200, {}, whole(LARGE), drop_after=2_000_000, is_chunked=True
    )
    with pytest.raises(ExternalServiceError):
        ingest()
    assert (files_in(tmp_path), leftovers(tmp_path)) == ([], [])


def test_more_than_the_bank_takes_is_refused_before_it_comes(
    ingest: Ingest, tmp_path: Path
) -> None:
    ingest.server.files["/data.csv"] = Served(bytes(5_000_001), '"v1"')
    with pytest.raises(PayloadTooLargeError, match="5000000"):
        ingest()
    assert ingest.server.asked == [("/data.csv", None)]
    assert leftovers(tmp_path) == []


def test_a_size_that_no_disk_has_is_refused_as_such(ingest: Ingest) -> None:
    ingest.server.files["/data.csv"] = lambda _: Answer(
        200, {"ETag": '"v1"'}, whole(SMALL), declared=10**15
    )
    with pytest.raises(PayloadTooLargeError, match="5000000"):
        ingest()


def test_more_than_the_bank_takes_without_a_length_ends_on_the_way(
    ingest: Ingest, tmp_path: Path
) -> None:
    ingest.server.files["/data.csv"] = lambda _: Answer(
        200, {}, whole(bytes(20_000_000)), is_chunked=True
    )
    with pytest.raises(PayloadTooLargeError):
        ingest()
    assert (files_in(tmp_path), leftovers(tmp_path)) == ([], [])


def test_a_body_that_comes_too_slowly_is_given_up(ingest: Ingest, tmp_path: Path) -> None:
    ingest.server.files["/data.csv"] = lambda _: Answer(200, {}, whole(LARGE), bytes_per_second=100)
    with pytest.raises(ExternalServiceError, match="in time"):
        ingest()
    assert (files_in(tmp_path), leftovers(tmp_path)) == ([], [])


def test_a_body_in_an_encoding_is_not_taken(ingest: Ingest) -> None:
    ingest.server.files["/data.csv"] = Served(SMALL, headers={"Content-Encoding": "gzip"})
    with pytest.raises(ExternalServiceError, match="encoding"):
        ingest()


def test_more_bytes_than_the_range_that_was_asked_for_are_not_taken(
    ingest: Ingest, tmp_path: Path
) -> None:
    served = Served(LARGE, '"v1"')

    def respond(request: Request) -> Answer:
        answer = served(request)
        body = Slice(Content(LARGE), answer.body.start, answer.body.count, more=b"more")
        return answer if request.range is None else Answer(206, answer.headers, body)

    ingest.server.files["/data.csv"] = respond
    with pytest.raises(ExternalServiceError):
        ingest()
    assert files_in(tmp_path) == []


# Where it is led.


def test_redirects_to_hosts_that_are_named_are_followed(ingest: Ingest) -> None:
    server = ingest.server
    server.files["/data.csv"] = lambda _: Answer(302, {"Location": "/second"})
    server.files["/second"] = lambda _: Answer(307, {"Location": server.url("/third?x=1", OTHER)})
    server.files["/third"] = Served(LARGE, '"v1"')
    ingested = ingest()
    assert ingest.stored(ingested) == LARGE
    assert ingested.first[0].path == "data.csv"
    hosts = {each.headers["host"] for each in server.requests if each.path == "/third"}
    assert hosts == {f"{OTHER}:{server.port}"}


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example.net/",
        "http://data.example.org/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://user:password@data.example.org/",
        "file:///etc/passwd",
        "",
        "https://[",
    ],
)
def test_redirects_elsewhere_are_not_followed(ingest: Ingest, location: str) -> None:
    ingest.server.files["/data.csv"] = lambda _: Answer(302, {"Location": location})
    with pytest.raises(ForbiddenError):
        ingest()
    assert len(ingest.server.requests) == 1


def test_redirects_have_an_end(ingest: Ingest) -> None:
    ingest.server.files["/data.csv"] = lambda _: Answer(302, {"Location": "/data.csv"})
    with pytest.raises(ExternalServiceError, match="redirects more than 5 times"):
        ingest()
    assert len(ingest.server.requests) == 6


def test_a_name_that_leads_into_the_own_network_is_not_called(
    server: WebServer, tmp_path: Path
) -> None:
    """As of a name that was public when it was looked at: it is judged with each connection."""
    told = Told()
    with server.web(tmp_path, f"{NAME}:{server.port}") as web:
        wanted = WantedFile(read_https_address(server.url("/data.csv"), LONGEST_ADDRESS))
        with pytest.raises(ForbiddenError, match=f"{NAME} leads to a private address"):
            ingest_address(web, wanted, told)
    assert server.requests == []


def test_a_redirect_to_a_named_host_that_leads_into_the_own_network_is_not_followed(
    server: WebServer, tmp_path: Path
) -> None:
    """The first host may be private, the second may not."""
    server.files["/data.csv"] = lambda _: Answer(302, {"Location": server.url("/x", OTHER)})
    with server.web(tmp_path, server.entry(), f"*.example.org:{server.port}") as web:
        wanted = WantedFile(read_https_address(server.url("/data.csv"), LONGEST_ADDRESS))
        with pytest.raises(ForbiddenError, match=f"{OTHER} leads to a private address"):
            ingest_address(web, wanted, Told())
    assert server.asked == [("/data.csv", None)]


def test_a_host_that_is_not_named_is_not_called(server: WebServer, tmp_path: Path) -> None:
    with server.web(tmp_path) as web:
        wanted = WantedFile(read_https_address(server.url("/data.csv"), LONGEST_ADDRESS))
        with pytest.raises(ForbiddenError, match="is not named in CORPUS_HOSTS"):
            ingest_address(web, wanted, Told())
    assert server.requests == []
