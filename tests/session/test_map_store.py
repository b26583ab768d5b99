"""The maps of the views: computed once, coarse first, only while they are shown, and never for other settings."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PyQt6.QtCore import QEventLoop, QObject, QTimer

from app.engine.displayed_maps import rate_curves_job, settings_map_job
from app.engine.map_job import MapState
from app.engine.map_jobs import SettingsMapJob
from app.model.experiment import Experiment
from app.model.run import Run
from app.session.experiment_store import ExperimentStore
from app.session.map_store import MapStore

pytestmark = pytest.mark.usefixtures("application")
BOWL = Experiment("elongated_bowl", (-7.0, 2.0), (Run("momentum", {"lr": 0.05}),), steps=40)


@pytest.fixture
def store() -> Iterator[MapStore]:
    parent = QObject()
    maps = MapStore(ExperimentStore(BOWL), parent)
    maps.parent_object = parent  # type: ignore[attr-defined]  # keeps it alive
    yield maps
    maps.cancel()


def job_of(experiment: Experiment = BOWL) -> SettingsMapJob:
    job = settings_map_job(experiment, experiment.runs[0])
    assert job is not None
    return job


def wait_until_done(maps: MapStore, view_id: str = "settings") -> list[MapState]:
    """Wait until a map is complete and return the states that it went through."""
    states: list[MapState] = []
    loop, watchdog = QEventLoop(), QTimer(singleShot=True, interval=60_000)
    watchdog.timeout.connect(loop.quit)
    watchdog.start()

    def note(changed: str) -> None:
        if changed == view_id:
            states.append(maps.states[view_id])
            if states[-1].progress is None:
                loop.quit()

    maps.changed.connect(note)
    loop.exec()
    maps.changed.disconnect(note)
    assert watchdog.isActive(), "the map was not completed"
    watchdog.stop()
    return states


def test_a_coarse_map_comes_first_and_the_finest_one_last(store: MapStore) -> None:
    job = job_of()
    store.request("settings", job)
    assert store.states["settings"].result is None
    sizes = [state.result.first.size for state in wait_until_done(store) if state.result is not None]
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (job.sizes[0], job.sizes[-1])


def test_the_same_job_is_computed_once(store: MapStore) -> None:
    store.request("settings", job_of())
    wait_until_done(store)
    result = store.states["settings"].result
    store.request("settings", job_of(replace(BOWL, title="other")))
    assert store.states["settings"].result is result
    assert not any(task.running for task in store.tasks.values())


def test_a_new_job_discards_the_old_result_at_once(store: MapStore) -> None:
    store.request("settings", job_of())
    wait_until_done(store)
    moved = job_of(replace(BOWL, start=(1.0, 1.0)))
    store.request("settings", moved)
    state = store.states["settings"]
    assert (state.job, state.result) == (moved, None)
    assert all(state.job == moved for state in wait_until_done(store))


def test_a_hidden_view_computes_nothing_and_keeps_a_complete_map(store: MapStore) -> None:
    store.request("settings", job_of())
    store.request("settings", None)
    assert "settings" not in store.states
    assert not any(task.running for task in store.tasks.values())
    store.request("settings", job_of())
    wait_until_done(store)
    result = store.states["settings"].result
    store.request("settings", None)
    store.request("settings", job_of())
    assert store.states["settings"].result is result


def test_during_a_drag_the_coarse_map_is_there_at_once_and_the_fine_one_after_it(store: MapStore) -> None:
    experiment_store = store.store
    experiment_store.begin_interaction()
    for x in (1.0, 2.0, 3.0):
        job = job_of(replace(BOWL, start=(x, 1.0)))
        store.request("settings", job)
        assert store.states["settings"].result.first.size == job.sizes[0]
    assert not any(task.running for task in store.tasks.values())
    experiment_store.end_interaction()
    assert wait_until_done(store)[-1].result.first.size == job.sizes[-1]


def test_a_map_that_is_too_slow_for_a_drag_is_left_to_the_background(
    store: MapStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.session.map_store.DRAG_SECONDS", 0.0)
    store.store.begin_interaction()
    store.request("settings", job_of())
    assert store.states["settings"].result is None
    assert store.tasks["settings"].running
    store.store.end_interaction()
    assert wait_until_done(store)[-1].result is not None


def test_after_a_slow_map_a_smaller_one_follows_the_drag_and_larger_ones_come_later(store: MapStore) -> None:
    store.store.begin_interaction()
    store.slow_views.add("settings")
    job = job_of()
    store.request("settings", job)
    assert store.states["settings"].result.first.size == job.quick_size < job.sizes[0]
    sizes: list[int] = []
    loop, watchdog = QEventLoop(), QTimer(singleShot=True, interval=60_000)
    watchdog.timeout.connect(loop.quit)
    watchdog.start()

    def note(_: str) -> None:
        sizes.append(store.states["settings"].result.first.size)
        if sizes[-1] == job.sizes[0]:
            loop.quit()

    store.changed.connect(note)
    loop.exec()
    store.changed.disconnect(note)
    assert watchdog.isActive(), "the coarse map was not computed"
    watchdog.stop()
    store.store.end_interaction()
    assert wait_until_done(store)[-1].result.first.size == job.sizes[-1]


def test_a_drag_that_shows_a_smaller_map_ends_with_the_whole_one_where_there_is_only_one_size(store: MapStore) -> None:
    store.store.begin_interaction()
    store.slow_views.add("rates")
    job = rate_curves_job(BOWL)
    assert job is not None
    store.request("rates", job)
    assert store.states["rates"].result[0].learning_rates.size == job.quick_size
    store.store.end_interaction()
    assert wait_until_done(store, "rates")[-1].result[0].learning_rates.size == job.sizes[0]


def test_two_views_are_computed_independently(store: MapStore) -> None:
    rates = rate_curves_job(BOWL)
    store.request("settings", job_of())
    store.request("rates", rates)
    store.request("settings", None)
    wait_until_done(store, "rates")
    assert set(store.states) == {"rates"}


@pytest.mark.slow
def test_a_map_of_a_searching_method_is_computed_in_another_process(
    store: MapStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SettingsMapJob, "sequential_sizes", (4, 8))
    experiment = replace(BOWL, runs=(Run("lbfgs"),), steps=3)
    job = job_of(experiment)
    assert pickle.loads(pickle.dumps(job)) == job
    store.request("settings", job)
    results = [state.result for state in wait_until_done(store) if state.result is not None]
    assert results[-1].first.size == job.sequential_sizes[-1]


def test_an_error_is_a_state(store: MapStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Any, size: int) -> Iterator[float]:
        yield 0.5
        raise ValueError("not here")

    monkeypatch.setattr(SettingsMapJob, "compute", fail)
    store.request("settings", job_of())
    state = wait_until_done(store)[-1]
    assert (state.error, state.result) == ("not here", None)
