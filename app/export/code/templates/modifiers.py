# mypy: allow-untyped-defs
"""Modifiers of a run in an exported script, which includes only the methods and lines that it needs."""

from __future__ import annotations

from functools import partial

import numpy as np

from optimizers.loss import Loss
from optimizers.step import WrappedLoss


class Modifiers:
    """Modifiers of a run by stage, and the current hyperparameters of the run."""

    def __init__(self, surface, stages, hyperparameters):
        self.stages, self.hyperparameters = stages, hyperparameters
        self.unpenalized_loss = Loss(surface)  # if loss or takes_loss
        self.states = {}  # if result

    def active_modifiers(self, stage):
        """Return the modifiers that are switched on: the hyperparameter named after a modifier is not 0."""
        return [modifier for modifier in self.stages.get(stage, ()) if self.hyperparameters.get(modifier.__name__)]

    def arguments_of(self, function, **overrides):
        """Return the hyperparameters of a function, some of them replaced."""
        available = {**self.hyperparameters, **overrides}
        return {name: available[name] for name in function.__kwdefaults__ or () if name in available}

    def bind(self, function):
        """Return the function with its hyperparameters bound."""
        return partial(function, **self.arguments_of(function))

    @property
    def has_loss_modifier(self):
        """Whether a modifier is on that evaluates gradients itself."""
        return bool(self.active_modifiers("loss"))

    @property
    def penalties(self):
        """The modifiers that are terms of the loss, each with the hyperparameters that hold its strength."""
        return [(modifier.__name__, self.hyperparameters) for modifier in self.active_modifiers("penalty")]

    def modify_learning_rate(self, lr, t):
        """Return the learning rate of step t."""
        for modifier in self.active_modifiers("rate"):
            lr = self.bind(modifier)(lr, t)
        return lr

    def modify_gradient(self, point, grad, t):
        """Return the gradient that the optimizer receives."""
        loss = self.unpenalized_loss  # if loss
        for modifier in self.active_modifiers("loss"):  # if loss
            loss = WrappedLoss(loss, self.bind(modifier), t)  # if loss
        if loss is not self.unpenalized_loss:  # if loss
            grad = loss.gradient(point)  # if loss
        for modifier in self.active_modifiers("gradient"):
            grad = self.bind(modifier)(point, grad, t)
            grad = np.array([grad[0], 0.0])  # if line
        return grad

    def modify_position(self, point, lr, t):
        """Return the position from which the optimizer makes its step."""
        lr = 1.0 if "no_learning_rate" in self.stages else lr  # if no_learning_rate
        for modifier in self.active_modifiers("position"):
            point = self.bind(modifier)(point, lr, t)
        return point

    def modify_result(self, position, previous, t):
        """Return the new position after the step of the optimizer."""
        previous_states, self.states = self.states, {}  # a modifier that was off starts again
        for modifier in self.active_modifiers("result"):
            position, *self.states[modifier.__name__] = self.bind(modifier)(
                position, previous, t, *previous_states.get(modifier.__name__, ())
            )
        return position
