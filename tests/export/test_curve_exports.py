"""Exports of a loss over x alone: scripts with the same points, figures with the curve, and the command line."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from app.cli.main import main
from app.engine.basin_map import basin_map
from app.engine.race import Race
from app.export.code import numpy_script, plot_script
from app.export.command_line import build_command_line
from app.export.figure import build_figure
from app.export.options import Options
from app.io.experiment_files import load
from app.model.experiment import Experiment
from app.model.run import Run
from app.utils.validation import ExperimentError
from surfaces.surface import line_bounds
from tests.export.scripts import check_script

RUNS = (
    Run("sgd", {"lr": 0.02}),
    Run("yogi", {"lr": 0.1}),
    Run.parse("normalized_gradient lr=0.1 noise=0.5"),
    Run("newton"),
    Run("nelder_mead"),
    Run("cma_es"),
)
CURVE = Experiment(formula="x^4 - 3x^2 + x", domain=line_bounds(-3.0, 3.0), start=(2.0, 0.0), runs=RUNS)


def race_of(experiment: Experiment, steps: int = 15) -> Race:
    race = Race(experiment)
    race.advance(steps)
    return race


@pytest.mark.slow
@pytest.mark.parametrize("runs", [RUNS[:1], RUNS[1:3], RUNS], ids=["plain", "modified", "searches"])
def test_scripts_compute_the_same_points(runs: tuple[Run, ...]) -> None:
    race = race_of(Experiment(formula=CURVE.formula, domain=CURVE.domain, start=CURVE.start, runs=runs))
    check_script(race, numpy_script(race))
    script = plot_script(race)
    assert "def draw_curve(" in script
    assert "contourf" not in script


def test_a_figure_has_the_curve_in_place_of_contour_plot_and_surface() -> None:
    composed = build_figure(race_of(CURVE), Options(dpi=40))
    FigureCanvasAgg(composed.add_paths(15)).draw()
    assert [view.id for view in composed.views] == ["curve", "loss"]
    assert composed.caption is not None
    assert "start x = 2, 15 steps" in composed.caption.get_text()


def test_the_command_line_and_the_file_have_only_x(tmp_path: Path) -> None:
    command = build_command_line(CURVE, Options(), None, "a.png")
    assert "--box=-3.0,3.0" in command or "--box=-3,3" in command
    arguments = shlex.split(command)[1:-1]
    assert main([*arguments, str(tmp_path / "a.json")]) == 0
    loaded = load(tmp_path / "a.json")
    assert (loaded.formula, loaded.domain, loaded.start) == (CURVE.formula, CURVE.domain, CURVE.start)
    assert Experiment(formula="x^2", domain=((-3.0, 3.0),), start=(2.0,)).start == (2.0, 0.0)  # type: ignore[arg-type]


def test_a_basin_map_is_refused_in_a_sentence() -> None:
    with pytest.raises(ExperimentError, match="two coordinates"):
        basin_map(CURVE.runs[0], CURVE.surface, 10, 5)
