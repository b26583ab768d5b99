"""Which maps an experiment shows: the jobs of its views, with nothing in them that its maps do not depend on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.engine.map_job import shows_basin_map
from app.engine.map_jobs import BasinMapJob, DifferenceMapJob, RateCurvesJob, SettingsMapJob
from app.engine.settings_map import default_names, with_defaults
from app.model.experiment import Experiment, LossPlot
from app.model.map_options import DEFAULT_MAP_OPTIONS
from app.model.plot_options import DEFAULT_PLOT_OPTIONS
from app.model.run import Run
from surfaces.surface import Bounds

DEFAULT_STEPS, MOST_DEFAULT_STEPS = 500, 10_000
PROBLEM_STEPS = 100  # by default in all dimensions of a problem


def basin_map_job(experiment: Experiment, run: Run, bounds: Bounds) -> BasinMapJob:
    """Return the job of the basin map of a run."""
    bare = replace(_bare(experiment, [with_defaults(run, [])]), start=None)
    return BasinMapJob(bare, map_steps(experiment), bounds, experiment.map_options.basin_size)


def displayed_basin_job(experiment: Experiment, index: int, bounds: Bounds) -> BasinMapJob | None:
    """Return the job of the basin map under the contour plot; None if the experiment does not show one."""
    if not shows_basin_map(experiment) or not 0 <= index < len(experiment.runs):
        return None
    return basin_map_job(experiment, experiment.runs[index], bounds)


def settings_axes(experiment: Experiment, run: Run) -> tuple[str, str] | None:
    """Return the axes of the settings map of a run, None if it does not have two hyperparameters for them."""
    chosen = experiment.map_options.settings_axes
    return chosen if chosen is not None and set(chosen) <= set(axis_names(run)) else default_names(run)


def axis_names(run: Run) -> list[str]:
    """Return the hyperparameters that can be an axis of the settings map: all but switches and seeds."""
    return [name for name in run.hyperparameters if run.method.spec(name).scale != "switch" and name not in run.seeds]


def settings_map_job(experiment: Experiment, run: Run) -> SettingsMapJob | None:
    """Return the job of the settings map of a run; None if it does not have two hyperparameters."""
    names = settings_axes(experiment, run)
    if names is None:
        return None
    return SettingsMapJob(_bare(experiment, [with_defaults(run, names)]), map_steps(experiment), names)


def rate_curves_job(experiment: Experiment) -> RateCurvesJob | None:
    """Return the job of the rate curves of the visible runs; None if none of them has a learning rate."""
    shown = rate_runs(experiment)
    others = [run for run in experiment.runs if "lr" in run.hyperparameters and run not in shown]
    runs, hidden = ([with_defaults(run, ["lr"]) for run in part] for part in (shown, others))
    return RateCurvesJob(_bare(experiment, runs), map_steps(experiment), tuple(hidden)) if runs else None


def rate_runs(experiment: Experiment) -> list[Run]:
    """Return the runs that have a rate curve: those that are visible and have a learning rate."""
    return [run for run in experiment.runs if run.visible and "lr" in run.hyperparameters]


def difference_map_job(experiment: Experiment, first: Run, second: Run) -> DifferenceMapJob:
    """Return the job of the difference map of two runs; it does not depend on the start of the experiment."""
    runs = [with_defaults(run, []) for run in (first, second)]
    return DifferenceMapJob(replace(_bare(experiment, runs), start=None), map_steps(experiment))


def compared_run(experiment: Experiment, run: Run) -> Run | None:
    """Return the run that the difference map compares with another one; None if there is no other."""
    others = [each for each in experiment.runs if each.slot != run.slot]
    chosen = [each for each in others if each.slot == experiment.map_options.compared_slot]
    following = [each for each in others if (each.slot or 0) > (run.slot or 0)]
    return next(iter([*chosen, *following, *others]), None)


def map_steps(experiment: Experiment) -> int:
    """Return the number of steps of each run of a map."""
    if experiment.problem is not None:
        return experiment.map_options.steps or min(experiment.steps or PROBLEM_STEPS, PROBLEM_STEPS)
    return experiment.map_options.steps or min(experiment.steps or DEFAULT_STEPS, MOST_DEFAULT_STEPS)


def _bare(experiment: Experiment, runs: Sequence[Run]) -> Experiment:
    """Return an experiment with nothing but the surface and the start of another, and some runs."""
    return replace(
        experiment,
        runs=tuple(runs),
        steps=None,
        loss_plot=LossPlot(),
        title="",
        data_names=None,
        branches=(),
        comparison=experiment.comparison.cleared,
        stop_when_converged=False,
        plot_options=DEFAULT_PLOT_OPTIONS,
        map_options=DEFAULT_MAP_OPTIONS,
        displayed_step=0,
        extra={},
    )
