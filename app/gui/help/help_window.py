"""The help window: the chosen optimizer and the surface, told at length, beside the race that they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QDialog, QTabWidget, QVBoxLayout

from app.gui.help.help_browser import Browser
from app.gui.help.help_pages import optimizer_page, surface_page
from app.utils.i18n import tr

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

SIZE, GAP = QSize(580, 640), 12  # pixels, and from the side panel, which it leaves free


class Guide(QDialog):
    """Two pages, one for the optimizer of the chosen run, one for the surface; they follow what is chosen and turned."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setObjectName("guide")
        self.main = window
        self.pages = QTabWidget(documentMode=True)
        self.optimizer, self.surface = Browser(), Browser()
        for page in (self.optimizer, self.surface):
            self.pages.addTab(page, "")
        self.pages.currentChanged.connect(lambda _: self.refresh())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.addWidget(self.pages)
        self._place()

    def _place(self) -> None:
        """Beside the side panel, on the screen."""
        screen = self.screen()
        assert screen is not None
        room, side = screen.availableGeometry(), self.main.side
        self.resize(SIZE.boundedTo(room.size() - QSize(GAP, 4 * GAP)))
        corner = side.mapToGlobal(QPoint(0, 0)) - QPoint(self.width() + GAP, 0)
        if side.isVisible() and corner.x() >= room.left():
            self.move(corner.x(), max(min(corner.y(), room.bottom() - self.height() - 3 * GAP), room.top()))

    def refresh(self) -> None:
        """Tell what is shown now; nothing while nobody sees it."""
        if not self.isVisible():
            return
        session, row = self.main.session, self.main.side.runs.row
        runs = session.seen.runs
        for k, (page, title, name) in enumerate(
            (
                (self.optimizer, tr("Optimizer"), tr("About this optimizer")),
                (self.surface, tr("Surface"), tr("About this surface")),
            )
        ):
            self.pages.setTabText(k, title)
            page.setAccessibleName(name)
        if self.pages.currentWidget() is self.surface:
            self.surface.show_page(surface_page(session.experiment))
            self.setWindowTitle(session.experiment.land.name)
        elif 0 <= row < len(runs):
            self.optimizer.show_page(optimizer_page(runs[row]))
            self.setWindowTitle(runs[row].rule.name)
        else:
            self.optimizer.show_page(f"<p>{tr('There is no run: add one.')}</p>")
            self.setWindowTitle(tr("Optimizer"))

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.refresh()


def show_optimizer_help(window: MainWindow) -> None:
    """What is known of the chosen run's optimizer, in a window beside this one."""
    _open(window, 0)


def show_surface_help(window: MainWindow) -> None:
    """What is known of the surface, in the same window."""
    _open(window, 1)


def _open(window: MainWindow, page: int) -> None:
    guide = _guide_of(window) or Guide(window)
    guide.pages.setCurrentIndex(page)
    guide.show()
    guide.raise_()
    guide.activateWindow()
    browser = guide.pages.currentWidget()
    assert browser is not None
    browser.setFocus()


def refresh_help(window: MainWindow) -> None:
    """The race, or what is chosen, is another: if the help is open, it tells of that."""
    guide = _guide_of(window)
    if guide is not None:
        guide.refresh()


def _guide_of(window: MainWindow) -> Guide | None:
    return window.findChild(Guide, options=Qt.FindChildOption.FindDirectChildrenOnly)
