"""What a list is asked for by."""

import pytest

from data_bank_client.calls.files import list_page
from data_bank_client.errors import InvalidInputError


@pytest.mark.parametrize(("cursor", "prefix"), [(None, "\udcff"), (None, "é"), ("\udcff", "")])
def test_what_no_address_can_carry_is_refused(cursor: str | None, prefix: str) -> None:
    with pytest.raises(InvalidInputError, match="plain ASCII"):
        list_page(1, cursor, prefix)
