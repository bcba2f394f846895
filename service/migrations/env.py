"""Alembic's entry: runs on the connection it is given, inside the caller's transaction."""

from alembic import context

from service.rows import Row


def _run() -> None:
    connection = context.config.attributes["connection"]
    # SQLite rolls tables back too once BEGIN is said by us, but alembic does not assume it.
    context.configure(
        connection=connection,
        target_metadata=Row.metadata,
        render_as_batch=True,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


_run()
