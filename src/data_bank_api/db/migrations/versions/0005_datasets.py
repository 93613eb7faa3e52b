"""Datasets, and the files that their reports brought in."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _datasets()
    _report_files()


def _datasets() -> None:
    op.create_table(
        "datasets",
        sa.Column("dataset_id", sa.String(36), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("original_filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("uploaded_at", _MOMENT, nullable=False),
        sa.Column("processed_at", _MOMENT),
        sa.Column("row_count", sa.BigInteger()),
        sa.Column("report", sa.String(64)),
        sa.Column("report_size", sa.BigInteger()),
        sa.Column("latest_job_id", sa.String(32)),
    )
    op.create_index("one_dataset_a_digest", "datasets", ["digest"], unique=True)
    op.create_index("datasets_newest_first", "datasets", ["uploaded_at", "dataset_id"])
    op.create_index("datasets_by_status", "datasets", ["status", "uploaded_at", "dataset_id"])
    op.create_index("ix_datasets_report", "datasets", ["report"])


def _report_files() -> None:
    op.create_table(
        "report_files",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("made_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_report_files_made_at", "report_files", ["made_at"])
