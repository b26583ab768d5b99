# mypy: allow-untyped-defs
"""Modifiers: techniques that can be combined with any optimizer, each one pure function.

They are applied in the order of this file. ``stage`` is the place within a step:
- "loss": ``(x, loss, t)`` -> the gradient, for a modifier that evaluates gradients itself; a second one gets those of
  the first;
- "gradient": ``(x, grad, t)`` -> the gradient that the rule gets;
- "position": ``(x, lr, t)`` -> the position that the rule starts from (``lr`` is 1 for a rule without a learning rate);
- "rate": ``(lr, t)`` -> the learning rate of this step (see ``optimizers.scheduled``);
- "result": ``(x, before, t, *state)`` -> the new position and the state of the modifier, after the rule has moved from
  ``before`` to ``x``.

``x`` and ``grad`` have shape (d, *batch), with d = 2 on a surface. The first hyperparameter has the name of the
modifier; 0 means off.
A rule that takes the loss gets the stages "loss" and "gradient" through ``loss.gradient``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np

from optimizers.arithmetic import maximum, minimum, norm, ratio, where
from optimizers.declaration import formula_lines, parse_signature
from optimizers.hyperparameter import Fraction, Hyperparameter, Positive, Seed, WeightDecay
from optimizers.optimizer import MODIFIERS, Modifier

DecoupledDecay = Annotated[float, Hyperparameter(1e-6, 1.0, "log", label="weight decay")]
STAGES = {
    ("lr", "t"): "rate",
    ("x", "grad", "t"): "gradient",
    ("x", "loss", "t"): "loss",
    ("x", "lr", "t"): "position",
    ("x", "before", "t"): "result",
}


def modifier(
    name: str, *, source: str, default_strength: float, formula: str = "", penalty: bool = False
) -> Callable[[Callable[..., Any]], Modifier]:
    """Register a function as a modifier in ``MODIFIERS`` under its own name.

    The names of its arguments determine the stage, see the docstring of this module.

    Parameters
    ----------
    name : str
        Name shown in the window.
    source : str
        Publication or framework that the function follows.
    default_strength : float
        Strength with which the window adds the modifier.
    formula : str, optional
        The computation as it is coded, as lines of mathtext.
    penalty : bool, optional
        Whether strength s stands for the term s/2 |x|^2 of the loss.

    Returns
    -------
    callable
        A decorator that replaces a function by the ``Modifier``.

    Raises
    ------
    TypeError
        By the decorator, if the arguments are not those of a stage, or the first hyperparameter does not have the name
        of the function.
    """

    def declare(function: Callable[..., Any]) -> Modifier:
        argument_names = tuple(
            p.name for p in inspect.signature(function).parameters.values() if p.kind is not p.KEYWORD_ONLY
        )
        leading_names = next((expected for expected in STAGES if argument_names[: len(expected)] == expected), None)
        if leading_names is None:
            raise TypeError(f"{function.__name__} must begin with one of {', '.join(map(str, STAGES))}")
        result = Modifier(
            name=name,
            source=source,
            formula="\n".join(formula_lines(formula)),
            stage=STAGES[leading_names],
            penalty=penalty,
            default_strength=default_strength,
            **parse_signature(function, len(leading_names)),
        )
        if next(iter(result.hyperparameters), "") != result.id:
            raise TypeError(f"the first hyperparameter of {result.id} must be named {result.id}")
        MODIFIERS[result.id] = result
        return result

    return declare


@modifier(
    "Mini-batches",
    source="Robbins & Monro 1951, doi:10.1214/aoms/1177729586; Bottou, Curtis & Nocedal 2018, arXiv:1606.04838, "
    "section 3 (mini-batch gradient)",
    default_strength=8,
    formula=r"""
    f(x) = \dfrac{1}{n} \sum_{i=1}^{n} f_i(x)
    g_t = \dfrac{1}{b} \sum_{i \in B_t} \nabla f_i(x_{t-1}),\quad |B_t| = b
    """,
)
def minibatch(
    x,
    loss,
    t,
    *,
    minibatch: Annotated[float, Hyperparameter(1, 100, "whole", maximum=100_000, label="batch size")] = 0,
    minibatch_seed: Seed = 0,
):
    """Computes the gradient from a few randomly chosen data points per step, identical for all runs with the same seed.
    Cheap but noisy: approaches quickly, then wanders unless the learning rate decays. No effect on surfaces that are
    not computed from data.

    A loss computed from data is an average over its points, and so is its gradient. The average over a few randomly
    chosen points has the right direction on average and costs far less on large data sets, but it varies from step to
    step. Batch size 1 varies most. Compare batch sizes with the same seed, then add a schedule that reduces the
    learning rate.
    """
    count = int(minibatch)
    if count >= loss.sample_count:
        return loss.gradient(x)
    return loss.sampled_gradient(
        x, np.random.default_rng((int(minibatch_seed), t)).choice(loss.sample_count, count, replace=False)
    )


@modifier(
    "Sharpness-aware minimization (SAM)",
    source="Foret et al. 2021, arXiv:2010.01412, algorithm 1",
    default_strength=0.05,
    formula=r"""
    \hat{x}_t = x_{t-1} + \rho \dfrac{\nabla f(x_{t-1})}{\|\nabla f(x_{t-1})\|}
    g_t = \nabla f(\hat{x}_t)
    """,
)
def sam(x, loss, t, *, sam: Annotated[float, Hyperparameter(1e-3, 10.0, "log", label="SAM radius")] = 0.0):
    """Uses the gradient at a nearby point of higher loss and therefore favors wide minima. Moves around narrow ones.

    First moves uphill by the SAM radius, to approximately the highest nearby point, and uses the gradient at that
    point. In a narrow basin this gradient stays large, so the run cannot settle; in a wide one it makes little
    difference. Every step needs two gradients. Start with a radius well below the width of the basins: on Rastrigin,
    whose minima are one unit apart, 0.05 works, but with 0.5 the gradient comes from the rim of the basin and the run
    ends higher.
    """
    grad = loss.gradient(x)
    return loss.gradient(x + sam * ratio(grad, norm(grad)))


@modifier(
    "Gradient noise",
    source="Neelakantan et al. 2015, arXiv:1511.06807: variance noise^2 / (1 + t)^decay, with t from 0",
    default_strength=0.5,
    formula=r"\tilde{g}_t = g_t + \sigma t^{-\gamma / 2} z_t,\quad z_t \sim \mathcal{N}(0, I)",
)
def noise(
    x,
    grad,
    t,
    *,
    noise: Annotated[float, Hyperparameter(1e-3, 100.0, "log", label="noise level")] = 0.0,
    noise_decay: Annotated[float, Hyperparameter(0.0, 2.0, maximum=10.0)] = 0.0,
    noise_seed: Seed = 0,
):
    """Gaussian gradient noise, identical for all runs with the same seed. Pushes runs off saddle points and out of
    shallow basins, and keeps them from settling.

    Adds a random Gaussian vector to every gradient, similar to the noise of measured gradients or mini-batches. Noise
    pushes a run off saddle points and out of shallow basins, but near a minimum it keeps the run jittering, more so the
    larger the learning rate. Noise decay makes the noise fade over time; a different seed gives different noise.
    """
    sample = (
        np.random.default_rng((int(noise_seed), t)).standard_normal(len(grad)).reshape(-1, *(1,) * (np.ndim(grad) - 1))
    )
    return grad + noise * sample / t ** (noise_decay / 2)


@modifier(
    "Gradient clipping (value)",
    source="torch.nn.utils.clip_grad_value_ (elementwise)",
    default_strength=1.0,
    formula=r"\tilde{g}_t = \min(\max(g_t, -c), c)",
)
def clip_value(x, grad, t, *, clip_value: Positive = 0.0):
    """Limits each coordinate of the gradient: safe on cliffs, but it changes the direction of the gradient.

    Each coordinate of the gradient that exceeds the limit is set to it, so cliffs cannot throw a run far away. Because
    only large coordinates are reduced, the direction changes: compare with gradient clipping by norm.
    """
    return where(clip_value == 0, grad, maximum(minimum(grad, clip_value), -clip_value))


@modifier(
    "Gradient clipping (norm)",
    source="Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063, algorithm 1",
    default_strength=1.0,
    formula=r"\tilde{g}_t = \min\left(1, \dfrac{c}{\|g_t\|}\right) g_t",
)
def clip_norm(x, grad, t, *, clip_norm: Positive = 0.0):
    """Scales down gradients that are too long and keeps their direction: safe on cliffs, but slow from a distant start.

    A gradient longer than the limit is scaled down to it, and its direction is kept. Cliffs can no longer throw a run
    far away, and on gentle slopes nothing changes. Choose a limit close to the typical gradient norm along the path.
    Optimizers that normalize the gradient are hardly affected.
    """
    grad_norm = norm(grad)
    return where((clip_norm > 0) & (grad_norm > clip_norm), grad * ratio(clip_norm, grad_norm), grad)


@modifier(
    "Weight decay (L2)",
    source="Hanson & Pratt 1988, NIPS 1:177; added to the gradient, as in torch.optim.SGD and torch.optim.Adam",
    default_strength=0.01,
    penalty=True,
    formula=r"\tilde{g}_t = g_t + \lambda x_{t-1}",
)
def weight_decay(x, grad, t, *, weight_decay: WeightDecay = 0.0):
    """Adds a pull toward the origin to the gradient; an adaptive optimizer rescales this pull like the rest of the
    gradient.

    Adds an L2 penalty to the loss: half the squared distance from the origin times the weight decay. This keeps the
    weights of a model small. Here it moves the minimum toward the origin: increase it and watch where the run settles.
    """
    return grad + weight_decay * x


@modifier(
    "Weight decay (decoupled)",
    source="Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 1; multiplied by the learning rate",
    default_strength=0.01,
    formula=r"\tilde{x}_{t-1} = (1 - \eta \lambda) x_{t-1}",
)
def decoupled_weight_decay(x, lr, t, *, decoupled_weight_decay: DecoupledDecay = 0.0):
    """Shrinks the position toward the origin separately from the gradient, so momentum and adaptive scaling do not
    affect it.

    In every step the position is shrunk toward the origin before the optimizer takes its step. Because the shrinkage
    does not pass through the gradient, optimizers like Adam cannot rescale it. Compare it with Weight decay (L2) for
    Adam and SGD; for SGD they are equivalent.
    """
    return x * (1 - lr * decoupled_weight_decay)


@modifier(
    "Lookahead",
    source="Zhang et al. 2019, arXiv:1907.08610, algorithm 1",
    default_strength=5,
    formula=r"z_t = z_{t-1} + \alpha (x_t - z_{t-1}),\quad x_t \leftarrow z_t \quad (t = k, 2k, 3k, \ldots)",
)
def lookahead(
    x,
    before,
    t,
    slow=None,
    *,
    lookahead: Annotated[float, Hyperparameter(0, 20, "whole", label="lookahead steps")] = 0,
    lookahead_alpha: Fraction = 0.5,
):
    """Every few steps, moves back part of the way, which damps oscillations. Slower where the path is straight.

    The optimizer takes a few steps ahead; then the run moves back to a point between where those steps began and where
    they ended. Back-and-forth movement mostly cancels out. SGD therefore tolerates larger learning rates; Momentum does
    not always, because its velocity is not averaged: on the elongated bowl it converges at a learning rate of 1.8, with
    Lookahead it diverges. Alpha is the fraction of the way that is kept.
    """
    slow = before if slow is None else slow
    if t % int(lookahead) == 0:
        x = slow = slow + lookahead_alpha * (x - slow)
    return x, slow
