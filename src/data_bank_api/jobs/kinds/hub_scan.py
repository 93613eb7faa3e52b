"""`hub.scan`: files of a folder of the server's disk come into the bank, and are registered.

The result tells what was taken and what was skipped; `result_id` is the manifest, a file that has
each path with its digest.
"""

from typing import ClassVar

import msgspec

from data_bank_api.auth.scope import Scope
from data_bank_api.hub.publisher import Published
from data_bank_api.hub.scan import Scanner, ScanOutcome
from data_bank_api.hub.scan_path import ScanPath
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.work import Work
from data_bank_client.wire.jobs import JobResult

SNAPSHOTS_TOLD = 100


class HubScan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`path` is relative to one of SCAN_ROOTS, or absolute below one."""

    name: ClassVar[str] = "hub.scan"
    scope: ClassVar[Scope] = Scope.UPLOAD

    path: str

    def __post_init__(self) -> None:
        ScanPath.parse(self.path)

    def run(self, shop: Shop, work: Work) -> JobResult:
        scanner = Scanner(shop.database, shop.store, shop.receiver, shop.scan_roots, shop.clock)
        return _result_of(scanner.scan(ScanPath.parse(self.path), work))


def _result_of(outcome: ScanOutcome) -> JobResult:
    return JobResult(
        result_id=outcome.manifest.digest.hex,
        result_bytes=outcome.manifest.size,
        details={
            "folder": outcome.folder,
            **outcome.tally.summary(),
            "skipped": outcome.skips.tell(),
            "snapshots": [_describe(each) for each in outcome.published[:SNAPSHOTS_TOLD]],
        },
    )


def _describe(published: Published) -> dict[str, object]:
    return {
        "repo_type": published.name.repo_type,
        "repo_id": published.name.repo_id,
        "commit": published.snapshot.commit,
        "manifest": published.snapshot.manifest.hex,
    }
