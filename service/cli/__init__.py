"""The command line `paiche`."""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from service.cli.app import run

    raise SystemExit(run(sys.argv[1:]))
