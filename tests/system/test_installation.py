"""What is installed: the wheel holds all of the tree, and the menu of the desktop finds the program."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from app.cli.main import main
from app.system import desktop_entry, platform_support
from app.system.desktop_entry import INSTALLED_FILES, launch_command, render_entry
from app.utils.resources import ASSETS

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "assets", "optimizers", "surfaces")


def files_of(root: Path) -> Iterator[str]:
    """The files of the tree that a program needs, by their paths from its root."""
    for room in ROOMS:
        for path in (root / room).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix()


def test_the_wheel_holds_every_file_of_the_tree_and_nothing_else(tmp_path: Path) -> None:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    build = "from setuptools.build_meta import build_wheel; build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        scripts = next(archive.read(name).decode() for name in names if name.endswith("entry_points.txt"))
    assert {name for name in names if ".dist-info/" not in name} == set(files_of(ROOT))
    assert "thalweg = app.cli.main:main" in scripts


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data for a user of Linux, whose desktop has no programs that would have to be told."""
    monkeypatch.setattr(platform_support, "LINUX", True)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "data"


def test_the_menu_entry_comes_and_goes(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--install-desktop"]) == 0
    assert str(data / "applications" / "thalweg.desktop") in capsys.readouterr().out
    assert {path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()} == set(INSTALLED_FILES)
    read = ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(data / "applications" / "thalweg.desktop", "utf-8")
    told = read["Desktop Entry"]
    assert told["Icon"] == Path(next(place for place in INSTALLED_FILES if place.endswith(".svg"))).stem
    assert told["Exec"].endswith(" %f")
    assert Path(told["TryExec"]).is_absolute()
    assert os.access(told["TryExec"], os.X_OK)
    (kind,) = filter(None, told["MimeType"].split(";"))
    described = ElementTree.parse(data / "mime" / "packages" / "thalweg.xml").getroot()
    assert [each.get("type") for each in described] == [kind]
    assert main(["--install-desktop"]) == 0
    assert main(["--uninstall-desktop"]) == 0
    assert not [path for path in data.rglob("*") if path.is_file()]
    capsys.readouterr()
    assert main(["--uninstall-desktop"]) == 0
    assert capsys.readouterr().out == "Thalweg was not in the menu\n"


def test_the_desktop_is_told_and_its_failure_is_no_fault(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("update-desktop-database", "update-mime-database"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "$1" >> {shlex.quote(str(tmp_path / "told"))}\nexit 1\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    assert main(["--install-desktop"]) == 0
    assert (tmp_path / "told").read_text().split() == [str(data / "applications"), str(data / "mime")]
    assert capsys.readouterr().err == ""


def test_a_folder_that_cannot_be_written_is_one_sentence(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data.touch()
    assert main(["--install-desktop"]) == 2
    assert re.fullmatch(r"thalweg: cannot make the folder \S+: not a directory\n", capsys.readouterr().err)


def test_a_relative_folder_of_data_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_support, "LINUX", True)
    for value in ("", "data"):
        monkeypatch.setenv("XDG_DATA_HOME", value)
        assert desktop_entry.data_home() == Path.home() / ".local" / "share"


def test_elsewhere_than_on_linux_it_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(platform_support, "LINUX", False)
    monkeypatch.setattr(sys, "platform", "win32")
    assert main(["--install-desktop"]) == 2
    assert (
        capsys.readouterr().err
        == "thalweg: the entry in the menu is for Linux; here, pin it to the task bar while it runs\n"
    )


@pytest.mark.parametrize(
    "path", ["/opt/my programs/thalweg", '/a"b/thalweg', "/a$b`c/thalweg", "/a\\b/thalweg", "/50%/thalweg"]
)
def test_the_command_is_quoted_as_the_specification_says(path: str) -> None:
    text = render_entry((ASSETS / "thalweg.desktop").read_text(encoding="utf-8"), [path, "-m"])
    (line,) = re.findall(r"(?m)^Exec=(.*) %f$", text)
    as_string = line.replace("\\\\", "\\")  # the value of a key is a string first
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', as_string)
    assert [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in words] == [path, "-m"]
    (tried,) = re.findall(r"(?m)^TryExec=(.*)$", text)
    assert tried.replace("\\\\", "\\") == path


def test_the_command_is_the_one_that_was_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "thalweg"
    script.touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(script)])
    assert launch_command() == [str(script)]
    monkeypatch.setattr(sys, "argv", ["/nowhere/thalweg"])
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
    assert launch_command() == [str(script)]
    script.unlink()
    assert launch_command() == [str(tmp_path / "python3"), "-m", "app"]
    monkeypatch.setattr(platform_support, "FROZEN", True)
    monkeypatch.setattr(sys, "executable", "/opt/thalweg/thalweg")
    assert launch_command() == ["/opt/thalweg/thalweg"]
