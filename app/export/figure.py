"""The figure that is taken home: all views with a title and a legend, or one view, on a figure of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

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

HEAD = 0.5  # inches, for the title
WHOLE, SINGLE, WORDS = (6.4, 4.2), (3.2, 2.2), (1.2, 0.7)  # inches that all views need, one, and title or legend with it
TITLE, FACTS = 14, 10  # points


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


@dataclass(frozen=True)
class Composed:
    """A figure with all that stands still on it; ``facts`` says what it shows, None where that is not wished.

    ``scale``: how many times as large it is laid out as it was asked for, so that there is room for its words; its ``figure.dpi``
    is the smaller.
    """

    figure: Figure
    scene: Scene
    views: list[View]
    facts: Text | None
    scale: float

    def with_paths(self, step: int) -> Figure:
        """The figure with all that moves added as it stood at a step."""
        for view in self.views:
            view.axes.add_artist(Moving(view, step))
        return self.figure


def check(race: Race, options: Options) -> None:
    """ExperimentError where there is no such view of this race."""
    choice("view", options.view, ["all", *(name for name, view in VIEWS.items() if view.applies(Scene(race)))])


def figure_title(experiment: Experiment) -> str:
    return experiment.title or experiment.land.name


def compose(race: Race, options: Options, fineness: float = 1.0) -> Composed:
    """A figure with the chosen views on it, with limits for the race's step; its words are measured at its dpi.

    ``fineness``: see View; more than 1 for a vector file.
    """
    check(race, options)
    theme, worded = options.theme, (options.title or options.mode) + options.legend
    needed = WHOLE if options.view == "all" else (SINGLE[0] + WORDS[0] * bool(worded), SINGLE[1] + WORDS[1] * worded)
    scale = max(1.0, *(least / side for least, side in zip(needed, options.size, strict=True)))
    size, dpi = (options.size[0] * scale, options.size[1] * scale), options.dpi / scale
    figure = Figure(figsize=size, dpi=dpi, facecolor=theme.face)
    FigureCanvasAgg(figure)
    scene, views = Scene(race, theme, options=dict(options.shown)), []
    head = HEAD / size[1] if options.title or options.mode else 0.0
    foot = add_legend(figure, scene) if options.legend else 0.5 * EDGE / size[1]
    for name, room in rooms(scene, options.view, head, foot).items():
        view = VIEWS[name](figure)
        view.fineness = fineness
        if isinstance(view, Relief) and options.camera is not None:
            view.camera = options.camera
        if isinstance(view, (Contour, Relief)):
            view.window = options.window
        view.place(room)
        view.show(scene)
        view.finish()
        view.arrange()
        views.append(view)
    return Composed(figure, scene, views, _head(figure, race, options), scale)


def facts(race: Race, options: Options) -> str:
    """What is shown: the start and the step where a title is wished, and the mode of the race."""
    assert race.experiment.start is not None
    x, y = race.experiment.start
    words = [f"start ({x:.4g}, {y:.4g}), {race.step:,} steps"] if options.title else []
    return ", ".join([*words, race.experiment.fair.words] if options.mode else words)


def _head(figure: Figure, race: Race, options: Options) -> Text | None:
    """Title and facts side by side, as large as there is room for."""
    (width, height), theme, told = figure.get_size_inches(), options.theme, None
    left, across, up = EDGE / width, figure.bbox.width, 1 - 0.3 / height
    free = across - 2 * EDGE * figure.dpi
    if options.title or options.mode:
        told = figure.text(1 - left, up, facts(race, options), fontsize=FACTS, color=theme.muted, ha="right", va="center")
        shrink(told, FACTS, 0.62 * across if options.title else free)
    if options.title:
        title = figure.text(left, up, figure_title(race.experiment), fontsize=TITLE, fontweight="bold", color=theme.text,
                            va="center", parse_math=False)
        assert told is not None
        beside = told.get_window_extent().width + EDGE * figure.dpi if told.get_visible() else 0.0
        shrink(title, TITLE, free - beside)
    return told


def rooms(scene: Scene, views: str, head: float, foot: float) -> dict[str, tuple[float, float, float, float]]:
    """Which part of the figure each view gets: the contour the large one on the left, the others above each other."""
    body = 1 - head - foot
    if views != "all":
        return {views: (0.0, foot, 1.0, body)}
    side = [name for name, view in VIEWS.items() if name != "contour" and view.applies(scene)]
    height = body / len(side)
    return {"contour": (0.0, foot, 0.58, body),
            **{name: (0.58, foot + body - (i + 1) * height, 0.42, height) for i, name in enumerate(side)}}
