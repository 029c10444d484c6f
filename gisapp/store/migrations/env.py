"""Runs the history on the connection that `schema.upgrade` hands over."""

from alembic import context

from gisapp.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
