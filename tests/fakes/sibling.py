"""A sibling service's module: jobs of its own, as RQ runs them."""

from data_bank_api.events.context import job_context
from data_bank_client.errors import InvalidInputError


def convert(rows: int) -> str:
    with job_context(user_id=7) as job:
        if rows < 0:
            raise InvalidInputError("rows: must not be negative")
        for row in range(rows):
            job.progress(100 * (row + 1) / rows, f"row {row + 1}", {"row": row + 1})
        job.completed("f" * 64, rows)
        return "done"
