"""What is stored has the digest that it is said to have."""

from hashlib import sha256
from pathlib import Path

from benchmarks.options import SMALL_BYTES
from benchmarks.samples import LargeFile, SmallFiles


def test_a_small_file_is_told_by_its_number_and_its_seed() -> None:
    files = SmallFiles("a seed")
    assert len(files.content(7)) == SMALL_BYTES
    assert files.digest(7) == sha256(files.content(7)).hexdigest()
    assert SmallFiles("a seed").digest(7) == files.digest(7)
    assert len({files.digest(7), files.digest(8), SmallFiles("another").digest(7)}) == 3


def test_a_stamp_makes_a_large_file_another_of_the_same_size(tmp_path: Path) -> None:
    large = LargeFile(tmp_path / "large", 3_000_000)
    first = large.digest
    assert first == sha256(large.path.read_bytes()).hexdigest()
    second = large.stamp()
    assert first != second == sha256(large.path.read_bytes()).hexdigest()
    assert large.path.stat().st_size == 3_000_000
