"""The tests of this folder may use Qt, and a response may take as long as it needs."""

from __future__ import annotations

import pytest

from tests.qt_fixtures import (
    application,
    discard_unsaved_work,
    no_blocking_dialogs,
    nothing_left_open,
    open_window,
)

__all__ = [
    "application",
    "discard_unsaved_work",
    "no_blocking_dialogs",
    "nothing_left_open",
    "open_window",
]


@pytest.fixture(autouse=True)
def unlimited_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not limit the time of a response, so that results do not depend on the load of the machine."""
    for module in ("frame_advance", "pending_work", "session"):
        monkeypatch.setattr(f"app.session.{module}.RESPONSE_SECONDS", 60.0)
    monkeypatch.setattr("app.session.map_store.DRAG_SECONDS", 60.0)
