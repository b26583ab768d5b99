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
BiasCorrection = Annotated[float, Hyperparameter(0, 1, "switch", maximum=1.0, symbol="c")]
TinyEpsilon = Annotated[float, Hyperparameter(1e-40, 1.0, "log", label="epsilon")]


@optimizer(
    "Momentum (PyTorch)",
    variant_of="momentum",
    implementation="PyTorch, Optax, TensorFlow 1",
    source="torch.optim.SGD; learning rate outside the buffer, which matters only when it changes",
    formula=r"""
    b_t = \mu b_{t-1} + g_t
    x_t = x_{t-1} - \eta b_t
    """,
)
def momentum_torch(x, grad, t, b=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    """A changed learning rate applies to the whole momentum buffer at once.

    Momentum includes the learning rate in its velocity; this version multiplies by it afterwards. With a constant
    learning rate, both follow the same path. Change the learning rate during the run to see the difference.
    """
    b = momentum * b + grad
    return x - lr * b, b


@optimizer(
    "Nesterov (Keras)",
    variant_of="nesterov",
    implementation="Keras",
    source="keras.optimizers.SGD(nesterov=True); learning rate inside the velocity",
    formula=r"""
    v_t = \mu v_{t-1} - \eta g_t
    x_t = x_{t-1} + \mu v_t - \eta g_t
    """,
)
def nesterov_keras(x, grad, t, v=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    """A changed learning rate applies to new gradients only.

    Nesterov applies the learning rate outside its buffer; this version includes it in the velocity. With a constant
    learning rate, both follow the same path. Change the learning rate during the run to see the difference.
    """
    v = momentum * v - lr * grad
    return x + momentum * v - lr * grad, v


@optimizer(
    "AdaGrad (Keras)",
    variant_of="adagrad",
    implementation="Keras, Optax",
    source="keras.optimizers.Adagrad; accumulator starts at 0.1, eps inside the square root",
    formula=r"""
    G_t = G_{t-1} + g_t^2
    x_t = x_{t-1} - \eta \dfrac{g_t}{\sqrt{G_t + \epsilon}}
    """,
)
def adagrad_keras(x, grad, t, g_sum=0.0, *, lr: LearningRate = 0.001, eps: Epsilon = 1e-7, initial_sum: Positive = 0.1):
    """The accumulator starts above 0, so the first steps are shorter than in PyTorch.

    AdaGrad initializes its accumulator with 0 and has epsilon outside the square root; this version initializes it with
    0.1 and has epsilon inside. Set the initial accumulator to 0, and only the place of epsilon differs.
    """
    g_sum = (initial_sum if t == 1 else g_sum) + grad * grad
    return x - lr * ratio(grad, sqrt(g_sum + eps)), g_sum


@optimizer(
    "RMSprop (Keras)",
    variant_of="rmsprop",
    implementation="Keras, TensorFlow 1",
    source="keras.optimizers.RMSprop; eps inside the square root, lr inside the momentum; TensorFlow 1 starts at v = 1",
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
    """A changed learning rate applies to new gradients only. With epsilon inside the square root, small gradients are
    damped more smoothly than in PyTorch.

    RMSprop has epsilon outside the square root and the learning rate outside the momentum; in this version both are
    inside. With momentum 0 and the same hyperparameters, only the place of epsilon differs.
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
    source="optax.rmsprop; optional bias correction and Nesterov momentum; eps inside or outside the square root",
    formula=r"""
    v_t = \rho v_{t-1} + (1 - \rho) g_t^2,\quad \hat{v}_t = \dfrac{v_t}{1 - c\,\rho^t}
    b_t = \mu b_{t-1} + \eta \dfrac{g_t}{\sqrt{\hat{v}_t + \epsilon}}
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
    bias_correction: BiasCorrection = 0.0,
):
    """Bias correction is off by default, so the first step is 3.2 learning rates long (at rho = 0.9); with it, no step
    on a constant slope is longer than the learning rate.

    RMSprop has epsilon outside the square root and the learning rate outside the momentum. In this version the learning
    rate is inside the momentum, “epsilon inside root” selects the place of epsilon, and bias correction compensates for
    initializing the moving average with 0.
    """
    v = rho * (initial if t == 1 else v) + (1 - rho) * grad * grad
    weight = 1 - bias_correction * rho**t
    variance = ratio(v, weight, inf)  # rho = 1: the moving average weighs no gradient, so there is no step
    if centered:
        g_mean = rho * g_mean + (1 - rho) * grad
        g_hat = ratio(g_mean, weight)
        variance = maximum(variance - g_hat * g_hat, 0.0)
    step = lr * ratio(grad, sqrt(variance + eps) if eps_inside else sqrt(variance) + eps)
    b = momentum * b + step
    return x - (step + momentum * b if nesterov else b), v, g_mean, b


@optimizer(
    "Adam (Keras)",
    variant_of="adam",
    implementation="Keras, TensorFlow 1",
    source="Kingma & Ba 2015, arXiv:1412.6980, section 2 (efficient form): eps added to the uncorrected square root",
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
    """Epsilon has more effect in the first steps: about 32 times as much in the first.

    Adam bias-corrects both moving averages and then adds epsilon; this version folds the correction into the learning
    rate and adds epsilon to the uncorrected square root. Increase epsilon in both to see the first steps differ.
    """
    alpha = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return x - ratio(alpha * m, sqrt(v) + eps), m, v


@optimizer(
    "Adam (Optax)",
    variant_of="adam",
    implementation="Optax (with eps_root)",
    source="optax.adam with eps_root (inside the square root)",
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
    """An additional epsilon inside the square root keeps its derivative finite at 0.

    Adam uses one epsilon, outside the square root. This version adds a second one inside it. With its default of 0,
    both versions follow the same path.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return x - lr * ratio(m_hat, sqrt(v_hat + eps_root) + eps), m, v


@optimizer(
    "AdamW (Keras)",
    variant_of="adamw",
    implementation="Keras",
    source="keras.optimizers.AdamW; weight decay followed by Adam (Keras)",
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
    """Epsilon has more effect in the first steps: about 32 times as much in the first.

    AdamW bias-corrects both moving averages and then adds epsilon; this version folds the correction into the learning
    rate and adds epsilon to the uncorrected square root. Weight decay works the same way but has a different default.
    """
    x = x - lr * weight_decay * x
    alpha = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return x - ratio(alpha * m, sqrt(v) + eps), m, v


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
    """Epsilon has more effect in the first steps: about 32 times as much in the first.

    AMSGrad bias-corrects both moving averages and then adds epsilon; this version folds the correction into the
    learning rate and adds epsilon to the uncorrected square root.
    """
    alpha = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    v_max = maximum(v_max, v)
    return x - ratio(alpha * m, sqrt(v_max) + eps), m, v, v_max


@optimizer(
    "AMSGrad (Optax)",
    variant_of="amsgrad",
    implementation="Optax",
    source="optax.amsgrad; maximum of the bias-corrected v",
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
    """The bias correction is large at first, and the maximum preserves it: slower than PyTorch from a steep start.

    AMSGrad takes the maximum first and then applies the bias correction; this version takes the maximum of
    bias-corrected values. The two bias-correction options turn the corrections on or off.
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
    source="keras.optimizers.Adamax; eps added to the maximum",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    u_t = \max(\beta_2 u_{t-1}, |g_t|)
    x_t = x_{t-1} - \dfrac{\eta}{1 - \beta_1^t} \, \dfrac{m_t}{u_t + \epsilon}
    """,
)
def adamax_keras(
    x, grad, t, m=0.0, u=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-7
):
    """Epsilon is added to the maximum instead of being part of it.

    Adamax adds epsilon to the gradient before taking the maximum; this version adds it to the maximum. They differ only
    where gradients are close to 0.
    """
    m = beta1 * m + (1 - beta1) * grad
    u = maximum(beta2 * u, abs(grad))
    return x - lr / (1 - beta1**t) * ratio(m, u + eps), m, u


@optimizer(
    "NAdam (Keras)",
    variant_of="nadam",
    implementation="Keras",
    source="keras.optimizers.Nadam; momentum builds up within about 50 steps; TensorFlow rounds 0.96 to single "
    "precision",
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
    """Momentum has 94% of its full weight after 50 steps; in PyTorch this takes about 12,500.

    NAdam increases its momentum weight slowly, as set by momentum decay; this version increases it 250 times as fast.
    Everything else is the same.
    """
    mu, mu_next = beta1 * (1 - 0.5 * FLOAT32_096**t), beta1 * (1 - 0.5 * FLOAT32_096 ** (t + 1))
    mu_product = mu_product * beta1 * (1 - 0.5 * 0.96**t)  # Keras rounds 0.96 to single precision only in mu
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_bar = (1 - mu) * grad / (1 - mu_product) + mu_next * m / (1 - mu_product * mu_next)
    return x - ratio(lr * m_bar, sqrt(v / (1 - beta2**t)) + eps), m, v, mu_product


@optimizer(
    "NAdam (Optax)",
    variant_of="nadam",
    implementation="Optax",
    source="optax.nadam; no momentum schedule",
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
    """Momentum has its full weight from the first step; in PyTorch it starts at half.

    NAdam increases its momentum weight slowly; this version uses beta1 from the first step. It also has a second
    epsilon inside the square root, which is 0 by default.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    return x - lr * ratio(m_bar, sqrt(v / (1 - beta2**t) + eps_root) + eps), m, v


@optimizer(
    "RAdam (Optax)",
    variant_of="radam",
    implementation="Optax",
    source="optax.radam; adjustable threshold, eps added to the bias-corrected square root",
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
    """With the threshold of the paper, 4, the rectified steps begin one step earlier.

    RAdam adds epsilon to the square root before bias correction; this version adds it afterwards. You can change the
    threshold at which the second-moment estimate is trusted. There is a second epsilon inside the square root, and
    Nesterov uses the mean of the next step.
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
    "Adan (Optax)",
    variant_of="adan",
    implementation="Optax",
    source="optax.adan; the gradient change has weight 1 - beta2 instead of beta2",
    formula=r"""
    d_t = g_t - g_{t-1},\quad d_1 = 0
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) d_t
    n_t = \beta_3 n_{t-1} + (1 - \beta_3) [g_t + (1 - \beta_2) d_t]^2
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t},\quad \hat{n}_t = \dfrac{n_t}{1 - \beta_3^t}
    u_t = \dfrac{\hat{m}_t + (1 - \beta_2) \hat{v}_t}{\sqrt{\hat{n}_t + \bar{\epsilon}} + \epsilon}
    x_t = x_{t-1} - \eta (u_t + \lambda x_{t-1})
    """,  # noqa: E501  (a line of a formula cannot be wrapped)
)
def adan_optax(
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
    eps_root: Epsilon = 1e-8,
    weight_decay: WeightDecay = 0.0,
):
    """The change of the gradient has weight 0.08; in the paper it has weight 0.92, 11.5 times as much.

    Adan multiplies the change of the gradient by beta2. The paper writes that weight as 1 - beta2, because its beta2 is
    0.08; this version multiplies by 1 - beta2 although its beta2 is 0.92, so it anticipates curves much less. Weight
    decay subtracts a fraction of the old position instead of dividing the new one.
    """
    change = grad - (grad if t == 1 else last)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * change
    lookahead = grad + (1 - beta2) * change
    n = beta3 * n + (1 - beta3) * lookahead * lookahead
    m_hat, v_hat, n_hat = m / (1 - beta1**t), v / (1 - beta2**t), n / (1 - beta3**t)
    return x - lr * (ratio(m_hat + (1 - beta2) * v_hat, sqrt(n_hat + eps_root) + eps) + weight_decay * x), m, v, n, grad


@optimizer(
    "Adafactor (Keras)",
    variant_of="adafactor",
    implementation="Keras",
    scope="layer",
    source="keras.optimizers.Adafactor; epsilon1 is added to every squared gradient",
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
    """With decoupled weight decay, the parameter scale is computed after the decay.

    Adafactor keeps the moving average of squared gradients above a lower bound; this version adds epsilon1 to every
    squared gradient instead. It has no weight decay of its own.
    """
    alpha = maximum(eps2, rms(x)) * minimum(lr, 1 / t**0.5)
    v = v + (grad * grad + eps1 - v) / t**beta2_decay
    u = ratio(grad, sqrt(v))
    return x - alpha / maximum(1.0, ratio(rms(u), clip, inf)) * u, v


@optimizer(
    "Adafactor (Optax)",
    variant_of="adafactor",
    implementation="Optax",
    scope="layer",
    source="optax.adafactor; learning rate not limited to 1/√t; decay of v and momentum in single precision",
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
    """The learning rate is not limited to 1/√t, so it does not slow down over time.

    Adafactor limits its learning rate to 1/√t; this version does not. It has momentum, and its weight decay is not
    multiplied by the learning rate. Turn off “scale by parameter size” to make the step size independent of the
    position.
    """
    decay = np.float32(1) - np.float32(t ** np.float64(np.float32(-decay_rate)))
    v = np.float64(decay) * v + np.float64(np.float32(1) - decay) * (grad * grad + eps)
    u = ratio(grad, sqrt(v))
    u = u / maximum(1.0, ratio(rms(u), clip, inf)) * lr
    u = u * maximum(rms(x), min_scale) if scale_by_size else u
    m = np.float32(momentum) * np.asarray(m, np.float32) + (1 - momentum) * u
    return x - (m + weight_decay * x), v, m
