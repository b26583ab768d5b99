"""Layout of an exported figure: all views or one view, with a title, a caption and a legend."""

from __future__ import annotations

import app.plotting  # noqa: F401 (imports matplotlib under our own settings)

# isort: split
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from app.engine.map_job import MapState
from app.engine.race import Race
from app.export.figure_map import known_map, map_job
from app.export.legend import MARGIN, add_legend
from app.export.options import Options
from app.io.experiment_files import display_name
from app.model.experiment import Experiment
from app.plotting import fonts
from app.plotting.path_renderer import PathRenderer
from app.plotting.text_fitting import shrink_to_fit
from app.utils.i18n import tr
from app.utils.validation import check_choice
from app.views import MAIN_VIEWS, MAP_VIEWS, VIEWS, Scene, View
from app.views.surface_view import SurfaceView
from app.views.viewport_view import ViewportView
from surfaces import Surface

# Inches
TITLE_HEIGHT = 0.5
CAPTION_HEIGHT = 0.26  # if the caption stands below the title
TITLE_CENTER = 0.3  # from the top edge to the middle of the title
MIN_SIZE_ALL_VIEWS = (6.4, 4.2)
MIN_SIZE_ONE_VIEW = (3.2, 2.2)
MIN_SIZE_TEXT = (1.2, 0.7)  # added to MIN_SIZE_ONE_VIEW for a title, caption or legend
# Points
TITLE_FONT_SIZE = 14
MIN_TITLE_FONT_SIZE = 9  # a title that is still too long is shortened
CAPTION_FONT_SIZE = 10


class DynamicArtist(Artist):
    """Paths and current markers of a view as one artist, so that a full draw on any backend includes them."""

    def __init__(self, view: View, step: int) -> None:
        super().__init__()
        self.view, self.step = view, step
        self.set_zorder(10)

    def draw(self, renderer: Any) -> None:
        """Draw the paths and the current markers."""
        path_renderer = PathRenderer(renderer)
        self.view.redraw(path_renderer, self.step)
        self.view.draw_current_markers(path_renderer)


@dataclass(frozen=True)
class ComposedFigure:
    """A figure with the static artists of its views.

    ``caption`` is the text with the step number and the comparison mode, or None if it is switched off. A figure laid
    out larger than requested has a proportionally lower dpi, so that its size in pixels is the requested one.
    """

    figure: Figure
    scene: Scene
    views: list[View]
    caption: Text | None

    def add_paths(self, step: int) -> Figure:
        """Return the figure with the paths up to a step and the current markers added."""
        for view in self.views:
            view.axes.add_artist(DynamicArtist(view, step))
        return self.figure


def check_view(race: Race, options: Options) -> None:
    """Raise ExperimentError if the race has no view of the name in the options."""
    check_choice(
        tr("view"), options.view, ["all", *(name for name, view in VIEWS.items() if view.applies_to(Scene(race)))]
    )


def truncate_replicas(race: Race) -> Race:
    """Return a copy of the race whose replicas end at the displayed step."""
    truncated = copy(race)
    truncated.replica_trajectories = [
        [trajectory.copy_until(min(race.step, trajectory.last_step)) for trajectory in replicas]
        for replicas in race.replica_trajectories
    ]
    return truncated


def figure_text(experiment: Experiment) -> str:
    """Return the texts of the user that a figure can contain, as one text: title and names of branches."""
    return "".join([display_name(experiment), *(branch.name for branch in experiment.branches)])


def layout_scale(options: Options) -> float:
    """Return the factor (at least 1) by which the figure must be laid out larger to fit its texts."""
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


def build_figure(
    race: Race, options: Options, detail_scale: float = 1.0, surface: Surface | None = None
) -> ComposedFigure:
    """Return a figure with the views of the options and axis limits for the displayed step of the race.

    Texts are measured at the dpi of the figure. ``detail_scale`` is that of View, more than 1 for a vector file.
    ``surface`` is the surface of another step, by default that of the displayed one.
    """
    check_view(race, options)
    with fonts.covering(figure_text(race.experiment)):
        return _compose_figure(truncate_replicas(race), options, detail_scale, surface)


def _compose_figure(race: Race, options: Options, detail_scale: float, surface: Surface | None) -> ComposedFigure:
    theme, scale = options.theme, layout_scale(options)
    size, dpi = (options.size[0] * scale, options.size[1] * scale), options.dpi / scale
    figure = Figure(figsize=size, dpi=dpi, facecolor=theme.figure_background)
    FigureCanvasAgg(figure)
    scene, views = make_scene(race, options, surface), []
    caption, header_height = _add_header(figure, race, options)
    footer_height = add_legend(figure, scene) if options.legend else 0.5 * MARGIN / size[1]
    for name, cell in view_cells(scene, options.view, header_height, footer_height).items():
        view = VIEWS[name](figure)
        view.detail_scale, view.tight_limits = detail_scale, True
        if isinstance(view, SurfaceView) and options.camera is not None:
            view.camera = options.camera
        if isinstance(view, (ViewportView, SurfaceView)):
            view.viewport = options.viewport
        view.set_bounds(cell)
        view.show_scene(scene)
        view.add_deferred_artists()
        view.fit_labels()
        views.append(view)
    return ComposedFigure(figure, scene, views, caption)


def make_scene(race: Race, options: Options, surface: Surface | None = None) -> Scene:
    """Return the scene of a figure, with the map that it shows, if any; ``compute_map`` computes it in advance."""
    scene = Scene(race, options.theme, options=dict(options.view_options), surface=surface or race.surface)
    view_id, job = map_job(scene, options)
    if job is None:
        return scene
    known, view = known_map(options, view_id, job), MAP_VIEWS.get(view_id)
    result = job.finish() if known is None else known
    selected_run = options.map_run if view is not None and view.shows_selected_run else None
    return replace(scene, selected_run=selected_run, maps={view_id: MapState(job, result, None)})


def caption_text(race: Race, options: Options) -> str:
    """Return the start and the step if the options include a title, and the comparison mode if they include it."""
    assert race.experiment.start is not None
    x, y = race.experiment.start
    if race.surface.dimension == 1:
        text = tr("start x = {x:.4g}, {step:,} steps", x=x, step=race.step)
    else:
        text = tr("start ({x:.4g}, {y:.4g}), {step:,} steps", x=x, y=y, step=race.step)
    items = [text] if options.title else []
    return ", ".join([*items, race.experiment.comparison.text] if options.mode else items)


def _add_header(figure: Figure, race: Race, options: Options) -> tuple[Text | None, float]:
    """Add title and caption at the top: on one line if they fit, otherwise on two.

    Returns the caption (None if there is none) and the height used, as a fraction of the height of the figure.
    """
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
        display_name(race.experiment),
        fontsize=TITLE_FONT_SIZE,
        fontweight="bold",
        color=theme.text,
        va="center",
        parse_math=False,
    )
    text_width = title.get_window_extent().width + caption.get_window_extent().width
    if text_width + 2 * MARGIN * pixels_per_inch <= available_width:
        return caption, TITLE_HEIGHT / height
    _fit_title(title, available_width)
    caption.set(x=left, y=baseline - CAPTION_HEIGHT / height, ha="left")
    shrink_to_fit(caption, CAPTION_FONT_SIZE, available_width)
    return caption, (TITLE_HEIGHT + CAPTION_HEIGHT) / height


def _fit_title(title: Text, max_width: float) -> None:
    """Fit a title into a width in pixels: reduce its font size, then shorten it."""
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
    """Return the cell of each view as (left, bottom, width, height), fractions of the figure.

    With all views, the contour plot or the curve is on the left, the others are stacked on the right.
    """
    body_height = 1 - header_height - footer_height
    if view_id != "all":
        return {view_id: (0.0, footer_height, 1.0, body_height)}
    shown = [name for name, view in VIEWS.items() if view.shown_initially and view.applies_to(scene)]
    side_views = [name for name in shown if name not in MAIN_VIEWS]
    height = body_height / len(side_views)
    return {
        next(name for name in shown if name in MAIN_VIEWS): (0.0, footer_height, 0.58, body_height),
        **{
            name: (0.58, footer_height + body_height - (i + 1) * height, 0.42, height)
            for i, name in enumerate(side_views)
        },
    }
