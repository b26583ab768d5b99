"""The ``thalweg export`` command that exports an experiment."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

from app.analysis.height_map import vertical_height_map_for
from app.export.experiment_settings import LOSS_PLOT_SETTINGS, MAP_SETTINGS, PLOT_SETTINGS, RUN_SETTINGS
from app.export.options import ANIMATION_DPI, ANIMATION_SIZE, DEFAULT_DPI, DEFAULT_SIZE, Options
from app.io.experiment_files import examples, load
from app.model.experiment import Experiment, LossPlot
from app.model.map_options import DEFAULT_MAP_OPTIONS
from app.model.plot_options import DEFAULT_PLOT_OPTIONS
from app.model.run import Run
from app.utils.i18n import tr
from app.utils.number_format import shortest_repr
from app.utils.validation import ExperimentError
from app.views.default_camera import default_camera


def build_command_line(experiment: Experiment, options: Options, file: Path | None, target: str | Path) -> str:
    """Return the command that exports the experiment, at its own number of steps, to ``target``.

    ``file`` is the file that holds the experiment, or None. It is used if the experiment cannot be expressed in
    arguments alone. Raises ExperimentError if there is no such file or if it holds another experiment.
    """
    assert experiment.start is not None
    if options.camera == default_camera(vertical_height_map_for(experiment), experiment.start):
        options = replace(options, camera=None)
    reason = _unsupported_reason(experiment)
    if not reason:
        arguments = _experiment_arguments(experiment)
    elif file is None:
        raise ExperimentError(
            tr("save the experiment first; {reason}, so the command has to refer to a file", reason=reason)
        )
    else:
        saved = load(file)
        if replace(saved, steps=experiment.steps) != experiment:
            raise ExperimentError(tr("save the experiment first; {file} contains a different one", file=file.name))
        arguments = [_file_argument(file)] + (
            [] if experiment.steps in (None, saved.steps) else ["--steps", str(experiment.steps)]
        )
    return shlex.join(["thalweg", "export", *arguments, *_option_arguments(options, Path(target)), "--to", str(target)])


def _file_argument(file: Path) -> str:
    """Return the id of an example, else the path."""
    return next((name for name, (_, path) in examples().items() if path == file.absolute()), str(file))


def _unsupported_reason(experiment: Experiment) -> str:
    """Return why an experiment cannot be expressed in arguments alone, or an empty string if it can."""
    if any(run.history for run in experiment.runs):
        return tr("hyperparameters were changed during this experiment")
    if experiment.parameter_history:
        return tr("parameters of the formula were changed during this experiment")
    if experiment.branches:
        return tr("this experiment has branches")
    if experiment.landscape is not None:
        return tr("the surface is a landscape")
    if experiment.data is not None:
        return tr("the surface is computed from data")
    if not experiment.runs:
        return tr("this experiment has no runs")
    options = experiment.loss_plot, experiment.plot_options, experiment.map_options, experiment.comparison
    extras = [experiment.extra, *(each.extra for each in options)]
    extras += [run.extra for run in experiment.runs]
    if any(extras):
        return tr("the file contains settings from a newer version of Thalweg")
    return tr("the comparison mode is {words}", words=experiment.comparison.text) if experiment.comparison.mode else ""


def _experiment_arguments(experiment: Experiment) -> list[str]:
    assert experiment.start is not None
    arguments = [
        *_surface_arguments(experiment),
        f"--start={','.join(map(shortest_repr, experiment.start[: experiment.surface.dimension]))}",
    ]
    settings = [
        f"loss_plot.{name}={value}"
        for name in LOSS_PLOT_SETTINGS
        if (value := getattr(experiment.loss_plot, name)) != getattr(LossPlot(), name)
    ]
    settings += [
        f"plot_options.{name}={_setting_text(value)}"
        for name in PLOT_SETTINGS
        if (value := getattr(experiment.plot_options, name)) != getattr(DEFAULT_PLOT_OPTIONS, name)
    ]
    settings += [
        f"map_options.{name}={_setting_text(value)}"
        for name in MAP_SETTINGS
        if (value := getattr(experiment.map_options, name)) != getattr(DEFAULT_MAP_OPTIONS, name)
    ]
    settings += ["stop_when_converged=true"] if experiment.stop_when_converged else []
    for k, run in enumerate(experiment.runs):
        arguments += ["--run", _run_argument(run)]
        defaults = {"color": None, "visible": True, "slot": k, "replicas": 0}
        settings += [
            f"run{k + 1}.{name}={_setting_text(value)}"
            for name in RUN_SETTINGS
            if (value := getattr(run, name)) != defaults[name]
        ]
    arguments += [] if experiment.steps is None else ["--steps", str(experiment.steps)]
    arguments += [f"--title={experiment.title}"] if experiment.title else []
    return arguments + [argument for setting in settings for argument in ("--set", setting)]


def _setting_text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _surface_arguments(experiment: Experiment) -> list[str]:
    if not experiment.formula:
        return ["--surface", experiment.surface_id]
    arguments = [f"--formula={experiment.formula}"]
    if experiment.domain is not None:
        numbers = [number for limits in experiment.domain[: experiment.surface.dimension] for number in limits]
        arguments.append(f"--box={','.join(map(shortest_repr, numbers))}")
    for name, value in experiment.parameters.items():
        arguments += ["--param", f"{name}={shortest_repr(value)}"]
    return arguments


def _run_argument(run: Run) -> str:
    """Return the run as ``Run.parse`` reads it.

    A modifier is included even if it is switched off, so that the run keeps its hyperparameters.
    """
    required_names = {modifier.id for modifier in run.modifiers} | {"lr"}
    return " ".join(
        [
            run.optimizer,
            *(
                f"{name}={shortest_repr(value)}"
                for name, value in run.hyperparameters.items()
                if name in required_names or value != run.method.spec(name).default
            ),
        ]
    )


def _option_arguments(options: Options, target: Path) -> list[str]:
    """Return the arguments for the options that the format of ``target`` uses and that differ from its defaults."""
    from app.export.formats import format_for_path

    used = format_for_path(target).options
    is_animation = "fps" in used
    arguments = _figure_arguments(options, is_animation) if "view" in used else []
    arguments += ["--transparent"] if options.transparent and "transparent" in used else []
    arguments += _animation_arguments(options) if is_animation else []
    return arguments + (["--no-loop"] if not options.loop and "loop" in used else [])


def _figure_arguments(options: Options, is_animation: bool) -> list[str]:
    default_size, default_dpi = (ANIMATION_SIZE, ANIMATION_DPI) if is_animation else (DEFAULT_SIZE, DEFAULT_DPI)
    arguments = [] if options.view == "all" else ["--view", options.view]
    if options.size != default_size:
        arguments += ["--size", "x".join(f"{side:.10g}" for side in options.size) + "in"]
    if options.dpi != default_dpi:
        arguments += ["--dpi", shortest_repr(options.dpi)]
    if options.theme.name != "light":
        arguments += ["--theme", options.theme.name]
    if options.camera is not None:
        angles = (options.camera.azimuth, options.camera.elevation, options.camera.zoom)
        arguments.append("--camera=" + ",".join(map(shortest_repr, angles)))
    if options.viewport is not None:
        arguments.append("--window=" + ",".join(shortest_repr(end) for side in options.viewport for end in side))
    switches = {
        "--no-title": not options.title,
        "--no-legend": not options.legend,
        "--no-mode": not options.mode,
        "--no-trials": not options.view_options.get("trials", True),
    }
    return arguments + [name for name, enabled in switches.items() if enabled]


def _animation_arguments(options: Options) -> list[str]:
    values_and_defaults = {
        "--fps": (options.fps, 25.0),
        "--seconds": (options.seconds, None),
        "--pace": (options.steps_per_frame, None),
        "--turn": (options.camera_speed, 0.0),
    }
    return [
        f"{name}={shortest_repr(value)}"
        for name, (value, default) in values_and_defaults.items()
        if value is not None and value != default
    ]
