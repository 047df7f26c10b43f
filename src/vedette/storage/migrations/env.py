"""What Alembic runs: the revisions, over the connection that `vedette.storage.migrate` hands it."""

from alembic import context

from vedette.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
