"""The exported picture's legend: whole, whatever the labels and however many; nothing of the picture is cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.engine.race import Race
from app.export import legend
from app.export.figure import build_figure
from app.export.formats import export
from app.export.options import DEFAULT_SIZE, Options
from app.model.edits import with_branch_changed
from app.model.experiment import Experiment
from app.model.run import Run
from app.theming.theme import DARK
from tests.edits import turn


def raced(experiment: Experiment, steps: int) -> Race:
    race = Race(experiment)
    race.advance(steps)
    return race


LONG = (
    "adam lr=0.05 clip_norm=1 weight_decay=0.01 lookahead=5",
    "adam_keras lr=0.05 clip_norm=1 weight_decay=0.01 lookahead=5 cosine_steps=200",
    "sgd lr=0.001",
)


@pytest.mark.parametrize("count", [1, 2, 5, 14, 24])
@pytest.mark.parametrize("size", [DEFAULT_SIZE, (6.0, 5.0)])
@pytest.mark.parametrize("dpi", [40, 100])
def test_the_legend_is_whole_and_leaves_room_for_the_views(count: int, size: tuple[float, float], dpi: float) -> None:
    race = raced(Experiment("rosenbrock", runs=tuple(Run.parse(LONG[k % 3]) for k in range(count))), 20)
    figure = build_figure(race, Options(theme=DARK, size=size, dpi=dpi)).figure
    (made,) = figure.legends
    box, whole = made.get_window_extent(), figure.bbox
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= whole.x1
    said = [label.replace("_", " ") for label in race.experiment.labels]
    assert [text.get_text().replace("\n", " ") for text in made.get_texts()] == said
    for axes in figure.axes:
        assert axes.bbox.y0 > box.y1
        assert axes.bbox.height > 0.1 * whole.height


def test_a_label_that_is_longer_than_the_picture_is_broken() -> None:
    words = ["word " * 60] * 3
    size, count, labels = next(legend.candidate_layouts(words, [160.0] * 3, 500.0, 200.0))
    assert count == 1
    assert size >= 6
    assert all("\n" in label for label in labels)
    assert legend.split_into_columns([*range(7)], 3) == [[0, 1, 2], [3, 4], [5, 6]]


def test_nothing_at_the_edge_of_an_exported_picture(tmp_path: Path) -> None:
    race = raced(Experiment("linear_regression", runs=tuple(map(Run.parse, LONG)), title="A long title " * 12), 50)
    for view in ("all", "contour", "relief", "loss", "fit"):
        path = tmp_path / f"{view}.png"
        export(race, path, Options(view=view, dpi=60))
        with Image.open(path) as image:
            picture = np.asarray(image.convert("RGB")).astype(int)
        for edge in (picture[0], picture[-1], picture[:, 0], picture[:, -1]):
            assert (edge == edge[0]).all()


def test_branches_that_are_shown_are_named() -> None:
    race = raced(Experiment("elongated_bowl", runs=(Run.parse("sgd lr=0.1"),)), 40)
    race.seek(10)
    race = turn(race, 0, lr=0.3)
    named = with_branch_changed(race.experiment, 0, name="too slow")
    for experiment, words in (
        (race.experiment, ["branch: SGD, lr 0.1 · left at step 10"]),
        (named, ["branch: too slow"]),
        (with_branch_changed(named, 0, visible=False), []),
    ):
        (made,) = build_figure(race.with_experiment(experiment), Options(theme=DARK, dpi=60)).figure.legends
        assert [text.get_text() for text in made.get_texts()] == ["SGD, lr 0.3, turned at step 10", *words]
