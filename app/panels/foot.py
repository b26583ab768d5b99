"""Below the views: the read-out, the table of results and the branches, one at a time."""

from __future__ import annotations

from PyQt6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.panels.branches import BranchList
from app.panels.doing import Doing
from app.panels.results import Results
from app.panels.runs import RunList
from app.panels.standings import Standings
from app.session import Session
from app.theme import Theme

LEAST = 500  # pixels of width that it surely has


class Foot(QWidget):
    """Only the page that is seen is written. Below it, whatever the page: what the chosen run is doing."""

    def __init__(self, session: Session, runs: RunList, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("foot")
        self.session = session
        self.pages = QTabWidget(documentMode=True)
        self.doing = Doing(session, runs)
        self.results, self.standings, self.branches = Results(session, theme), Standings(session, theme), BranchList(session, theme)
        for page, name in ((self.results, "Read-out"), (self.standings, "Results"), (self.branches, "Branches")):
            self.pages.addTab(page, name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pages, 1)
        column.addWidget(self.doing)
        self.pages.currentChanged.connect(lambda _: self.refresh())
        self.standings.chosen.connect(runs.list.setCurrentRow)
        runs.chosen.connect(lambda: self.standings.choose(runs.row))
        self.standings.choose(runs.row)

    def refresh(self) -> None:
        """Write the page that is seen; the read-out always, since it says how much room it needs."""
        self.results.refresh()
        count = len(self.session.experiment.branches)
        self.doing.refresh()
        self.pages.setTabText(2, f"Branches ({count})" if count else "Branches")
        page = self.pages.currentWidget()
        if page is not self.results and page is not None:
            page.refresh()  # type: ignore[attr-defined]

    def fitting(self) -> int:
        """The height in which the read-out shows every run."""
        bar = self.pages.tabBar()
        assert bar is not None
        return self.results.fitting() + bar.sizeHint().height() + self.doing.heightForWidth(max(self.width(), LEAST))
