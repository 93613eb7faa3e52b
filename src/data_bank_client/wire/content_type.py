"""Which content type a file's name suggests, the same on every machine."""

import functools
import mimetypes
from pathlib import PurePath

from data_bank_client.wire.files import DEFAULT_CONTENT_TYPE

# What Python's own table lacks and a bank of datasets often sees.
_MORE = {
    ".jsonl": "application/jsonl",
    ".ndjson": "application/x-ndjson",
    ".parquet": "application/vnd.apache.parquet",
    ".whl": "application/zip",
}
# A compressed file is what it is, not what is inside.
_COMPRESSED = {
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip2",
    "xz": "application/x-xz",
    "compress": "application/x-compress",
    "br": "application/x-brotli",
}


@functools.cache
def _table() -> mimetypes.MimeTypes:
    """Of its own: the module's tables read the machine's files."""
    table = mimetypes.MimeTypes()
    for suffix, added in _MORE.items():
        table.add_type(added, suffix)
    return table


def guess_content_type(filename: str) -> str:
    """The type of a file of this name; `application/octet-stream` where the name says nothing."""
    # "./" in front: the name is not a URL, even if it begins with "data:".
    kind, encoding = _table().guess_type(f"./{PurePath(filename).name}")
    if encoding is not None:
        return _COMPRESSED.get(encoding, DEFAULT_CONTENT_TYPE)
    return kind or DEFAULT_CONTENT_TYPE
