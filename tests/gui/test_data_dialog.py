"""The dialog of a data file: when it appears, what it suggests, shows and refuses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QDialog

from app.engine.opened_experiment import open_without_questions
from app.engine.safe_rate import with_safe_rates
from app.gui.dialogs.data_dialog import DataDialog
from app.gui.window.main_window import MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.utils.validation import ExperimentError
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
CARS = 'id,name,weight,price,year\n1,a,1.2,"20,500",1999\n2,b,1.5,"25,100",2001\n3,c,0.9,,2003\n4,d,1.1,"9,900",2004\n'


@pytest.fixture
def cars_file(tmp_path: Path) -> Path:
    path = tmp_path / "cars.csv"
    path.write_text(CARS)
    return path


def answer(change: Callable[[DataDialog], object]) -> list[DataDialog]:
    """Change the next dialog and accept it; return the list in which it will be."""
    seen: list[DataDialog] = []

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, DataDialog):
            seen.append(dialog)
            change(dialog)
            dialog.accept()

    QTimer.singleShot(0, act)
    return seen


def test_suggested_columns_are_opened(open_shell: Open, cars_file: Path) -> None:
    window = open_shell()
    seen = answer(lambda dialog: None)
    window.documents.open_path(cars_file)
    assert seen
    experiment = window.session.experiment
    assert experiment.data == ((1.2, 1.5, 1.1), (20500, 25100, 9900))
    assert experiment.data_names == ("weight", "price")
    assert not experiment.standardized


def test_other_columns_and_standardization_are_chosen(open_shell: Open, cars_file: Path) -> None:
    window = open_shell()

    def change(dialog: DataDialog) -> None:
        assert (dialog.x_combo.currentText(), dialog.y_combo.currentText()) == ("3: weight", "4: price")
        dialog.x_combo.setCurrentIndex(4)
        assert dialog.standardize_box.isChecked(), "the condition number of years exceeds 1e3"
        dialog.y_combo.setCurrentIndex(2)

    answer(change)
    window.documents.open_path(cars_file)
    experiment = window.session.experiment
    assert experiment.data == ((1999, 2001, 2003, 2004), (1.2, 1.5, 0.9, 1.1))
    assert experiment.data_names == ("year", "weight")
    assert experiment.standardized
    assert experiment.surface.data is not None
    assert np.std(experiment.surface.data[0]) == pytest.approx(1)


def test_choice_of_the_user_is_not_overridden(open_shell: Open, cars_file: Path) -> None:
    window = open_shell()
    dialog = make_dialog(window, CARS, cars_file)
    dialog.standardize_box.click()
    dialog.standardize_box.click()
    dialog.x_combo.setCurrentIndex(4)
    assert not dialog.standardize_box.isChecked()
    dialog.deleteLater()


def make_dialog(window: MainWindow, text: str, path: Path, current: Experiment = DEFAULT_EXPERIMENT) -> DataDialog:
    from surfaces.data_table import read_data_table

    return DataDialog(window, path, read_data_table(text), current)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "is_needed"),
    [
        ("a,b\n1,2\n3,4\n5,7\n", False),
        ("# by hand\na;b\n1;2,5\n3;4\n5;7\n", False),
        ("a,b,c\n1,2,3\n3,4,5\n5,7,7\n", True),
        ("a,b\n1,2\n3,NA\n5,7\n6,7\n", True),
        ("a,b\ncm,kg\n1,2\n3,4\n5,7\n", True),
        ("year,b\n1990,2\n1991,4\n1992,7\n", True),
        ('a,b\n1,"1,234"\n2,990\n', True),
        ("a,b\n1,2\n3,x\n5,7\n", False),
    ],
)
def test_dialog_appears_only_if_there_is_something_to_ask(
    open_shell: Open, tmp_path: Path, text: str, is_needed: bool
) -> None:
    dialog = make_dialog(open_shell(), text, tmp_path / "a.csv")
    assert dialog.is_needed == is_needed
    dialog.deleteLater()


def test_dialog_shows_what_was_detected(open_shell: Open, tmp_path: Path) -> None:
    dialog = make_dialog(open_shell(), "Log 7\nt;v\ns;mV\n0;1,5\n1;-\n2;3,5\n3;4\nTotal;9\n", tmp_path / "a.csv")
    for note in (
        "semicolons separate the columns",
        "header: lines 2–3",
        "not data: lines 1, 8",
        "missing cells left out: 1 (lines 5)",
        "the decimal mark is a comma",
    ):
        assert note in dialog.notes_label.text()
    header, first_line, cell = (
        dialog.preview.horizontalHeaderItem(0),
        dialog.preview.verticalHeaderItem(0),
        dialog.preview.item(0, 1),
    )
    assert [item.text() for item in (header, first_line, cell) if item] == ["x: t s", "4", "1,5"]
    dialog.deleteLater()


def test_wrong_choice_is_explained_and_cannot_be_opened(open_shell: Open, cars_file: Path) -> None:
    dialog = make_dialog(open_shell(), CARS, cars_file)
    dialog.y_combo.setCurrentIndex(1)
    assert not dialog.open_button.isEnabled()
    assert "line" in dialog.error_label.text()
    dialog.y_combo.setCurrentIndex(3)
    assert dialog.open_button.isEnabled()
    assert not dialog.error_label.text()
    dialog.skip_box.setChecked(False)
    assert "line" in dialog.error_label.text(), "line 4 has no price"
    dialog.deleteLater()


def test_a_label_is_chosen_for_classification(open_shell: Open, tmp_path: Path) -> None:
    text = "name,hours,passed\na,1,no\nb,2,yes\nc,3,no\nd,4,yes\n"
    dialog = make_dialog(open_shell(), text, tmp_path / "a.csv", Experiment("logistic_regression"))
    assert dialog.experiment is not None
    assert dialog.experiment.data == ((1, 2, 3, 4), (0, 1, 0, 1))
    assert "'no' is class 0 and 'yes' is class 1" in dialog.notes_label.text()
    dialog.deleteLater()


def test_canceling_keeps_the_experiment(open_shell: Open, cars_file: Path) -> None:
    window = open_shell()
    QTimer.singleShot(0, lambda: QApplication.activeModalWidget().close())  # type: ignore[union-attr]
    window.documents.open_path(cars_file)
    assert window.session.experiment == DEFAULT_EXPERIMENT


def test_bad_file_is_refused_without_the_dialog(open_shell: Open, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n1,2\n3,x\n5,7\n")
    with pytest.raises(ExperimentError, match=r"bad\.csv: one row .* line 3"):
        open_shell().documents.open_path(path)


def test_without_a_screen_the_suggestion_is_taken(
    open_shell: Open, cars_file: Path, monkeypatch: pytest.MonkeyPatch, application: QApplication
) -> None:
    window = open_shell()
    monkeypatch.setattr("app.gui.window.document_controller.run_modal", lambda dialog, result=0: result)
    window.documents.open_path(cars_file)
    process_events(application)
    assert window.session.experiment.data_names == ("weight", "price")
    assert not window.findChildren(QDialog)


def test_data_file_of_the_command_line_is_opened_as_from_the_menu(open_shell: Open, cars_file: Path) -> None:
    assert open_without_questions(cars_file) is None
    window = open_shell()
    answer(lambda dialog: dialog.y_combo.setCurrentIndex(4))
    window.documents.open_path(cars_file)
    assert window.session.experiment.data_names == ("weight", "year")
    assert window.settings.recent_files()[0] == cars_file.absolute()


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        "a,b,c\n1,2,3\n2,4,x\n3,6,5\n4,8,1\n",  # a bad cell in a column that may not be meant
        "x,y\n1990,2e9\n1991,3e9\n1993,1e9\n",  # possible only standardized
        "x,y\n1001,2\n1002,3\n1004,1\n",  # ill-conditioned
        "a,b,c\np,q,r\ns,t,u\n",
        "x,y\n1,2\n2,\n3,5\n",
        "x,y\n1,2\n2,4\n3,5\n",
    ],
)
def test_the_command_line_asks_exactly_where_the_menu_does(open_shell: Open, tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content)
    dialog = make_dialog(open_shell(), content, path)
    assert (open_without_questions(path) is None) == dialog.is_needed
    if not dialog.is_needed:
        assert open_without_questions(path) == with_safe_rates(dialog.experiment or DEFAULT_EXPERIMENT)
    dialog.deleteLater()


@pytest.mark.parametrize("content", ["x,y\n1,2\n2,oops\n3,6\n", "x\n1\n2\n", ""])
def test_the_command_line_refuses_a_file_without_two_columns_of_numbers(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content)
    with pytest.raises(ExperimentError, match=r"a\.csv"):
        open_without_questions(path)


@pytest.mark.slow
def test_a_window_without_an_experiment_opens_the_file(cars_file: Path) -> None:
    """The real start of the program, with its own application, in a process of its own."""
    script = (
        "from app.gui.window import application, document_controller\n"
        "from pathlib import Path\n"
        "from PyQt6.QtCore import QTimer\n"
        "original = application.create_window\n"
        "def create(*arguments):\n"
        "    started, window = original(*arguments)\n"
        "    def look():\n"
        "        print(window.session.experiment.data_names, window.documents.name)\n"
        "        window.documents.document_state.mark_discarded()\n"
        "        window.close()\n"
        "    window.documents.document_state.changed.connect(lambda: QTimer.singleShot(0, look))\n"
        "    return started, window\n"
        "application.create_window = create\n"
        f"application.open_window(None, Path({str(cars_file)!r}))\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert result.stdout.splitlines()[:1] == ["('weight', 'price') Linear regression"], result.stderr


def test_standardization_is_suggested_where_nothing_else_is_possible(open_shell: Open, tmp_path: Path) -> None:
    dialog = make_dialog(open_shell(), "x,y\n1990,2e9\n1991,3e9\n1993,1e9\n", tmp_path / "a.csv")
    assert dialog.is_needed
    assert dialog.standardize_box.isChecked()
    assert dialog.experiment is not None
    dialog.standardize_box.click()
    assert "rescale x and y" in dialog.error_label.text()
    dialog.deleteLater()
