# mypy: allow-untyped-defs
"""Adam and its kin: a running mean of the gradient over the root of a running mean of its square."""

from __future__ import annotations

from math import nan

from .arithmetic import maximum, minimum, ratio, sign, sqrt, where
from .optimizer import (
    Decay,
    Epsilon,
    Fraction,
    LearningRate,
    Momentum,
    Positive,
    Power,
    Switch,
    WarmUp,
    WeightDecay,
    optimizer,
)


@optimizer("Adam", source="Kingma & Ba 2015, arXiv:1412.6980, algorithm 1", convention="PyTorch, Optax")
def adam(x, grad, t, m=0.0, v=0.0, *,
         lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8):
    """Goes at one pace over steep and flat coordinates, so that it works at once almost anywhere. May hover about the minimum."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return x - lr * m_hat / (sqrt(v_hat) + eps), m, v


@optimizer("AdamW", source="Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2; decay times learning rate, as in torch",
           convention="PyTorch, Optax")
def adamw(x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999,
          eps: Epsilon = 1e-8, weight_decay: WeightDecay = 0.01):
    """Adam with a pull to the origin that its own scaling does not touch. Settles beside a minimum that is not at the origin."""
    x = x - lr * weight_decay * x
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return x - lr * m_hat / (sqrt(v_hat) + eps), m, v


@optimizer("AMSGrad", source="Reddi, Kale & Kumar 2018, arXiv:1904.09237, algorithm 2; bias-corrected as in torch",
           convention="PyTorch")
def amsgrad(x, grad, t, m=0.0, v=0.0, v_max=0.0, *,
            lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8):
    """Adam that never forgets its largest v, which cures rare cases of walking away. One large early gradient keeps it slow."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    v_max = maximum(v_max, v)
    m_hat, v_hat = m / (1 - beta1**t), v_max / (1 - beta2**t)
    return x - lr * m_hat / (sqrt(v_hat) + eps), m, v, v_max


@optimizer("Adamax", source="Kingma & Ba 2015, arXiv:1412.6980, algorithm 2; eps inside the maximum, as in torch",
           convention="PyTorch, Optax")
def adamax(x, grad, t, m=0.0, u=0.0, *, lr: LearningRate = 2e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8):
    """Adam with the largest recent gradient below the line, so that no step is ever long. A spike slows it for long."""
    m = beta1 * m + (1 - beta1) * grad
    u = maximum(beta2 * u, abs(grad) + eps)
    return x - lr / (1 - beta1**t) * ratio(m, u), m, u


@optimizer("NAdam", source="Dozat 2016, ICLR workshop: Incorporating Nesterov momentum into Adam; the schedule of mu as in torch",
           convention="PyTorch")
def nadam(x, grad, t, m=0.0, v=0.0, mu_product=1.0, *, lr: LearningRate = 2e-3, beta1: Decay = 0.9,
          beta2: Decay = 0.999, eps: Epsilon = 1e-8, momentum_decay: Positive = 4e-3):
    """Adam that looks ahead like Nesterov and turns a little sooner. Otherwise it has all of Adam's habits."""
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    mu_product = mu_product * mu
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_bar = (1 - mu) * grad / (1 - mu_product) + mu_next * m / (1 - mu_product * mu_next)
    return x - lr * m_bar / (sqrt(v / (1 - beta2**t)) + eps), m, v, mu_product


@optimizer("RAdam", source="Liu et al. 2020, arXiv:1908.03265, algorithm 2; rectified where rho > 5, as in torch",
           convention="PyTorch")
def radam(x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8):
    """Adam that warms itself up. Its first five steps are plain momentum: a rate that suits Adam may throw it off a steep start."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, beta2_t = m / (1 - beta1**t), beta2**t
    rho_inf = ratio(2.0, 1 - beta2, nan) - 1
    rho = rho_inf - ratio(2 * t * beta2_t, 1 - beta2_t, nan)
    square = ratio((rho - 4) * (rho - 2) * rho_inf, (rho_inf - 4) * (rho_inf - 2) * rho)
    scale = sqrt(maximum(square, 0.0)) * sqrt(1 - beta2_t) / (sqrt(v) + eps)
    return x - lr * m_hat * where(rho > 5, scale, 1.0), m, v


@optimizer("AdaBelief", source="Zhuang et al. 2020, arXiv:2010.07468; eps_root is added in every update, as in Optax",
           convention="Optax")
def adabelief(x, grad, t, m=0.0, s=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999,
              eps: Epsilon = 1e-16, eps_root: Epsilon = 1e-16, nesterov: Switch = 0.0):
    """Strides out where the gradient is as expected, shortens its step where it surprises. May overshoot on smooth slopes."""
    m = beta1 * m + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * (grad - m) * (grad - m) + eps_root
    m_hat, s_hat = m / (1 - beta1**t), ratio(s, 1 - beta2**t, nan)
    if nesterov:
        m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    return x - lr * ratio(m_hat, sqrt(s_hat) + eps), m, s


@optimizer("Yogi", source="Zaheer et al. 2018, Adaptive Methods for Nonconvex Optimization, NeurIPS; bias-corrected, as in Optax",
           convention="Optax")
def yogi(x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 0.01, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-3,
         initial: Positive = 1e-6):
    """Adam whose scale changes slowly in both directions, so that a flat stretch makes no leap. Slow after a steep start."""
    m, v = (initial, initial) if t == 1 else (m, v)
    m = beta1 * m + (1 - beta1) * grad
    v = v - (1 - beta2) * sign(v - grad * grad) * grad * grad
    m_hat, v_hat = ratio(m, 1 - beta1**t, nan), ratio(v, 1 - beta2**t, nan)
    return x - lr * m_hat / (sqrt(v_hat) + eps), m, v


@optimizer("Adan", source="Xie et al. 2022, arXiv:2208.06677, algorithm 1; the weight 1 - beta2 of the change, as in Optax",
           convention="Optax")
def adan(x, grad, t, m=0.0, v=0.0, n=0.0, last=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.98, beta2: Decay = 0.92,
         beta3: Decay = 0.99, eps: Epsilon = 1e-8, eps_root: Epsilon = 1e-8, weight_decay: WeightDecay = 0.0):
    """Uses the change of the gradient as a warning of a bend. With noise that change is mostly noise."""
    change = grad - (grad if t == 1 else last)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * change
    ahead = grad + (1 - beta2) * change
    n = beta3 * n + (1 - beta3) * ahead * ahead
    m_hat, v_hat, n_hat = m / (1 - beta1**t), v / (1 - beta2**t), n / (1 - beta3**t)
    return x - lr * ((m_hat + (1 - beta2) * v_hat) / (sqrt(n_hat + eps_root) + eps) + weight_decay * x), m, v, n, grad


@optimizer("AdEMAMix", source="Pagliardini, Ablin & Grangier 2024, arXiv:2409.03137, without the warm-up of alpha and beta3",
           convention="Optax")
def ademamix(x, grad, t, m1=0.0, m2=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999,
             beta3: Decay = 0.9999, alpha: Positive = 5.0, eps: Epsilon = 1e-8, eps_root: Epsilon = 0.0):
    """Adam with a second, very long memory that drives it along gentle valleys. That memory pushes on past the minimum."""
    m1 = beta1 * m1 + (1 - beta1) * grad
    m2 = beta3 * m2 + (1 - beta3) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m1 / (1 - beta1**t), v / (1 - beta2**t)
    return x - lr * (m_hat + alpha * m2) / (sqrt(v_hat + eps_root) + eps), m1, m2, v


@optimizer("QHAdam", source="Ma & Yarats 2019, arXiv:1810.06801; the defaults are the rule of thumb of its authors' code")
def qhadam(x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.995, beta2: Decay = 0.999, nu1: Fraction = 0.7,
           nu2: Fraction = 1.0, eps: Epsilon = 1e-8):
    """Adam in which the present gradient always has a share, so that it turns sooner. Two more weights to choose."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    up, down = (1 - nu1) * grad + nu1 * m_hat, (1 - nu2) * grad * grad + nu2 * v_hat
    return x - lr * up / (sqrt(down) + eps), m, v


@optimizer("Optimistic Adam", source="Daskalakis et al. 2018, arXiv:1711.00141, algorithm 1; a single first step, as in Optax",
           convention="Optax")
def optimistic_adam(x, grad, t, m=0.0, v=0.0, last=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999,
                    eps: Epsilon = 1e-8, eps_root: Epsilon = 0.0, alpha: Positive = 1.0, beta: Positive = 1.0,
                    nesterov: Switch = 0.0):
    """Adam that adds the change of its last step; made for games, where it stops the circling. Here it is Adam, more nervous."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    if nesterov:
        m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    step = m_hat / (sqrt(v_hat + eps_root) + eps)
    return x - lr * ((alpha + beta) * step - beta * (step if t == 1 else last)), m, v, step


@optimizer("ACProp", source="Zhuang et al. 2021, arXiv:2110.05454; centered on the last mean and a plain first step, as in Optax",
           convention="Optax")
def acprop(x, grad, t, m=0.0, s=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-16,
           eps_root: Epsilon = 1e-16, weight_decay: WeightDecay = 0.0):
    """Divides by what it knew before this gradient, so that a spike cannot hide itself. Meets a sudden wall with a leap."""
    scale = (1.0 if t == 1 else sqrt(ratio(s, 1 - beta2 ** (t - 1), nan))) + eps
    s = beta2 * s + (1 - beta2) * (grad - m) * (grad - m) + eps_root
    m = beta1 * m + (1 - beta1) * grad
    return x - lr * (ratio(grad, scale) + weight_decay * x), m, s


@optimizer("Schedule-free AdamW", source="Defazio et al. 2024, arXiv:2405.15682, algorithm 1; the path is y, the warm-up Optax's",
           convention="Optax")
def schedule_free_adamw(x, grad, t, z=0.0, mean=0.0, v=0.0, weight_sum=0.0, lr_max=0.0, *, lr: LearningRate = 0.0025,
                        beta1: Momentum = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8, weight_decay: WeightDecay = 0.0,
                        lr_power: Power = 2.0, warmup: WarmUp = 0):
    """Comes to rest without a falling learning rate, by averaging; its answer is the mean, a state. Slow at first."""
    z = x if t == 1 else z
    mean = (x - (1 - beta1) * z) / beta1
    v = beta2 * v + (1 - beta2) * grad * grad
    lr_max = maximum(lr_max, lr * min(t / max(warmup, 1), 1.0))
    weight = lr_max**lr_power
    weight_sum = weight_sum + weight
    step = grad / (sqrt(v / (1 - beta2**t)) + eps) + weight_decay * x
    z = z - lr * min((t - 1) / warmup if warmup else 1.0, 1.0) * step
    c = ratio(weight, weight_sum)
    mean = (1 - c) * mean + c * z
    return beta1 * mean + (1 - beta1) * z, z, mean, v, weight_sum, lr_max


@optimizer("ADOPT", source="Taniguchi et al. 2024, arXiv:2411.02853; steps clipped to (t - 1)^(1/4), as in Optax",
           convention="Optax")
def adopt(x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.9999, eps: Epsilon = 1e-6,
          clip: Switch = 1.0):
    """Divides by what it knew before this gradient, so that any beta2 is safe. Its first update only looks at the gradient."""
    if t == 1:
        return x, m, grad * grad
    step = ratio(grad, maximum(sqrt(v), eps))
    bound = (t - 1) ** 0.25
    step = maximum(minimum(step, bound), -bound) if clip else step
    m = beta1 * m + (1 - beta1) * step
    return x - lr * m, m, beta2 * v + (1 - beta2) * grad * grad
