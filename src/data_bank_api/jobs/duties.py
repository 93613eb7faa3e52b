"""What a worker's children do, each in a shop of its own that it opens and closes."""

import os
from collections.abc import Callable
from contextlib import closing

import structlog

from data_bank_api.db.database import DatabaseAwayError
from data_bank_api.jobs.child import Death, Duties
from data_bank_api.jobs.ending import Window
from data_bank_api.jobs.insisting import insist
from data_bank_api.jobs.note import Note
from data_bank_api.jobs.run import STOPPED, Surroundings, Terms, run_job
from data_bank_api.jobs.shop import Shop

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

# Then the silence of the job tells of it.
_MOURNING_SECONDS = 10.0


def duties_of(open_shop: Callable[[], Shop], tie: Callable[[int], None], terms: Terms) -> Duties:
    def run(note: Note, claimed: Callable[[], None]) -> int:
        window, worker = Window(), os.getppid()
        around = Surroundings(window, claimed, lambda: os.getppid() != worker)
        with window.listening(), closing(open_shop()) as shop:
            return run_job(shop, note, around, terms)

    def mourn(death: Death) -> int:
        with closing(open_shop()) as shop:
            clear_up(shop, death)
        return 0

    return Duties(run, mourn, tie)


def clear_up(shop: Shop, death: Death) -> None:
    """What the run has left half done is removed, and its job goes on without it."""
    shop.sweep()
    note = death.note
    tell = _put_back if death.was_stopped else _lose
    try:
        is_told = insist(lambda: tell(shop, death), _MOURNING_SECONDS)
    except DatabaseAwayError:
        is_told = False
    if is_told:
        log.warning("a run was lost", job_id=note.job_id, attempt=note.attempt, reason=death.reason)


def _lose(shop: Shop, death: Death) -> bool:
    return shop.upkeep.lost(death.note.job_id, death.note.attempt, death.reason)


def _put_back(shop: Shop, death: Death) -> bool:
    return shop.upkeep.put_back(death.note.job_id, death.note.attempt, STOPPED)
