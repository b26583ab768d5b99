"""Installation: the contents of the wheel, and the entry in the desktop menu."""

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
PACKAGED_FOLDERS = ("app", "assets", "optimizers", "surfaces")


def packaged_files(root: Path) -> Iterator[str]:
    """Yield the paths of all files that a program needs, relative to the root."""
    for folder in PACKAGED_FOLDERS:
        for path in (root / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix()


def test_wheel_contains_every_file_of_the_packages_and_nothing_else(tmp_path: Path) -> None:
    for folder in PACKAGED_FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    build = "from setuptools.build_meta import build_wheel; build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        scripts = next(archive.read(name).decode() for name in names if name.endswith("entry_points.txt"))
    assert {name for name in names if ".dist-info/" not in name} == set(packaged_files(ROOT))
    assert "thalweg = app.cli.main:main" in scripts


@pytest.fixture
def data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the data folder of a user on Linux whose desktop has no programs for updating databases."""
    monkeypatch.setattr(platform_support, "LINUX", True)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "data"


def test_menu_entry_can_be_installed_and_uninstalled(data_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--install-desktop"]) == 0
    assert str(data_home / "applications" / "thalweg.desktop") in capsys.readouterr().out
    assert {path.relative_to(data_home).as_posix() for path in data_home.rglob("*") if path.is_file()} == set(
        INSTALLED_FILES
    )
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(data_home / "applications" / "thalweg.desktop", "utf-8")
    entry = parser["Desktop Entry"]
    assert entry["Icon"] == Path(next(path for path in INSTALLED_FILES if path.endswith(".svg"))).stem
    assert entry["Exec"].endswith(" %f")
    assert Path(entry["TryExec"]).is_absolute()
    assert os.access(entry["TryExec"], os.X_OK)
    (mime_type,) = filter(None, entry["MimeType"].split(";"))
    mime_types = ElementTree.parse(data_home / "mime" / "packages" / "thalweg.xml").getroot()
    assert [element.get("type") for element in mime_types] == [mime_type]
    assert main(["--install-desktop"]) == 0
    assert main(["--uninstall-desktop"]) == 0
    assert not [path for path in data_home.rglob("*") if path.is_file()]
    capsys.readouterr()
    assert main(["--uninstall-desktop"]) == 0
    assert capsys.readouterr().out == "Thalweg was not in the application menu.\n"


def test_databases_are_updated_and_their_failure_is_ignored(
    data_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("update-desktop-database", "update-mime-database"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "$1" >> {shlex.quote(str(tmp_path / "updated"))}\nexit 1\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    assert main(["--install-desktop"]) == 0
    assert (tmp_path / "updated").read_text().split() == [str(data_home / "applications"), str(data_home / "mime")]
    assert capsys.readouterr().err == ""


def test_folder_that_cannot_be_created_is_reported_in_one_sentence(
    data_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data_home.touch()
    assert main(["--install-desktop"]) == 2
    assert re.fullmatch(r"thalweg: cannot create the folder \S+: not a directory\n", capsys.readouterr().err)


def test_relative_xdg_data_home_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_support, "LINUX", True)
    for value in ("", "data"):
        monkeypatch.setenv("XDG_DATA_HOME", value)
        assert desktop_entry.data_home() == Path.home() / ".local" / "share"


def test_installing_the_menu_entry_is_refused_on_other_systems(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(platform_support, "LINUX", False)
    monkeypatch.setattr(sys, "platform", "win32")
    assert main(["--install-desktop"]) == 2
    assert capsys.readouterr().err == (
        "thalweg: --install-desktop is only available on Linux; instead, pin it to the taskbar while it is running\n"
    )


@pytest.mark.parametrize(
    "path", ["/opt/my programs/thalweg", '/a"b/thalweg', "/a$b`c/thalweg", "/a\\b/thalweg", "/50%/thalweg"]
)
def test_command_is_quoted_as_the_specification_requires(path: str) -> None:
    text = render_entry((ASSETS / "thalweg.desktop").read_text(encoding="utf-8"), [path, "-m"])
    (line,) = re.findall(r"(?m)^Exec=(.*) %f$", text)
    unescaped = line.replace("\\\\", "\\")  # the escaping of a string value
    arguments = re.findall(r'"((?:[^"\\]|\\.)*)"', unescaped)
    assert [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in arguments] == [path, "-m"]
    (try_exec,) = re.findall(r"(?m)^TryExec=(.*)$", text)
    assert try_exec.replace("\\\\", "\\") == path


def test_launch_command_is_the_script_that_was_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
