"""A contestant that serves files over HTTP, as the works see it."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.load.http import http
from benchmarks.samples import Sample


@dataclass(frozen=True, slots=True)
class Peer:
    """A running server. `lies_at` is where a stored file is on the disk, by its digest."""

    name: str
    address: str
    prefix: str  # a file's path is this and its digest
    pid: int
    lies_at: Callable[[str], Path]
    headers: Mapping[str, str] = field(default_factory=dict)
    # Where PUT goes, for one whose address must be asked for first.
    begin: Callable[[str], str] | None = None
    script: str = "put.lua"
    script_path: str = ""

    def url(self, digest: str) -> str:
        return f"{self.address}{self.prefix}{digest}"

    def put_url(self, digest: str) -> str:
        return self.url(digest) if self.begin is None else self.begin(digest)

    def store(self, sample: Sample) -> None:
        """Raises BenchmarkError."""
        url = self.put_url(sample.digest)
        answer = http().put(url, content=sample.content, headers=self._sent())
        if answer.status_code not in {200, 201, 204}:
            raise BenchmarkError(f"{self.name} answered a PUT with {answer.status_code}")

    def _sent(self) -> dict[str, str]:
        return {**self.headers, "Content-Type": "application/octet-stream"}

    def store_all(self, samples: list[Sample]) -> None:
        with ThreadPoolExecutor(8) as pool:
            for _ in pool.map(self.store, samples):
                pass

    def check(self, digest: str) -> None:
        """That it gives back exactly the file. Raises BenchmarkError."""
        hashed = sha256()
        with http().stream("GET", self.url(digest), headers=self.headers) as answer:
            for chunk in answer.iter_raw():
                hashed.update(chunk)
        if answer.status_code != 200 or hashed.hexdigest() != digest:
            raise BenchmarkError(
                f"{self.name} did not give back what was stored (status {answer.status_code})"
            )

    @contextmanager
    def forgetting(self, digest: str) -> Iterator[None]:
        """What is stored within is removed from the disk afterwards."""
        try:
            yield
        finally:
            self.lies_at(digest).unlink(missing_ok=True)
