"""The main job, by the real command against the real service: store, look, lose, resume."""

import asyncio
import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from data_bank_api.client import AsyncDataBankClient, DataBankClient
from data_bank_client import (
    DataBankClientError,
    DigestMismatchError,
    FileQuarantinedError,
    ForbiddenError,
    NotFoundError,
)
from tests.fakes.cable import Cable
from tests.running_bank import (
    DATABANK,
    DELETE_KEY,
    PATIENCE,
    READ_KEY,
    UPLOAD_KEY,
    RunningBank,
    running,
    until,
)

SIZE = 120_000_000


@pytest.fixture(scope="module", params=["uvicorn", "hypercorn"])
def bank(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBank]:
    """One key for everything, as `databank up` makes it."""
    folder: Path = tmp_path_factory.mktemp("journey")
    keys = {"API_READ_KEYS": "", "API_DELETE_KEYS": ""}
    with running(folder, str(request.param), **keys) as bank:
        yield bank


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A file of 120 MB that does not repeat itself, and its SHA-256."""
    path: Path = tmp_path_factory.mktemp("large") / "model.bin"
    content = hashlib.shake_128(b"a large file").digest(SIZE)
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def start(address: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [DATABANK, *arguments],
        env={**os.environ, "DATA_BANK_URL": address, "DATA_BANK_KEY": UPLOAD_KEY},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def databank(address: str, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output, errors."""
    process = start(address, *arguments)
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def cable(bank: RunningBank, *allowances: int, is_cut: bool) -> Cable:
    url = httpx2.URL(bank.address)
    return Cable(url.host, url.port or 80, list(allowances), is_cut=is_cut)


def test_a_large_file_is_stored_looked_into_killed_resumed_and_the_same(
    bank: RunningBank, large: tuple[Path, str], tmp_path: Path
) -> None:
    path, digest = large
    assert databank(bank.address, "put", str(path)) == (0, f"{digest}  {path}\n", "")
    part = bank.get(f"/files/{digest}", UPLOAD_KEY, Range="bytes=50000000-50000009")
    assert (part.status_code, part.content) == (206, path.read_bytes()[50_000_000:50_000_010])
    target = tmp_path / "copy.bin"
    with cable(bank, SIZE // 2, is_cut=False) as held:
        getting = start(held.address, "get", digest, "-o", str(target))
        until(lambda: sum(each.stat().st_size for each in tmp_path.iterdir()) > SIZE // 3)
        getting.send_signal(signal.SIGKILL)
        getting.communicate(timeout=PATIENCE)
        (partial,) = tmp_path.iterdir()
        kept = partial.stat().st_size
        assert not target.exists()
        assert databank(held.address, "get", digest, "-o", str(target))[0] == 0
    assert hashlib.sha256(target.read_bytes()).hexdigest() == digest
    assert list(tmp_path.iterdir()) == [target]
    bank.logged(path=f"/files/{digest}", status=206, bytes=SIZE - kept)


def test_a_file_that_is_stored_is_not_sent_again(
    bank: RunningBank, large: tuple[Path, str]
) -> None:
    path, digest = large
    assert databank(bank.address, "put", str(path))[0] == 0
    with cable(bank, is_cut=True) as counted:
        assert databank(counted.address, "put", str(path)) == (0, f"{digest}  {path}\n", "")
        assert counted.sent < 10_000


def test_a_download_over_a_cable_that_is_cut_goes_on_by_itself(
    bank: RunningBank, large: tuple[Path, str], tmp_path: Path
) -> None:
    path, digest = large
    bank.request("PUT", f"/files/{digest}", UPLOAD_KEY, path.read_bytes())
    target = tmp_path / "copy.bin"
    with (
        cable(bank, 30_000_000, 30_000_000, is_cut=True) as cut,
        DataBankClient(base_url=cut.address, api_key=UPLOAD_KEY) as client,
    ):
        client.download_to_path(digest, target)
    assert hashlib.sha256(target.read_bytes()).hexdigest() == digest


def test_every_command_works_and_speaks_json(bank: RunningBank, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n")
    code, out, _ = databank(bank.address, "put", str(path), "--json")
    stored = json.loads(out)
    digest = stored["file_id"]
    assert (code, stored["content_type"]) == (0, "text/csv")
    assert json.loads(databank(bank.address, "info", digest, "--json")[1])["size"] == 4
    assert digest in databank(bank.address, "ls", "--prefix", digest[:6])[1]
    assert databank(bank.address, "get", digest, "-o", "-")[:2] == (0, "a,b\n")
    assert databank(bank.address, "rm", digest)[0] == 0
    code, out, err = databank(bank.address, "info", digest, "--json")
    assert (code, out, json.loads(err)["code"]) == (4, "", "NOT_FOUND")


def test_a_wrong_key_is_told(bank: RunningBank) -> None:
    with (
        DataBankClient(base_url=bank.address, api_key="wrong") as client,
        pytest.raises(ForbiddenError, match="it needs a key for read") as caught,
    ):
        client.list()
    assert bank.logged(request_id=caught.value.request_id)["status"] == 403


def test_the_client_does_all_that_the_service_does(bank: RunningBank) -> None:
    with DataBankClient(base_url=bank.address, api_key=UPLOAD_KEY) as client:
        stored = client.upload("a.txt", b"0123456789")
        digest = stored["file_id"]
        assert stored["content_type"] == "text/plain"
        assert client.read_range(digest, 2, 5) == b"234"
        assert b"".join(client.stream(digest)) == b"0123456789"
        assert client.head(digest)["size"] == 10
        assert client.info(digest) == stored
        assert stored in client.list(prefix=digest)["items"]
        assert client.batch([digest, "0" * 64]) == {"items": [stored], "missing": ["0" * 64]}
        client.delete(digest)
        with pytest.raises(NotFoundError):
            client.info(digest)


def test_the_asynchronous_client_does_the_same(bank: RunningBank, tmp_path: Path) -> None:
    async def journey() -> None:
        async with AsyncDataBankClient(base_url=bank.address, api_key=UPLOAD_KEY) as client:
            stored = await client.upload("a.bin", bytes(3_000_000))
            target = tmp_path / "copy.bin"
            await client.download_to_path(stored["file_id"], target)
            assert target.read_bytes() == bytes(3_000_000)
            await client.delete(stored["file_id"])

    asyncio.run(journey())


def test_a_key_for_uploads_alone_is_enough_to_upload(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"upload only")
    with running(tmp_path / "bank") as bank:
        with DataBankClient(base_url=bank.address, api_key=UPLOAD_KEY) as client:
            digest = client.upload_path(path)["file_id"]
            assert client.upload_path(path)["file_id"] == digest
            with pytest.raises(ForbiddenError):
                client.info(digest)
        assert bank.get(f"/files/{digest}", READ_KEY).content == b"upload only"
        with DataBankClient(base_url=bank.address, api_key=DELETE_KEY) as client:
            client.delete(digest)


@pytest.mark.parametrize(
    ("verifies", "error"), [("true", FileQuarantinedError), ("false", DigestMismatchError)]
)
def test_damage_on_the_disk_never_reaches_the_target(
    tmp_path: Path, verifies: str, error: type[DataBankClientError]
) -> None:
    """The service sees it, or, where it does not look, the client."""
    content = bytes(2_000_000) + b"damage"
    target = tmp_path / "copy.bin"
    with running(tmp_path / "bank", VERIFY_READS=verifies, API_READ_KEYS="") as bank:
        digest = bank.put(content)
        (blob,) = bank.root.rglob(f"{digest}.bin")
        blob.write_bytes(b"!" + content[1:])
        with DataBankClient(base_url=bank.address, api_key=UPLOAD_KEY) as client:
            with pytest.raises(error):
                client.download_to_path(digest, target)
            assert not target.exists()
            client.upload("x", content)
            client.download_to_path(digest, target)
    assert target.read_bytes() == content


def test_a_bank_with_little_room_says_so(tmp_path: Path) -> None:
    with (
        running(tmp_path, MIN_FREE_GB="1000000000") as bank,
        DataBankClient(base_url=bank.address, api_key=UPLOAD_KEY) as client,
        pytest.raises(DataBankClientError, match="no room") as caught,
    ):
        client.upload("x", bytes(10_000_000))
    assert caught.value.code == "INSUFFICIENT_STORAGE"
