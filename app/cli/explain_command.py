"""``thalweg explain``: one step of a run taken apart, as text or as JSON."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.argument_parser import Subparsers
from app.cli.export_command import add_experiment_arguments
from app.cli.results_command import print_json
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
    from app.analysis.step_text.explanation_text import explanation_text
    from app.cli.experiment_arguments import build_single_experiment, last_step, parse_step
    from app.engine.race import Race

    numbers = [text for text in args.run or () if text.isascii() and text.isdecimal()]
    args.run = [text for text in args.run or () if text not in numbers]
    experiment = build_single_experiment(args, "explain")
    number = _parse_run_number(numbers, len(experiment.runs))
    race = Race(experiment)
    trajectory = race.trajectories[number - 1]
    if args.step is not None:
        step = parse_step("--step", args.step, first=1)
    elif last_step(experiment) == 0:
        raise ExperimentError(f"run {number} has no steps")
    else:
        trajectory.advance(last_step(experiment))
        step = max(1, trajectory.last_step)
    _simulate(trajectory, number, step)
    explanation = explain(trajectory, step)
    if args.json:
        print_json({"run": number, **explanation.as_dict()})
    else:
        title = f"Step {step} of run {number}, {trajectory.method.name} on {experiment.surface.name}"
        print("\n".join([title, "", *explanation_text(explanation)]))
    return 0


def _parse_run_number(numbers: list[str], count: int) -> int:
    """Return the number of the selected run, from 1."""
    if len(numbers) > 1:
        raise ExperimentError(f"thalweg explain requires one run, not {len(numbers)}")
    if not count:
        raise ExperimentError("the experiment has no runs")
    number = numbers[0].lstrip("0") if numbers else "1"
    if number not in map(str, range(1, count + 1)):
        available = "it has one run" if count == 1 else f"it has {count} runs"
        raise ExperimentError(f"the experiment has no run {shorten_repr(numbers[0])[1:-1]}; {available}")
    return int(number)


def _simulate(trajectory: Any, number: int, step: int) -> None:
    """Advance the trajectory of a run to a step; raise ExperimentError if it ends before."""
    from app.analysis.status.divergence_status import divergence_status

    trajectory.advance(step)
    if step <= trajectory.last_step:
        return
    if trajectory.diverged_at is None:
        reason = f"it has used its evaluations after step {trajectory.last_step}"
    else:
        reason = f"it {divergence_status(trajectory, trajectory.diverged_at).sentence}"
    raise ExperimentError(f"run {number} has no step {step}; {reason}")
