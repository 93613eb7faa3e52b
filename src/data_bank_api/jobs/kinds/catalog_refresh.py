"""`catalog.refresh`: brings the catalog up to date with the Hub.

    full    true: all that the Hub lists; false: what changed since the last refresh; null: all of
            it where there is no catalog, or none of the last CATALOG_FULL_DAYS days; then what
            changed comes first, so that the catalog is fresh also if a crawl is refused
    force   a catalog of far fewer datasets than the last one is taken for true

It is asked for once an hour where there is a token. Cut off, the next run goes on where it ended.
"""

from typing import ClassVar

import msgspec

from data_bank_api.auth.scope import Scope
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.work import Work
from data_bank_client.wire.jobs import JobResult


class CatalogRefresh(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: ClassVar[str] = "catalog.refresh"
    scope: ClassVar[Scope] = Scope.UPLOAD

    full: bool | None = None
    force: bool = False

    def run(self, shop: Shop, work: Work) -> JobResult:
        with shop.refresher() as refresher:
            done = refresher.refresh(work, work.job.job_id, full=self.full, force=self.force)
        details: dict[str, object] = {
            "full": done.is_full,
            "total_items": done.total,
            "changed": done.changed,
            "pages": done.pages,
            "skipped": done.skipped,
        }
        return JobResult(result_id=None, result_bytes=0, details=details)
