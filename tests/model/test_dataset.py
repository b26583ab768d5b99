"""Data of the user: read, saved, simulated, drawn, and rejected with one sentence if they cannot be used."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QApplication, QMessageBox

from app.analysis.height_map import height_map_for
from app.cli.main import main
from app.engine.race import Race
from app.gui.window.document_controller import DocumentController
from app.gui.window.main_window import MainWindow
from app.io.experiment_files import load, load_data
from app.io.experiment_json import from_json, to_json
from app.model.dataset import MAX_POINTS
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.utils.validation import ExperimentError
from surfaces import SURFACES
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
X, Y = (0.0, 1.0, 2.0, 4.0), (1.0, 3.0, 5.0, 9.0)  # y = 2 x + 1
LINE_EXPERIMENT = DEFAULT_EXPERIMENT.with_data(X, Y)


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text("price,sold\n" + "".join(f"{x},{y}\n" for x, y in zip(X, Y, strict=True)))
    return path


def test_surface_is_made_from_the_data() -> None:
    assert LINE_EXPERIMENT.surface_id == "linear_regression"
    assert LINE_EXPERIMENT.data == (X, Y)
    assert LINE_EXPERIMENT.surface.minima == (pytest.approx((2.0, 1.0)),)
    assert replace(LINE_EXPERIMENT, title="one").surface is replace(LINE_EXPERIMENT, title="other").surface, (
        "the surface is cached"
    )
    assert LINE_EXPERIMENT.start == LINE_EXPERIMENT.surface.start
    race = Race(replace(LINE_EXPERIMENT, runs=(Run("bfgs"),)))
    race.advance(30)
    assert race.trajectories[0].head.position == pytest.approx((2.0, 1.0))
    assert height_map_for(LINE_EXPERIMENT) is not height_map_for(
        replace(Experiment("linear_regression"), start=LINE_EXPERIMENT.start)
    )


def test_data_survive_json() -> None:
    assert from_json(to_json(LINE_EXPERIMENT)) == LINE_EXPERIMENT
    assert from_json(to_json(DEFAULT_EXPERIMENT)).data is None


def test_data_are_kept_only_by_surfaces_made_from_data() -> None:
    assert LINE_EXPERIMENT.with_surface("tanh_neuron").data == (X, Y)
    assert LINE_EXPERIMENT.with_surface("tanh_neuron").with_data(X, X).surface_id == "tanh_neuron"
    assert LINE_EXPERIMENT.with_surface("sphere").data is None
    assert (
        LINE_EXPERIMENT.with_surface("sphere").with_surface("linear_regression").surface
        is SURFACES["linear_regression"]
    )
    assert not LINE_EXPERIMENT.same_surface_and_start(DEFAULT_EXPERIMENT.with_data(X, X))
    assert LINE_EXPERIMENT.same_surface_and_start(replace(LINE_EXPERIMENT, title="mine"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"data": [[1, 2], [1, 2, 3]]}, "the same length, not 2 and 3"),
        ({"data": [[1, 2]]}, "two columns of numbers"),
        ({"data": 3}, "two columns of numbers"),
        ({"data": [[1, [2]], [1, 2]]}, "row 2 of the data must be a finite number"),
        ({"surface": "x" * 100_000}, "^.{,200}$"),
        ({"data": [[1, "b"], [1, 2]]}, "row 2 of the data must be a finite number, not 'b'"),
        ({"data": [[1, 2], [True, 2]]}, "row 1 of the data must be a finite number"),
        ({"data": [[1, 1], [1, 2]]}, "at least two points with different x"),
        ({"data": [[1e-9, 2e-9], [1e9, 2e15]]}, "rescale x and y"),
        ({"data": [list(range(MAX_POINTS + 1))] * 2}, "at most 10,000 data points, not 10,001"),
        ({"surface": "sphere"}, "sphere cannot be computed from data; choose from linear_regression"),
        ({"surface": "logistic_regression"}, "y must contain only zeros and ones"),
    ],
)
def test_invalid_data_are_rejected_with_one_sentence(change: dict, message: str) -> None:
    with pytest.raises(ExperimentError, match=message):
        from_json(json.dumps({**json.loads(to_json(LINE_EXPERIMENT)), **change}))


def test_data_file_is_read(csv_file: Path, tmp_path: Path) -> None:
    assert load(csv_file) == LINE_EXPERIMENT
    on_neuron = Experiment("tanh_neuron", runs=(Run("adam"),))
    assert load(csv_file, on_neuron).surface_id == "tanh_neuron"
    assert load(csv_file, on_neuron).runs == on_neuron.runs
    other = tmp_path / "data.odd"
    other.write_bytes(csv_file.read_bytes())
    assert load_data(other, DEFAULT_EXPERIMENT) == LINE_EXPERIMENT
    csv_file.write_text("x,y\n1,2\n2,three\n3,4\n")
    message = f"cannot open {csv_file}: one row does not contain two finite numbers: line 3"
    with pytest.raises(ExperimentError, match=re.escape(message)):
        load(csv_file)


def test_largest_data_can_be_saved_in_an_experiment_and_in_a_figure(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(2, MAX_POINTS)) * 1e-5
    largest = replace(DEFAULT_EXPERIMENT.with_data(*x.tolist()), steps=1)
    saved, figure = tmp_path / "a.json", tmp_path / "a.png"
    saved.write_text(to_json(largest))
    assert load(saved) == largest
    assert main(["export", str(saved), "--dpi", "30", "--to", str(figure)]) == 0
    assert load(figure) == largest


def test_command_line_accepts_a_data_file(csv_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out.csv"
    arguments = [
        "export",
        str(csv_file),
        "--surface",
        "linear_regression_sum",
        "--run",
        "bfgs weight_decay=0",
        "--steps",
        "20",
        "--to",
    ]
    assert main([*arguments, str(target)]) == 0
    last = target.read_text().splitlines()[-1].split(",")
    assert [float(cell) for cell in last[2:4]] == pytest.approx([2.0, 1.0])
    csv_file.write_text("1,2\n3\n")
    assert main(["export", str(csv_file), "--to", str(target)]) == 2
    assert "line 2 ('3')" in capsys.readouterr().err


@pytest.mark.slow
def test_fit_view_draws_the_curve_of_every_model_without_full_draws(
    open_window: Open, application: QApplication
) -> None:
    window = open_window(LINE_EXPERIMENT)
    for name in ("linear_regression", "tanh_neuron", "two_weight_network"):
        window.side_panel.surface_selector.picker.selected.emit(name)
        process_events(application)
        fit = window.canvases["fit"]
        assert fit.isVisible()
        race, view = window.session.race, fit.view
        a, b = race.surface.start
        x = np.array(X)
        pixels = view.curve_pixels(a, b, x)
        points = view.axes.transData.inverted().transform(pixels)
        np.testing.assert_allclose(points, np.column_stack([x, race.surface.predict(a, b, x)]), atol=1e-9)
        before = fit.full_draw_count
        window.session.advance(3)
        assert fit.full_draw_count == before


def close_message_box(window: MainWindow) -> str:
    """Close the only open message box and return its text."""
    (message_box,) = (dialog for dialog in window.findChildren(QMessageBox) if dialog.isVisible())
    message = message_box.text()
    message_box.close()
    return message


def test_data_file_is_opened_through_the_dialog(
    open_shell: Open, application: QApplication, csv_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_shell()
    monkeypatch.setattr(DocumentController, "ask_path", lambda *_, **__: csv_file)
    window.action_registry["open_data"].trigger()
    assert window.session.experiment == LINE_EXPERIMENT
    csv_file.write_text("a,b\n1,x\n")
    window.action_registry["open_data"].trigger()
    process_events(application)
    assert "line 2" in close_message_box(window)
    assert window.session.experiment == LINE_EXPERIMENT
    window.session.store.undo()
    assert window.session.experiment == DEFAULT_EXPERIMENT


def drop(window: MainWindow, *paths: Path) -> bool:
    """Drop files on the window and return whether the window accepted them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, *keys)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, *keys))
        QApplication.processEvents()
    return enter.isAccepted()


def test_file_can_be_dropped_on_the_window(
    open_window: Open, application: QApplication, csv_file: Path, tmp_path: Path
) -> None:
    window = open_window()
    assert drop(window, csv_file)
    assert window.session.experiment == LINE_EXPERIMENT
    saved = tmp_path / "a.json"
    saved.write_text(to_json(DEFAULT_EXPERIMENT))
    assert drop(window, saved)
    assert window.session.experiment == DEFAULT_EXPERIMENT
    assert drop(window, csv_file, saved)
    assert "Drop one file at a time" in close_message_box(window)
    other = tmp_path / "a.pdf"
    other.write_bytes(b"%PDF")
    assert drop(window, other)
    process_events(application)
    assert f"Cannot open {other}: it contains" in close_message_box(window)
    assert window.session.experiment == DEFAULT_EXPERIMENT


def test_selector_shows_why_a_surface_cannot_be_made_from_the_data(open_shell: Open) -> None:
    window = open_shell(LINE_EXPERIMENT)
    selector = window.side_panel.surface_selector
    selector.picker.selected.emit("logistic_regression")
    assert selector.error_label.isVisible()
    assert "y must contain only zeros and ones" in selector.error_label.text()
    assert window.session.experiment == LINE_EXPERIMENT
    assert selector.picker.currentText() == "Linear regression"
    selector.picker.selected.emit("sphere")
    assert not selector.error_label.isVisible()
    window.session.store.undo()
    assert not selector.error_label.isVisible()
