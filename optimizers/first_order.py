# mypy: allow-untyped-defs
"""Rules that use the gradient and its running sum, one learning rate for both coordinates."""

from __future__ import annotations

from math import nan
from sys import float_info
from typing import Annotated

from .arithmetic import dot, maximum, minimum, norm, ratio, where
from .optimizer import (
    Decay,
    Epsilon,
    Fraction,
    Height,
    Hyperparameter,
    LearningRate,
    Momentum,
    Positive,
    Power,
    WarmUp,
    WeightDecay,
    optimizer,
)

AveragedFrom = Annotated[float, Hyperparameter(1.0, 1e7, "log", label="t0 (first averaged)")]
NoNegative = Annotated[float, Hyperparameter(0, 1, "switch", most=1.0, label="no negative step (SPS+)")]


@optimizer("SGD", source="Robbins & Monro 1951, doi:10.1214/aoms/1177729586; without noise: gradient descent, Cauchy 1847",
           convention="PyTorch, Optax, Keras, TensorFlow 1")
def sgd(x, grad, t, *, lr: LearningRate = 0.01):
    """Safe and simple where the surface is equally curved in every direction. Zigzags across a ravine and creeps along it."""
    return x - lr * grad


@optimizer("Momentum", source="Polyak 1964, doi:10.1016/0041-5553(64)90137-5: the heavy ball, with the learning rate inside the "
           "velocity", convention="Keras")
def momentum(x, grad, t, v=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    """Gathers speed along a ravine and rolls over small bumps. Swings past the minimum and needs time to come to rest."""
    v = momentum * v - lr * grad
    return x + v, v


@optimizer("Nesterov", source="Nesterov 1983 (NAG), as Sutskever et al. 2013, PMLR 28:1139; the look-ahead point is stored",
           convention="PyTorch, Optax, TensorFlow 1")
def nesterov(x, grad, t, b=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    """Momentum that looks ahead and so brakes earlier. Bears only two thirds of the learning rate of plain gradient descent."""
    b = momentum * b + grad
    return x - lr * (grad + momentum * b), b


@optimizer("Averaged momentum", source="torch.optim.SGD with dampening, which does not damp the first gradient",
           convention="PyTorch")
def averaged_momentum(x, grad, t, b=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9, dampening: Fraction = 0.9):
    """A running mean of the gradients, so that the learning rate means the same for every momentum. Slow to turn."""
    b = grad if t == 1 else momentum * b + (1 - dampening) * grad
    return x - lr * b, b


@optimizer("Normalized gradient", source="Hazan, Levy & Shalev-Shwartz 2015, arXiv:1507.02030", separable=False)
def normalized_gradient(x, grad, t, *, lr: LearningRate = 0.01):
    """Steps of one length: crosses plateaus and survives cliffs. Never settles: it hops about the minimum at that length."""
    return x - lr * ratio(grad, norm(grad))


@optimizer("Polyak step size", source="Polyak 1987, Introduction to Optimization; with a largest step: Loizou et al. 2021, "
           "arXiv:2002.10542", separable=False, convention="Optax")
def polyak_step_size(x, loss, t, *, lr: LearningRate = 1.0, f_min: Height = 0.0, scaling: Positive = 1.0, eps: Epsilon = 0.0,
                     positive: NoNegative = 0.0):
    """Takes its step from the height above the minimum, which must be known; lr is the largest step. Wrong heights mislead it."""
    height, grad = loss.both(x)
    grad = scaling * grad
    square = dot(grad, grad) + eps
    gap = maximum(height - f_min, 0.0) if positive else height - f_min
    step = where(square <= float_info.epsilon, 0.0, minimum(ratio(gap, square), lr))
    return x - step * grad


@optimizer("Optimistic gradient", source="Popov 1980, doi:10.1007/BF01141092; Daskalakis et al. 2018, arXiv:1711.00141",
           convention="Optax")
def optimistic_gradient(x, grad, t, last=0.0, *, lr: LearningRate = 0.01, alpha: Positive = 1.0, beta: Positive = 1.0):
    """Guesses the next gradient from the last change; made for games, where it stops the circling. Here much like SGD."""
    last = grad if t == 1 else last
    return x - lr * ((alpha + beta) * grad - beta * last), grad


@optimizer("QHM", source="Ma & Yarats 2019, arXiv:1810.06801: quasi-hyperbolic momentum")
def qhm(x, grad, t, g=0.0, *, lr: LearningRate = 0.01, beta: Decay = 0.999, nu: Fraction = 0.7):
    """A weighted mean of a plain step and a slow momentum step: long memory without its inertia. Two weights to choose."""
    g = beta * g + (1 - beta) * grad
    return x - lr * ((1 - nu) * grad + nu * g), g


@optimizer("ASGD", source="Polyak & Juditsky 1992, doi:10.1137/0330046; Bottou 2012, Stochastic Gradient Descent Tricks",
           convention="PyTorch")
def asgd(x, grad, t, eta=0.0, mean=0.0, *, lr: LearningRate = 0.01, lambd: Positive = 1e-4, alpha: Fraction = 0.75,
         t0: AveragedFrom = 1e6):
    """SGD that keeps, beside its path, the mean of its points from update t0 on, which noise hardly shakes. Before t0 it is SGD."""
    eta = lr if t == 1 else eta
    x = x * (1 - lambd * eta) - eta * grad
    mean = mean + (x - mean) / maximum(1.0, t - 1 - t0)
    return x, ratio(lr, maximum(1 + lambd * lr * t, 0.0) ** alpha, nan), mean


@optimizer("Schedule-free SGD", source="Defazio et al. 2024, arXiv:2405.15682; the path is y, and the warm-up Optax's",
           convention="Optax")
def schedule_free_sgd(x, grad, t, z=0.0, mean=0.0, weight_sum=0.0, lr_max=0.0, *, lr: LearningRate = 1.0, beta: Momentum = 0.9,
                      weight_decay: WeightDecay = 0.0, lr_power: Power = 2.0, warmup: WarmUp = 0):
    """Averages its points instead of lowering the learning rate; its answer is the mean, a state. Lags where the surface turns."""
    z = x if t == 1 else z
    mean = (x - (1 - beta) * z) / beta
    lr_max = maximum(lr_max, lr * min(t / max(warmup, 1), 1.0))
    weight = lr_max**lr_power
    weight_sum = weight_sum + weight
    z = z - lr * min((t - 1) / warmup if warmup else 1.0, 1.0) * (grad + weight_decay * x)
    c = ratio(weight, weight_sum)
    mean = (1 - c) * mean + c * z
    return beta * mean + (1 - beta) * z, z, mean, weight_sum, lr_max
