"""Complete paths: shapes, schedules, overflow, and the class form."""

from __future__ import annotations

import numpy as np
import pytest

import optimizers
from app.engine.race import Race
from app.model.experiment import Experiment
from app.model.run import Run
from optimizers import trace
from optimizers.descent import initial_point
from optimizers.trace import BLOCK_SIZE
from optimizers.updater import UPDATERS
from surfaces import SURFACES

BOWL = SURFACES["elongated_bowl"]


def test_shapes_of_the_path() -> None:
    path = trace("adam", BOWL, (np.zeros((4, 1)), np.ones(3)), 7, lr=0.1)
    assert path.positions.shape == (8, 2, 4, 3)
    assert path.losses.shape == (8, 4, 3)
    assert path.positions.dtype == path.losses.dtype == np.float64
    assert trace("adam", BOWL, (1, 2), 0).positions.tolist() == [[1.0, 2.0]]


def test_last_keeps_only_the_last_row() -> None:
    starts = np.linspace(-5, 5, 9), np.linspace(3, -3, 9)
    for start in (starts, (1.0, 2.0)):
        full, last = trace("rmsprop", BOWL, start, 20), trace("rmsprop", BOWL, start, 20, last=True)
        np.testing.assert_array_equal(full.positions[-1:], last.positions)
        np.testing.assert_array_equal(full.losses[-1:], last.losses)


def test_blocks_do_not_change_the_result() -> None:
    x = np.linspace(-5, 5, BLOCK_SIZE + 37)
    learning_rates = np.linspace(0.01, 0.5, x.size)
    path = trace("momentum", BOWL, (x, 1.0), 5, lr=learning_rates)
    for k in (0, BLOCK_SIZE - 1, BLOCK_SIZE, x.size - 1):
        np.testing.assert_allclose(
            path.positions[..., k], trace("momentum", BOWL, (x[k], 1.0), 5, lr=learning_rates[k]).positions, rtol=1e-13
        )


def test_a_hyperparameter_can_be_a_function_of_the_step() -> None:
    def decayed(t: int) -> float:
        return 0.1 / t

    single = trace("sgd", BOWL, (4.0, 1.0), 3, lr=decayed).positions
    x = 4.0
    for t in (1, 2, 3):
        x -= 0.1 / t * x / 10
    assert single[3, 0] == pytest.approx(x, abs=1e-15)
    np.testing.assert_allclose(trace("sgd", BOWL, (np.array([4.0]), 1.0), 3, lr=decayed).positions[..., 0], single)
    batch = trace("sgd", BOWL, (4.0, 1.0), 3, lr=lambda t: np.array([0.1, 0.2]) / t).positions
    np.testing.assert_allclose(batch[..., 0], single)


def test_single_runs_and_batches_are_nan_from_the_same_step_after_overflow() -> None:
    single = trace("sgd", BOWL, (-7.0, 2.0), 2000, lr=5.0)
    batch = trace("sgd", BOWL, (np.array([-7.0, 0.0]), np.array([2.0, 0.0])), 2000, lr=5.0)
    first = int(np.argmax(np.isnan(single.losses)))
    assert 100 < first < 2000
    assert np.isnan(single.positions[first:]).all()
    assert np.isfinite(single.positions[:first]).all()
    np.testing.assert_array_equal(np.isnan(batch.losses[:, 0]), np.isnan(single.losses))
    assert np.isfinite(batch.losses[:, 1]).all()


def test_an_infinite_position_with_finite_loss_ends_the_run() -> None:
    def ramp(x, y):  # type: ignore[no-untyped-def]
        return x * 0.0 if abs(x) < 1e308 else 1.0, (-1e307 + 0.0 * x, y * 0.0)

    single = trace("momentum", ramp, (0.0, 1.0), 30, lr=10.0)
    first = int(np.argmax(np.isnan(single.losses)))
    assert 1 < first < 30
    assert np.isfinite(single.positions[:first]).all()
    assert np.isnan(single.positions[first:]).all()
    full = Race(Experiment("sphere", (0.0, 1.0), (Run("momentum", {"lr": 10.0}),)))
    trajectory = full.trajectories[0]
    trajectory.surfaces_by_step = [(0, ramp)]
    trajectory.head = initial_point(trajectory.method, ramp, (0.0, 1.0))
    trajectory.advance(30)
    assert trajectory.diverged_at == first
    assert trajectory.last_step == first - 1


def test_any_callable_is_a_surface() -> None:
    path = trace("sgd", lambda x, y: (x * x + y, (2 * x, 1.0)), (1.0, 0.0), 2, lr=0.25)
    assert path.positions.tolist() == [[1.0, 0.0], [0.5, -0.25], [0.25, -0.5]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("adma", (0, 0), 1, {}), "unknown optimizer 'adma'"),
        (("sgd", (0, 0), 1, {"momentum": 1}), "has no hyperparameter 'momentum'"),
        (("sgd", (0, 0), -1, {}), "steps must be"),
        (("sgd", (0, 0, 0), 1, {}), "start must be a pair"),
        (("sgd", 0.0, 1, {}), "start must be a pair"),
    ],
)
def test_wrong_arguments_raise_an_error_with_a_message(arguments: tuple, message: str) -> None:
    name, start, steps, settings = arguments
    with pytest.raises(ValueError, match=message):
        trace(name, BOWL, start, steps, **settings)


def test_the_name_of_a_surface_is_rejected() -> None:
    with pytest.raises(
        TypeError, match=r"surface must be a function \(x, y\) -> loss, \(grad_x, grad_y\), not 'sphere'"
    ):
        trace("sgd", "sphere", (0, 0), 1)  # type: ignore[arg-type]


def test_the_class_form_has_attributes_and_defaults() -> None:
    from optimizers import SGD, Momentum

    assert (Momentum(1, 1).lr, Momentum(1, 1).momentum) == (1, 1)
    assert (Momentum().lr, Momentum().momentum) == (0.01, 0.9)
    assert SGD(0.95).lr == 0.95
    with pytest.raises(TypeError, match="at most 1"):
        SGD(0.1, 0.2)
    with pytest.raises(TypeError, match="twice"):
        SGD(0.1, lr=0.2)
    with pytest.raises(ValueError, match="≥ 0"):
        SGD(-1)


@pytest.mark.parametrize("name", [name for name, updater in UPDATERS.items() if updater.optimizer.separable])
def test_the_class_form_gives_the_path_of_trace(name: str) -> None:
    optimizer = UPDATERS[name].optimizer
    path = trace(optimizer, BOWL, (-7.0, 2.0), 30, lr=0.1).positions
    updater = getattr(optimizers, name)(lr=0.1)
    floats = {"x": -7.0, "y": 2.0}
    arrays = {"both": np.array([-7.0, 2.0])}
    array_updater = getattr(optimizers, name)(lr=0.1)
    original_array = arrays["both"]
    for t in range(30):
        updater.update(floats, {"x": floats["x"] / 10, "y": 2 * floats["y"]})
        array_updater.update(arrays, {"both": arrays["both"] * np.array([0.1, 2.0])})
        assert (floats["x"], floats["y"]) == tuple(path[t + 1])
        np.testing.assert_allclose(arrays["both"], path[t + 1], rtol=1e-9)
    assert arrays["both"] is original_array, "arrays are updated in place"


def test_an_optimizer_with_a_new_displayed_name_keeps_its_class() -> None:
    for name in ("AveragedMomentum", "SteepestDescentArmijo", "ConjugateGradientPR"):
        assert getattr(optimizers, name)().optimizer.id in optimizers.OPTIMIZERS


def test_the_class_form_accepts_changes_and_reports_missing_gradients() -> None:
    from optimizers import SGD

    sgd, params = SGD(0.5), {"w": np.array([1, 2]), "b": 1.0}
    sgd.update(params, {"w": np.ones(2), "b": 1.0})
    sgd.lr = 0.1
    sgd.update(params, {"w": np.ones(2), "b": 1.0})
    np.testing.assert_allclose(params["w"], [0.4, 1.4])
    with pytest.raises(KeyError, match="no gradient for 'w'"):
        sgd.update(params, {"b": 1.0})
    assert params["b"] == pytest.approx(0.4)
    with pytest.raises(AttributeError):
        _ = optimizers.Adma
    assert "Adam" in dir(optimizers)


def test_a_surface_of_numpy_scalars_may_overflow_without_a_warning() -> None:
    def quartic(x, y):  # type: ignore[no-untyped-def]
        return np.float64(x) ** 4 + np.exp(np.float64(y)), (4 * np.float64(x) ** 3, np.exp(np.float64(y)))

    for optimizer in ("sgd", "adam", "dog", "bfgs"):
        path = trace(optimizer, quartic, (50.0, 3.0), 40, lr=10.0)
        assert path.positions.shape == (41, 2)
    assert np.isnan(trace("sgd", quartic, (50.0, 3.0), 40, lr=10.0).losses[-1])


@pytest.mark.parametrize("start", [(1, 2), (np.float64(1), np.int64(2)), (np.array(1.0), np.array(2))])
def test_integers_and_numpy_scalars_are_a_single_start(start: tuple) -> None:
    path = trace("adam", BOWL, start, 5, lr=np.float64(0.1))
    np.testing.assert_array_equal(path.positions, trace("adam", BOWL, (1.0, 2.0), 5, lr=0.1).positions)


def test_an_empty_batch_gives_an_empty_path() -> None:
    for optimizer in ("adam", "bfgs"):
        path = trace(optimizer, BOWL, (np.zeros(0), np.zeros(0)), 4)
        assert path.positions.shape == (5, 2, 0)
