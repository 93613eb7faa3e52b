"""The line of a request: like any other of the log, and never in a request's way."""

import json
import logging
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from errno import ENOSPC
from io import StringIO

import pytest

from data_bank_api.observability.request_line import write_request_line


@pytest.fixture(autouse=True)
def level() -> Iterator[None]:
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.INFO)
    yield
    root.setLevel(before)


def test_it_says_what_was_asked_and_answered(capsys: pytest.CaptureFixture[str]) -> None:
    write_request_line("abc", "GET", '/a"b\n', 200, 12, 0.0012344)
    (text,) = capsys.readouterr().err.splitlines()
    line = json.loads(text)
    assert datetime.fromisoformat(line.pop("at")).utcoffset() is not None
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": "abc",
        "method": "GET",
        "path": '/a"b\n',
        "status": 200,
        "bytes": 12,
        "milliseconds": 1.234,
    }


def test_a_higher_level_leaves_it_out(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger().setLevel(logging.WARNING)
    write_request_line(None, "GET", "/", 200, 0, 0)
    assert capsys.readouterr().err == ""


class Full(StringIO):
    def write(self, _text: str) -> int:
        raise OSError(ENOSPC, os.strerror(ENOSPC))


def test_a_log_that_cannot_be_written_ends_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Full()
    monkeypatch.setattr(sys, "stderr", full)
    write_request_line(None, "GET", "/", 200, 0, 0)
    assert full.getvalue() == ""
