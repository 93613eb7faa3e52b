"""Content types: what one is, and which one a file's name suggests, the same on every machine."""

import functools
import mimetypes
import re
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


_TYPE = re.compile(r"\A[\w!#$&^.+-]+/[\w!#$&^.+-]+[ \t]*(;[\x20-\x7e]*)?\Z", re.ASCII)
_LONGEST = 255


@functools.cache
def _table() -> mimetypes.MimeTypes:
    """Of its own: the module's tables read the machine's files."""
    table = mimetypes.MimeTypes()
    for suffix, added in _MORE.items():
        table.add_type(added, suffix)
    return table


def is_content_type(text: str) -> bool:
    """Whether a header can carry it, as a type such as text/csv; up to 255 characters."""
    return len(text) <= _LONGEST and _TYPE.match(text) is not None


def guess_content_type(filename: str) -> str:
    """The type of a file of this name; `application/octet-stream` where the name says nothing."""
    # "./" in front: the name is not a URL, even if it begins with "data:".
    kind, encoding = _table().guess_type(f"./{PurePath(filename).name}")
    if encoding is not None:
        return _COMPRESSED.get(encoding, DEFAULT_CONTENT_TYPE)
    return kind or DEFAULT_CONTENT_TYPE
