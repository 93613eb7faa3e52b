"""Jobs, what is to be delivered of them, and webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_IS_ACTIVE = sa.text("state IN ('queued', 'started', 'retrying')")


def upgrade() -> None:
    _jobs()
    _job_log()
    _outbox()
    _webhooks()
    _webhook_deliveries()


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("message", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("queued_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("started_at", _MOMENT),
        sa.Column("finished_at", _MOMENT),
        sa.Column("result", sa.JSON()),
        sa.Column("error", sa.JSON()),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.String(200)),
    )
    op.create_index(
        "one_active_job_a_key",
        "jobs",
        ["key"],
        unique=True,
        sqlite_where=_IS_ACTIVE,
        postgresql_where=_IS_ACTIVE,
    )
    op.create_index("jobs_newest_first", "jobs", ["queued_at", "job_id"])
    op.create_index("jobs_by_state", "jobs", ["state", "queued_at"])
    op.create_index("jobs_by_kind", "jobs", ["kind", "queued_at"])
    op.create_index("jobs_by_dataset", "jobs", ["dataset_id", "queued_at"])
    op.create_index("jobs_by_end", "jobs", ["finished_at"])


def _job_log() -> None:
    op.create_table(
        "job_log",
        sa.Column("line_id", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column(
            "job_id",
            sa.String(32),
            sa.ForeignKey("jobs.job_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_log_job_id", "job_log", ["job_id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("letter_id", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("topic", sa.String(16), nullable=False),
        sa.Column("job_id", sa.String(32)),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_job_id", "outbox", ["job_id"])
    op.create_index("outbox_due", "outbox", ["due_at", "letter_id"])


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("webhook_id", sa.String(32), primary_key=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
    )


def _webhook_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("delivery_id", sa.String(32), primary_key=True),
        sa.Column(
            "webhook_id",
            sa.String(32),
            sa.ForeignKey("webhooks.webhook_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("event_id", sa.String(32), nullable=False),
        sa.Column("event_type", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT),
    )
    op.create_index(
        "one_delivery_an_event", "webhook_deliveries", ["webhook_id", "event_id"], unique=True
    )
    op.create_index("deliveries_by_end", "webhook_deliveries", ["finished_at"])
    op.create_index(
        "deliveries_newest_first",
        "webhook_deliveries",
        ["webhook_id", "created_at", "delivery_id"],
    )
