"""Rules that use the gradient and its running sum, one learning rate for both coordinates."""

from __future__ import annotations

from .arithmetic import sign
from .optimizer import Decay, LearningRate, Momentum, WeightDecay, optimizer


@optimizer("SGD", source="Robbins & Monro 1951, doi:10.1214/aoms/1177729586; without noise: gradient descent, Cauchy 1847")
def sgd(x, grad, t, *, lr: LearningRate = 0.01):
    return x - lr * grad


@optimizer("Momentum", source="Polyak 1964, doi:10.1016/0041-5553(64)90137-5; the learning rate inside the velocity")
def momentum(x, grad, t, v=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    v = momentum * v - lr * grad
    return x + v, v


@optimizer("Nesterov", source="Nesterov 1983; in the form of Sutskever et al. 2013 with the look-ahead point stored")
def nesterov(x, grad, t, v=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    v = momentum * v - lr * grad
    return x + momentum * v - lr * grad, v


@optimizer("Lion", source="Chen et al. 2023, arXiv:2302.06675, algorithm 2")
def lion(x, grad, t, m=0.0, *, lr: LearningRate = 1e-4, beta1: Decay = 0.9, beta2: Decay = 0.99,
         weight_decay: WeightDecay = 0.0):
    update = sign(beta1 * m + (1 - beta1) * grad)
    m = beta2 * m + (1 - beta2) * grad
    return x - lr * (update + weight_decay * x), m
