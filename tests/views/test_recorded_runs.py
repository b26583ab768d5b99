"""Several recorded runs are drawn in their own colors, named, and replayed by a marker at the displayed step."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from app.engine.race import Race
from app.model.experiment import DEFAULT_EXPERIMENT, LossPlot
from app.model.landscape_data import embed_landscape
from app.plotting.path_renderer import PathRenderer
from app.theming.theme import LIGHT
from app.views import Scene, recorded_path
from surfaces.landscape import Landscape
from tests.views.drawing import draw_view

LINES = np.linspace(-2, 2, 9)


def make_landscape() -> Landscape:
    t = np.arange(0, 50, 10)
    paths = [np.column_stack([1.5 * 0.9**t, np.full(5, 1.0)]), np.column_stack([1.5 * 0.95**t, 0.95**t])]
    path = np.concatenate(paths)
    losses = (path**2).sum(axis=1)
    return Landscape(
        LINES,
        LINES,
        np.add.outer(LINES**2, LINES**2),
        path,
        np.tile(t, 2),
        losses,
        losses,
        np.zeros(10),
        "joint",
        run_names=("SGD", "Adam"),
        run_lengths=(5, 5),
    )


@pytest.fixture
def scene() -> Scene:
    experiment = replace(DEFAULT_EXPERIMENT, steps=None).with_landscape(embed_landscape(make_landscape(), "race"))
    return Scene(Race(experiment), LIGHT)


@pytest.mark.parametrize(("step", "rank"), [(0, 0), (9, 0), (10, 1), (25, 2), (10_000, 4)])
def test_markers_are_at_the_last_recorded_point(scene: Scene, step: int, rank: int) -> None:
    drawn: list[int] = []

    def to_pixels(landscape: Landscape, points: np.ndarray) -> np.ndarray:
        drawn.extend(points.tolist())
        return landscape.path[points]

    ignore = SimpleNamespace(draw_markers=lambda *_: None)
    moment: Any = SimpleNamespace(experiment=scene.experiment, theme=LIGHT, race=SimpleNamespace(step=step))
    recorded_path.draw_current(ignore, moment, to_pixels, lambda _: True)  # type: ignore[arg-type]
    assert drawn == [rank, 5 + rank]


@pytest.mark.parametrize("name", ["contour", "relief"])
def test_every_run_is_drawn_in_its_own_color(scene: Scene, name: str) -> None:
    view, _ = draw_view(name, scene.experiment)
    renderer = FigureCanvasAgg(view.figure).get_renderer()
    view.draw_underlay(PathRenderer(renderer))
    pixels = np.asarray(renderer.buffer_rgba())[..., :3].reshape(-1, 3)
    colors = [color for color, _ in recorded_path.run_styles(make_landscape(), LIGHT)]
    assert len(set(colors)) == 2
    for color in colors:
        assert (np.abs(pixels - 255 * np.array(to_rgb(color))).max(axis=1) < 8).any()


def test_the_contour_plot_names_several_runs(scene: Scene) -> None:
    legend = draw_view("contour", scene.experiment)[0].axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["SGD", "Adam"]
    alone = replace(make_landscape(), run_names=(), run_lengths=(), path_steps=np.arange(10))
    experiment = scene.experiment.with_landscape(embed_landscape(alone, "one"))
    assert draw_view("contour", experiment)[0].axes.get_legend() is None


def test_the_loss_view_shows_the_true_losses_of_all_runs(scene: Scene) -> None:
    landscape = make_landscape()
    curves = recorded_path.recorded_losses(scene)
    assert len(curves) == 2
    np.testing.assert_allclose(curves[1][0], np.column_stack([np.arange(0, 50, 10), landscape.path_losses[5:]]))
    low, high = draw_view("loss", scene.experiment)[0].axes.get_ylim()
    assert low < landscape.path_losses.min() < landscape.path_losses.max() < high


@pytest.mark.parametrize("plot", [LossPlot("gradient"), LossPlot(x_quantity="evaluations")])
def test_other_quantities_of_recorded_runs_are_not_known(scene: Scene, plot: LossPlot) -> None:
    assert recorded_path.recorded_losses(Scene(Race(replace(scene.experiment, loss_plot=plot)), LIGHT)) == []
