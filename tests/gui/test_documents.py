"""The File menu as a person uses it: the current file, what is not saved, the last files, and what opening brings back."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox

from app.cli.main import start_window as start_window
from app.gui.dialogs import message_boxes
from app.gui.widgets.mnemonics import strip_mnemonic
from app.gui.window.document_controller import DocumentController, with_filter_suffix
from app.gui.window.main_window import MainWindow
from app.io.experiment_files import examples, load, save
from app.io.experiment_json import to_json
from app.model.experiment import DEFAULT_EXPERIMENT, MAX_TOTAL_STEPS, Experiment
from app.model.run import Run
from app.session.session import Session
from app.session.settings import MAX_RECENT_FILES
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
Button = QMessageBox.StandardButton


class Person:
    """Answers the question about unsaved work, and counts how often it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer, self.asked = Button.Cancel, 0
        monkeypatch.setattr(DocumentController, "ask_about_unsaved", lambda files: self.reply())

    def reply(self) -> QMessageBox.StandardButton:
        self.asked += 1
        return self.answer


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch, open_window: Open) -> Person:
    return Person(monkeypatch)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    save(replace(DEFAULT_EXPERIMENT.with_surface("beale"), displayed_step=30), tmp_path / "mine.json")
    return tmp_path / "mine.json"


def turn(window: MainWindow, rate: float = 0.002) -> None:
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", rate)))


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> None:
    """What the next file dialogs answer."""
    monkeypatch.setattr(DocumentController, "ask_path", lambda *_, **__: path)


def sentence(window: MainWindow) -> str:
    """The text of the one box that is open; it is closed."""
    (box,) = (each for each in window.findChildren(QMessageBox) if each.isVisible())
    words = box.text()
    box.close()
    process_events(QApplication.instance())
    return words


def recent(window: MainWindow) -> list[str]:
    """The rows of Open Recent, Clear among them, as they are when it is opened."""
    menu = window.findChild(QMenu, "recent")
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def pick_recent(window: MainWindow, row: int) -> None:
    menu = window.findChild(QMenu, "recent")
    menu.aboutToShow.emit()
    [action for action in menu.actions() if not action.isSeparator()][row].trigger()


# The current file


def test_saving_asks_for_a_name_once(open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window()
    assert not window.isWindowModified()
    assert window.windowTitle() == "Rosenbrock[*] – Thalweg"
    turn(window)
    assert window.isWindowModified()
    choose(monkeypatch, tmp_path / "a.json")
    window.action_registry["save"].trigger()
    assert not window.isWindowModified()
    assert window.windowTitle() == "a.json[*] – Thalweg"
    assert load(tmp_path / "a.json") == window.session.experiment
    choose(monkeypatch, None)
    turn(window, 0.003)
    window.action_registry["save"].trigger()
    assert load(tmp_path / "a.json") == window.session.experiment
    choose(monkeypatch, tmp_path / "b.json")
    turn(window, 0.004)
    window.action_registry["save_as"].trigger()
    assert window.windowTitle() == "b.json[*] – Thalweg"
    assert load(tmp_path / "b.json") == window.session.experiment != load(tmp_path / "a.json")


def test_the_mark_goes_when_a_change_is_undone_and_playing_sets_none(open_window: Open) -> None:
    window = open_window()
    window.session.advance(20)
    window.session.show_step(3)
    assert not window.documents.document_state.modified
    turn(window)
    window.session.store.undo()
    assert not window.isWindowModified()
    window.session.change(lambda e: replace(e, loss_plot=replace(e.loss_plot, quantity="gradient")))
    assert window.isWindowModified(), "looks are saved, too"


def test_what_was_seen_comes_back(open_window: Open, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window()
    window.documents.open_path(mine)
    assert window.session.race.step == 30
    window.session.advance(12)
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.0002)))
    window.session.advance(3)
    seen = [track.values_between(0, 45) for track in window.session.race.trajectories]
    window.action_registry["save"].trigger()
    other = open_window(load(mine))
    assert other.session.race.step == 45
    assert not other.session.race.pending_runs
    for (x, y, loss), track in zip(seen, other.session.race.trajectories, strict=True):
        assert [column.tobytes() for column in track.values_between(0, 45)] == [
            x.tobytes(),
            y.tobytes(),
            loss.tobytes(),
        ]


def test_a_step_that_is_far_off_is_come_to_beside_all_else() -> None:
    slow = Experiment(runs=tuple(Run("cma_es") for _ in range(3)), displayed_step=10_000_000)
    session = Session(slow)
    assert session.race.step <= MAX_TOTAL_STEPS // 3, "what many runs may keep is bounded"
    assert session.pending_timer.isActive()
    session.show_step(0)
    session.stop()
    diverging = Session()
    diverging.load_experiment(Experiment(runs=(Run("sgd", {"lr": 9.0}),), displayed_step=5000))
    assert diverging.race.step == diverging.race.trajectories[0].last_known_step < 50, (
        "it stands where there is something to see"
    )
    assert Session(Experiment(displayed_step=50)).race.step == 0


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_opens_at_its_step_and_is_never_written_over(
    kind: str, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, file = tmp_path / f"a.{kind}", BytesIO()
    text = to_json(replace(DEFAULT_EXPERIMENT.with_surface("himmelblau"), displayed_step=25))
    Figure(figsize=(1, 1)).savefig(
        file, format=kind, metadata={"Source" if kind == "svg" else "thalweg:experiment": text}
    )
    path.write_bytes(file.getvalue())
    window = open_window()
    drop(window, path)
    assert (window.session.experiment.surface_id, window.session.race.step) == ("himmelblau", 25)
    assert not window.isWindowModified()
    assert window.documents.document_state.path is None
    choose(monkeypatch, path)
    window.action_registry["save"].trigger()
    assert f"The name must end in .json, not in '.{kind}'" in sentence(window)
    assert path.read_bytes() == file.getvalue()


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, *keys))
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, *keys))
    process_events(QApplication.instance())


def test_examples_and_data_have_no_file_to_be_saved_to(open_window: Open, tmp_path: Path, mine: Path) -> None:
    window = open_window()
    table = tmp_path / "a.csv"
    table.write_text("1,2\n2,4\n3,7\n")
    _, example = next(iter(examples().values()))
    for path in (example, table):
        window.documents.open_path(mine)
        assert window.documents.document_state.path == mine
        window.documents.open_path(path)
        assert window.documents.document_state.path is None
        assert not window.isWindowModified()
    assert example.name not in " ".join(recent(window))


def test_data_are_never_written_over_whatever_they_are_called(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, table = open_window(), tmp_path / "table.dat"
    table.write_text("1,2\n2,4\n3,7\n")
    choose(monkeypatch, table)
    window.action_registry["open_data"].trigger()
    assert window.session.experiment.data == ((1, 2, 3), (2, 4, 7))
    assert (window.documents.document_state.path, window.settings.recent_files()) == (None, [])
    choose(monkeypatch, None)
    window.action_registry["save"].trigger()
    assert table.read_text() == "1,2\n2,4\n3,7\n"


def test_the_command_line_gives_the_window_its_file(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    monkeypatch.setattr("app.gui.window.application.open_window", lambda *words: given.append(words) or 0)
    monkeypatch.chdir(mine.parent)
    assert start_window(["mine.json"]) == 0
    ((experiment, source),) = given
    window = MainWindow(experiment, source)
    assert (window.documents.document_state.path, window.session.race.step) == (mine, 30)
    assert window.windowTitle() == "mine.json[*] – Thalweg"
    window.close()
    window.deleteLater()


def test_undo_beyond_an_opening_does_not_save_into_the_others_file(
    open_window: Open, mine: Path, person: Person
) -> None:
    window = open_window()
    save(DEFAULT_EXPERIMENT.with_surface("sphere"), mine.with_name("other.json"))
    window.documents.open_path(mine)
    window.documents.open_path(mine.with_name("other.json"))
    turn(window)
    undo, redo = window.session.store.undo, window.session.store.redo
    undo()
    assert window.windowTitle() == "other.json[*] – Thalweg"
    undo()
    assert window.windowTitle() == "mine.json[*] – Thalweg"
    assert not window.isWindowModified()
    undo()
    assert window.windowTitle() == "Rosenbrock[*] – Thalweg"
    assert window.session.experiment == DEFAULT_EXPERIMENT
    assert window.documents.document_state.path is None
    redo()
    redo()
    assert window.windowTitle() == "other.json[*] – Thalweg"
    redo()
    assert window.isWindowModified()
    undo()
    undo()
    turn(window, 0.005)
    window.action_registry["save"].trigger()
    assert load(mine) == window.session.experiment
    assert load(mine.with_name("other.json")).surface_id == "sphere"
    assert person.asked == 0


def test_what_cannot_be_saved_stays_unsaved(
    open_window: Open, mine: Path, monkeypatch: pytest.MonkeyPatch, person: Person
) -> None:
    window = open_window()
    window.documents.open_path(mine)
    turn(window)
    content = mine.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    window.action_registry["save"].trigger()
    assert sentence(window) == f"Cannot write {mine}: no space left on device."
    assert window.isWindowModified()
    assert mine.read_bytes() == content
    person.answer = Button.Save
    assert not window.close()
    assert "no space left" in sentence(window)
    assert window.isVisible()
    assert [path.name for path in mine.parent.iterdir() if path.suffix == ".json"] == ["mine.json"]


# Unsaved work


def test_closing_with_unsaved_work_asks(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, person: Person
) -> None:
    window = open_window()
    window.session.clock.play()
    turn(window)
    assert not window.close()
    assert window.isVisible()
    assert not window.session.clock.running, "while somebody thinks nothing goes on"
    person.answer = Button.Save
    choose(monkeypatch, None)
    assert not window.close(), "who gives no name wants to stay"
    choose(monkeypatch, tmp_path / "a.json")
    assert window.close()
    assert person.asked == 3
    assert load(tmp_path / "a.json") == window.session.experiment


def test_discarding_is_asked_about_once(open_window: Open, mine: Path, person: Person) -> None:
    window = open_window()
    turn(window)
    person.answer = Button.Discard
    window.documents.open_path(mine)
    assert person.asked == 1
    window.session.store.undo()
    assert window.isWindowModified()
    assert window.close()
    assert person.asked == 1
    window.show()
    turn(window, 0.004)
    assert window.close()
    assert person.asked == 2, "another change is another question"


@pytest.mark.parametrize("way", ["open", "recent", "example", "drop", "data"])
def test_nothing_replaces_unsaved_work_without_a_question(
    way: str, open_window: Open, mine: Path, monkeypatch: pytest.MonkeyPatch, person: Person
) -> None:
    window = open_window()
    window.settings.add_recent_file(mine)
    turn(window)
    before = window.session.experiment
    table = mine.with_name("a.csv")
    table.write_text("1,2\n2,4\n3,7\n")
    choose(monkeypatch, table if way == "data" else mine)
    ways = {
        "open": window.action_registry["open"].trigger,
        "data": window.action_registry["open_data"].trigger,
        "recent": lambda: pick_recent(window, 0),
        "drop": lambda: drop(window, mine),
        "example": lambda: window.documents.open_path(next(iter(examples().values()))[1]),
    }
    ways[way]()
    assert (person.asked, window.session.experiment) == (1, before)
    assert window.isWindowModified()
    person.answer = Button.Discard
    ways[way]()
    assert person.asked == 2
    assert window.session.experiment != before
    assert not window.isWindowModified()


def test_nothing_is_asked_for_a_file_that_cannot_be_opened(open_window: Open, mine: Path, person: Person) -> None:
    window = open_window()
    turn(window)
    before = window.session.experiment
    mine.write_text("{")
    drop(window, mine)
    assert sentence(window).startswith("Cannot open mine.json: it is cut off")
    assert (person.asked, window.session.experiment) == (0, before)
    drop(window, mine, mine)
    assert sentence(window) == "One file can be opened at a time: drop one of these."


def test_opening_the_same_file_after_saving_it_shows_what_was_saved(
    open_window: Open, mine: Path, person: Person
) -> None:
    window = open_window()
    window.documents.open_path(mine)
    turn(window, 0.0007)
    wanted, person.answer = window.session.experiment, Button.Save
    window.documents.open_path(mine)
    assert window.session.experiment == load(mine) == wanted
    assert not window.isWindowModified()
    turn(window, 0.0009)
    person.answer = Button.Discard
    window.documents.open_path(mine)
    assert window.session.experiment == wanted, "opened again, it is as it was saved"


@pytest.mark.parametrize("button", [Button.Save, Button.Discard, Button.Cancel])
def test_the_question_has_three_answers(button: Button, open_window: Open) -> None:
    window = open_window()

    seen: list[object] = []

    def press() -> None:
        (box,) = window.findChildren(QMessageBox)
        seen.extend([box.text(), box.standardButton(box.defaultButton()), box.standardButton(box.escapeButton())])
        box.button(button).click()

    QTimer.singleShot(0, press)
    assert message_boxes.ask_about_unsaved(window, "a & <b>.json") == button
    assert seen == ["Save the changes to a & <b>.json?", Button.Save, Button.Cancel]


def test_a_signal_ends_the_program_even_while_it_asks() -> None:
    code = """
import os, signal
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QMessageBox
from dataclasses import replace
from app.gui.window import application
from app.gui.window.main_window import MainWindow
asked = []
def begin():
    window, = (w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
    window.session.change(lambda e: replace(e, start=(1.0, 2.0)))
    QTimer.singleShot(0, end)
    window.close()
def end():
    asked.extend(w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible())
    os.kill(os.getpid(), signal.SIGTERM)
build = MainWindow.build_views
def populate(self):
    build(self)
    QTimer.singleShot(0, begin)
MainWindow.build_views = populate
status = application.open_window(None)
print(status, len(asked))
"""
    here = Path(__file__).parents[2]
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=here, timeout=60)
    assert (answer.returncode, answer.stdout.strip()) == (0, "0 1"), answer.stderr


# The last files


def test_the_last_files_are_remembered_newest_first(open_window: Open, tmp_path: Path) -> None:
    window = open_window()
    assert recent(window) == ["&Clear"]
    paths = [tmp_path / f"{k} & co.json" for k in range(MAX_RECENT_FILES + 2)]
    for path in paths:
        save(DEFAULT_EXPERIMENT, path)
        window.documents.open_path(path)
    window.documents.open_path(paths[5])
    expected = [paths[5], *(path for path in reversed(paths) if path != paths[5])][:MAX_RECENT_FILES]
    assert MainWindow(DEFAULT_EXPERIMENT).settings.recent_files() == expected
    assert [strip_mnemonic(text) for text in recent(window)] == [
        *(f"{path.name} – {path.parent}" for path in expected),
        "Clear",
    ]
    pick_recent(window, 1)
    assert window.documents.document_state.path == expected[1]
    expected[3].unlink()
    pick_recent(window, 3)
    assert sentence(window) == f"{expected[3]} is not there any more."
    assert expected[3] not in window.settings.recent_files()
    pick_recent(window, -1)
    assert recent(window) == ["&Clear"]


@pytest.mark.parametrize("kept", ["", "{", "3", '{"a": 1}', "[1, null]", "[" * 5000])
def test_settings_that_were_spoilt_hold_no_files(kept: str, open_window: Open) -> None:
    window = open_window()
    window.settings.set_value("recent", kept)
    assert recent(window) == ["&Clear"]


@pytest.mark.parametrize(
    "name", ["<b>bold.json", "[*].json", "Höhe ☃.json", "raw\udcff.json", "two\nlines.json", "%1 %n.json"]
)
def test_odd_names_are_shown_as_they_are(
    name: str, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    choose(monkeypatch, tmp_path / name)
    window.action_registry["save"].trigger()
    assert load(tmp_path / name) == DEFAULT_EXPERIMENT
    assert window.settings.recent_files() == [tmp_path / name]
    (tmp_path / name).write_bytes(b"")
    pick_recent(window, 0)
    (box,) = (each for each in window.findChildren(QMessageBox) if each.isVisible())
    assert box.textFormat() == Qt.TextFormat.PlainText
    assert sentence(window).endswith("it is empty.")


def test_the_dialog_offers_the_current_name(open_window: Open, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window()
    window.documents.open_path(mine)
    offered: list[str] = []
    monkeypatch.setattr(QFileDialog, "exec", lambda self: bool(offered.extend(self.selectedFiles())))
    window.action_registry["save_as"].trigger()
    assert [Path(name).name for name in offered] == ["mine.json"]


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("a.py", "PyTorch script (*.torch.py)", "a.torch.py"),
        ("a.py", "NumPy script (*.py)", "a.py"),
        ("a.plot.py", "NumPy script (*.py)", "a.plot.py"),
        ("a.keras.py", "Keras script (*.keras.py)", "a.keras.py"),
        ("a.csv", "PyTorch script (*.torch.py)", "a.csv"),
        ("a.py", "All files (*)", "a.py"),
        ("a", "Keras script (*.keras.py)", "a"),
    ],
)
def test_the_kind_that_was_chosen_gives_the_suffix(name: str, kind: str, expected: str, tmp_path: Path) -> None:
    assert with_filter_suffix(tmp_path / name, ".py", kind) == tmp_path / expected
