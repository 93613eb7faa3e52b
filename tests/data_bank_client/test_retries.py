"""Which calls are tried again, how often, and after how long."""

from contextlib import closing

import httpx2
import pytest
from tenacity import RetryCallState, Retrying

from data_bank_client import (
    AsyncDataBankClient,
    ConnectionFailedError,
    DataBankClient,
    DataBankClientError,
    FileQuarantinedError,
    ForbiddenError,
    InternalError,
    NotFoundError,
    RateLimitError,
    ServiceUnavailableError,
    UnexpectedAnswerError,
)
from data_bank_client.retries import IsPassing, pause
from data_bank_client.wire.digest import Digest
from tests.data_bank_client.faces import Awaited, Face
from tests.data_bank_client.fake_bank import (
    ADDRESS,
    KEY,
    FakeBank,
    Fault,
    cut_after,
    failing,
    lose,
    replaced,
)

HELLO = Digest.of(b"hello").hex


@pytest.fixture
def bank() -> FakeBank:
    return FakeBank(b"hello")


def test_what_passes_is_tried_again(bank: FakeBank, client: Face) -> None:
    busy = failing(ServiceUnavailableError("busy"))
    bank.faults = [lose, busy, failing(RateLimitError("slowly"), Retry_After="3"), cut_after(9)]
    assert client.info(HELLO)["size"] == 5
    assert len(bank.requests) == 5


def test_after_five_tries_the_last_error_is_raised(bank: FakeBank, client: Face) -> None:
    bank.faults = [lose] * 4 + [failing(RateLimitError("slowly"), Retry_After="3")]
    with pytest.raises(RateLimitError, match="slowly") as caught:
        client.info(HELLO)
    assert caught.value.retry_after == 3.0
    assert len(bank.requests) == 5


@pytest.mark.parametrize(
    "error", [InternalError("no"), ForbiddenError("no"), FileQuarantinedError("no")]
)
def test_what_does_not_pass_is_not_tried_again(
    bank: FakeBank, client: Face, error: DataBankClientError
) -> None:
    bank.faults = [failing(error)]
    with pytest.raises(type(error)):
        client.info(HELLO)
    assert len(bank.requests) == 1


def test_a_lost_connection_names_the_address_and_the_reason(bank: FakeBank, client: Face) -> None:
    bank.faults = [lose] * 5
    with pytest.raises(ConnectionFailedError) as caught:
        client.info(HELLO)
    assert caught.value.message == "no connection to http://bank.test: nobody there"
    assert KEY not in repr(caught.value)


def test_an_answer_that_cannot_be_decoded_is_unexpected(bank: FakeBank, client: Face) -> None:
    bank.faults = [replaced(200, b"not gzip", Content_Encoding="gzip")]
    with pytest.raises(UnexpectedAnswerError, match="decoded"):
        client.info(HELLO)


@pytest.mark.parametrize("first", [lose, failing(ServiceUnavailableError("busy"))])
def test_a_file_that_is_gone_when_its_deletion_is_tried_again_is_deleted(
    bank: FakeBank, client: Face, first: Fault
) -> None:
    bank.faults = [first, failing(NotFoundError("there is no such file"))]
    client.delete(HELLO)
    assert bank.asked == [f"DELETE /files/{HELLO}"] * 2
    bank.faults = [failing(NotFoundError("there is no such file"))]
    with pytest.raises(NotFoundError):
        client.delete(HELLO)


def test_a_file_that_is_not_there_after_a_try_that_was_refused_is_not_found(
    bank: FakeBank, client: Face
) -> None:
    slowly, missing = RateLimitError("slowly"), NotFoundError("there is no such file")
    bank.faults = [failing(slowly), failing(missing)]
    with pytest.raises(NotFoundError):
        client.delete(HELLO)


@pytest.mark.parametrize("kind", ["blocking", "asynchronous"])
def test_who_asks_is_told_before_each_further_try(bank: FakeBank, kind: str) -> None:
    told: list[tuple[str, float]] = []

    def on_retry(error: DataBankClientError, seconds: float) -> None:
        told.append((str(error), seconds))

    client: Face
    if kind == "blocking":
        client = DataBankClient(ADDRESS, KEY, on_retry=on_retry, transport=bank.transport)
    else:
        asked = AsyncDataBankClient(ADDRESS, KEY, on_retry=on_retry, transport=bank.transport)
        client = Awaited(asked)
    with closing(client):
        bank.faults = [failing(ServiceUnavailableError("busy")), lose]
        client.info(HELLO)
    assert told == [("busy", 0.0), ("no connection to http://bank.test: nobody there", 0.0)]


def test_a_reason_is_told_without_its_full_stop(bank: FakeBank, client: Face) -> None:
    def end(_: httpx2.Response) -> httpx2.Response:
        raise httpx2.RemoteProtocolError("disconnected without a response.")

    bank.faults = [end] * 5
    with pytest.raises(ConnectionFailedError, match=r"without a response$"):
        client.info(HELLO)


def failed(error: Exception, tries: int = 1) -> RetryCallState:
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = tries
    state.set_exception((type(error), error, None))
    return state


def test_the_pause_is_the_services_up_to_a_minute() -> None:
    error = ServiceUnavailableError("busy")
    error.retry_after = 7.0
    assert pause(failed(error)) == 7.0
    error.retry_after = 86_400.0
    assert pause(failed(error)) == 60.0


@pytest.mark.parametrize(("tries", "least"), [(1, 0.2), (2, 0.4), (3, 0.8), (4, 1.6), (99, 5.0)])
def test_a_pause_that_nobody_asked_for_grows_up_to_five_seconds(tries: int, least: float) -> None:
    seconds = pause(failed(ServiceUnavailableError("busy"), tries))
    assert least <= seconds <= least + 0.2


def test_nothing_but_an_error_of_the_bank_is_tried_again() -> None:
    assert not IsPassing()(ValueError())
    with pytest.raises(TypeError, match="of the bank"):
        pause(failed(ValueError()))
