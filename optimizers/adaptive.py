"""Rules that divide by a running size of the gradient: each coordinate gets a learning rate of its own."""

from __future__ import annotations

from .arithmetic import maximum, sqrt
from .optimizer import Decay, Epsilon, LearningRate, WeightDecay, optimizer


@optimizer("AdaGrad", source="Duchi, Hazan & Singer 2011, JMLR 12:2121; as in torch: sum from 0, eps outside the root")
def adagrad(x, grad, t, g_sum=0.0, *, lr: LearningRate = 0.01, eps: Epsilon = 1e-10):
    g_sum = g_sum + grad * grad
    return x - lr * grad / (sqrt(g_sum) + eps), g_sum


@optimizer("RMSprop", source="Tieleman & Hinton 2012, Coursera lecture 6.5; eps outside the root, as in torch")
def rmsprop(x, grad, t, v=0.0, *, lr: LearningRate = 0.01, rho: Decay = 0.99, eps: Epsilon = 1e-8):
    v = rho * v + (1 - rho) * grad * grad
    return x - lr * grad / (sqrt(v) + eps), v


@optimizer("AdaDelta", source="Zeiler 2012, arXiv:1212.5701, algorithm 1; times a learning rate, 1 in the paper")
def adadelta(x, grad, t, g_mean=0.0, dx_mean=0.0, *, lr: LearningRate = 1.0, rho: Decay = 0.9, eps: Epsilon = 1e-6):
    g_mean = rho * g_mean + (1 - rho) * grad * grad
    dx = sqrt(dx_mean + eps) / sqrt(g_mean + eps) * grad
    dx_mean = rho * dx_mean + (1 - rho) * dx * dx
    return x - lr * dx, g_mean, dx_mean


@optimizer("Adam", source="Kingma & Ba 2015, arXiv:1412.6980, algorithm 1")
def adam(x, grad, t, m=0.0, v=0.0, *,
         lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return x - lr * m_hat / (sqrt(v_hat) + eps), m, v


@optimizer("AdamW", source="Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2; decay times learning rate, as in torch")
def adamw(x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999,
          eps: Epsilon = 1e-8, weight_decay: WeightDecay = 0.01):
    x = x - lr * weight_decay * x
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return x - lr * m_hat / (sqrt(v_hat) + eps), m, v


@optimizer("AMSGrad", source="Reddi, Kale & Kumar 2018, arXiv:1904.09237, algorithm 2; bias-corrected as in torch")
def amsgrad(x, grad, t, m=0.0, v=0.0, v_max=0.0, *,
            lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    v_max = maximum(v_max, v)
    m_hat, v_hat = m / (1 - beta1**t), v_max / (1 - beta2**t)
    return x - lr * m_hat / (sqrt(v_hat) + eps), m, v, v_max


@optimizer("NAdam", source="Dozat 2016, ICLR workshop, algorithm 2; the schedule of mu as in torch")
def nadam(x, grad, t, m=0.0, v=0.0, mu_product=1.0, *, lr: LearningRate = 2e-3, beta1: Decay = 0.9,
          beta2: Decay = 0.999, eps: Epsilon = 1e-8, momentum_decay: WeightDecay = 4e-3):
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    mu_product = mu_product * mu
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_bar = (1 - mu) * grad / (1 - mu_product) + mu_next * m / (1 - mu_product * mu_next)
    return x - lr * m_bar / (sqrt(v / (1 - beta2**t)) + eps), m, v, mu_product
