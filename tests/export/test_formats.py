"""Images and tables: their content, and that no incomplete file is left."""

from __future__ import annotations

import csv
import errno
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.engine.race import Race
from app.export.formats import EXPORT_FORMATS, export
from app.export.options import Options
from app.io.experiment_files import load
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.theming.theme import DARK
from app.utils import atomic_write
from app.utils.validation import ExperimentError
from tests.edits import with_hyperparameters


def make_race(steps: int = 30, experiment: Experiment = DEFAULT_EXPERIMENT) -> Race:
    race = Race(experiment)
    race.advance(steps)
    return race


@pytest.mark.slow
@pytest.mark.parametrize("suffix", EXPORT_FORMATS)
def test_every_format_writes_a_whole_file(suffix: str, tmp_path: Path) -> None:
    export(make_race(), tmp_path / f"a{suffix}")
    assert [path.name for path in tmp_path.iterdir()] == [f"a{suffix}"]
    assert (tmp_path / f"a{suffix}").stat().st_size > 1000


def test_an_image_has_the_requested_size_and_contains_the_experiment(tmp_path: Path) -> None:
    export(make_race(), tmp_path / "a.png", Options(dpi=50, size=(8.0, 5.0)))
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (400, 250)
        assert len({*image.convert("RGB").resize((80, 50)).tobytes()}) > 50
    opened = load(tmp_path / "a.png")
    assert (opened, opened.displayed_step) == (DEFAULT_EXPERIMENT, 30)


@pytest.mark.slow
@pytest.mark.parametrize("view", ["all", "contour", "relief", "loss", "fit"])
def test_each_view_can_be_exported(view: str, tmp_path: Path) -> None:
    experiment = Experiment("linear_regression", runs=(Run("momentum", {"lr": 0.005}), Run("sgd", {"lr": 50.0})))
    export(make_race(900, experiment), tmp_path / "a.png", Options(view=view, dpi=40, theme=DARK))
    with Image.open(tmp_path / "a.png") as image:
        assert np.asarray(image.convert("RGB")).std() > 5


def test_invalid_paths_and_options_are_refused(tmp_path: Path) -> None:
    for path, options, message in (
        (tmp_path / "a.xyz", {}, "use one of .png"),
        (tmp_path / "a.png", {"view": "loess"}, "choose from all, contour"),
        (tmp_path / "a.png", {"dpi": 1e6}, "dpi must be"),
        (tmp_path / "gone" / "a.png", {}, "does not exist"),
        (tmp_path / "gone" / "a.csv", {}, "does not exist"),
    ):
        with pytest.raises(ExperimentError, match=message):
            export(make_race(), path, Options(**options))
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(ExperimentError, match="it is a folder"):
        export(make_race(), tmp_path / "b.csv")


def test_the_table_has_every_run_and_step_in_full_precision(tmp_path: Path) -> None:
    race = make_race(20)
    race = with_hyperparameters(race, 0, lr=0.0005)
    race.advance(5)
    export(race, tmp_path / "a.csv")
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text().splitlines()))
    assert list(rows[0])[:8] == ["step", "optimizer", "x", "y", "loss", "grad_x", "grad_y", "lr"]
    assert [(row["optimizer"], int(row["step"])) for row in rows] == [
        (name, step) for name in ("sgd", "momentum", "adam") for step in range(26)
    ]
    x, _, loss = race.trajectories[2].values_between(0, 25)
    assert [float(row["x"]) for row in rows[52:]] == x.tolist()
    for row in rows:
        height, gradient = race.surface(float(row["x"]), float(row["y"]))
        assert (float(row["loss"]), float(row["grad_x"]), float(row["grad_y"])) == (height, *gradient)
    assert [row["lr"] for row in rows[:26]] == [""] + ["0.001"] * 20 + ["0.0005"] * 5
    assert loss[-1] == float(rows[-1]["loss"])


def test_the_table_has_the_scheduled_learning_rate(tmp_path: Path) -> None:
    scheduled = Experiment("sphere", (1.0, 1.0), (Run("sgd", {"lr": 0.4, "cosine_steps": 4}), Run("nelder_mead")))
    export(make_race(6, scheduled), tmp_path / "a.csv")
    rows = csv.DictReader((tmp_path / "a.csv").read_text().splitlines())
    learning_rates = [float(row["lr"]) for row in rows if row["optimizer"] == "sgd" and row["step"] != "0"]
    assert learning_rates == pytest.approx([0.4, 0.2 * (1 + 0.5**0.5), 0.2, 0.2 * (1 - 0.5**0.5), 0.0, 0.0])


@pytest.mark.slow
def test_a_diverged_run_ends_at_its_last_finite_step(tmp_path: Path) -> None:
    experiment = Experiment("sphere", runs=(Run("sgd", {"lr": 9.0}), Run("sgd", {"lr": 0.1})))
    race = make_race(1000, experiment)
    export(race, tmp_path / "a.csv")
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text().splitlines()))
    diverged_at = race.trajectories[0].diverged_at
    assert diverged_at
    assert sum(row["optimizer"] == "sgd" for row in rows) == diverged_at
    assert sum(row["optimizer"] == "sgd-2" for row in rows) == 1001
    export(race, tmp_path / "a.png", Options(dpi=40))
    assert (tmp_path / "a.png").stat().st_size > 1000


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")

    def raise_disk_full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic_write.os, "fsync", raise_disk_full)
    with pytest.raises(ExperimentError, match="no space left on device"):
        export(make_race(), target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
