"""Below the views: the read-out, the table of results and the branches, one at a time."""

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

TAB_NAMES = gettext_noop("Read-out"), gettext_noop("Results"), gettext_noop("Branches")
RESULTS_TAB, BRANCHES_TAB = 1, 2  # the tabs of the results and of the branches


class ResultsTabs(QTabWidget):
    """Only the page that is seen is written; those that nobody has seen yet are not even made. ``said``: words for the person."""

    message = pyqtSignal(str)

    def __init__(self, session: Session, run_list: RunList, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("foot")
        self.setDocumentMode(True)
        self.session, self.run_list, self.theme = session, run_list, theme
        self.readout_table = ReadoutTable(session, theme)
        for page, name in zip((self.readout_table, QWidget(), QWidget()), TAB_NAMES, strict=True):
            self.addTab(page, tr(name))
        bar = self.tabBar()
        assert bar is not None
        bar.setAccessibleName(tr("Read-out, results and branches"))
        self.currentChanged.connect(lambda _: self.refresh())

    @cached_property
    def results_page(self) -> ResultsPage:
        from app.gui.panels.results.results_page import ResultsPage

        page = ResultsPage(self.session, self.theme)
        page.run_selected.connect(self.run_list.list.setCurrentRow)
        page.copied.connect(self.message)
        self.run_list.selection_changed.connect(lambda: page.select_run(self.run_list.selected_row))
        page.select_run(self.run_list.selected_row)
        self._replace_tab(RESULTS_TAB, page)
        return page

    @cached_property
    def branch_list(self) -> BranchList:
        from app.gui.panels.results.branch_list import BranchList

        page = BranchList(self.session, self.theme)
        self._replace_tab(BRANCHES_TAB, page)
        return page

    def _replace_tab(self, tab: int, page: QWidget) -> None:
        """In place of the empty one."""
        placeholder, current_index = self.widget(tab), self.currentIndex()
        assert placeholder is not None
        self.blockSignals(True)
        self.removeTab(tab)
        self.insertTab(tab, page, tr(TAB_NAMES[tab]))
        self.setCurrentIndex(current_index)
        self.blockSignals(False)
        placeholder.deleteLater()

    def refresh(self) -> None:
        """Write the page that is seen; the read-out always, since it says how much room it needs."""
        self.readout_table.refresh()
        if self.currentIndex() == RESULTS_TAB:
            self.results_page.refresh()
        elif self.currentIndex() == BRANCHES_TAB:
            self.branch_list.refresh()
        count = len(self.session.experiment.branches)
        self.setTabText(BRANCHES_TAB, tr("Branches ({count})", count=count) if count else tr("Branches"))

    def preferred_height(self) -> int:
        """The height in which the read-out shows every run."""
        bar = self.tabBar()
        assert bar is not None
        return self.readout_table.preferred_height() + bar.sizeHint().height()
