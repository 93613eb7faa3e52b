"""What a bank tells of its catalog of datasets, for a JobBank's `kept`."""

from collections.abc import Callable, Sequence

import httpx2
import msgspec

from data_bank_client.wire.catalog import (
    CatalogJobAnswer,
    DatasetAnswer,
    DatasetPage,
    FileUrl,
    ImpactMetrics,
    ImpactSteps,
    ImpactThresholds,
)
from tests.data_bank_client.fake_bank import respond
from tests.data_bank_client.fake_jobs import AT, JOB

DATASETS = "/api/datasets"
REFRESH_TOLD = CatalogJobAnswer(job_id=JOB, status="queued", message="refresh: queued")
THRESHOLDS = ImpactThresholds(
    size_bytes=ImpactSteps(high=10 << 30, medium=1 << 30, low=100 << 20),
    downloads=ImpactSteps(high=100_000, medium=10_000, low=1000),
    likes=ImpactSteps(high=1000, medium=100, low=10),
)


def dataset(dataset_id: str = "org/data", downloads: int = 12_345) -> DatasetAnswer:
    return DatasetAnswer(
        id=dataset_id,
        author=dataset_id.partition("/")[0],
        description="\n\tA card.\n",
        tags=["license:mit", "language:en"],
        downloads=downloads,
        likes=3,
        size_bytes=1234,
        last_modified=AT,
        created_at=None,
        gated=False,
        private=False,
        disabled=False,
        sha="c" * 40,
        impact="medium",
        impact_method="downloads",
        impact_metrics=ImpactMetrics(size_bytes=1234, downloads=downloads, likes=3),
        impact_thresholds=THRESHOLDS,
    )


def of_size(dataset_id: str, size_bytes: int | None) -> DatasetAnswer:
    """A dataset of this size, and of no other merit."""
    told = dataset(dataset_id, downloads=0)
    told["size_bytes"] = told["impact_metrics"]["size_bytes"] = size_bytes
    told["impact"], told["impact_method"] = "high", "large_size"
    if size_bytes is None:
        told["impact"] = "not_available"
        told["impact_method"] = "size_and_downloads_and_likes_unknown"
    return told


def page(
    items: Sequence[DatasetAnswer], total: int | None = None, *, warming_up: bool = False
) -> DatasetPage:
    return DatasetPage(
        total=len(items) if total is None else total,
        current_page=1,
        total_pages=1,
        next_page=None,
        prev_page=None,
        items=list(items),
        warming_up=warming_up,
    )


def listing(*items: DatasetAnswer) -> Callable[[httpx2.Request], httpx2.Response]:
    """A catalog of these, of which it gives what the limit and offset say."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked = request.url.params
        start = int(asked["offset"])
        found = page(items[start : start + min(int(asked["limit"]), 2)], len(items))
        return respond(200, msgspec.json.encode(found), Content_Type="application/json")

    return answer


def file_url(url: str, file_id: str | None = None) -> FileUrl:
    until = None if file_id is None else AT
    return FileUrl(url=url, filename="a b.csv", revision="main", file_id=file_id, expires_at=until)
