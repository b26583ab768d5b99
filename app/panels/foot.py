"""Below the views: the read-out, the table of results and the branches, one at a time."""

from __future__ import annotations

from PyQt6.QtWidgets import QTabWidget

from app.panels.branches import BranchList
from app.panels.results import Results
from app.panels.runs import RunList
from app.panels.standings import Standings
from app.session import Session
from app.theme import Theme


class Foot(QTabWidget):
    """Only the page that is seen is written."""

    def __init__(self, session: Session, runs: RunList, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("foot")
        self.setDocumentMode(True)
        self.session = session
        self.results, self.standings, self.branches = Results(session, theme), Standings(session, theme), BranchList(session, theme)
        for page, name in ((self.results, "Read-out"), (self.standings, "Results"), (self.branches, "Branches")):
            self.addTab(page, name)
        self.currentChanged.connect(lambda _: self.refresh())
        self.standings.chosen.connect(runs.list.setCurrentRow)
        runs.chosen.connect(lambda: self.standings.choose(runs.row))
        self.standings.choose(runs.row)

    def refresh(self) -> None:
        """Write the page that is seen; the read-out always, since it says how much room it needs."""
        self.results.refresh()
        count = len(self.session.experiment.branches)
        self.setTabText(2, f"Branches ({count})" if count else "Branches")
        page = self.currentWidget()
        if page is not self.results and page is not None:
            page.refresh()  # type: ignore[attr-defined]

    def fitting(self) -> int:
        """The height in which the read-out shows every run."""
        bar = self.tabBar()
        assert bar is not None
        return self.results.fitting() + bar.sizeHint().height()
