"""What a refusal of the Hub means, by its `X-Error-Code` and its status.

Its own text is not told: it may say anything, the token too.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

from data_bank_api.hub.rate_limit import asked_pause
from data_bank_api.hub.repository_name import RepoName
from data_bank_client.errors import (
    DataBankClientError,
    ExternalServiceError,
    ForbiddenError,
    NotFoundError,
    RateLimitError,
)


class _Meaning(NamedTuple):
    kind: type[DataBankClientError]
    says: str
    depends_on_who: bool = False  # another who asks may get another answer


_BY_CODE: dict[str, _Meaning] = {
    "RepoNotFound": _Meaning(
        NotFoundError, "the Hub has none such, or shows it only to others", depends_on_who=True
    ),
    "RevisionNotFound": _Meaning(NotFoundError, "the Hub has no such revision of it"),
    "EntryNotFound": _Meaning(NotFoundError, "the Hub has no such file in it"),
    "GatedRepo": _Meaning(
        ForbiddenError,
        "it is gated: its owners have to let the owner of HF_TOKEN in",
        depends_on_who=True,
    ),
}
_BY_STATUS: dict[int, _Meaning] = {
    HTTPStatus.UNAUTHORIZED: _Meaning(
        ForbiddenError, "the Hub asks for a valid HF_TOKEN", depends_on_who=True
    ),
    HTTPStatus.FORBIDDEN: _Meaning(
        ForbiddenError, "the Hub does not allow it with this HF_TOKEN", depends_on_who=True
    ),
    HTTPStatus.NOT_FOUND: _Meaning(NotFoundError, "the Hub has no such thing"),
}


def refusal(
    status: int,
    headers: Mapping[str, str],
    repo: RepoName | None,
    host: str,
    *,
    is_own: bool,
    has_token: bool,
) -> DataBankClientError:
    """The error that an answer stands for. `is_own`: the Hub answered, not where it led;
    `has_token`: it could know who asks."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        error: DataBankClientError = RateLimitError(f"{host}: too many requests")
    elif is_own:
        meaning = _meaning(status, headers)
        way_out = "" if has_token or not meaning.depends_on_who else " (HF_TOKEN is not set)"
        about = "the list" if repo is None else f"the {repo.repo_type} {repo.repo_id}"
        error = meaning.kind(f"{about}: {meaning.says}{way_out}")
    else:
        error = ExternalServiceError(f"{host} answered {status}")
    error.retry_after = asked_pause(headers)
    return error


def _meaning(status: int, headers: Mapping[str, str]) -> _Meaning:
    found = None
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        found = _BY_CODE.get(headers.get("x-error-code", "")) or _BY_STATUS.get(status)
    return found or _Meaning(ExternalServiceError, f"the Hub answered {status}")
