"""The way of the tables from one version to the next, run from inside the program (no alembic.ini)."""
