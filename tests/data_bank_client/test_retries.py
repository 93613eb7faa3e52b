"""Which calls are tried again, how often, and after how long."""

import pytest

from data_bank_client import (
    ConnectionFailedError,
    DataBankClientError,
    FileQuarantinedError,
    ForbiddenError,
    InternalError,
    RateLimitError,
    ServiceUnavailableError,
    UnexpectedAnswerError,
)
from data_bank_client.exchange import backoff
from data_bank_client.wire.digest import Digest
from tests.data_bank_client.faces import Face
from tests.data_bank_client.fake_bank import (
    KEY,
    FakeBank,
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


def test_the_wait_is_the_services_up_to_a_minute() -> None:
    error = ServiceUnavailableError("busy")
    assert backoff(error) is True
    error.retry_after = 7.0
    assert backoff(error) == 7.0
    error.retry_after = 86_400.0
    assert backoff(error) == 60.0
    assert backoff(ValueError()) is False
