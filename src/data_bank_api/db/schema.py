"""The tables, as they are now; `migrations/` has how they came to be.

    jobs ◄── job_log                   one row a job, some lines each
    job_tally                          what became of jobs, counted
    outbox                             what is to be delivered: to the queue, to listeners, to hooks
    webhooks ◄── webhook_deliveries    who wants to be called, and how each call went
    repositories ◄── artifacts         what is mirrored of the Hub, and its files as listed last
    repositories ◄── snapshots ◄── snapshot_files      what was complete: commit, path, digest
    git_blobs                          the digests of files that git names by their SHA-1
    datasets                           tables that people uploaded, each with its report
    report_files                       the files that reports brought into the bank

Paths are in the order of their bytes, on both databases. What a job is besides (its result, its
error) is JSON that is read as the types of the wire.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from data_bank_client.wire.jobs import ACTIVE_STATES

VERSION_TABLE = "databank_schema"  # not Alembic's own name: others may share the database

# SQLite numbers rows by itself only where the column is an INTEGER.
_SERIAL = BigInteger().with_variant(Integer, "sqlite")
# By bytes: PostgreSQL would order them as the language of the server does.
_PATH = Text().with_variant(Text(collation="C"), "postgresql")
# Written out: a condition with parameters finds no partial index.
IS_OPEN_IN_LFS = text("state <> 'completed' AND sha256 IS NOT NULL")
IS_OPEN_IN_GIT = text("state <> 'completed' AND sha256 IS NULL")
IS_ACTIVE = text("state IN ({})".format(", ".join(f"'{state}'" for state in ACTIVE_STATES)))


class Moment(TypeDecorator[datetime]):
    """A moment with its time zone, UTC; SQLite keeps none, and would compare as text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is not None:
            return value.astimezone(UTC)  # PostgreSQL answers in the zone of the session
        return None if value is None else value.replace(tzinfo=UTC)


class Table(DeclarativeBase):
    """All tables."""


class JobRow(Table):
    """`beat` grows while an attempt lives; `retries` are those that failures have used up.

    `beat_at` is when it grew last, by the clock of the database. `traceparent` is the trace that
    the job was asked for in, as W3C writes it.
    """

    __tablename__ = "jobs"

    job_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[dict[str, object]] = mapped_column(JSON)
    key: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    message: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    retries: Mapped[int] = mapped_column(Integer, default=0)
    beat: Mapped[int] = mapped_column(BigInteger, default=0)
    beat_at: Mapped[datetime | None] = mapped_column(Moment)
    queued_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    result: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    user_id: Mapped[int] = mapped_column(BigInteger, default=0)
    dataset_id: Mapped[str | None] = mapped_column(String(200))
    traceparent: Mapped[str | None] = mapped_column(String(55))

    __table_args__ = (
        Index(
            "one_active_job_a_key",
            "key",
            unique=True,
            sqlite_where=IS_ACTIVE,
            postgresql_where=IS_ACTIVE,
        ),
        Index("jobs_newest_first", "queued_at", "job_id"),
        Index("jobs_by_state", "state", "queued_at"),
        Index("jobs_by_kind", "kind", "queued_at"),
        Index("jobs_by_dataset", "dataset_id", "queued_at"),
        Index("jobs_by_end", "finished_at"),
    )


class JobLogRow(Table):
    __tablename__ = "job_log"

    line_id: Mapped[int] = mapped_column(_SERIAL, primary_key=True, autoincrement=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.job_id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    level: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"sqlite_autoincrement": True},)


class JobTallyRow(Table):
    """How often something became of jobs of a kind, and how many seconds these took in all.

    `bucket` is which of `queue/tally.py`'s bounds each of them took at most.
    """

    __tablename__ = "job_tally"

    kind: Mapped[str] = mapped_column(String(64), primary_key=True)
    what: Mapped[str] = mapped_column(String(64), primary_key=True)
    bucket: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float] = mapped_column(Float)


class OutboxRow(Table):
    """A letter. `topic` says who delivers it, `content` is JSON for them."""

    __tablename__ = "outbox"

    letter_id: Mapped[int] = mapped_column(_SERIAL, primary_key=True, autoincrement=True)
    topic: Mapped[str] = mapped_column(String(16))
    job_id: Mapped[str | None] = mapped_column(String(32), index=True)
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(Moment)

    # SQLite would give the number of a letter that is gone to the next one.
    __table_args__ = (Index("outbox_due", "due_at", "letter_id"), {"sqlite_autoincrement": True})


class WebhookRow(Table):
    """`types` are the event types that the address is called for."""

    __tablename__ = "webhooks"

    webhook_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(200))
    types: Mapped[list[str]] = mapped_column(JSON)
    user_id: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)


class DeliveryRow(Table):
    """A call of a webhook. `state` is pending, delivered or failed."""

    __tablename__ = "webhook_deliveries"

    delivery_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.webhook_id", ondelete="CASCADE"))
    event_id: Mapped[str] = mapped_column(String(32))
    event_type: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    status: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        Index("one_delivery_an_event", "webhook_id", "event_id", unique=True),
        Index("deliveries_by_end", "finished_at"),
        Index("deliveries_newest_first", "webhook_id", "created_at", "delivery_id"),
    )


class RepositoryRow(Table):
    """A repository of the Hub that is mirrored.

    `listing` counts the listings that were begun, `listed` is the last of them that was finished,
    of the `commit_id` then. `head` is the commit of the newest snapshot: where `revision` is here.
    It is synced again at `next_sync_at`, if that is there, and `auto_sync` downloads it then, too.
    """

    __tablename__ = "repositories"

    repository_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    repo_type: Mapped[str] = mapped_column(String(16))
    repo_id: Mapped[str] = mapped_column(String(200))
    revision: Mapped[str] = mapped_column(String(255))
    vendor: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str | None] = mapped_column(String(200))
    include: Mapped[list[str]] = mapped_column(JSON)
    exclude: Mapped[list[str]] = mapped_column(JSON)
    sync_hours: Mapped[int | None] = mapped_column(Integer)
    auto_sync: Mapped[bool] = mapped_column(Boolean, server_default=false())
    next_sync_at: Mapped[datetime | None] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(16))
    error: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    listing: Mapped[int] = mapped_column(Integer, default=0)
    listed: Mapped[int] = mapped_column(Integer, default=0)
    commit_id: Mapped[str | None] = mapped_column(String(40))
    head: Mapped[str | None] = mapped_column(String(40))
    registered_at: Mapped[datetime] = mapped_column(Moment)
    synced_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        Index("one_repository_a_name", "repo_type", "repo_id", unique=True),
        Index("repositories_newest_first", "registered_at", "repository_id"),
        Index("repositories_by_next_sync", "next_sync_at", "repository_id"),
    )


class ArtifactRow(Table):
    """A file of a repository, as it was listed last.

    `oid` is git's SHA-1 of it, or where `sha256` is there, of its LFS pointer. `digest` is there
    once the bank has it.
    """

    __tablename__ = "artifacts"

    artifact_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    repository_id: Mapped[str] = mapped_column(
        ForeignKey("repositories.repository_id", ondelete="CASCADE")
    )
    path: Mapped[str] = mapped_column(_PATH)
    size: Mapped[int] = mapped_column(BigInteger)
    oid: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    format: Mapped[str | None] = mapped_column(String(16))
    precision: Mapped[str | None] = mapped_column(Text)
    commit_id: Mapped[str] = mapped_column(String(40))
    listing: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))

    __table_args__ = (
        Index("one_artifact_a_path", "repository_id", "path", unique=True),
        Index("artifacts_by_state", "repository_id", "state", "path"),
        Index(
            "open_artifacts_by_sha256",
            "sha256",
            sqlite_where=IS_OPEN_IN_LFS,
            postgresql_where=IS_OPEN_IN_LFS,
        ),
        Index(
            "open_artifacts_by_oid",
            "oid",
            sqlite_where=IS_OPEN_IN_GIT,
            postgresql_where=IS_OPEN_IN_GIT,
        ),
    )


class SnapshotRow(Table):
    """All files of a commit, as far as they are mirrored. `manifest` is a file in the bank."""

    __tablename__ = "snapshots"

    snapshot_id: Mapped[int] = mapped_column(_SERIAL, primary_key=True, autoincrement=True)
    repository_id: Mapped[str] = mapped_column(
        ForeignKey("repositories.repository_id", ondelete="CASCADE")
    )
    commit_id: Mapped[str] = mapped_column(String(40))
    manifest: Mapped[str] = mapped_column(String(64), index=True)
    files: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        Index("one_snapshot_a_commit", "repository_id", "commit_id", unique=True),
        {"sqlite_autoincrement": True},
    )


class SnapshotFileRow(Table):
    """A file of a snapshot; `oid` and `is_lfs` as the Hub had them."""

    __tablename__ = "snapshot_files"

    snapshot_id: Mapped[int] = mapped_column(
        ForeignKey("snapshots.snapshot_id", ondelete="CASCADE"), primary_key=True
    )
    path: Mapped[str] = mapped_column(_PATH, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    oid: Mapped[str] = mapped_column(String(40))
    is_lfs: Mapped[bool] = mapped_column(Boolean)


class GitBlobRow(Table):
    """What was verified once need not be fetched again, though git names it by SHA-1."""

    __tablename__ = "git_blobs"

    oid: Mapped[str] = mapped_column(String(40), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))


class DatasetRow(Table):
    """`folded` is the name as it is looked for, in no case. `latest_job_id` is the job that the
    status follows (queue/dataset_status.py); the report is a file in the bank.
    """

    __tablename__ = "datasets"

    dataset_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)
    original_filename: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(16))
    error: Mapped[str | None] = mapped_column(Text)
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    processed_at: Mapped[datetime | None] = mapped_column(Moment)
    row_count: Mapped[int | None] = mapped_column(BigInteger)
    report: Mapped[str | None] = mapped_column(String(64), index=True)
    report_size: Mapped[int | None] = mapped_column(BigInteger)
    latest_job_id: Mapped[str | None] = mapped_column(String(32))

    __table_args__ = (
        Index("one_dataset_a_digest", "digest", unique=True),
        Index("datasets_newest_first", "uploaded_at", "dataset_id"),
        Index("datasets_by_status", "status", "uploaded_at", "dataset_id"),
    )


class ReportFileRow(Table):
    """A file that a report brought in: written before the file is, at `made_at` for the last time.

    One that nobody needs may be removed, as no other file of the bank may.
    """

    __tablename__ = "report_files"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(Moment, index=True)
