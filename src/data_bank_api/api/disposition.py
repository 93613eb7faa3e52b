"""`Content-Disposition: attachment`, with a name where one is given (RFC 6266, RFC 8187)."""

from urllib.parse import quote

from data_bank_client.errors import InvalidInputError

_LONGEST = 255
# attr-char of RFC 8187, 3.2.1, beyond letters and digits
_ATTR_CHARS = "!#$&+-.^_`|~"


def attachment(filename: str | None) -> str:
    """Raises InvalidInputError for a name that no file could safely have."""
    if filename is None:
        return "attachment"
    name = filename.replace("\\", "/").rpartition("/")[2]
    if not name or name in (".", "..") or len(name) > _LONGEST or not name.isprintable():
        raise InvalidInputError("filename must be 1 to 255 printable characters")
    # `%` is left out of the fallback: some browsers decode it there.
    fallback = "".join(c if c.isascii() and c not in '"%' else "_" for c in name)
    plain = f'attachment; filename="{fallback}"'
    if fallback == name:
        return plain
    return f"{plain}; filename*=UTF-8''{quote(name, safe=_ATTR_CHARS)}"
