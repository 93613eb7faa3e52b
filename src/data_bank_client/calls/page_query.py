"""What every list is asked by: how many, and after which page."""

from data_bank_client.errors import InvalidInputError


def page_query(limit: int, cursor: str | None) -> dict[str, str]:
    """Raises InvalidInputError for what no list can have given out."""
    if cursor is None:
        return {"limit": str(limit)}
    if not cursor.isascii():
        raise InvalidInputError("a cursor is plain ASCII text")
    return {"limit": str(limit), "cursor": cursor}
