"""Pages below the views, with tabs: current values, results table, and branches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtWidgets import QStackedWidget, QTabBar, QWidget

from app.gui.panels.results.branch_list import BranchList
from app.gui.panels.results.readout_table import ReadoutTable
from app.gui.panels.results.results_page import ResultsPage
from app.gui.panels.setup.run_list import RunList
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr

TAB_NAMES = gettext_noop("Values"), gettext_noop("Results"), gettext_noop("Branches")
RESULTS_TAB, BRANCHES_TAB = 1, 2  # tab indices


class ResultsTabs(QStackedWidget):
    """Pages of which only the visible one is updated; they are created when they are first shown.

    The tabs are a widget of their own, which the dock has in its title bar. ``message(text)`` is emitted with a message
    for the status bar.
    """

    message = pyqtSignal(str)

    def __init__(self, session: Session, run_list: RunList, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("foot")
        self.session, self.run_list, self.theme = session, run_list, theme
        self.tab_bar = QTabBar(accessibleName=tr("Values, results, and branches"), expanding=False, drawBase=False)
        self.readout_table = ReadoutTable(session, theme)
        self.readout_table.setWhatsThis(tr("Current values of each run: step, position, loss, and gradient norm."))
        for page, name in zip((self.readout_table, QWidget(), QWidget()), TAB_NAMES, strict=True):
            self.addWidget(page)
            self.tab_bar.addTab(tr(name))
        self.tab_bar.currentChanged.connect(self.setCurrentIndex)
        self.currentChanged.connect(self._on_page_changed)

    def _on_page_changed(self, index: int) -> None:
        self.tab_bar.setCurrentIndex(index)
        self.refresh()

    @cached_property
    def results_page(self) -> ResultsPage:
        """The page with the results table, created on first access."""
        page = ResultsPage(self.session, self.theme)
        page.run_selected.connect(self.run_list.list.setCurrentRow)
        page.copied.connect(self.message)
        self.run_list.selection_changed.connect(lambda: page.select_run(self.run_list.selected_row))
        page.select_run(self.run_list.selected_row)
        self._replace_page(RESULTS_TAB, page)
        return page

    @cached_property
    def branch_list(self) -> BranchList:
        """The page with the branches, created on first access."""
        page = BranchList(self.session, self.theme)
        self._replace_page(BRANCHES_TAB, page)
        return page

    def _replace_page(self, index: int, page: QWidget) -> None:
        """Replace an empty page."""
        placeholder, current_index = self.widget(index), self.currentIndex()
        assert placeholder is not None
        self.blockSignals(True)
        self.removeWidget(placeholder)
        self.insertWidget(index, page)
        self.setCurrentIndex(current_index)
        self.blockSignals(False)
        placeholder.deleteLater()

    def refresh(self) -> None:
        """Update the visible page and the number of branches."""
        if self.currentIndex() == RESULTS_TAB:
            self.results_page.refresh()
        elif self.currentIndex() == BRANCHES_TAB:
            self.branch_list.refresh()
        else:
            self.readout_table.refresh()
        count = len(self.session.experiment.branches)
        text = tr("Branches ({count})", count=count) if count else tr("Branches")
        if self.tab_bar.tabText(BRANCHES_TAB) != text:
            self.tab_bar.setTabText(BRANCHES_TAB, text)

    def minimumSizeHint(self) -> QSize:
        """Return that of the visible page."""
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else QSize()

    def content_key(self) -> tuple[int, int, int]:
        """Return what the height of the content depends on: the visible page, the runs and the branches."""
        experiment = self.session.experiment
        return self.currentIndex(), len(experiment.runs), len(experiment.branches)

    def height_within(self, limits: Sequence[int]) -> int:
        """Return the height at which the whole visible page is seen, without a row that is cut.

        Of ``limits``, in pixels, the later ones are for content that does not fit into the first. Content that does not
        fit into the last gets the height of as many whole rows as do.
        """
        if self.currentIndex() == RESULTS_TAB:
            return self.results_page.height_within(limits[-1])
        if self.currentIndex() == BRANCHES_TAB:
            return self.branch_list.height_within(limits[-1])
        return self.readout_table.height_within(limits)
