"""Results of every run (loss, distance, path length, evaluations) and the columns of the results table."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from app.analysis.metric_columns import METRIC_COLUMNS
from app.analysis.problem_metrics import metric_at, metric_names
from app.analysis.run_column import Column
from app.analysis.status.network_status import gradient_norm_at
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.model.run_labels import distinct_labels
from app.utils.i18n import gettext_noop
from app.utils.number_format import format_fixed_width, format_integer, format_significant
from surfaces import Surface

LOSS_TOLERANCE = 1e-6  # fraction of the loss at the start minus that at the minimum
TOLERANCE_TEXT = gettext_noop("Number of steps after which loss − minimum stays below 10⁻⁶ of its initial value.")
ESTIMATED_TEXT = gettext_noop(
    "Number of steps after which loss − lowest found stays below 10⁻⁶ of its initial value. The minimum is the result "
    "of a numerical search."
)
NO_MINIMUM_TEXT = gettext_noop(
    "This surface has no known minimum, so steps to tolerance and distance cannot be computed."
)
PROBLEM_TEXT = gettext_noop("Values are those of all parameters at the displayed step, not those of the plane.")
SUM_INTERVAL = 4096  # steps between two stored sums


@dataclass(frozen=True)
class RunResult:
    """The result of one run at a step; a run that has diverged has the values of its last finite step.

    ``steps_to_tolerance`` is None if the run is not within the tolerance, nan if the surface has no known minimum.
    """

    index: int  # in experiment.runs
    slot: int
    name: str  # of the optimizer, with the hyperparameters if several runs use it
    optimizer_name: str
    hyperparameter_text: str
    step_count: int
    steps_to_tolerance: float | None
    loss: float
    distance_to_minimum: float
    path_length: float
    gradient_evaluations: int
    value_evaluations: int
    update_time_us: float  # nan if not measured
    diverged_at: int | None
    x: float
    y: float
    gradient_norm: float
    minima_estimated: bool = False
    metrics: Mapping[str, float] | None = None  # of a network or another problem with many parameters


class RunningTotals:
    """Path length and last step outside the tolerance of one trajectory, stored every ``SUM_INTERVAL`` steps.

    The tolerance is that of the surface which begins at step ``surface_since``; all steps before count as outside.
    Values in between are summed from the checkpoint before, so that they do not depend on earlier queries.
    """

    def __init__(self, trajectory: Trajectory, minimum_loss: float, surface_since: int) -> None:
        self.minimum_loss, self.surface_since = minimum_loss, surface_since
        initial_loss = float(trajectory.values_between(surface_since, surface_since)[2][0])
        self.loss_tolerance = LOSS_TOLERANCE * max(initial_loss - minimum_loss, 0.0)
        self.checkpoints = [(0.0, surface_since - 1)]

    def values_at(self, trajectory: Trajectory, step: int) -> tuple[float, int]:
        """Return the path length up to ``step`` and the last step outside the tolerance, -1 if there is none."""
        while len(self.checkpoints) * SUM_INTERVAL <= step:
            self.checkpoints.append(self._from_checkpoint(trajectory, len(self.checkpoints) * SUM_INTERVAL))
        return self._from_checkpoint(trajectory, step)

    def _from_checkpoint(self, trajectory: Trajectory, step: int) -> tuple[float, int]:
        k = min(step // SUM_INTERVAL, len(self.checkpoints) - 1)
        length, last_outside = self.checkpoints[k]
        x, y, loss = trajectory.values_between(k * SUM_INTERVAL, step)
        with np.errstate(all="ignore"):
            length += float(np.hypot(np.diff(x), np.diff(y)).sum())
            outside_indices = np.flatnonzero(loss - self.minimum_loss > self.loss_tolerance)
        outside_indices = outside_indices[outside_indices + k * SUM_INTERVAL >= self.surface_since]
        return length, k * SUM_INTERVAL + int(outside_indices[-1]) if outside_indices.size else last_outside


def running_totals(trajectory: Trajectory, step: int, minimum_loss: float) -> tuple[float, int]:
    """Return path length and last step outside the tolerance; see ``RunningTotals.values_at``."""
    surface_since = max(start for start, _ in trajectory.surfaces_by_step if start <= step)
    totals = trajectory.derived.get("totals")
    if totals is None or totals.surface_since != surface_since:
        totals = trajectory.derived["totals"] = RunningTotals(trajectory, minimum_loss, surface_since)
    path_length, last_outside = totals.values_at(trajectory, step)
    return path_length, last_outside


def run_results(
    race: Race, step: int | None = None, measure_update_time: Callable[[Trajectory], float] | None = None
) -> list[RunResult]:
    """Return the results of all runs at a step, by default the displayed one.

    ``measure_update_time`` returns the compute time of one update in microseconds.
    """
    displayed_step = race.step if step is None else step
    experiment = race.experiment.as_of_step(displayed_step)
    optimizer_counts = Counter(run.optimizer for run in experiment.runs)
    labels, results = distinct_labels(experiment.runs), []
    for index, (run, trajectory) in enumerate(zip(experiment.runs, race.trajectories, strict=True)):
        last_step, diverged_at = min(displayed_step, trajectory.last_step), trajectory.diverged_at
        diverged_at = diverged_at if diverged_at is not None and diverged_at <= displayed_step else None
        surface = cast(Surface, trajectory.surface_at(last_step))
        minimum_loss = math.nan if surface.minimum_loss is None else surface.minimum_loss
        x, y, loss = trajectory.values_between(last_step, last_step)
        if trajectory.projected_problem is not None:
            gradient_norm = np.array([gradient_norm_at(trajectory, last_step)])
        else:
            with np.errstate(all="ignore"):
                gradient_norm = np.hypot(*surface(x, y)[1])
        path_length, last_outside = running_totals(trajectory, last_step, minimum_loss)
        steps_to_tolerance = None if diverged_at is not None or last_outside == last_step else last_outside + 1
        results.append(
            RunResult(
                index,
                run.slot or 0,
                run.method.name if optimizer_counts[run.optimizer] == 1 else labels[index],
                run.method.name,
                run.hyperparameter_text,
                last_step,
                math.nan if math.isnan(minimum_loss) else steps_to_tolerance,
                float(loss[0]),
                float(surface.distance_to_minimum(x, y)[0]),
                path_length,
                *trajectory.evaluation_counts(last_step),
                measure_update_time(trajectory) if measure_update_time else math.nan,
                diverged_at,
                float(x[0]),
                float(y[0]),
                float(gradient_norm[0]),
                surface.minima_estimated,
                _metrics(trajectory, surface, last_step),
            )
        )
    return results


def _metrics(trajectory: Trajectory, surface: Surface, step: int) -> dict[str, float] | None:
    """Return the metrics of a run of a problem with many parameters, perhaps none; None for a run on the surface."""
    if trajectory.projected_problem is None:
        return None
    return {name: metric_at(trajectory, name, step) for name in metric_names(surface)}


COLUMNS = (
    Column("run", "Run", lambda run: run.index + 1, format_integer, "Position in the list of runs"),
    Column("optimizer", "Optimizer", lambda run: run.optimizer_name, str),
    Column(
        "hyperparameters",
        "Hyper-\nparameters",
        lambda run: run.hyperparameter_text,
        str,
        "Learning rate and any hyperparameters that differ from their defaults",
    ),
    Column("steps", "Steps", lambda run: run.step_count, format_integer, sample_text="00,000", shows_divergence=True),
    Column(
        "steps to tolerance", "Steps to\ntolerance", lambda run: run.steps_to_tolerance, format_integer, TOLERANCE_TEXT
    ),
    Column("loss", "Loss", lambda run: run.loss, format_significant, sample_text="0.0000000"),
    Column(
        "distance to nearest minimum",
        "Distance to\nminimum",
        lambda run: run.distance_to_minimum,
        format_significant,
        "Distance to the nearest global minimum",
        "0.0000000",
    ),
    Column(
        "path length",
        "Path\nlength",
        lambda run: run.path_length,
        format_significant,
        "Total length of all steps",
        "000.00",
    ),
    Column(
        "gradient evaluations",
        "Gradient\nevals",
        lambda run: run.gradient_evaluations,
        format_integer,
        sample_text="00,000",
    ),
    Column(
        "function evaluations",
        "Function\nevals",
        lambda run: run.value_evaluations,
        format_integer,
        "Evaluations of the loss without its gradient",
    ),
    Column(
        "time per step (µs)",
        "µs per\nstep",
        lambda run: run.update_time_us,
        lambda value: format_significant(value, 3),
        "Computation time per step in microseconds, measured on this computer (drawing excluded)",
    ),
)
STEPS_COLUMN = next(k for k, column in enumerate(COLUMNS) if column.shows_divergence)
LOSS_COLUMN = STEPS_COLUMN + 1  # among those of a problem with many parameters
DISTANCE_COLUMN = next(k for k, column in enumerate(COLUMNS) if column.name == "distance to nearest minimum")
ESTIMATED_DISTANCE = replace(
    COLUMNS[DISTANCE_COLUMN],
    name=gettext_noop("distance to nearest minimum found"),
    heading=gettext_noop("Distance to\nmin. found"),
    tooltip=gettext_noop("Distance to the nearest of the lowest minima that the search found"),
)
# Only for CSV: elsewhere the column of steps shows it as text.
DIVERGED_COLUMN = Column("diverged at", "Diverged at", lambda run: run.diverged_at, format_integer)


SURFACE_COLUMNS = ("steps to tolerance", "distance to nearest minimum", "path length")  # meaningless off the surface


def result_columns(results: Sequence[RunResult]) -> tuple[Column, ...]:
    """Return the columns that suit some results.

    The distance is one to minima found if these are the results of a search. Runs of a problem with many parameters
    have its metrics in place of what depends on the plane that shows them.
    """
    metrics = results[0].metrics if results else None
    if metrics is not None:
        columns = [column for column in COLUMNS if column.name not in SURFACE_COLUMNS]
        end = LOSS_COLUMN + 1
        return (*columns[:end], *(METRIC_COLUMNS[name] for name in metrics), *columns[end:])
    if not any(result.minima_estimated for result in results):
        return COLUMNS
    return (*COLUMNS[:DISTANCE_COLUMN], ESTIMATED_DISTANCE, *COLUMNS[DISTANCE_COLUMN + 1 :])


def format_cells(result: RunResult) -> list[str]:
    """Return the text of each column."""
    return [column.text(result) for column in result_columns([result])]


def value_columns(surface: Surface) -> tuple[Column, ...]:
    """Return the columns of the read-out; coordinates have the names that the surface gives them."""
    coordinates = [
        Column(name, name, get_value, format_fixed_width, sample_text="-00.00000")
        for name, get_value in zip(surface.axis_names, (lambda run: run.x, lambda run: run.y), strict=False)
    ]
    get_step = COLUMNS[STEPS_COLUMN].get_value
    plane_columns = [
        Column(
            "loss on the plane",
            gettext_noop("On the plane"),
            lambda run: surface.loss_at(run.x, run.y),
            format_fixed_width,
            sample_text="000.00000",
        )
    ]
    return (
        Column("run", gettext_noop("Run"), lambda run: run.name, str),
        Column("step", gettext_noop("Step"), get_step, format_integer, sample_text="000,000", shows_divergence=True),
        *coordinates,
        Column("loss", gettext_noop("Loss"), lambda run: run.loss, format_fixed_width, sample_text="000.00000"),
        *(plane_columns if surface.projected_problem is not None else []),
        Column(
            "gradient norm",
            gettext_noop("Gradient norm"),
            lambda run: run.gradient_norm,
            format_fixed_width,
            "",
            "000.00000",
        ),
    )
