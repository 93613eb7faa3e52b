"""Names of downloads."""

import pytest

from data_bank_api.api.disposition import attachment
from data_bank_client.errors import InvalidInputError


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (None, "attachment"),
        ("a b.csv", 'attachment; filename="a b.csv"'),
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("C:\\temp\\x.txt", 'attachment; filename="x.txt"'),
        ("é.csv", "attachment; filename=\"_.csv\"; filename*=UTF-8''%C3%A9.csv"),
        ('a"b', "attachment; filename=\"a_b\"; filename*=UTF-8''a%22b"),
        ("50%.csv", "attachment; filename=\"50_.csv\"; filename*=UTF-8''50%25.csv"),
    ],
)
def test_a_name_is_given_in_both_forms_where_one_will_not_do(
    name: str | None, expected: str
) -> None:
    assert attachment(name) == expected


@pytest.mark.parametrize("name", ["", ".", "..", "a/", "a\r\nSet-Cookie: x", "\0", "x" * 256])
def test_a_name_that_no_file_has_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputError, match="printable"):
        attachment(name)
