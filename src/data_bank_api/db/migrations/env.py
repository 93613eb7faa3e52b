"""What Alembic runs: the revisions in `versions/`, on the connection that `upgrade` hands in.

The transaction is of who hands it in: here none begins or ends.

A change of the tables is one more file there (`0002_<noun>.py`, its `down_revision` the one before)
that says by itself what it does, besides the change in `schema.py`: a test compares the two.
"""

from alembic import context

from data_bank_api.db.schema import VERSION_TABLE, Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
