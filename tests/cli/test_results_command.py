"""``thalweg results``: rows for each run and step, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.main import main
from app.io.experiment_json import to_json
from app.model.experiment import Experiment
from app.model.run import Run

SPHERE = ["--surface", "sphere", "--start=-4,3", "--run", "sgd lr=0.1", "--run", "momentum lr=0.05"]


def test_rows_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results", *SPHERE, "--at", "3", "60", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["run"], row["optimizer"], row["step"]) for row in rows] == [
        (1, "sgd", 3),
        (1, "sgd", 60),
        (2, "momentum", 3),
        (2, "momentum", 60),
    ]
    assert rows[0]["x"] == pytest.approx(-4 * 0.8**3)
    assert rows[0]["status"]["kind"] == "descending"
    assert (rows[1]["status"]["kind"], rows[1]["status"]["since"]) == ("converged", 37)
    assert rows[1]["curvature"]["bound"] == pytest.approx(1.0)


def test_the_table_has_a_line_for_each_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results", *SPHERE, "--at", "3", "--at", "60"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split()[:4] == ["run", "optimizer", "hyperparameters", "step"]
    assert len(lines) == 4
    assert "converged: has been within" in lines[1]


def test_an_experiment_file_and_its_last_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.json"
    path.write_text(to_json(Experiment("sphere", runs=(Run.parse("sgd lr=0.2"),), steps=7)))
    assert main(["results", str(path), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["step"], row["hyperparameters"], row["evaluations"]) == (7, {"lr": 0.2}, 7)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--at", "-3"],
        ["--at", "1.5"],
        ["--at", "99999999999"],
        ["--at", "9" * 5000],
        ["a.json", "b.json"],
        ["--run", "nothing"],
    ],
)
def test_wrong_arguments_are_one_sentence(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("thalweg: ")
    assert captured.err.count("\n") == 1
