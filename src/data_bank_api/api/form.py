"""A file from a `multipart/form-data` body (RFC 7578): the one part named `file`, as it streams by.

Nothing is spooled or held: a part's bytes go to the intake as the parser finds them. Of the other
fields those that are asked for are kept, the rest is read over, all within bounds.
"""

from collections.abc import Callable

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from data_bank_api.api.form_part import PartHead
from data_bank_api.api.form_texts import FormTexts
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


class FormSink:
    """Feeds the file in a form to an intake. The digest fields of a form cover its whole body.

    `type_of` says what type is kept of a file whose part begins so, before any of its bytes are
    taken; what it raises ends the upload.
    """

    def __init__(
        self,
        intake: Intake,
        check: DigestCheck,
        boundary: bytes,
        type_of: Callable[[PartHead], str],
        texts: FormTexts | None = None,
    ) -> None:
        self._intake = intake
        self._check = check
        self._type_of = type_of
        self._texts = texts or FormTexts({})
        self._head = PartHead()
        self._content_type: str | None = None
        self._is_begun = self._is_file = self._is_ended = False
        self._text: str | None = None  # the name of the one under way
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
        self._texts.finish()
        self._check.verify()
        return self._intake.finish(self._content_type)

    def _begin_part(self) -> None:
        self._head = PartHead()
        self._is_file, self._text = False, None  # until its head has ended
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
        name = self._head.name or ""
        self._is_file = name == FIELD
        self._text = name if self._texts.begin(name) else None
        is_taken = self._is_file or self._text is not None
        if is_taken and self._head.encoding not in _PLAIN_ENCODINGS:
            raise UnsupportedMediaTypeError("a part is taken as it is: send it unencoded")
        if self._is_file:
            self._begin_file()

    def _begin_file(self) -> None:
        if self._content_type is not None:
            raise InvalidInputError(f"the form has more than one part named {FIELD}")
        self._content_type = self._type_of(self._head)

    def _add_data(self, data: bytes, start: int, stop: int) -> None:
        if self._is_file:
            self._intake.write(memoryview(data)[start:stop])
            return
        if self._text is not None:
            self._texts.add(self._text, data[start:stop])
        self._other_bytes += stop - start
        if self._other_bytes > _MOST_OTHER_BYTES:
            raise InvalidInputError(f"the fields beside {FIELD} are too large")

    def _end(self) -> None:
        self._is_ended = True
