"""Scene: what all views are given to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.analysis.height_map import Scenery, scenery_of
from app.engine.race import Race
from app.engine.trajectory import Track
from app.model.experiment import Experiment
from app.theming.theme import LIGHT, Style, Theme
from surfaces.surface import Box

Ghost = tuple[Track, int, str]
Bundle = tuple[list[Track], str]


@dataclass(frozen=True)
class Scene:
    """What is shown: a race, over a box (the experiment's own unless another is held), in a theme.

    ``chosen`` is the run that stands out. ``experiment`` is the race's as it is now; the race itself goes on and takes others.
    ``ghosts`` are the paths of the branches that are shown: a track, its last step that is drawn, and its pale color.
    ``bundles`` are the replicas of each run that has any, and their pale color.
    """

    race: Race
    theme: Theme = LIGHT
    box: Box | None = None
    options: dict[str, Any] = field(default_factory=dict)
    chosen: int | None = None
    experiment: Experiment = field(init=False)
    ghosts: list[Ghost] = field(init=False)
    bundles: list[Bundle] = field(init=False)

    def __post_init__(self) -> None:
        experiment, race = self.race.experiment, self.race
        object.__setattr__(self, "experiment", experiment)
        object.__setattr__(
            self,
            "ghosts",
            [
                (track, min(branch.steps, track.extent), style.pale)
                for branch, tracks in zip(experiment.branches, race.branches, strict=True)
                if branch.visible
                for track, style in zip(tracks, self.theme.styles(branch.runs), strict=True)
                if style.visible
            ],
        )
        object.__setattr__(
            self,
            "bundles",
            [
                (tracks, style.pale)
                for tracks, style in zip(race.bundles, self.styles, strict=True)
                if tracks and style.visible
            ],
        )

    @cached_property
    def scenery(self) -> Scenery:
        return scenery_of(self.experiment, self.box)

    @cached_property
    def styles(self) -> list[Style]:
        return self.theme.styles(self.experiment.runs)

    def same_ground(self, other: Scene) -> bool:
        """Whether the static part of every view is the same."""
        return (
            self.scenery is other.scenery
            and self.theme is other.theme
            and self.options == other.options
            and self.experiment.curve == other.experiment.curve
        )

    def same_faint(self, other: Scene) -> bool:
        """Whether the same paths of branches and replicas are shown."""
        return (self.ghosts, self.bundles) == (other.ghosts, other.bundles)

    @property
    def reached(self) -> list[int]:
        """The step that each run is shown at now."""
        return [min(self.race.step, track.extent) for track in self.race.tracks]

    @cached_property
    def chosen_track(self) -> Track | None:
        known = self.chosen is not None and 0 <= self.chosen < len(self.race.tracks)
        return self.race.tracks[self.chosen] if known else None  # type: ignore[index]

    @cached_property
    def shown(self) -> list[tuple[Track, Style]]:
        return [(track, style) for track, style in zip(self.race.tracks, self.styles, strict=True) if style.visible]
