"""What either client does for each call of the bank."""

import asyncio
from importlib import import_module

import httpx2
import msgspec
import pytest

from data_bank_client import (
    AsyncDataBankClient,
    DataBankClient,
    InvalidInputError,
    NotFoundError,
    UnexpectedAnswerError,
)
from data_bank_client.wire.digest import Digest
from tests.data_bank_client.faces import Face
from tests.data_bank_client.fake_bank import ADDRESS, KEY, FakeBank, replaced

HELLO = Digest.of(b"hello").hex


def test_info_is_what_the_bank_knows_of_a_file(bank: FakeBank, client: Face) -> None:
    bank.files[HELLO] = b"hello"
    response = client.info(HELLO)
    assert (response["file_id"], response["size"]) == (HELLO, 5)


def test_every_request_is_below_the_prefix_and_carries_the_key(
    bank: FakeBank, client: Face
) -> None:
    client.delete(HELLO)
    (request,) = bank.requests
    assert str(request.url) == f"{ADDRESS}/files/{HELLO}"
    assert request.headers["X-API-Key"] == KEY
    assert request.headers["Accept-Encoding"] == "identity"


def test_a_file_that_is_not_there_is_not_found(client: Face) -> None:
    with pytest.raises(NotFoundError, match=HELLO) as caught:
        client.info(HELLO)
    assert caught.value.request_id == "r-1"


def test_an_id_may_be_in_upper_case_and_nothing_else(bank: FakeBank, client: Face) -> None:
    bank.files[HELLO] = b"hello"
    assert client.info(HELLO.upper())["file_id"] == HELLO
    with pytest.raises(InvalidInputError):
        client.info("../escape")


def test_head_tells_what_the_headers_tell(bank: FakeBank, client: Face) -> None:
    bank.files[HELLO] = b"hello"
    told = client.head(HELLO)
    assert told == {
        "file_id": HELLO,
        "size": 5,
        "content_type": "application/octet-stream",
        "etag": f'"{HELLO}"',
    }


def test_a_deleted_file_is_gone(bank: FakeBank, client: Face) -> None:
    bank.files[HELLO] = b"hello"
    client.delete(HELLO)
    assert bank.files == {}
    client.delete(HELLO, force=True)
    assert [dict(each.url.params) for each in bank.requests] == [{}, {"force": "true"}]


def test_a_page_says_how_to_ask_for_the_next(bank: FakeBank, client: Face) -> None:
    bank.files |= FakeBank(b"a", b"b", b"c").files
    first = client.list(limit=2)
    second = client.list(limit=2, cursor=first["next_cursor"])
    assert [len(first["items"]), len(second["items"])] == [2, 1]
    assert (first["has_more"], second["next_cursor"]) == (True, None)


def test_all_files_of_a_prefix_come_over_as_many_pages_as_it_takes(
    bank: FakeBank, client: Face
) -> None:
    bank.files |= FakeBank(*(str(n).encode() for n in range(1500))).files
    everything = [each["file_id"] for each in client.iter_files()]
    assert everything == sorted(bank.files)
    assert len(bank.requests) == 2
    some = [each["file_id"] for each in client.iter_files("a")]
    assert some == [each for each in everything if each.startswith("a")]


def test_a_batch_of_any_size_is_asked_in_parts(bank: FakeBank, client: Face) -> None:
    names = [Digest.of(str(n).encode()).hex for n in range(1200)]
    bank.files[names[1100]] = b"1100"
    answer = client.batch(names)
    assert [each["file_id"] for each in answer["items"]] == [names[1100]]
    assert len(answer["missing"]) == 1199
    assert bank.asked == ["POST /files/batch"] * 2


def test_no_question_is_asked_about_no_files(bank: FakeBank, client: Face) -> None:
    assert client.batch([]) == {"items": [], "missing": []}
    assert bank.requests == []


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, b"<html>"),
        (200, b'{"file_id": 1}'),
        (200, b'"\xff"'),
        (200, b'{"more":' + b"[" * 100_000),
        (202, b"{}"),
        (304, b""),
    ],
)
def test_an_answer_of_another_shape_is_unexpected(
    bank: FakeBank, client: Face, status: int, content: bytes
) -> None:
    bank.faults = [replaced(status, content)]
    with pytest.raises(UnexpectedAnswerError):
        client.info(HELLO)


def test_an_answer_about_another_file_is_unexpected(bank: FakeBank, client: Face) -> None:
    other = Digest.of(b"other")
    bank.files[other.hex] = b"other"
    bank.faults = [replaced(200, msgspec.json.encode(bank.answer(other)))]
    with pytest.raises(UnexpectedAnswerError, match="asked about"):
        client.info(HELLO)


def test_headers_without_a_length_or_an_etag_are_unexpected(bank: FakeBank, client: Face) -> None:
    bank.faults = [replaced(200, ETag='"x"'), replaced(200, Content_Length="5")]
    for _ in range(2):
        with pytest.raises(UnexpectedAnswerError, match="lacks"):
            client.head(HELLO)


def test_an_endless_answer_is_cut_off(bank: FakeBank, client: Face) -> None:
    bank.faults = [replaced(200, b" " * (16 * 1024 * 1024 + 1))]
    with pytest.raises(UnexpectedAnswerError, match="larger"):
        client.info(HELLO)


def test_a_client_shows_its_address_and_not_its_key(bank: FakeBank) -> None:
    with DataBankClient(ADDRESS, KEY, transport=bank.transport) as client:
        assert repr(client) == f"DataBankClient('{ADDRESS}/')"


def test_an_asynchronous_client_shows_the_same_and_closes_after_its_block(bank: FakeBank) -> None:
    async def use() -> str:
        async with AsyncDataBankClient(ADDRESS, KEY, transport=bank.transport) as client:
            shown = repr(client)
        with pytest.raises(RuntimeError, match="closed"):
            await client.info(HELLO)
        return shown

    assert asyncio.run(use()) == f"AsyncDataBankClient('{ADDRESS}/')"


def test_a_client_without_a_key_sends_none(bank: FakeBank) -> None:
    with DataBankClient(ADDRESS, transport=bank.transport) as client:
        client.delete(HELLO)
    assert "X-API-Key" not in bank.requests[0].headers


def test_the_package_has_no_other_names() -> None:
    assert not hasattr(import_module("data_bank_client"), "NoSuchClient")


def test_a_client_without_a_time_limit_waits_for_ever(bank: FakeBank) -> None:
    limits: list[object] = []

    def look(request: httpx2.Request) -> httpx2.Response:
        limits.append(request.extensions["timeout"])
        return bank.handle(request)

    transport = httpx2.MockTransport(look)
    with DataBankClient(ADDRESS, timeout=None, transport=transport) as client:
        client.delete(HELLO)
    assert limits == [{"connect": 10.0, "read": None, "write": None, "pool": None}]
