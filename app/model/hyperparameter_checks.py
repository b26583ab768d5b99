"""Check the hyperparameters of a run: the current ones and those of its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.model.number_parsing import rejection_message
from app.utils.i18n import tr
from app.utils.validation import MAX_STEPS, ExperimentError, check_integer, check_number, shorten_repr
from optimizers import Optimizer

MAX_HISTORY_LENGTH = 100_000
MAX_NAME_LENGTH = 60  # characters of a name that fit into an error message


class HyperparameterSpan(NamedTuple):
    """Hyperparameters that a run uses up to and including step ``until``."""

    until: int
    hyperparameters: Mapping[str, float]


def check_hyperparameters(method: Optimizer, values: Any) -> Mapping[str, float]:
    """Return all hyperparameters of an optimizer and of the modifiers that ``values`` names.

    Missing ones get their defaults. Raises ExperimentError for an unknown name or a value that is not allowed.
    """
    if not isinstance(values, Mapping):
        raise ExperimentError(
            tr(
                "the hyperparameters of {optimizer} must be name-number pairs, not {given}",
                optimizer=method.id,
                given=shorten_repr(values),
            )
        )
    long_name = next((name for name in values if len(name) > MAX_NAME_LENGTH), None)
    if long_name is not None:
        raise ExperimentError(
            tr(
                "{optimizer} has no hyperparameter {endless}",
                optimizer=method.id,
                endless=shorten_repr(long_name),
            )
        )
    checked = {**method.defaults, **{name: _check_value(method, name, value) for name, value in values.items()}}
    complete = dict(method.defaults)
    for modifier in method.modifiers.values():
        if not checked.keys().isdisjoint(modifier.hyperparameters):
            complete |= {name: spec.default for name, spec in modifier.hyperparameters.items()}
    return complete | checked


def _check_value(method: Optimizer, name: str, given: Any) -> float:
    try:
        spec = method.spec(name)
    except ValueError:
        from difflib import get_close_matches

        modifier_names = [
            modifier_name for modifier in method.modifiers.values() for modifier_name in modifier.hyperparameters
        ]
        raise ExperimentError(
            tr(
                "{optimizer} has no hyperparameter {name}; available: {names}; modifiers: {parts}",
                optimizer=method.id,
                name=shorten_repr(name),
                names=", ".join(method.hyperparameters),
                parts=", ".join(get_close_matches(name, modifier_names, 5, 0.5) or [*modifier_names[:3], "..."]),
            )
        ) from None
    label = tr("{name} of {optimizer}", name=name, optimizer=method.id)
    value = given if isinstance(given, (int, float)) else check_number(label, given)
    try:
        return spec.check(label, value)
    except ValueError:
        raise ExperimentError(rejection_message(spec, label, shorten_repr(value))) from None


def _changed_values(previous: Any, given: Any) -> dict[str, Any] | None:
    """Return the values that differ from those of the entry before; None if the names differ, too.

    Only these need a check, which makes long histories several times faster.
    """
    if not isinstance(previous, dict) or not isinstance(given, dict) or previous.keys() != given.keys():
        return None
    return {name: value for name, value in given.items() if type(value) is not float or value != previous[name]}


def check_history(method: Optimizer, entries: Any) -> tuple[HyperparameterSpan, ...]:
    """Return the history of a run as spans with rising steps; ExperimentError if it is not a valid one."""
    if not isinstance(entries, (list, tuple)) or len(entries) > MAX_HISTORY_LENGTH:
        raise ExperimentError(
            tr(
                "earlier must be a list of at most {most_turns} pairs, each a step and its hyperparameters",
                most_turns=MAX_HISTORY_LENGTH,
            )
        )
    history: list[HyperparameterSpan] = []
    previous: Any = None  # the hyperparameters of the entry before, as they were given
    for entry in entries:
        if isinstance(entry, HyperparameterSpan):  # it comes from a run and has been checked
            previous = None
        else:
            if not isinstance(entry, (list, tuple)) or len(entry) != 2:
                raise ExperimentError(
                    tr(
                        "earlier must contain pairs of a step and its hyperparameters, not {entry}",
                        entry=shorten_repr(entry),
                    )
                )
            step, given = entry
            changed = _changed_values(previous, given)
            entry = HyperparameterSpan(
                check_integer(tr("the step of a hyperparameter change"), step, 1, MAX_STEPS),
                check_hyperparameters(method, given)
                if changed is None
                else {**history[-1].hyperparameters, **{n: _check_value(method, n, v) for n, v in changed.items()}},
            )
            previous = given
        if history and entry.until <= history[-1].until:
            raise ExperimentError(
                tr(
                    "the steps in earlier must be increasing, but {until} follows {until2}",
                    until=entry.until,
                    until2=history[-1].until,
                )
            )
        history.append(entry)
    return tuple(history)
