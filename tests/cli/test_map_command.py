"""``thalweg map``: figures and data of maps, from a process that writes files completely or not at all."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text

from app.cli.main import main
from app.engine.basin_map import basin_map
from app.engine.rest_classification import DIVERGED
from app.engine.settings_map import settings_map
from app.model.run import Run
from app.plotting.maps.settings_axes import slider_ticks, tick_label
from optimizers import OPTIMIZERS
from surfaces import SURFACES

HIMMELBLAU = ["--surface", "himmelblau", "--run", "sgd lr=0.01", "--run", "adam lr=0.1", "--steps", "150", "--quiet"]


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that receives the texts of every figure that is saved."""
    found: list[str] = []
    save = Figure.savefig

    def saving(self: Figure, *args: object, **options: object) -> None:
        found.extend(text.get_text() for text in self.findobj(Text) if text.get_text())
        save(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Figure, "savefig", saving)
    return found


def load(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def test_basins_have_the_documented_arrays(tmp_path: Path) -> None:
    target = tmp_path / "basins.npz"
    assert main(["map", "basins", *HIMMELBLAU, "--size", "12", "--to", str(target), str(tmp_path / "basins.csv")]) == 0
    arrays = load(target)
    expected = basin_map(Run("sgd", {"lr": 0.01}), SURFACES["himmelblau"], 150, 12)
    assert set(arrays) == {"xs", "ys", "outcome", "steps", "minima"}
    for name, values in arrays.items():
        assert (values == getattr(expected, name)).all()
    assert arrays["outcome"].dtype.kind == arrays["steps"].dtype.kind == "i"
    with (tmp_path / "basins.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 144
    assert [float(rows[13][name]) for name in ("x", "y")] == [arrays["xs"][1], arrays["ys"][1]]
    assert int(rows[13]["outcome"]) == arrays["outcome"][1, 1]


def test_settings_have_the_documented_arrays(tmp_path: Path) -> None:
    target = tmp_path / "settings.npz"
    command = [
        "map",
        "settings",
        *HIMMELBLAU,
        "--start=1,1",
        "--select",
        "adam",
        "--over",
        "lr",
        "beta1",
        "--size",
        "9",
    ]
    assert main([*command, "--to", str(target)]) == 0
    arrays = load(target)
    expected = settings_map(Run("adam", {"lr": 0.1}), SURFACES["himmelblau"], (1.0, 1.0), 150, ("lr", "beta1"), 9)
    assert set(arrays) == {"first", "second", "outcome", "steps", "loss", "lowest_loss", "names", "minima"}
    assert arrays["names"].tolist() == ["lr", "beta1"]
    assert (arrays["outcome"] == expected.outcome).all()
    assert np.array_equal(arrays["loss"], expected.loss, equal_nan=True)


def test_rates_have_arrays_for_each_run(tmp_path: Path) -> None:
    target, table = tmp_path / "rates.npz", tmp_path / "rates.csv"
    assert main(["map", "rates", *HIMMELBLAU, "--size", "15", "--to", str(target), str(table)]) == 0
    arrays = load(target)
    assert {name.partition("/")[0] for name in arrays} == {"learning_rates", "sgd", "adam"}
    assert arrays["adam/loss"].shape == arrays["learning_rates"].shape == (15,)
    assert len(table.read_text().splitlines()) == 31
    assert "nan" not in table.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("kind", ["basins", "settings", "difference", "rates"])
def test_every_map_is_a_figure_of_the_requested_size(tmp_path: Path, kind: str, theme: str) -> None:
    target = tmp_path / "map.png"
    runs = ["--surface", "himmelblau", "--run", "momentum lr=0.01", "--run", "adam lr=0.1", "--steps", "60", "--quiet"]
    options = ["--size", "10", "--figure-size", "800x560", "--dpi", "100", "--theme", theme]
    assert main(["map", kind, *runs, *options, "--to", str(target)]) == 0
    assert imread(target).shape[:2] == (560, 800)


@pytest.mark.slow
def test_the_key_names_only_what_occurs(tmp_path: Path, texts: list[str]) -> None:
    options = ["--size", "10", "--quiet", "--to", str(tmp_path / "a.svg")]
    assert main(["map", "basins", "--surface", "himmelblau", "--run", "sgd lr=0.01", "--steps", "300", *options]) == 0
    assert "(3.00, 2.00)" in " ".join(texts)
    assert not {"At no minimum", "Still moving", "Diverged", "In a cycle"} & set(texts)
    texts.clear()
    assert main(["map", "basins", "--surface", "saddle", "--run", "newton", "--steps", "40", *options]) == 0
    assert "Saddle point or maximum" in texts
    assert not {"Diverged", "Still moving", "Steps to a minimum"} & set(texts)


@pytest.mark.slow
def test_the_title_is_that_of_the_experiment_or_names_the_run(tmp_path: Path, texts: list[str]) -> None:
    options = [*HIMMELBLAU, "--size", "5", "--to", str(tmp_path / "a.png")]
    assert main(["map", "difference", *options]) == 0
    assert {"SGD, lr 0.01 vs. Adam, lr 0.1", "Himmelblau, 5 x 5 starts, 150 steps"} <= set(texts)
    texts.clear()
    assert main(["map", "basins", *options, "--title", "Why?"]) == 0
    assert {"Why?", "SGD, lr 0.01, Himmelblau, 5 x 5 starts, 150 steps"} <= set(texts)
    texts.clear()
    assert main(["map", "basins", *options, "--no-title"]) == 0
    assert "SGD, lr 0.01" not in " ".join(texts)


def test_theory_is_named_only_where_it_is_known(tmp_path: Path, texts: list[str]) -> None:
    options = ["--size", "10", "--quiet", "--steps", "50", "--to", str(tmp_path / "a.png")]
    assert main(["map", "settings", "--surface", "elongated_bowl", "--run", "momentum", *options]) == 0
    assert {"stability limit at (0, 0)", "2(1 + momentum)/λmax", "Polyak’s optimum (1.34, 0.403)"} <= set(texts)
    texts.clear()
    assert main(["map", "settings", "--surface", "himmelblau", "--run", "adam", *options]) == 0
    assert not any("stability" in text or "Polyak" in text for text in texts)


@pytest.mark.slow
def test_figures_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    command = ["map", "basins", *HIMMELBLAU, "--size", "10", "--to"]
    for suffix in (".png", ".svg", ".pdf"):
        first, second = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
        assert main([*command, str(first)]) == main([*command, str(second)]) == 0
        assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["basins", "--to", "a.gif"], "a map cannot be written"),
        (["basins", "--size", "1", "--to", "a.png"], "--size must be between 2 and 1,000"),
        (["basins", "--over", "lr", "beta1", "--to", "a.png"], "--over applies only to settings maps"),
        (["settings", "--over", "lr", "lr", "--to", "a.png"], "two different hyperparameters"),
        (["settings", "--over", "lr", "nonsense", "--to", "a.png"], "nonsense"),
        (["settings", "--run", "sgd", "--to", "a.png"], "does not have two hyperparameters"),
        (["difference", "--run", "sgd", "--to", "a.png"], "requires two runs, not 1"),
        (["basins", "--select", "nobody", "--to", "a.png"], "nobody"),
        (["basins", "--figure-size", "2x2in", "--to", "a.png"], "at least 6 x 4 inches"),
    ],
)
def test_invalid_arguments_are_one_sentence_and_write_nothing(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["map", *arguments, "--steps", "5", "--quiet"]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_map_does_not_overwrite_the_data_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data.csv"
    data.write_text("x,y\n1,2\n2,4\n3,5\n")
    assert main(["map", "basins", "--data", str(data), "--size", "2", "--quiet", "--to", str(data)]) == 2
    assert "data.csv would overwrite an input file" in capsys.readouterr().err
    assert data.read_text().startswith("x,y")


def test_a_current_setting_outside_the_map_has_no_mark(tmp_path: Path, texts: list[str]) -> None:
    options = ["--surface", "sphere", "--size", "5", "--steps", "20", "--quiet", "--to", str(tmp_path / "a.png")]
    assert main(["map", "settings", "--run", "momentum lr=1000", *options]) == 0
    assert {"current setting (1000, 0.9)", "(outside the map)"} <= set(texts)


def test_a_learning_rate_of_0_has_no_place_on_a_rate_curve(tmp_path: Path) -> None:
    options = ["--surface", "sphere", "--size", "5", "--steps", "20", "--quiet", "--to", str(tmp_path / "a.png")]
    assert main(["map", "rates", "--run", "sgd lr=0", *options]) == 0


@pytest.mark.slow
def test_rate_curves_from_a_start_without_a_loss(tmp_path: Path) -> None:
    command = ["map", "rates", "--formula", "log(x) + y^2", "--start=-1,1", "--run", "sgd", "--size", "3", "--quiet"]
    assert main([*command, "--to", str(tmp_path / "a.png"), str(tmp_path / "a.npz")]) == 0
    assert (load(tmp_path / "a.npz")["sgd/outcome"] == DIVERGED).all()


def test_an_interrupted_map_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Figure, "savefig", interrupt)
    (tmp_path / "a.png").write_bytes(b"old")
    assert main(["map", "basins", *HIMMELBLAU, "--size", "5", "--to", str(tmp_path / "a.png")]) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"old"


def test_ticks_are_round_values_of_the_slider() -> None:
    assert slider_ticks(OPTIMIZERS["momentum"].spec("momentum"))[:4] == [0.0, 0.5, 0.9, 0.99]
    assert [tick_label(value) for value in (1e-6, 1e-10, 0.01, 1.0, 10.0)] == ["10⁻⁶", "10⁻¹⁰", "0.01", "1", "10"]
    for optimizer in OPTIMIZERS.values():
        for spec in optimizer.hyperparameters.values():
            ticks = slider_ticks(spec)
            assert 1 <= len(ticks) <= 11
            assert all(spec.slider_min <= tick <= spec.slider_max for tick in ticks)
