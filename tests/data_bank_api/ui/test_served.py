"""Pages of a real server of two processes: sessions count in each, and in their place."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from data_bank_api.events.stream import EventStream
from tests.fakes.job_events import progress
from tests.fakes.redis_server import RedisServer
from tests.running_bank import PATIENCE, READ_KEY, RunningBank, running


@pytest.fixture(params=["uvicorn", "hypercorn"])
def bank(
    request: pytest.FixtureRequest, tmp_path: Path, redis_server: RedisServer
) -> Iterator[RunningBank]:
    server = str(request.param)
    with running(tmp_path, server, REDIS_URL=redis_server.url, WORKERS="2") as bank:
        yield bank


def test_who_signed_in_with_one_process_is_known_to_all_and_sees_what_happens(
    bank: RunningBank, redis_server: RedisServer
) -> None:
    own = {"Origin": bank.address}
    with httpx2.Client(base_url=bank.address, trust_env=False, timeout=PATIENCE) as client:
        opened = client.post("/ui/sign-in", data={"key": READ_KEY}, headers=own)
        assert opened.status_code == 303
        for _ in range(8):
            assert client.get("/ui/jobs", headers={"Connection": "close"}).status_code == 200
        stream = client.stream("GET", "/ui/events", headers={"Last-Event-ID": "0"})
        with stream as answer, redis_server.connect() as connection:
            assert answer.headers["content-type"].startswith("text/event-stream")
            EventStream(connection, 100).publish([progress(7)])
            lines = (line for line in answer.iter_lines() if line.startswith("event: "))
            assert next(lines) == "event: databank.job.progress.v1"
