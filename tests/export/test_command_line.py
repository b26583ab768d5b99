"""The line that makes a picture: it is read back, run, and makes the same one."""

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
from app.cli.export_parser import build_parser
from app.cli.main import main
from app.engine.race import Race
from app.export.command_line import build_command_line
from app.export.formats import export
from app.export.options import Options
from app.gui.window.main_window import MainWindow
from app.io.experiment_files import examples, load, save
from app.model.branch import Branch
from app.model.comparison import ComparisonMode
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment, LossPlot
from app.model.hyperparameter_checks import HyperparameterSpan
from app.model.run import Run
from app.theming.theme import DARK
from app.utils.validation import ExperimentError
from app.views.camera import Camera
from optimizers import OPTIMIZERS

SMALL = {"dpi": 40.0}


def picture(experiment: Experiment, options: Options, path: Path) -> bytes:
    race = Race(experiment)
    race.advance(experiment.steps or 0)
    export(race, path, options)
    with Image.open(path) as image:
        return image.tobytes()


def run_back(line: str) -> None:
    words = shlex.split(line)
    assert words[:2] == ["thalweg", "export"]
    assert main(words[1:]) == 0


@pytest.mark.parametrize("options", [
    Options(**SMALL),
    Options(**SMALL, view="contour", theme=DARK, size=(7.5, 5.0), view_options={"equal": True, "trials": False}),
    Options(**SMALL, view="contour", viewport=((-1.0, 0.25), (0.1, 2.0))),
    Options(**SMALL, view="relief", camera=Camera(-12.5, 71.25, 1.331)),
    Options(**SMALL, title=False, legend=False, mode=False, transparent=True),
])  # fmt: skip
def test_the_line_makes_the_same_picture(options: Options, tmp_path: Path) -> None:
    experiment = replace(DEFAULT_EXPERIMENT, steps=25, title="-a 'b' \"c\" $d = {name}")
    line = build_command_line(experiment, options, None, tmp_path / "a b.png")
    mine = picture(experiment, options, tmp_path / "mine.png")
    run_back(line)
    assert load(tmp_path / "a b.png") == experiment
    with Image.open(tmp_path / "a b.png") as image:
        assert image.tobytes() == mine


@pytest.mark.parametrize("options", [
    Options(),
    Options(size=(16 / 2.54, 9 / 2.54), dpi=300.0, theme=DARK, view="loss"),
    Options(transparent=True, title=False, legend=False, mode=False, view_options={"equal": True, "trials": False}),
    Options(viewport=((-1e-3, 1 / 3), (-2.0, 1e5)), camera=Camera(-60.1, 1 / 7, 4.0)),
])  # fmt: skip
def test_the_options_are_read_back(options: Options) -> None:
    chosen = build_parser().parse_args(
        shlex.split(build_command_line(DEFAULT_EXPERIMENT, options, None, Path("a.png")))[2:]
    )
    back = build_options(chosen, "picture")
    for name in ("view", "dpi", "theme", "transparent", "title", "legend", "mode", "camera", "viewport"):
        assert getattr(back, name) == getattr(options, name)
    assert back.size == pytest.approx(options.size, rel=1e-9)
    assert back.pixels == options.pixels
    assert back.view_options == {"equal": False, "trials": True, **options.view_options}


@pytest.mark.parametrize("experiment", [
    DEFAULT_EXPERIMENT,
    Experiment("beale", (1 / 3, -1e-7), (Run("adam", {"lr": 1 / 7, "beta1": 0.5}),), 7),
    Experiment("sphere", runs=tuple(map(Run, OPTIMIZERS))[:24], steps=0),
    Experiment("sphere", runs=(Run("sgd", {"lookahead": 5.0, "clip_norm": 0.0}), Run("sgd", {"noise": 0.1}, replicas=3)), steps=2),
    Experiment("sphere", runs=(Run("sgd", slot=3, color="#ABCDEF"), Run("adam", slot=0, visible=False)), stop_when_converged=True),
    Experiment("sphere", runs=(Run("sgd", slot=1, replicas=1), Run("adam", slot=0), Run("sgd", slot=5))),
    Experiment("sphere", runs=(Run("sgd"),), loss_plot=LossPlot("distance", "log", "linear", "evaluations")),
])  # fmt: skip
def test_an_experiment_in_words(experiment: Experiment, tmp_path: Path) -> None:
    run_back(build_command_line(experiment, Options(), None, tmp_path / "a.json"))
    assert load(tmp_path / "a.json") == experiment


def test_every_example(tmp_path: Path) -> None:
    for name, (_, file) in examples().items():
        experiment = load(name)
        run_back(build_command_line(experiment, Options(), file, tmp_path / f"{name}.json"))
        assert load(tmp_path / f"{name}.json") == experiment


TURNED = replace(DEFAULT_EXPERIMENT, runs=(Run("sgd", {"lr": 0.001}, history=(HyperparameterSpan(5, {"lr": 0.002}),)),))


@pytest.mark.parametrize(("experiment", "reason"), [
    (TURNED, "this race has been turned on the way"),
    (replace(DEFAULT_EXPERIMENT, branches=(Branch((Run("adam", slot=7),), (1.0, 1.0), 5),)), "this race has branches"),
    (Experiment("linear_regression", runs=(Run("sgd"),), data=((1.0, 2.0), (2.0, 4.0))), "this surface is made from data"),
    (Experiment("sphere"), "this race has no runs"),
    (replace(DEFAULT_EXPERIMENT, comparison=ComparisonMode("evaluations", 50)), "this is a race with 50 evaluations for each run"),
])  # fmt: skip
def test_what_words_cannot_say_needs_a_file(experiment: Experiment, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ExperimentError, match=f"^save the experiment first: {reason}, and a command can only"):
        build_command_line(experiment, Options(), None, tmp_path / "a.png")
    file = tmp_path / "my race.json"
    save(experiment, file)
    experiment = replace(experiment, steps=9)
    run_back(build_command_line(experiment, Options(**SMALL), file, tmp_path / "a.png"))
    assert load(tmp_path / "a.png") == experiment
    with pytest.raises(ExperimentError, match=r"save the experiment first: my race\.json holds another one"):
        build_command_line(replace(experiment, title="another"), Options(), file, tmp_path / "a.png")


def test_the_window_copies_it(
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
    run_back(f"{line} --dpi 30" if "--dpi" not in line else line)
    kept = load("beale.png")
    assert (kept.runs, kept.steps) == (window.session.experiment.runs, 12)


def test_a_film_says_what_concerns_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.export import formats

    film: Any = formats.ExportFormat(".film", "Film", "film", lambda *_: None)
    monkeypatch.setitem(formats.EXPORT_FORMATS, ".film", film)
    options = Options(size=(12.8, 7.2), dpi=100.0, fps=30.0, seconds=2.5, camera_speed=-12.0)
    line = build_command_line(DEFAULT_EXPERIMENT, options, None, Path("a.film"))
    assert line.endswith(" --fps=30 --seconds=2.5 --turn=-12 --to a.film")
    chosen = build_parser().parse_args(shlex.split(line)[2:])
    assert build_options(chosen, "film") == replace(options, view_options={"equal": False, "trials": True})
    assert "--pace=3" in build_command_line(DEFAULT_EXPERIMENT, Options(steps_per_frame=3), None, Path("a.film"))
    assert "--fps" not in build_command_line(DEFAULT_EXPERIMENT, Options(fps=30.0), None, Path("a.png"))
    assert build_command_line(DEFAULT_EXPERIMENT, Options(dpi=77.0), None, Path("a.csv")).endswith(
        'lr=0.15" --to a.csv'.replace('"', "'")
    )
