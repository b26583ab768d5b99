"""The installed command on a virtual screen, operated with xdotool."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

pytestmark = pytest.mark.screen
PATIENCE = 30.0


def until(happened: Callable[[], object], what: str) -> object:
    """Wait until a condition holds; fail with its name after PATIENCE seconds."""
    pause = Event()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        result = happened()
        if result:
            return result
        pause.wait(0.1)
    pytest.fail(f"waited in vain for {what}")


def start_server(screen: str) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    """Start an X server with a screen, and return it and the environment for programs on it."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", screen, "-nolisten", "tcp", "-noreset"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    environment = {key: value for key, value in os.environ.items() if key not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    return server, {**environment, "DISPLAY": f":{number}"}


@pytest.fixture
def screen() -> Iterator[dict[str, str]]:
    """Start an X server with a window manager and yield the environment for programs on it."""
    for program in ("Xvfb", "openbox", "xdotool"):
        assert shutil.which(program), f"{program} is not installed: apt-get install xvfb openbox xdotool"
    server, environment = start_server("1280x720x24")
    manager = subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    yield environment
    for process in (manager, server):
        process.terminate()
        process.wait(PATIENCE)


def test_the_installed_command_can_be_played_changed_and_closed(screen: dict[str, str], tmp_path: Path) -> None:
    def xdotool(*arguments: str) -> str:
        return subprocess.run(["xdotool", *arguments], env=screen, capture_output=True, text=True).stdout.strip()

    command = Path(sys.executable).parent / "thalweg"
    assert command.exists(), "install the project first"
    environment = {**screen, "XDG_CONFIG_HOME": str(tmp_path)}
    program = subprocess.Popen([str(command), "elongated_bowl"], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        window = until(lambda: xdotool("search", "--onlyvisible", "--name", "Elongated bowl"), "the window")
        assert isinstance(window, str)
        image = tmp_path / "out.png"
        xdotool("windowactivate", "--sync", window)
        until(lambda: xdotool("getactivewindow") == window, "the focus")
        xdotool("key", "space")
        xdotool("key", "Right")
        xdotool("key", "ctrl+e")
        dialog = until(lambda: xdotool("search", "--onlyvisible", "--name", "^Export Figure$"), "the export dialog")
        assert isinstance(dialog, str)
        xdotool("key", "Return")
        until(
            lambda: xdotool("search", "--onlyvisible", "--name", "^Export Figure$") not in ("", dialog),
            "the file dialog",
        )
        xdotool("type", str(image))
        xdotool("key", "Return")
        until(image.exists, "the picture")
        xdotool("windowactivate", "--sync", window)
        xdotool("key", "ctrl+q")
        assert program.wait(PATIENCE) == 0
    finally:
        if program.poll() is None:
            program.send_signal(signal.SIGKILL)
        assert program.stderr is not None
        errors = program.stderr.read()
        program.stderr.close()
        program.wait(PATIENCE)
    assert errors == ""
    from app.io.experiment_files import load

    assert load(image).surface_id == "elongated_bowl"


def test_the_check_command_opens_its_own_window(screen: dict[str, str], tmp_path: Path) -> None:
    command = Path(sys.executable).parent / "thalweg"
    environment = {**screen, "XDG_CONFIG_HOME": str(tmp_path)}
    result = subprocess.run([str(command), "check"], env=environment, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
    assert "ok       window: opened successfully (xcb)" in result.stdout


def test_a_display_of_eight_bits_gets_one_sentence(tmp_path: Path) -> None:
    server, environment = start_server("800x600x8")
    try:
        command = [str(Path(sys.executable).parent / "thalweg")]
        environment["XDG_CONFIG_HOME"] = str(tmp_path)
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    finally:
        server.terminate()
        server.wait(PATIENCE)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        f"thalweg: the display {environment['DISPLAY']} has 8 bits per pixel; Qt requires 15 or more; "
        'use "thalweg export" to work without a display\n'
    )
