"""How far a repository is fetched: what the bank has of it, and what there is of it in all."""

from collections.abc import Mapping
from dataclasses import dataclass

from data_bank_client.wire.hub import ArtifactStatus, HubSum


@dataclass(frozen=True, slots=True)
class Fetched:
    """`files` and `bytes` are there, `of_files` and `of_bytes` are listed, `failed` files are
    those that could not be fetched."""

    files: int
    bytes: int
    of_files: int
    of_bytes: int
    failed: int

    @property
    def is_whole(self) -> bool:
        return self.files == self.of_files

    @property
    def percent(self) -> float:
        """Of the bytes; of the files, where all of them are empty."""
        if self.is_whole:
            return 100.0 if self.of_files else 0.0
        done, all_ = (self.bytes, self.of_bytes) if self.of_bytes else (self.files, self.of_files)
        return 100 * done / all_


def fetched(artifacts: Mapping[ArtifactStatus, HubSum]) -> Fetched:
    done, sums = artifacts["completed"], artifacts.values()
    return Fetched(
        files=done["files"],
        bytes=done["bytes"],
        of_files=sum(each["files"] for each in sums),
        of_bytes=sum(each["bytes"] for each in sums),
        failed=artifacts["failed"]["files"],
    )
