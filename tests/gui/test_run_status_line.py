"""The line below the plots: the status of the selected run, and the stability limit of its own optimizer."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

import pytest
from PyQt6.QtWidgets import QApplication

from app.analysis import local_stability
from app.gui.window.main_window import MainWindow
from app.model.experiment import Experiment
from app.model.run import Run
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]


@pytest.mark.parametrize(
    ("run", "expected_text"),
    [
        ("sgd lr=0.1", "Stable for lr < 2/λmax = 1."),
        ("sgd lr=0.1 weight_decay=2", "Stable for lr < 2/(λmax + weight decay) = 0.5."),
        ("momentum lr=0.1 momentum=0.8", "2(1 + momentum)/λmax = 1.8."),
        ("nesterov lr=0.1 momentum=0.9", "2(1 + momentum)/((1 + 2 momentum) λmax) = 0.679."),
        ("averaged_momentum lr=0.1", "2(1 + momentum)/((1 - dampening) λmax) = 19."),
    ],
)
def test_the_limit_is_that_of_the_run_itself(open_shell: Open, run: str, expected_text: str) -> None:
    window = open_shell(Experiment("sphere", runs=(Run.parse(run),)))
    text = window.status_line.curvature_text
    assert "λmax = 2, λmin = 2, condition number 1" in text
    assert text.endswith(expected_text)


@pytest.mark.parametrize("run", ["adam lr=0.1", "bfgs", "sgd lr=0.1 lookahead=5", "momentum lr=0.1 clip_norm=1"])
def test_without_theory_there_is_no_limit(open_shell: Open, run: str) -> None:
    window = open_shell(Experiment("sphere", runs=(Run.parse(run),)))
    assert window.status_line.curvature_text.strip().endswith("condition number 1.")


def test_flat_surfaces_have_no_condition_number(open_shell: Open) -> None:
    window = open_shell(Experiment("easom", start=(-40.0, -40.0), runs=(Run.parse("sgd lr=0.1"),)))
    text = window.status_line.curvature_text
    assert text.startswith("Curvature here: λmax = λmin = 0. ")
    assert "nan" not in text


def test_a_long_sentence_is_also_a_tooltip(open_shell: Open) -> None:
    window = open_shell(Experiment("sphere", runs=(Run.parse("sgd lr=0.95"),)))
    window.session.advance(40)
    window.status_line.refresh()
    label = window.status_line.status_label
    assert "in theory, period 2" in label.text()
    without_links = re.sub("</?a[^>]*>", "", label.text())
    assert without_links.partition("<br>")[0].partition("<span")[0].strip() in label.toolTip()
    assert escape(window.status_line.curvature_text) in label.toolTip()


@pytest.mark.slow
@pytest.mark.parametrize("width", [700, 1024, 1366, 1920])
def test_the_texts_fit_into_two_lines_whose_height_stays(
    open_shell: Open, application: QApplication, width: int
) -> None:
    window = open_shell(Experiment("rosenbrock", runs=(Run.parse("momentum lr=0.0006 weight_decay=0.1"),)))
    window.resize(width, 700)
    process_events(application)
    label, heights = window.status_line.status_label, set()
    for step in (0, 1, 3, 60, 400):
        window.session.race.advance(step)
        window.status_line.refresh()
        assert label.heightForWidth(label.width()) <= label.height() or "<span" not in label.text()
        heights.add((label.height(), window.statusBar().height()))
    assert len(heights) == 1
    assert "Stable for lr" in label.text() or "stable for lr" in label.text() or width < 1024


def test_the_stability_limit_is_computed_once_for_all_panels(open_shell: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    original = local_stability.stability_limit
    monkeypatch.setattr(
        local_stability,
        "stability_limit",
        lambda trajectory, step, *others: steps.append(step) or original(trajectory, step, *others),
    )
    window = open_shell(Experiment("rosenbrock", runs=(Run("sgd"), Run("adam"))))
    for step in (3, 4):
        window.session.advance(1 if steps else 3)
        steps.clear()
        window.update_texts()
        window.update_texts()
        assert steps == [window.session.race.step], step
    limit = window.session.local_stability(0)
    assert limit is not None
    assert limit.limit is not None
    label = window.side_panel.editor.form.safe_rate_row.limit_label
    assert label.text() == f"stability limit {limit.limit.learning_rate:.3g}"
    assert f"= {limit.limit.learning_rate:.3g}" in window.status_line.curvature_text
