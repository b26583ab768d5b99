"""Maps that are computed in parts by several processes equal whole ones."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import active_children
from time import perf_counter
from typing import Any

import numpy as np
import pytest

from app.engine.basin_map import BasinMap
from app.engine.displayed_maps import basin_map_job, rate_curves_job, settings_map_job
from app.engine.map_job import MapComputation, MapJob
from app.engine.map_parts import merge_basin_maps
from app.engine.map_worker import Message
from app.engine.map_workers import MapWorkers
from app.model.experiment import Experiment
from app.model.map_options import MapOptions
from app.model.run import Run
from app.utils.progress_generators import finish

EXPERIMENT = Experiment("himmelblau", (-0.5, -1.0), (Run("bfgs"),), map_options=MapOptions(steps=40))


def basin_job(experiment: Experiment = EXPERIMENT) -> MapJob:
    return basin_map_job(experiment, experiment.runs[0], experiment.surface.bounds)


def settings_job() -> MapJob:
    job = settings_map_job(EXPERIMENT, EXPERIMENT.runs[0])
    assert job is not None
    return job


def assert_equal(one: Any, other: Any) -> None:
    """Compare arrays; the indices of minima by their positions."""
    for name in ("xs", "ys", "first", "second", "steps", "loss", "lowest_loss"):
        if hasattr(one, name):
            assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name
    assert np.array_equal(np.minimum(one.outcome, 0), np.minimum(other.outcome, 0))
    arrived = one.outcome >= 0
    difference = one.minima[one.outcome[arrived]] - other.minima[other.outcome[arrived]]
    assert np.allclose(difference, 0, atol=1e-6)


@pytest.mark.parametrize("make_job", [basin_job, settings_job])
@pytest.mark.parametrize("count", [2, 3, 50])
def test_parts_have_all_rows_of_the_whole_map(make_job: Callable[[], MapJob], count: int) -> None:
    computation = MapComputation(make_job(), 6)
    parts = [finish(part()) for part in computation.parts(count)]
    assert len(parts) == min(count, 6)
    assert_equal(computation.job.merge(parts), finish(computation()))


def test_minima_that_only_some_parts_find_are_merged() -> None:
    xs = np.array([0.0, 1.0])

    def part(y: float, outcome: list[int], minima: list[tuple[float, float]]) -> BasinMap:
        return BasinMap(xs, np.array([y]), np.array([outcome]), np.array([[3, 4]]), np.array(minima))

    parts = [
        part(0.0, [0, -1], [(0.0, 0.0)]),
        part(1.0, [1, 0], [(0.0, 0.0), (12.0, 0.0)]),
        part(2.0, [1, 2], [(0.0, 0.0), (20.0, 0.0), (12.0, 1e-7)]),
    ]
    whole = merge_basin_maps(parts, ((-5.0, 5.0), (-5.0, 5.0)))
    assert whole.ys.tolist() == [0.0, 1.0, 2.0]
    assert len(whole.minima) == 3
    positions = [[whole.minima[k].tolist() if k >= 0 else None for k in row] for row in whole.outcome.tolist()]
    assert positions == [[[0, 0], None], [[12, 0], [0, 0]], [[20, 0], [12, 0]]]


def test_other_maps_are_one_part() -> None:
    job = rate_curves_job(EXPERIMENT)
    assert job is not None
    computation = MapComputation(job, 16)
    assert computation.parts(4) == [computation]


def all_messages(workers: MapWorkers, count: int) -> list[Message]:
    """Return what is reported until there are ``count`` results or an error."""
    received: list[Message] = []
    end = perf_counter() + 60
    while sum(message.result is not None for message in received) < count and perf_counter() < end:
        workers.workers[0].connection.poll(0.05)
        received += workers.messages()
        if any(message.error for message in received):
            break
    return received


@pytest.mark.slow
def test_several_processes_report_whole_maps_in_order() -> None:
    job = basin_job()
    workers = MapWorkers([MapComputation(job, size) for size in (2, 6)], 3)
    assert [len(workers.workers), workers.part_counts] == [3, [2, 3]]
    messages = all_messages(workers, 2)
    workers.close()
    results = [message.result for message in messages if message.result is not None]
    assert [result.xs.size for result in results] == [2, 6]
    assert_equal(results[1], finish(job.compute(6)))
    assert all(0 <= message.fraction <= 1 for message in messages)
    assert not active_children()


@pytest.mark.slow
def test_an_error_of_one_process_is_reported_and_all_are_closed_at_once() -> None:
    workers = MapWorkers([MapComputation(basin_job(), 400)], 3)
    workers.workers[1].process.kill()
    assert all_messages(workers, 1)[-1].error
    start = perf_counter()
    workers.close()
    assert perf_counter() - start < 1.0
    assert not active_children()
