"""Rows of a step on a problem with many parameters: norms and the largest changes in place of every coordinate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from app.analysis.step_text.rows import StepRow, StepSection
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr

LARGEST_CHANGES = 3  # parameters that are listed


def problem_step_sections(trajectory: Trajectory, step: int) -> list[StepSection]:
    """Return the sections of a step >= 1: norms before it, the step as a whole and by array, and what it changed."""
    projected = trajectory.projected_problem
    assert projected is not None
    before, after = trajectory.point_at(step - 1), trajectory.point_at(step)
    gradient, change = np.asarray(before.gradient, float), after.x[0] - before.x[0]
    length = float(np.linalg.norm(change))
    descent = float(gradient @ change)
    product = length * float(np.linalg.norm(gradient))
    on_plane = float(np.linalg.norm(projected.plane.directions @ change))
    rows = [
        StepRow(tr("step size"), value=length),
        StepRow(tr("step size on the plane"), value=on_plane),
        StepRow(tr("cosine of the angle to the negative gradient"), value=-descent / product if product else math.nan),
        StepRow(tr("gradient · step"), value=descent),
    ]
    return [
        StepSection(
            tr("Before the step: norms of {count:,} parameters", count=len(change)),
            [
                StepRow(tr("loss"), value=before.loss),
                StepRow(tr("gradient norm"), value=float(np.linalg.norm(gradient))),
                *_state_rows(trajectory, before.x[1:]),
            ],
        ),
        StepSection(tr("The step"), rows),
        StepSection(
            tr("Step size by parameter array"),
            [
                StepRow(
                    tr("array {k}, {shape}", k=k, shape=" × ".join(map(str, shape))),
                    value=float(np.linalg.norm(change[layer])),
                )
                for k, (shape, layer) in enumerate(
                    zip(projected.problem.shapes, projected.problem.layers, strict=True), 1
                )
            ],
        ),
        StepSection(
            tr("Largest changes"),
            [
                StepRow(tr("parameter {k:,}", k=int(k) + 1), value=float(change[k]))
                for k in np.argsort(-np.abs(change), kind="stable")[:LARGEST_CHANGES]
            ],
        ),
        StepSection(
            tr("After the step"),
            [
                StepRow(tr("loss"), value=after.loss),
                StepRow(tr("change of the loss"), value=after.loss - before.loss),
                StepRow(tr("gradient norm"), value=float(np.linalg.norm(np.asarray(after.gradient, float)))),
            ],
        ),
    ]


def _state_rows(trajectory: Trajectory, states: tuple[Any, ...]) -> Iterator[StepRow]:
    """Yield the norm of each state variable with a number for every parameter, and the value of a single number."""
    by_layer = trajectory.method.scope == "layer"  # then there is one tuple of states for each layer
    values = zip(*states, strict=True) if by_layer else ((state,) for state in states)
    for name, parts in zip(trajectory.method.state, values, strict=True):
        numbers = [np.asarray(part, float) for part in parts if isinstance(part, (int, float, np.ndarray))]
        if len(numbers) < len(parts) or any(each.ndim > 1 for each in numbers):
            continue  # a matrix, or what a search remembers
        if len(numbers) == 1 and numbers[0].ndim == 0:
            yield StepRow(tr("state {name}", name=name), value=float(numbers[0]))
        else:
            norm = float(np.linalg.norm(np.concatenate([each.ravel() for each in numbers])))
            yield StepRow(tr("norm of state {name}", name=name), value=norm)
