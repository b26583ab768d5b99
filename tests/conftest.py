"""Fixtures of all tests: a settings folder of their own, English texts, and no thread that outlives a test."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest

import app.plotting  # noqa: F401 (first, because it imports matplotlib under the settings of the program)
from app.utils.i18n import ENGLISH, set_language

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything imports Qt

FOLDER_NUMBERS = count()

collect_ignore = [] if find_spec("torch") else ["optimizers/test_torch.py", "export/test_torch_script.py"]


@pytest.fixture(autouse=True)
def settings_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a test a settings folder of its own, which does not exist yet: most tests never write one."""
    folder = tmp_path_factory.getbasetemp() / "config" / str(next(FOLDER_NUMBERS))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start every test in English, whatever the language of the machine or of the test before."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield
    set_language(ENGLISH)


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    """Fail a test that leaves a thread running."""
    before = threading.active_count()
    yield
    assert threading.active_count() == before
