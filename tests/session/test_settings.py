"""Settings of parallel instances are merged; values that are unusable count as missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import QByteArray

from app.session.settings import MAX_BYTES, MAX_RECENT_FILES, Settings
from tests.processes import ROOT


def run_other_instance(code: str) -> str:
    """Run code with the settings of another process, which stores them, and return what it prints."""
    start = "from pathlib import Path; from app.session.settings import Settings; settings = Settings()"
    command = [sys.executable, "-c", f"{start}\n{code}\nsettings.backend.sync()"]
    return subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout


@pytest.mark.slow
def test_recent_files_of_parallel_instances_are_merged() -> None:
    settings = Settings()
    settings.add_recent_file(Path("/a.json"))
    run_other_instance("settings.add_recent_file(Path('/b.json'))")
    settings.add_recent_file(Path("/c.json"))
    assert run_other_instance("print(*settings.recent_files())").split() == ["/c.json", "/b.json", "/a.json"]
    run_other_instance("settings.add_recent_file(Path('/d.json'))")
    settings.remove_recent_files(Path("/a.json"))
    assert run_other_instance("print(*settings.recent_files())").split() == ["/d.json", "/c.json", "/b.json"]


def test_favorites_of_parallel_instances_are_merged() -> None:
    settings = Settings()
    settings.set_favorite("optimizer", "lion", True)
    run_other_instance(
        "settings.set_favorite('optimizer', 'sgd', False); settings.set_favorite('surface', 'ackley', True)"
    )
    settings.set_favorite("optimizer", "lars", True)
    favorites = run_other_instance("print(*settings.favorites('optimizer'))").split()
    assert {"lion", "lars"} <= set(favorites)
    assert "sgd" not in favorites
    assert "ackley" in settings.favorites("surface")


@pytest.mark.slow
def test_an_instance_writes_only_what_it_has_changed() -> None:
    settings = Settings()
    settings.set_value("theme", "dark")
    settings.backend.sync()
    assert (settings.get_number("speed", 60.0), settings.get_text("theme")) == (60.0, "dark")
    run_other_instance("settings.set_value('speed', 120.0); settings.set_value('theme', 'light')")
    settings.set_value("speed", 60.0)
    settings.set_value("theme", "dark")
    settings.set_value("equal", True)
    settings.backend.sync()
    code = "print(settings.get_number('speed', 0), settings.get_text('theme'), settings.get_bool('equal', False))"
    assert run_other_instance(code) == "120.0 light True\n"
    settings.set_value("theme", "paper")
    settings.backend.sync()
    assert run_other_instance("print(settings.get_text('theme'))") == "paper\n"


@pytest.mark.parametrize("folder", ["", "\0", "x" * 10_000, "/dev/null"])
def test_an_unusable_folder_is_the_home_folder(folder: str) -> None:
    settings = Settings()
    settings.set_value("folder", folder)
    assert settings.last_folder() == Path.home()


def test_huge_values_are_cut_off_or_ignored() -> None:
    settings = Settings()
    settings.set_value("recent", json.dumps([f"/{k}.json" for k in range(10_000)]))
    assert settings.recent_files() == [Path(f"/{k}.json") for k in range(MAX_RECENT_FILES)]
    settings.set_value("layout/window", QByteArray(bytes(MAX_BYTES + 1)))
    assert settings.get_bytes("layout/window") is None


def test_removing_a_group_leaves_the_other_values() -> None:
    settings = Settings()
    assert not settings.remove_group("layout")
    settings.set_value("layout/window", QByteArray(b"x"))
    settings.set_value("theme", "dark")
    assert settings.remove_group("layout")
    assert settings.get_bytes("layout/window") is None
    assert settings.get_text("theme") == "dark"
