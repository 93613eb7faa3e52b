"""Flows about many files: as many calls as they take."""

from collections.abc import Sequence
from typing import Never

from data_bank_client.calls import files
from data_bank_client.calls.call import Flow, Give
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import BATCH_LIMIT, LIST_LIMIT, BatchAnswer, FilePage


def pages(prefix: str) -> Flow[FilePage, None]:
    """Every page of the files whose ids begin with `prefix`."""
    cursor: str | None = None
    while True:
        page = yield from files.list_page(LIST_LIMIT, cursor, prefix).ask()
        yield Give(page)
        cursor = page["next_cursor"]
        if cursor is None:
            return


def ask_many(digests: Sequence[Digest]) -> Flow[Never, BatchAnswer]:
    """Which files are stored, BATCH_LIMIT a call; no call for none."""
    whole = BatchAnswer(items=[], missing=[])
    for start in range(0, len(digests), BATCH_LIMIT):
        answer = yield from files.batch(digests[start : start + BATCH_LIMIT]).ask()
        whole["items"] += answer["items"]
        whole["missing"] += answer["missing"]
    return whole
