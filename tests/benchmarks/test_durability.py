"""What strace says, in words."""

from benchmarks.durability import describe, synced_paths

TRACE = """\
71 fsync(9</data/tmp/1f2e>) = 0
72 fdatasync(11</data/ab/cd> <unfinished ...>
72 <... fdatasync resumed>)             = 0
73 write(3</data/fsync>, "x", 1) = 1
"""


def test_the_paths_that_were_synced_are_read_from_a_trace() -> None:
    assert synced_paths(TRACE) == ["/data/tmp/1f2e", "/data/ab/cd"]


def test_syncing_files_and_folders_is_durable() -> None:
    assert "is durable:" in describe("A", files=2, folders=1)


def test_syncing_files_alone_is_durable_in_part() -> None:
    assert "durable in part" in describe("A", files=2, folders=0)


def test_syncing_nothing_is_not_durable() -> None:
    assert "is not durable" in describe("A", files=0, folders=0)
