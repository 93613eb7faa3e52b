"""Digest fields (RFC 9530), `Repr-Digest` and `Content-Digest`: dictionaries of byte sequences.

Repr-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:, sha-512=:...:
"""

import base64
import binascii
import hashlib
import hmac
import re

from data_bank_client.errors import BadRequestError, DigestMismatchError
from data_bank_client.wire.digest import Digest

# The algorithms that RFC 9530 calls active; all others are ignored, as it asks.
ALGORITHMS = {"sha-256": "sha256", "sha-512": "sha512"}

_MEMBER = re.compile(r"\A([a-z*][a-z0-9_.*-]*)(?:=(.*))?\Z", re.DOTALL)
_BYTES = re.compile(r"\A:([A-Za-z0-9+/]*={0,2}):\Z")
# Matches from every quote on, closed or not: to try again at each quote would be quadratic.
_QUOTED = re.compile(r'"(?:[^"\\]|\\.?)*("?)')


def format_digest(digest: Digest) -> str:
    """The field's value for a file known by its SHA-256."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(digest.hex)).decode()}:"


def _parse_value(name: str, algorithm: str, text: str) -> bytes:
    match = _BYTES.match(text)
    if match is None:
        raise BadRequestError(f"{name}: {algorithm} is not a byte sequence such as :BASE64:")
    try:
        value = base64.b64decode(match[1], validate=True)
    except binascii.Error as error:
        raise BadRequestError(f"{name}: {algorithm} is not base64") from error
    if len(value) != hashlib.new(ALGORITHMS[algorithm]).digest_size:
        raise BadRequestError(f"{name}: {algorithm} has the wrong length")
    return value


def parse_digest(name: str, field: str) -> dict[str, bytes]:
    """The known algorithms of a digest field and their values.

    Raises BadRequestError where the field, or a known algorithm's value, cannot be read.
    """
    found: dict[str, bytes] = {}
    # Only an unknown algorithm's value may be a string, which may hold commas.
    bare = _QUOTED.sub(r'"\1', field)
    if bare.count('"') % 2:
        raise BadRequestError(f"{name} has a string that does not end")
    for item in bare.split(","):
        member = _MEMBER.match(item.strip(" \t"))
        if member is None:
            raise BadRequestError(f"{name} is not a dictionary such as sha-256=:BASE64:")
        algorithm, value = member[1], member[2] or ""
        if algorithm in ALGORITHMS:
            found[algorithm] = _parse_value(name, algorithm, value.partition(";")[0].rstrip(" "))
    return found


class DigestCheck:
    """Hashes what it is fed and compares it with what the digest fields declared."""

    def __init__(self, declared: list[tuple[str, dict[str, bytes]]]) -> None:
        self._declared = [
            (name, algorithm, value)
            for name, values in declared
            for algorithm, value in values.items()
        ]
        algorithms = {algorithm for _, algorithm, _ in self._declared}
        self._hashes = {each: hashlib.new(ALGORITHMS[each]) for each in algorithms}

    def update(self, chunk: bytes) -> None:
        for running in self._hashes.values():
            running.update(chunk)

    def verify(self) -> None:
        """Raise DigestMismatchError unless all that was declared is so."""
        for name, algorithm, value in self._declared:
            if not hmac.compare_digest(self._hashes[algorithm].digest(), value):
                raise DigestMismatchError(f"the bytes received are not those of {name} {algorithm}")
