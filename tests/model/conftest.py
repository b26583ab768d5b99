"""The tests of this folder may use Qt."""

from tests.qt_fixtures import (
    application,
    discard_unsaved_work,
    no_blocking_dialogs,
    nothing_left_open,
    open_shell,
    open_window,
)

__all__ = [
    "application",
    "discard_unsaved_work",
    "no_blocking_dialogs",
    "nothing_left_open",
    "open_shell",
    "open_window",
]
