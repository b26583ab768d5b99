# mypy: allow-untyped-defs
"""Rules that look at the sign of the gradient and not at its size."""

from __future__ import annotations

from typing import Annotated

from .arithmetic import maximum, minimum, sign, where
from .optimizer import Decay, Hyperparameter, LearningRate, Momentum, Positive, WeightDecay, optimizer

FAMILY = "Sign-based"
FirstStep = Annotated[float, Hyperparameter(1e-6, 10.0, "log", label="first step", symbol=r"\Delta_0")]
Growth = Annotated[float, Hyperparameter(1.0, 3.0, least=1.0)]
Shrinking = Annotated[float, Hyperparameter(0.05, 1.0, most=1.0)]


@optimizer("SignSGD", source="Bernstein et al. 2018, arXiv:1802.04434, algorithm 1", convention="Optax")
def signsgd(x, grad, t, *, lr: LearningRate = 0.01):
    """The same step in every coordinate, however flat or steep it is. Never settles, and goes along the diagonals only."""
    return x - lr * sign(grad)


@optimizer("Signum", source="Bernstein et al. 2018, arXiv:1802.04434, algorithm 2", convention="Optax")
def signum(x, grad, t, m=0.0, *, lr: LearningRate = 0.01, beta: Momentum = 0.9):
    """SignSGD that asks a running mean for the sign, which noise does not turn so easily. Swings about the minimum."""
    m = beta * m + (1 - beta) * grad
    return x - lr * sign(m), m


@optimizer("Lion", source="Chen et al. 2023, arXiv:2302.06675", convention="Optax, Keras")
def lion(x, grad, t, m=0.0, *, lr: LearningRate = 1e-4, beta1: Decay = 0.9, beta2: Decay = 0.99,
         weight_decay: WeightDecay = 0.0):
    """Steps of one size from two memories of the gradient; wants a small, falling learning rate. Circles about a minimum."""
    update = sign(beta1 * m + (1 - beta1) * grad)
    m = beta2 * m + (1 - beta2) * grad
    return x - lr * (update + weight_decay * x), m


@optimizer("Rprop", source="Riedmiller & Braun 1993, doi:10.1109/ICNN.1993.298623; Igel & Hüsken 2000: iRprop-",
           convention="PyTorch")
def rprop(x, grad, t, last=0.0, step=0.0, *, lr: FirstStep = 0.01, eta_minus: Shrinking = 0.5, eta_plus: Growth = 1.2,
          step_min: Positive = 1e-6, step_max: Positive = 50.0):
    """Each coordinate lengthens its step while the sign stays and halves it when it turns. Noise in the sign ruins it."""
    turn = sign(grad * last)
    step = lr if t == 1 else step
    step = step * where(turn > 0, eta_plus, where(turn < 0, eta_minus, 1.0))
    step = minimum(maximum(step, step_min), step_max)
    grad = where(turn < 0, 0.0, grad)
    return x - step * sign(grad), grad, step
