"""One racer: an optimizer with its hyperparameters, those of the parts it is combined with, and when they were turned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from app.model.number_parsing import rejection_message
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import (
    MAX_STEPS,
    ExperimentError,
    check_bool,
    check_choice,
    check_integer,
    check_number,
    shorten_repr,
)
from optimizers import OPTIMIZERS, Modifier, Optimizer

MAX_HISTORY_LENGTH, MAX_REPLICAS = 100_000, 100
MAX_NAME_LENGTH = 60  # characters that a sentence can hold
SEED_COUNT = 2**32  # as many there are


class HyperparameterSpan(NamedTuple):
    """Hyperparameters that were in force up to update ``until``, that one included; the run that holds them has checked them."""

    until: int
    hyperparameters: Mapping[str, float]


@dataclass(frozen=True)
class Run:
    """One racer: an optimizer with all its hyperparameters, and those of the parts it is combined with, as they are now.

    ``earlier`` is what they were before they were turned on the way, oldest first. ``replicas`` is how many more such runs
    go along, each with seeds of its own. ``slot`` is its place in the palette of colors and marks, None until the experiment
    gives it one; ``color`` overrides.
    """

    optimizer: str
    hyperparameters: Mapping[str, float] = field(default_factory=dict)
    visible: bool = True
    color: str | None = None
    slot: int | None = None
    history: tuple[HyperparameterSpan, ...] = ()
    replicas: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_choice(gettext_noop("optimizer"), self.optimizer, OPTIMIZERS)
        object.__setattr__(self, "hyperparameters", self._check_hyperparameters(self.hyperparameters))
        object.__setattr__(self, "history", self._check_history())
        check_integer(gettext_noop("replicas"), self.replicas, 0, MAX_REPLICAS)
        check_bool(gettext_noop("visible"), self.visible)
        if self.color is not None and not re.fullmatch("#[0-9a-fA-F]{6}", str(self.color)):
            raise ExperimentError(tr("a color must look like #0072b2, not {color}", color=shorten_repr(self.color)))
        if self.slot is not None:
            check_integer(gettext_noop("slot"), self.slot, 0, 999)

    def _check_hyperparameters(self, values: Any) -> Mapping[str, float]:
        """All hyperparameters of the optimizer and of the parts that are named; ExperimentError names the culprit."""
        if not isinstance(values, Mapping):
            raise ExperimentError(
                tr(
                    "the hyperparameters of {optimizer} must be names with numbers, not {given}",
                    optimizer=self.optimizer,
                    given=shorten_repr(values),
                )
            )
        long_name = next((name for name in values if len(name) > MAX_NAME_LENGTH), None)
        if long_name is not None:
            raise ExperimentError(
                tr(
                    "{optimizer} has no hyperparameter {endless}",
                    optimizer=self.optimizer,
                    endless=shorten_repr(long_name),
                )
            )
        checked = {**self.method.defaults, **{name: self._check_value(name, value) for name, value in values.items()}}
        complete = dict(self.method.defaults)
        for modifier in self.method.modifiers.values():
            if not checked.keys().isdisjoint(modifier.hyperparameters):
                complete |= {name: spec.default for name, spec in modifier.hyperparameters.items()}
        return complete | checked

    def _check_value(self, name: str, given: Any) -> float:
        """One hyperparameter, of the optimizer or of a part."""
        try:
            spec = self.method.spec(name)
        except ValueError:
            modifier_names = [
                modifier_name
                for modifier in self.method.modifiers.values()
                for modifier_name in modifier.hyperparameters
            ]
            raise ExperimentError(
                tr(
                    "{optimizer} has no hyperparameter {name}; it has {names}, and can be combined with {parts}",
                    optimizer=self.optimizer,
                    name=shorten_repr(name),
                    names=", ".join(self.method.hyperparameters),
                    parts=", ".join(modifier_names),
                )
            ) from None
        label = tr("{name} of {optimizer}", name=name, optimizer=self.optimizer)
        value = given if isinstance(given, (int, float)) else check_number(label, given)
        try:
            return spec.check(label, value)
        except ValueError:
            raise ExperimentError(rejection_message(spec, label, shorten_repr(value))) from None

    def _check_history(self) -> tuple[HyperparameterSpan, ...]:
        if not isinstance(self.history, (list, tuple)) or len(self.history) > MAX_HISTORY_LENGTH:
            raise ExperimentError(
                tr(
                    "earlier must be a list of at most {most_turns} pairs of a step and hyperparameters",
                    most_turns=MAX_HISTORY_LENGTH,
                )
            )
        history: list[HyperparameterSpan] = []
        for entry in self.history:
            if not isinstance(entry, HyperparameterSpan):  # these come from a run, which has checked them
                if not isinstance(entry, (list, tuple)) or len(entry) != 2:
                    raise ExperimentError(
                        tr(
                            "earlier must hold pairs of a step and hyperparameters, not {entry}",
                            entry=shorten_repr(entry),
                        )
                    )
                entry = HyperparameterSpan(
                    check_integer(tr("the step of a turn"), entry[0], 1, MAX_STEPS),
                    self._check_hyperparameters(entry[1]),
                )
            if history and entry.until <= history[-1].until:
                raise ExperimentError(
                    tr(
                        "the steps of earlier must rise, and {until} follows {until2}",
                        until=entry.until,
                        until2=history[-1].until,
                    )
                )
            history.append(entry)
        return tuple(history)

    @property
    def method(self) -> Optimizer:
        return OPTIMIZERS[self.optimizer]

    @property
    def label(self) -> str:
        """What a person reads: Adam, lr 0.05."""
        return ", ".join([self.short_label, *self._change_labels])

    @property
    def short_label(self) -> str:
        """The same without what was turned on the way."""
        return f"{self.method.name}, {self.hyperparameter_text}" if self.hyperparameter_text else self.method.name

    @property
    def modifiers(self) -> list[Modifier]:
        """What the optimizer is combined with, switched off by a 0 or not."""
        return [modifier for modifier in self.method.modifiers.values() if modifier.id in self.hyperparameters]

    def with_hyperparameter(self, name: str, value: float) -> Run:
        """This run with one hyperparameter changed."""
        return replace(self, hyperparameters={**self.hyperparameters, name: value})

    @property
    def seeds(self) -> dict[str, float]:
        """The hyperparameters that say which random numbers it draws; none of a run that draws none."""
        return {name: value for name, value in self.hyperparameters.items() if name.endswith("seed")}

    @cached_property
    def replica_runs(self) -> list[Run]:
        """The replicas: this run again and again, each time with the next seeds."""
        return [
            self.with_changes_from_start({name: (value + k) % SEED_COUNT for name, value in self.seeds.items()})
            for k in range(1, self.replicas + 1)
        ]

    @property
    def hyperparameters_by_step(self) -> list[tuple[int, Mapping[str, float]]]:
        """Since which step, from 0, which hyperparameters are in force; they are felt by the update after it."""
        start_steps = [0, *(entry.until for entry in self.history)]
        return list(
            zip(start_steps, [*(entry.hyperparameters for entry in self.history), self.hyperparameters], strict=True)
        )

    def as_of_step(self, step: int) -> Run:
        """This run as it stood at a step: what was turned later is not known yet."""
        index = next((k for k, entry in enumerate(self.history) if entry.until > step), None)
        if index is None:
            return self
        return replace(self, hyperparameters=self.history[index].hyperparameters, history=self.history[:index])

    def with_change_at_step(self, step: int, hyperparameters: Mapping[str, float]) -> Run:
        """This run with other hyperparameters from update ``step`` + 1 on; what was turned later is forgotten."""
        run = self.as_of_step(step)
        if run.history and run.history[-1].until == step:  # turned here already: the last word counts
            run = replace(run, hyperparameters=run.history[-1].hyperparameters, history=run.history[:-1])
        if step == 0 or hyperparameters == run.hyperparameters:
            return replace(run, hyperparameters=hyperparameters)
        return replace(
            run, hyperparameters=hyperparameters, history=(*run.history, HyperparameterSpan(step, run.hyperparameters))
        )

    def with_changes_from_start(self, changes: Mapping[str, float], removed: Iterable[str] = ()) -> Run:
        """This run with these hyperparameters, and without those of dropped parts, from its start on."""
        removed_names, current = set(removed), {**self.hyperparameters, **changes}

        def apply_changes(hyperparameters: Mapping[str, float]) -> dict[str, float]:
            """One stretch of the way: a part whose strength is turned is there from the start, whole; others where they were."""
            values = dict(hyperparameters)
            for modifier in self.method.modifiers.values():
                if modifier.id in changes and modifier.id not in values:
                    values |= {name: current[name] for name in modifier.hyperparameters}
            values |= {name: value for name, value in changes.items() if name in values}
            return {name: value for name, value in values.items() if name not in removed_names}

        old_history = self.history
        changed_spans = [*(apply_changes(entry.hyperparameters) for entry in old_history), apply_changes(current)]
        new_history = tuple(
            HyperparameterSpan(entry.until, before)
            for entry, before, after in zip(old_history, changed_spans, changed_spans[1:], strict=False)
            if before != after
        )
        return replace(self, hyperparameters=changed_spans[-1], history=new_history)

    def without_history(self) -> Run:
        """This run with its hyperparameters of now from the start on."""
        return replace(self, history=()) if self.history else self

    def without_modifier(self, modifier: Modifier) -> Run:
        """This run, no longer combined with a part."""
        return replace(
            self,
            hyperparameters={
                name: value for name, value in self.hyperparameters.items() if name not in modifier.hyperparameters
            },
        )

    def with_optimizer(self, optimizer_id: str) -> Run:
        """This run with another optimizer: what was turned and is known to both stays.

        The learning rate stays only from one convention of an optimizer to another: elsewhere it means another thing.
        """
        method, other_method = self.method, OPTIMIZERS[optimizer_id]
        related = (method.variant_of or method.id) == (other_method.variant_of or other_method.id)
        known_names = {
            *other_method.hyperparameters,
            *(name for modifier in other_method.modifiers.values() for name in modifier.hyperparameters),
        }
        kept_values = {
            name: value
            for name, value in self.hyperparameters.items()
            if name in known_names and (related or name != "lr") and value != method.spec(name).default
        }
        return replace(self, optimizer=optimizer_id, hyperparameters=kept_values, history=())

    @property
    def hyperparameter_text(self) -> str:
        """The hyperparameters in words: the learning rate always, the others where they are not at their defaults."""
        entries = [(name, self.method.spec(name), value) for name, value in self.hyperparameters.items()]
        return ", ".join(
            f"{name if name != 'lr' or self.method.has_learning_rate else tr(spec.label)} {value:g}"
            for name, spec, value in entries
            if name == "lr" or value != spec.default
        )

    @property
    def _change_labels(self) -> list[str]:
        if not self.history:
            return []
        step = self.history[-1].until
        return [
            tr("turned {times} times, last at step {step:,}", times=len(self.history), step=step)
            if len(self.history) > 1
            else tr("turned at step {step:,}", step=step)
        ]

    @staticmethod
    def parse(text: str) -> Run:
        """A run from the command line: "adam lr=0.05 weight_decay=0.1"."""
        tokens = text.split()
        if not tokens:
            raise ExperimentError(
                tr("a run needs an optimizer; choose from {optimizers}", optimizers=", ".join(OPTIMIZERS))
            )
        values: dict[str, Any] = {}
        for token in tokens[1:]:
            name, equals, value = token.partition("=")
            if not equals:
                raise ExperimentError(
                    tr("{word} must have the form name=value, as in lr=0.05", word=shorten_repr(token))
                )
            if name in values:
                raise ExperimentError(tr("{value} gives {name} twice", value=shorten_repr(text), name=name))
            values[name] = value
        return Run(tokens[0].lower(), values)
