"""What is told of why a job failed."""

import pytest

from data_bank_api.events.blame import blame
from data_bank_api.queue.new_events import MESSAGE_LENGTH
from data_bank_client import errors
from data_bank_client.wire.jobs import ErrorKind


class OwnError(errors.InvalidInputError):
    """A sibling's own, of what it was given."""


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.InvalidInputError("says this"), "user"),
        (OwnError("says this"), "user"),
        (errors.NotFoundError("says this"), "user"),
        (errors.ForbiddenError("says this"), "user"),
        (errors.DigestMismatchError("says this"), "user"),
        (errors.RateLimitError("says this"), "system"),
        (errors.RequestTimeoutError("says this"), "system"),
        (errors.ServiceUnavailableError("says this"), "system"),
        (errors.InsufficientStorageClientError("says this"), "system"),
        (errors.ConnectionFailedError("says this"), "system"),
    ],
)
def test_an_error_of_the_bank_says_itself_what_is_wrong(
    error: errors.DataBankClientError, kind: ErrorKind
) -> None:
    assert blame(error) == (kind, "says this")


def test_the_text_of_another_error_is_not_told() -> None:
    assert blame(ValueError("the password is 123")) == ("system", "internal error: ValueError")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(0)])
def test_who_was_stopped_is_told_so(error: BaseException) -> None:
    assert blame(error) == ("system", "stopped")


def test_a_message_is_no_longer_than_people_read() -> None:
    _, message = blame(errors.InvalidInputError("x" * 5000))
    assert len(message) == MESSAGE_LENGTH
