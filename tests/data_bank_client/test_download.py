"""Downloads to the local disk by either client, over connections that are lost."""

import fcntl
import hashlib
import os
import stat
from pathlib import Path

import httpx2
import pytest

from data_bank_client import (
    ConflictError,
    ConnectionFailedError,
    DigestMismatchError,
    InvalidInputError,
    NotFoundError,
    Phase,
    RangeNotSatisfiableError,
    UnexpectedAnswerError,
)
from data_bank_client.partial import partial_path
from data_bank_client.wire.digest import Digest
from tests.data_bank_client.faces import Face
from tests.data_bank_client.fake_bank import FakeBank, Fault, cut_after, lose, respond

CONTENT = hashlib.shake_128(b"content").digest(10_000)
DIGEST = Digest.of(CONTENT)
FILE = DIGEST.hex


@pytest.fixture
def bank() -> FakeBank:
    return FakeBank(CONTENT)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target"


@pytest.fixture
def partial(target: Path) -> Path:
    return partial_path(target, DIGEST)


def ranges(bank: FakeBank) -> list[str | None]:
    return [each.headers.get("Range") for each in bank.requests]


def instead(content: bytes, **headers: str) -> Fault:
    """A whole file of these bytes, under the ETag of the right one."""
    named = {"ETag": DIGEST.etag, "Content_Length": str(len(content))} | headers
    return lambda _: respond(200, content, **named)


def relabelled(**headers: str | None) -> Fault:
    """The right answer with other headers."""

    def spoil(response: httpx2.Response) -> httpx2.Response:
        for name, value in headers.items():
            if value is None:
                del response.headers[name.replace("_", "-")]
            else:
                response.headers[name.replace("_", "-")] = value
        return response

    return spoil


def test_a_file_arrives_and_nothing_else(bank: FakeBank, client: Face, target: Path) -> None:
    assert client.download_to_path(FILE, target) == target
    assert target.read_bytes() == CONTENT
    assert list(target.parent.iterdir()) == [target]
    assert ranges(bank) == [None]


def test_an_empty_file_arrives(client: Face, bank: FakeBank, target: Path) -> None:
    bank.files[Digest.of(b"").hex] = b""
    client.download_to_path(Digest.of(b"").hex, target)
    assert target.read_bytes() == b""


def test_a_file_that_was_there_is_replaced(client: Face, target: Path) -> None:
    target.write_bytes(b"older")
    client.download_to_path(FILE, target)
    assert target.read_bytes() == CONTENT


def test_a_name_of_255_bytes_is_fine(client: Face, tmp_path: Path) -> None:
    target = tmp_path / ("x" * 255)
    client.download_to_path(FILE, target)
    assert target.read_bytes() == CONTENT


def test_a_lost_connection_continues_where_it_stood(
    bank: FakeBank, client: Face, target: Path
) -> None:
    bank.faults = [cut_after(3000), cut_after(2500)]
    client.download_to_path(FILE, target)
    assert target.read_bytes() == CONTENT
    assert ranges(bank) == [None, "bytes=3000-", "bytes=5500-"]
    assert bank.requests[1].headers["If-Range"] == DIGEST.etag


def test_a_partial_file_is_continued_by_the_next_call(
    bank: FakeBank, client: Face, target: Path, partial: Path
) -> None:
    partial.write_bytes(CONTENT[:4000])
    told: list[tuple[Phase, int, int | None]] = []
    client.download_to_path(FILE, target, on_progress=lambda *each: told.append(each))
    assert ranges(bank) == ["bytes=4000-"]
    assert target.read_bytes() == CONTENT
    assert told[0] == (Phase.HASHING, 4000, 4000)
    assert told[-1] == (Phase.RECEIVING, 10_000, 10_000)


def test_without_resume_a_partial_file_is_thrown_away(
    bank: FakeBank, client: Face, target: Path, partial: Path
) -> None:
    partial.write_bytes(CONTENT[:4000])
    client.download_to_path(FILE, target, resume=False)
    assert ranges(bank) == [None]
    assert target.read_bytes() == CONTENT


def test_a_whole_partial_file_is_put_in_place_without_asking(
    bank: FakeBank, client: Face, target: Path, partial: Path
) -> None:
    partial.write_bytes(CONTENT)
    client.download_to_path(FILE, target)
    assert (target.read_bytes(), bank.requests) == (CONTENT, [])


def test_an_answer_of_200_starts_over(
    bank: FakeBank, client: Face, target: Path, partial: Path
) -> None:
    partial.write_bytes(b"wrong" * 100)
    bank.faults = [instead(CONTENT)]
    client.download_to_path(FILE, target)
    assert (target.read_bytes(), len(bank.requests)) == (CONTENT, 1)


def test_a_wrong_partial_file_is_fetched_once_more_from_the_start(
    bank: FakeBank, client: Face, target: Path, partial: Path
) -> None:
    partial.write_bytes(b"\0" * 4000)
    client.download_to_path(FILE, target)
    assert target.read_bytes() == CONTENT
    assert ranges(bank) == ["bytes=4000-", None]


@pytest.mark.parametrize("length", [10_000, 10_001])
@pytest.mark.parametrize("verify_etag", [True, False])
def test_a_partial_file_of_the_full_size_or_longer_ends_in_the_right_file(
    bank: FakeBank, client: Face, target: Path, partial: Path, length: int, verify_etag: bool
) -> None:
    partial.write_bytes((b"\0" * 4000 + CONTENT[4000:] + b"more")[:length])
    client.download_to_path(FILE, target, verify_etag=verify_etag)
    is_trusted = length == 10_000 and not verify_etag
    assert (target.read_bytes() == CONTENT) is not is_trusted
    assert ranges(bank) == [f"bytes={length}-"] + ([] if is_trusted else [None])


def test_wrong_bytes_are_never_put_in_place(bank: FakeBank, client: Face, target: Path) -> None:
    bank.faults = [instead(b"x" * 10_000)]
    with pytest.raises(DigestMismatchError, match="databank put --force"):
        client.download_to_path(FILE, target)
    assert list(target.parent.iterdir()) == []


def test_wrong_bytes_are_wrong_also_after_a_partial_file(
    bank: FakeBank, client: Face, target: Path, partial: Path
) -> None:
    partial.write_bytes(b"\0" * 4000)
    bank.faults = [None, instead(b"x" * 10_000)]
    with pytest.raises(DigestMismatchError):
        client.download_to_path(FILE, target)
    assert (len(bank.requests), list(target.parent.iterdir())) == (2, [])


def test_without_verifying_only_the_length_counts(
    bank: FakeBank, client: Face, target: Path
) -> None:
    bank.faults = [instead(b"x" * 10_000, ETag='W/"changed"')]
    client.download_to_path(FILE, target, verify_etag=False)
    assert target.read_bytes() == b"x" * 10_000


@pytest.mark.parametrize("etag", ['"other"', None])
def test_another_etag_is_refused(
    bank: FakeBank, client: Face, target: Path, etag: str | None
) -> None:
    bank.faults = [relabelled(ETag=etag)]
    with pytest.raises(DigestMismatchError, match="ETag"):
        client.download_to_path(FILE, target)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("headers", "what"),
    [
        ({"Content_Range": "bytes 5000-9999/10000"}, "answered from 5000"),
        ({"Content_Range": "bytes 4000-9999/*"}, "which"),
        ({"Content_Range": "bytes 4000-9999/9000"}, "which"),
        ({"Content_Range": None}, "which"),
        ({"Content_Range": "bytes 4000-4999/10000"}, "more bytes"),
        ({"Content_Encoding": "x-unknown"}, "encoded"),
    ],
)
def test_a_part_that_is_not_the_one_asked_for_is_refused(
    bank: FakeBank,
    client: Face,
    target: Path,
    partial: Path,
    headers: dict[str, str | None],
    what: str,
) -> None:
    partial.write_bytes(CONTENT[:4000])
    bank.faults = [relabelled(**headers)]
    with pytest.raises(UnexpectedAnswerError, match=what):
        client.download_to_path(FILE, target)
    assert partial.exists()


def test_a_part_of_what_was_asked_for_is_taken_and_the_rest_asked_for(
    bank: FakeBank, client: Face, target: Path, partial: Path
) -> None:
    partial.write_bytes(CONTENT[:4000])
    part = {"ETag": DIGEST.etag, "Content_Range": "bytes 4000-5999/10000"}
    bank.faults = [lambda _: respond(206, CONTENT[4000:6000], **part)]
    client.download_to_path(FILE, target)
    assert target.read_bytes() == CONTENT
    assert ranges(bank) == ["bytes=4000-", "bytes=6000-"]


def test_an_answer_that_does_not_say_its_length_is_refused(
    bank: FakeBank, client: Face, target: Path
) -> None:
    bank.faults = [relabelled(Content_Length=None)]
    with pytest.raises(UnexpectedAnswerError, match="how long"):
        client.download_to_path(FILE, target)


def test_a_body_that_ends_early_is_a_lost_connection(
    bank: FakeBank, client: Face, target: Path
) -> None:
    whole = {"ETag": DIGEST.etag, "Content_Length": "10000"}
    bank.faults = [lambda _: respond(200, CONTENT[:6000], **whole)]
    client.download_to_path(FILE, target)
    assert target.read_bytes() == CONTENT
    assert ranges(bank) == [None, "bytes=6000-"]


def test_losses_that_win_no_byte_end_the_download(
    bank: FakeBank, client: Face, target: Path, partial: Path
) -> None:
    def always_from_the_start(_: httpx2.Response) -> httpx2.Response:
        return respond(200, CONTENT, 3000, ETag=DIGEST.etag, Content_Length=str(len(CONTENT)))

    bank.faults = [always_from_the_start] * 20
    with pytest.raises(ConnectionFailedError, match="cable"):
        client.download_to_path(FILE, target)
    assert len(bank.requests) == 6
    assert partial.read_bytes() == CONTENT[:3000]


def test_connections_that_bring_nothing_are_tried_five_times(
    bank: FakeBank, client: Face, target: Path
) -> None:
    bank.faults = [cut_after(0)] * 5
    with pytest.raises(ConnectionFailedError):
        client.download_to_path(FILE, target)
    assert len(bank.requests) == 5
    assert list(target.parent.iterdir()) == []


def test_a_server_that_is_lost_on_the_way_is_tried_five_times(
    bank: FakeBank, client: Face, target: Path, partial: Path
) -> None:
    bank.faults = [cut_after(3000), *[lose] * 20]
    with pytest.raises(ConnectionFailedError, match="nobody there"):
        client.download_to_path(FILE, target)
    assert len(bank.requests) == 1 + 5
    assert partial.read_bytes() == CONTENT[:3000]


def test_of_a_file_that_is_not_there_nothing_is_left(client: Face, target: Path) -> None:
    with pytest.raises(NotFoundError):
        client.download_to_path(Digest.of(b"missing").hex, target)
    assert list(target.parent.iterdir()) == []


def test_a_416_about_nothing_is_an_error(bank: FakeBank, client: Face, target: Path) -> None:
    bank.faults = [lambda _: respond(416, Content_Range="bytes */7")]
    with pytest.raises(RangeNotSatisfiableError) as caught:
        client.download_to_path(FILE, target)
    assert caught.value.size == 7


def test_two_downloads_never_write_one_partial_file(
    bank: FakeBank, client: Face, target: Path, partial: Path
) -> None:
    partial.write_bytes(CONTENT[:4000])
    with partial.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ConflictError, match="another download"):
            client.download_to_path(FILE, target)
    assert (partial.read_bytes(), bank.requests) == (CONTENT[:4000], [])


@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_partial_file_that_was_finished_before_it_was_locked_is_not_written(
    client: Face, target: Path, partial: Path, is_replaced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    partial.write_bytes(CONTENT[:4000])
    real, finished = fcntl.flock, target.with_name("finished by another")

    def finish_first(descriptor: int, operation: int) -> None:
        if not finished.exists():
            partial.replace(finished)
            if is_replaced:
                partial.touch()
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", finish_first)
    client.download_to_path(FILE, target)
    assert (finished.read_bytes(), target.read_bytes()) == (CONTENT[:4000], CONTENT)


def test_a_folder_or_a_device_is_no_target(bank: FakeBank, client: Face, tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        client.download_to_path(FILE, tmp_path)
    with pytest.raises(InvalidInputError, match="regular"):
        client.download_to_path(FILE, Path("/dev/null"))
    with pytest.raises(NotADirectoryError):
        client.download_to_path(FILE, tmp_path / "missing" / "target")
    assert bank.requests == []


def test_a_symbolic_link_in_the_partial_files_place_is_not_followed(
    client: Face, target: Path, partial: Path
) -> None:
    partial.symlink_to(target.with_name("victim"))
    with pytest.raises(OSError, match="symbolic"):
        client.download_to_path(FILE, target)


def test_a_file_that_has_another_name_too_is_not_written(
    bank: FakeBank, client: Face, target: Path, partial: Path
) -> None:
    victim = target.with_name("victim")
    victim.write_bytes(b"precious")
    partial.hardlink_to(victim)
    with pytest.raises(ConflictError, match=str(partial)):
        client.download_to_path(FILE, target)
    assert (victim.read_bytes(), bank.requests) == (b"precious", [])


@pytest.mark.timeout(20)
def test_a_pipe_in_the_partial_files_place_is_refused_and_stays(
    client: Face, target: Path, partial: Path
) -> None:
    os.mkfifo(partial)
    with pytest.raises(ConflictError, match=str(partial)):
        client.download_to_path(FILE, target)
    assert partial.is_fifo()


def owned_by(status: os.stat_result, owner: int) -> os.stat_result:
    return os.stat_result([*status[: stat.ST_UID], owner, *status[stat.ST_UID + 1 :]])


def test_a_partial_file_of_another_user_is_not_continued(
    client: Face, target: Path, partial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partial.write_bytes(CONTENT[:4000])
    real = os.fstat
    monkeypatch.setattr(os, "fstat", lambda file: owned_by(real(file), os.geteuid() + 1))
    with pytest.raises(ConflictError, match=str(partial)):
        client.download_to_path(FILE, target)
    assert partial.read_bytes() == CONTENT[:4000]


def test_where_all_belongs_to_the_folders_owner_a_partial_file_is_continued(
    bank: FakeBank, client: Face, target: Path, partial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partial.write_bytes(CONTENT[:4000])
    somebody_else = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody_else)
    client.download_to_path(FILE, target)
    assert (target.read_bytes(), ranges(bank)) == (CONTENT, ["bytes=4000-"])


def test_a_full_disk_is_an_os_error_and_keeps_what_arrived(
    bank: FakeBank, client: Face, target: Path, partial: Path
) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3500, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            client.download_to_path(FILE, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert partial.read_bytes() == CONTENT[:3500]
    client.download_to_path(FILE, target)
    assert (target.read_bytes(), os.listdir(target.parent)) == (CONTENT, ["target"])
