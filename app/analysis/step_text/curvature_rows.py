"""Rows about the curvature where a step ended, and the largest learning rate that is stable there."""

from __future__ import annotations

import math

from app.analysis.curvature import curvature_at
from app.analysis.stability_limit import adaptive_limit, compare_to_limit, effective_update, stability_limit
from app.analysis.step_text.rows import STEEPEST_KEY, StepRow, StepSection
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr
from app.utils.sentences import to_sentence


def curvature_section(trajectory: Trajectory, step: int) -> StepSection | None:
    """Return the section about the position after a step, None where the curvature is undefined."""
    position = trajectory.xs[step], trajectory.ys[step]
    curvature = curvature_at(trajectory.surface_at(step), *position)
    if math.isnan(curvature.largest):
        return None
    direction = math.cos(curvature.angle), math.sin(curvature.angle)
    rows = [
        StepRow(tr("largest curvature"), r"\lambda_{\mathrm{max}}", curvature.largest, key=STEEPEST_KEY),
        StepRow(tr("direction of the largest curvature"), value=direction, key=STEEPEST_KEY),
        StepRow(tr("smallest curvature"), r"\lambda_{\mathrm{min}}", curvature.smallest),
        *_limit_rows(trajectory, step, position),
    ]
    return StepSection(tr("Curvature after the step"), rows)


def _limit_rows(trajectory: Trajectory, step: int, position: tuple[float, float]) -> list[StepRow]:
    """Return the stability limit and how the learning rate compares with it, nothing where there is no limit."""
    update = effective_update(trajectory, step)
    rate, name, limit = update.settings.get("lr"), tr("learning rate"), stability_limit(trajectory, step, None, update)
    if limit is None:
        adaptive = adaptive_limit(trajectory, step, position, update)
        if adaptive is None:
            return []
        (rate, limit), name = adaptive, tr("effective learning rate")
    if rate is None:
        return []
    return [
        StepRow(name, value=float(rate)),
        StepRow(tr("stability limit {formula}", formula=limit.formula), value=limit.learning_rate, key=STEEPEST_KEY),
        StepRow(to_sentence(compare_to_limit(float(rate), limit)), key=STEEPEST_KEY),
    ]
