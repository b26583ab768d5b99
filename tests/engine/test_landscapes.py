"""Landscapes are kept in experiments: written, read, drawn, and refused where they cannot be right."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.analysis.landscape_text import landscape_sentences, plane_text
from app.analysis.run_status import run_status
from app.engine.opened_experiment import open_experiment
from app.engine.race import Race
from app.io.experiment_files import load, save
from app.io.experiment_json import from_json, to_json
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.landscape_data import LandscapeData, embed_landscape
from app.model.run import Run
from app.utils.validation import ExperimentError
from surfaces.landscape import Landscape

XS, YS = np.linspace(-4, 4, 17), np.linspace(-2, 2, 13)
HEIGHTS = np.add.outer(2 * YS**2, 0.5 * XS**2) + 1


def make_landscape(size: int = 17, **changes: Any) -> Landscape:
    xs, ys = np.linspace(-4, 4, size), np.linspace(-2, 2, size)
    path = np.array([[3.0, 1.0], [1.0, 0.2], [0.0, 0.0]])
    heights = np.add.outer(2 * ys**2, 0.5 * xs**2) + 1
    columns = {
        "path_steps": np.array([1, 10, 20]),
        "path_losses": np.array([7.5, 3.0, 1.0]),
        "path_heights": np.array([7.5, 1.58, 1.0]),
        "path_off_plane": np.array([0.0, 0.5, 0.0]),
    }
    return Landscape(xs, ys, heights, path, **{**columns, **changes}, kind="ends", facts={"parameters": 354})


@pytest.fixture
def experiment() -> Experiment:
    return replace(DEFAULT_EXPERIMENT, steps=50).with_landscape(embed_landscape(make_landscape(), "my network"))


def test_a_landscape_goes_through_a_file(experiment: Experiment, tmp_path: Path) -> None:
    save(experiment, tmp_path / "a.json")
    again = load(tmp_path / "a.json")
    assert again == experiment
    assert again.landscape is not None
    assert again.landscape.facts == {"parameters": 354}
    assert again.surface.name == "my network"
    assert again.start == (3.0, 1.0)


def test_another_surface_drops_the_landscape(experiment: Experiment) -> None:
    other = experiment.with_surface("sphere")
    assert other.landscape is None
    assert not experiment.same_surface(other)
    assert experiment.with_formula("x^2 + y^2").landscape is None
    assert experiment.with_formula("x^2 + y^2").surface.id == "formula"


def test_large_grids_are_thinned(tmp_path: Path) -> None:
    data = embed_landscape(make_landscape(257), "large")
    assert (len(data.heights), len(data.heights[0])) == (129, 129)
    steps = np.arange(3_000)
    path = np.column_stack([np.linspace(3, 0, 3_000), np.zeros(3_000)])
    columns = dict.fromkeys(("path_losses", "path_heights", "path_off_plane"), np.zeros(3_000))
    long = Landscape(XS, YS, HEIGHTS, path, path_steps=steps, **columns)
    kept = [point[0] for point in embed_landscape(long, "long").path]
    assert len(kept) <= 1_000
    assert (kept[0], kept[-1]) == (0, 2_999)


def test_a_run_that_leaves_the_grid_has_not_diverged(experiment: Experiment) -> None:
    race = Race(replace(experiment, runs=(Run("sgd", {"lr": 10.0}), Run("sgd", {"lr": 0.1}))))
    race.advance(30)
    left, stayed = (run_status(trajectory, race.step) for trajectory in race.trajectories)
    assert left.short_text == "left the mapped area at step 1"
    assert "outside which the loss is not known" in left.sentence
    assert "diverge" not in left.sentence
    assert "mapped" not in stayed.sentence


def test_the_loss_of_a_run_is_that_of_the_grid(experiment: Experiment) -> None:
    race = Race(replace(experiment, runs=(Run("sgd", {"lr": 0.1}),)))
    race.advance(100)
    trajectory = race.trajectories[0]
    x, y, loss = trajectory.values_between(0, 100)
    np.testing.assert_allclose(loss, 2 * y**2 + 0.5 * x**2 + 1, rtol=1e-9)
    np.testing.assert_allclose(x, 3.0 * 0.9 ** np.arange(101), atol=1e-9)


def test_files_of_a_recorder_are_opened_with_rates_that_descend(tmp_path: Path) -> None:
    np.savez(tmp_path / "mine.npz", xs=XS, ys=YS, heights=HEIGHTS)
    experiment = open_experiment(tmp_path / "mine.npz", replace(DEFAULT_EXPERIMENT, runs=(Run("sgd", {"lr": 50.0}),)))
    race = Race(experiment)
    race.advance(100)
    losses = race.trajectories[0].losses
    assert len(losses) == 101
    assert losses[-1] < losses[0]


def test_sentences_say_where_the_plane_is_wrong() -> None:
    landscape = make_landscape()
    assert plane_text(landscape).endswith("354 parameters")
    heights, distance = landscape_sentences(landscape)
    assert heights.startswith("At 1 of 3 recorded points")
    assert "at step 10 it is 1.58 instead of 3" in heights
    assert "at most 0.5 off the plane, at step 10: 16% of" in distance
    honest = make_landscape(path_losses=np.array([7.5, 1.58, 1.0]))
    assert (
        landscape_sentences(honest)[0]
        == "At every recorded point the loss on the plane is within 10 % of the true loss."
    )


def test_a_random_walk_is_called_one() -> None:
    walk = np.column_stack([np.cos(np.linspace(0, np.pi, 60)), np.cos(np.linspace(0, 2 * np.pi, 60))])
    columns = dict.fromkeys(("path_losses", "path_heights", "path_off_plane"), np.ones(60))
    landscape = Landscape(XS, YS, HEIGHTS, walk, path_steps=np.arange(60), **columns, shares=np.array([0.6, 0.15]))
    assert "the shape of the path says nothing" in landscape_sentences(landscape)[-1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"heights": [[1, 2], [3]]}, "rows of equal length"),
        ({"heights": [["a"] * 5] * 5}, "numbers or null"),
        ({"heights": [[True] * 5] * 5}, "numbers or null"),
        ({"heights": [[1.0] * 5] * 3}, "needs 4 to 513 y coordinates"),
        ({"heights": [[1.0] * 200] * 5}, "rows of equal length"),
        ({"heights": None}, "rows of equal length"),
        ({"heights": [[None] * 5] * 5}, "almost all heights"),
        ({"x": [1, 0]}, "must rise evenly"),
        ({"x": [0]}, "two numbers"),
        ({"y": [0, "b"]}, "range of a landscape"),
        ({"kind": "odd"}, "kind of plane"),
        ({"path": [[1, 2, 3]]}, "rows of equal length"),
        ({"path": [[2, 0, 0, 1, 1, 0], [1, 0, 0, 1, 1, 0]]}, "steps of the path must increase"),
        ({"path": [[1, None, 0, 1, 1, 0]]}, "pairs of finite numbers"),
        ({"facts": [1]}, "names with values"),
        ({"name": 5}, "name of the landscape"),
    ],
)
def test_landscapes_in_files_that_cannot_be_right_are_refused(changes: dict[str, Any], words: str) -> None:
    good: dict[str, Any] = {"name": "n", "x": (0, 1), "y": (0, 1), "heights": [[1.0] * 5] * 5}
    LandscapeData(**good)
    with pytest.raises(ExperimentError, match=words):
        LandscapeData(**{**good, **changes})


def test_a_landscape_of_a_file_may_have_unknown_keys(experiment: Experiment) -> None:
    text = to_json(experiment).replace('"kind": "ends"', '"kind": "ends", "later": 3')
    assert '"later": 3' in to_json(from_json(text))
