"""What a map computes, in general: the base class of the jobs, their computations, and how far a map is.

A job holds all that its map depends on, so that equal jobs have equal results. It can be pickled for a worker process.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from app.model.experiment import Experiment
from app.utils.progress_generators import Computation, finish

ALL_ROWS = slice(None)


def shows_basin_map(experiment: Experiment) -> bool:
    """Return whether the contour plot shows a basin map: not on a plane that the runs of a problem leave."""
    return experiment.plot_options.basin_map and experiment.problem is None


@dataclass(frozen=True)
class MapJob(ABC):
    """A map to compute; ``experiment`` has only the surface, the start and the runs of the map."""

    batched_sizes: ClassVar[tuple[int, ...]] = (30, 100)
    sequential_sizes: ClassVar[tuple[int, ...]] = (6, 12, 25, 50)
    problem_sizes: ClassVar[tuple[int, ...]] = (6, 12)

    experiment: Experiment
    steps: int

    @property
    def is_batched(self) -> bool:
        """Whether many runs are computed at once, which takes a fraction of a second; not those of a network."""
        return self.experiment.problem is None and all(run.method.batched for run in self.experiment.runs)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Cells per axis, or learning rates, from the coarsest map to the finest one."""
        if self.experiment.problem is not None:
            return self.problem_sizes
        return self.batched_sizes if self.is_batched else self.sequential_sizes

    @property
    def quick_size(self) -> int:
        """The size of a map that follows a dragged value where the coarsest one takes too long."""
        return self.sizes[0] // 2

    def cost_of(self, size: int) -> float:
        """Return how long a map of a size takes, in proportion to others of this job."""
        return float(size**2)

    @abstractmethod
    def compute(self, size: int, rows: slice = ALL_ROWS) -> Generator[float, None, Any]:
        """Yield the fraction that is done and return the map, or some rows of it if ``part_count`` allows that."""

    def part_count(self, size: int) -> int:
        """Return into how many parts of some rows each a map can be split at most."""
        return 1

    def merge(self, parts: Sequence[Any]) -> Any:
        """Return the map whose rows the parts have in turn."""
        (whole,) = parts
        return whole

    def finish(self) -> Any:
        """Return the finest map."""
        return finish(self.compute(self.sizes[-1]))

    @property
    def start(self) -> tuple[float, float]:
        """The start of all runs."""
        assert self.experiment.start is not None
        return self.experiment.start


@dataclass(frozen=True)
class MapComputation:
    """The computation of a map in one of its sizes."""

    job: MapJob
    size: int

    def __call__(self) -> Generator[float, None, Any]:
        """Return the generator that computes the whole map."""
        return self.job.compute(self.size)

    def parts(self, count: int) -> list[Computation]:
        """Return the computations of at most ``count`` parts of the map, which the job merges."""
        count = min(count, self.job.part_count(self.size))
        if count < 2:
            return [self]
        return [partial(self.job.compute, self.size, slice(k, None, count)) for k in range(count)]


@dataclass(frozen=True, eq=False)
class MapState:
    """How far the map of a view is.

    Attributes
    ----------
    job : MapJob
        What is to be shown.
    result : object or None
        The finest map of this job that is computed; None if there is none yet.
    progress : float or None
        The fraction of the next map that is done; None if nothing is computed any more.
    error : str
        Why there is no map, translated; empty if there is no reason.
    canceled : bool
        Whether the computation was canceled; ``result`` can be a coarser map.
    """

    job: MapJob
    result: Any = None
    progress: float | None = 0.0
    error: str = ""
    canceled: bool = False
