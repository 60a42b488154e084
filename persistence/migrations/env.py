"""Runs the revisions on the connection that ``migrate`` lends, inside its transaction."""

from alembic import context

from duban.persistence.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    # SQLite, too, undoes table changes with the transaction, once the driver no longer commits before them.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
