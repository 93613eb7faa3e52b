"""Spans: what becomes of them where they are kept, and that they are nothing where they are not."""

import asyncio
import re
import subprocess
import sys
from contextlib import suppress

import pytest
from opentelemetry.trace import StatusCode

from data_bank_api.api.pool import StoragePool
from data_bank_api.tracing.pool import TracedThreads
from data_bank_api.tracing.span import (
    fail,
    inner,
    is_traced,
    rename,
    say,
    span,
    traceparent,
)
from tests.data_bank_api.tracing.conftest import Kept

REMOTE = f"00-{'a' * 32}-{'b' * 16}-01"


def test_nothing_is_kept_and_nothing_goes_wrong_where_there_are_no_traces() -> None:
    assert not is_traced()
    with span("outer", {"n": 1}, parent=REMOTE), inner("inner"):
        rename("other")
        say("n", 2)
        fail("Broken")
        assert traceparent() is None


def test_what_sends_traces_is_not_imported_where_there_are_none() -> None:
    """redis-py imports some of OpenTelemetry by itself, where it is there."""
    code = (
        "import sys, data_bank_api.api.main, data_bank_api.commands.worker_process;"
        "sending = ('opentelemetry.exporter', 'data_bank_api.tracing.opentelemetry_spans');"
        "print([each for each in sys.modules if each.startswith(sending)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_span_within_another_is_of_its_trace(kept: Kept) -> None:
    with span("outer"), inner("inner", {"n": 1}):
        say("m", 2)
    assert kept.names == ["inner", "outer"]
    assert len(kept.trace_ids()) == 1
    within, around = kept.spans
    assert within.attributes == {"n": 1, "m": 2}
    assert within.parent is not None
    assert around.context is not None
    assert within.parent.span_id == around.context.span_id


def test_an_inner_span_begins_no_trace(kept: Kept) -> None:
    with inner("database read"):
        assert traceparent() is None
    assert kept.names == []


def test_a_trace_goes_on_where_its_traceparent_is_known(kept: Kept) -> None:
    with span("request"):
        given = traceparent()
    with span("job", parent=given):
        pass
    with span("another"):
        pass
    request, job, another = kept.spans
    assert request.context is not None
    assert job.parent is not None
    assert another.context is not None
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-9]", given or "")
    assert job.parent.span_id == request.context.span_id
    assert another.context.trace_id != request.context.trace_id


def test_a_parent_from_elsewhere_goes_before_the_span_around(kept: Kept) -> None:
    with span("around"), span("job", parent=REMOTE):
        assert (traceparent() or "").split("-")[1] == "a" * 32


@pytest.mark.parametrize("broken", ["", "no traceparent", f"00-{'0' * 32}-{'b' * 16}-01"])
def test_of_a_traceparent_that_is_none_there_is_a_trace_of_its_own(kept: Kept, broken: str) -> None:
    with span("job", parent=broken):
        pass
    assert kept.one("job").parent is None


def test_an_error_ends_a_span_as_failed_without_a_word_of_its_text(kept: Kept) -> None:
    with suppress(ValueError), span("job"):
        raise ValueError("the key is secret")
    found = kept.one("job")
    assert found.status.status_code is StatusCode.ERROR
    assert found.attributes == {"error.type": "ValueError"}
    assert "secret" not in found.to_json()


def test_threads_go_on_with_the_trace_of_who_gives_them_work(kept: Kept) -> None:
    def work() -> None:
        with inner("part"):
            pass

    with span("job"), TracedThreads(2) as pool:
        for future in [pool.submit(work) for _ in range(3)]:
            future.result()
    assert sorted(kept.names) == ["job", "part", "part", "part"]
    assert len(kept.trace_ids()) == 1


def test_the_threads_of_the_service_do_too(kept: Kept) -> None:
    pool = StoragePool()

    def work() -> None:
        with inner("store open"):
            pass

    async def ask() -> None:
        with span("GET /files/{id}"):
            await pool.run(work)

    asyncio.run(ask())
    pool.close()
    assert kept.names == ["store open", "GET /files/{id}"]
