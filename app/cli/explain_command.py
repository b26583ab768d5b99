"""``thalweg explain``: one step of a run taken apart, as text or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from app.cli.argument_parser import DEFAULT_STEPS, Subparsers
from app.cli.export_command import add_experiment_arguments
from app.cli.results_command import MAX_STEP
from app.utils.validation import ExperimentError, shorten_repr


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "explain",
        help="show how one step of a run was computed",
        usage="thalweg explain [EXPERIMENT] [options] [--run NUMBER] [--step STEP] [--json]",
        description="Show how the code of an optimizer and of its modifiers computed one step.\nA number after --run "
        "selects a run of the experiment (default: the first).",
    )
    add_experiment_arguments(parser)
    group = parser.add_argument_group("output")
    group.add_argument("--step", metavar="STEP", help="number of the step, from 1 (default: the last one)")
    group.add_argument("--json", action="store_true", help="print a JSON object with all numbers instead of text")


def run(args: argparse.Namespace) -> int:
    """Print the explanation and return the exit status."""
    from app.analysis.step_explanation import explain
    from app.cli.experiment_arguments import build_experiment
    from app.cli.explanation_text import explanation_text
    from app.engine.race import Race

    if len(args.experiment) > 1:
        raise ExperimentError(f"thalweg explain requires one experiment, not {len(args.experiment)}")
    numbers = [text for text in args.run or () if text.isascii() and text.isdecimal()]
    args.run = [text for text in args.run or () if text not in numbers]
    experiment = build_experiment(args, args.experiment[0] if args.experiment else None)
    number = _parse_run_number(numbers, len(experiment.runs))
    race = Race(experiment)
    trajectory = race.trajectories[number - 1]
    if args.step is not None:
        step = _parse_step(args.step)
        _simulate(trajectory, number, step)
    else:
        last_step = experiment.steps if experiment.steps is not None else experiment.displayed_step or DEFAULT_STEPS
        trajectory.advance(last_step)
        step = min(last_step, trajectory.last_step)
        if step < 1:
            raise ExperimentError(f"run {number} has no steps")
    explanation = explain(trajectory, step)
    if args.json:
        is_unicode = sys.stdout is None or sys.stdout.encoding.lower().startswith("utf")
        document = {"run": number, **explanation.as_dict()}
        print(json.dumps(document, indent=1, ensure_ascii=not is_unicode, allow_nan=False))
    else:
        title = f"Step {step} of run {number}, {trajectory.method.name} on {experiment.surface.name}"
        print("\n".join([title, "", *explanation_text(explanation)]))
    return 0


def _parse_run_number(numbers: list[str], count: int) -> int:
    """Return the number of the selected run, from 1."""
    if len(numbers) > 1:
        raise ExperimentError(f"thalweg explain requires one run, not {len(numbers)}")
    number = int(numbers[0]) if numbers else 1
    if not 1 <= number <= count:
        available = "it has one run" if count == 1 else f"it has {count} runs"
        raise ExperimentError(f"the experiment has no run {shorten_repr(number)}; {available}")
    return number


def _parse_step(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= MAX_STEP:
        raise ExperimentError(f"--step requires an integer from 1 to {MAX_STEP:,}, not {shorten_repr(text)}")
    return int(text)


def _simulate(trajectory: Any, number: int, step: int) -> None:
    """Advance the trajectory of a run to a step; raise ExperimentError if it ends before."""
    trajectory.advance(step)
    if step > trajectory.last_step:
        reason = "diverges" if trajectory.head.diverged else "has used its evaluations"
        raise ExperimentError(f"run {number} {reason} after step {trajectory.last_step}, so it has no step {step}")
