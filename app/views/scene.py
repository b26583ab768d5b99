"""The scene: everything that the views need to know of a race in order to draw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np

from app.analysis.height_map import HeightMap, height_map_for, vertical_height_map_for
from app.engine.map_job import MapState
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.model.experiment import Experiment
from app.theming.theme import LIGHT, Style, Theme
from surfaces import Surface
from surfaces.surface import Bounds

BranchTrajectory = tuple[Trajectory, int, str]  # run, last step that is drawn, pale color
ReplicaTrajectories = tuple[list[Trajectory], str]  # the replicas of one run, pale color


@dataclass(frozen=True)
class Scene:
    """A race and how to show it.

    Attributes
    ----------
    race : Race
        The race. It advances while the scene stays the same, so its current step is not part of the scene.
    theme : Theme
        Colors and markers.
    bounds : Bounds or None
        The part of the plane to show; None for the plot domain of the experiment.
    options : dict of str to object
        Options of the View menu that do not belong to the experiment: ``trials`` (search states).
    selected_run : int or None
        Index of the highlighted run.
    maps : mapping of str to MapState
        The maps of the views that show one, by view id.
    experiment : Experiment
        The experiment of the race when the scene was made; the race may switch to others later.
    surface : Surface
        The surface to show; by default the one at the step that is displayed when the scene is made.
    branch_trajectories : list of (Trajectory, int, str)
        The visible runs of the visible branches, each with the last step to draw and its pale color.
    replica_trajectories : list of (list of Trajectory, str)
        For each visible run with replicas, these replicas and their pale color.
    """

    race: Race
    theme: Theme = LIGHT
    bounds: Bounds | None = None
    options: dict[str, Any] = field(default_factory=dict)
    selected_run: int | None = None
    maps: Mapping[str, MapState] = field(default_factory=dict)
    surface: Surface = None  # type: ignore[assignment]  # never None once the scene is made
    experiment: Experiment = field(init=False)
    branch_trajectories: list[BranchTrajectory] = field(init=False)
    replica_trajectories: list[ReplicaTrajectories] = field(init=False)

    def __post_init__(self) -> None:
        experiment, race = self.race.experiment, self.race
        object.__setattr__(self, "experiment", experiment)
        object.__setattr__(self, "surface", self.surface or race.surface)
        object.__setattr__(
            self,
            "branch_trajectories",
            [
                (trajectory, min(branch.steps, trajectory.last_step), style.pale_color)
                for branch, trajectories in zip(experiment.branches, race.branch_trajectories, strict=True)
                if branch.visible
                for trajectory, style in zip(trajectories, self.theme.styles(branch.runs), strict=True)
                if style.visible
            ],
        )
        object.__setattr__(
            self,
            "replica_trajectories",
            [
                (replicas, style.pale_color)
                for replicas, style in zip(race.replica_trajectories, self.styles, strict=True)
                if replicas and style.visible
            ],
        )

    @cached_property
    def height_map(self) -> HeightMap:
        """The losses over the bounds, with the scale of contour levels and colors."""
        return height_map_for(self.experiment, self.bounds, self.surface)

    @cached_property
    def vertical_height_map(self) -> HeightMap:
        """The losses over the bounds, with the scale of the vertical axis of the 3D surface."""
        return vertical_height_map_for(self.experiment, self.bounds, self.surface)

    def values_on_surface(self, trajectory: Trajectory, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return x, y and the loss on the surface of the scene (n,) after each of ``steps``, even of other surfaces."""
        x, y, loss = trajectory.values_at(steps)
        if any(surface is not self.surface for _, surface in trajectory.surfaces_by_step):
            with np.errstate(all="ignore"):
                loss = self.surface(x, y)[0]
        return x, y, loss

    @cached_property
    def minimum_loss(self) -> float | None:
        """The loss at the global minima, the lowest of all surfaces of the runs; None if one is unknown."""
        trajectories = [*self.race.trajectories, *(trajectory for trajectory, _, _ in self.branch_trajectories)]
        surfaces = {id(each): each for run in trajectories for _, each in run.surfaces_by_step} or {0: self.surface}
        losses = [cast(Surface, surface).minimum_loss for surface in surfaces.values()]
        known = [loss for loss in losses if loss is not None]
        return min(known) if len(known) == len(losses) else None

    @cached_property
    def styles(self) -> list[Style]:
        """The style of each run, visible or not."""
        return self.theme.styles(self.experiment.runs, self.experiment.plot_options.dashes)

    def same_domain(self, other: Scene) -> bool:
        """Return whether another scene has the same surface, or one of the same kind with the same bounds."""
        surface, other_surface = self.surface, other.surface
        return surface is other_surface or (
            (surface.id, surface.bounds, self.bounds) == (other_surface.id, other_surface.bounds, other.bounds)
        )

    def same_static_artists(self, other: Scene) -> bool:
        """Return whether the static artists of every view are the same for another scene."""
        return (
            self.height_map is other.height_map
            and self.theme is other.theme
            and self.options == other.options
            and self.experiment.loss_plot == other.experiment.loss_plot
            and self.experiment.plot_options == other.experiment.plot_options
            and self.vertical_height_map is other.vertical_height_map
        )

    def same_background_paths(self, other: Scene) -> bool:
        """Return whether another scene has the same paths of branches and replicas."""
        return (self.branch_trajectories, self.replica_trajectories) == (
            other.branch_trajectories,
            other.replica_trajectories,
        )

    @property
    def ghosts(self) -> list[BranchTrajectory]:
        """The visible runs with known steps after the displayed one: run, last step of its ghost, pale color."""
        race, limit = self.race, min(self.race.shown_until, self.race.last_step)
        return [
            (trajectory, min(limit, trajectory.last_step), style.pale_color)
            for trajectory, style in self.visible_runs
            if min(limit, trajectory.last_step) > race.step
        ]

    @property
    def displayed_experiment(self) -> Experiment:
        """The experiment as of the displayed step."""
        return self.experiment.as_of_step(self.race.step)

    @property
    def displayed_steps(self) -> list[int]:
        """The step at which each run is shown now."""
        return [min(self.race.step, trajectory.last_step) for trajectory in self.race.trajectories]

    @cached_property
    def selected_trajectory(self) -> Trajectory | None:
        """The highlighted run, None if there is none with that index."""
        index, trajectories = self.selected_run, self.race.trajectories
        return trajectories[index] if index is not None and 0 <= index < len(trajectories) else None

    @cached_property
    def arrow_run(self) -> tuple[Trajectory, Style] | None:
        """The run whose step has arrows: the highlighted one, else the first visible one; None without arrows."""
        if not self.experiment.plot_options.step_arrows or self.experiment.problem is not None:
            return None
        runs = [pair for pair in self.visible_runs if pair[0] is self.selected_trajectory]
        return next(iter([*runs, *self.visible_runs]), None)

    @cached_property
    def visible_runs(self) -> list[tuple[Trajectory, Style]]:
        """The visible runs with their styles, in the order of the experiment."""
        return [
            (trajectory, style)
            for trajectory, style in zip(self.race.trajectories, self.styles, strict=True)
            if style.visible
        ]
