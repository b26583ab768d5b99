"""Results of every run (loss, distance, path length, evaluations) and the columns of the results table."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.utils.i18n import gettext_noop, tr
from app.utils.number_format import format_integer, format_significant

LOSS_TOLERANCE = 1e-6  # fraction of the loss at the start minus that at the minimum
TOLERANCE_TEXT = gettext_noop("Steps to tolerance: from then on, loss − minimum is at most 10⁻⁶ × its first value.")
NO_MINIMUM_TEXT = gettext_noop("This surface has no known minimum: there is no tolerance to reach, and no distance.")
MISSING = "–"
SUM_INTERVAL = 4096  # steps between two stored sums


@dataclass(frozen=True)
class RunResult:
    """The result of one run at a step; a run that has diverged has the values of its last finite step.

    ``steps_to_tolerance`` is None if the run is not within the tolerance, nan if the surface has no known minimum.
    """

    index: int  # in experiment.runs
    slot: int
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


class RunningTotals:
    """Path length and last step outside the tolerance of one trajectory, stored every ``SUM_INTERVAL`` steps.

    Values in between are summed from the checkpoint before, so that they do not depend on earlier queries.
    """

    def __init__(self, trajectory: Trajectory, minimum_loss: float) -> None:
        self.minimum_loss = minimum_loss
        initial_loss = float(trajectory.values_between(0, 0)[2][0])
        self.loss_tolerance = LOSS_TOLERANCE * max(initial_loss - minimum_loss, 0.0)
        self.checkpoints = [(0.0, -1)]

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
        return length, k * SUM_INTERVAL + int(outside_indices[-1]) if outside_indices.size else last_outside


def running_totals(trajectory: Trajectory, step: int, minimum_loss: float) -> tuple[float, int]:
    """Return path length and last step outside the tolerance; see ``RunningTotals.values_at``."""
    totals = trajectory.derived.get("totals")
    if totals is None:
        totals = trajectory.derived["totals"] = RunningTotals(trajectory, minimum_loss)
    path_length, last_outside = totals.values_at(trajectory, step)
    return path_length, last_outside


def run_results(
    race: Race, step: int | None = None, measure_update_time: Callable[[Trajectory], float] | None = None
) -> list[RunResult]:
    """Return the results of all runs at a step, by default the displayed one.

    ``measure_update_time`` returns the compute time of one update in microseconds.
    """
    displayed_step = race.step if step is None else step
    experiment, surface = race.experiment.as_of_step(displayed_step), race.surface
    minimum_loss = math.nan if surface.minimum_loss is None else surface.minimum_loss
    results = []
    for index, (run, trajectory) in enumerate(zip(experiment.runs, race.trajectories, strict=True)):
        last_step, diverged_at = min(displayed_step, trajectory.last_step), trajectory.diverged_at
        diverged_at = diverged_at if diverged_at is not None and diverged_at <= displayed_step else None
        x, y, loss = trajectory.values_between(last_step, last_step)
        path_length, last_outside = running_totals(trajectory, last_step, minimum_loss)
        steps_to_tolerance = None if diverged_at is not None or last_outside == last_step else last_outside + 1
        results.append(
            RunResult(
                index,
                run.slot or 0,
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
            )
        )
    return results


@dataclass(frozen=True)
class Column:
    """A column of the results table.

    ``name`` is the full name, ``heading`` the one in the window. ``sample_text`` is a text of usual length that
    determines the initial width.
    """

    name: str
    heading: str
    get_value: Callable[[RunResult], Any]
    format_value: Callable[[Any], str]
    tooltip: str = ""
    sample_text: str = ""

    @property
    def is_text(self) -> bool:
        """Whether the values are texts, not numbers."""
        return self.format_value is str


COLUMNS = (
    Column("run", "Run", lambda result: result.index + 1, format_integer, "Its place in the list of runs"),
    Column("optimizer", "Optimizer", lambda result: result.optimizer_name, str),
    Column(
        "hyperparameters",
        "Hyper-\nparameters",
        lambda result: result.hyperparameter_text,
        str,
        "The learning rate, and what is not at its default",
    ),
    Column("steps", "Steps", lambda result: result.step_count, format_integer, sample_text="00,000"),
    Column(
        "steps to tolerance",
        "Steps to\ntolerance",
        lambda result: result.steps_to_tolerance,
        format_integer,
        TOLERANCE_TEXT,
    ),
    Column("loss", "Loss", lambda result: result.loss, format_significant, sample_text="0.0000000"),
    Column(
        "distance to nearest minimum",
        "Distance to\nminimum",
        lambda result: result.distance_to_minimum,
        format_significant,
        "To the nearest minimum",
        sample_text="0.0000000",
    ),
    Column(
        "path length",
        "Path\nlength",
        lambda result: result.path_length,
        format_significant,
        "The lengths of all steps, added up",
        sample_text="000.00",
    ),
    Column(
        "gradient evaluations",
        "Gradient\nevals",
        lambda result: result.gradient_evaluations,
        format_integer,
        sample_text="00,000",
    ),
    Column(
        "value evaluations",
        "Value\nevals",
        lambda result: result.value_evaluations,
        format_integer,
        "Evaluations of the loss without its gradient",
    ),
    Column(
        "time per update (µs)",
        "µs per\nupdate",
        lambda result: result.update_time_us,
        lambda value: format_significant(value, 3),
        "Time per update in microseconds, of the arithmetic alone, measured on this computer",
    ),
)
STEPS_COLUMN = next(k for k, column in enumerate(COLUMNS) if column.name == "steps")
# Only for CSV: elsewhere the column of steps shows it as text.
DIVERGED_COLUMN = Column("diverged at", "Diverged at", lambda result: result.diverged_at, format_integer)


def is_missing(value: Any) -> bool:
    """Return whether a value is None, an empty text or not a finite number."""
    return value is None or value == "" or (isinstance(value, float) and not math.isfinite(value))


def format_cells(result: RunResult) -> list[str]:
    """Return the text of each column."""
    values = [column.get_value(result) for column in COLUMNS]
    texts = [
        MISSING if is_missing(value) else column.format_value(value)
        for column, value in zip(COLUMNS, values, strict=True)
    ]
    if result.diverged_at is not None:
        texts[STEPS_COLUMN] = tr("diverged at {diverged_at:,}", diverged_at=result.diverged_at)
    return texts


def sort_results(results: Iterable[RunResult], column: Column, descending: bool = False) -> list[RunResult]:
    """Sort results by a column, stably; missing values come last in both directions.

    Texts are sorted naturally: numbers in them are compared as numbers.
    """
    results = list(results)

    def key(result: RunResult) -> Any:
        value = column.get_value(result)
        return _natural_sort_key(value) if column.is_text else value

    present = [result for result in results if not is_missing(column.get_value(result))]
    return sorted(present, key=key, reverse=descending) + [
        result for result in results if is_missing(column.get_value(result))
    ]


def _natural_sort_key(text: str) -> list[Any]:
    """Split a text into words (even indices) and numbers (odd indices)."""
    tokens = re.split(r"(\d+(?:\.\d+)?(?:e[+-]?\d+)?)", text.casefold())
    return [float(token) if k % 2 else token for k, token in enumerate(tokens)]
