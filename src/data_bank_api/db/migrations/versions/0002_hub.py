"""The mirror of the Hub: repositories, their artifacts and snapshots."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_PATH = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _repositories()
    _artifacts()
    _snapshots()
    _snapshot_files()
    _git_blobs()


def _repositories() -> None:
    op.create_table(
        "repositories",
        sa.Column("repository_id", sa.String(32), primary_key=True),
        sa.Column("repo_type", sa.String(16), nullable=False),
        sa.Column("repo_id", sa.String(200), nullable=False),
        sa.Column("revision", sa.String(255), nullable=False),
        sa.Column("vendor", sa.String(200)),
        sa.Column("name", sa.String(200)),
        sa.Column("include", sa.JSON(), nullable=False),
        sa.Column("exclude", sa.JSON(), nullable=False),
        sa.Column("sync_hours", sa.Integer()),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("error", sa.JSON()),
        sa.Column("listing", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("commit_id", sa.String(40)),
        sa.Column("head", sa.String(40)),
        sa.Column("registered_at", _MOMENT, nullable=False),
        sa.Column("synced_at", _MOMENT),
    )
    op.create_index("one_repository_a_name", "repositories", ["repo_type", "repo_id"], unique=True)
    op.create_index("repositories_newest_first", "repositories", ["registered_at", "repository_id"])


def _artifacts() -> None:
    op.create_table(
        "artifacts",
        sa.Column("artifact_id", sa.String(32), primary_key=True),
        _of_repository(),
        sa.Column("path", _PATH, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("oid", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("format", sa.String(16)),
        sa.Column("precision", sa.Text()),
        sa.Column("commit_id", sa.String(40), nullable=False),
        sa.Column("listing", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64)),
        sa.Column("error", sa.JSON()),
    )
    op.create_index("one_artifact_a_path", "artifacts", ["repository_id", "path"], unique=True)
    op.create_index("artifacts_by_state", "artifacts", ["repository_id", "state", "path"])


def _snapshots() -> None:
    op.create_table(
        "snapshots",
        sa.Column("snapshot_id", _SERIAL, primary_key=True, autoincrement=True),
        _of_repository(),
        sa.Column("commit_id", sa.String(40), nullable=False),
        sa.Column("manifest", sa.String(64), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_snapshots_manifest", "snapshots", ["manifest"])
    op.create_index(
        "one_snapshot_a_commit", "snapshots", ["repository_id", "commit_id"], unique=True
    )


def _snapshot_files() -> None:
    op.create_table(
        "snapshot_files",
        sa.Column(
            "snapshot_id",
            _SERIAL,
            sa.ForeignKey("snapshots.snapshot_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("path", _PATH, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("oid", sa.String(40), nullable=False),
        sa.Column("is_lfs", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_snapshot_files_digest", "snapshot_files", ["digest"])


def _git_blobs() -> None:
    op.create_table(
        "git_blobs",
        sa.Column("oid", sa.String(40), primary_key=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )


def _of_repository() -> sa.Column[str]:
    return sa.Column(
        "repository_id",
        sa.String(32),
        sa.ForeignKey("repositories.repository_id", ondelete="CASCADE"),
        nullable=False,
    )
