# mypy: allow-untyped-defs
"""What a run of a script is combined with: a script takes over as much of this as it needs."""

from __future__ import annotations

from functools import partial

from optimizers.loss import Loss
from optimizers.step import Seen


class Parts:
    """What a run is combined with, stage by stage, and the hyperparameters that are in force."""

    def __init__(self, surface, stages):
        self.stages, self.settings = stages, {}
        self.bare = Loss(surface)  # if loss or looking
        self.memory = {}  # if result

    def working(self, stage):
        """The parts that are switched on: one whose first hyperparameter, which bears its name, is 0 is not there."""
        return [part for part in self.stages.get(stage, ()) if self.settings.get(part.__name__)]

    def bound(self, function, **more):
        """A function with those of the hyperparameters that are its own."""
        known = {**self.settings, **more}
        return partial(function, **{name: known[name] for name in function.__kwdefaults__ or () if name in known})

    @property
    def looks(self):
        """Whether a part asks for gradients itself."""
        return bool(self.working("loss"))

    @property
    def penalties(self):
        """The parts that belong to the loss, each with the settings where its strength is found."""
        return [(part.__name__, self.settings) for part in self.working("penalty")]

    def rate(self, lr, t):
        """The learning rate of this update."""
        for part in self.working("rate"):
            lr = self.bound(part)(lr, t)
        return lr

    def shape(self, point, grad, t):
        """The gradient as the rule gets it, from the one at hand."""
        loss = self.bare  # if loss
        for part in self.working("loss"):  # if loss
            loss = Seen(loss, self.bound(part), t)  # if loss
        if loss is not self.bare:  # if loss
            grad = loss.gradient(point)  # if loss
        for part in self.working("gradient"):
            grad = self.bound(part)(point, grad, t)
        return grad

    def position(self, point, lr, t):
        """The position that the rule starts from."""
        lr = 1.0 if "unrated" in self.stages else lr  # if unrated
        for part in self.working("position"):
            point = self.bound(part)(point, lr, t)
        return point

    def result(self, moved, before, t):
        """The new position, once the rule has moved."""
        kept, self.memory = self.memory, {}  # a part that was off for a while begins anew
        for part in self.working("result"):
            moved, *self.memory[part.__name__] = self.bound(part)(moved, before, t, *kept.get(part.__name__, ()))
        return moved
