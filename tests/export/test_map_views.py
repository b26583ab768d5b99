"""Figures of a single view include the settings map, the rate curve and the difference map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from app.cli.main import main
from app.engine.map_job import MapState
from app.engine.map_jobs import SettingsMapJob
from app.engine.race import Race
from app.export.figure import build_figure, make_scene, view_cells
from app.export.formats import export, iter_export
from app.export.options import Options
from app.io.experiment_files import load
from app.model.experiment import Experiment
from app.model.map_options import MapOptions
from app.model.run import Run
from app.theming.theme import DARK
from app.views import MAP_VIEWS, Scene

BOWL = Experiment(
    "elongated_bowl",
    None,
    (Run("momentum", {"lr": 0.05}), Run("adam", {"lr": 0.1})),
    map_options=MapOptions(40, settings_quantity="steps"),
)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(MAP_VIEWS))
def test_a_map_is_a_figure_in_every_format(name: str, tmp_path: Path) -> None:
    race = Race(BOWL)
    race.advance(10)
    for suffix in ("png", "svg", "pdf"):
        export(race, tmp_path / f"map.{suffix}", Options(view=name, size=(5, 4), dpi=60, theme=DARK))
    image = imread(tmp_path / "map.png")[..., :3]
    assert len(np.unique((image * 255).astype(int).reshape(-1, 3), axis=0)) > 30
    assert load(tmp_path / "map.png").map_options == BOWL.map_options


def test_a_figure_of_all_views_has_no_maps() -> None:
    assert not set(view_cells(Scene(Race(BOWL)), "all", 0.1, 0.1)) & set(MAP_VIEWS)


def test_a_known_map_of_the_same_settings_is_drawn_and_another_one_computed() -> None:
    race = Race(BOWL)
    state = make_scene(race, Options(view="settings")).maps["settings"]
    again = make_scene(race, Options(view="settings", maps={"settings": state})).maps["settings"]
    assert again.result is state.result
    other = Race(replace(BOWL, start=(1.0, 1.0)))
    assert (
        make_scene(other, Options(view="settings", maps={"settings": state})).maps["settings"].result
        is not state.result
    )
    waiting = MapState(state.job)
    assert make_scene(race, Options(view="settings", maps={"settings": waiting})).maps["settings"].result is not None


def test_the_map_is_that_of_the_selected_run() -> None:
    race = Race(BOWL)
    jobs = [make_scene(race, Options(view="settings", map_run=k)).maps["settings"].job for k in (0, 1)]
    assert [job.experiment.runs[0].optimizer for job in jobs] == ["momentum", "adam"]
    (view,) = build_figure(race, Options(view="settings", map_run=1)).views
    assert view.titles[0].startswith("Adam")  # type: ignore[attr-defined]


def test_the_command_line_draws_a_map_of_the_settings(tmp_path: Path) -> None:
    target = tmp_path / "map.png"
    arguments = [
        "export",
        "--surface",
        "elongated_bowl",
        "--run",
        "momentum lr=0.1",
        "--steps",
        "30",
        "--view",
        "settings",
    ]
    arguments += ["--set", "map_options.settings_axes=momentum,lr", "--size", "400x300", "--to", str(target)]
    assert main(arguments) == 0
    assert load(target).map_options.settings_axes == ("momentum", "lr")


def searching_race(monkeypatch: pytest.MonkeyPatch) -> Race:
    monkeypatch.setattr(SettingsMapJob, "sequential_sizes", (4,))
    experiment = replace(BOWL, runs=(Run("lbfgs"),), map_options=MapOptions(40, settings_axes=("lr", "history_size")))
    return Race(experiment)


def test_an_export_shows_the_progress_of_its_map(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    race, options = searching_race(monkeypatch), Options(view="settings", size=(4, 3), dpi=50)
    fractions = list(iter_export(race, tmp_path / "map.png", options))
    assert len(fractions) > 3
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] < fractions[-1] <= 1
    assert (tmp_path / "map.png").exists()


def test_an_export_can_be_canceled_while_its_map_is_computed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    progress = iter_export(searching_race(monkeypatch), tmp_path / "map.png", Options(view="settings"))
    next(progress)
    progress.close()
    assert not list(tmp_path.iterdir())
