"""The status of a run as data: a kind, numbers, and a sentence made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KINDS = (
    "start",  # before the first step, also on a surface that has just changed, and as long as nothing has moved
    "descending",
    "slow",
    "oscillating",
    "cycling",
    "wandering",
    "converged",
    "resting",  # at rest on a slope: a search finds no lower point, or a step size is 0 at the loss it was told
    "saddle",  # at a saddle point or maximum
    "climbing",
    "diverging",
    "diverged",
)


@dataclass(frozen=True)
class RunStatus:
    """What a run is doing.

    Attributes
    ----------
    kind : str
        One of ``KINDS``.
    short_text : str
        A few words for a table cell.
    sentence : str
        A sentence with numbers.
    since : int or None
        The step since which the status holds.
    minimum : tuple of float or None
        The minimum to which the run has converged.
    period : float or None
        Steps of an oscillation or a cycle.
    width : float or None
        The largest distance between two points of the last swing or of the cycle.
    growth : float or None
        The ratio of the widths of successive swings.
    diverged_at : int or None
        The step that overflowed.
    rate, bound : float or None
        The learning rate (for adaptive rules the effective one) and the stability limit to which the sentence compares
        it.
    relation : str or None
        How ``rate`` compares with ``bound``: "below", "equal" or "exceeds".
    """

    kind: str
    short_text: str
    sentence: str
    since: int | None = None
    minimum: tuple[float, float] | None = None
    period: float | None = None
    width: float | None = None
    growth: float | None = None
    diverged_at: int | None = None
    rate: float | None = None
    bound: float | None = None
    relation: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for a JSON file; ``short_text`` is left out."""
        return {
            "kind": self.kind,
            "sentence": self.sentence,
            "period": self.period,
            "width": self.width,
            "growth": self.growth,
            "since": self.since,
            "minimum": None if self.minimum is None else list(self.minimum),
            "diverged_at": self.diverged_at,
            "rate": self.rate,
            "bound": self.bound,
            "relation": self.relation,
        }
