# mypy: allow-untyped-defs
"""Quasi-Newton methods: estimate the curvature from changes of the gradient between steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np

from optimizers.arithmetic import dot, norm
from optimizers.hyperparameter import InitialStepLength
from optimizers.optimizer import Count, Hyperparameter, Switch, optimizer
from optimizers.searches import (
    ArmijoConstant,
    CurvatureConstant,
    Trial,
    cubic_minimum,
    evaluate_trial,
    line_function,
    strong_wolfe_search,
)

FAMILY = "Quasi-Newton"

MaxEvaluations = Annotated[float, Hyperparameter(0, 100, "whole", maximum=100_000, label="max evaluations")]
HistorySize = Annotated[float, Hyperparameter(1, 100, "whole", minimum=1, maximum=1000)]
Tolerance = Annotated[float, Hyperparameter(1e-16, 1.0, "log")]


@optimizer(
    "BFGS",
    source="Broyden, Fletcher, Goldfarb, Shanno 1970, doi:10.1093/comjnl/13.3.317; Nocedal & Wright 2006, chapter "
    "6; initial matrix scaled by s’y / y’y",
    scope="whole",
    batched=False,
    max_parameters=1_000,
    formula=r"""
    p_t = -H_{t-1} g_t,\quad x_t = x_{t-1} + \alpha_t p_t,\quad 0 < \alpha_t \leq 10^4 \alpha_0
    f(x_t) \leq f(x_{t-1}) + c_1 \alpha_t g_t^{\top} p_t,\quad |\nabla f(x_t)^{\top} p_t| \leq c_2 |g_t^{\top} p_t|
    s_t = x_t - x_{t-1},\quad y_t = \nabla f(x_t) - g_t,\quad \rho_t = 1 / y_t^{\top} s_t
    H_t = (I - \rho_t s_t y_t^{\top}) H_{t-1} (I - \rho_t y_t s_t^{\top}) + \rho_t s_t s_t^{\top}
    """,
)
def bfgs(
    x,
    loss,
    t,
    inverse_hessian=None,
    trials=None,
    *,
    lr: InitialStepLength = 1.0,
    c1: ArmijoConstant = 1e-4,
    c2: CurvatureConstant = 0.9,
):
    """Learns the curvature from gradients and follows curved valleys in a few dozen steps. Sensitive to gradient noise.

    Keeps a matrix H that approximates the inverse Hessian and updates it after every step from the observed change of
    the gradient. It thus approaches Newton steps without second derivatives, and H never points uphill. The line search
    is loose: with c2 = 0.9, the first trial is usually accepted. Compare the number of evaluations with steepest
    descent.
    """
    value, grad = loss.value_and_gradient(x)
    h = np.eye(len(x)) if inverse_hessian is None else inverse_hessian
    p = -h @ grad
    if not dot(grad, p) < 0:
        inverse_hessian, p = None, -grad
    result = strong_wolfe_search(loss, x, value, grad, p, lr, c1=c1, c2=c2)
    if result.alpha == 0:
        return x, None, result.trials
    s, y = result.x - x, result.grad - grad
    sy = dot(s, y)
    if not sy > 1e-10 * norm(s) * norm(y):  # without positive curvature along s, H would not remain positive definite
        return result.x, inverse_hessian, result.trials
    h = sy / dot(y, y) * np.eye(len(x)) if inverse_hessian is None else h
    rho = 1 / sy
    v = np.eye(len(x)) - rho * np.outer(s, y)
    return result.x, v @ h @ v.T + rho * np.outer(s, s), result.trials


def two_loop_recursion(q, s, y, rho, gamma):
    """Return H q, where H is built from gamma I by the pairs s, y (oldest first) and rho = 1/s'y.

    Nocedal & Wright 2006, algorithm 7.4.
    """
    alphas = []
    for s_i, y_i, rho_i in zip(s[::-1], y[::-1], rho[::-1], strict=True):
        alpha = rho_i * dot(s_i, q)
        q = q - alpha * y_i
        alphas.append(alpha)
    r = gamma * q
    for s_i, y_i, rho_i, alpha in zip(s, y, rho, reversed(alphas), strict=True):
        r = r + (alpha - rho_i * dot(y_i, r)) * s_i
    return r


def append_to_history(pairs, new, size):
    """Append a row and keep the last ``size`` rows."""
    return np.concatenate([pairs, [new]])[-int(size) :]


@optimizer(
    "L-BFGS",
    source="Liu & Nocedal 1989, doi:10.1007/BF01589116; as in torch.optim.LBFGS, which is based on Schmidt’s minFunc",
    scope="whole",
    batched=False,
    implementation="PyTorch",
    formula=r"""
    p_t = -H^{t-1} g_t,\quad x_t = x_{t-1} + \alpha_t p_t
    s_i = x_i - x_{i-1},\quad y_i = g_{i+1} - g_i,\quad \rho_i = 1 / y_i^{\top} s_i
    H^{t-m-1} = \dfrac{s_{t-1}^{\top} y_{t-1}}{y_{t-1}^{\top} y_{t-1}} I
    H^i = (I - \rho_i s_i y_i^{\top}) H^{i-1} (I - \rho_i y_i s_i^{\top}) + \rho_i s_i s_i^{\top},\quad i = t - m, \ldots, t - 1
    """,  # noqa: E501  (a line of a formula cannot be wrapped)
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
    lr: InitialStepLength = 1.0,
    max_iter: Count = 1,
    max_eval: MaxEvaluations = 25,
    tolerance_grad: Tolerance = 1e-7,
    tolerance_change: Tolerance = 1e-9,
    history_size: HistorySize = 10,
    strong_wolfe: Switch = 1,
):
    """BFGS that stores only the last few steps and is almost as fast. Without its line search, it may jump far away.

    BFGS without a matrix: it stores only its last steps and gradient changes, up to the history size, and derives the
    same kind of direction from them. For neural networks with millions of weights, there is no room for more; in two
    dimensions, BFGS has no such limit. Without the strong Wolfe line search, every step but the first is the initial
    step size times the direction. Max iterations is the number of iterations per step.
    """
    # torch's defaults are max_iter 20, history_size 100, no line search and max_eval = 1.25 max_iter (0 means that
    # here); with max_iter 1 that would allow the line search a single evaluation
    max_iter, tried_points = int(max_iter), [x]
    budget = int(max_eval) or max_iter * 5 // 4
    value, grad = loss.value_and_gradient(x)
    evaluations = 1
    for k in range(1, max_iter + 1) if not abs(grad).max() <= tolerance_grad else ():
        n_iter += 1
        if n_iter == 1:
            d, gamma, s, y, rho = -grad, 1.0, np.empty((0, len(x))), np.empty((0, len(x))), np.empty(0)
            step = min(1.0, 1.0 / float(abs(grad).sum())) * lr
        else:
            y_new, s_new = grad - g_old, step * d
            ys = dot(y_new, s_new)
            if ys > 1e-10:
                s, y = append_to_history(s, s_new, history_size), append_to_history(y, y_new, history_size)
                rho, gamma = append_to_history(rho, 1 / ys, history_size), ys / dot(y_new, y_new)
            d, step = two_loop_recursion(-grad, s, y, rho, gamma), lr
        g_old, value_old, slope = grad, value, float(dot(grad, d))
        if slope > -tolerance_change:
            break
        if strong_wolfe:
            start, old_count = Trial(0.0, x, value, grad, slope), len(tried_points)
            trial = minfunc_wolfe_search(
                line_function(loss, x, d, tried_points),
                start,
                step,
                abs(d).max(),
                tolerance_change,
                budget - evaluations,
            )
            step, x, value, grad = trial[:4]
            evaluations += len(tried_points) - old_count
        else:
            x = x + step * d
            tried_points.append(x)
            if k < max_iter:
                value, grad = evaluate_trial(loss, x)
                evaluations += 1
        if (
            evaluations >= budget
            or abs(grad).max() <= tolerance_grad
            or abs(step * d).max() <= tolerance_change
            or abs(value - value_old) < tolerance_change
        ):
            break
    return (
        x,
        d,
        step,
        s,
        y,
        rho,
        gamma,
        g_old,
        n_iter,
        func_evals + evaluations,
        np.array(tried_points[1:] or tried_points),
    )


def minfunc_wolfe_search(
    phi: Callable[[float], Trial],
    start: Trial,
    t: float,
    d_norm: float,
    tolerance_change: float,
    max_ls: int,
    c1: float = 1e-4,
    c2: float = 0.9,
) -> Trial:
    """Search for a strong Wolfe step from ``t`` as torch does, which follows minFunc.

    After ``max_ls`` evaluations, return the end of the bracket with the lower loss.
    """

    def violates_armijo(trial: Trial) -> bool:
        return trial.value > start.value + c1 * trial.alpha * start.slope

    def meets_curvature(trial: Trial) -> bool:
        return abs(trial.slope) <= -c2 * start.slope

    previous, trial, count = start, phi(t), 0
    while count < max_ls:
        if violates_armijo(trial) or (count > 1 and trial.value >= previous.value):
            break
        if meets_curvature(trial):
            return trial
        if trial.slope >= 0:
            break
        t = cubic_minimum(previous, trial, trial.alpha + 0.01 * (trial.alpha - previous.alpha), 10 * trial.alpha)
        previous, trial, count = trial, phi(t), count + 1
    bracket = [previous if count < max_ls else start, trial]
    low, high = (0, 1) if bracket[0].value <= bracket[1].value else (1, 0)
    near_end = False
    while count < max_ls and not abs(bracket[1].alpha - bracket[0].alpha) * d_norm < tolerance_change:
        left, right = min(bracket[0].alpha, bracket[1].alpha), max(bracket[0].alpha, bracket[1].alpha)
        t, margin = cubic_minimum(bracket[0], bracket[1], left, right), 0.1 * (right - left)
        # If t is this close to an end twice in a row, or outside, it is moved inward by a tenth of the bracket
        if min(right - t, t - left) < margin:
            if near_end or t >= right or t <= left:
                t = right - margin if abs(t - right) < abs(t - left) else left + margin
                near_end = False
            else:
                near_end = True
        else:
            near_end = False
        trial, count = phi(t), count + 1
        if violates_armijo(trial) or trial.value >= bracket[low].value:
            bracket[high] = trial
            low, high = (0, 1) if bracket[0].value <= bracket[1].value else (1, 0)
            continue
        done = meets_curvature(trial)
        if not done and trial.slope * (bracket[high].alpha - bracket[low].alpha) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = trial
        if done:
            break
    return bracket[low]
