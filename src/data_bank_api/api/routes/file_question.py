"""What lists of files are asked, here and by the pages: which, and from where on."""

import re
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from data_bank_api.api.cursor import BadCursorError, format_cursor
from data_bank_api.api.page_query import read_limit, read_place
from data_bank_api.blobs.store import BlobLister
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import LIST_DEFAULT, LIST_LIMIT, FilePage, answer

_PREFIX = re.compile(r"\A[0-9a-f]{0,64}\Z")
_LIST = "files"
_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class FileQuestion:
    prefix: str
    after: Digest | None
    limit: int

    @classmethod
    def read(cls, query: QueryParams, default: int = LIST_DEFAULT) -> "FileQuestion":
        """Raises InvalidInputError, BadCursorError."""
        limit = read_limit(query, default, LIST_LIMIT)
        prefix = query.get("prefix", "").lower()
        if not _PREFIX.match(prefix):
            raise InvalidInputError("prefix must be up to 64 hexadecimal digits")
        return cls(prefix, _last_given_out(read_place(query, _LIST)), limit)

    def find(self, store: BlobLister) -> FilePage:
        """The answer, in digest order. It blocks."""
        found = store.list(self.prefix, self.after, self.limit + 1)
        has_more = len(found) > self.limit
        items = found[: self.limit]
        cursor = format_cursor(_LIST, bytes.fromhex(items[-1].digest.hex)) if has_more else None
        return FilePage(items=[answer(i) for i in items], next_cursor=cursor, has_more=has_more)


def _last_given_out(place: bytes | None) -> Digest | None:
    if place is not None and len(place) != _DIGEST_BYTES:
        raise BadCursorError
    return None if place is None else Digest(place.hex())
