"""Run: an optimizer with its hyperparameters, those of its modifiers, and the history of their changes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from app.model.hyperparameter_checks import HyperparameterSpan, check_history, check_hyperparameters
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError, check_bool, check_choice, check_integer, shorten_repr
from optimizers import OPTIMIZERS, Modifier, Optimizer
from optimizers.optimizer import OLD_IDS

MAX_REPLICAS = 100
SEED_COUNT = 2**32  # the seeds of replicas wrap around at the largest allowed seed


@dataclass(frozen=True)
class Run:
    """An optimizer with its current hyperparameters and those of its modifiers.

    ``history`` holds the hyperparameters before each change during the run, oldest first. ``replicas`` is the number
    of additional runs with other seeds. ``rate_edited`` says that the user has set the learning rate; otherwise the
    program may set it, for example for another surface. ``slot`` is the index in the palette of colors and markers,
    None until an experiment assigns one; ``color`` overrides the palette. ``extra`` holds unknown keys of the file.
    """

    optimizer: str
    hyperparameters: Mapping[str, float] = field(default_factory=dict)
    visible: bool = True
    color: str | None = None
    slot: int | None = None
    history: tuple[HyperparameterSpan, ...] = ()
    replicas: int = 0
    rate_edited: bool = field(default=False, compare=False)
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "optimizer", OLD_IDS.get(str(self.optimizer), self.optimizer))
        check_choice(gettext_noop("optimizer"), self.optimizer, OPTIMIZERS)
        object.__setattr__(self, "hyperparameters", check_hyperparameters(self.method, self.hyperparameters))
        object.__setattr__(self, "history", check_history(self.method, self.history))
        check_integer(gettext_noop("replicas"), self.replicas, 0, MAX_REPLICAS)
        check_bool(gettext_noop("visible"), self.visible)
        check_bool(gettext_noop("rate_edited"), self.rate_edited)
        if self.color is not None and not re.fullmatch("#[0-9a-fA-F]{6}", str(self.color)):
            raise ExperimentError(tr("a color must have the form #0072b2, not {color}", color=shorten_repr(self.color)))
        if self.slot is not None:
            check_integer(gettext_noop("slot"), self.slot, 0, 999)

    @property
    def method(self) -> Optimizer:
        """The optimizer as an object."""
        return OPTIMIZERS[self.optimizer]

    @property
    def label(self) -> str:
        """The text that the user sees: "Adam, lr 0.05", followed by the changes during the run."""
        return ", ".join([self.short_label, *self._change_labels])

    @property
    def short_label(self) -> str:
        """The label without the changes during the run."""
        return f"{self.method.name}, {self.hyperparameter_text}" if self.hyperparameter_text else self.method.name

    @property
    def modifiers(self) -> list[Modifier]:
        """The modifiers of the optimizer, including those that are switched off by a strength of 0."""
        return [modifier for modifier in self.method.modifiers.values() if modifier.id in self.hyperparameters]

    def with_hyperparameter(self, name: str, value: float) -> Run:
        """Return the run with one current hyperparameter changed by the user."""
        return replace(
            self,
            hyperparameters={**self.hyperparameters, name: value},
            rate_edited=self.rate_edited or name == "lr",
        )

    def with_learning_rate(self, value: float) -> Run:
        """Return the run with a learning rate that the program has found."""
        return replace(self, hyperparameters={**self.hyperparameters, "lr": value})

    @property
    def seeds(self) -> dict[str, float]:
        """The hyperparameters that seed random numbers; empty for a deterministic run."""
        return {name: value for name, value in self.hyperparameters.items() if name.endswith("seed")}

    @cached_property
    def replica_runs(self) -> list[Run]:
        """The replicas: the same run with the next seeds."""
        return [
            self.with_changes_from_start({name: (value + k) % SEED_COUNT for name, value in self.seeds.items()})
            for k in range(1, self.replicas + 1)
        ]

    @cached_property
    def hyperparameters_by_step(self) -> list[tuple[int, Mapping[str, float]]]:
        """Pairs (start step, hyperparameters), from step 0, with rising steps.

        Hyperparameters with start step t apply to the updates that follow step t.
        """
        start_steps = [0, *(entry.until for entry in self.history)]
        return list(
            zip(start_steps, [*(entry.hyperparameters for entry in self.history), self.hyperparameters], strict=True)
        )

    def as_of_step(self, step: int) -> Run:
        """Return the run as it was at a step, without later changes."""
        index = bisect_right(self.history, step, key=lambda entry: entry.until)
        if index == len(self.history):
            return self
        return replace(self, hyperparameters=self.history[index].hyperparameters, history=self.history[:index])

    def with_change_at_step(self, step: int, hyperparameters: Mapping[str, float]) -> Run:
        """Return the run with other hyperparameters after a step; later changes are discarded."""
        run = self.as_of_step(step)
        if run.history and run.history[-1].until == step:  # replace a change at the same step
            run = replace(run, hyperparameters=run.history[-1].hyperparameters, history=run.history[:-1])
        if step == 0 or hyperparameters == run.hyperparameters:
            return replace(run, hyperparameters=hyperparameters)
        return replace(
            run, hyperparameters=hyperparameters, history=(*run.history, HyperparameterSpan(step, run.hyperparameters))
        )

    def with_changes_from_start(self, changes: Mapping[str, float], removed: Iterable[str] = ()) -> Run:
        """Return the run with some hyperparameters changed, or removed, in its whole history.

        A change to the strength of a modifier adds the modifier with all its hyperparameters to the whole history;
        other changes apply only to the spans that have that hyperparameter.
        """
        removed_names, current = set(removed), {**self.hyperparameters, **changes}

        def apply_changes(hyperparameters: Mapping[str, float]) -> dict[str, float]:
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
        """Return the run with its current hyperparameters from the start."""
        return replace(self, history=()) if self.history else self

    def without_modifier(self, modifier: Modifier) -> Run:
        """Return the run without a modifier."""
        return replace(
            self,
            hyperparameters={
                name: value for name, value in self.hyperparameters.items() if name not in modifier.hyperparameters
            },
        )

    def with_optimizer(self, optimizer_id: str) -> Run:
        """Return the run with another optimizer, without history.

        Hyperparameters that were changed from their defaults are kept if the other optimizer has them and allows their
        values. The learning rate is kept only between implementations of the same optimizer, because its scale differs
        between optimizers.
        """
        method, other_method = self.method, OPTIMIZERS[optimizer_id]
        related = (method.variant_of or method.id) == (other_method.variant_of or other_method.id)
        modifier_specs = [modifier.hyperparameters for modifier in other_method.modifiers.values()]
        specs = {
            name: spec for group in (other_method.hyperparameters, *modifier_specs) for name, spec in group.items()
        }
        kept_values = {
            name: value
            for name, value in self.hyperparameters.items()
            if name in specs
            and specs[name].allows(value)
            and (related or name != "lr")
            and value != method.spec(name).default
        }
        return replace(
            self,
            optimizer=optimizer_id,
            hyperparameters=kept_values,
            history=(),
            rate_edited=self.rate_edited and "lr" in kept_values,
        )

    @property
    def hyperparameter_text(self) -> str:
        """The learning rate and all hyperparameters that differ from their defaults, as text."""
        return ", ".join(self.hyperparameter_texts)

    @property
    def hyperparameter_texts(self) -> list[str]:
        """The learning rate and each hyperparameter that differs from its default, as texts.

        Names are those that a person reads, except for the usual abbreviation lr.
        """
        entries = [(name, self.method.spec(name), value) for name, value in self.hyperparameters.items()]
        return [
            f"{name if name == 'lr' and self.method.has_learning_rate else tr(spec.text_label(name))} "
            + ((tr("on") if value else tr("off")) if spec.scale == "switch" else f"{value:g}")
            for name, spec, value in entries
            if name == "lr" or value != spec.default
        ]

    @property
    def _change_labels(self) -> list[str]:
        if not self.history:
            return []
        step = self.history[-1].until
        return [
            tr("changed {times} times, last at step {step:,}", times=len(self.history), step=step)
            if len(self.history) > 1
            else tr("changed at step {step:,}", step=step)
        ]

    @staticmethod
    def parse(text: str) -> Run:
        """Return the run that a command-line text describes: "adam lr=0.05 weight_decay=0.1"."""
        tokens = text.split()
        if not tokens:
            raise ExperimentError(
                tr(
                    'a run needs an optimizer, for example {optimizers}; see "thalweg list optimizers"',
                    optimizers=", ".join(list(OPTIMIZERS)[:3]),
                )
            )
        values: dict[str, Any] = {}
        for token in tokens[1:]:
            name, equals, value = token.partition("=")
            if not equals:
                raise ExperimentError(
                    tr("{word} must have the form name=value, for example lr=0.05", word=shorten_repr(token))
                )
            if name in values:
                raise ExperimentError(tr("{value} sets {name} twice", value=shorten_repr(text), name=name))
            values[name] = value
        return Run(tokens[0].lower(), values, rate_edited="lr" in values)
