"""Scripts: each comes to the very points of its race, needs nothing of the program, and holds nothing that is not its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.engine.race import Race
from app.export.code import keras_script, numpy_script, plot_script, torch_script
from app.export.code.framework_mapping import COUNTERPARTS, find_counterpart
from app.export.formats import EXPORT_FORMATS, export, format_for_path
from app.model.comparison import ComparisonMode
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.utils.validation import ExperimentError
from optimizers import MODIFIERS, OPTIMIZERS
from optimizers.frameworks import framework_classes, from_framework
from surfaces import SURFACES
from tests.edits import turn

CODE = [suffix for suffix, made in EXPORT_FORMATS.items() if made.kind == "code"]
Script = Callable[[Race], str]


def raced(steps: int = 60, surface: str = "rosenbrock", *runs: Run, **more: Any) -> Race:
    race = Race(Experiment(surface, runs=runs, **more))
    race.advance(steps)
    return race


def ran(text: str) -> dict[str, Any]:
    """What a script leaves behind when it is imported."""
    made: dict[str, Any] = {"__name__": "script"}
    exec(compile(text, "script", "exec"), made)
    return made


def imported(text: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(text)))
    return {alias.name.partition(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names} | {
        str(node.module).partition(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)
    }


def takes_the_path(race: Race, text: str, others: tuple[str, ...] = ("numpy",)) -> dict[str, Any]:
    """The script comes to the same points, to the bit, and imports nothing but numpy and the standard library."""
    assert imported(text) <= {*sys.stdlib_module_names, *others}
    made = ran(text)
    assert list(made["paths"]) == race.experiment.names
    for name, track in zip(race.experiment.names, race.trajectories, strict=True):
        x, y, loss = track.values_between(0, race.step)
        np.testing.assert_array_equal(made["paths"][name], np.column_stack([x, y]), name)
        np.testing.assert_array_equal(made["losses"][name], loss, name)
    return made


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer(optimizer: str) -> None:
    race = raced(30, "rosenbrock", Run(optimizer))
    name, value = next(iter(race.experiment.runs[0].hyperparameters.items()))
    race = turn(race, 0, **{name: value / 2})
    race.advance(30)
    takes_the_path(race, numpy_script(race))


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface(surface: str) -> None:
    """By floats alone, and by all that a rule may ask of a surface."""
    plain = raced(60, surface, Run("adam", {"lr": 0.05}))
    takes_the_path(plain, numpy_script(plain))
    curious = raced(
        12, surface, *map(Run, ("adam", "newton", "levenberg_marquardt", "bfgs")), Run("sgd", {"minibatch": 4})
    )
    takes_the_path(curious, numpy_script(curious))


@pytest.mark.parametrize("optimizer", ["adam", "normalized_gradient", "bfgs", "nelder_mead", "lbfgs"])
def test_every_part_switched_off_and_on_again(optimizer: str) -> None:
    parts = {name: part.default_strength for name, part in OPTIMIZERS[optimizer].modifiers.items()}
    for chosen in (*({name: on} for name, on in parts.items()), parts):
        first = next(iter(chosen))
        race = raced(12, "tanh_neuron", Run(optimizer, chosen))
        for value in (0.0, chosen[first]):
            race = turn(race, 0, **{first: value})
            race.advance(8)
        takes_the_path(race, numpy_script(race))


def test_points_of_ones_own() -> None:
    x, y = (-1.0, 0.5, 2.0, 3.5), (0.0, 1.0, 0.0, 1.0)
    for surface in ("linear_regression", "logistic_regression", "tanh_neuron"):
        race = raced(20, surface, Run("adam"), Run("sgd", {"minibatch": 2}), data=(x, y))
        made = takes_the_path(race, numpy_script(race))
        assert made["DATA_X"].tolist() == list(x)


def test_a_run_that_diverges_stops_there_and_one_that_cannot_begin_does_not() -> None:
    for race in (
        raced(1000, "sphere", Run("sgd", {"lr": 9.0}), Run("adam")),
        raced(50, "rosenbrock", Run("sgd"), Run("newton")),
        raced(50, "cross_in_tray", Run("sgd"), Run("bfgs", {"weight_decay": 0.1}), start=(1e6, 1e6)),
        raced(0),
        raced(5),
    ):
        takes_the_path(race, numpy_script(race))
        made = takes_the_path(race, plot_script(race), ("numpy", "matplotlib"))
        made["plt"].close("all")


def test_a_run_without_evaluations_left_stops_there() -> None:
    race = raced(80, "rosenbrock", Run("bfgs"), Run("adam"), comparison=ComparisonMode("evaluations", 40))
    assert race.trajectories[0].last_step < race.trajectories[1].last_step == 40
    takes_the_path(race, numpy_script(race))


def test_the_same_optimizer_twice_and_a_hidden_run() -> None:
    race = raced(20, "himmelblau", Run("adam"), Run("adam", {"lr": 0.1}, visible=False))
    takes_the_path(race, numpy_script(race))
    made = takes_the_path(race, plot_script(race), ("numpy", "matplotlib"))
    assert list(made["STYLES"]) == ["adam"]


def test_what_is_turned_is_a_table_and_what_was_not_yet_turned_is_not_in_it() -> None:
    race = turn(raced(120, "rosenbrock", Run("sgd", {"lr": 0.001})), 0, lr=0.0005)
    race.advance(10)
    assert "0: dict(lr=0.001),\n        120: dict(lr=0.0005)," in numpy_script(race)
    race.seek(100)
    assert '"sgd": (sgd, (), {0: dict(lr=0.001)})' in numpy_script(race)


def test_a_plain_race_is_a_plain_script() -> None:
    race = raced(30, "rosenbrock", Run("sgd"), Run("adam"))
    text = numpy_script(race)
    words = set(text.replace("(", " ").split())
    assert not words & {"class", "lambda", "partial", "Optimizer", "Hyperparameter", "@", "LearningRate"}
    assert "Kingma & Ba 2015" in text
    assert "The Computer Journal" in text
    assert len(text.splitlines()) < 90
    assert max(map(len, text.splitlines())) <= 132


def test_a_race_of_many() -> None:
    """Names of all rooms in one script, and labels that are longer than a line."""
    ids = list(OPTIMIZERS)
    for k, surface in enumerate(("eggholder", "linear_regression", "two_weight_network", "ackley")):
        runs = [
            Run(
                id,
                {part.id: part.default_strength for part in list(OPTIMIZERS[id].modifiers.values())[k::4]}
                if j % 3 == 0
                else {},
            )
            for j, id in enumerate(ids[k::4])
        ]
        race = raced(12, surface, *runs)
        takes_the_path(race, numpy_script(race))
        made = takes_the_path(race, plot_script(race), ("numpy", "matplotlib"))
        labels = race.experiment.labels
        assert [style["label"].partition(" (diverged")[0] for style in made["STYLES"].values()] == labels


def test_names_that_two_rooms_share_are_told_apart() -> None:
    race = raced(10, "eggholder", Run("signsgd", {"lr": 0.5}), Run("rprop"), Run("prodigy"))
    made = takes_the_path(race, numpy_script(race))
    assert "rule_sign" in made
    assert OPTIMIZERS.keys().isdisjoint(MODIFIERS)  # a part is known by its function's name, which must not be taken


@pytest.mark.parametrize("script", [numpy_script, plot_script, torch_script, keras_script])
def test_a_title_is_text_and_nothing_else(script: Script) -> None:
    title = '"""; import os\nraise SystemExit #\\" \x00 \u202e {0} $x$ \\N{DIGIT ONE}'
    race = Race(replace(DEFAULT_EXPERIMENT, title=title))
    race.advance(3)
    text = script(race)
    assert text.encode() == script(race).encode()
    assert not {"os", "SystemExit"} & {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert "os" not in imported(text)
    assert str(ast.get_docstring(ast.parse(text), clean=False)).startswith(title)


@pytest.mark.parametrize("suffix", [".py", ".plot.py"])
def test_the_file_runs_by_itself(suffix: str, tmp_path: Path) -> None:
    race = Race(replace(DEFAULT_EXPERIMENT, title="It's a race"))
    race.advance(50)
    file, picture = tmp_path / f"a{suffix}", tmp_path / "a.png"
    export(race, file)
    answer = subprocess.run(
        [sys.executable, "-I", "-W", "error", file, picture],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"MPLBACKEND": "Agg", "MPLCONFIGDIR": str(tmp_path)},
    )
    x, y, loss = (column[-1] for column in race.trajectories[2].values_between(0, 50))
    assert answer.stdout.splitlines()[2] == f"adam: 50 steps to ({x:.6g}, {y:.6g}), loss {loss:.6g}"
    assert picture.exists() == (suffix == ".plot.py")


def test_the_picture_has_paths_and_losses() -> None:
    race = turn(raced(40, "rosenbrock", Run("adam", {"lr": 0.1}), Run("sgd", {"lr": 9.0})), 0, lr=0.05)
    made = takes_the_path(race, plot_script(race), ("numpy", "matplotlib"))
    assert "diverged at step" in made["STYLES"]["sgd"]["label"]
    figure = made["draw"](
        made["rosenbrock"], made["START"], made["paths"], made["losses"], made["STYLES"], **made["PICTURE"]
    )
    ground, curve = figure.axes
    drawn = [line.get_xydata() for line in ground.lines if line.get_color() == made["STYLES"]["adam"]["color"]]
    np.testing.assert_array_equal(drawn[0], made["paths"]["adam"])
    np.testing.assert_array_equal(curve.lines[0].get_ydata(), made["losses"]["adam"])
    figure.canvas.draw()
    made["plt"].close(figure)


def test_the_formats_are_found_by_their_suffix() -> None:
    assert CODE == [".py", ".torch.py", ".keras.py", ".plot.py"]
    assert [format_for_path(Path(f"a{suffix}")).suffix for suffix in CODE] == CODE


@pytest.mark.parametrize(("script", "framework"), [(torch_script, "torch"), (keras_script, "keras")])
def test_what_a_framework_does_not_have_is_named(script: Script, framework: str) -> None:
    race = raced(5, "rosenbrock", Run("sgd"), Run("nelder_mead"), Run("cma_es"))
    with pytest.raises(
        ExperimentError, match=r"the very path of nelder_mead, cma_es; the NumPy script \(\.py\) can do it"
    ):
        script(race)
    race = turn(raced(5, "rosenbrock", Run("momentum", {"momentum": 0.0})), 0, momentum=0.9)
    race.advance(5)
    with pytest.raises(ExperimentError, match="the very path of momentum"):
        script(race)


@pytest.mark.parametrize(("framework", "optimizer"), [(each, id) for each, made in COUNTERPARTS.items() for id in made])
def test_the_mapping_is_the_inverse_of_the_one_there_is(framework: str, optimizer: str) -> None:
    settings = {name: value * 0.9 for name, value in OPTIMIZERS[optimizer].defaults.items()}
    settings |= {name: 1.0 for name in ("centered", "strong_wolfe") if name in settings}
    settings |= {name: 3.0 for name in ("max_iter", "max_eval", "history_size") if name in settings}
    settings |= {name: 0.0 for name in ("initial", "eps_root") if name in settings}
    if optimizer == "lamb":
        settings["weight_decay"] = 0.0
    found = find_counterpart(framework, optimizer, [settings], lr_changes=False)
    assert found is not None
    [(name, arguments)], adjusted = found
    assert name in framework_classes(framework)
    id, hyperparameters = from_framework(framework, name, arguments)
    rule = OPTIMIZERS[id]
    if adjusted or COUNTERPARTS[framework][optimizer].only_if_lr_changes:
        assert id != optimizer
        assert (rule.variant_of or id) == (OPTIMIZERS[optimizer].variant_of or optimizer)
        assert {key: value for key, value in hyperparameters.items() if key in settings} == {
            key: value for key, value in settings.items() if key in hyperparameters
        }
    else:
        assert id == optimizer
        assert {**rule.defaults, **hyperparameters} == settings


def test_a_keras_script_is_one_that_compiles() -> None:
    for optimizer in COUNTERPARTS["keras"]:
        race = raced(20, "himmelblau", Run(optimizer))
        text = keras_script(race)
        compile(text, "script", "exec")
        assert imported(text) <= {*sys.stdlib_module_names, "numpy", "keras"}
        if "momentum_torch" != optimizer != "nesterov":
            race = turn(race, 0, lr=0.003)
            race.advance(5)
            assert "20: dict(learning_rate=0.003)" in keras_script(race)
