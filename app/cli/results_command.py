"""``thalweg results``: what every run of an experiment is doing at some steps, as a table or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from app.cli.argument_parser import Subparsers
from app.cli.export_command import add_experiment_arguments

COLUMNS = ("run", "optimizer", "hyperparameters", "step", "x", "y", "loss", "distance", "evaluations", "status")


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "results",
        help="print loss, distance, status, and curvature of all runs",
        usage="thalweg results [EXPERIMENT] [options] [--at STEP ...] [--json]",
        description="Simulate an experiment and print a row for each run and step.",
    )
    add_experiment_arguments(parser)
    group = parser.add_argument_group("output")
    group.add_argument(
        "--at",
        nargs="+",
        action="extend",
        metavar="STEP",
        help="steps to print (default: the last one); can be repeated",
    )
    group.add_argument("--json", action="store_true", help="print a JSON list with all numbers instead of a table")


def run(args: argparse.Namespace) -> int:
    """Print the rows and return the exit status."""
    from app.analysis.status_rows import status_rows
    from app.cli.experiment_arguments import build_single_experiment, last_step, parse_step
    from app.engine.race import Race

    experiment = build_single_experiment(args, "results")
    steps = [last_step(experiment)] if args.at is None else [parse_step("--at", text, first=0) for text in args.at]
    rows = status_rows(Race(experiment), steps)
    if args.json:
        print_json(rows)
    else:
        print_table([COLUMNS, *(_cells(row) for row in rows)])
    return 0


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the texts of a row; a value that is not known is empty."""
    hyperparameters = " ".join(f"{name}={value:g}" for name, value in row["hyperparameters"].items())
    status = f"{row['status']['kind']}: {row['status']['sentence']}"
    values = {**row, "hyperparameters": hyperparameters, "status": status}
    return tuple("" if values[name] is None else _format(values[name]) for name in COLUMNS)


def _format(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def print_json(document: Any) -> None:
    """Print a document as JSON, in ASCII if the console is not UTF-8: quotes must not be spelled."""
    is_unicode = sys.stdout is None or sys.stdout.encoding.lower().startswith("utf")
    print(json.dumps(document, indent=1, ensure_ascii=not is_unicode, allow_nan=False))


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows of texts in columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip())
