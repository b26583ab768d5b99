"""The command line: what it does, and one sentence with exit status 2 for what it cannot do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import desktop, version
from app.cli import main
from app.experiment import FIRST
from app.files import load
from optimizers import OPTIMIZERS, PARTS
from surfaces import SURFACES


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        capture_output=True,
        text=True,
        env={**kept, **environment},
        cwd=Path(__file__).parent.parent,
    )


def test_export_from_words(tmp_path: Path) -> None:
    picture, table = tmp_path / "a.png", tmp_path / "b.csv"
    assert (
        main(
            [
                "export",
                "--surface",
                "rosenbrock",
                "--start=-1.5,2",
                "--run",
                "adam lr=0.05",
                "--run",
                "momentum lr=0.0005 momentum=0.9",
                "--steps",
                "30",
                "--to",
                str(picture),
                str(table),
            ]
        )
        == 0
    )
    kept = load(picture)
    assert (kept.surface, kept.start, kept.steps, kept.names) == ("rosenbrock", (-1.5, 2.0), 30, ["adam", "momentum"])
    assert len(table.read_text().splitlines()) == 1 + 2 * 31


def test_export_from_a_file_or_an_example(tmp_path: Path) -> None:
    mine = tmp_path / "mine.json"
    mine.write_text(FIRST.to_json())
    assert main(["export", str(mine), "--steps", "5", "--to", str(tmp_path / "a.csv")]) == 0
    assert main(["export", "elongated_bowl", "--to", str(tmp_path / "b.csv")]) == 0
    assert (tmp_path / "b.csv").read_text().splitlines()[3].startswith("2,sgd,-5.733175,1.6199999999999997,")
    assert len((tmp_path / "b.csv").read_text().splitlines()) == 31


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["export", "--surface", "rosenbrok", "--to", "a.png"], "there is no surface 'rosenbrok'; choose from rosenbrock"),
        (["export", "--run", "adma", "--to", "a.png"], "there is no optimizer 'adma'; choose from"),
        (["export", "--run", "adam beta3=1", "--to", "a.png"], "adam has no hyperparameter 'beta3'; it has lr, beta1, beta2, eps"),
        (["export", "--run", "adam lr=abc", "--to", "a.png"], "lr of adam must be a finite number, not 'abc'"),
        (["export", "--run", "adam lr=nan", "--to", "a.png"], "lr of adam must be a finite number, not 'nan'"),
        (["export", "--start", "1", "--to", "a.png"], "--start needs two numbers"),
        (["export", "--start", "1,nan", "--to", "a.png"], "start y must be a finite number"),
        (["export", "--steps", "1.5", "--to", "a.png"], "steps must be a whole number"),
        (["export", "--steps", "-1", "--to", "a.png"], "steps must be a whole number"),
        (["export", "--dpi", "x", "--to", "a.png"], "dpi must be a finite number"),
        (["export", "--view", "loess", "--to", "a.png"], "choose from all, contour"),
        (["export", "--theme", "red", "--to", "a.png"], "choose from light, dark"),
        (["export", "--to", "a.xyz"], "choose from .png"),
        (["export", "--to", "gone/a.png"], "there is no folder "),
        (["export", "nothing.json", "--to", "a.png"], "there is no file 'nothing.json'"),
        (["export", "broken.json", "--to", "a.png"], "it is cut off"),
        (["export", "foreign.json", "--to", "a.png"], 'has no key "thalweg"'),
        (["export"], "the following arguments are required: --to"),
        (["list"], "the following arguments are required: what"),
        (["list", "colors"], "invalid choice: 'colors'"),
        (["nothing.json"], "there is no file 'nothing.json'"),
        (["--surface", "x"], "unrecognized arguments"),
    ],
)
def test_bad_input_is_one_sentence(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.json").write_text('{"thalweg": 1')
    (tmp_path / "foreign.json").write_text('{"name": "x"}')
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("thalweg: ")
    assert captured.err.count("\n") == 1
    assert told in captured.err
    assert captured.out == ""
    assert {path.name for path in tmp_path.iterdir()} <= {"broken.json", "foreign.json", "config"}


def test_lists(capsys: pytest.CaptureFixture[str]) -> None:
    for what, names in (
        ("optimizers", OPTIMIZERS),
        ("surfaces", SURFACES),
        ("parts", PARTS),
        ("examples", ["elongated_bowl", "rosenbrock_momentum", "linear_regression"]),
    ):
        assert main(["list", what]) == 0
        listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
        assert set(names) <= set(listed)


def test_the_version() -> None:
    answer = run("--version")
    assert (answer.returncode, answer.stdout) == (0, f"thalweg {version()}\n")


def test_without_a_display_it_says_so() -> None:
    answer = run()
    assert answer.returncode == 2
    assert answer.stderr == 'thalweg: there is no display to open a window on; "thalweg export" works without one\n'
    answer = run(DISPLAY=":987654")
    assert answer.returncode == 2
    assert answer.stderr.startswith("thalweg: the display :987654 does not answer")


def test_missing_libraries_are_named_with_the_line_that_installs_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known = {"libnowhere.so.9": ("libnowhere9", "nowhere", "nowhere")}
    assert desktop.missing({"libc.so.6": ("", "", ""), **known}) == ["libnowhere.so.9"]
    apt = tmp_path / "apt-get"
    apt.touch()
    monkeypatch.setattr(desktop, "INSTALLERS", ((str(apt), "sudo apt-get install -y"),))
    assert desktop.install_line(["libGL.so.1", "libxcb-cursor.so.0"]).endswith("sudo apt-get install -y libgl1 libxcb-cursor0")
    monkeypatch.setattr(desktop, "INSTALLERS", ())
    assert "libGL.so.1" in desktop.install_line(["libGL.so.1"])
    monkeypatch.setattr(desktop, "missing", lambda libraries: ["libGL.so.1"] if libraries is desktop.IMPORTED else [])
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with pytest.raises(desktop.ExperimentError, match=r"libGL\.so\.1"):
        desktop.look_first()
