"""What is raced: a surface, a start, the runs. Values, checked once, here; the window and the command line both ask here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from typing import Any
from zlib import crc32

from app.model.branch import MAX_RUNS, Branch
from app.model.comparison import NO_COMPARISON, ComparisonMode
from app.model.dataset import Columns, check_columns, get_surface
from app.model.run import Run
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import (
    MAX_STEPS,
    ExperimentError,
    check_bool,
    check_choice,
    check_coordinate,
    check_integer,
    check_text,
    shorten_repr,
)
from surfaces import SURFACES, Surface

MAX_BRANCHES, MAX_TOTAL_STEPS = 100, 20_000_000  # branches, and steps of all their runs together
QUANTITIES = {
    "loss": "loss",
    "above": "loss − minimum",
    "distance": "distance to nearest minimum",
    "gradient": "gradient norm",
    "step": "step size",
    "rate": "learning rate",
}
X_QUANTITIES = {"steps": "step", "evaluations": "evaluations", "time": "arithmetic time (ms)"}
SCALES = ("linear", "log")


@dataclass(frozen=True)
class LossPlot:
    """What the loss view shows, against what, and the scale of its two axes."""

    quantity: str = "loss"
    x_scale: str = "linear"
    y_scale: str = "log"
    x_quantity: str = "steps"
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_choice(gettext_noop("quantity"), self.quantity, QUANTITIES)
        check_choice(gettext_noop("axis"), self.x_quantity, X_QUANTITIES)
        check_choice(gettext_noop("scale"), self.x_scale, SCALES)
        check_choice(gettext_noop("scale"), self.y_scale, SCALES)


@dataclass(frozen=True)
class Experiment:
    """A surface, a start (x, y), the runs; ``steps`` is where playing stops by itself, None for never.

    ``settled``: it stops when every run has converged, too. ``data`` are the points (x, y) that the surface is made from, None
    for its own. ``branches`` are the pasts that were left, oldest first. ``shown`` is the step that was on the screen when it was
    saved, which makes it no other experiment. ``extra``, here and in all that it holds, are keys of its file that only a newer
    version knows: they are kept.
    """

    surface_id: str = "rosenbrock"
    start: tuple[float, float] | None = None
    runs: tuple[Run, ...] = ()
    steps: int | None = None
    loss_plot: LossPlot = LossPlot()
    title: str = ""
    data: Columns | None = None
    branches: tuple[Branch, ...] = ()
    comparison: ComparisonMode = NO_COMPARISON
    stop_when_converged: bool = False
    displayed_step: int = field(default=0, compare=False)
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_choice(gettext_noop("surface"), self.surface_id, SURFACES)
        if self.data is not None:
            object.__setattr__(self, "data", check_columns(self.surface_id, self.data))
        default_start = self.surface.start  # the surface is made now, to find out whether it can be
        start = default_start if self.start is None else self.start
        if not isinstance(start, (tuple, list)) or len(start) != 2:
            raise ExperimentError(tr("start must be two numbers, not {start}", start=shorten_repr(start)))
        object.__setattr__(
            self,
            "start",
            tuple(
                check_coordinate(tr("start {axis}", axis=axis.split()[0]), value)
                for axis, value in zip(self.surface.axis_labels, start, strict=True)
            ),
        )
        if len(self.runs) > MAX_RUNS:
            raise ExperimentError(
                tr("an experiment holds at most {most_runs} runs, not {runs}", most_runs=MAX_RUNS, runs=len(self.runs))
            )
        if self.steps is not None:
            check_integer(gettext_noop("steps"), self.steps, 0, MAX_STEPS)
        check_text(gettext_noop("title"), self.title, 200)
        check_bool(gettext_noop("stop_when_converged"), self.stop_when_converged)
        check_integer(gettext_noop("displayed_step"), self.displayed_step, 0, MAX_STEPS)
        if len(self.branches) > MAX_BRANCHES:
            raise ExperimentError(
                tr(
                    "an experiment holds at most {most_branches} branches, not {branches}",
                    most_branches=MAX_BRANCHES,
                    branches=len(self.branches),
                )
            )
        if sum(branch.steps * len(branch.runs) for branch in self.branches) > MAX_TOTAL_STEPS:
            raise ExperimentError(
                tr("the branches of an experiment hold at most {longest:,} steps in all", longest=MAX_TOTAL_STEPS)
            )
        object.__setattr__(self, "runs", self._with_unique_slots())
        if not self._comparison_holds:
            object.__setattr__(self, "comparison", self.comparison.cleared)

    @property
    def _comparison_holds(self) -> bool:
        """Whether the mode of the race is true: rates that are said to be the same are, and those that were tuned are these."""
        if self.comparison.mode == "rate":
            return len({run.hyperparameters["lr"] for run in self.runs if run.method.has_learning_rate}) < 2
        return self.comparison.mode != "tuned" or self.comparison.fingerprint == self.fingerprint

    @property
    def fingerprint(self) -> int:
        """A number that is another one where the runs, the start or the surface are."""
        runs = sorted(repr((run.optimizer, sorted(run.hyperparameters.items()), run.history)) for run in self.runs)
        return crc32(repr((self.surface_id, self.start, self.data, runs)).encode())

    def _with_unique_slots(self) -> tuple[Run, ...]:
        """The runs, each with a slot of its own: those that have one keep it, so that taking one away recolors no other."""
        used_slots: set[int] = set()
        result = []
        for run in self.runs:
            slot = run.slot
            if slot is None or slot in used_slots:
                branch_slots = {run.slot for branch in self.branches for run in branch.runs}
                slot = next(
                    k for k in count() if k not in used_slots | branch_slots | {other.slot for other in self.runs}
                )
            used_slots.add(slot)
            result.append(run if run.slot == slot else replace(run, slot=slot))
        return tuple(result)

    @cached_property
    def surface(self) -> Surface:
        return get_surface(self.surface_id, self.data)

    @property
    def names(self) -> list[str]:
        """The optimizer id of every run, numbered where one occurs twice: adam, adam-2."""
        ids = [run.optimizer for run in self.runs]
        return [name if (k := ids[: i + 1].count(name)) == 1 else f"{name}-{k}" for i, name in enumerate(ids)]

    @property
    def labels(self) -> list[str]:
        """What a person reads for every run: Adam, lr 0.05."""
        return [run.label for run in self.runs]

    def with_run(self, index: int, run: Run) -> Experiment:
        return replace(self, runs=(*self.runs[:index], run, *self.runs[index + 1 :]))

    def with_added_run(self, run: Run) -> Experiment:
        return replace(self, runs=(*self.runs, run))

    def without_run(self, index: int) -> Experiment:
        return replace(self, runs=(*self.runs[:index], *self.runs[index + 1 :]))

    def with_surface(self, surface_id: str) -> Experiment:
        """The same runs on another surface, from that surface's start; made from the same data, if it is made from any."""
        data = self.data if SURFACES[check_choice(gettext_noop("surface"), surface_id, SURFACES)].with_data else None
        return self._with_other_surface(surface_id=surface_id, data=data)

    def with_data(self, x: Iterable[float], y: Iterable[float]) -> Experiment:
        """The same runs on a surface made from these points: of the kind there is, or a line's."""
        surface_id = self.surface_id if self.surface.with_data else "linear_regression"
        return self._with_other_surface(surface_id=surface_id, data=(tuple(x), tuple(y)))

    def _with_other_surface(self, **changes: Any) -> Experiment:
        """The runs with their settings of now, without what belongs to this ground: branches, a tuned rate, the stop."""
        comparison = self.comparison.cleared if self.comparison.mode == "tuned" else self.comparison
        runs = tuple(run.without_history() for run in self.runs)
        return replace(
            self,
            start=None,
            steps=None,
            title="",
            displayed_step=0,
            branches=(),
            comparison=comparison,
            runs=runs,
            **changes,
        )

    def as_of_step(self, step: int) -> Experiment:
        """As it stood at a step: what was turned later is not known yet."""
        runs = tuple(run.as_of_step(step) for run in self.runs)
        return self if all(a is b for a, b in zip(runs, self.runs, strict=True)) else replace(self, runs=runs)

    def same_surface_and_start(self, other: Experiment) -> bool:
        """Whether both race on the same surface from the same start."""
        return (self.surface_id, self.start, self.data) == (other.surface_id, other.start, other.data)


DEFAULT_EXPERIMENT = Experiment(
    "rosenbrock", (-0.5, 2.5), (Run("sgd", {"lr": 0.001}), Run("momentum", {"lr": 0.0006}), Run("adam", {"lr": 0.15}))
)
