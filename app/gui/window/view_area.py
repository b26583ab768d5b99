"""The view area: the canvases of the window and what they show.

The canvases are created after the window is first shown, because they import matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QFontInfo

from app.analysis.summary import describe
from app.engine.map_job import MapJob, shows_basin_map
from app.gui.window.appearance import Appearance
from app.gui.window.dock_layout import DockLayout
from app.gui.window.step_focus import StepFocus
from app.model.experiment import Experiment
from app.session.map_store import MapStore
from app.session.session import Session
from app.utils.i18n import tr

SHORTEST_REST, LONGEST_REST = 0.15, 0.5  # seconds


class ViewArea:
    """``canvases`` are by view id, empty until ``build_canvases``; ``view_options`` are switched in the View menu."""

    def __init__(
        self, session: Session, dock_layout: DockLayout, appearance: Appearance, view_options: dict[str, Any]
    ) -> None:
        self.session, self.dock_layout, self.appearance = session, dock_layout, appearance
        self.view_options = view_options
        self.selected_run: Callable[[], int | None] = lambda: None  # the index of the run to emphasize
        self.select_run: Callable[[int], object] = lambda index: None
        self.canvases: dict[str, Any] = {}
        self.main_tools: dict[str, Any] = {}  # by view id, with the canvases
        self.step_focus = StepFocus(session, self)
        self.last_change = 0.0  # time at which a drag last changed the surface
        self.map_store = MapStore(session.store, dock_layout.window)
        self.map_store.changed.connect(self.show_map)
        self.rest_timer = QTimer(dock_layout.window, singleShot=True)
        self.rest_timer.timeout.connect(self.finish_rebuilds)
        session.store.interaction_finished.connect(self.finish_rebuilds)

    def build_canvases(
        self,
        exception_handler: Callable[[BaseException], None],
        on_viewport_changed: Callable[[], object] = lambda: None,
    ) -> None:
        """Create the canvases and their tools; ``exception_handler`` receives exceptions of matplotlib callbacks."""
        from app.plotting.quick_import import artist_docstrings_skipped

        with artist_docstrings_skipped():
            from app.gui.canvas.camera_tool import CameraTool
            from app.gui.canvas.contour_tool import ContourTool
            from app.gui.canvas.contour_viewport import ContourViewport
            from app.gui.canvas.hover_readout import HoverReadout
            from app.gui.canvas.map_tool import MapTool
            from app.gui.canvas.plot_canvas import PlotCanvas
            from app.gui.canvas.step_picker import StepPicker
            from app.views import MAIN_VIEWS, MAP_VIEWS, VIEWS

        self._apply_font()
        for name, view in VIEWS.items():
            canvas = self.canvases[name] = PlotCanvas(view)
            canvas.callbacks.exception_handler = exception_handler
            canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        titles = {name: view.title for name, view in VIEWS.items()}
        hidden = {name for name, view in VIEWS.items() if not view.shown_initially}
        self.dock_layout.add_canvases(self.canvases, titles, hidden, self.appearance.theme)
        surface_canvas = self.canvases["relief"]
        self.viewports = {
            name: ContourViewport(
                self.canvases[name],
                surface_canvas if name == "contour" else None,
                on_viewport_changed,
                self._update_basin_map,
            )
            for name in MAIN_VIEWS
        }
        self.hover_readout = HoverReadout(  # before the tools, whose cursors depend on what it highlights
            self.session, self.canvases, self._is_mouse_busy
        )
        self.step_picker = StepPicker(self.session, self.canvases, lambda index: self.select_run(index))
        self.camera_tool = CameraTool(surface_canvas)
        self.main_tools = {
            name: ContourTool(self.canvases[name], self.session, viewport, self.step_picker.pick_step)
            for name, viewport in self.viewports.items()
        }
        self.map_tools = [
            MapTool(self.canvases[name], self.session, lambda index: self.select_run(index)) for name in MAP_VIEWS
        ]
        for name in self.canvases:  # a maximized view hides the others, whose maps are not computed
            self.dock_layout.docks[name].maximize_action.triggered.connect(lambda _: self.show_scene())
        self.canvases[self.main_view].setFocus()

    @property
    def main_view(self) -> str:
        """The id of the view that shows the surface as a whole: the contour plot, or the curve on a line."""
        return "contour" if self.session.experiment.surface.dimension == 2 else "curve"

    @property
    def contour_tool(self) -> Any:
        """The tool of the contour plot, or of the curve on a line."""
        return self.main_tools[self.main_view]

    @property
    def viewport(self) -> Any:
        """The visible part of the contour plot, or of the curve on a line."""
        return self.viewports[self.main_view]

    def _is_mouse_busy(self) -> bool:
        """Return whether something is dragged in a view."""
        return (
            any(tool.press_position is not None for tool in self.main_tools.values())
            or self.camera_tool.last_position is not None
            or any(tool.dragged_run is not None for tool in self.map_tools)
        )

    def current_scene(self) -> Any:
        """Return the scene that the views should show."""
        from app.views import Scene

        return Scene(
            self.session.race,
            self.appearance.theme,
            self.session.bounds,
            dict(self.view_options),
            self.selected_run(),
            dict(self.map_store.states),
        )

    def is_applicable(self, view_id: str) -> bool:
        """Return whether a view can show the current scene."""
        from app.views import VIEWS

        return VIEWS[view_id].applies_to(self.current_scene())

    def show_scene(self) -> None:
        """Show the current scene in the views that are enabled and apply to it."""
        if not self.canvases:
            return
        from app.views import MAP_VIEWS, VIEWS

        scene, dragging = self.current_scene(), self.session.store.interaction_active
        self.hover_readout.clear()
        self.dock_layout.show_views({name for name in self.canvases if VIEWS[name].applies_to(scene)})
        if self.request_maps():
            scene = self.current_scene()
        for canvas in self.canvases.values():
            canvas.show_scene(scene, dragging)
        for name in MAP_VIEWS:
            self._redraw_markers(self.canvases[name])
        if any(canvas.rebuild_postponed for canvas in self.canvases.values()):
            self._postpone_rebuild()
        self.dock_layout.show_placeholder(
            tr("All views are hidden. Use the View menu to show them."),
            all(self.dock_layout.docks[name].isHidden() for name in self.canvases),
        )

    def request_maps(self) -> bool:
        """Request the maps of the displayed experiment for the views that are visible; return whether one changes."""
        from app.views import MAP_VIEWS
        from app.views.map_view import selected_index

        experiment, before = self.session.displayed_experiment, dict(self.map_store.states)
        index = selected_index(experiment, self.selected_run())
        for name, view in MAP_VIEWS.items():
            is_visible = not self.dock_layout.docks[name].isHidden()
            job = view.make_job(experiment, index) if is_visible else None
            if is_visible and job is None:
                self.map_store.discard(name)
            else:
                self.map_store.request(name, job)
        self.map_store.request("contour", self._basin_job(experiment, index))
        return before != self.map_store.states

    def _basin_job(self, experiment: Experiment, index: int) -> MapJob | None:
        """Return the job of the basin map under the contour plot; None if it does not show one."""
        if self.dock_layout.docks["contour"].isHidden() or not shows_basin_map(experiment):
            return None
        from app.engine.displayed_maps import displayed_basin_job  # only for a map

        view, bounds = self.viewports["contour"].view, self.session.bounds
        if view.scene is not None and self.current_scene().same_domain(view.scene):
            bounds = view.viewport or bounds
        job = displayed_basin_job(experiment, index, bounds)
        return None if job is None else job.continuing(self.map_store.states.get("contour"))

    def _update_basin_map(self) -> None:
        """Compute the basin map of the visible part of the contour plot."""
        if self.dock_layout.window.isVisible() and self.request_maps():  # not after it is closed
            self.show_map("contour")

    def show_map(self, view_id: str) -> None:
        """Show a map that is computed, or its progress."""
        canvas = self.canvases[view_id]
        canvas.show_scene(self.current_scene())
        if view_id != "contour":
            self._redraw_markers(canvas)

    @staticmethod
    def _redraw_markers(canvas: Any) -> None:
        """Draw the current settings again, which change without a change of the paths, and the progress."""
        canvas.advance(canvas.displayed_step, canvas.displayed_step)

    def _postpone_rebuild(self) -> None:
        """Rebuild the views once the dragged value rests: for twice as long as between its last two changes."""
        now = perf_counter()
        pause, self.last_change = min(now - self.last_change, LONGEST_REST), now
        self.rest_timer.start(round(1000 * max(2 * pause, SHORTEST_REST)))

    def finish_rebuilds(self) -> None:
        """Show the surface in full quality in the views for which that was postponed."""
        self.rest_timer.stop()
        for canvas in self.canvases.values():
            canvas.finish_rebuild()

    def toggle_dock(self, name: str) -> None:
        """Show or hide a view or a panel; a panel that is behind a tab is raised."""
        if self.dock_layout.is_behind(name):
            self.dock_layout.docks[name].raise_()
            return
        self.dock_layout.toggle_dock(name)
        self.show_scene()

    def toggle_view_option(self, name: str) -> None:
        """Switch a view option on or off."""
        self.view_options[name] = not self.view_options[name]
        self.show_scene()

    def reset_layout(self) -> None:
        """Show every view and panel at its initial place and size."""
        self.dock_layout.reset()
        self.show_scene()

    def retranslate(self) -> None:
        """Translate the texts in the plots again."""
        self._apply_font()
        for canvas in self.canvases.values():
            canvas.retranslate()
        for tool in self.main_tools.values():
            tool.proposal.translate()

    def _apply_font(self) -> None:
        """Use the font of the window, with fallbacks for the language, in the plots."""
        from app.plotting import fonts

        fonts.set_font_family(QFontInfo(self.dock_layout.window.font()).family())

    def set_font_scale(self, scale: float) -> None:
        """Scale the text and the lines of all plots."""
        for canvas in self.canvases.values():
            canvas.set_font_scale(scale)

    def advance(self, first_step: int, last_step: int) -> None:
        """Draw one frame: the displayed step has changed from ``first_step`` to ``last_step``."""
        surface = self.session.race.surface
        other_surface = any(
            canvas.scene is not None and canvas.scene.surface is not surface for canvas in self.canvases.values()
        )
        other_settings = any(run.history for run in self.session.experiment.runs) and bool(self.canvases)
        if other_surface or (other_settings and self.request_maps()):  # at the displayed step
            self.show_scene()
            return
        for canvas in self.canvases.values():
            canvas.advance(first_step, last_step)

    def set_scrubbing(self, active: bool) -> None:
        """Draw in low quality while the timeline is dragged, and in full quality afterwards."""
        for canvas in self.canvases.values():
            canvas.view.low_quality = active
            if not active:
                canvas.redraw_background()  # some of the replicas were left out

    def refresh_background(self, throttled: bool = False) -> None:
        """Draw new steps of replicas; ``throttled``: only as often as the drawing time permits."""
        for canvas in self.canvases.values():
            if canvas.scene is not None and canvas.scene.replica_trajectories:
                canvas.extend_background(throttled)

    def raise_selected_run(self) -> None:
        """Draw the selected run over what playback has drawn of the other runs."""
        for canvas in self.canvases.values():
            if canvas.scene is not None and len(canvas.scene.visible_runs) > 1:
                canvas.raise_selected_run()

    # The visible part of the contour plot or the curve

    @property
    def is_zoomed(self) -> bool:
        """Whether the contour plot or the curve shows another part than the bounds of the surface."""
        return bool(self.canvases) and self.viewport.view.viewport is not None

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much of the plane, about the center."""
        self.viewport.zoom(factor)

    def pan(self, dx: float, dy: float) -> None:
        """Move the visible part to the right and up, by fractions of its size."""
        self.viewport.pan(dx, dy)

    def reset_viewport(self) -> None:
        """Show the whole surface in the contour plot or the curve."""
        self.viewport.set_viewport(None)

    def set_camera(self, angles: tuple[float, float] | None) -> None:
        """Show the 3D surface from an azimuth and an elevation in degrees; None for the initial camera."""
        from app.views.camera import Camera

        self.camera_tool.set_camera(Camera(*angles) if angles else None)

    def update_descriptions(self) -> None:
        """Update the accessible descriptions of the canvases."""
        description = describe(self.session.experiment, self.session.race, self.session.run_status, self.selected_run())
        for canvas in self.canvases.values():
            is_drawn = canvas.isVisible() and canvas.view.scene is not None
            text = "\n".join(filter(None, (canvas.view.summary() if is_drawn else "", description)))
            if canvas.accessibleDescription() != text:  # a screen reader reads every new one
                canvas.setAccessibleDescription(text)
