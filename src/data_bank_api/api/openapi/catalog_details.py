"""What the types of the catalog cannot say of their fields; see schemas.py."""

from data_bank_api.api.openapi.description import Schema
from data_bank_client.wire.catalog import (
    CacheStatus,
    CatalogJobAnswer,
    CatalogMeta,
    CollectorGeneration,
    DatasetAnswer,
    DatasetCommit,
    DatasetCommits,
    DatasetFile,
    DatasetFiles,
    DatasetPage,
    FileUrl,
    ImpactMetrics,
    ProcessMemory,
    RefreshQuestion,
    SystemMemory,
)

_COUNT: Schema = {"minimum": 0}
_BYTES: Schema = {"minimum": 0, "description": "In bytes."}
_MOMENT: Schema = {"format": "date-time", "description": "In UTC."}
_MORE: Schema = {"description": "Whether there are others behind these."}
_FILE_ID: Schema = {"pattern": "^[0-9a-f]{64}$", "description": "In the bank, where it is there."}
_STATUS: dict[str, Schema] = {
    "total_items": {"minimum": 0, "description": "How many datasets there are."},
    "last_update": {"description": "What the Hub changed before, in UTC, is in the catalog."},
    "refreshing": {"description": "Whether a refresh is under way."},
}

CATALOG_DETAILS: dict[type[object], dict[str, Schema]] = {
    DatasetAnswer: {
        "id": {"description": "owner/name, or a name alone."},
        "downloads": {"minimum": 0, "description": "Of the last month."},
        "likes": _COUNT,
        "size_bytes": _BYTES,
        "last_modified": _MOMENT,
        "created_at": _MOMENT,
        "impact": {"description": "How much it matters."},
        "impact_method": {"description": "By what the impact was told."},
    },
    ImpactMetrics: {"size_bytes": _BYTES, "downloads": _COUNT, "likes": _COUNT},
    DatasetPage: {
        "total": {"minimum": 0, "description": "Of all that were asked for."},
        "current_page": {"minimum": 1},
        "total_pages": _COUNT,
        "next_page": {"description": "Null on the last one and behind it."},
        "prev_page": {"description": "Null on the first one."},
        "warming_up": {"description": "Whether the first refresh is still to end."},
    },
    CacheStatus: {**_STATUS, "warming_up": {"description": "Whether there is none yet."}},
    CatalogMeta: {**_STATUS, "generation": {"description": "Which one is served."}},
    CatalogJobAnswer: {
        "status": {"description": "The job's state."},
        "message": {"description": "What it does, in words."},
    },
    RefreshQuestion: {
        "full": {"description": "All of it, or what changed; null: as it is due."},
        "force": {"description": "Whether far fewer datasets than before are taken for true."},
    },
    ProcessMemory: {"rss_bytes": _BYTES, "peak_rss_bytes": _BYTES},
    SystemMemory: {"total_bytes": _BYTES, "available_bytes": _BYTES},
    CollectorGeneration: {"threshold": _COUNT, "count": _COUNT, "collections": _COUNT},
    DatasetCommit: {
        "id": {"description": "40 hex digits."},
        "authors": {"description": "Names of users."},
        "date": {"format": "date-time"},
    },
    DatasetCommits: {"items": {"description": "Newest first."}, "has_more": _MORE},
    DatasetFile: {
        "path": {"description": "In its repository."},
        "size": _BYTES,
        "oid": {"description": "Git's SHA-1 of it, of a file in LFS that of its pointer."},
        "sha256": {"description": "Of a file in LFS."},
        "file_id": _FILE_ID,
    },
    DatasetFiles: {"items": {"description": "In the order of their paths."}, "has_more": _MORE},
    FileUrl: {
        "url": {"description": "A path of the bank, or an address of the Hub."},
        "file_id": _FILE_ID,
        "expires_at": {**_MOMENT, "description": "Until when the path is good, in UTC."},
    },
}
