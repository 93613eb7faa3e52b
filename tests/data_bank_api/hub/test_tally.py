"""How far a download is, in files, in bytes and in bytes a second."""

from data_bank_api.hub.artifact import Artifact, Sum
from data_bank_api.hub.tally import Tally
from data_bank_api.hub.transfer_meter import Transfer
from tests.fakes.clock import Seconds
from tests.fakes.hub_in_memory import lfs


def artifact(name: str, size: int) -> Artifact:
    file = lfs("x" * size).listed_as(name)
    return Artifact(name, "r", file, "other", None, None, "c" * 40, "downloading", None, None)


def test_bytes_on_their_way_count_and_those_that_failed_do_not() -> None:
    a, b = artifact("a", 60), artifact("b", 40)
    tally = Tally(Sum(3, 200), Seconds())
    tally.held += Sum(1, 100)
    tally.follow(a, Transfer(30, 60, 10, 1.0))
    tally.follow(b, Transfer(40, 40, 40, 1.0))
    assert (tally.done, tally.moved, tally.percent) == (Sum(1, 170), 50, 85)
    tally.land(a, is_stored=False)
    tally.land(b, is_stored=True)
    assert (tally.done, tally.moved, tally.percent) == (Sum(2, 140), 50, 70)


def test_the_rate_is_that_of_the_last_seconds() -> None:
    clock, a = Seconds(), artifact("a", 10**6)
    tally = Tally(Sum(1, 10**6), clock)
    assert tally.rate() == 0
    for moved in (100, 200, 300):
        clock.now += 4
        tally.follow(a, Transfer(moved, 10**6, moved, 1.0))
        tally.rate()
    assert tally.rate() == 25
    clock.now += 100
    assert tally.rate() == 0
    words, numbers = tally.tell()
    assert words == "0 of 1 files, 0 kB/s"
    assert numbers == {
        "files": 0,
        "files_total": 1,
        "files_failed": 0,
        "bytes": 300,
        "bytes_total": 10**6,
        "bytes_per_second": 0,
    }


def test_empty_files_are_counted_one_by_one_and_it_is_never_more_than_all() -> None:
    tally = Tally(Sum(2, 0), Seconds())
    tally.land(artifact("a", 0), is_stored=True)
    assert tally.percent == 50
    full = Tally(Sum(1, 10), Seconds())
    full.held += Sum(2, 20)  # listed anew since it was counted
    assert full.percent == 100
    assert Tally(Sum(), Seconds()).percent == 0
