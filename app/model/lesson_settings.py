"""Settings of an experiment that a lesson names: "run1.lr", "start.x", "parameter.a", "steps", "surface", "formula"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from app.model.experiment import Experiment
from app.model.run import Run
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError, check_text, shorten_repr

RUN_SETTING = re.compile(r"run([1-9]\d?)\.(\w{1,60})", re.ASCII)
COORDINATES = {"start.x": 0, "start.y": 1}
WHOLE_SETTINGS = ("surface", "formula", "steps", "standardized")  # others are of a run, of the start, or parameters


def check_setting_name(name: Any) -> str:
    """Return the name of a setting; raise ExperimentError if no experiment has one with that name."""
    if isinstance(name, str) and (
        name in COORDINATES
        or name in WHOLE_SETTINGS
        or RUN_SETTING.fullmatch(name)
        or re.fullmatch(r"parameter\.\w{1,60}", name)
    ):
        return name
    raise ExperimentError(
        tr(
            "there is no setting {name}; settings are, for example, run1.lr, start.x, parameter.a, steps",
            name=shorten_repr(name),
        )
    )


def setting_value(experiment: Experiment, name: str) -> float | str | None:
    """Return the value of a setting; None if the experiment has none, such as the strength of a missing modifier."""
    match = RUN_SETTING.fullmatch(check_setting_name(name))
    if match:
        index, key = int(match[1]) - 1, match[2]
        if index >= len(experiment.runs):
            return None
        run = experiment.runs[index]
        return run.optimizer if key == "optimizer" else run.hyperparameters.get(key)
    if name in COORDINATES:
        assert experiment.start is not None
        return experiment.start[COORDINATES[name]]
    if name in WHOLE_SETTINGS:
        value: float | str | None = experiment.surface_id if name == "surface" else getattr(experiment, name)
        return value
    return experiment.parameters.get(name.partition(".")[2])


def with_setting(experiment: Experiment, name: str, value: Any) -> Experiment:
    """Return the experiment with one setting changed from the start of the runs.

    Raises ExperimentError if it does not have the setting or the value is not allowed.
    """
    match = RUN_SETTING.fullmatch(check_setting_name(name))
    if match:
        number = int(match[1])
        if number > len(experiment.runs):
            raise ExperimentError(tr("the experiment has no run {number}", number=number))
        return experiment.with_run(number - 1, _with_run_setting(experiment.runs[number - 1], match[2], value))
    if name in COORDINATES:
        start: list[Any] = list(experiment.start or (0.0, 0.0))
        start[COORDINATES[name]] = value
        return replace(experiment, start=(start[0], start[1]))
    if name == "surface":
        return replace(experiment.with_surface(check_text(gettext_noop("surface"), value, 60)), steps=experiment.steps)
    if name == "formula":
        return replace(experiment.with_formula(check_text(gettext_noop("formula"), value, 500)), steps=experiment.steps)
    if name in WHOLE_SETTINGS:
        changes: dict[str, Any] = {name: value}
        return replace(experiment, **changes)
    parameter = name.partition(".")[2]
    if parameter not in experiment.parameters:
        raise ExperimentError(tr("the formula has no parameter {name}", name=parameter))
    return experiment.with_parameter(parameter, value)


def _with_run_setting(run: Run, name: str, value: Any) -> Run:
    if name == "optimizer":
        return run.without_history().with_optimizer(Run(value).optimizer)
    return run.without_history().with_hyperparameter(name, value)
