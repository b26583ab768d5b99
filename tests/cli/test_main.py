"""Command line: the commands, and one sentence with exit status 2 for invalid input."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from app.cli import export_jobs
from app.cli.main import COMMANDS, main
from app.gui.window.main_window import MainWindow
from app.io.experiment_files import load
from app.io.experiment_json import to_json
from app.model.experiment import DEFAULT_EXPERIMENT
from app.session.settings import Settings
from app.system.package_versions import version
from app.system.settings_file import back_up_settings, settings_file
from optimizers import MODIFIERS, OPTIMIZERS
from surfaces import SURFACES


def run_thalweg(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {
        key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        capture_output=True,
        text=True,
        env={**inherited, **environment},
        cwd=Path(__file__).parents[2],
    )


def test_export_from_arguments_alone(tmp_path: Path) -> None:
    image_path, table_path = tmp_path / "a.png", tmp_path / "b.csv"
    runs = ["--run", "adam lr=0.05", "--run", "momentum lr=0.0005 momentum=0.9"]
    arguments = ["--surface", "rosenbrock", "--start=-1.5,2", *runs, "--steps", "30"]
    assert main(["export", *arguments, "--to", str(image_path), str(table_path)]) == 0
    loaded = load(image_path)
    assert (loaded.surface_id, loaded.start, loaded.steps, loaded.names) == (
        "rosenbrock",
        (-1.5, 2.0),
        30,
        ["adam", "momentum"],
    )
    assert len(table_path.read_text().splitlines()) == 1 + 2 * 31


def test_export_from_a_file_or_an_example(tmp_path: Path) -> None:
    experiment_path = tmp_path / "mine.json"
    experiment_path.write_text(to_json(DEFAULT_EXPERIMENT))
    assert main(["export", str(experiment_path), "--steps", "5", "--to", str(tmp_path / "a.csv")]) == 0
    assert main(["export", "elongated_bowl", "--to", str(tmp_path / "b.csv")]) == 0
    assert (tmp_path / "b.csv").read_text().splitlines()[3].startswith("2,sgd,-5.733175,1.6199999999999997,")
    assert len((tmp_path / "b.csv").read_text().splitlines()) == 31


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["export", "--surface", "rosenbrok", "--to", "a.png"],
            "unknown surface 'rosenbrok'; choose from rosenbrock",
        ),
        (["export", "--run", "adma", "--to", "a.png"], "unknown optimizer 'adma'; choose from"),
        (["export", "--run", " ", "--to", "a.png"], 'see "thalweg list optimizers"'),
        (["export", "--run", "adam weight_decy=0", "--to", "a.png"], "modifiers: weight_decay, "),
        (
            ["export", "--run", "adam beta3=1", "--to", "a.png"],
            "adam has no hyperparameter 'beta3'; available: lr, beta1, beta2, eps",
        ),
        (["export", "--run", "adam lr=abc", "--to", "a.png"], "lr of adam must be a finite number, not 'abc'"),
        (["export", "--run", "adam lr=nan", "--to", "a.png"], "lr of adam must be a finite number, not 'nan'"),
        (["export", "--start", "1", "--to", "a.png"], "--start requires two numbers"),
        (["export", "--start", "1,nan", "--to", "a.png"], "start y must be a finite number"),
        (["export", "--steps", "1.5", "--to", "a.png"], "steps must be an integer"),
        (["export", "--steps", "-1", "--to", "a.png"], "steps must be an integer"),
        (["export", "--dpi", "x", "--to", "a.png"], "dpi must be a finite number"),
        (["export", "--view", "loess", "--to", "a.png"], "choose from all, contour"),
        (["export", "--theme", "red", "--to", "a.png"], "choose from light, dark"),
        (["export", "--to", "a.xyz"], "use one of .png"),
        (["export", "--to", "gone/a.png"], "does not exist"),
        (["export", "nothing.json", "--to", "a.png"], "there is no file or example named 'nothing.json'"),
        (["export", "broken.json", "--to", "a.png"], "the file is incomplete"),
        (["export", "foreign.json", "--to", "a.png"], 'the key "thalweg" is missing'),
        (["export"], "the following arguments are required: --to"),
        (["list"], 'name a category, as in "thalweg list optimizers"; the categories are optimizers, modifiers,'),
        (["list", "colors"], "unknown category 'colors'; choose from optimizers, modifiers, surfaces"),
        (["nothing.json"], "there is no file or example named 'nothing.json'"),
        (["--surface", "x"], "unrecognized arguments"),
    ],
)
def test_bad_input_is_one_sentence(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "broken.json").write_text('{"thalweg": 1')
    (tmp_path / "foreign.json").write_text('{"name": "x"}')
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("thalweg: ")
    assert captured.err.count("\n") == 1
    assert message in captured.err
    assert captured.out == ""
    assert {path.name for path in tmp_path.iterdir()} <= {"broken.json", "foreign.json"}


@pytest.mark.parametrize("arguments", [
    ["export", "--run", "", "--to", "a.png"],
    ["export", "--run", "x" * 5000, "--to", "a.png"],
    ["export", "--run", "adam beta3=1", "--to", "a.png"],
    ["export", "--run", f"adam {'x' * 5000}=1", "--to", "a.png"],
    ["export", "--set", f"{'x' * 5000}=1", "--to", "a.png"],
    ["export", "--surface", "x" * 5000, "--to", "a.png"],
    ["export", f"--{'x' * 5000}", "--to", "a.png"],
    ["list", "x\n" * 5000],
])  # fmt: skip
def test_an_error_message_stays_short(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    message = capsys.readouterr().err
    assert len(message) < 330
    assert message.count("\n") == 1


def test_list_prints_all_names(capsys: pytest.CaptureFixture[str]) -> None:
    for category, names in (
        ("optimizers", OPTIMIZERS),
        ("surfaces", SURFACES),
        ("modifiers", MODIFIERS),
        ("parts", MODIFIERS),  # the former name
        ("examples", ["elongated_bowl", "rosenbrock_momentum", "linear_regression"]),
    ):
        assert main(["list", category]) == 0
        names_in_output = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
        assert set(names) <= set(names_in_output)


def test_the_help_lists_the_commands_with_one_line_each(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for arguments in (["--help"], ["-h"], ["race.json", "--help"]):
        assert main(arguments) == 0
        text = capsys.readouterr().out
        assert text.startswith("usage: thalweg [EXPERIMENT] [options]\n       thalweg COMMAND ...\n")
        assert max(map(len, text.splitlines())) <= 80
        options, commands = text.split("\n  COMMAND\n")
        assert [line.split()[0] for line in commands.splitlines()] == list(COMMANDS)
        assert all(name in options for name in ("experiment", "--reset", "--install-desktop", "--version"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_own_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main([command, "--help"])
    assert exit_info.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: thalweg {command} ")


@pytest.mark.parametrize("encoding", ["cp949", "cp932", "cp1251", "ascii"])
def test_lists_and_help_are_printed_in_any_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = [["list", what] for what in ("optimizers", "modifiers", "surfaces", "examples", "formats")]
    for arguments in (*lists, ["--help"], *([command, "--help"] for command in COMMANDS)):
        console = io.TextIOWrapper(io.BytesIO(), encoding)
        monkeypatch.setattr(sys, "stdout", console)
        with suppress(SystemExit):
            assert main(arguments) == 0
        console.flush()
        assert console.buffer.getvalue().count(b"\n") >= 5, arguments  # type: ignore[attr-defined]


@pytest.mark.slow
def test_real_consoles_of_any_encoding(tmp_path: Path) -> None:
    for arguments, status in ((["list", "surfaces"], 0), (["check"], 0), ([str(tmp_path / "뮐러.json")], 2)):
        result = run_thalweg(*arguments, PYTHONIOENCODING="ascii", QT_QPA_PLATFORM="offscreen")
        assert (result.returncode, "UnicodeEncodeError" in result.stderr) == (status, False)


def test_version_is_printed() -> None:
    result = run_thalweg("--version")
    assert (result.returncode, result.stdout) == (0, f"thalweg {version()}\n")


def test_a_missing_display_is_one_sentence() -> None:
    result = run_thalweg()
    assert result.returncode == 2
    assert result.stderr == 'thalweg: no display is available; use "thalweg export" to work without a display\n'
    result = run_thalweg(DISPLAY=":987654")
    assert result.returncode == 2
    assert result.stderr.startswith("thalweg: the display :987654 is not responding")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("exprot", "no such file or command: exprot. Did you mean export?"),
        ("lists", "no such file or command: lists. Did you mean list?"),
        ("chekc", "no such file or command: chekc. Did you mean check?"),
        ("reset", "no such file or command: reset. Did you mean --reset?"),
    ],
)
def test_a_misspelled_command_gets_a_suggestion(command: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--to", "a.png"]) == 2
    assert capsys.readouterr().err == f"thalweg: {message}\n"


def test_a_file_may_have_the_name_of_a_misspelled_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exprot").write_text("not valid JSON")
    assert main(["exprot"]) == 2
    assert "cannot open exprot" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MemoryError(), "not enough memory"),
        (ZeroDivisionError("by\nzero"), "internal error (ZeroDivisionError: by�zero)"),
        (
            ModuleNotFoundError("No module named 'PIL'"),
            "a required package is missing or broken (No module named 'PIL'); run \"thalweg check\"",
        ),
    ],
)
def test_an_unexpected_error_is_one_sentence(
    error: Exception, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.delenv("THALWEG_TRACEBACK", raising=False)
    monkeypatch.setattr(export_jobs, "_simulate", fail)
    arguments = ["export", "--steps", "3", "--to", str(tmp_path / "a.csv")]
    assert main(arguments) == 1
    output = capsys.readouterr().err
    assert output.startswith(f"thalweg: {message}")
    assert output.endswith(" (set THALWEG_TRACEBACK=1 to see the traceback)\n")
    assert output.count("\n") == 1
    monkeypatch.setenv("THALWEG_TRACEBACK", "1")
    with pytest.raises(type(error)):
        main(arguments)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bytes", "folder", "text"])
def test_the_window_opens_with_invalid_settings(kind: str, open_window: Callable[[], MainWindow]) -> None:
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


@pytest.mark.slow
def test_the_window_opens_with_read_only_settings(open_window: Callable[[], MainWindow]) -> None:
    path = settings_file()
    path.parent.mkdir(parents=True)
    path.write_text("[General]\ntheme=dark\n")
    path.chmod(0o444)
    assert open_window().isVisible()


def test_reset_keeps_a_backup_of_the_settings() -> None:
    name = "S(S.Format.IniFormat, S.Scope.UserScope, 'Thalweg', 'Thalweg').fileName()"
    code = f"from PyQt6.QtCore import QSettings as S; print({name})"
    found_by_qt = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert str(settings_file()) == found_by_qt.strip() == Settings().backend.fileName()
    assert back_up_settings() == "There are no settings to reset."
    path = settings_file()
    for name, text in (("Thalweg.ini.bak", "theme=dark"), ("Thalweg.ini.bak2", "theme=light")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        backup = path.with_name(name)
        assert back_up_settings() == f"All settings were reset. The old settings were saved to {backup}"
        assert not path.exists()
        assert backup.read_text() == text
    path.mkdir()
    assert back_up_settings().endswith(".bak3")


def test_reset_without_a_display_keeps_the_settings(tmp_path: Path) -> None:
    settings = tmp_path / "Thalweg" / "Thalweg.ini"
    settings.parent.mkdir()
    settings.write_text("theme=dark")
    assert run_thalweg("--reset", "nothing.json", XDG_CONFIG_HOME=str(tmp_path)).returncode == 2
    assert settings.exists()
    result = run_thalweg("--reset", XDG_CONFIG_HOME=str(tmp_path))
    assert "no display" in result.stderr
    assert settings.read_text() == "theme=dark"
