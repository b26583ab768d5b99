"""Races of optimizers on any loss, in the process of the caller, with a file that the window shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from app.utils.atomic_write import atomic_write, resolve_target
from optimizers import OPTIMIZERS, Optimizer
from optimizers.optimizer import OLD_IDS
from optimizers.vector_descent import descend_vector, initial_vector_point
from surfaces.landscape.landscape import MAX_RUNS
from surfaces.landscape.loss_grid import MAX_GRID, MIN_GRID, LossGrid, check_repeatable, compute_loss_grid
from surfaces.landscape.planes import principal_plane
from surfaces.landscape.recorder import named_arrays, to_float, tree_with_values
from surfaces.landscape.terminal_progress import terminal_progress

MAX_SNAPSHOTS = 100  # of a run
MAX_BYTES = 1 << 30  # of all snapshots
SHOWN_RISE = 10  # times the largest descent of the race: snapshots with a higher loss are not shown
Entry = str | Optimizer | tuple[str | Optimizer, Mapping[str, Any]]


class RecordedRun(NamedTuple):
    """What is kept of a run: some snapshots with their steps, and the loss after every step."""

    steps: list[int]
    snapshots: list[np.ndarray]
    losses: np.ndarray


def race(
    loss_and_gradient: Callable[[Any], tuple[Any, Any]],
    start: Any,
    runs: Mapping[str, Entry],
    steps: int,
    to: str | Path,
    grid: int = 41,
    progress: Callable[[float], object] | None = None,
) -> dict[str, np.ndarray]:
    """Run several optimizers on a loss from the same start, and write their paths on a plane to a file.

    The plane is that of the principal components of all paths. Thalweg opens the file and shows every run at its true
    losses: ``thalweg race.npz``.

    Parameters
    ----------
    loss_and_gradient : callable
        Takes the parameters and returns the loss and its gradient, both in the form of ``start``, as
        ``jax.value_and_grad`` does. It may use any framework and any device; for PyTorch, see Notes.
    start : array or tree of arrays
        The initial parameters: one array, or dicts, lists and tuples of arrays, each of which is a layer.
    runs : mapping
        The name of each run to an optimizer, by its id or itself, or to a pair of that and its hyperparameters:
        ``{"SGD": ("sgd", {"lr": 0.1}), "Adam": "adam"}``. A hyperparameter may be a function of the step.
    steps : int
        Number of steps, at least 1.
    to : str or Path
        The ``.npz`` file.
    grid : int
        Grid lines in each direction, from 5 to 513.
    progress : callable, optional
        Takes the share that is done, between 0 and 1; by default it is written to a terminal, with the time left.

    Returns
    -------
    dict
        The loss before the first step and after each step of every run, shape (steps + 1,); nan after it diverged.

    Raises
    ------
    ValueError
        If an argument is not allowed, or the loss is not finite at the start or differs between two evaluations.
    ExperimentError
        If the file cannot be written.

    Notes
    -----
    Ctrl+C while the plane is computed leaves a file with what is computed so far, from coarse to fine. Snapshots whose
    loss is far above that at the start, as in runs that diverge, are left out of the file.

    With PyTorch, ``model`` and all data on any device::

        from torch.nn.utils import parameters_to_vector, vector_to_parameters

        def loss_and_gradient(vector):
            vector_to_parameters(torch.tensor(vector, dtype=torch.float32), model.parameters())
            loss = criterion(model(inputs), targets)
            gradients = torch.autograd.grad(loss, list(model.parameters()))
            return loss.item(), parameters_to_vector(gradients).cpu().numpy()

        start = parameters_to_vector(model.parameters()).detach().cpu().numpy()
    """
    function, entries = _VectorFunction(loss_and_gradient, start), _check_runs(runs)
    target = _check_arguments(function, steps, to, grid)
    kept = _kept_steps(steps, function.start.nbytes * len(entries))
    report, total = progress or terminal_progress(), steps * len(entries) + grid * grid
    recorded: dict[str, RecordedRun] = {}
    for k, (name, entry) in enumerate(entries.items()):
        for run in _advance(*entry, function, steps, kept):
            recorded[name] = run
            report((k * steps + run.steps[-1]) / total)
    _write_plane(function, _shown(recorded), grid, target, lambda share: report(1 - (1 - share) * grid * grid / total))
    return {name: run.losses for name, run in recorded.items()}


class _VectorFunction:
    """The caller's function over one vector of all parameters."""

    def __init__(self, function: Callable[[Any], tuple[Any, Any]], start: Any) -> None:
        arrays = [array for _, array in named_arrays(start)]
        self.function, self.tree, self.shapes = function, start, [array.shape for array in arrays]
        self.sizes = [array.size for array in arrays]
        self.start = np.concatenate([np.zeros(0), *(array.ravel() for array in arrays)])
        if len(self.start) < 2:
            raise ValueError("a race needs at least two parameters")

    def __call__(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        ends = np.cumsum([0, *self.sizes]).tolist()
        parts = (
            vector[low:high].reshape(shape) for (low, high), shape in zip(pairwise(ends), self.shapes, strict=True)
        )
        loss, gradient = self.function(tree_with_values(self.tree, parts))
        leaves = [leaf for _, leaf in named_arrays(gradient)]
        if [np.size(leaf) for leaf in leaves] != self.sizes:
            raise TypeError("the gradient must have the form of the parameters")
        return to_float(loss), np.concatenate([np.ravel(leaf) for leaf in leaves]).astype(float)


def _check_arguments(function: _VectorFunction, steps: int, to: str | Path, grid: int) -> Path:
    """Return the file; raise ValueError if an argument is not allowed or the loss at the start is not usable."""
    target = resolve_target(Path(to))
    if target.suffix.lower() != ".npz":
        raise ValueError(f"a race is written to an .npz file, not to {to}")
    if steps < 1:
        raise ValueError(f"steps must be at least 1, not {steps}")
    if not MIN_GRID <= grid <= MAX_GRID:
        raise ValueError(f"the grid must have {MIN_GRID} to {MAX_GRID} lines in each direction, not {grid}")
    loss = function(function.start)[0]
    if not math.isfinite(loss):
        raise ValueError(f"the loss at the start is {loss}; a race needs a finite one")
    check_repeatable(lambda vector: function(vector)[0], function.start)
    return target


def _check_runs(runs: Mapping[str, Entry]) -> dict[str, tuple[Optimizer, dict[str, Any]]]:
    """Return the optimizer and all hyperparameters of each run; ValueError if one is unknown or not allowed."""
    if not 1 <= len(runs) <= MAX_RUNS:
        raise ValueError(f"a race has 1 to {MAX_RUNS} runs, not {len(runs)}")
    result = {}
    for name, entry in runs.items():
        optimizer, given = entry if isinstance(entry, tuple) else (entry, {})
        if isinstance(optimizer, str):
            known = OPTIMIZERS.get(OLD_IDS.get(optimizer, optimizer))
            if known is None:
                raise ValueError(f"unknown optimizer {optimizer!r}; choose from {', '.join(OPTIMIZERS)}")
            optimizer = known
        optimizer.check_names(given)
        schedules = {key: value for key, value in given.items() if callable(value)}
        numbers = {key: value for key, value in given.items() if key not in schedules}
        result[str(name)] = optimizer, {**optimizer.check(numbers), **schedules}
    return result


def _kept_steps(steps: int, bytes_per_step: int) -> set[int]:
    """Return the steps of the snapshots, evenly spaced, with the first and the last step; few of a large model."""
    count = min(MAX_SNAPSHOTS, MAX_BYTES // bytes_per_step)
    if count < 3:
        raise ValueError("the parameters of so many runs do not fit into 1 GB of memory; race fewer runs at once")
    return set(np.linspace(0, steps, count).round().astype(int).tolist())


def _advance(
    optimizer: Optimizer, settings: Mapping[str, Any], function: _VectorFunction, steps: int, kept: set[int]
) -> Iterator[RecordedRun]:
    """Yield what is recorded of a run, which grows in place, at every step that is kept."""
    first = initial_vector_point(optimizer, function, function.start, function.sizes)
    run = RecordedRun([0], [first.position], np.full(steps + 1, math.nan))
    run.losses[0] = first.loss
    yield run
    for point in descend_vector(optimizer, function, first, settings, steps, function.sizes):
        if point.diverged:
            return
        run.losses[point.t] = point.loss
        if point.t in kept:
            run.steps.append(point.t)
            run.snapshots.append(point.position)
            yield run


def _shown(recorded: Mapping[str, RecordedRun]) -> dict[str, RecordedRun]:
    """Return the runs without snapshots whose loss is far above that at the start."""
    first = next(iter(recorded.values())).losses[0]
    descent = first - min(float(np.nanmin(run.losses)) for run in recorded.values())
    limit = first + SHOWN_RISE * descent if descent > 0 else math.inf
    result = {}
    for name, run in recorded.items():
        shown = [k for k, step in enumerate(run.steps) if run.losses[step] <= limit]
        result[name] = RecordedRun([run.steps[k] for k in shown], [run.snapshots[k] for k in shown], run.losses)
    return result


def _write_plane(
    function: _VectorFunction, runs: Mapping[str, RecordedRun], grid: int, target: Path, report: Callable[[float], Any]
) -> None:
    """Compute the losses on the plane of all paths, and write the file also if that is interrupted."""
    paths = [np.array(run.snapshots) for run in runs.values() if len(run.snapshots) > 1]
    if not paths:
        raise ValueError("all runs diverged before their second snapshot; choose lower learning rates")
    snapshots = np.array([snapshot for run in runs.values() for snapshot in run.snapshots])
    steps = np.array([step for run in runs.values() for step in run.steps])
    computation = compute_loss_grid(lambda vector: function(vector)[0], principal_plane(paths), snapshots, steps, grid)
    result: LossGrid | None = None
    try:
        for share, known in computation:
            result = known
            report(share)
    finally:
        if result is not None:
            lengths = [len(run.steps) for run in runs.values()]
            with atomic_write(target, "wb") as file:
                np.savez(file, **result.to_arrays(), run_names=list(runs), run_lengths=lengths)
