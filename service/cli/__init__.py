"""The command line ``paiche``."""

import sys


def main() -> None:
    """Run the command line; it has no commands yet."""
    sys.stderr.write("paiche: 还没有命令 / no command is installed yet\n")
    raise SystemExit(2)
