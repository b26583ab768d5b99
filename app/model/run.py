"""One racer: an optimizer with its hyperparameters, those of the parts it is combined with, and when they were turned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from app.model.number_parsing import refusal
from app.utils.i18n import mark, tr
from app.utils.validation import MOST_STEPS, ExperimentError, choice, flag, number, short, whole
from optimizers import OPTIMIZERS, Optimizer, Part

MOST_TURNS, MOST_REPLICAS = 100_000, 100
LONGEST_NAME = 60  # characters that a sentence can hold
SEEDS = 2**32  # as many there are


class Earlier(NamedTuple):
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
    earlier: tuple[Earlier, ...] = ()
    replicas: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        choice(mark("optimizer"), self.optimizer, OPTIMIZERS)
        object.__setattr__(self, "hyperparameters", self._checked(self.hyperparameters))
        object.__setattr__(self, "earlier", self._history())
        whole(mark("replicas"), self.replicas, 0, MOST_REPLICAS)
        flag(mark("visible"), self.visible)
        if self.color is not None and not re.fullmatch("#[0-9a-fA-F]{6}", str(self.color)):
            raise ExperimentError(tr("a color must look like #0072b2, not {color}", color=short(self.color)))
        if self.slot is not None:
            whole(mark("slot"), self.slot, 0, 999)

    def _checked(self, given: Any) -> Mapping[str, float]:
        """All hyperparameters of the optimizer and of the parts that are named; ExperimentError names the culprit."""
        if not isinstance(given, Mapping):
            raise ExperimentError(
                tr(
                    "the hyperparameters of {optimizer} must be names with numbers, not {given}",
                    optimizer=self.optimizer,
                    given=short(given),
                )
            )
        endless = next((name for name in given if len(name) > LONGEST_NAME), None)
        if endless is not None:
            raise ExperimentError(
                tr("{optimizer} has no hyperparameter {endless}", optimizer=self.optimizer, endless=short(endless))
            )
        checked = {**self.rule.defaults, **{name: self._one(name, value) for name, value in given.items()}}
        every = dict(self.rule.defaults)
        for part in self.rule.parts.values():
            if not checked.keys().isdisjoint(part.hyperparameters):
                every |= {name: declared.default for name, declared in part.hyperparameters.items()}
        return every | checked

    def _one(self, name: str, given: Any) -> float:
        """One hyperparameter, of the optimizer or of a part."""
        try:
            declared = self.rule.declared(name)
        except ValueError:
            parts = [each for part in self.rule.parts.values() for each in part.hyperparameters]
            raise ExperimentError(
                tr(
                    "{optimizer} has no hyperparameter {name}; it has {names}, and can be combined with {parts}",
                    optimizer=self.optimizer,
                    name=short(name),
                    names=", ".join(self.rule.hyperparameters),
                    parts=", ".join(parts),
                )
            ) from None
        called = tr("{name} of {optimizer}", name=name, optimizer=self.optimizer)
        value = given if isinstance(given, (int, float)) else number(called, given)
        try:
            return declared.check(called, value)
        except ValueError:
            raise ExperimentError(refusal(declared, called, short(value))) from None

    def _history(self) -> tuple[Earlier, ...]:
        if not isinstance(self.earlier, (list, tuple)) or len(self.earlier) > MOST_TURNS:
            raise ExperimentError(
                tr(
                    "earlier must be a list of at most {most_turns} pairs of a step and hyperparameters",
                    most_turns=MOST_TURNS,
                )
            )
        history: list[Earlier] = []
        for entry in self.earlier:
            if not isinstance(entry, Earlier):  # these come from a run, which has checked them
                if not isinstance(entry, (list, tuple)) or len(entry) != 2:
                    raise ExperimentError(
                        tr("earlier must hold pairs of a step and hyperparameters, not {entry}", entry=short(entry))
                    )
                entry = Earlier(whole(tr("the step of a turn"), entry[0], 1, MOST_STEPS), self._checked(entry[1]))
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
    def rule(self) -> Optimizer:
        return OPTIMIZERS[self.optimizer]

    @property
    def label(self) -> str:
        """What a person reads: Adam, lr 0.05."""
        return ", ".join([self.heading, *self._turns])

    @property
    def heading(self) -> str:
        """The same without what was turned on the way."""
        return f"{self.rule.name}, {self.settings}" if self.settings else self.rule.name

    @property
    def parts(self) -> list[Part]:
        """What the optimizer is combined with, switched off by a 0 or not."""
        return [part for part in self.rule.parts.values() if part.id in self.hyperparameters]

    def turned(self, name: str, value: float) -> Run:
        """This run with one hyperparameter changed."""
        return replace(self, hyperparameters={**self.hyperparameters, name: value})

    @property
    def seeds(self) -> dict[str, float]:
        """The hyperparameters that say which random numbers it draws; none of a run that draws none."""
        return {name: value for name, value in self.hyperparameters.items() if name.endswith("seed")}

    @cached_property
    def others(self) -> list[Run]:
        """The replicas: this run again and again, each time with the next seeds."""
        return [
            self.throughout({name: (value + k) % SEEDS for name, value in self.seeds.items()})
            for k in range(1, self.replicas + 1)
        ]

    @property
    def timeline(self) -> list[tuple[int, Mapping[str, float]]]:
        """Since which step, from 0, which hyperparameters are in force; they are felt by the update after it."""
        since = [0, *(entry.until for entry in self.earlier)]
        return list(zip(since, [*(entry.hyperparameters for entry in self.earlier), self.hyperparameters], strict=True))

    def at(self, step: int) -> Run:
        """This run as it stood at a step: what was turned later is not known yet."""
        later = next((k for k, entry in enumerate(self.earlier) if entry.until > step), None)
        if later is None:
            return self
        return replace(self, hyperparameters=self.earlier[later].hyperparameters, earlier=self.earlier[:later])

    def turned_at(self, step: int, hyperparameters: Mapping[str, float]) -> Run:
        """This run with other hyperparameters from update ``step`` + 1 on; what was turned later is forgotten."""
        run = self.at(step)
        if run.earlier and run.earlier[-1].until == step:  # turned here already: the last word counts
            run = replace(run, hyperparameters=run.earlier[-1].hyperparameters, earlier=run.earlier[:-1])
        if step == 0 or hyperparameters == run.hyperparameters:
            return replace(run, hyperparameters=hyperparameters)
        return replace(run, hyperparameters=hyperparameters, earlier=(*run.earlier, Earlier(step, run.hyperparameters)))

    def throughout(self, changes: Mapping[str, float], dropped: Iterable[str] = ()) -> Run:
        """This run with these hyperparameters, and without those of dropped parts, from its start on."""
        gone, now = set(dropped), {**self.hyperparameters, **changes}

        def changed(hyperparameters: Mapping[str, float]) -> dict[str, float]:
            """One stretch of the way: a part whose strength is turned is there from the start, whole; others where they were."""
            known = dict(hyperparameters)
            for part in self.rule.parts.values():
                if part.id in changes and part.id not in known:
                    known |= {name: now[name] for name in part.hyperparameters}
            known |= {name: value for name, value in changes.items() if name in known}
            return {name: value for name, value in known.items() if name not in gone}

        past = self.earlier
        turns = [*(changed(entry.hyperparameters) for entry in past), changed(now)]
        kept = tuple(
            Earlier(entry.until, before)
            for entry, before, after in zip(past, turns, turns[1:], strict=False)
            if before != after
        )
        return replace(self, hyperparameters=turns[-1], earlier=kept)

    def afresh(self) -> Run:
        """This run with its hyperparameters of now from the start on."""
        return replace(self, earlier=()) if self.earlier else self

    def without(self, part: Part) -> Run:
        """This run, no longer combined with a part."""
        return replace(
            self,
            hyperparameters={
                name: value for name, value in self.hyperparameters.items() if name not in part.hyperparameters
            },
        )

    def racing(self, optimizer: str) -> Run:
        """This run with another optimizer: what was turned and is known to both stays.

        The learning rate stays only from one convention of an optimizer to another: elsewhere it means another thing.
        """
        rule, other = self.rule, OPTIMIZERS[optimizer]
        related = (rule.variant_of or rule.id) == (other.variant_of or other.id)
        known = {*other.hyperparameters, *(name for part in other.parts.values() for name in part.hyperparameters)}
        kept = {
            name: value
            for name, value in self.hyperparameters.items()
            if name in known and (related or name != "lr") and value != rule.declared(name).default
        }
        return replace(self, optimizer=optimizer, hyperparameters=kept, earlier=())

    @property
    def settings(self) -> str:
        """The hyperparameters in words: the learning rate always, the others where they are not at their defaults."""
        shown = [(name, self.rule.declared(name), value) for name, value in self.hyperparameters.items()]
        return ", ".join(
            f"{name if name != 'lr' or self.rule.has_rate else tr(declared.label)} {value:g}"
            for name, declared, value in shown
            if name == "lr" or value != declared.default
        )

    @property
    def _turns(self) -> list[str]:
        if not self.earlier:
            return []
        step = self.earlier[-1].until
        return [
            tr("turned {times} times, last at step {step:,}", times=len(self.earlier), step=step)
            if len(self.earlier) > 1
            else tr("turned at step {step:,}", step=step)
        ]

    @staticmethod
    def parse(text: str) -> Run:
        """A run from the command line: "adam lr=0.05 weight_decay=0.1"."""
        words = text.split()
        if not words:
            raise ExperimentError(
                tr("a run needs an optimizer; choose from {optimizers}", optimizers=", ".join(OPTIMIZERS))
            )
        values: dict[str, Any] = {}
        for word in words[1:]:
            name, equals, value = word.partition("=")
            if not equals:
                raise ExperimentError(tr("{word} must have the form name=value, as in lr=0.05", word=short(word)))
            if name in values:
                raise ExperimentError(tr("{value} gives {name} twice", value=short(text), name=name))
            values[name] = value
        return Run(words[0].lower(), values)
