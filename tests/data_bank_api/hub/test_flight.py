"""Files on their way, and those that come to their end together."""

import threading
import time
from collections.abc import Callable

from data_bank_api.hub.artifact import Artifact
from data_bank_api.hub.flight import Flight
from data_bank_client.errors import NotFoundError
from data_bank_client.wire.files import FileInfo
from tests.fakes.hub_in_memory import lfs


def artifact(name: str) -> Artifact:
    file = lfs(name).listed_as(name)
    return Artifact(name, "r", file, "other", None, None, "c" * 40, "downloading", None, None)


def test_what_comes_right_behind_the_first_is_given_with_it() -> None:
    is_first_over = threading.Event()

    def fetch(artifact: Artifact, is_over: Callable[[], bool]) -> FileInfo:
        if artifact.artifact_id == "second":
            is_first_over.wait()
            time.sleep(0.2)
        is_first_over.set()
        raise NotFoundError(artifact.artifact_id)

    with Flight(fetch, places=2, gather=60) as flight:
        flight.start(artifact("first"))
        flight.start(artifact("second"))
        landings = flight.landed(60)
        assert {each.artifact.artifact_id for each in landings} == {"first", "second"}
        assert flight.free == 2


def test_one_that_takes_longer_holds_up_nobody() -> None:
    def fetch(artifact: Artifact, is_over: Callable[[], bool]) -> FileInfo:
        while artifact.artifact_id == "long" and not is_over():
            time.sleep(0.01)
        raise NotFoundError(artifact.artifact_id)

    with Flight(fetch, places=2) as flight:
        flight.start(artifact("long"))
        flight.start(artifact("short"))
        assert [each.artifact.artifact_id for each in flight.landed(60)] == ["short"]
        assert [each.artifact_id for each in flight.artifacts] == ["long"]
