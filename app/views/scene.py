"""Scene: what all views are given to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.experiment import Experiment
from app.race import Race
from app.scenery import Scenery, scenery_of
from app.theme import LIGHT, Style, Theme
from app.track import Track
from surfaces.surface import Box


@dataclass(frozen=True)
class Scene:
    """What is shown: a race, over a box (the experiment's own unless another is held), in a theme.

    ``experiment`` is the race's as it is now; the race itself goes on and takes others.
    """

    race: Race
    theme: Theme = LIGHT
    box: Box | None = None
    options: dict[str, Any] = field(default_factory=dict)
    experiment: Experiment = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "experiment", self.race.experiment)

    @cached_property
    def scenery(self) -> Scenery:
        return scenery_of(self.experiment, self.box)

    @cached_property
    def styles(self) -> list[Style]:
        return self.theme.styles(self.experiment.runs)

    def same_ground(self, other: Scene) -> bool:
        """Whether the static part of every view is the same."""
        return (self.scenery is other.scenery and self.theme is other.theme and self.options == other.options
                and self.experiment.curve == other.experiment.curve)

    @property
    def ghosts(self) -> list[tuple[Track, int, str]]:
        """The paths of the branches that are shown: a track, its last step that is drawn, and its pale color."""
        return []

    @property
    def bundles(self) -> list[tuple[list[Track], str]]:
        """The replicas of each run that has any, and their pale color."""
        return []

    @property
    def shown(self) -> list[tuple[Track, Style]]:
        return [(track, style) for track, style in zip(self.race.tracks, self.styles, strict=True) if style.visible]
