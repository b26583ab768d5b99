"""Weight decay and other penalties of an update, and whether they balance the gradient where a run rests."""

from __future__ import annotations

import math

from app.analysis.stability_limit import l2_penalty
from app.utils.i18n import tr
from optimizers.step import BoundUpdate

BALANCE_TOLERANCE = 0.02  # part of the gradient that the penalties may leave unexplained
# Hyperparameters of a rule that add a multiple of the position to the gradient, with their factor
OWN_L2_PENALTIES = {
    "asgd": ("lambd", 1.0),
    "schedule_free_sgd": ("weight_decay", 1.0),
    "lars": ("weight_decay", 1.0),
    "ftrl": ("l2_shrinkage", 2.0),
    "proximal_adagrad": ("l2", 1.0),
}
MOMENTUM_RULES = {"momentum", "momentum_torch", "nesterov", "nesterov_keras", "averaged_momentum"}


def _strength(update: BoundUpdate, name: str) -> float:
    """Return a hyperparameter of the rule or of an active modifier, 0 if there is none."""
    settings = [update.settings, *(values for stage in update.stages.values() for _, _, values in stage)]
    return float(next((values[name] for values in settings if name in values), 0.0))


def has_regularization(update: BoundUpdate) -> bool:
    """Return whether an update draws the position toward the origin."""
    names = ("weight_decay", "decoupled_weight_decay", "lambd", "l1", "l2", "l2_shrinkage")
    return any(_strength(update, name) for name in names)


def rest_penalty(update: BoundUpdate) -> float:
    """Return the strength c for which a run at rest has the gradient -c x.

    L2 penalties count fully for every optimizer, decoupled weight decay where the rule has a closed form: it counts
    fully for gradient descent. For momentum v = beta v - lr g and x = (1 - lr d) x + v are constant for
    g = -(1 - beta) d x.
    """
    method, strength = update.optimizer, l2_penalty(update)
    if method.id in OWN_L2_PENALTIES:
        name, factor = OWN_L2_PENALTIES[method.id]
        strength += factor * float(update.settings.get(name, 0.0))
    if method.id in MOMENTUM_RULES:
        undamped = 1 - update.settings.get("dampening", 0.0)
        decay = _strength(update, "decoupled_weight_decay")
        strength += decay * (1 - update.settings["momentum"]) / undamped if undamped else 0.0
    return strength


def balance_text(update: BoundUpdate, position: complex, gradient: tuple[float, float]) -> str:
    """Return a text that names the penalties that hold a run at a position."""
    decay, l1 = rest_penalty(update), _strength(update, "l1")
    if l1:
        return (
            tr("weight decay ({decay:g}) with the L1 penalty ({l1:g})", decay=decay, l1=l1)
            if decay
            else tr("the L1 penalty ({l1:g})", l1=l1)
        )
    residual = complex(*gradient) + decay * position
    if decay and abs(residual) <= BALANCE_TOLERANCE * max(math.hypot(*gradient), decay * abs(position)):
        return tr("weight decay ({decay:.6g})", decay=decay)
    total = sum(_strength(update, name) for name in ("weight_decay", "decoupled_weight_decay", "lambd"))
    return tr("weight decay ({decay:.6g})", decay=total)
