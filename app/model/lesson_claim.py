"""Claim: what a lesson says about a number of a run, as a value that the program checks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.model.branch import MAX_RUNS
from app.model.lesson_settings import check_setting_name
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError, check_choice, check_integer, check_number, check_text, shorten_repr

MAX_LESSON_STEPS = 20_000  # of the runs of a lesson, so that checking one takes seconds at most
AXES = ("x", "y")
# What a claim can measure, by name; ``app.analysis.lessons.measures`` has a function for each.
MEASURE_TEXTS = {
    "position": gettext_noop("{axis} after step {step}"),
    "change": gettext_noop("change of {axis} in step {step}"),
    "factor": gettext_noop("{axis} after step {step} divided by {axis} one step before"),
    "largest": gettext_noop("largest {axis} from step {first_step} to step {step}"),
    "smallest": gettext_noop("smallest {axis} from step {first_step} to step {step}"),
    "first_beyond": gettext_noop("first step with |{axis}| above {bound}"),
    "loss": gettext_noop("loss after step {step}"),
    "lowest_loss": gettext_noop("lowest loss from step {first_step} to step {step}"),
    "highest_loss": gettext_noop("highest loss from step {first_step} to step {step}"),
    "mean_loss": gettext_noop("mean loss from step {first_step} to step {step}"),
    "steps_to_loss": gettext_noop("steps until the loss stays at or below {bound}"),
    "steps_within": gettext_noop("steps until the run stays within {tolerance} of a minimum"),
    "distance": gettext_noop("distance to the nearest minimum after step {step}"),
    "gradient_norm": gettext_noop("gradient norm after step {step}"),
    "step_size": gettext_noop("size of step {step}"),
    "path_length": gettext_noop("path length from step {first_step} to step {step}"),
    "learning_rate": gettext_noop("learning rate of step {step}"),
    "largest_curvature": gettext_noop("largest curvature after step {step}"),
    "smallest_curvature": gettext_noop("smallest curvature after step {step}"),
    "condition_number": gettext_noop("condition number after step {step}"),
    "stability_limit": gettext_noop("largest stable learning rate after step {step}"),
    "status": gettext_noop("status after step {step}"),
    "accuracy": gettext_noop("accuracy after step {step}"),
    "test_accuracy": gettext_noop("accuracy on test data after step {step}"),
    "setting": gettext_noop("value of {setting}"),
}


@dataclass(frozen=True)
class Claim:
    """One measure of one run of an experiment, and what it is claimed to be.

    Attributes
    ----------
    measure : str
        A name in ``MEASURE_TEXTS``.
    run : int
        The number of the run, from 1.
    step : int or None
        The step at which it is measured, None for the last step of the experiment.
    first_step : int
        The first step of measures over several steps.
    axis : str
        The coordinate, "x" or "y".
    tolerance, bound : float
        The distance or the limit to which some measures compare.
    setting : str
        The name of a setting, as in ``lesson_settings``, for the measure "setting".
    instead : Mapping
        Settings by name with which the experiment is changed before it is simulated.
    equals : float or str or None
        The value, or the kind of the status, that is claimed; a number may differ by ``margin``.
    at_least, at_most : float or None
        The claimed limits of the value.
    """

    measure: str
    run: int = 1
    step: int | None = None
    first_step: int = 0
    axis: str = "x"
    tolerance: float = 0.01
    bound: float = 0.0
    setting: str = ""
    instead: Mapping[str, Any] = field(default_factory=dict, hash=False)
    equals: float | str | None = None
    margin: float = 0.0
    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        check_choice(gettext_noop("measure"), self.measure, MEASURE_TEXTS)
        check_integer(gettext_noop("run"), self.run, 1, MAX_RUNS)
        if self.step is not None:
            check_integer(gettext_noop("step"), self.step, 0, MAX_LESSON_STEPS)
        check_integer(gettext_noop("first_step"), self.first_step, 0, MAX_LESSON_STEPS)
        check_choice(gettext_noop("axis"), self.axis, AXES)
        for name in ("tolerance", "bound", "margin", "at_least", "at_most"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, check_number(name, getattr(self, name)))
        if self.measure == "setting":
            check_setting_name(self.setting)
        if not isinstance(self.instead, Mapping):
            raise ExperimentError(
                tr("instead must be an object with settings, not {value}", value=shorten_repr(self.instead))
            )
        for name in self.instead:
            check_setting_name(name)
        if self.measure == "status" and self.equals is not None:
            check_text("equals", self.equals, 40)
        elif self.equals is not None:
            object.__setattr__(self, "equals", check_number("equals", self.equals))

    @property
    def has_condition(self) -> bool:
        """Whether the claim says what the value is; one without only measures."""
        return any(limit is not None for limit in (self.equals, self.at_least, self.at_most))

    def holds_for(self, value: float | str) -> bool:
        """Return whether a measured value is what the claim says."""
        if isinstance(value, str) or isinstance(self.equals, str):
            return value == self.equals
        if math.isnan(value):
            return False
        if self.equals is not None and not math.isclose(value, self.equals, rel_tol=1e-6, abs_tol=self.margin or 1e-9):
            return False
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)
