# mypy: allow-untyped-defs
"""Newton-type methods: use second derivatives and safeguards where the quadratic model is not reliable."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from optimizers.arithmetic import dot, norm, ratio
from optimizers.hyperparameter import StepSize
from optimizers.optimizer import Hyperparameter, Positive, Switch, optimizer
from optimizers.searches import ArmijoConstant, armijo_search, evaluate_loss

FAMILY = "Newton-type"
MinCurvature = Annotated[float, Hyperparameter(1e-8, 10.0, "log", minimum=1e-300, label="minimum curvature")]
InitialRadius = Annotated[float, Hyperparameter(1e-3, 10.0, "log", label="initial radius", symbol=r"\Delta_0")]
AcceptanceThreshold = Annotated[float, Hyperparameter(0.0, 0.25, maximum=0.25, label="eta (acceptance threshold)")]
InitialDamping = Annotated[float, Hyperparameter(1e-8, 1.0, "log", minimum=1e-300, label="tau (initial damping)")]


def newton_direction(hessian, grad):
    """Return -H^-1 g; the pseudo-inverse gives the shortest solution if the Hessian is singular."""
    return -np.linalg.pinv(hessian, hermitian=True) @ grad


@optimizer(
    "Newton",
    source="Nocedal & Wright 2006, Numerical Optimization, chapter 3",
    scope="whole",
    batched=False,
    max_parameters=100,
    formula=r"""
    H_t = \nabla^2 f(x_{t-1})
    x_t = x_{t-1} - \eta H_t^{-1} g_t
    """,
)
def newton(x, loss, t, *, lr: StepSize = 1.0):
    """Reaches the minimum of any quadratic bowl in one step, whatever its condition number. Attracted to saddle points
    and maxima as well as minima.

    Gradient and Hessian define a quadratic model of the surface; each step jumps to the stationary point of this model.
    On a quadratic bowl that is the minimum, whatever the condition number. Where the surface curves downward, it is a
    saddle point or a maximum: start near one to see the run go there, and reduce the step size to see the same path in
    small steps.
    """
    return x + lr * newton_direction(loss.hessian(x), loss.gradient(x))


@optimizer(
    "Damped Newton",
    source="Nocedal & Wright 2006, algorithm 3.2, with the negative gradient as fallback direction; Armijo 1966, "
    "doi:10.2140/pjm.1966.16.1",
    scope="whole",
    batched=False,
    max_parameters=100,
    formula=r"""
    p_t = -H_t^{-1} g_t,\quad H_t = \nabla^2 f(x_{t-1})
    p_t = -g_t \quad (g_t^{\top} H_t^{-1} g_t \leq 0)
    k_t = \min \{k \geq 0 : f(x_{t-1} + 2^{-k} \eta p_t) \leq f(x_{t-1}) + c_1 2^{-k} \eta g_t^{\top} p_t\}
    x_t = x_{t-1} + 2^{-k_t} \eta p_t
    """,
)
def damped_newton(x, loss, t, trials=None, *, lr: StepSize = 1.0, c1: ArmijoConstant = 1e-4):
    """Newton’s method with a line search. Uses the gradient direction where the Newton direction would go uphill. Can
    stop at saddle points.

    Uses the Newton direction where it leads downhill and the negative gradient elsewhere, and halves the step until the
    loss decreases by at least a fraction c1 of what the slope predicts. It is as fast as Newton near a minimum and
    never increases the loss on the way there. Watch the trial points in the contour plot.
    """
    value, grad = loss.value_and_gradient(x)
    p = newton_direction(loss.hessian(x), grad)
    if not dot(grad, p) < 0:
        p = -grad
    result = armijo_search(loss, x, value, grad, p, lr, c1=c1)
    return result.x, result.trials


@optimizer(
    "Saddle-free Newton",
    source="Dauphin et al. 2014, arXiv:1406.2572, with a lower bound on the absolute eigenvalues",
    scope="whole",
    batched=False,
    max_parameters=100,
    formula=r"""
    \nabla^2 f(x_{t-1}) = Q \Lambda Q^{\top}
    x_t = x_{t-1} - \eta Q \,\max(|\Lambda|, \delta)^{-1} Q^{\top} g_t
    """,
)
def saddle_free_newton(x, loss, t, *, lr: StepSize = 1.0, floor: MinCurvature = 1e-3):
    """Treats all curvature as positive, so saddle points repel it. Without a line search, it may overshoot where the
    curvature changes.

    Computes the curvature in the two principal directions and treats both as positive. In directions of negative
    curvature, where Newton would step toward a saddle point, it moves away from it by the same distance. Minimum
    curvature limits the step in flat regions. Reduce the step size where the curvature changes quickly, because no line
    search prevents steps that are too long.
    """
    curvature, q = np.linalg.eigh(loss.hessian(x))
    return x - lr * q @ (q.T @ loss.gradient(x) / np.maximum(abs(curvature), floor))


def trust_region_step(grad, hessian, radius):
    """Return the p that minimizes g'p + p'Hp/2 over |p| <= radius (Moré & Sorensen 1983), in the basis of eigenvectors.

    On the boundary p = -(H + lambda I)^-1 g, with the lambda >= 0 for which H + lambda I is positive semidefinite and
    |p| = radius.
    """
    curvature, q = np.linalg.eigh(hessian)
    slopes = q.T @ grad
    shifted = curvature + max(0.0, -float(curvature[0]))
    p = ratio(-slopes, shifted)
    if ((shifted > 0) | (slopes == 0)).all() and math.hypot(*p) <= radius:
        if (
            curvature[0] < 0
        ):  # the hard case: the gradient is orthogonal to the negative curvature, so both signs are optimal
            rest = math.hypot(*p[1:])
            p[0] = math.sqrt(radius - rest) * math.sqrt(radius + rest)
        return q @ p
    # A lower bound of lambda - shift, from which Newton's method converges monotonically
    multiplier = max(0.0, float((abs(slopes) / radius - shifted).max()))
    for _ in range(50):
        p = ratio(-slopes, shifted + multiplier)
        length = math.hypot(*p)
        if length <= radius * (1 + 1e-12):
            break
        u = p / length
        multiplier += (length - radius) / radius / float(ratio(u * u, shifted + multiplier).sum())
    return q @ p * (radius / length)


@optimizer(
    "Trust region",
    source="Moré & Sorensen 1983, doi:10.1137/0904038; Nocedal & Wright 2006, algorithms 4.1, 4.3",
    scope="whole",
    batched=False,
    max_parameters=100,
    formula=r"""
    q_t(p) = f(x_{t-1}) + g_t^{\top} p + \frac{1}{2} p^{\top} \nabla^2 f(x_{t-1})\,p
    p_t = \arg\min\,\{q_t(p) : \|p\| \leq \Delta_{t-1}\}
    \rho_t = \dfrac{f(x_{t-1}) - f(x_{t-1} + p_t)}{q_t(0) - q_t(p_t)}
    x_t = x_{t-1} + p_t \ (\rho_t > \eta),\quad x_{t-1} \ (\rho_t \leq \eta)
    \Delta_t = \frac{1}{4} \Delta_{t-1} \quad (\rho_t < \frac{1}{4})
    \Delta_t = \min(2 \Delta_{t-1}, \hat{\Delta}) \quad (\rho_t > \frac{3}{4},\ \|p_t\| = \Delta_{t-1})
    """,
)
def trust_region(
    x,
    loss,
    t,
    radius=0.0,
    trials=None,
    *,
    lr: InitialRadius = 1.0,
    max_radius: Positive = 100.0,
    eta: AcceptanceThreshold = 0.1,
):
    """Limits each step to a region where its quadratic model is reliable: never increases the loss and escapes saddle
    points. Steps spent shrinking the region make no progress.

    Goes to the minimum of a quadratic model of the surface within a circle (the trust region). Then it compares the
    actual decrease of the loss with the predicted one: if they agree, the circle grows; if not, it shrinks, and steps
    that are too bad are rejected. Eta is the smallest ratio that is accepted. Start with a far too large initial radius
    and watch it shrink.
    """
    radius = lr if t == 1 else radius
    radius = min(radius, max_radius)
    if radius == 0:
        return x, radius, np.array([x])
    (value, grad), hessian = loss.value_and_gradient(x), loss.hessian(x)
    p = trust_region_step(grad, hessian, radius)
    predicted = -float(dot(grad, p) + p @ hessian @ p / 2)
    candidate = x + p
    if predicted > 0:
        rho = (value - evaluate_loss(loss, candidate)) / predicted
        if not rho >= 0.25:
            radius /= 4
        elif rho > 0.75 and norm(p) > 0.999 * radius:
            radius = min(2 * radius, max_radius)
        if eta < rho < math.inf:
            return candidate, radius, np.array([candidate])
    return x, radius, np.array([candidate])


@optimizer(
    "Levenberg-Marquardt",
    source="Levenberg 1944, doi:10.1090/qam/10666: lambda I; Marquardt 1963, J. SIAM 11:431: "
    "lambda diag(J'J); gain ratio: Madsen, Nielsen & Tingleff 2004",
    scope="whole",
    batched=False,
    max_parameters=100,
    formula=r"""
    p_t = -\eta (J_t^{\top} J_t + \lambda_{t-1} I)^{-1} g_t,\quad \lambda_0 = \tau \,\max_i (J_1^{\top} J_1)_{ii},\quad \nu_0 = 2
    \varrho_t = \dfrac{f(x_{t-1}) - f(x_{t-1} + p_t)}{-g_t^{\top} p_t - \frac{1}{2} p_t^{\top} J_t^{\top} J_t \, p_t}
    \lambda_t = \lambda_{t-1} \,\max(\frac{1}{3}, 1 - (2 \varrho_t - 1)^3),\ \nu_t = 2,\ x_t = x_{t-1} + p_t \quad (\varrho_t > 0)
    \lambda_t = \nu_{t-1} \lambda_{t-1},\ \nu_t = 2 \nu_{t-1},\ x_t = x_{t-1} \quad (\varrho_t \leq 0)
    """,  # noqa: E501  (a line of a formula cannot be wrapped)
)
def levenberg_marquardt(
    x,
    loss,
    t,
    damping=0.0,
    nu=2.0,
    trials=None,
    *,
    lr: StepSize = 1.0,
    tau: InitialDamping = 1e-3,
    marquardt: Switch = 0,
):
    """Interpolates between cautious gradient descent and the fast Gauss-Newton step. Best for sums of squares; on other
    surfaces it uses the Hessian.

    For a sum of squares, the Jacobian J of the individual errors gives a good approximation of the curvature, J’J. A
    damping term is added to it: with strong damping, steps are short and follow the gradient; with weak damping, they
    are full Gauss-Newton steps. The damping decreases after a step that reduces the loss about as predicted and
    increases otherwise. Tau sets its initial value; Marquardt scaling measures it relative to the curvature of each
    coordinate. On surfaces that are not a sum of squares, the Hessian replaces J’J.
    """
    value, grad = loss.value_and_gradient(x)
    jtj = loss.gauss_newton(x)
    size = abs(np.diag(jtj))
    if t == 1:
        damping = tau if marquardt else tau * (float(size.max()) or 1.0)
    scale = np.where(size > 0, size, 1.0) if marquardt else np.ones_like(x)
    step = lr * newton_direction(jtj + damping * np.diag(scale), grad)
    candidate = x + step
    if (candidate == x).all():
        return x, damping, nu, np.array([x])
    predicted = -float(dot(grad, step) + step @ jtj @ step / 2)
    gain = ratio(value - evaluate_loss(loss, candidate), predicted) if predicted > 0 else -1.0
    if 0 < gain < math.inf:
        u = 2 * gain - 1
        return candidate, max(damping * max(1 / 3, 1 - u * u * u), 1e-16), 2.0, np.array([candidate])
    return x, damping * nu, 2 * nu, np.array([candidate])
