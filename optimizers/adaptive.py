# mypy: allow-untyped-defs
"""Rules that divide by a running size of the gradient: each coordinate gets a learning rate of its own."""

from __future__ import annotations

from typing import Annotated

from .arithmetic import maximum, minimum, ratio, sign, sqrt, where
from .optimizer import Decay, Epsilon, Fraction, Hyperparameter, LearningRate, Momentum, Positive, Switch, optimizer

FirstSquares = Annotated[float, Hyperparameter(1e-6, 100.0, "log", symbol="n_0")]


@optimizer("AdaGrad", source="Duchi, Hazan & Singer 2011, JMLR 12:2121; as in torch: sum from 0, eps outside the root",
           convention="PyTorch, TensorFlow 1")
def adagrad(x, grad, t, g_sum=0.0, *, lr: LearningRate = 0.01, eps: Epsilon = 1e-10, lr_decay: Positive = 0.0,
            initial_sum: Positive = 0.0):
    """Evens out steep and flat coordinates without tuning. The sum only grows, so it slows down and may stop too early."""
    g_sum = (initial_sum if t == 1 else g_sum) + grad * grad
    return x - lr / (1 + (t - 1) * lr_decay) * ratio(grad, sqrt(g_sum) + eps), g_sum


@optimizer("RMSprop", source="Tieleman & Hinton 2012, Coursera lecture 6.5; centered: Graves 2013, arXiv:1308.0850; "
           "eps outside the root and lr outside the momentum, as in torch", convention="PyTorch")
def rmsprop(x, grad, t, v=0.0, g_mean=0.0, b=0.0, *, lr: LearningRate = 0.01, rho: Decay = 0.99, eps: Epsilon = 1e-8,
            momentum: Momentum = 0.0, centered: Switch = 0.0):
    """Forgets old gradients, so that it keeps its pace where AdaGrad stops. The first step is large, and it never settles."""
    v = rho * v + (1 - rho) * grad * grad
    spread = v
    if centered:
        g_mean = rho * g_mean + (1 - rho) * grad
        spread = maximum(v - g_mean * g_mean, 0.0)
    b = momentum * b + ratio(grad, sqrt(spread) + eps)
    return x - lr * b, v, g_mean, b


@optimizer("AdaDelta", source="Zeiler 2012, arXiv:1212.5701, algorithm 1; times a learning rate, 1 in the paper",
           convention="PyTorch, Optax, Keras, TensorFlow 1")
def adadelta(x, grad, t, g_mean=0.0, dx_mean=0.0, *, lr: LearningRate = 1.0, rho: Decay = 0.9, eps: Epsilon = 1e-6):
    """Finds its own step length from its last steps. Starts from eps and so takes long to get going."""
    g_mean = rho * g_mean + (1 - rho) * grad * grad
    dx = ratio(sqrt(dx_mean + eps), sqrt(g_mean + eps)) * grad
    dx_mean = rho * dx_mean + (1 - rho) * dx * dx
    return x - lr * dx, g_mean, dx_mean


@optimizer("SM3", source="Anil et al. 2019, arXiv:1901.11150, algorithm SM3-II; of a vector each coordinate is a cover of its own",
           convention="Optax")
def sm3(x, grad, t, v=0.0, m=0.0, *, lr: LearningRate = 0.1, momentum: Momentum = 0.9, eps: Epsilon = 1e-8):
    """AdaGrad that saves memory on large matrices; in two dimensions it is AdaGrad with a running mean. Slows down like it."""
    v = v + grad * grad
    m = momentum * m + (1 - momentum) * where(v > 0, ratio(grad, sqrt(v + eps)), 0.0)
    return x - lr * m, v, m


@optimizer("FTRL", source="McMahan et al. 2013, doi:10.1145/2487575.2488200, algorithm 1; l2 twice the paper's and beta 0, "
           "as in Keras", convention="Keras, TensorFlow 1")
def ftrl(x, grad, t, n=0.0, z=0.0, *, lr: LearningRate = 0.1, l1: Positive = 0.0, l2: Positive = 0.0, l2_shrinkage: Positive = 0.0,
         beta: Positive = 0.0, initial_sum: FirstSquares = 0.1, power: Fraction = 0.5):
    """Sets coordinates to exactly 0 with l1. Begins from z = 0 and so forgets the start: the first step jumps towards 0."""
    n = maximum(initial_sum, 0.0) if t == 1 else n
    n_new = n + grad * grad
    z = z + grad + 2 * l2_shrinkage * x - ratio(n_new**power - n**power, lr) * x
    clipped = minimum(maximum(z, -l1), l1)
    moved = ratio(clipped - z, ratio(n_new**power + beta, lr) + 2 * l2)
    return where(lr == 0, x, moved), n_new, z


@optimizer("Proximal AdaGrad", source="Duchi, Hazan & Singer 2011, JMLR 12:2121, with the soft threshold of Duchi & Singer 2009, "
           "JMLR 10:2899", convention="TensorFlow 1")
def proximal_adagrad(x, grad, t, g_sum=0.0, *, lr: LearningRate = 0.1, l1: Positive = 0.0, l2: Positive = 0.0,
                     initial_sum: Positive = 0.1):
    """AdaGrad with a pull that sets small coordinates to exactly 0. The pull moves the minimum towards the origin."""
    g_sum = (initial_sum if t == 1 else g_sum) + grad * grad
    rate = ratio(lr, sqrt(g_sum))
    x = x - rate * grad
    return sign(x) * maximum(abs(x) - rate * l1, 0.0) / (1 + rate * l2), g_sum
