"""The command that exports an image: running it makes the same image again."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication

from app.cli.export_arguments import build_options
from app.cli.main import main
from app.engine.race import Race
from app.export.command_line import build_command_line
from app.export.formats import export
from app.export.options import ANIMATION_OPTIONS, Options
from app.gui.window.main_window import MainWindow
from app.io.experiment_files import examples, load, save
from app.model.branch import Branch
from app.model.comparison import ComparisonMode
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment, LossPlot
from app.model.hyperparameter_checks import HyperparameterSpan
from app.model.map_options import MapOptions
from app.model.plot_options import PlotOptions
from app.model.run import Run
from app.theming.theme import DARK
from app.utils.validation import ExperimentError
from app.views.camera import Camera
from optimizers import OPTIMIZERS
from tests.cli.export_folder import parse_export

LOW_DPI = {"dpi": 40.0}


def image_bytes(experiment: Experiment, options: Options, path: Path) -> bytes:
    race = Race(experiment)
    race.advance(experiment.steps or 0)
    export(race, path, options)
    with Image.open(path) as image:
        return image.tobytes()


def run_command(line: str) -> None:
    arguments = shlex.split(line)
    assert arguments[:2] == ["thalweg", "export"]
    assert main(arguments[1:]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("options", [
    Options(**LOW_DPI),
    Options(**LOW_DPI, view="contour", theme=DARK, size=(7.5, 5.0), view_options={"trials": False}),
    Options(**LOW_DPI, view="contour", viewport=((-1.0, 0.25), (0.1, 2.0))),
    Options(**LOW_DPI, view="relief", camera=Camera(-12.5, 71.25, 1.331)),
    Options(**LOW_DPI, title=False, legend=False, mode=False, transparent=True),
])  # fmt: skip
def test_the_command_makes_the_same_image(options: Options, tmp_path: Path) -> None:
    experiment = replace(DEFAULT_EXPERIMENT, steps=25, title="-a 'b' \"c\" $d = {name}")
    line = build_command_line(experiment, options, None, tmp_path / "a b.png")
    expected = image_bytes(experiment, options, tmp_path / "mine.png")
    run_command(line)
    assert load(tmp_path / "a b.png") == experiment
    with Image.open(tmp_path / "a b.png") as image:
        assert image.tobytes() == expected


@pytest.mark.parametrize("options", [
    Options(),
    Options(size=(16 / 2.54, 9 / 2.54), dpi=300.0, theme=DARK, view="loss"),
    Options(transparent=True, title=False, legend=False, mode=False, view_options={"trials": False}),
    Options(viewport=((-1e-3, 1 / 3), (-2.0, 1e5)), camera=Camera(-60.1, 1 / 7, 4.0)),
])  # fmt: skip
def test_options_survive_a_round_trip(options: Options) -> None:
    args = parse_export(*shlex.split(build_command_line(DEFAULT_EXPERIMENT, options, None, Path("a.png")))[2:])
    parsed = build_options(args, "picture")
    for name in ("view", "dpi", "theme", "transparent", "title", "legend", "mode", "camera", "viewport"):
        assert getattr(parsed, name) == getattr(options, name)
    assert parsed.size == pytest.approx(options.size, rel=1e-9)
    assert parsed.pixels == options.pixels
    assert parsed.view_options == {"trials": True, **options.view_options}


@pytest.mark.parametrize("experiment", [
    DEFAULT_EXPERIMENT,
    Experiment("beale", (1 / 3, -1e-7), (Run("adam", {"lr": 1 / 7, "beta1": 0.5}),), 7),
    Experiment("sphere", runs=tuple(map(Run, OPTIMIZERS))[:24], steps=0),
    Experiment("sphere", runs=(
        Run("sgd", {"lookahead": 5.0, "clip_norm": 0.0}), Run("sgd", {"noise": 0.1}, replicas=3)), steps=2),
    Experiment("sphere", runs=(
        Run("sgd", slot=3, color="#ABCDEF"), Run("adam", slot=0, visible=False)), stop_when_converged=True),
    Experiment("sphere", runs=(Run("sgd", slot=1, replicas=1), Run("adam", slot=0), Run("sgd", slot=5))),
    Experiment("sphere", runs=(Run("sgd"),), loss_plot=LossPlot("distance", "log", "linear", "evaluations")),
    Experiment("sphere", runs=(Run("sgd"),), plot_options=PlotOptions("log", "log", 30, False, "lines", "cividis")),
    Experiment("sphere", runs=(Run("sgd"),), map_options=MapOptions(300, ("momentum", "lr"), "steps", "steps", 2)),
    Experiment("sphere", runs=(Run("sgd"),), plot_options=PlotOptions(
        color_bar=False, equal_axes=True, step_markers=False, dashes=True)),
])  # fmt: skip
def test_an_experiment_as_arguments(experiment: Experiment, tmp_path: Path) -> None:
    run_command(build_command_line(experiment, Options(), None, tmp_path / "a.json"))
    assert load(tmp_path / "a.json") == experiment


def test_every_example_as_a_command(tmp_path: Path) -> None:
    for name, (_, file) in examples().items():
        experiment = load(name)
        run_command(build_command_line(experiment, Options(), file, tmp_path / f"{name}.json"))
        assert load(tmp_path / f"{name}.json") == experiment


CHANGED_RUN = Run("sgd", {"lr": 0.001}, history=(HyperparameterSpan(5, {"lr": 0.002}),))
CHANGED_DURING_RUN = replace(DEFAULT_EXPERIMENT, runs=(CHANGED_RUN,))


@pytest.mark.slow
@pytest.mark.parametrize(("experiment", "reason"), [
    (CHANGED_DURING_RUN, "hyperparameters were changed during this experiment"),
    (replace(DEFAULT_EXPERIMENT, branches=(Branch((Run("adam", slot=7),), (1.0, 1.0), 5),)), "this experiment has "
        "branches"),
    (Experiment("linear_regression", runs=(Run("sgd"),), data=((1.0, 2.0), (2.0, 4.0))),
     "the surface is computed from data"),
    (Experiment("sphere"), "this experiment has no runs"),
    (replace(DEFAULT_EXPERIMENT, comparison=ComparisonMode("evaluations", 50)),
     "the comparison mode is 50 evaluations per run"),
])  # fmt: skip
def test_experiments_that_arguments_cannot_express_need_a_file(
    experiment: Experiment, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(
        ExperimentError, match=f"^save the experiment first; {reason}, so the command has to refer to a file"
    ):
        build_command_line(experiment, Options(), None, tmp_path / "a.png")
    file = tmp_path / "my race.json"
    save(experiment, file)
    experiment = replace(experiment, steps=9)
    run_command(build_command_line(experiment, Options(**LOW_DPI), file, tmp_path / "a.png"))
    assert load(tmp_path / "a.png") == experiment
    with pytest.raises(ExperimentError, match=r"save the experiment first; my race\.json "):
        build_command_line(replace(experiment, title="another"), Options(), file, tmp_path / "a.png")


@pytest.mark.slow
def test_the_window_copies_the_command(
    application: QApplication, open_window: Callable[..., MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    window = open_window(Experiment("beale", (1.0, 1.5), (Run("adam", {"lr": 0.05}),)))
    window.session.race.advance(12)
    window.action_registry["copy_command"].trigger()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    line = clipboard.text()
    assert line.startswith("thalweg export --surface beale --start=1,1.5 --run 'adam lr=0.05' --steps 12 ")
    assert "--camera" not in line
    run_command(f"{line} --dpi 30" if "--dpi" not in line else line)
    loaded = load("beale.png")
    assert (loaded.runs, loaded.steps) == (window.session.experiment.runs, 12)


def test_animation_options_are_written_for_animations_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.export import formats

    animation_format: Any = formats.ExportFormat(
        ".film", "Animation", "film", lambda *_: None, ANIMATION_OPTIONS | {"loop"}
    )
    monkeypatch.setitem(formats.EXPORT_FORMATS, ".film", animation_format)
    options = Options(size=(12.8, 7.2), dpi=100.0, fps=30.0, seconds=2.5, camera_speed=-12.0, loop=False)
    line = build_command_line(DEFAULT_EXPERIMENT, options, None, Path("a.film"))
    assert line.endswith(" --fps=30 --seconds=2.5 --turn=-12 --no-loop --to a.film")
    args = parse_export(*shlex.split(line)[2:])
    assert build_options(args, "film") == replace(options, view_options={"trials": True})
    assert "--pace=3" in build_command_line(DEFAULT_EXPERIMENT, Options(steps_per_frame=3), None, Path("a.film"))
    assert "--fps" not in build_command_line(DEFAULT_EXPERIMENT, Options(fps=30.0), None, Path("a.png"))
    assert build_command_line(DEFAULT_EXPERIMENT, Options(dpi=77.0), None, Path("a.csv")).endswith(
        'lr=0.15" --to a.csv'.replace('"', "'")
    )


@pytest.mark.parametrize("domain", [None, ((-10.0, 10.0), (-2.5, 5.0))])
def test_the_command_contains_a_formula(domain: Any, tmp_path: Path) -> None:
    experiment = Experiment(
        formula="x^2/20 + a y^2 - |b x|",
        parameters={"a": 2.0, "b": -0.1},
        domain=domain,
        runs=(Run("adam", {"lr": 0.3}),),
        steps=3,
    )
    run_command(build_command_line(experiment, Options(), None, tmp_path / "a.json"))
    assert load(tmp_path / "a.json") == experiment
