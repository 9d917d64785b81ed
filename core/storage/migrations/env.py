"""What Alembic runs around the steps: they all happen in the transaction of the connection that it is given."""

from alembic import context

from core.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
