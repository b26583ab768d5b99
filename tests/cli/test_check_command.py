"""``thalweg check`` on a complete machine and on machines that lack something."""

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
    check_display,
    check_fonts,
    check_packages,
    check_writable,
    is_version_unmet,
)
from app.cli.figure_checks import check_figure_fonts, check_matplotlib_settings
from app.cli.main import main
from app.gui.window.application import require_display
from app.plotting import fonts
from app.system import platform_support
from app.utils.validation import ExperimentError
from tests.cli.test_main import run_thalweg

ROOT = Path(__file__).parents[2]


def set_distribution(monkeypatch: pytest.MonkeyPatch, **os_release: str) -> None:
    """Simulate a Linux distribution with this content of /etc/os-release."""
    monkeypatch.setattr(platform_support, "LINUX", True)
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: os_release)


@pytest.mark.slow
def test_all_checks_pass_on_a_complete_machine() -> None:
    result = run_thalweg("check", QT_QPA_PLATFORM="offscreen")
    lines = result.stdout.splitlines()
    assert (result.returncode, result.stderr) == (0, "")
    assert lines[-1] == "All checks passed. The window can be opened."
    assert "ok       window: opened successfully (offscreen)" in lines
    assert {line.split()[0] for line in lines[:-1]} <= {OK, HINT, "->"}


@pytest.mark.slow
def test_a_missing_display_is_the_only_error() -> None:
    result = run_thalweg("check")
    assert result.returncode == 1
    assert [line for line in result.stdout.splitlines() if line.startswith(ERROR)] == [
        'missing  display: no display is available; use "thalweg export" to work without a display'
    ]


def test_an_unreachable_display_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    for name, value in (("WAYLAND_DISPLAY", "wayland-none"), ("XDG_RUNTIME_DIR", "/nowhere"), ("DISPLAY", ":987654")):
        monkeypatch.setenv(name, value)
    assert check_display().message.startswith("the display wayland-none and :987654 is not responding; ")


def test_an_unknown_qt_platform_is_named_by_the_check_and_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "cardboard")
    finding = check_display()
    assert finding.status == ERROR
    assert finding.message.startswith("Qt does not support the platform cardboard (available: ")
    with pytest.raises(ExperimentError, match=re.escape(finding.message)):
        require_display()


@pytest.mark.slow
@pytest.mark.parametrize("package", ["PyQt6", "matplotlib", "numpy"])
def test_a_broken_package_does_not_break_the_check(package: str, tmp_path: Path) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text(f'raise ImportError("{package} was hit by a bus")')
    result = run_thalweg("check", QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(tmp_path))
    assert result.returncode == 1
    assert result.stderr == ""
    message = re.search(r"^missing  window: (.*)$", result.stdout, re.MULTILINE)
    assert message, result.stdout
    assert f"{package} was hit by a bus" in message[1]


@pytest.mark.slow
def test_the_check_survives_an_abort_of_qt() -> None:
    finding = check_command.check_window(check_command.probe_qt("linuxfb:fb=/nowhere"))
    assert finding.status == ERROR
    assert finding.message.startswith("Failed to open framebuffer /nowhere")


def test_all_libraries_are_suggested_if_qt_names_none(monkeypatch: pytest.MonkeyPatch) -> None:
    set_distribution(monkeypatch, ID="debian")
    monkeypatch.setattr(platform_support, "qt_platform", lambda: "xcb")
    finding = check_command.check_window(
        {"fault": 'qt.qpa.plugin: Could not load the Qt platform plugin "xcb" in "" even though it was found.'}
    )
    assert finding.status == ERROR
    assert finding.fix.endswith("libxkbcommon-x11-0")


@pytest.mark.parametrize(
    ("requirement", "installed", "unmet"),
    [
        ("numpy>=1.26", "1.26", False),
        ("numpy>=1.26", "1.26.0rc1", False),
        ("numpy>=1.26", "1.9.3", True),
        ("numpy>=1.26", "2.4.6", False),
        ("numpy>=1.26", "1.26.0+local.1", False),
        ("Python", "3.12.0", False),
        ("PyQt6-Qt6!=6.11.0,!=6.11.1,>=6.7", "6.11", True),
        ("PyQt6-Qt6!=6.11.0,!=6.11.1,>=6.7", "6.11.1", True),
        ("PyQt6-Qt6!=6.11.0,!=6.11.1,>=6.7", "6.11.2", False),
        ("PyQt6-Qt6!=6.11.0,!=6.11.1,>=6.7", "6.6.9", True),
    ],
)
def test_versions_are_compared_as_numbers(requirement: str, installed: str, unmet: bool) -> None:
    assert is_version_unmet(requirement, installed) is unmet


def test_all_requirements_of_pyproject_are_understood() -> None:
    """An operator that the check does not know would be ignored silently."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for requirement in [*project["dependencies"], f"Python{project['requires-python']}"]:
        assert re.fullmatch(r"[\w-]+([<>=!]=?[\d.]+,?)+", requirement)
        assert is_version_unmet(requirement, "0.0.1")
    finding = check_packages()
    assert finding.status == OK
    assert all(re.split(r"[<>=!]", requirement)[0] in finding.message for requirement in project["dependencies"])


def test_without_the_package_that_compares_versions_the_command_installs_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_command, "find_spec", lambda name: None)
    finding = check_packages()
    assert (finding.status, finding.message) == (ERROR, "the package packaging, which Matplotlib requires, is missing")
    assert "install numpy" in finding.fix.replace("'", "")
    assert "matplotlib>=" in finding.fix


def test_an_outdated_package_comes_with_the_upgrade_command(monkeypatch: pytest.MonkeyPatch) -> None:
    real_version = check_command.metadata.version
    monkeypatch.setattr(
        check_command.metadata, "version", lambda name: "6.11.1" if name == "PyQt6-Qt6" else real_version(name)
    )
    finding = check_packages()
    assert finding.status == ERROR
    assert "required: PyQt6-Qt6" in finding.message
    assert finding.fix.startswith(sys.executable)
    assert "install --upgrade 'PyQt6-Qt6" in finding.fix


@pytest.mark.parametrize(
    ("os_release", "expected"),
    [
        ({"ID": "debian"}, "apt-get install -y libgl1 libxcb-cursor0"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "apt-get install -y libgl1 libxcb-cursor0"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "dnf install -y libglvnd-glx xcb-util-cursor"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "pacman -S --needed libglvnd xcb-util-cursor"),
        ({"ID": "nixos"}, "the packages that provide libGL.so.1, libxcb-cursor.so.0"),
        ({}, "the packages that provide libGL.so.1, libxcb-cursor.so.0"),
    ],
)
def test_missing_libraries_come_with_the_command_of_the_distribution(
    os_release: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_distribution(monkeypatch, **os_release)
    assert platform_support.library_error(["libGL.so.1", "libxcb-cursor.so.0"]).endswith(expected)


def test_root_needs_no_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    set_distribution(monkeypatch, ID="debian")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert platform_support.install_command([("a", "b", "c")]) == "sudo apt-get update && sudo apt-get install -y a"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert platform_support.install_command([("a", "b", "c")]) == "apt-get update && apt-get install -y a"


def test_missing_libraries_are_reported_before_qt_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert platform_support.missing_libraries(["libc.so.6", "libnowhere.so.9"]) == ["libnowhere.so.9"]
    monkeypatch.setattr(platform_support, "IMPORT_LIBRARIES", {"libnowhere.so.9": ("nowhere9", "nowhere", "nowhere")})
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with pytest.raises(ExperimentError, match="nowhere"):
        require_display()
    finding = check_command.check_libraries()
    assert (finding.status, "nowhere" in finding.message) == (ERROR, True)


@pytest.fixture
def compositor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Listen on a socket, as a Wayland compositor does."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.delenv("DISPLAY", raising=False)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        yield


@pytest.mark.usefixtures("compositor")
def test_wayland_is_preferred_to_x_if_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":987654")
    assert platform_support.qt_platform() == "wayland"
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-8")
    assert platform_support.qt_platform() == ""
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland;offscreen")
    assert platform_support.qt_platform() == "offscreen"


def test_unusable_settings_are_a_hint(tmp_path: Path) -> None:
    assert check_writable("settings", tmp_path / "a" / "b.ini", "x") == Finding(
        OK, "settings", f"{tmp_path}/a/b.ini (will be created)"
    )
    (tmp_path / "a" / "b.ini").mkdir(parents=True)
    finding = check_writable("settings", tmp_path / "a" / "b.ini", "settings will not be saved")
    assert (finding.status, finding.fix) == (HINT, "to rename it and start with default settings, run: thalweg --reset")
    (tmp_path / "file").touch()
    assert check_writable("settings", tmp_path / "file" / "b.ini", "x").status == HINT


def test_missing_fonts_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    set_distribution(monkeypatch, ID="arch")
    assert check_fonts(3, ["Noto Sans CJK KR"]).status == OK
    assert (check_fonts(3, []).status, check_fonts(3, []).fix.split()[-1]) == (HINT, "noto-fonts-cjk")
    assert (check_fonts(0, []).status, check_fonts(0, []).fix.split()[-1]) == (ERROR, "ttf-dejavu")


def test_a_frozen_app_does_not_suggest_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_support, "FROZEN", True)
    monkeypatch.setattr(sys, "executable", "/opt/thalweg/thalweg")
    assert "pip" not in platform_support.qt_import_error("libQt6Core is cut off")
    assert "/opt/thalweg" not in platform_support.qt_import_error("libQt6Core is cut off")


def test_help_and_unknown_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    assert "exit status" in capsys.readouterr().out
    assert main(["check", "--al"]) == 2
    assert "unrecognized arguments: --al" in capsys.readouterr().err


def test_settings_of_matplotlib_are_named_and_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("MPLBACKEND", "MATPLOTLIBRC", "MPLCONFIGDIR"):
        monkeypatch.delenv(name, raising=False)
    assert check_matplotlib_settings() == Finding(OK, "Matplotlib settings", "Thalweg's own")
    for name in ("here", "named", "config"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "matplotlibrc").write_text("text.usetex: True")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "named"))
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "config"))
    monkeypatch.setenv("MPLBACKEND", "module://nowhere")
    finding = check_matplotlib_settings()
    assert (finding.status, finding.fix) == (OK, "")
    paths = [str(tmp_path / name / "matplotlibrc") for name in ("here", "named", "config")]
    assert finding.message == (
        f"{' and '.join([*paths, 'MPLBACKEND=module://nowhere'])} ignored; figures use Thalweg's own"
    )


def test_the_fonts_of_figures_are_named_and_missing_ones_come_with_their_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_distribution(monkeypatch, ID="debian")
    findings = list(check_figure_fonts())
    assert findings[0].status == OK
    assert findings[0].message.startswith("DejaVu Sans")
    available = {"DejaVu Sans", "Last Resort High-Efficiency"}
    monkeypatch.setattr(fonts, "_families_and_missing", lambda family, characters: ((family,), characters))
    assert available >= set(fonts.font_families("한"))
    findings = list(check_figure_fonts())
    assert findings[0] == Finding(OK, "figure fonts", "DejaVu Sans")
    assert [(each.status, each.fix.split()[-1]) for each in findings[1:]] == [
        *[(HINT, "fonts-noto-cjk")] * 3,
        (HINT, "fonts-symbola"),
    ]


@pytest.mark.slow
def test_the_check_passes_where_jupyter_and_a_matplotlibrc_would_break_matplotlib(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_bytes(b"backend: \xff")
    result = run_thalweg(
        "check", QT_QPA_PLATFORM="offscreen", MPLBACKEND="module://nowhere", MATPLOTLIBRC=str(tmp_path)
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "ok       window: opened successfully" in result.stdout
    assert f"{tmp_path / 'matplotlibrc'} and MPLBACKEND=module://nowhere ignored" in result.stdout
