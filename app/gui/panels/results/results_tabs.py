"""Below the views: the read-out, the table of results and the branches, one at a time."""

from __future__ import annotations

from functools import cached_property

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QTabWidget, QWidget

from app.gui.panels.results.branch_list import BranchList
from app.gui.panels.results.readout_table import Results
from app.gui.panels.results.results_page import Standings
from app.gui.panels.setup.run_list import RunList
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import mark, tr

NAMES = mark("Read-out"), mark("Results"), mark("Branches")
TABLE, LEFT = 1, 2  # the tabs of the results and of the branches


class Foot(QTabWidget):
    """Only the page that is seen is written; those that nobody has seen yet are not even made. ``said``: words for the person."""

    said = pyqtSignal(str)

    def __init__(self, session: Session, runs: RunList, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("foot")
        self.setDocumentMode(True)
        self.session, self.runs, self.theme = session, runs, theme
        self.results = Results(session, theme)
        for page, name in zip((self.results, QWidget(), QWidget()), NAMES, strict=True):
            self.addTab(page, tr(name))
        bar = self.tabBar()
        assert bar is not None
        bar.setAccessibleName(tr("Read-out, results and branches"))
        self.currentChanged.connect(lambda _: self.refresh())

    @cached_property
    def standings(self) -> Standings:
        from app.gui.panels.results.results_page import Standings

        page = Standings(self.session, self.theme)
        page.chosen.connect(self.runs.list.setCurrentRow)
        page.copied.connect(self.said)
        self.runs.chosen.connect(lambda: page.choose(self.runs.row))
        page.choose(self.runs.row)
        self._put(TABLE, page)
        return page

    @cached_property
    def branches(self) -> BranchList:
        from app.gui.panels.results.branch_list import BranchList

        page = BranchList(self.session, self.theme)
        self._put(LEFT, page)
        return page

    def _put(self, tab: int, page: QWidget) -> None:
        """In place of the empty one."""
        empty, shown = self.widget(tab), self.currentIndex()
        assert empty is not None
        self.blockSignals(True)
        self.removeTab(tab)
        self.insertTab(tab, page, tr(NAMES[tab]))
        self.setCurrentIndex(shown)
        self.blockSignals(False)
        empty.deleteLater()

    def refresh(self) -> None:
        """Write the page that is seen; the read-out always, since it says how much room it needs."""
        self.results.refresh()
        if self.currentIndex() == TABLE:
            self.standings.refresh()
        elif self.currentIndex() == LEFT:
            self.branches.refresh()
        count = len(self.session.experiment.branches)
        self.setTabText(LEFT, tr("Branches ({count})", count=count) if count else tr("Branches"))

    def fitting(self) -> int:
        """The height in which the read-out shows every run."""
        bar = self.tabBar()
        assert bar is not None
        return self.results.fitting() + bar.sizeHint().height()
