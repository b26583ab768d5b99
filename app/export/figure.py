"""The figure that is taken home: all views with a title and a legend, or one view, on a figure of its own."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from app.engine.race import Race
from app.export.legend import EDGE, add_legend
from app.export.options import Options
from app.model.experiment import Experiment
from app.plotting.path_renderer import Brush
from app.plotting.text_fitting import shrink
from app.utils.i18n import tr
from app.utils.validation import choice
from app.views import VIEWS, Scene, View
from app.views.contour_view import Contour
from app.views.surface_view import Relief

HEAD, SECOND, MIDDLE = (
    0.5,
    0.26,
    0.3,
)  # inches: a line for the title, one more below it, and from the edge to the first's middle
WHOLE, SINGLE, WORDS = (
    (6.4, 4.2),
    (3.2, 2.2),
    (1.2, 0.7),
)  # inches that all views need, one, and title or legend with it
TITLE, LEAST, FACTS = 14, 9, 10  # points; the title is shortened rather than written smaller than that


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

    Where it is laid out larger than it was asked for, its dpi is the smaller.
    """

    figure: Figure
    scene: Scene
    views: list[View]
    facts: Text | None

    def with_paths(self, step: int) -> Figure:
        """The figure with all that moves added as it stood at a step."""
        for view in self.views:
            view.axes.add_artist(Moving(view, step))
        return self.figure


def check(race: Race, options: Options) -> None:
    """ExperimentError where there is no such view of this race."""
    choice(tr("view"), options.view, ["all", *(name for name, view in VIEWS.items() if view.applies(Scene(race)))])


def without_beyond(race: Race) -> Race:
    """The race with replicas that come no farther than the step that is shown, whatever they do later."""
    shown = copy(race)
    shown.bundles = [[track.fork(min(race.step, track.extent)) for track in bundle] for bundle in race.bundles]
    return shown


def figure_title(experiment: Experiment) -> str:
    return experiment.title or experiment.land.name


def enlarged(options: Options) -> float:
    """How many times as large it must be laid out, so that there is room for its words."""
    worded = (options.title or options.mode) + options.legend
    needed = WHOLE if options.view == "all" else (SINGLE[0] + WORDS[0] * bool(worded), SINGLE[1] + WORDS[1] * worded)
    return max(1.0, *(least / side for least, side in zip(needed, options.size, strict=True)))


def compose(race: Race, options: Options, fineness: float = 1.0) -> Composed:
    """A figure with the chosen views on it, with limits for the race's step; its words are measured at its dpi.

    ``fineness``: see View; more than 1 for a vector file.
    """
    check(race, options)
    race = without_beyond(race)
    theme, scale = options.theme, enlarged(options)
    size, dpi = (options.size[0] * scale, options.size[1] * scale), options.dpi / scale
    figure = Figure(figsize=size, dpi=dpi, facecolor=theme.face)
    FigureCanvasAgg(figure)
    scene, views = Scene(race, theme, options=dict(options.shown)), []
    told, head = _head(figure, race, options)
    foot = add_legend(figure, scene) if options.legend else 0.5 * EDGE / size[1]
    for name, room in rooms(scene, options.view, head, foot).items():
        view = VIEWS[name](figure)
        view.fineness, view.tight = fineness, True
        if isinstance(view, Relief) and options.camera is not None:
            view.camera = options.camera
        if isinstance(view, (Contour, Relief)):
            view.window = options.window
        view.place(room)
        view.show(scene)
        view.finish()
        view.arrange()
        views.append(view)
    return Composed(figure, scene, views, told)


def facts(race: Race, options: Options) -> str:
    """What is shown: the start and the step where a title is wished, and the mode of the race."""
    assert race.experiment.start is not None
    x, y = race.experiment.start
    words = [tr("start ({x:.4g}, {y:.4g}), {step:,} steps", x=x, y=y, step=race.step)] if options.title else []
    return ", ".join([*words, race.experiment.fair.words] if options.mode else words)


def _head(figure: Figure, race: Race, options: Options) -> tuple[Text | None, float]:
    """Put title and facts at the top, side by side, or below each other where they are long; the facts, and the height's share."""
    (width, height), theme, inch = figure.get_size_inches(), options.theme, figure.dpi
    if not (options.title or options.mode):
        return None, 0.0
    left, free, up = EDGE / width, (width - 2 * EDGE) * inch, 1 - MIDDLE / height
    told = figure.text(1 - left, up, facts(race, options), fontsize=FACTS, color=theme.muted, ha="right", va="center")
    if not options.title:
        shrink(told, FACTS, free)
        return told, HEAD / height
    title = figure.text(
        left,
        up,
        figure_title(race.experiment),
        fontsize=TITLE,
        fontweight="bold",
        color=theme.text,
        va="center",
        parse_math=False,
    )
    if title.get_window_extent().width + told.get_window_extent().width + 2 * EDGE * inch <= free:
        return told, HEAD / height
    _shorten(title, free)
    told.set(x=left, y=up - SECOND / height, ha="left")
    shrink(told, FACTS, free)
    return told, (HEAD + SECOND) / height


def _shorten(title: Text, wide: float) -> None:
    """Make a title fit into so many pixels: smaller, then with fewer words."""
    words = title.get_text()
    title.set_fontsize(max(LEAST, min(1.0, 0.98 * wide / title.get_window_extent().width) * TITLE))
    for letters in range(len(words) - 1, 0, -1):
        if title.get_window_extent().width <= wide:
            return
        title.set_text(words[:letters].rstrip() + "…")


def rooms(scene: Scene, views: str, head: float, foot: float) -> dict[str, tuple[float, float, float, float]]:
    """Which part of the figure each view gets: the contour the large one on the left, the others above each other."""
    body = 1 - head - foot
    if views != "all":
        return {views: (0.0, foot, 1.0, body)}
    side = [name for name, view in VIEWS.items() if name != "contour" and view.applies(scene)]
    height = body / len(side)
    return {
        "contour": (0.0, foot, 0.58, body),
        **{name: (0.58, foot + body - (i + 1) * height, 0.42, height) for i, name in enumerate(side)},
    }
