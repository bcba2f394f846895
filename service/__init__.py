"""The system of record: rows, use cases, API, jobs and the command line."""
