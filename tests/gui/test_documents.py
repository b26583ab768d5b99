"""The File menu: current file, unsaved changes, recent files, and what is restored on opening."""

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

from app.cli.main import main
from app.gui.dialogs import message_boxes
from app.gui.dialogs.path_dialog import with_filter_suffix
from app.gui.window.document_controller import DocumentController
from app.gui.window.main_window import MainWindow
from app.io.experiment_files import examples, load, save
from app.io.experiment_json import to_json
from app.model.experiment import DEFAULT_EXPERIMENT, MAX_TOTAL_STEPS, Experiment
from app.model.run import Run
from app.session.session import Session
from app.session.settings import MAX_RECENT_FILES
from app.utils.i18n import strip_mnemonic
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
Button = QMessageBox.StandardButton


class UnsavedPrompt:
    """Answers the question about unsaved changes and counts how often it was shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reply_button, self.shown_count = Button.Cancel, 0
        monkeypatch.setattr(DocumentController, "ask_about_unsaved", lambda files: self.reply())

    def reply(self) -> QMessageBox.StandardButton:
        self.shown_count += 1
        return self.reply_button


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch, open_window: Open) -> UnsavedPrompt:
    return UnsavedPrompt(monkeypatch)


@pytest.fixture
def saved_file(tmp_path: Path) -> Path:
    save(replace(DEFAULT_EXPERIMENT.with_surface("beale"), displayed_step=30), tmp_path / "mine.json")
    return tmp_path / "mine.json"


def change_learning_rate(window: MainWindow, rate: float = 0.002) -> None:
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", rate)))


def answer_file_dialogs(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> None:
    """Let the next file dialogs return this path."""
    monkeypatch.setattr(DocumentController, "ask_path", lambda *_, **__: path)


def close_message_box(window: MainWindow) -> str:
    """Close the one open message box and return its text."""
    (message_box,) = (each for each in window.findChildren(QMessageBox) if each.isVisible())
    text = message_box.text()
    message_box.close()
    process_events(QApplication.instance())
    return text


def recent(window: MainWindow) -> list[str]:
    """Return the rows of Open Recent as they are when the menu is opened, with Clear."""
    menu = window.findChild(QMenu, "recent")
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def pick_recent(window: MainWindow, row: int) -> None:
    menu = window.findChild(QMenu, "recent")
    menu.aboutToShow.emit()
    [action for action in menu.actions() if not action.isSeparator()][row].trigger()


# The current file


def test_saving_asks_for_a_file_name_only_once(
    open_shell: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_shell()
    assert not window.isWindowModified()
    assert window.windowTitle() == "Rosenbrock[*] – Thalweg"
    change_learning_rate(window)
    assert window.isWindowModified()
    answer_file_dialogs(monkeypatch, tmp_path / "a.json")
    window.action_registry["save"].trigger()
    assert not window.isWindowModified()
    assert window.windowTitle() == "a.json[*] – Thalweg"
    assert load(tmp_path / "a.json") == window.session.experiment
    answer_file_dialogs(monkeypatch, None)
    change_learning_rate(window, 0.003)
    window.action_registry["save"].trigger()
    assert load(tmp_path / "a.json") == window.session.experiment
    answer_file_dialogs(monkeypatch, tmp_path / "b.json")
    change_learning_rate(window, 0.004)
    window.action_registry["save_as"].trigger()
    assert window.windowTitle() == "b.json[*] – Thalweg"
    assert load(tmp_path / "b.json") == window.session.experiment != load(tmp_path / "a.json")


def test_undo_clears_the_modified_marker_and_playing_does_not_set_it(open_shell: Open) -> None:
    window = open_shell()
    window.session.advance(20)
    window.session.show_step(3)
    assert not window.documents.document_state.modified
    change_learning_rate(window)
    window.session.store.undo()
    assert not window.isWindowModified()
    window.session.change(lambda e: replace(e, loss_plot=replace(e.loss_plot, quantity="gradient")))
    assert window.isWindowModified(), "the view state is saved, too"


@pytest.mark.slow
def test_opening_restores_what_was_displayed(
    open_shell: Open, saved_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_shell()
    window.documents.open_path(saved_file)
    assert window.session.race.step == 30
    window.session.advance(12)
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.0002)))
    window.session.advance(3)
    expected_paths = [trajectory.values_between(0, 45) for trajectory in window.session.race.trajectories]
    window.action_registry["save"].trigger()
    other = open_shell(load(saved_file))
    assert other.session.race.step == 45
    assert not other.session.race.pending_runs
    for (x, y, loss), trajectory in zip(expected_paths, other.session.race.trajectories, strict=True):
        assert [column.tobytes() for column in trajectory.values_between(0, 45)] == [
            x.tobytes(),
            y.tobytes(),
            loss.tobytes(),
        ]


def test_a_distant_step_is_computed_in_the_background() -> None:
    slow = Experiment(runs=tuple(Run("cma_es") for _ in range(3)), displayed_step=10_000_000)
    session = Session(slow)
    assert session.race.step <= MAX_TOTAL_STEPS // 3, "the total number of stored steps is limited"
    assert session.pending_timer.isActive()
    session.show_step(0)
    session.stop()
    diverging = Session()
    diverging.load_experiment(Experiment(runs=(Run("sgd", {"lr": 9.0}),), displayed_step=5000))
    assert diverging.race.step == diverging.race.trajectories[0].last_known_step < 50, (
        "it stands where there is something to see"
    )
    assert Session(Experiment(displayed_step=50)).race.step == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_an_image_opens_at_its_step_and_is_never_overwritten(
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
    answer_file_dialogs(monkeypatch, path)
    window.action_registry["save"].trigger()
    assert f"The file name must end in .json, not '.{kind}'" in close_message_box(window)
    assert path.read_bytes() == file.getvalue()


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, *keys))
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, *keys))
    process_events(QApplication.instance())


@pytest.mark.slow
def test_examples_and_data_files_are_not_save_targets(open_shell: Open, tmp_path: Path, saved_file: Path) -> None:
    window = open_shell()
    table = tmp_path / "a.csv"
    table.write_text("1,2\n2,4\n3,7\n")
    _, example = next(iter(examples().values()))
    for path in (example, table):
        window.documents.open_path(saved_file)
        assert window.documents.document_state.path == saved_file
        window.documents.open_path(path)
        assert window.documents.document_state.path is None
        assert not window.isWindowModified()
    assert example.name not in " ".join(recent(window))


def test_data_files_are_never_overwritten_whatever_their_name(
    open_shell: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, table = open_shell(), tmp_path / "table.measured"
    table.write_text("1,2\n2,4\n3,7\n")
    answer_file_dialogs(monkeypatch, table)
    window.action_registry["open_data"].trigger()
    assert window.session.experiment.data == ((1, 2, 3), (2, 4, 7))
    assert (window.documents.document_state.path, window.settings.recent_files()) == (None, [])
    answer_file_dialogs(monkeypatch, None)
    window.action_registry["save"].trigger()
    assert table.read_text() == "1,2\n2,4\n3,7\n"


def test_the_command_line_passes_its_file_to_the_window(saved_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    monkeypatch.setattr("app.gui.window.application.open_window", lambda *text, **options: given.append(text) or 0)
    monkeypatch.chdir(saved_file.parent)
    assert main(["mine.json"]) == 0
    ((experiment, source),) = given
    window = MainWindow(experiment, source)
    assert (window.documents.document_state.path, window.session.race.step) == (saved_file, 30)
    assert window.windowTitle() == "mine.json[*] – Thalweg"
    window.close()
    window.deleteLater()


@pytest.mark.slow
def test_undoing_an_open_does_not_save_into_the_opened_file(
    open_shell: Open, saved_file: Path, prompt: UnsavedPrompt
) -> None:
    window = open_shell()
    save(DEFAULT_EXPERIMENT.with_surface("sphere"), saved_file.with_name("other.json"))
    window.documents.open_path(saved_file)
    window.documents.open_path(saved_file.with_name("other.json"))
    change_learning_rate(window)
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
    change_learning_rate(window, 0.005)
    window.action_registry["save"].trigger()
    assert load(saved_file) == window.session.experiment
    assert load(saved_file.with_name("other.json")).surface_id == "sphere"
    assert prompt.shown_count == 0


@pytest.mark.slow
def test_a_failed_save_leaves_the_experiment_unsaved(
    open_shell: Open, saved_file: Path, monkeypatch: pytest.MonkeyPatch, prompt: UnsavedPrompt
) -> None:
    window = open_shell()
    window.documents.open_path(saved_file)
    change_learning_rate(window)
    content = saved_file.read_bytes()

    def raise_disk_full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", raise_disk_full)
    window.action_registry["save"].trigger()
    assert close_message_box(window) == f"Cannot write {saved_file}: no space left on device."
    assert window.isWindowModified()
    assert saved_file.read_bytes() == content
    prompt.reply_button = Button.Save
    assert not window.close()
    assert "no space left" in close_message_box(window)
    assert window.isVisible()
    assert [path.name for path in saved_file.parent.iterdir() if path.suffix == ".json"] == ["mine.json"]


# Unsaved work


@pytest.mark.slow
def test_closing_with_unsaved_changes_asks(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prompt: UnsavedPrompt
) -> None:
    window = open_window()
    window.session.clock.play()
    change_learning_rate(window)
    assert not window.close()
    assert window.isVisible()
    assert not window.session.clock.running, "playback pauses while a question is open"
    prompt.reply_button = Button.Save
    answer_file_dialogs(monkeypatch, None)
    assert not window.close(), "canceling the file dialog keeps the window open"
    answer_file_dialogs(monkeypatch, tmp_path / "a.json")
    assert window.close()
    assert prompt.shown_count == 3
    assert load(tmp_path / "a.json") == window.session.experiment


def test_discarding_is_confirmed_once(open_shell: Open, saved_file: Path, prompt: UnsavedPrompt) -> None:
    window = open_shell()
    change_learning_rate(window)
    prompt.reply_button = Button.Discard
    window.documents.open_path(saved_file)
    assert prompt.shown_count == 1
    window.session.store.undo()
    assert window.isWindowModified()
    assert window.close()
    assert prompt.shown_count == 1
    window.show()
    change_learning_rate(window, 0.004)
    assert window.close()
    assert prompt.shown_count == 2, "another change is asked about again"


@pytest.mark.slow
@pytest.mark.parametrize("way", ["open", "recent", "example", "drop", "data"])
def test_nothing_replaces_unsaved_changes_without_a_question(
    way: str, open_shell: Open, saved_file: Path, monkeypatch: pytest.MonkeyPatch, prompt: UnsavedPrompt
) -> None:
    window = open_shell()
    window.settings.add_recent_file(saved_file)
    change_learning_rate(window)
    before = window.session.experiment
    table = saved_file.with_name("a.csv")
    table.write_text("1,2\n2,4\n3,7\n")
    answer_file_dialogs(monkeypatch, table if way == "data" else saved_file)
    ways = {
        "open": window.action_registry["open"].trigger,
        "data": window.action_registry["open_data"].trigger,
        "recent": lambda: pick_recent(window, 0),
        "drop": lambda: drop(window, saved_file),
        "example": lambda: window.documents.open_path(next(iter(examples().values()))[1]),
    }
    ways[way]()
    assert (prompt.shown_count, window.session.experiment) == (1, before)
    assert window.isWindowModified()
    prompt.reply_button = Button.Discard
    ways[way]()
    assert prompt.shown_count == 2
    assert window.session.experiment != before
    assert not window.isWindowModified()


def test_a_file_that_cannot_be_opened_asks_no_question(
    open_shell: Open, saved_file: Path, prompt: UnsavedPrompt
) -> None:
    window = open_shell()
    change_learning_rate(window)
    before = window.session.experiment
    saved_file.write_text("{")
    drop(window, saved_file)
    assert close_message_box(window).startswith(f"Cannot open {saved_file}: the file is incomplete")
    assert (prompt.shown_count, window.session.experiment) == (0, before)
    drop(window, saved_file, saved_file)
    assert close_message_box(window) == "Drop one file at a time."


def test_reopening_a_file_after_saving_shows_the_saved_state(
    open_shell: Open, saved_file: Path, prompt: UnsavedPrompt
) -> None:
    window = open_shell()
    window.documents.open_path(saved_file)
    change_learning_rate(window, 0.0007)
    wanted, prompt.reply_button = window.session.experiment, Button.Save
    window.documents.open_path(saved_file)
    assert window.session.experiment == load(saved_file) == wanted
    assert not window.isWindowModified()
    change_learning_rate(window, 0.0009)
    prompt.reply_button = Button.Discard
    window.documents.open_path(saved_file)
    assert window.session.experiment == wanted, "reopening shows the saved state"


@pytest.mark.parametrize("button", [Button.Save, Button.Discard, Button.Cancel])
def test_the_unsaved_changes_question_has_three_answers(button: Button, open_shell: Open) -> None:
    window = open_shell()

    dialog_facts: list[object] = []

    def press_button() -> None:
        (message_box,) = window.findChildren(QMessageBox)
        dialog_facts.extend(
            [
                message_box.text(),
                message_box.standardButton(message_box.defaultButton()),
                message_box.standardButton(message_box.escapeButton()),
            ]
        )
        message_box.button(button).click()

    QTimer.singleShot(0, press_button)
    assert message_boxes.ask_about_unsaved(window, "a & <b>.json") == button
    assert dialog_facts == ["Save changes to a & <b>.json?", Button.Save, Button.Cancel]


def test_nobody_is_asked_without_a_screen(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real function, and the real question
    window = open_window()
    window.session.set_start(1.0, 2.0)
    assert not window.close()
    assert window.documents.ask_path("Open", "All files (*)") is None
    window.documents.document_state.mark_discarded()
    assert window.close()


@pytest.mark.slow
@pytest.mark.parametrize("signal_name", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_the_program_while_a_question_is_open(signal_name: str) -> None:
    code = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QMessageBox
from dataclasses import replace
from app.gui.dialogs import modal
from app.gui.window import application
from app.gui.window.main_window import MainWindow
modal.is_unattended = lambda: False
message_boxes = []
def begin():
    window, = (w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
    window.session.change(lambda e: replace(e, start=(1.0, 2.0)))
    QTimer.singleShot(0, end)
    window.close()
def end():
    message_boxes.extend(w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible())
    os.kill(os.getpid(), getattr(signal, sys.argv[1]))
build = MainWindow.build_views
def populate(self):
    build(self)
    QTimer.singleShot(0, begin)
MainWindow.build_views = populate
status = application.open_window(None)
print(status, len(message_boxes))
"""
    repository = Path(__file__).parents[2]
    result = subprocess.run(
        [sys.executable, "-c", code, signal_name], capture_output=True, text=True, cwd=repository, timeout=60
    )
    assert (result.returncode, result.stdout.strip()) == (0, "0 1"), result.stderr


# Recent files


@pytest.mark.slow
def test_recent_files_are_remembered_newest_first(open_shell: Open, tmp_path: Path) -> None:
    window = open_shell()
    assert recent(window) == ["&Clear List"]
    paths = [tmp_path / f"{k} & co.json" for k in range(MAX_RECENT_FILES + 2)]
    for path in paths:
        save(DEFAULT_EXPERIMENT, path)
        window.documents.open_path(path)
    window.documents.open_path(paths[5])
    expected = [paths[5], *(path for path in reversed(paths) if path != paths[5])][:MAX_RECENT_FILES]
    assert MainWindow(DEFAULT_EXPERIMENT).settings.recent_files() == expected
    assert [strip_mnemonic(text) for text in recent(window)] == [
        *(f"{number} {path.name} – {path.parent}" for number, path in enumerate(expected, 1)),
        "Clear List",
    ]
    pick_recent(window, 1)
    assert window.documents.document_state.path == expected[1]
    expected[3].unlink()
    pick_recent(window, 3)
    assert close_message_box(window) == f"{expected[3]} no longer exists."
    assert expected[3] not in window.settings.recent_files()
    pick_recent(window, -1)
    assert recent(window) == ["&Clear List"]


@pytest.mark.slow
@pytest.mark.parametrize("stored_value", ["", "{", "3", '{"a": 1}', "[1, null]", "[" * 5000])
def test_corrupted_settings_hold_no_recent_files(stored_value: str, open_shell: Open) -> None:
    window = open_shell()
    window.settings.set_value("recent", stored_value)
    assert recent(window) == ["&Clear List"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["<b>bold.json", "[*].json", "Höhe ☃.json", "raw\udcff.json", "two\nlines.json", "%1 %n.json"]
)
def test_unusual_file_names_are_shown_literally(
    name: str, open_shell: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_shell()
    answer_file_dialogs(monkeypatch, tmp_path / name)
    window.action_registry["save"].trigger()
    assert load(tmp_path / name) == DEFAULT_EXPERIMENT
    assert window.settings.recent_files() == [tmp_path / name]
    (tmp_path / name).write_bytes(b"")
    pick_recent(window, 0)
    (message_box,) = (each for each in window.findChildren(QMessageBox) if each.isVisible())
    assert message_box.textFormat() == Qt.TextFormat.PlainText
    assert close_message_box(window).endswith("the file is empty.")


def test_the_save_dialog_suggests_the_current_name(
    open_shell: Open, saved_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_shell()
    window.documents.open_path(saved_file)
    suggested_paths: list[str] = []
    monkeypatch.setattr(QFileDialog, "exec", lambda self: bool(suggested_paths.extend(self.selectedFiles())))
    window.action_registry["save_as"].trigger()
    assert [Path(name).name for name in suggested_paths] == ["mine.json"]


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
def test_the_selected_file_type_sets_the_suffix(name: str, kind: str, expected: str, tmp_path: Path) -> None:
    assert with_filter_suffix(tmp_path / name, ".py", kind) == tmp_path / expected


# Files that others change


@pytest.mark.slow
@pytest.mark.parametrize("answer", [Button.Save, Button.Cancel])
@pytest.mark.parametrize("removed", [False, True])
def test_saving_over_a_file_that_others_changed_asks_first(
    open_shell: Open, saved_file: Path, answer: QMessageBox.StandardButton, removed: bool
) -> None:
    window = open_shell()
    window.documents.open_path(saved_file)
    change_learning_rate(window)
    other = DEFAULT_EXPERIMENT.with_surface("ackley")
    if removed:
        saved_file.unlink()
    else:
        save(other, saved_file)
    questions = []

    def press_button() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        questions.append(box.text())
        assert box.defaultButton() is box.button(Button.Cancel)
        box.button(answer).click()

    QTimer.singleShot(0, press_button)
    window.action_registry["save"].trigger()
    found = "no longer exists. Save it again?" if removed else "was changed outside this window. Replace it?"
    assert questions == [f"mine.json {found}"]
    if answer == Button.Save:
        assert load(saved_file) == window.session.experiment
        change_learning_rate(window, 0.003)
        window.action_registry["save"].trigger()
        assert not window.isWindowModified()
        assert len(questions) == 1, "the file is the one that was saved here"
    else:
        assert window.isWindowModified()
        assert saved_file.exists() != removed
        assert removed or load(saved_file) == other


def test_undo_to_an_older_experiment_of_the_same_file_saves_without_a_question(
    open_shell: Open, saved_file: Path
) -> None:
    window = open_shell()
    window.documents.open_path(saved_file)
    change_learning_rate(window)
    window.action_registry["save"].trigger()
    window.documents.open_path(saved_file)
    window.action_registry["undo"].trigger()
    change_learning_rate(window, 0.004)
    window.action_registry["save"].trigger()
    assert load(saved_file) == window.session.experiment
