"""A short monkey test, and a check that closed windows leave nothing behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QApplication

from app.engine import time_budget
from app.engine.race import Race
from app.gui.window.main_window import MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT
from tests.counted_time import counted_time
from tests.monkey.monkey import run_monkey
from tests.processes import ROOT
from tests.qt_fixtures import process_events

INPUT_COUNT = 300  # about half a minute


@pytest.mark.slow
def test_random_input_breaks_nothing(application: QApplication, tmp_path: Path) -> None:
    with run_monkey(application, 1, tmp_path) as monkey:
        for _ in range(INPUT_COUNT):
            monkey.send_input()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_input_in_every_process(tmp_path: Path) -> None:
    logs = [tmp_path / "first.log", tmp_path / "second.log"]
    arguments = [sys.executable, "-m", "tests.monkey", "--seed", "5", "--inputs", "40", "--log"]
    processes = [
        subprocess.Popen([*arguments, str(log)], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": str(hash_seed)})
        for hash_seed, log in enumerate(logs, 1)
    ]
    assert [process.wait() for process in processes] == [0, 0]
    first, second = (log.read_text(encoding="utf-8").splitlines() for log in logs)
    assert first == second
    assert len(first) == 40


def test_steps_within_a_time_limit_do_not_depend_on_the_machine() -> None:
    steps = []
    for reads in (0, 50):  # the second race begins at another time
        with counted_time():
            for _ in range(reads):
                time_budget.perf_counter()
            race = Race(DEFAULT_EXPERIMENT)
            assert not time_budget.advance_within(race.advance, 10**6, seconds=0.01)
            steps.append(race.step)
    assert steps[0] == steps[1] > 0


@pytest.mark.slow
def test_fifty_closed_windows_leave_no_objects(application: QApplication) -> None:
    references: list[weakref.ref[object]] = []
    tops, children = 0, 0
    for k in range(50):
        window = MainWindow(DEFAULT_EXPERIMENT)
        window.resize(300, 240)
        window.show()
        process_events(application, 4)
        window.session.advance(3)
        window.close()
        references += [
            weakref.ref(referent)
            for referent in (window, window.session.race, window.session.clock, *window.canvases.values())
        ]
        window.deleteLater()
        del window
        process_events(application, 4)
        if k == 0:  # what remains after one window may be reused by the next
            tops, children = len(application.topLevelWidgets()), len(application.findChildren(QObject))
    gc.collect()
    process_events(application)
    assert not [ref() for ref in references if ref() is not None]
    assert len(application.topLevelWidgets()) <= tops
    assert len(application.findChildren(QObject)) <= children
