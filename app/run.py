"""One racer: an optimizer with its hyperparameters and those of the parts that it is combined with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.checks import ExperimentError, choice, number, short
from optimizers import OPTIMIZERS, Optimizer, Part


@dataclass(frozen=True)
class Run:
    """One racer: an optimizer with all its hyperparameters, and those of the parts it is combined with.

    ``slot`` is its place in the palette of colors and marks, None until the experiment gives it one; ``color`` overrides.
    """

    optimizer: str
    hyperparameters: Mapping[str, float] = field(default_factory=dict)
    visible: bool = True
    color: str | None = None
    slot: int | None = None

    def __post_init__(self) -> None:
        choice("optimizer", self.optimizer, OPTIMIZERS)
        if not isinstance(self.hyperparameters, Mapping):
            raise ExperimentError(f"the hyperparameters of {self.optimizer} must be names with numbers, "
                                  f"not {short(self.hyperparameters)}")
        try:
            given = {name: number(f"{name} of {self.optimizer}", value) if isinstance(value, str) else value
                     for name, value in self.hyperparameters.items()}
            checked = OPTIMIZERS[self.optimizer].check(given)
        except ValueError as error:
            raise ExperimentError(str(error)) from None
        if not isinstance(self.visible, bool):
            raise ExperimentError(f"visible must be true or false, not {short(self.visible)}")
        if self.color is not None and not re.fullmatch("#[0-9a-fA-F]{6}", str(self.color)):
            raise ExperimentError(f"a color must look like #0072b2, not {short(self.color)}")
        if self.slot is not None and (isinstance(self.slot, bool) or not isinstance(self.slot, int) or not 0 <= self.slot < 1000):
            raise ExperimentError(f"slot must be a whole number from 0 to 999, not {short(self.slot)}")
        whole = dict(self.rule.defaults)
        for part in self.rule.parts.values():
            if not checked.keys().isdisjoint(part.hyperparameters):
                whole |= {name: declared.default for name, declared in part.hyperparameters.items()}
        object.__setattr__(self, "hyperparameters", whole | checked)

    @property
    def rule(self) -> Optimizer:
        return OPTIMIZERS[self.optimizer]

    @property
    def parts(self) -> list[Part]:
        """What the optimizer is combined with, switched off by a 0 or not."""
        return [part for part in self.rule.parts.values() if part.id in self.hyperparameters]

    def turned(self, name: str, value: float) -> Run:
        """This run with one hyperparameter changed."""
        return replace(self, hyperparameters={**self.hyperparameters, name: value})

    def without(self, part: Part) -> Run:
        """This run, no longer combined with a part."""
        return replace(self, hyperparameters={name: value for name, value in self.hyperparameters.items()
                                              if name not in part.hyperparameters})

    def racing(self, optimizer: str) -> Run:
        """This run with another optimizer: what was turned and is known to both stays.

        The learning rate stays only from one convention of an optimizer to another: elsewhere it means another thing.
        """
        rule, other = self.rule, OPTIMIZERS[optimizer]
        related = (rule.variant_of or rule.id) == (other.variant_of or other.id)
        known = {*other.hyperparameters, *(name for part in other.parts.values() for name in part.hyperparameters)}
        kept = {name: value for name, value in self.hyperparameters.items()
                if name in known and (related or name != "lr") and value != rule.declared(name).default}
        return replace(self, optimizer=optimizer, hyperparameters=kept)

    @property
    def settings(self) -> str:
        """The hyperparameters in words: the learning rate always, the others where they are not at their defaults."""
        shown = [(name, self.rule.declared(name), value) for name, value in self.hyperparameters.items()]
        return ", ".join(f"{name if name != 'lr' or self.rule.has_rate else declared.label} {value:g}"
                         for name, declared, value in shown if name == "lr" or value != declared.default)

    @staticmethod
    def parse(text: str) -> Run:
        """A run from the command line: "adam lr=0.05 weight_decay=0.1"."""
        words = text.split()
        if not words:
            raise ExperimentError(f"a run needs an optimizer; choose from {', '.join(OPTIMIZERS)}")
        values: dict[str, Any] = {}
        for word in words[1:]:
            name, equals, value = word.partition("=")
            if not equals:
                raise ExperimentError(f"{short(word)} must have the form name=value, as in lr=0.05")
            if name in values:
                raise ExperimentError(f"{short(text)} gives {name} twice")
            values[name] = value
        return Run(words[0].lower(), values)
