"""What is raced: a surface, a start, the runs. Values, checked once, here; the window and the command line both ask here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from typing import Any

from app.checks import ExperimentError, choice, short, start_number
from app.data import Columns, columns, land
from app.run import Run
from optimizers import OPTIMIZERS
from surfaces import SURFACES, Surface

FORMAT = 1
MOST_RUNS = 24
MOST_STEPS = 10_000_000
QUANTITIES = {"loss": "loss", "above": "loss − minimum", "distance": "distance to nearest minimum", "gradient": "gradient norm",
              "step": "step size", "rate": "learning rate"}
AGAINST = {"steps": "step", "evaluations": "evaluations", "time": "arithmetic time (ms)"}
SCALES = ("linear", "log")


@dataclass(frozen=True)
class Curve:
    """What the loss view shows, against what, and the scale of its two axes."""

    quantity: str = "loss"
    x_scale: str = "linear"
    y_scale: str = "log"
    against: str = "steps"

    def __post_init__(self) -> None:
        choice("quantity", self.quantity, QUANTITIES)
        choice("axis", self.against, AGAINST)
        choice("scale", self.x_scale, SCALES)
        choice("scale", self.y_scale, SCALES)


@dataclass(frozen=True)
class Experiment:
    """A surface, a start (x, y), the runs; ``steps`` is where playing stops by itself, None for never.

    ``data`` are the points (x, y) that the surface is made from, None for its own.
    """

    surface: str = "rosenbrock"
    start: tuple[float, float] | None = None
    runs: tuple[Run, ...] = ()
    steps: int | None = None
    curve: Curve = Curve()
    title: str = ""
    data: Columns | None = None

    def __post_init__(self) -> None:
        choice("surface", self.surface, SURFACES)
        if self.data is not None:
            object.__setattr__(self, "data", columns(self.surface, self.data))
        own = self.land.start  # the surface is made now, to find out whether it can be
        start = own if self.start is None else self.start
        if not isinstance(start, (tuple, list)) or len(start) != 2:
            raise ExperimentError(f"start must be two numbers, not {short(start)}")
        object.__setattr__(self, "start", tuple(
            start_number(f"start {axis.split()[0]}", value) for axis, value in zip(self.land.axes, start, strict=True)))
        if len(self.runs) > MOST_RUNS:
            raise ExperimentError(f"an experiment holds at most {MOST_RUNS} runs, not {len(self.runs)}")
        if self.steps is not None and (isinstance(self.steps, bool) or not isinstance(self.steps, int)
                                       or not 0 <= self.steps <= MOST_STEPS):
            raise ExperimentError(f"steps must be a whole number from 0 to {MOST_STEPS}, not {short(self.steps)}")
        if not isinstance(self.title, str) or len(self.title) > 200:
            raise ExperimentError("title must be a text of at most 200 characters")
        object.__setattr__(self, "runs", self._seated())

    def _seated(self) -> tuple[Run, ...]:
        """The runs, each with a slot of its own: those that have one keep it, so that taking one away recolors no other."""
        taken: set[int] = set()
        seated = []
        for run in self.runs:
            slot = run.slot
            if slot is None or slot in taken:
                kept = taken | {other.slot for other in self.runs}
                slot = next(k for k in range(MOST_RUNS * 2 + 1) if k not in kept)
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
        return [f"{run.rule.name}, {run.settings}" if run.settings else run.rule.name for run in self.runs]

    def with_run(self, index: int, run: Run) -> Experiment:
        return replace(self, runs=(*self.runs[:index], run, *self.runs[index + 1:]))

    def added(self, run: Run) -> Experiment:
        return replace(self, runs=(*self.runs, run))

    def removed(self, index: int) -> Experiment:
        return replace(self, runs=(*self.runs[:index], *self.runs[index + 1:]))

    def on(self, surface: str) -> Experiment:
        """The same runs on another surface, from that surface's start; made from the same data, if it is made from any."""
        kept = self.data if SURFACES[choice("surface", surface, SURFACES)].make else None
        return replace(self, surface=surface, start=None, steps=None, title="", data=kept)

    def through(self, x: Iterable[float], y: Iterable[float]) -> Experiment:
        """The same runs on a surface made from these points: of the kind there is, or a line's."""
        surface = self.surface if self.land.make else "linear_regression"
        return replace(self, surface=surface, start=None, steps=None, title="", data=(tuple(x), tuple(y)))

    def same_ground(self, other: Experiment) -> bool:
        """Whether both race on the same surface from the same start."""
        return (self.surface, self.start, self.data) == (other.surface, other.start, other.data)

    def same_race(self, other: Experiment) -> bool:
        """Whether going from one to the other restarts nothing: the same surface, start and optimizers."""
        return ((self.surface, self.data, self.start) == (other.surface, other.data, other.start)
                and [run.optimizer for run in self.runs] == [run.optimizer for run in other.runs])

    def to_json(self) -> str:
        return json.dumps({"thalweg": FORMAT, **asdict(self)}, indent=2) + "\n"

    @staticmethod
    def from_json(text: str | bytes) -> Experiment:
        """ExperimentError, in one sentence, for whatever is not an experiment."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            raise ExperimentError("it is not JSON") from None
        if not isinstance(data, dict) or "thalweg" not in data:
            raise ExperimentError('it is JSON, but not an experiment: it has no key "thalweg"')
        if data["thalweg"] != FORMAT:
            raise ExperimentError(f"it has format {short(data['thalweg'])}, and this program reads format {FORMAT}")
        body = {key: value for key, value in data.items() if key != "thalweg"}
        runs = body.get("runs", [])
        if not isinstance(runs, list):
            raise ExperimentError(f"runs must be a list, not {short(runs)}")
        body["runs"] = tuple(_build(Run, "run", run) for run in runs)
        body["curve"] = _build(Curve, "curve", body.get("curve", {}))
        return _build(Experiment, "experiment", body)


def _build(cls: Callable[..., Any], kind: str, data: Any) -> Any:
    names = [f.name for f in fields(cls)]  # type: ignore[arg-type]
    if not isinstance(data, dict):
        raise ExperimentError(f"the {kind} must be an object with {', '.join(names)}, not {short(data)}")
    unknown = [key for key in data if key not in names]
    if unknown:
        raise ExperimentError(f"the {kind} has no {short(unknown[0])}; it has {', '.join(names)}")
    if kind == "run" and "optimizer" not in data:
        raise ExperimentError(f"a run needs an optimizer; choose from {', '.join(OPTIMIZERS)}")
    return cls(**data)


FIRST = Experiment("rosenbrock", (-0.5, 2.5), (
    Run("sgd", {"lr": 0.001}), Run("momentum", {"lr": 0.0006}), Run("adam", {"lr": 0.15})))
