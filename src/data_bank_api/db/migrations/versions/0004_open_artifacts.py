"""Which artifacts wait for a content is asked of the table by the content's names."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_IS_OPEN = sa.text("state <> 'completed'")


def upgrade() -> None:
    for column in ("sha256", "oid"):
        op.create_index(
            f"open_artifacts_by_{column}",
            "artifacts",
            [column],
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        )
