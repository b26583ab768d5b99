# mypy: allow-untyped-defs
"""Gradient methods whose step length comes from a line search or from the last two gradients."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from optimizers.arithmetic import dot, ratio, where
from optimizers.hyperparameter import InitialStepLength
from optimizers.optimizer import Hyperparameter, LearningRate, Switch, optimizer
from optimizers.searches import ArmijoConstant, CurvatureConstant, armijo_search, strong_wolfe_search

BacktrackingFactor = Annotated[float, Hyperparameter(0.05, 0.95, minimum=0.01, maximum=0.99, symbol=r"\rho")]


@optimizer(
    "Gradient descent (Armijo line search)",
    source="Armijo 1966, doi:10.2140/pjm.1966.16.1; Nocedal & Wright 2006, chapter 3",
    scope="whole",
    batched=False,
    formula=r"""
    p_t = -g_t
    k_t = \min \{k \geq 0 : f(x_{t-1} + \alpha_0 \rho^k p_t) \leq f(x_{t-1}) + c_1 \alpha_0 \rho^k g_t^{\top} p_t\}
    x_t = x_{t-1} + \alpha_0 \rho^{k_t} p_t
    """,
)
def steepest_descent_armijo(
    x, loss, t, trials=None, *, lr: InitialStepLength = 1.0, c1: ArmijoConstant = 1e-4, shrink: BacktrackingFactor = 0.5
):
    """Shortens the step until the loss decreases enough, so it never increases the loss and needs no learning rate.
    Zigzags in ravines.

    Tries the initial step size along the negative gradient and shortens it until the loss decreases by at least a
    fraction c1 of what the slope predicts. The loss therefore never increases, whatever the initial step size, at the
    cost of a few more evaluations. Shrink is the factor between one trial and the next. Watch the trial points in the
    contour plot.
    """
    value, grad = loss.value_and_gradient(x)
    result = armijo_search(loss, x, value, grad, -grad, lr, c1=c1, shrink=shrink)
    return result.x, result.trials


@optimizer(
    "Gradient descent (strong Wolfe line search)",
    source="Wolfe 1969, doi:10.1137/1011036; Nocedal & Wright 2006, algorithms 3.5, 3.6",
    scope="whole",
    batched=False,
    formula=r"""
    p_t = -g_t,\quad x_t = x_{t-1} + \alpha_t p_t,\quad 0 < \alpha_t \leq 10^4 \alpha_0
    f(x_t) \leq f(x_{t-1}) + c_1 \alpha_t g_t^{\top} p_t
    |\nabla f(x_t)^{\top} p_t| \leq c_2 |g_t^{\top} p_t|
    """,
)
def steepest_descent_wolfe(
    x, loss, t, trials=None, *, lr: InitialStepLength = 1.0, c1: ArmijoConstant = 1e-4, c2: CurvatureConstant = 0.1
):
    """Uses a line search that avoids steps that are too short or too long. It still zigzags, with nearly right-angle
    turns.

    Searches along the negative gradient for a point where the loss has decreased enough and the slope along the search
    direction is almost 0. The second condition rules out steps that are too short. With a small c2 the search is almost
    exact, and successive directions are almost perpendicular: watch the zigzag in a ravine and compare it with
    conjugate gradients.
    """
    value, grad = loss.value_and_gradient(x)
    result = strong_wolfe_search(loss, x, value, grad, -grad, lr, c1=c1, c2=c2)
    return result.x, result.trials


@optimizer(
    "Barzilai-Borwein",
    source="Barzilai & Borwein 1988, doi:10.1093/imanum/8.1.141; long step (BB1) or short step (BB2)",
    scope="whole",
    formula=r"""
    s_t = x_{t-1} - x_{t-2},\quad y_t = g_t - g_{t-1}
    \alpha_t = \dfrac{s_t^{\top} s_t}{s_t^{\top} y_t} \quad (s_t^{\top} y_t > 0)
    \alpha_t = \eta \quad (s_t^{\top} y_t \leq 0),\quad \alpha_1 = \eta
    x_t = x_{t-1} - \alpha_t g_t
    """,
)
def barzilai_borwein(x, grad, t, x_old=0.0, g_old=0.0, *, lr: LearningRate = 0.01, bb2: Switch = 0):
    """Estimates the curvature from two gradients and is much faster in ravines at no extra cost. The loss does not
    decrease monotonically.

    Two points and their gradients give the curvature along the last step; its reciprocal is the next step size. In a
    ravine this needs far fewer steps than a fixed learning rate, with no additional evaluations. The loss does not
    decrease in every step, and it does not have to. The learning rate is used for the first step and wherever the
    curvature is negative; BB2 uses a shorter estimate.
    """
    s, y = x - x_old, grad - g_old
    sy = dot(s, y)
    alpha = ratio(sy, dot(y, y)) if bb2 else ratio(dot(s, s), sy)
    # lr is used at the first step, which has no estimate, and where negative curvature makes the estimate negative
    alpha = where((t > 1) & (sy > 0) & np.isfinite(alpha), alpha, lr)
    return x - alpha * grad, x, grad


def _conjugate_step(x, loss, p, beta, lr, c1, c2):
    """Take a step along -g + beta p, or along -g if that is not a descent direction; return x, g, p and trials."""
    value, grad = loss.value_and_gradient(x)
    p = -grad + beta(grad) * p
    if not dot(grad, p) < 0:
        p = -grad
    result = strong_wolfe_search(loss, x, value, grad, p, lr, c1=c1, c2=c2)
    return result.x, grad, p if result.alpha > 0 else np.zeros_like(x), result.trials


@optimizer(
    "Conjugate gradient (Fletcher-Reeves)",
    source="Fletcher & Reeves 1964, doi:10.1093/comjnl/7.2.149; Nocedal & Wright 2006, chapter 5, with restarts "
    "when successive gradients are not orthogonal",
    scope="whole",
    batched=False,
    formula=r"""
    \beta_t = \dfrac{g_t^{\top} g_t}{g_{t-1}^{\top} g_{t-1}} \quad (|g_t^{\top} g_{t-1}| < 0.1\,g_t^{\top} g_t)
    \beta_t = 0 \quad (|g_t^{\top} g_{t-1}| \geq 0.1\,g_t^{\top} g_t)
    p_t = -g_t + \beta_t p_{t-1}
    x_t = x_{t-1} + \alpha_t p_t,\quad 0 < \alpha_t \leq 10^4 \alpha_0
    f(x_t) \leq f(x_{t-1}) + c_1 \alpha_t g_t^{\top} p_t,\quad |\nabla f(x_t)^{\top} p_t| \leq c_2 |g_t^{\top} p_t|
    """,
)
def conjugate_gradient_fr(
    x,
    loss,
    t,
    g_old=None,
    p=None,
    trials=None,
    *,
    lr: InitialStepLength = 1.0,
    c1: ArmijoConstant = 1e-4,
    c2: CurvatureConstant = 0.1,
):
    """Reaches the minimum of any quadratic bowl in about two line searches. It can stall after a poor step, so it
    restarts when successive gradients are far from orthogonal.

    Each direction is the negative gradient plus a fraction of the previous direction, chosen so that on a quadratic
    bowl a new line search does not undo the progress of the last one. Two exact line searches then reach the minimum,
    whatever the condition number. Keep c2 small, and compare it with steepest descent using the same line search.
    """
    g_old, p = (np.zeros_like(x), np.zeros_like(x)) if p is None else (g_old, p)

    def beta(grad):
        square = dot(grad, grad)
        if abs(dot(grad, g_old)) >= 0.1 * square:  # with exact searches successive gradients are orthogonal
            return 0.0
        return ratio(square, dot(g_old, g_old))

    return _conjugate_step(x, loss, p, beta, lr, c1, c2)


@optimizer(
    "Conjugate gradient (Polak-Ribière+)",
    source="Polak & Ribière 1969, RIRO 3(16):35; Gilbert & Nocedal 1992, doi:10.1137/0802003",
    scope="whole",
    batched=False,
    formula=r"""
    \beta_t = \max\left(0,\ \dfrac{g_t^{\top} (g_t - g_{t-1})}{g_{t-1}^{\top} g_{t-1}}\right)
    p_t = -g_t + \beta_t p_{t-1}
    x_t = x_{t-1} + \alpha_t p_t,\quad 0 < \alpha_t \leq 10^4 \alpha_0
    f(x_t) \leq f(x_{t-1}) + c_1 \alpha_t g_t^{\top} p_t,\quad |\nabla f(x_t)^{\top} p_t| \leq c_2 |g_t^{\top} p_t|
    """,
)
def conjugate_gradient_pr(
    x,
    loss,
    t,
    g_old=None,
    p=None,
    trials=None,
    *,
    lr: InitialStepLength = 1.0,
    c1: ArmijoConstant = 1e-4,
    c2: CurvatureConstant = 0.1,
):
    """Restarts automatically after a poor step, so it follows curved valleys better than Fletcher-Reeves. Needs an
    accurate line search.

    Each direction is the negative gradient plus a fraction of the previous direction; the fraction is small where the
    gradient has hardly changed. After a poor step the method therefore restarts automatically along the negative
    gradient, which helps in curved valleys. Keep c2 small, and compare it with Fletcher-Reeves.
    """
    g_old, p = (np.zeros_like(x), np.zeros_like(x)) if p is None else (g_old, p)

    def beta(grad):
        return max(0.0, ratio(dot(grad, grad - g_old), dot(g_old, g_old)))

    return _conjugate_step(x, loss, p, beta, lr, c1, c2)
