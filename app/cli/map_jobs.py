"""The work of ``thalweg map``: compute a map of an experiment and write it to files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Generator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from app.cli.experiment_arguments import build_single_experiment, last_step
from app.cli.progress_line import ProgressLine
from app.engine.basin_map import BasinMap, compute_basin_map
from app.engine.difference_map import difference_map
from app.engine.learning_rate_grid import RATE_COUNT, common_learning_rates
from app.engine.settings_map import compute_rate_curve, compute_settings_map, default_names
from app.export.experiment_settings import parse_integer
from app.export.maps.basin_figure import draw_basin_map
from app.export.maps.difference_figure import draw_difference_map
from app.export.maps.map_data import MapData, basin_data, difference_data, rate_data, settings_data
from app.export.maps.map_files import Draw, check_map_path, write_map
from app.export.maps.map_headings import basin_heading, rate_heading, settings_heading
from app.export.maps.map_layout import MAP_SIZE, check_map_size
from app.export.maps.rate_figure import draw_rate_curves
from app.export.maps.settings_figure import draw_settings_map
from app.export.options import DEFAULT_DPI, DPI_PRESETS, Options, parse_size
from app.io.experiment_files import display_name
from app.model.experiment import Experiment
from app.model.run import Run
from app.theming.theme import THEMES
from app.utils.atomic_write import resolve_target
from app.utils.progress_generators import finish, scaled
from app.utils.validation import ExperimentError, check_choice, check_number

Result = TypeVar("Result")
MIN_SIZE, MAX_SIZE = 2, 1000
GRID_SIZE, SMALL_GRID_SIZE = 200, 50
DEFAULT_RUN_COUNTS = {"basins": 1, "settings": 1, "difference": 2}


def export_map(args: argparse.Namespace) -> int:
    """Compute the map and write all files; raise ExperimentError before the computation if an argument is invalid."""
    experiment = build_single_experiment(args, "map")
    inputs = {Path(name).resolve() for name in (*args.experiment, args.data) if name is not None}
    options, paths = _build_options(args), [resolve_target(Path(name)) for name in args.to]
    for path in paths:
        check_map_path(path)
        if path in inputs:
            raise ExperimentError(f"{path} would overwrite an input file; choose another name")
    if args.over and args.kind != "settings":
        raise ExperimentError("--over applies only to settings maps")
    runs = _selected_runs(args, experiment)
    with ProgressLine(sys.stderr, args.quiet) as progress:
        data, draw = MAPS[args.kind](args, experiment, runs, partial(progress, f"computing {args.kind}"))
        for path in paths:
            progress(f"writing {path.name}", 0.0)
            write_map(path, display_name(experiment), data, draw, options)
    return 0


def _build_options(args: argparse.Namespace) -> Options:
    dpi = DEFAULT_DPI if args.dpi is None else DPI_PRESETS.get(args.dpi) or check_number("dpi", args.dpi)
    Options(dpi=dpi)  # checks dpi before sizes in pixels are divided by it
    options = Options(
        size=MAP_SIZE if args.figure_size is None else parse_size(args.figure_size, dpi),
        dpi=dpi,
        theme=THEMES[check_choice("theme", args.theme or "light", THEMES)],
        transparent=args.transparent,
        title=not args.no_title,
    )
    check_map_size(options)
    return options


def _selected_runs(args: argparse.Namespace, experiment: Experiment) -> list[int]:
    """Return the indices of the runs of the map."""
    indices = {
        **{str(k): k - 1 for k in range(1, len(experiment.runs) + 1)},
        **{f"run{k}": k - 1 for k in range(1, len(experiment.runs) + 1)},
        **{name: k for k, name in enumerate(experiment.names)},
    }
    count = DEFAULT_RUN_COUNTS.get(args.kind)
    if args.select is None:
        selected = list(range(len(experiment.runs)))[:count]
    else:
        selected = [indices[check_choice("run", name.lower(), indices)] for name in args.select]
    if count is not None and len(selected) != count:
        needed = "one run" if count == 1 else "two runs"
        raise ExperimentError(f"a map of this kind ({args.kind}) requires {needed}, not {len(selected)}")
    return selected


def _size(args: argparse.Namespace, default: int) -> int:
    size = default if args.size is None else parse_integer("size", args.size)
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise ExperimentError(f"--size must be between {MIN_SIZE} and {MAX_SIZE:,}, not {size:,}")
    return size


def _finish_all(
    generators: Sequence[Generator[float, None, Result]], progress: Callable[[float], None]
) -> list[Result]:
    """Run generators one after another, with one progress for all, and return their results."""
    count = len(generators)
    return [finish(scaled(each, k / count, (k + 1) / count), progress) for k, each in enumerate(generators)]


def _start(experiment: Experiment) -> tuple[float, float]:
    assert experiment.start is not None
    return experiment.start


def _basin_maps(
    args: argparse.Namespace, experiment: Experiment, runs: list[Run], progress: Callable[[float], None]
) -> list[BasinMap]:
    batched = all(run.method.batched for run in runs)
    size = _size(args, GRID_SIZE if batched else SMALL_GRID_SIZE)
    generators = [compute_basin_map(run, experiment.surface, last_step(experiment), size) for run in runs]
    return _finish_all(generators, progress)


def _basins(
    args: argparse.Namespace, experiment: Experiment, indices: list[int], progress: Callable[[float], None]
) -> tuple[MapData, Draw]:
    run, surface = experiment.runs[indices[0]], experiment.surface
    (result,) = _basin_maps(args, experiment, [run], progress)
    heading = basin_heading(experiment, [run], result, last_step(experiment))
    return basin_data(result), lambda options: draw_basin_map(result, surface, heading, options)


def _settings(
    args: argparse.Namespace, experiment: Experiment, indices: list[int], progress: Callable[[float], None]
) -> tuple[MapData, Draw]:
    run, surface, start = experiment.runs[indices[0]], experiment.surface, _start(experiment)
    names = tuple(args.over) if args.over else default_names(run)
    if names is None:
        raise ExperimentError(f"{run.method.name} does not have two hyperparameters for a settings map")
    for name in names:
        check_choice("hyperparameter", name, run.hyperparameters)
    if names[0] == names[1]:
        raise ExperimentError("--over requires two different hyperparameters")
    size = _size(args, SMALL_GRID_SIZE if not run.method.batched else GRID_SIZE // 2)
    generator = compute_settings_map(run, surface, start, last_step(experiment), (names[0], names[1]), size)
    result = finish(generator, progress)
    heading = settings_heading(experiment, run, result, last_step(experiment))
    return settings_data(result), lambda options: draw_settings_map(result, run, surface, heading, options)


def _difference(
    args: argparse.Namespace, experiment: Experiment, indices: list[int], progress: Callable[[float], None]
) -> tuple[MapData, Draw]:
    runs, surface = [experiment.runs[k] for k in indices], experiment.surface
    first, second = _basin_maps(args, experiment, runs, progress)
    result = difference_map(first, second)
    names = (runs[0].method.name, runs[1].method.name)
    if names[0] == names[1]:
        names = (experiment.names[indices[0]], experiment.names[indices[1]])
    heading = basin_heading(experiment, runs, first, last_step(experiment))
    return difference_data(result), lambda options: draw_difference_map(result, names, surface, heading, options)


def _rates(
    args: argparse.Namespace, experiment: Experiment, indices: list[int], progress: Callable[[float], None]
) -> tuple[MapData, Draw]:
    surface, start = experiment.surface, _start(experiment)
    if not indices:
        raise ExperimentError("the experiment has no runs")
    runs = [experiment.runs[k] for k in indices]
    rates = common_learning_rates(runs, surface, start, _size(args, RATE_COUNT))
    generators = [compute_rate_curve(run, surface, start, last_step(experiment), rates) for run in runs]
    curves = _finish_all(generators, progress)
    heading = rate_heading(experiment, last_step(experiment))
    pairs = list(zip(runs, curves, strict=True))
    return rate_data([experiment.names[k] for k in indices], curves), lambda options: draw_rate_curves(
        pairs, surface, start, heading, options
    )


MAPS: dict[str, Any] = {"basins": _basins, "settings": _settings, "difference": _difference, "rates": _rates}
