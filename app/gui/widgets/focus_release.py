"""Give the focus of a field back to the window, and remember the field."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from PyQt6.QtWidgets import QWidget

_last_released: WeakKeyDictionary[QWidget, QWidget] = WeakKeyDictionary()  # by window


def release_focus(field: QWidget) -> None:
    """Give the focus to the window, so that its shortcuts work again.

    Without any focus widget, Qt would focus the first control when the window is next activated.
    """
    window = field.window()
    assert window is not None
    _last_released[window] = field
    window.setFocus()


def last_released_field(window: QWidget) -> QWidget | None:
    """Return the field of a window that released the focus last; Tab continues from there."""
    return _last_released.get(window)
