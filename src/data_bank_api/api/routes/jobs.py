"""`/jobs`: asking for work, watching it, cancelling it, retrying it."""

from data_bank_api.api.pool import DatabasePool
from data_bank_api.api.resource import Resource
from data_bank_api.wiring import Bank


def job_resources(_bank: Bank, _pool: DatabasePool) -> list[Resource]:
    return []
