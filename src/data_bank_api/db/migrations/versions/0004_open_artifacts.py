"""Which artifacts wait for a content is asked of the table by the content's names."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_IS_IN_LFS = sa.text("state <> 'completed' AND sha256 IS NOT NULL")
_IS_IN_GIT = sa.text("state <> 'completed' AND sha256 IS NULL")


def upgrade() -> None:
    for column, are_these in (("sha256", _IS_IN_LFS), ("oid", _IS_IN_GIT)):
        op.create_index(
            f"open_artifacts_by_{column}",
            "artifacts",
            [column],
            sqlite_where=are_these,
            postgresql_where=are_these,
        )
