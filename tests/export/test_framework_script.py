"""Scripts for PyTorch and Keras, without running them: equivalent classes, and errors where there are none."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from app.engine.race import Race
from app.export.code import keras_script, torch_script
from app.export.code.framework_mapping import COUNTERPARTS, find_counterpart
from app.model.run import Run
from app.utils.validation import ExperimentError
from optimizers import OPTIMIZERS
from optimizers.frameworks import framework_classes, from_framework
from tests.edits import with_hyperparameters
from tests.export.scripts import imported_modules, make_race

Script = Callable[[Race], str]


@pytest.mark.parametrize(("script", "framework"), [(torch_script, "torch"), (keras_script, "keras")])
def test_runs_without_a_counterpart_are_named_in_the_error(script: Script, framework: str) -> None:
    race = make_race(5, "rosenbrock", Run("sgd"), Run("nelder_mead"), Run("cma_es"))
    with pytest.raises(
        ExperimentError, match=r"no exact equivalent of nelder_mead, cma_es; export a NumPy script \(\.py\) instead"
    ):
        script(race)
    race = with_hyperparameters(make_race(5, "rosenbrock", Run("momentum", {"momentum": 0.0})), 0, momentum=0.9)
    race.advance(5)
    with pytest.raises(ExperimentError, match="no exact equivalent of momentum"):
        script(race)


def test_a_switch_that_no_framework_has_is_named_in_the_error() -> None:
    race = with_hyperparameters(make_race(5, "rosenbrock", Run("adam", {"bias_correction": 0})), 0, bias_correction=1.0)
    race.advance(5)
    for script in (torch_script, keras_script):
        with pytest.raises(
            ExperimentError, match=r"no exact equivalent of adam \(bias correction off\); export a NumPy"
        ):
            script(race)


@pytest.mark.parametrize(
    ("framework", "optimizer"), [(name, id) for name, counterparts in COUNTERPARTS.items() for id in counterparts]
)
def test_counterparts_are_the_inverse_of_from_framework(framework: str, optimizer: str) -> None:
    settings = {name: value * 0.9 for name, value in OPTIMIZERS[optimizer].defaults.items()}
    settings |= {name: 1.0 for name in ("centered", "strong_wolfe") if name in settings}
    settings |= {
        name: each.default for name, each in OPTIMIZERS[optimizer].hyperparameters.items() if not each.in_frameworks
    }
    settings |= {name: 3.0 for name in ("max_iter", "max_eval", "history_size") if name in settings}
    settings |= {name: 0.0 for name in ("initial", "eps_root") if name in settings}
    settings |= {name: 1.5 for name in ("clip",) if name in settings}
    if optimizer == "lamb":
        settings["weight_decay"] = 0.0
    counterpart = find_counterpart(framework, optimizer, [settings], lr_changes=False)
    assert counterpart is not None
    [(name, arguments)], adjustment = counterpart
    assert name in framework_classes(framework)
    id, hyperparameters = from_framework(framework, name, arguments)
    found_optimizer = OPTIMIZERS[id]
    if adjustment or COUNTERPARTS[framework][optimizer].only_if_lr_changes:
        assert id != optimizer
        assert (found_optimizer.variant_of or id) == (OPTIMIZERS[optimizer].variant_of or optimizer)
        assert {key: value for key, value in hyperparameters.items() if key in settings} == {
            key: value for key, value in settings.items() if key in hyperparameters
        }
    else:
        assert id == optimizer
        assert {**found_optimizer.defaults, **hyperparameters} == settings


@pytest.mark.parametrize(
    ("framework", "optimizer", "changes"),
    [
        ("torch", "adafactor", {"clip": 0.5}),
        ("torch", "rprop", {"eta_minus": 0.0}),
        ("torch", "rprop", {"eta_plus": 1.0}),
        ("keras", "momentum", {"momentum": 1.5}),
        *(("torch", id, {"bias_correction": 0.0}) for id in ("adam", "adamw", "nadam")),
        *(("keras", id, {"bias_correction": 0.0}) for id in ("adam", "adamw")),
        ("torch", "rmsprop", {"bias_correction": 1.0}),
    ],
)
def test_arguments_that_a_framework_rejects_have_no_counterpart(
    framework: str, optimizer: str, changes: dict[str, float]
) -> None:
    settings = OPTIMIZERS[optimizer].defaults
    assert find_counterpart(framework, optimizer, [settings], lr_changes=False) is not None
    assert find_counterpart(framework, optimizer, [{**settings, **changes}], lr_changes=False) is None


def test_keras_scripts_compile() -> None:
    for optimizer in COUNTERPARTS["keras"]:
        race = make_race(20, "himmelblau", Run(optimizer))
        text = keras_script(race)
        compile(text, "script", "exec")
        assert imported_modules(text) <= {*sys.stdlib_module_names, "numpy", "keras"}
        if "momentum_torch" != optimizer != "nesterov":
            race = with_hyperparameters(race, 0, lr=0.003)
            race.advance(5)
            assert "20: dict(learning_rate=0.003)" in keras_script(race)
