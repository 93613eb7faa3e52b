"""Which media types a dataset may have, and how its bytes are read by them."""

from data_bank_client.errors import UnsupportedMediaTypeError
from data_bank_client.wire.content_type import guess_content_type, is_content_type
from data_bank_client.wire.datasets import DATASET_KINDS, DatasetKind
from data_bank_client.wire.files import DEFAULT_CONTENT_TYPE

_TAKEN = "text/csv, application/json, application/x-ndjson or application/vnd.apache.parquet"
_ENDINGS = ".csv, .json, .ndjson, .jsonl or .parquet"


def content_type_of(said: str | None, filename: str) -> str:
    """The type that was said, with its parameters; where none was, the one of the name's ending.

    Raises UnsupportedMediaTypeError.
    """
    if said is None or _plain(said) in ("", DEFAULT_CONTENT_TYPE):
        return _by_ending(filename)
    if not is_content_type(said):
        raise UnsupportedMediaTypeError("the content type is not a media type such as text/csv")
    kind_of(said)
    return said


def is_dataset(content_type: str) -> bool:
    """Whether a dataset may have this type."""
    return _plain(content_type) in DATASET_KINDS


def kind_of(content_type: str) -> DatasetKind:
    """Raises UnsupportedMediaTypeError."""
    plain = _plain(content_type)
    kind = DATASET_KINDS.get(plain)
    if kind is None:
        raise UnsupportedMediaTypeError(f"a dataset is {_TAKEN}, not {plain}")
    return kind


def _plain(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _by_ending(filename: str) -> str:
    found = guess_content_type(filename)
    if found not in DATASET_KINDS:
        raise UnsupportedMediaTypeError(
            f"its content type is not told: let its name end in {_ENDINGS}, or say {_TAKEN}"
        )
    return found
