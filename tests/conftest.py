"""Every test runs without a screen, with settings of its own, and leaves no timer or thread behind."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from PyQt6.QtCore import QEvent, QSettings, QTimer, qInstallMessageHandler
from PyQt6.QtWidgets import QApplication, QMessageBox

from app.engine.race import Race
from app.gui.window.document_controller import DocumentController
from app.gui.window.main_window import MainWindow
from app.model.edits import apply_edit
from app.model.experiment import Experiment
from app.utils.i18n import ENGLISH, set_language

collect_ignore = [] if find_spec("torch") else ["optimizers/test_torch.py", "export/test_torch_script.py"]


@pytest.fixture(scope="session")
def application() -> QApplication:
    qInstallMessageHandler(lambda kind, where, words: None if "propagateSizeHints" in words else print(words))
    application = QApplication([])
    application.setStyle("Fusion")
    return application


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "config"))


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that is closed with unsaved work would wait for an answer for ever; tests of the question ask it themselves."""
    monkeypatch.setattr(DocumentController, "ask_about_unsaved", lambda self: QMessageBox.StandardButton.Discard)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever language this machine or a test speaks, every test begins in English."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield
    set_language(ENGLISH)


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def settle(application: QApplication, rounds: int = 8) -> None:
    """Let all that is due happen: first paints, queued signals, deferred deletes."""
    for _ in range(rounds):
        application.processEvents()
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def edit(race: Race, how: Callable[[Experiment], Experiment], from_start: bool = False) -> Race:
    """The race after an edit at the step that is shown."""
    extents = [track.last_step for track in race.trajectories]
    return race.with_experiment(
        apply_edit(race.experiment, how(race.experiment.as_of_step(race.step)), race.step, extents, from_start)
    )


def turn(race: Race, index: int, **hyperparameters: float) -> Race:
    """The race with some hyperparameters of a run turned."""
    return edit(
        race,
        lambda e: e.with_run(
            index, replace(e.runs[index], hyperparameters={**e.runs[index].hyperparameters, **hyperparameters})
        ),
    )


@pytest.fixture
def open_window(application: QApplication) -> Iterator[Callable[..., MainWindow]]:
    """Opens painted windows; at the end they are closed, and no timer of theirs runs on."""
    opened: list[MainWindow] = []

    def open_one(experiment: Experiment | None = None, size: tuple[int, int] = (1280, 800)) -> MainWindow:
        window = MainWindow(experiment)
        window.resize(*size)
        window.show()
        settle(application)
        opened.append(window)
        return window

    yield open_one
    for window in opened:
        window.close()
        busy = [timer for timer in window.findChildren(QTimer) if timer.isActive()]
        assert not busy, [(timer.parent(), timer.interval()) for timer in busy]
        assert not window.session.clock.running
        window.deleteLater()
    settle(application)
