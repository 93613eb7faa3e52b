"""What a refusal of the Hub means."""

import pytest

from data_bank_api.hub.refusals import refusal
from data_bank_api.hub.repository_name import RepoName
from data_bank_client.errors import (
    DataBankClientError,
    ExternalServiceError,
    ForbiddenError,
    NotFoundError,
    RateLimitError,
)

REPO = RepoName.parse("model", "org/x")


def refused(
    status: int, code: str | None = None, *, is_own: bool = True, has_token: bool = True
) -> DataBankClientError:
    headers = {"retry-after": "9", "x-error-message": "hf_secret"}
    if code is not None:
        headers["x-error-code"] = code
    return refusal(status, headers, REPO, "hub.test", is_own=is_own, has_token=has_token)


@pytest.mark.parametrize(
    ("status", "code", "kind", "says"),
    [
        (404, "RepoNotFound", NotFoundError, "none such"),
        (401, "RepoNotFound", NotFoundError, "none such"),
        (404, "RevisionNotFound", NotFoundError, "no such revision"),
        (404, "EntryNotFound", NotFoundError, "no such file"),
        (403, "GatedRepo", ForbiddenError, "gated"),
        (401, "GatedRepo", ForbiddenError, "gated"),
        (401, None, ForbiddenError, "valid HF_TOKEN"),
        (403, "Odd", ForbiddenError, "does not allow"),
        (404, None, NotFoundError, "no such thing"),
        (400, None, ExternalServiceError, "answered 400"),
        (500, None, ExternalServiceError, "answered 500"),
        (503, "EntryNotFound", ExternalServiceError, "answered 503"),
        (206, None, ExternalServiceError, "answered 206"),
    ],
)
def test_a_refusal_of_the_hub_is_told_by_its_code_or_its_status(
    status: int, code: str | None, kind: type[DataBankClientError], says: str
) -> None:
    error = refused(status, code)
    assert type(error) is kind
    assert says in error.message
    assert error.message.startswith("the model org/x: ")
    assert error.retry_after == 9


@pytest.mark.parametrize(
    ("status", "code", "may_help"),
    [
        (401, "RepoNotFound", True),
        (403, "GatedRepo", True),
        (401, None, True),
        (403, None, True),
        (404, "RevisionNotFound", False),
        (500, None, False),
    ],
)
def test_who_asks_without_a_token_is_told_so_where_one_may_help(
    status: int, code: str | None, may_help: bool
) -> None:
    assert refused(status, code, has_token=False).message.endswith("not set)") == may_help
    assert "not set" not in refused(status, code).message


def test_too_many_requests_are_told_with_the_time_to_wait() -> None:
    error = refused(429)
    assert type(error) is RateLimitError
    assert error.retry_after == 9


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500])
def test_what_the_storage_refuses_is_not_the_hubs_word(status: int) -> None:
    error = refused(status, "RepoNotFound", is_own=False)
    assert type(error) is ExternalServiceError
    assert error.message == f"hub.test answered {status}"


def test_too_many_requests_at_the_storage_are_too_many_as_well() -> None:
    assert type(refused(429, is_own=False)) is RateLimitError


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_the_hubs_own_text_is_in_no_error(status: int) -> None:
    assert "hf_secret" not in refused(status).message
