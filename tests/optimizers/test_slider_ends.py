"""Both ends of every slider, and the smallest and largest allowed values, of every optimizer and modifier."""

from __future__ import annotations

import math
from itertools import combinations, product

import numpy as np
import pytest

from app.model.number_stepping import step_value
from optimizers import OPTIMIZERS, Hyperparameter, Optimizer, trace
from optimizers.frameworks import from_framework
from optimizers.optimizer import MODIFIERS
from surfaces import SURFACES

STARTS = {"sphere": (1.0, 0.5), "rosenbrock": (-1.5, 2.0), "linear_regression": (0.5, -1.0)}
OVERFLOW = 1e20  # a run that is farther away than this diverges


def flat_along_y(x, y):  # type: ignore[no-untyped-def]
    """Return loss and gradient of x^2 / 2, with gradient 0 in y everywhere and in x at 0."""
    return x * x / 2 + 0 * y, (x, 0 * y)


def ends(spec: Hyperparameter) -> list[float]:
    """Return the values at the ends of the slider and of the allowed range."""
    limits = (limit for limit in (spec.minimum, spec.maximum) if math.isfinite(limit))
    return sorted({spec.from_slider(0.0), spec.from_slider(1.0), *limits})


def check_finite(method: Optimizer, settings: dict[str, float]) -> None:
    """Check that a run stays finite unless it diverges step by step."""
    for surface, start in STARTS.items():
        with np.errstate(all="ignore"):
            positions = trace(method, SURFACES[surface], start, 12, **settings).positions
        finite = np.isfinite(positions).all(axis=1)
        if not finite.all():
            before = np.abs(positions[np.argmin(finite) - 1]).max()
            assert before > OVERFLOW, f"{method.id} {settings} on {surface}: nan at {before:.3g} from the origin"


@pytest.mark.parametrize("method", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_both_ends_of_every_slider_give_finite_numbers(method: Optimizer) -> None:
    for name, spec in method.hyperparameters.items():
        for value in ends(spec):
            check_finite(method, {name: value})


@pytest.mark.parametrize("id", MODIFIERS)
def test_both_ends_of_every_slider_of_a_modifier_give_finite_numbers(id: str) -> None:
    modifier = MODIFIERS[id]
    for name, spec in modifier.hyperparameters.items():
        for value in ends(spec):
            for method in (OPTIMIZERS["sgd"], OPTIMIZERS["adam"]):
                check_finite(method, {"lr": 1e-3, id: modifier.default_strength, name: value})


def check_zero_gradient(method: Optimizer, settings: dict[str, float]) -> None:
    """Check that a run and a batch stay finite where the gradient is exactly 0, in one coordinate or in both."""
    for start in ((0.0, 0.0), (0.0, 0.5), (1e-200, 0.5)):
        batch = tuple(np.full(2, coordinate) for coordinate in start)
        for first in (start, batch):
            with np.errstate(all="ignore"):
                positions = trace(method, flat_along_y, first, 4, **settings).positions
            assert np.isfinite(positions).all(), f"{method.id} {settings} from {start}: {positions[1]}"


@pytest.mark.parametrize("method", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_gradient_of_zero_gives_finite_numbers_at_both_ends_of_every_range(method: Optimizer) -> None:
    for name, spec in method.hyperparameters.items():
        for value in ends(spec):
            check_zero_gradient(method, {name: value})


@pytest.mark.slow
@pytest.mark.parametrize("method", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_gradient_of_zero_gives_finite_numbers_at_the_ends_of_two_ranges(method: Optimizer) -> None:
    for (first, first_spec), (second, second_spec) in combinations(method.hyperparameters.items(), 2):
        for values in product(ends(first_spec), ends(second_spec)):
            if all(value <= 1000 for value in values):  # larger ones overflow, or take minutes if they are counts
                check_zero_gradient(method, dict(zip((first, second), values, strict=True)))


@pytest.mark.parametrize("id", MODIFIERS)
def test_a_gradient_of_zero_gives_finite_numbers_with_every_modifier(id: str) -> None:
    modifier = MODIFIERS[id]
    for name, spec in modifier.hyperparameters.items():
        for value in ends(spec):
            for rule in ("sgd", "adam", "normalized_gradient"):
                eps = {"eps": 0.0} if "eps" in OPTIMIZERS[rule].hyperparameters else {}
                check_zero_gradient(OPTIMIZERS[rule], {**eps, id: modifier.default_strength, name: value})


@pytest.mark.parametrize("id", [id for id, method in OPTIMIZERS.items() if "eps" in method.hyperparameters])
def test_a_gradient_that_becomes_zero_later_keeps_the_run_finite_without_epsilon(id: str) -> None:
    """In y, the gradient is 0 from the second step on."""

    def step_in_y(x, y):  # type: ignore[no-untyped-def]
        return x * x / 2 + 0 * y, (x, (x == 1.0) * 1.0 + 0 * y)

    decays = {name: 0.0 for name in ("beta2", "rho", "nu2") if name in OPTIMIZERS[id].hyperparameters}
    with np.errstate(all="ignore"):
        for settings in ({"eps": 0.0}, {"eps": 0.0, **decays}):
            assert np.isfinite(trace(id, step_in_y, (1.0, 0.5), 6, **settings).positions).all(), settings


def test_schedule_free_without_beta_is_gradient_descent_with_an_average_beside_it() -> None:
    sphere, settings = SURFACES["sphere"], {"lr": 0.1}
    descent = trace("sgd", sphere, (1.0, 0.5), 20, **settings)
    free = trace("schedule_free_sgd", sphere, (1.0, 0.5), 20, beta=0.0, **settings)
    np.testing.assert_allclose(free.positions, descent.positions, rtol=1e-14)
    nearly = trace("schedule_free_sgd", sphere, (1.0, 0.5), 20, beta=1e-9, **settings)
    np.testing.assert_allclose(nearly.positions, free.positions, atol=1e-8)
    adam = [trace("schedule_free_adamw", sphere, (1.0, 0.5), 20, beta1=b, lr=0.1).positions for b in (0.0, 1e-9)]
    np.testing.assert_allclose(adam[1], adam[0], atol=1e-7)


@pytest.mark.parametrize(("id", "name"), [("prodigy", "d0"), ("dog", "r"), ("adafactor", "clip")])
def test_a_rule_whose_scale_is_zero_stays_where_it_is(id: str, name: str) -> None:
    for start in ((1.0, 0.5), (0.0, 0.0)):
        positions = trace(id, SURFACES["sphere"], start, 5, **{name: 0.0}).positions
        np.testing.assert_array_equal(positions, np.broadcast_to(start, positions.shape))


@pytest.mark.parametrize("value", [1.0, 1.5, 10.0])
def test_a_momentum_above_one_steps_to_larger_and_smaller_values(value: float) -> None:
    spec = OPTIMIZERS["momentum"].hyperparameters["momentum"]
    assert step_value(spec, value, 1) >= value
    assert step_value(spec, value, -1) < value
    assert spec.to_slider(value) == 1.0


@pytest.mark.parametrize(
    ("framework", "name", "arguments", "id", "hyperparameter"),
    [
        ("torch", "SGD", {"momentum": 1.5}, "momentum_torch", ("momentum", 1.5)),
        ("torch", "SGD", {"momentum": 0.9, "dampening": -0.5}, "averaged_momentum", ("dampening", -0.5)),
        ("torch", "ASGD", {"alpha": 1.5}, "asgd", ("alpha", 1.5)),
        ("torch", "ASGD", {"lambd": -0.1, "t0": -1.0}, "asgd", ("lambd", -0.1)),
        ("torch", "RMSprop", {"alpha": 1.0}, "rmsprop", ("rho", 1.0)),
        ("torch", "Adadelta", {"rho": 1.0}, "adadelta", ("rho", 1.0)),
        ("optax", "sgd", {"learning_rate": 0.1, "momentum": 1.2}, "momentum_torch", ("momentum", 1.2)),
        ("keras", "RMSprop", {"rho": 1.0}, "rmsprop_keras", ("rho", 1.0)),
        ("keras", "SGD", {"global_clipnorm": 2.0}, "sgd", ("clip_norm", 2.0)),
        ("keras", "SGD", {"clipnorm": 2.0}, "sgd", ("clip_norm", 2.0)),
        ("keras", "SGD", {"clipvalue": 2.0}, "sgd", ("clip_value", 2.0)),
    ],
)
def test_what_a_framework_accepts_is_accepted(
    framework: str, name: str, arguments: dict, id: str, hyperparameter: tuple[str, float]
) -> None:
    found, settings = from_framework(framework, name, arguments)
    key, value = hyperparameter
    assert (found, settings[key]) == (id, value)
    assert np.isfinite(trace(found, SURFACES["sphere"], (1.0, 0.5), 5, **settings).positions).all()


@pytest.mark.parametrize(
    ("framework", "name", "arguments", "message"),
    [
        ("keras", "SGD", {"momentum": 1.5}, "momentum from 0 to 1"),
        ("keras", "SGD", {"clipnorm": 1.0, "global_clipnorm": 1.0}, "one of clipnorm"),
        ("torch", "Rprop", {"etas": (0.5, 1.0)}, "etas below and above 1"),
        ("torch", "Adafactor", {"d": 0.5}, "at least 1"),
        ("torch", "RMSprop", {"alpha": 1.5}, "rho of rmsprop must be a number from 0 to 1"),
    ],
)
def test_what_a_framework_rejects_is_rejected(framework: str, name: str, arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_framework(framework, name, arguments)


def test_keras_does_not_clip_by_a_number_that_is_not_positive() -> None:
    for arguments in ({"clipnorm": 0.0}, {"global_clipnorm": -1.0}, {"clipvalue": -1.0}):
        assert from_framework("keras", "SGD", arguments) == ("sgd", {"lr": 0.01})


@pytest.mark.parametrize(
    ("arguments", "one_variable", "two_variables"),
    [
        ({"clipnorm": 2.0}, {"clip_norm": 2.0}, {"clip_value": 2.0}),
        ({"global_clipnorm": 2.0}, {"clip_norm": 2.0}, {"clip_norm": 2.0}),
        ({"clipvalue": 2.0}, {"clip_value": 2.0}, {"clip_value": 2.0}),
        ({"clipnorm": 2.0, "clipvalue": None}, {"clip_norm": 2.0}, {"clip_value": 2.0}),
        ({"clipvalue": None, "clipnorm": 2.0}, {"clip_norm": 2.0}, {"clip_value": 2.0}),
        ({"clipnorm": None, "clipvalue": 2.0}, {"clip_value": 2.0}, {"clip_value": 2.0}),
        ({"clipnorm": -1.0}, {}, {}),
    ],
)
def test_keras_clips_each_variable_by_clipnorm_and_all_by_global_clipnorm(
    arguments: dict, one_variable: dict, two_variables: dict
) -> None:
    for name in ("SGD", "Adam"):
        id, defaults = from_framework("keras", name)
        assert from_framework("keras", name, arguments) == (id, {**defaults, **one_variable})
        assert from_framework("keras", name, arguments, scalar_variables=True) == (id, {**defaults, **two_variables})


@pytest.mark.parametrize("scalar_variables", [False, True])
@pytest.mark.parametrize("other", ["clipvalue", "global_clipnorm"])
def test_keras_rejects_two_ways_of_clipping_also_for_scalar_variables(other: str, scalar_variables: bool) -> None:
    with pytest.raises(ValueError, match="one of clipnorm"):
        from_framework("keras", "SGD", {other: 1.0, "clipnorm": 2.0}, scalar_variables=scalar_variables)


@pytest.mark.parametrize("scalar_variables", [False, True])
def test_clipping_the_norm_of_each_variable_is_what_keras_computes(scalar_variables: bool) -> None:
    gradient, limit = np.array([3.0, -0.5]), 1.0  # of the sphere x^2 + y^2 at (1.5, -0.25), which the first step sees
    variables = gradient.reshape(2, 1) if scalar_variables else gradient.reshape(1, 2)
    norms = np.linalg.norm(variables, axis=1, keepdims=True)
    expected = np.array([1.5, -0.25]) - 0.1 * (variables * limit / np.maximum(norms, limit)).ravel()
    id, settings = from_framework(
        "keras", "SGD", {"learning_rate": 0.1, "clipnorm": limit}, scalar_variables=scalar_variables
    )
    scale = SURFACES["sphere"](1.5, -0.25)[1][0] / gradient[0]
    assert scale == 1.0
    np.testing.assert_allclose(
        trace(id, SURFACES["sphere"], (1.5, -0.25), 1, **settings).positions[-1], expected, rtol=1e-12
    )


@pytest.mark.parametrize(
    ("framework", "name", "arguments"),
    [
        ("keras", "Lamb", {}),
        ("keras", "Adafactor", {}),
        ("torch", "Adafactor", {}),
        ("optax", "lars", {"learning_rate": 0.1}),
    ],
)
def test_layer_wise_norms_have_no_counterpart_for_scalar_variables(framework: str, name: str, arguments: dict) -> None:
    from_framework(framework, name, arguments)
    with pytest.raises(ValueError, match="norm of each variable"):
        from_framework(framework, name, arguments, scalar_variables=True)


@pytest.mark.parametrize(("framework", "name"), [("torch", "LBFGS"), ("torch", "Adam"), ("keras", "Adam")])
def test_what_does_not_depend_on_variables_is_the_same_for_scalar_variables(framework: str, name: str) -> None:
    assert from_framework(framework, name, scalar_variables=True) == from_framework(framework, name)
