"""Progress of ``thalweg export`` on a terminal."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from app.cli.main import main
from app.cli.progress_line import ProgressLine
from tests.cli.export_folder import enter_experiment_folder
from tests.cli.test_main import run_thalweg


@pytest.fixture(autouse=True)
def experiment_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return enter_experiment_folder(tmp_path, monkeypatch)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.progress_line.MIN_INTERVAL", 0.0)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["export", "race.json", "--steps", "3000", "--to", "a.csv"]) == 0
    lines = terminal.getvalue().split("\r")
    assert any(line.startswith("running race 100%") for line in lines)
    assert any(line.startswith("a.csv 50%") for line in lines)
    assert lines[-1] == "" == lines[-2].strip()
    assert "\n" not in terminal.getvalue()
    quiet_terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", quiet_terminal)
    assert main(["export", "race.json", "--quiet", "--to", "a.csv"]) == 0
    assert quiet_terminal.getvalue() == ""


def test_progress_shows_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("app.cli.progress_line.perf_counter", lambda: now[0])
    terminal = Terminal()
    with ProgressLine(terminal) as progress:
        for fraction, seconds in ((0.0, 0.0), (0.01, 0.01), (0.25, 10.0), (0.5, 300.0), (1.0, 600.0)):
            now[0] = 100.0 + seconds
            progress("a.csv", fraction)
    lines = [line.strip() for line in terminal.getvalue().split("\r") if line.strip()]
    assert lines == ["a.csv 0%", "a.csv 25%, 30 s left", "a.csv 50%, 5 min 00 s left", "a.csv 100%, 0 s left"]


@pytest.mark.slow
def test_no_progress_without_a_terminal() -> None:
    result = run_thalweg("export", "four_valleys", "--to", str(Path("a.csv").resolve()))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
