"""Settings map: what becomes of a run for all pairs of values of two hyperparameters; rate curve: for one of them."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass

import numpy as np

from app.engine.basin_map import make_problem
from app.engine.block_run import Outcomes
from app.engine.learning_rate_grid import common_learning_rates
from app.engine.learning_rate_sweep import is_batched, try_learning_rates
from app.engine.map_job import ALL_ROWS
from app.engine.nearest_minimum import compute_minima
from app.engine.outcomes import compute_outcomes
from app.engine.problem_outcomes import compute_problem_outcomes
from app.engine.rest_classification import DIVERGED
from app.engine.safe_rate import learning_rate_spec
from app.model.run import Run
from app.utils.progress_generators import finish, scaled
from optimizers import Hyperparameter
from optimizers.descent import initial_point
from surfaces import Surface

PARTNERS = ("momentum", "beta2", "beta1", "rho", "beta", "alpha")  # preferred second axes beside the learning rate


@dataclass(frozen=True, eq=False)
class SettingsMap:
    """Outcomes of runs from one start.

    Attributes
    ----------
    names : tuple of str
        The two hyperparameters.
    first, second : ndarray, shapes (n,) and (m,)
        Their values.
    outcome, steps, loss, lowest_loss : ndarray, shape (m, n)
        See ``Outcomes``; rows along the second hyperparameter.
    minima : ndarray, shape (k, 2)
        The minima, the lowest first.
    specs : tuple of Hyperparameter
        The declarations of the two hyperparameters, whose sliders are the axes.
    """

    names: tuple[str, str]
    first: np.ndarray
    second: np.ndarray
    outcome: np.ndarray
    steps: np.ndarray
    loss: np.ndarray
    lowest_loss: np.ndarray
    minima: np.ndarray
    specs: tuple[Hyperparameter, Hyperparameter]

    def includes(self, first: float, second: float) -> bool:
        """Return whether a setting lies on the map."""
        return bool(self.first[0] <= first <= self.first[-1] and self.second[0] <= second <= self.second[-1])


@dataclass(frozen=True, eq=False)
class RateCurve:
    """Outcomes of a run over its learning rate: arrays of shape (n,); ``loss`` is that after all steps."""

    learning_rates: np.ndarray
    outcome: np.ndarray
    steps: np.ndarray
    loss: np.ndarray


def default_names(run: Run) -> tuple[str, str] | None:
    """Return the two hyperparameters that a settings map of a run shows by default; None if it has only one."""
    names = [name for name in run.hyperparameters if run.method.spec(name).scale != "switch"]
    second = next((name for name in (*PARTNERS, *names) if name in names and name != "lr"), None)
    return ("lr", second) if "lr" in names and second is not None else None


def compute_settings_map(
    run: Run,
    surface: Surface,
    start: tuple[float, float],
    steps: int,
    names: tuple[str, str],
    size: int = 50,
    rows: slice = ALL_ROWS,
) -> Generator[float, None, SettingsMap]:
    """Yield the fraction that is done and return the map over two hyperparameters, each over its slider.

    It does not depend on their values in the run. Only some ``rows``, which are along the second hyperparameter, can be
    computed.
    """
    run = with_defaults(run, names)  # the slider of the learning rate depends on the other hyperparameters
    specs = _spec(run, surface, start, names[0]), _spec(run, surface, start, names[1])
    first, second = (_slider_values(spec, size) for spec in specs)
    second = second[rows]
    columns = [values.ravel() for values in np.meshgrid(first, second)]
    outcomes, minima = yield from _outcomes_over(run, surface, start, steps, dict(zip(names, columns, strict=True)))
    shape = (second.size, first.size)
    cells = (outcomes.outcome, outcomes.steps, outcomes.loss, outcomes.lowest_loss)
    outcome, step_counts, loss, lowest_loss = (values.reshape(shape) for values in cells)
    return SettingsMap(names, first, second, outcome, step_counts, loss, lowest_loss, minima, specs)


def settings_map(
    run: Run, surface: Surface, start: tuple[float, float], steps: int, names: tuple[str, str], size: int = 50
) -> SettingsMap:
    """Return the settings map of a run; see ``compute_settings_map``."""
    return finish(compute_settings_map(run, surface, start, steps, names, size))


def with_defaults(run: Run, names: Iterable[str]) -> Run:
    """Return a run with some hyperparameters at their defaults, and without history and appearance."""
    defaults = {name: run.method.spec(name).default for name in names}
    return Run(run.optimizer, {**run.hyperparameters, **defaults})


def compute_rate_curve(
    run: Run, surface: Surface, start: tuple[float, float], steps: int, rates: np.ndarray | None = None
) -> Generator[float, None, RateCurve]:
    """Yield the fraction that is done and return the outcomes over learning rates, by default those of the slider.

    Runs that have arrived are continued for their final loss, as in a sweep of learning rates.
    """
    if rates is None:
        rates = common_learning_rates([run], surface, start)
    computation = _outcomes_over(run, surface, start, steps, {"lr": rates})
    if not is_batched(run, surface) or steps < 1:
        outcomes, _ = yield from computation
        return RateCurve(rates, *outcomes[:3])
    outcomes, _ = yield from scaled(computation, 0.0, 0.5)
    trials = try_learning_rates(run, surface, initial_point(run.method, surface, start), steps, rates)
    loss = (yield from scaled(trials, 0.5, 1.0))[0]
    return RateCurve(rates, np.where(np.isnan(loss), DIVERGED, outcomes.outcome), outcomes.steps, loss)


def setting_values(run: Run, surface: Surface, start: tuple[float, float], name: str, size: int) -> np.ndarray:
    """Return the values of a hyperparameter on an axis of a settings map, at most ``size``."""
    return _slider_values(_spec(run, surface, start, name), size)


def _spec(run: Run, surface: Surface, start: tuple[float, float], name: str) -> Hyperparameter:
    return learning_rate_spec(run, surface, start) if name == "lr" else run.method.spec(name)


def _slider_values(spec: Hyperparameter, count: int) -> np.ndarray:
    """Return the values at evenly spaced positions of a slider, each once."""
    return np.unique([spec.from_slider(k / (count - 1)) for k in range(count)])


def _outcomes_over(
    run: Run, surface: Surface, start: tuple[float, float], steps: int, columns: dict[str, np.ndarray]
) -> Generator[float, None, tuple[Outcomes, np.ndarray]]:
    """Compute a run for each row of columns of hyperparameters.

    Integers and switches must be equal in a batch, so each combination of them is computed by itself.
    """
    if surface.projected_problem is not None:
        return (yield from compute_problem_outcomes(run, surface, start, steps, columns)), np.zeros((0, 2))
    minima = yield from compute_minima(surface, surface.bounds)
    size = next(iter(columns.values())).size
    shared = [name for name in columns if run.method.spec(name).scalar_only]
    _, groups = np.unique(np.array([columns[name] for name in shared] or [np.zeros(size)]), axis=1, return_inverse=True)
    groups = groups.reshape(-1)
    result: Outcomes | None = None
    done = 0
    for k in range(int(groups.max()) + 1):
        indices = np.flatnonzero(groups == k)
        values: dict[str, object] = {**run.hyperparameters}
        for name, column in columns.items():
            values[name] = float(column[indices[0]]) if name in shared else column[indices]
        problem = yield from scaled(make_problem(run, surface, values, minima, steps), done / size, done / size)
        x, y = (np.full(indices.size, coordinate) for coordinate in start)
        computation = compute_outcomes(problem, x, y)
        outcomes, minima = yield from scaled(computation, done / size, (done + indices.size) / size)
        done += indices.size
        if result is None:
            result = Outcomes(*(np.empty(size, values.dtype) for values in outcomes))
        for whole, part in zip(result, outcomes, strict=True):
            whole[indices] = part
    assert result is not None
    return result, minima
