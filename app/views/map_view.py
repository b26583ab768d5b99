"""The base class of views that show a map or curves of many runs, computed in the background."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from app.engine.map_job import MapJob, MapState
from app.engine.trajectory import Trajectory
from app.model.experiment import Experiment
from app.plotting import text_fitting
from app.plotting.path_renderer import PathRenderer
from app.utils.i18n import tr
from app.views.annotations import layout_label
from app.views.base_view import View
from app.views.color_bar import ColorBar
from app.views.contour_view import MIN_CELL_WITH_BAR
from app.views.scene import Scene

TITLE_FONT_SIZE, KEY_FONT_SIZE = 9.0, 8.5  # points
VALID_MESSAGE_HEIGHT = 0.14  # of the axes, for a message over a valid map
PALE_OPACITY = 0.75  # of the background over a map that is being replaced


class MapView(View):
    """A view of a map.

    The map is in ``Scene.maps`` and static: playback moves markers over it only. Until the map for new settings is
    computed, the old one stays, pale, below a message. Subclasses implement ``make_job`` and ``draw_map``.

    Attributes
    ----------
    shows_selected_run : bool
        Whether the map is that of one run, the selected one.
    drawn : tuple
        What the static artists show; None if they show no map.
    """

    shown_initially = False
    shows_selected_run: ClassVar[bool] = True
    has_heading = True
    margins = (0.6, 0.46, 0.14, 0.14)
    heading_height = 0.3

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.drawn: tuple[Any, ...] | None = None
        self.color_bar: ColorBar | None = None
        self.titles: list[str] = []
        self.keys: list[str] = []
        self.title_text: Annotation | None = None
        self.key_text: Annotation | None = None

    @staticmethod
    def applies_to(scene: Scene) -> bool:
        """Return whether runs move on the surface; maps of problems with many parameters are not computed."""
        return scene.experiment.problem is None

    @staticmethod
    @abstractmethod
    def make_job(experiment: Experiment, selected_run: int) -> MapJob | None:
        """Return what to compute for an experiment, as of the displayed step; None if there is no map."""

    @abstractmethod
    def missing_reason(self, experiment: Experiment, selected_run: int) -> str:
        """Return why there is no job, translated."""

    @abstractmethod
    def draw_map(self, scene: Scene, result: Any) -> tuple[list[str], list[str]]:
        """Draw the map on empty axes; return its titles, the longest first, and its keys, the most complete first."""

    @property
    def state(self) -> MapState | None:
        """The map of this view and how far it is."""
        return None if self.scene is None else self.scene.maps.get(self.id)

    @property
    def result(self) -> Any:
        """The map that is drawn and valid; None while there is none."""
        return None if self.drawn is None or self.state is None else self.state.result

    @property
    def selected_index(self) -> int:
        """The index of the selected run, by default of the first one."""
        assert self.scene is not None
        return selected_index(self.scene.experiment, self.scene.selected_run)

    # Static artists

    def drawn_key(self, scene: Scene) -> tuple[Any, ...] | None:
        """Return what the static artists for a scene depend on; None if there is no map."""
        state = scene.maps.get(self.id)
        if state is None or state.result is None:
            return None
        return state.result, scene.experiment.map_options, scene.styles, scene.theme

    def build_static_artists(self, scene: Scene) -> None:
        """Draw the map, if it is computed, and the texts above it."""
        self.drawn, self.color_bar, self.title_text, self.key_text = self.drawn_key(scene), None, None, None
        if self.drawn is None:
            self.axes.set_axis_off()
            return
        self.titles, self.keys = self.draw_map(scene, scene.maps[self.id].result)
        axes, theme = self.axes, scene.theme
        self.title_text = text_fitting.annotate_above(axes, self.titles[0], "left", TITLE_FONT_SIZE, theme.text)
        self.key_text = text_fitting.annotate_above(axes, self.keys[0], "right", KEY_FONT_SIZE, theme.muted_text)
        for text in (self.title_text, self.key_text):
            text.set_parse_math(False)

    def update_scene(self, scene: Scene) -> bool:
        """Switch to another scene; return whether another map needs a full draw."""
        super().update_scene(scene)
        state = scene.maps.get(self.id)
        if (state is not None and state.result is None and not state.error) or self.drawn_key(scene) == self.drawn:
            return False  # the old map stays until there is another one
        self.show_scene(scene)
        return True

    def effective_margins(self) -> tuple[float, float, float, float]:
        """Return the minimum margins, with room for the color bar on the right."""
        left, bottom, right, top = super().effective_margins()
        return left, bottom, right + (self.color_bar.space if self._has_room_for_bar else 0.0), top  # type: ignore[union-attr]

    @property
    def _has_room_for_bar(self) -> bool:
        width, height = self.cell_bbox.size
        is_large = min(width / MIN_CELL_WITH_BAR[0], height / MIN_CELL_WITH_BAR[1]) >= self.figure.dpi
        return self.color_bar is not None and bool(is_large)

    def fit_labels(self) -> None:
        """Shrink the texts above the map so that they fit; the key counts more."""
        super().fit_labels()
        if self.title_text is None or self.key_text is None:
            return
        if self.color_bar is not None:
            self.color_bar.axes.set_visible(self._has_room_for_bar)
            self.color_bar.fit_ticks()
        available, gap = self.axes.bbox.width, 0.12 * self.figure.dpi
        self.title_text.set(text=self.titles[-1], fontsize=TITLE_FONT_SIZE, visible=True)
        beside_title = available - self.title_text.get_window_extent().width - gap
        for key in self.keys:
            self.key_text.set(text=key)
            if text_fitting.shrink_to_fit(self.key_text, KEY_FONT_SIZE, beside_title):
                break
        if self.key_text.get_text() and (
            self.key_text.get_visible() or text_fitting.shrink_to_fit(self.key_text, KEY_FONT_SIZE, available)
        ):
            available -= self.key_text.get_window_extent().width + gap
        for title in self.titles:
            self.title_text.set(text=title, fontsize=TITLE_FONT_SIZE, visible=True)
            if self.title_text.get_window_extent().width <= available:
                break
        text_fitting.shrink_to_fit(self.title_text, TITLE_FONT_SIZE, available)

    # Coordinates

    def coordinates(self, trajectory: Trajectory, steps: np.ndarray) -> np.ndarray:
        """Return nan (n, 2), because the steps of a run have no place on a map."""
        return np.full((len(steps), 2), np.nan)

    def to_screen(self, points: np.ndarray) -> tuple[np.ndarray, None]:
        """Return the pixels (n, 2) of points on the axes (n, 2)."""
        return self.axes.transData.transform(points), None

    # Settings under the pointer

    def run_at(self, pixel: tuple[float, float]) -> int | None:
        """Return the index of the run that a click at a pixel sets; None if it sets none."""
        return None

    def setting_at(self, pixel: tuple[float, float], index: int) -> Mapping[str, float]:
        """Return the hyperparameters that a click at a pixel sets for a run; empty while the map is computed."""
        return {}

    # Moving parts

    def draw_path_segments(self, renderer: PathRenderer, first_step: int, last_step: int) -> None:
        """Draw nothing: the view has no paths."""

    def draw_step_ring(self, renderer: PathRenderer, index: int, step: int) -> None:
        """Draw nothing: the view has no paths."""

    def draw_current_markers(self, renderer: PathRenderer) -> None:
        """Draw the markers over a valid map; over an old or a missing one, what is being done."""
        assert self.scene is not None
        if self.result is not None:
            self.draw_markers(renderer)
        elif self.drawn is not None:
            corners = self.cell_bbox.corners()[[0, 1, 3, 2]]
            renderer.fill_polygon(corners, self.scene.theme.figure_background, PALE_OPACITY, None)
        message = self.message()
        if message:
            height = 0.5 if self.result is None else VALID_MESSAGE_HEIGHT
            draw_message(renderer, self.axes, message, height, self.scene)

    @abstractmethod
    def draw_markers(self, renderer: PathRenderer) -> None:
        """Draw the current settings of the runs over a valid map."""

    def summary(self) -> str:
        """Return what the map shows, or why there is none, and what it says about the current setting."""
        if self.result is None:
            return self.message()
        current = [f"{name}: {value}" for name, value in self.current_readout()]
        return "; ".join([self.titles[0], *current])

    def current_readout(self) -> list[tuple[str, str]]:
        """Return names and values of what the map says about the displayed setting; empty if it is not on the map."""
        return []

    def message(self) -> str:
        """Return what a view without a valid map says, translated; empty if there is nothing to say."""
        assert self.scene is not None
        state = self.state
        if state is None:
            return self.missing_reason(self.scene.displayed_experiment, self.selected_index)
        if state.error or state.progress is None:
            return state.error
        if state.result is None:
            return tr("computing {percent} %", percent=round(100 * state.progress))
        is_slow = not state.job.is_batched  # a batched map is refined before this could be read
        return tr("refining {percent} %", percent=round(100 * state.progress)) if is_slow else ""


def selected_index(experiment: Experiment, selected_run: int | None) -> int:
    """Return the index of the run whose map is shown: the selected one, else the first visible one."""
    runs = experiment.runs
    if selected_run is not None and 0 <= selected_run < len(runs):
        return selected_run
    return next((k for k, run in enumerate(runs) if run.visible), 0)


def draw_message(renderer: PathRenderer, axes: Axes, message: str, height: float, scene: Scene) -> None:
    """Draw a message at a height of axes, from 0 to 1, on two lines if they are narrow; nothing if there is no room."""
    bbox, theme = axes.bbox, scene.theme
    position = np.array([(bbox.x0 + bbox.x1) / 2, bbox.y0 + height * bbox.height])
    for text in (message, text_fitting.wrap_two_lines(message)):
        label = layout_label(renderer, axes, text, position, "center", theme.text, theme.divider)
        if label is not None:
            label.draw(renderer, theme)
            return


def no_run_message() -> str:
    """Return what a view says that has no run to show, translated."""
    return tr("No runs yet. Add one in the side panel.")
