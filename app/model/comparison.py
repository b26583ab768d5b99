"""Comparison modes: what makes the runs of an experiment comparable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.utils.i18n import mark, tr
from app.utils.validation import MOST_STEPS, choice, whole

MODES = {
    "": "learning rates as set",
    "rate": "the same learning rate for all",
    "tuned": "each learning rate tuned",
    "evaluations": "the same evaluation budget",
}


@dataclass(frozen=True)
class Fair:
    """What makes a race fair, one of MODES; ``budget``: the steps each rate was tuned for, or the evaluations each run has.

    ``of`` is the fingerprint of the experiment whose rates were tuned: of another one it is not true.
    """

    mode: str = ""
    budget: int = 0
    of: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        choice(mark("mode of a fair race"), self.mode, MODES)
        whole(tr("the budget of a fair race"), self.budget, 0 if self.mode in ("", "rate") else 1, MOST_STEPS)
        whole(tr("the fingerprint of a fair race"), self.of, 0, 2**32 - 1)

    @property
    def dropped(self) -> Fair:
        """Rates as set, with the keys that were only kept."""
        return replace(AS_SET, extra=self.extra)

    @property
    def evaluations(self) -> int | None:
        """How often a run may ask for the loss or its gradient; None where it may for ever."""
        return self.budget if self.mode == "evaluations" else None

    @property
    def words(self) -> str:
        """For the screen and every picture."""
        if self.mode == "tuned":
            return tr("each learning rate tuned for the lowest loss after {budget:,} steps", budget=self.budget)
        return (
            tr("{budget:,} evaluations for each run", budget=self.budget)
            if self.mode == "evaluations"
            else tr(MODES[self.mode])
        )


AS_SET = Fair()
