"""What is raced: a surface, a start, the runs. Values, checked once, here; the window and the command line both ask here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from app.checks import ExperimentError, choice, number, start_number
from app.data import Columns, columns, land
from optimizers import OPTIMIZERS, Optimizer, Part
from surfaces import SURFACES, Surface

FORMAT = 1
MOST_RUNS = 24
MOST_STEPS = 10_000_000
QUANTITIES = {"loss": "loss", "distance": "distance to nearest minimum", "gradient": "gradient norm"}
SCALES = ("linear", "log")


@dataclass(frozen=True)
class Run:
    """One racer: an optimizer with all its hyperparameters, and those of the parts it is combined with.

    ``slot`` is its place in the palette of colors and marks, None until the experiment gives it one; ``color`` overrides.
    """

    optimizer: str
    hyperparameters: Mapping[str, float] = field(default_factory=dict)
    visible: bool = True
    color: str | None = None
    slot: int | None = None

    def __post_init__(self) -> None:
        choice("optimizer", self.optimizer, OPTIMIZERS)
        if not isinstance(self.hyperparameters, Mapping):
            raise ExperimentError(f"the hyperparameters of {self.optimizer} must be names with numbers, "
                                  f"not {self.hyperparameters!r}")
        try:
            given = {name: number(f"{name} of {self.optimizer}", value) if isinstance(value, str) else value
                     for name, value in self.hyperparameters.items()}
            checked = OPTIMIZERS[self.optimizer].check(given)
        except ValueError as error:
            raise ExperimentError(str(error)) from None
        if not isinstance(self.visible, bool):
            raise ExperimentError(f"visible must be true or false, not {self.visible!r}")
        if self.color is not None and not re.fullmatch("#[0-9a-fA-F]{6}", str(self.color)):
            raise ExperimentError(f"a color must look like #0072b2, not {self.color!r}")
        if self.slot is not None and (isinstance(self.slot, bool) or not isinstance(self.slot, int) or not 0 <= self.slot < 1000):
            raise ExperimentError(f"slot must be a whole number from 0 to 999, not {self.slot!r}")
        whole = dict(self.rule.defaults)
        for part in self.rule.parts.values():
            if not checked.keys().isdisjoint(part.hyperparameters):
                whole |= {name: declared.default for name, declared in part.hyperparameters.items()}
        object.__setattr__(self, "hyperparameters", whole | checked)

    @property
    def rule(self) -> Optimizer:
        return OPTIMIZERS[self.optimizer]

    @property
    def parts(self) -> list[Part]:
        """What the optimizer is combined with, switched off by a 0 or not."""
        return [part for part in self.rule.parts.values() if part.id in self.hyperparameters]

    def turned(self, name: str, value: float) -> Run:
        """This run with one hyperparameter changed."""
        return replace(self, hyperparameters={**self.hyperparameters, name: value})

    def without(self, part: Part) -> Run:
        """This run, no longer combined with a part."""
        return replace(self, hyperparameters={name: value for name, value in self.hyperparameters.items()
                                              if name not in part.hyperparameters})

    def racing(self, optimizer: str) -> Run:
        """This run with another optimizer: what was turned and is known to both stays.

        The learning rate stays only from one convention of an optimizer to another: elsewhere it means another thing.
        """
        rule, other = self.rule, OPTIMIZERS[optimizer]
        related = (rule.variant_of or rule.id) == (other.variant_of or other.id)
        known = {*other.hyperparameters, *(name for part in other.parts.values() for name in part.hyperparameters)}
        kept = {name: value for name, value in self.hyperparameters.items()
                if name in known and (related or name != "lr") and value != rule.declared(name).default}
        return replace(self, optimizer=optimizer, hyperparameters=kept)

    @property
    def settings(self) -> str:
        """The hyperparameters in words: the learning rate always, the others where they are not at their defaults."""
        return ", ".join(f"{name} {value:g}" for name, value in self.hyperparameters.items()
                         if name == "lr" or value != self.rule.declared(name).default)

    @staticmethod
    def parse(text: str) -> Run:
        """A run from the command line: "adam lr=0.05 weight_decay=0.1"."""
        words = text.split()
        if not words:
            raise ExperimentError(f"a run needs an optimizer; choose from {', '.join(OPTIMIZERS)}")
        choice("optimizer", words[0], OPTIMIZERS)
        values: dict[str, Any] = {}
        for word in words[1:]:
            name, equals, value = word.partition("=")
            if not equals:
                raise ExperimentError(f"{word!r} must have the form name=value, as in lr=0.05")
            values[name] = value
        return Run(words[0], values)


@dataclass(frozen=True)
class Curve:
    """What the loss view shows, and the scale of its two axes."""

    quantity: str = "loss"
    x_scale: str = "linear"
    y_scale: str = "log"

    def __post_init__(self) -> None:
        choice("quantity", self.quantity, QUANTITIES)
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
            raise ExperimentError(f"start must be two numbers, not {start!r}")
        object.__setattr__(self, "start", (start_number("start x", start[0]), start_number("start y", start[1])))
        if len(self.runs) > MOST_RUNS:
            raise ExperimentError(f"an experiment holds at most {MOST_RUNS} runs, not {len(self.runs)}")
        if self.steps is not None and (isinstance(self.steps, bool) or not isinstance(self.steps, int)
                                       or not 0 <= self.steps <= MOST_STEPS):
            raise ExperimentError(f"steps must be a whole number from 0 to {MOST_STEPS}, not {self.steps!r}")
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
            raise ExperimentError(f"it has format {data['thalweg']!r}, and this program reads format {FORMAT}")
        body = {key: value for key, value in data.items() if key != "thalweg"}
        runs = body.get("runs", [])
        if not isinstance(runs, list):
            raise ExperimentError(f"runs must be a list, not {runs!r}")
        body["runs"] = tuple(_build(Run, "run", run) for run in runs)
        body["curve"] = _build(Curve, "curve", body.get("curve", {}))
        return _build(Experiment, "experiment", body)


def _build(cls: Callable[..., Any], kind: str, data: Any) -> Any:
    names = [f.name for f in fields(cls)]  # type: ignore[arg-type]
    if not isinstance(data, dict):
        raise ExperimentError(f"the {kind} must be an object with {', '.join(names)}, not {data!r}")
    unknown = [key for key in data if key not in names]
    if unknown:
        raise ExperimentError(f"the {kind} has no {unknown[0]!r}; it has {', '.join(names)}")
    if kind == "run" and "optimizer" not in data:
        raise ExperimentError(f"a run needs an optimizer; choose from {', '.join(OPTIMIZERS)}")
    return cls(**data)


FIRST = Experiment("rosenbrock", (-0.5, 2.5), (
    Run("sgd", {"lr": 0.001}), Run("momentum", {"lr": 0.0006}), Run("adam", {"lr": 0.15})))
