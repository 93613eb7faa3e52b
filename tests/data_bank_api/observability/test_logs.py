"""The log: JSON, a line each, and no secrets in tracebacks."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import structlog
from asgi_correlation_id import correlation_id

from data_bank_api.observability.logs import configure_logs
from tests.running_bank import running


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Other tests of this process log as they did before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_our_records_and_the_libraries_are_alike(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    structlog.get_logger().info("ours", size=1, where=None, what=ValueError("odd"))
    logging.getLogger("theirs").warning("theirs %s", 2)
    ours, theirs = lines(capsys)
    assert (ours["event"], ours["level"], ours["size"], ours["what"]) == ("ours", "info", 1, "odd")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("theirs 2", "warning", "theirs")


def test_what_is_below_the_level_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("error")
    structlog.get_logger().warning("ours")
    logging.getLogger("theirs").warning("theirs")
    assert lines(capsys) == []


def test_the_request_id_is_in_each_line_of_a_request(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    token = correlation_id.set("abc")
    structlog.get_logger().info("ours")
    correlation_id.reset(token)
    assert lines(capsys)[0]["request_id"] == "abc"


@pytest.mark.parametrize("level", ["debug", "info"])
def test_the_addresses_that_are_called_are_in_no_log(
    level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(level)
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200))
    with httpx2.Client(transport=transport) as http:
        http.get("https://cdn.example/file?signature=secret")
    logging.getLogger("httpcore2.http11").debug("Location: signature=secret")
    assert lines(capsys) == []


def test_a_traceback_holds_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    try:
        fail(bytes.fromhex("736573616d65").decode())
    except RuntimeError:
        structlog.get_logger().exception("failed")
    (line,) = lines(capsys)
    assert "RuntimeError: no" in str(line["exception"])
    assert "sesame" not in json.dumps(line)


def fail(key: str) -> None:
    assert key == "sesame"
    raise RuntimeError("no")


@pytest.mark.parametrize(("level", "told"), [("info", 0), ("debug", 1)])
def test_ids_of_requests_that_are_none_do_not_fill_the_log(
    level: str, told: int, tmp_path: Path
) -> None:
    with running(tmp_path, LOG_LEVEL=level) as bank:
        assert bank.get("/healthz", X_Request_ID="no id").status_code == 200
        bank.get("/readyz")
        bank.logged(event="request", path="/readyz")
        lines = [line for line in bank.log() if line.get("logger") == "asgi_correlation_id"]
        assert len(lines) == told
