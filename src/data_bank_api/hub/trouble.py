"""What went wrong with a repository or a file of one, as it is kept and told."""

from typing import TypedDict

from data_bank_client.errors import DataBankClientError

LONGEST = 2000  # characters


class Trouble(TypedDict):
    """`code` is one of the table of errors."""

    code: str
    message: str


def trouble_of(error: DataBankClientError) -> Trouble:
    # PostgreSQL has no NUL in text.
    message = error.message.replace("\0", "\N{REPLACEMENT CHARACTER}")[:LONGEST]
    return Trouble(code=error.code, message=message)
