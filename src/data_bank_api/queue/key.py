"""What makes two questions for a job the same: the key."""

import hashlib

import msgspec

_encoder = msgspec.json.Encoder(order="deterministic")


def key_of(kind: str, arguments: dict[str, object]) -> str:
    """The kind with the SHA-256 of its arguments, in whatever order they came."""
    return f"{kind}:{hashlib.sha256(_encoder.encode(arguments)).hexdigest()}"
