"""Comparison modes: what makes the runs of an experiment comparable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.utils.i18n import gettext_noop, tr
from app.utils.validation import MAX_STEPS, check_choice, check_integer

COMPARISON_MODES = {
    "": "individual learning rates",
    "rate": "same learning rate for all",
    "tuned": "tuned learning rate per run",
    "evaluations": "same number of evaluations",
}


@dataclass(frozen=True)
class ComparisonMode:
    """What makes the runs of an experiment comparable: one of COMPARISON_MODES.

    ``budget`` is the number of steps that the rates were tuned for, or the number of evaluations per run.
    ``fingerprint`` identifies the experiment whose rates were tuned; the mode does not hold for any other.
    """

    mode: str = ""
    budget: int = 0
    fingerprint: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_choice(gettext_noop("comparison mode"), self.mode, COMPARISON_MODES)
        check_integer(tr("the budget of the comparison"), self.budget, 0 if self.mode in ("", "rate") else 1, MAX_STEPS)
        check_integer(tr("the fingerprint of the comparison"), self.fingerprint, 0, 2**32 - 1)

    @property
    def cleared(self) -> ComparisonMode:
        """No comparison, with the unknown keys of the file kept."""
        return replace(NO_COMPARISON, extra=self.extra)

    @property
    def evaluation_budget(self) -> int | None:
        """The number of loss and gradient evaluations that a run may use; None without a limit."""
        return self.budget if self.mode == "evaluations" else None

    @property
    def text(self) -> str:
        """The mode as text for the window and for figures."""
        if self.mode == "tuned":
            return tr("learning rates tuned for the lowest loss after {budget:,} steps", budget=self.budget)
        return (
            tr("{budget:,} evaluations per run", budget=self.budget)
            if self.mode == "evaluations"
            else tr(COMPARISON_MODES[self.mode])
        )


NO_COMPARISON = ComparisonMode()
