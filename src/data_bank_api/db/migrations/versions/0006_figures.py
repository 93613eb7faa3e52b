"""What became of jobs is counted, when a run last gave a sign of life, and who asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "job_tally",
        sa.Column("kind", sa.String(64), primary_key=True),
        sa.Column("what", sa.String(64), primary_key=True),
        sa.Column("bucket", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
    )
    op.add_column("jobs", sa.Column("beat_at", sa.DateTime(timezone=True)))
    op.add_column("jobs", sa.Column("traceparent", sa.String(55)))
