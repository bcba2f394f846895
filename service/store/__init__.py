"""Queries: rows to values and values to rows. Every query that returns rows of a unit takes a `Scope`."""
