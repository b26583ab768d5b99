"""Class form of the optimizers for notebooks: ``Momentum(lr=0.01, momentum=0.9).update(params, grads)``.

Each parameter is a layer: an optimizer of scope "layer", for example LARS, uses the norms of each of them, flattened
(``Adafactor`` does not factor matrices); one of scope "whole", for example BFGS, sees all of them as one vector.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, ClassVar

import numpy as np

from optimizers.loss import VectorLoss
from optimizers.optimizer import OPTIMIZERS, Optimizer
from optimizers.parameter_layout import ParameterLayout, store_parameter
from optimizers.vector_descent import apply_by_layer

Gradients = Mapping[Any, Any]
LossFunction = Callable[[dict[Any, Any]], tuple[Any, Gradients]]


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
        self.state: dict[Any, tuple[Any, ...]] = {}  # of each parameter, or of all of them under the key None
        self._layout: ParameterLayout | None = None

    def update(self, params: MutableMapping[Any, Any], grads: Gradients | LossFunction) -> None:
        """Update every parameter in place: arrays of floats are overwritten, numbers are replaced.

        Parameters
        ----------
        params : mutable mapping
            Keys to numbers or arrays of any shape.
        grads : mapping or callable
            The same keys to gradients of the same shapes; or a function that takes such a ``params`` and returns the
            loss and the gradients. An optimizer that evaluates the loss itself, for example in a line search, needs
            the function; if it uses no gradients, they may be None.

        Raises
        ------
        KeyError
            Without changing anything, if a gradient is missing.
        TypeError
            If the optimizer needs a function and gets gradients.
        ValueError
            If the optimizer is of scope "layer" or "whole", and the shape of a gradient differs from that of its
            parameter, or the keys or shapes of the parameters have changed.
        """
        update_rule, _ = self.optimizer.bind({name: getattr(self, name) for name in self.optimizer.hyperparameters})
        if self.optimizer.takes_loss:
            if not callable(grads):
                raise TypeError(
                    f"{type(self).__name__} evaluates the loss itself: give a function of params that returns the loss "
                    "and the gradients"
                )
            self._update_vector(update_rule, params, grads)
            return
        gradients = grads(dict(params))[1] if callable(grads) else grads
        _check_gradients(params, gradients)
        if self.optimizer.separable:
            self._update_each(update_rule, params, gradients)
        else:
            self._update_vector(update_rule, params, gradients)

    def _update_each(self, update_rule: Callable[..., Any], params: MutableMapping[Any, Any], grads: Gradients) -> None:
        """Apply the rule to each parameter on its own."""
        self.t += 1
        initial_state = tuple(self.optimizer.state.values())
        for key, value in params.items():
            x = (
                np.array(value, float) if np.ndim(value) else float(value)
            )  # a copy, because a rule may keep it as state
            grad = np.array(grads[key], float) if np.ndim(grads[key]) else float(grads[key])
            result = update_rule(x, grad, self.t, *self.state.get(key, initial_state))
            new, *state = result if initial_state else (result,)
            self.state[key] = tuple(state)
            store_parameter(params, key, new)

    def _update_vector(
        self, update_rule: Callable[..., Any], params: MutableMapping[Any, Any], grads: Gradients | LossFunction
    ) -> None:
        """Apply the rule to the vector of all parameters, in the order that they had at first, or to its layers."""
        layout = self._layout or ParameterLayout.of(params)
        if layout != ParameterLayout.of(params):
            raise ValueError(
                f"{type(self).__name__} needs the parameters of its first update: the same keys and shapes"
            )
        initial_state = tuple(self.optimizer.state.values())
        if self.optimizer.scope == "layer":
            update_rule = apply_by_layer(update_rule, layout.sizes)
            initial_state = (initial_state,) * len(layout.sizes)
        argument = VectorLoss(_vector_function(grads, layout)) if callable(grads) else layout.flatten(grads)
        result = update_rule(layout.flatten(params), argument, self.t + 1, *self.state.get(None, initial_state))
        new, *state = result if isinstance(result, tuple) else (result,)
        self.t, self._layout, self.state[None] = self.t + 1, layout, tuple(state)
        for key, value in layout.unflatten(new).items():
            store_parameter(params, key, value)


def _check_gradients(params: Mapping[Any, Any], grads: Gradients) -> None:
    """Raise KeyError if a gradient is missing."""
    missing_keys = [key for key in params if key not in grads]
    if missing_keys:
        raise KeyError(f"no gradient for {missing_keys[0]!r}")


def _vector_function(function: LossFunction, layout: ParameterLayout) -> Callable[[np.ndarray], tuple[Any, Any]]:
    """Return a function of params, with its loss and gradients, as a function of the vector of all parameters."""

    def loss_and_gradient(vector: np.ndarray) -> tuple[Any, Any]:
        loss, gradients = function(layout.unflatten(vector))
        if gradients is None:
            return loss, None
        _check_gradients(layout.shapes, gradients)
        return loss, layout.flatten(gradients)

    return loss_and_gradient


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
