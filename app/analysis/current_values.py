"""Current values of every run (step, position, loss, gradient norm) and the columns of their table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.analysis.run_column import Column
from app.engine.race import Race
from app.utils.i18n import gettext_noop
from app.utils.number_format import format_fixed_width, format_integer
from surfaces import Surface


@dataclass(frozen=True)
class CurrentValues:
    """The values of one run at the displayed step; a run that has diverged has those of its last finite step."""

    optimizer_name: str
    step: int
    x: float
    y: float
    loss: float
    gradient_norm: float
    diverged_at: int | None


def current_values(race: Race) -> list[CurrentValues]:
    """Return the current values of all runs."""
    rows = []
    for run, trajectory in zip(race.experiment.runs, race.trajectories, strict=True):
        step, diverged_at = min(race.step, trajectory.last_step), trajectory.diverged_at
        x, y, loss = trajectory.values_between(step, step)
        with np.errstate(all="ignore"):
            gradient_norm = np.hypot(*race.surface(x, y)[1])
        diverged_at = diverged_at if diverged_at is not None and diverged_at <= race.step else None
        numbers = float(x[0]), float(y[0]), float(loss[0]), float(gradient_norm[0])
        rows.append(CurrentValues(run.method.name, step, *numbers, diverged_at))
    return rows


def value_columns(surface: Surface) -> tuple[Column, ...]:
    """Return the columns of the current values; coordinates have the names that the surface gives them."""
    x, y = (axis.split()[0] for axis in surface.axis_labels)
    return (
        Column("run", gettext_noop("Run"), lambda row: row.optimizer_name, str),
        Column(
            "step",
            gettext_noop("Step"),
            lambda row: row.step,
            format_integer,
            sample_text="000,000",
            shows_divergence=True,
        ),
        Column(x, x, lambda row: row.x, format_fixed_width, sample_text="-00.00000"),
        Column(y, y, lambda row: row.y, format_fixed_width, sample_text="-00.00000"),
        Column("loss", gettext_noop("Loss"), lambda row: row.loss, format_fixed_width, sample_text="000.00000"),
        Column(
            "gradient norm",
            gettext_noop("Gradient norm"),
            lambda row: row.gradient_norm,
            format_fixed_width,
            sample_text="000.00000",
        ),
    )
