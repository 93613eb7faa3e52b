"""What of a file the answer to a download holds, by its status and headers (RFC 9110, 15.3.7)."""

from dataclasses import dataclass

from data_bank_client.calls.answers import expect, read_size
from data_bank_client.calls.call import Answer
from data_bank_client.errors import DigestMismatchError, UnexpectedAnswerError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.ranges import parse_content_range


@dataclass(frozen=True, slots=True)
class Portion:
    """Bytes `start` up to `stop` of a file of `size` bytes are coming; `first` are the first."""

    start: int
    stop: int
    size: int
    first: bytes


def check_etag(answer: Answer, digest: Digest) -> None:
    """Raise DigestMismatchError unless the answer's ETag is the file's."""
    etag = answer.headers.get("etag")
    if etag != digest.etag:
        raise DigestMismatchError(f"the service answered with ETag {etag} for the file {digest}")


def _partial(answer: Answer) -> Portion:
    found, size = parse_content_range(answer.headers.get("content-range", "")) or (None, None)
    if found is None or size is None:
        raise UnexpectedAnswerError("the answer is a part, and does not say which")
    return Portion(found.start, found.stop, size, answer.body)


def read_portion(answer: Answer, start: int) -> Portion:
    """What is coming of a file that was asked for from `start` on: that, or all of it.

    Raises UnexpectedAnswerError for anything else, and for bytes that are not as they are stored.
    """
    expect(answer, 200, 206)
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise UnexpectedAnswerError("the answer is encoded, though that was not asked for")
    if answer.status == 206:
        portion = _partial(answer)
        if portion.start != start:
            raise UnexpectedAnswerError(f"asked from byte {start}, answered from {portion.start}")
        return portion
    size = read_size(answer.headers)
    if size is None:
        raise UnexpectedAnswerError("the answer does not say how long the file is")
    return Portion(0, size, size, answer.body)
