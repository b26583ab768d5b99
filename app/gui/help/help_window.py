"""The help window: pages about the selected optimizer and the surface, next to the main window."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPoint, QSize
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QDialog, QTabWidget, QVBoxLayout, QWidget

from app.gui.help.formula_page import formula_page
from app.gui.help.help_browser import HelpBrowser
from app.gui.help.help_pages import optimizer_page, surface_page
from app.session.session import Session
from app.utils.i18n import tr

WINDOW_SIZE = QSize(580, 640)  # pixels
WINDOW_GAP = 12  # pixels between the window and the side panel


class HelpWindow(QDialog):
    """Shows pages about the optimizer of the selected run and the surface, which follow the experiment, and formulas.

    ``selected_row`` returns the index of the selected run; the window is placed to the left of ``side_panel``.
    """

    def __init__(self, parent: QWidget, session: Session, selected_row: Callable[[], int], side_panel: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("guide")
        self.session, self.selected_row = session, selected_row
        self.tabs = QTabWidget(documentMode=True)
        self.optimizer_browser, self.surface_browser = HelpBrowser(), HelpBrowser()
        self.formula_browser = HelpBrowser()
        for browser in (self.optimizer_browser, self.surface_browser, self.formula_browser):
            self.tabs.addTab(browser, "")
        self.tabs.currentChanged.connect(lambda _: self.refresh())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.addWidget(self.tabs)
        self._move_next_to(side_panel)

    def _move_next_to(self, side_panel: QWidget) -> None:
        screen = self.screen()
        assert screen is not None
        available = screen.availableGeometry()
        self.resize(WINDOW_SIZE.boundedTo(available.size() - QSize(WINDOW_GAP, 4 * WINDOW_GAP)))
        corner = side_panel.mapToGlobal(QPoint(0, 0)) - QPoint(self.width() + WINDOW_GAP, 0)
        if side_panel.isVisible() and corner.x() >= available.left():
            self.move(
                corner.x(), max(min(corner.y(), available.bottom() - self.height() - 3 * WINDOW_GAP), available.top())
            )

    def refresh(self) -> None:
        """Update the current page if the window is visible."""
        if not self.isVisible():
            return
        session, row = self.session, self.selected_row()
        runs = session.displayed_experiment.runs
        for index, (browser, title, name) in enumerate(
            (
                (self.optimizer_browser, tr("Optimizer"), tr("About this optimizer")),
                (self.surface_browser, tr("Surface"), tr("About this surface")),
                (self.formula_browser, tr("Formulas"), tr("About formulas")),
            )
        ):
            self.tabs.setTabText(index, title)
            browser.setAccessibleName(name)
        self.optimizer_browser.setWhatsThis(
            tr(
                "Information about the optimizer of the selected run. You can select and copy the text and "
                "follow the links."
            )
        )
        self.surface_browser.setWhatsThis(
            tr("Information about the surface. You can select and copy the text and follow the links.")
        )
        self.formula_browser.setWhatsThis(tr("What can be typed as a formula. You can select and copy the text."))
        if self.tabs.currentWidget() is self.formula_browser:
            self.formula_browser.show_page(formula_page())
            self.setWindowTitle(tr("Formulas"))
        elif self.tabs.currentWidget() is self.surface_browser:
            self.surface_browser.show_page(surface_page(session.displayed_experiment))
            self.setWindowTitle(tr(session.displayed_experiment.surface.name))
        elif 0 <= row < len(runs):
            self.optimizer_browser.show_page(optimizer_page(runs[row]))
            self.setWindowTitle(runs[row].method.name)
        else:
            self.optimizer_browser.show_page(f"<p>{tr('No run selected. Add a run first.')}</p>")
            self.setWindowTitle(tr("Optimizer"))

    def showEvent(self, event: QShowEvent | None) -> None:
        """Update the page when the window becomes visible."""
        super().showEvent(event)
        self.refresh()
