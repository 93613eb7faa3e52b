"""What the types of the datasets and their reports cannot say of their fields; see schemas.py."""

from data_bank_api.api.openapi.description import Schema
from data_bank_client.wire.datasets import (
    DATASET_NAME_LENGTH,
    DatasetFromFile,
    StoredDataset,
    StoredDatasetPage,
)
from data_bank_client.wire.reports import Report

_FILE_ID = "^[0-9a-f]{64}$"
_NAME: Schema = {"minLength": 1, "maxLength": DATASET_NAME_LENGTH}
_MOMENT: Schema = {"format": "date-time"}
_COUNT: Schema = {"minimum": 0}

DATASET_DETAILS: dict[type[object], dict[str, Schema]] = {
    StoredDataset: {
        "id": {"format": "uuid"},
        "name": {"description": "For people."},
        "original_filename": {"description": "What its file was called, without folders."},
        "content_type": {"description": "As which it is read."},
        "status": {"description": "How far its report is."},
        "checksum_sha256": {"pattern": _FILE_ID, "description": "Its file in the bank."},
        "size_bytes": {"minimum": 0, "description": "Of that file."},
        "uploaded_at": {**_MOMENT, "description": "In UTC."},
        "processed_at": {"description": "When its report was made; null: there is none."},
        "row_count": {"description": "As its report has it."},
        "error": {"description": "Why there is no report, in a sentence for a person."},
        "latest_job_id": {"description": "The job that makes its report, or made it last."},
        "report_available": {"description": "Whether there is one, also while another is made."},
    },
    StoredDatasetPage: {
        "items": {"description": "Newest first."},
        "next_cursor": {"description": "Asks for the page after this one; null on the last."},
        "has_more": {"description": "Whether there is one."},
    },
    DatasetFromFile: {
        "file_id": {"pattern": "^[0-9A-Fa-f]{64}$", "description": "A file of the bank."},
        "artifact_id": {
            "pattern": "^[0-9a-f]{32}$",
            "description": "Or an artifact of the mirror that is completed.",
        },
        "name": {**_NAME, "description": "For people; else its file's name."},
        "filename": {"description": "What its file was called; else as the artifact's path ends."},
        "content_type": {"description": "Else the file's, else as its name ends."},
    },
    Report: {
        "version": {"minimum": 1, "description": "Of this form of reports."},
        "source": {"description": "What was read, and how."},
        "row_count": _COUNT,
        "column_count": _COUNT,
        "alerts": {"description": "What a person should look at, the worst first."},
    },
}
