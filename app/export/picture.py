"""The race as a picture, drawn anew on a figure of its own: all views with a title and a legend, or one view."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from app.atomic import replacing
from app.checks import choice
from app.experiment import Experiment
from app.export.legend import EDGE, add_legend
from app.export.options import Options
from app.race import Race
from app.views import VIEWS, Scene, View
from app.views.contour import Contour
from app.views.labels import shrink
from app.views.relief import Relief
from app.views.strokes import Brush


class Moving(Artist):
    """Everything of a view that moves, as one artist: an ordinary draw paints it, on any backend."""

    def __init__(self, view: View, step: int) -> None:
        super().__init__()
        self.view, self.step = view, step
        self.set_zorder(10)

    def draw(self, renderer: Any) -> None:
        brush = Brush(renderer)
        self.view.redraw(brush, self.step)
        self.view.heads(brush)


def picture(race: Race, path: Path, options: Options) -> None:
    """Write a PNG; the experiment is kept in its metadata."""
    check(race, options)
    kept = replace(race.experiment, steps=race.step)
    figure = compose(race, options)
    with replacing(path, "wb") as file:
        figure.savefig(file, format="png", dpi=options.dpi, metadata={"Title": figure_title(race.experiment),
                                                                      "thalweg:experiment": kept.to_json(indent=None)})


def check(race: Race, options: Options) -> None:
    """ExperimentError where there is no such view of this race."""
    choice("view", options.view, ["all", *(name for name, view in VIEWS.items() if view.applies(Scene(race)))])


def figure_title(experiment: Experiment) -> str:
    return experiment.title or experiment.land.name


def compose(race: Race, options: Options) -> Figure:
    """A figure with the chosen views on it, drawn at the race's step; its words are measured at the dpi it is written at."""
    size, dpi, theme = options.size, options.dpi, options.theme
    figure = Figure(figsize=size, dpi=dpi, facecolor=theme.face)
    FigureCanvasAgg(figure)
    scene = Scene(race, theme, options=dict(options.shown))
    head, foot = 0.5 / size[1], add_legend(figure, scene)
    for name, room in rooms(scene, options.view, head, foot).items():
        view = VIEWS[name](figure)
        if options.camera is not None and hasattr(view, "camera"):
            view.camera = options.camera
        if isinstance(view, (Contour, Relief)):
            view.window = options.window
        view.place(room)
        view.show(scene)
        view.finish()
        view.arrange()
        view.axes.add_artist(Moving(view, race.step))
    assert race.experiment.start is not None
    x, y = race.experiment.start
    words = f"start ({x:.4g}, {y:.4g}), {race.step:,} steps, {race.experiment.fair.words}"
    facts = figure.text(1 - EDGE / size[0], 1 - 0.3 / size[1], words, fontsize=10, color=theme.muted, ha="right", va="center")
    shrink(facts, 10, 0.62 * size[0] * dpi)
    title = figure.text(EDGE / size[0], 1 - 0.3 / size[1], figure_title(race.experiment), fontsize=14, fontweight="bold",
                        color=theme.text, va="center", parse_math=False)
    shrink(title, 14, facts.get_window_extent().x0 - 2 * EDGE * dpi)
    return figure


def rooms(scene: Scene, views: str, head: float, foot: float) -> dict[str, tuple[float, float, float, float]]:
    """Which part of the figure each view gets: the contour the large one on the left, the others above each other."""
    body = 1 - head - foot
    if views != "all":
        return {views: (0.0, foot, 1.0, body)}
    side = [name for name, view in VIEWS.items() if name != "contour" and view.applies(scene)]
    height = body / len(side)
    return {"contour": (0.0, foot, 0.58, body),
            **{name: (0.58, foot + body - (i + 1) * height, 0.42, height) for i, name in enumerate(side)}}
