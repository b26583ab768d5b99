"""``thalweg results``: what every run of an experiment is doing at some steps, as a table or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from app.cli.argument_parser import DEFAULT_STEPS, Subparsers
from app.cli.export_command import add_experiment_arguments
from app.utils.validation import ExperimentError

COLUMNS = ("run", "optimizer", "hyperparameters", "step", "x", "y", "loss", "distance", "evaluations", "status")
MAX_STEP = 10_000_000  # a later step takes minutes and gigabytes


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
    from app.cli.experiment_arguments import build_experiment
    from app.engine.race import Race

    if len(args.experiment) > 1:
        raise ExperimentError(f"thalweg results requires one experiment, not {len(args.experiment)}")
    experiment = build_experiment(args, args.experiment[0] if args.experiment else None)
    last_step = experiment.steps if experiment.steps is not None else experiment.displayed_step or DEFAULT_STEPS
    steps = [last_step] if args.at is None else [_parse_step(text) for text in args.at]
    rows = status_rows(Race(experiment), steps)
    if args.json:
        is_unicode = sys.stdout is None or sys.stdout.encoding.lower().startswith("utf")  # quotes must not be spelled
        print(json.dumps(rows, indent=1, ensure_ascii=not is_unicode, allow_nan=False))
    else:
        print_table([COLUMNS, *(_cells(row) for row in rows)])
    return 0


def _parse_step(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > MAX_STEP:
        raise ExperimentError(f"--at requires integers from 0 to {MAX_STEP:,}, not {text[:40]!r}")
    return int(text)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the texts of a row; a value that is not known is empty."""
    hyperparameters = " ".join(f"{name}={value:g}" for name, value in row["hyperparameters"].items())
    status = f"{row['status']['kind']}: {row['status']['sentence']}"
    values = {**row, "hyperparameters": hyperparameters, "status": status}
    return tuple("" if values[name] is None else _format(values[name]) for name in COLUMNS)


def _format(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows of texts in columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip())
