"""Legend of an exported figure: it fits with labels of any length and number, and nothing is cut off."""

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
from tests.edits import with_hyperparameters


def make_race(experiment: Experiment, steps: int) -> Race:
    race = Race(experiment)
    race.advance(steps)
    return race


LONG_LABELS = (
    "adam lr=0.05 clip_norm=1 weight_decay=0.01 lookahead=5",
    "adam_keras lr=0.05 clip_norm=1 weight_decay=0.01 lookahead=5 cosine_steps=200",
    "sgd lr=0.001",
)


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 5, 14, 24])
@pytest.mark.parametrize("size", [DEFAULT_SIZE, (6.0, 5.0)])
@pytest.mark.parametrize("dpi", [40, 100])
def test_the_legend_fits_and_leaves_room_for_the_views(count: int, size: tuple[float, float], dpi: float) -> None:
    race = make_race(Experiment("rosenbrock", runs=tuple(Run.parse(LONG_LABELS[k % 3]) for k in range(count))), 20)
    figure = build_figure(race, Options(theme=DARK, size=size, dpi=dpi)).figure
    (figure_legend,) = figure.legends
    bounding_box, figure_box = figure_legend.get_window_extent(), figure.bbox
    assert bounding_box.x0 >= 0
    assert bounding_box.y0 >= 0
    assert bounding_box.x1 <= figure_box.x1
    expected_labels = [label.replace("_", " ") for label in race.experiment.labels]
    assert [text.get_text().replace("\n", " ") for text in figure_legend.get_texts()] == expected_labels
    for axes in figure.axes:
        assert axes.bbox.y0 > bounding_box.y1
        assert axes.bbox.height > 0.1 * figure_box.height


def test_a_label_longer_than_the_figure_is_wrapped() -> None:
    texts = ["word " * 60] * 3
    size, count, labels = next(legend.candidate_layouts(texts, [160.0] * 3, 500.0, 200.0))
    assert count == 1
    assert size >= 6
    assert all("\n" in label for label in labels)
    assert legend.split_into_columns([*range(7)], 3) == [[0, 1, 2], [3, 4], [5, 6]]


@pytest.mark.slow
def test_nothing_is_cut_off_at_the_edges_of_a_figure(tmp_path: Path) -> None:
    race = make_race(
        Experiment("linear_regression", runs=tuple(map(Run.parse, LONG_LABELS)), title="A long title " * 12), 50
    )
    for view in ("all", "contour", "relief", "loss", "fit"):
        path = tmp_path / f"{view}.png"
        export(race, path, Options(view=view, dpi=60))
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB")).astype(int)
        for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
            assert (edge == edge[0]).all()


@pytest.mark.slow
def test_visible_branches_are_in_the_legend() -> None:
    race = make_race(Experiment("elongated_bowl", runs=(Run.parse("sgd lr=0.1"),)), 40)
    race.seek(10)
    race = with_hyperparameters(race, 0, lr=0.3)
    named = with_branch_changed(race.experiment, 0, name="too slow")
    for experiment, texts in (
        (race.experiment, ["branch: SGD, lr 0.1 · branched at step 10"]),
        (named, ["branch: too slow"]),
        (with_branch_changed(named, 0, visible=False), []),
    ):
        (figure_legend,) = build_figure(race.with_experiment(experiment), Options(theme=DARK, dpi=60)).figure.legends
        assert [text.get_text() for text in figure_legend.get_texts()] == ["SGD, lr 0.3, changed at step 10", *texts]
