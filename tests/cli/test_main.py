"""The command line: what it does, and one sentence with exit status 2 for what it cannot do."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import export_command
from app.cli.main import main
from app.gui.window.main_window import MainWindow
from app.io.experiment_files import load
from app.io.experiment_json import to_json
from app.model.experiment import DEFAULT_EXPERIMENT
from app.session.settings import Settings
from app.system.package_versions import version
from app.system.settings_file import back_up_settings, settings_file
from optimizers import MODIFIERS, OPTIMIZERS
from surfaces import SURFACES


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        capture_output=True,
        text=True,
        env={**kept, **environment},
        cwd=Path(__file__).parents[2],
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
    assert (kept.surface_id, kept.start, kept.steps, kept.names) == (
        "rosenbrock",
        (-1.5, 2.0),
        30,
        ["adam", "momentum"],
    )
    assert len(table.read_text().splitlines()) == 1 + 2 * 31


def test_export_from_a_file_or_an_example(tmp_path: Path) -> None:
    mine = tmp_path / "mine.json"
    mine.write_text(to_json(DEFAULT_EXPERIMENT))
    assert main(["export", str(mine), "--steps", "5", "--to", str(tmp_path / "a.csv")]) == 0
    assert main(["export", "elongated_bowl", "--to", str(tmp_path / "b.csv")]) == 0
    assert (tmp_path / "b.csv").read_text().splitlines()[3].startswith("2,sgd,-5.733175,1.6199999999999997,")
    assert len((tmp_path / "b.csv").read_text().splitlines()) == 31


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["export", "--surface", "rosenbrok", "--to", "a.png"],
            "there is no surface 'rosenbrok'; choose from rosenbrock",
        ),
        (["export", "--run", "adma", "--to", "a.png"], "there is no optimizer 'adma'; choose from"),
        (
            ["export", "--run", "adam beta3=1", "--to", "a.png"],
            "adam has no hyperparameter 'beta3'; it has lr, beta1, beta2, eps",
        ),
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
        ("parts", MODIFIERS),
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


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("exprot", "there is no file or command exprot; did you mean export?"),
        ("lists", "there is no file or command lists; did you mean list?"),
        ("chekc", "there is no file or command chekc; did you mean check?"),
        ("reset", "there is no file or command reset; did you mean --reset?"),
    ],
)
def test_a_misspelt_command_is_told(word: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word, "--to", "a.png"]) == 2
    assert capsys.readouterr().err == f"thalweg: {told}\n"


def test_a_file_may_have_the_name_of_a_misspelt_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exprot").write_text("not JSON")
    assert main(["exprot"]) == 2
    assert "cannot open exprot" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "there is not enough memory for this"),
        (ZeroDivisionError("by\nzero"), "something went wrong inside the program (ZeroDivisionError: by\ufffdzero)"),
        (
            ModuleNotFoundError("No module named 'PIL'"),
            "a package is missing or broken (No module named 'PIL'); \"thalweg check\"",
        ),
    ],
)
def test_a_foreign_error_is_one_sentence(
    error: Exception, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.delenv("THALWEG_TRACEBACK", raising=False)
    monkeypatch.setattr(export_command, "_simulate", fail)
    words = ["export", "--steps", "3", "--to", str(tmp_path / "a.csv")]
    assert main(words) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"thalweg: {told}")
    assert said.endswith("; with THALWEG_TRACEBACK=1 in the environment it says where\n")
    assert said.count("\n") == 1
    monkeypatch.setenv("THALWEG_TRACEBACK", "1")
    with pytest.raises(type(error)):
        main(words)


@pytest.mark.parametrize("kind", ["bytes", "folder", "words"])
def test_settings_that_are_garbage_do_not_keep_the_window_shut(
    kind: str, open_window: Callable[[], MainWindow]
) -> None:
    path = settings_file()
    path.parent.mkdir(parents=True)
    if kind == "folder":
        path.mkdir()
    elif kind == "bytes":
        path.write_bytes(random.Random(3).randbytes(5000))
    else:
        path.write_text(
            "[General]\ntheme=\xe9\nspeed=@Invalid()\nlanguage=@Variant(\\0)\ngeometry=@ByteArray(\\x1\\xff)\n"
            "state=@ByteArray(zzzz)\nrecent=[[[\nfolder=\\x0\n[favourites]\noptimizers=@Rect(1 2 3 4)\n"
        )
    assert open_window().isVisible()


def test_settings_that_may_only_be_read_do_not_keep_the_window_shut(open_window: Callable[[], MainWindow]) -> None:
    path = settings_file()
    path.parent.mkdir(parents=True)
    path.write_text("[General]\ntheme=dark\n")
    path.chmod(0o444)
    assert open_window().isVisible()


def test_reset_keeps_the_old_settings_beside_the_new_ones() -> None:
    assert settings_file() == Path(Settings().backend.fileName())
    assert back_up_settings() == "there are no settings to forget"
    path = settings_file()
    for name, content in (("Thalweg.ini.bak", "theme=dark"), ("Thalweg.ini.bak2", "theme=light")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        kept = path.with_name(name)
        assert back_up_settings() == f"all settings are as new; the old ones are kept in {kept}"
        assert not path.exists()
        assert kept.read_text() == content
    path.mkdir()
    assert back_up_settings().endswith(".bak3")


def test_nothing_is_reset_for_a_window_that_cannot_be_shown(tmp_path: Path) -> None:
    settings = tmp_path / "Thalweg" / "Thalweg.ini"
    settings.parent.mkdir()
    settings.write_text("theme=dark")
    assert run("--reset", "nothing.json", XDG_CONFIG_HOME=str(tmp_path)).returncode == 2
    assert settings.exists()
    answer = run("--reset", XDG_CONFIG_HOME=str(tmp_path))
    assert "no display" in answer.stderr
    assert settings.read_text() == "theme=dark"
