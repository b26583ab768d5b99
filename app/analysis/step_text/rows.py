"""Rows of an explained step, in sections, for a list in the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.analysis.step_explanation import StepExplanation
from app.analysis.step_explanation.expression_printers import UnprintableError, component
from app.analysis.step_explanation.function_lines import Line, Stage, Value
from app.analysis.step_explanation.symbols import NEW_POSITION, OLD_POSITION, Symbols
from app.analysis.step_text.explanation_text import line_text, value_text
from app.analysis.step_text.names import part_name, point_name, stage_name
from app.utils.i18n import tr

DESCENT_KEY, STEP_KEY, STEEPEST_KEY = "descent", "step", "steepest"


@dataclass(frozen=True)
class StepRow:
    """A quantity of a step.

    Attributes
    ----------
    name : str
        What it is called, translated; empty if its symbol says that.
    symbol : str
        Its symbol as mathtext; may be empty.
    value : float, tuple of float or None
        A number for both coordinates, or one for each; None for a sentence.
    line : Line or None
        How it was computed.
    key : str
        The part, the point or the direction that it shows: a key of ``parts`` or ``points``, "descent" for the
        gradient, "step", or "steepest" for the direction of the largest curvature; empty for another quantity.
    identifier : str
        Its name in the code, if it has no other.
    """

    name: str
    symbol: str = ""
    value: Value | None = None
    line: Line | None = None
    key: str = ""
    identifier: str = ""

    def spoken_text(self) -> str:
        """Return the row as plain text, for screen readers."""
        if self.line is not None:
            return ". ".join(text.strip() for text in ([self.name] if self.name else []) + list(line_text(self.line)))
        return self.name if self.value is None else f"{self.name or self.identifier}: {value_text(self.value)}"


@dataclass(frozen=True)
class StepSection:
    """Rows under a heading."""

    title: str
    rows: list[StepRow]


def step_sections(explanation: StepExplanation) -> list[StepSection]:
    """Return the sections of a step that have rows: before, computation, parts, points, after."""
    before, after = explanation.before, explanation.after
    state = list(_state_rows(explanation))
    sections = [
        StepSection(tr("Before the step"), state),
        StepSection(tr("Computation"), list(_computed_rows(explanation, {row.symbol for row in state}))),
        StepSection(tr("The step is made of"), _part_rows(explanation)),
        StepSection(
            tr("Points"), [StepRow(point_name(k), value=pair, key=k) for k, pair in explanation.points.items()]
        ),
        StepSection(
            tr("After the step"),
            [
                StepRow(tr("position"), NEW_POSITION, after.position),
                StepRow(tr("loss"), value=after.loss),
                StepRow(tr("change of the loss"), value=after.loss - before.loss),
            ],
        ),
    ]
    return [section for section in sections if section.rows]


def _state_rows(explanation: StepExplanation) -> Iterator[StepRow]:
    yield StepRow(tr("position"), OLD_POSITION, explanation.before.position)
    yield StepRow(tr("loss"), value=explanation.before.loss)
    symbols = Symbols({}, explanation.state)
    for name, stored in explanation.state.items():
        value = _number_or_pair(stored)
        if value is not None:
            yield StepRow("", symbols[name], value, identifier=name)


def _number_or_pair(stored: Any) -> Value | None:
    """Return what a state holds for each coordinate, None for matrices and lists of points."""
    x, y = stored if isinstance(stored, tuple) and len(stored) == 2 else (stored, stored)
    try:
        return component(x, 0) if x is y and np.ndim(x) == 0 else (component(x, 0), component(y, 1))
    except UnprintableError:
        return None


def _computed_rows(explanation: StepExplanation, known: set[str]) -> Iterator[StepRow]:
    """Yield the lines of the code and, where there is none, the stages, in the order of the computation.

    A stage whose symbol is in ``known`` is left out: its value has been shown.
    """
    pending = {_left_side(line): line for line in explanation.lines}
    known = known | pending.keys()
    for stage in explanation.stages:
        if stage.symbol in pending:
            for symbol in list(pending)[: list(pending).index(stage.symbol) + 1]:
                line = pending.pop(symbol)
                yield _line_row(symbol, line, _stage_name(stage) if symbol == stage.symbol else "")
        elif stage.symbol not in known:
            known.add(stage.symbol)
            key = DESCENT_KEY if stage.name == "gradient" else ""
            yield StepRow(_stage_name(stage), stage.symbol, stage.value, key=key, identifier=stage.name)
    for symbol, line in pending.items():
        yield _line_row(symbol, line, "")


def _line_row(symbol: str, line: Line, name: str) -> StepRow:
    return StepRow(name, symbol, line.value, line, STEP_KEY if symbol == NEW_POSITION else "")


def _stage_name(stage: Stage) -> str:
    is_inner_position = stage.name == "x" and stage.symbol != NEW_POSITION  # during a line search, before Lookahead
    return "" if is_inner_position else stage_name(stage.name)


def _left_side(line: Line) -> str:
    return line.latex.partition(" = ")[0]


def _part_rows(explanation: StepExplanation) -> list[StepRow]:
    rows = [StepRow(part_name(name), value=pair, key=name) for name, pair in explanation.parts.items()]
    if set(explanation.parts) == {"step"}:
        return rows
    (x, y), (new_x, new_y) = explanation.before.position, explanation.after.position
    return [*rows, StepRow(part_name("step"), f"{NEW_POSITION} - {OLD_POSITION}", (new_x - x, new_y - y), key=STEP_KEY)]
