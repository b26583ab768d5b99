"""The help window: the chosen optimizer and the surface, told at length, beside the race that they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QDialog, QTabWidget, QVBoxLayout

from app.gui.help.help_browser import HelpBrowser
from app.gui.help.help_pages import optimizer_page, surface_page
from app.utils.i18n import tr

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

WINDOW_SIZE, WINDOW_GAP = QSize(580, 640), 12  # pixels, and from the side panel, which it leaves free


class HelpWindow(QDialog):
    """Two pages, one for the optimizer of the chosen run, one for the surface; they follow what is chosen and turned."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setObjectName("guide")
        self.main_window = window
        self.tabs = QTabWidget(documentMode=True)
        self.optimizer_browser, self.surface_browser = HelpBrowser(), HelpBrowser()
        for browser in (self.optimizer_browser, self.surface_browser):
            self.tabs.addTab(browser, "")
        self.tabs.currentChanged.connect(lambda _: self.refresh())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.addWidget(self.tabs)
        self._move_beside_side_panel()

    def _move_beside_side_panel(self) -> None:
        """Beside the side panel, on the screen."""
        screen = self.screen()
        assert screen is not None
        available, side_panel = screen.availableGeometry(), self.main_window.side_panel
        self.resize(WINDOW_SIZE.boundedTo(available.size() - QSize(WINDOW_GAP, 4 * WINDOW_GAP)))
        corner = side_panel.mapToGlobal(QPoint(0, 0)) - QPoint(self.width() + WINDOW_GAP, 0)
        if side_panel.isVisible() and corner.x() >= available.left():
            self.move(
                corner.x(), max(min(corner.y(), available.bottom() - self.height() - 3 * WINDOW_GAP), available.top())
            )

    def refresh(self) -> None:
        """Tell what is shown now; nothing while nobody sees it."""
        if not self.isVisible():
            return
        session, row = self.main_window.session, self.main_window.side_panel.run_list.selected_row
        runs = session.displayed_experiment.runs
        for index, (browser, title, name) in enumerate(
            (
                (self.optimizer_browser, tr("Optimizer"), tr("About this optimizer")),
                (self.surface_browser, tr("Surface"), tr("About this surface")),
            )
        ):
            self.tabs.setTabText(index, title)
            browser.setAccessibleName(name)
        if self.tabs.currentWidget() is self.surface_browser:
            self.surface_browser.show_page(surface_page(session.experiment))
            self.setWindowTitle(session.experiment.surface.name)
        elif 0 <= row < len(runs):
            self.optimizer_browser.show_page(optimizer_page(runs[row]))
            self.setWindowTitle(runs[row].method.name)
        else:
            self.optimizer_browser.show_page(f"<p>{tr('There is no run: add one.')}</p>")
            self.setWindowTitle(tr("Optimizer"))

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.refresh()


def show_optimizer_help(window: MainWindow) -> None:
    """What is known of the chosen run's optimizer, in a window beside this one."""
    _open_page(window, 0)


def show_surface_help(window: MainWindow) -> None:
    """What is known of the surface, in the same window."""
    _open_page(window, 1)


def _open_page(window: MainWindow, page_index: int) -> None:
    help_window = _find_help_window(window) or HelpWindow(window)
    help_window.tabs.setCurrentIndex(page_index)
    help_window.show()
    help_window.raise_()
    help_window.activateWindow()
    browser = help_window.tabs.currentWidget()
    assert browser is not None
    browser.setFocus()


def refresh_help(window: MainWindow) -> None:
    """The race, or what is chosen, is another: if the help is open, it tells of that."""
    help_window = _find_help_window(window)
    if help_window is not None:
        help_window.refresh()


def _find_help_window(window: MainWindow) -> HelpWindow | None:
    return window.findChild(HelpWindow, options=Qt.FindChildOption.FindDirectChildrenOnly)
