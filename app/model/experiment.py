"""What is raced: a surface, a start, the runs. Values, checked once, here; the window and the command line both ask here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from typing import Any
from zlib import crc32

from app.model.branch import MOST_RUNS, Branch
from app.model.comparison import AS_SET, Fair
from app.model.dataset import Columns, columns, land
from app.model.run import Run
from app.utils.i18n import mark, tr
from app.utils.validation import MOST_STEPS, ExperimentError, choice, flag, short, start_number, text, whole
from surfaces import SURFACES, Surface

MOST_BRANCHES, LONGEST = 100, 20_000_000  # branches, and steps of all their runs together
QUANTITIES = {
    "loss": "loss",
    "above": "loss − minimum",
    "distance": "distance to nearest minimum",
    "gradient": "gradient norm",
    "step": "step size",
    "rate": "learning rate",
}
AGAINST = {"steps": "step", "evaluations": "evaluations", "time": "arithmetic time (ms)"}
SCALES = ("linear", "log")


@dataclass(frozen=True)
class Curve:
    """What the loss view shows, against what, and the scale of its two axes."""

    quantity: str = "loss"
    x_scale: str = "linear"
    y_scale: str = "log"
    against: str = "steps"
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        choice(mark("quantity"), self.quantity, QUANTITIES)
        choice(mark("axis"), self.against, AGAINST)
        choice(mark("scale"), self.x_scale, SCALES)
        choice(mark("scale"), self.y_scale, SCALES)


@dataclass(frozen=True)
class Experiment:
    """A surface, a start (x, y), the runs; ``steps`` is where playing stops by itself, None for never.

    ``settled``: it stops when every run has converged, too. ``data`` are the points (x, y) that the surface is made from, None
    for its own. ``branches`` are the pasts that were left, oldest first. ``shown`` is the step that was on the screen when it was
    saved, which makes it no other experiment. ``extra``, here and in all that it holds, are keys of its file that only a newer
    version knows: they are kept.
    """

    surface: str = "rosenbrock"
    start: tuple[float, float] | None = None
    runs: tuple[Run, ...] = ()
    steps: int | None = None
    curve: Curve = Curve()
    title: str = ""
    data: Columns | None = None
    branches: tuple[Branch, ...] = ()
    fair: Fair = AS_SET
    settled: bool = False
    shown: int = field(default=0, compare=False)
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        choice(mark("surface"), self.surface, SURFACES)
        if self.data is not None:
            object.__setattr__(self, "data", columns(self.surface, self.data))
        own = self.land.start  # the surface is made now, to find out whether it can be
        start = own if self.start is None else self.start
        if not isinstance(start, (tuple, list)) or len(start) != 2:
            raise ExperimentError(tr("start must be two numbers, not {start}", start=short(start)))
        object.__setattr__(
            self,
            "start",
            tuple(
                start_number(tr("start {axis}", axis=axis.split()[0]), value)
                for axis, value in zip(self.land.axes, start, strict=True)
            ),
        )
        if len(self.runs) > MOST_RUNS:
            raise ExperimentError(
                tr("an experiment holds at most {most_runs} runs, not {runs}", most_runs=MOST_RUNS, runs=len(self.runs))
            )
        if self.steps is not None:
            whole(mark("steps"), self.steps, 0, MOST_STEPS)
        text(mark("title"), self.title, 200)
        flag(mark("settled"), self.settled)
        whole(mark("shown"), self.shown, 0, MOST_STEPS)
        if len(self.branches) > MOST_BRANCHES:
            raise ExperimentError(
                tr(
                    "an experiment holds at most {most_branches} branches, not {branches}",
                    most_branches=MOST_BRANCHES,
                    branches=len(self.branches),
                )
            )
        if sum(branch.steps * len(branch.runs) for branch in self.branches) > LONGEST:
            raise ExperimentError(
                tr("the branches of an experiment hold at most {longest:,} steps in all", longest=LONGEST)
            )
        object.__setattr__(self, "runs", self._seated())
        if not self._is_fair:
            object.__setattr__(self, "fair", self.fair.dropped)

    @property
    def _is_fair(self) -> bool:
        """Whether the mode of the race is true: rates that are said to be the same are, and those that were tuned are these."""
        if self.fair.mode == "rate":
            return len({run.hyperparameters["lr"] for run in self.runs if run.rule.has_rate}) < 2
        return self.fair.mode != "tuned" or self.fair.of == self.fingerprint

    @property
    def fingerprint(self) -> int:
        """A number that is another one where the runs, the start or the surface are."""
        runs = sorted(repr((run.optimizer, sorted(run.hyperparameters.items()), run.earlier)) for run in self.runs)
        return crc32(repr((self.surface, self.start, self.data, runs)).encode())

    def _seated(self) -> tuple[Run, ...]:
        """The runs, each with a slot of its own: those that have one keep it, so that taking one away recolors no other."""
        taken: set[int] = set()
        seated = []
        for run in self.runs:
            slot = run.slot
            if slot is None or slot in taken:
                left = {run.slot for branch in self.branches for run in branch.runs}
                slot = next(k for k in count() if k not in taken | left | {other.slot for other in self.runs})
            taken.add(slot)
            seated.append(run if run.slot == slot else replace(run, slot=slot))
        return tuple(seated)

    @cached_property
    def land(self) -> Surface:
        return land(self.surface, self.data)

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

    def added(self, run: Run) -> Experiment:
        return replace(self, runs=(*self.runs, run))

    def removed(self, index: int) -> Experiment:
        return replace(self, runs=(*self.runs[:index], *self.runs[index + 1 :]))

    def on(self, surface: str) -> Experiment:
        """The same runs on another surface, from that surface's start; made from the same data, if it is made from any."""
        kept = self.data if SURFACES[choice(mark("surface"), surface, SURFACES)].make else None
        return self._elsewhere(surface=surface, data=kept)

    def through(self, x: Iterable[float], y: Iterable[float]) -> Experiment:
        """The same runs on a surface made from these points: of the kind there is, or a line's."""
        surface = self.surface if self.land.make else "linear_regression"
        return self._elsewhere(surface=surface, data=(tuple(x), tuple(y)))

    def _elsewhere(self, **ground: Any) -> Experiment:
        """The runs with their settings of now, without what belongs to this ground: branches, a tuned rate, the stop."""
        fair = self.fair.dropped if self.fair.mode == "tuned" else self.fair
        runs = tuple(run.afresh() for run in self.runs)
        return replace(self, start=None, steps=None, title="", shown=0, branches=(), fair=fair, runs=runs, **ground)

    def at(self, step: int) -> Experiment:
        """As it stood at a step: what was turned later is not known yet."""
        runs = tuple(run.at(step) for run in self.runs)
        return self if all(a is b for a, b in zip(runs, self.runs, strict=True)) else replace(self, runs=runs)

    def same_ground(self, other: Experiment) -> bool:
        """Whether both race on the same surface from the same start."""
        return (self.surface, self.start, self.data) == (other.surface, other.start, other.data)


FIRST = Experiment(
    "rosenbrock", (-0.5, 2.5), (Run("sgd", {"lr": 0.001}), Run("momentum", {"lr": 0.0006}), Run("adam", {"lr": 0.15}))
)
