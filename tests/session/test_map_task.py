"""Maps are computed in slices or in a worker process, replaced and canceled at once, and leave no process behind."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from functools import partial
from multiprocessing import active_children
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEventLoop, QObject, QTimer
from PyQt6.QtWidgets import QApplication

from app.engine.basin_map import basin_map, compute_basin_map
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.session import map_task
from app.session.map_task import MapTask
from surfaces import SURFACES
from tests.processes import ROOT

TIMEOUT = 60_000  # milliseconds


def compute_map(experiment: Experiment, size: int) -> Generator[float, None, Any]:
    return compute_basin_map(experiment.runs[0], experiment.surface, 30, size)


def count_up(count: int) -> Generator[float, None, int]:
    for k in range(count):
        yield k / count
    return count


def fail(message: str) -> Generator[float, None, int]:
    yield 0.5
    raise ValueError(message)


def never_end() -> Generator[float, None, int]:
    while True:
        yield 0.0


def end_process() -> Generator[float, None, int]:
    yield 0.0
    os._exit(1)


class Recorder:
    """A task with all that it has emitted."""

    def __init__(self, parent: QObject) -> None:
        self.task, self.loop = MapTask(parent), QEventLoop()
        self.events: list[Any] = []
        self.fractions: list[float] = []
        self.task.computed.connect(self.events.append)
        self.task.finished.connect(lambda: self.events.append("finished"))
        self.task.failed.connect(lambda message: self.events.append(f"failed: {message}"))
        self.task.progress.connect(self.fractions.append)
        self.task.finished.connect(self.loop.quit)
        self.task.failed.connect(self.loop.quit)
        self.task.progress.connect(self.loop.quit)

    def run(self, until: Callable[[], bool]) -> None:
        """Run the event loop until a condition is true after a signal."""
        timer = QTimer(singleShot=True)
        timer.timeout.connect(self.loop.quit)
        timer.start(TIMEOUT)
        while not until() and timer.isActive():
            self.loop.exec()
        assert until()

    def run_to_end(self) -> None:
        self.run(lambda: not self.task.running)


@pytest.fixture
def recorder(application: QApplication) -> Generator[Recorder, None, None]:
    parent = QObject()
    recorder = Recorder(parent)
    yield recorder
    recorder.task.cancel()
    assert not active_children()


@pytest.fixture(params=[False, True], ids=["slices", "worker"])
def in_worker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(map_task, "can_use_workers", lambda: True)
    return bool(request.param)


def test_results_come_in_order_with_progress_between(recorder: Recorder, in_worker: bool) -> None:
    recorder.task.start([partial(count_up, 3), partial(count_up, 2000)], in_worker)
    assert recorder.task.running
    recorder.run_to_end()
    assert recorder.events == [3, 2000, "finished"]
    assert all(0 <= fraction <= 1 for fraction in recorder.fractions)


@pytest.mark.slow
def test_the_map_of_a_worker_equals_that_of_this_process(recorder: Recorder, in_worker: bool) -> None:
    experiment = Experiment("himmelblau", runs=(Run("steepest_descent_armijo"),))
    recorder.task.start([partial(compute_map, experiment, 6)], in_worker)
    recorder.run_to_end()
    result, end = recorder.events
    expected = basin_map(experiment.runs[0], SURFACES["himmelblau"], 30, 6)
    assert end == "finished"
    assert np.array_equal(result.outcome, expected.outcome)
    assert np.array_equal(result.steps, expected.steps)


def test_an_error_ends_the_task_with_its_message(recorder: Recorder, in_worker: bool) -> None:
    recorder.task.start([partial(count_up, 3), partial(fail, "no minimum"), partial(count_up, 5)], in_worker)
    recorder.run_to_end()
    assert recorder.events == [3, "failed: no minimum"]


def test_a_worker_that_dies_is_reported(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_task, "can_use_workers", lambda: True)
    recorder.task.start([end_process], in_worker=True)
    recorder.run_to_end()
    assert recorder.events == ["failed: the worker process has ended"]


def test_a_canceled_task_emits_nothing_and_its_process_ends_at_once(recorder: Recorder, in_worker: bool) -> None:
    recorder.task.start([never_end], in_worker)
    recorder.run(lambda: bool(recorder.fractions))
    assert bool(active_children()) == in_worker
    start_time = time.perf_counter()
    recorder.task.cancel()
    assert time.perf_counter() - start_time < 0.2
    assert not active_children()
    assert not recorder.task.running
    assert recorder.events == []


@pytest.mark.slow
def test_another_start_replaces_the_computation(recorder: Recorder, in_worker: bool) -> None:
    recorder.task.start([never_end], in_worker)
    recorder.run(lambda: bool(recorder.fractions))
    recorder.task.start([partial(count_up, 4)], in_worker)
    recorder.run_to_end()
    assert recorder.events == [4, "finished"]


@pytest.mark.slow
def test_a_task_can_be_started_from_its_own_result(recorder: Recorder, in_worker: bool) -> None:
    def start_again(result: int) -> None:
        if result < 3:
            recorder.task.start([partial(count_up, result + 1)], in_worker)

    recorder.task.computed.connect(start_again)
    recorder.task.start([partial(count_up, 2)], in_worker)
    recorder.run_to_end()
    assert recorder.events == [2, 3, "finished"]


def test_with_one_core_searches_run_in_slices(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_task, "can_use_workers", lambda: False)
    recorder.task.start([never_end], in_worker=True)
    recorder.run(lambda: bool(recorder.fractions))
    assert not active_children()


def test_starting_often_starts_one_process_at_most(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_task, "can_use_workers", lambda: True)
    for count in range(50):
        recorder.task.start([partial(count_up, count)], in_worker=True)
    assert not active_children()
    recorder.run_to_end()
    assert recorder.events == [49, "finished"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_does_not_outlive_a_program_that_is_killed() -> None:
    code = """
from app.engine.map_worker import MapWorker
from tests.session.test_map_task import never_end
if __name__ == "__main__":
    worker = MapWorker([never_end])
    while not worker.messages():
        pass
    print(worker.process.pid, flush=True)
    input()
"""
    program = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert program.stdout is not None
    pid = int(program.stdout.readline())
    assert is_alive(pid)
    program.kill()
    program.communicate()
    deadline = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < deadline:
        os.sched_yield()
    assert not is_alive(pid)


def is_alive(pid: int) -> bool:
    """Return whether a process runs; a zombie that nobody has waited for does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_experiments_with_formula_or_data_can_be_sent_to_a_worker() -> None:
    typed = DEFAULT_EXPERIMENT.with_formula("a x^2 + y^2", {"a": 3.0})
    with_data = DEFAULT_EXPERIMENT.with_data((1.0, 2.0, 4.0), (2.0, 3.0, 5.0))
    for experiment in (DEFAULT_EXPERIMENT, typed, with_data):
        copy = pickle.loads(pickle.dumps(experiment))
        assert copy == experiment
        assert copy.surface(1.0, 2.0)[0] == experiment.surface(1.0, 2.0)[0]
