"""Several processes that compute the parts of each map side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.engine.map_job import MapComputation
from app.engine.map_worker import MapWorker, Message
from app.utils.progress_generators import Computation


class MapWorkers:
    """Running processes with the interface of one ``MapWorker``.

    Each process computes its part of one computation after another. A result is reported when all of its parts are
    there.
    """

    def __init__(self, computations: Sequence[Computation], count: int) -> None:
        self.computations = list(computations)
        plans = [each.parts(count) if isinstance(each, MapComputation) else [each] for each in computations]
        self.part_counts = [len(parts) for parts in plans]
        self.workers = [
            MapWorker([parts[k] for parts in plans if k < len(parts)]) for k in range(max(self.part_counts))
        ]
        # of each process: the computations that it has a part of, the results of these so far, and the fraction that is
        # done of the next one
        self.shares = [
            [index for index, count in enumerate(self.part_counts) if k < count] for k in range(len(self.workers))
        ]
        self.results: list[list[Any]] = [[] for _ in self.workers]
        self.fractions = [0.0] * len(self.workers)
        self.reported = 0  # computations

    def messages(self) -> list[Message]:
        """Return what there is to report since the last call, without waiting."""
        received, errors, has_progress = [], [], False
        for k, worker in enumerate(self.workers):
            if len(self.results[k]) == len(self.shares[k]):
                continue  # it has ended
            for message in worker.messages():
                has_progress = True
                self.fractions[k] = message.fraction if message.result is None else 0.0
                if message.error:
                    errors.append(message)
                elif message.result is not None:
                    self.results[k].append(message.result)
        while self.reported < len(self.computations) and (parts := self._parts(self.reported)) is not None:
            received.append(Message(result=self._merged(self.reported, parts)))
            self.reported += 1
        if has_progress and not errors and self.reported < len(self.computations):
            received.append(Message(self._fraction(self.reported)))
        return [*received, *errors[:1]]

    def close(self) -> None:
        """End all processes at once."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.close()

    def _workers_of(self, index: int) -> range:
        return range(self.part_counts[index])

    def _parts(self, index: int) -> list[Any] | None:
        """Return the results of all parts of a computation; None if one is missing."""
        positions = [(k, self.shares[k].index(index)) for k in self._workers_of(index)]
        if any(position >= len(self.results[k]) for k, position in positions):
            return None
        return [self.results[k][position] for k, position in positions]

    def _merged(self, index: int, parts: list[Any]) -> Any:
        computation = self.computations[index]
        is_split = isinstance(computation, MapComputation) and len(parts) > 1
        return computation.job.merge(parts) if is_split else parts[0]  # type: ignore[attr-defined]

    def _fraction(self, index: int) -> float:
        """Return the fraction that is done of a computation."""
        done = []
        for k in self._workers_of(index):
            finished = len(self.results[k]) - self.shares[k].index(index)  # negative while it computes earlier ones
            done.append(1.0 if finished > 0 else self.fractions[k] if finished == 0 else 0.0)
        return sum(done) / len(done)
