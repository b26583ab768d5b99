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
from app.export.legend import MARGIN, add_legend
from app.export.options import Options
from app.model.experiment import Experiment
from app.plotting.path_renderer import PathRenderer
from app.plotting.text_fitting import shrink_to_fit
from app.utils.i18n import tr
from app.utils.validation import check_choice
from app.views import VIEWS, Scene, View
from app.views.contour_view import ContourView
from app.views.surface_view import SurfaceView

TITLE_HEIGHT, CAPTION_HEIGHT, TITLE_CENTER = (
    0.5,
    0.26,
    0.3,
)  # inches: a line for the title, one more below it, and from the edge to the first's middle
MIN_SIZE_ALL_VIEWS, MIN_SIZE_ONE_VIEW, MIN_SIZE_TEXT = (
    (6.4, 4.2),
    (3.2, 2.2),
    (1.2, 0.7),
)  # inches that all views need, one, and title or legend with it
TITLE_FONT_SIZE, MIN_TITLE_FONT_SIZE, CAPTION_FONT_SIZE = (
    14,
    9,
    10,
)  # points; the title is shortened rather than written smaller than that


class DynamicArtist(Artist):
    """Everything of a view that moves, as one artist: an ordinary draw paints it, on any backend."""

    def __init__(self, view: View, step: int) -> None:
        super().__init__()
        self.view, self.step = view, step
        self.set_zorder(10)

    def draw(self, renderer: Any) -> None:
        path_renderer = PathRenderer(renderer)
        self.view.redraw(path_renderer, self.step)
        self.view.draw_current_markers(path_renderer)


@dataclass(frozen=True)
class ComposedFigure:
    """A figure with all that stands still on it; ``facts`` says what it shows, None where that is not wished.

    Where it is laid out larger than it was asked for, its dpi is the smaller.
    """

    figure: Figure
    scene: Scene
    views: list[View]
    caption: Text | None

    def add_paths(self, step: int) -> Figure:
        """The figure with all that moves added as it stood at a step."""
        for view in self.views:
            view.axes.add_artist(DynamicArtist(view, step))
        return self.figure


def check_view(race: Race, options: Options) -> None:
    """ExperimentError where there is no such view of this race."""
    check_choice(
        tr("view"), options.view, ["all", *(name for name, view in VIEWS.items() if view.applies_to(Scene(race)))]
    )


def truncate_replicas(race: Race) -> Race:
    """The race with replicas that come no farther than the step that is shown, whatever they do later."""
    truncated = copy(race)
    truncated.replica_trajectories = [
        [trajectory.copy_until(min(race.step, trajectory.last_step)) for trajectory in replicas]
        for replicas in race.replica_trajectories
    ]
    return truncated


def figure_title(experiment: Experiment) -> str:
    return experiment.title or experiment.surface.name


def layout_scale(options: Options) -> float:
    """How many times as large it must be laid out, so that there is room for its words."""
    text_count = (options.title or options.mode) + options.legend
    min_size = (
        MIN_SIZE_ALL_VIEWS
        if options.view == "all"
        else (
            MIN_SIZE_ONE_VIEW[0] + MIN_SIZE_TEXT[0] * bool(text_count),
            MIN_SIZE_ONE_VIEW[1] + MIN_SIZE_TEXT[1] * text_count,
        )
    )
    return max(1.0, *(minimum / side for minimum, side in zip(min_size, options.size, strict=True)))


def build_figure(race: Race, options: Options, detail_scale: float = 1.0) -> ComposedFigure:
    """A figure with the chosen views on it, with limits for the race's step; its words are measured at its dpi.

    ``fineness``: see View; more than 1 for a vector file.
    """
    check_view(race, options)
    race = truncate_replicas(race)
    theme, scale = options.theme, layout_scale(options)
    size, dpi = (options.size[0] * scale, options.size[1] * scale), options.dpi / scale
    figure = Figure(figsize=size, dpi=dpi, facecolor=theme.figure_background)
    FigureCanvasAgg(figure)
    scene, views = Scene(race, theme, options=dict(options.view_options)), []
    caption, header_height = _add_header(figure, race, options)
    footer_height = add_legend(figure, scene) if options.legend else 0.5 * MARGIN / size[1]
    for name, cell in view_cells(scene, options.view, header_height, footer_height).items():
        view = VIEWS[name](figure)
        view.detail_scale, view.tight_limits = detail_scale, True
        if isinstance(view, SurfaceView) and options.camera is not None:
            view.camera = options.camera
        if isinstance(view, (ContourView, SurfaceView)):
            view.viewport = options.viewport
        view.set_bounds(cell)
        view.show_scene(scene)
        view.add_deferred_artists()
        view.fit_labels()
        views.append(view)
    return ComposedFigure(figure, scene, views, caption)


def caption_text(race: Race, options: Options) -> str:
    """What is shown: the start and the step where a title is wished, and the mode of the race."""
    assert race.experiment.start is not None
    x, y = race.experiment.start
    items = [tr("start ({x:.4g}, {y:.4g}), {step:,} steps", x=x, y=y, step=race.step)] if options.title else []
    return ", ".join([*items, race.experiment.comparison.text] if options.mode else items)


def _add_header(figure: Figure, race: Race, options: Options) -> tuple[Text | None, float]:
    """Put title and facts at the top, side by side, or below each other where they are long; the facts, and the height's share."""
    (width, height), theme, pixels_per_inch = figure.get_size_inches(), options.theme, figure.dpi
    if not (options.title or options.mode):
        return None, 0.0
    left, available_width, baseline = MARGIN / width, (width - 2 * MARGIN) * pixels_per_inch, 1 - TITLE_CENTER / height
    caption = figure.text(
        1 - left,
        baseline,
        caption_text(race, options),
        fontsize=CAPTION_FONT_SIZE,
        color=theme.muted_text,
        ha="right",
        va="center",
    )
    if not options.title:
        shrink_to_fit(caption, CAPTION_FONT_SIZE, available_width)
        return caption, TITLE_HEIGHT / height
    title = figure.text(
        left,
        baseline,
        figure_title(race.experiment),
        fontsize=TITLE_FONT_SIZE,
        fontweight="bold",
        color=theme.text,
        va="center",
        parse_math=False,
    )
    if (
        title.get_window_extent().width + caption.get_window_extent().width + 2 * MARGIN * pixels_per_inch
        <= available_width
    ):
        return caption, TITLE_HEIGHT / height
    _fit_title(title, available_width)
    caption.set(x=left, y=baseline - CAPTION_HEIGHT / height, ha="left")
    shrink_to_fit(caption, CAPTION_FONT_SIZE, available_width)
    return caption, (TITLE_HEIGHT + CAPTION_HEIGHT) / height


def _fit_title(title: Text, max_width: float) -> None:
    """Make a title fit into so many pixels: smaller, then with fewer words."""
    full_text = title.get_text()
    title.set_fontsize(
        max(MIN_TITLE_FONT_SIZE, min(1.0, 0.98 * max_width / title.get_window_extent().width) * TITLE_FONT_SIZE)
    )
    for length in range(len(full_text) - 1, 0, -1):
        if title.get_window_extent().width <= max_width:
            return
        title.set_text(full_text[:length].rstrip() + "…")


def view_cells(
    scene: Scene, view_id: str, header_height: float, footer_height: float
) -> dict[str, tuple[float, float, float, float]]:
    """Which part of the figure each view gets: the contour the large one on the left, the others above each other."""
    body_height = 1 - header_height - footer_height
    if view_id != "all":
        return {view_id: (0.0, footer_height, 1.0, body_height)}
    side_views = [name for name, view in VIEWS.items() if name != "contour" and view.applies_to(scene)]
    height = body_height / len(side_views)
    return {
        "contour": (0.0, footer_height, 0.58, body_height),
        **{
            name: (0.58, footer_height + body_height - (i + 1) * height, 0.42, height)
            for i, name in enumerate(side_views)
        },
    }
