"""A dataset in a form: `file` with its name and type, and before or after it perhaps `name`."""

from data_bank_api.api.form_part import PartHead
from data_bank_api.api.form_texts import FormTexts, TextField
from data_bank_api.datasets.media_type import content_type_of
from data_bank_api.datasets.naming import base_name, parse_name
from data_bank_client.wire.datasets import DATASET_NAME_LENGTH

_NAME = "name"
_NAME_BYTES = 4 * DATASET_NAME_LENGTH  # in UTF-8, at most


class DatasetForm:
    """What a FormSink is told by, and what it has found once it has finished."""

    def __init__(self) -> None:
        self.texts = FormTexts({_NAME: TextField(_NAME_BYTES, _name)})
        self.filename = self.content_type = ""

    def type_of(self, head: PartHead) -> str:
        """Raises UnsupportedMediaTypeError for what is no dataset, InvalidInputError for its name,
        before a byte of the file is taken."""
        self.filename = base_name(head.filename)
        self.content_type = content_type_of(head.content_type, self.filename)
        return self.content_type

    @property
    def name(self) -> str | None:
        """None where it was left out, or blank as pages send it then."""
        return self.texts.get(_NAME) or None


def _name(text: str) -> str:
    return parse_name(text) if text.strip() else ""
