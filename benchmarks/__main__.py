"""`python -m benchmarks COMMAND …`: a command is a module with `add_arguments(parser)` and `run(options)`."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from benchmarks.answers import CannotSolve
from benchmarks.instances.values import InstanceError

CANNOT = 2
"""Exit code where there is no answer to judge: a file that cannot be read, a family without a solver."""

COMMANDS = {
    "roads": "reading, routing, matrices and closures on real and synthetic roads",
    "shuttles": "stops and lines of commuters chosen together, beside two separate steps",
    "days": "whole days on synthetic prefectures and real maps",
    "gazetteer": "places in words: how often hurried words find theirs, and how fast",
    "road": "one measurement of `roads`, in this process",
    "vehicles": "vehicles for trips at fixed times, several depots: plans, bounds and proofs",
    "events": "parking of an event, and duty rosters, with their proofs",
    "cars": "whole days of official cars with all rules, beside first come, first served",
    "living": "late requests on a planned day, and plans with slack on disturbed days",
    "pooling": "requests that share cars: what that saves, and how well it is proven",
    "solve": "this project's engine on one public instance",
    "compare": "this project's engine and its peers on sets of public instances",
    "growth": "cost of an iteration and memory of this project's engine as problems grow",
    "schools": "school buses of Park, every set and ride limit, against the best published",
    "one": "one run of `compare`, in this process",
}


def main(arguments: Sequence[str]) -> int:
    """Run the command named first; its module is imported only then."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    named = arguments[0] if arguments else ""
    for name, words in COMMANDS.items():
        command = commands.add_parser(name, help=words)
        if name == named and find_spec(f"benchmarks.{name}") is not None:
            import_module(f"benchmarks.{name}").add_arguments(command)
    options = parser.parse_args(arguments)
    try:
        return int(import_module(f"benchmarks.{options.command}").run(options))
    except (InstanceError, CannotSolve) as error:
        print(error, file=sys.stderr)
        return CANNOT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
