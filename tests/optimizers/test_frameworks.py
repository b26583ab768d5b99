"""Recorded paths of the frameworks, and the mapping of their classes to our optimizers."""

from __future__ import annotations

from array import array

import numpy as np
import pytest

from optimizers import OPTIMIZERS, schedules, trace
from optimizers.descent import descend, initial_point
from optimizers.frameworks import FRAMEWORKS, framework_classes, from_framework, presets
from surfaces import SURFACES
from tests.optimizers import reference
from tests.parity import main as parity

PATHS, MEAN_SQUARE = reference.load()
REPRODUCIBLE = [path for path in PATHS if not path.exempt]
CLASSES = list(dict.fromkeys((path.framework, path.cls) for path in REPRODUCIBLE))


@pytest.mark.slow
@pytest.mark.parametrize(("framework", "cls"), CLASSES)
def test_the_paths_of_a_framework_class_are_reproduced(framework: str, cls: str) -> None:
    own_paths = [path for path in REPRODUCIBLE if (path.framework, path.cls) == (framework, cls)]
    error_ratios = {path.name: reference.compare(path, MEAN_SQUARE)[2] for path in own_paths}
    assert {name: ratio for name, ratio in error_ratios.items() if not ratio <= 1} == {}


@pytest.mark.parametrize("path", [path for path in PATHS if path.averaged], ids=lambda path: path.name)
def test_the_average_of_asgd_is_that_of_torch(path: reference.ReferencePath) -> None:
    id, settings = from_framework(path.framework, path.cls, path.arguments)
    method, surface = OPTIMIZERS[id], reference.surface_of(path, MEAN_SQUARE)
    end = descend(
        method,
        surface,
        initial_point(method, surface, path.start),
        settings,
        path.count,
        array("d"),
        array("d"),
        array("d"),
    )
    averaged_index = list(method.state).index("mean") + 1
    np.testing.assert_allclose([end.x[averaged_index], end.y[averaged_index]], path.averaged, rtol=1e-10)


@pytest.mark.slow
def test_the_parity_report_counts_the_paths(capsys: pytest.CaptureFixture[str]) -> None:
    assert parity() == 0
    assert (
        f"{len(REPRODUCIBLE)} of {len(REPRODUCIBLE)} paths reproduced; {len(PATHS) - len(REPRODUCIBLE)} more"
        in capsys.readouterr().out
    )


def test_the_example_in_the_docstring() -> None:
    result = from_framework("torch", "SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True})
    assert result == ("nesterov", {"lr": 0.1, "momentum": 0.9})


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_class_maps_to_a_method_with_valid_hyperparameters(framework: str) -> None:
    for name in framework_classes(framework):
        required = {"learning_rate": 0.01} if framework in ("optax", "tf1") and name not in ("polyak_sgd",) else {}
        id, settings = from_framework(
            framework, name, {**required, **({"momentum": 0.9} if name == "MomentumOptimizer" else {})}
        )
        assert OPTIMIZERS[id].check(settings).items() >= settings.items()
        assert np.isfinite(trace(id, SURFACES["sphere"], (2.0, 1.0), 5, **settings).positions).all()


@pytest.mark.parametrize(
    ("framework", "name", "arguments", "message"),
    [
        ("jax", "sgd", {}, "no framework 'jax'"),
        ("torch", "Adma", {}, "PyTorch has no 'Adma'"),
        ("torch", "Muon", {}, "needs a matrix"),
        ("torch", "Adam", {"learning_rate": 1}, "unexpected keyword argument 'learning_rate'"),
        ("torch", "Adam", {"maximize": True}, "maximize=True"),
        ("torch", "SGD", {"momentum": 0.9, "dampening": 0.1, "nesterov": True}, "refuses"),
        ("optax", "rprop", {"learning_rate": 0.1}, "update before"),
        ("optax", "adam", {}, "learning_rate"),
        ("optax", "contrib.dog", {"init_step": ("learning_rate", 0.1)}, "no counterpart"),
        ("keras", "ScheduleFreeAdamW", {}, "optax's follows the paper"),
        ("keras", "Adam", {"use_ema": True}, "use_ema=True"),
        ("keras", "Adam", {"clipnorm": 1.0, "clipvalue": 1.0}, "one of clipnorm"),
        ("keras", "Adam", {"epsilom": 1.0}, "epsilom"),
        ("torch", "SGD", {"nesterov": True}, "without momentum"),
        ("torch", "Adam", {"betas": (0.9,)}, "cannot be called so"),
        ("torch", "Adam", {"lr": -1}, "lr of adam must be"),
        ("torch", "Adam", {"weight_decay": np.array([0.0, 0.1])}, "must be a number"),
        ("keras", "AdamW", {"weight_decay": None}, "must be a number, not None"),
        ("optax", "adam", {"learning_rate": 0.1, "mu_dtype": "bfloat16"}, "mu_dtype"),
        ("optax", "optimistic_adam", {"learning_rate": lambda t: 0.1, "optimism": 0.1}, "takes no schedule"),
        ("optax", "adadelta", {"learning_rate": None}, "climbs"),
        ("tf1", "AdagradDAOptimizer", {}, "dual averaging"),
    ],
)
def test_a_call_without_counterpart_raises_an_error_with_a_message(
    framework: str, name: str, arguments: dict, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        from_framework(framework, name, arguments)


def test_presets_are_framework_defaults_of_an_methodand_its_variants() -> None:
    calls = {preset.call: preset for preset in presets("adam")}
    assert set(calls) == {
        "torch.optim.Adam()",
        "optax.adam()",
        "keras.optimizers.Adam()",
        "tf.compat.v1.train.AdamOptimizer()",
    }
    assert calls["keras.optimizers.Adam()"].id == "adam_keras"
    assert calls["keras.optimizers.Adam()"].hyperparameters["eps"] == 1e-7
    assert {preset.call for preset in presets("dog")} == {"optax.contrib.dog()"}
    assert "tf.compat.v1.train.MomentumOptimizer(momentum=0.9)" in {preset.call for preset in presets("momentum")}
    assert presets("adam_keras") == presets("adam")
    assert {preset.id for preset in presets("momentum")} == {"momentum", "momentum_torch"}
    for optimizer in OPTIMIZERS:
        for preset in presets(optimizer):
            OPTIMIZERS[preset.id].check(preset.hyperparameters)


SCHEDULES = {
    "torch.StepLR(step_size=30,gamma=0.1)": schedules.step(0.1),
    "torch.MultiStepLR(milestones=[20,50,80],gamma=0.5)": schedules.milestones(0.1, [20, 50, 80], 0.5),
    "torch.ExponentialLR(gamma=0.95)": schedules.exponential(0.1),
    "torch.CosineAnnealingLR(T_max=100,eta_min=0.001)": schedules.cosine(0.1, 100, 0.001),
    "torch.CosineAnnealingWarmRestarts(T_0=20,T_mult=2)": schedules.warm_restarts(0.1),
    "torch.LinearLR(start_factor=1/3,end_factor=1,total_iters=10)": schedules.linear(0.1, 10, 1 / 3, 1),
    "torch.PolynomialLR(total_iters=100,power=2)": schedules.polynomial(0.1, 100, 2),
    "torch.OneCycleLR(max_lr=0.1,total_steps=100)": schedules.one_cycle(0.1, 100),
    "torch.CyclicLR(base_lr=0.01,max_lr=0.1,step_size_up=10)": schedules.cyclic(0.01, 0.1),
    "optax.exponential_decay(0.1,transition_steps=10,decay_rate=0.9)": schedules.exponential(0.1, 0.9, 10),
    "optax.cosine_decay_schedule(0.1,decay_steps=100,alpha=0.01)": schedules.cosine(0.1, 100, 0.001),
    "optax.warmup_cosine_decay_schedule(0,0.1,10,100,0.001)": schedules.warm_up(schedules.cosine(0.1, 90, 0.001), 10),
    "optax.polynomial_schedule(0.1,0.001,2,100)": schedules.polynomial(0.1, 100, 2, 0.001),
}


@pytest.mark.parametrize(("name", "expected"), reference.schedules().items())
def test_a_schedule_gives_the_learning_rates_of_the_framework(name: str, expected: list[float]) -> None:
    np.testing.assert_allclose([SCHEDULES[name](t) for t in range(1, 101)], expected, rtol=1e-13, atol=1e-17)


@pytest.mark.parametrize(
    ("create", "name"),
    [
        (lambda: schedules.step(0.1, 0), "step_size"),
        (lambda: schedules.cosine(0.1, 0), "steps"),
        (lambda: schedules.linear(0.1, -3), "steps"),
        (lambda: schedules.polynomial(0.1, 0), "steps"),
        (lambda: schedules.warm_restarts(0.1, 0), "first_period"),
        (lambda: schedules.warm_restarts(0.1, 5, 0), "factor"),
        (lambda: schedules.cyclic(0.1, 0.2, 0), "half_period"),
        (lambda: schedules.one_cycle(0.1, 0), "steps"),
        (lambda: schedules.inverse_sqrt(0.1, 0), "warmup"),
        (lambda: schedules.warm_up(schedules.constant(0.1), 0), "steps"),
    ],
)
def test_a_schedule_without_length_is_rejected(create, name: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=f"^{name} must be at least 1"):
        create()


def test_schedules_of_one_step_and_at_large_t() -> None:
    assert schedules.one_cycle(0.1, 1)(1) > 0
    assert schedules.one_cycle(0.1, 1, rise_fraction=1.0)(1) > 0
    assert schedules.warm_restarts(0.1, 5, 1)(10**9) == schedules.warm_restarts(0.1, 5, 1)(10**9 % 5)


def test_the_inverse_square_root_peaks_after_its_warmup() -> None:
    rate = schedules.inverse_sqrt(0.2, 10)
    assert [rate(5), rate(10), rate(40)] == pytest.approx([0.1, 0.2, 0.1])
    assert schedules.constant(0.3)(99) == 0.3
