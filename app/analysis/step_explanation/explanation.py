"""explain: one step of a run taken apart, from what its own code computed."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from app.analysis.step_explanation.derivation import Derivation
from app.analysis.step_explanation.function_lines import Line, Stage
from app.analysis.step_explanation.recorded_step import RecordedStep, record_between, record_step, state_before
from app.engine.trajectory import Trajectory
from optimizers.descent import Point, descend
from optimizers.optimizer import Optimizer

DIGITS = 5  # significant digits of substituted numbers


@dataclass(frozen=True)
class StepExplanation:
    """What one step computed.

    Attributes
    ----------
    optimizer : str
        Id of the optimizer.
    step : int
        Number of the step, from 1.
    before, after : Point
        The state before and after the step.
    state : dict
        The state of the optimizer before the step: a pair for each coordinate, or what a coupled rule stores.
    stages : list of Stage
        The gradient, the results of the modifiers and the names of the rule, in order.
    lines : list of Line
        The computation as formulas with numbers. The last one gives the new position.
    parts : dict
        What the step is made of: pairs whose sum is the step; see ``step_parts``.
    points : dict
        The points that the step used; see ``named_points``.
    """

    optimizer: str
    step: int
    before: Point
    after: Point
    state: dict[str, Any]
    stages: list[Stage]
    lines: list[Line]
    parts: dict[str, tuple[float, float]]
    points: dict[str, tuple[float, float]]

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation for a JSON file; numbers that are not finite are None."""
        x, y = self.before.position
        new_x, new_y = self.after.position
        lines = [{name: text for name, text in asdict(line).items() if name != "code"} for line in self.lines]
        document = {
            "optimizer": self.optimizer,
            "step": self.step,
            "before": {"x": x, "y": y, "loss": self.before.loss, "state": self.state},
            "gradient": self.before.gradient,
            "stages": [asdict(stage) for stage in self.stages],
            "lines": lines,
            "parts": self.parts,
            "points": self.points,
            "after": {"x": new_x, "y": new_y, "loss": self.after.loss},
        }
        converted: dict[str, Any] = _plain(document)
        return converted


def explain(trajectory: Trajectory, step: int, digits: int = DIGITS) -> StepExplanation:
    """Take apart the step of a run that leads to ``step``.

    Parameters
    ----------
    trajectory : Trajectory
        The run. It is not simulated further.
    step : int
        From 1 to ``trajectory.last_step``.
    digits : int, optional
        Significant digits of the numbers in ``lines``.

    Returns
    -------
    StepExplanation
        Everything in it was computed by the code of the rule and of its modifiers.

    Raises
    ------
    IndexError
        If there is no such step, or it is not computed.
    """
    return _explain(record_step(trajectory, step), digits)


def explain_with(
    trajectory: Trajectory, step: int, hyperparameters: Mapping[str, float], digits: int = DIGITS
) -> StepExplanation:
    """Take apart what a step of a run would be with other hyperparameters, from the same state before it.

    See ``explain``. An ArithmeticError is raised if the step would overflow.
    """
    before = state_before(trajectory, step)
    columns = array("d"), array("d"), array("d")
    after = descend(trajectory.method, trajectory.surface_at(step - 1), before, hyperparameters, 1, *columns)
    if after.diverged:
        raise ArithmeticError("the step overflows")
    return _explain(record_between(trajectory, before, after, hyperparameters), digits)


def _explain(recorded: RecordedStep, digits: int) -> StepExplanation:
    update, before, after, parts, points = recorded
    with np.errstate(all="ignore"):
        derivation = Derivation(update, before.gradient, digits)
    return StepExplanation(
        optimizer=update.optimizer.id,
        step=after.t,
        before=before,
        after=after,
        state=_state_by_name(update.optimizer, before),
        stages=derivation.stages,
        lines=derivation.lines,
        parts=parts,
        points=points,
    )


def _state_by_name(optimizer: Optimizer, point: Point) -> dict[str, Any]:
    if not point.y:
        return dict(zip(optimizer.state, point.x[1:], strict=True))
    return dict(zip(optimizer.state, zip(point.x[1:], point.y[1:], strict=True), strict=True))


def _plain(value: Any) -> Any:
    """Return a value as dictionaries, lists, numbers and None."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(each) for each in value]
    if isinstance(value, (bool, str, int)) or value is None:
        return value
    return float(value) if math.isfinite(value) else None
