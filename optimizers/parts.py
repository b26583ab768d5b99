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

``x`` and ``grad`` have shape (2, *batch). The first hyperparameter has the name of the modifier; 0 means off.
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
    source="Robbins & Monro 1951, doi:10.1214/aoms/1177729586, with the mean over a few of the data points as "
    "the observation; Bottou, Curtis & Nocedal 2018, arXiv:1606.04838, section 3",
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
    """Takes the gradient of a few data points, drawn anew for every update, the same for every run with the same seed.
    Cheap and shaky: comes near quickly, then wanders unless the rate falls. Changes nothing on a surface that is not
    made from data.

    A loss made from data is a mean over its points, and so is its gradient. The mean over a few points, drawn anew for
    every update, points in the right direction on average and costs far less on large data, but it differs from update
    to update. A batch size of 1 shakes most; compare batch sizes with the same seed, then let a schedule lower the
    learning rate to calm them.
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
    """Takes the gradient where the surface is highest nearby, and so prefers wide minima. Circles about a narrow one.

    It first goes uphill by the SAM radius, to about the highest place nearby, and takes the gradient from there. In a
    narrow basin the ground rises quickly within that radius, so that the run is driven out of it; in a wide one it
    hardly matters. Each update costs two gradients. Try a radius of about the width of the basins on a surface with
    many minima.
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
    noise: Annotated[float, Hyperparameter(1e-3, 100.0, "log", label="noise")] = 0.0,
    noise_decay: Annotated[float, Hyperparameter(0.0, 2.0, maximum=10.0)] = 0.0,
    noise_seed: Seed = 0,
):
    """Gaussian, the same for every run with the same seed. Shakes a run off saddles and out of small basins, and never
    rests.

    To every gradient it adds a random vector, as measured gradients or mini-batches would have it. Noise carries a run
    off saddles and out of shallow basins, but near a minimum the run keeps trembling, the more the larger the learning
    rate. With noise decay the noise fades with the number of updates; another seed gives another draw.
    """
    sample = np.random.default_rng((int(noise_seed), t)).standard_normal(2).reshape(2, *(1,) * (np.ndim(grad) - 1))
    return grad + noise * sample / t ** (noise_decay / 2)


@modifier(
    "Clip gradient by value",
    source="each coordinate on its own; torch.nn.utils.clip_grad_value_",
    default_strength=1.0,
    formula=r"\tilde{g}_t = \min(\max(g_t, -c), c)",
)
def clip_value(x, grad, t, *, clip_value: Positive = 0.0):
    """Keeps each coordinate of the gradient within bounds; survives cliffs, but bends the direction.

    Each coordinate of the gradient that is larger than the bound is cut to it. Thus a cliff cannot throw the run far
    away. As only the large coordinate is shortened the direction changes: compare with the part Clip gradient by norm.
    """
    return where(clip_value == 0, grad, maximum(minimum(grad, clip_value), -clip_value))


@modifier(
    "Clip gradient by norm",
    source="Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063, algorithm 1",
    default_strength=1.0,
    formula=r"\tilde{g}_t = \min\left(1, \dfrac{c}{\|g_t\|}\right) g_t",
)
def clip_norm(x, grad, t, *, clip_norm: Positive = 0.0):
    """Shortens a gradient that is too long and keeps its direction; survives cliffs, but makes far starts slow.

    A gradient longer than the bound is shortened to it, and its direction stays. Thus a cliff cannot throw the run far
    away, and where the surface is gentle nothing changes. Choose the bound near the length of the usual gradients on
    the way; rules that divide by the size of the gradient hardly feel it.
    """
    grad_norm = norm(grad)
    return where((clip_norm > 0) & (grad_norm > clip_norm), grad * ratio(clip_norm, grad_norm), grad)


@modifier(
    "Weight decay (L2)",
    source="Hanson & Pratt 1988, NIPS 1:177; added to the gradient, as in torch's SGD and Adam",
    default_strength=0.01,
    penalty=True,
    formula=r"\tilde{g}_t = g_t + \lambda x_{t-1}",
)
def weight_decay(x, grad, t, *, weight_decay: WeightDecay = 0.0):
    """Pulls towards the origin through the gradient; an adaptive rule divides that pull by its own scale.

    It adds to the loss half the square of the distance from the origin, times weight decay, which is called an L2
    penalty. Weights of a model stay small that way. Here it moves the minimum towards the origin: raise it and watch
    where the run comes to rest.
    """
    return grad + weight_decay * x


@modifier(
    "Weight decay (decoupled)",
    source="Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 1; times the learning rate",
    default_strength=0.01,
    formula=r"\tilde{x}_{t-1} = (1 - \eta \lambda) x_{t-1}",
)
def decoupled_weight_decay(x, lr, t, *, decoupled_weight_decay: DecoupledDecay = 0.0):
    """Pulls towards the origin beside the gradient, so that momentum and adaptive scales do not feel it.

    In every update the position is drawn towards the origin by a share of its length, before the rule makes its step.
    Since the pull does not pass through the gradient, a rule like Adam cannot divide it by its scale. Compare it with
    Weight decay (L2) on Adam and on SGD; on SGD the two do the same.
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
    """Every few steps goes back part of the way, which calms a rule that swings. Slower where the way is straight.

    The rule makes a few steps ahead, and then the run is set back to a point between where these began and where they
    ended. What swings to and fro in those steps mostly cancels, so that larger learning rates become bearable. Alpha is
    how much of the way is kept.
    """
    slow = before if slow is None else slow
    if t % int(lookahead) == 0:
        x = slow = slow + lookahead_alpha * (x - slow)
    return x, slow
