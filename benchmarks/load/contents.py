"""New small contents for a run of wrk, in the files that contents.lua reads."""

from pathlib import Path

from benchmarks.samples import SmallFiles

# More than any contestant stores in a second.
PER_SECOND = 40_000


class Contents:
    """Numbers that run on from one run to the next: nothing is sent twice."""

    def __init__(self, folder: Path, seed: str) -> None:
        self.files = SmallFiles(seed)
        self.name = folder / "contents"
        self.first = 0  # number of the first one of the last run
        self._next = 0
        Path(f"{self.name}.beginning").write_bytes(self.files.beginning)

    def renew(self, seconds: int) -> None:
        """As many as `seconds` can take."""
        self.first, self._next = self._next, self._next + PER_SECOND * seconds
        lines = [f"{digest}\n" for digest in self.files.digests(range(self.first, self._next))]
        Path(f"{self.name}.digests").write_text("".join(lines))
        Path(f"{self.name}.start").write_text(str(self.first))
