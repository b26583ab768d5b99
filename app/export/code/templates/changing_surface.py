# mypy: allow-untyped-defs
"""Surface whose parameters change during the runs, for scripts."""

from __future__ import annotations


class ChangingSurface:
    """A surface function with other parameters from some steps on: ``parameters_by_step`` has all, from step 0."""

    def __init__(self, function, parameters_by_step):
        self.function, self.parameters_by_step = function, parameters_by_step
        self.set_step(0)

    def set_step(self, step):
        """Use the parameters of a step for the losses and gradients that follow."""
        self.parameters = self.parameters_by_step[max(start for start in self.parameters_by_step if start <= step)]

    def __call__(self, x, y):
        """Return loss and gradient."""
        return self.function(x, y, **self.parameters)
