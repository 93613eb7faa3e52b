"""What the head of an answer says of a file, whichever of its bytes are asked for."""

from data_bank_api.api.preconditions import validators
from data_bank_client.wire.digest_fields import format_digest
from data_bank_client.wire.files import FileInfo

# A file's bytes never change, and nothing of it may run in the bank's own name.
_ALWAYS = {
    "accept-ranges": "bytes",
    "cache-control": "private, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
}


def unchanged_headers(info: FileInfo) -> dict[str, str]:
    """Those of a 304."""
    found = validators(info)
    return {**_ALWAYS, "etag": found.etag, "last-modified": found.last_modified}


def file_headers(info: FileInfo, disposition: str) -> dict[str, str]:
    return {
        **unchanged_headers(info),
        "repr-digest": format_digest(info.digest),
        "content-disposition": disposition,
    }
