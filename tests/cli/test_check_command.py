"""``thalweg check``: what it says of a machine that has all, and of one that lacks something."""

from __future__ import annotations

import os
import platform
import re
import socket
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import check_command
from app.cli.check_command import (
    ERROR,
    HINT,
    OK,
    Finding,
    check,
    check_display,
    check_fonts,
    check_packages,
    check_writable,
    is_version_unmet,
)
from app.gui.window.application import require_display
from app.system import platform_support
from app.utils.validation import ExperimentError
from tests.cli.test_main import run

ROOT = Path(__file__).parents[2]


def on(monkeypatch: pytest.MonkeyPatch, **told: str) -> None:
    """Let it be a Linux whose /etc/os-release says this."""
    monkeypatch.setattr(platform_support, "LINUX", True)
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: told)


def test_a_machine_with_all_shows_the_window() -> None:
    answer = run("check", QT_QPA_PLATFORM="offscreen")
    lines = answer.stdout.splitlines()
    assert (answer.returncode, answer.stderr) == (0, "")
    assert lines[-1] == "The window can be shown."
    assert "ok       window: one was opened and painted (offscreen)" in lines
    assert {line.split()[0] for line in lines[:-1]} <= {OK, HINT, "->"}


def test_without_a_display_it_is_the_display_that_is_missing() -> None:
    answer = run("check")
    assert answer.returncode == 1
    assert [line for line in answer.stdout.splitlines() if line.startswith(ERROR)] == [
        'missing  display: there is no display to open a window on; "thalweg export" works without one'
    ]


def test_a_display_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    for name, value in (("WAYLAND_DISPLAY", "wayland-none"), ("XDG_RUNTIME_DIR", "/nowhere"), ("DISPLAY", ":987654")):
        monkeypatch.setenv(name, value)
    assert check_display().message.startswith("the display wayland-none and :987654 does not answer; ")


def test_a_platform_that_qt_does_not_have_is_named_by_the_check_and_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "cardboard")
    found = check_display()
    assert found.status == ERROR
    assert found.message.startswith("Qt has no platform cardboard, only ")
    with pytest.raises(ExperimentError, match=re.escape(found.message)):
        require_display()


@pytest.mark.parametrize("package", ["PyQt6", "matplotlib", "numpy"])
def test_a_broken_package_does_not_break_the_check(package: str, tmp_path: Path) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text(f'raise ImportError("{package} was hit by a bus")')
    answer = run("check", QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(tmp_path))
    assert answer.returncode == 1
    assert answer.stderr == ""
    found = re.search(r"^missing  window: (.*)$", answer.stdout, re.MULTILINE)
    assert found, answer.stdout
    assert f"{package} was hit by a bus" in found[1]


def test_qt_that_ends_the_process_is_survived() -> None:
    found = check_command.check_window(check_command.probe_qt("linuxfb:fb=/nowhere"))
    assert found.status == ERROR
    assert found.message.startswith("Failed to open framebuffer /nowhere")


def test_where_qt_does_not_say_what_it_misses_all_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, ID="debian")
    monkeypatch.setattr(platform_support, "qt_platform", lambda: "xcb")
    found = check_command.check_window(
        {"fault": 'qt.qpa.plugin: Could not load the Qt platform plugin "xcb" in "" even though it was found.'}
    )
    assert found.status == ERROR
    assert found.fix.endswith("libxkbcommon-x11-0")


@pytest.mark.parametrize(
    ("requirement", "installed", "answer"),
    [
        ("numpy>=1.26", "1.26", False),
        ("numpy>=1.26", "1.26.0rc1", False),
        ("numpy>=1.26", "1.9.3", True),
        ("numpy>=1.26", "2.4.6", False),
        ("PyQt6-Qt6!=6.11.0,!=6.11.1,>=6.7", "6.11", True),
        ("PyQt6-Qt6!=6.11.0,!=6.11.1,>=6.7", "6.11.1", True),
        ("PyQt6-Qt6!=6.11.0,!=6.11.1,>=6.7", "6.11.2", False),
        ("PyQt6-Qt6!=6.11.0,!=6.11.1,>=6.7", "6.6.9", True),
    ],
)
def test_versions_are_compared_as_numbers(requirement: str, installed: str, answer: bool) -> None:
    assert is_version_unmet(requirement, installed) is answer


def test_all_that_pyproject_asks_for_is_read() -> None:
    """A sign that the check does not know would be passed over in silence."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for requirement in [*project["dependencies"], f"Python{project['requires-python']}"]:
        assert re.fullmatch(r"[\w-]+([<>=!]=?[\d.]+,?)+", requirement)
        assert is_version_unmet(requirement, "0.0.1")
    found = check_packages()
    assert found.status == OK
    assert all(re.split(r"[<>=!]", requirement)[0] in found.message for requirement in project["dependencies"])


def test_a_package_that_is_too_old_comes_with_the_line_that_renews_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = check_command.metadata.version
    monkeypatch.setattr(check_command.metadata, "version", lambda name: "6.11.1" if name == "PyQt6-Qt6" else real(name))
    found = check_packages()
    assert found.status == ERROR
    assert "needed are PyQt6-Qt6" in found.message
    assert found.fix.startswith(sys.executable)
    assert "install --upgrade 'PyQt6-Qt6" in found.fix


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ({"ID": "debian"}, "apt-get install -y libgl1 libxcb-cursor0"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "apt-get install -y libgl1 libxcb-cursor0"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "dnf install -y libglvnd-glx xcb-util-cursor"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "pacman -S --needed libglvnd xcb-util-cursor"),
        ({"ID": "nixos"}, "the packages that hold libGL.so.1, libxcb-cursor.so.0"),
        ({}, "the packages that hold libGL.so.1, libxcb-cursor.so.0"),
    ],
)
def test_missing_libraries_come_with_the_line_of_this_distribution(
    told: dict[str, str], line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch, **told)
    assert platform_support.library_error(["libGL.so.1", "libxcb-cursor.so.0"]).endswith(line)


def test_only_a_user_needs_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, ID="debian")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert platform_support.install_command([("a", "b", "c")]) == "sudo apt-get update && sudo apt-get install -y a"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert platform_support.install_command([("a", "b", "c")]) == "apt-get update && apt-get install -y a"


def test_missing_libraries_are_found_and_said_before_qt_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert platform_support.missing_libraries(["libc.so.6", "libnowhere.so.9"]) == ["libnowhere.so.9"]
    monkeypatch.setattr(platform_support, "IMPORT_LIBRARIES", {"libnowhere.so.9": ("nowhere9", "nowhere", "nowhere")})
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with pytest.raises(ExperimentError, match="nowhere"):
        require_display()
    found = check_command.check_libraries()
    assert (found.status, "nowhere" in found.message) == (ERROR, True)


@pytest.fixture
def compositor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Something that answers as a Wayland compositor would."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.delenv("DISPLAY", raising=False)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "wayland-7"))
        door.listen()
        yield


@pytest.mark.usefixtures("compositor")
def test_wayland_is_chosen_before_x_if_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":987654")
    assert platform_support.qt_platform() == "wayland"
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-8")
    assert platform_support.qt_platform() == ""
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland;offscreen")
    assert platform_support.qt_platform() == "offscreen"


def test_settings_that_cannot_be_used_are_a_hint(tmp_path: Path) -> None:
    assert check_writable("settings", tmp_path / "a" / "b.ini", "x") == Finding(
        OK, "settings", f"{tmp_path}/a/b.ini, not there yet"
    )
    (tmp_path / "a" / "b.ini").mkdir(parents=True)
    found = check_writable("settings", tmp_path / "a" / "b.ini", "nothing is remembered")
    assert (found.status, found.fix) == (HINT, "thalweg --reset puts it aside")
    (tmp_path / "file").touch()
    assert check_writable("settings", tmp_path / "file" / "b.ini", "x").status == HINT


def test_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, ID="arch")
    assert check_fonts(3, ["Noto Sans CJK KR"]).status == OK
    assert (check_fonts(3, []).status, check_fonts(3, []).fix.split()[-1]) == (HINT, "noto-fonts-cjk")
    assert (check_fonts(0, []).status, check_fonts(0, []).fix.split()[-1]) == (ERROR, "ttf-dejavu")


def test_a_bundle_does_not_tell_to_run_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_support, "FROZEN", True)
    monkeypatch.setattr(sys, "executable", "/opt/thalweg/thalweg")
    assert "pip" not in platform_support.qt_import_error("libQt6Core is cut off")
    assert "/opt/thalweg" not in platform_support.qt_import_error("libQt6Core is cut off")


def test_help_and_bad_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        check(["--help"])
    assert "exit status" in capsys.readouterr().out
    with pytest.raises(ExperimentError, match="unrecognized arguments: --al"):
        check(["--al"])
