# mypy: allow-untyped-defs
"""The same rules as other frameworks compute them, where these depart from the usual one: each with its own formula."""

from __future__ import annotations

from math import nan
from typing import Annotated

import numpy as np

from .arithmetic import maximum, minimum, ratio, sqrt, where
from .layerwise import rms
from .optimizer import (
    Decay,
    Epsilon,
    Fraction,
    Hyperparameter,
    LearningRate,
    Momentum,
    Positive,
    Switch,
    WeightDecay,
    optimizer,
)

ALMOST_096 = float(np.float32(0.96))
Threshold = Annotated[float, Hyperparameter(4.0, 10.0, least=4.0)]
Tiny = Annotated[float, Hyperparameter(1e-40, 1.0, "log", label="epsilon")]


@optimizer("Momentum (PyTorch)", variant_of="momentum", convention="PyTorch, Optax, TensorFlow 1",
           source="torch.optim.SGD: the learning rate outside the buffer, which matters once it changes")
def momentum_torch(x, grad, t, b=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    """A new learning rate is felt at once by the whole buffer."""
    b = momentum * b + grad
    return x - lr * b, b


@optimizer("Nesterov (Keras)", variant_of="nesterov", convention="Keras",
           source="keras.optimizers.SGD(nesterov=True): the learning rate inside the velocity")
def nesterov_keras(x, grad, t, v=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    """A new learning rate is felt by new gradients only."""
    v = momentum * v - lr * grad
    return x + momentum * v - lr * grad, v


@optimizer("AdaGrad (Keras)", variant_of="adagrad", convention="Keras, Optax",
           source="keras.optimizers.Adagrad: sum from 0.1, eps inside the root")
def adagrad_keras(x, grad, t, g_sum=0.0, *, lr: LearningRate = 0.001, eps: Epsilon = 1e-7, initial_sum: Positive = 0.1):
    """The sum does not begin at 0, so that the first steps are shorter than in PyTorch."""
    g_sum = (initial_sum if t == 1 else g_sum) + grad * grad
    return x - lr * ratio(grad, sqrt(g_sum + eps)), g_sum


@optimizer("RMSprop (Keras)", variant_of="rmsprop", convention="Keras, TensorFlow 1",
           source="keras.optimizers.RMSprop: eps inside the root, lr inside the momentum; TensorFlow 1 begins at v = 1")
def rmsprop_keras(x, grad, t, v=0.0, g_mean=0.0, b=0.0, *, lr: LearningRate = 0.001, rho: Decay = 0.9, eps: Epsilon = 1e-7,
                  momentum: Momentum = 0.0, centered: Switch = 0.0, initial: Positive = 0.0):
    """A new learning rate is felt by new gradients only, and eps bounds the step more softly than in PyTorch."""
    v = rho * (initial if t == 1 else v) + (1 - rho) * grad * grad
    spread = v
    if centered:
        g_mean = rho * g_mean + (1 - rho) * grad
        spread = maximum(v - g_mean * g_mean, 0.0)
    b = momentum * b + lr * ratio(grad, sqrt(spread + eps))
    return x - b, v, g_mean, b


@optimizer("RMSprop (Optax)", variant_of="rmsprop", convention="Optax",
           source="optax.rmsprop: with bias correction, Nesterov momentum and either place of eps to choose")
def rmsprop_optax(x, grad, t, v=0.0, g_mean=0.0, b=0.0, *, lr: LearningRate = 0.001, rho: Decay = 0.9, eps: Epsilon = 1e-8,
                  momentum: Momentum = 0.0, centered: Switch = 0.0, initial: Positive = 0.0, eps_inside: Switch = 1.0,
                  nesterov: Switch = 0.0, bias_correction: Switch = 0.0):
    """Corrected for its start, the first step is no longer than the later ones."""
    v = rho * (initial if t == 1 else v) + (1 - rho) * grad * grad
    weight = 1 - rho**t if bias_correction else 1.0
    spread = v / weight
    if centered:
        g_mean = rho * g_mean + (1 - rho) * grad
        spread = maximum(spread - (g_mean / weight) * (g_mean / weight), 0.0)
    step = lr * ratio(grad, sqrt(spread + eps) if eps_inside else sqrt(spread) + eps)
    b = momentum * b + step
    return x - (step + momentum * b if nesterov else b), v, g_mean, b


@optimizer("Adam (Keras)", variant_of="adam", convention="Keras, TensorFlow 1",
           source="Kingma & Ba 2015, arXiv:1412.6980, in its quicker order: eps beside the root that is not yet corrected")
def adam_keras(x, grad, t, m=0.0, v=0.0, *,
               lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-7):
    """eps weighs more in the first steps: 32 times at the first one."""
    alpha = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return x - alpha * m / (sqrt(v) + eps), m, v


@optimizer("Adam (Optax)", variant_of="adam", convention="Optax with eps_root", source="optax.adam with eps_root inside the root")
def adam_optax(x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999,
               eps: Epsilon = 1e-8, eps_root: Epsilon = 0.0):
    """A second epsilon, inside the root, keeps its slope finite at 0."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return x - lr * ratio(m_hat, sqrt(v_hat + eps_root) + eps), m, v


@optimizer("AdamW (Keras)", variant_of="adamw", convention="Keras", source="keras.optimizers.AdamW: Adam (Keras) after the decay")
def adamw_keras(x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999,
                eps: Epsilon = 1e-7, weight_decay: WeightDecay = 0.004):
    """eps weighs more in the first steps: 32 times at the first one."""
    x = x - lr * weight_decay * x
    alpha = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return x - alpha * m / (sqrt(v) + eps), m, v


@optimizer("AMSGrad (Keras)", variant_of="amsgrad", convention="Keras", source="keras.optimizers.Adam(amsgrad=True)")
def amsgrad_keras(x, grad, t, m=0.0, v=0.0, v_max=0.0, *,
                  lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-7):
    """eps weighs more in the first steps: 32 times at the first one."""
    alpha = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    v_max = maximum(v_max, v)
    return x - alpha * m / (sqrt(v_max) + eps), m, v, v_max


@optimizer("AMSGrad (Optax)", variant_of="amsgrad", convention="Optax", source="optax.amsgrad: the maximum of the corrected v")
def amsgrad_optax(x, grad, t, m=0.0, v=0.0, v_max=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999,
                  eps: Epsilon = 1e-8, eps_root: Epsilon = 0.0, correct_m: Switch = 1.0, correct_v: Switch = 1.0):
    """The correction is large at first, and the maximum remembers it: slower than PyTorch's from a steep start."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat = m / (1 - beta1**t) if correct_m else m
    v_max = maximum(v_max, v / (1 - beta2**t) if correct_v else v)
    return x - lr * ratio(m_hat, sqrt(v_max + eps_root) + eps), m, v, v_max


@optimizer("Adamax (Keras)", variant_of="adamax", convention="Keras", source="keras.optimizers.Adamax: eps beside the maximum")
def adamax_keras(x, grad, t, m=0.0, u=0.0, *,
                 lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-7):
    """eps is added to the maximum instead of taking part in it."""
    m = beta1 * m + (1 - beta1) * grad
    u = maximum(beta2 * u, abs(grad))
    return x - lr / (1 - beta1**t) * ratio(m, u + eps), m, u


@optimizer("NAdam (Keras)", variant_of="nadam", convention="Keras",
           source="keras.optimizers.Nadam: the momentum is full after a few steps; TensorFlow rounds 0.96 to single precision")
def nadam_keras(x, grad, t, m=0.0, v=0.0, mu_product=1.0, *,
                lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-7):
    """The momentum is nearly full after fifty steps, where PyTorch's takes ten thousand."""
    mu, mu_next = beta1 * (1 - 0.5 * ALMOST_096**t), beta1 * (1 - 0.5 * ALMOST_096 ** (t + 1))
    mu_product = mu_product * beta1 * (1 - 0.5 * 0.96**t)  # here it is not rounded
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_bar = (1 - mu) * grad / (1 - mu_product) + mu_next * m / (1 - mu_product * mu_next)
    return x - lr * m_bar / (sqrt(v / (1 - beta2**t)) + eps), m, v, mu_product


@optimizer("NAdam (Optax)", variant_of="nadam", convention="Optax", source="optax.nadam: no schedule of the momentum")
def nadam_optax(x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999,
                eps: Epsilon = 1e-8, eps_root: Epsilon = 0.0):
    """The momentum is full from the first step on, where PyTorch's begins at half."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    return x - lr * ratio(m_bar, sqrt(v / (1 - beta2**t) + eps_root) + eps), m, v


@optimizer("RAdam (Optax)", variant_of="radam", convention="Optax",
           source="optax.radam: a threshold to choose, eps beside the corrected root")
def radam_optax(x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999,
                eps: Epsilon = 1e-8, eps_root: Epsilon = 0.0, threshold: Threshold = 5.0, nesterov: Switch = 0.0):
    """With the paper's threshold, 4, the rectified steps begin one update sooner."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, beta2_t = m / (1 - beta1**t), beta2**t
    if nesterov:
        m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    rho_inf = ratio(2.0, 1 - beta2, nan) - 1
    rho = rho_inf - ratio(2 * t * beta2_t, 1 - beta2_t, nan)
    square = ratio((rho - 4) * (rho - 2) * rho_inf, (rho_inf - 4) * (rho_inf - 2) * rho)
    scale = sqrt(maximum(square, 0.0)) * ratio(1.0, sqrt(ratio(v, 1 - beta2_t, nan) + eps_root) + eps)
    return x - lr * m_hat * where(rho >= threshold, scale, 1.0), m, v


@optimizer("Adan (authors)", variant_of="adan", convention="the authors' code",
           source="Xie et al. 2022, arXiv:2208.06677, as in the authors' code: the change weighs beta2, the decay divides")
def adan_authors(x, grad, t, m=0.0, v=0.0, n=0.0, last=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.98, beta2: Decay = 0.92,
                 beta3: Decay = 0.99, eps: Epsilon = 1e-8, weight_decay: WeightDecay = 0.0):
    """The change of the gradient weighs eleven times as much as in Optax."""
    change = grad - (grad if t == 1 else last)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * change
    n = beta3 * n + (1 - beta3) * (grad + beta2 * change) * (grad + beta2 * change)
    m_hat, v_hat, n_hat = m / (1 - beta1**t), v / (1 - beta2**t), n / (1 - beta3**t)
    return (x - lr * (m_hat + beta2 * v_hat) / (sqrt(n_hat) + eps)) / (1 + lr * weight_decay), m, v, n, grad


@optimizer("Adafactor (Keras)", variant_of="adafactor", convention="Keras", separable=False,
           source="keras.optimizers.Adafactor: eps_1 added to every squared gradient")
def adafactor_keras(x, grad, t, v=0.0, *, lr: LearningRate = 0.001, beta2_decay: Fraction = 0.8, eps1: Tiny = 1e-30,
                    eps2: Epsilon = 1e-3, clip: Positive = 1.0):
    """The size of the position is taken after the decay of weights."""
    alpha = maximum(eps2, rms(x)) * minimum(lr, 1 / t**0.5)
    v = v + (grad * grad + eps1 - v) / t**beta2_decay
    u = ratio(grad, sqrt(v))
    return x - alpha / maximum(1.0, rms(u) / clip) * u, v


@optimizer("Adafactor (Optax)", variant_of="adafactor", convention="Optax", separable=False,
           source="optax.adafactor: no bound 1 / sqrt(t) on the learning rate; the decay of v and the momentum in single precision")
def adafactor_optax(x, grad, t, v=0.0, m=0.0, *, lr: LearningRate = 0.01, decay_rate: Fraction = 0.8, eps: Tiny = 1e-30,
                    min_scale: Epsilon = 1e-3, clip: Positive = 1.0, momentum: Momentum = 0.0, weight_decay: WeightDecay = 0.0,
                    scale_by_size: Switch = 1.0):
    """Without a bound on the learning rate it goes on as fast as it began."""
    kept = np.float32(1) - np.float32(t ** np.float64(np.float32(-decay_rate)))
    v = np.float64(kept) * v + np.float64(np.float32(1) - kept) * (grad * grad + eps)
    u = ratio(grad, sqrt(v))
    u = u / maximum(1.0, rms(u) / clip) * lr
    u = u * maximum(rms(x), min_scale) if scale_by_size else u
    m = np.float32(momentum) * np.asarray(m, np.float32) + (1 - momentum) * u
    return x - (m + weight_decay * x), v, m
