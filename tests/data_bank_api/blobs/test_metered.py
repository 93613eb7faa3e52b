"""A store that is counted, in every way that a draft or a blob can end."""

import pytest
from prometheus_client import CollectorRegistry

from data_bank_api.blobs.memory import MemoryDraft, MemoryStore
from data_bank_api.blobs.metered import Metered
from data_bank_api.observability.exposition import Exposition
from data_bank_api.observability.metrics import Metrics
from data_bank_client.errors import InsufficientStorageClientError
from data_bank_client.wire.digest import Digest
from tests.fakes.files import describe, put
from tests.fakes.scraped import Scraped


class Counted:
    """A store in memory, and what is told of it."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.store = Metered(MemoryStore(), Metrics(self._registry))

    def told(self, name: str) -> float:
        return Scraped.parse(Exposition([self._registry]).text().decode())[f"databank_{name}"]


def test_a_file_is_stored_once_and_then_a_dedup_hit() -> None:
    counted = Counted()
    for _ in range(3):
        put(counted.store, b"same")
    put(counted.store, b"other")
    assert counted.told("files_stored_total") == 2
    assert counted.told("dedup_hits_total") == 2


def test_an_upload_is_in_flight_until_it_is_committed() -> None:
    counted = Counted()
    draft = counted.store.draft(None)
    assert counted.told("uploads_in_flight") == 1
    draft.write(b"x")
    draft.commit(describe(b"x"))
    draft.discard()
    assert counted.told("uploads_in_flight") == 0


def test_an_upload_that_is_given_up_is_not_in_flight_and_not_stored() -> None:
    counted = Counted()
    draft = counted.store.draft(None)
    draft.discard()
    draft.discard()
    assert counted.told("uploads_in_flight") == 0
    assert counted.told("files_stored_total") == 0


@pytest.mark.parametrize("step", ["commit", "discard"])
def test_an_upload_that_fails_at_its_end_is_not_in_flight(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise InsufficientStorageClientError("the disk is full")

    monkeypatch.setattr(MemoryDraft, step, fail)
    counted = Counted()
    draft = counted.store.draft(None)
    with pytest.raises(InsufficientStorageClientError):
        draft.commit(describe(b"")) if step == "commit" else draft.discard()
    assert counted.told("uploads_in_flight") == 0
    assert counted.told("files_stored_total") == 0


def test_a_copy_is_condemned_once() -> None:
    counted = Counted()
    put(counted.store, b"bad")
    first, second = (counted.store.open(Digest.of(b"bad")) for _ in range(2))
    assert [first.condemn(), second.condemn()] == [True, False]
    assert counted.told("quarantined_blobs_total") == 1
