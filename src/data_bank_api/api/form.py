"""A file from a `multipart/form-data` body (RFC 7578): the one part named `file`, as it streams by.

Nothing is spooled or held: a part's bytes go to the intake as the parser finds them. Other
fields are read over, within bounds.
"""

from collections.abc import Callable

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from data_bank_api.blobs.receive import Intake
from data_bank_api.blobs.store import Stored
from data_bank_client.errors import (
    BadRequestError,
    InvalidInputError,
    UnsupportedMediaTypeError,
)
from data_bank_client.wire.digest_fields import DigestCheck

FIELD = "file"
_MOST_PARTS = 100
_MOST_OTHER_BYTES = 1024 * 1024
_PLAIN_ENCODINGS = ("", "binary", "7bit", "8bit")


def read_boundary(content_type: str | None) -> bytes | None:
    """None for a body that is no form. Raises BadRequestError for a form without a boundary."""
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        return None
    boundary = options.get(b"boundary", b"")
    if not 1 <= len(boundary) <= 70:  # RFC 2046, 5.1.1
        raise BadRequestError("multipart/form-data needs a boundary of 1 to 70 characters")
    return boundary


class PartHead:
    """The headers of one part, as they come in."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}
        self._name = bytearray()
        self._value = bytearray()

    def add_name(self, data: bytes, start: int, stop: int) -> None:
        self._name += data[start:stop]

    def add_value(self, data: bytes, start: int, stop: int) -> None:
        self._value += data[start:stop]

    def end_field(self) -> None:
        self._fields[self._name.decode("latin-1").lower()] = self._value.decode("latin-1").strip()
        self._name.clear()
        self._value.clear()

    @property
    def name(self) -> str | None:
        kind, options = parse_options_header(self._fields.get("content-disposition"))
        return options.get(b"name", b"").decode("latin-1") if kind == b"form-data" else None

    @property
    def content_type(self) -> str | None:
        return self._fields.get("content-type")

    @property
    def encoding(self) -> str:
        return self._fields.get("content-transfer-encoding", "").lower()


class FormSink:
    """Feeds the file in a form to an intake. The digest fields of a form cover its whole body."""

    def __init__(
        self,
        intake: Intake,
        check: DigestCheck,
        boundary: bytes,
        clean_content_type: Callable[[str | None], str],
    ) -> None:
        self._intake = intake
        self._check = check
        self._clean = clean_content_type
        self._head = PartHead()
        self._content_type: str | None = None
        self._is_begun = self._is_file = self._is_ended = False
        self._parts = self._other_bytes = 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._add_name,
                "on_header_value": self._add_value,
                "on_header_end": self._end_field,
                "on_headers_finished": self._end_head,
                "on_part_data": self._add_data,
                "on_end": self._end,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Raises BadRequestError for what is no form, and what the intake raises."""
        self._check.update(chunk)
        if not self._is_begun:
            # The parser reads over text before the first boundary where a line's end and a `-`
            # happen to be in one chunk, and refuses it elsewhere. Here only line ends may come.
            chunk = chunk.lstrip(b"\r\n")
            self._is_begun = chunk != b""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise BadRequestError("the body is not multipart/form-data") from error

    def finish(self) -> Stored:
        if not self._is_ended:
            raise BadRequestError("the form ends before its closing boundary")
        if self._content_type is None:
            raise InvalidInputError(f"the form has no part named {FIELD}")
        self._check.verify()
        return self._intake.finish(self._content_type)

    def _begin_part(self) -> None:
        self._head = PartHead()
        self._is_file = False
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise InvalidInputError(f"a form may have {_MOST_PARTS} parts at most")

    def _add_name(self, data: bytes, start: int, stop: int) -> None:
        self._head.add_name(data, start, stop)

    def _add_value(self, data: bytes, start: int, stop: int) -> None:
        self._head.add_value(data, start, stop)

    def _end_field(self) -> None:
        self._head.end_field()

    def _end_head(self) -> None:
        self._is_file = self._head.name == FIELD
        if self._is_file:
            if self._content_type is not None:
                raise InvalidInputError(f"the form has more than one part named {FIELD}")
            if self._head.encoding not in _PLAIN_ENCODINGS:
                raise UnsupportedMediaTypeError("a part is taken as it is: send it unencoded")
            self._content_type = self._clean(self._head.content_type)

    def _add_data(self, data: bytes, start: int, stop: int) -> None:
        if self._is_file:
            self._intake.write(memoryview(data)[start:stop])
            return
        self._other_bytes += stop - start
        if self._other_bytes > _MOST_OTHER_BYTES:
            raise InvalidInputError(f"the fields beside {FIELD} are too large")

    def _end(self) -> None:
        self._is_ended = True
