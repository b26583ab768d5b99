"""Conversion of arguments to an experiment, for all commands that simulate one."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from app.cli.argument_parser import DEFAULT_STEPS
from app.engine.opened_experiment import open_experiment
from app.engine.safe_rate import with_safe_rates
from app.export.experiment_settings import apply_setting
from app.io.data_files import read_table_file, with_table
from app.io.data_suffixes import DATA_SUFFIXES
from app.io.experiment_files import IMAGE_READERS
from app.io.landscape_files import LANDSCAPE_SUFFIXES
from app.model.dataset import DataChoice
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.utils.validation import MAX_STEPS, ExperimentError, check_number, shorten_repr
from surfaces.data_file import is_simple
from surfaces.surface import Bounds, line_bounds


def build_single_experiment(args: argparse.Namespace, command: str) -> Experiment:
    """Return the experiment of a command that simulates only one."""
    if len(args.experiment) > 1:
        raise ExperimentError(f"thalweg {command} requires one experiment, not {len(args.experiment)}")
    return build_experiment(args, args.experiment[0] if args.experiment else None)


def build_experiment(args: argparse.Namespace, source: str | Path | None) -> Experiment:
    """Return the experiment of a file or example, else the default experiment, with the changes of the arguments."""
    data_path = _data_path(args, source)
    experiment = open_experiment(source) if source is not None and source != data_path else DEFAULT_EXPERIMENT
    if experiment.displayed_step and Path(str(source)).suffix.lower() in IMAGE_READERS:
        experiment = replace(experiment, steps=experiment.displayed_step)  # the step shown in the image
    if args.landscape is not None:
        experiment = _with_landscape(experiment, args)
    experiment = _with_formula(experiment, args)
    if args.surface is not None:
        experiment = apply_setting(experiment, f"surface={args.surface}")
    if data_path is not None:
        experiment = _with_data(args, Path(data_path), experiment)
    if args.start is not None:
        experiment = apply_setting(experiment, f"start={args.start}")
    if args.run:
        experiment = replace(experiment, runs=tuple(map(Run.parse, args.run)))
    for name in ("steps", "title"):
        if getattr(args, name) is not None:
            experiment = apply_setting(experiment, f"{name}={getattr(args, name)}")
    for assignment in args.set:
        experiment = apply_setting(experiment, assignment)
    return experiment


def last_step(experiment: Experiment) -> int:
    """Return the step up to which an experiment is simulated."""
    return experiment.steps if experiment.steps is not None else experiment.displayed_step or DEFAULT_STEPS


def parse_step(option: str, text: str, first: int) -> int:
    """Return the step that an option gives, from ``first`` on."""
    is_number = text.isascii() and text.isdecimal() and len(text) < 20  # int() refuses thousands of digits
    if not (is_number and first <= int(text) <= MAX_STEPS):
        raise ExperimentError(f"{option} requires an integer from {first} to {MAX_STEPS:,}, not {shorten_repr(text)}")
    return int(text)


def _data_path(args: argparse.Namespace, source: str | Path | None) -> str | Path | None:
    """Return the data file that is given as the experiment or with --data, None if there is none."""
    if source is not None and Path(source).suffix.lower() in DATA_SUFFIXES and Path(source).is_file():
        if args.data is not None:
            raise ExperimentError(f"give one data file, not {source} and {args.data}")
        return source
    if args.data is None and (args.x is not None or args.y is not None or args.standardize):
        raise ExperimentError("--x, --y and --standardize require a data file: --data FILE")
    return args.data


def _with_data(args: argparse.Namespace, path: Path, experiment: Experiment) -> Experiment:
    """Return the experiment with the data of a file; print what is not obvious about how the file was read."""
    if (args.surface is not None or args.formula is not None) and experiment.surface.with_data is None:
        raise ExperimentError(f"{experiment.surface_id} cannot be computed from data")
    table = read_table_file(path)
    result, data = with_table(path, table, experiment, DataChoice(args.x, args.y, args.standardize))
    if not is_simple(table, data) and not getattr(args, "quiet", False):
        print(f"thalweg: {path.name}: {'; '.join(data.notes)}", file=sys.stderr)
    return with_safe_rates(result)


def _with_landscape(experiment: Experiment, args: argparse.Namespace) -> Experiment:
    """Return the experiment on a landscape."""
    for option in ("surface", "formula", "data"):
        if getattr(args, option) is not None:
            raise ExperimentError(f"use either --landscape or --{option}")
    if Path(args.landscape).suffix.lower() not in LANDSCAPE_SUFFIXES:
        raise ExperimentError(f"--landscape requires a file with the extension {', '.join(LANDSCAPE_SUFFIXES[:3])}")
    return open_experiment(args.landscape, experiment)


def _with_formula(experiment: Experiment, args: argparse.Namespace) -> Experiment:
    """Return the experiment with the formula, domain and parameters of the arguments."""
    if args.formula is not None and args.surface is not None:
        raise ExperimentError("use either --surface or --formula")
    if args.formula is not None:
        experiment = replace(experiment.with_formula(args.formula), domain=None, start=None)
    if not experiment.formula:
        for option, value in (("--param", args.param), ("--box", args.box)):
            if value:
                raise ExperimentError(f"{option} requires --formula or an experiment with a formula")
        return experiment
    if args.box is not None:
        experiment = replace(experiment, domain=_parse_box(args.box, experiment.surface.dimension), start=None)
    for assignment in args.param:
        name, equals, value = (item.strip() for item in assignment.partition("="))
        if not equals:
            raise ExperimentError(f"--param requires NAME=VALUE, for example a=2, not {shorten_repr(assignment)}")
        experiment = experiment.with_parameter(name, check_number(f"parameter {name}", value))
    return experiment


def _parse_box(text: str, dimension: int) -> Bounds:
    numbers = text.split(",")
    if dimension == 1 and len(numbers) == 2:
        return line_bounds(*(check_number("box", number) for number in numbers))
    if len(numbers) != 4:
        if dimension == 1:
            raise ExperimentError(
                f"--box requires two numbers for a formula without y, for example --box=-3,3, not {shorten_repr(text)}"
            )
        raise ExperimentError(f"--box requires four numbers, for example --box=-10,10,-5,5, not {shorten_repr(text)}")
    left, right, bottom, top = (check_number("box", number) for number in numbers)
    return (left, right), (bottom, top)
