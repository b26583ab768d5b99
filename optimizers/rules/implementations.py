# mypy: allow-untyped-defs
"""Variants of other optimizers as particular frameworks implement them, each with its own formula."""

from __future__ import annotations

from math import inf, nan
from typing import Annotated

import numpy as np

from optimizers.arithmetic import maximum, minimum, ratio, sqrt, where
from optimizers.optimizer import (
    Averaging,
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
from optimizers.rules.layerwise import rms

FLOAT32_096 = float(np.float32(0.96))
RectificationThreshold = Annotated[float, Hyperparameter(4.0, 10.0, minimum=4.0)]
TinyEpsilon = Annotated[float, Hyperparameter(1e-40, 1.0, "log", label="epsilon")]


@optimizer(
    "Momentum (PyTorch)",
    variant_of="momentum",
    implementation="PyTorch, Optax, TensorFlow 1",
    source="torch.optim.SGD: the learning rate outside the buffer, which matters once it changes",
    formula=r"""
    b_t = \mu b_{t-1} + g_t
    x_t = x_{t-1} - \eta b_t
    """,
)
def momentum_torch(x, grad, t, b=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    """A new learning rate is felt at once by the whole buffer.

    Momentum has the learning rate inside its velocity, this one has it outside. With a learning rate that stays as it
    is the two paths are the same: turn it on the way to see the difference.
    """
    b = momentum * b + grad
    return x - lr * b, b


@optimizer(
    "Nesterov (Keras)",
    variant_of="nesterov",
    implementation="Keras",
    source="keras.optimizers.SGD(nesterov=True): the learning rate inside the velocity",
    formula=r"""
    v_t = \mu v_{t-1} - \eta g_t
    x_t = x_{t-1} + \mu v_t - \eta g_t
    """,
)
def nesterov_keras(x, grad, t, v=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    """A new learning rate is felt by new gradients only.

    Nesterov has the learning rate outside its buffer, this one has it inside the velocity. With a learning rate that
    stays as it is the two paths are the same: turn it on the way to see the difference.
    """
    v = momentum * v - lr * grad
    return x + momentum * v - lr * grad, v


@optimizer(
    "AdaGrad (Keras)",
    variant_of="adagrad",
    implementation="Keras, Optax",
    source="keras.optimizers.Adagrad: sum from 0.1, eps inside the root",
    formula=r"""
    G_t = G_{t-1} + g_t^2
    x_t = x_{t-1} - \eta \dfrac{g_t}{\sqrt{G_t + \epsilon}}
    """,
)
def adagrad_keras(x, grad, t, g_sum=0.0, *, lr: LearningRate = 0.001, eps: Epsilon = 1e-7, initial_sum: Positive = 0.1):
    """The sum does not begin at 0, so that the first steps are shorter than in PyTorch.

    AdaGrad begins its sum at 0 and has epsilon outside the root; here the sum begins at 0.1 and epsilon is inside. Set
    initial sum to 0 and only the place of epsilon is left as a difference.
    """
    g_sum = (initial_sum if t == 1 else g_sum) + grad * grad
    return x - lr * ratio(grad, sqrt(g_sum + eps)), g_sum


@optimizer(
    "RMSprop (Keras)",
    variant_of="rmsprop",
    implementation="Keras, TensorFlow 1",
    source="keras.optimizers.RMSprop: eps inside the root, lr inside the momentum; TensorFlow 1 begins at v = 1",
    formula=r"""
    v_t = \rho v_{t-1} + (1 - \rho) g_t^2
    b_t = \mu b_{t-1} + \eta \dfrac{g_t}{\sqrt{v_t + \epsilon}}
    x_t = x_{t-1} - b_t
    """,
)
def rmsprop_keras(
    x,
    grad,
    t,
    v=0.0,
    g_mean=0.0,
    b=0.0,
    *,
    lr: LearningRate = 0.001,
    rho: Averaging = 0.9,
    eps: Epsilon = 1e-7,
    momentum: Momentum = 0.0,
    centered: Switch = 0.0,
    initial: Positive = 0.0,
):
    """A new learning rate is felt by new gradients only, and eps bounds the step more softly than in PyTorch.

    RMSprop has epsilon outside the root and the learning rate outside the momentum; here both are inside. With momentum
    0 only the place of epsilon is left as a difference.
    """
    v = rho * (initial if t == 1 else v) + (1 - rho) * grad * grad
    variance = v
    if centered:
        g_mean = rho * g_mean + (1 - rho) * grad
        variance = maximum(v - g_mean * g_mean, 0.0)
    b = momentum * b + lr * ratio(grad, sqrt(variance + eps))
    return x - b, v, g_mean, b


@optimizer(
    "RMSprop (Optax)",
    variant_of="rmsprop",
    implementation="Optax",
    source="optax.rmsprop: with bias correction, Nesterov momentum and either place of eps to choose",
    formula=r"""
    v_t = \rho v_{t-1} + (1 - \rho) g_t^2
    b_t = \mu b_{t-1} + \eta \dfrac{g_t}{\sqrt{v_t + \epsilon}}
    x_t = x_{t-1} - b_t
    """,
)
def rmsprop_optax(
    x,
    grad,
    t,
    v=0.0,
    g_mean=0.0,
    b=0.0,
    *,
    lr: LearningRate = 0.001,
    rho: Averaging = 0.9,
    eps: Epsilon = 1e-8,
    momentum: Momentum = 0.0,
    centered: Switch = 0.0,
    initial: Positive = 0.0,
    eps_inside: Switch = 1.0,
    nesterov: Switch = 0.0,
    bias_correction: Switch = 0.0,
):
    """Corrected for its start, the first step is no longer than the later ones.

    RMSprop has epsilon outside the root and the learning rate outside the momentum. Here the learning rate is inside,
    eps inside chooses the place of epsilon, and bias correction makes up for the running mean having begun at 0.
    """
    v = rho * (initial if t == 1 else v) + (1 - rho) * grad * grad
    weight = 1 - rho**t if bias_correction else 1.0
    variance = ratio(v, weight, nan)
    if centered:
        g_mean = rho * g_mean + (1 - rho) * grad
        g_hat = ratio(g_mean, weight, nan)
        variance = maximum(variance - g_hat * g_hat, 0.0)
    step = lr * ratio(grad, sqrt(variance + eps) if eps_inside else sqrt(variance) + eps)
    b = momentum * b + step
    return x - (step + momentum * b if nesterov else b), v, g_mean, b


@optimizer(
    "Adam (Keras)",
    variant_of="adam",
    implementation="Keras, TensorFlow 1",
    source="Kingma & Ba 2015, arXiv:1412.6980, in its quicker order: eps beside the root that is not yet corrected",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \alpha_t = \eta \dfrac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}
    x_t = x_{t-1} - \alpha_t \dfrac{m_t}{\sqrt{v_t} + \epsilon}
    """,
)
def adam_keras(
    x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-7
):
    """eps weighs more in the first steps: 32 times at the first one.

    Adam corrects both means first and then adds epsilon; here the correction is part of the learning rate, and epsilon
    stands beside the root that is not corrected. Raise epsilon in both to see the first steps differ.
    """
    alpha = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return x - alpha * m / (sqrt(v) + eps), m, v


@optimizer(
    "Adam (Optax)",
    variant_of="adam",
    implementation="Optax with eps_root",
    source="optax.adam with eps_root inside the root",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t}
    x_t = x_{t-1} - \eta \dfrac{\hat{m}_t}{\sqrt{\hat{v}_t + \bar{\epsilon}} + \epsilon}
    """,
)
def adam_optax(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
    eps_root: Epsilon = 0.0,
):
    """A second epsilon, inside the root, keeps its slope finite at 0.

    Adam has one epsilon, outside the root; here there is a second one inside it. At 0, where it begins, the two paths
    are the same.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return x - lr * ratio(m_hat, sqrt(v_hat + eps_root) + eps), m, v


@optimizer(
    "AdamW (Keras)",
    variant_of="adamw",
    implementation="Keras",
    source="keras.optimizers.AdamW: Adam (Keras) after the decay",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \alpha_t = \eta \dfrac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}
    x_t = (1 - \eta \lambda) x_{t-1} - \alpha_t \dfrac{m_t}{\sqrt{v_t} + \epsilon}
    """,
)
def adamw_keras(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-7,
    weight_decay: WeightDecay = 0.004,
):
    """eps weighs more in the first steps: 32 times at the first one.

    AdamW corrects both means first and then adds epsilon; here the correction is part of the learning rate, and epsilon
    stands beside the root that is not corrected. The weight decay is the same, with another value to begin with.
    """
    x = x - lr * weight_decay * x
    alpha = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return x - alpha * m / (sqrt(v) + eps), m, v


@optimizer(
    "AMSGrad (Keras)",
    variant_of="amsgrad",
    implementation="Keras",
    source="keras.optimizers.Adam(amsgrad=True)",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \tilde{v}_t = \max(\tilde{v}_{t-1}, v_t)
    x_t = x_{t-1} - \eta \dfrac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \, \dfrac{m_t}{\sqrt{\tilde{v}_t} + \epsilon}
    """,
)
def amsgrad_keras(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    v_max=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-7,
):
    """eps weighs more in the first steps: 32 times at the first one.

    AMSGrad corrects both means first and then adds epsilon; here the correction is part of the learning rate, and
    epsilon stands beside the root that is not corrected.
    """
    alpha = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    v_max = maximum(v_max, v)
    return x - alpha * m / (sqrt(v_max) + eps), m, v, v_max


@optimizer(
    "AMSGrad (Optax)",
    variant_of="amsgrad",
    implementation="Optax",
    source="optax.amsgrad: the maximum of the corrected v",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t}
    \tilde{v}_t = \max(\tilde{v}_{t-1}, \hat{v}_t)
    x_t = x_{t-1} - \eta \dfrac{\hat{m}_t}{\sqrt{\tilde{v}_t + \bar{\epsilon}} + \epsilon}
    """,
)
def amsgrad_optax(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    v_max=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
    eps_root: Epsilon = 0.0,
    correct_m: Switch = 1.0,
    correct_v: Switch = 1.0,
):
    """The correction is large at first, and the maximum remembers it: slower than PyTorch's from a steep start.

    AMSGrad takes the maximum first and then corrects for the beginning at 0; here the maximum is taken of corrected
    values. Correct m and correct v switch the two corrections.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat = m / (1 - beta1**t) if correct_m else m
    v_max = maximum(v_max, v / (1 - beta2**t) if correct_v else v)
    return x - lr * ratio(m_hat, sqrt(v_max + eps_root) + eps), m, v, v_max


@optimizer(
    "Adamax (Keras)",
    variant_of="adamax",
    implementation="Keras",
    source="keras.optimizers.Adamax: eps beside the maximum",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    u_t = \max(\beta_2 u_{t-1}, |g_t|)
    x_t = x_{t-1} - \dfrac{\eta}{1 - \beta_1^t} \, \dfrac{m_t}{u_t + \epsilon}
    """,
)
def adamax_keras(
    x, grad, t, m=0.0, u=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-7
):
    """eps is added to the maximum instead of taking part in it.

    Adamax adds epsilon to the gradient before it takes the maximum, this one adds it to the maximum. The two differ
    only where the gradients are nearly 0.
    """
    m = beta1 * m + (1 - beta1) * grad
    u = maximum(beta2 * u, abs(grad))
    return x - lr / (1 - beta1**t) * ratio(m, u + eps), m, u


@optimizer(
    "NAdam (Keras)",
    variant_of="nadam",
    implementation="Keras",
    source="keras.optimizers.Nadam: the momentum is full after a few steps; TensorFlow rounds 0.96 to single precision",
    formula=r"""
    \mu_t = \beta_1 (1 - \frac{1}{2} 0.96^t)
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \bar{m}_t = \dfrac{(1 - \mu_t) g_t}{1 - \prod_{i=1}^{t} \mu_i} + \dfrac{\mu_{t+1} m_t}{1 - \prod_{i=1}^{t+1} \mu_i}
    x_t = x_{t-1} - \eta \dfrac{\bar{m}_t}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon}
    """,
)
def nadam_keras(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    mu_product=1.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-7,
):
    """The momentum is nearly full after fifty steps, where PyTorch's takes ten thousand.

    NAdam raises the weight of its momentum slowly, as momentum decay says; here it rises 250 times as fast. The rest is
    the same.
    """
    mu, mu_next = beta1 * (1 - 0.5 * FLOAT32_096**t), beta1 * (1 - 0.5 * FLOAT32_096 ** (t + 1))
    mu_product = mu_product * beta1 * (1 - 0.5 * 0.96**t)  # Keras rounds 0.96 to single precision only in mu
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_bar = (1 - mu) * grad / (1 - mu_product) + mu_next * m / (1 - mu_product * mu_next)
    return x - lr * m_bar / (sqrt(v / (1 - beta2**t)) + eps), m, v, mu_product


@optimizer(
    "NAdam (Optax)",
    variant_of="nadam",
    implementation="Optax",
    source="optax.nadam: no schedule of the momentum",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \bar{m}_t = \dfrac{\beta_1 m_t}{1 - \beta_1^{t+1}} + \dfrac{(1 - \beta_1) g_t}{1 - \beta_1^t}
    x_t = x_{t-1} - \eta \dfrac{\bar{m}_t}{\sqrt{v_t / (1 - \beta_2^t) + \bar{\epsilon}} + \epsilon}
    """,
)
def nadam_optax(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
    eps_root: Epsilon = 0.0,
):
    """The momentum is full from the first step on, where PyTorch's begins at half.

    NAdam raises the weight of its momentum slowly; here it is beta1 from the first update on. A second epsilon stands
    inside the root, and is 0 at first.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    return x - lr * ratio(m_bar, sqrt(v / (1 - beta2**t) + eps_root) + eps), m, v


@optimizer(
    "RAdam (Optax)",
    variant_of="radam",
    implementation="Optax",
    source="optax.radam: a threshold to choose, eps beside the corrected root",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t,\quad \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t}
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2,\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t}
    \rho_{\infty} = \dfrac{2}{1 - \beta_2} - 1,\quad \rho_t = \rho_{\infty} - \dfrac{2 t \beta_2^t}{1 - \beta_2^t}
    r_t = \sqrt{\dfrac{(\rho_t - 4)(\rho_t - 2) \rho_{\infty}}{(\rho_{\infty} - 4)(\rho_{\infty} - 2) \rho_t}}
    x_t = x_{t-1} - \eta \hat{m}_t \dfrac{r_t}{\sqrt{\hat{v}_t + \bar{\epsilon}} + \epsilon} \quad (\rho_t \geq \rho_{\min})
    x_t = x_{t-1} - \eta \hat{m}_t \quad (\rho_t < \rho_{\min})
    """,  # noqa: E501  (a line of a formula cannot be wrapped)
)
def radam_optax(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
    eps_root: Epsilon = 0.0,
    threshold: RectificationThreshold = 5.0,
    nesterov: Switch = 0.0,
):
    """With the paper's threshold, 4, the rectified steps begin one update sooner.

    RAdam adds epsilon to the root before it is corrected, this one after. The threshold from which the mean of squares
    is trusted can be turned, a second epsilon stands inside the root, and nesterov takes the mean one update ahead.
    """
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


@optimizer(
    "Adan (authors)",
    variant_of="adan",
    implementation="the authors' code",
    source="Xie et al. 2022, arXiv:2208.06677, as in the authors' code: the change weighs beta2, the decay divides",
    formula=r"""
    d_t = g_t - g_{t-1},\quad d_1 = 0
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) d_t
    n_t = \beta_3 n_{t-1} + (1 - \beta_3) (g_t + \beta_2 d_t)^2
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t},\quad \hat{n}_t = \dfrac{n_t}{1 - \beta_3^t}
    x_t = \dfrac{1}{1 + \eta \lambda} \left(x_{t-1} - \eta \dfrac{\hat{m}_t + \beta_2 \hat{v}_t}{\sqrt{\hat{n}_t} + \epsilon}\right)
    """,  # noqa: E501  (a line of a formula cannot be wrapped)
)
def adan_authors(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    n=0.0,
    last=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.98,
    beta2: Decay = 0.92,
    beta3: Decay = 0.99,
    eps: Epsilon = 1e-8,
    weight_decay: WeightDecay = 0.0,
):
    """The change of the gradient weighs eleven times as much as in Optax.

    In Adan the change of the gradient counts 1 - beta2 times, here beta2 times. The weight decay divides the new
    position where Adan subtracts a share of the old one.
    """
    change = grad - (grad if t == 1 else last)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * change
    n = beta3 * n + (1 - beta3) * (grad + beta2 * change) * (grad + beta2 * change)
    m_hat, v_hat, n_hat = m / (1 - beta1**t), v / (1 - beta2**t), n / (1 - beta3**t)
    return (x - lr * (m_hat + beta2 * v_hat) / (sqrt(n_hat) + eps)) / (1 + lr * weight_decay), m, v, n, grad


@optimizer(
    "Adafactor (Keras)",
    variant_of="adafactor",
    implementation="Keras",
    separable=False,
    source="keras.optimizers.Adafactor: eps_1 added to every squared gradient",
    formula=r"""
    \alpha_t = \max(\epsilon_2, \mathrm{RMS}(x_{t-1})) \, \min(\eta, 1 / \sqrt{t})
    v_t = (1 - t^{-c}) v_{t-1} + t^{-c} (g_t^2 + \epsilon_1)
    u_t = \dfrac{g_t}{\sqrt{v_t}}
    x_t = x_{t-1} - \dfrac{\alpha_t}{\max(1, \mathrm{RMS}(u_t) / d)} \, u_t
    """,
)
def adafactor_keras(
    x,
    grad,
    t,
    v=0.0,
    *,
    lr: LearningRate = 0.001,
    beta2_decay: Fraction = 0.8,
    eps1: TinyEpsilon = 1e-30,
    eps2: Epsilon = 1e-3,
    clip: Positive = 1.0,
):
    """The size of the position is taken after the decay of weights.

    Adafactor holds the running mean of squares above a bound, this one adds epsilon 1 to every square instead. It has
    no weight decay of its own.
    """
    alpha = maximum(eps2, rms(x)) * minimum(lr, 1 / t**0.5)
    v = v + (grad * grad + eps1 - v) / t**beta2_decay
    u = ratio(grad, sqrt(v))
    return x - alpha / maximum(1.0, ratio(rms(u), clip, inf)) * u, v


@optimizer(
    "Adafactor (Optax)",
    variant_of="adafactor",
    implementation="Optax",
    separable=False,
    source="optax.adafactor: no bound 1 / sqrt(t) on the learning rate; the decay of v and the momentum in single "
    "precision",
    formula=r"""
    v_t = (1 - t^{-c}) v_{t-1} + t^{-c} (g_t^2 + \epsilon)
    u_t = \dfrac{g_t}{\sqrt{v_t}}
    \tilde{u}_t = \eta \,\max(\epsilon_2, \mathrm{RMS}(x_{t-1})) \, \dfrac{u_t}{\max(1, \mathrm{RMS}(u_t) / d)}
    m_t = \mu m_{t-1} + (1 - \mu) \tilde{u}_t
    x_t = x_{t-1} - (m_t + \lambda x_{t-1})
    """,
)
def adafactor_optax(
    x,
    grad,
    t,
    v=0.0,
    m=0.0,
    *,
    lr: LearningRate = 0.01,
    decay_rate: Fraction = 0.8,
    eps: TinyEpsilon = 1e-30,
    min_scale: Epsilon = 1e-3,
    clip: Positive = 1.0,
    momentum: Averaging = 0.0,
    weight_decay: WeightDecay = 0.0,
    scale_by_size: Switch = 1.0,
):
    """Without a bound on the learning rate it goes on as fast as it began.

    Adafactor lowers its learning rate to one over the root of the number of updates, this one does not. It has a
    momentum, and its weight decay is not multiplied by the learning rate; scale by size takes the size of the position
    out of the step.
    """
    decay = np.float32(1) - np.float32(t ** np.float64(np.float32(-decay_rate)))
    v = np.float64(decay) * v + np.float64(np.float32(1) - decay) * (grad * grad + eps)
    u = ratio(grad, sqrt(v))
    u = u / maximum(1.0, ratio(rms(u), clip, inf)) * lr
    u = u * maximum(rms(x), min_scale) if scale_by_size else u
    m = np.float32(momentum) * np.asarray(m, np.float32) + (1 - momentum) * u
    return x - (m + weight_decay * x), v, m
