"""What an export shows: the experiment at the displayed step, as the window presents it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any

from PyQt6.QtWidgets import QMainWindow

from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.gui.window.appearance import Appearance
from app.gui.window.document_controller import DocumentController
from app.gui.window.view_area import ViewArea
from app.session.session import Session
from app.session.settings import Settings


@dataclass(frozen=True)
class ExportSource:
    """The objects that an export reads from; ``window`` is the parent of its dialogs."""

    window: QMainWindow
    session: Session
    settings: Settings
    documents: DocumentController
    appearance: Appearance
    view_area: ViewArea

    @property
    def race_snapshot(self) -> Race:
        """A copy of the race that keeps its step and finishes its pending trajectories independently of the session."""
        race = copy(self.session.race)
        pending = [trajectory for trajectory, _ in (*race.pending_runs, *race.pending_branches, *race.pending_replicas)]

        def detached(trajectories: list[Trajectory]) -> list[Trajectory]:
            return [
                _independent_copy(trajectory) if trajectory in pending else trajectory for trajectory in trajectories
            ]

        race.trajectories = detached(race.trajectories)
        race.branch_trajectories = list(map(detached, race.branch_trajectories))
        race.replica_trajectories = list(map(detached, race.replica_trajectories))
        return race

    def displayed_options(self) -> dict[str, Any]:
        """Return the export options that the window determines: theme, view options, camera and viewport."""
        canvases = self.view_area.canvases
        return {
            "theme": self.appearance.theme,
            "view_options": dict(self.view_area.view_options),
            "camera": canvases["relief"].view.camera,
            "viewport": self.view_area.viewport.view.viewport,
            "maps": dict(self.view_area.map_store.states),
            "map_run": self.view_area.selected_run(),
        }

    @property
    def default_name(self) -> str:
        """The suggested file name, without a suffix."""
        path = self.documents.document_state.path
        return path.stem if path else self.session.experiment.surface_id

    @contextmanager
    def paused_playback(self) -> Iterator[None]:
        """Pause playback while a dialog is open."""
        clock = self.session.clock
        was_playing = clock.running
        clock.pause()
        yield
        if was_playing:
            clock.play()


def _independent_copy(trajectory: Trajectory) -> Trajectory:
    """Return a trajectory with the same past and the same budget."""
    result = trajectory.copy_until(trajectory.last_known_step)
    result.set_budget(trajectory.budget)
    return result
