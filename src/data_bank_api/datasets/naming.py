"""What a dataset and its file may be called: labels to be shown, never paths."""

from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.datasets import DATASET_NAME_LENGTH

_NOT_NAMES = (".", "..")


def parse_name(text: str) -> str:
    """Without the blanks around it. Raises InvalidInputError."""
    name = text.strip()
    if not (0 < len(name) <= DATASET_NAME_LENGTH and name.isprintable()):
        raise InvalidInputError(f"name must have 1 to {DATASET_NAME_LENGTH} printable characters")
    return name


def base_name(text: str) -> str:
    """What a file is called, of a path of any system; empty where that names nothing.

    Blanks of all kinds become spaces, and what cannot be printed is left out. Raises
    InvalidInputError for a name that is too long.
    """
    last = text.replace("\\", "/").rpartition("/")[2]
    name = "".join(" " if each.isspace() else each for each in last if _is_shown(each)).strip()
    if len(name) > DATASET_NAME_LENGTH:
        raise InvalidInputError(f"filename may have {DATASET_NAME_LENGTH} characters at most")
    return "" if name in _NOT_NAMES else name


def _is_shown(character: str) -> bool:
    return character.isspace() or character.isprintable()
