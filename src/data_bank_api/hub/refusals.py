"""What a refusal of the Hub means, by its `X-Error-Code` and its status.

Its own text is not told: it may say anything, the token too.
"""

from collections.abc import Mapping
from http import HTTPStatus

from data_bank_api.hub.rate_limit import asked_pause
from data_bank_api.hub.repository_name import RepoName
from data_bank_client.errors import (
    DataBankClientError,
    ExternalServiceError,
    ForbiddenError,
    NotFoundError,
    RateLimitError,
)

_Meaning = tuple[type[DataBankClientError], str]

_BY_CODE: dict[str, _Meaning] = {
    "RepoNotFound": (NotFoundError, "the Hub has none such, or shows it only to others"),
    "RevisionNotFound": (NotFoundError, "the Hub has no such revision of it"),
    "EntryNotFound": (NotFoundError, "the Hub has no such file in it"),
    "GatedRepo": (ForbiddenError, "it is gated: its owners have to let the owner of HF_TOKEN in"),
}
_BY_STATUS: dict[int, _Meaning] = {
    HTTPStatus.UNAUTHORIZED: (ForbiddenError, "the Hub asks for a valid HF_TOKEN"),
    HTTPStatus.FORBIDDEN: (ForbiddenError, "the Hub does not allow it with this HF_TOKEN"),
    HTTPStatus.NOT_FOUND: (NotFoundError, "the Hub has no such thing"),
}


def refusal(
    status: int, headers: Mapping[str, str], repo: RepoName | None, host: str, *, is_own: bool
) -> DataBankClientError:
    """The error that an answer stands for. `is_own`: the Hub answered, not where it led."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        error: DataBankClientError = RateLimitError(f"{host}: too many requests")
    elif is_own:
        kind, says = _meaning(status, headers)
        about = "the list" if repo is None else f"the {repo.repo_type} {repo.repo_id}"
        error = kind(f"{about}: {says}")
    else:
        error = ExternalServiceError(f"{host} answered {status}")
    error.retry_after = asked_pause(headers)
    return error


def _meaning(status: int, headers: Mapping[str, str]) -> _Meaning:
    found = None
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        found = _BY_CODE.get(headers.get("x-error-code", "")) or _BY_STATUS.get(status)
    return found or (ExternalServiceError, f"the Hub answered {status}")
