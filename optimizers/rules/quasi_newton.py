# mypy: allow-untyped-defs
"""Rules that learn the curvature from how the gradient changed along the steps they took."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np

from optimizers.arithmetic import dot, norm
from optimizers.hyperparameter import FirstStep
from optimizers.optimizer import Count, Hyperparameter, Switch, optimizer
from optimizers.searches import Armijo, Curvature, Trial, cubic_minimum, line, look, strong_wolfe

FAMILY = "Quasi-Newton"

Evaluations = Annotated[float, Hyperparameter(0, 100, "whole", most=100_000, label="max evaluations")]
History = Annotated[float, Hyperparameter(1, 100, "whole", least=1, most=1000)]
Tolerance = Annotated[float, Hyperparameter(1e-16, 1.0, "log")]


@optimizer(
    "BFGS",
    source="Broyden, Fletcher, Goldfarb, Shanno 1970, doi:10.1093/comjnl/13.3.317; Nocedal & Wright 2006, "
    "chapter 6, the first matrix scaled by s'y / y'y",
    separable=False,
    batched=False,
    formula=r"""
    p_t = -H_{t-1} g_t,\quad x_t = x_{t-1} + \alpha_t p_t,\quad 0 < \alpha_t \leq 10^4 \alpha_0
    f(x_t) \leq f(x_{t-1}) + c_1 \alpha_t g_t^{\top} p_t,\quad |\nabla f(x_t)^{\top} p_t| \leq c_2 |g_t^{\top} p_t|
    s_t = x_t - x_{t-1},\quad y_t = \nabla f(x_t) - g_t,\quad \rho_t = 1 / y_t^{\top} s_t
    H_t = (I - \rho_t s_t y_t^{\top}) H_{t-1} (I - \rho_t y_t s_t^{\top}) + \rho_t s_t s_t^{\top}
    """,
)
def bfgs(x, loss, t, inverse_hessian=None, trials=None, *, lr: FirstStep = 1.0, c1: Armijo = 1e-4, c2: Curvature = 0.9):
    """Learns the curvature from gradients and follows bent valleys in a few dozen steps. Noise in the gradient misleads it.

    It keeps a matrix H that stands for the inverse of the curvature and corrects it after every step by how the gradient has
    changed on the way. So it comes to steps like Newton's without a second derivative, and H never leads uphill. The search that
    sets the step length asks little: at c2 0.9 the first trial is mostly good enough. Compare the number of evaluations with that
    of steepest descent.
    """
    value, grad = loss.both(x)
    h = np.eye(2) if inverse_hessian is None else inverse_hessian
    p = -h @ grad
    if not dot(grad, p) < 0:
        inverse_hessian, p = None, -grad
    found = strong_wolfe(loss, x, value, grad, p, lr, c1=c1, c2=c2)
    if found.alpha == 0:
        return x, None, found.trials
    s, y = found.x - x, found.grad - grad
    sy = dot(s, y)
    if not sy > 1e-10 * norm(s) * norm(y):  # without positive curvature along s, H would no longer lead downhill
        return found.x, inverse_hessian, found.trials
    h = sy / dot(y, y) * np.eye(2) if inverse_hessian is None else h
    rho = 1 / sy
    v = np.eye(2) - rho * np.outer(s, y)
    return found.x, v @ h @ v.T + rho * np.outer(s, s), found.trials


def two_loop(q, s, y, rho, gamma):
    """H q by the pairs s, y, oldest first, and rho = 1/s'y, begun with gamma I: Nocedal & Wright 2006, algorithm 7.4."""
    alphas = []
    for s_i, y_i, rho_i in zip(s[::-1], y[::-1], rho[::-1], strict=True):
        alpha = rho_i * dot(s_i, q)
        q = q - alpha * y_i
        alphas.append(alpha)
    r = gamma * q
    for s_i, y_i, rho_i, alpha in zip(s, y, rho, reversed(alphas), strict=True):
        r = r + (alpha - rho_i * dot(y_i, r)) * s_i
    return r


def remember(pairs, new, size):
    """The rows with one more at the end; the oldest go when there are more than ``size``."""
    return np.concatenate([pairs, [new]])[-int(size) :]


@optimizer(
    "L-BFGS",
    source="Liu & Nocedal 1989, doi:10.1007/BF01589116; every step as torch.optim.LBFGS takes it, which follows "
    "Schmidt's minFunc",
    separable=False,
    batched=False,
    convention="PyTorch",
    formula=r"""
    p_t = -H^{t-1} g_t,\quad x_t = x_{t-1} + \alpha_t p_t
    s_i = x_i - x_{i-1},\quad y_i = g_{i+1} - g_i,\quad \rho_i = 1 / y_i^{\top} s_i
    H^{t-m-1} = \dfrac{s_{t-1}^{\top} y_{t-1}}{y_{t-1}^{\top} y_{t-1}} I
    H^i = (I - \rho_i s_i y_i^{\top}) H^{i-1} (I - \rho_i y_i s_i^{\top}) + \rho_i s_i s_i^{\top},\quad i = t - m, \ldots, t - 1
    """,
)
def lbfgs(
    x,
    loss,
    t,
    d=None,
    step=0.0,
    s=(),
    y=(),
    rho=(),
    gamma=1.0,
    g_old=None,
    n_iter=0.0,
    func_evals=0.0,
    trials=None,
    *,
    lr: FirstStep = 1.0,
    max_iter: Count = 1,
    max_eval: Evaluations = 25,
    tolerance_grad: Tolerance = 1e-7,
    tolerance_change: Tolerance = 1e-9,
    history_size: History = 10,
    strong_wolfe: Switch = 1,
):
    """BFGS that remembers only the last few steps, and nearly as quick. Without its line search it may jump far away.

    It is BFGS that keeps no matrix but its last few steps and gradient changes, as many as history size, from which it makes the
    same kind of direction. In a network with millions of weights that is all there is room for; in the plane BFGS loses nothing by
    its matrix. Strong wolfe switches the line search on: without it every update but the first goes first step times that
    direction. Max iter is the number of steps that one update takes.
    """
    # torch's defaults are max_iter 20, history_size 100, no line search, and max_eval = 1.25 max_iter, which 0 stands for here;
    # with max_iter 1 that would leave the line search a single evaluation.
    max_iter, tried = int(max_iter), [x]
    budget = int(max_eval) or max_iter * 5 // 4
    value, grad = loss.both(x)
    evaluations = 1
    for k in range(1, max_iter + 1) if not abs(grad).max() <= tolerance_grad else ():
        n_iter += 1
        if n_iter == 1:
            d, gamma, s, y, rho = -grad, 1.0, np.empty((0, 2)), np.empty((0, 2)), np.empty(0)
            step = min(1.0, 1.0 / float(abs(grad).sum())) * lr
        else:
            y_new, s_new = grad - g_old, step * d
            ys = dot(y_new, s_new)
            if ys > 1e-10:
                s, y = remember(s, s_new, history_size), remember(y, y_new, history_size)
                rho, gamma = remember(rho, 1 / ys, history_size), ys / dot(y_new, y_new)
            d, step = two_loop(-grad, s, y, rho, gamma), lr
        g_old, value_old, slope = grad, value, float(dot(grad, d))
        if slope > -tolerance_change:
            break
        if strong_wolfe:
            start, before = Trial(0.0, x, value, grad, slope), len(tried)
            here = minfunc_wolfe(
                line(loss, x, d, tried), start, step, abs(d).max(), tolerance_change, budget - evaluations
            )
            step, x, value, grad = here[:4]
            evaluations += len(tried) - before
        else:
            x = x + step * d
            tried.append(x)
            if k < max_iter:
                value, grad = look(loss, x)
                evaluations += 1
        if (
            evaluations >= budget
            or abs(grad).max() <= tolerance_grad
            or abs(step * d).max() <= tolerance_change
            or abs(value - value_old) < tolerance_change
        ):
            break
    return x, d, step, s, y, rho, gamma, g_old, n_iter, func_evals + evaluations, np.array(tried[1:] or tried)


def minfunc_wolfe(
    phi: Callable[[float], Trial],
    start: Trial,
    t: float,
    d_norm: float,
    tolerance_change: float,
    max_ls: int,
    c1: float = 1e-4,
    c2: float = 0.9,
) -> Trial:
    """The strong Wolfe search of minFunc as torch has it, from the step ``t``; where ``max_ls`` runs out, the lower end."""

    def too_high(here: Trial) -> bool:
        return here.value > start.value + c1 * here.alpha * start.slope

    def flat(here: Trial) -> bool:
        return abs(here.slope) <= -c2 * start.slope

    last, here, count = start, phi(t), 0
    while count < max_ls:
        if too_high(here) or (count > 1 and here.value >= last.value):
            break
        if flat(here):
            return here
        if here.slope >= 0:
            break
        t = cubic_minimum(last, here, here.alpha + 0.01 * (here.alpha - last.alpha), 10 * here.alpha)
        last, here, count = here, phi(t), count + 1
    bracket = [last if count < max_ls else start, here]
    low, high = (0, 1) if bracket[0].value <= bracket[1].value else (1, 0)
    stuck = False
    while count < max_ls and not abs(bracket[1].alpha - bracket[0].alpha) * d_norm < tolerance_change:
        left, right = min(bracket[0].alpha, bracket[1].alpha), max(bracket[0].alpha, bracket[1].alpha)
        t, margin = cubic_minimum(bracket[0], bracket[1], left, right), 0.1 * (right - left)
        if (
            min(right - t, t - left) < margin
        ):  # so near to an end twice, or upon it, it goes a tenth of the bracket inwards
            if stuck or t >= right or t <= left:
                t = right - margin if abs(t - right) < abs(t - left) else left + margin
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        here, count = phi(t), count + 1
        if too_high(here) or here.value >= bracket[low].value:
            bracket[high] = here
            low, high = (0, 1) if bracket[0].value <= bracket[1].value else (1, 0)
            continue
        done = flat(here)
        if not done and here.slope * (bracket[high].alpha - bracket[low].alpha) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = here
        if done:
            break
    return bracket[low]
