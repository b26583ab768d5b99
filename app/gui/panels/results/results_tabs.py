"""Tabs below the views: current values, results table, and branches."""

from __future__ import annotations

from functools import cached_property

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QTabWidget, QWidget

from app.gui.panels.results.branch_list import BranchList
from app.gui.panels.results.readout_table import ReadoutTable
from app.gui.panels.results.results_page import ResultsPage
from app.gui.panels.setup.run_list import RunList
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr

TAB_NAMES = gettext_noop("Values"), gettext_noop("Results"), gettext_noop("Branches")
RESULTS_TAB, BRANCHES_TAB = 1, 2  # tab indices


class ResultsTabs(QTabWidget):
    """Tabs of which only the visible page is updated; pages are created when they are first shown.

    ``message(text)`` is emitted with a message for the status bar.
    """

    message = pyqtSignal(str)

    def __init__(self, session: Session, run_list: RunList, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("foot")
        self.setDocumentMode(True)
        self.session, self.run_list, self.theme = session, run_list, theme
        self.readout_table = ReadoutTable(session, theme)
        self.readout_table.setWhatsThis(tr("Current values of each run: step, position, loss, and gradient norm."))
        for page, name in zip((self.readout_table, QWidget(), QWidget()), TAB_NAMES, strict=True):
            self.addTab(page, tr(name))
        bar = self.tabBar()
        assert bar is not None
        bar.setAccessibleName(tr("Values, results, and branches"))
        self.currentChanged.connect(lambda _: self.refresh())

    @cached_property
    def results_page(self) -> ResultsPage:
        """The page with the results table, created on first access."""
        page = ResultsPage(self.session, self.theme)
        page.run_selected.connect(self.run_list.list.setCurrentRow)
        page.copied.connect(self.message)
        self.run_list.selection_changed.connect(lambda: page.select_run(self.run_list.selected_row))
        page.select_run(self.run_list.selected_row)
        self._replace_tab(RESULTS_TAB, page)
        return page

    @cached_property
    def branch_list(self) -> BranchList:
        """The page with the branches, created on first access."""
        page = BranchList(self.session, self.theme)
        self._replace_tab(BRANCHES_TAB, page)
        return page

    def _replace_tab(self, tab: int, page: QWidget) -> None:
        """Replace the empty page of a tab."""
        placeholder, current_index = self.widget(tab), self.currentIndex()
        assert placeholder is not None
        self.blockSignals(True)
        self.removeTab(tab)
        self.insertTab(tab, page, tr(TAB_NAMES[tab]))
        self.setCurrentIndex(current_index)
        self.blockSignals(False)
        placeholder.deleteLater()

    def refresh(self) -> None:
        """Update the visible page, and always the current values, whose height determines that of the tabs."""
        self.readout_table.refresh()
        if self.currentIndex() == RESULTS_TAB:
            self.results_page.refresh()
        elif self.currentIndex() == BRANCHES_TAB:
            self.branch_list.refresh()
        count = len(self.session.experiment.branches)
        self.setTabText(BRANCHES_TAB, tr("Branches ({count})", count=count) if count else tr("Branches"))

    def preferred_height(self) -> int:
        """Return the height at which the current values of every run are visible."""
        bar = self.tabBar()
        assert bar is not None
        return self.readout_table.sizeHint().height() + bar.sizeHint().height()
