"""Derivation of a step: the values of all names in order, and the lines of the computation with their numbers."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from app.analysis.step_explanation.function_lines import FunctionLines, Line, Stage
from app.analysis.step_explanation.recorded_update import RecordedCall, RecordedUpdate
from app.analysis.step_explanation.symbols import GRADIENT, NEW_POSITION, OLD_POSITION, Symbols, plain_symbol

# Symbol of what a modifier of a stage gets, and of what it returns
MODIFIED = {
    "rate": (r"\eta", r"\tilde{\eta}_t"),
    "position": (OLD_POSITION, r"\tilde{x}_{t-1}"),
    "loss": (GRADIENT, r"\tilde{g}_t"),
    "gradient": (GRADIENT, r"\tilde{g}_t"),
    "result": (r"\hat{x}_t", r"\hat{x}_t"),
}


class Derivation:
    """Stages and lines of a recorded step.

    Parameters
    ----------
    update : RecordedUpdate
        The step, after its call.
    gradient : tuple of float
        The gradient of the surface before the step.
    digits : int
        Significant digits of the substituted numbers.
    """

    def __init__(self, update: RecordedUpdate, gradient: tuple[float, float], digits: int) -> None:
        self.optimizer, self.digits = update.optimizer, digits
        self.stages: list[Stage] = []
        self.lines: list[Line] = []
        if self.optimizer.uses_gradient:
            self.stages.append(Stage("gradient", GRADIENT, (float(gradient[0]), float(gradient[1]))))
        self.current = {stage: symbol for stage, (symbol, _) in MODIFIED.items()}
        rule_calls = [call for call in update.calls if call.stage == "rule"]
        self.modified_stages = {call.stage for call in update.calls}
        result_calls = [call for call in update.calls if call.stage == "result"]
        for call in update.calls:
            if call is rule_calls[-1]:
                new = self.current["result"] if result_calls else NEW_POSITION
                self._add_rule([rule_calls[0], rule_calls[-1]], new)
            elif call.stage != "rule":
                self._add_modifier(call, is_last=call in result_calls[-1:])

    def _add_rule(self, calls: Sequence[RecordedCall], new: str) -> None:
        given = {"grad": self.current["gradient"]}
        if self.optimizer.takes_loss:  # it evaluates the gradient itself: g_t, unless a modifier changes f or x
            given = {"loss": r"\tilde{f}" if {"loss", "gradient"} & self.modified_stages else "f"}
            given |= {"grad": GRADIENT} if {"loss", "gradient", "position"} & self.modified_stages else {}
        lines = self._function_lines(calls, {"x": self.current["position"], **given}, new)
        lines.add_stage("x", new, *(call.first_result for call in calls))
        self.stages += lines.stages
        self.lines += lines.lines

    def _add_modifier(self, call: RecordedCall, is_last: bool) -> None:
        """Add the result of a modifier; inside a rule that evaluates gradients itself, it is part of the rule."""
        if call.stage in ("loss", "gradient") and self.optimizer.takes_loss:
            return
        old, new = self.current[call.stage], MODIFIED[call.stage][1]
        new = NEW_POSITION if is_last else new if old == MODIFIED[call.stage][0] != new else _primed(old)
        moved = call.stage if call.stage in ("position", "result") else ""
        names = {"grad": self.current["gradient"], "before": OLD_POSITION, "loss": r"\tilde{f}"}
        if call.stage == "loss" and old == GRADIENT:  # the first one: what it evaluates is not modified
            names = {"loss": "f"}
        lines = self._function_lines([call, call], {**names, "x": self.current.get(moved, OLD_POSITION)}, new)
        self.current[call.stage] = new
        if call.stage == "loss":
            self.current["gradient"] = new
        lines.stages.clear()
        lines.add_stage(call.declared.id, new, call.first_result, call.first_result)
        self.stages += lines.stages
        self.lines += [replace(line, code=f"{call.declared.id}: {line.code}") for line in lines.lines]

    def _function_lines(self, calls: Sequence[RecordedCall], names: dict[str, str], result: str) -> FunctionLines:
        """Return the lines of a call for x and one for y, or of the same call for both."""
        declared = calls[0].declared
        fixed = {name: spec.symbol or plain_symbol(name) for name, spec in declared.hyperparameters.items()}
        rate = {"lr": self.current["rate"]} if "lr" not in fixed or self.current["rate"] != MODIFIED["rate"][0] else {}
        symbols = Symbols({**fixed, **rate, **names, "t": "t"}, declared.state)
        lines = FunctionLines(symbols, declared.hyperparameters, self.digits)
        for x, y in zip(*(call.statements for call in calls), strict=False):
            if x.node is not y.node:
                break  # the coordinates took different branches
            if isinstance(x.node, ast.Return):
                lines.add_result((x, y), result, declared.state)
            else:
                lines.add_assignment((x, y))
        return lines


def _primed(symbol: str) -> str:
    base, _, index = symbol.rpartition("_")
    return f"{base}'_{index}"
