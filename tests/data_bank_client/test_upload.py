"""Uploads by either client: from memory, files, iterables and the local disk."""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import msgspec
import pytest

from data_bank_client import (
    AsyncDataBankClient,
    ConnectionFailedError,
    DataBankClient,
    DigestMismatchError,
    ForbiddenError,
    InsufficientStorageClientError,
    InvalidInputError,
    Phase,
    blocking,
)
from data_bank_client.calls import files
from data_bank_client.calls.outgoing import CHUNK_BYTES, AsyncBody, Body
from data_bank_client.wire.digest import Digest
from tests.data_bank_client.faces import Face
from tests.data_bank_client.fake_bank import ADDRESS, KEY, FakeBank, failing, lose, replaced

LARGE = bytes(range(256)) * 8192  # 2 MiB
PUT = f"PUT /files/{Digest.of(LARGE)}"
BATCH = "POST /files/batch"


class OneWay(io.BytesIO):
    """A file that cannot go back, such as a pipe."""

    def seekable(self) -> bool:
        return False


class OnlyRead:
    """What reads like a file and is nothing else of one."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def read(self, size: int, /) -> bytes:
        return self._file.read(size)


def test_bytes_are_stored_under_their_digest(bank: FakeBank, client: Face) -> None:
    response = client.upload("large.txt", LARGE)
    assert response["file_id"] == Digest.of(LARGE).hex
    assert bank.files == {Digest.of(LARGE).hex: LARGE}
    assert bank.requests[0].headers["Content-Type"] == "text/plain"
    assert bank.requests[0].headers["Content-Length"] == str(len(LARGE))


def test_empty_bytes_are_a_file_too(bank: FakeBank, client: Face) -> None:
    assert client.upload("empty", b"")["size"] == 0
    assert bank.requests[0].headers["Content-Length"] == "0"


def test_the_content_type_is_as_given(client: Face) -> None:
    assert client.upload("a.txt", b"a", "image/png")["content_type"] == "image/png"


def test_a_content_type_that_no_header_can_carry_is_refused(bank: FakeBank, client: Face) -> None:
    for wrong in ("text", "text/plain\r\nX-Evil: 1", "text/plän", ""):
        with pytest.raises(InvalidInputError, match="content type"):
            client.upload("a.txt", b"a", wrong)
    assert bank.requests == []


def test_a_file_is_sent_from_where_it_stands(bank: FakeBank, client: Face) -> None:
    file = io.BytesIO(b"skipped" + LARGE)
    file.seek(7)
    assert client.upload("a", file)["file_id"] == Digest.of(LARGE).hex
    assert bank.requests[0].headers["Content-Length"] == str(len(LARGE))


def test_a_file_is_rewound_for_another_try(bank: FakeBank, client: Face) -> None:
    bank.faults = [lose, lose]
    file = io.BytesIO(b"skipped" + LARGE)
    file.seek(7)
    assert client.upload("a", file)["file_id"] == Digest.of(LARGE).hex
    assert len(bank.requests) == 3


@pytest.mark.parametrize(
    "stream", [OneWay(LARGE), OnlyRead(LARGE), iter([LARGE]), io.BufferedReader(OneWay(LARGE))]
)
def test_a_stream_that_cannot_be_rewound_is_sent_once(
    bank: FakeBank, stream: OneWay | OnlyRead | Iterator[bytes]
) -> None:
    bank.faults = [lose]
    with (
        DataBankClient(ADDRESS, KEY, transport=bank.transport) as client,
        pytest.raises(ConnectionFailedError),
    ):
        client.upload("a", stream)
    assert len(bank.requests) == 1
    assert bank.requests[0].headers["Transfer-Encoding"] == "chunked"


def test_an_iterable_may_hold_empty_chunks(bank: FakeBank, client: Face) -> None:
    response = client.upload("a", [b"one", b"", b"two"])
    assert bank.files[response["file_id"]] == b"onetwo"


def test_a_stream_of_anything_but_bytes_is_refused(bank: FakeBank, client: Face) -> None:
    with pytest.raises(InvalidInputError, match="a stream of int"):
        client.upload("a", Body(lambda: [1, 2]).open())
    assert bank.files == {}


@pytest.mark.parametrize("path", ["/proc/self/cmdline", "/proc/filesystems"])
def test_a_file_that_does_not_know_its_length_is_sent_whole(
    bank: FakeBank, client: Face, path: str
) -> None:
    with Path(path).open("rb") as file:
        content = Path(path).read_bytes()
        assert client.upload("a", file)["file_id"] == Digest.of(content).hex


@pytest.mark.parametrize("now", [b"longer than it was", b"short"])
def test_a_file_whose_length_changes_while_it_is_sent_is_refused(
    bank: FakeBank, client: Face, now: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"as it was")
    with path.open("rb", buffering=0) as file, pytest.raises(DigestMismatchError, match="changed"):
        client.upload("a", Changing(file, path, now))
    assert bank.files == {}


class Changing(io.RawIOBase):
    """A file that another process rewrites once it has been measured."""

    def __init__(self, file: io.FileIO, path: Path, now: bytes) -> None:
        self._file, self._path, self._now = file, path, now

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if whence == os.SEEK_SET:
            self._path.write_bytes(self._now)
            return self._file.seek(offset)
        return len(b"as it was")

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(size)


def test_an_answer_that_names_other_bytes_is_refused(bank: FakeBank, client: Face) -> None:
    other = Digest.of(b"other")
    bank.files[other.hex] = b"other"
    bank.faults = [replaced(201, msgspec.json.encode(bank.answer(other)))]
    with pytest.raises(DigestMismatchError, match="the service stored"):
        client.upload("a", b"a")


def test_progress_is_told_in_bytes(client: Face) -> None:
    told: list[tuple[Phase, int, int | None]] = []
    client.upload("a", LARGE, on_progress=lambda *each: told.append(each))
    assert told == [
        (Phase.SENDING, CHUNK_BYTES, len(LARGE)),
        (Phase.SENDING, len(LARGE), len(LARGE)),
    ]


def test_asynchronous_chunks_are_sent_once(bank: FakeBank) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    async def use() -> str:
        async with AsyncDataBankClient(ADDRESS, KEY, transport=bank.transport) as client:
            return (await client.upload("a", chunks()))["file_id"]

    assert bank.files[asyncio.run(use())] == b"onetwo"


def test_asynchronous_chunks_are_not_for_the_blocking_driver(bank: FakeBank) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"

    call = files.upload(AsyncBody(chunks()), "text/plain")
    with (
        httpx2.Client(transport=bank.transport, base_url=ADDRESS) as http,
        pytest.raises(InvalidInputError, match="AsyncDataBankClient"),
    ):
        blocking.Driver(http).run(call.ask())


def test_a_file_of_the_disk_is_asked_about_and_sent(
    bank: FakeBank, client: Face, tmp_path: Path
) -> None:
    path = tmp_path / "table.parquet"
    path.write_bytes(LARGE)
    response = client.upload_path(path)
    assert bank.asked == [BATCH, PUT]
    assert response["content_type"] == "application/vnd.apache.parquet"
    assert bank.files == {response["file_id"]: LARGE}


def test_an_empty_file_of_the_disk_is_stored(bank: FakeBank, client: Face, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert client.upload_path(tmp_path / "empty")["size"] == 0


def test_of_a_file_that_is_stored_no_byte_is_sent(
    bank: FakeBank, client: Face, tmp_path: Path
) -> None:
    bank.files[Digest.of(LARGE).hex] = LARGE
    (tmp_path / "a").write_bytes(LARGE)
    told: list[Phase] = []
    response = client.upload_path(
        tmp_path / "a", on_progress=lambda phase, _done, _total: told.append(phase)
    )
    assert response["file_id"] == Digest.of(LARGE).hex
    assert bank.asked == [BATCH]
    assert told == [Phase.HASHING] * 2


@pytest.mark.parametrize("path", ["/proc/version", "/proc/filesystems"])
def test_a_file_of_the_kernel_is_stored_too(bank: FakeBank, client: Face, path: str) -> None:
    stored = client.upload_path(Path(path))
    assert bank.files[stored["file_id"]] == Path(path).read_bytes()


def test_force_sends_what_is_stored(bank: FakeBank, client: Face, tmp_path: Path) -> None:
    bank.files[Digest.of(LARGE).hex] = b"damaged"
    (tmp_path / "a").write_bytes(LARGE)
    client.upload_path(tmp_path / "a", force=True)
    assert bank.asked == [PUT]
    assert bank.files[Digest.of(LARGE).hex] == LARGE


def test_what_is_stored_with_another_size_is_sent(
    bank: FakeBank, client: Face, tmp_path: Path
) -> None:
    bank.files[Digest.of(LARGE).hex] = b"damaged"
    (tmp_path / "a").write_bytes(LARGE)
    client.upload_path(tmp_path / "a")
    assert bank.asked == [BATCH, PUT]


def test_who_may_not_ask_sends(bank: FakeBank, client: Face, tmp_path: Path) -> None:
    bank.faults = [failing(ForbiddenError("not with this key"))]
    (tmp_path / "a").write_bytes(LARGE)
    client.upload_path(tmp_path / "a")
    assert bank.asked == [BATCH, PUT]


def test_a_file_that_changes_between_hashing_and_sending_is_refused(
    bank: FakeBank, client: Face, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    path.write_bytes(LARGE)

    def change(response: httpx2.Response) -> httpx2.Response:
        path.write_bytes(LARGE[::-1])
        return response

    bank.faults = [change]
    with pytest.raises(DigestMismatchError, match="a changed while it was being sent"):
        client.upload_path(path)
    assert bank.files == {}


def test_a_full_service_is_told_as_such(bank: FakeBank, client: Face, tmp_path: Path) -> None:
    bank.faults = [None, failing(InsufficientStorageClientError("no room"))]
    (tmp_path / "a").write_bytes(LARGE)
    with pytest.raises(InsufficientStorageClientError, match="no room"):
        client.upload_path(tmp_path / "a")
    assert bank.asked == [BATCH, PUT]


def test_only_regular_files_are_uploaded_by_path(client: Face, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # nobody writes to it
    for path in (Path("/dev/null"), tmp_path / "pipe"):
        with pytest.raises(InvalidInputError, match="regular file"):
            client.upload_path(path)
    with pytest.raises(IsADirectoryError):
        client.upload_path(tmp_path)
    with pytest.raises(FileNotFoundError):
        client.upload_path(tmp_path / "missing")
