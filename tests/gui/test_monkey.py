"""A short monkey test, and a check that closed windows leave nothing behind."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QApplication

from app.gui.window.main_window import MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT
from tests.monkey import run_monkey
from tests.qt_fixtures import process_events

INPUT_COUNT = 300  # about half a minute


@pytest.mark.slow
def test_random_input_breaks_nothing(application: QApplication, tmp_path: Path) -> None:
    with run_monkey(application, 1, tmp_path) as monkey:
        for _ in range(INPUT_COUNT):
            monkey.send_input()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_input(application: QApplication, tmp_path: Path) -> None:
    logs = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        with run_monkey(application, 5, tmp_path / name) as monkey:
            for _ in range(25):
                monkey.send_input()
            logs.append(list(monkey.log))
    assert logs[0] == logs[1]


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
