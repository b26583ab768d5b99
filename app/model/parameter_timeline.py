"""The parameters of a formula over the steps: the current values, and those before each change during the runs."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.utils.i18n import tr
from app.utils.validation import MAX_STEPS, ExperimentError, check_integer, check_number, shorten_repr

MAX_PARAMETER_CHANGES = 1000  # each one makes a surface, with a search for its minima


class ParameterSpan(NamedTuple):
    """Parameters of a formula up to step ``until``, at which the next ones replace them."""

    until: int
    parameters: Mapping[str, float]


@dataclass(frozen=True)
class ParameterTimeline:
    """Current parameters and their ``history``, oldest first.

    Parameters with start step t give the loss after step t, and the gradients and losses of the updates that follow it.
    """

    parameters: Mapping[str, float] = field(default_factory=dict)
    history: tuple[ParameterSpan, ...] = ()

    @property
    def by_step(self) -> list[tuple[int, Mapping[str, float]]]:
        """Pairs (start step, parameters), from step 0, with rising steps."""
        values = [*(span.parameters for span in self.history), self.parameters]
        return list(zip([0, *(span.until for span in self.history)], values, strict=True))

    def as_of_step(self, step: int) -> ParameterTimeline:
        """Return the timeline without changes after a step."""
        index = bisect_right(self.history, step, key=lambda span: span.until)
        if index == len(self.history):
            return self
        return ParameterTimeline(self.history[index].parameters, self.history[:index])

    def with_change_at_step(self, step: int, parameters: Mapping[str, float]) -> ParameterTimeline:
        """Return the timeline with other parameters from a step on; later changes are discarded."""
        past = self.as_of_step(step)
        if past.history and past.history[-1].until == step:  # replace a change at the same step
            past = ParameterTimeline(past.history[-1].parameters, past.history[:-1])
        if step == 0 or parameters == past.parameters:
            return ParameterTimeline(parameters, past.history)
        return ParameterTimeline(parameters, (*past.history, ParameterSpan(step, past.parameters)))

    def with_values_from_start(self, changes: Mapping[str, float]) -> ParameterTimeline:
        """Return the timeline with constant values of some parameters; changes of others stay."""
        spans = [{**parameters, **changes} for _, parameters in self.by_step]
        history = tuple(
            ParameterSpan(span.until, before)
            for span, before, after in zip(self.history, spans, spans[1:], strict=False)
            if before != after
        )
        return ParameterTimeline(spans[-1], history)

    def label_beside(self, other: ParameterTimeline) -> str:
        """Return the current values that differ from those of another timeline, and the changes: "a = 1"."""
        values = [
            f"{name} = {value:.6g}" for name, value in self.parameters.items() if other.parameters.get(name) != value
        ]
        return ", ".join([*values, *([self.change_label] if self.history else [])]) or ", ".join(
            f"{name} = {value:.6g}" for name, value in self.parameters.items()
        )

    @property
    def change_label(self) -> str:
        """What has changed during the runs: "a changed at step 40"; empty without changes."""
        if not self.history:
            return ""
        changed = {
            name: None
            for (_, before), (_, after) in zip(self.by_step, self.by_step[1:], strict=False)
            for name in after
            if before.get(name) != after[name]
        }
        names, step, times = ", ".join(changed), self.history[-1].until, len(self.history)
        if times == 1:
            return tr("{names} changed at step {step:,}", names=names, step=step)
        return tr("{names} changed {times} times, last at step {step:,}", names=names, times=times, step=step)


def check_parameters(names: tuple[str, ...], parameters: Any) -> Mapping[str, float]:
    """Return a value for each parameter of a formula, in its order; those that the mapping lacks are 1."""
    if not isinstance(parameters, Mapping):
        raise ExperimentError(tr("parameters must be names with numbers, not {value}", value=shorten_repr(parameters)))
    for name in parameters:
        if name not in names:
            raise ExperimentError(
                tr("the formula has no parameter {name}", name=shorten_repr(name) if len(str(name)) > 20 else name)
            )
    return {name: check_number(tr("parameter {name}", name=name), parameters.get(name, 1.0)) for name in names}


def check_parameter_history(names: tuple[str, ...], entries: Any) -> tuple[ParameterSpan, ...]:
    """Return the earlier parameters of a formula as spans with rising steps; ExperimentError if they are not valid."""
    if not isinstance(entries, (list, tuple)):
        raise ExperimentError(
            tr("parameter_history must be a list of pairs, each a step and the parameters up to that step")
        )
    if len(entries) > MAX_PARAMETER_CHANGES:
        raise ExperimentError(
            tr("the parameters of a formula can change at most {most:,} times", most=MAX_PARAMETER_CHANGES)
        )
    history: list[ParameterSpan] = []
    for entry in entries:
        if isinstance(entry, ParameterSpan) and tuple(entry.parameters) == names:  # it has been checked
            history.append(entry)
            continue
        if not isinstance(entry, (list, tuple)) or len(entry) != 2:
            raise ExperimentError(
                tr("parameter_history must be a list of pairs, each a step and the parameters up to that step")
            )
        until = check_integer(tr("the step of a parameter change"), entry[0], 1, MAX_STEPS)
        if history and until <= history[-1].until:
            raise ExperimentError(
                tr(
                    "the steps in parameter_history must be increasing, but {until} follows {until2}",
                    until=until,
                    until2=history[-1].until,
                )
            )
        history.append(ParameterSpan(until, check_parameters(names, entry[1])))
    return tuple(history)


def check_parameter_ranges(names: tuple[str, ...], ranges: Any) -> Mapping[str, tuple[float, float]]:
    """Return the ends of the sliders of parameters as checked values, in the order of the formula."""
    if not isinstance(ranges, Mapping):
        raise ExperimentError(tr("parameter_ranges must be names with ranges, not {value}", value=shorten_repr(ranges)))
    for name in ranges:
        if name not in names:
            raise ExperimentError(tr("the formula has no parameter {name}", name=shorten_repr(name)))
    return {name: _check_range(name, ranges[name]) for name in names if name in ranges}


def _check_range(name: str, ends: Any) -> tuple[float, float]:
    label = tr("the range of parameter {name}", name=name)
    if not isinstance(ends, (list, tuple)) or len(ends) != 2:
        raise ExperimentError(tr("{label} must be two numbers, not {value}", label=label, value=shorten_repr(ends)))
    low, high = (check_number(label, end) for end in ends)
    if not (low < high and high - low < math.inf):
        raise ExperimentError(tr("{label} must go from a lower to a higher number", label=label))
    return low, high
