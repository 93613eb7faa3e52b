"""A text that is the same for everybody: made once, and 304 for who has it already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from data_bank_api.api.fields import combine
from data_bank_api.api.preconditions import Outcome, Validators, evaluate
from data_bank_client.wire.digest import Digest

# A page has a tag and no date: only the tag is compared.
_NO_DATE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    content: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        return Digest.of(self.content).etag

    def answer(self, request: Request) -> Response:
        etag, sent = self.etag, combine(request.headers)
        asked = {"if-none-match": sent["if-none-match"]} if "if-none-match" in sent else {}
        headers = {
            **self.headers,
            "etag": etag,
            "cache-control": "no-cache",
            "x-content-type-options": "nosniff",
        }
        if evaluate(asked, Validators(etag, _NO_DATE), is_read=True) is Outcome.NOT_MODIFIED:
            return Response(status_code=304, headers=headers)
        return Response(self.content, 200, headers, self.media_type)
