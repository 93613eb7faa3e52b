"""What names say of files."""

import pytest

from data_bank_client.wire.content_type import guess_content_type


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("notes.txt", "text/plain"),
        ("folder.txt/data.parquet", "application/vnd.apache.parquet"),
        ("archive.tar.gz", "application/gzip"),
        ("page.svgz", "application/gzip"),
        ("rows.jsonl", "application/jsonl"),
        ("data:text/html,x", "application/octet-stream"),
        ("no-suffix", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_a_name_suggests_a_type(name: str, kind: str) -> None:
    assert guess_content_type(name) == kind
