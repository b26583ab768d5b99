"""What an experiment holds beside its runs: branches, which are pasts that were left, and what makes the race a fair one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.model.run import Run
from app.utils.i18n import mark, tr
from app.utils.validation import MOST_STEPS, ExperimentError, choice, flag, short, start_number, text, whole

MOST_RUNS = 24


@dataclass(frozen=True)
class Branch:
    """The runs that took another way at step ``since``, as they went on from ``start`` without the change, for ``steps`` steps."""

    runs: tuple[Run, ...]
    start: tuple[float, float]
    steps: int
    since: int = 0
    name: str = ""
    visible: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.runs:
            raise ExperimentError(tr("a branch needs at least one run"))
        if not isinstance(self.start, (tuple, list)) or len(self.start) != 2:
            raise ExperimentError(tr("the start of a branch must be two numbers, not {start}", start=short(self.start)))
        object.__setattr__(
            self, "start", tuple(start_number(tr("the start of a branch"), value) for value in self.start)
        )
        whole(tr("the steps of a branch"), self.steps, 0, MOST_STEPS)
        whole(tr("the step at which a branch was left"), self.since, 0, MOST_STEPS)
        text(tr("the name of a branch"), self.name, 80)
        flag(mark("visible"), self.visible)
        slots = [run.slot for run in self.runs]
        if len(self.runs) > MOST_RUNS or None in slots or len(set(slots)) < len(slots):
            raise ExperimentError(
                tr("a branch holds at most {most_runs} runs, each with a slot of its own", most_runs=MOST_RUNS)
            )

    @property
    def label(self) -> str:
        """Its name, or what it is: Adam, lr 0.05, left at step 120."""
        runs = (
            "; ".join(run.label for run in self.runs) if len(self.runs) < 3 else tr("{runs} runs", runs=len(self.runs))
        )
        return self.name or tr("{runs} · left at step {since:,}", runs=runs, since=self.since)


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
