"""Run migrations on a connection; the caller's transaction holds them all."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from service.rows import Row


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables forward to `revision`."""
    command.upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Bring the tables back to `revision` (`"base"` is an empty database)."""
    command.downgrade(_config(connection), revision)


@cache
def head() -> str:
    """Present revision."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None, "there is always a first migration"  # noqa: S101
    return found


@cache
def revisions() -> frozenset[str]:
    """Every revision that this program knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def tables() -> frozenset[str]:
    """Names of all tables of the present revision."""
    return frozenset(Row.metadata.tables)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "service:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
