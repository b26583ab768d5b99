"""Computation: one step of a single run, and batches of runs."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from math import sqrt
from time import process_time

import numpy as np

from app.engine.basin_map import BasinMap, basin_map
from app.engine.learning_rate_sweep import sweep_learning_rates
from app.engine.race import Race
from app.engine.safe_rate import safe_learning_rate
from app.model.experiment import Experiment
from app.model.run import Run
from app.plotting.maps.outcome_image import OutcomeImage
from app.theming.theme import LIGHT
from optimizers import OPTIMIZERS, trace
from surfaces import SURFACES
from surfaces.formula.catalog_texts import catalog_text
from surfaces.formula.formula import read_formula
from surfaces.surface import SurfaceFunction
from tests.benchmark.measure import Row, faster, median, slower

STEP_COUNT = 100_000
START_COUNT, BATCH_STEPS = 40_000, 200
LEARNING_RATE = 1e-4
FORMULA_POINTS = 10_000  # of an array


def step() -> Iterator[Row]:
    """Measure one step of Adam on Rosenbrock through Race, which stores the trajectory."""
    experiment = Experiment("rosenbrock", (-1.5, 2.0), (Run("adam", {"lr": 1e-3}),))

    def ours() -> None:
        Race(experiment).advance(STEP_COUNT)

    cost, floor = (median(work, 7) * 1e3 / STEP_COUNT for work in (ours, _inlined_adam))
    yield slower("step", "Adam through Race", cost, "us", "inlined by hand on floats", floor, 2.5)
    yield faster("step", "Adam through Race", cost, "us", "torch.optim.Adam", _torch(), 20)


def _inlined_adam() -> tuple[float, float]:
    x, y, lr, beta1, beta2, eps = -1.5, 2.0, 1e-3, 0.9, 0.999, 1e-8
    mx = my = vx = vy = 0.0
    a, b = 1 - x, y - x * x
    xs, ys, losses = [x], [y], [a * a + 100 * b * b]
    for t in range(1, STEP_COUNT + 1):
        gx, gy = -2 * a - 400 * x * b, 200 * b
        mx, my = beta1 * mx + (1 - beta1) * gx, beta1 * my + (1 - beta1) * gy
        vx, vy = beta2 * vx + (1 - beta2) * gx * gx, beta2 * vy + (1 - beta2) * gy * gy
        c1, c2 = 1 - beta1**t, 1 - beta2**t
        x -= lr * (mx / c1) / (sqrt(vx / c2) + eps)
        y -= lr * (my / c1) / (sqrt(vy / c2) + eps)
        a, b = 1 - x, y - x * x
        xs.append(x)
        ys.append(y)
        losses.append(a * a + 100 * b * b)
    return x, y


def _torch() -> float | None:
    """Return microseconds per step with the same gradient written by hand; None where torch is not installed."""
    if importlib.util.find_spec("torch") is None:
        return None
    import torch

    point = torch.tensor([-1.5, 2.0], dtype=torch.float64)
    adam = torch.optim.Adam([point], lr=1e-3)
    point.grad = torch.zeros(2, dtype=torch.float64)
    count = 2000

    def once() -> None:
        for _ in range(count):
            x, y = point.tolist()
            a, b = 1 - x, y - x * x
            point.grad[0], point.grad[1] = -2 * a - 400 * x * b, 200 * b
            adam.step()

    return median(once, 3) * 1e3 / count


def start_grid() -> tuple[np.ndarray, np.ndarray]:
    side = int(START_COUNT**0.5)
    x, y = np.meshgrid(np.linspace(-2, 2, side), np.linspace(-1, 3, side))
    return x.ravel(), y.ravel()


def grid_map() -> Iterator[Row]:
    """Measure Adam from 40,000 starts over 200 steps, final positions only."""
    surface, start = SURFACES["rosenbrock"], start_grid()

    def plain() -> np.ndarray:
        p = np.column_stack(start)
        m, v = np.zeros_like(p), np.zeros_like(p)
        for t in range(1, BATCH_STEPS + 1):
            x, y = p[:, 0], p[:, 1]
            grad = np.column_stack([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])
            m = 0.9 * m + 0.1 * grad
            v = 0.999 * v + 0.001 * grad * grad
            p = p - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        return p

    def ours() -> np.ndarray:
        return trace("adam", surface, start, BATCH_STEPS, last=True, lr=0.01).positions

    assert np.allclose(ours()[0].T, plain())
    yield slower("map", "Adam, 40,000 x 200", median(ours, 5), "ms", "plain numpy on (40000, 2)", median(plain, 5), 0.7)


def basin_drag() -> Iterator[Row]:
    """Measure the basin maps that follow a dragged hyperparameter, for nine of ten batched methods."""
    batched = [name for name, method in OPTIMIZERS.items() if method.batched]
    for size in (50, 25):  # the small one comes first where the other is too slow
        cost = 1000 * float(np.quantile([_basin_map_seconds(name, size) for name in batched], 0.9))
        yield slower("basin drag", f"{size} x {size} x 500, 90 % of batched methods", cost, "ms", "60 ms", 60.0, 1.0)


def _basin_map_seconds(name: str, size: int) -> float:
    """Return the processor time of a basin map on Himmelblau with its colors."""
    surface, run, times = SURFACES["himmelblau"], Run(name), []
    assert surface.start is not None
    if run.method.has_learning_rate:
        run = run.with_learning_rate(safe_learning_rate(run, surface, surface.start))
    for _ in range(3):
        start_time = process_time()
        result = basin_map(run, surface, 500, size)
        OutcomeImage(result.outcome, result.steps, len(result.minima)).colors(LIGHT)
        times.append(process_time() - start_time)
    return min(times)


def basins() -> Iterator[Row]:
    """Measure the basin map of Adam on Himmelblau: 40,000 starts, 500 steps; arrived runs are left out."""
    surface, run, steps, side = SURFACES["himmelblau"], Run("adam", {"lr": 0.1}), 500, 200
    x, y = np.meshgrid(*(np.linspace(low, high, side) for low, high in surface.bounds))

    def plain() -> np.ndarray:
        p = np.column_stack([x.ravel(), y.ravel()])
        m, v = np.zeros_like(p), np.zeros_like(p)
        for t in range(1, steps + 1):
            a, b = p[:, 0] ** 2 + p[:, 1] - 11, p[:, 0] + p[:, 1] ** 2 - 7
            grad = np.column_stack([4 * p[:, 0] * a + 2 * b, 2 * a + 4 * p[:, 1] * b])
            m = 0.9 * m + 0.1 * grad
            v = 0.999 * v + 0.001 * grad * grad
            p = p - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        return p

    def ours() -> BasinMap:
        return basin_map(run, surface, steps, side)

    result, ends = ours(), plain()
    arrived = result.outcome.ravel() >= 0
    distance = np.hypot(*(ends[arrived] - result.minima[result.outcome.ravel()[arrived]]).T)
    assert (distance < 2e-3).mean() > 0.999  # a few leave again after they were left out
    yield slower("basins", "Adam, 40,000 x 500", median(ours, 5), "ms", "plain numpy, all steps", median(plain, 5), 0.7)


def tune() -> Iterator[Row]:
    """Measure the search for the best of 60 learning rates, 500 steps each."""
    surface = SURFACES["rosenbrock"]
    for name in ("sgd", "adam"):
        run = Run(name)

        def ours(run: Run = run) -> None:
            for _ in sweep_learning_rates(run, surface, (-1.5, 2.0), 500):
                pass

        def one_by_one(name: str = name) -> None:
            for rate in np.geomspace(1e-6, 10, 60):
                trace(name, surface, (-1.5, 2.0), 500, lr=rate)

        yield faster(
            "tune",
            f"{name}, 60 rates x 500",
            median(ours, 5),
            "ms",
            "one rate after the other",
            median(one_by_one, 5),
            1.0,
            limit=300.0,
        )


def batch() -> Iterator[Row]:
    """Measure momentum on Rosenbrock from 40,000 starts, per point and step."""
    surface, start = SURFACES["rosenbrock"], start_grid()

    def plain() -> tuple[np.ndarray, np.ndarray]:
        x, y = (column.copy() for column in start)
        u, v, b, grad_x, grad_y = (np.zeros_like(x) for _ in range(5))
        for _ in range(BATCH_STEPS):
            np.multiply(x, x, out=b)
            np.subtract(y, b, out=b)  # y - x^2
            np.multiply(x, b, out=grad_x)
            np.multiply(grad_x, -400, out=grad_x)
            np.multiply(x, 2, out=grad_y)
            np.add(grad_x, grad_y, out=grad_x)
            np.subtract(grad_x, 2, out=grad_x)
            np.multiply(b, 200, out=grad_y)
            for position, velocity, grad in ((x, u, grad_x), (y, v, grad_y)):
                np.multiply(grad, LEARNING_RATE, out=grad)
                np.multiply(velocity, 0.9, out=velocity)
                np.subtract(velocity, grad, out=velocity)
                np.add(position, velocity, out=position)
        return x, y

    def ours() -> np.ndarray:
        return trace("momentum", surface, start, BATCH_STEPS, last=True, lr=LEARNING_RATE).positions

    assert np.allclose(ours()[0], plain())
    scale = 1e6 / (START_COUNT * BATCH_STEPS)
    yield slower(
        "batch",
        "momentum, 40,000 starts",
        median(ours, 7) * scale,
        "ns",
        "two columns in place",
        median(plain, 7) * scale,
        1.3,
    )


def formula() -> Iterator[Row]:
    """Measure typed formulas against the functions of the catalog, as medians of the ratios over all surfaces."""
    floats, arrays, costs = [], [], []
    generator = np.random.default_rng(1)
    for surface in SURFACES.values():
        if surface.with_data is not None:
            continue
        typed = read_formula(catalog_text(surface)).function({})
        x, y = (generator.uniform(*limits, FORMULA_POINTS) for limits in surface.bounds)
        points = list(zip(x.tolist()[:1000], y.tolist()[:1000], strict=True))
        own, reference = (_evaluate_times(function, points, x, y) for function in (typed, surface.function))
        floats.append(own[0] / reference[0])
        arrays.append(own[1] / reference[1])
        costs.append((*own, *reference))
    middle = np.median(costs, axis=0).tolist()
    for k, (case, ratios, target) in enumerate((("floats", floats, 1.2), ("arrays", arrays, 1.3))):
        case = f"typed, {case}, median of {len(ratios)} surfaces"
        ratio = float(np.median(ratios))
        yield Row("formula", case, middle[k], "us", "written by hand", middle[2 + k], ratio, "<=", target)


def _evaluate_times(
    function: SurfaceFunction, points: list[tuple[float, float]], x: np.ndarray, y: np.ndarray
) -> tuple[float, float]:
    """Return the microseconds of an evaluation with its gradient on two floats, and on arrays."""

    def on_floats() -> None:
        for point in points:
            function(*point)

    def on_arrays() -> None:
        with np.errstate(all="ignore"):
            for _ in range(10):
                function(x, y)

    return median(on_floats, 7) * 1e3 / len(points), median(on_arrays, 7) * 1e3 / 10
