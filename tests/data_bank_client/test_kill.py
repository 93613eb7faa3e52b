"""A download that is killed with -9 in the middle, in a process of its own, and run again."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from data_bank_client import AsyncDataBankClient, ConflictError, DataBankClient
from data_bank_client.partial import partial_path
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.ranges import select
from tests.data_bank_client.local_server import LocalServer, local_server, send

CONTENT = hashlib.shake_128(b"content").digest(1_000_000)
DIGEST = Digest.of(CONTENT)
SENT = 600_000


class Stalling:
    """Serves the file, at first only SENT bytes of it, and then nothing until it is released."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        asked = handler.headers["Range"]
        if asked is None:
            length = str(len(CONTENT))
            send(handler, 200, CONTENT[:SENT], Content_Length=length, ETag=DIGEST.etag)
            self.released.wait(60)
            handler.close_connection = True
            return
        (part,) = select(asked, len(CONTENT)) or []
        span = part.content_range(len(CONTENT))
        send(handler, 206, CONTENT[part.start : part.stop], Content_Range=span, ETag=DIGEST.etag)


@pytest.fixture
def stalling() -> Iterator[LocalServer]:
    respond = Stalling()
    with local_server(respond) as server:
        yield server
        respond.released.set()


@pytest.fixture
def _children_hear_ctrl_c() -> Iterator[None]:
    """Also where the tests run in a shell's background, whose children ignore SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def get(url: str, target: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "data_bank_client.cli", "get", DIGEST.hex]
    environment = os.environ | {"DATA_BANK_URL": url, "DATA_BANK_KEY": "key"}
    return subprocess.Popen([*command, "-o", str(target)], env=environment)


def wait_for_size(path: Path, size: int) -> None:
    while not path.exists() or path.stat().st_size < size:
        time.sleep(0.01)


def test_a_killed_download_is_continued_by_the_same_command(
    stalling: LocalServer, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    partial = partial_path(target, DIGEST)
    with get(stalling.url, target) as killed:
        wait_for_size(partial, SENT)
        killed.send_signal(signal.SIGKILL)
    assert (killed.returncode, target.exists()) == (-signal.SIGKILL, False)

    with get(stalling.url, target) as again:
        assert again.wait() == 0
    assert stalling.seen[-1][1]["range"] == f"bytes={SENT}-"
    assert target.read_bytes() == CONTENT
    assert not partial.exists()


@pytest.mark.usefixtures("_children_hear_ctrl_c")
def test_while_one_process_downloads_another_is_told_so(
    stalling: LocalServer, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    with get(stalling.url, target) as first:
        wait_for_size(partial_path(target, DIGEST), SENT)
        with DataBankClient(stalling.url, "key") as client, pytest.raises(ConflictError):
            client.download_to_path(DIGEST.hex, target)
        first.send_signal(signal.SIGINT)
    assert first.returncode == 130
    assert partial_path(target, DIGEST).stat().st_size == SENT


def test_a_cancelled_download_lets_go_of_its_partial_file(
    stalling: LocalServer, tmp_path: Path
) -> None:
    target = tmp_path / "target"

    async def cancel_and_continue() -> None:
        async with AsyncDataBankClient(stalling.url, "key") as client:
            task = asyncio.create_task(client.download_to_path(DIGEST.hex, target))
            await asyncio.to_thread(wait_for_size, partial_path(target, DIGEST), SENT)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await client.download_to_path(DIGEST.hex, target)

    asyncio.run(cancel_and_continue())
    assert target.read_bytes() == CONTENT
    assert stalling.seen[-1][1]["range"] == f"bytes={SENT}-"


def test_a_connection_that_is_cut_for_real_continues(tmp_path: Path) -> None:
    respond = Stalling()
    respond.released.set()  # it sends a part, and closes
    with local_server(respond) as server, DataBankClient(server.url, "key") as client:
        client.download_to_path(DIGEST.hex, tmp_path / "target")
        assert client.read_range(DIGEST.hex, 5, 10) == CONTENT[5:10]
    assert (tmp_path / "target").read_bytes() == CONTENT
