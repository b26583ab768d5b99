"""Places of floating docks: on a screen, beside the main window, and not over each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PyQt6.QtCore import QPoint, QRect, QSize
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QWidget

from app.gui.widgets.dock import Dock

MIN_VISIBLE_PIXELS = 40  # pixels of a window that must be on a screen, so that it can be moved with the mouse
GAP = 8  # pixels between a floating dock and what it does not cover
GRID_STEP = 32  # pixels between two places that are tried
MIN_SIZE = QSize(460, 380)


def is_reachable(window: QWidget) -> bool:
    """Return whether enough of the title bar of a window is on a screen to move it with the mouse."""
    title_rect = window.geometry()
    title_rect.setHeight(MIN_VISIBLE_PIXELS)
    return any(
        (visible_rect := screen.availableGeometry().intersected(title_rect)).width() >= MIN_VISIBLE_PIXELS
        and visible_rect.height() >= MIN_VISIBLE_PIXELS // 2
        for screen in QGuiApplication.screens()
    )


def best_rect(
    size: QSize, origin: QPoint, screen: QRect, window: QRect, views: QRect, floats: Sequence[QRect]
) -> QRect:
    """Return where a floating dock should open, as near to ``origin`` as possible.

    It lies on the screen and covers as little as possible: of other floating docks, then of the views, and then of the
    rest of the main window.
    """
    size = size.boundedTo(screen.size())
    last = screen.bottomRight() - QPoint(size.width() - 1, size.height() - 1)
    columns = {*range(screen.x(), last.x() + 1, GRID_STEP), last.x(), window.right() + 1 + GAP}
    columns |= {window.left() - GAP - size.width(), origin.x()}
    rows = {*range(screen.y(), last.y() + 1, GRID_STEP), last.y(), window.top(), origin.y()}
    places = [QRect(QPoint(x, y), size) for x in columns for y in rows]

    def cost(place: QRect) -> tuple[int, ...]:
        covered_floats = sum(_common_area(place, each) for each in floats)
        distance = (place.topLeft() - origin).manhattanLength()
        return covered_floats, _common_area(place, views), _common_area(place, window), distance

    return min((place for place in places if screen.contains(place)), key=cost)


def _common_area(first: QRect, second: QRect) -> int:
    common = first.intersected(second.adjusted(-GAP, -GAP, GAP, GAP))
    return common.width() * common.height() if common.isValid() else 0


def place_beside(dock: Dock, window: QWidget, views: QWidget, docks: Iterable[Dock]) -> None:
    """Give a dock that has just been detached a size and a place."""
    screen = dock.screen() or QGuiApplication.primaryScreen()
    if screen is None:
        return
    others = [each.frameGeometry() for each in docks if each is not dock and each.isFloating() and each.isVisible()]
    size = dock.size().expandedTo(MIN_SIZE)
    views_rect = QRect(views.mapToGlobal(QPoint(0, 0)), views.size())
    dock.setGeometry(
        best_rect(size, dock.pos(), screen.availableGeometry(), window.frameGeometry(), views_rect, others)
    )


def move_onto_screen(dock: Dock) -> None:
    """Move a floating dock so that all of it is on its screen; dock it again if it is out of reach."""
    if not is_reachable(dock):
        dock.setFloating(False)
        return
    screen = QGuiApplication.screenAt(dock.geometry().center()) or dock.screen()
    if screen is not None and not screen.availableGeometry().contains(dock.geometry()):
        dock.setGeometry(best_rect(dock.size(), dock.pos(), screen.availableGeometry(), QRect(), QRect(), ()))


def keep_above(docks: Iterable[Dock], window: QWidget) -> None:
    """Keep docks above the window that float since before it was shown, by showing them again.

    The desktop learns only when a window is shown to which other window it belongs.
    """
    for dock in docks:
        handle = dock.windowHandle()
        if dock.isFloating() and dock.isVisible() and handle is not None:
            dock.hide()
            handle.setTransientParent(window.windowHandle())
            dock.show()
