"""What Alembic runs: the revisions in `versions/`, on the connection that `upgrade` hands in.

The transaction is of who hands it in: here none begins or ends.
"""

from alembic import context

from data_bank_api.db.schema import VERSION_TABLE, Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
