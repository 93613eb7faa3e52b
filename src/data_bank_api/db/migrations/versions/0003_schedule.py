"""When a repository is synced again, and whether it is downloaded then."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    is_off: sa.Column[bool] = sa.Column(
        "auto_sync", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("repositories", is_off)
    op.add_column("repositories", sa.Column("next_sync_at", sa.DateTime(timezone=True)))
    columns = ["next_sync_at", "repository_id"]
    op.create_index("repositories_by_next_sync", "repositories", columns)
