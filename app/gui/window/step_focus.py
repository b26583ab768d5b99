"""The displayed step in the plots: what the step panel emphasizes there, and a close look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from app.session.session import Session
from surfaces.surface import Bounds

PLANE_VIEWS = ("contour", "relief")


class PlaneViews(Protocol):
    """What the focus needs of the view area."""

    @property
    def canvases(self) -> Mapping[str, Any]:
        """The canvases by view id."""

    @property
    def viewport(self) -> Any:
        """The visible part of the contour plot."""

    def current_scene(self) -> Any:
        """Return the scene that the views show."""


class StepFocus:
    """Emphasizes arrows of the displayed step, and zooms to them."""

    def __init__(self, session: Session, views: PlaneViews) -> None:
        self.session, self.views = session, views
        self.looked_at: Bounds | None = None  # the part that is shown while looking at a step
        self.viewport_before: Bounds | None = None

    def highlight_arrow(self, name: str) -> None:
        """Emphasize an arrow or a point of the displayed step, "" for none."""
        self._emphasize(highlighted=name)

    def preview_step(self, after: tuple[float, float] | None) -> None:
        """Show where the step would end with a changed hyperparameter, None for nothing."""
        self._emphasize(previewed_after=after)

    def _emphasize(self, **changes: Any) -> None:
        for name in PLANE_VIEWS:
            canvas = self.views.canvases.get(name)
            if canvas is not None:
                canvas.view.step_arrows.emphasis = replace(canvas.view.step_arrows.emphasis, **changes)
                if canvas.scene is not None and self.session.experiment.plot_options.step_arrows:
                    canvas.advance(canvas.displayed_step, canvas.displayed_step)

    @property
    def is_looking(self) -> bool:
        """Whether the contour plot shows the part that was zoomed to."""
        return self.looked_at is not None and self.views.viewport.view.viewport == self.looked_at

    def toggle_look(self) -> None:
        """Zoom the contour plot to the displayed step of the selected run, or back to what it showed before."""
        viewport = self.views.viewport
        if self.is_looking:
            viewport.set_viewport(self.viewport_before)
            self.looked_at = None
            return
        scene = self.views.current_scene()
        runs = [pair[0] for pair in scene.visible_runs if pair[0] is scene.selected_trajectory]
        runs = runs or [trajectory for trajectory, _ in scene.visible_runs]
        if not runs or self.session.experiment.problem is not None:
            return
        from app.analysis.step_arrows import step_arrows, step_bounds  # not before the first paint

        arrows = step_arrows(runs[0], self.session.race.step)
        if arrows is not None:
            self.viewport_before, self.looked_at = viewport.view.viewport, step_bounds(arrows)
            viewport.set_viewport(self.looked_at)
