"""What the basin map, the settings map, the rate curve and the difference map of an experiment show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.utils.i18n import gettext_noop, tr
from app.utils.validation import MAX_STEPS, ExperimentError, check_choice, check_integer, shorten_repr

SETTINGS_QUANTITIES = {
    "minimum": gettext_noop("minimum reached"),
    "steps": gettext_noop("steps to a minimum"),
    "loss": gettext_noop("loss on arrival or at the end"),
    "lowest": gettext_noop("lowest loss along the run"),
    "divergence": gettext_noop("divergence"),
}
MIN_BASIN_SIZE, MAX_BASIN_SIZE = 8, 1000
RATE_QUANTITIES = {"loss": gettext_noop("final loss"), "steps": gettext_noop("steps to a minimum")}


@dataclass(frozen=True)
class MapOptions:
    """Options of the maps.

    Attributes
    ----------
    steps
        Steps of each run of a map; None for the step at which playback stops, at most 10,000, or 500 if there is none.
    settings_axes
        The hyperparameters of the two axes of the settings map; None, or one that the selected run does not have, for
        its learning rate and the most important other one.
    settings_quantity, rate_quantity
        What the colors of the settings map show, and what the rate curve plots.
    compared_slot
        The slot of the run that the difference map compares with the selected one; None for the next run.
    basin_size
        Starts per axis of the basin map, a quarter of them for methods that do not compute many runs at once.
    """

    steps: int | None = None
    settings_axes: tuple[str, str] | None = None
    settings_quantity: str = "loss"
    rate_quantity: str = "loss"
    compared_slot: int | None = None
    basin_size: int = 200
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.steps is not None:
            check_integer(gettext_noop("steps of a map"), self.steps, 1, MAX_STEPS)
        if self.settings_axes is not None:
            object.__setattr__(self, "settings_axes", _check_axes(self.settings_axes))
        check_choice(gettext_noop("quantity of the settings map"), self.settings_quantity, SETTINGS_QUANTITIES)
        check_choice(gettext_noop("quantity of the rate curve"), self.rate_quantity, RATE_QUANTITIES)
        if self.compared_slot is not None:
            check_integer(gettext_noop("slot"), self.compared_slot, 0, 999)
        check_integer(gettext_noop("size of the basin map"), self.basin_size, MIN_BASIN_SIZE, MAX_BASIN_SIZE)


def _check_axes(axes: Any) -> tuple[str, str]:
    is_pair = isinstance(axes, (tuple, list)) and len(axes) == 2 and all(isinstance(name, str) for name in axes)
    if not is_pair or axes[0] == axes[1]:
        raise ExperimentError(
            tr(
                "the axes of the settings map must be two different hyperparameters, not {axes}",
                axes=shorten_repr(axes),
            )
        )
    return axes[0], axes[1]


DEFAULT_MAP_OPTIONS = MapOptions()
