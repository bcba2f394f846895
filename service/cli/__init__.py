"""The command line ``paiche``."""

import sys


def main() -> None:
    """Run the command line; it has no commands yet."""
    print("paiche: 还没有命令 / no command is installed yet", file=sys.stderr)
    raise SystemExit(2)
