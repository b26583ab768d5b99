"""Scene: what all views are given to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.analysis.height_map import HeightMap, height_map_for
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.model.experiment import Experiment
from app.theming.theme import LIGHT, Style, Theme
from surfaces.surface import Bounds

BranchTrajectory = tuple[Trajectory, int, str]
ReplicaTrajectories = tuple[list[Trajectory], str]


@dataclass(frozen=True)
class Scene:
    """What is shown: a race, over a box (the experiment's own unless another is held), in a theme.

    ``chosen`` is the run that stands out. ``experiment`` is the race's as it is now; the race itself goes on and takes others.
    ``ghosts`` are the paths of the branches that are shown: a track, its last step that is drawn, and its pale color.
    ``bundles`` are the replicas of each run that has any, and their pale color.
    """

    race: Race
    theme: Theme = LIGHT
    bounds: Bounds | None = None
    options: dict[str, Any] = field(default_factory=dict)
    selected_run: int | None = None
    experiment: Experiment = field(init=False)
    branch_trajectories: list[BranchTrajectory] = field(init=False)
    replica_trajectories: list[ReplicaTrajectories] = field(init=False)

    def __post_init__(self) -> None:
        experiment, race = self.race.experiment, self.race
        object.__setattr__(self, "experiment", experiment)
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
                (tracks, style.pale_color)
                for tracks, style in zip(race.replica_trajectories, self.styles, strict=True)
                if tracks and style.visible
            ],
        )

    @cached_property
    def height_map(self) -> HeightMap:
        return height_map_for(self.experiment, self.bounds)

    @cached_property
    def styles(self) -> list[Style]:
        return self.theme.styles(self.experiment.runs)

    def same_static_artists(self, other: Scene) -> bool:
        """Whether the static part of every view is the same."""
        return (
            self.height_map is other.height_map
            and self.theme is other.theme
            and self.options == other.options
            and self.experiment.loss_plot == other.experiment.loss_plot
        )

    def same_background_paths(self, other: Scene) -> bool:
        """Whether the same paths of branches and replicas are shown."""
        return (self.branch_trajectories, self.replica_trajectories) == (
            other.branch_trajectories,
            other.replica_trajectories,
        )

    @property
    def displayed_steps(self) -> list[int]:
        """The step that each run is shown at now."""
        return [min(self.race.step, trajectory.last_step) for trajectory in self.race.trajectories]

    @cached_property
    def selected_trajectory(self) -> Trajectory | None:
        is_valid = self.selected_run is not None and 0 <= self.selected_run < len(self.race.trajectories)
        return self.race.trajectories[self.selected_run] if is_valid else None  # type: ignore[index]

    @cached_property
    def visible_runs(self) -> list[tuple[Trajectory, Style]]:
        return [
            (trajectory, style)
            for trajectory, style in zip(self.race.trajectories, self.styles, strict=True)
            if style.visible
        ]
