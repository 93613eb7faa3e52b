"""Files from a stand-in Hub on real sockets into a bank on the disk, with all that goes wrong."""

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from errno import EIO
from itertools import count
from pathlib import Path

import pytest

from data_bank_api.blobs.disk.system import System
from data_bank_api.hub.byte_budget import ByteBudget
from data_bank_api.hub.expected import Expected, GitSha1, Sha256
from data_bank_api.hub.halt import DownloadStoppedError
from data_bank_api.hub.located import Located, Rest
from data_bank_api.hub.rate_limit import LONGEST_PAUSE
from data_bank_api.hub.syncing import Syncing
from data_bank_api.hub.transfer_meter import Transfer
from data_bank_client.errors import (
    DataBankClientError,
    DigestMismatchError,
    ExternalServiceError,
    ForbiddenError,
    InsufficientStorageClientError,
    NotFoundError,
    RateLimitError,
)
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo
from tests.fakes.hub import faults
from tests.fakes.hub.downloading import LARGE, PART, REPOSITORY, Site, content_of, site
from tests.fakes.hub.faults import Fault, Respond
from tests.fakes.hub.messages import Answer, Request, Stall
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.running_bank import until

WEIGHTS, PLAIN, SMALL = content_of(LARGE), content_of(LARGE, 8), content_of(5000, 9)
FILES = {"a.bin": WEIGHTS, "plain.dat": PLAIN, "small.json": SMALL, "small.bin": SMALL, "no": b""}
GIB = 1 << 30


def expected_of(path: str) -> Expected:
    content = FILES[path]
    if path.endswith(".bin"):
        return Sha256(Digest.of(content))
    return GitSha1(hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest(), len(content))


@pytest.fixture
def here(stand_in_hub: StandInHub, tmp_path: Path) -> Iterator[Site]:
    repository = stand_in_hub.add(RepoSpec(REPOSITORY, FILES))
    with site(tmp_path, stand_in_hub.endpoint, repository.head) as found:
        yield found
    threads = [each.name for each in threading.enumerate()]
    assert [name for name in threads if name.startswith(("hub-file", "hub-part"))] == []


def get(here: Site, path: str = "a.bin") -> FileInfo:
    return here.fetch(path, len(FILES[path]), expected_of(path))


def moved(hub: StandInHub) -> int:
    """Once every answer has ended."""
    until(lambda: all(each.ended < float("inf") for each in hub.requests))
    return hub.requests.content_bytes


def is_whole(here: Site, path: str = "a.bin") -> bool:
    return here.stored(Digest.of(FILES[path])) == FILES[path]


# Well.


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_stored_and_each_byte_moves_once(
    here: Site, stand_in_hub: StandInHub, path: str
) -> None:
    info = get(here, path)
    assert (info.digest, info.size) == (Digest.of(FILES[path]), len(FILES[path]))
    assert is_whole(here, path)
    assert moved(stand_in_hub) == len(FILES[path])
    assert here.spools == []


def test_a_large_file_comes_by_ranges_and_a_small_one_without(
    here: Site, stand_in_hub: StandInHub
) -> None:
    get(here)
    ranges = [each.range for each in stand_in_hub.requests.of("storage")]
    assert sorted(str(each) for each in ranges) == sorted(
        f"bytes={at}-{min(at + PART, LARGE) - 1}" for at in range(0, LARGE, PART)
    )
    stand_in_hub.requests.clear()
    get(here, "small.bin")
    assert [each.range for each in stand_in_hub.requests.of("storage")] == [None]


def test_an_empty_file_is_not_asked_for(here: Site, stand_in_hub: StandInHub) -> None:
    get(here, "no")
    assert len(stand_in_hub.requests) == 0


def test_progress_is_told_in_the_calling_thread_up_to_the_end(here: Site) -> None:
    told: list[tuple[Transfer, threading.Thread]] = []
    here.fetch(
        "a.bin",
        LARGE,
        expected_of("a.bin"),
        on_progress=lambda transfer: told.append((transfer, threading.current_thread())),
    )
    assert {thread for _, thread in told} == {threading.current_thread()}
    last = told[-1][0]
    assert (last.done, last.size, last.moved) == (LARGE, LARGE, LARGE)


def test_what_the_bank_has_moves_no_byte(here: Site, stand_in_hub: StandInHub) -> None:
    first = get(here)
    stand_in_hub.requests.clear()
    assert get(here) == first
    assert len(stand_in_hub.requests) == 0
    assert here.spools == []


def test_two_who_fetch_one_file_move_it_once(here: Site, stand_in_hub: StandInHub) -> None:
    stand_in_hub.faults.add("storage", faults.slow(LARGE))
    with ThreadPoolExecutor(2) as pool:
        infos = list(pool.map(lambda _: get(here), range(2)))
    assert infos[0] == infos[1]
    assert moved(stand_in_hub) == LARGE


def test_the_bytes_in_flight_of_all_files_fit_the_budget(
    here: Site, stand_in_hub: StandInHub
) -> None:
    narrow = replace(here, downloader=replace(here.downloader, budget=ByteBudget(2 * PART)))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda path: get(narrow, path), ["a.bin", "plain.dat"]))
    assert stand_in_hub.requests.most_at_once("storage") <= 2
    assert is_whole(here)
    assert is_whole(here, "plain.dat")


def test_no_token_is_sent_to_the_storage(here: Site, stand_in_hub: StandInHub) -> None:
    get(here)
    assert stand_in_hub.requests.token_hosts == set()


# What passes.


def chunked(change: Fault) -> Fault:
    """Without a Content-Length."""
    return lambda request, respond: replace(change(request, respond), is_chunked=True)


PASSING: dict[str, tuple[Fault, int]] = {
    "dropped": (faults.drop(after=70_000), 6),
    "dropped at once": (faults.drop(), 2),
    "reset": (faults.drop(after=70_000, is_reset=True), 6),
    "hung up": (faults.hang_up(), 2),
    "longer": (faults.longer(b"more"), 2),
    "longer, in chunks": (chunked(faults.longer(b"more")), 2),
    "shorter, in chunks": (chunked(faults.shorter(9)), 2),
    "500": (faults.status(500), 2),
    "503 with a pause": (faults.status(503, {"Retry-After": "1"}), 1),
    "rate limited": (faults.rate_limited(1), 1),
    "expired": (faults.expired(), 2),
    "401": (faults.status(401), 1),
    "410": (faults.status(410), 1),
    "redirected": (faults.redirect("http://127.0.0.1:1/elsewhere"), 2),
    "shorter": (faults.shorter(10), 2),
    "too short for its length": (faults.wrong_length(PART + 9), 2),
    "another range": (faults.other_range(), 1),
    "no range named": (faults.header("Content-Range", "bytes"), 1),
    "encoded": (faults.header("Content-Encoding", "gzip"), 2),
    "another size": (faults.header("Content-Range", f"bytes 0-9/{LARGE + 1}"), 1),
    "416": (faults.status(416), 1),
    "another ETag": (faults.header("ETag", '"changed"'), 1),
    "the whole": (faults.no_range(), 1),
    "a wrong byte": (faults.wrong_byte(at=PART + 5), 2),
}


@pytest.mark.parametrize("name", PASSING)
@pytest.mark.parametrize("skip", [0, 3])
def test_what_passes_is_overcome(
    here: Site, stand_in_hub: StandInHub, name: str, skip: int
) -> None:
    fault, times = PASSING[name]
    stand_in_hub.faults.add("storage", fault, times=times, skip=skip)
    get(here)
    assert is_whole(here)
    assert here.spools == []


@pytest.mark.parametrize(
    "name", ["dropped at once", "500", "expired", "shorter", "longer", "hung up", "encoded"]
)
def test_what_passes_is_overcome_for_small_files_too(
    here: Site, stand_in_hub: StandInHub, name: str
) -> None:
    fault, times = PASSING[name]
    stand_in_hub.faults.add("storage", fault, times=times)
    get(here, "small.bin")
    assert is_whole(here, "small.bin")


def test_what_came_before_a_drop_does_not_come_again(here: Site, stand_in_hub: StandInHub) -> None:
    stand_in_hub.faults.add("storage", faults.drop(after=PART // 2), times=5)
    get(here)
    # A connection that ends badly may take with it what was on its way.
    assert LARGE <= moved(stand_in_hub) < LARGE + 5 * PART // 2


def test_an_address_that_expires_in_the_middle_is_asked_for_once_more(
    here: Site, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.faults.add(
        "storage", faults.before(stand_in_hub.signatures.expire), skip=5, times=1
    )
    get(here)
    assert is_whole(here)
    assert 2 <= len(stand_in_hub.requests.of("resolve")) <= 6


def test_a_link_that_was_cut_is_gone_on_with_when_it_is_back(
    here: Site, stand_in_hub: StandInHub
) -> None:
    stall = Stall(PART // 2)
    stand_in_hub.faults.add("storage", faults.stall(stall), skip=5, times=1)
    patient = replace(here.downloader.patience, tries=100, pauses=(0.1,))
    here = replace(here, downloader=replace(here.downloader, patience=patient))
    with ThreadPoolExecutor(1) as pool:
        fetched = pool.submit(get, here)
        assert stall.is_reached.wait(60)
        stand_in_hub.cut()
        assert not fetched.done()
        stand_in_hub.restore()
        fetched.result()
    assert is_whole(here)


def test_a_host_without_ranges_gives_the_whole_in_one_go(
    here: Site, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.faults.add("storage", faults.no_range())
    get(here)
    assert is_whole(here)
    assert stand_in_hub.requests.of("storage")[-1].range is None


def test_a_whole_that_drops_is_begun_anew(here: Site, stand_in_hub: StandInHub) -> None:
    stand_in_hub.faults.add("storage", faults.no_range())
    is_whole_asked = count()

    def drop_first_whole(request: Request, respond: Respond) -> Answer:
        if request.range is None and next(is_whole_asked) == 0:
            return replace(respond(request), drop_after=5 * PART)
        return respond(request)

    stand_in_hub.faults.add("storage", drop_first_whole)
    get(here)
    assert is_whole(here)


def test_a_file_that_changes_at_the_hub_is_begun_anew(here: Site, stand_in_hub: StandInHub) -> None:
    calls = count()

    def locate(_: Rest) -> Located:
        found = here.locate("a.bin")
        return replace(found, etag="old" if next(calls) == 0 else found.etag)

    stand_in_hub.faults.add("storage", faults.expired(), skip=6, times=1)
    here.fetch("a.bin", LARGE, expected_of("a.bin"), locate=locate)
    assert is_whole(here)
    assert moved(stand_in_hub) > LARGE


def test_a_small_file_may_change_between_two_tries(here: Site, stand_in_hub: StandInHub) -> None:
    def other_etag(request: Request, respond: Respond) -> Answer:
        return replace(faults.header("ETag", '"old"')(request, respond), drop_after=9)

    stand_in_hub.faults.add("storage", other_etag, times=1)
    get(here, "small.bin")
    assert is_whole(here, "small.bin")


def test_a_few_bytes_with_each_try_do_not_go_on_for_ever(
    here: Site, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.faults.add("storage", faults.drop(after=6))
    with pytest.raises(ExternalServiceError, match="lost"):
        get(here)


def test_a_busy_hub_is_asked_again(here: Site, stand_in_hub: StandInHub) -> None:
    stand_in_hub.faults.add("resolve", faults.status(500), times=1)
    stand_in_hub.faults.add("resolve", faults.rate_limited(1), times=1)
    get(here)
    assert is_whole(here)


# What does not.

LASTING: dict[str, tuple[Fault, type[DataBankClientError]]] = {
    "dropped": (faults.drop(), ExternalServiceError),
    "500": (faults.status(500), ExternalServiceError),
    "expired": (faults.expired(), ExternalServiceError),
    "404": (faults.status(404), NotFoundError),
    "rate limited": (faults.rate_limited(300), RateLimitError),
    "encoded": (faults.header("Content-Encoding", "gzip"), ExternalServiceError),
    "a wrong byte": (faults.wrong_byte(at=4000), DigestMismatchError),
    "shorter": (faults.shorter(LARGE), ExternalServiceError),
    "instead": (faults.instead(b"<html>"), ExternalServiceError),
    "longer": (faults.longer(b"x" * LARGE), ExternalServiceError),
}
LASTING_OF_LARGE: dict[str, tuple[Fault, type[DataBankClientError]]] = {
    "416": (faults.status(416), ExternalServiceError),
    "another size": (faults.header("Content-Range", "bytes 0-9/10"), ExternalServiceError),
}


@pytest.mark.parametrize("path", ["a.bin", "small.bin"])
@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_told_and_nothing_is_stored(
    here: Site, stand_in_hub: StandInHub, name: str, path: str
) -> None:
    fault, kind = LASTING[name]
    stand_in_hub.faults.add("storage", fault)
    with pytest.raises(kind) as raised:
        get(here, path)
    assert type(raised.value) is kind
    assert here.files == []
    assert here.spools == []  # of nothing that could be gone on with


@pytest.mark.parametrize("name", LASTING_OF_LARGE)
def test_what_lasts_of_ranges_is_told(here: Site, stand_in_hub: StandInHub, name: str) -> None:
    fault, kind = LASTING_OF_LARGE[name]
    stand_in_hub.faults.add("storage", fault)
    with pytest.raises(kind):
        get(here)
    assert here.files == []


def test_an_etag_that_changes_all_the_time_is_given_up(
    here: Site, stand_in_hub: StandInHub
) -> None:
    numbers = count()

    def change(request: Request, respond: Respond) -> Answer:
        return faults.header("ETag", f'"{next(numbers)}"')(request, respond)

    stand_in_hub.faults.add("storage", change)
    with pytest.raises(ExternalServiceError, match="again and again"):
        get(here)


def test_who_is_asked_to_wait_for_long_is_told_how_long(
    here: Site, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.faults.add("storage", faults.rate_limited(300))
    with pytest.raises(RateLimitError) as raised:
        get(here)
    assert raised.value.retry_after == 300.0


def test_wrong_bytes_are_thrown_away_and_fetched_once_more(
    here: Site, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.faults.add("storage", faults.wrong_byte(at=LARGE - 1))
    with pytest.raises(DigestMismatchError):
        get(here)
    assert moved(stand_in_hub) == 2 * LARGE
    assert here.spools == here.files == []


def test_a_git_file_with_wrong_bytes_is_refused(here: Site, stand_in_hub: StandInHub) -> None:
    for kind in ("resolve", "content"):
        stand_in_hub.faults.add(kind, faults.wrong_byte(at=77))
    for path in ("plain.dat", "small.json"):
        with pytest.raises(DigestMismatchError, match="git"):
            get(here, path)
    assert here.files == []


def test_a_file_of_another_size_than_listed_is_refused_before_a_byte_moves(
    here: Site, stand_in_hub: StandInHub
) -> None:
    with pytest.raises(DigestMismatchError, match="another size"):
        here.fetch("a.bin", LARGE + 1, expected_of("a.bin"))
    assert moved(stand_in_hub) == 0
    assert here.spools == []


def test_the_hubs_refusal_is_told_at_once(here: Site) -> None:
    def locate(_: Rest) -> Located:
        raise ForbiddenError("gated")

    with pytest.raises(ForbiddenError, match="gated"):
        here.fetch("a.bin", LARGE, expected_of("a.bin"), locate=locate)


def test_an_error_leaves_what_had_come_for_the_next_call(
    here: Site, stand_in_hub: StandInHub
) -> None:
    stand_in_hub.faults.add("storage", faults.drop(), skip=6)
    with pytest.raises(ExternalServiceError):
        get(here)
    before = moved(stand_in_hub)
    assert before > 0
    assert len(here.spools) == 2
    stand_in_hub.faults.clear()
    get(here)
    assert moved(stand_in_hub) == LARGE
    assert is_whole(here)


# Room.


def test_without_room_for_the_spool_no_byte_moves(
    stand_in_hub: StandInHub, here: Site, tmp_path: Path
) -> None:
    full = replace(here, downloader=replace(here.downloader, min_free=1 << 60))
    with pytest.raises(InsufficientStorageClientError):
        get(full)
    assert moved(stand_in_hub) == 0
    assert here.spools == []


def test_without_room_for_a_small_file_nothing_is_left(
    stand_in_hub: StandInHub, here: Site
) -> None:
    with pytest.raises(InsufficientStorageClientError):
        here.fetch("small.bin", len(SMALL), expected_of("small.bin"), min_free=1 << 60)
    assert here.spools == here.files == []
    assert moved(stand_in_hub) in (0, len(SMALL))


def test_a_large_file_takes_its_room_once(here: Site) -> None:
    info = here.fetch("a.bin", LARGE, expected_of("a.bin"), min_free=1 << 60)
    assert here.stored(info.digest) == WEIGHTS


class UnsyncedSystem(System):
    """The data of a large file cannot be brought to the disk."""

    def fsync(self, fd: int) -> None:
        if os.fstat(fd).st_size == LARGE:
            raise OSError(EIO, "as the test wants it")
        super().fsync(fd)


@pytest.mark.parametrize("every", [0.0, 1e9])
@pytest.mark.parametrize("is_whole_sent", [False, True])
def test_what_cannot_be_synced_is_thrown_away_also_when_all_of_it_has_come(
    here: Site, stand_in_hub: StandInHub, every: float, is_whole_sent: bool
) -> None:
    if is_whole_sent:
        stand_in_hub.faults.add("storage", faults.no_range())
    broken = replace(here.downloader, system=UnsyncedSystem(), syncing=Syncing(every=every))
    with pytest.raises(OSError, match="as the test wants it"):
        get(replace(here, downloader=broken))
    assert here.spools == here.files == []
    get(here)
    assert is_whole(here)


# Stopped.


@pytest.mark.parametrize("at", [0, 1, PART // 2])
def test_a_download_that_is_over_stops_and_the_next_goes_on(
    here: Site, stand_in_hub: StandInHub, at: int
) -> None:
    stalls = [Stall(at) for _ in range(4)]
    for number, stall in enumerate(stalls):
        stand_in_hub.faults.add("storage", faults.stall(stall), skip=4 + number, times=1)
    with pytest.raises(DownloadStoppedError):
        here.fetch(
            "a.bin",
            LARGE,
            expected_of("a.bin"),
            is_over=lambda: all(stall.is_reached.is_set() for stall in stalls),
        )
    for stall in stalls:
        stall.may_go_on.set()
    assert here.files == []
    stand_in_hub.requests.clear()
    stand_in_hub.faults.clear()
    get(here)
    assert is_whole(here)
    assert moved(stand_in_hub) < LARGE


def test_a_silent_host_holds_up_no_stop(here: Site, stand_in_hub: StandInHub) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def hold() -> None:
        asked.set()
        may_answer.wait(60)

    stand_in_hub.faults.add("storage", faults.before(hold))
    with pytest.raises(DownloadStoppedError):
        here.fetch("small.bin", len(SMALL), expected_of("small.bin"), is_over=asked.is_set)
    assert not may_answer.is_set()
    may_answer.set()


def test_a_hub_with_no_requests_left_holds_up_no_stop(here: Site) -> None:
    asked = threading.Event()

    def locate(rest: Rest) -> Located:
        asked.set()
        rest(LONGEST_PAUSE)
        raise AssertionError

    began = time.monotonic()
    for path, size in (("a.bin", LARGE), ("small.bin", len(SMALL))):
        asked.clear()
        with pytest.raises(DownloadStoppedError):
            here.fetch(path, size, expected_of(path), locate=locate, is_over=asked.is_set)
    assert time.monotonic() - began < LONGEST_PAUSE / 2


class EndedError(BaseException):
    """As RunEnded is."""


def test_what_is_raised_in_the_calling_thread_ends_all_others(
    here: Site, stand_in_hub: StandInHub
) -> None:
    stall = Stall(PART // 2)
    stand_in_hub.faults.add("storage", faults.stall(stall))

    def end(_: Transfer) -> None:
        if stall.is_reached.is_set():
            raise EndedError

    with pytest.raises(EndedError):
        here.fetch("a.bin", LARGE, expected_of("a.bin"), on_progress=end)
    stall.may_go_on.set()
    assert here.files == []


def test_who_waits_for_another_process_can_be_stopped(here: Site, stand_in_hub: StandInHub) -> None:
    stall = Stall(PART // 2)
    stand_in_hub.faults.add("storage", faults.stall(stall))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(get, here)
        assert stall.is_reached.wait(60)
        with pytest.raises(DownloadStoppedError):
            here.fetch("a.bin", LARGE, expected_of("a.bin"), is_over=lambda: True)
        stand_in_hub.faults.clear()
        stall.may_go_on.set()
        first.result()
    assert is_whole(here)
