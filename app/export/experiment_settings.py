"""Settings of an experiment given as text, as in the argument ``--set run1.lr=0.02`` of the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from app.model.experiment import Experiment
from app.model.map_options import MapOptions
from app.model.plot_options import SWITCHES, PlotOptions
from app.model.run import Run
from app.utils.validation import MAX_STEPS, ExperimentError, check_choice, check_number, shorten_repr

BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}


def parse_boolean(kind: str, value: str) -> bool:
    """Return the value of a boolean setting; ``kind`` names it in the error message."""
    if value.lower() not in BOOLEANS:
        raise ExperimentError(f"{kind} must be true or false, not {shorten_repr(value)}")
    return BOOLEANS[value.lower()]


def parse_integer(kind: str, value: str) -> int:
    """Return the value of an integer setting; ``kind`` names it in the error message."""
    try:
        return int(value)
    except ValueError:
        raise ExperimentError(f"{kind} must be an integer, not {shorten_repr(value)}") from None


def _with_start(experiment: Experiment, value: str) -> Experiment:
    if experiment.surface.dimension == 1 and "," not in value:
        return replace(experiment, start=(value,))  # type: ignore[arg-type]  # Experiment converts strings
    x, comma, y = value.partition(",")
    if not comma or "," in y:
        raise ExperimentError(f"--start requires two numbers, for example --start=-1.5,2, not {shorten_repr(value)}")
    return replace(experiment, start=(x, y))  # type: ignore[arg-type]  # Experiment converts strings


def _with_steps(experiment: Experiment, value: str) -> Experiment:
    try:
        return replace(experiment, steps=int(value))
    except ValueError:
        raise ExperimentError(f"steps must be an integer from 0 to {MAX_STEPS}, not {shorten_repr(value)}") from None


EXPERIMENT_SETTERS: Mapping[str, Callable[[Experiment, str], Experiment]] = {
    "surface": lambda experiment, value: experiment.with_surface(value.lower()),
    "start": _with_start,
    "steps": _with_steps,
    "title": lambda experiment, value: replace(experiment, title=value),
    "stop_when_converged": lambda experiment, value: replace(
        experiment, stop_when_converged=parse_boolean("stop_when_converged", value)
    ),
}
LOSS_PLOT_SETTINGS = ("quantity", "x_quantity", "x_scale", "y_scale")  # fields of LossPlot
OLD_NAMES = {  # names of earlier versions and their current names, which are the keys in the file
    "settled": "stop_when_converged",
    "curve.quantity": "loss_plot.quantity",
    "curve.against": "loss_plot.x_quantity",
    "curve.x_scale": "loss_plot.x_scale",
    "curve.y_scale": "loss_plot.y_scale",
}
PLOT_SETTINGS = tuple(field.name for field in fields(PlotOptions) if field.name != "extra")
MAP_SETTINGS = tuple(field.name for field in fields(MapOptions) if field.name != "extra")
RUN_SETTINGS: Mapping[str, Callable[[str, str], Any]] = {  # besides its hyperparameters
    "color": lambda _, value: value,
    "visible": parse_boolean,
    "slot": parse_integer,
    "replicas": parse_integer,
}


def apply_setting(experiment: Experiment, assignment: str) -> Experiment:
    """Return the experiment with one setting changed.

    Examples of assignments: "run1.lr=0.02", "adam-2.beta1=0.8", "start=-1,2", "loss_plot.quantity=distance",
    "plot_options.levels=30". A hyperparameter is changed from the start of the run. Raises ExperimentError if the
    assignment is invalid.
    """
    name, equals_sign, value = (item.strip() for item in assignment.partition("="))
    if not equals_sign:
        raise ExperimentError(f"--set requires name=value, for example run1.lr=0.02, not {shorten_repr(assignment)}")
    name = OLD_NAMES.get(name, name)
    owner, dot, key = name.partition(".")
    if not dot:
        choices = [
            *EXPERIMENT_SETTERS,
            *(f"loss_plot.{setting}" for setting in LOSS_PLOT_SETTINGS),
            f"plot_options.{PLOT_SETTINGS[0]}",
            f"map_options.{MAP_SETTINGS[0]}",
            *(f"{run}.lr" for run in experiment.names),
        ]
        return EXPERIMENT_SETTERS[check_choice("setting", name, choices)](experiment, value)
    if owner in ("loss_plot", "curve"):
        changes: dict[str, Any] = {check_choice("loss-plot setting", key, LOSS_PLOT_SETTINGS): value}
        return replace(experiment, loss_plot=replace(experiment.loss_plot, **changes))
    if owner == "plot_options":
        return _with_plot_option(experiment, check_choice("plot setting", key, PLOT_SETTINGS), value)
    if owner == "map_options":
        return _with_map_option(experiment, check_choice("map setting", key, MAP_SETTINGS), value)
    runs = {
        **{f"run{k}": k - 1 for k in range(1, len(experiment.runs) + 1)},
        **{run: k for k, run in enumerate(experiment.names)},
    }
    index = runs[check_choice("run", owner.lower(), runs)]
    return experiment.with_run(index, _with_run_setting(experiment.runs[index], key, value))


def _with_plot_option(experiment: Experiment, name: str, value: str) -> Experiment:
    parsed: Any = value
    if name in SWITCHES:
        parsed = parse_boolean(name, value)
    elif name == "levels":
        parsed = parse_integer(name, value)
    return replace(experiment, plot_options=replace(experiment.plot_options, **{name: parsed}))


def _with_map_option(experiment: Experiment, name: str, value: str) -> Experiment:
    parsed: Any = value
    if name in ("steps", "compared_slot"):
        parsed = parse_integer(name, value)
    elif name == "settings_axes":
        parsed = tuple(value.split(","))
    return replace(experiment, map_options=replace(experiment.map_options, **{name: parsed}))


def _with_run_setting(run: Run, name: str, value: str) -> Run:
    if name in RUN_SETTINGS:
        return replace(run, **{name: RUN_SETTINGS[name](name, value)})
    changed = run.with_hyperparameter(name, check_number(f"{name} of {run.optimizer}", value))
    added = [each for each in changed.hyperparameters if each not in run.hyperparameters]  # of a modifier that is added
    return run.with_changes_from_start({each: changed.hyperparameters[each] for each in (name, *added)})
