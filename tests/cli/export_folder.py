"""A folder with an experiment for the tests of ``thalweg export``, and helpers to check what is written."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli import export_command
from app.cli.argument_parser import ArgumentParser
from app.cli.main import main
from app.io.experiment_json import to_json
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run

ROOT = Path(__file__).parents[2]
OLD_TEXT = "previous content"


def enter_experiment_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to a folder and write an experiment, race.json."""
    monkeypatch.chdir(folder)
    Path("race.json").write_text(to_json(replace(DEFAULT_EXPERIMENT, steps=12)))
    return folder


def make_folder(*names: str) -> Path:
    folder = Path("races")
    folder.mkdir()
    for k, name in enumerate(names):
        (folder / f"{name}.json").write_text(
            to_json(Experiment("sphere", (1.0, float(k)), (Run("adam"),), steps=3 + k))
        )
    return folder


def written_files() -> set[str]:
    return {str(path) for path in Path().rglob("*") if path.is_file()} - {"race.json"}


def parse_export(*words: str) -> argparse.Namespace:
    """Return the arguments of ``thalweg export``."""
    parser = ArgumentParser()
    export_command.add_parser(parser.add_subparsers())
    return parser.parse_args(["export", *words])


def check_refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Check that a command is refused without writing anything, and return its error message."""
    before = written_files()
    assert main(["export", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("thalweg: ")
    assert captured.err.count("\n") == 1
    assert written_files() == before
    return captured.err
