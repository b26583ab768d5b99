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
from app.engine.safe_rate import with_safe_rates
from app.export.figure import build_figure
from app.export.options import Options
from app.gui.window.document_controller import DocumentController
from app.gui.window.main_window import MainWindow
from app.io.data_files import load_data
from app.io.experiment_files import load
from app.io.experiment_json import from_json, to_json
from app.model.dataset import MAX_POINTS, DataChoice
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.utils.validation import ExperimentError
from surfaces import SURFACES
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
X, Y = (0.0, 1.0, 2.0, 4.0), (1.0, 3.0, 5.0, 9.0)  # y = 2 x + 1
LINE_EXPERIMENT = DEFAULT_EXPERIMENT.with_data(X, Y, ("price", "sold"))


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
    assert window.session.experiment == with_safe_rates(LINE_EXPERIMENT)
    csv_file.write_text("a,b\n1,x\n")
    window.action_registry["open_data"].trigger()
    process_events(application)
    assert "line 2" in close_message_box(window)
    assert window.session.experiment == with_safe_rates(LINE_EXPERIMENT)
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


@pytest.mark.slow
def test_file_can_be_dropped_on_the_window(
    open_window: Open, application: QApplication, csv_file: Path, tmp_path: Path
) -> None:
    window = open_window()
    assert drop(window, csv_file)
    assert window.session.experiment == with_safe_rates(LINE_EXPERIMENT)
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


# Names, standardization, choice of columns


YEARS = "id,year,level,passed\n3,1900,1003.8,no\n4,1901,1048.5,yes\n9,1902,,yes\n7,1903,959.7,yes\n8,1904,990,no\n"


@pytest.fixture
def years_file(tmp_path: Path) -> Path:
    path = tmp_path / "years.csv"
    path.write_text(YEARS)
    return path


def test_standardized_experiment_keeps_names_and_original_units(years_file: Path) -> None:
    experiment = load_data(years_file, DEFAULT_EXPERIMENT, DataChoice(standardize=True))
    assert experiment.data == ((1900, 1901, 1903, 1904), (1003.8, 1048.5, 959.7, 990))
    assert experiment.data_names == ("year", "level")
    assert from_json(to_json(experiment)) == experiment
    x, y = experiment.surface.data or ((), ())
    np.testing.assert_allclose([np.mean(x), np.std(x), np.mean(y), np.std(y)], [0, 1, 0, 1], atol=1e-12)
    assert experiment.surface.axis_labels == ("a (slope, standardized data)", "b (intercept, standardized data)")
    a, b = experiment.surface.minima[0]
    slope, intercept = np.polyfit(np.array(experiment.data[0]) - 1900, experiment.data[1], 1)
    line = experiment.scaling.predict(experiment.surface.predict, a, b, np.array([1900.0, 1950.0]))
    np.testing.assert_allclose(line, [intercept, 50 * slope + intercept])


def test_standardization_changes_the_surface(years_file: Path) -> None:
    plain = load_data(years_file, DEFAULT_EXPERIMENT)
    standardized = replace(plain, start=None, standardized=True)
    assert plain.scaling == (0, 1, 0, 1)
    assert not plain.same_surface(standardized)
    assert plain.fingerprint != standardized.fingerprint
    assert standardized.with_surface("tanh_neuron").standardized
    assert not standardized.with_surface("sphere").standardized
    assert standardized.with_surface("sphere").data_names is None


def test_labels_are_not_standardized(years_file: Path) -> None:
    experiment = load_data(years_file, Experiment("logistic_regression"), DataChoice(x="level", standardize=True))
    assert experiment.data_names == ("level", "passed")
    assert experiment.surface.data is not None
    assert experiment.surface.data[1].tolist() == [0, 1, 1, 0]
    assert experiment.scaling[2:] == (0, 1)


@pytest.mark.parametrize("names", [3, ["a"], ["a", 1]])
def test_wrong_names_are_rejected(names: object) -> None:
    with pytest.raises(ExperimentError, match="data_names"):
        from_json(json.dumps({**json.loads(to_json(LINE_EXPERIMENT)), "data_names": names}))


def test_fit_view_is_drawn_in_original_units(years_file: Path) -> None:
    experiment = replace(load_data(years_file, DEFAULT_EXPERIMENT, DataChoice(standardize=True)), runs=(Run("sgd"),))
    axes = build_figure(Race(experiment), Options(view="fit")).figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("year", "level")
    assert experiment.data is not None
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), np.column_stack(experiment.data))


def test_command_line_chooses_and_standardizes_columns(
    years_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "a.json"
    options = ["--data", str(years_file), "--x", "level", "--y", "year", "--standardize", "--run", "sgd lr=0.5"]
    assert main(["export", *options, "--to", str(target)]) == 0
    assert load(target).data_names == ("level", "year")
    assert load(target).standardized
    assert "years.csv: x is column 3 (level) and y is column 2 (year)" in capsys.readouterr().err
    assert main(["results", *options]) == 0
    assert "converged" in capsys.readouterr().out
    for arguments, message in (
        (["--x", "1"], "require a data file"),
        (["--data", str(years_file), "--x", "mass"], "no column named 'mass'"),
        (["--data", str(years_file), "--surface", "sphere"], "sphere cannot be computed from data"),
        ([str(years_file), "--data", str(years_file)], "give one data file"),
    ):
        assert main(["results", *arguments]) == 2
        assert message in capsys.readouterr().err


def test_archive_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "data.csv.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00")
    with pytest.raises(ExperimentError, match=r"data\.csv\.gz: it is not a text file \(its format is gzip\)"):
        load(path)
