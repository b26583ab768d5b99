"""``thalweg explain``: one step as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from app.analysis.step_text.explanation_text import plain_text
from app.cli.main import main
from app.io.experiment_json import to_json
from app.model.experiment import Experiment
from app.model.run import Run
from optimizers import OPTIMIZERS

SPHERE = ["--surface", "sphere", "--start=2,-1", "--run", "sgd lr=0.25", "--run", "momentum lr=0.1"]


def test_json_has_the_documented_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *SPHERE, "--run", "2", "--step", "3", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document) == [
        "run",
        "optimizer",
        "step",
        "before",
        "gradient",
        "stages",
        "lines",
        "parts",
        "points",
        "after",
    ]
    assert (document["run"], document["optimizer"], document["step"]) == (2, "momentum", 3)
    assert set(document["stages"][0]) == {"name", "symbol", "value"}
    assert set(document["lines"][0]) == {"latex", "substituted_x", "substituted_y", "value"}
    before, after = document["before"], document["after"]
    step = [after["x"] - before["x"], after["y"] - before["y"]]
    assert np.sum(list(document["parts"].values()), axis=0) == pytest.approx(step, abs=1e-15)
    assert document["lines"][-1]["value"] == [after["x"], after["y"]]
    assert list(before["state"]) == ["v"]


def test_the_text_has_the_code_with_its_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *SPHERE, "--step", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Step 1 of run 1, SGD on Sphere"
    assert lines[2].split() == ["x", "y", "loss"]
    assert [line.split() for line in lines[3:6]] == [
        ["before", "2", "-1", "5"],
        ["after", "1", "-0.5", "1.25"],
        ["step", "-1", "0.5", "-3.75"],
    ]
    at = lines.index("  return x - lr * grad")
    assert lines[at + 1 : at + 3] == ["    x: 2 - 0.25 * 4 = 1", "    y: -1 - 0.25 * (-2) = -0.5"]
    assert lines[-2].split() == ["The", "step", "is", "made", "of", "x", "y"]
    assert lines[-1].split() == ["gradient", "-1", "0.5"]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_text_is_ascii_after_the_names_of_the_title(optimizer: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--surface", "rosenbrock", "--run", optimizer, "--step", "2"]) == 0
    title, *lines = capsys.readouterr().out.splitlines()
    assert title.startswith("Step 2 of run 1, ")
    assert all(line.isascii() and "\\" not in line and "{" not in line.partition(":")[2] for line in lines)


def test_an_experiment_file_and_its_last_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.json"
    path.write_text(to_json(Experiment("sphere", runs=(Run.parse("sgd lr=0.2"), Run.parse("adam")), steps=7)))
    assert main(["explain", str(path), "--run", "2", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["optimizer"], document["step"]) == ("adam", 7)


def test_without_a_step_a_run_that_diverges_is_explained_at_its_last_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--surface", "sphere", "--run", "sgd lr=50", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert 50 < document["step"] < 200
    assert abs(document["after"]["x"]) > 1e100


def test_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--formula", "x^2 + 3 y^2", "--start=1,1", "--run", "newton", "--step", "1", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["gradient"] == pytest.approx([2.0, 6.0])
    assert [document["after"][name] for name in "xy"] == pytest.approx([0.0, 0.0], abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--step", "0"], "--step requires an integer from 1"),
        (["--step", "1.5"], "--step requires an integer from 1"),
        (["--step", "99999999999"], "--step requires an integer from 1"),
        (["--step", "9" * 5000], "--step requires an integer from 1"),
        (["--run", "3", "--step", "1"], "no run 3; it has 2 runs"),
        (["--run", "0"], "no run 0; it has 2 runs"),
        (["--run", "9" * 5000], "it has 2 runs"),
        (["--run", "1", "--run", "2"], "requires one run, not 2"),
        (["--steps", "0"], "run 1 has no steps"),
        (["--set", "run1.lr=50", "--step", "500"], "run 1 has no step 500; it overflowed at step"),
        (["--set", "run1.lr=1e308"], "run 1 has no step 1; it overflowed at step 1"),
        (["a.json", "b.json"], "requires one experiment, not 2"),
        (["--run", "nothing"], "nothing"),
    ],
)
def test_wrong_arguments_are_one_sentence(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", *SPHERE, *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert captured.err.count("\n") == 1


def test_an_experiment_without_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.json"
    path.write_text(to_json(Experiment("sphere", runs=())))
    assert main(["explain", str(path)]) == 2
    assert "the experiment has no runs" in capsys.readouterr().err


def test_a_run_without_a_loss_at_its_start_has_no_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--formula", "log(x) + y^2", "--start=-1,1", "--run", "sgd"]) == 2
    assert "run 1 has no step 1; it cannot start: the loss has no value at (-1, 1)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"0.9 \cdot \left(-2\right)^{2}", "0.9 * (-2)^2"),
        (r"\dfrac{1}{\sqrt{4} + 1 \cdot 10^{-8}}", "1 / (sqrt(4) + 1e-8)"),
        (r"\dfrac{2 + 1}{\frac{4}{1 - 0.9^{3}}}", "(2 + 1) / (4 / (1 - 0.9^3))"),
        (r"3^{1 + 1} - \max\left(1, \left|-2\right|\right)", "3^(1 + 1) - max(1, |-2|)"),
        (r"\mathrm{sign}\left(-1\right) \cdot \infty", "sign(-1) * inf"),
    ],
)
def test_mathtext_as_plain_text(tex: str, text: str) -> None:
    assert plain_text(tex) == text
