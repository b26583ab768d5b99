"""Exported scripts: each computes exactly the points of its race, without importing the program."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.engine.race import Race
from app.export.code import keras_script, numpy_script, plot_script, torch_script
from app.export.formats import EXPORT_FORMATS, export, format_for_path
from app.model.comparison import ComparisonMode
from app.model.edits import apply_edit
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from optimizers import MODIFIERS, OPTIMIZERS
from surfaces import SURFACES
from tests.edits import with_hyperparameters
from tests.export.scripts import check_script, imported_modules, make_race, run_script

CODE_SUFFIXES = [suffix for suffix, export_format in EXPORT_FORMATS.items() if export_format.kind == "code"]
Script = Callable[[Race], str]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_takes_the_same_path_in_a_script(optimizer: str) -> None:
    race = make_race(30, "rosenbrock", Run(optimizer))
    name, value = next(iter(race.experiment.runs[0].hyperparameters.items()))
    race = with_hyperparameters(race, 0, **{name: value / 2})
    race.advance(30)
    check_script(race, numpy_script(race))


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "nadam", "rmsprop"])
def test_bias_correction_can_be_switched_in_a_script(optimizer: str) -> None:
    race = make_race(10, "rosenbrock", Run(optimizer, {"bias_correction": 0}), Run(optimizer, {"bias_correction": 1}))
    assert race.trajectories[0].xs[10] != race.trajectories[1].xs[10]
    race = with_hyperparameters(race, 0, bias_correction=1.0)
    race.advance(10)
    check_script(race, numpy_script(race))


@pytest.mark.slow
@pytest.mark.parametrize("surface", SURFACES)
def test_a_script_has_every_surface_and_all_its_attributes(surface: str) -> None:
    """On floats only, and with everything that optimizers may evaluate on a surface."""
    separable = make_race(60, surface, Run("adam", {"lr": 0.05}))
    check_script(separable, numpy_script(separable))
    with_loss = make_race(
        12, surface, *map(Run, ("adam", "newton", "levenberg_marquardt", "bfgs")), Run("sgd", {"minibatch": 4})
    )
    check_script(with_loss, numpy_script(with_loss))


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["adam", "normalized_gradient", "bfgs", "nelder_mead", "lbfgs"])
def test_every_modifier_can_be_switched_off_and_on_in_a_script(optimizer: str) -> None:
    modifiers = {name: modifier.default_strength for name, modifier in OPTIMIZERS[optimizer].modifiers.items()}
    for hyperparameters in (*({name: strength} for name, strength in modifiers.items()), modifiers):
        first = next(iter(hyperparameters))
        race = make_race(12, "tanh_neuron", Run(optimizer, hyperparameters))
        for value in (0.0, hyperparameters[first]):
            race = with_hyperparameters(race, 0, **{first: value})
            race.advance(8)
        check_script(race, numpy_script(race))


def test_data_of_the_experiment_are_written_into_the_script() -> None:
    x, y = (-1.0, 0.5, 2.0, 3.5), (0.0, 1.0, 0.0, 1.0)
    for surface in ("linear_regression", "logistic_regression", "tanh_neuron"):
        race = make_race(20, surface, Run("adam"), Run("sgd", {"minibatch": 2}), data=(x, y))
        namespace = check_script(race, numpy_script(race))
        assert namespace["DATA_X"].tolist() == list(x)


def test_diverged_runs_end_in_a_script_as_in_the_race() -> None:
    for race in (
        make_race(1000, "sphere", Run("sgd", {"lr": 9.0}), Run("adam")),
        make_race(50, "rosenbrock", Run("sgd"), Run("newton")),
        make_race(50, "cross_in_tray", Run("sgd"), Run("bfgs", {"weight_decay": 0.1}), start=(1e6, 1e6)),
        make_race(0),
        make_race(5),
    ):
        check_script(race, numpy_script(race))
        namespace = check_script(race, plot_script(race), ("numpy", "matplotlib"))
        namespace["plt"].close("all")


def test_a_run_without_evaluations_left_ends_in_a_script() -> None:
    race = make_race(80, "rosenbrock", Run("bfgs"), Run("adam"), comparison=ComparisonMode("evaluations", 40))
    assert race.trajectories[0].last_step < race.trajectories[1].last_step == 40
    check_script(race, numpy_script(race))


def test_one_optimizer_twice_and_a_hidden_run() -> None:
    race = make_race(20, "himmelblau", Run("adam"), Run("adam", {"lr": 0.1}, visible=False))
    check_script(race, numpy_script(race))
    namespace = check_script(race, plot_script(race), ("numpy", "matplotlib"))
    assert list(namespace["STYLES"]) == ["adam"]


def test_hyperparameter_changes_up_to_the_displayed_step_are_a_table() -> None:
    race = with_hyperparameters(make_race(120, "rosenbrock", Run("sgd", {"lr": 0.001})), 0, lr=0.0005)
    race.advance(10)
    assert "0: dict(lr=0.001),\n        120: dict(lr=0.0005)," in numpy_script(race)
    race.seek(100)
    assert '"sgd": (sgd, (), {0: dict(lr=0.001)})' in numpy_script(race)


def test_a_simple_race_gives_a_simple_script() -> None:
    race = make_race(30, "rosenbrock", Run("sgd"), Run("adam"))
    text = numpy_script(race)
    tokens = set(text.replace("(", " ").split())
    assert not tokens & {"class", "lambda", "partial", "Optimizer", "Hyperparameter", "@", "LearningRate"}
    assert "Kingma & Ba 2015" in text
    assert "The Computer Journal" in text
    assert len(text.splitlines()) < 95
    assert max(map(len, text.splitlines())) <= 132


@pytest.mark.slow
def test_a_race_of_many_optimizers() -> None:
    """Names from all packages in one script, and labels that are longer than a line."""
    ids = list(OPTIMIZERS)
    for k, surface in enumerate(("eggholder", "linear_regression", "two_weight_network", "ackley")):
        runs = [
            Run(
                id,
                {modifier.id: modifier.default_strength for modifier in list(OPTIMIZERS[id].modifiers.values())[k::4]}
                if j % 3 == 0
                else {},
            )
            for j, id in enumerate(ids[k::4])
        ]
        race = make_race(12, surface, *runs)
        check_script(race, numpy_script(race))
        namespace = check_script(race, plot_script(race), ("numpy", "matplotlib"))
        labels = race.experiment.labels
        assert [style["label"].partition(" (diverged")[0] for style in namespace["STYLES"].values()] == labels


def test_equal_names_from_two_packages_get_prefixes() -> None:
    race = make_race(10, "eggholder", Run("signsgd", {"lr": 0.5}), Run("rprop"), Run("prodigy"))
    namespace = check_script(race, numpy_script(race))
    assert "optimizer_sign" in namespace
    assert OPTIMIZERS.keys().isdisjoint(MODIFIERS)  # a part is known by its function's name, which must not be taken


@pytest.mark.parametrize("script", [numpy_script, plot_script, torch_script, keras_script])
def test_a_title_is_text_and_nothing_else(script: Script) -> None:
    title = '"""; import os\nraise SystemExit #\\" \x00 \u202e {0} $x$ \\N{DIGIT ONE}'
    race = Race(replace(DEFAULT_EXPERIMENT, title=title))
    race.advance(3)
    text = script(race)
    assert text.encode() == script(race).encode()
    assert not {"os", "SystemExit"} & {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert "os" not in imported_modules(text)
    assert str(ast.get_docstring(ast.parse(text), clean=False)).startswith(title.replace("\0", ""))


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".py", ".plot.py"])
def test_the_file_runs_by_itself(suffix: str, tmp_path: Path) -> None:
    race = Race(replace(DEFAULT_EXPERIMENT, title="It's a race"))
    race.advance(50)
    file, picture = tmp_path / f"a{suffix}", tmp_path / "a.png"
    export(race, file)
    result = subprocess.run(
        [sys.executable, "-I", "-W", "error", file, picture],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"MPLBACKEND": "Agg", "MPLCONFIGDIR": str(tmp_path)},
    )
    x, y, loss = (column[-1] for column in race.trajectories[2].values_between(0, 50))
    assert result.stdout.splitlines()[2] == f"adam: 50 steps to ({x:.6g}, {y:.6g}), loss {loss:.6g}"
    assert picture.exists() == (suffix == ".plot.py")


def test_the_plot_script_draws_paths_and_losses() -> None:
    race = with_hyperparameters(
        make_race(40, "rosenbrock", Run("adam", {"lr": 0.1}), Run("sgd", {"lr": 9.0})), 0, lr=0.05
    )
    namespace = check_script(race, plot_script(race), ("numpy", "matplotlib"))
    assert "diverged at step" in namespace["STYLES"]["sgd"]["label"]
    figure = namespace["draw"](
        namespace["rosenbrock"],
        namespace["START"],
        namespace["paths"],
        namespace["losses"],
        namespace["STYLES"],
        **namespace["FIGURE_SETTINGS"],
    )
    contour_axes, loss_axes = figure.axes
    drawn = [
        line.get_xydata() for line in contour_axes.lines if line.get_color() == namespace["STYLES"]["adam"]["color"]
    ]
    np.testing.assert_array_equal(drawn[0], namespace["paths"]["adam"])
    np.testing.assert_array_equal(loss_axes.lines[0].get_ydata(), namespace["losses"]["adam"])
    figure.canvas.draw()
    namespace["plt"].close(figure)


def test_script_formats_are_found_by_suffix() -> None:
    assert CODE_SUFFIXES == [".py", ".torch.py", ".keras.py", ".plot.py"]
    assert [format_for_path(Path(f"a{suffix}")).suffix for suffix in CODE_SUFFIXES] == CODE_SUFFIXES


FORMULAS = {
    "a x^2/20 + b_1 y^2": {"a": 2.0, "b1": 0.5},
    "where(x > 0, log(x + 1), -x) + floor(y) + cbrt(x) + |y|^2.3 + 1/(x^2 + 1)": {},
    r"\frac{x^2}{3} + max(x, y, v3) + sigmoid(x y) + atan2(y, x)": {"v3": 0.25},
    "x^2 + y^2 + 3": {},
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_script_contains_the_function_of_a_formula(formula: str) -> None:
    """On floats and on arrays; names of parameters are those that were typed."""
    race = make_race(
        30, "formula", Run("adam", {"lr": 0.05}), Run("momentum"), formula=formula, parameters=FORMULAS[formula]
    )
    namespace = check_script(race, numpy_script(race))
    parameters = {**FORMULAS[formula]}
    for name in parameters:
        parameters[name] += 1.0
    changed = replace(race.experiment, parameters=parameters).surface
    assert namespace["formula"](0.5, 0.75, **parameters)[0] == changed(0.5, 0.75)[0]
    check_script(race, plot_script(race), ("numpy", "matplotlib"))
    with_loss = make_race(12, "formula", Run("newton"), Run("bfgs"), formula=formula, parameters=FORMULAS[formula])
    check_script(with_loss, numpy_script(with_loss))


@pytest.mark.parametrize("script", [numpy_script, plot_script])
def test_parameters_of_a_formula_change_in_a_script_at_their_steps(script: Script) -> None:
    runs = (Run("adam", {"lr": 0.1}), Run("bfgs"), Run("sgd", {"lr": 0.002, "weight_decay": 0.1}))
    experiment = Experiment(formula="(x^2 + y - 11)^2 + (x + y^2 - 7)^2 + a x", runs=runs)
    for step, value in ((10, 30.0), (20, -5.0)):
        requested = experiment.with_parameter("a", value)
        experiment = apply_edit(experiment, requested, step, [step] * len(runs), from_start=False)
    race = Race(experiment)
    race.advance(30)
    for step in (30, 20, 5):  # the last change is at the end of the second, and after that of the third
        race.seek(step)
        script_results = run_script(script(race))
        for name, trajectory in zip(experiment.names, race.trajectories, strict=True):
            x, y, losses = trajectory.values_between(0, step)
            np.testing.assert_array_equal(script_results["paths"][name], np.column_stack([x, y]))
            np.testing.assert_array_equal(script_results["losses"][name], losses)
