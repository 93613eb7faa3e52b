"""What the head of an upload says."""

import pytest
from starlette.datastructures import Headers

from data_bank_api.api.fields import combine, content_length
from data_bank_api.api.upload import UploadHead, clean_content_type
from data_bank_client.errors import BadRequestError, UnsupportedMediaTypeError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "application/octet-stream"),
        ("", "application/octet-stream"),
        ("application/x-www-form-urlencoded", "application/octet-stream"),
        ("text/csv", "text/csv"),
        ("text/csv; charset=utf-8", "text/csv; charset=utf-8"),
        ("application/vnd.api+json;a=b", "application/vnd.api+json;a=b"),
    ],
)
def test_a_media_type_is_kept_as_it_is(text: str | None, expected: str) -> None:
    assert clean_content_type(text) == expected


@pytest.mark.parametrize("text", ["csv", "a/b\nsize=1", "a/b; é", "text/" + "x" * 255, "/", "é/x"])
def test_what_is_no_media_type_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedMediaTypeError):
        clean_content_type(text)


@pytest.mark.parametrize("text", ["+1", "1_0", "٣", "-1", "", "1" * 20, "1, 1"])
def test_a_length_is_digits_only(text: str) -> None:
    with pytest.raises(BadRequestError):
        content_length({"content-length": text})


def test_a_field_on_several_lines_is_one_list() -> None:
    raw = [(b"a", b"1"), (b"b", b"2"), (b"a", b"3")]
    assert combine(Headers(raw=raw)) == {"a": "1, 3", "b": "2"}


def test_no_encoding_is_an_encoding() -> None:
    assert UploadHead.read({"content-encoding": "Identity"}).length is None
    with pytest.raises(UnsupportedMediaTypeError):
        UploadHead.read({"content-encoding": "gzip"})


def test_a_part_of_a_file_cannot_be_stored() -> None:
    with pytest.raises(BadRequestError, match="Content-Range"):
        UploadHead.read({"content-range": "bytes 0-1/2"})
