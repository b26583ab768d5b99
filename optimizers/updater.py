"""Class form of the optimizers for notebooks: ``Momentum(lr=0.01, momentum=0.9).update(params, grads)``."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

import numpy as np

from optimizers.optimizer import OPTIMIZERS, Optimizer


class Updater:
    """An optimizer that keeps its state between calls; each hyperparameter is an attribute and may be changed."""

    optimizer: ClassVar[Optimizer]

    def __init__(self, *values: float, **keywords: float) -> None:
        names = list(self.optimizer.hyperparameters)
        if len(values) > len(names):
            raise TypeError(f"{type(self).__name__} takes at most {len(names)} hyperparameters: {', '.join(names)}")
        positional = dict(zip(names, values, strict=False))
        duplicates = [name for name in keywords if name in positional]
        if duplicates:
            raise TypeError(f"{type(self).__name__} got {duplicates[0]!r} twice")
        modifier_setting = next(
            (name for name in keywords if any(name in p.hyperparameters for p in self.optimizer.modifiers.values())),
            None,
        )
        if modifier_setting is not None:
            raise TypeError(
                f"{type(self).__name__} takes no {modifier_setting}: modifiers work on whole points, in trace and "
                "in an experiment"
            )
        for name, value in self.optimizer.check({**positional, **keywords}).items():
            setattr(self, name, value)
        self.t = 0
        self.state: dict[Any, tuple[Any, ...]] = {}

    def update(self, params: MutableMapping[Any, Any], grads: Mapping[Any, Any]) -> None:
        """Update every parameter in place: arrays of floats are overwritten, numbers are replaced.

        ``params`` maps keys to numbers or arrays of any shape; ``grads`` maps the same keys to gradients of the same
        shapes. Raises KeyError, without changing anything, if a gradient is missing, and TypeError if the optimizer
        couples the coordinates.
        """
        missing_keys = [key for key in params if key not in grads]
        if missing_keys:
            raise KeyError(f"no gradient for {missing_keys[0]!r}")
        if not self.optimizer.separable:
            raise TypeError(
                f"{type(self).__name__} couples the coordinates of a point and has no form for dictionaries"
            )
        self.t += 1
        initial_state = tuple(self.optimizer.state.values())
        update_rule, _ = self.optimizer.bind({name: getattr(self, name) for name in self.optimizer.hyperparameters})
        for key, value in params.items():
            x = (
                np.array(value, float) if np.ndim(value) else float(value)
            )  # a copy, because a rule may keep it as state
            grad = np.array(grads[key], float) if np.ndim(grads[key]) else float(grads[key])
            result = update_rule(x, grad, self.t, *self.state.get(key, initial_state))
            new, *state = result if initial_state else (result,)
            self.state[key] = tuple(state)
            if isinstance(value, np.ndarray) and value.dtype.kind == "f":
                value[...] = new
            else:
                params[key] = new


CLASS_NAMES = {  # where it is not the displayed name; scripts import these classes
    "averaged_momentum": "AveragedMomentum",
    "steepest_descent_armijo": "SteepestDescentArmijo",
    "steepest_descent_wolfe": "SteepestDescentStrongWolfe",
    "conjugate_gradient_fr": "ConjugateGradientFR",
    "conjugate_gradient_pr": "ConjugateGradientPR",
}


def class_name(optimizer: Optimizer) -> str:
    """Return the name of the class of an optimizer: LBFGS for L-BFGS, AdamKeras for Adam (Keras)."""
    if optimizer.id in CLASS_NAMES:
        return CLASS_NAMES[optimizer.id]
    return "".join(word[:1].upper() + word[1:] for word in re.findall("[A-Za-z0-9]+", optimizer.name))


UPDATERS: dict[str, type[Updater]] = {
    class_name(o): type(class_name(o), (Updater,), {"optimizer": o, "__doc__": f"{o.name}: {o.source}."})
    for o in OPTIMIZERS.values()
}
OLD_CLASS_NAMES = {"AdanAuthors": "Adan"}  # names of earlier versions and their current ones
