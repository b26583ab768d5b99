"""Experiment: the surface, the start and the runs, as checked, immutable values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from typing import Any
from zlib import crc32

from app.model.branch import MAX_RUNS, Branch
from app.model.comparison import NO_COMPARISON, ComparisonMode
from app.model.dataset import Columns, Scaling, check_columns, check_names, get_surface, scaling_of
from app.model.landscape_data import LandscapeData, make_surface
from app.model.map_options import DEFAULT_MAP_OPTIONS, MapOptions
from app.model.parameter_timeline import (
    ParameterSpan,
    ParameterTimeline,
    check_parameter_history,
    check_parameter_ranges,
    check_parameters,
)
from app.model.plot_options import DEFAULT_PLOT_OPTIONS, PlotOptions
from app.model.problem_data import ProblemData, check_optimizers, problem_surface
from app.model.run import Run
from app.model.typed_surface import (
    check_formula_data,
    check_line_start,
    check_typed_surface,
    dimension_of,
    get_typed_surface,
    parameters_of,
)
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
from surfaces.formula.catalog_texts import catalog_text
from surfaces.formula.typed_surface import FORMULA_ID, MAX_SEARCH_LEVEL, fit_bounds
from surfaces.landscape.landscape import LANDSCAPE_ID
from surfaces.surface import Bounds

MAX_BRANCHES = 100
MAX_TOTAL_STEPS = 20_000_000  # steps of all runs of all branches together
QUANTITIES = {
    "loss": "loss",
    "above": "loss − minimum",
    "distance": "distance to nearest minimum",
    "gradient": "gradient norm",
    "step": "step size",
    "rate": "learning rate",
    "accuracy": "training accuracy",
    "test_loss": "test loss",
    "test_accuracy": "test accuracy",
}
PROBLEM_QUANTITIES = ("accuracy", "test_loss", "test_accuracy")  # that only runs of a network have
ACCURACIES = ("accuracy", "test_accuracy")  # between 0 and 1, on a linear axis in any case
X_QUANTITIES = {"steps": "step", "evaluations": "evaluations", "time": "compute time (ms)"}
SCALES = ("linear", "log")


@dataclass(frozen=True)
class LossPlot:
    """What the loss view plots: the quantities and the scales of its two axes."""

    quantity: str = "loss"
    x_scale: str = "linear"
    y_scale: str = "log"
    x_quantity: str = "steps"
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_choice(gettext_noop("plotted quantity"), self.quantity, QUANTITIES)
        check_choice(gettext_noop("axis"), self.x_quantity, X_QUANTITIES)
        check_choice(gettext_noop("scale"), self.x_scale, SCALES)
        check_choice(gettext_noop("scale"), self.y_scale, SCALES)


@dataclass(frozen=True)
class Experiment:
    """A surface, a start point and the runs that start there.

    ``start`` is (x, y); None stands for the start of the surface. ``steps`` is the step at which playback stops, None
    for no limit; with ``stop_when_converged`` it also stops when every run has converged. ``data`` are the points that
    the surface is made from, as columns x and y, None for a surface without data; ``data_names`` are the names of the
    columns, and with ``standardized`` the surface is made from the standardized columns. ``formula`` is the formula of
    the surface "formula", "" for another surface, with the values of its ``parameters`` by name, their values before
    each change during the runs, and its ``domain``; None stands for the default domain. ``parameter_ranges`` are the
    ends of the sliders of parameters by name, where the user has chosen them, and ``search_level`` is how often the
    grid is refined on which minima of the formula are searched. ``landscape`` is the grid of losses that the surface
    "landscape" is made from, None for another surface; it may show a ``problem`` with many parameters, which the runs
    solve. ``branches`` are ordered from the oldest to the newest. ``displayed_step`` is the step on the screen when it
    was saved and is not compared. ``extra``, here and in the parts of an experiment, holds keys of the file that this
    version does not know and writes again.

    Raises ExperimentError for anything that is not allowed.
    """

    surface_id: str = "rosenbrock"
    start: tuple[float, float] | None = None
    runs: tuple[Run, ...] = ()
    steps: int | None = None
    loss_plot: LossPlot = LossPlot()
    title: str = ""
    data: Columns | None = None
    data_names: tuple[str, str] | None = None
    standardized: bool = False
    formula: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict, hash=False)
    parameter_history: tuple[ParameterSpan, ...] = field(default=(), hash=False)
    domain: Bounds | None = None
    parameter_ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict, hash=False)
    search_level: int = 0
    landscape: LandscapeData | None = None
    problem: ProblemData | None = None
    branches: tuple[Branch, ...] = ()
    comparison: ComparisonMode = NO_COMPARISON
    stop_when_converged: bool = False
    plot_options: PlotOptions = DEFAULT_PLOT_OPTIONS
    map_options: MapOptions = DEFAULT_MAP_OPTIONS
    displayed_step: int = field(default=0, compare=False)
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.formula:
            object.__setattr__(self, "surface_id", FORMULA_ID)
            check_formula_data(self.data)
            formula, parameters, domain = check_typed_surface(self.formula, self.parameters, self.domain)
            object.__setattr__(self, "formula", formula)
            object.__setattr__(self, "parameters", parameters)
            object.__setattr__(self, "domain", domain)
            history = check_parameter_history(tuple(parameters), self.parameter_history)
            object.__setattr__(self, "parameter_history", history)
            object.__setattr__(self, "branches", tuple(map(self._with_parameters, self.branches)))
            ranges = check_parameter_ranges(tuple(parameters), self.parameter_ranges)
            object.__setattr__(self, "parameter_ranges", ranges)
            check_integer(gettext_noop("search_level"), self.search_level, 0, MAX_SEARCH_LEVEL)
        else:
            object.__setattr__(self, "parameter_history", ())
            object.__setattr__(self, "parameter_ranges", {})
            object.__setattr__(self, "search_level", 0)
            if self.landscape is not None:
                object.__setattr__(self, "surface_id", LANDSCAPE_ID)
            elif self.problem is not None:
                raise ExperimentError(tr("a problem needs the landscape that shows it"))
            else:
                check_choice(gettext_noop("surface"), self.surface_id, SURFACES)
        if self.data is not None:
            object.__setattr__(self, "data", check_columns(self.surface_id, self.data))
        object.__setattr__(self, "data_names", check_names(self.data_names))
        check_bool(gettext_noop("standardized"), self.standardized)
        object.__setattr__(self, "start", self._check_start())
        if len(self.runs) > MAX_RUNS:
            raise ExperimentError(
                tr(
                    "an experiment can have at most {most_runs} runs, not {runs}",
                    most_runs=MAX_RUNS,
                    runs=len(self.runs),
                )
            )
        if self.problem is not None:
            check_optimizers((run.method for run in self.runs), self.problem.parameter_count)
        if self.steps is not None:
            check_integer(gettext_noop("steps"), self.steps, 0, MAX_STEPS)
        object.__setattr__(self, "title", check_text(gettext_noop("title"), self.title, 200))
        check_bool(gettext_noop("stop_when_converged"), self.stop_when_converged)
        check_integer(gettext_noop("displayed_step"), self.displayed_step, 0, MAX_STEPS)
        self._check_branches()
        object.__setattr__(self, "runs", self._with_unique_slots())
        if not self._comparison_holds:
            object.__setattr__(self, "comparison", self.comparison.cleared)

    def _check_start(self) -> tuple[float, ...]:
        default_start = self.surface.start  # read in any case: raises if data cannot make the surface
        start = default_start if self.start is None else self.start
        if self.surface.dimension == 1:
            return check_line_start(start)
        if not isinstance(start, (tuple, list)) or len(start) != 2:
            raise ExperimentError(tr("start must be two numbers, not {start}", start=shorten_repr(start)))
        return tuple(
            check_coordinate(tr("start {axis}", axis=axis.split()[0]), value)
            for axis, value in zip(self.surface.axis_labels, start, strict=True)
        )

    def _with_parameters(self, branch: Branch) -> Branch:
        """Return a branch with checked parameters of the formula, by default those of the experiment."""
        if branch.parameters is None:
            return replace(branch, parameters=self.parameters, parameter_history=self.parameter_history)
        names = tuple(self.parameters)
        parameters = check_parameters(names, branch.parameters)
        history = check_parameter_history(names, branch.parameter_history)
        if (parameters, history) == (branch.parameters, branch.parameter_history):
            return branch
        return replace(branch, parameters=parameters, parameter_history=history)

    def _check_branches(self) -> None:
        if len(self.branches) > MAX_BRANCHES:
            raise ExperimentError(
                tr(
                    "an experiment can have at most {most_branches} branches, not {branches}",
                    most_branches=MAX_BRANCHES,
                    branches=len(self.branches),
                )
            )
        if exceeds_branch_limits(self.branches):
            raise ExperimentError(
                tr("the branches of an experiment can have at most {longest:,} steps in total", longest=MAX_TOTAL_STEPS)
            )

    @property
    def _comparison_holds(self) -> bool:
        """Whether the comparison mode is true: all rates are equal, or the tuned rates are unchanged."""
        if self.comparison.mode == "rate":
            return len({run.hyperparameters["lr"] for run in self.runs if run.method.has_learning_rate}) < 2
        return self.comparison.mode != "tuned" or self.comparison.fingerprint == self.fingerprint

    @property
    def fingerprint(self) -> int:
        """A checksum of surface, data, start and the runs; the order and appearance of runs do not matter."""
        runs = sorted(repr((run.optimizer, sorted(run.hyperparameters.items()), run.history)) for run in self.runs)
        typed = (self.formula, sorted(self.parameters.items()), self.domain) if self.formula else ()
        scaled = ("standardized",) if self.standardized else ()
        scaled = (*scaled, self.landscape) if self.landscape is not None else scaled
        scaled = (*scaled, self.problem) if self.problem is not None else scaled
        changes = self.parameter_history
        return crc32(repr((self.surface_id, self.start, self.data, runs, *typed, *scaled, *changes)).encode())

    def _with_unique_slots(self) -> tuple[Run, ...]:
        """Return the runs, each with its own slot.

        Runs keep the slots they have, so that removing one does not recolor the others.
        """
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
        """The surface, made from ``data`` if there are any."""
        if self.formula:
            return get_typed_surface(self.formula, tuple(self.parameters.items()), self.domain, self.search_level)
        if self.landscape is not None and self.problem is not None:
            return problem_surface(self.problem, self.landscape)
        if self.landscape is not None:
            return make_surface(self.landscape)
        return get_surface(self.surface_id, self.data, self.standardized)

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: all but the surfaces, whose functions cannot be."""
        return {name: value for name, value in vars(self).items() if name not in ("surface", "surfaces_by_step")}

    @property
    def parameter_timeline(self) -> ParameterTimeline:
        """The parameters of the formula over the steps."""
        return ParameterTimeline(self.parameters, self.parameter_history)

    def with_parameter_timeline(self, timeline: ParameterTimeline) -> Experiment:
        """Return the experiment with other parameters of the formula over the steps."""
        if timeline == self.parameter_timeline:
            return self
        return replace(self, parameters=timeline.parameters, parameter_history=timeline.history)

    @cached_property
    def surfaces_by_step(self) -> list[tuple[int, Surface]]:
        """Pairs (start step, surface), from step 0, with rising steps."""
        return self.surfaces_of(self.parameter_timeline)

    def surfaces_of(self, timeline: ParameterTimeline) -> list[tuple[int, Surface]]:
        """Return pairs (start step, surface) for parameters of the formula over the steps."""
        if not self.formula:
            return [(0, self.surface)]
        return [
            (step, get_typed_surface(self.formula, tuple(parameters.items()), self.domain, self.search_level))
            for step, parameters in timeline.by_step
        ]

    def surface_at(self, step: int) -> Surface:
        """Return the surface after a step."""
        return self.surfaces_by_step[bisect_right(self.surfaces_by_step, step, key=lambda entry: entry[0]) - 1][1]

    @property
    def scaling(self) -> Scaling:
        """How the data of the surface are standardized; without standardization nothing is subtracted or divided."""
        return scaling_of(self.surface_id, self.data) if self.standardized and self.data is not None else Scaling()

    @property
    def names(self) -> list[str]:
        """The optimizer id of every run, numbered if it occurs more than once: adam, adam-2."""
        ids = [run.optimizer for run in self.runs]
        return [name if (k := ids[: i + 1].count(name)) == 1 else f"{name}-{k}" for i, name in enumerate(ids)]

    @property
    def labels(self) -> list[str]:
        """The label of every run: Adam, lr 0.05; with the changes of parameters of the formula during the runs."""
        change = self.parameter_timeline.change_label
        return [f"{run.label}, {change}" if change else run.label for run in self.runs]

    def with_run(self, index: int, run: Run) -> Experiment:
        """Return the experiment with the run at an index replaced."""
        return replace(self, runs=(*self.runs[:index], run, *self.runs[index + 1 :]))

    def with_added_run(self, run: Run) -> Experiment:
        """Return the experiment with a run appended."""
        return replace(self, runs=(*self.runs, run))

    def without_run(self, index: int) -> Experiment:
        """Return the experiment without the run at an index."""
        return replace(self, runs=(*self.runs[:index], *self.runs[index + 1 :]))

    def with_surface(self, surface_id: str) -> Experiment:
        """Return the experiment on another surface, from its start; data are kept if it is made from data."""
        if SURFACES[check_choice(gettext_noop("surface"), surface_id, SURFACES)].with_data:
            return self._with_other_surface(surface_id=surface_id)
        return self._with_other_surface(surface_id=surface_id, data=None)

    def with_data(
        self,
        x: Iterable[float],
        y: Iterable[float],
        names: tuple[str, str] | None = None,
        standardized: bool = False,
    ) -> Experiment:
        """Return the experiment on a surface made from the points (x, y).

        The kind of surface is kept if it can be made from data; otherwise it is linear regression.
        """
        return self._with_other_surface(
            surface_id=self.data_surface_id, data=(tuple(x), tuple(y)), data_names=names, standardized=standardized
        )

    @property
    def data_surface_id(self) -> str:
        """The kind of surface that ``with_data`` makes."""
        return self.surface_id if self.surface.with_data else "linear_regression"

    def with_formula(
        self, formula: str, parameters: Mapping[str, float] | None = None, domain: Bounds | None = None
    ) -> Experiment:
        """Return the experiment on the surface of a formula.

        While a formula is edited, the values of parameters with the same name and the domain are kept, and the start
        unless y is added or removed.
        """
        values = {name: self.parameters.get(name, 1.0) for name in parameters_of(formula)} | dict(parameters or {})
        ranges = {name: shown for name, shown in self.parameter_ranges.items() if name in values}
        kept: dict[str, Any] = {"domain": self.domain} if self.formula and domain is None else {}
        if kept and dimension_of(formula) == self.surface.dimension:
            kept["start"] = self.start
        changes = {"formula": formula, "parameters": values, "domain": domain, "parameter_ranges": ranges, **kept}
        return self._with_other_surface(surface_id=FORMULA_ID, data=None, **changes)

    def with_landscape(self, landscape: LandscapeData) -> Experiment:
        """Return the experiment on the surface of a landscape, from the start of its path."""
        return self._with_other_surface(surface_id=LANDSCAPE_ID, data=None, landscape=landscape)

    def with_problem(self, problem: ProblemData, landscape: LandscapeData) -> Experiment:
        """Return the experiment on a problem with many parameters, shown on the plane of a landscape.

        On another plane of the same problem, runs, branches and title stay.
        """
        if self.problem is not None and self.problem.key == problem.key and self.problem.seed == problem.seed:
            return replace(self, problem=problem, landscape=landscape, start=None)
        return self._with_other_surface(surface_id=LANDSCAPE_ID, data=None, landscape=landscape, problem=problem)

    def with_parameter(self, name: str, value: float) -> Experiment:
        """Return the experiment with another current value of a parameter of the formula; its history stays."""
        return replace(self, parameters={**self.parameters, name: value})

    def with_surface_as_formula(self) -> Experiment:
        """Return the experiment with its surface of the catalog as a formula, from the same start."""
        return self._with_other_surface(
            surface_id=FORMULA_ID, formula=catalog_text(self.surface), domain=self.surface.bounds, start=self.start
        )

    def with_fitted_domain(self) -> Experiment:
        """Return the experiment with a domain that shows the minima of its formula; the start stays if it is inside."""
        result = replace(self, domain=fit_bounds(self.formula, **self.parameters))
        assert self.start is not None
        inside = all(low <= value <= high for value, (low, high) in zip(self.start, result.surface.bounds, strict=True))
        return result if inside else replace(result, start=None)

    def _with_other_surface(self, **changes: Any) -> Experiment:
        """Return the experiment without what depends on the old surface.

        Runs keep their current hyperparameters; branches, tuned rates, title, stop step and chosen scales are dropped.
        """
        comparison = self.comparison.cleared if self.comparison.mode == "tuned" else self.comparison
        runs = tuple(run.without_history() for run in self.runs)
        settings: dict[str, Any] = {
            "start": None,
            "steps": None,
            "title": "",
            "displayed_step": 0,
            "branches": (),
            "comparison": comparison,
            "plot_options": replace(self.plot_options, height_scale="auto", level_scale="auto"),
            "runs": runs,
            "formula": "",
            "parameters": {},
            "parameter_history": (),
            "domain": None,
            "parameter_ranges": {},
            "search_level": 0,
            "landscape": None,
            "problem": None,
        }
        if changes.get("data", self.data) is None:
            settings |= {"data_names": None, "standardized": False}
        return replace(self, **{**settings, **changes})

    def as_of_step(self, step: int) -> Experiment:
        """Return the experiment as it was at a step, without later changes of hyperparameters and parameters."""
        runs = tuple(run.as_of_step(step) for run in self.runs)
        experiment = self.with_parameter_timeline(self.parameter_timeline.as_of_step(step))
        same_runs = all(a is b for a, b in zip(runs, self.runs, strict=True))
        return experiment if same_runs else replace(experiment, runs=runs)

    def same_surface_and_start(self, other: Experiment) -> bool:
        """Return whether both experiments have the same surface, data and start."""
        return self.same_surface(other) and self.start == other.start

    def same_surface(self, other: Experiment) -> bool:
        """Return whether both experiments have the same surface at all steps, with the same data or formula."""
        own, others = ((each.parameter_timeline, each.domain, each.search_level) for each in (self, other))
        return own == others and self.same_surface_kind(other)

    def same_surface_kind(self, other: Experiment) -> bool:
        """Return whether both experiments have the same surface apart from parameters and domain of a formula."""
        own, others = (
            (each.surface_id, each.data, each.standardized, each.formula, each.landscape, each.problem)
            for each in (self, other)
        )
        return own == others


def exceeds_branch_limits(branches: Sequence[Branch]) -> bool:
    """Return whether these are too many branches for one experiment, or have too many steps together."""
    return len(branches) > MAX_BRANCHES or sum(branch.steps * len(branch.runs) for branch in branches) > MAX_TOTAL_STEPS


DEFAULT_EXPERIMENT = Experiment(
    "rosenbrock", (-0.5, 2.5), (Run("sgd", {"lr": 0.001}), Run("momentum", {"lr": 0.0006}), Run("adam", {"lr": 0.15}))
)
