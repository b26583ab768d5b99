"""The problem of an experiment: its name, the numbers that make it, and the plane that shows its runs."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from app.model.landscape_data import LandscapeData, make_surface
from app.model.recorded_network import RecordedNetwork, embed_network, make_network_problem
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError, check_choice, check_integer, check_number, shorten_repr
from optimizers import Optimizer
from surfaces import Surface
from surfaces.landscape.planes import Plane
from surfaces.problems.names import PROBLEM_NAMES
from surfaces.problems.network_data import RECORDED_ID, NetworkData
from surfaces.problems.problem import Problem

MAX_PARAMETERS, MAX_POINTS = 10_000, 2_000
MAX_SEED = 2**31
ORTHONORMAL_TOLERANCE = 1e-9


@dataclass(frozen=True)
class ProblemData:
    """A problem of the catalog, named by an id and a few numbers, or the network of a recorded training.

    Attributes
    ----------
    id : str
        Key in ``PROBLEMS``, or "recorded".
    directions : tuple of tuple of float
        Two orthonormal directions, each with a number for every parameter.
    numbers : mapping of str to float
        Arguments of its function, for example {"points": 400}; the others have their defaults.
    seed : int
        Seed of the initial parameters.
    origin : tuple of float
        The parameters at the origin of the plane; empty if they are the initial ones.
    network : RecordedNetwork or None
        The network of a recorded training, for the id "recorded".
    """

    id: str
    directions: tuple[tuple[float, ...], tuple[float, ...]]
    numbers: Mapping[str, float] = field(default_factory=dict, hash=False)
    seed: int = 0
    origin: tuple[float, ...] = ()
    network: RecordedNetwork | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_choice(gettext_noop("problem"), self.id, PROBLEM_NAMES if self.network is None else (RECORDED_ID,))
        check_integer(gettext_noop("seed"), self.seed, 0, MAX_SEED)
        object.__setattr__(self, "numbers", _check_numbers(self.id, self.numbers))
        object.__setattr__(self, "directions", _check_directions(self.directions))
        object.__setattr__(self, "origin", _check_origin(self.origin, self.parameter_count))

    @property
    def parameter_count(self) -> int:
        """The number of parameters, d."""
        return len(self.directions[0])

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes the problem, as a hashable value."""
        return self.id, tuple(sorted(self.numbers.items())), self.network

    def make(self) -> Problem:
        """Return the problem."""
        from surfaces.problems import make_problem  # only for an experiment with a problem

        return make_problem(self.id, **self.numbers) if self.network is None else make_network_problem(self.network)

    def on_plane(self, plane: Plane) -> ProblemData:
        """Return the problem on another plane."""
        first, second = (tuple(direction) for direction in plane.directions.tolist())
        at_start = np.array_equal(plane.origin, self.make().make_start(self.seed))
        return replace(self, directions=(first, second), origin=() if at_start else tuple(plane.origin.tolist()))


def _check_numbers(problem_id: str, numbers: Any) -> dict[str, float]:
    from surfaces.problems import PROBLEMS  # only for an experiment with a problem

    function = PROBLEMS.get(problem_id)
    parameters = inspect.signature(function).parameters if function else {}
    if not isinstance(numbers, Mapping):
        raise ExperimentError(
            tr("the numbers of a problem must be names with values, not {value}", value=shorten_repr(numbers))
        )
    result: dict[str, float] = {}
    for name, value in numbers.items():
        if name not in parameters:
            raise ExperimentError(tr("the problem {id} has no number {name}", id=problem_id, name=shorten_repr(name)))
        default = parameters[name].default
        if isinstance(default, int):
            lowest = {"points": 20, "size": 2, "seed": 0}[name]
            highest = {"points": MAX_POINTS, "size": 500, "seed": MAX_SEED}[name]
            result[name] = check_integer(name, value, lowest, highest)
        else:
            result[name] = _check_positive(name, value)
    return result


def _check_positive(name: str, value: Any) -> float:
    number = check_number(name, value)
    if not 0 <= number <= 1e6 or (name == "condition" and number < 1):
        raise ExperimentError(tr("{name} of a problem cannot be {value}", name=name, value=shorten_repr(value)))
    return number


def _check_origin(origin: Any, size: int) -> tuple[float, ...]:
    is_list = isinstance(origin, (list, tuple)) and len(origin) in (0, size)
    if not is_list or not all(map(_is_finite, origin)):
        raise ExperimentError(tr("the origin of a plane must have one number for each parameter"))
    return tuple(map(float, origin))


def _is_finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _check_directions(directions: Any) -> tuple[tuple[float, ...], tuple[float, ...]]:
    message = tr(
        "the directions of a plane must be two orthonormal lists of at most {most:,} numbers", most=MAX_PARAMETERS
    )
    if not isinstance(directions, (list, tuple)) or len(directions) != 2:
        raise ExperimentError(message)
    for direction in directions:
        if not isinstance(direction, (list, tuple)) or len(direction) > MAX_PARAMETERS:
            raise ExperimentError(message)
        if not all(map(_is_finite, direction)):
            raise ExperimentError(message)
    first, second = (tuple(map(float, direction)) for direction in directions)
    if len(first) != len(second):
        raise ExperimentError(message)
    matrix = np.array([first, second])
    if np.abs(matrix @ matrix.T - np.eye(2)).max() > ORTHONORMAL_TOLERANCE:
        raise ExperimentError(message)
    return first, second


def is_fast_enough(optimizer: Optimizer, parameter_count: int) -> bool:
    """Return whether a step of an optimizer on so many parameters is fast enough to be watched."""
    return optimizer.max_parameters is None or parameter_count <= optimizer.max_parameters


def check_optimizers(optimizers: Iterable[Optimizer], parameter_count: int) -> None:
    """Raise ExperimentError if a step of an optimizer on so many parameters would take too long."""
    for optimizer in optimizers:
        if not is_fast_enough(optimizer, parameter_count):
            raise ExperimentError(
                tr(
                    "a step of {optimizer} takes too long with {count:,} parameters; choose another optimizer",
                    optimizer=optimizer.name,
                    count=parameter_count,
                )
            )


def embed_problem(network: NetworkData) -> ProblemData:
    """Return the problem of training the network of a recorded training, on its plane."""
    first, second = (tuple(direction) for direction in network.directions.tolist())
    origin = () if np.array_equal(network.origin, network.start) else tuple(network.origin.tolist())
    return ProblemData(RECORDED_ID, (first, second), origin=origin, network=embed_network(network))


@lru_cache(maxsize=4)
def problem_surface(problem: ProblemData, landscape: LandscapeData) -> Surface:
    """Return the surface that shows a problem on its plane; ExperimentError if they do not fit together."""
    from surfaces.problems.projected_problem import ProjectedProblem  # only for an experiment with a problem

    made = problem.make()
    if len(problem.directions[0]) != made.size:
        raise ExperimentError(
            tr(
                "the problem {id} has {count:,} parameters, but the plane has another number",
                id=problem.id,
                count=made.size,
            )
        )
    start = made.make_start(problem.seed)
    origin = np.array(problem.origin) if problem.origin else start
    plane = Plane(origin, np.array(problem.directions), landscape.kind, np.zeros(0))
    projected = ProjectedProblem(made, plane, start)
    return replace(
        make_surface(landscape),
        minima=(),
        name=made.name if problem.network is None else landscape.name,
        start=projected.start_on_plane,
        summary=made.summary,
        source=made.source,
        projected_problem=projected,
    )
