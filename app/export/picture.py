"""The race as a picture, drawn anew on a figure of its own: all views with a title and a legend, or one view."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from app.atomic import replacing
from app.checks import ExperimentError, choice
from app.experiment import Experiment
from app.export.legend import EDGE, add_legend
from app.race import Race
from app.theme import LIGHT, Theme
from app.views import VIEWS, Scene, View
from app.views.contour import Contour
from app.views.labels import shrink
from app.views.relief import Relief
from app.views.strokes import Brush
from surfaces.surface import Box

MOST_PIXELS = 100_000_000
SIZE = (12.8, 7.6)  # inches


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


def picture(race: Race, path: Path, *, views: str = "all", dpi: float = 150, theme: Theme = LIGHT,
            size: tuple[float, float] = SIZE, options: dict[str, Any] | None = None, camera: Any = None,
            window: Box | None = None) -> None:
    """Write a PNG of ``size`` inches at ``dpi``. ``views`` is "all" or the id of one; the experiment is kept in its metadata.

    ``window`` is the part of the plane that the contour shows, None for all.
    """
    check(race, views, dpi, size)
    kept = replace(race.experiment, steps=race.step)
    figure = compose(race, views, theme, size, dpi, options or {}, camera, window)
    with replacing(path, "wb") as file:
        figure.savefig(file, format="png", dpi=dpi, metadata={"Title": figure_title(race.experiment),
                                                              "thalweg:experiment": kept.to_json(indent=None)})


def check(race: Race, views: str, dpi: float, size: tuple[float, float] = SIZE) -> None:
    """ExperimentError where there is no such view of this race, or the picture would be too large."""
    choice("view", views, ["all", *(name for name, view in VIEWS.items() if view.applies(Scene(race)))])
    most = min(1200, int((MOST_PIXELS / size[0] / size[1]) ** 0.5))
    if not 10 <= dpi <= most:
        raise ExperimentError(f"dpi must be from 10 to {most}, not {dpi:g}")


def figure_title(experiment: Experiment) -> str:
    return experiment.title or experiment.land.name


def compose(race: Race, views: str, theme: Theme, size: tuple[float, float], dpi: float, options: dict[str, Any],
            camera: Any, window: Box | None = None) -> Figure:
    """A figure with the chosen views on it, drawn at the race's step; its words are measured at the dpi it is written at."""
    figure = Figure(figsize=size, dpi=dpi, facecolor=theme.face)
    FigureCanvasAgg(figure)
    scene = Scene(race, theme, options=options)
    head, foot = 0.5 / size[1], add_legend(figure, scene)
    for name, room in rooms(scene, views, head, foot).items():
        view = VIEWS[name](figure)
        if camera is not None and hasattr(view, "camera"):
            view.camera = camera
        if isinstance(view, (Contour, Relief)):
            view.window = window
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
