# mypy: allow-untyped-defs
"""Rules that find their learning rate themselves, from the way they have come or from the height they are at."""

from __future__ import annotations

from sys import float_info
from typing import Annotated

from .arithmetic import dot, maximum, minimum, norm, ratio, sqrt, where
from .optimizer import Decay, Epsilon, Height, Hyperparameter, LearningRate, Momentum, Positive, Switch, WeightDecay, optimizer

FAMILY = "Parameter-free"
FirstDistance = Annotated[float, Hyperparameter(1e-8, 1.0, "log", label="first distance")]
Bets = Annotated[float, Hyperparameter(1.0, 1e4, "log")]
FirstSquare = Annotated[float, Hyperparameter(1e-8, 1.0, "log", label="first distance squared")]


@optimizer("DoG", source="Ivgi, Hinder & Carmon 2023, arXiv:2302.12022; the start distance r (1 + |x_0|)", separable=False,
           convention="Optax")
def dog(x, grad, t, x0=0.0, r_max=0.0, g_sum=0.0, *, lr: LearningRate = 1.0, r: FirstDistance = 1e-6, relative: Switch = 1.0,
        eps: Epsilon = 1e-8):
    """The distance from the start over the gradients met is the learning rate. From a tiny first step it takes long to set off."""
    if t == 1:
        x0, r_max = x, r * (1 + norm(x)) if relative else r
    r_max = maximum(r_max, norm(x - x0))
    g_sum = g_sum + dot(grad, grad)
    return x - lr * ratio(r_max, sqrt(g_sum + eps)) * grad, x0, r_max, g_sum


@optimizer("DoWG", source="Khaled, Mishchenko & Jin 2023, arXiv:2305.16284", separable=False, convention="Optax")
def dowg(x, grad, t, x0=0.0, r2_max=0.0, v=0.0, *, lr: LearningRate = 1.0, r2: FirstSquare = 1e-4, eps: Epsilon = 1e-4):
    """DoG that counts late gradients more and so speeds up sooner. One rate for both coordinates does not cure a ravine."""
    x0, r2_max = (x, r2) if t == 1 else (x0, r2_max)
    r2_max = maximum(r2_max, dot(x - x0, x - x0))
    v = v + r2_max * dot(grad, grad)
    return x - lr * ratio(r2_max, sqrt(v) + eps) * grad, x0, r2_max, v


@optimizer("Prodigy", source="Mishchenko & Defazio 2023, arXiv:2306.06101, with Adam; bias-corrected, as in Optax",
           separable=False, convention="Optax")
def prodigy(x, grad, t, x0=0.0, m=0.0, v=0.0, s=0.0, r=0.0, d=0.0, *, lr: LearningRate = 1.0, beta1: Decay = 0.9,
            beta2: Decay = 0.999, beta3: Decay = 0.0, eps: Epsilon = 1e-8, d0: FirstDistance = 1e-6, d_coef: Positive = 1.0,
            weight_decay: WeightDecay = 0.0, safeguard_warmup: Switch = 0.0):
    """Adam that estimates its rate d from how far it has come. d never falls; beta3 = 0 stands for the root of beta2."""
    x0, d = (x, d0) if t == 1 else (x0, d)
    beta3 = where(beta3 == 0, sqrt(beta2), beta3)
    rate = d * lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * d * grad
    v = beta2 * v + (1 - beta2) * (d * grad) * (d * grad)
    s = beta3 * s + (d if safeguard_warmup else rate) * d * grad / d0
    r = beta3 * r + d / d0 * rate * dot(grad, x0 - x)
    d_new = maximum(d, d_coef * ratio(r, abs(s).sum(axis=0)))
    return x - weight_decay * rate * x - rate * ratio(m, sqrt(v) + d_new * eps), x0, m, v, s, r, d_new


@optimizer("COCOB", source="Orabona & Tommasi 2017, arXiv:1705.07795, algorithm 2", convention="Optax")
def cocob(x, grad, t, x0=0.0, theta=0.0, big=0.0, total=0.0, reward=0.0, *, lr: LearningRate = 1.0, alpha: Bets = 100.0,
          eps: Epsilon = 1e-8):
    """Bets more while the gradient keeps its sign; lr only scales the gradient. Its winnings may carry it far past the minimum."""
    x0, big = (x, eps) if t == 1 else (x0, big)
    c = lr * grad
    big = maximum(big, abs(c))
    total = total + abs(c)
    reward = maximum(reward - c * (x - x0), 0.0)
    theta = theta - c
    return x0 + ratio(theta, big * maximum(total + big, alpha * big)) * (big + reward), x0, theta, big, total, reward


@optimizer("MoMo", source="Schaipp et al. 2023, arXiv:2305.07583; the first gradient unaveraged", separable=False,
           convention="Optax")
def momo(x, loss, t, d=0.0, f_mean=0.0, gamma=0.0, f_low=0.0, *, lr: LearningRate = 1.0, beta: Momentum = 0.9,
         lower_bound: Height = 0.0, weight_decay: WeightDecay = 0.0, adapt_bound: Switch = 0.0):
    """Momentum whose step comes from the height above a known bound; lr is the largest. A wrong bound misleads it."""
    height, grad = loss.both(x)
    f_low, beta = (lower_bound, 0.0) if t == 1 else (f_low, beta)
    f_mean = beta * f_mean + (1 - beta) * height
    d = beta * d + (1 - beta) * grad
    gamma = beta * gamma + (1 - beta) * dot(grad, x)
    square, product, grown = dot(d, d), dot(d, x), 1 + lr * weight_decay
    if adapt_bound:
        cap = grown * (f_mean - gamma) + product
        f_low = where(cap < grown * f_low, maximum(cap / (2 * grown), lower_bound), f_low)
    gap = maximum(grown * (f_mean - f_low - gamma) + product, 0.0)
    tau = minimum(lr, where(square <= float_info.epsilon, 0.0, ratio(gap, square)))
    if adapt_bound:
        f_low = maximum(f_mean + product - gamma - tau * square / 2, lower_bound)
    return x - lr * weight_decay / grown * x - tau * d, d, f_mean, gamma, f_low
