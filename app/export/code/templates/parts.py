# mypy: allow-untyped-defs
"""What a run of a script is combined with: a script takes over as much of this as it needs."""

from __future__ import annotations

from functools import partial

from optimizers.loss import Loss
from optimizers.step import WrappedLoss


class Modifiers:
    """What a run is combined with, stage by stage, and the hyperparameters that are in force."""

    def __init__(self, surface, stages):
        self.stages, self.hyperparameters = stages, {}
        self.unpenalized_loss = Loss(surface)  # if loss or looking
        self.states = {}  # if result

    def active_modifiers(self, stage):
        """The parts that are switched on: one whose first hyperparameter, which bears its name, is 0 is not there."""
        return [modifier for modifier in self.stages.get(stage, ()) if self.hyperparameters.get(modifier.__name__)]

    def bind(self, function, **overrides):
        """A function with those of the hyperparameters that are its own."""
        available = {**self.hyperparameters, **overrides}
        return partial(
            function, **{name: available[name] for name in function.__kwdefaults__ or () if name in available}
        )

    @property
    def evaluates_loss(self):
        """Whether a part asks for gradients itself."""
        return bool(self.active_modifiers("loss"))

    @property
    def penalties(self):
        """The parts that belong to the loss, each with the settings where its strength is found."""
        return [(modifier.__name__, self.hyperparameters) for modifier in self.active_modifiers("penalty")]

    def modify_learning_rate(self, lr, t):
        """The learning rate of this update."""
        for modifier in self.active_modifiers("rate"):
            lr = self.bind(modifier)(lr, t)
        return lr

    def modify_gradient(self, point, grad, t):
        """The gradient as the rule gets it, from the one at hand."""
        loss = self.unpenalized_loss  # if loss
        for modifier in self.active_modifiers("loss"):  # if loss
            loss = WrappedLoss(loss, self.bind(modifier), t)  # if loss
        if loss is not self.unpenalized_loss:  # if loss
            grad = loss.gradient(point)  # if loss
        for modifier in self.active_modifiers("gradient"):
            grad = self.bind(modifier)(point, grad, t)
        return grad

    def modify_position(self, point, lr, t):
        """The position that the rule starts from."""
        lr = 1.0 if "unrated" in self.stages else lr  # if unrated
        for modifier in self.active_modifiers("position"):
            point = self.bind(modifier)(point, lr, t)
        return point

    def modify_result(self, position, previous, t):
        """The new position, once the rule has moved."""
        previous_states, self.states = self.states, {}  # a part that was off for a while begins anew
        for modifier in self.active_modifiers("result"):
            position, *self.states[modifier.__name__] = self.bind(modifier)(
                position, previous, t, *previous_states.get(modifier.__name__, ())
            )
        return position
